#!/usr/bin/env python3
"""Two checkpoints of one log, held against each other: a split view is found by whoever compares."""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from forge import Thief, read_note  # noqa: E402
from harness import WORK, done_testing, is_, like, new_database, run  # noqa: E402

KEYS, ARCHIVE = WORK / "keys", WORK / "archive"
PUBLISHED = ARCHIVE / "public/checkpoint"
DATABASE = new_database("compare")


def ledger(*words):
    return run("daybook-ledger", *words, "--database", DATABASE, "--keys", KEYS, "--archive", ARCHIVE)


def grow(batches):
    """More entries, sealed: the checkpoint as it was published then."""
    run("sample_ledger", DATABASE, KEYS, PUBLISHED, str(batches), "100")
    ledger("seal", "--once")
    kept = WORK / f"kept-{len(list(WORK.glob('kept-*')))}"
    shutil.copy(PUBLISHED, kept)
    return kept


def forged(kept, **changes):
    """The kept checkpoint, saying something else, with the log's own key."""
    origin, size, root = read_note(kept.read_text())
    said = {"origin": origin, "size": size, "root": root, **changes}
    path = WORK / f"forged-{len(list(WORK.glob('forged-*')))}"
    path.write_text(Thief(KEYS).note(**said))
    return path


def compare(one, other, archive=ARCHIVE):
    words = ["--archive", archive] if archive else []
    return run("daybook-ledger", "compare", one, other, "--vkey", KEYS / "log.vkey", *words,
               check=False)


def status(*words):
    return compare(*words).returncode


ledger("migrate")
ledger("init", "--origin", "ledger.test/compare")
first = WORK / "kept-first"
shutil.copy(PUBLISHED, first)
for tenant in ("acme", "beta"):
    ledger("tenant", "add", tenant, "--zone", "UTC")
ledger("catalog", "apply", "deploy/examples/catalog.json")
small, middle, great = grow(1), grow(2), grow(1)

is_(status(middle, middle, None), 0, "a checkpoint is consistent with itself, without an archive")
like(compare(small, great).stdout, r"^consistent: .* grew from 2\d\d to 8\d\d entries$",
     "a log that grew is consistent")
is_([status(great, small), status(first, great), status(small, middle)], [0, 0, 0],
    "in any order, from the first checkpoint on, and when the archive has grown beyond both")

other = forged(middle, root=bytes(32))
found = compare(middle, other, None)
is_((found.returncode, found.stdout.splitlines()[0]),
    (1, "SPLIT VIEW: the log key signed two trees of 'ledger.test/compare'"),
    "two roots of one size are a split view, which needs no archive to be seen")
is_([status(other, great), status(great, forged(small, root=bytes(32)))], [1, 1],
    "so are two sizes of which one is not of the tree that the archive proves")

is_(status(small, great, None), 2, "other sizes cannot be checked without tiles")
is_(status(great, forged(great, size=10000)), 2, "nor what is beyond the archive")
is_(status(great, forged(great, origin="ledger.test/other")), 2, "two logs are not compared")
stranger = WORK / "stranger"
stranger.write_text(Thief(KEYS).note(*read_note(great.read_text()), seed=b"x" * 32))
is_([status(great, stranger), status(stranger, great)], [2, 2],
    "a checkpoint that the log key did not sign says nothing about the log")
damaged = WORK / "damaged"
shutil.copytree(ARCHIVE, damaged)
tile = next((damaged / "public/tile/1/000.p").iterdir())
tile.chmod(0o644)
tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
is_(status(middle, great, damaged), 2, "nor do tiles that do not make the root they are published for")
done_testing()
