-- A slot's steps count from 1 without gaps, each after the one before; its floor never falls.
select null::bigint, case when s.step <> s.place or coalesce(s.prev_step, 0) <> s.place - 1
    then format('slot %s: step %s after %s stands where %s is expected', s.slot, s.step,
        coalesce(s.prev_step, 0), s.place)
    else format('slot %s: step %s lowers the floor from %s to %s', s.slot, s.step, s.floor_before,
        coalesce(s.floor_hour::text, 'nothing')) end
from (
    select s.slot, s.step, s.prev_step, s.floor_hour, row_number() over slot as place,
        lag(s.floor_hour) over slot as floor_before
    from ledger.slot_step s
    where s.log = $1
    window slot as (partition by s.slot order by s.step)) s
where s.step <> s.place or coalesce(s.prev_step, 0) <> s.place - 1
    or (s.floor_before is not null and coalesce(s.floor_hour < s.floor_before, true))
order by s.slot, s.step
