-- The roles of a cluster: one owner that nobody logs in as, one login a program, no passwords (the
-- deployer sets them). Repeatable, and safe when two databases of a cluster are migrated at once.
-- BYPASSRLS is what COPY FROM asks for on a table with row-level security; serve must never have it.
do $$
declare
    wanted record;
begin
    for wanted in select * from (values
            ('daybook_owner', 'nologin nobypassrls'),
            ('daybook_ingest', 'login bypassrls'),
            ('daybook_sealer', 'login nobypassrls'),
            ('daybook_control', 'login bypassrls'),
            ('daybook_invoices', 'login bypassrls'),
            ('daybook_serve', 'login nobypassrls'),
            ('daybook_auditor', 'login nobypassrls')) as role (name, attributes)
    loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
            begin
                execute format('create role %I noinherit nosuperuser nocreatedb nocreaterole %s',
                    wanted.name, wanted.attributes);
            exception when duplicate_object or unique_violation then
                null;
            end;
        elsif exists (select from pg_catalog.pg_roles where rolname = wanted.name
                and (rolsuper or (rolbypassrls and wanted.attributes like '%nobypassrls'))) then
            raise exception 'role % is there and may more than it should: no superuser, and BYPASSRLS only for who writes by COPY', wanted.name
                using errcode = 'insufficient_privilege';
        end if;
    end loop;
    if not has_database_privilege('daybook_owner', current_database(), 'create') then
        execute format('grant create on database %I to daybook_owner', current_database());
    end if;
end;
$$;
