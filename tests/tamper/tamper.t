#!/usr/bin/env python3
"""Whatever is changed in a sealed ledger is found, by its fixed word and no other.

Each row breaks a copy of a small ledger, as a superuser who disables triggers and constraints can, or
as somebody with the files can; what `daybook-ledger audit` and `daybook-verify log` report together
must be exactly the set that the row names. The whole copies are verified first, and again at the end,
which counts what was broken and what was found.
"""

import concurrent.futures
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from breaking import Copies, Count, copy_database, copy_files, database_of, found_by  # noqa: E402
from document import forge_document  # noqa: E402
from forge import Thief, read_note, witness  # noqa: E402
from harness import WORK, diag, done_testing, is_, new_database, run, sql  # noqa: E402

BASE = WORK / "base"
KEYS = BASE / "keys"
ARCHIVE = BASE / "archive"
ORIGIN = "ledger.test/tamper"
WORKERS = 2

# ------------------------------------------------------------------------------------- what to break

def in_sql(*statements):
    """As superuser, in a copy without triggers and constraints."""
    return lambda conninfo, _files: sql(conninfo, ";".join(statements))


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


def twice(table, where):
    """The same row once more."""
    return in_sql(f"insert into ledger.{table} select * from ledger.{table} where {where}")


def sign_again(where, **changes):
    """An entry's columns are changed, and it is signed again with the stolen writer key."""
    def break_it(conninfo, files):
        thief, row = Thief(files / "keys"), usage_row(conninfo, where)
        row.update(changes)
        checksum, signature, writer = thief.usage(ORIGIN, row)
        sql(conninfo, f"update ledger.entry set quantity = {row['quantity']}, checksum = "
                      f"'\\x{checksum}', signature = '\\x{signature}', writer = '\\x{writer}' "
                      f"where {where}")
    return break_it


def slip_in(revoke):
    """One more entry at the end of the book, well signed by a writer key that was stolen; and by one
    that was revoked before: in a copy with its constraints, which revoking needs."""
    def break_it(conninfo, files):
        if revoke:
            sql(conninfo, "alter table ledger.entry disable trigger all")
            ledger(conninfo, files, "key", "revoke", files / "keys/ingest.vkey")
            ledger(conninfo, files, "seal", "--once")
        thief, row = Thief(files / "keys"), usage_row(conninfo, "idx = 20")
        row.update(stream_seq=300, batch="00" * 16)
        checksum, signature, writer = thief.usage(ORIGIN, row)
        sql(conninfo, "create temporary table e as select * from ledger.entry where idx = 20; update e "
                      "set idx = (select size from ledger.head), stream_seq = 300, batch = "
                      f"decode(repeat('00', 16), 'hex'), checksum = '\\x{checksum}', signature = "
                      f"'\\x{signature}', writer = '\\x{writer}'; insert into ledger.entry select * "
                      "from e; update ledger.head set size = size + 1")
    return break_it


def issue_for(approver="approver", revoked=None):
    """A thief of the writer's and of people's keys issues one more document, with all that belongs to it,
    where the checks are taken away; and the sealer seals it."""
    def break_it(conninfo, files):
        if revoked:
            ledger(conninfo, files, "key", "revoke", files / f"keys/{revoked}.vkey")
        for table in ("review", "approval", "document"):
            sql(conninfo, f"alter table ledger.{table} disable trigger all")
            for (name,) in sql(conninfo, "select conname from pg_constraint where contype = 'c' and "
                                         f"conrelid = 'ledger.{table}'::regclass"):
                sql(conninfo, f'alter table ledger.{table} drop constraint "{name}"')
        forge_document(conninfo, Thief(files / "keys"), ORIGIN, approver)
        ledger(conninfo, files, "seal", "--once")
    WHOLE.append(break_it)
    return break_it


def usage_row(conninfo, where):
    columns = ("tenant", "stream_seq", "batch", "series", "from_us", "length_seconds", "quantity",
               "contributions")
    return dict(zip(columns, sql(
        conninfo, "select tenant, stream_seq, encode(batch, 'hex'), encode(series, 'hex'), (extract("
                  "epoch from window_from) * 1000000)::bigint, length_seconds, quantity, contributions "
                  f"from ledger.entry where {where}")[0]))


def publish(make):
    """Another checkpoint is published: make(thief, origin, size, root)."""
    def break_it(_conninfo, files):
        file = files / "archive/public/checkpoint"
        origin, size, root = read_note(file.read_text())
        file.write_text(make(Thief(files / "keys"), origin, size, root))
    return break_it


def remove(path):
    return lambda _conninfo, files: (files / path).unlink()


def cut(path, size):
    return lambda _conninfo, files: os.truncate(files / path, size)


REVOKED = slip_in(revoke=True)
WHOLE = [REVOKED]  # in a copy with its constraints, which programs need
USAGE = "tenant = 1 and stream = 0 and stream_seq = 150"  # in the second batch of three
SIZE = 615
TREE = {"checkpoint_root", "tile_mismatch"}  # a leaf is another one

TABLE = [
    ("entries", "a quantity", in_sql(f"update ledger.entry set quantity = 7 where {USAGE}"),
     {"entry_commitment"}),
    ("entries", "a window", in_sql("update ledger.entry set window_from = window_from + "
                        f"interval '1 hour' where {USAGE}"), {"entry_commitment"}),
    ("entries", "the tenant of an entry", in_sql("update ledger.entry set tenant = 2, "
                                      f"stream_seq = 300 where {USAGE}"),
     {"dedup_mismatch", "entry_commitment", "step_mismatch", "stream_gap", "stream_order"}),
    ("entries", "contributions", in_sql(f"update ledger.entry set contributions = 1 where {USAGE}"),
     {"entry_commitment", "dedup_mismatch"}),
    ("entries", "a column that nobody could write", in_sql(
        f"update ledger.entry set quantity = null where {USAGE}"),
     {"entry_malformed", "stream_gap"}),
    ("entries", "a signature", in_sql("update ledger.entry set signature = set_byte(signature, 3, "
                           f"get_byte(signature, 3) # 1) where {USAGE}"),
     {"entry_signature"} | TREE),
    ("entries", "a checksum", in_sql("update ledger.entry set checksum = sha256(checksum) "
                          f"where {USAGE}"), {"entry_commitment", "entry_signature"} | TREE),
    ("entries", "a writer", in_sql("update ledger.entry set writer = (select writer from "
                        f"ledger.entry where idx = 6) where {USAGE}"), {"entry_writer"} | TREE),
    ("entries", "an entry that is gone", in_sql(f"delete from ledger.entry where {USAGE}"),
     {"entry_missing", "stream_gap", "dedup_mismatch"} | TREE),
    ("entries", "two entries that changed places", in_sql(
        "update ledger.entry set idx = -1 where idx = 20",
        "update ledger.entry set idx = 20 where idx = 21",
        "update ledger.entry set idx = 21 where idx = -1"),
     {"stream_gap", "stream_order"} | TREE),
    ("entries", "an entry that a superuser slips in", in_sql(
        "create temporary table e as select * from ledger.entry where idx = 20; update e set "
        f"idx = {SIZE}, stream_seq = 300, quantity = 1; insert into ledger.entry select * from e; "
        f"update ledger.head set size = {SIZE + 1}"),
     {"entry_commitment", "step_mismatch"}),
    ("entries", "an operator", in_sql("update ledger.entry set operator = sha256('') where idx = 6"),
     {"entry_commitment", "entry_operator", "journal_mismatch"}),

    ("stolen and revoked keys", "a quantity, signed again with the writer's stolen key", sign_again(USAGE, quantity=7), TREE),
    ("stolen and revoked keys", "an entry that a thief of the writer's key slips in", slip_in(revoke=False),
     {"correction_target", "step_mismatch"}),
    ("stolen and revoked keys", "an entry of a key that was revoked", REVOKED, {"correction_target", "entry_writer", "step_mismatch"}),

    ("doubled rows", "an entry twice", twice("entry", USAGE), {"entry_malformed"}),
    ("doubled rows", "a receipt twice", twice("receipt", "from_offset = 402"),
     {"batch_unknown", "entry_malformed", "journal_mismatch", "receipt_accepted", "receipt_gap",
      "receipt_mismatch"}),
    ("doubled rows", "a step twice", twice("slot_step", "slot = 4 and step = 2"),
     {"dedup_mismatch", "step_gap", "step_mismatch"}),
    ("doubled rows", "a slot twice", twice("slot", "slot = 4"), {"row_doubled"}),
    ("doubled rows", "a series twice", twice("series", "tenant = 2"), {"row_doubled"}),
    ("doubled rows", "a content twice", twice("content", "kind = 7"), {"row_doubled"}),
    ("doubled rows", "an invoice twice", twice("document", "true"),
     {"document_number", "document_range", "row_doubled"}),
    ("doubled rows", "a quarantined record twice", twice("quarantine", "record_offset < 402"),
     {"receipt_quarantine"}),
    ("doubled rows", "a tile twice", twice("tile", "level = 0 and number = 1"), {"row_doubled"}),
    ("doubled rows", "a money head twice", twice("money_head", "true"), {"row_doubled"}),
    ("doubled rows", "an identity's block twice", in_sql(
        "alter table ledger.dedup_block drop constraint dedup_block_pkey cascade",
        "insert into ledger.dedup_block select * from ledger.dedup_block where slot = 4 and step = 2"),
     {"dedup_mismatch", "receipt_accepted"}),

    ("cut and set back", "a database that is as it was before all usage", "EARLY",
     {"checkpoint_ahead", "checkpoint_missing", "journal_mismatch"}),
    ("cut and set back", "the end of the book", in_sql(
        f"delete from ledger.entry where idx >= {SIZE - 3}",
        f"delete from ledger.content where idx >= {SIZE - 3}", "delete from ledger.document",
        "delete from ledger.money_head", "delete from ledger.number_head",
        f"update ledger.head set size = {SIZE - 3}, control_index = 8"),
     {"checkpoint_ahead", "journal_mismatch", "tile_mismatch"}),

    ("receipts, steps, identities", "what a receipt accepted", in_sql(
        "update ledger.receipt set accepted = accepted - 1, duplicate = duplicate + 1 "
        "where from_offset = 402"), {"entry_commitment", "journal_mismatch", "receipt_accepted"}),
    ("receipts, steps, identities", "a receipt's records", in_sql("update ledger.receipt set records = records - 1 "
                                   "where from_offset = 402"),
     {"entry_commitment", "journal_mismatch", "receipt_totals"}),
    ("receipts, steps, identities", "where a receipt ends", in_sql("update ledger.receipt set to_offset = to_offset + "
                                    "1 where from_offset = 402"),
     {"batch_unknown", "entry_commitment", "journal_mismatch", "receipt_gap"}),
    ("receipts, steps, identities", "a receipt's control index", in_sql("update ledger.receipt set control_index = "
                                         "100 where from_offset = 402"),
     {"entry_commitment", "journal_mismatch", "receipt_order", "step_mismatch"}),
    ("receipts, steps, identities", "a receipt that is gone", in_sql("delete from ledger.receipt where from_offset = "
                                      "402"),
     {"journal_mismatch", "receipt_gap", "receipt_mismatch", "receipt_quarantine", "step_mismatch",
      "stream_gap"}),
    ("receipts, steps, identities", "an assignment's start", in_sql("update ledger.assignment set start = 1"),
     {"receipt_mismatch", "receipt_gap"}),
    ("receipts, steps, identities", "a quarantined record that is gone", in_sql(
        "delete from ledger.quarantine where record_offset < 402"),
     {"receipt_quarantine"}),
    ("receipts, steps, identities", "a quarantined record of nobody", in_sql(
        "update ledger.quarantine set record_offset = 100000 where record_offset < "
        "402"), {"receipt_quarantine"}),
    ("receipts, steps, identities", "a step that is gone", in_sql("delete from ledger.slot_step where slot = 4 and "
                                   "step = 2"),
     {"step_gap", "step_mismatch", "dedup_mismatch", "receipt_accepted"}),
    ("receipts, steps, identities", "a step's last number", in_sql("update ledger.slot_step set last_seqs = "
                                    "array[last_seqs[1] - 1] where slot = 4 and step = 2"),
     {"step_mismatch"}),
    ("receipts, steps, identities", "a slot", in_sql("update ledger.slot set step = 2 where slot = 4"), {"head_mismatch"}),
    ("receipts, steps, identities", "identities that are gone", in_sql("delete from ledger.dedup_block where slot = 4 and step = 2"),
     {"receipt_accepted", "step_mismatch"}),
    ("receipts, steps, identities", "a series that is gone", in_sql(
        "delete from ledger.series where tenant = 1 and series = (select series from "
        f"ledger.entry where {USAGE})"), {"series_missing"}),
    ("receipts, steps, identities", "a descriptor", in_sql(
        "update ledger.series set descriptor = descriptor || '\\x00' where tenant = 1 "
        f"and series = (select series from ledger.entry where {USAGE})"), {"series_mismatch"}),

    ("contents, documents, money", "a catalog", in_sql(
        "update ledger.content set content = replace(content, 'gpu_time', 'gpu_tame') "
        "where kind = 7"), {"content_malformed", "content_mismatch", "journal_mismatch"}),
    ("contents, documents, money", "a tenant's content, with its hash", in_sql(
        "update ledger.content set content = replace(content, 'Acme', 'Acne') where "
        "idx = 6", "update ledger.content set hash = sha256(convert_to(content, 'UTF8'))"),
     {"content_mismatch", "journal_mismatch", "registry_mismatch"}),
    ("contents, documents, money", "a tenant's content that is no JSON", in_sql(
        "update ledger.content set content = 'x' where idx = 6"),
     {"content_malformed", "content_mismatch", "journal_mismatch", "registry_mismatch"}),
    ("contents, documents, money", "a content that is gone", in_sql("delete from ledger.content where kind = 7"),
     {"content_missing", "journal_mismatch"}),
    ("contents, documents, money", "a grant that is gone", in_sql("delete from ledger.content where idx = 3"),
     {"content_missing", "entry_writer", "journal_mismatch"}),
    ("contents, documents, money", "a tenant's name", in_sql("update ledger.tenant set name = 'Acne' where tenant = 1"),
     {"registry_mismatch"}),
    ("contents, documents, money", "an invoice's total", in_sql("update ledger.document set total = 12344"),
     {"document_mismatch"}),
    ("contents, documents, money", "the sign of an invoice", in_sql(
        "update ledger.content set content = replace(content, '123.45', '-123.45') "
        "where kind = 5"), {"content_mismatch", "document_mismatch", "document_signoff", "journal_mismatch"}),
    ("contents, documents, money", "the decimals of an invoice", in_sql(
        "update ledger.content set content = replace(content, '123.45', '12.345') "
        "where kind = 5"), {"content_mismatch", "document_mismatch", "document_signoff", "journal_mismatch"}),
    ("contents, documents, money", "an invoice that is no JSON", in_sql(
        "update ledger.content set content = 'x' where kind = 5"),
     {"content_malformed", "content_mismatch", "document_mismatch", "journal_mismatch"}),
    ("contents, documents, money", "a transfer the other way", in_sql(
        "update ledger.entry set debit = credit, credit = debit where kind = 4"),
     {"entry_commitment", "journal_mismatch"}),
    ("contents, documents, money", "an invoice's number", in_sql("update ledger.document set number = 2"),
     {"document_mismatch", "document_number", "head_mismatch"}),
    ("contents, documents, money", "an invoice that is gone", in_sql("delete from ledger.document"),
     {"document_mismatch", "head_mismatch"}),
    ("contents, documents, money", "a transfer", in_sql("update ledger.entry set amount = 12344 where kind = 4"),
     {"document_mismatch", "entry_commitment", "journal_mismatch"}),
    ("contents, documents, money", "a document, by a thief of every key that it takes", issue_for(), set()),
    ("contents, documents, money", "a document whose approver is its drafter", issue_for(approver="operator"),
     {"document_signoff"}),
    ("contents, documents, money", "a document that nobody signed off", issue_for(approver=None),
     {"document_signoff"}),
    ("contents, documents, money", "a document whose approver was revoked", issue_for(revoked="approver"),
     {"document_signoff"}),
    ("contents, documents, money", "a document of an operator who was revoked", issue_for(revoked="operator"),
     {"document_signoff", "entry_operator"}),
    ("contents, documents, money", "a money head", in_sql("update ledger.money_head set next_seq = 2"), {"head_mismatch"}),

    ("the tree's rows", "a tile", in_sql("update ledger.tile set hashes = set_byte(hashes, 40, get_byte("
                      "hashes, 40) # 1) where level = 0 and number = 1"), {"tile_mismatch"}),
    ("the tree's rows", "a tile that is gone", in_sql("delete from ledger.tile where level = 0 and number = "
                                   "1"), {"tile_missing"}),
    ("the tree's rows", "a tile above", in_sql("update ledger.tile set hashes = set_byte(hashes, 40, "
                            "get_byte(hashes, 40) # 1) where level = 1"), {"tile_mismatch"}),
    ("the tree's rows", "a note", in_sql("update ledger.checkpoint set note = replace(note, 'ledger."
                      "test', 'ledger.tost') where signed and size = 6"), {"checkpoint_malformed"}),
    ("the tree's rows", "a note's signature", in_sql(
        "update ledger.checkpoint set note = left(note, -8) || 'AAAAAA=' || "
        "chr(10) where signed and size = 6"), {"checkpoint_signature"}),
    ("the tree's rows", "a root that was begun", in_sql("update ledger.checkpoint set root = "
                                     "sha256(root) where not signed and size = 6"),
     {"checkpoint_root"}),
    ("the tree's rows", "a signed row that is gone", in_sql(
        f"delete from ledger.checkpoint where signed and size = {SIZE}"),
     {"checkpoint_missing", "witness_signature"}),

    ("forged checkpoints", "a checkpoint that another key signed under the log's name", publish(
        lambda thief, origin, size, root: thief.note(origin, size, root, seed=b"x" * 32)),
     {"checkpoint_signature"}),
    ("forged checkpoints", "a checkpoint of another log", publish(
        lambda thief, origin, size, root: thief.note("ledger.test/other", size, root)),
     {"checkpoint_malformed", "checkpoint_signature", "key_chain"}),
    ("forged checkpoints", "a checkpoint for another root, signed with the log's stolen key", publish(
        lambda thief, origin, size, root: thief.note(origin, size, bytes(32))),
     {"checkpoint_root"}),
    ("forged checkpoints", "a checkpoint for more than there is, signed with the log's stolen key", publish(
        lambda thief, origin, size, root: thief.note(origin, size + 1, root)),
     {"checkpoint_ahead", "checkpoint_missing", "leaves_missing"}),
    ("forged checkpoints", "a checkpoint for less than was signed, signed with the log's stolen key", publish(
        lambda thief, origin, size, root: thief.note(origin, size - 1, root)),
     {"checkpoint_root", "leaves_missing"}),

    ("files", "the state file's root", replace("keys/seal.state", r"\n[A-Za-z0-9+/]{4}", "\\nAAAA"),
     {"state_file"}),
    ("files", "the state file, set back", replace("keys/seal.state", str(SIZE), "5"), {"state_file"}),
    ("files", "the published checkpoint's size", replace("archive/public/checkpoint", rf"\n{SIZE}\n", f"\\n{SIZE - 1}\\n"),
     {"checkpoint_signature", "leaves_missing"}),
    ("files", "the published checkpoint's signature", replace("archive/public/checkpoint", r".{7}=\n$",
                                                     "AAAAAAA=\\n"), {"checkpoint_signature"}),
    ("files", "a tile's file", flip("archive/public/tile/0/001", 40), {"tile_mismatch"}),
    ("files", "a tile's file that is gone", remove("archive/public/tile/0/001"), {"tile_missing"}),
    ("files", "a tile's file that is short", cut("archive/public/tile/0/001", 32), {"tile_mismatch"}),
    ("files", "a leaf's signature in the archive", flip("archive/public/tile/entries/001", 2 + 40),
     {"entry_signature"} | TREE),
    ("files", "leaves that are gone", remove("archive/public/tile/entries/001"), {"leaves_missing"}),
    ("files", "leaves that are short", cut("archive/public/tile/entries/001", 200), {"leaves_malformed"}),
    ("files", "the body of a key", replace("archive/public/keys/1.json", "body\":\"4", "body\":\"5"),
     {"key_body_mismatch", "entry_writer"}),
    ("files", "the content of a key", replace("archive/public/keys/1.json", "ingest", "invest"),
     {"key_body_mismatch", "entry_writer"}),
    ("files", "the body of a key that is gone", remove("archive/public/keys/1.json"),
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
    ledger(conninfo, BASE, "init", "--origin", ORIGIN)
    ledger(conninfo, BASE, "tenant", "add", "acme", "--name", "Acme GmbH", "--zone", "Asia/Kolkata")
    ledger(conninfo, BASE, "tenant", "add", "beta", "--zone", "Europe/Berlin")
    ledger(conninfo, BASE, "catalog", "apply", "deploy/examples/catalog.json")
    early = copy_database(conninfo, f"{database_of(conninfo)}_early")
    run("sample_ledger", conninfo, KEYS, ARCHIVE / "public/checkpoint", "3", "100", "invoice")
    ledger(conninfo, BASE, "seal", "--once")
    witness(ARCHIVE, KEYS / "log.vkey", BASE / "policy")
    ledger(conninfo, BASE, "seal", "--once")
    return conninfo, early


def audit(conninfo, files):
    return found_by("daybook-ledger", "audit", "--database", conninfo, "--keys", files / "keys",
                    "--archive", files / "archive", "--policy", files / "policy")


def verify(files):
    return found_by("daybook-verify", "log", files / "archive/public", "--policy", BASE / "policy",
                    "--root", KEYS / "root.vkey")


def look(conninfo, files):
    (words, said), (more, too) = audit(conninfo, files), verify(files)
    return words | more, said + too


def try_row(base, early, copies, number, break_it):
    """What is found after something was broken so."""
    if break_it == "EARLY":
        return look(early, BASE)
    with copy_files(BASE, number) as files:
        if break_it in WHOLE:
            conninfo = copy_database(base, f"{database_of(base)}_whole_{number}")
            break_it(conninfo, files)
            return look(conninfo, files)
        with copies.one() as conninfo:
            break_it(conninfo, files)
            return look(conninfo, files)


def main():
    base, early = make_base()
    copies, count = Copies(base, WORKERS), Count()
    for conninfo in [base, *copies.all]:
        is_(look(conninfo, BASE)[0], set(), "the whole ledger is verified" if conninfo == base else
            "and so is a copy without constraints")
    chosen = [row for row in TABLE if len(sys.argv) == 1 or row[1] in sys.argv]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tries = [pool.submit(try_row, base, early, copies, number, row[2])
                 for number, row in enumerate(chosen)]
        for (group, name, _, expected), one in zip(chosen, tries):
            found, said = one.result()
            count.add(group, expected, found)
            if not is_(sorted(found), sorted(expected), name):
                diag(said)
    for conninfo in copies.all:
        is_(sorted(audit(conninfo, BASE)[0]), [], "at the end a copy is whole again")
    count.show()
    done_testing()


main()
