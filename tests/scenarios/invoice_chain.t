#!/usr/bin/env python3
"""A tenant's documents follow each other: no usage is billed twice, none is left out, whatever
contracts, versions and closes come in between."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import done_testing, is_, like, ok  # noqa: E402

# ------------------------------------------------------- one contract follows another in a month
book = Billing("chain", acme="UTC")
book.plan("p")
book.plan("q", charges=[{"charge": "gpu", "meter": "gpu_time", "model": "per_unit", "price": "2.00",
                         "price_unit": {"name": "GPU-hour", "divisor": "3600000000"}}])
book.contract("c-old", "acme", "2026-09-01", "2026-09-15")
book.contract("c-new", "acme", "2026-09-15", plan="q")
for day, hours in (("2026-09-03", 2), ("2026-09-15", 3), ("2026-10-05", 4)):
    book.gpu("acme", f"{day}T10", hours)
book.take()

like(book.refusal("close", "acme", "2026-09-15") or "closed", "c-old|not closed",
     "the later contract's part is not closed before the earlier one's")
old = book.issue("acme", "2026-09")
is_((old["net"], old["period"]["to"]), ("2.00", "2026-09-15T00:00:00Z"),
    "the first contract's part of the month is billed by it")
new = book.issue("acme", "2026-09-15")
is_((new["net"], new["contract"]["id"]), ("6.00", "c-new"),
    "the second contract's part of the same month is billed by that one")
later = book.issue("acme", "2026-10")
is_((later["net"], later["adjustments"]), ("8.00", []), "and the next month follows")
is_([document["entries"]["usage"]["from_seq"] for document in (new, later)],
    [document["entries"]["usage"]["next"] for document in (old, new)],
    "each document's range begins where the one before ended")
for document in (old, new, later):
    is_(book.verify(document["number"]), "verified", f"the bundle of {document['number']} verifies")
book.gpu("acme", "2026-09-04T10", 1)
book.gpu("acme", "2026-09-20T10", 1)
book.take()

# ------------------------------------------------------------------------ contracts that overlap
like(book.refusal(*book.contract_words("c-more", "acme", "2026-10-15")) or "applied", "overlaps",
     "a second contract for the same time is refused: usage would be billed by one of them")
like(book.refusal(*book.contract_words("c-old", "acme", "2026-09-01", "2026-09-16")) or "applied",
     "overlaps", "so is a version that grows into the other")

# ------------------------------------------------- a contract that ends in what is closed already
book.contract("c-new", "acme", "2026-09-15", "2026-10-10", plan="q")
book.contract("c-third", "acme", "2026-10-10")
book.seal()
like(book.refusal("close", "acme", "2026-10-10") or "closed",
     "begins at 2026-10-10T00:00:00Z, and periods are closed up to 2026-11-01T00:00:00Z: usage would be billed twice",
     "a later contract's period that begins in a closed one is refused")

# ------------------------------------------------------------- what comes after the last contract
ended = Billing("chain_ended", acme="UTC")
ended.plan("p")
ended.contract("c", "acme", "2026-09-01", "2026-10-01")
ended.gpu("acme", "2026-09-03T10", 1)
ended.take()
last = ended.issue("acme", "2026-09")
ended.gpu("acme", "2026-09-04T10", 2)
ended.gpu("acme", "2026-10-04T10", 4)
ended.take()
like(ended.refusal("close", "acme", "2026-10") or "closed", "has no contract for period '2026-10'",
     "after a contract's end there is nothing to close")
ended.contract("c-tail", "acme", "2026-10-01", "2026-11-01", billing={"day": 31, "hour": 0, "minute": 0})
tail = ended.issue("acme", "2026-10-01")
is_(([(one["original"], one["net"]) for one in tail["adjustments"]], tail["net"]), ([(last["number"], "2.00")], "6.00"),
    "a later contract's first document bills what came late for the last one")
is_((tail["period"]["label"], tail["period"]["to"]), ("2026-10-01", "2026-10-31T00:00:00Z"),
    "months that begin on day 31 begin on October's last")
is_((ended.issue("acme", "2026-10")["period"]["from"], ended.verify(tail["number"])), ("2026-10-31T00:00:00Z", "verified"),
    "and the contract's last day is a period of its own")

# ----------------------------------------------------------------------------- a moved billing day
moved = Billing("chain_moved", acme="UTC")
moved.plan("p")
moved.contract("c", "acme", "2026-08-01")
moved.gpu("acme", "2026-09-03T10", 1)
moved.take()
moved.issue("acme", "2026-08")
moved_words = moved.contract_words("c", "acme", "2026-08-01", billing={"day": 15, "hour": 0, "minute": 0})
like(moved.refusal(*moved_words) or "applied", "/billing: .*2026-08 was closed up to 2026-09-01",
     "a version whose periods begin on another day is refused: it would leave a gap")
like(moved.refusal("close", "acme", "2026-10") or "closed",
     "the period before, 2026-09, is not closed: close and issue it first", "a period may not be passed over")
moved.seal()
moved.close("acme", "2026-09")
like(moved.refusal("close", "acme", "2026-10") or "closed", "the period before, 2026-09, is not issued",
     "nor one that is not issued")
like(moved.close("acme", "2026-09"), "was closed before", "closing again changes nothing")

# ------------------------------------------------------- a contract that begins inside a month
begins = Billing("chain_begins", acme="America/New_York")
begins.plan("p")
begins.contract("c", "acme", "2026-09-16T04:00:00Z", zone="America/New_York",
                billing={"day": 1, "hour": 17, "minute": 0})
begins.gpu("acme", "2026-09-10T10", 5)
begins.gpu("acme", "2026-09-20T10", 1)
begins.gpu("acme", "2026-10-01T20", 2)  # 16:00 in New York: still September's
begins.take()
first = begins.issue("acme", "2026-09")
is_((first["period"]["label"], first["period"]["from"], first["period"]["to"], first["net"]),
    ("2026-09-16", "2026-09-16T04:00:00Z", "2026-10-01T21:00:00Z", "2.00"),
    "a first period that is cut is called by its day and ends with the month's anchor")
is_([(row["period"], row["quantity"], row.get("unrated")) for row in first["usage"]],
    [("2026-09", str(5 * 3600000000), True), ("2026-09-16", str(2 * 3600000000), None)],
    "usage before every contract is stated as unrated")
is_(begins.verify(first["number"]), "verified", "its bundle verifies")
is_(begins.issue("acme", "2026-10")["net"], "1.00", "the second period takes what the first left")
done_testing()
