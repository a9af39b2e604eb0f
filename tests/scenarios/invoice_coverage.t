#!/usr/bin/env python3
"""What reservations and spend plans covered: by the command and by SQL what the document says, and what its lines cost."""

import csv
import datetime
import io
import json
import pathlib
import random
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
like(book.refusal(*pooled), "contract e overlaps contract c of tenant 'acme'", "a tenant that has a contract is in no pool")
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

# ------------------------------------------------- what it cost, billed and effective, over whole terms
r = random.Random(7)
paid = Billing("invoice_effective", acme="UTC")
paid.plan("p")
UPFRONT = {"from": "2026-08-07T00:00:00Z", "to": "2026-10-03T05:00:00Z"}
reservations = [{"id": f"r{n}", "where": {"meter": "gpu_time", "region": [["eu", "us"][n % 2]]}, "units": str(1 + n % 3), "rate": f"0.{r.randrange(1, 10 ** 6):06}",
                 "usage_rate": f"0.{r.randrange(100):02}", "payment": "partial", "upfront": f"{r.randrange(1, 900)}.{r.randrange(1000):03}",
                 "from": f"2026-08-0{1 + n}T{r.randrange(24):02}:00:00Z", "to": f"2026-10-0{1 + n}T{r.randrange(24):02}:00:00Z"} for n in range(4)]
reservations += [{"id": "all", "where": {"meter": "gpu_time"}, "units": "1", "rate": "0", "payment": "all", "upfront": "100", **UPFRONT},
                 {"id": "block", "kind": "block", "where": {"meter": "gpu_time"}, "units": "3", "price": "0.777", **UPFRONT}]
plans = [{"id": "s", "per_hour": "0.37", "discount": "40", "upfront": "77.77", "rate_share": "0.5", **UPFRONT},
         {"id": "g", "per_hour": "0.5", "discount": "25", "basis": "on_demand", "from": "2026-08-02T00:00:00Z", "to": "2026-10-02T00:00:00Z"}]
paid.contract("c", "acme", "2026-08-01", reservations=reservations, spend_plans=plans,
              tax={"profile": [{"category": "standard", "rate": "19"}, {"category": "standard", "rate": "21", "from": "2026-09-11T00:00:00Z"}]})
for n in range(24):
    month, day = r.choice([(8, 3), (8, 8), (9, 10), (9, 12), (10, 1)])
    paid.gpu("acme", f"2026-{month:02}-{day + r.randrange(2):02}T{r.randrange(20):02}", r.randrange(1, 4), gpus=r.randrange(1, 5),
             allocation=f"a-{n}", region=r.choice(["eu", "us"]))
paid.take()
documents = [paid.issue("acme", month) for month in ("2026-08", "2026-09", "2026-10")]
answers = [json.loads(paid.invoices("coverage", "acme", month, "--json").stdout) for month in ("2026-08", "2026-09", "2026-10")]
KINDS = {"reservation": "reservations", "spend_plan": "spend_plans"}


def instant(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def shares(amount, weights):
    """In 10^-10, by largest remainder, the earliest of equals."""
    total = sum(weights)
    exact = [F(amount) * 10 ** 10 * w / total for w in weights]
    out = [x.numerator // x.denominator for x in exact]
    for i in sorted(range(len(out)), key=lambda i: (out[i] - exact[i], i))[:int(F(amount) * 10 ** 10) - sum(out)]:
        out[i] += 1
    return out


def used_up(upfront, term, at):
    """round10(U x elapsed / term), half away from zero."""
    x = F(upfront) * 10 ** 10 * (at - term[0]) / (term[1] - term[0])
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


terms, costs = {}, []
for document in documents:
    cells = {(kind, one["id"], row["from"]): [row, 0, 0] for kind, name in KINDS.items() for one in document.get(name, []) for row in one["coverage"]}
    for line in document["lines"]:
        for part in line["parts"] if line["kind"] in KINDS else ():
            key, why = (line["kind"], line["charge"]), part["why"]
            inside = [c for k, c in cells.items() if k[:2] == key and why["from"] <= c[0]["from"] < why["to"]]
            if part["kind"] == "upfront":
                terms[key] = F(part["amount"]), (instant(why["from"]), instant(why["to"]))
                cells[(*key, why["from"])][1] += int(F(part["amount"]) * 10 ** 10)
                continue
            for cell, money in zip(inside, shares(part["amount"], [F(c[0]["covered"]) if part["kind"] == "usage" else instant(c[0]["to"]) - instant(c[0]["from"]) for c in inside])):
                cell[1] += money
                cell[2] += money
    for (kind, id_, at), (row, billed, effective) in cells.items():
        if (kind, id_) in terms:
            upfront, term = terms[kind, id_]
            effective += used_up(upfront, term, instant(row["to"])) - used_up(upfront, term, instant(row["from"]))
        costs.append((kind, id_, at, billed, effective))
rows = [row for answer in answers for row in answer["rows"]]
is_(sorted((x["kind"], x["id"], x["from"], F(x["billed"]) * 10 ** 10, F(x["effective"]) * 10 ** 10) for x in rows) == sorted(costs), True,
    f"{len(rows)} hours cost what their lines say: a share by time, and of an upfront by the steps of its term")
billed, effective, lines = {}, {}, {}
for row in rows:
    billed[row["id"]] = billed.get(row["id"], 0) + F(row["billed"])
    effective[row["id"]] = effective.get(row["id"], 0) + F(row["effective"])
for document in documents:
    for line in document["lines"]:
        if line["kind"] in KINDS:
            lines[line["charge"]] = lines.get(line["charge"], 0) + F(line["amount"])
is_(billed, lines, "billed hours sum to the lines")
is_(effective, lines, "over the terms, with what was not used, effective is billed")
is_([row["id"] for row in rows if F(row["effective"]) and not 0 <= F(row["effective_unused"]) <= F(row["effective"])], [], "what was not used is a part of it")
is_([F(t["billed"]) for answer in answers for t in answer["totals"]],
    [sum(F(x["billed"]) for x in answer["rows"] if x["id"] == t["id"]) for answer in answers for t in answer["totals"]], "totals are the sums of hours")
done_testing()
