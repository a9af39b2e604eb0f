-- Every stored bundle, with the document that it proves.
select b.idx, b.tenant, b.size, b.bundle, d.tenant, d.hash
from ledger.bundle b
    left join ledger.document d on d.log = $1 and d.idx = b.idx
where b.log = $1
order by b.idx
