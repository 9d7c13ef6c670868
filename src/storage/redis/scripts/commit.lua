-- Checks everything expected, then writes and removes, all or nothing: Redis runs a script without
-- letting anybody else in between. Answers 1, or 0 where an expectation does not hold; and
-- besides, where a record changed and a replica is connected, the history that the replica must have.
--
-- ARGV[1] is JSON; numbers of 64 bits are text in it:
--   expect   { path, 'present' or a version, '0' for none } each
--   clear    absent, or the kinds that stay where all other records go
--   remove   a path each
--   put      { path, last_used, expires_at, ttl, owner or absent } each
--   events   the JSON of each
--   journal  { limit, ttl }
-- ARGV[2] and so on are the values of the puts: any bytes, which JSON could not hold.
local batch = cjson.decode(ARGV[1])

-- Keys of another type, which only somebody with redis-cli can make, stop the script here, before
-- anything is written.
redis.call('HLEN', counts)
redis.call('ZCARD', deadlines)
redis.call('LLEN', journal)

for _, each in ipairs(batch.expect) do
  local path, expected = each[1], each[2]
  local version = redis.call('HGET', bench .. path, 'version') or '0'
  if expected == 'present' then
    if version == '0' then return { 0, '' } end
  elseif version ~= expected then
    return { 0, '' }
  end
end

local changed = #batch.remove + #batch.put
if batch.clear then
  changed = changed + clear(batch.clear)
end
for _, path in ipairs(batch.remove) do drop(path) end

local counts_before = life(counts)
local longest = 0
local function enlist(list, score, member, ttl)
  local before = life(list)
  redis.call('ZADD', list, score, member)
  keep(list, before, ttl)
end

for i, put in ipairs(batch.put) do
  local path, ttl, owner = put.path, put.ttl, put.owner
  local key, list, name = bench .. path, list_of(path), name_of(path)
  local old = redis.call('HMGET', key, 'owner', 'place')
  local position = old[2] or tostring(redis.call('HINCRBY', counts, 'place', 1))
  if old[1] and old[1] ~= owner then
    redis.call('ZREM', bench .. 'of:' .. list .. ':' .. old[1], name)
    redis.call('HDEL', key, 'owner')
  end
  redis.call('HSET', key, 'value', ARGV[1 + i], 'seen', put.last_used, 'until', put.expires_at,
    'place', position)
  redis.call('HINCRBY', key, 'version', 1)
  if ttl < 0 then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ttl) end
  enlist(bench .. 'list:' .. list, position, name, ttl)
  if owner then
    redis.call('HSET', key, 'owner', owner)
    enlist(bench .. 'of:' .. list .. ':' .. owner, position, name, ttl)
  end
  enlist(deadlines, put.expires_at, path, ttl)
  if longest >= 0 then longest = ttl < 0 and ttl or math.max(longest, ttl) end
end

if #batch.events > 0 then
  local before = life(journal)
  redis.call('HSET', counts, 'event', newest_event() + #batch.events)
  for _, event in ipairs(batch.events) do redis.call('RPUSH', journal, event) end
  redis.call('LTRIM', journal, -batch.journal.limit, -1)
  keep(journal, before, batch.journal.ttl)
  if longest >= 0 then longest = math.max(longest, batch.journal.ttl) end
end
-- The counters outlive everything that they have numbered.
if longest ~= 0 then keep(counts, counts_before, longest) end

if changed == 0 then return { 1, '' } end
-- A user may be forbidden to ask this. Then nobody waits, and the start has said so.
local replication = redis.pcall('INFO', 'replication')
if type(replication) == 'string' and replication:find('state=online', 1, true) then
  return { 1, replication:match('master_replid:(%x+)') or '' }
end
return { 1, '' }
