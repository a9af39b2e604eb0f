-- Each constraint takes what is right and refuses what is wrong: the fence of ingest is made of them.
begin;
select no_plan();

create function pg_temp.zeros(n integer) returns bytea language sql as
    $$ select decode(repeat('00', n), 'hex') $$;
create function pg_temp.feed() returns bytea language sql as $$ select sha256('feed') $$;

-- Assignments: a chain begins once.
prepare assign as insert into ledger.assignment values (0, pg_temp.feed(), $1, 1, $2, 'usage', 'c', $3);
select lives_ok('execute assign(0, 5, 16)', 'a chain begins at the low watermark');
select throws_ok('execute assign(0, 7, 17)', '23505', null,
    'two first claims at different watermarks cannot both be');
select throws_ok('execute assign(1, 5, 16)', '23505', null, 'a chain''s number is its own');
select throws_ok('execute assign(2, -1, 18)', '23514', null, 'offsets are not negative');
select lives_ok('execute assign(3, 0, 19)', 'another partition begins');

-- Receipts tile. Parameters: partition, from, to, prev_to, start, idx, records.
prepare receive as insert into ledger.receipt values (0, pg_temp.feed(), $1, 1, $2, $3, $4, $5, $6, $7,
    0, -1, pg_temp.zeros(32), pg_temp.zeros(32), $7, 0, 0, 0, 0, 'epoch', false);
select throws_ok('execute receive(0, 0, 5, null, 0, 1, 5)', '23503', null,
    'a chain does not start where its assignment does not say');
select throws_ok('execute receive(0, 6, 9, null, 5, 1, 3)', '23514', null,
    'only the first receipt of a chain has none before it');
select lives_ok('execute receive(0, 5, 9, null, 5, 1, 4)', 'the first receipt');
select throws_ok('execute receive(0, 5, 9, null, 5, 2, 4)', '23505', null, 'a zombie loses: the same again');
select throws_ok('execute receive(0, 5, 12, null, 5, 2, 7)', '23505', null,
    'a zombie loses: the same beginning, another end');
select throws_ok('execute receive(0, 9, 12, null, 5, 2, 3)', '23514', null,
    'a later receipt names the one before it');
select throws_ok('execute receive(0, 10, 12, 10, 5, 2, 2)', '23503', null, 'no gap');
select throws_ok('execute receive(0, 10, 12, 9, 5, 2, 2)', '23514', null, 'no gap by a false word');
select throws_ok('execute receive(0, 8, 12, 8, 5, 2, 4)', '23503', null, 'no overlap');
select throws_ok('execute receive(0, 9, 9, 9, 5, 2, 0)', '23514', null, 'no empty range');
select lives_ok('execute receive(0, 9, 12, 9, 5, 2, 3)', 'the second receipt continues');
select throws_ok('execute receive(0, 9, 13, 9, 5, 3, 4)', '23505', null, 'two cannot both continue');
select throws_ok('execute receive(3, 12, 13, 12, 0, 3, 1)', '23503', null, 'no chain continues another''s');
select throws_ok('execute receive(0, 12, 13, 12, 9, 3, 1)', '23503', null, 'no chain moves its start');
select throws_ok('execute receive(0, 12, 13, 12, 5, 2, 1)', '23505', null, 'an entry is one receipt''s');
select throws_ok($$ insert into ledger.receipt values (0, pg_temp.feed(), 0, 1, 12, 13, 12, 5, 3, 10,
    0, -1, pg_temp.zeros(32), pg_temp.zeros(32), 4, 3, 2, 0, 0, 'epoch', false) $$, '23514', null,
    'records are accepted, duplicate, quarantined or elsewhere: none is lost');
select throws_ok($$ insert into ledger.receipt values (0, pg_temp.feed(), 0, 1, 12, 13, 12, 5, 3, 0,
    0, 13, pg_temp.zeros(32), pg_temp.zeros(32), 0, 0, 0, 0, 0, 'epoch', false) $$, '23514', null,
    'the last record lies in what was read');
select throws_ok($$ insert into ledger.receipt values (1, pg_temp.feed(), 0, 1, 12, 13, 12, 5, 3, 0,
    0, -1, pg_temp.zeros(32), pg_temp.zeros(32), 0, 0, 0, 0, 0, 'epoch', false) $$, '23503', null,
    'another log''s chain is another chain');

-- Slot steps count.
prepare step as insert into ledger.slot_step values (0, 3, $1, $2, pg_temp.zeros(16), 0, '{}', '{}', '{}');
select throws_ok('execute step(2, 1)', '23503', null, 'a slot begins at step 1');
select throws_ok('execute step(2, null)', '23514', null, 'only step 1 has none before it');
select lives_ok('execute step(1, null)', 'step 1');
select throws_ok('execute step(1, null)', '23505', null, 'a zombie''s step is taken');
select throws_ok('execute step(3, 2)', '23503', null, 'no step is left out');
select throws_ok('execute step(3, 1)', '23514', null, 'no step is left out by a false word');
select lives_ok('execute step(2, 1)', 'step 2');
select throws_ok($$ insert into ledger.slot_step values (0, 4, 1, null, pg_temp.zeros(16), 0, '{}',
    '{1}', '{}') $$, '23514', null, 'each tenant of a step has its last stream_seq');

-- Entries: each kind its columns and its stream. A row is made right, then one thing is wrong.
create temporary table example as select * from ledger.entry limit 0;
insert into example (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series,
    window_from, length_seconds, quantity, contributions, corrected_seq, reason, debit, credit, amount,
    currency, exponent, code, document, subject, version, content_hash, operator, checksum,
    signature, writer, recorded_at)
select 0, kind, kind, 1,
    case when kind in (1, 2, 3, 4, 5, 10, 11) then 7 else 0 end,
    case when kind in (1, 2, 3) then 0 when kind in (4, 5, 10, 11) then 1 when kind = 6 then 16
        else 2 end,
    kind, pg_temp.zeros(16),
    case when usage then sha256('s') end, case when usage then 'epoch'::timestamptz end,
    case when usage then 3600 end, case when usage then 5 end, case when usage then 1 end,
    case when kind = 2 then 0 end, case when kind in (2, 3) then 1 end,
    case when kind = 4 then sha256('d') end, case when kind = 4 then sha256('c') end,
    case when kind = 4 then 100 end, case when kind = 4 then 'EUR' end,
    case when kind = 4 then 2 end, case when kind = 4 then 1 end,
    case when kind = 4 then sha256('x') end, case when control then sha256('t') end,
    case when control then 1 end, case when control then sha256('h') end,
    case when control then sha256('o') end, pg_temp.zeros(32), pg_temp.zeros(64), pg_temp.zeros(32),
    'epoch'
from (select kind, kind in (1, 2, 3) as usage, kind not in (1, 2, 3, 4, 6) as control
    from generate_series(1, 13) as kind) as kinds;

select lives_ok('insert into ledger.entry select * from example', 'an entry of every kind');
update example set idx = idx + 100, stream_seq = stream_seq + 100;

create function pg_temp.entry_refused(of_kind integer, change text, why text,
    wanted text default '23514') returns text language plpgsql as $$
begin
    execute format('create temporary table wrong as select * from example where kind = %s', of_kind);
    execute 'update wrong set ' || change;
    return throws_ok('insert into ledger.entry select * from wrong', wanted, null, why);
end $$;

create temporary table cases (of_kind integer, change text, wanted text);
insert into cases values
    (1, 'tenant = 0', '23514'), (1, 'stream = 1', '23514'), (1, 'series = null', '23514'),
    (1, 'window_from = null', '23514'), (1, 'length_seconds = null', '23514'),
    (1, 'length_seconds = 0', '23514'), (1, 'quantity = null', '23514'), (1, 'quantity = -1', '23514'),
    (1, 'quantity = 170141183460469231731687303715884105728', '23514'),
    (1, 'contributions = null', '23514'), (1, 'contributions = -1', '23514'),
    (1, 'corrected_seq = 0', '23514'), (1, 'reason = 1', '23514'), (1, 'debit = sha256('''')', '23514'),
    (1, 'operator = sha256('''')', '23514'), (1, $$series = 'x'$$, '23514'),
    (2, 'corrected_seq = null', '23514'), (2, 'reason = null', '23514'),
    (2, 'quantity = -170141183460469231731687303715884105729', '23514'),
    (2, 'corrected_seq = -1', '23514'), (2, 'reason = -1', '23514'),
    (3, 'reason = null', '23514'), (3, 'quantity = -1', '23514'),
    (4, 'amount = 170141183460469231731687303715884105728', '23514'), (4, 'exponent = -1', '23514'),
    (4, 'code = -1', '23514'), (4, $$debit = 'x'$$, '23514'), (4, $$credit = 'x'$$, '23514'), (4, $$document = 'x'$$, '23514'),
    (5, $$subject = 'x'$$, '23514'), (5, $$content_hash = 'x'$$, '23514'), (5, $$operator = 'x'$$, '23514'),
    (1, $$batch = 'x'$$, '23514'), (1, 'stream_seq = -1', '23514'),
    (4, 'amount = 0', '23514'), (4, 'amount = null', '23514'), (4, 'currency = ''eur''', '23514'),
    (4, 'exponent = 5', '23514'), (4, 'document = null', '23514'), (4, 'series = sha256('''')', '23514'),
    (4, 'stream = 0', '23514'), (4, $$batch = sha256('')$$, '23514'),
    (4, $$batch = substr(sha256(''), 1, 16)$$, '23514'),
    (5, 'tenant = 0', '23514'), (5, 'subject = null', '23514'), (5, 'version = 0', '23514'),
    (5, 'content_hash = null', '23514'), (5, 'operator = null', '23514'),
    (6, 'stream = 15', '23514'), (6, 'tenant = 7', '23514'), (6, 'quantity = 1', '23514'),
    (7, 'tenant = 7', '23514'), (7, 'stream = 1', '23514'), (7, 'version = null', '23514'),
    (10, 'tenant = 0', '23514'), (11, 'stream = 2', '23514'), (12, 'tenant = 1', '23514'),
    (13, 'kind = 14', '23514'), (13, 'kind = 0', '23514'), (13, 'body_version = 0', '23514'),
    (1, 'stream_seq = 1', '23505'), (1, 'idx = 1', '23505'), (1, 'idx = -1', '23514'),
    (1, $$checksum = 'x'$$, '23514'), (1, $$signature = 'x'$$, '23514'), (1, $$writer = 'x'$$, '23514'),
    (1, 'checksum = null', '23502'), (1, 'batch = null', '23502');

create function pg_temp.all_refused() returns setof text language plpgsql as $$
declare
    c record;
begin
    for c in select * from cases loop
        return next pg_temp.entry_refused(c.of_kind, c.change,
            format('kind %s with %s is refused', c.of_kind, c.change), c.wanted);
        drop table wrong;
    end loop;
end $$;
select * from pg_temp.all_refused();

-- What is named by a hash has that hash.
select throws_ok($$ insert into ledger.series values (0, 7, sha256('a'), 0, 1, 'b') $$, '23514', null,
    'a series is its descriptor''s hash');
select throws_ok($$ insert into ledger.content values (0, 1, 9, 0, 'p', 1, sha256('a'), 'b') $$,
    '23514', null, 'a content''s hash is of its text');
select lives_ok($$ insert into ledger.content values (0, 1, 9, 0, 'p', 1,
    sha256(convert_to('{"ü":1}', 'UTF8')), '{"ü":1}') $$, 'a content');
select throws_ok($$ insert into ledger.content values (0, 2, 9, 0, 'p', 1,
    sha256(convert_to('{}', 'UTF8')), '{}') $$, '23505', null, 'a version is written once');

-- Heads, tiles, checkpoints, documents, dispositions.
select lives_ok($$ insert into ledger.head values (0, 0, -1, -1, 0, 1, 16) $$, 'a new log''s head');
select throws_ok($$ update ledger.head set size = 1, control_index = 1 $$, '23514', null,
    'the newest control entry lies in the log');
select throws_ok($$ update ledger.head set size = 3, control_index = 1, key_index = 2 $$, '23514', null,
    'a key entry is a control entry');
select throws_ok($$ insert into ledger.tile values (0, 0, 0, 2, sha256('')) $$, '23514', null,
    'a tile is as wide as it says');
select throws_ok($$ insert into ledger.checkpoint values (0, 1, true, sha256(''), null) $$, '23514',
    null, 'a signed checkpoint has its note');
select throws_ok($$ insert into ledger.checkpoint values (0, 1, false, sha256(''), 'note') $$, '23514',
    null, 'an unsigned checkpoint has none');
select throws_ok($$ insert into ledger.cosignature values (0, 1, true, 'w+0', E'— w AA\n') $$, '23503',
    null, 'only what is sealed is cosigned');
select throws_ok($$ insert into ledger.cosignature values (0, 1, false, 'w+0', E'— w AA\n') $$, '23514',
    null, 'an unsigned checkpoint is not cosigned');
select throws_ok($$ insert into ledger.cosignature values (0, 1, true, 'w+0', E'— w AA\n— w AA\n') $$,
    '23514', null, 'a cosignature is one line');
select throws_ok($$ insert into ledger.disposition values (0, pg_temp.feed(), 0, 1, 5, 'written_off', '',
    sha256('')) $$, '23503', null, 'only what is in quarantine has a disposition');
select throws_ok($$ insert into ledger.disposition (log, feed, partition, incarnation, record_offset,
    action, reason, operator, file) values (0, pg_temp.feed(), 0, 1, 5, 'written_off', '', sha256(''),
    'x'::bytea) $$, '23514', null, 'a file is named by a hash');
select lives_ok($$ insert into ledger.quarantine values (0, pg_temp.feed(), 0, 1, 5, pg_temp.zeros(16),
    'unknown_tenant', '', 'epoch', 0, null, null, null, 0) $$, 'a record that is kept');
prepare dispose as insert into ledger.disposition (log, feed, partition, incarnation, record_offset,
    action, reason, operator, file) values (0, pg_temp.feed(), 0, 1, 5, $1, '', sha256(''), $2);
select throws_ok($$ execute dispose('released', null) $$, '23514', null,
    'what is released goes into a file');
select lives_ok($$ execute dispose('released', sha256('')) $$, 'which is named');
select throws_ok($$ execute dispose('released', sha256('x')) $$, '23505', null,
    'nothing is released twice');
select throws_ok($$ execute dispose('written_off', null) $$, '23505', null, 'nor written off then');
select throws_ok($$ insert into ledger.tenant values (0, (1::bigint << 48) | 1, 't', 0, 3600, 't',
    'UTC') $$, '23514', null, 'a tenant''s number holds its log');
prepare issue as insert into ledger.document values (0, 'DE', $1, $2, $3, 7, $4, 9, 'epoch',
    'epoch'::timestamptz + '1 day', 'epoch', 'EUR', 2, 100, sha256(''));
select lives_ok($$ execute issue(1, 'DE-1', 50, 'invoice') $$, 'an invoice');
select throws_ok($$ execute issue(1, 'DE-1b', 51, 'invoice') $$, '23505', null, 'a number is used once');
select throws_ok($$ execute issue(2, 'DE-2', 51, 'invoice') $$, '23505', null,
    'a period has one invoice');
select throws_ok($$ execute issue(0, 'DE-0', 52, 'credit_note') $$, '23514', null, 'numbers begin at 1');

-- Four eyes, also for whoever writes with the invoices program's role and no program.
create function pg_temp.sign(letter text) returns bytea language sql as
    $$ select sha256(letter::bytea) || sha256(letter::bytea) $$;
insert into ledger.review values (0, 7, 9, 1, 'epoch', sha256('draft'), sha256('ada'),
    default, pg_temp.sign('a'));
prepare approve as insert into ledger.approval values (0, 7, 9, $1, sha256($2), sha256($3), sha256($4),
    pg_temp.sign('b'));
set local role daybook_invoices;
select throws_ok($$ execute approve(1, 'draft', 'ada', 'ada') $$, '23514', null,
    'who drafted does not approve');
select throws_ok($$ execute approve(1, 'draft', 'bob', 'ada') $$, '23503', null,
    'nor under the name of another drafter than the review''s');
select throws_ok($$ execute approve(1, 'another', 'ada', 'bob') $$, '23503', null,
    'what was reviewed is approved');
select throws_ok($$ execute approve(2, 'draft', 'ada', 'bob') $$, '23503', null,
    'a review that is not there is not approved');
select lives_ok($$ execute approve(1, 'draft', 'ada', 'bob') $$, 'another approves');
select throws_ok($$ execute approve(1, 'draft', 'ada', 'eve') $$, '23505', null, 'a draft, once');
reset role;
prepare issue_by(integer, bytea, bytea) as insert into ledger.document values (0, 'FR', $1, 'FR-' || $1::text, 60 + $1, 7, 'invoice',
    20 + $1, 'epoch', 'epoch'::timestamptz + '1 day', 'epoch', 'EUR', 2, 100, sha256(''), $2, $3);
select throws_ok($$ execute issue_by(1, sha256('ada'), sha256('ada')) $$, '23514', null,
    'a document''s approver is not its drafter');
select throws_ok($$ execute issue_by(1, sha256('ada'), null) $$, '23514', null,
    'a document that was drafted was approved');
select lives_ok($$ execute issue_by(1, sha256('ada'), sha256('bob')) $$, 'two keys make one');

select * from finish();
rollback;
