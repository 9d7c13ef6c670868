-- Removes records whose time is over, longest over first, and says how many.
--
-- ARGV: the time on the bench's clock, how many at most.
local due = redis.call('ZRANGEBYSCORE', deadlines, '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
drop_all(due)
return #due
