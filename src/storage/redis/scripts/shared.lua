-- What all scripts share. It is put before each of them. Next: commit.lua.
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

-- How long a key has to live: -2 where there is none, -1 forever, else milliseconds.
local function life(key) return redis.call('PTTL', key) end

-- Lets a key live for `ttl` at least (-1 is forever). `before` is its life before it was changed.
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

-- Removes a record, also from its lists. The record goes first: if anything stops this script, what
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

-- Calls with the names in long commands. Lua passes some thousands of arguments at once, not more.
local function in_pages(names, call)
  for from = 1, #names, 1000 do
    call(unpack(names, from, math.min(from + 999, #names)))
  end
end

-- Removes many records. What they leave goes in a few long commands, because nobody else gets an
-- answer meanwhile.
local function drop_all(paths)
  local records, leaving = {}, { [deadlines] = paths }
  local function leave(list, name)
    leaving[list] = leaving[list] or {}
    table.insert(leaving[list], name)
  end
  for i, path in ipairs(paths) do
    local list, name = list_of(path), name_of(path)
    records[i] = bench .. path
    leave(bench .. 'list:' .. list, name)
    local owner = redis.call('HGET', records[i], 'owner')
    if owner then leave(bench .. 'of:' .. list .. ':' .. owner, name) end
  end
  -- The records go first: if anything stops this script, what was to go is gone.
  in_pages(records, function(...) redis.call('DEL', ...) end)
  for list, names in pairs(leaving) do
    in_pages(names, function(...) redis.call('ZREM', list, ...) end)
  end
end

-- Removes every record whose kind does not stay, and says how many. A bench may have a hundred
-- thousand, and nobody else gets an answer meanwhile: their lists go as a whole, and of each record
-- nothing is asked but its owner.
local function clear(kinds)
  local stays, goes, lists, left = {}, {}, {}, {}
  for _, kind in ipairs(kinds) do stays[kind] = true end
  local all = redis.call('ZRANGE', deadlines, 0, -1, 'WITHSCORES')
  for i = 1, #all, 2 do
    local path = all[i]
    local kind, variant = path:match('^([^:]*):([^:]*)')
    if stays[kind] then
      left[#left + 1] = all[i + 1]
      left[#left + 1] = path
    else
      local key = bench .. path
      goes[#goes + 1] = key
      local list = kind .. ':' .. variant
      lists[bench .. 'list:' .. list] = true
      local owner = redis.call('HGET', key, 'owner')
      if owner then lists[bench .. 'of:' .. list .. ':' .. owner] = true end
    end
  end
  -- The records go first: if anything stops this script, what was to go is gone.
  in_pages(goes, function(...) redis.call('DEL', ...) end)
  for list in pairs(lists) do redis.call('DEL', list) end
  local before = life(deadlines)
  redis.call('DEL', deadlines)
  in_pages(left, function(...) redis.call('ZADD', deadlines, ...) end)
  if before > 0 then redis.call('PEXPIRE', deadlines, before) end
  return #goes
end

-- A full Redis refuses a script whose first write needs memory, and lets all later ones pass. This
-- write removes nothing: no key is called so.
local function go_on_when_full() redis.call('DEL', bench) end

