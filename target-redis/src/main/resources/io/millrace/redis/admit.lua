-- Begins a transaction (MULTI), in which plain commands follow, and settle.lua: Redis takes them several times faster
-- than what goes through a script. They cannot be kept from running. So if anything is wrong, the keys are put aside,
-- the commands write to empty ones, and settle.lua brings the old ones back. Nobody sees anything in between.
--
-- KEYS[2..]  the keys that the commands write
-- ARGV[6]    their type: list or stream
-- ARGV[7]    for settle.lua
-- ARGV[8..]  streams: the first and the last id that each of them gets; lists: how many values each gets
local function problem_of_keys()
  local lengths = {}
  for i = 2, #KEYS do
    local kind = redis.call('TYPE', KEYS[i]).ok
    if kind ~= 'none' and kind ~= ARGV[6] then
      return 'TYPE ' .. i .. ' ' .. kind
    end
    if kind == 'list' then
      lengths[i - 1] = redis.call('LLEN', KEYS[i])
    elseif kind == 'stream' then
      local first, last = ARGV[4 + 2 * i], last_id(KEYS[i])
      if not is_above(first, last) then
        return 'BEHIND ' .. i .. ' ' .. last .. ' ' .. first
      end
    end
    lengths[i - 1] = lengths[i - 1] or 0
  end
  return nil, table.concat(lengths, ' ')
end

local problem, lengths = refusal(), nil
if not problem then
  problem, lengths = problem_of_keys()
end
if not problem then
  local marked = redis.pcall('HSET', KEYS[1], 'admitted ' .. ARGV[1], lengths)
  if type(marked) == 'number' then
    return 'OK'
  end
  problem = 'ERROR ' .. marked.err
end
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('RENAME', KEYS[i], KEYS[1] .. ':aside:' .. i)
  end
end
return problem
