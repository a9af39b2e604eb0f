#!/usr/bin/env python3
"""Usage that comes late, twice, for old periods, in another currency; meters that take the greatest."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import done_testing, is_, like, ok  # noqa: E402

HOUR = {"name": "GPU-hour", "divisor": "3600000000"}


def adjusted(document):
    return [(one["original"], one["net"], one["tax"]) for one in document["adjustments"]]


# --------------------------------------------------------------- late usage of several old periods
book = Billing("late", acme="Europe/Berlin")
book.plan("p")
book.contract("c", "acme", "2026-07-31T22:00:00Z", zone="Europe/Berlin")
for month in ("08", "09", "10"):
    book.gpu("acme", f"2026-{month}-03T10", 10)
book.take()
august = book.issue("acme", "2026-08")
book.gpu("acme", "2026-08-04T10", 1)
book.take()
september = book.issue("acme", "2026-09")
is_(adjusted(september), [(august["number"], "1.00", "0.19")], "late usage is on the next document")
is_((september["net"], september["total"]), ("11.00", "13.09"), "beside the period's own")
book.gpu("acme", "2026-08-05T10", 2)
book.gpu("acme", "2026-09-05T10", 3)
book.take()
october = book.issue("acme", "2026-10")
is_(adjusted(october), [(august["number"], "2.00", "0.38"), (september["number"], "3.00", "0.57")],
    "a second late batch of an old period is billed once, and one of the last period too")
is_([book.verify(document["number"]) for document in (august, september, october)],
    ["verified"] * 3, "their bundles verify")
is_([book.rerate(document["number"]) for document in (august, september, october)],
    ["equal"] * 3, "and state all that their lines and adjustments are made of")
is_(book.show(august["number"]), august, "what was issued stays as it was")
like(book.refusal("close", "acme", "2026-11") or "closed", "has not ended: it ends at 2026-11-30T23:00:00Z",
     "a period that runs is not closed")

# ------------------------------------------------------------- a window that is fuller than it can
full = Billing("late_full", acme="UTC")
full.plan("p")
full.contract("c", "acme", "2026-08-01")
full.gpu("acme", "2026-08-03T10", 1)
full.gpu("acme", "2026-09-03T10", 1)
full.take()
full.issue("acme", "2026-08")
full.gpu("acme", "2026-08-03T10", 1)  # the same hour of the same allocation again
full.take()
full.seal()
like(full.refusal("close", "acme", "2026-09") or "closed", "allocation 'a-1' used 7200000000",
     "late usage above an allocation's capacity is refused as well")

# ----------------------------------------------------------------------- the contract's currency
money = Billing("late_money", acme="UTC")
money.plan("p")
money.plan("yen", currency="JPY")
money.contract("c-eur", "acme", "2026-08-01", "2026-09-01")
money.contract("c-jpy", "acme", "2026-09-01", plan="yen", currency="JPY")
money.gpu("acme", "2026-08-03T10", 1)
money.gpu("acme", "2026-09-03T10", 1)
money.take()
euros = money.issue("acme", "2026-08")
money.gpu("acme", "2026-08-05T10", 1)
money.take()
money.seal()
like(money.refusal("close", "acme", "2026-09") or "closed",
     f"late usage of '{euros['number']}'.*EUR.*JPY", "euros are not added to yen, and nothing is cut")

# ---------------------------------------------------------------------------------- greatest values
most = Billing("late_most", acme="UTC")
most.apply_catalog({
    "meter": "space", "type": "storage.sample.v1", "unit": "MiB", "scale": 0, "aggregation": "max",
    "quantity": {"pointer": "/data/mib_seconds"},
    "dimensions": [{"name": "volume", "pointer": "/data/volume"}]})
most.plan("p", charges=[{"charge": "space", "meter": "space", "model": "per_unit", "price": "1.00",
                         "price_unit": {"name": "MiB", "divisor": "1"}}])
most.contract("c", "acme", "2026-09-01")
for at, value in (("2026-09-03T10:05:00Z", 70), ("2026-09-03T10:25:00Z", 100), ("2026-09-03T11:05:00Z", 30)):
    most.event("acme", "storage.sample.v1", at, {"at": at, "project": "x", "volume": "v", "class": "ssd",
                                                "region": "eu", "mib_seconds": value})
    most.take()  # a batch each
september = most.issue("acme", "2026-09")
is_(september["net"], "130.00",
    "of a meter of greatest values a window is its greatest entry, whatever the batches were")
most.event("acme", "storage.sample.v1", "2026-09-03T10:45:00Z",
           {"at": "2026-09-03T10:45:00Z", "project": "x", "volume": "v", "class": "ssd", "region": "eu",
            "mib_seconds": 105})
most.take()
october = most.issue("acme", "2026-10")
is_(october["adjustments"][0]["net"], "5.00", "late, only what is above it")
is_([most.rerate(document["number"]) for document in (september, october)], ["equal"] * 2, "also for who rates it again")

# ----------------------------------------------------------------------------------- a credit note
credit = Billing("late_credit", acme="UTC")
credit.plan("p")
credit.contract("c", "acme", "2026-08-01")
credit.gpu("acme", "2026-08-03T10", 3)
credit.gpu("acme", "2026-09-03T10", 1)
credit.take()
original = credit.issue("acme", "2026-08")


def correct(at, quantity):
    """A correction, as a program of the future will write it; its signature is nobody's."""
    credit.sql(f"""with head as (update ledger.head set size = size + 1 returning size - 1 as idx)
        insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series, window_from,
            length_seconds, quantity, contributions, corrected_seq, reason, checksum, signature, writer)
        select log, head.idx, 2, 1, tenant, 0, (select max(stream_seq) + 1 from ledger.entry where stream = 0), batch,
            series, window_from, length_seconds, {quantity}, 0, stream_seq, 1, checksum, signature, writer
        from ledger.entry, head where kind = 1 and window_from = '{at}'""")


for hour in (10, 11, 12):
    correct(f"2026-08-03 {hour}:00+00", -3600000000)
note = credit.issue("acme", "2026-09")
is_((note["document"], note["net"], note["tax"], note["total"]), ("credit_note", "-2.00", "-0.38", "-2.38"),
    "a full retraction beside a smaller invoice is a credit note")
is_(adjusted(note), [(original["number"], "-3.00", "-0.57")], "which gives back exactly the tax that was taken")
is_(credit.sql("select amount, code from ledger.entry where kind = 4 order by idx"), [["357", "1"], ["238", "2"]],
    "its transfer goes the other way")
like(credit.invoices("show", note["number"]).stdout, "Credit note DE-2026-000002", "and it is called so")
credit.gpu("acme", "2026-08-03T10", 1, allocation="a-2")
credit.take()
again = credit.issue("acme", "2026-10")
is_((adjusted(again), again["total"]), ([(original["number"], "1.00", "0.19")], "1.19"), "what comes back is billed again")
is_([credit.rerate(document["number"]) for document in (original, note, again)], ["equal"] * 3,
    "their bundles state what they were made of")
correct("2026-09-03 10:00+00", -3600000001)
credit.seal()
like(credit.refusal("quote", "acme", "2026-09") or "rated", "-1, below zero; its 1 rows are -1|below zero",
     "a correction that takes more than there is is named")
done_testing()
