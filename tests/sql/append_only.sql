-- Append-only tables refuse changes from everybody, the owner and replication's way in included.
begin;
set local client_min_messages = warning;
select no_plan();

create temporary table append_only as
select unnest('{assignment, receipt, slot_step, series, entry, content, review, approval, document,
    bundle, quarantine, disposition, tile, checkpoint, cosignature, sequence}'::text[]) as name;
grant select on append_only to daybook_owner;

create function pg_temp.refused(who text) returns setof text language sql as $$
    select throws_ok(format(statement, name), '42501', null, format('%s: %s of %s', who, verb, name))
    from append_only, (values ('update', 'update ledger.%s set log = log'),
        ('delete', 'delete from ledger.%s'), ('truncate', 'truncate ledger.%s cascade'))
        as change (verb, statement)
    order by name, verb
$$;

select pg_temp.refused('superuser');
set local session_replication_role = replica;
select pg_temp.refused('replica');
set local session_replication_role = origin;
set local role daybook_owner;
select pg_temp.refused('owner');
reset role;

-- The rows that carry locks and counts do change.
select lives_ok($$ update ledger.head set size = size $$, 'a head moves');

select * from finish();
rollback;
