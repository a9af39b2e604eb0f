#!/usr/bin/env python3
"""A member that loses every batch: while another one takes them it waits, claims again and takes what comes when it may; where
nobody takes anything it stops and says so."""

import os
import subprocess

from harness import *
from ledger import Ledger, found_ledger

EVENT = ('{{"specversion":"1.0","id":"{number}","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme",'
         '"time":"2026-09-01T10:00:00Z","data":{{"model":"m","tokens":{{"input":1}}}}}}\n')
EVENTS, LOSSES = 120, 12
ONE = ["--batch-seconds", "1", "--batch-events", "1"]
# Whose connection says that it loses finds each range taken.
LOSE = """CREATE FUNCTION ledger.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('test.lose', true) = 'on' AND EXISTS (SELECT FROM pg_class WHERE relname = 'rivals') THEN
        RAISE unique_violation USING MESSAGE = 'taken by the test'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER lose BEFORE INSERT ON ledger.receipt FOR EACH ROW EXECUTE FUNCTION ledger.lose();
    CREATE TABLE rivals ()"""


def fill(topic, begin, end):
    subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", "0", "-H",
                    "content-type=application/cloudevents+json"],
                   input="".join(EVENT.format(number=number) for number in range(begin, end)), text=True, check=True)


def prepare(name):
    topic = new_topic(name, 1, "message.timestamp.type=LogAppendTime")
    book = found_ledger(name, new_database(name), topic)
    book.sql(LOSE)
    loser = Ledger(name, book.database + " options='-c test.lose=on'")
    loser.keys, loser.archive = book.keys, book.archive
    return topic, book, loser


def taken(book):
    return int(book.sql("SELECT coalesce(sum(records), 0) FROM ledger.receipt")[0][0])


def lost(member):
    return member.log().count("batch failed (conflict)")


topic, book, loser = prepare("rivals")
alone_topic, alone_book, alone_loser = prepare("alone")
fill(alone_topic, 0, 1)
alone = alone_loser.start_ingest("alone", alone_topic, f"group-{alone_topic}", *ONE)

winner = book.start_ingest("winner", topic, f"other-{topic}", *ONE)
wait_for(20, lambda: "reading" in winner.log())
member = loser.start_ingest("loser", topic, f"group-{topic}", *ONE)
number = 0
while lost(member) < LOSSES and member.running() and number < EVENTS:
    fill(topic, number, number + 1)
    number += 1
    time.sleep(0.2)
ok(lost(member) >= LOSSES and member.running(), f"{lost(member)} batches lost in a row to another one: it goes on")
like(member.log(), "10 batches in a row were lost to others, who go on: does another group read", "and says what it may be")
ok(wait_for(20, lambda: taken(book) == number), "the other one takes all")
is_(winner.stop(), 0, "until it leaves")
book.sql("DROP TABLE rivals")
fill(topic, number, number + 5)
ok(wait_for(20, lambda: taken(book) == number + 5), "then the one that lost takes what comes")
is_(member.stop(), 0, "and ends with status 0")
is_(book.sql("SELECT sum(accepted), sum(duplicate) FROM ledger.receipt"), [[str(number + 5), "0"]], "each event counts once")
is_(book.broken(), [], "the book is whole")

is_(alone.popen.wait(40), 1, "where nobody takes what is refused it ends with status 1")
like(alone.log(), "10 batches in a row were refused at the same place, and nothing moves: .*taken by the test", "and says so")
is_(taken(alone_book), 0, "and has counted nothing")
done_testing()
