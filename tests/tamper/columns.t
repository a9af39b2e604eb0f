#!/usr/bin/env python3
# takes up to 1200 s
"""Every column of every table is found when it is changed, or it is said here why it is not.

The rows are those of information_schema: a column without a row fails, so does a row without a
column. Each is changed in a copy of a ledger with two months, two invoices and their bundles, as a
superuser who has taken triggers and constraints away can; what `daybook-ledger audit` reports must be
exactly the set that stands here. The whole ledger is verified first, and so are the copies without
constraints. So is every table, a row gone and a row twice, and every file of the archive: one bit of
it, and the file gone. `columns.t PART…` tries only what has that in its name, `--show` prints what
was said.
"""

import concurrent.futures
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from book import POLICY, audit, make_book  # noqa: E402
from breaking import Copies, Count, copy_files, found_by  # noqa: E402
from harness import diag, done_testing, is_, sql  # noqa: E402

WORKERS = 2

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
    "slot": "slot = 4", "slot_step": "slot = 4 and step = 2", "entry": "idx = 301",
    "series": "(tenant, series) = (select tenant, series from ledger.entry where idx = 301)",
    "receipt": "from_offset = (select max(from_offset) from ledger.receipt)",
    "assignment": "stream = 17", "content": "kind = 5 and idx > 100",
    "document": "number = 2", "review": "period_idx > 100", "approval": "period_idx > 100", "bundle": "idx > 100",
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
    "dedup_block.ids": "ids || ids", "disposition.file": "sha256('')", "entry.corrected_seq": "1", "entry.reason": "1",
    "entry.debit": "series", "entry.credit": "series", "entry.amount": "1",
    "entry.currency": "'EUR'", "entry.exponent": "2", "entry.code": "1", "entry.document": "series",
    "entry.subject": "series", "entry.version": "1", "entry.content_hash": "series",
    "entry.operator": "series", "quarantine.key": "'k'", "quarantine.headers": "'\\x00000001'",
    "sequence.runs": "'\\x0400'",
    "receipt.prev_to": "from_offset", "slot_step.hours": "hours || 1", "slot_step.floor_hour": "1",
    "slot_step.tenants": "tenants || tenants", "slot_step.last_seqs": "array[last_seqs[1] - 1]",
    "token.expires_at": "now()", "token.revoked_at": "now()", "token.scopes": "scopes || scopes",
    "token.tenants": "tenants || 2::bigint", "progress.complete_through": "null",
}

UNSIGNED = {  # what no finding follows from, and why
    "assignment": "cluster_id: each claim compares it with the broker's; a claim is signed by nobody",
    "bundle": "a bundle that is not there is one that is made again",
    "checkpoint": "for people: no time is in a checkpoint, witnesses' cosignatures carry it",
    "entry": "recorded_at is for people; the body has no wall clock",
    "cosignature": "for people; and a line that is lost proves nothing wrong: its witness has it",
    "progress": "for dashboards, beside the book",
    "quarantine": "what ingest read in the record: daybook-ingest audit reads it again "
                  "(tests/scenarios/ingest_audit.t changes each of these)",
    "schema_version": "for people; a file is known by its hash",
    "sequence": "beside the book: daybook-ingest audit makes it from the records again (tests/scenarios/gaps.t)",
    "token": "who may read, beside the book: no signature, and nothing billed, rests on it",
}

# table: {columns: the findings}; could_not_look is the status 2 of an audit without its log
EXPECTED = {
    "approval": {
        "log tenant period_idx drafter operator signature": "document_mismatch journal_mismatch",
        "version draft_hash recorded_at": "journal_mismatch",
    },
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
        "log": "bundle_stored checkpoint_missing witness_signature",
        "size": "checkpoint_malformed witness_signature",
        "root": "checkpoint_malformed",
        "signed": "checkpoint_malformed row_doubled witness_signature",
        "note": "bundle_stored checkpoint_malformed checkpoint_missing witness_signature",
        "recorded_at": "",
    },
    "content": {
        "log": "content_missing document_mismatch journal_mismatch",
        "idx": "content_mismatch content_missing document_mismatch journal_mismatch",
        "kind tenant version hash": "content_mismatch",
        "subject_id": "content_mismatch journal_mismatch",
        "content": "content_malformed content_mismatch document_mismatch journal_mismatch",
    },
    "cosignature": {"size signed signer line": "witness_signature", "log recorded_at": ""},
    "dedup_block": {
        "log": "receipt_accepted step_mismatch",
        "slot step": "dedup_mismatch receipt_accepted step_mismatch",
        "event_hour": "dedup_mismatch step_mismatch",
        "ids": "dedup_mismatch receipt_accepted",
        "entries": "dedup_mismatch",
    },
    "disposition": {
        "log feed partition incarnation record_offset action reason operator recorded_at file":
            "disposition_mismatch",
    },
    "document": {
        "log": "bundle_stored document_mismatch head_mismatch",
        "number_series number": "document_mismatch document_number head_mismatch",
        "document_id kind period_idx period_from period_to issue_date currency exponent "
        "total drafted_by approved_by":
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
            "checkpoint_malformed key_chain registry_mismatch state_file",
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
        "version draft_hash operator recorded_at signature": "journal_mismatch",
    },
    "schema_version": {
        "version hash": "could_not_look",
        "name applied_at": "",
    },
    "sequence": {"log feed partition incarnation from_offset source numbered unnumbered runs": ""},
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
    "dedup_block.ids, one bit: daybook-ingest audit knows the hash (ingest_audit.t)": (
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


def try_statement(book, copies, statement):
    """Breaks a copy, and looks at it."""
    with copies.one() as conninfo:
        done = subprocess.run(
            ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-c", statement, "-c",
             "\\echo :ROW_COUNT"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0 or done.stdout.strip() == "0":
            return {"not_broken"}, done.stdout
        return audit(book, conninfo)


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
    tables = {table for table, _, _ in columns}
    is_(sorted(tables ^ set(ROWS)), [], "and every table has its row for a row gone and a row twice")
    for table in sorted(tables & set(ROWS)):
        where = f"from ledger.{table} where {WHERE.get(table, 'true')}"
        one = f"ctid = (select ctid {where} limit 1) and tableoid = (select tableoid {where} limit 1)"
        rows[f"{table}, a row gone"] = (f"delete from ledger.{table} where {one}", ROWS[table][0])
        rows[f"{table}, a row twice"] = (
            "alter table ledger.dedup_block drop constraint if exists dedup_block_pkey cascade; "
            f"insert into ledger.{table} select * from ledger.{table} where {one}", ROWS[table][1])
    for name, (statement, words) in EXTRA.items():
        rows[name] = (statement.format(**WHERE), words)
    return rows


ROWS = {  # table: what is found without a row, with the row twice
    "assignment": ("journal_mismatch receipt_mismatch", "receipt_gap"),
    "bundle": ("", "row_doubled"),
    "checkpoint": ("bundle_stored checkpoint_missing witness_signature", "row_doubled"),
    "content": ("content_missing document_mismatch journal_mismatch", "document_range row_doubled"),
    "cosignature": ("", "row_doubled"),
    "dedup_block": ("receipt_accepted step_mismatch", "dedup_mismatch receipt_accepted"),
    "disposition": ("disposition_mismatch", "row_doubled"),
    "document": (
        "bundle_stored document_mismatch head_mismatch",
        "document_number document_range row_doubled"),
    "entry": (
        "checkpoint_root dedup_mismatch entry_missing journal_mismatch stream_gap "
        "tile_mismatch",
        "entry_malformed journal_mismatch"),
    "head": ("could_not_look", "row_doubled"),
    "log": ("could_not_look", "row_doubled"),
    "money_head": ("head_mismatch", "row_doubled"),
    "number_head": ("head_mismatch", "row_doubled"),
    "progress": ("", ""),
    "quarantine": ("receipt_quarantine", "receipt_quarantine"),
    "receipt": (
        "journal_mismatch receipt_mismatch receipt_quarantine step_mismatch",
        "batch_unknown entry_malformed journal_mismatch receipt_accepted receipt_gap "
        "receipt_mismatch"),
    "approval": ("document_mismatch journal_mismatch", "row_doubled"),
    "review": ("document_mismatch journal_mismatch", "row_doubled"),
    "schema_version": ("could_not_look", "could_not_look"),
    "sequence": ("", "row_doubled"),
    "series": ("series_missing", "row_doubled"),
    "slot": ("head_mismatch", "row_doubled"),
    "slot_step": (
        "dedup_mismatch head_mismatch receipt_accepted series_mismatch step_mismatch",
        "dedup_mismatch step_gap step_mismatch"),
    "tenant": ("registry_mismatch", "row_doubled"),
    "tile": ("tile_missing", "row_doubled"),
    "token": ("", ""),
}

FILES = [  # each file of the archive is of one of these kinds: one bit of it, without it
    (r"public/checkpoint", "checkpoint_malformed checkpoint_signature key_chain",
     "checkpoint_missing could_not_look"),
    (r"public/witnessed/checkpoint", "checkpoint_malformed checkpoint_signature", "witness_quorum"),
    (r"public/witnessed/[0-9a-f]{8}", "checkpoint_malformed", ""),
    (r"public/(log|root)\.vkey", "", ""),
    (r"public/keys/0\.json", "entry_writer key_body_mismatch key_refused",
     "entry_writer key_body_missing key_refused"),
    (r"public/keys/[1-3]\.json", "entry_writer key_body_mismatch",
     "entry_writer key_body_missing"),
    (r"public/keys/[45]\.json", "key_body_mismatch", "key_body_missing"),  # people's
    (r"public/tile/\d+/000|public/tile/0/001", "tile_mismatch", "tile_missing"),
    (r"public/tile/0/002\.p/83|public/tile/1/000\.p/2", "tile_mismatch", "tile_missing"),
    (r"public/tile/entries/00[01]", "checkpoint_root entry_signature tile_mismatch",
     "leaves_missing"),
    (r"public/tile/entries/002\.p/83", "checkpoint_root entry_writer tile_mismatch",
     "leaves_missing"),
    (r"public/tile/(0|entries)/\d+\.p/(?!83)\d+", "", ""),
    (r"private/journal/(\d+-\d+|reviews|approvals)\.ndjson", "journal_mismatch", "journal_mismatch"),
    (r"private/journal/dispositions\.ndjson", "disposition_mismatch", "disposition_mismatch"),
    (r"private/journal/floors\.ndjson", "journal_mismatch", ""),  # there are none
    (r"private/files/[0-9a-f]{64}\.ndjson", "journal_mismatch", "journal_mismatch"),
]


def try_file(book, path, change):
    """Breaks a file of a copy of the archive; what audit and daybook-verify say of it."""
    with copy_files(book.archive, f"{change.__name__}-{path.replace('/', '-')}") as archive:
        change(archive / path)
        words, said = audit(book, book.database, archive)
        more, too = found_by("daybook-verify", "log", archive / "public", "--policy", POLICY,
                             "--root", book.keys / "root.vkey")
        return words | more, said + too


def one_bit(path):
    """In the middle, of leaves in a signature; a note's first; an empty list gets a line."""
    content = bytearray(path.read_bytes() or b"\n")
    is_note = path.name == "checkpoint" or path.parent.name == "witnessed"
    content[0 if is_note else min(len(content) // 2 + 40, len(content) - 1)] ^= 1
    if content == b"\v":
        content = b"{}\n"
    path.chmod(0o644)
    path.write_bytes(content)


def removed(path):
    path.unlink()


def try_files(book, count):
    there = sorted(str(path.relative_to(book.archive)) for path in book.archive.rglob("*")
                   if path.is_file())
    kinds = {path: [kind for kind in FILES if re.fullmatch(kind[0], path)] for path in there}
    is_([path for path, found in kinds.items() if len(found) != 1], [],
        "every file of the archive has its row here")
    is_([kind[0] for kind in FILES if not any(kind in found for found in kinds.values())], [],
        "and every row its file")
    for path, found in kinds.items():
        for change, words in zip((one_bit, removed), found[0][1:] if found else ()):
            got, said = try_file(book, path, change)
            count.add("files", set(words.split()), got)
            if not is_(sorted(got), words.split(), f"{path}, {change.__name__}") or "--show" in sys.argv:
                diag(said)


def main():
    book = make_book()
    copies = Copies(book.database, WORKERS)
    for conninfo in [book.database, *copies.all]:
        found, said = audit(book, conninfo)
        is_(sorted(found), [], "the whole ledger is verified" if conninfo == book.database else
            "and so is a copy without constraints")
        diag(said.strip())
    rows, count = rows_of(sql(book.database, COLUMNS)), Count()
    wanted = [part for part in sys.argv[1:] if part != "--show"] or [""]
    chosen = [name for name in rows if any(part in name for part in wanted)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tries = {name: pool.submit(try_statement, book, copies, rows[name][0]) for name in chosen}
        for name, one in tries.items():
            found, said = one.result()
            words, table = rows[name][1].split(), re.split(r"\W", name)[0]
            count.add(table, set(words), found)
            why = "" if words else f": nothing, {UNSIGNED.get(table, 'as said')}"
            if not is_(sorted(found), words, name + why) or "--show" in sys.argv:
                diag(said)
    if wanted == [""]:
        try_files(book, count)
    for conninfo in copies.all:
        is_(sorted(audit(book, conninfo)[0]), [], "at the end a copy is whole again")
    count.show()
    done_testing()


main()
