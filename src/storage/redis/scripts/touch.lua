-- Notes that a record was used: it brings back none that is gone, and sets no time back.
--
-- ARGV: path, when it was last used, deadline, ttl.
local path, seen, deadline, ttl = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local key = bench .. path
local old = redis.call('HMGET', key, 'seen', 'until', 'owner')
if not old[1] then return 0 end
-- It needs next to no memory, and nobody is to be signed out because others filled it.
go_on_when_full()

-- Of two whole numbers without leading zeros, the longer one is the greater.
local function later(new, than)
  if #new ~= #than then return #new > #than end
  return new > than
end

if later(seen, old[1]) then redis.call('HSET', key, 'seen', seen) end
if later(deadline, old[2]) then
  redis.call('HSET', key, 'until', deadline)
  redis.call('ZADD', deadlines, deadline, path)
  -- A session in use moves its deadline at every request. The TTL behind it moves once a minute,
  -- and the TTLs of the lists, which never end before it, move with it.
  local before = life(key)
  if before ~= -1 and (ttl < 0 or before < ttl - 60000) then
    local keys = { key, bench .. 'list:' .. list_of(path), deadlines, counts }
    if old[3] then keys[5] = bench .. 'of:' .. list_of(path) .. ':' .. old[3] end
    for _, each in ipairs(keys) do keep(each, life(each), ttl) end
  end
end
return 1
