#!/usr/bin/env python3
"""Killed at every named point of base/crash.h and started again, a ledger has the rows that one has that
was never disturbed: the same entries under the same indexes and signatures, the same root.

Two copies of one ledger go through the same steps, one of them dying once or more in each. What a
topic's batches are depends on time, so what comes by Kafka is compared last, by what was counted. The
release's programs must know nothing of all this.
"""

import json
import os
import pathlib
import re
import signal
import threading

from harness import *
from ledger import Ledger

BIN = pathlib.Path(os.environ["DAYBOOK_BIN"]).resolve()
CRASHING = BIN.parent / "crash/bin"
AS_OF = ["--as-of", "2026-10-05T00:00:00Z"]
SMALL = ["--batch-events", "100"]
TENANTS = {"acme": "Europe/Berlin", "initech": "Asia/Kolkata"}  # as the example contracts have them

# Where each point is met: the points of a row are died at one after the other, then it is run in peace.
FILES = [  # daybook-ingest file, two batches; file_… is the file's copy in the archive
    ["file_temporary_written"], ["file_renamed"], ["ingest_chain_begun"],
    ["ingest_chain_committed", "ingest_planned:2"], ["ingest_planned"],
    ["ingest_locked", "ingest_locked:2"], ["ingest_hours_loaded"], ["ingest_decided"],
    ["ingest_day_made"], ["ingest_signed", "ingest_signed:2"], ["ingest_blocks_written"],
    ["entry_row_copied", "entry_row_copied:7"], ["ingest_appended", "ingest_appended:2"],
    ["ingest_committed", "ingest_committed"], ["ingest_merged"], ["ingest_published"],
]
SEALS = [  # daybook-ledger seal --once; file_… are the state file and the checkpoint
    ["seal_tile_inserted"], ["seal_grown"], ["archive_file_written:2"], ["archive_file_renamed:2"],
    ["seal_archived"], ["file_temporary_written"], ["file_renamed"], ["seal_remembered"],
    ["seal_note_inserted"], ["seal_signed"], ["file_temporary_written:2"], ["file_renamed:2"],
    ["seal_published"], ["seal_tile_inserted", "seal_archived", "seal_signed", "file_renamed"],
]
INITS = ["file_temporary_written", "init_entries_appended", "init_committed", "seal_tile_inserted",
         "seal_signed"]
TENANT = ["control_appended", "control_committed"]
MONEY = {  # of each command of a month
    "close": ["invoices_written", "invoices_committed"],
    "review": ["invoices_written", "invoices_committed"],
    "approve": ["invoices_written", "invoices_committed"],
    "issue": ["invoices_number_taken", "invoices_written", "invoices_committed"],
}
RECOVERY = ["recover_entry_appended", "recover_entry_committed:3", "recover_chain_begun",
            "recover_batch_appended", "recover_batch_committed", "recover_batch_appended:4",
            "recover_entry_appended:2"]
TOPIC = ["ingest_offsets_unnoted", "ingest_offsets_noted:2"]
ELSEWHERE = ["release_disposed", "replace_corrected", "replace_alone"]  # interventions.t dies there


def declared():
    """Every point that the header has."""
    return re.findall(r"^    X\((\w+)\)", (ROOT / "ledger/base/crash.h").read_text(), re.MULTILINE)


def places(point):
    """Where the code has it."""
    return [path for folder in ("ledger", "ingest", "invoices")
            for path in (ROOT / folder).rglob("*.c") if f"CRASH_AT({point})" in path.read_text()]


def rows():
    lists = [*FILES, *SEALS, INITS, TENANT, *MONEY.values(), RECOVERY, TOPIC, ELSEWHERE]
    return {point.split(":")[0] for points in lists for point in points}


def twin(name, of):
    """A database that is a copy of another one."""
    conninfo = new_database(name)
    target, source = conninfo.split("dbname=")[-1], of.split("dbname=")[-1]
    admin = os.environ["DAYBOOK_TEST_DATABASE_ADMIN"]
    sql(admin, f"DROP DATABASE {target}")
    sql(admin, f"CREATE DATABASE {target} TEMPLATE {source}")
    return conninfo


agreeing = threading.Lock()  # the contracts' files are written
missed = []  # points that did not end the program


def suffer(points, command):
    """Dies at each of the points, and then not: what it says at last."""
    for point in points:
        died = run(CRASHING / command[0], *command[1:], check=False,
                   env={**os.environ, "DAYBOOK_CRASH_AT": point})
        if died.returncode != -signal.SIGKILL:
            missed.append(f"{point} in {command[1:3]}: status {died.returncode}, "
                          f"{died.stderr[-200:]}")
    return run(*command)


class Story:
    """The steps of one of the two ledgers; `dies`: the one that is disturbed."""

    def __init__(self, book, dies):
        self.book, self.dies, self.error = book, dies, None

    def does(self, points, program, *words):
        return suffer(points if self.dies else [], self.book.command(program, *words))

    def tell(self):
        for tenant, zone in TENANTS.items():
            self.does(TENANT, "daybook-ledger", "tenant", "add", tenant, "--zone", zone)
        self.does(TENANT, "daybook-ledger", "catalog", "apply", catalog)
        with agreeing:
            self.book.agree_prices()
        for number, path in enumerate(paths):
            self.does(FILES[number], "daybook-ingest", "file", path, *AS_OF, *SMALL)
            if number < len(SEALS):
                self.does(SEALS[number], "daybook-ledger", "seal", "--once")
        self.book.seal()
        for tenant in TENANTS:
            self.month(tenant)
        self.book.seal()

    def month(self, tenant):
        for verb, points in MONEY.items():
            words = ["--issue-date", "2026-10-05"] if verb == "review" else []
            self.does(points, "daybook-invoices", verb, tenant, "2026-09", *words)
            self.book.seal()

    def run(self):
        try:
            self.tell()
        except BaseException as error:  # said when both are done
            self.error = error


def tables(database, without=()):
    """What every table holds, but for recorded_at."""
    names = [row[0] for row in sql(database,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
        "n.nspname = 'ledger' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")]
    chosen = [name for name in names if name not in {"schema_version", "progress", *without}]
    whole = " UNION ALL ".join(
        f"SELECT '{name}', count(*), md5(string_agg(row, '' ORDER BY row)) FROM (SELECT "
        f"(to_jsonb(t) - 'recorded_at')::text AS row FROM ledger.{name} t) t" for name in chosen)
    return {name: (int(count), md5) for name, count, md5 in sql(database, whole)}


def same_tables(got, want, name):
    if not ok(got == want, f"{name}: {len(want)} tables, {sum(n for n, _ in want.values())} rows"):
        diag({table: (got.get(table), want[table]) for table in want if got.get(table) != want[table]})


def counted(book):
    """What came by the topic: windows with their sums, identities, receipts' counts."""
    return [book.sql(statement) for statement in (
        "SELECT tenant, encode(series, 'hex'), window_from, sum(quantity), sum(contributions) FROM "
        "ledger.entry WHERE kind = 1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        "SELECT slot, event_hour, encode(substring(ids FROM n * 24 + 1 FOR 24), 'hex') FROM "
        "ledger.dedup_block, generate_series(0, octet_length(ids) / 24 - 1) n ORDER BY 1, 2, 3",
        "SELECT encode(feed, 'hex'), partition, sum(records), sum(accepted), sum(duplicate), "
        "sum(quarantined) FROM ledger.receipt GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT encode(feed, 'hex'), partition, record_offset, reason FROM ledger.quarantine "
        "ORDER BY 1, 2, 3")]


# ---------------------------------------------------------------------------------- the points

is_(sorted(set(declared()) ^ rows()), [], "every point of base/crash.h has a row here, and every row a point")
is_([point for point in declared() if len(places(point)) != 1], [], "each point has one place in the code")
if os.environ.get("BUILD", "release") == "release":
    programs = sorted(BIN.glob("daybook-*"))
    is_([path.name for path in programs if b"DAYBOOK_CRASH_AT" in path.read_bytes()], [],
        f"none of the {len(programs)} programs of a release knows of them")

# ---------------------------------------------------------------------------------- init, copies

topic = new_topic("crash", 2, "message.timestamp.type=LogAppendTime")
book = Ledger("crash", new_database("crash"))
book.run("daybook-ledger", "migrate")
empty = twin("crash_recovered", book.database)
suffer(INITS, book.command("daybook-ledger", "init", "--origin", "daybook.test/crash"))
is_(book.sql("SELECT size FROM ledger.head"), [["6"]], "init, killed five times, founded one log")
calm = book.copy("calm", twin("crash_calm", book.database))

example = json.loads((ROOT / "deploy/examples/catalog.json").read_text().replace('"usage"', f'"{topic}"'))
catalog, with_topic = WORK / "catalog.json", WORK / "with-topic.json"
with_topic.write_text(json.dumps(example))
for source in example["sources"]:
    source["topics"] = ["file"]
catalog.write_text(json.dumps({**example, "feeds": []}))

# A month's first day, again and again of other ids and allocations; each tenth event comes in every file.
run("generate", "file", WORK / "day.ndjson", "--events", "150", "--hours", "24")
day = (WORK / "day.ndjson").read_text().splitlines()
paths = [WORK / f"usage-{number}.ndjson" for number in range(len(FILES))]
for number, path in enumerate(paths):
    path.write_text("\n".join(
        line if n % 10 == 0 else re.sub('("id"|"allocation"):"', rf'\1:"{number}-', line)
        for n, line in enumerate(day)))

# -------------------------------------------------------------------------------------- the story

stories = [Story(book, True), Story(calm, False)]
threads = [threading.Thread(target=story.run) for story in stories]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
is_([str(story.error) for story in stories if story.error], [], "both go through all steps")
is_(missed, [], "each point is passed, and ends the program")
want = tables(calm.database)
same_tables(tables(book.database), want, "killed everywhere and started again, it has the same rows")
is_((book.archive / "public/checkpoint").read_text(), (calm.archive / "public/checkpoint").read_text(),
    "the same checkpoint is signed")
is_(book.broken(), [], "the book is whole")
is_(book.sql("SELECT document_id FROM ledger.document ORDER BY 1"), [["DE-2026-000001"], ["IN-2026-000001"]],
    "two documents, each with the first number of its series")
verified = run("daybook-verify", "log", book.archive / "public", "--vkey", book.keys / "log.vkey", "--root",
               book.keys / "root.vkey", check=False)
is_((book.run("daybook-ledger", "audit", check=False).returncode, verified.returncode), (0, 0),
    "the audit and the verifier find nothing")

# --------------------------------------------------------------------------------------- recovery

suffer(RECOVERY, ["daybook-ingest", "recover", "--admin", empty, "--keys", book.keys, "--archive", book.archive,
                  "--kafka", os.environ["DAYBOOK_KAFKA"]])
is_(missed, [], "each point of a recovery is passed")
without = ("token", "bundle", "tile", "checkpoint")
same_tables(tables(empty, without), {name: row for name, row in want.items() if name not in without},
            "recovered into an empty database, killed in between, it has the same rows")

# ---------------------------------------------------------------------------------------- a topic

run("generate", "topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", "2000", "--hours",
    "24", "--seed", "99")
for each in (book, calm):
    each.run("daybook-ledger", "catalog", "apply", with_topic)
calm.drain(topic)
for number, point in enumerate(TOPIC):
    member = start(f"member-{number}", "env", f"DAYBOOK_CRASH_AT={point}", *book.command(
        str(CRASHING / "daybook-ingest"), "run", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic,
        "--group", f"crash-{topic}-{number}", "--session-timeout-ms", "6000", *SMALL))
    is_(wait_for(30, lambda: not member.running()) and member.popen.returncode, -signal.SIGKILL,
        f"a member dies at {point}")
book.drain(topic)
is_(counted(book), counted(calm), "what came by the topic was counted as undisturbed")
is_(book.broken(), [], "the book is whole")
done_testing()
