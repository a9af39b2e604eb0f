#!/usr/bin/env python3
"""A second history under one origin: who finds it, and who cannot.

An operator with every key grows another ledger from a copy of the first, and publishes its
checkpoint. Every signature of it is right, so whoever is shown it alone finds nothing: it takes
somebody who saw the other one. The table names each, and what exactly is found.
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from breaking import Count, copy_database, database_of, found_by  # noqa: E402
from harness import WORK, diag, done_testing, is_, new_database, ok, run  # noqa: E402
from witness import Witness, size_of, write_policy  # noqa: E402


class Ledger:
    """Database and folder; a copy of both is another operator's in all but name."""

    def __init__(self, name, database):
        self.database, self.folder = database, WORK / name
        self.keys, self.archive = self.folder / "keys", self.folder / "archive"
        self.published = self.archive / "public/checkpoint"
        self.witnessed = self.archive / "public/witnessed"

    def words(self, *more, state=None):
        return ["--database", self.database, "--keys", self.keys, "--archive", self.archive,
                *(["--state", state] if state else []), *more]

    def run(self, *words, **options):
        return run("daybook-ledger", *words, *self.words(**options), check=False)

    def grow(self, entries):
        run("sample_ledger", self.database, self.keys, self.published, "1", str(entries))
        ok(self.run("seal", "--once").returncode == 0, f"{self.folder.name}: {entries} entries more")

    def copy(self, name):
        other = Ledger(name, copy_database(self.database, f"{database_of(self.database)}_{name}"))
        shutil.copytree(self.folder, other.folder)
        return other

    def kept(self, name):
        return shutil.copy(self.published, WORK / name)

    # what somebody finds who looks, as words of findings; "status_3" where a program HALTs

    def audit(self, *words, state=None):
        return found_by("daybook-ledger", "audit", *self.words(*words, state=state))

    def verify(self, *words):
        return found_by("daybook-verify", "log", self.archive / "public", "--root",
                        self.keys / "root.vkey", "--vkey", self.keys / "log.vkey", *words)

    def compare(self, one, other):
        done = run("daybook-ledger", "compare", one, other, "--vkey", self.keys / "log.vkey",
                   "--archive", self.archive, check=False)
        return ({"split_view"} if done.returncode == 1 else set()), done.stdout + done.stderr

    def halts(self, state=None):
        done = self.run("seal", "--once", state=state)
        return ({f"status_{done.returncode}"} if done.returncode else set()), done.stderr

    def cosign(self):
        done = run("daybook-cosign", "--once", "--archive", self.archive, "--policy", POLICY,
                   check=False)
        return ({f"status_{done.returncode}"} if done.returncode else set()), done.stderr


book = Ledger("true", new_database("fork"))
book.folder.mkdir()
book.run("migrate")
book.run("init", "--origin", "ledger.test/fork")
for tenant in ("acme", "beta"):
    book.run("tenant", "add", tenant, "--zone", "UTC")
book.run("catalog", "apply", "deploy/examples/catalog.json")
book.grow(100)
one = Witness("one")
one.trust(book)
one.start()
POLICY = write_policy("policy", (book.keys / "log.vkey").read_text().strip(), [one], "quorum one")
is_(book.cosign()[0], set(), "a witness cosigns what both will have in common")
common = book.kept("common")

fork = book.copy("other")
book.grow(40)
seen = book.kept("seen")
is_(book.cosign()[0], set(), "and the true one's next size")
fork.grow(60)
forked = fork.kept("forked")
ok(size_of(forked) > size_of(seen) > size_of(common), "the other history is longer, from a common size")
auditor = fork.copy("auditor")  # the fork's files as an auditor has them who knows the witness
shutil.copy(book.witnessed / "checkpoint", auditor.witnessed / "checkpoint")

TABLE = [  # who looks, how; what must be found
    ("the database alone: daybook-ledger audit", fork.audit, set()),
    ("the files alone: daybook-verify log", fork.verify, set()),
    ("who saw only what is common: daybook-verify log --seen", lambda: fork.verify("--seen", common),
     set()),
    ("who has what is common and the other: daybook-ledger compare",
     lambda: fork.compare(common, forked), set()),
    ("the policy, over the cosignature of what is common: daybook-verify log --policy",
     lambda: fork.verify("--policy", POLICY), set()),

    ("who saw the true one: daybook-verify log --seen", lambda: fork.verify("--seen", seen),
     {"checkpoint_root"}),
    ("who saw the other, shown the true one: daybook-verify log --seen",
     lambda: book.verify("--seen", forked), {"checkpoint_ahead"}),
    ("who has both checkpoints: daybook-ledger compare", lambda: fork.compare(seen, forked),
     {"split_view"}),
    ("who has the true one's cosigned checkpoint: daybook-verify log --policy",
     lambda: auditor.verify("--policy", POLICY), {"checkpoint_root"}),
    ("and daybook-ledger audit", auditor.audit, {"checkpoint_root"}),
    ("an audit that goes on from the true one: daybook-ledger audit --since",
     lambda: fork.audit("--since", seen), {"checkpoint_root"}),
    ("the sealer's state of the true one: daybook-ledger audit",
     lambda: fork.audit(state=book.keys / "seal.state"), {"state_file"}),
    ("and the sealer itself: daybook-ledger seal", lambda: fork.halts(book.keys / "seal.state"),
     {"status_3"}),
    ("the witness: daybook-cosign", fork.cosign, {"status_3"}),
    ("then the other's own sealer, by what the witness showed: daybook-ledger seal", fork.halts,
     {"status_3"}),
    ("and its own audit", fork.audit, {"checkpoint_root"}),
]
count = Count()
for who, look, expected in TABLE:
    found, said = look()
    count.add("by whom another saw the log" if expected else "by whom is shown one alone", expected,
              found)
    if not is_(sorted(found), sorted(expected), who + ("" if expected else ": nothing, and cannot")):
        diag(said)
is_((one.size("ledger.test/fork"), size_of(fork.witnessed / "checkpoint")),
    (size_of(seen), size_of(common)), "the witness has cosigned nothing of the other")
count.show()
done_testing()
