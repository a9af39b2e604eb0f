-- what a range of a tenant's usage stream adds up to, by series: windows of one billed period together,
-- named by its first instant; others window by window
select e.series,
    coalesce(nullif(($6::timestamptz[])[width_bucket(e.window_from, $5::timestamptz[])], '-infinity'),
        e.window_from),
    coalesce(sum(e.quantity) filter (where e.kind in (1, 2)), 0)::numeric(39, 0),
    count(*) filter (where e.kind in (1, 2)), bool_or(e.kind = 2)
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.stream_seq >= $3 and e.stream_seq < $4
group by 1, 2
