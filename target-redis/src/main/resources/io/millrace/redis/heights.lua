-- Answers the highest id that the target has written to each stream: what is not above it was written before. A
-- stream that was deleted begins anew.
--
-- KEYS[2..]  the streams          ARGV[4]  the target's lineage
local answer = { 'OK' }
for i = 2, #KEYS do
  answer[i] = '0-0'
  if redis.call('EXISTS', KEYS[i]) == 1 then
    local lineage, id = string.match(redis.call('HGET', KEYS[1], height_field(KEYS[i])) or '', '^(%S+) (%S+)$')
    if lineage == ARGV[4] then
      answer[i] = id
    end
  end
end
return table.concat(answer, ' ')
