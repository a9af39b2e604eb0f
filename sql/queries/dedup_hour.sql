-- All identities of one slot and event hour with the entries that they first stand in.
select step, ids, entries
from ledger.dedup_block
where log = $1 and slot = $2 and event_hour = $3
order by step
