-- The names in a list, first put first. A record whose life was over leaves its name behind in the
-- list; such a name is taken out here, and so is one whose record came again at another position.
--
-- ARGV: the list without its beginning, what its records' paths begin with, how many at most.
local list, records, limit = bench .. ARGV[1], bench .. ARGV[2], tonumber(ARGV[3])
local found, from = {}, 0
while #found < limit do
  local until_here = from + math.min(limit - #found, 1000) - 1
  local page = redis.call('ZRANGE', list, from, until_here, 'WITHSCORES')
  if #page == 0 then break end
  for i = 1, #page, 2 do
    if redis.call('HGET', records .. page[i], 'place') == page[i + 1] then
      found[#found + 1] = page[i]
      from = from + 1
    else
      redis.call('ZREM', list, page[i])
    end
  end
end
return found
