-- The end of a transaction at or below a size: between two batches, never before a transfer, whose
-- document stands before it, an operator's correction, or the word for it where usage stands before it.
-- A transaction has fewer than 40 000 entries.
select max(e.idx)
from ledger.entry e
    join ledger.entry before on before.log = $1 and before.idx = e.idx - 1
where e.log = $1 and e.idx <= $2 and e.idx > $2 - 40000 and e.kind <> 4
    and (e.kind <> 2 or e.batch <> decode(repeat('00', 16), 'hex'))
    and (e.batch <> before.batch or e.batch = decode(repeat('00', 16), 'hex'))
    and (e.kind <> 7 or not exists (
        select
        from ledger.content c
        where c.log = $1 and c.idx = e.idx and c.subject_id like 'replacement/%'
            and (c.content::json ->> 'before')::bigint < e.idx))
