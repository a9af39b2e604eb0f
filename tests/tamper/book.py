"""A ledger that has of everything: two months, two invoices with bundles, quarantine, a witness."""

import forge
from billing import Billing
from breaking import found_by
from harness import WORK, run

POLICY = WORK / "policy"


def make_book():
    """Two months of one tenant, the second with more than two tiles' entries; quarantine."""
    book = Billing("tamper_columns", acme="UTC", beta="Asia/Kolkata")
    book.plan("p")
    book.contract("c-acme", "acme", "2026-08-01")
    book.gpu("acme", "2026-08-03T10", 5)
    for number in range(2):
        book.event("nobody", "gpu.slice.v1", "2026-08-04T00:00:00Z", {"number": number})
    book.take()
    book.issue("acme", "2026-08")
    for number in range(28):
        book.gpu("acme", "2026-09-01T00", 20, allocation=f"a-{number}")
    book.gpu("beta", "2026-09-01T10", 5)
    book.take()
    book.issue("acme", "2026-09")
    for number in range(2):
        book.event("nobody", "gpu.slice.v1", "2026-08-05T00:00:00Z", {"number": number})
    book.take()
    feed, partition, offset = book.sql(
        "select a.name, q.partition, q.record_offset from ledger.quarantine q join "
        "ledger.assignment a using (feed) order by q.record_offset limit 1")[0]
    run("daybook-ingest", "quarantine", "write-off", feed, partition, offset, "--reason", "a test",
        *book._common())
    book.ledger("token", "add", "reader", "--tenant", "acme", "--scope", "usage:read")
    book.seal()
    forge.witness(book.archive, book.keys / "log.vkey", POLICY)
    book.seal()
    book.invoices("bundle")
    book.sql("insert into ledger.progress (log, feed, partition, incarnation, partition_count, name, "
             "position, high, complete_through, state, reason) values (0, sha256(''), 0, 1, 1, "
             "'usage', 1, 1, now(), 'live', '')")
    book.sql("insert into ledger.sequence values (0, sha256(''), 0, 1, 0, '/source', 1, 1, '\\x0200')")
    return book


def audit(book, conninfo, archive=None):
    """The words of the audit's findings, and what it said."""
    return found_by("daybook-ledger", "audit", "--database", conninfo, "--keys", book.keys,
                    "--archive", archive or book.archive, "--policy", POLICY)
