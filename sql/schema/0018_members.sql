-- A login that is only a member of a program's role has its privileges under a name that 0017 does not
-- ask for: it writes the kinds of the roles that it has, and no others.

create function ledger.refuse_member() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    is_ingest boolean := pg_has_role(current_user, 'daybook_ingest', 'usage');
    is_control boolean := pg_has_role(current_user, 'daybook_control', 'usage');
    is_invoices boolean := pg_has_role(current_user, 'daybook_invoices', 'usage');
    is_replacement boolean;
begin
    if tg_table_name = 'content' then
        is_replacement := starts_with(new.subject_id, 'replacement/');
        if (is_ingest and new.kind = 7 and is_replacement)
            or (is_control and new.kind in (7, 8, 12, 13) and not is_replacement)
            or (is_invoices and new.kind in (5, 9, 10, 11)) then
            return null;
        end if;
    elsif (is_ingest and new.kind in (1, 2, 3, 6, 7))
        or (is_control and new.kind in (7, 8, 12, 13))
        or (is_invoices and new.kind in (4, 5, 9, 10, 11)) then
        return null;
    end if;
    raise exception '% may not write kind % of ledger.%', current_user, new.kind, tg_table_name
        using errcode = 'insufficient_privilege';
end;
$$;

create trigger entry_of_member after insert on ledger.entry
    for each row
    when (current_user not in ('daybook_ingest', 'daybook_control', 'daybook_invoices'))
    execute function ledger.refuse_member();
alter table ledger.entry enable always trigger entry_of_member;

create trigger content_of_member after insert on ledger.content
    for each row
    when (current_user not in ('daybook_ingest', 'daybook_control', 'daybook_invoices'))
    execute function ledger.refuse_member();
alter table ledger.content enable always trigger content_of_member;

revoke all on function ledger.refuse_member() from public;
