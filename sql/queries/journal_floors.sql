-- The steps that raised a slot's floor: below it, identities are no longer kept.
select json_build_object('slot', s.slot, 'step', s.step::text, 'floor_hour', s.floor_hour)::text
from ledger.slot_step s
    left join ledger.slot_step p on p.log = s.log and p.slot = s.slot and p.step = s.prev_step
where s.log = $1 and s.floor_hour is not null and s.floor_hour is distinct from p.floor_hour
order by s.slot, s.step
