-- The web process sees the tenants of its transaction, and without the setting nothing but an error.
begin;
select no_plan();

create function pg_temp.zeros(n integer) returns bytea language sql as
    $$ select decode(repeat('00', n), 'hex') $$;
insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series,
    window_from, length_seconds, quantity, contributions, checksum, signature, writer)
select 0, n, 1, 1, n + 1, 0, 0, pg_temp.zeros(16), sha256('s'), 'epoch', 3600, 5, 1,
    pg_temp.zeros(32), pg_temp.zeros(64), pg_temp.zeros(32)
from generate_series(0, 2) as n;
insert into ledger.series (log, tenant, series, slot, step, descriptor)
select 0, n, sha256('s'), 0, 1, 's' from generate_series(1, 3) as n;
insert into ledger.content (log, idx, kind, tenant, subject_id, version, hash, content)
select 0, n, 11, n, 'p', 1, sha256('{}'), '{}' from generate_series(1, 3) as n
union all select 0, 9, 9, 0, 'plan', 1, sha256('{}'), '{}';
insert into ledger.tenant (log, tenant, id, slot, grid_seconds, name, zone)
select 0, n, 'tenant ' || n, 0, 3600, 'x', 'UTC' from generate_series(1, 3) as n;
insert into ledger.bundle (log, idx, tenant, size, bundle)
select 0, n, n, 10, '{}' from generate_series(1, 3) as n;
insert into ledger.document select 0, 'DE', n, 'DE-' || n, n, n, 'invoice', 1, 'epoch',
    'epoch'::timestamptz + '1 day', 'epoch', 'EUR', 2, 100, sha256('')
    from generate_series(1, 3) as n;

set local role daybook_serve;
select throws_ok(format('select * from ledger.%I', name), '42704', null,
    name || ': without the setting there is an error')
from unnest('{entry, series, content, tenant, bundle, document}'::text[]) name;

set local daybook.tenants = '{2}';
select results_eq(format('select tenant from ledger.%I', name), array[2::bigint],
    name || ': only the tenant''s own rows')
from unnest('{entry, series, content, tenant, bundle, document}'::text[]) name;

set local daybook.tenants = '{1, 3}';
select set_eq($$ select tenant from ledger.entry $$, array[1, 3]::bigint[], 'a parent sees several');
set local daybook.tenants = '{}';
select is_empty($$ select * from ledger.entry $$, 'nobody named, nothing seen');
set local daybook.tenants = '';
select throws_ok($$ select * from ledger.entry $$, '22P02', null, 'an empty setting is an error');
set local daybook.tenants = '{0}';
select is_empty($$ select * from ledger.content where kind = 9 and tenant <> 0 $$,
    'tenant 0 shows no other''s');
set local daybook.tenants = '{2}';
select is_empty($$ select * from ledger.public_leaves(0, 0, 3) $$, 'leaves that are not sealed are nobody''s');
reset role;
insert into ledger.checkpoint (log, size, signed, root, note) values (0, 2, true, sha256('r'), 'note');
set local role daybook_serve;
select results_eq($$ select idx from ledger.public_leaves(0, 0, 2) $$, array[0, 1]::bigint[], 'sealed ones are everybody''s');
select is_empty($$ select * from ledger.public_leaves(0, 0, 3) $$, 'up to the sealed size');
select is_empty($$ select * from ledger.public_leaves(0, -255, 2) $$, 'and no more than 256 at a time');
select results_eq($$ select tenant from ledger.entry $$, array[2::bigint], 'what the leaves say stays the tenant''s own');
select is(pg_get_function_result('ledger.public_leaves(integer, bigint, bigint)'::regprocedure),
    'TABLE(idx bigint, checksum bytea, signature bytea, writer bytea)', 'the function gives leaves and nothing else');
select throws_ok(format('create or replace %s', replace(pg_get_functiondef(
    'ledger.public_leaves(integer, bigint, bigint)'::regprocedure), 'CREATE OR REPLACE ', '')), '42501', null,
    'which the web process cannot change');
reset role;
set local role daybook_ingest;
select throws_ok($$ select * from ledger.public_leaves(0, 0, 2) $$, '42501', null, 'nor others call');
reset role;

set local role daybook_auditor;
select results_eq($$ select count(*)::int from ledger.entry $$, array[3], 'the auditor sees all');
reset role;
set local role daybook_owner;
select results_eq($$ select count(*)::int from ledger.entry $$, array[3], 'the owner sees all');
reset role;

select * from finish();
rollback;
