"""For scenario tests in Python: TAP, private databases and topics, processes that end with the test.

    #!/usr/bin/env python3
    from harness import *

    db = new_database("billing")                  # a conninfo; dropped at the end
    topic = new_topic("usage", 4)                 # its real name; deleted at the end
    ingest = start("ingest", "daybook-ingest", "run", "--database", db, "--topic", topic)
    wait_for(10, lambda: "ready" in ingest.log())
    is_(sql(db, "SELECT count(*) FROM ledger.entry"), [["1"]], "an entry is written")
    ingest.stop()
    done_testing()

Run by hand, a test needs `PYTHONPATH=tests/harness`. lib.sh is the same for bash.
"""

import atexit
import csv
import io
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = pathlib.Path(os.environ.get("DAYBOOK_RUN", ROOT / ".run"))


def _read_environment():
    """Takes what environment.sh exports, for a test that a person starts."""
    script = f". {shlex.quote(str(ROOT / 'tests/harness/environment.sh'))} && env -0"
    said = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout
    for line in said.decode().split("\0"):
        name, separator, value = line.partition("=")
        if separator:
            os.environ[name] = value


_read_environment()
(RUN / "tests").mkdir(parents=True, exist_ok=True)
WORK = pathlib.Path(
    tempfile.mkdtemp(prefix=pathlib.Path(sys.argv[0]).stem + ".", dir=RUN / "tests"))

_state = {"run": 0, "failed": 0, "plan": None}
_lock = threading.Lock()
_databases, _topics, _processes = [], [], []

# ---------------------------------------------------------------------------------------------- TAP


def _comment(mark, text):
    with _lock:
        for line in str(text).splitlines():
            print(mark, line, flush=True)


def diag(text):
    _comment("#", text)


def tell(text):
    """What was counted, shown even if all is well."""
    _comment("#=", text)


def plan(count):
    """Where the number is known; else end with done_testing()."""
    _state["plan"] = count
    print(f"1..{count}", flush=True)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    _state["plan"] = 0
    sys.exit(0)


def ok(condition, name):
    """Threads may call it, too."""
    with _lock:
        _state["run"] += 1
        if not condition:
            _state["failed"] += 1
        print(f"{'ok' if condition else 'not ok'} {_state['run']} - {name}", flush=True)
    return bool(condition)


def is_(got, expected, name):
    if not ok(got == expected, name):
        diag(f"     got: {got!r}\nexpected: {expected!r}")
        return False
    return True


def isnt(got, unwanted, name):
    if not ok(got != unwanted, name):
        diag(f"got what it must not be: {got!r}")
        return False
    return True


def like(got, pattern, name):
    if not ok(re.search(pattern, got, re.MULTILINE), name):
        diag(f"     got: {got}\nexpected: /{pattern}/")
        return False
    return True


def done_testing():
    if _state["plan"] is None:
        plan(_state["run"])
    sys.exit(0 if _state["failed"] == 0 and _state["run"] == _state["plan"] else 1)


def leave(failed):
    """Ends a program that is no test and says in its own words how it went."""
    _state.update(run=0, plan=0, failed=failed)
    sys.exit(1 if failed else 0)


# ------------------------------------------------------------------------------ databases and topics


def sql(conninfo, statement):
    """The rows as lists of texts; None is SQL's NULL."""
    done = subprocess.run(
        ["psql", "-Xq", "--csv", "-t", "-v", "ON_ERROR_STOP=1", "-P", "null=\\N", "-d", conninfo,
         "-c", statement],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{done.stderr.strip()}\nin: {statement}")
    return [[None if cell == "\\N" else cell for cell in row]
            for row in csv.reader(io.StringIO(done.stdout))]


def sql_value(conninfo, statement):
    """The one column of the one row."""
    return sql(conninfo, statement)[0][0]


def new_database(name):
    """The conninfo of an empty database of this test, as superuser."""
    admin = os.environ.get("DAYBOOK_TEST_DATABASE_ADMIN")
    if not admin:
        raise SystemExit("no PostgreSQL: run 'make up'")
    name = f"{name}_{os.getpid()}"
    sql(admin, f"CREATE DATABASE {name} TEMPLATE template0")
    _databases.append(name)
    return f"{admin} dbname={name}"


def new_topic(name, partitions, *configs):
    """The name that the topic really has; configs are 'retention.ms=1000' and the like."""
    if "DAYBOOK_KAFKA" not in os.environ:
        raise SystemExit("no Kafka: run 'make up'")
    name = f"{name}-{os.getpid()}"
    subprocess.run(["topics", "create", name, str(partitions), *configs], check=True)
    _topics.append(name)
    return name


# ----------------------------------------------------------------------------------------- processes


class Process:
    """A program in the background; what it says is in WORK/NAME.log."""

    def __init__(self, name, command):
        self.path = WORK / f"{name}.log"
        with open(self.path, "ab") as out:
            self.popen = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.pid = self.popen.pid

    def log(self):
        return self.path.read_text(errors="replace")

    def running(self):
        return self.popen.poll() is None

    def send(self, number):
        if self.running():
            self.popen.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=30):
        """Ends it, if it runs, and returns its status; kills what does not end in time."""
        self.send(number)
        self.send(signal.SIGCONT)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise


def start(name, *command):
    process = Process(name, command)
    _processes.append(process)
    return process


def run(*command, check=True, **options):
    """Runs a program to its end; its stdout and stderr are texts of the result."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          **options)
    if check and done.returncode != 0:
        raise RuntimeError(f"status {done.returncode} of {shlex.join(str(w) for w in command)}\n"
                           f"{done.stderr.strip()}")
    return done


def wait_for(seconds, condition):
    """Asks until the condition holds; False if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _clean_up():
    for process in _processes:
        if process.running():
            process.popen.kill()
            process.popen.wait()
    failed = _state["failed"] > 0 or _state["plan"] is None or _state["run"] != _state["plan"]
    if "DAYBOOK_KEEP" not in os.environ:
        for name in _databases:
            sql(os.environ["DAYBOOK_TEST_DATABASE_ADMIN"],
                f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for name in _topics:
            subprocess.run(["topics", "delete", name], check=False)
    if not failed:
        shutil.rmtree(WORK)
        return
    for log in sorted(WORK.glob("*.log")):
        print(f"==> {log} <==", file=sys.stderr)
        print("\n".join(log.read_text(errors="replace").splitlines()[-15:]), file=sys.stderr)
    print("see", WORK, file=sys.stderr)


atexit.register(_clean_up)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
