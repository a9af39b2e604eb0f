-- Every control entry and document has its content, and every content its entry.
select coalesce(e.idx, c.idx), case when c.idx is null then 'the content is not there'
    else 'a content without an entry that could name it' end
from (
    select e.idx
    from ledger.entry e
    where e.log = $1 and e.kind in (5, 7, 8, 9, 10, 11, 12, 13)) e
    full join (
    select c.idx
    from ledger.content c
    where c.log = $1) c on c.idx = e.idx
where e.idx is null or c.idx is null
order by 1
