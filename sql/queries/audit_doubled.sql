-- No row stands twice, whatever became of the keys. (Entries, receipts, steps and quarantine are
-- counted elsewhere.)
select null::bigint, format('%s %s stands there %s times', d.name, d.key, count(*))
from (
    select 'the content of entry' as name, c.idx::text as key from ledger.content c where c.log = $1
    union all
    select 'slot', s.slot::text from ledger.slot s where s.log = $1
    union all
    select 'the head of the money of tenant', m.tenant::text from ledger.money_head m
    where m.log = $1
    union all
    select 'the head of the numbers of', n.number_series from ledger.number_head n where n.log = $1
    union all
    select 'series', s.tenant || ' ' || encode(s.series, 'hex') from ledger.series s
    where s.log = $1
    union all
    select 'the document of entry', d.idx::text from ledger.document d where d.log = $1
    union all
    select 'the bundle of entry', b.idx::text from ledger.bundle b where b.log = $1
    union all
    select 'the review', format('%s of period %s of tenant %s', r.version, r.period_idx, r.tenant)
    from ledger.review r
    where r.log = $1
    union all
    select 'the approval of review', format('%s of period %s of tenant %s', a.version, a.period_idx,
        a.tenant)
    from ledger.approval a
    where a.log = $1
    union all
    select 'the disposition of offset', format('%s of partition %s of %s, %s', d.record_offset,
        d.partition, encode(d.feed, 'hex'), d.incarnation)
    from ledger.disposition d
    where d.log = $1
    union all
    select 'the numbers of source', format('%s from %s of partition %s of %s, %s', n.source,
        n.from_offset, n.partition, encode(n.feed, 'hex'), n.incarnation)
    from ledger.sequence n
    where n.log = $1
    union all
    select 'tile', format('%s/%s.p/%s', t.level, t.number, t.width) from ledger.tile t
    where t.log = $1
    union all
    select case when c.signed then 'the signed checkpoint of size'
        else 'the unsigned checkpoint of size' end, c.size::text
    from ledger.checkpoint c
    where c.log = $1
    union all
    select 'the line of a witness', format('%s under size %s', w.signer, w.size)
    from ledger.cosignature w
    where w.log = $1
    union all
    select 'the head of log', h.log::text from ledger.head h where h.log = $1
    union all
    select 'log', l.log::text from ledger.log l where l.log = $1
    union all
    select 'tenant', t.tenant::text from ledger.tenant t where t.log = $1) d
group by d.name, d.key
having count(*) > 1
order by d.name, d.key
