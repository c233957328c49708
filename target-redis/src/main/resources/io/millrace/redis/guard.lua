-- Stands before every script that asks whose the target is.
--
-- KEYS[1]  the hash of the pipeline's checkpoints
-- ARGV[1]  the target's field in it          ARGV[2]  the field that says which instance owns the target
-- ARGV[3]  the instance that asks: "<n> <its id>", the n-th that took possession
-- ARGV[4]  the checkpoint that it stored last, '' for none
-- ARGV[5]  the checkpoint to store now

local function turn(owner)
  return tonumber(string.match(owner or '', '^(%d+) ') or 0)
end

-- Why the target is not the instance's, nil if it is. An owner from before it means that the server was set back.
local function dispossession(owner)
  if owner ~= ARGV[3] then
    return turn(owner) < turn(ARGV[3]) and 'LOST' or 'FENCED'
  end
end

-- Why the instance may not store, nil if it may.
local function refusal()
  local stored = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2])
  local problem = dispossession(stored[2])
  if problem then
    return problem
  end
  if (stored[1] or '') ~= ARGV[4] then
    return 'MOVED ' .. (stored[1] or '')
  end
end

local function store_checkpoint()
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
  return 'OK'
end
