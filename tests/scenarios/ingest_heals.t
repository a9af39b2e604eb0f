#!/usr/bin/env python3
"""The connection to PostgreSQL is lost at every statement of an opening and of a first claim: whoever it happens to goes on
by himself or ends with 75, to be started again, and each event counts once."""

import concurrent.futures
import json
import os
import subprocess

from chaosproxy import ChaosProxy
from harness import *
from ledger import Ledger, found_ledger

EVENT = ('{{"specversion":"1.0","id":"{name}-{number}","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme",'
         '"time":"2026-09-01T10:00:00Z","data":{{"model":"m","tokens":{{"input":1}}}}}}\n')
EVENTS = 3
AT_ONCE = 4
TOPICS, PARTITIONS = 8, 3
TRY_AGAIN = 75


def events(name):
    return "".join(EVENT.format(name=name, number=number) for number in range(EVENTS))


class Through:
    """The ledger as somebody sees it who comes by a proxy of his own."""

    def __init__(self):
        host, port = re.search(r"host=(\S+) port=(\d+)", book.database).groups()
        self.proxy = ChaosProxy((host, int(port)))
        self.side = Ledger(book.name, re.sub(r"port=\d+", f"port={self.proxy.port}", book.database))
        self.side.keys, self.side.archive = book.keys, book.archive


def take_file(side, name):
    path = WORK / f"{name}.ndjson"
    path.write_text(events(name))
    return side.run("daybook-ingest", "file", path, "--as-of", "2026-10-05T00:00:00Z", check=False)


def disturbed(case):
    """What is wrong with how it ended, and how it did."""
    name, disturb = case
    through = Through()
    disturb(through.proxy)
    done = take_file(through.side, name)
    status, said = done.returncode, done.stdout + done.stderr
    if status == TRY_AGAIN:
        done = take_file(book, name)
    is_well = status in (0, TRY_AGAIN) and done.returncode == 0
    return status, None if is_well else f"{name}: status {status}, then {done.returncode}\n{said}"


def all_of(cases, name):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        ended = list(pool.map(disturbed, cases))
    wrong = [words for _, words in ended if words]
    ok(not wrong, f"{name}: {len(cases)} times, {sum(status == 0 for status, _ in ended)} went on by themselves")
    diag("\n".join(wrong[:5]))
    return len(cases)


def read_topic(number):
    """A member that claims three partitions for the first time."""
    through = Through()
    through.proxy.crash_after(crashes[number], 1.5)
    name = f"member-{number}"
    words = ["daybook-ingest", "run", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topics[number], "--group", "g-" + topics[number],
             "--session-timeout-ms", "6000", "--once-idle", "1", "--batch-seconds", "1"]
    subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topics[number], "-p", str(PARTITIONS - 1),
                    "-H", "content-type=application/cloudevents+json"], input=events(name), text=True, check=True)
    done = through.side.run(*words, check=False)
    status, said = done.returncode, done.stderr
    if status == TRY_AGAIN:
        done = book.run(*words, check=False)
    if not ok(status in (0, TRY_AGAIN) and done.returncode == 0 and through.proxy.has_crashed(),
              f"member {number}, crashed after {crashes[number]} answers: status {status}"):
        diag(said)


topics = [new_topic(f"heals-{number}", PARTITIONS, "message.timestamp.type=LogAppendTime") for number in range(TOPICS)]
book = found_ledger("heals", new_database("heals"), topics[0])
path = WORK / "catalog-heals.json"
catalog = json.loads(path.read_text())
catalog["feeds"] = [dict(catalog["feeds"][0], name=name) for name in topics]
for source in catalog["sources"]:
    source["topics"] = ["*"]
path.write_text(json.dumps(catalog))
book.run("daybook-ledger", "catalog", "apply", path)

counter = Through()
is_(take_file(counter.side, "undisturbed").returncode, 0, "undisturbed")
answers = counter.proxy.counts["answers"]
taken = 1
taken += all_of([(f"crash-{n}", lambda proxy, n=n: proxy.crash_after(n, 0)) for n in range(1, answers)],
                "crashed after each answer")
taken += all_of([(f"start-{n}", lambda proxy, n=n: proxy.crash_after(n, 1.2)) for n in range(1, answers, 3)],
                "and is starting for a while")
crashes = [answers // 2 + 2 * n for n in range(TOPICS)]
with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
    list(pool.map(read_topic, range(TOPICS)))
taken += TOPICS

is_(book.broken(), [], "the book is whole")
is_(book.sql("SELECT sum(accepted), sum(duplicate), sum(quarantined) FROM ledger.receipt"), [[str(EVENTS * taken), "0", "0"]],
    "each event counts once")
done_testing()
