#!/usr/bin/env python3
"""Documents made again from the book as of their cuts: nothing differs however much came later, and
what somebody changed is named."""

import hashlib
import json
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import done_testing, is_, like, ok  # noqa: E402

book = Billing("invoice_audit", acme="Europe/Berlin", umbrella="UTC")
book.plan("p")
book.contract("c", "acme", "2026-07-31T22:00:00Z", zone="Europe/Berlin")
book.contract("u", "umbrella", "2026-08-01")


def audit(*words):
    done = book.invoices("audit", *words, check=False)
    return done.returncode, done.stdout + done.stderr


is_(audit(), (0, "equal: 0 documents made again from the book as of their cuts, 0 differ\n"), "a book without documents")
numbers = []
for month in ("08", "09", "10"):
    for day in ("03", "04"):
        book.gpu("acme", f"2026-{month}-{day}T10", 7)
        book.gpu("umbrella", f"2026-{month}-{day}T10", 2)
    book.gpu("acme", f"2026-08-{month}T10", 1, allocation="late")  # late but for the first
    book.take()
    numbers += [book.issue(tenant, f"2026-{month}")["number"] for tenant in ("acme", "umbrella")]
book.gpu("acme", "2026-08-20T10", 9, allocation="later")
book.take()
is_(audit(), (0, "equal: 6 documents made again from the book as of their cuts, 0 differ\n"),
    "what came after a cut, and a late adjustment, change no document")
is_(audit("--tenant", "umbrella")[1].split()[1], "3", "or one tenant's alone")
is_(json.loads(audit("--json")[1]), {"equal": True, "documents": 6, "drifted": 0, "findings": []}, "as JSON too")
like(audit("--tenant", "nobody")[1], "nobody", "an unknown tenant is an error")


# ------------------------------------------------------------------------- somebody with the database
def tamper(*statements):
    for table in ("entry", "content", "document"):
        book.sql(f"ALTER TABLE ledger.{table} DISABLE TRIGGER ALL")
    for statement in statements:
        book.sql(statement)


def rewrite(number, change):
    """Another document, with all its hashes."""
    stored = book.show(number)
    index = book.sql(f"select idx from ledger.document where document_id = '{number}'")[0][0]
    change(stored)
    content = json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return index, content, digest


def write(number, change):
    index, content, digest = rewrite(number, change)
    tamper(f"update ledger.content set content = '{content}', hash = '\\x{digest}' where idx = {index}",
           f"update ledger.document set hash = '\\x{digest}' where idx = {index}")


before = book.show(numbers[0])
write(numbers[0], lambda document: document.update(total="0.01"))
status, said = audit()
ok(status == 1 and f'DRIFT {numbers[0]} /total document="0.01" recomputed="{before["total"]}"' in said,
   "a total that was changed with all its hashes is named") or print("#", said)
like(said, rf"DRIFT {numbers[2]} /adjustments/0/original_hash.*\n.*\nDRIFT: 6 documents .* 3 differ",
     "and those that adjust it name another original")
is_(audit("--tenant", "umbrella")[0], 0, "the other tenant's are as they were")
write(numbers[0], lambda document: document.update(total=before["total"]))
is_(audit()[0], 0, "put back, nothing differs")
write(numbers[0], lambda document: document.update(remark="paid"))
like(audit()[1], f"DRIFT {numbers[0]} .*other members", "a member that was added is a difference")
write(numbers[0], lambda document: document.pop("remark"))

first = book.sql("select min(idx) from ledger.entry where kind = 1 and tenant = 2")[0][0]
tamper(f"update ledger.entry set quantity = quantity + 3600000000 where idx = {first}")
status, said = audit("--json")
found = json.loads(said)
is_((status, found["drifted"]), (1, 1), "usage that was changed: the document that it was billed by")
ok({"/lines/0/amount", "/total", "/usage/0/quantity"} <= {finding["path"] for finding in found["findings"]}, "by line, total and usage")
tamper(f"delete from ledger.content where kind = 9")
like(audit()[1], f"DRIFT {numbers[0]} cannot be made again: plan 'p' has no version 1", "without its plan no document can be made")
done_testing()
