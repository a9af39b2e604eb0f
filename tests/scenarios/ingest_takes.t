#!/usr/bin/env python3
"""A process goes on where another one wrote in between, to the same slots, hours and tenants: what that
one counted is known, its numbers are gone on from, and while it is at work it is waited for."""

import json
import os
import subprocess

from cluster import held
from harness import *
from ledger import found_ledger

EVENTS, AS_OF = 30, ["--as-of", "2026-10-05T00:00:00Z"]


def events(name, hour=10):
    return [json.dumps({
        "specversion": "1.0", "id": f"{name}-{n}", "source": "/gateway/fra1", "type": "tokens.request.v1",
        "subject": "acme", "time": f"2026-09-01T{hour}:00:00Z",
        "data": {"model": "m-1", "region": "fra", "project": "p1", "tokens": {"input": 10, "output": n + 1}}})
        for n in range(EVENTS)]


def by_topic(lines):
    subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", "0", "-k", "acme",
                    "-H", "content-type=application/cloudevents+json"],
                   input="\n".join(lines), text=True, check=True)


def by_file(lines):
    path = WORK / "events.ndjson"
    path.write_text("\n".join(lines))
    book.run("daybook-ingest", "file", path, *AS_OF)


def counts():
    """What the receipts say: accepted, duplicate."""
    return [int(cell) for cell in book.sql(
        "SELECT coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0) FROM ledger.receipt")[0]]


def comes_to(accepted, duplicate, name):
    expected = [accepted * EVENTS, duplicate * EVENTS]
    wait_for(20, lambda: sum(counts()) >= sum(expected))
    is_(counts(), expected, name)


topic = new_topic("takes", 1, "message.timestamp.type=LogAppendTime")
book = found_ledger("takes", new_database("takes"), topic)
member = book.start_ingest("member", topic, f"group-{topic}", "--batch-seconds", "1")

by_topic(events("one"))
comes_to(1, 0, "a member counts events of an hour")
by_file(events("two") + events("other", 11))
comes_to(3, 0, "a file adds to that hour, and to another one")
by_topic(events("two"))
comes_to(3, 1, "what the file had is known to the member")
by_topic(events("other", 11))
comes_to(3, 2, "also of the other hour")
by_topic(events("three"))
comes_to(4, 2, "what is new is counted")
by_file(events("one") + events("two") + events("three"))
comes_to(4, 5, "what the member counted is known to the next file")
for number in range(3):
    by_file(events(f"file-{number}"))
    by_topic(events(f"topic-{number}"))
    comes_to(6 + 2 * number, 5, f"in turns, {number + 1}")
by_topic(events("file-0") + events("file-2"))
comes_to(10, 7, "of every turn of the other's")
ok("failed" not in member.log(), "no batch of the member failed meanwhile")

with held(book.database, "SELECT FROM ledger.slot FOR UPDATE"):
    by_topic(events("waits"))
    ok(wait_for(10, lambda: book.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND "
        "query ILIKE '%ledger.slot%for update%'")), "a batch waits for whoever has its slots")
    is_(counts(), [10 * EVENTS, 7 * EVENTS], "and writes nothing meanwhile")
comes_to(11, 7, "then it goes on")
is_(member.stop(), 0, "the member ends in peace")
is_(book.broken(), [], "the book is whole")
is_(book.sql("SELECT count(*) - count(DISTINCT stream_seq), max(stream_seq) + 1 = count(*) FROM ledger.entry "
             "WHERE kind = 1"), [["0", "t"]], "the tenant's numbers have no gap")
done_testing()
