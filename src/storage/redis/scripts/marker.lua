-- A write that comes after all others so far, for WAIT to wait for. Answers which history it is part
-- of: another primary writes another one. It removes first, because a full Redis refuses a script
-- whose first write needs memory.
--
-- KEYS[1]: what it is called.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], '', 'PX', 60000)
return redis.call('INFO', 'replication'):match('master_replid:(%x+)')
