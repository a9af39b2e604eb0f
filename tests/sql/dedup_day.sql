-- The partition of an event day: made once, by ingest, with the table's key.
begin;
select no_plan();

set local role daybook_ingest;
select lives_ok('select ledger.ensure_dedup_day(20000)', 'ingest makes a day');
select lives_ok('select ledger.ensure_dedup_day(20000)', 'again is nothing');
select lives_ok('select ledger.ensure_dedup_day(20001)', 'the next day follows');
select lives_ok($$ insert into ledger.dedup_block values (0, 1, 480000, 1, '', ''),
    (0, 1, 480023, 1, '', ''), (0, 1, 480024, 1, '', '') $$, 'hours find their days');
select throws_ok($$ insert into ledger.dedup_block values (0, 1, 480048, 1, '', '') $$, '23514', null,
    'a day that was not made takes nothing');
select throws_ok($$ insert into ledger.dedup_block values (0, 1, 480000, 1, '', '') $$, '23505', null,
    'a slot''s step adds to an hour once');
select throws_ok('select ledger.ensure_dedup_day(-1)', '22023', null, 'no day before 1970');
select throws_ok('select ledger.ensure_dedup_day(2932897)', '22023', null, 'no day after 9999');
select throws_ok('select ledger.ensure_dedup_day(null)', '22023', null, 'no day at all');
select throws_ok('create table ledger.dedup_block_d20002 (x integer)', '42501', null,
    'ingest makes nothing else');
reset role;

select set_eq($$ select tableoid::regclass::text as day, count(*)::int from ledger.dedup_block group by 1 $$,
    $$ values ('ledger.dedup_block_d20000', 2), ('ledger.dedup_block_d20001', 1) $$,
    'each hour lies in its day');
select set_eq($$ select pg_get_userbyid(relowner)::text from pg_class
    where relname like 'dedup\_block\_d%' $$, array['daybook_owner'], 'the owner owns them');

select * from finish();
rollback;
