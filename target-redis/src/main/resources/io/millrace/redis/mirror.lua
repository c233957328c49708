-- Writes the latest state of rows. Beside each row stands its version, "<number> <ordinal> <table>": what is not
-- above it was written before. The version of a deleted row stays for a while, so that nothing brings it back.
--
-- KEYS[2..]  rows and their versions, one behind the other
-- ARGV[6]    milliseconds for which a row is kept, 0 for ever
-- ARGV[7]    milliseconds for which the version of a deleted row is kept
-- ARGV[8..]  for each change: which key, number, ordinal, table, what to do, and
--              S  the value
--              H  how many fields and values, and these: all that the row has
--              U  the same, of what may have changed; how many fields are null, and their names
--              D  nothing: the row is deleted
local kept, kept_deleted = ARGV[6], ARGV[7]

local function is_newer(number, ordinal, version)
  if not version then
    return true
  end
  local a, b = string.match(version, '^(%d+) (%d+) ')
  a, b = tonumber(a), tonumber(b)
  return number > a or (number == a and ordinal > b)
end

local function chunks(command, key, first, last)
  -- Lua's stack takes some thousand arguments.
  for from = first, last, 1000 do
    redis.call(command, key, unpack(ARGV, from, math.min(from + 999, last)))
  end
end

local at = 8
while at <= #ARGV do
  local i = tonumber(ARGV[at])
  local key, version_key = KEYS[i], KEYS[i + 1]
  local version = ARGV[at + 1] .. ' ' .. ARGV[at + 2] .. ' ' .. ARGV[at + 3]
  local newer = is_newer(tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), redis.call('GET', version_key))
  local action = ARGV[at + 4]
  at = at + 5
  if action == 'S' then
    if newer then
      redis.call('SET', key, ARGV[at])
    end
    at = at + 1
  elseif action == 'D' then
    if newer then
      redis.call('DEL', key)
      redis.call('SET', version_key, version, 'PX', kept_deleted)
      newer = false
    end
  else
    local last = at + tonumber(ARGV[at])
    if newer and action == 'H' then
      redis.call('DEL', key)
    end
    if newer then
      chunks('HSET', key, at + 1, last)
    end
    at = last + 1
    if action == 'U' then
      last = at + tonumber(ARGV[at])
      if newer then
        chunks('HDEL', key, at + 1, last)
      end
      at = last + 1
    end
  end
  if newer and kept == '0' then
    redis.call('SET', version_key, version)
  elseif newer then
    redis.call('PEXPIRE', key, kept)
    redis.call('SET', version_key, version, 'PX', math.max(tonumber(kept), tonumber(kept_deleted)))
  end
end
return store_checkpoint()
