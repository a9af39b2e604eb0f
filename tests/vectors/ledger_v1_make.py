#!/usr/bin/env python3
"""Makes tests/vectors/ledger-v1: a small ledger of the first released schema, as SQL text.

Run once for a release, with its programs; later releases must migrate the same dump to the same
root (ledger_v1.t), so it is never made again for that release. Needs `make up`.

    DAYBOOK_RUN=… python3 tests/vectors/ledger_v1_make.py
"""

import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import run  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "ledger-v1"


def make_book():
    """Two tenants, two invoices with their bundles, quarantine with a disposition, a token."""
    book = Billing("ledger_v1", acme="UTC", beta="Asia/Kolkata")
    book.plan("p")
    book.contract("c-acme", "acme", "2026-08-01")
    book.gpu("acme", "2026-08-03T10", 3)
    book.event("nobody", "gpu.slice.v1", "2026-08-04T00:00:00Z", {"number": 1})
    book.take()
    book.issue("acme", "2026-08")
    book.gpu("acme", "2026-08-03T13", 1)
    book.gpu("acme", "2026-09-01T00", 3)
    book.gpu("beta", "2026-09-01T10", 2)
    book.take()
    book.issue("acme", "2026-09")
    feed, partition, offset = book.sql(
        "select a.name, q.partition, q.record_offset from ledger.quarantine q join "
        "ledger.assignment a using (feed) limit 1")[0]
    run("daybook-ingest", "quarantine", "write-off", feed, partition, offset, "--reason", "a test",
        *book._common())
    book.ledger("token", "add", "reader", "--tenant", "acme", "--scope", "usage:read")
    book.seal()
    book.invoices("bundle")
    return book


def main():
    book = make_book()
    shutil.rmtree(HERE, ignore_errors=True)
    (HERE / "keys").mkdir(parents=True)
    for name in ("salt.key", "log.vkey", "root.vkey"):
        (HERE / "keys" / name).write_text((book.keys / name).read_text())
    shutil.copy(book.archive / "public/checkpoint", HERE / "checkpoint")
    dump = subprocess.run(
        ["pg_dump", "--inserts", "--no-comments", "--schema=ledger", "--dbname", book.database],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line for line in dump.splitlines()  # psql of PostgreSQL 15.0 does not know these two
             if not line.startswith(("\\restrict", "\\unrestrict"))]
    (HERE / "ledger.sql").write_text("\n".join(lines) + "\n")
    print((HERE / "checkpoint").read_text())


main()
