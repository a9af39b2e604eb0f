-- A content's row names the hash that its entry names.
select e.idx, format('the row of ''%s'' has another hash than its entry', c.subject_id)
from ledger.content c
    join ledger.entry e on e.log = $1 and e.idx = c.idx
where c.log = $1 and c.hash is distinct from e.content_hash
order by e.idx
