-- Takes possession of a target, and answers who owns it now, its lineage and its checkpoint.
--
-- KEYS[1], ARGV[1] and ARGV[2]  as in guard.lua
-- ARGV[3]                       as there; '' if the instance has not had possession yet, else it must still have it
-- ARGV[4]                       the instance's id
-- ARGV[5]                       the field of the lineage: by what the target writes, it knows its own by it
-- ARGV[6]                       a new lineage, for a target that begins
local stored = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2], ARGV[5])
local checkpoint, owner, lineage = stored[1] or '', stored[2], stored[3]
if ARGV[3] == '' then
  owner = string.format('%.0f', turn(owner) + 1) .. ' ' .. ARGV[4]
else
  local problem = dispossession(owner)
  if problem then
    return problem
  end
end
if checkpoint == '' or not lineage then
  lineage = ARGV[6]
end
redis.call('HSET', KEYS[1], ARGV[2], owner, ARGV[5], lineage)
return 'OK ' .. owner .. ' ' .. lineage .. ' ' .. checkpoint
