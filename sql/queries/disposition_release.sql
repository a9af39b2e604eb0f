-- An operator released quarantined records into a file.
insert into ledger.disposition (log, feed, partition, incarnation, record_offset, action, reason,
    operator, file)
select $1, r.feed, r.partition, r.incarnation, r.record_offset, 'released', $6, $7, $8
from unnest($2::bytea[], $3::integer[], $4::integer[], $5::bigint[])
    as r (feed, partition, incarnation, record_offset)
