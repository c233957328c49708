-- Ends the transaction that admit.lua began, with the same keys and arguments: stores the checkpoint if all was
-- written, else brings back the keys that were put aside.
--
-- ARGV[7]  streams: the target's lineage; lists: nothing

-- Whether a key holds nothing but what the commands have written. Else it was there before, and was not put aside.
local function is_new(i)
  if redis.call('TYPE', KEYS[i]).ok ~= ARGV[6] then
    return false
  end
  if ARGV[6] == 'list' then
    return redis.call('LLEN', KEYS[i]) == tonumber(ARGV[6 + i])
  end
  local first = redis.call('XRANGE', KEYS[i], '-', '+', 'COUNT', 1)[1]
  return first and not is_above(ARGV[4 + 2 * i], first[1]) and last_id(KEYS[i]) == ARGV[5 + 2 * i]
end

local mark = 'admitted ' .. ARGV[1]
local lengths = redis.call('HGET', KEYS[1], mark)
if not lengths then
  for i = 2, #KEYS do
    local aside = KEYS[1] .. ':aside:' .. i
    if redis.call('EXISTS', aside) == 1 then
      redis.call('RENAME', aside, KEYS[i])
    elseif is_new(i) then
      redis.call('DEL', KEYS[i])
    end
  end
  return 'UNDONE'
end
redis.call('HDEL', KEYS[1], mark)

-- A command fails alone if its permission is taken away just now. Then what the others wrote comes again.
local i = 1
for length in string.gmatch(lengths, '%d+') do
  i = i + 1
  if ARGV[6] == 'list' then
    if redis.call('LLEN', KEYS[i]) ~= tonumber(length) + tonumber(ARGV[6 + i]) then
      return 'UNWRITTEN ' .. i
    end
  else
    local last = ARGV[5 + 2 * i]
    if last_id(KEYS[i]) ~= last then
      return 'UNWRITTEN ' .. i
    end
    redis.call('HSET', KEYS[1], height_field(KEYS[i]), ARGV[7] .. ' ' .. last)
  end
end
return store_checkpoint()
