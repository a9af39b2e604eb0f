-- Who may do what: the privileges of every role, in full, so that a grant too many is seen.
begin;
select no_plan();

-- What the tables' privileges are, as one word a table: r(ead) a(ppend) w(rite) d(elete).
create function pg_temp.privileges(role text) returns table (relation text, may text)
language sql as $$
    select relname::text, concat(
        case when has_table_privilege(role, c.oid, 'select') then 'r' end,
        case when has_table_privilege(role, c.oid, 'insert') then 'a' end,
        case when has_table_privilege(role, c.oid, 'update') then 'w'
             when has_any_column_privilege(role, c.oid, 'update') then 'c' end,
        case when has_table_privilege(role, c.oid, 'delete') then 'd' end,
        case when has_table_privilege(role, c.oid, 'truncate') then 't' end,
        case when not has_table_privilege(role, c.oid, 'select')
             and has_any_column_privilege(role, c.oid, 'select') then 'p' end) -- a part
    from pg_class c
    where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p') and not relispartition
$$;

select set_eq($$ select * from pg_temp.privileges('daybook_ingest') where may <> '' $$,
    $$ values ('schema_version', 'r'), ('log', 'r'), ('head', 'rw'), ('slot', 'rw'),
    ('slot_step', 'ra'), ('series', 'ra'), ('entry', 'ra'), ('assignment', 'ra'), ('receipt', 'ra'),
    ('content', 'ra'), ('quarantine', 'ra'), ('disposition', 'ra'), ('checkpoint', 'r'),
    ('tenant', 'r'), ('dedup_block', 'ra'), ('sequence', 'ra'), ('progress', 'raw') $$,
    'ingest appends batches');
select set_eq($$ select * from pg_temp.privileges('daybook_sealer') where may <> '' $$,
    $$ values ('schema_version', 'r'), ('log', 'r'), ('head', 'r'), ('entry', 'r'),
    ('content', 'r'), ('assignment', 'r'), ('receipt', 'r'), ('slot_step', 'r'), ('disposition', 'r'),
    ('review', 'r'), ('approval', 'r'), ('tile', 'ra'), ('checkpoint', 'ra'), ('cosignature', 'ra') $$,
    'the sealer reads what the tree and the journal are made of, and writes what is signed of it');
select set_eq($$ select * from pg_temp.privileges('daybook_control') where may <> '' $$,
    $$ values ('schema_version', 'r'), ('log', 'ra'), ('head', 'raw'), ('slot', 'ra'),
    ('entry', 'ra'), ('content', 'ra'), ('checkpoint', 'r'), ('tenant', 'rac'), ('token', 'rac'),
    ('assignment', 'r'), ('receipt', 'r') $$,
    'control decides, and keeps the registry');
select set_eq($$ select * from pg_temp.privileges('daybook_invoices') where may <> '' $$,
    $$ values ('schema_version', 'r'), ('log', 'r'), ('head', 'rw'), ('series', 'r'),
    ('entry', 'ra'), ('assignment', 'r'), ('receipt', 'r'), ('content', 'ra'), ('review', 'ra'),
    ('approval', 'ra'),
    ('document', 'ra'), ('bundle', 'ra'), ('quarantine', 'r'), ('disposition', 'r'), ('tile', 'r'),
    ('checkpoint', 'r'), ('cosignature', 'r'), ('money_head', 'raw'), ('number_head', 'raw'),
    ('tenant', 'r'), ('progress', 'r') $$,
    'invoices issues documents');
select set_eq($$ select * from pg_temp.privileges('daybook_serve') where may <> '' $$,
    $$ values ('schema_version', 'r'), ('log', 'r'), ('head', 'r'), ('entry', 'r'), ('series', 'r'), ('content', 'r'),
    ('document', 'r'), ('bundle', 'r'), ('tenant', 'r'), ('token', 'r'), ('checkpoint', 'r'), ('tile', 'r'),
    ('progress', 'r') $$,
    'serve only reads, and nothing that has no tenant to be kept apart by');
select is_empty($$ select * from pg_temp.privileges('daybook_auditor') where may not in ('', 'r') $$,
    'the auditor only reads');
select is_empty($$ select * from pg_temp.privileges('daybook_auditor')
    where (may = '') <> (relation = 'token') $$,
    'the auditor reads everything but keys'' hashes');
select is_empty($$ select role, relation from unnest('{daybook_ingest, daybook_sealer,
    daybook_control, daybook_invoices, daybook_serve, daybook_auditor}'::text[]) role,
    pg_temp.privileges(role) where may ~ '[dt]' $$, 'nobody may delete or truncate');

select set_eq($$ select rolname::text, rolcanlogin, rolbypassrls from pg_roles
        where rolname in ('daybook_owner', 'daybook_ingest', 'daybook_sealer', 'daybook_control',
            'daybook_invoices', 'daybook_serve', 'daybook_auditor') $$,
    $$ values ('daybook_owner', false, false), ('daybook_ingest', true, true),
    ('daybook_sealer', true, false), ('daybook_control', true, true),
    ('daybook_invoices', true, true), ('daybook_serve', true, false),
    ('daybook_auditor', true, false) $$,
    'nobody logs in as the owner; those who write by COPY, and only they, pass row-level security');
select is_empty($$ select rolname from pg_roles where rolname like 'daybook\_%'
    and (rolsuper or rolcreatedb or rolcreaterole or rolreplication) $$, 'no role is more than that');
select set_eq($$ select role, proname::text from pg_proc, unnest('{daybook_ingest, daybook_sealer, daybook_control,
        daybook_invoices, daybook_serve, daybook_auditor}'::text[]) as role
    where pronamespace = 'ledger'::regnamespace and has_function_privilege(role, oid, 'execute') $$,
    $$ values ('daybook_ingest', 'ensure_dedup_day'), ('daybook_serve', 'public_leaves') $$,
    'ingest alone makes dedup partitions, serve alone asks for leaves of all');
select ok(not has_schema_privilege('daybook_ingest', 'ledger', 'create'),
    'writers make no tables');

set local role daybook_sealer;
select throws_ok($$ insert into ledger.entry select * from ledger.entry $$, '42501', null,
    'the sealer adds nothing to what it signs');
reset role;
set local role daybook_control;
select throws_ok($$ update ledger.tenant set slot = 1 $$, '42501', null, 'a tenant keeps its slot');
select lives_ok($$ update ledger.tenant set name = 'x' $$, 'a tenant''s name may change');
select throws_ok($$ update ledger.token set hash = 'x' $$, '42501', null, 'a token keeps its hash');
reset role;

-- COPY refuses a table with row-level security for a role without BYPASSRLS: an error here ends the test.
set local role daybook_ingest;
copy ledger.entry from stdin;
\.
copy ledger.series from stdin;
\.
set local role daybook_control;
copy ledger.entry from stdin;
\.
set local role daybook_invoices;
copy ledger.entry from stdin;
\.
reset role;
select pass('the writers write entries by COPY');

-- What each role may write, by kind: entries by their number, contents too, with a replacement's.
-- Everything else is refused, whoever stole the credential.
create function pg_temp.writes(role text, statement text) returns boolean
language plpgsql as $$
begin
    perform set_config('role', role, true);
    begin
        execute statement;
        raise exception 'undone' using errcode = 'DB001';
    exception
        when sqlstate 'DB001' then perform set_config('role', 'none', true); return true;
        when insufficient_privilege or check_violation then perform set_config('role', 'none', true); return false;
    end;
end;
$$;

create function pg_temp.entry_of(kind int) returns text
language sql as $$
    select format('insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, '
        'checksum, signature, writer) values (0, 4000000, %s, 1, 0, 2, 4000000, '
        'decode(repeat(''00'', 16), ''hex''), sha256(''''), sha512(''''), sha256(''''))', kind)
$$;

create function pg_temp.content_of(kind int, subject text) returns text
language sql as $$
    select format('insert into ledger.content (log, idx, kind, tenant, subject_id, version, hash, content) '
        'values (0, 4000000, %s, 0, %L, 1, sha256(''{}''), ''{}'')', kind, subject)
$$;

do $$ -- what a kind must have is asked before who may write it
declare
    one name;
begin
    for one in select conname from pg_constraint where conrelid = 'ledger.entry'::regclass and contype = 'c' loop
        execute format('alter table ledger.entry drop constraint %I', one);
    end loop;
end;
$$;
select results_eq($$ select role, string_agg(kind::text, ' ' order by kind)
        from unnest('{daybook_auditor, daybook_control, daybook_ingest, daybook_invoices, daybook_sealer,
            daybook_serve}'::text[]) role
        left join generate_series(1, 13) kind on pg_temp.writes(role, pg_temp.entry_of(kind))
        group by role order by role $$,
    $$ values ('daybook_auditor', null::text), ('daybook_control', '7 8 12 13'),
        ('daybook_ingest', '1 2 3 6 7'), ('daybook_invoices', '4 5 9 10 11'), ('daybook_sealer', null),
        ('daybook_serve', null) $$,
    'entries: ingest usage, receipts and the word of a replacement; control and invoices what they decide');
select results_eq($$ select role, string_agg(kind::text, ' ' order by kind)
        from unnest('{daybook_auditor, daybook_control, daybook_ingest, daybook_invoices, daybook_sealer,
            daybook_serve}'::text[]) role
        left join generate_series(1, 13) kind on pg_temp.writes(role, pg_temp.content_of(kind, 'x'))
        group by role order by role $$,
    $$ values ('daybook_auditor', null::text), ('daybook_control', '7 8 12 13'),
        ('daybook_ingest', null), ('daybook_invoices', '5 9 10 11'), ('daybook_sealer', null),
        ('daybook_serve', null) $$,
    'contents: control its four kinds, invoices its four, and nobody else any');
select results_eq($$ select role, string_agg(kind::text, ' ' order by kind)
        from unnest('{daybook_control, daybook_ingest, daybook_invoices}'::text[]) role
        left join generate_series(1, 13) kind
            on pg_temp.writes(role, pg_temp.content_of(kind, 'replacement/acme'))
        group by role order by role $$,
    $$ values ('daybook_control', null), ('daybook_ingest', '7'), ('daybook_invoices', '5 9 10 11') $$,
    'ingest writes an operator''s word of a replacement, and control none');

-- A login of another name, which is a member of one of these roles, or of two.
create role daybook_thief bypassrls in role daybook_ingest;
create role daybook_twice bypassrls in role daybook_control, daybook_invoices;
select results_eq($$ select role, string_agg(kind::text, ' ' order by kind)
        from unnest('{daybook_thief, daybook_twice}'::text[]) role
        left join generate_series(1, 13) kind on pg_temp.writes(role, pg_temp.entry_of(kind))
        group by role order by role $$,
    $$ values ('daybook_thief', '1 2 3 6 7'), ('daybook_twice', '4 5 7 8 9 10 11 12 13') $$,
    'entries: a member writes what the roles may that he has');
select results_eq($$ select role, subject, string_agg(kind::text, ' ' order by kind)
        from unnest('{daybook_thief, daybook_twice}'::text[]) role cross join unnest('{replacement/acme, x}'::text[]) subject
        left join generate_series(1, 13) kind on pg_temp.writes(role, pg_temp.content_of(kind, subject))
        group by role, subject order by role, subject $$,
    $$ values ('daybook_thief', 'replacement/acme', '7'), ('daybook_thief', 'x', null),
        ('daybook_twice', 'replacement/acme', '5 9 10 11'), ('daybook_twice', 'x', '5 7 8 9 10 11 12 13') $$,
    'contents: a member writes what the roles may that he has');

-- A role that somebody made before, with more than it may have, is not taken over in silence.
\set roles `cat sql/roles.sql`
select lives_ok(:'roles', 'the roles may be made again');
alter role daybook_serve bypassrls;
select throws_ok(:'roles', '42501', null, 'a web process that row-level security does not hold stops it');
alter role daybook_serve nobypassrls;

select * from finish();
rollback;
