-- Appends to streams, under ids made of the transaction's number and the change's ordinal.
--
-- KEYS[2..]  the streams
-- ARGV[6]    name of the field
-- ARGV[7]    about how many entries a stream keeps, '' for all
-- ARGV[8..]  for each entry: which key, id, value
local problem = wrong_type('stream')
if problem then
  return problem
end

local function is_above(id, other)
  local a, b = string.match(id, '(%d+)-(%d+)')
  local c, d = string.match(other, '(%d+)-(%d+)')
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  return a > c or (a == c and b > d)
end

-- What is there already, because it comes again: it has the same id.
local last, first, stored = {}, {}, {}
for at = 8, #ARGV, 3 do
  local i, id = ARGV[at], ARGV[at + 1]
  local key = KEYS[tonumber(i)]
  if last[i] == nil then
    last[i] = false
    if redis.call('EXISTS', key) == 1 then
      local info = redis.call('XINFO', 'STREAM', key)
      for j = 1, #info, 2 do
        if info[j] == 'last-generated-id' then
          last[i] = info[j + 1]
        elseif info[j] == 'first-entry' and info[j + 1] then
          first[i] = info[j + 1][1]
        end
      end
    end
  end
  if last[i] and not is_above(id, last[i]) then
    local trimmed = ARGV[7] ~= '' and not (first[i] and is_above(id, first[i]))
    if trimmed or #redis.call('XRANGE', key, id, id) == 1 then
      stored[at] = true
    else
      return 'BEHIND ' .. i .. ' ' .. last[i] .. ' ' .. id
    end
  end
end

for at = 8, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[at])]
  if stored[at] then
    -- Nothing is left to do.
  elseif ARGV[7] == '' then
    redis.call('XADD', key, ARGV[at + 1], ARGV[6], ARGV[at + 2])
  else
    redis.call('XADD', key, 'MAXLEN', '~', ARGV[7], ARGV[at + 1], ARGV[6], ARGV[at + 2])
  end
end
return store_checkpoint()
