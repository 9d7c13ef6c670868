-- The number of the newest event, 0 where there is none.
return newest_event()
