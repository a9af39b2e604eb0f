-- Four eyes: a draft that one operator made is approved by another before it is issued. Both sign
-- what they saw, so that a document carries their signatures, not this table's word for them.

-- Reviews from before this have no signature, and cannot be approved: review again.
alter table ledger.review add column signature bytea;
alter table ledger.review add constraint review_signature
    check (octet_length(signature) = 64);
alter table ledger.review add constraint review_draft
    unique (log, tenant, period_idx, version, draft_hash, operator);

create table ledger.approval (
    log integer not null,
    tenant bigint not null,
    period_idx bigint not null,
    version integer not null,
    draft_hash bytea not null,
    drafter bytea not null,
    operator bytea not null,
    signature bytea not null,
    recorded_at timestamptz not null default now(),
    constraint approval_pkey primary key (log, tenant, period_idx, version),
    constraint approval_four_eyes check (operator <> drafter),
    constraint approval_values check (octet_length(operator) = 32
        and octet_length(signature) = 64)
);

-- The review says who drafted, so that nobody approves a draft of his own under another's name.
alter table ledger.approval add constraint approval_review
    foreign key (log, tenant, period_idx, version, draft_hash, drafter)
    references ledger.review (log, tenant, period_idx, version, draft_hash, operator);

-- Null in documents from before this; audit asks who may still issue one.
alter table ledger.document add column drafted_by bytea;
alter table ledger.document add column approved_by bytea;
alter table ledger.document add constraint document_four_eyes
    check (approved_by <> drafted_by);
alter table ledger.document add constraint document_signoffs
    check (num_nulls(drafted_by, approved_by) in (0, 2)
        and octet_length(drafted_by) = 32 and octet_length(approved_by) = 32);

create trigger approval_append_only before update or delete on ledger.approval
    for each statement execute function ledger.refuse_change();
alter table ledger.approval enable always trigger approval_append_only;
create trigger approval_no_truncate before truncate on ledger.approval
    for each statement execute function ledger.refuse_change();
alter table ledger.approval enable always trigger approval_no_truncate;

alter table ledger.approval enable row level security;
alter table ledger.approval force row level security;
create policy approval_all on ledger.approval
    to daybook_owner, daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
        daybook_auditor
    using (true) with check (true);

grant insert on ledger.approval to daybook_invoices;
grant select on ledger.approval to daybook_invoices, daybook_sealer, daybook_auditor;

comment on column ledger.review.signature is
    'Ed25519 by the operator over daybook.v1.draft and the draft; null: from before approvals';
comment on column ledger.document.drafted_by is
    'SHA-256 of an operator''s public key, as in the content; null: from before approvals';
comment on column ledger.document.approved_by is
    'SHA-256 of an operator''s public key, as in the content; never the drafter';
comment on table ledger.approval is
    'That an operator approved the draft that another made. Append-only.';
comment on column ledger.approval.log is 'number of the log';
comment on column ledger.approval.tenant is 'number';
comment on column ledger.approval.period_idx is 'its period entry';
comment on column ledger.approval.version is 'of the review that it approves';
comment on column ledger.approval.draft_hash is 'SHA-256 of the draft, as in the review';
comment on column ledger.approval.drafter is 'whom the review names: SHA-256 of a public key';
comment on column ledger.approval.operator is 'who approved: SHA-256 of a public key';
comment on column ledger.approval.signature is
    'Ed25519 by the operator over daybook.v1.approve and the draft';
comment on column ledger.approval.recorded_at is 'for people';
