#!/usr/bin/env python3
"""A topic grows from 4 to 16 partitions under two members at work, while some producers partition as Kafka does and
others as they like: new partitions are read from their first record on, and each event counts once."""

import os
import random
import subprocess
import threading

from harness import *
from ledger import found_ledger
from positions import Positions

TICK_SECONDS, NEW, AGAIN = 0.05, 30, 15
EVENT = ('{{"specversion":"1.0","id":"{id}","source":"/gateway/fra1","type":"tokens.request.v1","subject":"{tenant}",'
         '"time":"2026-09-01T{hour:02}:00:00Z","data":{{"model":"m","tokens":{{"input":{tokens}}}}}}}')


class Producer:
    """kcat with one of librdkafka's partitioners; a record's key is its tenant."""

    def __init__(self, partitioner):
        self.kcat = subprocess.Popen(
            ["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-K", "\t",
             "-H", "content-type=application/cloudevents+json", "-X", f"topic.partitioner={partitioner}",
             "-X", "topic.metadata.refresh.interval.ms=500", "-X", "linger.ms=5"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def send(self, event):
        self.kcat.stdin.write(event["tenant"] + "\t" + EVENT.format(**event) + "\n")

    def end(self):
        self.kcat.stdin.close()
        return self.kcat.wait(30)


class Load(threading.Thread):
    """Events without a pause, and among them those of before, by the same producer or another."""

    def __init__(self, tenants):
        super().__init__()
        self.tenants, self.random = tenants, random.Random(1)
        self.events, self.sent, self.is_over = [], 0, threading.Event()
        self.producers = [Producer("murmur2_random"), Producer("murmur2_random"), Producer("random")]

    def send(self, event):
        self.random.choice(self.producers).send(event)
        self.sent += 1

    def run(self):
        while not self.is_over.wait(TICK_SECONDS):
            for _ in range(NEW):
                number = len(self.events)
                self.events.append({"id": f"e-{number}", "tenant": self.random.choice(self.tenants),
                                    "hour": number % 24, "tokens": self.random.randrange(1, 1000)})
                self.send(self.events[-1])
            for event in self.random.sample(self.events, AGAIN):
                self.send(event)
            for producer in self.producers:
                producer.kcat.stdin.flush()

    def end(self):
        self.is_over.set()
        self.join()
        return [producer.end() for producer in self.producers]

    def usage(self):
        total = {}
        for event in self.events:
            total[event["tenant"]] = total.get(event["tenant"], 0) + event["tokens"]
        return total


def reads(member, partitions):
    said = [line for line in member.log().splitlines() if "partitions of" in line]
    return said and f"reading {partitions} partitions" in said[-1]


def value(statement):
    return int(book.sql(statement)[0][0] or 0)


def taken():
    return value("SELECT sum(records) FROM ledger.receipt")


topic = new_topic("growing", 4, "message.timestamp.type=LogAppendTime")
book = found_ledger("growing", new_database("growing"), topic)
one, two = (book.start_ingest(name, topic, "group", "--batch-seconds", "1") for name in ("one", "two"))
ok(wait_for(60, lambda: reads(one, 2) and reads(two, 2)), "two members share four partitions")
load = Load([row[0] for row in book.sql("SELECT id FROM ledger.tenant ORDER BY 1")])
load.start()
ok(wait_for(60, lambda: taken() > 2000), "and count what comes")

run("topics", "grow", topic, "16")
grown = time.monotonic()
ok(wait_for(60, lambda: reads(one, 8) and reads(two, 8)), "both read the new partitions of a topic that has grown")
tell(f"twelve new partitions were read after {time.monotonic() - grown:.1f} s")
before = taken()
ok(wait_for(60, lambda: taken() > before + 2000), "while events come")
is_(load.end(), [0, 0, 0], "all events were sent")
ok(wait_for(60, lambda: taken() == load.sent), f"and all {load.sent} records are taken")
is_([one.stop(), two.stop()], [0, 0], "by members that were never started again")
ok("HALT" not in one.log() + two.log(), "and never halted")

# ---------------------------------------------------------------------------------------- the book

records = Positions(topic)
is_(records.count(), load.sent, "the topic has what was sent")
is_(book.sql("SELECT partition, min(from_offset), max(to_offset), sum(to_offset - from_offset) FROM ledger.receipt "
             "GROUP BY 1 ORDER BY 1"),
    [[str(number), "0", str(len(seen)), str(len(seen))] for number, seen in sorted(records.identities.items())],
    "each of sixteen partitions was read from its first record to its last")
is_([[int(cell) for cell in row] for row in
     book.sql("SELECT sum(accepted), sum(duplicate), sum(quarantined) FROM ledger.receipt")],
    [[len(load.events), load.sent - len(load.events), 0]], "each event counts once, in whatever partitions it lies")
is_({row[0]: int(row[1]) for row in
     book.sql("SELECT t.id, sum(e.quantity) FROM ledger.entry e JOIN ledger.tenant t USING (log, tenant) "
              "WHERE e.kind = 1 GROUP BY 1")}, load.usage(), "with its tokens")
spread = [sum(tenant in keys for keys in records.tenants.values()) for tenant in load.tenants]
ok(min(spread) > 8, f"although each tenant's lie in {min(spread)} partitions or more")
is_(book.broken(), [], "the book is whole")
like(book.run("daybook-ingest", "audit", "--kafka", os.environ["DAYBOOK_KAFKA"]).stdout, "nothing on trust",
     "an audit reads all of it again, and finds nothing")
done_testing()
