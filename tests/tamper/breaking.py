"""Copies of a sealed ledger to break things in, what is found there, and the count of both.

A copy has no triggers and no constraints, as after a superuser took them away; after each try the
rows are put back from the schema `keep`, which is much faster than another copy.
"""

import collections
import contextlib
import os
import queue
import re
import shutil

from harness import WORK, _databases, ok, run, sql, tell

ADMIN = os.environ["DAYBOOK_TEST_DATABASE_ADMIN"]

LOOSEN = """
select string_agg(statement, ';' order by place)
from (
    select 1 as place, format('alter table %s disable trigger all', c.oid::regclass) as statement
    from pg_class c
    where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition
    union all
    select case c.contype when 'f' then 2 else 3 end, format('alter table %s drop constraint %I',
        c.conrelid::regclass, c.conname)
    from pg_constraint c
    where c.connamespace = 'ledger'::regnamespace and c.contype in ('c', 'f', 'u', 'p')
        and c.conislocal and c.coninhcount = 0
        and not (c.contype in ('u', 'p') and c.conrelid = 'ledger.dedup_block'::regclass)
    union all
    select 4, format('alter table ledger.%I alter column %I drop not null', a.relname, b.attname)
    from pg_class a join pg_attribute b on b.attrelid = a.oid
    where a.relnamespace = 'ledger'::regnamespace and a.relkind = 'r' and not a.relispartition
        and b.attnum > 0 and b.attnotnull) s
"""

TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""


def database_of(conninfo):
    return re.findall(r"dbname=(\w+)", conninfo)[-1]


def copy_database(conninfo, name):
    """Another database with the same in it; dropped at the end."""
    sql(ADMIN, f"create database {name} template {database_of(conninfo)}")
    _databases.append(name)
    return f"{ADMIN} dbname={name}"


class Copies:
    def __init__(self, conninfo, count):
        self.free = queue.Queue()
        self.tables = [table for (table,) in sql(conninfo, TABLES)]
        loose = copy_database(conninfo, f"{database_of(conninfo)}_loose_0")
        for (statement,) in sql(loose, LOOSEN):
            sql(loose, statement)
        sql(loose, "create schema keep;" + ";".join(
            f"create table keep.{table} as table ledger.{table}" for table in self.tables))
        self.restore = "set synchronous_commit = off;" + ";".join(
            f"delete from ledger.{table}; insert into ledger.{table} table keep.{table}"
            for table in self.tables)
        self.all = [loose] + [copy_database(loose, f"{database_of(conninfo)}_loose_{number}")
                              for number in range(1, count)]
        for one in self.all:
            self.free.put(one)

    @contextlib.contextmanager
    def one(self):
        """A copy that nobody else has meanwhile, whole again afterwards."""
        conninfo = self.free.get()
        try:
            yield conninfo
            sql(conninfo, self.restore)
        finally:
            self.free.put(conninfo)


@contextlib.contextmanager
def copy_files(folder, name):
    """A copy of the folder, gone afterwards."""
    copy = WORK / f"copy-{name}"
    run("cp", "-a", folder, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def found_by(*command):
    """The words of a tool's findings, and what it said; its status must agree."""
    result = run(*command, check=False)
    words = set(re.findall(r"^FINDING (\w+)", result.stdout, re.MULTILINE))
    if result.returncode == 2:
        words.add("could_not_look")
    elif result.returncode != (1 if words else 0):
        words.add(f"status_{result.returncode}")
    return words, result.stdout[-2000:] + result.stderr[-500:]


class Count:
    """What was broken and what was found, by what was broken; printed at the end."""

    def __init__(self):
        self.rows = collections.OrderedDict()

    def add(self, group, expected, found):
        row = self.rows.setdefault(group, collections.Counter())
        row["broken"] += bool(expected)
        row["found"] += bool(expected) and expected <= found
        row["silent"] += not expected
        row["false"] += len(found - expected)

    def show(self):
        width = max(map(len, self.rows))
        tell(f"{'':{width}}{'broken':>8}{'found':>8}{'false':>8}  nothing, as the table says")
        total = collections.Counter()
        for group, row in [*self.rows.items(), ("all", total)]:
            tell(f"{group:{width}}{row['broken']:>8}{row['found']:>8}{row['false']:>8}"
                 f"  {row['silent'] or ''}")
            if row is not total:
                total.update(row)
        ok(total["found"] == total["broken"] and total["false"] == 0,
           f"{total['found']} of {total['broken']} are found, and nothing that is not wrong")
