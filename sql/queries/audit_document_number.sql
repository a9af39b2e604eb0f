-- A number series counts from 1 without gaps.
select d.idx, format('%s number %s stands where %s is expected', d.number_series, d.number, d.place)
from (
    select d.idx, d.number_series, d.number,
        row_number() over (partition by d.number_series order by d.number) as place
    from ledger.document d
    where d.log = $1) d
where d.number <> d.place
order by d.idx
