"""A PostgreSQL cluster of a test's own, to be disturbed: its settings, its locks, its backends.

    cluster = Cluster()                       # ends, and its data goes, with the test
    with cluster.ghost():                     # each COMMIT waits for a standby that is not there
        seen = cluster.caught(ingest.pid, in_commit)
        cluster.terminate(seen)
"""

import atexit
import contextlib
import csv
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from harness import ROOT, WORK, run, sql, wait_for

END = "--end-of-answer--"
# One backend as pg_stat_activity shows it.
ACTIVITY = """SELECT pid, application_name, client_port, state, xact_start,
    coalesce(wait_event_type, ''), coalesce(wait_event, ''), split_part(query, E'\\n', 1)
    FROM pg_stat_activity WHERE datname = '{}' AND application_name LIKE 'daybook-ingest%'"""


class Session:
    """One connection that stays open, by psql: for locks, and for asking often."""

    def __init__(self, conninfo):
        self.psql = subprocess.Popen(
            ["psql", "-Xq", "--csv", "-t", "-d", conninfo], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ask(self, statement):
        """The rows as lists of texts; NULL is an empty one."""
        self.psql.stdin.write(f"{statement};\n\\echo {END}\n")
        self.psql.stdin.flush()
        lines = []
        while (line := self.psql.stdout.readline()) != f"{END}\n":
            if not line or line.startswith("ERROR:"):
                raise RuntimeError(f"{line.strip()}\nin: {statement}")
            lines.append(line)
        return list(csv.reader(lines))

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


class Backend:
    """What was seen of a backend at one moment."""

    def __init__(self, row):
        self.pid, self.application, port, self.state, self.xact_start = row[:5]
        self.wait_type, self.wait, self.query = row[5:]
        self.port = int(port) if port else -1

    def is_open(self):
        return bool(self.xact_start)

    def __str__(self):
        return (f"backend {self.pid}, {self.state}, transaction since {self.xact_start or '-'}, "
                f"waits for {self.wait_type or '-'}/{self.wait or '-'} in '{self.query[:60]}'")


def waits_for_lock(backend):
    """In the middle of a batch: rows are written, COMMIT is not sent."""
    return backend.is_open() and backend.wait_type == "Lock"


def in_commit(backend):
    """Everything is flushed here; only the answer is still to come."""
    return backend.is_open() and backend.wait == "SyncRep" and backend.query.lower() == "commit"


@contextlib.contextmanager
def held(conninfo, statement):
    """A transaction of somebody else's, open with what the statement locks."""
    session = Session(conninfo)
    session.ask(f"BEGIN; {statement}")
    try:
        yield
    finally:
        session.close()


def _ports(pid):
    """The local ports of a process's TCP connections."""
    inodes = set()
    for file in pathlib.Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(file)))
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[9] in inodes}


def backend_of(pid, backends):
    """The one that commits the batches of an ingest process."""
    ports = _ports(pid)
    for backend in backends:
        if backend.application == "daybook-ingest" and backend.port in ports:
            return backend
    return None


class Cluster:
    def __init__(self):
        self.folder = WORK / "cluster"
        self.folder.mkdir()
        atexit.register(self._remove)
        self._script("start")
        environment = (self.folder / "env").read_text()
        self.admin = re.search(r"DAYBOOK_TEST_DATABASE_ADMIN=(['\"]?)(.*)\1", environment)[2]
        self.session = Session(self.admin)
        self.database = None  # whose backends are looked at

    def _script(self, verb):
        run(ROOT / "deploy/dev/postgres", verb,
            env={**os.environ, "DAYBOOK_RUN": str(self.folder)})

    def _remove(self):
        self._script("stop")
        home = (self.folder / "home").resolve()
        if home != self.folder.resolve():
            shutil.rmtree(home)

    def create(self, name, template="template0"):
        """The conninfo of a new database."""
        sql(self.admin, f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{self.admin} dbname={name}"

    def drop(self, name):
        self.session.ask(f"DROP DATABASE {name} WITH (FORCE)")

    def crash(self):
        """The server ends at once, as if the machine had, and is started again on its port."""
        data = next((self.folder / "home").resolve().glob("**/postmaster.pid"))
        pid = int(data.read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        wait_for(30, lambda: not pathlib.Path(f"/proc/{pid}").exists())
        self._script("start")
        self.session = Session(self.admin)

    # ------------------------------------------------------------------------------- observing

    def backends(self):
        return [Backend(row) for row in self.session.ask(ACTIVITY.format(self.database))]

    def batcher(self, pid):
        return backend_of(pid, self.backends())

    def caught(self, pid, condition, seconds=8):
        """Waits until the process's batch is there; what was seen, or None. Whatever else waits for
        the ghost is let go, its commit done."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen = self.batcher(pid)
            if seen and condition(seen):
                return seen
            for other in self.backends():
                if other.wait == "SyncRep" and (not seen or other.pid != seen.pid or
                                                other.query.lower() != "commit"):
                    self.session.ask(f"SELECT pg_cancel_backend({other.pid})")
            time.sleep(0.01)
        return None

    def terminate(self, backend):
        self.session.ask(f"SELECT pg_terminate_backend({backend.pid})")

    # ------------------------------------------------------------------------------ disturbing

    def held(self, statement):
        return held(f"{self.admin} dbname={self.database}", statement)

    def _standby(self, name):
        self.session.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.session.ask("SELECT pg_reload_conf()")

    @contextlib.contextmanager
    def ghost(self):
        """Every COMMIT waits for a standby that never comes: flushed, but not answered."""
        self._standby("ghost")
        try:
            yield
        finally:
            self._standby("")
