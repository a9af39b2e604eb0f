-- What witnesses have cosigned: the sealer's rows, from which bundles take their checkpoint's lines.

create table ledger.cosignature (
    log integer not null,
    size bigint not null,
    signed boolean not null default true,
    signer text not null,
    line text not null,
    recorded_at timestamptz not null default now(),
    constraint cosignature_pkey primary key (log, size, signer),
    constraint cosignature_signed check (signed),
    constraint cosignature_line check (line like '— %' and right(line, 1) = E'\n' and
        position(E'\n' in line) = length(line))
);

alter table ledger.cosignature add constraint cosignature_checkpoint
    foreign key (log, size, signed)
    references ledger.checkpoint (log, size, signed);

create trigger cosignature_append_only before update or delete on ledger.cosignature
    for each statement execute function ledger.refuse_change();
alter table ledger.cosignature enable always trigger cosignature_append_only;
create trigger cosignature_no_truncate before truncate on ledger.cosignature
    for each statement execute function ledger.refuse_change();
alter table ledger.cosignature enable always trigger cosignature_no_truncate;

grant insert on ledger.cosignature to daybook_sealer;
grant select on ledger.cosignature to daybook_sealer, daybook_invoices, daybook_auditor;

comment on table ledger.cosignature is
    'Signature lines of witnesses under sealed sizes; of each the first. Not verified here. Append-only.';
comment on column ledger.cosignature.log is 'number of the log';
comment on column ledger.cosignature.size is 'entries; sealed';
comment on column ledger.cosignature.signed is 'always true: points at the checkpoint''s row with the note';
comment on column ledger.cosignature.signer is 'name and key id, as they begin its verifier key';
comment on column ledger.cosignature.line is 'C2SP signature line with its newline, to be put under the note';
comment on column ledger.cosignature.recorded_at is 'for people; the witness''s own time is in the line';
