-- Writes the latest state of rows. Beside each row stands its version, "<number> <place> <lineage> <table>": what
-- is not above it was written before. The version of a deleted row stays for a while, so that nothing brings it back.
--
-- KEYS[2..]  rows and their versions, one behind the other
-- ARGV[6]    the target's lineage
-- ARGV[7]    what a row is: hash or string
-- ARGV[8]    milliseconds for which a row is kept, 0 for ever
-- ARGV[9]    milliseconds for which the version of a deleted row is kept
-- ARGV[10..] for each change: which key, number, place in the transaction, table, what to do, how many arguments that has, and these:
--              S  the value
--              H  fields and values: all that the row has
--              U  how many of what follows are fields and values, these, and the names of fields that are null:
--                 what the log tells of a row of which it does not tell all
--              D  nothing: the row is deleted
-- All of a script happens, or nothing, as long as no command in it fails: so whatever could make one fail is looked at
-- first, and the checkpoint is stored last.
local refused = refusal()
if refused then
  return refused
end

local lineage, kind, kept, kept_deleted = ARGV[6], ARGV[7], ARGV[8], ARGV[9]

local versions, exists = {}, {}
for i = 2, #KEYS, 2 do
  local row_kind = redis.call('TYPE', KEYS[i]).ok
  if row_kind ~= 'none' and row_kind ~= kind then
    return 'TYPE ' .. i .. ' ' .. row_kind
  end
  local version_kind = redis.call('TYPE', KEYS[i + 1]).ok
  if version_kind ~= 'none' and version_kind ~= 'string' then
    return 'TYPE ' .. (i + 1) .. ' ' .. version_kind
  end
  exists[i] = row_kind ~= 'none'
  versions[i] = redis.call('GET', KEYS[i + 1])
  if versions[i] and string.match(versions[i], '^%d+ %d+ (%S+) ') ~= lineage then
    return 'FOREIGN ' .. i
  end
end

local function is_newer(number, place, version)
  if not version then
    return true
  end
  local a, b = string.match(version, '^(%d+) (%d+) ')
  a, b = tonumber(a), tonumber(b)
  return number > a or (number == a and place > b)
end

-- Which changes are to be made; and nothing is made yet.
local changes = {}
local at = 10
while at <= #ARGV do
  local change = { i = tonumber(ARGV[at]), action = ARGV[at + 4], first = at + 6, count = tonumber(ARGV[at + 5]) }
  local i = change.i
  if is_newer(tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), versions[i]) then
    -- What has no version is not the target's, so the rest of the row is not known.
    if change.action == 'U' and not (exists[i] and versions[i]) then
      return 'PARTIAL ' .. i
    end
    versions[i] = ARGV[at + 1] .. ' ' .. ARGV[at + 2] .. ' ' .. lineage .. ' ' .. ARGV[at + 3]
    exists[i] = change.action ~= 'D'
    change.version = versions[i]
    changes[#changes + 1] = change
  end
  at = change.first + change.count
end

local function chunks(command, key, first, last)
  -- Lua's stack takes some thousand arguments.
  for from = first, last, 1000 do
    redis.call(command, key, unpack(ARGV, from, math.min(from + 999, last)))
  end
end

for _, change in ipairs(changes) do
  local key, version_key = KEYS[change.i], KEYS[change.i + 1]
  local first, last = change.first, change.first + change.count - 1
  if change.action == 'D' then
    redis.call('DEL', key)
    redis.call('SET', version_key, change.version, 'PX', kept_deleted)
  else
    if change.action == 'S' then
      redis.call('SET', key, ARGV[first])
    elseif change.action == 'H' then
      redis.call('DEL', key)
      chunks('HSET', key, first, last)
    else
      local fields = tonumber(ARGV[first])
      chunks('HSET', key, first + 1, first + fields)
      chunks('HDEL', key, first + fields + 1, last)
      redis.call('PERSIST', key)
    end
    if kept == '0' then
      redis.call('SET', version_key, change.version)
    else
      redis.call('PEXPIRE', key, kept)
      redis.call('SET', version_key, change.version, 'PX', math.max(tonumber(kept), tonumber(kept_deleted)))
    end
  end
end
return store_checkpoint()
