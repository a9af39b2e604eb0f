#!/usr/bin/env python3
"""Members of one group come, leave, stop and come back while they load: each event counts once."""

from cluster import ACTIVITY, Backend, Session, backend_of, held, waits_for_lock
from harness import *
from ledger import found_ledger
from positions import Positions, differing_receipts

SMALL = ["--batch-events", "40", "--batch-seconds", "1"]
TAKEN = "SELECT coalesce(sum(records), 0) FROM ledger.receipt"


def receipts(book):
    return [tuple(map(int, row)) for row in book.sql(
        "SELECT partition, from_offset, to_offset, accepted, duplicate, quarantined "
        "FROM ledger.receipt ORDER BY 1, 2")]


def usage(book):
    return book.sql(
        "SELECT tenant, encode(series, 'hex'), window_from, length_seconds, sum(quantity), "
        "sum(contributions) FROM ledger.entry WHERE kind = 1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4")


def lag():
    return positions.count() - int(session.ask(TAKEN)[0][0])


def reads(member, partitions, seconds=15):
    """Waits until it says so as its newest word on the matter."""
    words = f"reading {partitions} partitions"
    return wait_for(seconds, lambda: [line for line in member.log().splitlines()
                                      if "partitions of" in line][-1:] and
                    words in [line for line in member.log().splitlines()
                              if "partitions of" in line][-1])


def backends():
    return [Backend(row) for row in session.ask(ACTIVITY.format(database))]


def stop_in_batch(process, seed):
    """SIGSTOP with a batch open, every lock of it held, while events come; then what the server does by itself after 60 s
    (idle_in_transaction_session_timeout): the others must not wait for a process that stands still."""
    with held(book.database, "SELECT FROM ledger.head FOR UPDATE"):
        fill(seed)
        wait_for(8, lambda: (seen := backend_of(process.pid, backends())) and waits_for_lock(seen))
        process.send(signal.SIGSTOP)
        stopped = backend_of(process.pid, backends())
    wait_for(5, lambda: backend_of(process.pid, backends()).state == "idle in transaction")
    diag(f"SIGSTOP of {process.pid}: {backend_of(process.pid, backends())}")
    session.ask(f"SELECT pg_terminate_backend({stopped.pid})")
    return stopped.is_open()


def member(name, group="group"):
    return book.start_ingest(name, topic, f"{group}-{topic}", *SMALL)


def fill(seed):
    run("generate", "topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", "30000",
        "--hours", "48", "--seed", seed)


topic = new_topic("members", 4, "message.timestamp.type=LogAppendTime")
book = found_ledger("members", new_database("members"), topic)
database = book.database.split("dbname=")[-1]
session = Session(book.database)
fill(1)
positions = Positions(topic)

one = member("one")
ok(reads(one, 4), "the first one reads everything")
two = member("two")
ok(reads(one, 2) and reads(two, 2), "two share the partitions")
ok(lag() > 0, f"while they load: {lag()} are left")
is_(one.stop(), 0, "asked to leave, one ends with status 0")
ok(reads(two, 4), "and hands over")
ok(lag() > 0, f"while they load: {lag()} are left")

three = member("three")
ok(reads(two, 2) and reads(three, 2), "two share them again")
ok(stop_in_batch(two, 3), "one is stopped in the middle of a batch")
ok(reads(three, 4), "its partitions go to the other")
two.send(signal.SIGCONT)
ok(wait_for(15, lambda: "batch failed" in two.log()), "the zombie comes back and loses its batch")
ok(reads(two, 2) and reads(three, 2), "and joins again")

rival = member("rival", "another-group")
ok(reads(rival, 4), "a rival of another group reads the same topic")
fill(2)
positions = Positions(topic)
ok(wait_for(60, lambda: lag() == 0), "all is taken")
rival.stop()
clashes = [line for each in (two, three, rival) for line in each.log().splitlines()
           if "batch failed (conflict)" in line]
ok(clashes, f"each record by one of them: {len(clashes)} times the other one had to claim again")
three.stop(signal.SIGKILL)
ok(reads(two, 4), "it takes over from one that was killed")
is_(two.stop(), 0, "and ends with status 0")

is_(lag(), 0, "everything was taken")
is_(book.broken(), [], "the book is whole")
refused = [tuple(map(int, row)) for row in
           book.sql("SELECT partition, record_offset FROM ledger.quarantine")]
wrong = list(differing_receipts(positions, receipts(book), refused))
is_(wrong[:5], [], f"each of {len(receipts(book))} receipts counts what came first, and what came again")
alone = found_ledger("alone", new_database("alone"), topic)
alone.drain(topic)
is_(usage(book) == usage(alone), True, "the usage is the one that a single member counts")
session.close()
done_testing()
