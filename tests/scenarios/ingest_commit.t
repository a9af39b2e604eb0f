#!/usr/bin/env python3
"""COMMIT that never arrived, that was done and not answered, that was answered with a lie: the process
lives on, and what comes again is known or new as the book has it.

Each fault falls on a batch of new events; the same events follow. Memory that was ahead of the book
would take the first for copies, memory behind it would count the second.
"""

import json
import os
import re
import subprocess

from chaosproxy import ChaosProxy
from harness import *
from ledger import Ledger, found_ledger

EVENTS = 40
FAULTS = {
    "is lost before it arrives": ChaosProxy.drop_commit,
    "is done, and its answer lost": ChaosProxy.lose_commit,
    "is done, and answered with a deadlock": lambda proxy: proxy.refuse_commit("40P01"),
    "is done, and answered with a duplicate key": lambda proxy: proxy.refuse_commit("23505"),
}


def events(name):
    return [json.dumps({
        "specversion": "1.0", "id": f"{name}-{n}", "source": "/gateway/fra1", "type": "tokens.request.v1",
        "subject": "acme" if n % 2 else "globex", "time": "2026-09-01T10:00:00Z",
        "data": {"model": "m-1", "region": "fra", "project": "p1", "tokens": {"input": 10, "output": n + 1}}})
        for n in range(EVENTS)]


def produce(lines):
    for subject, partition in (("globex", 0), ("acme", 1)):
        text = "\n".join(line for line in lines if f'"{subject}"' in line)
        subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", str(partition),
                        "-k", subject, "-H", "content-type=application/cloudevents+json"],
                       input=text, text=True, check=True)


def counts():
    """What the receipts say of all records: accepted, duplicate, quarantined."""
    return [int(cell) for cell in book.sql(
        "SELECT coalesce(sum(accepted), 0), coalesce(sum(duplicate), 0), coalesce(sum(quarantined), 0) "
        "FROM ledger.receipt")[0]]


def comes_to(expected, name):
    wait_for(30, lambda: sum(counts()) >= sum(expected))
    is_(counts(), expected, name)


topic = new_topic("commit", 2, "message.timestamp.type=LogAppendTime")
book = found_ledger("commit", new_database("commit"), topic)
host, port = (re.search(rf"{word}=(\S+)", book.database)[1] for word in ("host", "port"))
proxy = ChaosProxy((host, int(port)))
proxy.only_batches = True
through = Ledger("commit", book.database.replace(f"port={port}", f"port={proxy.port}"))
member = through.start_ingest("member", topic, f"group-{topic}", "--batch-seconds", "1", "--batch-events", "100")

first = events("first")
produce(first)
comes_to([EVENTS, 0, 0], "events are counted")
for number, (what, spoil) in enumerate(FAULTS.items(), 1):
    new = events(f"fault-{number}")
    taken, known, _ = counts()
    spoil(proxy)
    produce(new)
    comes_to([taken + EVENTS, known, 0], f"COMMIT {what}: each event is counted")
    ok(not proxy.commits_to_spoil(), "... after a COMMIT that was spoilt")
    produce(new)
    comes_to([taken + EVENTS, known + EVENTS, 0], "... and once: the same again are duplicates")
produce(first)
total = EVENTS * (1 + len(FAULTS))
comes_to([total, total, 0], "what was counted at first is still known")
ok(member.running() and member.stop() == 0, "the same process lived on")
is_(book.broken(), [], "the book is whole")
is_(book.sql("SELECT sum(contributions) FROM ledger.entry WHERE kind = 1"), [[str(2 * total)]],
    "each event has its two entries' contributions")
done_testing()
