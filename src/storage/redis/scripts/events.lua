-- A page of the journal: the number of its first event, then the events.
--
-- ARGV: the number after which it begins, how many at most.
local after, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local first = newest_event() - redis.call('LLEN', journal) + 1
local from = math.max(after + 1 - first, 0)
local page = {}
if limit > 0 then page = redis.call('LRANGE', journal, from, from + limit - 1) end
table.insert(page, 1, string.format('%d', first + from))
return page
