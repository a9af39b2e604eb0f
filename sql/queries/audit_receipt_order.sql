-- A receipt names a control entry before it, never an older one than the chain did before; its last
-- offset lies in its range, or is carried on when there were no records.
select r.idx, case
    when c.idx is null or c.idx >= r.idx or c.kind not in (7, 8, 9, 10, 11, 12, 13)
        then format('control index %s is no control entry before it', r.control_index)
    when r.control_index < r.control_before
        then format('control index went back from %s to %s', r.control_before, r.control_index)
    else format('last offset %s does not lie in [%s, %s)', r.last_offset, r.from_offset,
        r.to_offset) end
from (
    select r.*, lag(r.control_index, 1, r.control_index) over w as control_before,
        lag(r.last_offset, 1, -1::bigint) over w as last_before,
        lag(r.last_hash) over w as hash_before
    from ledger.receipt r
    where r.log = $1
    window w as (partition by r.feed, r.partition, r.incarnation order by r.from_offset)) r
    left join ledger.entry c on c.log = $1 and c.idx = r.control_index
where c.idx is null or c.idx >= r.idx or c.kind not in (7, 8, 9, 10, 11, 12, 13)
    or r.control_index < r.control_before
    or (r.records > 0 and (r.last_offset < r.from_offset or r.last_offset >= r.to_offset))
    or (r.records = 0 and r.last_offset <> r.last_before)
    or (r.records = 0 and r.hash_before is not null and r.last_hash <> r.hash_before)
order by r.idx
