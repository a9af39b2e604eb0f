#!/usr/bin/env python3
"""An audit goes on from the checkpoint of the one before: what that read is not read again, but the
tree must be the same."""

import json
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from harness import WORK, done_testing, is_, like, new_database, run, sql  # noqa: E402

KEYS, ARCHIVE = WORK / "keys", WORK / "archive"
PUBLISHED = ARCHIVE / "public/checkpoint"
DATABASE = new_database("since")


def ledger(*words, check=True):
    return run("daybook-ledger", *words, "--database", DATABASE, "--keys", KEYS, "--archive", ARCHIVE,
               check=check)


def grow(batches):
    """More entries, sealed: the checkpoint as it was published then, and its size."""
    run("sample_ledger", DATABASE, KEYS, PUBLISHED, str(batches), "100")
    ledger("seal", "--once")
    kept = WORK / f"kept-{len(list(WORK.glob('kept-*')))}"
    shutil.copy(PUBLISHED, kept)
    return kept, int(kept.read_text().splitlines()[1])


def audit(*words):
    """Entries that were read, and the words of what was found."""
    report = json.loads(ledger("audit", "--json", *words, check=False).stdout)
    return report["entries"], sorted(report["counts"])


def change(table, statement):
    sql(DATABASE, f"alter table ledger.{table} disable trigger all")
    sql(DATABASE, statement)


ledger("migrate")
ledger("init", "--origin", "ledger.test/since")
for tenant in ("acme", "beta"):
    ledger("tenant", "add", tenant, "--zone", "UTC")
ledger("catalog", "apply", "deploy/examples/catalog.json")
kept, size = grow(2)
small, _ = grow(1)
_, end = grow(2)
first = size - size % 256

is_(audit(), (end, []), "the whole ledger")
is_([audit("--since", kept), audit("--since", size), audit("--since", small)],
    [(end - first, []), (end - first, []), (end - 512, [])],
    "from a kept checkpoint, or a signed size, only the tiles behind it are read")
is_(audit("--since", PUBLISHED), (end - (end - end % 256), []), "nothing new is nothing to find")
like(ledger("audit", "--since", "17", check=False).stderr, "no checkpoint of 17 entries was signed",
     "a size that nobody signed is no place to go on from")
is_(ledger("audit", "--since", KEYS / "log.vkey", check=False).returncode, 2, "nor is another file")

change("entry", f"update ledger.entry set signature = set_byte(signature, 3, get_byte(signature, 3) "
                f"# 1) where idx = {end - 20}")
is_(audit("--since", kept)[1], ["checkpoint_root", "entry_signature", "tile_mismatch"],
    "what is changed behind it is found")
change("entry", f"update ledger.entry set signature = set_byte(signature, 3, get_byte(signature, 3) "
                f"# 1) where idx = {end - 20}")
change("entry", "update ledger.entry set stream_seq = stream_seq + 100000 where tenant = 1 and stream "
                f"= 0 and idx >= {first}")
is_([word for word in audit("--since", kept)[1] if word.startswith("stream")], ["stream_gap"],
    "a gap between what was read then and what is read now is found")
change("entry", "update ledger.entry set stream_seq = stream_seq - 100000 where tenant = 1 and stream "
                f"= 0 and idx >= {first}")
is_(audit("--since", kept)[1], [], "set right, nothing is found")
change("tile", "update ledger.tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where "
               "level = 1")
is_(audit("--since", kept)[1], ["checkpoint_root"],
    "tiles of another tree than the checkpoint's are found: what it went on from")
done_testing()
