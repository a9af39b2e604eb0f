"""A producer that others wrote: CloudEvents' Python SDK and kafka-python send usage to a real broker,
and our ingest has to count exactly what they sent.

Before that it has to refuse each of their twins (python/produce.py), for its reason and in its words.
"""

import json
import os
import re

import tools
from harness import WORK, new_database, new_topic
from ledger import found_ledger
from verifiers import Failed, Verifier, call

PARTITIONS = 4
REQUIREMENTS = tools.HERE / "python/producer.txt"
SUMS = """
select t.id || ' ' || case encode(substring(s.descriptor from 4 for 6), 'escape') when 'tokens' then 'token' else 'uGPU.s' end,
    sum(e.quantity)
from ledger.entry e join ledger.series s using (log, tenant, series) join ledger.tenant t using (log, tenant)
where e.kind = 1 group by 1"""


class TheirProducer(Verifier):
    name = "Python cloudevents, kafka-python"

    def version(self):
        pins = dict(re.findall(r"^(\S+)==(\S+)", REQUIREMENTS.read_text(), re.M))
        return f"{pins['cloudevents']}, {pins['kafka-python']}"

    def prepare(self):
        self.python = tools.venv("producer", REQUIREMENTS) / "bin/python3"
        if "DAYBOOK_KAFKA" not in os.environ:
            raise tools.NotRun("there is no broker: make up")
        self.topic = new_topic("external", PARTITIONS, "message.timestamp.type=LogAppendTime")
        self.book = found_ledger("their_producer", new_database("their_producer"), self.topic)

    def run(self):
        self.prepare()
        refused = self.refuse_twins()
        return [f"{self.count_events()}; twins refused: {refused}"]

    def produce(self, which):
        done = call(self.python, "-W", "ignore", tools.HERE / "python/produce.py", os.environ["DAYBOOK_KAFKA"],
                    self.topic, which)
        if done.returncode != 0:
            raise Failed(f"produce.py {which}: {tools.last_line(done.stderr)}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def take(self):
        stats = WORK / "their_producer.json"
        self.book.drain(self.topic, "--stats", stats)
        return json.loads(stats.read_text())

    def refuse_twins(self):
        twins = self.produce("twins")
        counts = self.take()
        if counts["accepted"] != 0:
            raise Failed(f"{counts['accepted']} twins were accepted")
        found = {(int(partition), int(offset)): (reason, detail) for partition, offset, reason, detail in self.book.sql(
            "select partition, record_offset, reason, detail from ledger.quarantine")}
        for twin in twins:
            reason, detail = found.pop((twin["partition"], twin["offset"]), ("none", "it is not in quarantine"))
            if reason != twin["reason"] or not re.search(twin["says"], detail):
                raise Failed(f"{twin['what']}: {reason}, {detail}")
        return len(twins)

    def count_events(self):
        [expected] = self.produce("events")
        counts = self.take()
        for name in ("records", "accepted", "duplicate"):
            if counts[name] != expected[name]:
                raise Failed(f"{name}: {counts[name]}, sent were {expected[name]}")
        sums = {name: int(quantity) for name, quantity in self.book.sql(SUMS)}
        if sums != expected["sums"]:
            raise Failed(f"the book has {sums}, sent were {expected['sums']}")
        broken = self.book.broken()
        if broken:
            raise Failed(f"the book is broken: {broken}")
        return f"{expected['accepted']} events in both modes counted exactly, {expected['duplicate']} " \
               f"of them sent again in the other mode counted once, sums of {len(sums)} tenants and units"
