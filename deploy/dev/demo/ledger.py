"""A ledger on the private servers, its programs, and what they say. For the demo and the benchmarks."""

import hashlib
import os
import pathlib
import re
import shlex
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[3]
RUN = pathlib.Path(os.environ.get("DAYBOOK_RUN", ROOT / ".run")).resolve()
BIN = pathlib.Path(os.environ.get("DAYBOOK_BIN", ROOT / ".build/bin"))
ROLES = ("ingest", "sealer", "control", "invoices", "serve", "auditor")


class Failure(Exception):
    """A step that did not do what it must; the message says which and what was seen."""


class Said:
    """What programs say on standard error: all of it in a file, the newest line for whoever waits;
    and the program that was started last."""

    def __init__(self):
        self.path, self.newest, self.program = None, None, None

    def open(self, path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def take(self, stream, lines):
        with open(self.path or os.devnull, "a") as file:
            for line in stream:
                file.write(line)
                file.flush()
                lines.append(line)
                # 2026-11-05T10:00:00.000000Z daybook-ledger info: audit: entries 9 of 10
                self.newest = re.sub(r"^\S+Z \S+ \w+: ", "", line.strip())


said = Said()


def run(*command, env=None, stdin=None):
    """Runs a program to its end; its standard output. What it said otherwise is shown if it fails."""
    words, lines = [str(word) for word in command], []
    said.program = pathlib.Path(words[0]).name
    process = subprocess.Popen(words, env=env, text=True, cwd=ROOT, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE,
                               stdin=subprocess.PIPE if stdin else subprocess.DEVNULL)
    listener = threading.Thread(target=said.take, args=(process.stderr, lines))
    listener.start()
    try:
        if stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        output = process.stdout.read()
        status = process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        listener.join()
        said.newest = None
    if status != 0:
        told = "".join(lines[-5:]) + output[-400:]
        raise Failure(f"{pathlib.Path(words[0]).name} ended with {status}: {told.strip() or 'it said nothing'}")
    return output


def start_servers():
    """Both private servers, if they do not run yet: a line for each that had to be started."""
    return run(ROOT / "deploy/dev/postgres", "start") + run(ROOT / "deploy/dev/kafka/broker", "start")


def server_settings():
    """What the scripts of the private servers wrote for those who use them."""
    settings = {}
    for line in (RUN / "env").read_text().splitlines():
        if line.startswith("export "):
            for word in shlex.split(line[7:]):
                name, _, value = word.partition("=")
                settings[name] = value
    return settings



class Ledger:
    """A database, a folder with keys and archive, and the programs that work on them."""

    def __init__(self, database, folder):
        self.server = server_settings()
        self.environment = {**os.environ, **self.server,
                            "PGOPTIONS": "-c client_min_messages=warning"}
        self.database = database
        # The roles are the server's, so all ledgers on it have the same passwords.
        self.passwords = {role: hashlib.sha256(f"{self.server['PGPASSWORD']} {role}".encode())
                          .hexdigest()[:24] for role in ROLES}
        self.keys, self.archive = folder / "keys", folder / "archive"

    def admin(self, database=None):
        settings = self.server["DAYBOOK_TEST_DATABASE_ADMIN"]
        words = [word for word in settings.split() if not word.startswith("dbname=")]
        return " ".join(words + [f"dbname={database or self.database}"])

    def conninfo(self, role):
        """How the program of this role connects."""
        return (f"host={self.server['PGHOST']} port={self.server['PGPORT']} "
                f"dbname={self.database} user=daybook_{role} password={self.passwords[role]}")

    def common(self, role):
        return ["--database", self.conninfo(role), "--archive", self.archive, "--keys", self.keys]

    def ledger(self, *command, role="control"):
        return run(BIN / "daybook-ledger", *self.common(role), *command)

    def invoices(self, *command):
        return run(BIN / "daybook-invoices", *self.common("invoices"), *command)

    def sql(self, statement, database=None):
        return run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.admin(database),
                   stdin=statement, env=self.environment).strip()

    def topics(self, *words):
        return run(BIN / "topics", *words, env=self.environment)

    def create_database(self, template="template0"):
        self.sql(f"drop database if exists {self.database} with (force)", "postgres")
        self.sql(f"create database {self.database} template {template}", "postgres")

    def create_topic(self, name, partitions):
        """An empty one, whatever there was."""
        try:
            self.topics("delete", name)
        except Failure:
            pass  # there was none
        self.topics("create", name, partitions)

    def found(self, origin, catalog):
        """Schema, passwords, keys, the catalog, and the tenants that the generator bills."""
        run(BIN / "daybook-ledger", "migrate", "--admin", self.admin())
        for role in ROLES:
            self.sql(f"alter role daybook_{role} password '{self.passwords[role]}'")
        run(BIN / "daybook-ledger", "--database", self.admin(), *self.common("control")[2:], "init",
            "--origin", origin)
        self.ledger("catalog", "apply", catalog)
        for line in run(BIN / "generate", "tenants").splitlines():
            tenant, zone, name = line.split("\t")
            self.ledger("tenant", "add", tenant, "--name", name, "--zone", zone)

    def generate(self, topic, events, seed, phase, hours=720):
        """Events into the topic; what must become of them."""
        return run(BIN / "generate", "topic", "--kafka", self.server["DAYBOOK_KAFKA"],
                   "--topic", topic, "--events", events, "--seed", seed, "--hours", hours,
                   "--allocations", max(3, events * 84 // 1000000), "--phase", phase)
