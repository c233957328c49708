-- Pushes onto lists.
--
-- KEYS[2..]  the lists
-- ARGV[6]    LPUSH or RPUSH
-- ARGV[7..]  for each list: how many values, and the values
local problem = wrong_type('list')
if problem then
  return problem
end
local at = 7
for i = 2, #KEYS do
  local last = at + tonumber(ARGV[at])
  -- Lua's stack takes some thousand arguments.
  for first = at + 1, last, 1000 do
    redis.call(ARGV[6], KEYS[i], unpack(ARGV, first, math.min(first + 999, last)))
  end
  at = last + 1
end
return store_checkpoint()
