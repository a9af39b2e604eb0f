-- Every identity that is kept, an hour of a slot after the other.
select d.slot, d.event_hour, d.ids
from ledger.dedup_block d
where d.log = $1
order by d.slot, d.event_hour, d.step
