-- What operators did about quarantined records, as a line of JSON each. Lines without a file are as they
-- were before there was one.
select case when d.file is null then
        json_build_object('feed', encode(d.feed, 'hex'), 'partition', d.partition,
            'incarnation', d.incarnation, 'offset', d.record_offset::text, 'action', d.action,
            'reason', d.reason, 'operator', encode(d.operator, 'hex'),
            'recorded_at', d.recorded_at)
    else
        json_build_object('feed', encode(d.feed, 'hex'), 'partition', d.partition,
            'incarnation', d.incarnation, 'offset', d.record_offset::text, 'action', d.action,
            'reason', d.reason, 'operator', encode(d.operator, 'hex'),
            'recorded_at', d.recorded_at, 'file', encode(d.file, 'hex'))
    end::text
from ledger.disposition d
where d.log = $1
order by d.recorded_at, d.feed, d.partition, d.incarnation, d.record_offset
