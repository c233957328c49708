-- Takes possession of a target, and answers its lineage and its checkpoint.
--
-- KEYS[1], ARGV[1] to ARGV[3]  as in guard.lua
-- ARGV[4]                      '1' if the instance had possession before, and must still have it
-- ARGV[5]                      the field of the lineage: by what the target writes, it knows its own by it
-- ARGV[6]                      a new lineage, for a target that begins
local stored = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2], ARGV[5])
local checkpoint, owner, lineage = stored[1] or '', stored[2], stored[3]
if ARGV[4] == '1' and owner and owner ~= ARGV[3] then
  return 'FENCED'
end
if checkpoint == '' or not lineage then
  lineage = ARGV[6]
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3], ARGV[5], lineage)
return 'OK ' .. lineage .. ' ' .. checkpoint
