-- A slot's steps count from 1 without gaps.
select null::bigint, format('slot %s: step %s stands where %s is expected', s.slot, s.step, s.place)
from (
    select s.slot, s.step, row_number() over (partition by s.slot order by s.step) as place
    from ledger.slot_step s
    where s.log = $1) s
where s.step <> s.place
order by s.slot, s.step
