-- How much memory the identities of one event hour will take, slot by slot.
select b.slot, sum(octet_length(b.ids))::bigint
from ledger.dedup_block b
where b.log = $1 and b.event_hour = $2 and b.slot = any ($3)
group by b.slot
