#!/usr/bin/env python3
"""What reservations and spend plans covered: by the command and by SQL what the document says, and what its lines cost."""

import csv
import io
import json
import pathlib
import sys
from fractions import Fraction as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import done_testing, is_, like, ok  # noqa: E402

NUMBERS = ("capacity", "covered", "unused", "overage")
book = Billing("invoice_coverage", acme="UTC", other="UTC")
book.plan("p")
SPAN = {"from": "2026-09-01T00:00:00Z", "to": "2026-09-01T04:00:00Z"}
book.contract("c", "acme", "2026-09-01", reservations=[
    {"id": "r", "where": {"meter": "gpu_time"}, "units": "1", "rate": "1", **SPAN}], spend_plans=[
    {"id": "s", "per_hour": "1.5", "discount": "50", **SPAN}])
book.contract("d", "other", "2026-09-01")
book.gpu("acme", "2026-09-01T00", 1, gpus=2)
book.gpu("acme", "2026-09-01T01", 1)
book.gpu("acme", "2026-09-01T03", 1)
book.take()
book.close("acme", "2026-09")
pooled = book.contract_words("e", "other", "2026-11-01", pool={"payer": "other", "members": ["acme"]})
like(book.refusal(*pooled), "/pool: is rated, but documents of pools are not built",
     "a pool is refused where a document would have to be made")
like(book.refusal("coverage", "acme", "2026-09"), "period 2026-09 of tenant 'acme' is not issued: .*quote",
     "before a document there are no rows, and quote is named")
invoice = book.issue("acme", "2026-09")

said = json.loads(book.invoices("coverage", "acme", "2026-09", "--json").stdout)
of_document = [(kind, one["id"], row["from"], *(F(row[n]) for n in NUMBERS))
               for kind, name in (("reservation", "reservations"), ("spend_plan", "spend_plans"))
               for one in invoice[name] for row in one["coverage"]]
is_([(r["kind"], r["id"], r["from"], *(F(r[n]) for n in NUMBERS)) for r in said["rows"]], of_document, "the rows are the document's")
is_(said["document"], invoice["number"], "which is named")
is_([(t["id"], *(F(t[n]) for n in NUMBERS)) for t in said["totals"]],
    [(one["id"], *(F(one[n]) for n in NUMBERS)) for one in invoice["reservations"] + invoice["spend_plans"]], "so are the sums")
is_([(t["utilisation"], t["coverage"]) for t in said["totals"] if t["id"] == "r"], [("75.00", "75.00")], "3 of 4 hours are used, 1 is beyond them")
lines = {line["charge"]: line for line in invoice["lines"]}
is_(F(said["totals"][0]["capacity"]) / 3600, F(lines["r"]["quantity"]), "a reservation's capacity is what its line bills")
is_(F(said["totals"][1]["capacity"]), F(lines["s"]["amount"]), "and so is a spend plan's")
rows = list(csv.DictReader(io.StringIO(book.invoices("coverage", "acme", "2026-09", "--csv").stdout)))
is_([(r["id"], *(F(r[n]) for n in NUMBERS)) for r in rows], [(r[1], *r[3:]) for r in of_document], "the CSV has the same rows")
like(book.invoices("coverage", "acme", "2026-09").stdout, "^reservation r, in unit-second: capacity 14400, covered 10800, unused 3600, overage 3600, utilisation 75.00 %",
     "and text has the sums")
is_(book.sql("select count(*), bool_and(covered + unused = capacity) from ledger.coverage where log = 0"), [[str(len(of_document)), "t"]],
    "SQL sees them too")
for tenant, count in (("acme", len(of_document)), ("other", 0)):
    (number,), = book.sql(f"select tenant from ledger.tenant where id = '{tenant}'")
    seen = book.sql(f"begin; set local role daybook_serve; set local daybook.tenants = '{{{number}}}'; "
                    "select count(*) from ledger.coverage where log = 0; commit")
    ok([str(count)] in seen, f"the web process, for {tenant}, sees {count}")
is_(book.verify(invoice["number"]), "verified", "the bundle verifies")
is_(book.rerate(invoice["number"]), "equal", "and makes the same document again, spend plan and all")
is_(book.invoices("audit").returncode, 0, "as the book does")
done_testing()
