#!/usr/bin/env python3
"""What was not counted: listed by filters, shown whole, released once, whatever comes in between.

A twin of the ledger knows tenants and sources from the beginning and takes the same records: what is
counted after a release must be what it counted at once.
"""

import base64
import hashlib
import json
import os
import shutil
import signal

from harness import (WORK, diag, done_testing, is_, like, new_database, new_topic, ok, run, sql, start,
                     wait_for)
from ledger import found_ledger
from refusals import Producer

STRUCTURED = [("content-type", b"application/cloudevents+json")]
AS_OF = ("--as-of", "2026-10-05T00:00:00Z")
SUMS = ("SELECT t.id, encode(e.series, 'hex'), window_from, length_seconds, sum(quantity), sum(contributions) "
        "FROM ledger.entry e JOIN ledger.tenant t USING (tenant) WHERE kind = 1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3")


def tokens(event, tenant="acme", source="/gateway/fra1", count=1, time="2026-09-01T10:00:00Z", **more):
    return {"specversion": "1.0", "id": event, "source": source, "type": "tokens.request.v1", "subject": tenant,
            "time": time, "data": {"model": "m", "tokens": {"input": count}}, **more}


def binary(event, **more):
    """The same event with its attributes in headers."""
    structured = tokens(event, **more)
    data = structured.pop("data")
    headers = [(f"ce_{name}", str(text).encode()) for name, text in structured.items()]
    return json.dumps(data, indent=1).encode(), headers + [("Content-Type", b"application/json; charset=utf-8")]


topic = new_topic("quarantine", 1, "message.timestamp.type=LogAppendTime")
book = found_ledger("quarantine", new_database("quarantine"), topic)
twin = found_ledger("twin", new_database("quarantine_twin"), topic)
catalog = json.loads((WORK / "catalog-quarantine.json").read_text())
catalog["sources"].append({"source": "/gateway/new", "tenants": ["*"], "types": ["tokens.request.v1"],
                           "topics": [topic, "file"]})
(WORK / "wider.json").write_text(json.dumps(catalog))
twin.run("daybook-ledger", "catalog", "apply", WORK / "wider.json")
twin.run("daybook-ledger", "tenant", "add", "later", "--zone", "UTC", "--name", "Later")

producer = Producer()
offsets = {}


def put(name, value, headers=STRUCTURED, key=None):
    """Sends a record and remembers its offset by a name."""
    value = json.dumps(value).encode() if isinstance(value, dict) else value
    said = producer.send(topic, value, headers, key)
    assert said == "", said
    offsets[name] = str(len(offsets))


def quarantine(verb, *words, check=False):
    return book.run("daybook-ingest", "quarantine", verb, *words, check=check)


def at(name):
    return (topic, "0", offsets[name])


def shown(*place):
    return json.loads(quarantine("show", *place, "--json", check=True).stdout)


def listed(*words):
    return [json.loads(line) for line in quarantine("list", "--json", *words, check=True).stdout.splitlines()]


def names(*words):
    by_offset = {offset: name for name, offset in offsets.items()}
    return [by_offset[row["offset"]] for row in listed(*words) if row["feed"] == topic]


put("good", tokens("good"))
put("lines", json.dumps(tokens("lines", "later", count=7, note="a\nb \\ \" é"), indent=2).encode())
put("headers", *binary("headers", tenant="later", count=8, extra='say "é"', sequence="5"), key=b"later")
put("odd", *(lambda value, headers: (value, headers + [("x", None), ("ce_bytes", b"\xff\x00"), ("ce_BIG", b"b")]))(
    *binary("odd", tenant="later", count=9)))
put("source-1", tokens("source-1", source="/gateway/new"))
put("source-2", tokens("source-2", source="/gateway/new", tenant="initech"))
put("both", tokens("both", source="/gateway/new", tenant="nobody"))
put("bytes", b'\x1b[31m{"\xff', STRUCTURED + [("x", b"\x00")], key=b"\x80k")
put("null", None)
put("large", b"x" * 70000)
put("conflict", tokens("good", count=2))
put("copy", tokens("source-1", source="/gateway/new", pad=" "))
value, headers = binary("wide", tenant="wide")
put("wide", value + b" " * (65536 - len(value) - sum(len(name) + len(text) for name, text in headers)), headers)
book.drain(topic)
twin.drain(topic)
before = book.sql(SUMS)

# ----------------------------------------------------------------------------------------- list, show

is_(names(), [name for name in offsets if name != "good"], "what was not counted is listed, the oldest first")
is_(names("--for", "unknown_source"), ["source-1", "source-2", "both", "copy"], "by reason")
is_(names("--tenant", "later"), ["lines", "headers", "odd"], "by tenant")
is_(names("--source", "/gateway/new", "--tenant", "initech"), ["source-2"], "by source and tenant")
is_(names("--topic", "other"), [], "by topic")
is_(names("--until", "2020-01-01T00:00:00Z"), [], "by broker time")
is_(names("--since", "2020-01-01T00:00:00Z", "--topic", topic), names(), "from an instant on")
pages, after = [], ()
while True:
    page = quarantine("list", "--json", "--limit", "5", *after, check=True)
    pages += [json.loads(line)["offset"] for line in page.stdout.splitlines()]
    if "more: --after " not in page.stderr:
        break
    after = ("--after", page.stderr.split()[-1])
is_(pages, [row["offset"] for row in listed()], "pages of five are the list, each record once")
like(quarantine("list", "--for", "conflict").stdout, "conflict .*\n1 open", "for people: one open")

record = shown(*at("headers"))
is_({name: record[name] for name in ("feed", "reason", "tenant", "source", "id", "key", "disposition")},
    {"feed": topic, "reason": "unknown_tenant", "tenant": "later", "source": "/gateway/fra1", "id": "headers",
     "key": "later", "disposition": None}, "a record is shown whole: who it is of, and that it is open")
ok({"name": "ce_extra", "value": 'say "é"'} in record["headers"] and json.loads(record["value"])["model"] == "m",
   "its headers and its value")
record = shown(*at("bytes"))
is_([base64.b64decode(record[f"{name}_base64"]) for name in ("key", "value")], [b"\x80k", b'\x1b[31m{"\xff'],
    "bytes that are no text are base64")
text = quarantine("show", *at("bytes")).stdout
ok("\\x1b[31m{\"\\xff" in text and "\x1b" not in text and "\\x80k" in text, "and escaped for people: no terminal is moved")
is_([shown(*at("large"))[name] for name in ("size", "value")], [70040, "x" * 4096], "of what is too large the start is there")
is_(shown(*at("null"))["value"], None, "a null value is none")

# ------------------------------------------------------------------------------------ what is refused

for name, word in (("large", "too_large"), ("conflict", "conflict"), ("bytes", "malformed"), ("null", "malformed")):
    done = quarantine("release", *at(name), "--reason", "x", "--yes")
    ok(done.returncode == 1 and f"'{word}' cannot be released" in done.stderr, f"{word} is not released")
done = quarantine("release", *at("wide"), "--reason", "x", "--yes")
like(done.stderr, "as a line of a file the event is larger than 65536 bytes", "nor is a record that has no room in a line")
like(quarantine("release", *at("good"), "--reason", "x", "--yes").stderr, "nothing that is open", "nor one that was counted")
is_(quarantine("release", *at("lines"), "--yes").returncode, 2, "without a reason nothing is released")
is_(book.sql("SELECT count(*) FROM ledger.disposition"), [["0"]], "and nothing was disposed of")

# ---------------------------------------------------------------------------------------- one record

preview = quarantine("release", *at("lines"), "--reason", "early", check=True).stdout
like(preview, r"1 refused as unknown_tenant: would be refused again as unknown_tenant\nnothing was done", "a preview says so")
done = quarantine("release", *at("lines"), "--reason", "early", "--yes", *AS_OF, check=True)
like(done.stdout, r"0 accepted, 0 duplicate, 1 quarantined\nrefused again: [0-9a-f]{64} 0 0: unknown_tenant",
     "released too early, it is refused again, and that is said")
fate = shown(*at("lines"))["disposition"]
is_((fate["action"], fate["reason"], fate["taken"], fate["refused_again"]["reason"]),
    ("released", "early", True, "unknown_tenant"), "what became of it is shown")
again = (fate["file"], "0", "0")
kept = (book.archive / f"private/files/{fate['file']}.ndjson").read_bytes()
is_(hashlib.sha256(kept).hexdigest(), fate["file"], "the archive has the file")
is_(json.loads(kept), tokens("lines", "later", count=7, note="a\nb \\ \" é"), "the line is the event that was sent")
like(quarantine("release", *at("lines"), "--reason", "x", "--yes").stderr, "nothing that is open", "it is not released twice")
is_(quarantine("write-off", *at("lines"), "--reason", "x").returncode, 1, "nor written off afterwards")

book.run("daybook-ledger", "tenant", "add", "later", "--zone", "UTC", "--name", "Later")
done = quarantine("release", *again, "--reason", "the tenant is there now", "--yes", *AS_OF, check=True)
like(done.stdout, "1 accepted, 0 duplicate, 0 quarantined", "the line that was refused again is released again, and counted")
fate = shown(*again)["disposition"]
ok(fate["file"] != again[0] and fate["taken"] and "refused_again" not in fate, "as a file of its own")

# ------------------------------------------------------------------------------------------ by filter

preview = quarantine("release", "--tenant", "later", "--reason", "tenant", check=True).stdout
like(preview, "2 records, .*\n  2 refused as unknown_tenant: would be counted", "a filter's preview counts")
done = quarantine("release", "--tenant", "later", "--reason", "tenant", "--yes", *AS_OF, check=True)
like(done.stdout, "2 accepted, 0 duplicate, 0 quarantined", "binary records become lines")
fate = shown(*at("headers"))["disposition"]
line = json.loads((book.archive / f"private/files/{fate['file']}.ndjson").read_text().splitlines()[0])
is_(line, {**tokens("headers", "later", count=8, extra='say "é"', sequence="5"),
           "datacontenttype": "application/json; charset=utf-8"}, "with every attribute of theirs")

# ------------------------------------------------------------------------- two operators, and kill -9

book.run("daybook-ledger", "catalog", "apply", WORK / "wider.json")
lock = start("lock", "psql", "-X", "-d", book.database, "-c", "BEGIN", "-c", "LOCK TABLE ledger.disposition IN SHARE MODE",
             "-c", "SELECT pg_sleep(60)")
waiting = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
           "AND application_name LIKE 'daybook%'")
wait_for(10, lambda: "LOCK" in lock.log())
both = [book.start(f"operator-{n}", "daybook-ingest", "quarantine", "release", *words, "--reason", f"operator {n}", "--yes", *AS_OF)
        for n, words in ((1, ["--source", "/gateway/new"]), (2, at("source-1")))]
ok(wait_for(8, lambda: book.sql(waiting) == [["2"]]), "two operators release the same record at once")
lock.stop(signal.SIGKILL)
book.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
is_(sorted(process.popen.wait(30) for process in both), [0, 1], "one of them does")
said = "".join(process.log() for process in both)
like(said, "another operator has disposed of some of these meanwhile; nothing was released", "the other is told")
diag(said.replace("\n", " / "))
rest = quarantine("release", "--source", "/gateway/new", "--reason", "the rest", "--yes", *AS_OF)
ok(rest.returncode in (0, 1), "what he had beside it is released by another go")
is_(names("--source", "/gateway/new"), [], "all of it")
is_([row for row in book.sql(SUMS) if row not in twin.sql(SUMS)], [], "what was counted is what the twin counted at once")
is_(sorted(map(str, twin.sql(SUMS))) == sorted(map(str, book.sql(SUMS))), True, "all of it, and none twice")

put("cut-1", tokens("cut-1", "cutter"))
put("cut-2", tokens("cut-2", "cutter", count=3))
book.drain(topic)
twin.drain(topic)
for ledger in (book, twin):
    ledger.run("daybook-ledger", "tenant", "add", "cutter", "--zone", "UTC", "--name", "Cutter")
twin.run("daybook-ingest", "quarantine", "release", "--tenant", "cutter", "--reason", "x", "--yes")
lock = start("slots", "psql", "-X", "-d", book.database, "-c", "BEGIN", "-c", "SELECT 1 FROM ledger.slot FOR UPDATE",
             "-c", "SELECT pg_sleep(60)")
wait_for(10, lambda: "64 rows" in lock.log())
cut = book.start("cut", "daybook-ingest", "quarantine", "release", "--tenant", "cutter", "--reason", "cut", "--yes", *AS_OF)
ok(wait_for(10, lambda: book.sql(waiting) != [["0"]]), "a release waits for its slots")
cut.stop(signal.SIGKILL)
lock.stop(signal.SIGKILL)
book.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
is_((shown(*at("cut-1"))["disposition"], shown(*at("cut-2"))["disposition"]), (None, None), "killed there, nothing was released")

# Half of one comes back when a database is lost: dispositions are in the journal, its usage was not published.
lines = "".join(json.dumps(event) + "\n" for event in (tokens("cut-1", "cutter"), tokens("cut-2", "cutter", count=3))).encode()
half = hashlib.sha256(lines).hexdigest()
(book.archive / f"private/files/{half}.ndjson").write_bytes(lines)
book.sql("INSERT INTO ledger.disposition (log, feed, partition, incarnation, record_offset, action, reason, operator, file) SELECT log, feed, "
         f"partition, incarnation, record_offset, 'released', 'cut', sha256('o'), '\\x{half}' FROM ledger.quarantine WHERE event_id LIKE 'cut-_'")
fate = shown(*at("cut-1"))["disposition"]
is_((fate["action"], fate["taken"]), ("released", False), "disposed of and not taken: that is shown")
like(quarantine("release", "--tenant", "cutter", "--reason", "again").stdout + "", "a release was cut off; --yes", "the next one says so")
book.seal()
run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "dump")
done = quarantine("release", "--tenant", "cutter", "--reason", "again", "--yes", *AS_OF, check=True)
like(done.stdout, "first, a release that was cut off: 2 records[^/]*2 accepted", "and run again it finishes it")
done = quarantine("release", "--tenant", "cutter", "--reason", "again", "--yes", *AS_OF)
like(done.stderr, "nothing that is open", "once")
is_(sorted(map(str, twin.sql(SUMS))) == sorted(map(str, book.sql(SUMS))), True, "each event is counted once")
quarantine("write-off", *at("conflict"), "--reason", "a test", check=True)
is_(names("--all", "--for", "conflict") + names("--for", "conflict"), ["conflict"], "--all lists what was disposed of, too")

# ---------------------------------------------------------------------------------- audits, recovery

book.seal()
kafka = ("--kafka", os.environ["DAYBOOK_KAFKA"])
for program in ("ledger", "ingest"):
    done = book.run(f"daybook-{program}", "audit", *(kafka if program == "ingest" else ()), check=False)
    ok(done.returncode == 0 and "FINDING" not in done.stdout, f"daybook-{program} audit finds nothing")
    diag(done.stdout.strip().splitlines()[-1])
is_(book.broken(), [], "the book is whole")


def rows(database):
    return [tuple(sql(database, f"SELECT '{table}', count(*), md5(string_agg(row, '' ORDER BY row)) FROM (SELECT "
                      f"(to_jsonb(t) - 'recorded_at')::text AS row FROM ledger.{table} t) t")[0])
            for table in ("entry", "receipt", "quarantine", "disposition", "dedup_block", "slot_step", "series")]


keys = WORK / "recovery-keys"
keys.mkdir()
for name in ("salt.key", "dedup.key", "log.vkey"):
    shutil.copy(book.keys / name, keys / name)
empty, copy = new_database("quarantine_empty"), new_database("quarantine_copy")
run("daybook-ledger", "migrate", "--database", empty)
run("pg_restore", "-d", copy, WORK / "dump")
for database, words in ((empty, "an empty database"), (copy, "a copy of the moment when the release was cut off")):
    done = run("daybook-ingest", "recover", "--admin", database, "--keys", keys, "--archive", book.archive, *kafka, check=False)
    is_(done.returncode, 0, f"{words} recovers")
    diag(done.stderr.strip()[-300:] if done.returncode else done.stdout.strip())
    is_(rows(database), rows(book.database), "row by row, with the files that records were released into")
(book.archive / f"private/files/{fate['file']}.ndjson").unlink()
found = book.run("daybook-ledger", "audit", check=False).stdout
like(found, rf"FINDING journal_mismatch.*{fate['file']}", "a released file that is gone is found")
done_testing()
