-- Stands before every script that stores with a checkpoint.
--
-- KEYS[1]  the hash of the pipeline's checkpoints
-- ARGV[1]  the target's field in it          ARGV[2]  the field that says which instance owns the target
-- ARGV[3]  the instance that asks            ARGV[4]  the checkpoint that it stored last, '' for none
-- ARGV[5]  the checkpoint to store now

-- Why the instance may not store, nil if it may.
local function refusal()
  local stored = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2])
  if not stored[2] then
    return 'LOST'
  end
  if stored[2] ~= ARGV[3] then
    return 'FENCED'
  end
  if (stored[1] or '') ~= ARGV[4] then
    return 'MOVED ' .. (stored[1] or '')
  end
end

local function store_checkpoint()
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
  return 'OK'
end
