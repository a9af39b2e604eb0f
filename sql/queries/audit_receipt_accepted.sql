-- A batch keeps one identity for each event that its receipts accepted, while its hours are kept.
with floor as (
    select max(s.floor_hour) as hour
    from ledger.slot_step s
    where s.log = $1),
step as (
    select s.batch, s.slot, s.step, exists (
        select from unnest(s.hours) h, floor where h < floor.hour) as is_pruned
    from ledger.slot_step s
    where s.log = $1),
kept as (
    select s.batch, bool_or(s.is_pruned) as is_pruned,
        coalesce(sum((select sum(octet_length(d.ids) / 24)
            from ledger.dedup_block d
            where d.log = $1 and d.slot = s.slot and d.step = s.step)), 0) as ids
    from step s
    group by s.batch),
taken as (
    select e.batch, min(r.idx) as idx, sum(r.accepted) as accepted
    from ledger.receipt r
        join ledger.entry e on e.log = $1 and e.idx = r.idx
    where r.log = $1
    group by e.batch)
select t.idx, format('%s events were accepted, %s identities are kept', t.accepted,
    coalesce(k.ids, 0))
from taken t
    left join kept k on k.batch = t.batch
where t.accepted <> coalesce(k.ids, 0) and not coalesce(k.is_pruned, false)
order by t.idx
