-- No entry has a value in a column that its kind has not: nobody signed it.
select e.idx, format('an entry of kind %s has a value in a column of other kinds', e.kind)
from ledger.entry e
where e.log = $1 and (case when e.kind in (1, 2, 3) then 0
        else num_nonnulls(e.series, e.window_from, e.length_seconds, e.quantity, e.contributions) end
    + case when e.kind = 2 then 0 else num_nonnulls(e.corrected_seq) end
    + case when e.kind in (2, 3) then 0 else num_nonnulls(e.reason) end
    + case when e.kind = 4 then 0
        else num_nonnulls(e.debit, e.credit, e.amount, e.currency, e.exponent, e.code, e.document) end
    + case when e.kind in (5, 7, 8, 9, 10, 11, 12, 13) then 0
        else num_nonnulls(e.subject, e.version, e.content_hash, e.operator) end) > 0
order by e.idx
