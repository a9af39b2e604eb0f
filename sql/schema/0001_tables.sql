-- The tables of the book, its registry and what stands beside it. Only tables: foreign keys,
-- triggers, policies and grants follow in files of their own (the order that Citus needs).
create schema ledger;

-- One row a log: the only lock for appending to it.
create table ledger.head (
    log integer not null,
    size bigint not null,
    control_index bigint not null,
    key_index bigint not null,
    control_seq bigint not null,
    next_tenant bigint not null,
    next_chain bigint not null,
    constraint head_pkey primary key (log),
    constraint head_log_range check (log between 0 and 32767),
    constraint head_counts check (size >= 0 and control_index between -1 and size - 1
        and key_index between -1 and control_index and control_seq >= 0
        and next_tenant between 1 and 281474976710655 and next_chain between 16 and 4294967295)
);

create table ledger.slot (
    log integer not null,
    slot smallint not null,
    step bigint not null,
    constraint slot_pkey primary key (log, slot),
    constraint slot_range check (slot between 0 and 63),
    constraint slot_step_count check (step >= 0)
);

create table ledger.slot_step (
    log integer not null,
    slot smallint not null,
    step bigint not null,
    prev_step bigint,
    batch bytea not null,
    control_index bigint not null,
    hours integer[] not null,
    tenants bigint[] not null,
    last_seqs bigint[] not null,
    floor_hour integer,
    constraint slot_step_pkey primary key (log, slot, step),
    constraint slot_step_first check ((prev_step is null) = (step = 1)),
    constraint slot_step_previous check (prev_step is null or prev_step = step - 1),
    constraint slot_step_start check (step >= 1),
    constraint slot_step_batch_size check (octet_length(batch) = 16),
    constraint slot_step_pairs check (cardinality(tenants) = cardinality(last_seqs)),
    constraint slot_step_range check (slot between 0 and 63 and control_index >= 0)
);

create table ledger.series (
    log integer not null,
    tenant bigint not null,
    series bytea not null,
    slot smallint not null,
    step bigint not null,
    descriptor bytea not null,
    constraint series_pkey primary key (log, tenant, series),
    constraint series_places check (tenant > 0 and slot between 0 and 63 and step >= 1),
    constraint series_names_descriptor check (series = sha256(descriptor))
);
create index series_slot_step on ledger.series (log, slot, step);

create table ledger.entry (
    log integer not null,
    idx bigint not null,
    kind smallint not null,
    body_version smallint not null,
    tenant bigint not null,
    stream bigint not null,
    stream_seq bigint not null,
    batch bytea not null,
    -- usage, correction, exclusion
    series bytea,
    window_from timestamptz,
    length_seconds integer,
    quantity numeric(39, 0),
    contributions bigint,
    corrected_seq bigint,
    reason integer,
    -- transfer
    debit bytea,
    credit bytea,
    amount numeric(39, 0),
    currency text,
    exponent smallint,
    code integer,
    document bytea,
    -- control
    subject bytea,
    version integer,
    content_hash bytea,
    operator bytea,
    -- the leaf
    checksum bytea not null,
    signature bytea not null,
    writer bytea not null,
    recorded_at timestamptz not null default now(),
    constraint entry_pkey primary key (log, idx),
    constraint entry_stream unique (log, tenant, stream, stream_seq),
    constraint entry_places check (idx >= 0 and stream_seq >= 0 and body_version >= 1),
    constraint entry_sizes check (octet_length(batch) = 16 and octet_length(checksum) = 32
        and octet_length(signature) = 64 and octet_length(writer) = 32),
    constraint entry_kind_stream check (case
        when kind in (1, 2, 3) then tenant > 0 and stream = 0
        when kind in (4, 5, 10, 11) then tenant > 0 and stream = 1
        when kind = 6 then tenant = 0 and stream between 16 and 4294967295
        when kind in (7, 8, 9, 12, 13) then tenant = 0 and stream = 2
        else false end),
    constraint entry_batch_zero check (kind in (1, 2, 3, 6)
        or batch = '\x00000000000000000000000000000000'),
    -- Counting nulls, because a comparison with a null would let the row pass.
    constraint entry_usage_columns check (case
        when kind in (1, 2, 3) then num_nulls(series, window_from, length_seconds, quantity,
            contributions) = 0
        else num_nonnulls(series, window_from, length_seconds, quantity, contributions) = 0 end),
    constraint entry_usage_values check (octet_length(series) = 32 and length_seconds > 0
        and contributions >= 0 and (quantity >= 0 or kind = 2)
        and quantity between -170141183460469231731687303715884105728
            and 170141183460469231731687303715884105727),
    constraint entry_corrected check ((kind = 2) = (corrected_seq is not null)),
    constraint entry_reason check ((kind in (2, 3)) = (reason is not null)),
    constraint entry_reason_values check (corrected_seq >= 0 and reason >= 0),
    constraint entry_transfer_columns check (case
        when kind = 4 then num_nulls(debit, credit, amount, currency, exponent, code,
            document) = 0
        else num_nonnulls(debit, credit, amount, currency, exponent, code, document) = 0 end),
    constraint entry_transfer_values check (octet_length(debit) = 32 and octet_length(credit) = 32
        and octet_length(document) = 32 and currency ~ '^[A-Z]{3}$' and exponent between 0 and 4
        and code >= 0 and amount between 1 and 170141183460469231731687303715884105727),
    constraint entry_control_columns check (case
        when kind in (5, 7, 8, 9, 10, 11, 12, 13) then num_nulls(subject, version, content_hash,
            operator) = 0
        else num_nonnulls(subject, version, content_hash, operator) = 0 end),
    constraint entry_control_values check (octet_length(subject) = 32 and version >= 1
        and octet_length(content_hash) = 32 and octet_length(operator) = 32)
);

create table ledger.assignment (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    start bigint not null,
    name text not null,
    cluster_id text not null,
    stream bigint not null,
    constraint assignment_pkey primary key (log, feed, partition, incarnation),
    constraint assignment_start unique (log, feed, partition, incarnation, start),
    constraint assignment_stream unique (log, stream),
    constraint assignment_ranges check (octet_length(feed) = 32 and partition >= 0
        and incarnation >= 1 and start >= 0 and stream >= 16)
);

create table ledger.receipt (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    from_offset bigint not null,
    to_offset bigint not null,
    prev_to bigint,
    start bigint not null,
    idx bigint not null,
    records bigint not null,
    holes bigint not null,
    last_offset bigint not null,
    last_hash bytea not null,
    raw_hash bytea not null,
    accepted bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    elsewhere bigint not null,
    control_index bigint not null,
    as_of timestamptz not null,
    anchor_expired boolean not null,
    constraint receipt_pkey primary key (log, feed, partition, incarnation, from_offset),
    constraint receipt_to unique (log, feed, partition, incarnation, to_offset),
    constraint receipt_idx unique (log, idx),
    constraint receipt_first check ((prev_to is null) = (from_offset = start)),
    constraint receipt_tiles check (prev_to is null or prev_to = from_offset),
    constraint receipt_range check (to_offset > from_offset and from_offset >= start),
    constraint receipt_conserves check (records = accepted + duplicate + quarantined + elsewhere),
    constraint receipt_counts check (records >= 0 and holes >= 0 and accepted >= 0
        and duplicate >= 0 and quarantined >= 0 and elsewhere >= 0 and control_index >= 0),
    constraint receipt_last check (last_offset >= -1 and last_offset < to_offset),
    constraint receipt_sizes check (octet_length(last_hash) = 32 and octet_length(raw_hash) = 32)
);

-- What a control entry or a document says; its hash is in the entry.
create table ledger.content (
    log integer not null,
    idx bigint not null,
    kind smallint not null,
    tenant bigint not null,
    subject_id text not null,
    version integer not null,
    hash bytea not null,
    content text not null,
    constraint content_pkey primary key (log, idx),
    constraint content_version unique (log, kind, tenant, subject_id, version),
    constraint content_names_text check (hash = sha256(convert_to(content, 'UTF8'))),
    constraint content_places check (tenant >= 0 and version >= 1
        and kind in (5, 7, 8, 9, 10, 11, 12, 13))
);
create index content_kind on ledger.content (log, kind, idx);
create index content_tenant on ledger.content (log, tenant, kind, idx);

-- What review fixed for a period: the issue date and the draft that it saw.
create table ledger.review (
    log integer not null,
    tenant bigint not null,
    period_idx bigint not null,
    version integer not null,
    issue_date date not null,
    draft_hash bytea not null,
    operator bytea not null,
    recorded_at timestamptz not null default now(),
    constraint review_pkey primary key (log, tenant, period_idx, version),
    constraint review_values check (tenant > 0 and version >= 1
        and octet_length(draft_hash) = 32 and octet_length(operator) = 32)
);

create table ledger.document (
    log integer not null,
    number_series text not null,
    number bigint not null,
    document_id text not null,
    idx bigint not null,
    tenant bigint not null,
    kind text not null,
    period_idx bigint not null,
    period_from timestamptz not null,
    period_to timestamptz not null,
    issue_date date not null,
    currency text not null,
    exponent smallint not null,
    total numeric(39, 0) not null,
    hash bytea not null,
    constraint document_pkey primary key (log, number_series, number),
    constraint document_idx unique (log, idx),
    constraint document_period unique (log, tenant, period_idx, kind),
    constraint document_name unique (log, document_id),
    constraint document_kind check (kind in ('invoice', 'credit_note')),
    constraint document_number check (number >= 1),
    constraint document_period_range check (period_to > period_from),
    constraint document_values check (tenant > 0 and currency ~ '^[A-Z]{3}$'
        and exponent between 0 and 4 and octet_length(hash) = 32)
);

create table ledger.bundle (
    log integer not null,
    idx bigint not null,
    tenant bigint not null,
    size bigint not null,
    bundle text not null,
    constraint bundle_pkey primary key (log, idx),
    constraint bundle_values check (tenant > 0 and size > idx)
);

create table ledger.quarantine (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    record_offset bigint not null,
    batch bytea not null,
    reason text not null,
    detail text not null,
    broker_time timestamptz not null,
    time_type smallint not null,
    tenant_id text,
    source text,
    event_id text,
    size bigint not null,
    key bytea,
    headers bytea,
    value bytea,
    constraint quarantine_pkey primary key (log, feed, partition, incarnation, record_offset),
    constraint quarantine_values check (octet_length(feed) = 32 and octet_length(batch) = 16
        and partition >= 0 and incarnation >= 1 and record_offset >= 0 and size >= 0)
);

create table ledger.disposition (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    record_offset bigint not null,
    action text not null,
    reason text not null,
    operator bytea not null,
    recorded_at timestamptz not null default now(),
    constraint disposition_pkey primary key (log, feed, partition, incarnation, record_offset),
    constraint disposition_action check (action in ('released', 'written_off', 'corrected')),
    constraint disposition_operator check (octet_length(operator) = 32)
);

create table ledger.tile (
    log integer not null,
    level smallint not null,
    number bigint not null,
    width smallint not null,
    hashes bytea not null,
    constraint tile_pkey primary key (log, level, number, width),
    constraint tile_place check (level between 0 and 7 and number >= 0),
    constraint tile_width check (width between 1 and 256 and octet_length(hashes) = 32 * width)
);

-- Two rows a checkpoint: unsigned before the state file knows it, signed afterwards.
create table ledger.checkpoint (
    log integer not null,
    size bigint not null,
    signed boolean not null,
    root bytea not null,
    note text,
    recorded_at timestamptz not null default now(),
    constraint checkpoint_pkey primary key (log, size, signed),
    constraint checkpoint_note check (signed = (note is not null)),
    constraint checkpoint_root check (octet_length(root) = 32 and size >= 0)
);

create table ledger.money_head (
    log integer not null,
    tenant bigint not null,
    next_seq bigint not null,
    constraint money_head_pkey primary key (log, tenant),
    constraint money_head_counts check (tenant > 0 and next_seq >= 0)
);

create table ledger.number_head (
    log integer not null,
    number_series text not null,
    next_number bigint not null,
    constraint number_head_pkey primary key (log, number_series),
    constraint number_head_count check (next_number >= 1)
);

-- Registry: copies derived from the book's entries by a second, repeatable transaction.
create table ledger.log (
    log integer not null,
    origin text not null,
    ledger_id bytea not null,
    constraint log_pkey primary key (log),
    constraint log_origin unique (origin),
    constraint log_ledger check (octet_length(ledger_id) = 16)
);

create table ledger.tenant (
    log integer not null,
    tenant bigint not null,
    id text collate "C" not null,
    slot smallint not null,
    grid_seconds integer not null,
    name text not null,
    zone text not null,
    constraint tenant_pkey primary key (log, tenant),
    constraint tenant_id unique (log, id),
    constraint tenant_slot check (slot between 0 and 63),
    constraint tenant_grid check (grid_seconds in (900, 1800, 3600)),
    constraint tenant_number check (tenant > 0 and tenant >> 48 = log)
);

create table ledger.token (
    log integer not null,
    token_id text not null,
    hash bytea not null,
    tenants bigint[] not null,
    scopes text[] not null,
    name text not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    constraint token_pkey primary key (log, token_id),
    constraint token_hash check (octet_length(hash) = 32)
);

-- Beside the book: what memory can be filled from, and what the dashboards show.
create table ledger.dedup_block (
    log integer not null,
    slot smallint not null,
    event_hour integer not null,
    step bigint not null,
    ids bytea not null,
    entries bytea not null,
    constraint dedup_block_pkey primary key (log, slot, event_hour, step),
    constraint dedup_block_sizes check (octet_length(ids) % 24 = 0
        and octet_length(entries) % 20 = 0)
) partition by range (event_hour);

create table ledger.progress (
    log integer not null,
    feed bytea not null,
    partition integer not null,
    incarnation integer not null,
    partition_count integer not null,
    name text not null,
    position bigint not null,
    high bigint not null,
    complete_through timestamptz,
    state text not null,
    reason text not null,
    updated_at timestamptz not null default now(),
    constraint progress_pkey primary key (log, feed, partition, incarnation),
    constraint progress_values check (octet_length(feed) = 32 and position >= 0 and high >= 0
        and partition between 0 and partition_count - 1)
);

create table ledger.schema_version (
    version integer not null,
    name text not null,
    hash bytea not null,
    applied_at timestamptz not null default now(),
    constraint schema_version_pkey primary key (version)
);
