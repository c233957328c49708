-- Deletes rows of a table that are older than a statement. It may be run again.
--
-- KEYS[1], ARGV[1] to ARGV[3]  as in guard.lua
-- KEYS[2..]  rows and their versions, one behind the other
-- ARGV[4]    the target's lineage            ARGV[5]  the table
-- ARGV[6]    the statement's number          ARGV[7]  its place in the transaction
-- ARGV[8]    milliseconds for which the version of a deleted row is kept
local problem = dispossession(redis.call('HGET', KEYS[1], ARGV[2]))
if problem then
  return problem
end
local number, place = tonumber(ARGV[6]), tonumber(ARGV[7])
for i = 2, #KEYS, 2 do
  local version = redis.call('TYPE', KEYS[i + 1]).ok == 'string' and redis.call('GET', KEYS[i + 1]) or ''
  local a, b, lineage, row_table = string.match(version, '^(%d+) (%d+) (%S+) (.*)$')
  if lineage == ARGV[4] and row_table == ARGV[5] then
    a, b = tonumber(a), tonumber(b)
    if a < number or (a == number and b < place) then
      redis.call('DEL', KEYS[i])
      redis.call('SET', KEYS[i + 1], ARGV[6] .. ' ' .. ARGV[7] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5], 'PX', ARGV[8])
    end
  end
end
return 'OK'
