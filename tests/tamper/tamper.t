#!/usr/bin/env python3
"""Whatever is changed in a sealed ledger is found, by its fixed word and no other.

Each row breaks a fresh copy of a small ledger, as a superuser who disables triggers and constraints
can, or as somebody with the files can; what `daybook-ledger audit` and `daybook-verify log` report
together must be exactly the set that the row names. The whole copy is verified first.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from harness import WORK, diag, done_testing, is_, new_database, ok, run, sql  # noqa: E402

BASE = WORK / "base"
KEYS = BASE / "keys"
ARCHIVE = BASE / "archive"
ADMIN = os.environ["DAYBOOK_TEST_DATABASE_ADMIN"]
COPY = f"tamper_copy_{os.getpid()}"

# ------------------------------------------------------------------------------------- what to break

def in_sql(*statements):
    """As superuser; FREE names a table whose triggers and checks are taken away."""
    def break_it(conninfo, _files):
        for statement in statements:
            if statement.startswith("FREE "):
                free(conninfo, statement.removeprefix("FREE "))
            else:
                sql(conninfo, statement)
    return break_it


def free(conninfo, table):
    sql(conninfo, f"alter table ledger.{table} disable trigger all")
    for (name,) in sql(conninfo, "select conname from pg_constraint where contype = 'c' and "
                                 f"conrelid = 'ledger.{table}'::regclass"):
        sql(conninfo, f'alter table ledger.{table} drop constraint "{name}"')


def flip(path, at):
    """One bit of a file."""
    def break_it(_conninfo, files):
        file = files / path
        content = bytearray(file.read_bytes())
        content[at] ^= 1
        file.chmod(0o644)
        file.write_bytes(content)
    return break_it


def replace(path, old, new):
    def break_it(_conninfo, files):
        file = files / path
        text = file.read_text()
        changed = re.sub(old, new, text, count=1)
        assert changed != text, path
        file.write_text(changed)
    return break_it


def remove(path):
    return lambda _conninfo, files: (files / path).unlink()


def cut(path, size):
    return lambda _conninfo, files: os.truncate(files / path, size)


USAGE = "tenant = 1 and stream = 0 and stream_seq = 150"  # in the second batch of three
SIZE = 614
TREE = {"checkpoint_root", "tile_mismatch"}  # a leaf is another one

TABLE = [
    # an entry
    ("a quantity", in_sql("FREE entry", f"update ledger.entry set quantity = 7 where {USAGE}"),
     {"entry_commitment"}),
    ("a window", in_sql("FREE entry", "update ledger.entry set window_from = window_from + "
                        f"interval '1 hour' where {USAGE}"), {"entry_commitment"}),
    ("the tenant of an entry", in_sql("FREE entry", "update ledger.entry set tenant = 2, "
                                      f"stream_seq = 300 where {USAGE}"),
     {"entry_commitment", "stream_gap", "stream_order", "dedup_mismatch"}),
    ("contributions", in_sql("FREE entry", f"update ledger.entry set contributions = 1 where {USAGE}"),
     {"entry_commitment", "dedup_mismatch"}),
    ("a column that nobody could write", in_sql(
        "FREE entry", f"update ledger.entry set quantity = null where {USAGE}"),
     {"entry_malformed", "stream_gap"}),
    ("a signature", in_sql("FREE entry", "update ledger.entry set signature = set_byte(signature, 3, "
                           f"get_byte(signature, 3) # 1) where {USAGE}"),
     {"entry_signature"} | TREE),
    ("a checksum", in_sql("FREE entry", "update ledger.entry set checksum = sha256(checksum) "
                          f"where {USAGE}"), {"entry_commitment", "entry_signature"} | TREE),
    ("a writer", in_sql("FREE entry", "update ledger.entry set writer = (select writer from "
                        f"ledger.entry where idx = 5) where {USAGE}"), {"entry_writer"} | TREE),
    ("an entry that is gone", in_sql("FREE entry", f"delete from ledger.entry where {USAGE}"),
     {"entry_missing", "stream_gap", "dedup_mismatch"} | TREE),
    ("two entries that changed places", in_sql(
        "FREE entry", "update ledger.entry set idx = -1 where idx = 20",
        "update ledger.entry set idx = 20 where idx = 21",
        "update ledger.entry set idx = 21 where idx = -1"),
     {"stream_gap", "stream_order"} | TREE),
    ("an entry that a superuser slips in", in_sql(
        "FREE entry",
        "create temporary table e as select * from ledger.entry where idx = 20; update e set "
        f"idx = {SIZE}, stream_seq = 300, quantity = 1; insert into ledger.entry select * from e; "
        f"update ledger.head set size = {SIZE + 1}"),
     {"entry_commitment"}),
    ("an operator", in_sql("FREE entry", "update ledger.entry set operator = sha256('') where idx = 5"),
     {"entry_commitment", "entry_operator"}),

    # a database that was set back
    ("the end of the book", in_sql(
        "FREE entry", "FREE document", "FREE content", "FREE head", "FREE money_head",
        "FREE number_head", f"delete from ledger.entry where idx >= {SIZE - 3}",
        f"delete from ledger.content where idx >= {SIZE - 3}", "delete from ledger.document",
        "delete from ledger.money_head", "delete from ledger.number_head",
        f"update ledger.head set size = {SIZE - 3}, control_index = 7"),
     {"checkpoint_ahead", "tile_mismatch"}),

    # receipts and what is beside them
    ("what a receipt accepted", in_sql(
        "FREE receipt", "update ledger.receipt set accepted = accepted - 1, duplicate = duplicate + 1 "
        "where from_offset = 402"), {"entry_commitment", "receipt_accepted"}),
    ("a receipt's records", in_sql("FREE receipt", "update ledger.receipt set records = records - 1 "
                                   "where from_offset = 402"), {"entry_commitment", "receipt_totals"}),
    ("where a receipt ends", in_sql("FREE receipt", "update ledger.receipt set to_offset = to_offset + "
                                    "1 where from_offset = 402"),
     {"entry_commitment", "receipt_gap", "batch_unknown"}),
    ("a receipt's control index", in_sql("FREE receipt", "update ledger.receipt set control_index = "
                                         "100 where from_offset = 402"),
     {"entry_commitment", "receipt_order"}),
    ("a receipt that is gone", in_sql("FREE receipt", "delete from ledger.receipt where from_offset = "
                                      "402"),
     {"receipt_mismatch", "receipt_gap", "receipt_quarantine", "stream_gap"}),
    ("an assignment's start", in_sql("FREE receipt", "FREE assignment",
                                     "update ledger.assignment set start = 1"),
     {"receipt_mismatch", "receipt_gap"}),
    ("a quarantined record that is gone", in_sql(
        "FREE quarantine", "delete from ledger.quarantine where record_offset < 402"),
     {"receipt_quarantine"}),
    ("a quarantined record of nobody", in_sql(
        "FREE quarantine", "update ledger.quarantine set record_offset = 100000 where record_offset < "
        "402"), {"receipt_quarantine"}),
    ("a step that is gone", in_sql("FREE slot_step", "delete from ledger.slot_step where slot = 4 and "
                                   "step = 2"),
     {"step_gap", "step_mismatch", "dedup_mismatch", "receipt_accepted"}),
    ("a step's last number", in_sql("FREE slot_step", "update ledger.slot_step set last_seqs = "
                                    "array[last_seqs[1] - 1] where slot = 4 and step = 2"),
     {"step_mismatch"}),
    ("a slot", in_sql("update ledger.slot set step = 2 where slot = 4"), {"head_mismatch"}),
    ("identities that are gone", in_sql("delete from ledger.dedup_block where slot = 4 and step = 2"),
     {"receipt_accepted"}),
    ("a series that is gone", in_sql(
        "FREE series", "delete from ledger.series where tenant = 1 and series = (select series from "
        f"ledger.entry where {USAGE})"), {"series_missing"}),
    ("a descriptor", in_sql(
        "FREE series", "update ledger.series set descriptor = descriptor || '\\x00' where tenant = 1 "
        f"and series = (select series from ledger.entry where {USAGE})"), {"series_mismatch"}),

    # what people decided, documents, money
    ("a catalog", in_sql(
        "FREE content", "update ledger.content set content = replace(content, 'gpu_time', 'gpu_tame') "
        "where kind = 7"), {"content_mismatch", "content_malformed"}),
    ("a tenant's content, with its hash", in_sql(
        "FREE content", "update ledger.content set content = replace(content, 'Acme', 'Acne') where "
        "idx = 5", "update ledger.content set hash = sha256(convert_to(content, 'UTF8'))"),
     {"content_mismatch", "registry_mismatch"}),
    ("a tenant's content that is no JSON", in_sql(
        "FREE content", "update ledger.content set content = 'x' where idx = 5"),
     {"content_mismatch", "content_malformed", "registry_mismatch"}),
    ("a content that is gone", in_sql("FREE content", "delete from ledger.content where kind = 7"),
     {"content_missing"}),
    ("a grant that is gone", in_sql("FREE content", "delete from ledger.content where idx = 3"),
     {"content_missing", "entry_writer"}),
    ("a tenant's name", in_sql("update ledger.tenant set name = 'Acne' where tenant = 1"),
     {"registry_mismatch"}),
    ("an invoice's total", in_sql("FREE document", "update ledger.document set total = 12344"),
     {"document_mismatch"}),
    ("the sign of an invoice", in_sql(
        "FREE content", "update ledger.content set content = replace(content, '123.45', '-123.45') "
        "where kind = 5"), {"content_mismatch", "document_mismatch"}),
    ("the decimals of an invoice", in_sql(
        "FREE content", "update ledger.content set content = replace(content, '123.45', '12.345') "
        "where kind = 5"), {"content_mismatch", "document_mismatch"}),
    ("an invoice that is no JSON", in_sql(
        "FREE content", "update ledger.content set content = 'x' where kind = 5"),
     {"content_mismatch", "content_malformed", "document_mismatch"}),
    ("a transfer the other way", in_sql(
        "FREE entry", "update ledger.entry set debit = credit, credit = debit where kind = 4"),
     {"entry_commitment"}),
    ("an invoice's number", in_sql("FREE document", "update ledger.document set number = 2"),
     {"document_number", "head_mismatch"}),
    ("an invoice that is gone", in_sql("FREE document", "delete from ledger.document"),
     {"document_mismatch"}),
    ("a transfer", in_sql("FREE entry", "update ledger.entry set amount = 12344 where kind = 4"),
     {"entry_commitment", "document_mismatch"}),
    ("a money head", in_sql("update ledger.money_head set next_seq = 2"), {"head_mismatch"}),

    # the tree's rows
    ("a tile", in_sql("FREE tile", "update ledger.tile set hashes = set_byte(hashes, 40, get_byte("
                      "hashes, 40) # 1) where level = 0 and number = 1"), {"tile_mismatch"}),
    ("a tile that is gone", in_sql("FREE tile", "delete from ledger.tile where level = 0 and number = "
                                   "1"), {"tile_missing"}),
    ("a tile above", in_sql("FREE tile", "update ledger.tile set hashes = set_byte(hashes, 40, "
                            "get_byte(hashes, 40) # 1) where level = 1"), {"tile_mismatch"}),
    ("a note", in_sql("FREE checkpoint", "update ledger.checkpoint set note = replace(note, 'ledger."
                      "test', 'ledger.tost') where signed and size = 5"), {"checkpoint_malformed"}),
    ("a note's signature", in_sql(
        "FREE checkpoint", "update ledger.checkpoint set note = left(note, -8) || 'AAAAAA=' || "
        "chr(10) where signed and size = 5"), {"checkpoint_signature"}),
    ("a root that was begun", in_sql("FREE checkpoint", "update ledger.checkpoint set root = "
                                     "sha256(root) where not signed and size = 5"), {"checkpoint_root"}),
    ("a signed row that is gone", in_sql(
        "FREE checkpoint", f"delete from ledger.checkpoint where signed and size = {SIZE}"),
     {"checkpoint_missing"}),

    # files
    ("the state file's root", replace("keys/seal.state", r"\n[A-Za-z0-9+/]{4}", "\\nAAAA"),
     {"state_file"}),
    ("the state file, set back", replace("keys/seal.state", str(SIZE), "5"), {"state_file"}),
    ("the published checkpoint's size", replace("archive/public/checkpoint", r"\n614\n", "\\n613\\n"),
     {"checkpoint_signature", "leaves_missing"}),
    ("the published checkpoint's signature", replace("archive/public/checkpoint", r".{7}=\n$",
                                                     "AAAAAAA=\\n"), {"checkpoint_signature"}),
    ("a tile's file", flip("archive/public/tile/0/001", 40), {"tile_mismatch"}),
    ("a tile's file that is gone", remove("archive/public/tile/0/001"), {"tile_missing"}),
    ("a tile's file that is short", cut("archive/public/tile/0/001", 32), {"tile_mismatch"}),
    ("a leaf's signature in the archive", flip("archive/public/tile/entries/001", 2 + 40),
     {"entry_signature"} | TREE),
    ("leaves that are gone", remove("archive/public/tile/entries/001"), {"leaves_missing"}),
    ("leaves that are short", cut("archive/public/tile/entries/001", 200), {"leaves_malformed"}),
    ("the body of a key", replace("archive/public/keys/1.json", "body\":\"4", "body\":\"5"),
     {"key_body_mismatch", "entry_writer"}),
    ("the content of a key", replace("archive/public/keys/1.json", "ingest", "invest"),
     {"key_body_mismatch", "entry_writer"}),
    ("the body of a key that is gone", remove("archive/public/keys/1.json"),
     {"key_body_missing", "entry_writer"}),
]

# --------------------------------------------------------------------------------------- the ledger

def ledger(conninfo, files, *arguments, check=True):
    return run("daybook-ledger", *arguments, "--database", conninfo, "--keys", files / "keys",
               "--archive", files / "archive", check=check)


def make_base():
    conninfo = new_database("tamper")
    BASE.mkdir()
    ledger(conninfo, BASE, "migrate")
    ledger(conninfo, BASE, "init", "--origin", "ledger.test/tamper")
    ledger(conninfo, BASE, "tenant", "add", "acme", "--name", "Acme GmbH", "--zone", "Asia/Kolkata")
    ledger(conninfo, BASE, "tenant", "add", "beta", "--zone", "Europe/Berlin")
    ledger(conninfo, BASE, "catalog", "apply", "deploy/examples/catalog.json")
    run("sample_ledger", conninfo, KEYS, ARCHIVE / "public/checkpoint", "3", "100", "invoice")
    ledger(conninfo, BASE, "seal", "--once")
    return conninfo


def found_by(*command):
    """The words of a tool's findings; its status must agree."""
    result = run(*command, check=False)
    words = set(re.findall(r"^FINDING (\w+)", result.stdout, re.MULTILINE))
    if result.returncode != (1 if words else 0):
        diag(f"status {result.returncode}: {result.stdout[-500:]}{result.stderr[-500:]}")
        words.add(f"status_{result.returncode}")
    return words


def look(conninfo, files):
    return found_by("daybook-ledger", "audit", "--database", conninfo, "--keys", files / "keys",
                    "--archive", files / "archive") | \
        found_by("daybook-verify", "log", files / "archive/public", "--vkey", KEYS / "log.vkey",
                 "--root", KEYS / "root.vkey")


def try_row(base_name, name, break_it, expected):
    files = WORK / "copy"
    conninfo = f"{ADMIN} dbname={COPY}"
    shutil.rmtree(files, ignore_errors=True)
    subprocess.run(["cp", "-a", BASE, files], check=True)
    sql(ADMIN, f"drop database if exists {COPY}")
    sql(ADMIN, f"create database {COPY} template {base_name}")
    try:
        break_it(conninfo, files)
        is_(sorted(look(conninfo, files)), sorted(expected), name)
    finally:
        sql(ADMIN, f"drop database if exists {COPY} with (force)")


def main():
    base = make_base()
    base_name = re.search(r"dbname=(tamper\w+)", base)[1]
    ok(look(base, BASE) == set(), "the whole ledger is verified")
    chosen = sys.argv[1:]
    for name, break_it, expected in TABLE:
        if not chosen or name in chosen:
            try_row(base_name, name, break_it, expected)
    done_testing()


main()
