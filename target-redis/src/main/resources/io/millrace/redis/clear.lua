-- Deletes rows of a table that are older than a statement. It may be run again.
--
-- KEYS[1], ARGV[1] to ARGV[3]  as in guard.lua
-- KEYS[2..]  rows and their versions, one behind the other
-- ARGV[4]    the statement's number          ARGV[5]  its ordinal          ARGV[6]  the table
-- ARGV[7]    milliseconds for which the version of a deleted row is kept
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then
  return 'FENCED'
end
local number, ordinal = tonumber(ARGV[4]), tonumber(ARGV[5])
for i = 2, #KEYS, 2 do
  local a, b, row_table = string.match(redis.call('GET', KEYS[i + 1]) or '', '^(%d+) (%d+) (.*)$')
  if row_table == ARGV[6] then
    a, b = tonumber(a), tonumber(b)
    if a < number or (a == number and b < ordinal) then
      redis.call('DEL', KEYS[i])
      redis.call('SET', KEYS[i + 1], ARGV[4] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6], 'PX', ARGV[7])
    end
  end
end
return 'OK'
