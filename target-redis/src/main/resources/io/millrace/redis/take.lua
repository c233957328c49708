-- Takes possession of a target, and answers its checkpoint.
--
-- KEYS[1], ARGV[1] to ARGV[3]  as in guard.lua
-- ARGV[4]                      '1' if the instance had possession before, and must still have it
local owner = redis.call('HGET', KEYS[1], ARGV[2])
if ARGV[4] == '1' and owner and owner ~= ARGV[3] then
  return 'FENCED'
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 'OK ' .. (redis.call('HGET', KEYS[1], ARGV[1]) or '')
