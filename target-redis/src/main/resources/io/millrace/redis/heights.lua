-- Answers the highest id that the target has written to each stream: what is not above it was written before. A
-- stream that was deleted begins anew.
--
-- KEYS[2..]  the streams          ARGV[4]  the target's lineage
-- ARGV[5]    where to go on looking through the heights that are kept, '0' at first; the next place is the answer's
--            second word
-- ARGV[6]    how many to look at
-- Of those, what can never be an answer again is forgotten: heights of streams that are not there, and of another
-- lineage. Heights of streams that are there must stay: nothing else tells the target's entries from others'.
local function height(key)
  if redis.call('EXISTS', key) == 1 then
    local lineage, id = string.match(redis.call('HGET', KEYS[1], height_field(key)) or '', '^(%S+) (%S+)$')
    if lineage == ARGV[4] then
      return id
    end
  end
  return '0-0'
end

local function is_of_no_use(key, value)
  -- In a cluster, a key may be on its way to another node: then it is not there, and the call fails.
  return string.match(value, '^%S+') ~= ARGV[4] or redis.pcall('EXISTS', key) == 0
end

local found = redis.call('HSCAN', KEYS[1], ARGV[5], 'COUNT', ARGV[6])
local prefix = height_field('')
for i = 1, #found[2], 2 do
  local field, value = found[2][i], found[2][i + 1]
  if string.sub(field, 1, #prefix) == prefix and is_of_no_use(string.sub(field, #prefix + 1), value) then
    redis.call('HDEL', KEYS[1], field)
  end
end

local answer = { 'OK', found[1] }
for i = 2, #KEYS do
  answer[i + 1] = height(KEYS[i])
end
return table.concat(answer, ' ')
