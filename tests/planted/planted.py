"""Planted bugs: one guard at a time is taken out of a copy of the tree, and a named test must fail.

A row of the table is a `Planted`. What a row says is checked before anything is built: its text stands
exactly once in its file. A planted bug is caught if one of its tests fails, or does not end; a build
that fails is an error of the row, and a test that fails without any planted bug makes the run invalid.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("BUILD", "release")
NOT_COPIED = {".git", ".build", ".run"}
SCRIPTS = {"", ".py", ".sh"}


@dataclass(frozen=True)
class Planted:
    """One bug. `tests` are parts of test paths: unit/ingest/claim, scenarios/ingest_file."""

    name: str
    guard: str  # what the code ensures, in a sentence
    path: str
    was: str  # or several texts,
    becomes: str  # and as many in their places
    tests: tuple
    group: str = ""  # fast: a part of `make test`; slow: a catcher of more than a minute


    def edits(self):
        if isinstance(self.was, str):
            return [(self.was, self.becomes)]
        return list(zip(self.was, self.becomes, strict=True))


class TableError(Exception):
    """A row that does not fit the code."""


class Invalid(Exception):
    """A test that fails, or a build, without any planted bug."""


def test_path(name):
    """The file that the Makefile builds or knows for a test's name."""
    if name.startswith("unit/"):
        return f".build/{BUILD}/{name}_test"
    return f"tests/{name}.sql" if name.startswith("sql/") else f"tests/{name}.t"


def problems(rows):
    """What is wrong with the table, a sentence a row."""
    names = [row.name for row in rows]
    for row in rows:
        source = ROOT / row.path
        if names.count(row.name) > 1:
            yield f"{row.name}: the name is given twice"
        if not source.exists():
            yield f"{row.name}: there is no '{row.path}'"
        for was, _ in row.edits() if source.exists() else []:
            found = source.read_text().count(was)
            if found != 1:
                yield (f"{row.name}: its text stands {found} times in '{row.path}', not once; if the "
                       f"code moved, the row in tests/planted must follow it: {was.strip()[:60]!r}")
        if any(was == becomes for was, becomes in row.edits()) or not row.tests:
            yield f"{row.name}: nothing is changed, or no test is named"
        for test in row.tests:
            unit = ROOT / "tests" / f"{test}_test.c"
            if not (unit if test.startswith("unit/") else ROOT / test_path(test)).exists():
                yield f"{row.name}: there is no test '{test}'"


def environment(tree):
    """Where tests run: the copy's programs, this tree's servers; nothing of a make above."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "DAYBOOK_BIN", "DAYBOOK_TEST", "TEST_TIMEOUT"))}
    run = pathlib.Path(os.environ.get("DAYBOOK_RUN", ROOT / ".run")).resolve()
    return {**kept, "BUILD": BUILD, "DAYBOOK_RUN": str(run),
            "DAYBOOK_BIN": str(tree / ".build" / BUILD / "bin")}


class Outcome:
    """How a test ended."""

    def __init__(self, failure, seconds):
        self.failure, self.seconds = failure, seconds  # failure: None, or what it said first


def end_group(process):
    """Ends a test with what it started; its own cleaning up comes first."""
    for number, seconds in ((signal.SIGTERM, 30), (signal.SIGKILL, 30)):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue


def run_test(tree, test, seconds_max, said=None):
    """Runs one test in the copy until its first failure, or, for a list of what it says, its end."""
    begun = time.monotonic()
    path = test_path(test)
    command = ["bash", "-c", '. tests/harness/environment.sh; exec "$@"', "test",
               *(["tests/harness/run-sql"] if test.startswith("sql/") else []), path]
    process = subprocess.Popen(command, cwd=tree, env=environment(tree), text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    late = threading.Event()
    timer = threading.Timer(seconds_max, lambda: (late.set(), end_group(process)))
    timer.start()
    failure = None
    for line in process.stdout:
        if said is not None:
            said.append(line)
        if line.startswith("not ok") and "# SKIP" not in line and "# TODO" not in line:
            failure = failure or line.split(" - ", 1)[-1].strip()
            if said is None:
                end_group(process)
                break
        if line.startswith("1..0"):
            failure = "it was skipped"
    process.stdout.close()
    status = process.wait()
    timer.cancel()
    if late.is_set():
        failure = f"no end after {seconds_max:.0f} s"
    elif failure is None and status != 0:
        failure = f"status {status}"
    return Outcome(failure, time.monotonic() - begun)


def sweep():
    """Copies that a run left which was killed."""
    for path in (ROOT / ".build" / "planted").glob("*-*"):
        if not pathlib.Path("/proc", path.name.split("-")[0]).exists():
            shutil.rmtree(path, ignore_errors=True)


def programs_of(test):
    """The programs that a test may start: those whose name it says, or a file of the harness that it
    names, or one that this names; with points to crash at where it says so. Too many cost time; one too
    few, and its bug is not caught."""
    helpers = {path.stem: path for path in (ROOT / "tests" / "harness").iterdir() if path.suffix in SCRIPTS}
    words, waiting, seen = set(), [ROOT / test_path(test)], set()
    if test.startswith("sql/"):
        waiting = [helpers["run-sql"]]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        said = set(re.findall(r"[\w-]+", path.read_text()))
        words |= said
        waiting += {helpers[word] for word in said & helpers.keys()} - seen - set(waiting)
    folders = ["bin", "crash/bin"] if "CRASHING" in words else ["bin"]
    return {f"{folder}/{path.name}" for folder in folders
            for path in (ROOT / ".build" / BUILD / folder).iterdir() if path.name in words}


def targets_of(tests):
    """What make builds for these tests, and nothing else."""
    units = {test_path(test) for test in tests if test.startswith("unit/")}
    return sorted(units | {f".build/{BUILD}/{program}" for test in tests if not test.startswith("unit/")
                           for program in programs_of(test)})


class Tree:
    """A copy of the sources and of what was built from them, of this tree or of another copy."""

    def __init__(self, name, of=None):
        self.path, self.of = ROOT / ".build" / "planted" / f"{os.getpid()}-{name}", of
        origin = of.path if of else ROOT
        for part in (".build", ".run"):
            (self.path / part).mkdir(parents=True)
        for entry in origin.iterdir():
            if entry.name not in NOT_COPIED:
                subprocess.run(["cp", "-a", entry, self.path], check=True)
        if (origin / ".build" / BUILD).exists():
            subprocess.run(["cp", "-a", origin / ".build" / BUILD, self.path / ".build"], check=True)
        self.take_flags()

    def take_flags(self):
        """Other flags are no reason to compile all again: they name the folder that is built in, nothing
        is linked as a whole, and what a bug leaves unused is no error."""
        flags = self.path / ".build" / BUILD / "flags"
        if flags.exists():
            when = flags.stat()
            self.make(str(flags.relative_to(self.path)))
            os.utime(flags, ns=(when.st_atime_ns, when.st_mtime_ns))

    def make(self, *targets):
        return subprocess.run(["make", "-j2", "WERROR=0", "WHOLE=0", f"BUILD={BUILD}", *targets], cwd=self.path,
                              env=environment(self.path), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def build(self, tests):
        """False if it does not compile: what make said is in `said`."""
        done = self.make(*targets_of(tests))
        self.said = done.stdout
        return done.returncode == 0

    def built(self):
        """All that was built, and when."""
        return {path: path.stat().st_mtime_ns for path in (self.path / ".build").rglob("*")
                if path.is_file() and not path.is_symlink()}

    def restore(self, before):
        """What was built since is as in the copy that this one was made of: no bug stays for the next."""
        for path, when in self.built().items():
            origin = self.of.path / path.relative_to(self.path)
            if before.get(path) == when:
                continue
            if origin.exists():
                shutil.copy2(origin, path)
            else:
                path.unlink()

    def drop_template(self):
        """The database of a spoilt schema, which tests/harness/run-sql keeps for its next test."""
        subprocess.run(["bash", "-c", ". tests/harness/environment.sh; psql -Xqd postgres -c \"DROP DATABASE IF "
                        "EXISTS daybook_template_$(cat sql/roles.sql sql/schema/*.sql | sha256sum | head -c 16)\""],
                       cwd=self.path, env=environment(self.path), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def release(self):
        shutil.rmtree(self.path, ignore_errors=True)


def sound(tree, tests, jobs):
    """The seconds of each test without any planted bug; raises if one fails."""
    if not tree.build(tests):
        raise Invalid(f"the tree does not build: {tree.said[-2000:]}")
    def passes(test):
        said = []
        outcome = run_test(tree.path, test, 600, said)
        if outcome.failure:
            raise Invalid(f"{test} fails without any planted bug: {outcome.failure}\n"
                          + "".join(f"# {line}" for line in said[-30:]))
        return outcome.seconds
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return dict(zip(tests, pool.map(passes, tests), strict=True))


def spoil(whole, row):
    """The file's text with all edits, each at its place in the whole one."""
    for at, was, becomes in sorted(((whole.index(was), was, becomes) for was, becomes in row.edits()),
                                   reverse=True):
        whole = whole[:at] + becomes + whole[at + len(was):]
    return whole


def plant(tree, row, seconds):
    """Builds the copy with the bug and runs its tests until one fails: (test, failure), or None."""
    path = tree.path / row.path
    whole, when, before = path.read_text(), path.stat(), tree.built()
    path.write_text(spoil(whole, row))
    try:
        if not tree.build(row.tests):
            raise TableError(f"{row.name} does not build:\n{tree.said[-2000:]}")
        for test in row.tests:
            outcome = run_test(tree.path, test, 60 + 4 * seconds[test])
            if outcome.failure:
                return test, outcome.failure
        return None
    finally:
        if row.path.startswith("sql/"):
            tree.drop_template()
        path.write_text(whole)
        os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))
        tree.restore(before)
