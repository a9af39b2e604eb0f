-- What every table and column is, for who meets them in psql.
comment on schema ledger is 'Daybook: the book, its registry, and what stands beside it';
comment on function ledger.refuse_change() is 'raises, for append-only tables';
comment on function ledger.ensure_dedup_day(integer) is
    'makes the partition of dedup_block for a day (days since 1970) if there is none';

comment on table ledger.head is
    'One row a log: where it ends, and the only lock for appending to it.';
comment on column ledger.head.log is 'number of the log';
comment on column ledger.head.size is 'entries; the next index';
comment on column ledger.head.control_index is
    'newest catalog, tenant, plan, contract, period, key or log entry; -1 before the first';
comment on column ledger.head.key_index is 'newest key or log entry; -1 before the first';
comment on column ledger.head.control_seq is 'next stream_seq of the control stream';
comment on column ledger.head.next_tenant is 'next counter of a tenant''s number';
comment on column ledger.head.next_chain is 'next stream of a receipt chain, from 16';

comment on table ledger.slot is
    'One row a slot: its lock serialises the usage of its tenants, whoever writes it.';
comment on column ledger.slot.log is 'number of the log';
comment on column ledger.slot.slot is 'murmur2(tenant id) mod 64';
comment on column ledger.slot.step is 'batches that touched it';

comment on table ledger.slot_step is
    'What one batch did to one slot: what memory must load to be complete. Append-only.';
comment on column ledger.slot_step.log is 'number of the log';
comment on column ledger.slot_step.slot is 'of 64';
comment on column ledger.slot_step.step is 'its number, from 1';
comment on column ledger.slot_step.prev_step is 'step - 1; null for the first alone';
comment on column ledger.slot_step.batch is 'which batch';
comment on column ledger.slot_step.control_index is 'control entries up to here decided';
comment on column ledger.slot_step.hours is
    'event hours (hours since 1970) whose identities it added to';
comment on column ledger.slot_step.tenants is 'numbers of the tenants that got entries';
comment on column ledger.slot_step.last_seqs is 'the last stream_seq of each of them';
comment on column ledger.slot_step.floor_hour is
    'events of earlier hours are quarantined; null: none';

comment on table ledger.series is
    'What a series is, once a tenant: the descriptor that its hash names. Append-only.';
comment on column ledger.series.log is 'number of the log';
comment on column ledger.series.tenant is 'number';
comment on column ledger.series.series is 'SHA-256 of the descriptor';
comment on column ledger.series.slot is 'the tenant''s slot';
comment on column ledger.series.step is 'the slot step that added it';
comment on column ledger.series.descriptor is
    'meter, unit, scale, aggregation and dimensions as signed bytes';

comment on table ledger.entry is
    'The book: one row is one fact, for good. Its body is made of these columns, never stored. Append-only.';
comment on column ledger.entry.log is 'number of the log';
comment on column ledger.entry.idx is 'index in the log, from 0: its place in the tree';
comment on column ledger.entry.kind is
    '1 usage 2 correction 3 exclusion 4 transfer 5 document 6 receipt 7 catalog 8 tenant 9 plan 10 contract 11 period 12 key 13 log';
comment on column ledger.entry.body_version is 'which encoder wrote the signed bytes';
comment on column ledger.entry.tenant is 'number; 0: the ledger itself';
comment on column ledger.entry.stream is '0 usage, 1 money, 2 control, from 16 a receipt chain';
comment on column ledger.entry.stream_seq is 'count in (tenant, stream), from 0 without gaps';
comment on column ledger.entry.batch is 'which batch of ingest; zero elsewhere';
comment on column ledger.entry.series is 'usage: of which series';
comment on column ledger.entry.window_from is 'usage: start of the window';
comment on column ledger.entry.length_seconds is 'usage: length of the window';
comment on column ledger.entry.quantity is
    'usage: in the meter''s base unit; negative only in a correction';
comment on column ledger.entry.contributions is 'usage: events that added to it';
comment on column ledger.entry.corrected_seq is
    'correction: stream_seq of the entry that it corrects';
comment on column ledger.entry.reason is 'correction, exclusion: why';
comment on column ledger.entry.debit is 'transfer: account, SHA-256(account ‖ 0 ‖ id)';
comment on column ledger.entry.credit is 'transfer: account';
comment on column ledger.entry.amount is 'transfer: in the currency''s minor unit';
comment on column ledger.entry.currency is 'transfer: ISO 4217';
comment on column ledger.entry.exponent is 'transfer: decimals of the currency';
comment on column ledger.entry.code is 'transfer: 1 invoice, 2 credit note';
comment on column ledger.entry.document is 'transfer: SHA-256 of the document''s content';
comment on column ledger.entry.subject is 'control, document: SHA-256(kind ‖ 0 ‖ id)';
comment on column ledger.entry.version is 'control, document: of the subject, from 1';
comment on column ledger.entry.content_hash is 'control, document: SHA-256 of the content';
comment on column ledger.entry.operator is
    'control, document: SHA-256 of an operator''s public key';
comment on column ledger.entry.checksum is 'SHA-256 of the commitment: what is signed';
comment on column ledger.entry.signature is 'Ed25519 by the writer';
comment on column ledger.entry.writer is 'SHA-256 of the writer''s public key';
comment on column ledger.entry.recorded_at is 'for people; unsigned';

comment on table ledger.assignment is
    'Where a receipt chain begins; two first claims cannot both be. Append-only.';
comment on column ledger.assignment.log is 'number of the log';
comment on column ledger.assignment.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.assignment.partition is 'of the topic; 0 for a file';
comment on column ledger.assignment.incarnation is 'which life of the topic, from 1';
comment on column ledger.assignment.start is 'first offset that the chain takes';
comment on column ledger.assignment.name is 'of the topic or file, for people';
comment on column ledger.assignment.cluster_id is 'of the Kafka cluster; empty for a file';
comment on column ledger.assignment.stream is 'the chain''s number in the book';

comment on table ledger.receipt is
    'That a range of records was taken, once; the body of a receipt entry. Ranges tile. Append-only.';
comment on column ledger.receipt.log is 'number of the log';
comment on column ledger.receipt.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.receipt.partition is 'of the topic; 0 for a file';
comment on column ledger.receipt.incarnation is 'which life of the topic, from 1';
comment on column ledger.receipt.from_offset is 'first offset (byte of a file) of the range';
comment on column ledger.receipt.to_offset is 'one past the last';
comment on column ledger.receipt.prev_to is 'end of the range before; null for the first alone';
comment on column ledger.receipt.start is 'where the chain begins';
comment on column ledger.receipt.idx is 'its entry';
comment on column ledger.receipt.records is 'how many were read';
comment on column ledger.receipt.holes is 'offsets that were never delivered (transactional feeds)';
comment on column ledger.receipt.last_offset is 'of the last record of the chain; -1: none yet';
comment on column ledger.receipt.last_hash is 'of that record: the anchor';
comment on column ledger.receipt.raw_hash is 'over all records of the range';
comment on column ledger.receipt.accepted is 'records that count';
comment on column ledger.receipt.duplicate is 'records known already';
comment on column ledger.receipt.quarantined is 'records that could not be counted';
comment on column ledger.receipt.elsewhere is 'records of other logs';
comment on column ledger.receipt.control_index is 'control entries up to here decided';
comment on column ledger.receipt.as_of is 'greatest broker time; for a file the instant of the run';
comment on column ledger.receipt.anchor_expired is 'the anchor before had left the topic';

comment on table ledger.content is
    'What a control entry or a document says: canonical JSON whose hash the entry names. Append-only.';
comment on column ledger.content.log is 'number of the log';
comment on column ledger.content.idx is 'its entry';
comment on column ledger.content.kind is 'as of the entry';
comment on column ledger.content.tenant is 'number; 0: the ledger itself';
comment on column ledger.content.subject_id is 'of what it speaks';
comment on column ledger.content.version is 'of the subject, from 1';
comment on column ledger.content.hash is 'SHA-256 of the text';
comment on column ledger.content.content is 'canonical JSON';

comment on table ledger.review is
    'What review fixed for a period. Append-only.';
comment on column ledger.review.log is 'number of the log';
comment on column ledger.review.tenant is 'number';
comment on column ledger.review.period_idx is 'its period entry';
comment on column ledger.review.version is 'of the review, from 1; the newest holds';
comment on column ledger.review.issue_date is 'date that the document will bear';
comment on column ledger.review.draft_hash is 'SHA-256 of the draft that was seen';
comment on column ledger.review.operator is 'SHA-256 of an operator''s public key';
comment on column ledger.review.recorded_at is 'for people';

comment on table ledger.document is
    'Invoices and credit notes by their gapless number. Append-only.';
comment on column ledger.document.log is 'number of the log';
comment on column ledger.document.number_series is 'series of numbers of a legal entity';
comment on column ledger.document.number is 'from 1 without gaps';
comment on column ledger.document.document_id is 'the number as printed';
comment on column ledger.document.idx is 'its entry, whose content is the document';
comment on column ledger.document.tenant is 'number';
comment on column ledger.document.kind is 'invoice or credit_note';
comment on column ledger.document.period_idx is 'period entry that it closes';
comment on column ledger.document.period_from is 'start of the period';
comment on column ledger.document.period_to is 'end of the period';
comment on column ledger.document.issue_date is 'as fixed in review';
comment on column ledger.document.currency is 'ISO 4217';
comment on column ledger.document.exponent is 'decimals of the currency';
comment on column ledger.document.total is 'gross, in minor units';
comment on column ledger.document.hash is 'SHA-256 of the content';

comment on table ledger.bundle is
    'The proof bundle of a document, made once it is sealed. Append-only.';
comment on column ledger.bundle.log is 'number of the log';
comment on column ledger.bundle.idx is 'the document''s entry';
comment on column ledger.bundle.tenant is 'number';
comment on column ledger.bundle.size is 'the sealed size whose checkpoint is in it';
comment on column ledger.bundle.bundle is 'canonical JSON';

comment on table ledger.quarantine is
    'Records that could not be counted, whole, with the reason. Append-only.';
comment on column ledger.quarantine.log is 'number of the log';
comment on column ledger.quarantine.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.quarantine.partition is 'of the topic; 0 for a file';
comment on column ledger.quarantine.incarnation is 'which life of the topic, from 1';
comment on column ledger.quarantine.record_offset is 'of the record';
comment on column ledger.quarantine.batch is 'which batch';
comment on column ledger.quarantine.reason is 'word of the table of refusals';
comment on column ledger.quarantine.detail is 'what was wrong, for people';
comment on column ledger.quarantine.broker_time is 'of the record';
comment on column ledger.quarantine.time_type is '0 create time, 1 log append time, -1 none';
comment on column ledger.quarantine.tenant_id is 'as claimed; null where it could not be read';
comment on column ledger.quarantine.source is 'as claimed';
comment on column ledger.quarantine.event_id is 'as claimed';
comment on column ledger.quarantine.size is 'bytes of the record';
comment on column ledger.quarantine.key is 'of the record';
comment on column ledger.quarantine.headers is 'of the record, length-prefixed';
comment on column ledger.quarantine.value is 'of the record; the first 4 KiB of a too large one';

comment on table ledger.disposition is
    'What became of a quarantined record. Append-only.';
comment on column ledger.disposition.log is 'number of the log';
comment on column ledger.disposition.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.disposition.partition is 'of the topic; 0 for a file';
comment on column ledger.disposition.incarnation is 'which life of the topic, from 1';
comment on column ledger.disposition.record_offset is 'of the record';
comment on column ledger.disposition.action is 'released, written_off or corrected';
comment on column ledger.disposition.reason is 'the operator''s words';
comment on column ledger.disposition.operator is 'SHA-256 of an operator''s public key';
comment on column ledger.disposition.recorded_at is 'for people';

comment on table ledger.tile is
    'Tiles of the tree (C2SP tlog-tiles), by the sealer alone. Append-only.';
comment on column ledger.tile.log is 'number of the log';
comment on column ledger.tile.level is 'of the tile; its hashes are of tree level 8 × this';
comment on column ledger.tile.number is 'of the tile in its level';
comment on column ledger.tile.width is 'hashes in it, 256 when full';
comment on column ledger.tile.hashes is '32 bytes each';

comment on table ledger.checkpoint is
    'Sizes of the log and their roots: a row before the sealer signs, a row with the note after. Append-only.';
comment on column ledger.checkpoint.log is 'number of the log';
comment on column ledger.checkpoint.size is 'entries';
comment on column ledger.checkpoint.signed is 'whether this row has the note';
comment on column ledger.checkpoint.root is 'of the tree of that size';
comment on column ledger.checkpoint.note is 'C2SP signed note';
comment on column ledger.checkpoint.recorded_at is 'for people';

comment on table ledger.money_head is
    'One row a tenant: serialises its money stream.';
comment on column ledger.money_head.log is 'number of the log';
comment on column ledger.money_head.tenant is 'number';
comment on column ledger.money_head.next_seq is 'next stream_seq of (tenant, money)';

comment on table ledger.number_head is
    'One row a series of document numbers: no gap, no number twice.';
comment on column ledger.number_head.log is 'number of the log';
comment on column ledger.number_head.number_series is 'series of numbers of a legal entity';
comment on column ledger.number_head.next_number is 'from 1';

comment on table ledger.log is
    'Registry: what a log is. A copy of its first entry.';
comment on column ledger.log.log is 'number of the log';
comment on column ledger.log.origin is 'its name in checkpoints';
comment on column ledger.log.ledger_id is 'SHA-256(first origin)[0:16]';

comment on table ledger.tenant is
    'Registry: tenants. A copy of their newest tenant entries.';
comment on column ledger.tenant.log is 'number of the log';
comment on column ledger.tenant.tenant is 'number; the log in its top 16 bits';
comment on column ledger.tenant.id is 'immutable; the Kafka key';
comment on column ledger.tenant.slot is 'murmur2(id) mod 64';
comment on column ledger.tenant.grid_seconds is 'length of the windows that usage is cut into';
comment on column ledger.tenant.name is 'for people; may change';
comment on column ledger.tenant.zone is 'time zone, for people';

comment on table ledger.token is
    'Registry: API keys. Only a hash of the secret.';
comment on column ledger.token.log is 'number of the log';
comment on column ledger.token.token_id is 'the public part';
comment on column ledger.token.hash is 'SHA-256 of the secret part';
comment on column ledger.token.tenants is 'numbers that it lets see';
comment on column ledger.token.scopes is 'what it lets do';
comment on column ledger.token.name is 'for people';
comment on column ledger.token.expires_at is 'null: never';
comment on column ledger.token.revoked_at is 'null: not revoked';

comment on table ledger.dedup_block is
    'Identities that batches added, by slot and event hour: what memory is filled from. Not of the book; partitioned by event day.';
comment on column ledger.dedup_block.log is 'number of the log';
comment on column ledger.dedup_block.slot is 'of 64';
comment on column ledger.dedup_block.event_hour is 'hours since 1970';
comment on column ledger.dedup_block.step is 'the slot step that added them';
comment on column ledger.dedup_block.ids is '24 bytes each: identity 16, meaning 8';
comment on column ledger.dedup_block.entries is '20 bytes each: tenant, stream_seq, count of ids';

comment on table ledger.progress is
    'How far each partition is read, for dashboards. Not of the book.';
comment on column ledger.progress.log is 'number of the log';
comment on column ledger.progress.feed is 'SHA-256(''topic'' ‖ 0 ‖ name), or of a file''s bytes';
comment on column ledger.progress.partition is 'of the topic; 0 for a file';
comment on column ledger.progress.incarnation is 'which life of the topic, from 1';
comment on column ledger.progress.partition_count is 'of the topic, read by anybody or not';
comment on column ledger.progress.name is 'of the topic or file';
comment on column ledger.progress.position is 'next offset to read';
comment on column ledger.progress.high is 'high watermark';
comment on column ledger.progress.complete_through is
    'usage up to here is in the book; null: not known';
comment on column ledger.progress.state is 'running, halted, …';
comment on column ledger.progress.reason is 'why it is halted';
comment on column ledger.progress.updated_at is 'for people';

comment on table ledger.schema_version is
    'Which files of sql/schema were applied.';
comment on column ledger.schema_version.version is 'number of the file';
comment on column ledger.schema_version.name is 'of the file';
comment on column ledger.schema_version.hash is 'SHA-256 of its text';
comment on column ledger.schema_version.applied_at is 'for people';
