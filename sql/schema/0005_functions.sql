-- The partition of one event day of dedup_block, in a transaction of its own, before the first batch
-- that needs it. CREATE and ATTACH pass beside running inserts (CREATE … PARTITION OF would wait for
-- them). The lock, which ATTACH takes anyway, is taken first, so that callers at the same time wait
-- for each other, shortly, and none fails.
create function ledger.ensure_dedup_day(day integer) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    name constant text := format('dedup_block_d%s', day);
begin
    if day is null or day not between 0 and 2932896 then
        raise exception 'day % is not one of 1970 to 9999', day
            using errcode = 'invalid_parameter_value';
    end if;
    if to_regclass('ledger.' || name) is not null then
        return;
    end if;
    lock table ledger.dedup_block in share update exclusive mode;
    if to_regclass('ledger.' || name) is not null then
        return;
    end if;
    execute format('create table ledger.%I (like ledger.dedup_block including all)', name);
    execute format('alter table ledger.dedup_block attach partition ledger.%I '
        'for values from (%s) to (%s)', name, day * 24, (day + 1) * 24);
end;
$$;
