#!/usr/bin/env python3
"""A database that is behind what is published grows to it again, bit for bit: from an older copy, from
an empty one, after a stop in between; and where a feed has lost what is needed, it stops and says so."""

import datetime
import json
import os
import shutil
import subprocess
import time

from harness import *
from ledger import found_ledger
from positions import Positions

TOPIC_TIME = "message.timestamp.type=LogAppendTime"
SMALL = ["--batch-events", "120", "--batch-seconds", "1"]
AS_OF = ["--as-of", "2026-10-05T00:00:00Z"]
# What is not the book's: clocks, keys of readers, dashboards, and what the sealer's pace leaves.
NOT_COMPARED = {"schema_version", "token", "progress", "bundle", "tile", "checkpoint"}


def generate(*words):
    run("generate", *words, "--hours", "24")


def produce(seed, events):
    generate("topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", events,
             "--seed", seed)


def slices(partition, first, count):
    """A tenant's hours, an event each, put into a partition that the generator's tenants leave empty."""
    start = datetime.datetime(2026, 8, 1, tzinfo=datetime.timezone.utc)
    hours = [(start + datetime.timedelta(hours=n)).isoformat().replace("+00:00", "Z")
             for n in range(first, first + count + 1)]
    events = [json.dumps({
        "specversion": "1.0", "id": f"n-{begin}", "source": "/cluster/fra1", "type": "gpu.slice.v1",
        "subject": "newcomer", "time": end, "datacontenttype": "application/json", "data": {
            "allocation": "a-1", "project": "train", "sku": "h100", "region": "eu", "zone": "eu-a",
            "gpu_count": 1, "start": begin, "end": end, "market": "on_demand"}})
        for begin, end in zip(hours, hours[1:])]
    subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", str(partition),
                    "-k", "newcomer", "-H", "content-type=application/cloudevents+json"],
                   input="\n".join(events), text=True, check=True)


def tables(database):
    """What every table of the book holds, but for recorded_at."""
    names = [row[0] for row in sql(database,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'ledger' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")]
    return {name: tuple(sql(database,
        "SELECT count(*), md5(string_agg(row, '' ORDER BY row)) FROM (SELECT "
        f"(to_jsonb(t) - 'recorded_at')::text AS row FROM ledger.{name} t) t")[0])
        for name in names if name not in NOT_COMPARED}


def tiles(database):
    """Those of the published size: full ones, and the last of each level."""
    return sql(database, "SELECT level, number, max(width), md5((array_agg(hashes ORDER BY width DESC))[1]) "
               "FROM ledger.tile GROUP BY 1, 2 ORDER BY 1, 2")


def size(database):
    rows = sql(database, "SELECT size FROM ledger.head")
    return int(rows[0][0]) if rows else 0


def whole_size(limit):
    """The end of a transaction at or below this size, as the sealer asks for it."""
    statement = (ROOT / "sql/queries/head_whole.sql").read_text()
    return int(book.sql(statement.replace("$1", "0").replace("$2", str(limit)))[0][0])


def published_size():
    return int((book.archive / "public/checkpoint").read_text().split("\n")[1])


def recover(database):
    return run("daybook-ingest", "recover", "--admin", database, "--keys", recovery_keys, "--archive",
               first_archive, "--kafka", os.environ["DAYBOOK_KAFKA"], check=False)


def restored(name):
    database = new_database(name)
    run("pg_restore", "-d", database, WORK / "dump")
    return database


def is_whole(database, words):
    """The database has what the live one had."""
    got = tables(database)
    is_({name for name in want if got[name] != want[name]}, set(),
        f"{words}: {len(want)} tables are the same, row by row")
    is_(tiles(database), want_tiles, f"{words}: the tiles are the same")
    is_(sql(database, "SELECT size, encode(root, 'hex'), note FROM ledger.checkpoint WHERE signed "
            "ORDER BY size DESC LIMIT 1"), want_checkpoint, f"{words}: so is the sealed root")
    done = run("daybook-ledger", "audit", "--database", database, "--keys", recovery_keys, "--archive",
               first_archive, check=False)
    ok(done.returncode == 0 and "FINDING" not in done.stdout, f"{words}: audit finds nothing")


# ---------------------------------------------------------------------- a ledger, its dump, more work

topic = new_topic("recover", 4, TOPIC_TIME)
book = found_ledger("recover", new_database("recover"), topic)
book.agree_prices()
produce(1, 2000)
book.drain(topic)
book.rotate("second")
book.seal()
book.run("daybook-invoices", "close", "acme", "2026-09")
book.run("daybook-invoices", "review", "acme", "2026-09", "--issue-date", "2026-10-05")
book.run("daybook-invoices", "approve", "acme", "2026-09")
book.seal()
run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "dump")
shutil.copy(book.archive / "public/checkpoint", WORK / "old-checkpoint")
old_size = size(book.database)

book.run("daybook-ledger", "tenant", "add", "newcomer", "--zone", "Asia/Kolkata", "--name", "New 'n' \"co\"")
taken = Positions(topic).identities
idle = next(partition for partition in range(4) if partition not in taken)
produce(2, 4000)
slices(idle, 0, 400)
ok(book.two_take("one", topic, *SMALL), "two processes take more")
book.run("daybook-invoices", "issue", "acme", "2026-09")
book.rotate("third", "second")
catalog = json.loads((WORK / "catalog-recover.json").read_text())
catalog["meters"] = [meter for meter in catalog["meters"] if meter["meter"] != "tokens"]
(WORK / "changed.json").write_text(json.dumps(catalog))
book.run("daybook-ledger", "catalog", "apply", WORK / "changed.json")
produce(3, 3000)
produce(2, 4000)
ok(book.two_take("two", topic, *SMALL), "and more, under another key and catalog")
generate("file", WORK / "month.ndjson", "--events", "2000", "--seed", "4")
book.run("daybook-ingest", "file", WORK / "month.ndjson", *AS_OF)
book.seal()
book.run("daybook-invoices", "close", "initech", "2026-09")
book.run("daybook-invoices", "review", "initech", "2026-09", "--issue-date", "2026-10-06")
book.run("daybook-invoices", "approve", "initech", "2026-09")
feed = book.sql("SELECT encode(feed, 'hex'), partition, record_offset FROM ledger.quarantine "
                "ORDER BY record_offset DESC LIMIT 1")[0]
book.run("daybook-ingest", "quarantine", "write-off", *feed, "--reason", "a 'test' \"of\" it")
book.seal()

want, want_tiles = tables(book.database), tiles(book.database)
want_checkpoint = book.sql("SELECT size, encode(root, 'hex'), note FROM ledger.checkpoint WHERE signed "
                           "ORDER BY size DESC LIMIT 1")
ranges = [int(row[0]) for row in book.sql(
    "SELECT count(*) FROM ledger.receipt r JOIN ledger.assignment a USING (log, feed, partition, incarnation) "
    f"WHERE r.idx >= {old_size} AND a.name = '{topic}' GROUP BY partition")]
ok(len(ranges) == 4 and min(ranges) >= 3, f"between copy and loss, four partitions have {ranges} ranges")
first_archive = WORK / "archive-first"
first, last = book.sql("SELECT min(idx), max(idx) FROM ledger.entry WHERE kind IN (1, 6) GROUP BY batch "
                       "ORDER BY count(*) DESC LIMIT 1")[0]
document = int(book.sql("SELECT min(idx) FROM ledger.document")[0][0])
is_([whole_size(at) for at in (int(last), int(last) + 1, document + 1)], [int(first), int(last) + 1, document],
    "a seal ends where a batch ends, and not between a document and its transfer")
recovery_keys = WORK / "recovery-keys"
recovery_keys.mkdir()
for name in ("salt.key", "dedup.key", "log.vkey"):
    shutil.copy(book.keys / name, recovery_keys / name)

shutil.copytree(book.archive, first_archive)
first_state = shutil.copy(book.keys / "seal.state", WORK / "first.state")

# ------------------------------------------------------------------------------ from the older copy

live, copy = book.database, restored("recover_copy")
new_size = published_size()
diag(f"{old_size} entries in the copy, {new_size} published")
files = first_archive / "private/files"
files.rename(WORK / "files")
done = recover(copy)
is_(done.returncode, 3, "without the archive's file it stops")
stopped = size(copy)
like(done.stderr, rf"the last common size is {stopped} of {new_size} published: the feed \w+ is missing",
     "and names the last common size and what is missing")
ok(old_size < stopped < new_size, f"what came before is there: {stopped} entries")
book.database = copy
done = book.drain(topic, check=False)
is_((done.returncode, size(copy)), (3, stopped), "ingest does not write between two halves of a recovery")
(WORK / "files").rename(files)
started = time.monotonic()
done = recover(copy)
is_((done.returncode, done.stderr.count("HALT")), (0, 0), "with the file it goes on")
diag(done.stdout.strip(), )
diag(f"the rest took {time.monotonic() - started:.2f} s")
is_whole(copy, "older copy")
like(recover(copy).stdout, "recovered 0 entries", "once more, it has nothing to do")
book.seal()
book.run("daybook-invoices", "bundle")
is_(book.run("daybook-invoices", "issue", "initech", "2026-09").returncode, 0,
    "what was approved before is issued after")
produce(3, 3000)
accepted = "SELECT sum(accepted) FROM ledger.receipt"
before = book.sql(accepted)
book.drain(topic)
is_(book.sql(accepted), before, "3000 events that come again are known")
produce(5, 500)
book.drain(topic)
isnt(book.sql(accepted), before, "new ones are counted")
book.seal()
is_(run("daybook-verify", "log", book.archive / "public", "--vkey", book.keys / "log.vkey", "--root",
        book.keys / "root.vkey", check=False).returncode, 0, "and the public log verifies")
is_(book.broken(), [], "the book is whole")

# ----------------------------------------------------------------------- from an empty one, in two goes

# As if the sealer had ended before it published: the archive and its state file know more than the note.
crashed = WORK / "archive-crashed"
shutil.copytree(first_archive, crashed)
shutil.copy(WORK / "old-checkpoint", crashed / "public/checkpoint")
empty = new_database("recover_empty")
words = ["daybook-ingest", "recover", "--admin", empty, "--keys", recovery_keys, "--archive", crashed,
         "--state", first_state, "--kafka", os.environ["DAYBOOK_KAFKA"]]
run("daybook-ledger", "migrate", "--database", empty)
killed = start("killed", *words)
wait_for(20, lambda: size(empty) > 300)
killed.stop(signal.SIGKILL)
ok(0 < size(empty) < new_size, f"killed at {size(empty)} of {new_size} entries")
done = run(*words, check=False)
is_(done.returncode, 0, "run again, it goes on to what the sealer remembers")
diag(done.stdout.strip())
run("daybook-ledger", "seal", "--once", "--database", empty, "--keys", book.keys, "--state", first_state,
    "--archive", crashed)
is_((crashed / "public/checkpoint").read_text(), (first_archive / "public/checkpoint").read_text(),
    "and the sealer publishes the very note that was lost")
is_whole(empty, "empty database")

# --------------------------------------------------------------------------------- what does not fit

other = restored("recover_other")
before = tables(other)
wrong = WORK / "wrong-keys"
shutil.copytree(recovery_keys, wrong)
(wrong / "dedup.key").unlink()
shutil.copy(wrong / "salt.key", wrong / "dedup.key")
words = ["daybook-ingest", "recover", "--admin", other, "--kafka", os.environ["DAYBOOK_KAFKA"]]
like(run(*words, "--keys", wrong, "--archive", first_archive, check=False).stderr, "dedup.key is not the one",
     "another dedup key is refused")
damaged = WORK / "archive-damaged"
shutil.copytree(first_archive, damaged)
bundle = damaged / "public/tile/entries/000"
bundle.chmod(0o644)
bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
like(run(*words, "--keys", recovery_keys, "--archive", damaged, check=False).stderr,
     "leaves do not make the published root", "so are leaves that are not the published ones")
is_(tables(other), before, "neither changes a row")
run("psql", "-Xqd", other, "-c", "ALTER TABLE ledger.entry DISABLE TRIGGER USER", "-c",
    "UPDATE ledger.entry SET signature = set_byte(signature, 0, 1 - get_byte(signature, 0) % 2) WHERE idx = 100")
done = run(*words, "--keys", recovery_keys, "--archive", first_archive, check=False)
is_((done.returncode, done.stderr.split(": ", 1)[1].strip()), (3,
    "entry 100 of the database is not the published one; the last common size is 100"),
    "a database with another history stays as it is")

# -------------------------------------------------------------------------------- what Kafka forgot

short = restored("recover_short")
trimmed = int(sql(short, "SELECT partition FROM ledger.receipt ORDER BY idx DESC LIMIT 1")[0][0])
run("topics", "trim", topic, trimmed, "1200")
done = recover(short)
is_(done.returncode, 3, "with records gone from the topic it stops")
stopped = size(short)
like(done.stderr, rf"the last common size is {stopped} of {new_size} published: records of '{topic}' "
     rf"partition {trimmed} \[\d+, \d+\) are gone: the topic begins at 1200", "and says which, and where")
run("topics", "delete", topic)
done = recover(short)
is_((done.returncode, size(short)), (3, stopped), "so it does without the topic")
run("topics", "create", topic, "4", TOPIC_TIME)
like(recover(short).stderr, rf"size is {stopped} of .* are gone: the topic ends at 0", "and with an empty one")
before = tables(short)
produce(9, 9000)
done = recover(short)
like(done.stderr, rf"size is {stopped} of {new_size} published: entry \d+, the receipt of partition \d "
     r"\[\d+, \d+\): raw_hash differs: the feed has other records", "and with other records in it")
is_((done.returncode, tables(short)), (3, before), "of a batch that differs nothing stays")
is_([row[0] for row in sql(short, (ROOT / "tests/harness/broken.sql").read_text())], [],
    "what it has is whole")
done_testing()
