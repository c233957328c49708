-- Appends to streams, under ids made of the transaction's number and the change's ordinal.
--
-- KEYS[2..]  the streams
-- ARGV[6]    the target's lineage
-- ARGV[7]    name of the field
-- ARGV[8]    about how many entries a stream keeps, '' for all
-- ARGV[9..]  for each entry: which key, id, value
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

-- Beside the checkpoint stands, for each stream, the highest id that the target has written to it.
local function field(key)
  return 'stream ' .. ARGV[1] .. ' ' .. key
end

local last, highest = {}, {}
for i = 2, #KEYS do
  last[i] = '0-0'
  highest[i] = '0-0'
  if redis.call('EXISTS', KEYS[i]) == 1 then
    local info = redis.call('XINFO', 'STREAM', KEYS[i])
    for j = 1, #info, 2 do
      if info[j] == 'last-generated-id' then
        last[i] = info[j + 1]
      end
    end
    local lineage, id = string.match(redis.call('HGET', KEYS[1], field(KEYS[i])) or '', '^(%S+) (%S+)$')
    if lineage == ARGV[6] then
      highest[i] = id
    end
  end
end

local is_stored = {}
for at = 9, #ARGV, 3 do
  local i, id = tonumber(ARGV[at]), ARGV[at + 1]
  if not is_above(id, highest[i]) then
    -- It comes again.
    is_stored[at] = true
  elseif not is_above(id, last[i]) then
    return 'BEHIND ' .. i .. ' ' .. last[i] .. ' ' .. id
  else
    highest[i] = id
    last[i] = id
  end
end

for at = 9, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[at])]
  if is_stored[at] then
    -- Nothing is left to do.
  elseif ARGV[8] == '' then
    redis.call('XADD', key, ARGV[at + 1], ARGV[7], ARGV[at + 2])
  else
    redis.call('XADD', key, 'MAXLEN', '~', ARGV[8], ARGV[at + 1], ARGV[7], ARGV[at + 2])
  end
end
for i = 2, #KEYS do
  redis.call('HSET', KEYS[1], field(KEYS[i]), ARGV[6] .. ' ' .. highest[i])
end
return store_checkpoint()
