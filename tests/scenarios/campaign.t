#!/usr/bin/env python3
# takes up to 1200 s
"""Faults by seed, of processes, networks and servers, under a steady load; the book is then compared
with what must have become of each event, row for row.

    tests/scenarios/campaign.t                 # twelve seeds
    SEED=31 tests/scenarios/campaign.t         # that one again
    SEEDS=1-200 tests/scenarios/campaign.t     # a night

Two members read a topic, through proxies before PostgreSQL and Kafka, while events come. A member that
ends by itself is started again, as a supervisor would. What an event must become is a function of the
seed and its index (fated.py); which record it became, the topic says.
"""

import atexit
import collections
import contextlib
import datetime
import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import threading
import time

from chaosproxy import ChaosProxy, disturb
from cluster import Cluster
from fated import expect, fated
from harness import *
from ledger import Ledger, found_ledger

SEEDS = os.environ.get("SEED") or os.environ.get("SEEDS") or "1-12"
FAULTS_A_SEED = 7
EVENTS_A_SECOND = 800
PARTITIONS = 4
SQLSTATES = ["40001", "40P01", "57014", "57P01", "53300", "23505", "08006", "XX000"]
BATCHES = ["--batch-events", "60", "--batch-seconds", "1"]
TOPIC = "campaign"


class Broker:
    """A Kafka of the test's own. Members come by the proxy; who produces and compares, directly."""

    def __init__(self, folder):
        self.folder, self.proxy = folder, ChaosProxy(None)
        atexit.register(self._script, "stop")
        self.start()

    def _script(self, verb):
        run(ROOT / "deploy/dev/kafka/broker", verb, env={
            **os.environ, "DAYBOOK_RUN": str(self.folder), "DAYBOOK_KAFKA_PROXY": str(self.proxy.port)})

    def start(self):
        self._script("start")
        environment = (self.folder / "kafka.env").read_text()
        self.direct = re.search(r"DAYBOOK_KAFKA=(\S+)", environment)[1]
        host, port = re.search(r"DAYBOOK_KAFKA_PROXIED=(\S+):(\d+)", environment).groups()
        self.proxy.to = host, int(port)

    def pid(self):
        return int((self.folder / "home/kafka/pid").read_text())

    def restart(self, by):
        pid = self.pid()
        os.kill(pid, by)
        wait_for(30, lambda: not pathlib.Path(f"/proc/{pid}").exists())
        self.start()


class Producer(threading.Thread):
    """Events at a steady rate, in order; the same events for the same seed, however many they become."""

    def __init__(self, broker, topic, seed):
        super().__init__(daemon=True)
        self.seed, self.count, self.ending = seed, 0, False
        self.kcat = subprocess.Popen(
            ["kcat", "-P", "-E", "-b", broker.direct, "-t", topic, "-K", "\t", "-X", "enable.idempotence=true",
             "-X", "topic.partitioner=murmur2_random", "-X", "linger.ms=20",
             "-H", "content-type=application/cloudevents+json"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def run(self):
        while not self.ending:
            for _ in range(EVENTS_A_SECOND // 20):
                event = fated(self.seed, self.count)
                self.kcat.stdin.write(f"{event.key}\t{event.value}\n")
                self.count += 1
            self.kcat.stdin.flush()
            time.sleep(0.05)
        self.kcat.stdin.close()

    def end(self):
        self.ending = True
        self.join()
        return self.kcat.wait()


class Campaign:
    """One seed."""

    def __init__(self, seed, book, cluster, broker, proxy):
        self.seed, self.book, self.cluster, self.broker, self.proxy = seed, book, cluster, broker, proxy
        self.chance = random.Random(f"faults {seed}")
        self.topic = f"{TOPIC}-{seed}"
        self.counts, self.recoveries = collections.Counter(), []
        self.members, self.started = [], 0
        through = re.sub(r"port=\d+", f"port={proxy.port}", book.database)
        self.side = Ledger(book.name, through)

    def start_member(self, place):
        self.started += 1
        member = self.side.start(
            f"seed-{self.seed}-member-{self.started}", "daybook-ingest", "run", "--kafka",
            f"127.0.0.1:{self.broker.proxy.port}", "--topic", self.topic, "--group", self.topic,
            "--session-timeout-ms", "6000", *BATCHES)
        self.members[place:place + 1] = [member]

    def look_after(self):
        """Starts again what ended by itself."""
        for place, member in enumerate(self.members):
            if not member.running():
                self.counts[f"ended by itself, status {member.popen.returncode}"] += 1
                self.start_member(place)

    def taken(self):
        with contextlib.suppress(RuntimeError):
            return int(sql_value(self.book.database, "SELECT coalesce(sum(records), 0) FROM ledger.receipt"))
        return -1

    def taken_more(self, than, seconds):
        """How long it took until the book had more; None if it never did."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            self.look_after()
            if self.taken() > than:
                return time.monotonic() - begun
            time.sleep(0.05)
        return None

    # ---------------------------------------------------------------------------------- the faults

    def kill(self):
        place = self.chance.randrange(2)
        self.members[place].popen.kill()
        self.members[place].popen.wait()
        time.sleep(self.chance.random())
        self.start_member(place)

    def stop_and_continue(self):
        """Long enough, and the group gives its partitions to the other: it comes back as a zombie."""
        member = self.chance.choice(self.members)
        member.send(signal.SIGSTOP)
        time.sleep(self.chance.choice([0.3, 2, 7]))
        member.send(signal.SIGCONT)

    def leave_and_join(self):
        place = self.chance.randrange(2)
        self.counts[f"left with status {self.members[place].stop()}"] += 1
        self.start_member(place)

    def postgres_network(self):
        self.counts[f"postgres: {disturb(self.proxy, self.chance)}"] += 1

    def kafka_network(self):
        self.counts[f"kafka: {disturb(self.broker.proxy, self.chance)}"] += 1

    def commit_lost(self):
        self.proxy.lose_commit()
        wait_for(5, lambda: not self.proxy.commits_to_spoil())

    def commit_refused(self):
        self.proxy.refuse_commit(self.chance.choice(SQLSTATES))
        wait_for(5, lambda: not self.proxy.commits_to_spoil())

    def postgres_crash(self):
        self.cluster.crash()

    def broker_restart(self):
        self.broker.restart(self.chance.choice([signal.SIGTERM, signal.SIGKILL]))

    def faults(self):
        kinds = [self.kill, self.stop_and_continue, self.leave_and_join, self.postgres_network, self.kafka_network,
                 self.commit_lost, self.commit_refused, self.postgres_crash]
        order = self.chance.sample(kinds, FAULTS_A_SEED)
        if self.seed % 6 == 0:
            order[self.chance.randrange(len(order))] = self.broker_restart
        return order

    # ------------------------------------------------------------------------------------- the run

    def run(self):
        self.producer = Producer(self.broker, self.topic, self.seed)
        self.producer.start()
        self.members = [None, None]
        self.start_member(0)
        self.start_member(1)
        moves = [self.taken_more(0, 30)]
        for fault in self.faults():
            time.sleep(self.chance.uniform(0.1, 0.6))
            fault()
            self.counts[fault.__name__] += 1
            moves.append(self.taken_more(self.taken(), 60))
            diag(f"seed {self.seed}: {fault.__name__}: goes on after {moves[-1]} s")
        self.recoveries = [seconds for seconds in moves[1:] if seconds is not None]
        return None not in moves

    def finish(self):
        """Everything that came is taken; the members end when they are asked to."""
        produced = self.producer.end()
        self.proxy.heal()
        self.broker.proxy.heal()
        while (taken := self.taken()) < self.producer.count:
            if self.taken_more(taken, 90) is None:
                break
        for member in self.members:
            self.counts[f"left with status {member.stop()}"] += 1
        return produced, self.taken()


# --------------------------------------------------------------------------------------- comparing


def records(broker, topic):
    """{(partition, offset): index} of the whole topic, and each index once."""
    done = run("kcat", "-C", "-e", "-q", "-b", broker.direct, "-t", topic, "-f", "%p %o %s\n")
    found = {}
    for line in done.stdout.splitlines():
        partition, offset, value = line.split(" ", 2)
        found[int(partition), int(offset)] = int(re.match(r'{"n": (\d+)', value)[1])
    return found


def booked(book):
    """The usage in the book, in the words of expect()."""
    usage = collections.defaultdict(lambda: (0, 0))
    for line in book.run("daybook-ledger", "export", "entries").stdout.splitlines():
        entry = json.loads(line)
        if entry["kind"] == "usage":
            of = entry["dimensions"]
            at = int(datetime.datetime.fromisoformat(entry["from"].replace("Z", "+00:00")).timestamp())
            key = (entry["tenant_id"], entry["meter"], of.get("class", ""), of["project"], of.get("gpu_milli", ""), at)
            usage[key] = (usage[key][0] + int(entry["quantity"]), usage[key][1] + int(entry["contributions"]))
    return dict(usage)


def quarantined(book):
    return {(int(row[0]), int(row[1])): row[2] for row in book.sql(
        "SELECT partition, record_offset, reason FROM ledger.quarantine")}


def receipts(book):
    return [tuple(map(int, row)) for row in book.sql(
        "SELECT partition, from_offset, to_offset, accepted, duplicate, quarantined FROM ledger.receipt ORDER BY 1, 2")]


def miscounted(book, fates):
    """Receipts that say something else of their range than what its events must become."""
    for partition, begin, end, *said in receipts(book):
        here = [fates[partition, offset] for offset in range(begin, end)]
        counts = [here.count("accepted"), here.count("duplicate")]
        if said != counts + [len(here) - sum(counts)]:
            yield partition, begin, end, said, counts


def compare(campaign):
    """The differences, in words; nothing else is right."""
    book, seed = campaign.book, campaign.seed
    indexes = records(campaign.broker, campaign.topic)
    fates = {at: fated(seed, n).fate for at, n in indexes.items()}
    wrong = [f"not whole: {words}" for words in book.broken()]
    if sorted(indexes.values()) != list(range(campaign.producer.count)):
        wrong.append("the topic does not hold each event once: the test itself went wrong")
    refused = {at: fate for at, fate in fates.items() if fate not in ("accepted", "duplicate")}
    wrong += [f"quarantine {entry}" for entry in refused.items() ^ quarantined(book).items()]
    wrong += [f"receipt {words}" for words in miscounted(book, fates)]
    wrong += [f"usage {row}" for row in expect(seed, campaign.producer.count).items() ^ booked(book).items()]
    return wrong


# ---------------------------------------------------------------------------------------- the test


def seeds(words):
    first, _, last = words.partition("-")
    return range(int(first), int(last or first) + 1)


def prepare(cluster, broker, founded, seed):
    """A copy of the founded ledger, whose catalog has this seed's topic, which is made."""
    topic = f"{TOPIC}-{seed}"
    book = founded.copy(f"seed_{seed}", cluster.create(f"seed_{seed}", "founded"))
    catalog = WORK / f"catalog-{topic}.json"
    catalog.write_text((ROOT / "deploy/examples/catalog.json").read_text().replace('"usage"', f'"{topic}"'))
    book.run("daybook-ledger", "catalog", "apply", catalog)
    run("topics", "create", topic, PARTITIONS, "message.timestamp.type=LogAppendTime",
        env={**os.environ, "DAYBOOK_KAFKA": broker.direct})
    return book


def main():
    cluster = Cluster()
    broker = Broker(cluster.folder)
    host, port = re.search(r"host=(\S+) port=(\d+)", cluster.admin).groups()
    proxy = ChaosProxy((host, int(port)))
    founded = found_ledger("founded", cluster.create("founded"), TOPIC)
    total, recoveries, wrong = collections.Counter(), [], 0
    for seed in seeds(SEEDS):
        campaign = Campaign(seed, prepare(cluster, broker, founded, seed), cluster, broker, proxy)
        went_on = campaign.run()
        produced, taken = campaign.finish()
        differences = compare(campaign) if taken == campaign.producer.count else [f"{taken} records are taken"]
        diag("\n".join(map(str, differences[:10])))
        total.update(campaign.counts)
        total["events"] += campaign.producer.count
        recoveries += campaign.recoveries
        wrong += len(differences)
        ok(went_on and produced == 0 and not differences,
           f"seed {seed}: {campaign.producer.count} events, the book is as it must be; {dict(campaign.counts)}")
        cluster.drop(f"seed_{seed}")
    recoveries.sort()
    print(f"#= {total['events']} events, {len(recoveries)} faults, {wrong} differences; goes on after "
          f"p50 {statistics.median(recoveries):.2f} s, p99 {recoveries[int(len(recoveries) * 0.99)]:.2f} s")
    print(f"#= {dict(total)}", flush=True)
    for what in ("kill", "stop_and_continue", "commit_lost", "commit_refused", "postgres_crash"):
        ok(total[what] or len(seeds(SEEDS)) < 12, f"{what}: {total[what]} times")
    is_([status for status in total if re.search("status (?!0|75)", status)], [], "no member halts or crashes")
    done_testing()


main()
