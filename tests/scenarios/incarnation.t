#!/usr/bin/env python3
"""A topic is deleted and made again under its name: its partitions halt, an operator begins their chains
anew, and what comes again is known."""

import os

from harness import *
from ledger import found_ledger
from positions import Positions

TOPIC_TIME = "message.timestamp.type=LogAppendTime"
ACCEPTED = "SELECT coalesce(sum(accepted), 0) FROM ledger.receipt"


def produce(seed, events):
    run("generate", "topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", events,
        "--seed", seed, "--hours", "24")


def incarnation(*words):
    return book.run("daybook-ingest", "incarnation", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic,
                    "--reason", "made \"anew\"", *words, check=False)


def value(statement):
    return int(book.sql(statement)[0][0])


topic = new_topic("incarnation", 2, TOPIC_TIME)
book = found_ledger("incarnation", new_database("incarnation"), topic)
like(incarnation("--all").stderr, "no chain of", "a topic that was never read needs no incarnation")
produce(1, 1500)
book.drain(topic)
first = value(ACCEPTED)
done = incarnation("--all")
is_(done.returncode, 1, "nor does a healthy one")
like(done.stdout, "partition 1: its chain is healthy", "and it is told so of each partition")
like(incarnation("--partition", "7").stderr, "no chain of", "a partition that is not there has no chain")
is_(value("SELECT count(*) FROM ledger.content WHERE subject_id LIKE 'incarnation/%'"), 0, "nothing is booked")

run("topics", "delete", topic)
run("topics", "create", topic, "2", TOPIC_TIME)
produce(1, 1500)
produce(2, 500)
done = book.drain(topic, check=False)
is_(done.returncode, 3, "a topic that was made again halts")
like(done.stderr, r"HALT (anchor_changed|log_short) partition \d .*daybook-ingest incarnation",
     "with what is to be done")
is_(value(ACCEPTED), first, "and nothing of it is counted")
done = incarnation("--all")
is_(done.returncode, 0, "an operator begins all its chains anew")
like(done.stdout, r"partition 0: incarnation 2 begins .*\n.*partition 1: incarnation 2", "both partitions are named")
content = book.sql("SELECT content::json ->> 'reason', operator FROM ledger.content c JOIN ledger.entry e "
                   "USING (log, idx) WHERE subject_id LIKE 'incarnation/%'")
is_((len(content), content[0][0]), (1, "made \"anew\""), "the book has the reason")
like(incarnation("--all").stdout, "incarnation 2 is decided already", "once is enough")
is_(book.drain(topic, check=False).returncode, 0, "then it is read to its end")
is_(book.sql("SELECT incarnation, count(*), max(start) FROM ledger.assignment GROUP BY 1 ORDER BY 1"),
    [["1", "2", "0"], ["2", "2", "0"]], "by new chains, beside the old ones")
second = value(ACCEPTED)
ok(first < second, f"new events are counted: {second - first}")
known = value("SELECT sum(duplicate) FROM ledger.receipt WHERE incarnation = 2")
ok(known >= first, f"and {known} are known from before")
is_(value("SELECT sum(records) FROM ledger.receipt WHERE incarnation = 2"), Positions(topic).count(),
    "no record is left out")

# ------------------------------------------------------------------------------ under a running process

member = book.start_ingest("member", topic, f"group-{topic}", "--batch-seconds", "1")
ok(wait_for(20, lambda: "reading 2 partitions" in member.log()), "a process reads the topic")
is_(incarnation("--all", "--although-healthy").returncode, 0, "whoever insists begins healthy chains anew")
produce(3, 400)
wanted = Positions(topic).count()
ok(wait_for(40, lambda: value("SELECT coalesce(sum(records), 0) FROM ledger.receipt WHERE incarnation = 3") == wanted),
   "the process takes it up, and reads what the topic has once more")
member.stop()
ok(value(ACCEPTED) > second, "the new events are counted")
is_(value("SELECT count(*) FROM (SELECT FROM ledger.receipt WHERE incarnation = 2 AND idx > (SELECT min(idx) FROM ledger.receipt WHERE incarnation = 3)) r"), 0,
    "the chains before have ended")
book.seal()
done = book.run("daybook-ledger", "audit", check=False)
ok(done.returncode == 0 and "FINDING" not in done.stdout, "audit finds nothing")
if done.returncode:
    diag(done.stdout + done.stderr)
is_(book.broken(), [], "and the book is whole")
changed = WORK / "again.json"
changed.write_text(book.run("daybook-ledger", "catalog", "show").stdout)
like(book.run("daybook-ledger", "catalog", "apply", changed).stdout, "the catalog is this already: version 1",
     "the catalog's own versions are not touched")

run("psql", "-Xqd", book.database, "-c", "ALTER TABLE ledger.content DISABLE TRIGGER USER", "-c",
    "DELETE FROM ledger.content WHERE subject_id LIKE 'incarnation/%' AND version = 1")
like(book.run("daybook-ledger", "audit", check=False).stdout, r"nobody decided incarnation 2 of partition 0",
     "a chain that nobody began anew is found")
done_testing()
