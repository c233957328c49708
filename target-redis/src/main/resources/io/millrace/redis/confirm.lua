-- Asks whether another instance has taken over. What else may have changed, the next batch has to find out.
return dispossession(redis.call('HGET', KEYS[1], ARGV[2])) == 'FENCED' and 'FENCED' or 'OK'
