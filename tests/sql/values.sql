-- What no row may say, by table: a row is made right, then one thing is wrong, and the constraint that
-- is named refuses it. Entries, chains and four eyes have theirs in constraints.sql.
begin;
set local client_min_messages = warning;
select no_plan();

create function pg_temp.hex(n integer) returns text language sql as $$ select '\x' || repeat('00', n) $$;
create function pg_temp.hash(of text) returns text language sql as $$ select sha256(convert_to(of, 'UTF8'))::text $$;
select ledger.ensure_dedup_day(0);

create temporary table example (name text primary key, row_of jsonb);
insert into example values
    ('head', '{"log": 0, "size": 9, "control_index": 8, "key_index": 7, "control_seq": 0, "next_tenant": 1, "next_chain": 16}'),
    ('slot', '{"log": 0, "slot": 63, "step": 0}'),
    ('slot_step', jsonb_build_object('log', 0, 'slot', 63, 'step', 1, 'batch', pg_temp.hex(16), 'control_index', 0,
        'hours', '{}'::int[], 'tenants', '{}'::int[], 'last_seqs', '{}'::int[])),
    ('series', jsonb_build_object('log', 0, 'tenant', 1, 'series', pg_temp.hash('s'), 'slot', 63, 'step', 1, 'descriptor', '\x73')),
    ('assignment', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 0, 'incarnation', 1, 'start', 0,
        'name', 'usage', 'cluster_id', 'c', 'stream', 16)),
    ('receipt', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 0, 'incarnation', 1, 'from_offset', 0,
        'to_offset', 5, 'start', 0, 'idx', 1, 'records', 4, 'holes', 1, 'last_offset', 4, 'last_hash', pg_temp.hex(32),
        'raw_hash', pg_temp.hex(32), 'accepted', 1, 'duplicate', 1, 'quarantined', 1, 'elsewhere', 1, 'control_index', 0,
        'as_of', 'epoch', 'anchor_expired', false)),
    ('content', jsonb_build_object('log', 0, 'idx', 3, 'kind', 9, 'tenant', 0, 'subject_id', 'p', 'version', 1,
        'hash', pg_temp.hash('{}'), 'content', '{}')),
    ('review', jsonb_build_object('log', 0, 'tenant', 1, 'period_idx', 4, 'version', 1, 'issue_date', 'epoch',
        'draft_hash', pg_temp.hash('draft'), 'operator', pg_temp.hash('ada'), 'recorded_at', 'epoch', 'signature', pg_temp.hex(64))),
    ('approval', jsonb_build_object('log', 0, 'tenant', 1, 'period_idx', 4, 'version', 1, 'draft_hash', pg_temp.hash('draft'),
        'drafter', pg_temp.hash('ada'), 'operator', pg_temp.hash('bob'), 'signature', pg_temp.hex(64), 'recorded_at', 'epoch')),
    ('document', jsonb_build_object('log', 0, 'number_series', 'DE', 'number', 1, 'document_id', 'DE-1', 'idx', 5, 'tenant', 1,
        'kind', 'invoice', 'period_idx', 4, 'period_from', 'epoch', 'period_to', '1970-01-02T00:00:00Z', 'issue_date', 'epoch',
        'currency', 'EUR', 'exponent', 2, 'total', 100, 'hash', pg_temp.hex(32), 'drafted_by', pg_temp.hash('ada'),
        'approved_by', pg_temp.hash('bob'))),
    ('bundle', '{"log": 0, "idx": 5, "tenant": 1, "size": 6, "bundle": "{}"}'),
    ('quarantine', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 0, 'incarnation', 1, 'record_offset', 3,
        'batch', pg_temp.hex(16), 'reason', 'unknown_tenant', 'detail', '', 'broker_time', 'epoch', 'time_type', 1, 'size', 0)),
    ('disposition', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 0, 'incarnation', 1, 'record_offset', 3,
        'action', 'released', 'reason', '', 'operator', pg_temp.hex(32), 'recorded_at', 'epoch', 'file', pg_temp.hex(32))),
    ('tile', jsonb_build_object('log', 0, 'level', 0, 'number', 0, 'width', 1, 'hashes', pg_temp.hex(32))),
    ('checkpoint', jsonb_build_object('log', 0, 'size', 9, 'signed', true, 'root', pg_temp.hex(32), 'note', 'n', 'recorded_at', 'epoch')),
    ('money_head', '{"log": 0, "tenant": 1, "next_seq": 0}'),
    ('number_head', '{"log": 0, "number_series": "DE", "next_number": 1}'),
    ('log', jsonb_build_object('log', 0, 'origin', 'o', 'ledger_id', pg_temp.hex(16))),
    ('tenant', '{"log": 0, "tenant": 1, "id": "acme", "slot": 63, "grid_seconds": 900, "name": "", "zone": "UTC"}'),
    ('token', jsonb_build_object('log', 0, 'token_id', 't', 'hash', pg_temp.hex(32), 'tenants', '{1}'::int[], 'scopes', '{}'::text[],
        'name', '')),
    ('dedup_block', jsonb_build_object('log', 0, 'slot', 63, 'event_hour', 3, 'step', 1, 'ids', pg_temp.hex(24),
        'entries', pg_temp.hex(20))),
    ('progress', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 3, 'incarnation', 1, 'partition_count', 4,
        'name', 'usage', 'position', 0, 'high', 0, 'state', 'running', 'reason', '', 'updated_at', 'epoch')),
    ('sequence', jsonb_build_object('log', 0, 'feed', pg_temp.hex(32), 'partition', 0, 'incarnation', 1, 'from_offset', 0,
        'source', '/s', 'numbered', 1, 'unnumbered', 0, 'runs', '\x00'));

-- The constraint that refuses a row of this table with these changes; 'taken' when none does.
create function pg_temp.refuses(name text, change jsonb) returns text language plpgsql as $$
declare
    refused text;
begin
    execute format('insert into ledger.%I select (jsonb_populate_record(null::ledger.%1$I, $1)).*', name)
        using (select row_of from example e where e.name = refuses.name) || change;
    return 'taken';
exception when others then
    get stacked diagnostics refused = constraint_name;
    return coalesce(nullif(refused, ''), sqlerrm);
end $$;

select is(pg_temp.refuses(name, '{}'), 'taken', name || ': a row that is right')
from unnest('{log, head, slot, slot_step, series, assignment, receipt, content, review, approval, document, bundle, quarantine,
    disposition, tile, checkpoint, money_head, number_head, tenant, token, dedup_block, progress, sequence}'::text[]) as name;

create temporary table wrong (name text, change jsonb, refused text);
insert into wrong values
    ('log', '{"origin": "p"}', 'log_pkey'), ('log', '{"log": 1}', 'log_origin'),
    ('log', '{"log": 1, "origin": "p", "ledger_id": "\\x00"}', 'log_ledger'),
    ('head', '{"log": -1}', 'head_log_range'), ('head', '{"log": 32768}', 'head_log_range'),
    ('head', '{"log": 1, "size": -1, "control_index": -1, "key_index": -1}', 'head_counts'),
    ('head', '{"log": 1, "control_index": 9}', 'head_counts'), ('head', '{"log": 1, "control_index": -2, "key_index": -1}', 'head_counts'),
    ('head', '{"log": 1, "key_index": -2}', 'head_counts'), ('head', '{"log": 1, "key_index": 9}', 'head_counts'),
    ('head', '{"log": 1, "control_seq": -1}', 'head_counts'), ('head', '{"log": 1, "next_tenant": 0}', 'head_counts'),
    ('head', '{"log": 1, "next_tenant": 281474976710656}', 'head_counts'), ('head', '{"log": 1, "next_chain": 15}', 'head_counts'),
    ('head', '{"log": 1, "next_chain": 4294967296}', 'head_counts'),
    ('slot', '{"slot": 64}', 'slot_range'), ('slot', '{"slot": -1}', 'slot_range'), ('slot', '{"slot": 1, "step": -1}', 'slot_step_count'),
    ('slot_step', '{"slot": 64}', 'slot_step_range'), ('slot_step', '{"slot": -1}', 'slot_step_range'),
    ('slot_step', '{"slot": 1, "control_index": -1}', 'slot_step_range'), ('slot_step', '{"slot": 1, "batch": "\\x00"}', 'slot_step_batch_size'),
    ('slot_step', '{"slot": 1, "step": 0, "prev_step": -1}', 'slot_step_start'),
    ('series', '{"tenant": 0}', 'series_places'), ('series', '{"tenant": 2, "slot": 64}', 'series_places'),
    ('series', '{"tenant": 2, "slot": -1}', 'series_places'), ('series', '{"tenant": 2, "step": 0}', 'series_places'),
    ('assignment', '{"feed": "\\x00"}', 'assignment_ranges'), ('assignment', '{"partition": -1}', 'assignment_ranges'),
    ('assignment', '{"incarnation": 0}', 'assignment_ranges'), ('assignment', '{"partition": 1, "start": -1}', 'assignment_ranges'),
    ('assignment', '{"partition": 1, "stream": 15}', 'assignment_ranges'),
    ('receipt', '{"last_hash": "\\x00"}', 'receipt_sizes'), ('receipt', '{"raw_hash": "\\x00"}', 'receipt_sizes'),
    ('receipt', '{"last_offset": -2}', 'receipt_last'), ('receipt', '{"last_offset": 5}', 'receipt_last'),
    ('receipt', '{"records": -1, "accepted": -4}', 'receipt_counts'), ('receipt', '{"accepted": -1, "duplicate": 3}', 'receipt_counts'),
    ('receipt', '{"duplicate": -1, "accepted": 3}', 'receipt_counts'), ('receipt', '{"quarantined": -1, "accepted": 3}', 'receipt_counts'),
    ('receipt', '{"elsewhere": -1, "accepted": 3}', 'receipt_counts'), ('receipt', '{"holes": -1}', 'receipt_counts'),
    ('receipt', '{"control_index": -1}', 'receipt_counts'),
    ('receipt', '{"start": 5, "from_offset": 3, "prev_to": 3, "to_offset": 9}', 'receipt_range'),
    ('content', '{"idx": 6, "tenant": -1}', 'content_places'), ('content', '{"idx": 6, "version": 0}', 'content_places'),
    ('content', '{"idx": 6, "kind": 1}', 'content_places'),
    ('review', '{"tenant": 0}', 'review_values'), ('review', '{"version": 0}', 'review_values'),
    ('review', '{"version": 2, "draft_hash": "\\x00"}', 'review_values'), ('review', '{"version": 2, "operator": "\\x00"}', 'review_values'),
    ('review', '{"version": 2, "signature": "\\x00"}', 'review_signature'),
    ('approval', '{"operator": "\\x00"}', 'approval_values'), ('approval', '{"signature": "\\x00"}', 'approval_values'),
    ('document', '{"number": 2, "document_id": "DE-2", "period_idx": 7}', 'document_idx'),
    ('document', '{"number": 2, "idx": 6, "period_idx": 7}', 'document_name'),
    ('document', '{"document_id": "DE-2", "idx": 6, "period_idx": 7}', 'document_pkey'),
    ('document', '{"number": 2, "document_id": "DE-2", "idx": 6, "kind": "receipt"}', 'document_kind'),
    ('document', '{"number": 0}', 'document_number'), ('document', '{"period_to": "epoch"}', 'document_period_range'),
    ('document', '{"tenant": 0}', 'document_values'), ('document', '{"currency": "eur"}', 'document_values'),
    ('document', '{"exponent": 5}', 'document_values'), ('document', '{"exponent": -1}', 'document_values'),
    ('document', '{"hash": "\\x00"}', 'document_values'), ('document', '{"drafted_by": "\\x00"}', 'document_signoffs'),
    ('document', '{"approved_by": "\\x00"}', 'document_signoffs'), ('document', '{"drafted_by": null}', 'document_signoffs'),
    ('bundle', '{"idx": 4, "tenant": 0}', 'bundle_values'), ('bundle', '{"idx": 6}', 'bundle_values'),
    ('quarantine', '{"feed": "\\x00"}', 'quarantine_values'), ('quarantine', '{"batch": "\\x00"}', 'quarantine_values'),
    ('quarantine', '{"partition": -1}', 'quarantine_values'), ('quarantine', '{"incarnation": 0}', 'quarantine_values'),
    ('quarantine', '{"record_offset": -1}', 'quarantine_values'), ('quarantine', '{"size": -1}', 'quarantine_values'),
    ('disposition', '{"action": "lost"}', 'disposition_action'), ('disposition', '{"operator": "\\x00"}', 'disposition_operator'),
    ('tile', '{"level": 8}', 'tile_place'), ('tile', '{"level": -1}', 'tile_place'), ('tile', '{"number": -1}', 'tile_place'),
    ('tile', '{"width": 0, "hashes": "\\x"}', 'tile_width'),
    ('tile', jsonb_build_object('width', 257, 'hashes', pg_temp.hex(32 * 257)), 'tile_width'),
    ('checkpoint', '{"size": 8, "root": "\\x00"}', 'checkpoint_root'), ('checkpoint', '{"size": -1}', 'checkpoint_root'),
    ('money_head', '{"tenant": 0}', 'money_head_counts'), ('money_head', '{"tenant": 2, "next_seq": -1}', 'money_head_counts'),
    ('number_head', '{"number_series": "FR", "next_number": 0}', 'number_head_count'),
    ('tenant', '{"id": "beta"}', 'tenant_pkey'), ('tenant', '{"tenant": 2}', 'tenant_id'),
    ('tenant', '{"tenant": 2, "id": "beta", "slot": 64}', 'tenant_slot'), ('tenant', '{"tenant": 2, "id": "beta", "slot": -1}', 'tenant_slot'),
    ('tenant', '{"tenant": 2, "id": "beta", "grid_seconds": 60}', 'tenant_grid'),
    ('tenant', '{"tenant": 0, "id": "beta"}', 'tenant_number'), ('tenant', '{"log": 1, "id": "beta"}', 'tenant_number'),
    ('token', '{"name": "again"}', 'token_pkey'), ('token', '{"token_id": "u", "hash": "\\x00"}', 'token_hash'),
    ('dedup_block', '{"ids": "\\x"}', 'dedup_block_d0_pkey'), ('dedup_block', '{"step": 2, "ids": "\\x00"}', 'dedup_block_sizes'),
    ('dedup_block', '{"step": 2, "entries": "\\x00"}', 'dedup_block_sizes'),
    ('progress', '{"name": "again"}', 'progress_pkey'), ('progress', '{"feed": "\\x00"}', 'progress_values'),
    ('progress', '{"partition": 4}', 'progress_values'), ('progress', '{"partition": -1}', 'progress_values'),
    ('progress', '{"partition": 1, "position": -1}', 'progress_values'), ('progress', '{"partition": 1, "high": -1}', 'progress_values'),
    ('sequence', '{"numbered": 2}', 'sequence_pkey'), ('sequence', '{"feed": "\\x00"}', 'sequence_values'),
    ('sequence', '{"partition": -1}', 'sequence_values'), ('sequence', '{"incarnation": 0}', 'sequence_values'),
    ('sequence', '{"from_offset": -1}', 'sequence_values'), ('sequence', '{"source": "/t", "numbered": -1, "unnumbered": 2}', 'sequence_values'),
    ('sequence', '{"source": "/t", "unnumbered": -1, "numbered": 2}', 'sequence_values'),
    ('sequence', '{"source": "/t", "numbered": 0, "runs": "\\x"}', 'sequence_values'),
    ('sequence', '{"source": "/t", "numbered": 0, "unnumbered": 1}', 'sequence_values'),
    ('sequence', '{"source": "/t", "runs": "\\x"}', 'sequence_values');
-- A row of each, again, where nothing else names it.
insert into wrong select name, '{}', name || '_pkey' from unnest('{head, slot, slot_step, series, content, review, bundle, quarantine, tile,
    checkpoint, money_head, number_head}'::text[]) as name;

select is(pg_temp.refuses(name, change), refused, format('%s: %s', refused, change)) from wrong;

select throws_ok('insert into ledger.schema_version select * from ledger.schema_version', '23505', null, 'a version is applied once');

select * from finish();
rollback;
