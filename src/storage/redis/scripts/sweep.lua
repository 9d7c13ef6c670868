-- Removes records whose time is over, longest over first, and says how many. What they leave goes
-- in a few long commands, because nobody else gets an answer meanwhile.
--
-- ARGV: the time on the bench's clock, how many at most (Lua passes some thousands of arguments at
--       once, not more).
local due = redis.call('ZRANGEBYSCORE', deadlines, '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #due == 0 then return 0 end

local records, leaving = {}, { [deadlines] = due }
local function leave(list, name)
  leaving[list] = leaving[list] or {}
  table.insert(leaving[list], name)
end
for i, path in ipairs(due) do
  local list, name = list_of(path), name_of(path)
  records[i] = bench .. path
  leave(bench .. 'list:' .. list, name)
  local owner = redis.call('HGET', records[i], 'owner')
  if owner then leave(bench .. 'of:' .. list .. ':' .. owner, name) end
end

-- The records go first: if anything stops this script, what was to go is gone.
redis.call('DEL', unpack(records))
for list, names in pairs(leaving) do redis.call('ZREM', list, unpack(names)) end
return #due
