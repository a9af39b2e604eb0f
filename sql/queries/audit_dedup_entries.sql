-- The identities of a block stand first in entries of its batch that count at least as many events.
with block as materialized (
    -- read once as a whole: each substring of a stored value would read it again
    select d.slot, d.step, d.event_hour, s.batch, octet_length(d.ids) / 24 as ids,
        d.entries || ''::bytea as entries
    from ledger.dedup_block d
        join ledger.slot_step s on s.log = $1 and s.slot = d.slot and s.step = d.step
    where d.log = $1),
stand as (
    select b.slot, b.step, b.event_hour, b.batch, b.ids,
        substring(b.entries from 20 * i + 1 for 20) as bytes, i
    from block b
        cross join lateral generate_series(0, octet_length(b.entries) / 20 - 1) as i),
named as (
    select slot, step, event_hour, batch, ids, i,
        ('x' || encode(substring(bytes from 1 for 8), 'hex'))::bit(64)::bigint as tenant,
        ('x' || encode(substring(bytes from 9 for 8), 'hex'))::bit(64)::bigint as stream_seq,
        ('x' || encode(substring(bytes from 17 for 4), 'hex'))::bit(32)::bigint as events
    from stand)
select e.idx, format('slot %s step %s hour %s: %s events stand first in %s of tenant %s, which %s',
    n.slot, n.step, n.event_hour, n.events, n.stream_seq, n.tenant, case
        when e.idx is null then 'is not there'
        when e.batch <> n.batch then 'is another batch''s'
        else 'counts ' || e.contributions end)
from named n
    left join ledger.entry e on e.log = $1 and e.tenant = n.tenant and e.stream = 0
        and e.stream_seq = n.stream_seq
where n.stream_seq <> -1
    and (e.idx is null or e.batch <> n.batch or n.events > e.contributions)
union all
select null, format('slot %s step %s hour %s: %s identities, but its entries have %s', n.slot,
    n.step, n.event_hour, n.ids, sum(n.events))
from named n
group by n.slot, n.step, n.event_hour, n.ids
having n.ids <> sum(n.events)
