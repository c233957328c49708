-- What can be known of streams.
local function is_above(id, other)
  local a, b = string.match(id, '(%d+)-(%d+)')
  local c, d = string.match(other, '(%d+)-(%d+)')
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  return a > c or (a == c and b > d)
end

local function last_id(key)
  if redis.call('EXISTS', key) == 0 then
    return '0-0'
  end
  local info = redis.call('XINFO', 'STREAM', key)
  for j = 1, #info, 2 do
    if info[j] == 'last-generated-id' then
      return info[j + 1]
    end
  end
end

-- The field beside the checkpoint for the highest id that the target has written to the stream.
local function height_field(key)
  return 'stream ' .. ARGV[1] .. ' ' .. key
end
