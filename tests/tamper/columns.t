#!/usr/bin/env python3
"""Every column of every table is found when it is changed, or it is said here why it is not.

The rows are those of information_schema: a column without a row fails, so does a row without a
column. Each is changed in a fresh copy of a ledger with two months, two invoices and their bundles,
as a superuser who has taken triggers and constraints away can; what `daybook-ledger audit` reports
must be exactly the set that stands here. The whole ledger is verified first, and so is the copy
without its constraints. `columns.t TABLE.COLUMN…` tries only these, `--show` prints what was said.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import WORK, diag, done_testing, is_, ok, run, sql  # noqa: E402
from harness import _databases  # noqa: E402  the copies are dropped at the end, too

ADMIN = os.environ["DAYBOOK_TEST_DATABASE_ADMIN"]
WORKERS = 2

# --------------------------------------------------------------------------------------- the ledger


def make_book():
    """Two months of one tenant, the second with more than two tiles' entries; quarantine."""
    book = Billing("tamper_columns", acme="UTC", beta="Asia/Kolkata")
    book.plan("p")
    book.contract("c-acme", "acme", "2026-08-01")
    book.gpu("acme", "2026-08-03T10", 5)
    for number in range(2):
        book.event("nobody", "gpu.slice.v1", "2026-08-04T00:00:00Z", {"number": number})
    book.take()
    book.issue("acme", "2026-08")
    for number in range(28):
        book.gpu("acme", "2026-09-01T00", 20, allocation=f"a-{number}")
    book.gpu("beta", "2026-09-01T10", 5)
    book.take()
    book.issue("acme", "2026-09")
    for number in range(2):
        book.event("nobody", "gpu.slice.v1", "2026-08-05T00:00:00Z", {"number": number})
    book.take()
    feed, partition, offset = book.sql(
        "select a.name, q.partition, q.record_offset from ledger.quarantine q join "
        "ledger.assignment a using (feed) order by q.record_offset limit 1")[0]
    run("daybook-ingest", "quarantine", "write-off", feed, partition, offset, "--reason", "a test",
        *book._common())
    book.ledger("token", "add", "reader", "--tenant", "acme", "--scope", "usage:read")
    book.seal()
    book.invoices("bundle")
    book.sql("insert into ledger.cosignature (log, size, signer, line) select 0, max(size), 'witness', "
             "'— witness AAAA' || chr(10) from ledger.checkpoint where signed")
    book.sql("insert into ledger.progress (log, feed, partition, incarnation, partition_count, name, "
             "position, high, complete_through, state, reason) values (0, sha256(''), 0, 1, 1, "
             "'usage', 1, 1, now(), 'live', '')")
    return book


def database_of(conninfo):
    return re.findall(r"dbname=(\w+)", conninfo)[-1]


def loosen(book):
    """A copy whose triggers and constraints are gone: what every row is tried on."""
    name = f"{database_of(book.database)}_loose"
    sql(ADMIN, f"create database {name} template {database_of(book.database)}")
    _databases.append(name)
    loose = f"{ADMIN} dbname={name}"
    for (statement,) in sql(loose, LOOSEN):
        sql(loose, statement)
    return name


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

COLUMNS = """
select table_name, column_name, data_type
from information_schema.columns c
where table_schema = 'ledger' and (select relkind in ('r', 'p') and not relispartition
    from pg_class where oid = format('ledger.%I', table_name)::regclass)
order by table_name, ordinal_position
"""

OTHER = {  # another value of a type; {} is the column
    "bigint": "{} + 1", "integer": "{} + 1", "smallint": "{} + 1", "numeric": "{} + 1",
    "bytea": "set_byte({0}, 3, get_byte({0}, 3) # 1)", "text": "{} || 'x'",
    "boolean": "not {}", "date": "{} + 1",
    "timestamp with time zone": "{} + interval '1 second'",
}

WHERE = {  # which row of a table is changed, where not every one may be
    "slot": "slot = 4", "slot_step": "slot = 4 and step = 2", "entry": "idx = 300",
    "series": "(tenant, series) = (select tenant, series from ledger.entry where idx = 300)",
    "receipt": "from_offset = (select max(from_offset) from ledger.receipt)",
    "assignment": "stream = 17", "content": "kind = 5 and idx > 100",
    "document": "number = 2", "review": "period_idx > 100", "bundle": "idx > 100",
    "quarantine": "record_offset > 0 and batch = (select batch from ledger.quarantine where "
                  "record_offset = 0)",
    "tile": "level = 0 and number = 1",
    "checkpoint": "signed and size = (select max(size) from ledger.checkpoint)",
    "tenant": "tenant = 1", "schema_version": "version = 1",
    "dedup_block": "(slot, event_hour, step) = (select slot, event_hour, step from "
                   "ledger.dedup_block order by event_hour desc limit 1)",
}
VALUES = {  # another value of a column, where one of its type will not do
    "assignment.name": "'other'",
    "bundle.bundle": "replace(bundle, '\"document_index\":', '\"document_index\":1')",
    "checkpoint.note": "replace(note, chr(10), chr(10) || 'x')",
    "dedup_block.ids": "ids || ids", "entry.corrected_seq": "1", "entry.reason": "1",
    "entry.debit": "series", "entry.credit": "series", "entry.amount": "1",
    "entry.currency": "'EUR'", "entry.exponent": "2", "entry.code": "1", "entry.document": "series",
    "entry.subject": "series", "entry.version": "1", "entry.content_hash": "series",
    "entry.operator": "series", "quarantine.key": "'k'", "quarantine.headers": "'\\x00000001'",
    "receipt.prev_to": "from_offset", "slot_step.hours": "hours || 1", "slot_step.floor_hour": "1",
    "slot_step.tenants": "tenants || tenants", "slot_step.last_seqs": "array[last_seqs[1] - 1]",
    "token.expires_at": "now()", "token.revoked_at": "now()", "token.scopes": "scopes || scopes",
    "token.tenants": "tenants || 2::bigint", "progress.complete_through": "null",
}

UNSIGNED = {  # what no finding follows from, and why
    "assignment": "cluster_id: each claim compares it with the broker's; a claim is signed by nobody",
    "bundle": "a bundle of no log is one that is made again",
    "checkpoint": "for people: no time is in a checkpoint, witnesses' cosignatures carry it",
    "entry": "recorded_at is for people; the body has no wall clock",
    "cosignature": "a witness's line: daybook-verify asks it of the witness's key, or it counts for "
                   "nothing",
    "progress": "for dashboards, beside the book",
    "quarantine": "what ingest read in the record: the record is hashed, and a replay reads it again",
    "schema_version": "for people; a file is known by its hash",
    "token": "who may read, beside the book: no signature, and nothing billed, rests on it",
}

# table: {columns: the findings}; could_not_look is the status 2 of an audit without its log
EXPECTED = {
    "assignment": {
        "log feed partition incarnation name": "journal_mismatch receipt_mismatch",
        "start": "receipt_gap receipt_mismatch",
        "cluster_id": "",
        "stream": "receipt_mismatch",
    },
    "bundle": {
        "log": "",
        "idx tenant size": "bundle_stored",
        "bundle": "bundle_entries bundle_stored",
    },
    "checkpoint": {
        "log": "bundle_stored checkpoint_missing",
        "size root": "checkpoint_malformed",
        "signed": "checkpoint_malformed row_doubled",
        "note": "bundle_stored checkpoint_malformed checkpoint_missing",
        "recorded_at": "",
    },
    "content": {
        "log": "content_missing document_mismatch journal_mismatch",
        "idx": "content_mismatch content_missing document_mismatch journal_mismatch",
        "kind tenant version hash": "content_mismatch",
        "subject_id": "content_mismatch journal_mismatch",
        "content": "content_malformed content_mismatch document_mismatch journal_mismatch",
    },
    "cosignature": {"log size signed signer line recorded_at": ""},
    "dedup_block": {
        "log": "receipt_accepted step_mismatch",
        "slot step": "dedup_mismatch receipt_accepted step_mismatch",
        "event_hour": "dedup_mismatch step_mismatch",
        "ids": "dedup_mismatch receipt_accepted",
        "entries": "dedup_mismatch",
    },
    "disposition": {
        "log feed partition incarnation record_offset action reason operator recorded_at":
            "disposition_mismatch",
    },
    "document": {
        "log": "bundle_stored document_mismatch head_mismatch",
        "number_series number": "document_mismatch document_number head_mismatch",
        "document_id kind period_idx period_from period_to issue_date currency exponent "
        "total":
            "document_mismatch",
        "idx hash": "bundle_stored document_mismatch",
        "tenant": "bundle_stored document_mismatch document_range",
    },
    "entry": {
        "log":
            "checkpoint_root dedup_mismatch entry_missing journal_mismatch stream_gap "
            "tile_mismatch",
        "idx":
            "checkpoint_root entry_malformed entry_missing journal_mismatch stream_gap "
            "tile_mismatch",
        "kind": "correction_target entry_malformed journal_mismatch stream_gap",
        "body_version": "entry_malformed journal_mismatch stream_gap",
        "tenant":
            "dedup_mismatch entry_commitment journal_mismatch series_missing step_mismatch "
            "stream_gap stream_order",
        "stream": "dedup_mismatch entry_malformed head_mismatch journal_mismatch stream_gap",
        "stream_seq": "dedup_mismatch entry_commitment journal_mismatch stream_gap stream_order",
        "batch": "batch_unknown dedup_mismatch entry_commitment journal_mismatch step_mismatch",
        "series": "entry_commitment journal_mismatch series_missing",
        "window_from length_seconds quantity contributions": "entry_commitment journal_mismatch",
        "corrected_seq reason debit credit amount currency exponent code document subject "
        "version content_hash operator":
            "entry_malformed",
        "checksum": "checkpoint_root entry_commitment entry_signature tile_mismatch",
        "signature": "checkpoint_root entry_signature journal_mismatch tile_mismatch",
        "writer": "checkpoint_root entry_writer journal_mismatch tile_mismatch",
        "recorded_at": "",
    },
    "head": {
        "log": "could_not_look",
        "size": "entry_missing head_mismatch",
        "control_index key_index control_seq next_tenant next_chain": "head_mismatch",
    },
    "log": {
        "log": "could_not_look",
        "origin":
            "bundle_stored checkpoint_malformed checkpoint_missing key_chain "
            "registry_mismatch state_file",
        "ledger_id": "entry_commitment journal_mismatch registry_mismatch",
    },
    "money_head": {
        "log tenant next_seq": "head_mismatch",
    },
    "number_head": {
        "log number_series next_number": "head_mismatch",
    },
    "progress": {
        "log feed partition incarnation partition_count name position high "
        "complete_through state reason updated_at":
            "",
    },
    "quarantine": {
        "log feed partition incarnation batch": "receipt_quarantine",
        "record_offset broker_time time_type size key headers value": "quarantine_record",
        "reason detail tenant_id source event_id": "",
    },
    "receipt": {
        "log": "journal_mismatch receipt_mismatch receipt_quarantine step_mismatch",
        "feed partition incarnation":
            "batch_unknown entry_commitment journal_mismatch receipt_mismatch "
            "receipt_quarantine",
        "from_offset":
            "batch_unknown entry_commitment journal_mismatch receipt_gap receipt_quarantine",
        "to_offset": "batch_unknown entry_commitment journal_mismatch",
        "prev_to": "receipt_gap",
        "start": "entry_commitment journal_mismatch receipt_mismatch",
        "idx":
            "batch_unknown journal_mismatch receipt_accepted receipt_mismatch "
            "receipt_quarantine step_mismatch",
        "records duplicate elsewhere": "entry_commitment journal_mismatch receipt_totals",
        "holes last_offset anchor_expired": "entry_commitment journal_mismatch",
        "last_hash raw_hash as_of": "entry_commitment journal_mismatch quarantine_record",
        "accepted": "entry_commitment journal_mismatch receipt_accepted receipt_totals",
        "quarantined": "entry_commitment journal_mismatch receipt_quarantine receipt_totals",
        "control_index": "entry_commitment journal_mismatch receipt_order step_mismatch",
    },
    "review": {
        "log tenant period_idx issue_date": "document_mismatch journal_mismatch",
        "version draft_hash operator recorded_at": "journal_mismatch",
    },
    "schema_version": {
        "version hash": "could_not_look",
        "name applied_at": "",
    },
    "series": {
        "log tenant": "series_missing",
        "series": "series_mismatch series_missing",
        "slot step descriptor": "series_mismatch",
    },
    "slot": {
        "log step": "head_mismatch",
        "slot": "head_mismatch row_doubled",
    },
    "slot_step": {
        "log": "dedup_mismatch head_mismatch receipt_accepted series_mismatch step_mismatch",
        "slot step":
            "dedup_mismatch head_mismatch receipt_accepted series_mismatch step_gap "
            "step_mismatch",
        "prev_step": "step_gap",
        "batch": "dedup_mismatch receipt_accepted series_mismatch step_mismatch",
        "control_index hours tenants last_seqs": "step_mismatch",
        "floor_hour": "journal_mismatch",
    },
    "tenant": {
        "log id grid_seconds name zone": "registry_mismatch",
        "tenant": "registry_mismatch row_doubled step_mismatch",
        "slot": "registry_mismatch step_mismatch",
    },
    "tile": {
        "log": "tile_missing",
        "level number": "tile_mismatch tile_missing",
        "width hashes": "tile_mismatch",
    },
    "token": {
        "log token_id hash tenants scopes name expires_at revoked_at": "",
    },
}
EXTRA = {  # more ways to change a column
    "dedup_block.ids, one identity doubled": (
        "update ledger.dedup_block set ids = ids || substring(ids for 24) where {dedup_block}",
        "dedup_mismatch receipt_accepted"),
    "dedup_block.ids, one bit: only a replay of the records knows a keyed hash": (
        "update ledger.dedup_block set ids = set_byte(ids, 0, get_byte(ids, 0) # 1) "
        "where {dedup_block}", ""),
    "slot_step.floor_hour, of all steps: a floor that is nowhere kept": (
        "update ledger.slot_step set floor_hour = 1", "journal_mismatch"),
    "entry.stream_seq, for another that is free": (
        "update ledger.entry set stream_seq = 100000 where {entry}",
        "dedup_mismatch entry_commitment journal_mismatch step_mismatch stream_gap stream_order"),
    "quarantine.value, of a record that is not its range's last": (
        "update ledger.quarantine set value = set_byte(value, 3, get_byte(value, 3) # 1) where "
        "record_offset = 0", "quarantine_record"),
}

# ---------------------------------------------------------------------------------------- the tries


def audit(book, database):
    """The words of the audit's findings, and what it said."""
    done = run("daybook-ledger", "audit", "--database", f"{ADMIN} dbname={database}", "--keys",
               book.keys, "--archive", book.archive, check=False)
    words = set(re.findall(r"^FINDING (\w+)", done.stdout, re.MULTILINE))
    if done.returncode == 2:
        words.add("could_not_look")
    elif done.returncode != (1 if words else 0):
        words.add(f"status_{done.returncode}")
    return words, done.stdout + done.stderr


def try_statement(book, loose, number, statement):
    """Breaks a fresh copy, and looks at it."""
    copy = f"{loose}_{number}"
    psql = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", ADMIN]
    try:
        done = subprocess.run(
            psql + ["-c", f"create database {copy} template {loose}", "-c", f"\\c {copy}", "-c",
                    statement, "-c", f"\\echo :ROW_COUNT"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0 or done.stdout.strip() == "0":
            return {"not_broken"}, done.stdout
        return audit(book, copy)
    finally:
        subprocess.run(psql + ["-c", f"drop database if exists {copy} with (force)"], check=True)


def rows_of(columns):
    """{name: (statement, findings)} of all columns that there are."""
    rows = {}
    expected = {f"{table}.{column}": words for table, groups in EXPECTED.items()
                for names, words in groups.items() for column in names.split()}
    there = {f"{table}.{column}" for table, column, _ in columns}
    is_((sorted(there - set(expected)), sorted(set(expected) - there)), ([], []),
        "every column of every table has its row here, and every row its column")
    for table, column, kind in columns:
        name = f"{table}.{column}"
        if name in expected:
            value = VALUES.get(name) or OTHER[kind].format(column)
            rows[name] = (f"update ledger.{table} set {column} = {value} "
                          f"where {WHERE.get(table, 'true')}", expected[name])
    for name, (statement, words) in EXTRA.items():
        rows[name] = (statement.format(**WHERE), words)
    return rows


def main():
    book = make_book()
    loose = loosen(book)
    for name in (database_of(book.database), loose):
        found, said = audit(book, name)
        is_(sorted(found), [], "the whole ledger is verified" if name != loose else
            "and so is the copy without constraints")
        diag(said.strip())
    rows = rows_of(sql(book.database, COLUMNS))
    chosen = [name for name in sys.argv[1:] if name != "--show"] or rows
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tries = {name: pool.submit(try_statement, book, loose, number, rows[name][0])
                 for number, name in enumerate(chosen)}
        for name, one in tries.items():
            found, said = one.result()
            words = rows[name][1].split()
            why = "" if words else f": nothing, {UNSIGNED.get(name.split('.')[0], 'as said')}"
            if not is_(sorted(found), words, name + why) or "--show" in sys.argv:
                diag(said)
    done_testing()


main()
