#!/usr/bin/env python3
"""Numbers of sources that count their events: what never came is told, whatever came twice, late or anew.

The model is a bag of numbers: those of the events that are accepted, each event once.
"""

import json
import os
import random
import shutil
import signal

from harness import WORK, done_testing, is_, like, new_database, new_topic, ok, run, sql, wait_for
from ledger import found_ledger

AS_OF = ("--as-of", "2026-10-05T00:00:00Z")
SOURCES = ["/count/a", "/count/b"]
TENANTS = ["acme", "initech", "hooli"]
KAFKA = ("--kafka", os.environ["DAYBOOK_KAFKA"])
CHANCE = random.Random(11)


def event(name, source, number, tenant="acme", count=1):
    made = {"specversion": "1.0", "id": name, "source": source, "type": "tokens.request.v1", "subject": tenant,
            "time": "2026-09-01T10:00:00Z", "data": {"model": "m", "tokens": {"input": count}}}
    if number is not None:
        made["sequence"] = number
    return made


topic = new_topic("gaps", 2, "message.timestamp.type=LogAppendTime")
book = found_ledger("gaps", new_database("gaps"), topic)
tenants = [row[0] for row in book.sql("SELECT id FROM ledger.tenant ORDER BY 1")]
TENANTS = [tenant for tenant in TENANTS if tenant in tenants] or tenants[:3]


def apply(sequence):
    catalog = json.loads((WORK / "catalog-gaps.json").read_text())
    for source in [*SOURCES, "/count/silent", "/plain"]:
        rule = {"source": source, "tenants": ["*"] if source != "/count/b" else TENANTS[:2], "types": ["tokens.request.v1"],
                "topics": [topic, "file"]}
        catalog["sources"].append({**rule, "sequence": sequence} if source.startswith("/count") else rule)
    (WORK / "counting.json").write_text(json.dumps(catalog))
    return book.run("daybook-ledger", "catalog", "apply", WORK / "counting.json", check=False)


def take(events, name):
    path = WORK / f"{name}.ndjson"
    path.write_text("".join(json.dumps(e) + "\n" for e in events))
    return book.run("daybook-ingest", "file", path, *AS_OF, "--batch-events", "37")


def gaps(*words):
    done = book.run("daybook-ingest", "gaps", *words, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done


def lives(source, *words):
    """{life: (first, last, missing, in quarantine, gaps)} as it is told."""
    rows = [json.loads(line) for line in gaps("--json", "--source", source, *words).stdout.splitlines()]
    return [(int(life["first"]), int(life["last"]), int(life["missing"]), int(life["in_quarantine"]),
             [tuple(map(int, gap)) for gap in life["gaps"]]) for life in rows[0]["lives"]]


def expected(numbers, held=()):
    """The same of a bag of numbers."""
    made = []
    for life in range(1, max(numbers.values(), default=0) + 1):
        there = sorted(n for n, times in numbers.items() if times >= life)
        missing = [n for n in range(there[0], there[-1]) if numbers.get(n, 0) < life]
        runs = []
        for n in missing:
            if runs and runs[-1][1] == n - 1:
                runs[-1] = (runs[-1][0], n)
            else:
                runs.append((n, n))
        made.append((there[0], there[-1], len(missing), len(set(missing) & set(held)), runs))
    return made


like(apply("words").stderr, "sequence", "a catalog knows no other numbers than whole ones")
is_(apply("integer").returncode, 0, "sources that count are marked in the catalog")
like(gaps().stdout, "/count/silent: nothing came", "one that never sent anything is named")

# ------------------------------------------------------------------------------------- a few by hand

take([event("p1", "/plain", "5"), event("a1", "/count/a", "1"), event("a2", "/count/a", 2), event("a3", "/count/a", "4"),
      event("a4", "/count/a", None), event("a5", "/count/a", "x"), event("a6", "/count/a", "007")], "first")
done = gaps("--source", "/count/a")
like(done.stdout, r"/count/a: 3 numbered, 3 without a number.*\n  life 1: 1 to 4, 1 missing: 3$", "a number that did not come")
is_(done.returncode, 1, "is status 1")
is_(book.sql("SELECT DISTINCT source FROM ledger.sequence"), [["/count/a"]], "sources that do not count have no rows")
take([event("a1", "/count/a", "1"), event("a3", "/count/a", "9"), event("bad", "/count/a", "3", tenant="nobody")], "again")
is_(lives("/count/a"), [(1, 4, 1, 1, [(3, 3)])], "duplicates change nothing; what lies in quarantine did come")
is_(gaps("--source", "/count/a").returncode, 0, "and is not lost")
book.run("daybook-ledger", "tenant", "add", "nobody", "--zone", "UTC", "--name", "Nobody")
book.run("daybook-ingest", "quarantine", "release", "--tenant", "nobody", "--reason", "x", "--yes", *AS_OF)
is_(lives("/count/a"), [(1, 4, 0, 0, [])], "released, it fills its gap")
take([event(f"c{n}", "/count/a", str(n)) for n in (1, 2, 4)], "anew")
is_(lives("/count/a"), [(1, 4, 0, 0, []), (1, 4, 1, 0, [(3, 3)])], "one that counts from 1 again has a second life")

# ------------------------------------------------------- many, in any order, by a topic and by files

bag = {source: {} for source in SOURCES}
bag["/count/a"] = {1: 2, 2: 2, 3: 1, 4: 2}
sent = []
for number in range(1, 900):
    for source in SOURCES:
        if CHANCE.random() < 0.03:
            continue  # never sent
        for life in range(1 + (number < 300)):
            name = f"{source}-{life}-{number}"
            sent.append(event(name, source, str(number), TENANTS[number % 2]))
            bag[source][number] = bag[source].get(number, 0) + 1
            if CHANCE.random() < 0.1:
                sent.append(sent[-1])
CHANCE.shuffle(sent)
half = len(sent) // 2
for partition in (0, 1):
    (WORK / "lines").write_text("".join(json.dumps(made) + "\n" for made in sent[partition:half:2]))
    run("kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", partition, "-H",
        "content-type=application/cloudevents+json", "-l", WORK / "lines")
small = ("--batch-events", "50", "--group", "gaps-group", "--session-timeout-ms", "6000", *KAFKA, "--topic", topic)
killed = book.start("killed", "daybook-ingest", "run", *small, "--batch-seconds", "1")
ok(wait_for(20, lambda: int(book.sql("SELECT count(*) FROM ledger.sequence")[0][0]) > 12), "a process takes them in small batches")
killed.stop(signal.SIGKILL)
book.drain(topic, "--batch-events", "50")
take(sent[half:], "rest")
for source in SOURCES:
    is_(lives(source, "--limit", "100000"), expected(bag[source]), f"{source}: killed, run again, by topic and by file: the model's gaps")
is_(sum(times for source in SOURCES for times in bag[source].values()),
    int(book.sql("SELECT sum(numbered) FROM ledger.sequence")[0][0]), "each accepted event is there once")
by_topic = lives("/count/b", "--topic", topic, "--limit", "100000")
ok(by_topic != lives("/count/b", "--limit", "100000") and by_topic[0][2] > 0, "what came by the topic alone has more gaps")
is_(gaps("--since", "2090-01-01T00:00:00Z", "--source", "/count/b").stdout.strip(), "/count/b: nothing came that is counted",
    "nothing came since a day to come")
is_([line.split(":")[0] for line in gaps("--tenant", tenants[-1] if tenants[-1] not in TENANTS[:2] else "x").stdout.splitlines()
     if line.startswith("/")], ["/count/a", "/count/silent"], "only sources that may bill a tenant")

# ------------------------------------------------------------- what came by a topic, and was released

(WORK / "lines").write_text("".join(json.dumps(event(f"s{n}", "/count/silent", str(n), "stranger" if n in (3, 4) else "acme")) + "\n"
                                    for n in (1, 2, 3, 4, 6)))
run("kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", 0, "-H", "content-type=application/cloudevents+json", "-l",
    WORK / "lines")
book.drain(topic)
SILENT = ("--source", "/count/silent", "--topic", topic)
is_(lives("/count/silent", "--topic", topic), [(1, 6, 3, 2, [(3, 5)])], "two of a topic's numbers lie in quarantine, one never came")
book.run("daybook-ledger", "tenant", "add", "stranger", "--zone", "UTC", "--name", "Stranger")
offset = book.sql("SELECT record_offset FROM ledger.quarantine WHERE event_id = 's3'")[0][0]
book.run("daybook-ingest", "quarantine", "release", topic, "0", offset, "--reason", "x", "--yes", *AS_OF)
done = gaps(*SILENT)
like(done.stdout, r"3 missing, of which 1 are in quarantine, 1 were released into files: 3-5\n.*files alone is not",
     "one that was released came by the topic, and is told apart")
is_(done.returncode, 1, "the one that never came is missing still")
take([event("s5", "/count/silent", "5")], "by-file")
is_((lives("/count/silent")[0][2:4], gaps("--source", "/count/silent").returncode), ((1, 1), 0), "by topics and files alike nothing is lost")
is_(gaps(*SILENT).returncode, 1, "by the topic alone what came by a file alone is")

# ------------------------------------------------------------------------------------ audit, recovery

book.seal()
found = book.run("daybook-ingest", "audit", *KAFKA, check=False)
is_((found.returncode, found.stdout.count("FINDING")), (0, 0), "an audit makes the numbers again, and finds nothing")
is_(book.run("daybook-ledger", "audit", check=False).returncode, 0, "nor does the ledger's")
is_(book.broken(), [], "the book is whole")
keys = WORK / "recovery-keys"
keys.mkdir()
for name in ("salt.key", "dedup.key", "log.vkey"):
    shutil.copy(book.keys / name, keys / name)
empty = new_database("gaps_empty")
run("daybook-ledger", "migrate", "--database", empty)
run("daybook-ingest", "recover", "--admin", empty, "--keys", keys, "--archive", book.archive, *KAFKA)
rows = "SELECT count(*), md5(string_agg(s::text, '' ORDER BY s::text)) FROM ledger.sequence s"
is_(sql(empty, rows), book.sql(rows), "a recovery makes them again, row by row")
book.sql("ALTER TABLE ledger.sequence DISABLE TRIGGER ALL")
for words, statement, pattern in (
        ("another run", "UPDATE ledger.sequence SET runs = '\\x0200' WHERE ctid = (SELECT min(ctid) FROM ledger.sequence)",
         "other numbers came than are kept"),
        ("a row that is gone", "DELETE FROM ledger.sequence WHERE ctid = (SELECT max(ctid) FROM ledger.sequence)",
         "the numbers that came are not kept"),
        ("a row of another source", "INSERT INTO ledger.sequence SELECT log, feed, partition, incarnation, from_offset, "
         "'/x', 1, 1, runs FROM ledger.sequence LIMIT 1", "none of its numbers came there")):
    book.sql(statement)
    said = book.run("daybook-ingest", "audit", *KAFKA, check=False).stdout
    like(said, f"FINDING replay_sequence .*{pattern}", f"{words} is found")
done_testing()
