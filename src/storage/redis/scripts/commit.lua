-- Checks everything expected, then writes and removes, all or nothing: Redis runs a script without
-- letting anybody else in between. Answers 1, or 0 where an expectation does not hold; and
-- besides, where a record changed and a replica is connected, the history that the replica must have.
--
-- ARGV: how many expectations, then (path, 'present' or a version, 0 for none) each;
--       how many removals, then a path each;
--       how many puts, then (path, value, seen, deadline, ttl, 'owner=<owner>' or '') each;
--       how many events the journal keeps, the journal's ttl, how many events, then their JSON.
local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end

-- Keys of another type, which only somebody with redis-cli can make, stop the script here, before
-- anything is written.
redis.call('HLEN', counts)
redis.call('ZCARD', deadlines)
redis.call('LLEN', journal)

for _ = 1, tonumber(take()) do
  local path, expected = take(), take()
  local version = redis.call('HGET', bench .. path, 'version') or '0'
  if expected == 'present' then
    if version == '0' then return { 0, '' } end
  elseif version ~= expected then
    return { 0, '' }
  end
end

local removals = tonumber(take())
for _ = 1, removals do drop(take()) end

local counts_before = life(counts)
local longest = 0
local function enlist(list, score, member, ttl)
  local before = life(list)
  redis.call('ZADD', list, score, member)
  keep(list, before, ttl)
end

local puts = tonumber(take())
for _ = 1, puts do
  local path, value, seen, deadline = take(), take(), take(), take()
  local ttl, owner = tonumber(take()), take():match('^owner=(.*)$')
  local key, list, name = bench .. path, list_of(path), name_of(path)
  local old = redis.call('HMGET', key, 'owner', 'place')
  local place = old[2] or tostring(redis.call('HINCRBY', counts, 'place', 1))
  if old[1] and old[1] ~= owner then
    redis.call('ZREM', bench .. 'of:' .. list .. ':' .. old[1], name)
    redis.call('HDEL', key, 'owner')
  end
  redis.call('HSET', key, 'value', value, 'seen', seen, 'until', deadline, 'place', place)
  redis.call('HINCRBY', key, 'version', 1)
  if ttl < 0 then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ttl) end
  enlist(bench .. 'list:' .. list, place, name, ttl)
  if owner then
    redis.call('HSET', key, 'owner', owner)
    enlist(bench .. 'of:' .. list .. ':' .. owner, place, name, ttl)
  end
  enlist(deadlines, deadline, path, ttl)
  if longest >= 0 then longest = ttl < 0 and ttl or math.max(longest, ttl) end
end

local kept, journal_ttl, events = tonumber(take()), tonumber(take()), tonumber(take())
if events > 0 then
  local before = life(journal)
  redis.call('HSET', counts, 'event', newest_event() + events)
  for _ = 1, events do redis.call('RPUSH', journal, take()) end
  redis.call('LTRIM', journal, -kept, -1)
  keep(journal, before, journal_ttl)
  if longest >= 0 then longest = math.max(longest, journal_ttl) end
end
-- The counters outlive all that they have numbered.
if longest ~= 0 then keep(counts, counts_before, longest) end

if removals + puts == 0 then return { 1, '' } end
-- A user may be forbidden to ask this. Then nobody waits, and the start has said so.
local told = redis.pcall('INFO', 'replication')
if type(told) == 'string' and told:find('state=online', 1, true) then
  return { 1, told:match('master_replid:(%x+)') or '' }
end
return { 1, '' }
