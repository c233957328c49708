-- Takes possession of a target, and answers who owns it now, its lineage and its checkpoint.
--
-- KEYS[1], ARGV[1] and ARGV[2]  as in guard.lua
-- ARGV[3]                       as there; '' if the instance has not had possession yet, else it must still have it
-- ARGV[4]                       the instance's id
-- ARGV[5]                       the field of the lineage: by what the target writes, it knows its own by it
-- ARGV[6]                       a new lineage, for a target that begins
-- ARGV[7]                       '1' if admit.lua may have to put keys aside, what is tried when an instance begins: the
--                               first batch that is refused is too late to learn that it may not be done
local function attempt(command, ...)
  local answer = redis.pcall(command, ...)
  if type(answer) == 'table' and answer.err then
    return redis.error_reply(answer.err .. " ('" .. string.lower(command) .. "' command)")
  end
end

local function refusal_to_put_aside()
  local key, aside = KEYS[1] .. ':aside:0', KEYS[1] .. ':aside:1'
  local refused = attempt('DEL', key)
  if refused then
    return refused
  end
  redis.call('HSET', key, 'a', 'b')
  refused = attempt('RENAME', key, aside)
  redis.call('DEL', key, aside)
  return refused
end

local stored = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2], ARGV[5])
local checkpoint, owner, lineage = stored[1] or '', stored[2], stored[3]
if ARGV[3] == '' then
  local refused = ARGV[7] == '1' and refusal_to_put_aside()
  if refused then
    return refused
  end
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
