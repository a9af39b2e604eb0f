-- Usage that came by ingest has a receipt in its batch.
select min(e.idx), format('batch %s has %s entries and no receipt', encode(e.batch, 'hex'), count(*))
from ledger.entry e
where e.log = $1 and e.kind in (1, 2, 3) and e.batch <> decode(repeat('00', 16), 'hex')
    and e.batch not in (select r.batch from ledger.entry r where r.log = $1 and r.kind = 6)
group by e.batch
