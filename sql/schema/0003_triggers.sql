-- Append-only means it, for the owner and for a session with session_replication_role = replica
-- too: statement triggers (a row trigger sees no row under forced row-level security) that are
-- always enabled and only raise. Foreign keys need UPDATE to stay granted to the owner.

create function ledger.refuse_change() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end;
$$;

create trigger assignment_append_only before update or delete on ledger.assignment
    for each statement execute function ledger.refuse_change();
alter table ledger.assignment enable always trigger assignment_append_only;
create trigger assignment_no_truncate before truncate on ledger.assignment
    for each statement execute function ledger.refuse_change();
alter table ledger.assignment enable always trigger assignment_no_truncate;

create trigger receipt_append_only before update or delete on ledger.receipt
    for each statement execute function ledger.refuse_change();
alter table ledger.receipt enable always trigger receipt_append_only;
create trigger receipt_no_truncate before truncate on ledger.receipt
    for each statement execute function ledger.refuse_change();
alter table ledger.receipt enable always trigger receipt_no_truncate;

create trigger slot_step_append_only before update or delete on ledger.slot_step
    for each statement execute function ledger.refuse_change();
alter table ledger.slot_step enable always trigger slot_step_append_only;
create trigger slot_step_no_truncate before truncate on ledger.slot_step
    for each statement execute function ledger.refuse_change();
alter table ledger.slot_step enable always trigger slot_step_no_truncate;

create trigger series_append_only before update or delete on ledger.series
    for each statement execute function ledger.refuse_change();
alter table ledger.series enable always trigger series_append_only;
create trigger series_no_truncate before truncate on ledger.series
    for each statement execute function ledger.refuse_change();
alter table ledger.series enable always trigger series_no_truncate;

create trigger entry_append_only before update or delete on ledger.entry
    for each statement execute function ledger.refuse_change();
alter table ledger.entry enable always trigger entry_append_only;
create trigger entry_no_truncate before truncate on ledger.entry
    for each statement execute function ledger.refuse_change();
alter table ledger.entry enable always trigger entry_no_truncate;

create trigger content_append_only before update or delete on ledger.content
    for each statement execute function ledger.refuse_change();
alter table ledger.content enable always trigger content_append_only;
create trigger content_no_truncate before truncate on ledger.content
    for each statement execute function ledger.refuse_change();
alter table ledger.content enable always trigger content_no_truncate;

create trigger review_append_only before update or delete on ledger.review
    for each statement execute function ledger.refuse_change();
alter table ledger.review enable always trigger review_append_only;
create trigger review_no_truncate before truncate on ledger.review
    for each statement execute function ledger.refuse_change();
alter table ledger.review enable always trigger review_no_truncate;

create trigger document_append_only before update or delete on ledger.document
    for each statement execute function ledger.refuse_change();
alter table ledger.document enable always trigger document_append_only;
create trigger document_no_truncate before truncate on ledger.document
    for each statement execute function ledger.refuse_change();
alter table ledger.document enable always trigger document_no_truncate;

create trigger bundle_append_only before update or delete on ledger.bundle
    for each statement execute function ledger.refuse_change();
alter table ledger.bundle enable always trigger bundle_append_only;
create trigger bundle_no_truncate before truncate on ledger.bundle
    for each statement execute function ledger.refuse_change();
alter table ledger.bundle enable always trigger bundle_no_truncate;

create trigger quarantine_append_only before update or delete on ledger.quarantine
    for each statement execute function ledger.refuse_change();
alter table ledger.quarantine enable always trigger quarantine_append_only;
create trigger quarantine_no_truncate before truncate on ledger.quarantine
    for each statement execute function ledger.refuse_change();
alter table ledger.quarantine enable always trigger quarantine_no_truncate;

create trigger disposition_append_only before update or delete on ledger.disposition
    for each statement execute function ledger.refuse_change();
alter table ledger.disposition enable always trigger disposition_append_only;
create trigger disposition_no_truncate before truncate on ledger.disposition
    for each statement execute function ledger.refuse_change();
alter table ledger.disposition enable always trigger disposition_no_truncate;

create trigger tile_append_only before update or delete on ledger.tile
    for each statement execute function ledger.refuse_change();
alter table ledger.tile enable always trigger tile_append_only;
create trigger tile_no_truncate before truncate on ledger.tile
    for each statement execute function ledger.refuse_change();
alter table ledger.tile enable always trigger tile_no_truncate;

create trigger checkpoint_append_only before update or delete on ledger.checkpoint
    for each statement execute function ledger.refuse_change();
alter table ledger.checkpoint enable always trigger checkpoint_append_only;
create trigger checkpoint_no_truncate before truncate on ledger.checkpoint
    for each statement execute function ledger.refuse_change();
alter table ledger.checkpoint enable always trigger checkpoint_no_truncate;
