#!/usr/bin/env python3
"""What can happen to a topic and to the database under a chain of receipts, as a table: before a claim, and while a member
reads without a rebalance. Either the chain goes on and each event counts once, or it halts before anything is counted, and
the operator reads the same words in the log and in the progress row.

Elsewhere: growth under load (ingest_growing.t), what compaction leaves behind (ingest_odd.t), every writer against an
older database (restored.t).
"""

import collections
import concurrent.futures
import json
import os
import subprocess

from harness import *
from ledger import found_ledger
from refusals import Producer

TIME, PRODUCERS_TIME = "message.timestamp.type=LogAppendTime", "message.timestamp.type=CreateTime"
FIRST, SECOND, MORE = 20, 40, 60  # events: two receipts, then what comes after the upheaval
EVENT = ('{{"specversion":"1.0","id":"{topic}-{number}","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme",'
         '"time":"2026-09-01T10:00:00Z","data":{{"model":"m","tokens":{{"input":1}}}}}}\n')
CHECK_SECONDS = 3
ATTEMPTS_AT_ONCE = 6

RECREATED = "if it was recreated on purpose: daybook-ingest incarnation"
WORDS = {  # a halt: its sentence, its advice
    "log_short": ("the topic ends before what was already read: it was recreated or truncated", RECREATED),
    "anchor_changed": ("another record, or none, stands where one was read: the topic was recreated, truncated or "
                       "compacted", "turn off compaction; " + RECREATED),
    "records_lost": ("records were removed from the topic before they were read",
                     "find the missing records at their sources, raise the topic's retention, then daybook-ingest "
                     "incarnation"),
    "topic_gone": ("the brokers do not have the topic, or this partition of it, any more",
                   "if it was deleted by mistake, find what was not read at its sources; once it is made again: "
                   "daybook-ingest incarnation"),
    "compacted": ("the topic is compacted: the broker removes records of it, read or not",
                  "set cleanup.policy=delete on the topic, then start again"),
    "cluster_changed": ("the topic lies in another Kafka cluster than before",
                        "if the old one is gone for good: daybook-ingest incarnation"),
}

# --------------------------------------------------------------------------------------- upheavals


def fill(topic, begin, end, partition=0):
    """Events with the numbers from `begin` on, each with a key of its own, by the broker's clock."""
    events = (f"{number}\t{EVENT.format(topic=topic, number=number)}" for number in range(begin, end))
    subprocess.run(
        ["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", str(partition), "-K", "\t",
         "-H", "content-type=application/cloudevents+json"],
        input="".join(events), text=True, check=True, stderr=subprocess.DEVNULL)


def fill_by_number(topic, begin, end):
    """The same, by a clock of its producer's: a record is the same bytes, its time among them, each time."""
    producer = Producer()
    for number in range(begin, end):
        said = producer.send(topic, EVENT.format(topic=topic, number=number).encode(), key=b"acme",
                             headers=[("content-type", b"application/cloudevents+json")], time_ms=1790000000000 + number)
        assert not said, said


def truncate(topic):
    """As a broker does that comes back with an older log: what was before is the same, what came then another."""
    run("topics", "delete", topic)
    wait_for(10, lambda: run("topics", "create", topic, "1", PRODUCERS_TIME, check=False).returncode == 0)
    fill_by_number(topic, 0, 30)
    fill_by_number(topic, 1000, 1030)


def recreate(topic, count):
    run("topics", "delete", topic)
    wait_for(10, lambda: run("topics", "create", topic, "1", TIME, check=False).returncode == 0)
    if count:
        fill(topic, 1000, 1000 + count)


def lose_unread(topic):
    fill(topic, SECOND, MORE)
    run("topics", "trim", topic, "0", str(SECOND + 5))


def add_partitions(topic):
    run("topics", "grow", topic, "3")
    fill(topic, SECOND, SECOND + 10, partition=2)


def add_worn_partitions(topic):
    add_partitions(topic)
    run("topics", "trim", topic, "2", "4")


def reset_group(topic, offset):
    """The broker refuses it while the group has members; a member that was away for longer than its session is none."""
    fill(topic, SECOND, SECOND + 5)
    assert wait_for(20, lambda: run("topics", "reset", topic, f"group-{topic}", "0", str(offset),
                                    check=False).returncode == 0)


def change_cluster(topic):
    book.sql("BEGIN; ALTER TABLE ledger.assignment DISABLE TRIGGER USER; "
             "UPDATE ledger.assignment SET cluster_id = 'elsewhere' WHERE feed = (SELECT feed FROM ledger.progress "
             f"WHERE name = '{topic}' LIMIT 1); ALTER TABLE ledger.assignment ENABLE TRIGGER USER; COMMIT")


# `claim`, `running`: the halt and its detail; or HEALS; or None, where it cannot be. `steady`: while the member stands
# still, so that it sees nothing of what lies between. `meanwhile`: so many records of another log may be counted, until
# the next look at older receipts' records. `fill`: how its events come. `check`: when it looks.
HEALS, HEALS_AND_SAYS = ("heals", ""), lambda words: ("heals", words)
Row = collections.namedtuple("Row", "what upheave claim running steady meanwhile fill check",
                             defaults=(True, 0, fill, ("--check-seconds", CHECK_SECONDS)))
RECORDS = ("--check-seconds", 86400, "--check-records")  # only what is read makes it look
ROWS = [
    Row("deleted, and not made again", lambda topic: run("topics", "delete", topic),
        ("topic_gone", "the book goes on at 40"), ("topic_gone", "the book goes on at 40"), False),
    Row("recreated, empty", lambda topic: recreate(topic, 0),
        ("log_short", r"the feed has \[0, 0\), the book goes on at 40"),
        ("log_short", r"the feed has \[0, 0\), the book goes on at 40")),
    Row("recreated, shorter", lambda topic: recreate(topic, 30),
        ("log_short", r"the feed has \[0, 30\), the book goes on at 40"),
        ("anchor_changed|log_short", "the record at offset 19, of an older receipt, is another one|"
         r"the feed has \[0, 30\), the book goes on at 40")),
    Row("recreated, longer", lambda topic: recreate(topic, 50),
        ("anchor_changed", r"the record at offset 39 is another one"),
        ("anchor_changed", r"the record at offset (?:19|39|49)(?:, of an older receipt,)? is another one"), meanwhile=10),
    Row("recreated, longer: noticed by what is read", lambda topic: recreate(topic, 50), None,
        ("anchor_changed", r"the record at offset (?:19|39), of an older receipt, is another one"), True, 10, check=RECORDS + (5,)),
    Row("recreated, much longer: the same", lambda topic: recreate(topic, 2000), None,
        ("anchor_changed", r"the record at offset (?:19|39), of an older receipt, is another one"), True, 600,
        check=RECORDS + (300,)),
    Row("truncated to an older end, and refilled", truncate, ("anchor_changed", "the record at offset 39 is another one"),
        ("anchor_changed", "the record at offset 39(?:, of an older receipt,)? is another one"), True, 20, fill_by_number),
    Row("deleted and made again as members see it", lambda topic: recreate(topic, 50), None,
        ("anchor_changed|log_short", r"the record at offset (?:19|39|49)(?:, of an older receipt,)? is another one|the feed has .*"),
        False, 10),
    Row("retention passed what was not read", lose_unread,
        ("records_lost", r"the feed has \[45, 60\), the book goes on at 40"),
        ("records_lost", r"the feed has \[45, 60\), the book goes on at 40")),
    Row("retention passed what was read", lambda topic: run("topics", "trim", topic, "0", str(SECOND)),
        HEALS_AND_SAYS("partition 0: the last record that was read has left the topic since"), HEALS, False),
    Row("the group's offset set to the earliest", lambda topic: reset_group(topic, 0), HEALS, HEALS),
    Row("the group's offset set to the latest", lambda topic: reset_group(topic, SECOND + 5), HEALS, HEALS),
    Row("partitions added", add_partitions, HEALS, HEALS, False),
    Row("partitions added, and retention passed their first records", add_worn_partitions,
        HEALS_AND_SAYS("partition 2 begins at 4: what was before was never read"), None),
    Row("compaction turned on", lambda topic: run("topics", "set", topic, TIME, "cleanup.policy=compact"),
        ("compacted", ".*"), ("compacted", ".*"), False),
    Row("another cluster", change_cluster, ("cluster_changed", "cluster '.*', was 'elsewhere'"), None),
]

# --------------------------------------------------------------------------------------- attempts


class Attempt:
    """One row, before a claim or under a member."""

    def __init__(self, row, when):
        self.row, self.when, self.expected = row, when, getattr(row, when)
        self.name = f"{when}: {row.what}"
        self.number = next(numbers)
        self.topic, self.findings = topics[self.number], []

    def ask(self, statement):
        return sql(book.database, statement)

    def taken(self):
        rows = self.ask("SELECT coalesce(sum(r.records), 0), coalesce(sum(r.accepted), 0) FROM ledger.receipt r "
                        f"WHERE r.feed IN (SELECT feed FROM ledger.progress WHERE name = '{self.topic}')")
        return [int(cell) for cell in rows[0]]

    def reads(self, records):
        return wait_for(60, lambda: time.sleep(0.3) or self.taken()[0] >= records)

    def start(self):
        return book.start_ingest(f"member-{self.number}", self.topic, f"group-{self.topic}", "--batch-seconds", "1",
                                 *self.row.check)

    def must(self, condition, words):
        if not condition:
            self.findings.append(words)

    def prepare(self):
        """Two receipts of a member that goes on."""
        self.row.fill(self.topic, 0, FIRST)
        self.member = self.start()
        self.must(self.reads(FIRST), "the first events were not read")
        self.row.fill(self.topic, FIRST, SECOND)
        self.must(self.reads(SECOND), "the next events were not read")

    def upheave(self):
        if self.when == "claim":
            self.must(self.member.stop() == 0, "the member did not end well")
            self.row.upheave(self.topic)
            self.member = self.start()
        elif self.row.steady:
            self.member.send(signal.SIGSTOP)
            time.sleep(0.5)  # the fetch under way brings nothing any more
            self.row.upheave(self.topic)
            self.member.send(signal.SIGCONT)
        else:
            self.row.upheave(self.topic)
        self.since = time.monotonic()

    def halts(self):
        word, detail = self.expected
        self.must(wait_for(120, lambda: "HALT" in self.member.log()), "it did not halt")
        self.seconds = time.monotonic() - self.since
        shown = f"SELECT state, reason FROM ledger.progress WHERE name = '{self.topic}' AND partition = 0"
        # The group may take a topic away before its halt is shown: then it is claimed and halts once more.
        wait_for(90, lambda: self.ask(shown)[0][0] == "halted")
        self.must(self.member.stop() == 3, "its status is not 3")
        halts = list(re.finditer(rf"HALT ({word}) partition 0 of '{self.topic}': (.*?) \(({detail})\); (.*)", self.member.log()))
        self.must(halts, f"it said:\n{self.member.log()}")
        if not halts:
            return
        said = halts[-1]
        self.must(said[2] == WORDS[said[1]][0] and said[4] == WORDS[said[1]][1], f"its words are '{said[0]}'")
        rows = self.ask(shown)
        self.must(rows == [["halted", f"{said[1]}: {said[3]}; {said[4]}"]], f"dashboards see {rows}")
        counted = self.taken()[0]
        self.must(SECOND <= counted <= SECOND + self.row.meanwhile, f"{counted} records are counted")

    def heals(self):
        fill(self.topic, 0, MORE)
        self.must(self.reads(SECOND + MORE), "not everything was read")
        self.seconds = time.monotonic() - self.since
        self.must(self.member.stop() == 0, "the member did not end well")
        self.must(self.taken()[1] == MORE, f"records and events counted: {self.taken()}")
        self.must("HALT" not in self.member.log() and self.expected[1] in self.member.log(),
                  f"it said:\n{self.member.log()}")

    def make(self):
        self.seconds = 0
        try:
            self.prepare()
            self.upheave()
            (self.heals if self.expected[0] == "heals" else self.halts)()
        except Exception as error:  # a row that fails is a finding, not the end of the table
            self.findings.append(repr(error))
        return self


def found_for_all(rows):
    """A ledger whose catalog registers a topic for each."""
    clocks = [row.fill == fill_by_number for row in rows]
    made = [new_topic(f"upheaval-{number}", 1, PRODUCERS_TIME if clock else TIME) for number, clock in enumerate(clocks)]
    ledger = found_ledger("upheaval", new_database("upheaval"), made[0])
    path = WORK / "catalog-upheaval.json"
    catalog = json.loads(path.read_text())
    catalog["feeds"] = [dict(catalog["feeds"][0], name=name, create_time=clock) for name, clock in zip(made, clocks)]
    for source in catalog["sources"]:
        source["topics"] = ["*"]
    path.write_text(json.dumps(catalog))
    ledger.run("daybook-ledger", "catalog", "apply", path)
    return made, ledger


planned = [(row, when) for row in ROWS for when in ("claim", "running") if getattr(row, when)]
topics, book = found_for_all([row for row, _ in planned])
numbers = iter(range(len(planned)))
attempts = [Attempt(row, when) for row, when in planned]
with concurrent.futures.ThreadPoolExecutor(ATTEMPTS_AT_ONCE) as pool:
    made = list(pool.map(Attempt.make, attempts))
for attempt in made:
    if not ok(not attempt.findings, f"{attempt.name}: {attempt.expected[0]}"):
        diag("\n".join(attempt.findings))
    diag(f"after {attempt.seconds:.1f} s")
is_(book.broken(), [], "the book is whole")

# --------------------------------------------------------------- the database, while a member holds it


def put_in_its_place(copy):
    """The copy takes the database's name, as an operator would do it; every connection ends."""
    admin = os.environ["DAYBOOK_TEST_DATABASE_ADMIN"]
    live, older = (conninfo.split("dbname=")[-1] for conninfo in (restored.database, copy))
    sql(admin, f"ALTER DATABASE {live} ALLOW_CONNECTIONS false")
    sql(admin, f"DROP DATABASE {live} WITH (FORCE)")
    sql(admin, f"ALTER DATABASE {older} RENAME TO {live}")


def copy_of(name):
    copy = new_database(name)
    run("pg_dump", "-Fc", "-d", restored.database, "-f", WORK / name)
    run("pg_restore", "-d", copy, WORK / name)
    return copy


def counted():
    try:
        return int(restored.sql("SELECT coalesce(sum(accepted), 0) FROM ledger.receipt")[0][0])
    except RuntimeError:  # it is away just now
        return -1


def start_restored(name):
    return restored.start_ingest(name, topic, "group", "--batch-seconds", "1", "--check-seconds", CHECK_SECONDS)


topic = new_topic("restored", 1, TIME)
restored = found_ledger("upheaval_restored", new_database("upheaval_restored"), topic)
member = start_restored("restored")
fill(topic, 0, FIRST)
wait_for(60, lambda: counted() == FIRST)
older = copy_of("older")
fill(topic, FIRST, SECOND)
ok(wait_for(60, lambda: counted() == SECOND), "a member counts")
put_in_its_place(older)
fill(topic, SECOND, MORE)
is_(member.popen.wait(60), 3, "running: an older database that has all that is published: the program ends with 3")
like(member.log(), r"the database went back, to an older copy; if that was on purpose, start again", "and says what to do")
is_(counted(), FIRST, "before it writes anything")
restored.drain(topic)
is_(counted(), MORE, "claim: heals, as nobody was shown what was lost")
is_(restored.broken(), [], "the book is whole")

older = copy_of("oldest")
member = start_restored("again")
fill(topic, 1000, 1010)
ok(wait_for(60, lambda: counted() == MORE + 10), "a member counts")
restored.seal()
published = restored.sql("SELECT size FROM ledger.head")[0][0]
put_in_its_place(older)
BEHIND = (rf"the database holds \d+ entries, the published checkpoint '.*' has {published}: it was restored from an older "
          r"copy; nothing may be appended before the missing entries are recovered \(daybook-ingest recover\)")
is_(member.popen.wait(60), 3, "running: a database that is older than what is published: the program ends with 3")
like(member.log(), BEHIND, "and says what to do")
done = restored.drain(topic, check=False)
is_(done.returncode, 3, "claim: so does one that is started")
like(done.stderr, BEHIND, "with the same words")
is_(counted(), MORE, "before anything is written")
done_testing()
