"""A ledger with as many tenants as one likes, on the private servers, for benchmarks: what scale,
lag and hours have in common.

Tenants are rows of the registry and of the contents that ingest reads, not signed entries: 100 000
decisions would take an hour. Nothing that is measured reads their entries, and no such book is
sealed, but for the one of lag, whose tenants are decided as in life.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/dev/demo"))

import cost  # noqa: E402
from ledger import BIN, RUN, Failure, Ledger, run, said  # noqa: E402

BENCH = RUN / "bench"
# Before the copies the head's size moves past their indexes, as if they were decided.
TENANTS = """
set session_replication_role = replica;
create temp table wanted (id text, slot smallint, n bigserial);
copy wanted (id, slot) from stdin;
{rows}
\\.
insert into ledger.tenant (log, tenant, id, slot, grid_seconds, name, zone)
    select 0, h.next_tenant + n - 1, id, slot, 3600, id, 'UTC' from wanted, ledger.head h;
insert into ledger.content (log, idx, kind, tenant, subject_id, version, hash, content)
    select 0, h.size + n - 1, 8, 0, id, 1, sha256(convert_to(w.words, 'UTF8')), w.words
    from ledger.head h, wanted, lateral (select format(
        '{{"grid_seconds":3600,"id":"%s","name":"%s","number":"%s","slot":%s,"zone":"UTC"}}',
        id, id, h.next_tenant + n - 1, slot) words) w;
update ledger.head set size = size + (select count(*) from wanted), control_index = size + (select count(*) from wanted) - 1,
    next_tenant = next_tenant + (select count(*) from wanted);
analyze ledger.tenant, ledger.content;
"""


BACKGROUND = ("checkpointer", "background writer", "walwriter")


class Background(cost.Servers):
    """Beside what both servers spend: what PostgreSQL's writers do, who work for no statement."""

    def spent(self):
        writers = [pid for pid in cost.family(self.postmaster) if title_of(pid).startswith(BACKGROUND)]
        return (*super().spent(), cost.cpu_seconds(writers))

    def cost(self, records):
        after = self.spent()
        each = [round((b - a) * 1e6 / max(records, 1), 2) for a, b in zip(self.before, after)]
        return dict(zip(("postgres", "broker", "writers"), each))


def title_of(pid):
    """What a process of PostgreSQL calls itself."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text().removeprefix("postgres: ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Book(Ledger):
    """Acts in each role as the superuser may: the roles' passwords belong to who runs a demo here."""

    def __init__(self, name):
        self.topic, self.folder = f"bench-{name}", BENCH / name
        super().__init__(f"daybook_bench_{name}", self.folder)

    def conninfo(self, role):
        return f"{self.admin()} options='-c role=daybook_{role}'"

    def open(self):
        """Keys, a catalog that names the topic, no tenant."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        catalog = json.loads((ROOT / "deploy/examples/catalog.json").read_text())
        catalog["feeds"][0]["name"] = self.topic
        for source in catalog["sources"]:
            source["topics"] = [self.topic]
        (self.folder / "catalog.json").write_text(json.dumps(catalog))
        self.create_database()
        run(BIN / "daybook-ledger", "migrate", "--admin", self.admin())
        run(BIN / "daybook-ledger", "--database", self.admin(), *self.common("control")[2:], "init",
            "--origin", "daybook.example/bench")
        self.ledger("catalog", "apply", self.folder / "catalog.json")

    def add_tenants(self, count):
        rows = run(BIN / "make_usage", "tenants", "--tenants", count).rstrip("\n")
        self.sql(TENANTS.format(rows=rows))

    def fill(self, partitions, **usage):
        """The topic anew, with that usage; what must become of it."""
        self.create_topic(self.topic, partitions)
        return self.produce(**usage)

    def produce(self, **usage):
        words = [word for name, value in usage.items()
                 for word in (f"--{name.replace('_', '-')}", value)]
        return json.loads(run(BIN / "make_usage", "topic", "--kafka", self.server["DAYBOOK_KAFKA"],
                              "--topic", self.topic, *words))

    def ingest_command(self, *words):
        return [BIN / "daybook-ingest", *self.common("ingest"), "run", "--kafka",
                self.server["DAYBOOK_KAFKA"], "--topic", self.topic, *words]

    def ingest(self, *words):
        """Until the topic is read. Its counters; CPU µs an event; its greatest memory."""
        self.sql("checkpoint")
        stats, servers = self.folder / "stats.json", Background()
        usage = measured(self.ingest_command("--once-idle", "2", "--stats", stats, *words))
        counts = json.loads(stats.read_text())
        counts.update(memory_mib=usage.ru_maxrss / 1024,
                      cpu={"ingest": counts["cpu_us_per_event"], **servers.cost(counts["records"])})
        return counts

    def close(self):
        self.sql(f"drop database if exists {self.database} with (force)", "postgres")
        try:
            self.topics("delete", self.topic)
        except Failure:
            pass  # there was none
        shutil.rmtree(self.folder, ignore_errors=True)


def measured(command):
    """Runs a program to its end; what it used, as getrusage() says it."""
    said.program = command[0].name
    with open(BENCH / "programs.log", "a") as log:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f"{command[0].name} ended with {process.returncode}: {BENCH / 'programs.log'}")
    return usage


def machine():
    """What the figures depend on."""
    model = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return {"cores": os.cpu_count(), "processor": model[0] if model else "unknown",
            "day": time.strftime("%Y-%m-%d", time.gmtime()), "load": round(os.getloadavg()[0], 1)}
