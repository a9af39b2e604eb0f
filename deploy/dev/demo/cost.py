"""What reading a topic costs: seconds, and the CPU time of the program and of both servers."""

import json
import os
import pathlib

from ledger import BIN, RUN, run


def cpu_seconds(pids):
    """User and system time of processes and of their children that ended."""
    ticks = 0
    for pid in pids:
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(int(field) for field in stat.rsplit(")", 1)[1].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid):
    """A process and all that descend from it."""
    children = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


class Servers:
    """The CPU time that both servers spend from here on."""

    def __init__(self):
        self.postmaster = int((RUN / "home/postgres/data/postmaster.pid").read_text().split()[0])
        self.broker = int((RUN / "home/kafka/pid").read_text())
        self.before = self.spent()

    def spent(self):
        return cpu_seconds(family(self.postmaster)), cpu_seconds([self.broker])

    def cost(self, records):
        after = self.spent()
        each = [round((b - a) * 1e6 / max(records, 1), 2) for a, b in zip(self.before, after)]
        return {"postgres": each[0], "broker": each[1]}


def of_ingest(ledger, topic, stats):
    """Runs ingest until the topic is read. Its counters; and its cost, as of_consume() has it."""
    servers = Servers()
    run(BIN / "daybook-ingest", *ledger.common("ingest"), "run", "--kafka",
        ledger.server["DAYBOOK_KAFKA"], "--topic", topic, "--once-idle", "2", "--stats", stats)
    counts = json.loads(stats.read_text())
    records = counts["records"]
    cost = {"events": records, "seconds": counts["busy_seconds"],
            "events_per_second": round(records / counts["busy_seconds"]),
            "cpu_us_per_event": {"program": counts["cpu_us_per_event"], **servers.cost(records)}}
    return counts, with_total(cost)


def of_consume(ledger, topic, *options):
    """Reads the topic and only counts: the floor."""
    servers = Servers()
    counts = json.loads(run(BIN / "consume", "run", "--kafka", ledger.server["DAYBOOK_KAFKA"],
                            "--topic", topic, *options))
    records = counts["records"]
    cost = {"events": records, "seconds": counts["seconds"],
            "events_per_second": counts["records_per_second"],
            "cpu_us_per_event": {"program": counts["cpu_us_per_record"], **servers.cost(records)}}
    return with_total(cost)


def with_total(cost):
    parts = cost["cpu_us_per_event"]
    parts["total"] = round(sum(parts.values()), 2)
    return cost


def ratio(ingest, consume):
    """How many times as much CPU as only reading."""
    own, all_ = (ingest["cpu_us_per_event"][part] / max(consume["cpu_us_per_event"][part], 0.001)
                 for part in ("program", "total"))
    return {"program": round(own, 1), "total": round(all_, 1)}
