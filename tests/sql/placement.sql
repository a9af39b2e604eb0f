-- Where rows may lie when the schema is distributed by log (Citus): rules read from the catalogs.
begin;
select no_plan();

create temporary view book as
select c.oid, c.relname::text as name
from pg_class c
where c.relnamespace = 'ledger'::regnamespace and c.relname = any ('{head, slot, slot_step, series,
    entry, assignment, receipt, content, document, bundle, quarantine, disposition, tile, checkpoint,
    cosignature, money_head, number_head, review, approval}');

create temporary view append_only as
select oid, name from book where name not in ('head', 'slot', 'money_head', 'number_head');

-- The log's column in a table's first place.
create temporary view log_column as
select attrelid as oid, attnum, atttypid, attnotnull from pg_attribute
where attname = 'log' and attnum > 0 and not attisdropped;

select is((select count(*)::int from book), 19, 'the tables of the book are there');

select is_empty($$ select b.name from book b left join log_column l using (oid)
    where l.atttypid is distinct from 'integer'::regtype or not l.attnotnull $$,
    'log is an integer and not null in every table of the book');

select is_empty($$ select b.name from book b join log_column l using (oid)
    where not exists (select from pg_constraint p
        where p.conrelid = b.oid and p.contype = 'p' and p.conkey[1] = l.attnum) $$,
    'log is first in every primary key');

select is_empty($$ select i.indexrelid::regclass::text from book b join log_column l using (oid)
    join pg_index i on i.indrelid = b.oid where i.indisunique and not l.attnum = any (i.indkey) $$,
    'every unique index of the book contains log');

select is_empty($$ select i.indexrelid::regclass::text from book b join log_column l using (oid)
    join pg_index i on i.indrelid = b.oid where i.indkey[0] <> l.attnum $$,
    'every index of the book begins with log');

select is_empty($$ select f.conname from pg_constraint f
    join log_column l on l.oid = f.conrelid join log_column r on r.oid = f.confrelid
    where f.contype = 'f' and f.connamespace = 'ledger'::regnamespace
        and array_position(f.confkey, r.attnum)
            is distinct from array_position(f.conkey, l.attnum) $$,
    'foreign keys pair log with log');

select set_eq($$ select conname::text, confrelid::regclass::text from pg_constraint
    where contype = 'f' and connamespace = 'ledger'::regnamespace $$,
    $$ values ('receipt_assignment', 'ledger.assignment'), ('receipt_previous', 'ledger.receipt'),
        ('slot_step_follows', 'ledger.slot_step'), ('disposition_record', 'ledger.quarantine'),
        ('cosignature_checkpoint', 'ledger.checkpoint'), ('approval_review', 'ledger.review') $$,
    'foreign keys are these six, and none points at a head row');

select is_empty($$ select conname from pg_constraint where connamespace = 'ledger'::regnamespace
    and (condeferrable or condeferred or confupdtype not in (' ', 'a')
        or confdeltype not in (' ', 'a') or contype in ('t', 'x')) $$,
    'nothing is deferrable, cascades, or is a constraint trigger or exclusion');

select is_empty($$ select conname::text from pg_constraint
        where connamespace = 'ledger'::regnamespace and octet_length(conname::text) > 48
    union all select relname::text from pg_class
        where relnamespace = 'ledger'::regnamespace and octet_length(relname::text) > 48
    union all select tgname::text from pg_trigger where octet_length(tgname::text) > 48
        and not tgisinternal
    union all select polname::text from pg_policy where octet_length(polname::text) > 48 $$,
    'names have at most 48 bytes');

select is_empty($$ select conname from pg_constraint c join pg_class t on t.oid = c.conrelid
    where connamespace = 'ledger'::regnamespace and not starts_with(conname, relname) $$,
    'every constraint is named after its table');
select is_empty($$ select conname from pg_constraint where connamespace = 'ledger'::regnamespace
    and conname ~ '_(check|key|fkey)[0-9]*$' $$, 'no constraint was named by the server');

select is_empty($$ select relname from pg_class where relnamespace = 'ledger'::regnamespace
    and relkind = 'S' $$, 'there are no sequences');
select is_empty($$ select attrelid::regclass::text from pg_attribute a
    join pg_class c on c.oid = attrelid where relnamespace = 'ledger'::regnamespace
    and (attidentity <> '' or attgenerated <> '') $$, 'there are no identity or generated columns');

select set_eq($$ select b.name, t.tgtype::int, t.tgenabled::text from append_only b
        join pg_trigger t on t.tgrelid = b.oid and not t.tgisinternal and tgtype & 4 = 0 $$,
    $$ select name, type, 'A' from append_only, (values (26), (34)) as t (type) $$,
    'append-only tables refuse UPDATE, DELETE, TRUNCATE: before, by statement, always');
select is_empty($$ select tgname from pg_trigger t join pg_class c on c.oid = tgrelid
    where relnamespace = 'ledger'::regnamespace and not tgisinternal
        and tgfoid not in ('ledger.refuse_change'::regproc, 'ledger.refuse_kind'::regproc, 'ledger.refuse_member'::regproc) $$,
    'triggers only raise');
select is_empty($$ select tgname from pg_trigger t join pg_class c on c.oid = tgrelid
    where relnamespace = 'ledger'::regnamespace and not tgisinternal and tgenabled <> 'A' $$,
    'triggers fire always, for whoever calls himself a replica, too');

select is_empty($$ select c.relname from pg_class c where relnamespace = 'ledger'::regnamespace
    and relkind in ('r', 'p') and exists (select from pg_attribute a where a.attrelid = c.oid
        and attname = 'tenant' and attnum > 0) and not (relrowsecurity and relforcerowsecurity) $$,
    'row-level security is forced on every table with a tenant');
select is_empty($$ select polname from pg_policy
    where pg_get_expr(polqual, polrelid) ~* 'select' $$, 'policies have no sub-selects');
select is_empty($$ select polname from pg_policy where 'daybook_serve'::regrole = any (polroles)
    and pg_get_expr(polqual, polrelid) <>
        '(tenant = ANY ((current_setting(''daybook.tenants''::text))::bigint[]))' $$,
    'serve sees the tenants that are set, and an unset setting is an error');
select is_empty($$ select relname from pg_class c where relnamespace = 'ledger'::regnamespace
    and relkind in ('r', 'p') and has_table_privilege('daybook_serve', c.oid, 'select')
    and not relrowsecurity
    and relname not in ('schema_version', 'log', 'token', 'checkpoint', 'cosignature', 'tile', 'head', 'progress') $$,
    'serve reads nothing beside row-level security but public facts and hashes of keys');

select is_empty($$ select c.relname, a.attname from pg_class c join pg_attribute a on attrelid = c.oid
    where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p') and not relispartition
        and attnum > 0 and not attisdropped and col_description(c.oid, attnum) is null $$,
    'every column says what it is');
select is_empty($$ select relname from pg_class c where relnamespace = 'ledger'::regnamespace
    and relkind in ('r', 'p') and obj_description(c.oid, 'pg_class') is null $$,
    'every table says what it is');

select is_empty($$ select proname from pg_proc where pronamespace = 'ledger'::regnamespace
    and (proconfig is null or not 'search_path=pg_catalog, pg_temp' = any (proconfig)) $$,
    'functions have a fixed search_path');

select * from finish();
rollback;
