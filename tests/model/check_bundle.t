#!/usr/bin/env python3
"""check_bundle.py, which was written from ledger/verify/README.md alone, and daybook-verify: both take
the same bundles and refuse the same changed ones."""

import copy
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "harness"), str(HERE)]
import check_bundle  # noqa: E402
from billing import Billing  # noqa: E402
from harness import WORK, done_testing, is_, ok, run  # noqa: E402


def judge(bundle, keys):
    """What each of the two says of it: None when it holds."""
    try:
        check_bundle.check(copy.deepcopy(bundle), *keys)
        mine = None
    except (LookupError, ValueError, TypeError) as error:
        mine = str(error)
    path = WORK / "judged.json"
    path.write_text(json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    done = run("daybook-verify", "bundle", path, "--vkey", keys[0], "--root", keys[1], check=False)
    return mine, None if done.returncode == 0 else done.stdout + done.stderr


sample = json.loads(run("sample_bundle_json").stdout)
keys = sample["log_vkey"], sample["root_vkey"]
is_(judge(json.loads(sample["bundle"]), keys), (None, None), "both take the sample bundle")

# Sealed and signed as a forger wants it who holds every key: (index, member, value).
ZERO = '"' + "0" * 64 + '"'
FORGED = ((6, "number", '"8"'), (7, "plan", '"q"'), (11, "to", '"2026-09-03T00:00:00Z"'), (12, "forward.count", "2"),
          (12, "entries.usage.next", "1"), (12, "usage.0.quantity", '"11"'), (12, "usage", "[]"), (17, "previous", "3"),
          (18, "usage.0.period", '"2026-08"'), (18, "usage.0.unrated", "true"), (18, "usage.1.quantity", '"30"'), (18, "usage.1.entries", "3"),
          (18, "entries.usage.to_seq", "4"), (18, "entries.usage.from_seq", "1"), (18, "entries.usage.from_seq", "3"),
          (18, "entries.money.from_seq", "0"), (18, "entries.money.from_seq", "4"), (18, "forward.hash", ZERO), (18, "carried.count", "0"),
          (18, "cut.0.size", "16"), (18, "signoffs", "{}"), (18, "signoffs.approve.operator", ZERO), (12, "signoffs.draft", "1"), (18, "period.to", '"2026-10-02T00:00:00Z"'), (18, "total", '"-12.34"'),
          (18, "tax", '"2.97"'), (18, "tenant.number", '"8"'), (18, "seller.id", '"other"'), (18, "ledger_id", ZERO))
taken = [forgery for forgery in FORGED for forged in [json.loads(run("sample_bundle_json", *forgery).stdout)]
         if None in judge(json.loads(forged["bundle"]), keys)]
is_(taken, [], f"{len(FORGED)} that were forged, and signed with all keys, are refused by both")

book = Billing("check_bundle", acme="Europe/Berlin", umbrella="UTC")
book.plan("p")
book.contract("c", "acme", "2026-07-31T22:00:00Z", zone="Europe/Berlin")
documents = []
for month in ("08", "09", "10"):
    book.gpu("umbrella", f"2026-{month}-03T00", 10)
    book.gpu("acme", f"2026-{month}-03T10", 5)
    book.gpu("acme", f"2026-08-{month}T15", 1, allocation="late")
    book.gpu("acme", "2026-11-05T10", 1, allocation=month)  # carried from one document to the next
    book.take()
    documents.append(book.issue("acme", f"2026-{month}"))
keys = tuple((book.keys / name).read_text().strip() for name in ("log.vkey", "root.vkey"))
bundles = [json.loads(book.bundle(document["number"]).read_text()) for document in documents]
is_([judge(bundle, keys) for bundle in bundles], [(None, None)] * 3, "and those of three documents that go on, adjust and carry")
honest = bundles[2]


# --------------------------------------------------------------------------------- changed ones
def flip(text, at=0):
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:]


def entry(bundle, kind, n=0):
    return [row for row in bundle["entries"] if int(row["body"][8:10], 16) == kind][n]


def body(kind, at, n=0):
    def change(bundle):
        row = entry(bundle, kind, n)
        row["body"] = flip(row["body"], 2 * at + 1)
    return change


def member(kind, name):
    def change(bundle):
        row = entry(bundle, kind)
        row[name] = flip(row[name])
    return change


def document(change):
    def apply(bundle):
        content = json.loads(bundle["document"])
        change(content)
        bundle["document"] = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return apply


def without(kind, n=0):
    return lambda bundle: bundle["entries"].remove(entry(bundle, kind, n))


changes = [(f"a changed {name} of kind {kind}", member(kind, name)) for kind in (1, 4, 5, 8, 9, 10, 11, 12, 13)
           for name in ("salt", "signature", "writer")]
changes += [(f"byte {at} of a body of kind {kind}", body(kind, at)) for kind, places in
            ((1, (8, 31, 47, 64, 103, 107, 127, 135)), (4, (64, 96, 143, 144, 152)), (5, (64, 99, 104, 136)), (11, (104,)))
            for at in places]
changes += [(f"a missing entry of kind {kind}", without(kind)) for kind in (1, 4, 5, 8, 9, 10, 11, 12, 13)]
changes += [
    ("the last usage left out", without(1, -1)), ("two entries in the other order", lambda b: b["entries"].reverse()),
    ("an entry twice", lambda b: b["entries"].insert(0, b["entries"][0])),
    ("another index", lambda b: entry(b, 1).update(index=entry(b, 1)["index"] - 1)),
    ("a hash of the proof", lambda b: b["proof"].__setitem__(0, b["proof"][1])), ("a hash less", lambda b: b["proof"].pop()),
    ("a hash more", lambda b: b["proof"].append(b["proof"][0])), ("no proof", lambda b: b.update(proof=[])),
    ("another size", lambda b: b.update(size=b["size"] + 1)),
    ("another root", lambda b: b.update(checkpoint=b["checkpoint"].replace("\n", "\nA", 2))),
    ("another size in the checkpoint", lambda b: b.update(checkpoint=b["checkpoint"].replace(f"\n{b['size']}\n", f"\n{b['size']}0\n"))),
    ("no signature", lambda b: b.update(checkpoint=b["checkpoint"].split("\n\n")[0] + "\n\n")),
    ("another origin", lambda b: b.update(checkpoint="x" + b["checkpoint"])),
    ("another document's index", lambda b: b.update(document_index=b["document_index"] - 1)),
    ("another total", document(lambda d: d.update(total="0.01"))), ("another customer", document(lambda d: d.update(customer={}))),
    ("another label of a period", document(lambda d: d["usage"][0].update(period="2026-07"))),
    ("other usage", document(lambda d: d["usage"].pop())), ("a shorter range", document(lambda d: d["entries"]["usage"].update(from_seq=9))),
    ("a changed content", lambda b: b["contents"][3].update(content=b["contents"][3]["content"].replace("grant", "renew"))),
    ("another price", lambda b: [c.update(content=c["content"].replace('"1.00"', '"0.99"')) for c in b["contents"]]),
    ("a missing content", lambda b: b["contents"].pop()), ("contents of others", lambda b: b["contents"][0].update(index=1)),
    ("no series", lambda b: b.update(series=[])), ("the keys of another", lambda b: b.update(log_vkey=sample["log_vkey"])),
    ("another root key", lambda b: b.update(root_vkey=sample["root_vkey"])), ("another version", lambda b: b.update(daybook_bundle=2)),
]
taken = []
for name, change in changes:
    bundle = copy.deepcopy(honest)
    change(bundle)
    verdicts = judge(bundle, keys)
    if None in verdicts:
        taken.append((name, verdicts))
is_(taken, [], f"{len(changes)} changed bundles are refused by both")
others = judge(honest, (sample["log_vkey"], sample["root_vkey"]))
ok(None not in others, "also under another log's keys")
is_(judge(json.loads(sample["bundle"]), keys)[0] is None, False, "and the sample bundle under these")
done_testing()
