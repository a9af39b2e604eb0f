-- The entries that no topic can give back: decisions, money, receipts, and what files brought.
-- A batch has at most 20 000 entries, and its receipts stand behind them.
with file_batch as (
    select e.batch
    from ledger.entry e
        join ledger.receipt r on r.log = e.log and r.idx = e.idx
        join ledger.assignment a on a.log = r.log and a.feed = r.feed
            and a.partition = r.partition and a.incarnation = r.incarnation
    where e.log = $1 and e.kind = 6 and e.idx >= $2 and e.idx < $3 + 40000
        and a.name = encode(a.feed, 'hex'))
select e.idx
from ledger.entry e
where e.log = $1 and e.idx >= $2 and e.idx < $3
    and (e.kind not in (1, 2, 3) or e.batch = decode(repeat('00', 16), 'hex')
        or e.batch in (select batch from file_batch))
order by e.idx
