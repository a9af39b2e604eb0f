-- Every record of a range was accepted, a duplicate, quarantined, or another log's.
select r.idx, format('%s records, but %s accepted + %s duplicate + %s quarantined + %s elsewhere',
    r.records, r.accepted, r.duplicate, r.quarantined, r.elsewhere)
from ledger.receipt r
where r.log = $1 and (r.records <> r.accepted + r.duplicate + r.quarantined + r.elsewhere
    or r.records + r.holes > r.to_offset - r.from_offset)
order by r.idx
