#!/usr/bin/env python3
"""Partitions of dedup days are made beside running inserts, and by many callers at once."""

import threading

from harness import done_testing, is_, new_database, ok, run, sql, sql_value, start, wait_for

database = new_database("dedup_days")
run("daybook-ledger", "migrate", "--admin", database)
sql(database, "select ledger.ensure_dedup_day(20000)")

# A transaction that has inserted and stays open holds its locks on the table and the partition.
inserting = start("inserting", "psql", "-Xq", "-d", database, "-c", """
    begin;
    insert into ledger.dedup_block values (0, 0, 480000, 1, '', '');
    select pg_sleep(60);""")
ok(wait_for(10, lambda: sql_value(database, """select count(*) from pg_stat_activity
    where datname = current_database() and query like '%pg_sleep(60)%' and wait_event = 'PgSleep'""")
            == "1"), "a batch is in the middle of its inserts")
try:
    sql(database, "set lock_timeout = '2s'; select ledger.ensure_dedup_day(20001)")
    ok(True, "the next day is made meanwhile")
except RuntimeError as error:
    ok(False, f"the next day is made meanwhile: {error}")
inserting.stop()

failures = []


def make_days(order):
    try:
        for day in order:
            sql(database, f"select ledger.ensure_dedup_day({day})")
    except RuntimeError as error:
        failures.append(str(error))


def make_days_in_one_transaction(order):
    calls = "".join(f"select ledger.ensure_dedup_day({day});" for day in order)
    try:
        sql(database, f"begin; {calls} commit;")
    except RuntimeError as error:
        failures.append(str(error))


days = list(range(20010, 20025))
threads = [threading.Thread(target=target, args=(order,))
           for target in (make_days, make_days_in_one_transaction)
           for order in (days, days[::-1], days[7:] + days[:7])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
is_(failures, [], "of many callers at once none fails")
is_(sql_value(database, """select count(*) from pg_inherits
    where inhparent = 'ledger.dedup_block'::regclass"""), str(2 + len(days)), "each day is made once")
done_testing()
