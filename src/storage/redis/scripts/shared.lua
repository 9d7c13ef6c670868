-- What all scripts share; it stands before each of them. Next: commit.lua.
--
-- KEYS[1] is what every key of the bench begins with, `lab:{<bench>}:`. The scripts make up the rest
-- themselves: the braces keep all keys of a bench together. A path is a record's key without that
-- beginning: `sessions:hardened:<name>`. Numbers of 64 bits stay text, because Lua would round them.
local bench = KEYS[1]
local counts = bench .. 'counts'
local deadlines = bench .. 'deadlines'
local journal = bench .. 'journal'

local function list_of(path) return path:match('^(.*):') end
local function name_of(path) return path:match('[^:]*$') end

-- How long a key has to live: -2 where there is none, -1 for ever, else milliseconds.
local function life(key) return redis.call('PTTL', key) end

-- Lets a key live for `ttl` at least (-1 is for ever). `before` is its life before it was changed.
local function keep(key, before, ttl)
  if before == -1 then return end
  if ttl < 0 then
    redis.call('PERSIST', key)
  elseif before < ttl then
    redis.call('PEXPIRE', key, ttl)
  end
end

-- The number of the newest event. A student who deletes `counts` must not make the ids go back.
local function newest_event()
  local counted = tonumber(redis.call('HGET', counts, 'event') or 0)
  return math.max(counted, redis.call('LLEN', journal))
end

-- Removes a record, from its lists too. The record goes first: if anything stops this script, what
-- was to go is gone.
local function drop(path)
  local owner = redis.call('HGET', bench .. path, 'owner')
  redis.call('DEL', bench .. path)
  redis.call('ZREM', bench .. 'list:' .. list_of(path), name_of(path))
  if owner then
    redis.call('ZREM', bench .. 'of:' .. list_of(path) .. ':' .. owner, name_of(path))
  end
  redis.call('ZREM', deadlines, path)
end

-- A full Redis refuses a script whose first write needs memory, and lets all later ones pass. This
-- write removes nothing: no key is called so.
local function go_on_when_full() redis.call('DEL', bench) end

