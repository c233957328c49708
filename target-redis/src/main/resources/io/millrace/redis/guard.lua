-- Begins every script that stores. All of a script happens, or nothing, as long as no command in it fails: so
-- whatever could make one fail is looked at first, and the checkpoint is stored last.
--
-- KEYS[1]  the hash of the pipeline's checkpoints
-- ARGV[1]  the target's field in it          ARGV[2]  the field that says which instance owns the target
-- ARGV[3]  the instance that asks            ARGV[4]  the checkpoint that it stored last, '' for none
-- ARGV[5]  the checkpoint to store now
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

-- The first of the keys from KEYS[2] on that holds something else.
local function wrong_type(wanted)
  for i = 2, #KEYS do
    local kind = redis.call('TYPE', KEYS[i]).ok
    if kind ~= 'none' and kind ~= wanted then
      return 'TYPE ' .. i .. ' ' .. kind
    end
  end
end

local function store_checkpoint()
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
  return 'OK'
end
