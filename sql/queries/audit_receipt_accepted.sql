-- A batch keeps one identity for each event that its receipts accepted, while its hours are kept.
-- By sums alone, whatever is known of the tables: the blocks lie in a partition a day, and were there
-- a search for each step it would be one in each of them. The floor is looked up once.
with floor as materialized (
    select max(s.floor_hour) as hour
    from ledger.slot_step s
    where s.log = $1),
part as (
    select s.slot, s.step, encode(s.batch, 'hex') as batch, 0 as ids, exists (
        select from unnest(s.hours) h, floor where h < floor.hour) as is_pruned
    from ledger.slot_step s
    where s.log = $1
    union all
    select d.slot, d.step, null, octet_length(d.ids) / 24, false
    from ledger.dedup_block d
    where d.log = $1),
step as (
    select max(p.batch) as batch, sum(p.ids) as ids, bool_or(p.is_pruned) as is_pruned
    from part p
    group by p.slot, p.step),
side as (
    select s.batch, null::bigint as idx, 0::bigint as accepted, s.ids, s.is_pruned
    from step s
    where s.batch is not null
    union all
    select encode(e.batch, 'hex'), r.idx, r.accepted, 0, false
    from ledger.receipt r
        join ledger.entry e on e.log = $1 and e.idx = r.idx
    where r.log = $1)
select min(b.idx), format('%s events were accepted, %s identities are kept', sum(b.accepted),
    sum(b.ids))
from side b
group by b.batch
having count(b.idx) > 0 and sum(b.accepted) <> sum(b.ids) and not bool_or(b.is_pruned)
order by 1
