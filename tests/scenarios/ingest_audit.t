#!/usr/bin/env python3
"""The records are read again and decided again, and the book must have what comes out.

An intact book gives nothing to find. Then one thing is changed in a copy of it, also what nothing in
the database can show and what is signed again with stolen keys; then the topic is changed."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from harness import *
from ledger import found_ledger

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tamper"))
from breaking import Copies  # noqa: E402
from forge import Thief  # noqa: E402

TOPIC_TIME = "message.timestamp.type=LogAppendTime"
SMALL = ["--batch-events", "150", "--batch-seconds", "1"]
ORIGIN = "daybook.test/ingest_audit"


def generate(*words):
    run("generate", *words, "--hours", "24")


def produce(seed, events):
    generate("topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", events, "--seed", seed)


def change_catalog(**limits):
    catalog = json.loads((WORK / "catalog-ingest_audit.json").read_text())
    catalog["limits"].update(limits)
    catalog["meters"][0]["dimensions"] = [d for d in catalog["meters"][0]["dimensions"] if d["name"] != "zone"]
    path = WORK / "changed.json"
    path.write_text(json.dumps(catalog))
    book.run("daybook-ledger", "catalog", "apply", path)


def raise_floor(hour):
    """A step of every slot, as the raising of a floor is written."""
    book.sql("INSERT INTO ledger.slot_step (log, slot, step, prev_step, batch, control_index, hours, tenants, "
             "last_seqs, floor_hour) SELECT 0, slot, step + 1, nullif(step, 0), decode(repeat('00', 16), 'hex'), "
             f"control_index, '{{}}', '{{}}', '{{}}', {hour} FROM ledger.slot, ledger.head; "
             "UPDATE ledger.slot SET step = step + 1")


def audit(database, *words, archive=None, keys=None, role=None):
    """Status, the words of the findings, and what was said."""
    role = f" options='-c role={role}'" if role else ""
    done = run("daybook-ingest", "audit", "--database", f"{database}{role}", "--keys", keys or book.keys, "--archive",
               archive or book.archive, "--kafka", os.environ["DAYBOOK_KAFKA"], *words, check=False)
    return done.returncode, set(re.findall(r"^FINDING (\w+)", done.stdout, re.MULTILINE)), done.stdout + done.stderr


def rows(database):
    names = [row[0] for row in sql(database, "SELECT c.relname FROM pg_class c WHERE c.relnamespace = "
             "'ledger'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")]
    return {name: sql(database, f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)), "
                      f"max(xmin::text::bigint) FROM ledger.{name} t")[0] for name in names}


# ----------------------------------------------------------------------------------- an intact book

topic = new_topic("ingest_audit", 4, TOPIC_TIME)
book = found_ledger("ingest_audit", new_database("ingest_audit"), topic)
produce(1, 2500)
ok(book.two_take("one", topic, *SMALL), "two processes take the first events")
change_catalog(series_per_tenant=12)
generate("topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", 2500, "--seed", 1, "--phase", "late")
produce(2, 2500)
ok(book.two_take("two", topic, *SMALL), "and more, and late ones, under another catalog with a small cap")
raise_floor(494094)  # 2026-05-14T06 … far below; then a floor that refuses
floor = int(book.sql("SELECT (min(h) + max(h)) / 2 FROM ledger.slot_step s, unnest(s.hours) h")[0][0])
raise_floor(floor)
produce(1, 2500)
produce(3, 1500)
ok(book.two_take("three", topic, *SMALL), "and more, above a floor that was raised")
generate("file", WORK / "month.ndjson", "--events", "1500", "--seed", "4")
book.run("daybook-ingest", "file", WORK / "month.ndjson", "--as-of", "2026-10-05T00:00:00Z")
book.seal()
seen = book.sql("SELECT count(DISTINCT partition) > 2, sum(duplicate) > 50, sum(quarantined) > 50, count(*) > 30, "
                "count(*) > count(DISTINCT e.batch) FROM ledger.receipt r JOIN ledger.entry e USING (log, idx)")[0]
is_(list(seen), ["t"] * 5, "the book has partitions, duplicates, quarantine, batches of one and of several receipts")
reasons = [row[0] for row in book.sql("SELECT DISTINCT reason FROM ledger.quarantine ORDER BY 1")]
ok({"below_floor", "conflict"} <= set(reasons), f"the reasons: {', '.join(reasons)}")
ok(int(book.sql("SELECT count(DISTINCT control_index) FROM ledger.receipt")[0][0]) >= 2, "decided under two catalogs")

before = rows(book.database)
groups = subprocess.run(["kcat", "-L", "-b", os.environ["DAYBOOK_KAFKA"]], stdout=subprocess.PIPE, check=True)
found = audit(book.database, role="daybook_auditor")
is_(found[:2], (0, set()), "nothing is found, by a role that may only read")
diag(found[2])
said = json.loads(audit(book.database, "--json")[2].splitlines()[0])
batches = int(book.sql("SELECT count(DISTINCT batch) FROM ledger.entry WHERE kind = 6")[0][0])
records = int(book.sql("SELECT sum(records) FROM ledger.receipt")[0][0])
is_((said["batches"], said["decided"], said["records"], said["trusted_from"], said["total"], said["reworded"]),
    (batches, batches, records, None, 0, 0), "every batch and every record was decided again")
is_(audit(book.database, "--memory-mib", "1")[:2], (0, set()), "nor with memory for a few identities alone")
half = book.sql("SELECT min(idx) FROM ledger.receipt WHERE idx > (SELECT max(idx) / 2 FROM ledger.receipt)")[0][0]
later = audit(book.database, "--from", half)
is_(later[:2], (0, set()), "nor from the middle of the book on, with what came before on trust")
like(later[2], r"from entry \d+ on identities are on trust", "which is said")
public = WORK / "keys-public"
public.mkdir()
shutil.copy(book.keys / "dedup.key", public)
bare = audit(book.database, keys=public)
is_(bare[:2], (0, set()), "without the salt key neither")
like(bare[2], "without the salt key: columns compared", "which is said, too")
is_(rows(book.database), before, "no row was written, or written again")

# --------------------------------------------------------------------------------- one thing is changed

copies = Copies(book.database, 2)

USAGE = "idx = (SELECT max(idx) / 2 FROM ledger.entry WHERE kind = 1)"
USAGE = f"idx = (SELECT min(idx) FROM ledger.entry WHERE kind = 1 AND idx >= ({USAGE.split('= ', 1)[1]}))"
RECEIPT = ("idx = (SELECT min(idx) FROM ledger.receipt WHERE accepted > 3 AND duplicate > 0 AND idx > "
           "(SELECT max(idx) / 4 FROM ledger.receipt))")
BLOCK = ("(slot, event_hour, step) = (SELECT slot, event_hour, step FROM ledger.dedup_block WHERE length(ids) > 96 "
         "ORDER BY step, slot, event_hour LIMIT 1)")
HELD = "(partition, record_offset) = (SELECT partition, max(record_offset) FROM ledger.quarantine GROUP BY 1 LIMIT 1)"
STEP = ("(slot, step) = (SELECT slot, step FROM ledger.slot_step WHERE cardinality(tenants) > 0 AND "
        "cardinality(hours) > 0 ORDER BY step DESC, slot LIMIT 1)")
FLOORED = ("(tenant, series) = (SELECT tenant, series FROM ledger.series r WHERE step < (SELECT max(step) FROM "
           "ledger.slot_step s WHERE s.slot = r.slot AND cardinality(s.hours) = 0) ORDER BY step DESC, tenant, series LIMIT 1)")
SERIES = "(tenant, series) = (SELECT tenant, series FROM ledger.series ORDER BY step DESC, tenant, series LIMIT 1)"


def flip(column, at):
    return f"{column} = set_byte({column}, {at}, get_byte({column}, {at}) # 1)"


def sign_usage(database):
    """A quantity, signed again with the stolen key."""
    columns = ("tenant", "stream_seq", "batch", "series", "from_us", "length_seconds", "quantity", "contributions")
    row = dict(zip(columns, sql(database, "SELECT tenant, stream_seq, encode(batch, 'hex'), encode(series, 'hex'), (extract("
        "epoch FROM window_from) * 1000000)::bigint, length_seconds, quantity + 1, contributions FROM ledger.entry "
        f"WHERE {USAGE}")[0]))
    put_leaf(database, USAGE, Thief(book.keys).usage(ORIGIN, row), f"quantity = {row['quantity']}, ")


def sign_receipt(column, value):
    """A receipt's column, signed again with the stolen key."""
    def change(database):
        idx = sql(database, f"SELECT idx FROM ledger.receipt WHERE {RECEIPT}")[0][0]
        sql(database, f"UPDATE ledger.receipt SET {column} = {value} WHERE idx = {idx}")
        names = ("stream", "stream_seq", "batch", "feed", "partition", "incarnation", "start", "from", "to", "records",
                 "holes", "last_offset", "last_hash", "raw_hash", "accepted", "duplicate", "quarantined", "elsewhere",
                 "control_index", "as_of_us", "flags")
        row = dict(zip(names, sql(database, "SELECT e.stream, e.stream_seq, encode(e.batch, 'hex'), encode(feed, 'hex'), "
            "partition, incarnation, start, from_offset, to_offset, records, holes, last_offset, encode(last_hash, 'hex'), "
            "encode(raw_hash, 'hex'), accepted, duplicate, quarantined, elsewhere, control_index, (extract(epoch FROM "
            "as_of) * 1000000)::bigint, anchor_expired::int FROM ledger.receipt r JOIN ledger.entry e USING (log, idx) "
            f"WHERE idx = {idx}")[0]))
        put_leaf(database, f"idx = {idx}", Thief(book.keys).entry(ORIGIN, "receipt", 0, row))
    return change


def put_leaf(database, where, leaf, more=""):
    checksum, signature, writer = leaf
    sql(database, f"UPDATE ledger.entry SET {more}checksum = '\\x{checksum}', signature = '\\x{signature}', "
        f"writer = '\\x{writer}' WHERE {where}")


SILENT = True  # daybook-ledger audit, which has the database alone, finds nothing
TABLE = [
    ("one bit of an identity", f"UPDATE ledger.dedup_block SET {flip('ids', 24)} WHERE {BLOCK}", "replay_identity", SILENT),
    ("one bit of a meaning", f"UPDATE ledger.dedup_block SET {flip('ids', 40)} WHERE {BLOCK}", "replay_identity", SILENT),
    ("two identities that changed places", "UPDATE ledger.dedup_block SET ids = substring(ids FROM 25 FOR 24) || substring(ids "
     f"FOR 24) || substring(ids FROM 49) WHERE {BLOCK}", "replay_identity", SILENT),
    ("an identity that is gone", f"UPDATE ledger.dedup_block SET ids = substring(ids FROM 25) WHERE {BLOCK}", "replay_identity"),
    ("a block that is gone", f"DELETE FROM ledger.dedup_block WHERE {BLOCK}", "replay_identity"),
    ("the entries of identities", f"UPDATE ledger.dedup_block SET {flip('entries', 15)} WHERE {BLOCK}", "replay_identity"),
    ("a quarantined record's reason", f"UPDATE ledger.quarantine SET reason = 'malformed' WHERE {HELD}", "replay_quarantine",
     SILENT),
    ("its tenant", f"UPDATE ledger.quarantine SET tenant_id = 'other' WHERE {HELD}", "replay_quarantine", SILENT),
    ("its source", f"UPDATE ledger.quarantine SET source = 'other' WHERE {HELD}", "replay_quarantine", SILENT),
    ("its event's id", f"UPDATE ledger.quarantine SET event_id = 'other' WHERE {HELD}", "replay_quarantine", SILENT),
    ("its time", f"UPDATE ledger.quarantine SET broker_time = broker_time + interval '1 second' WHERE {HELD}",
     "replay_quarantine"),
    ("its batch", f"UPDATE ledger.quarantine SET {flip('batch', 3)} WHERE {HELD}", "replay_quarantine"),
    ("a byte of it", f"UPDATE ledger.quarantine SET {flip('value', 3)} WHERE {HELD}", "replay_quarantine"),
    ("its key", f"UPDATE ledger.quarantine SET key = 'k' WHERE {HELD}", "replay_quarantine"),
    ("its headers", f"UPDATE ledger.quarantine SET headers = '\\x00000001' WHERE {HELD}", "replay_quarantine"),
    ("a quarantined record that is gone", f"DELETE FROM ledger.quarantine WHERE {HELD}", "replay_quarantine"),
    ("one that is counted and kept, too", "UPDATE ledger.quarantine SET record_offset = (SELECT min(o) FROM generate_series(0, "
     f"1000) o WHERE o NOT IN (SELECT record_offset FROM ledger.quarantine)) WHERE {HELD}", "replay_quarantine"),
    ("a sentence, which a later release may word otherwise", f"UPDATE ledger.quarantine SET detail = 'x' WHERE {HELD}", "",
     SILENT),
    ("a quantity", f"UPDATE ledger.entry SET quantity = quantity + 1 WHERE {USAGE}", "replay_entry"),
    ("a quantity, signed again with the stolen key", sign_usage, "replay_entry"),
    ("contributions", f"UPDATE ledger.entry SET contributions = contributions + 1 WHERE {USAGE}", "replay_entry"),
    ("a window", f"UPDATE ledger.entry SET window_from = window_from + interval '1 hour' WHERE {USAGE}", "replay_entry"),
    ("a number in its stream", f"UPDATE ledger.entry SET stream_seq = 100000 WHERE {USAGE}", "replay_entry"),
    ("an entry that is gone", f"DELETE FROM ledger.entry WHERE {USAGE}", "replay_entry"),
    ("an entry of no batch", f"UPDATE ledger.entry SET {flip('batch', 3)} WHERE {USAGE}", "replay_entry"),
    ("a leaf", f"UPDATE ledger.entry SET {flip('checksum', 3)} WHERE {USAGE}", "replay_entry"),
    ("an entry that is slipped in at the end", "CREATE TEMPORARY TABLE e AS SELECT * FROM ledger.entry WHERE "
     f"{USAGE}; UPDATE e SET idx = (SELECT size FROM ledger.head), stream_seq = 100000; INSERT INTO ledger.entry SELECT * "
     "FROM e; UPDATE ledger.head SET size = size + 1", "replay_entry"),
    ("the hash of a range, signed again with the stolen key", sign_receipt("raw_hash", "sha256(raw_hash)"), "replay_range"),
    ("the hash of its last record", sign_receipt("last_hash", "sha256(last_hash)"), "replay_range"),
    ("its holes", sign_receipt("holes", "1"), "replay_range"),
    ("its as-of", sign_receipt("as_of", "as_of + interval '1 second'"), "replay_range"),
    ("fewer records", sign_receipt("records", "records - 1"), "replay_range"),
    ("more records", sign_receipt("records", "records + 1"), "replay_range"),
    ("a last record that is none", sign_receipt("last_offset", "to_offset"), "replay_range"),
    ("all records of the topic", sign_receipt("(last_offset, to_offset, records)", "(100000, 100001, 90000)"),
     "receipt_gap replay_range"),
    ("counts that changed places, signed again", sign_receipt("(accepted, duplicate)", "(duplicate, accepted)"),
     "replay_receipt"),
    ("records of other logs", sign_receipt("elsewhere", "1"), "replay_receipt"),
    ("where its chain began", sign_receipt("start", "1"), "replay_receipt"),
    ("the hours of a step", f"UPDATE ledger.slot_step SET hours = hours || 1 WHERE {STEP}", "replay_step"),
    ("the last number of a step", f"UPDATE ledger.slot_step SET last_seqs[1] = last_seqs[1] - 1 WHERE {STEP}", "replay_step"),
    ("the control index of a step", f"UPDATE ledger.slot_step SET control_index = control_index + 1 WHERE {STEP}",
     "replay_step"),
    ("the batch of a step", f"UPDATE ledger.slot_step SET {flip('batch', 3)} WHERE {STEP}", "replay_step"),
    ("the step of a series", f"UPDATE ledger.series SET step = step + 1 WHERE {SERIES}", "replay_series"),
    ("a series of a floor's step", "UPDATE ledger.series SET step = (SELECT max(step) FROM ledger.slot_step s WHERE s.slot = "
     f"series.slot AND cardinality(s.hours) = 0) WHERE {FLOORED}", "replay_series replay_step"),
    ("a descriptor", f"UPDATE ledger.series SET descriptor = descriptor || '\\x00' WHERE {SERIES}", "replay_series"),
    ("a series that is gone", f"DELETE FROM ledger.series WHERE {SERIES}", "replay_series"),
]


def attempt(change, is_silent):
    """Breaks a copy, and looks at it: status, findings, what was said, the other audit's status."""
    with copies.one() as database:
        change(database) if callable(change) else sql(database, change)
        other = run("daybook-ledger", "audit", "--database", database, "--keys", book.keys, "--archive", book.archive,
                    check=False).returncode if is_silent else None
        return *audit(database), other


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    tries = [pool.submit(attempt, change, bool(silent)) for _, change, _, *silent in TABLE]
    for (name, _, words, *silent), tried in zip(TABLE, tries):
        status, found, said, other = tried.result()
        if not is_((status, sorted(found)), (1 if words else 0, words.split()), f"{name}: {words or 'counted'}"):
            diag(said)
        if not words:
            like(said, "1 quarantined records are explained in other words", f"{name}: said")
        if silent:
            is_(other, 0, f"{name}: the database alone does not show it")

# ---------------------------------------------------------------------------------- what is not there

is_(audit(book.database, keys=book.keys)[:2], (0, set()), "the book itself is as it was")
swapped = WORK / "keys-swapped"
swapped.mkdir()
shutil.copy(book.keys / "salt.key", swapped / "dedup.key")
status, found, said = audit(book.database, keys=swapped)
is_((status, found), (2, set()), "under another dedup key it does not look")
like(said, "dedup.key is not the one", "and says why")

files = WORK / "archive-files"
shutil.copytree(book.archive, files)
(file,) = (files / "private/files").iterdir()
where = int(book.sql("SELECT min(e.idx) FROM ledger.receipt r JOIN ledger.entry b USING (log, idx) JOIN ledger.entry e USING "
                     f"(log, batch) WHERE encode(r.feed, 'hex') = '{file.stem}'")[0][0])
text = bytearray(file.read_bytes())
text[5000] ^= 1
file.chmod(0o644)
file.write_bytes(text)
is_(audit(book.database, archive=files)[:2], (1, {"replay_range"}), "a file that is another one: replay_range")
file.unlink()
status, found, said = audit(book.database, archive=files)
is_((status, found), (0, set()), "a file that is gone is nothing to find")
like(said, rf"1 of \d+ ranges are gone and not checked, from entry {where} on identities are on trust", "and is said, with where")

trimmed, offset = book.sql("SELECT partition, to_offset FROM ledger.receipt JOIN ledger.assignment a USING (log, feed, partition, "
                           f"incarnation) WHERE a.name = '{topic}' ORDER BY idx OFFSET 20 LIMIT 1")[0]
run("topics", "trim", topic, trimmed, offset)
gone, where = book.sql("SELECT count(DISTINCT r.idx), min(e.idx) FROM ledger.receipt r JOIN ledger.entry b USING (log, idx) JOIN "
    "ledger.entry e USING (log, batch) JOIN ledger.assignment a USING (log, feed, partition, incarnation) WHERE "
    f"a.name = '{topic}' AND r.partition = {trimmed} AND r.to_offset <= {offset}")[0]
status, found, said = audit(book.database)
is_((status, found), (0, set()), "what retention took is nothing to find")
like(said, rf"{gone} of \d+ ranges are gone and not checked, from entry {where} on identities are on trust", "and is said, with where")
is_(audit(book.database, "--memory-mib", "1")[:2], (0, set()), "nor with little memory")
with copies.one() as copy:
    sql(copy, "UPDATE ledger.receipt SET (accepted, duplicate) = (accepted - 1, duplicate + 1) WHERE idx = (SELECT max(idx) FROM "
        f"ledger.receipt WHERE partition = {trimmed} AND accepted > 3 AND feed = (SELECT feed FROM ledger.assignment WHERE "
        f"name = '{topic}' LIMIT 1))")
    is_(audit(copy)[:2], (1, {"replay_receipt"}), "what is still there is decided again on what is on trust")

run("topics", "delete", topic)
status, found, said = audit(book.database)
is_((status, found), (0, set()), "without the topic there is nothing to find")
like(said, rf"(\d+) of (\d+) ranges are gone and not checked", "and is said")
run("topics", "create", topic, "4", TOPIC_TIME)
is_(audit(book.database)[:2], (1, {"replay_range"}), "an empty topic of its name: replay_range")
produce(9, 9000)
is_(audit(book.database)[:2], (1, {"replay_range"}), "one with other records: replay_range")
done = run("daybook-ingest", "audit", "--database", book.database, "--keys", book.keys, "--archive", book.archive, "--kafka",
           "127.0.0.1:1", check=False)
is_(done.returncode, 75, "with brokers that are away it could not look, and may later")
is_(rows(book.database), before, "and nothing was ever written")
done_testing()
