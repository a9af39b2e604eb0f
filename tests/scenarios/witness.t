#!/usr/bin/env python3
"""Witnesses: two real ones cosign what is sealed, and a ledger that was set back is found out."""

import base64
import concurrent.futures
import hashlib
import shutil
import signal

from harness import *
from witness import Witness, signers, size_of, write_policy

ORIGIN = "ledger.test/witness"


class Book:
    """A ledger of samples: database, keys, archive."""

    def __init__(self, name, database):
        self.name, self.database = name, database
        self.keys, self.archive = WORK / f"{name}-keys", WORK / f"{name}-archive"
        self.public = self.archive / "public"
        self.witnessed = self.public / "witnessed"

    def run(self, program, *words, check=True):
        return run(program, *words, "--database", self.database, "--keys", self.keys, "--archive",
                   self.archive, check=check)

    def add(self, batches, entries):
        run("sample_ledger", self.database, self.keys, self.public / "checkpoint", str(batches),
            str(entries))

    def seal(self, check=True):
        return self.run("daybook-ledger", "seal", "--once", check=check)

    def grow(self, batches, entries):
        self.add(batches, entries)
        self.seal()

    def size(self):
        return size_of(self.public / "checkpoint")

    def cosign(self, *words, status=0, policy=None):
        done = run("daybook-cosign", "--once", "--archive", self.archive, "--policy",
                   policy or POLICY, *words, check=False)
        if done.returncode != status:
            diag(f"daybook-cosign: status {done.returncode}, expected {status}: {done.stderr}")
        return done if done.returncode == status else None

    def verify(self, *words):
        return run("daybook-verify", "log", self.public, "--root", self.keys / "root.vkey", *words,
                   check=False)


ORIGIN_ID = hashlib.sha256(ORIGIN.encode()).hexdigest()
book = Book("main", new_database("witness"))
book.run("daybook-ledger", "migrate")
book.run("daybook-ledger", "init", "--origin", ORIGIN)
book.run("daybook-ledger", "tenant", "add", "acme", "--zone", "Asia/Kolkata")
book.run("daybook-ledger", "tenant", "add", "beta", "--zone", "Europe/Berlin")
book.run("daybook-ledger", "catalog", "apply", ROOT / "deploy/examples/catalog.json")
book.grow(1, 40)
one, two = Witness("one"), Witness("two")
LOG = (book.keys / "log.vkey").read_text().strip()
POLICY = write_policy("policy", LOG, [one, two], "group both all one two", "quorum both")
ANY = write_policy("policy-any", LOG, [one, two], "group any any one two", "quorum any")

# --------------------------------------------------------------------------------- two of two

for witness in (one, two):
    witness.trust(book)
    witness.start()
is_(run("daybook-witness", "run", "--folder", one.folder, check=False).returncode, 75,
    "a witness's folder has one process")
is_(oct((one.folder / "witness.key").stat().st_mode)[-3:], "400", "its key is its owner's only")
first = book.size()
ok(book.cosign(), "two of two cosign: the quorum is reached")
cosigned = book.witnessed / "checkpoint"
is_((size_of(cosigned), signers(cosigned)), (first, [ORIGIN, "witness.test/one", "witness.test/two"]),
    "the cosigned checkpoint has the log's line and theirs")
is_(signers(book.public / "checkpoint"), [ORIGIN], "the sealer's own file is as it was")
book.grow(3, 300)
ok(book.cosign(), "they cosign what has grown, by the proof from the archive's tiles")
is_((one.size(ORIGIN), two.size(ORIGIN), size_of(cosigned)), (book.size(),) * 3, "all at the newest size")
ok(book.cosign(), "an idle log is cosigned again, at a later time")
verified = book.verify("--policy", POLICY)
is_(verified.returncode, 0, "the log is verified under the policy, which names the log key too")
like(verified.stdout, f"2 of 2 witnesses.*size {book.size()}", "it says who has seen how much, and when")

# ------------------------------------------------------------------------------- one is down

one.kill()
last = size_of(cosigned)
book.grow(1, 30)
down = book.cosign(status=75)
ok(down, "one is down: no quorum, try again")
like(down.stderr, "witness 'one' did not cosign: no answer", "and it says who did not answer")
is_((size_of(cosigned), two.size(ORIGIN)), (last, book.size()), "the last quorum is not given up for less")
is_(book.verify("--policy", POLICY).returncode, 0, "what was witnessed stays verified")
ok(book.cosign(policy=ANY), "a policy of one of two is content")
is_(size_of(cosigned), book.size(), "and has a newer checkpoint")
short = book.verify("--policy", POLICY)
is_(short.returncode, 1, "under two of two this is not verified")
like(short.stdout, r"FINDING witness_quorum .*\b1 of 2\b", "a finding names what is missing")
is_(book.verify("--policy", ANY).returncode, 0, "under one of two it is")

two.kill()
one.start()
ok(book.cosign(), "the other one is down, and what it cosigned of this checkpoint still counts")
one.kill()
two.start()

before = (one.folder / "logs" / ORIGIN_ID / "checkpoint").read_bytes()
one.start()
is_((one.folder / "logs" / ORIGIN_ID / "checkpoint").read_bytes(), before,
    "a killed witness comes back with what it had cosigned")
ok(book.cosign(), "and cosigns from there")
is_(one.size(ORIGIN), book.size(), "up to the newest")

line = cosigned.read_text().splitlines()[-1]
changed = line[:-10] + ("A" if line[-10] != "A" else "B") + line[-9:]
keep = cosigned.read_text()
cosigned.write_text(keep.replace(line, changed))
broken = book.verify("--policy", POLICY)
is_((broken.returncode, "FINDING witness_signature" in broken.stdout), (1, True),
    "a cosignature that does not hold is a finding of its own")
cosigned.write_text(keep)

# --------------------------------------------------------------------------- the statuses, over HTTP

note = (book.public / "checkpoint").read_bytes()
is_(one.add(0, note)[:2], (409, "text/x.tlog.size"), "another old size: 409 and the size's own type")
is_(one.add(0, note)[2], f"{book.size()}\n", "with the size")
is_(one.add(book.size() + 1, note)[0], 400, "an old size beyond the checkpoint: 400")
is_(one.add("x", note)[0], 400, "no number: 400")
is_(one.add(book.size(), note, [base64.b64encode(bytes(32)).decode()])[0], 422,
    "a proof that proves nothing: 422")
is_(one.add(0, note.replace(ORIGIN.encode(), b"ledger.test/other"))[0], 404, "another origin: 404")
is_(one.add(0, note.replace(b"\n" + str(book.size()).encode(), b"\n" + str(book.size() + 9).encode()))[0],
    403, "a size that the log did not sign: 403")
is_(one.ask("POST", "/add-checkpoint", b"x" * 100000)[0], 400, "100 kB: 400")
is_(one.ask("GET", "/add-checkpoint")[0], 405, "GET: 405")
is_(one.ask("GET", "/" + "0" * 64 + "/checkpoint")[0], 404, "a log that it does not know: 404")

# -------------------------------------------------------------------------- killed under load, at once

sizes = [book.size()]
notes = [note]
for _ in range(12):
    book.grow(1, 5)
    sizes.append(book.size())
    notes.append((book.public / "checkpoint").read_bytes())
ok(book.cosign(), "two of two again")


def ask_again(_):
    """The newest, from the size that it has: every answer is one of these."""
    return one.add(sizes[-1], notes[-1])[0], one.add(sizes[0], notes[-1])[0]


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(ask_again, range(200)))
is_(set(answers), {(200, 409)}, "400 requests at once: each is answered by what it cosigned last")
for kill in range(5):
    book.grow(1, 3)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(book.cosign, "--retry", "1") for _ in range(2)]
        one.kill()
        [round.result() for round in rounds]
    kept = (one.folder / "logs" / ORIGIN_ID / "checkpoint")
    one.start()
    if size_of(kept) not in (sizes[-1], book.size()):
        ok(False, f"after kill {kill} it has neither the old nor the new checkpoint")
    ok(book.cosign(), f"killed while it was asked ({kill + 1}): it goes on")
    sizes.append(book.size())

# ------------------------------------------------------------------- an older copy grows another history

run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "dump")
fork = Book("fork", new_database("witness_fork"))
shutil.copytree(book.keys, fork.keys)
shutil.copytree(book.archive, fork.archive)
run("pg_restore", "-d", fork.database, WORK / "dump")
common = book.size()
book.grow(2, 50)
ok(book.cosign(), "the log goes on, and is cosigned")
fork.grow(1, 9)
behind = fork.cosign(status=3)
shutil.copytree(fork.public, WORK / "short")
(WORK / "short/witnessed/checkpoint").write_bytes(cosigned.read_bytes())
short = run("daybook-verify", "log", WORK / "short", "--root", book.keys / "root.vkey", "--policy",
            POLICY, check=False)
is_((short.returncode, "FINDING checkpoint_ahead" in short.stdout), (1, True),
    "a log that is shorter than what was cosigned is a finding")
ok(behind, "a copy that went on shorter: the witnesses have seen a longer log")
like(behind.stderr, "has seen a longer log", "and it says so")
shown = fork.witnessed / f"{one.id}.shown"
is_(size_of(shown), book.size(), "what they showed is kept: it is signed by the log's own key")
fork.add(1, 9)
halted = fork.seal(check=False)
is_(halted.returncode, 3, "the copy's sealer signs nothing any more: HALT")
like(halted.stderr, rf"{one.id}.shown.*{book.size()}|{two.id}.shown.*{book.size()}",
     "with the evidence")
for path in fork.witnessed.glob("*.shown"):
    path.unlink()
fork.seal()
fork.grow(4, 80)
ok(fork.size() > book.size(), "without the evidence it goes on, beyond what the witnesses have seen")
forked = fork.cosign(status=3)
like(forked.stderr, "finds no proof", "a fork that is longer: 422")
sealed = fork.size()
fork.add(1, 9)
halted = fork.seal(check=False)
is_((halted.returncode, fork.size()), (3, sealed), "its sealer stops again")
like(halted.stderr, "has forked.*shown", "and names the fork")
is_(size_of(fork.witnessed / "checkpoint"), common, "the fork has no cosignature")
(fork.witnessed / "checkpoint").write_bytes(cosigned.read_bytes())
shown_fork = fork.verify("--policy", POLICY)
is_((shown_fork.returncode, "FINDING checkpoint_root witnesses cosigned another root" in shown_fork.stdout),
    (1, True), "an auditor who has the cosigned checkpoint finds that the fork is another log")
ok(book.cosign(), "the true log goes on")
book.grow(1, 5)
ok(book.cosign(), "and on")
same = fork.public / "checkpoint"
is_(one.add(one.size(ORIGIN), same.read_bytes())[0] in (409, 422), True, "no witness cosigns both")

# -------------------------------------------------------------------------------- a running cosigner

cosigner = start("cosigner", "daybook-cosign", "--archive", book.archive, "--policy", POLICY,
                 "--interval", "1", "--retry", "1")
two.kill()
book.grow(1, 5)
ok(wait_for(10, lambda: "witness 'two' did not cosign" in cosigner.log()), "a running one says who is away")
two.start()
ok(wait_for(10, lambda: size_of(cosigned) == book.size()), "and has the quorum again when it is back")
idle = cosigned.read_text()
ok(wait_for(10, lambda: cosigned.read_text() != idle and size_of(cosigned) == book.size()),
   "an idle log is cosigned again in each interval, at a later time")
like(run("daybook-cosign", "--archive", book.archive, "--policy", POLICY, "--interval", "3601",
         check=False).stderr, "--interval is from 1 to 3600", "an interval is at most an hour")
is_(cosigner.stop(signal.SIGTERM), 0, "SIGTERM ends it cleanly")
for witness in (one, two):
    is_(witness.process.stop(signal.SIGTERM), 0, f"and witness {witness.name}")
done_testing()
