-- Which entries and contents a role may write: a stolen credential of one program plants nothing that
-- another program decides by. Signatures would show an entry later; a content would be believed first.
-- After the row and only where the condition holds, so that COPY keeps its speed.

create function ledger.refuse_kind() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% may not write kind % of ledger.%', current_user, new.kind, tg_table_name
        using errcode = 'insufficient_privilege';
end;
$$;

-- 1 usage, 2 correction, 3 exclusion, 4 transfer, 5 document, 6 receipt, 7 catalog, 8 tenant, 9 plan,
-- 10 contract, 11 period, 12 key, 13 log. Ingest writes an operator's word of a replacement (7).
create trigger entry_of_role after insert on ledger.entry
    for each row
    when ((current_user = 'daybook_ingest' and new.kind not in (1, 2, 3, 6, 7))
        or (current_user = 'daybook_control' and new.kind not in (7, 8, 12, 13))
        or (current_user = 'daybook_invoices' and new.kind not in (4, 5, 9, 10, 11)))
    execute function ledger.refuse_kind();
alter table ledger.entry enable always trigger entry_of_role;

create trigger content_of_role after insert on ledger.content
    for each row
    when ((current_user = 'daybook_ingest'
            and (new.kind <> 7 or not starts_with(new.subject_id, 'replacement/')))
        or (current_user = 'daybook_control' and (new.kind not in (7, 8, 12, 13)
            or starts_with(new.subject_id, 'replacement/')))
        or (current_user = 'daybook_invoices' and new.kind not in (5, 9, 10, 11)))
    execute function ledger.refuse_kind();
alter table ledger.content enable always trigger content_of_role;

revoke all on function ledger.refuse_kind() from public;
