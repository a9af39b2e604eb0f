#!/usr/bin/env python3
"""A pool with a commitment, credits before and after tax, a service level and another currency, to the cent by hand.

1.00 a GPU-hour, 19 %. 100 a month are committed; a credit of 30 before tax, one of 20 after tax; t pays, a is in it.

September: t uses 20 h, a 40 h. 60 of 100 are used, so t owes 40. The credit pays the pool's 60 first: 30, shared by the
nets 20 and 40: t 10, a 20. t: 20 + 40 - 10 = 50, tax 9.50, total 59.50, of which 20 are paid after tax. a: 40 - 20 = 20, 3.80.
October: a's hours of September come late, 15 of them; 75 of 100 are used, so t gets 15 back. t 100 h in October, a none. September was
98.5 % available, 10 % back: t 2.00 of 20, a 4.00 of 40 (what was charged there before credits, without late usage).
"""

import csv
import io
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import PLAN, Billing  # noqa: E402
from harness import WORK, done_testing, is_, like  # noqa: E402

BEGIN = "2026-09-01T00:00:00Z"
POOL = {"payer": "t", "members": ["a"]}
MONEY = {
    "commitments": [{"id": "floor", "name": "100 a month", "amount": "100", "interval": "period", "from": BEGIN, "to": None}],
    "credits": [{"id": "start", "name": "To begin with", "amount": "30", "priority": 1, "from": BEGIN, "kind": "promotional", "apply": "before_tax"},
                {"id": "paid", "name": "Prepaid", "amount": "20", "priority": 1, "from": BEGIN, "kind": "paid", "apply": "after_tax"}],
    "sla": [{"id": "level", "charges": ["gpu"], "bands": [{"below": "99", "percent": "10"}], "measured": [{"month": "2026-09", "availability": "98.5"}]}],
    "fx": {"currency": "JPY", "source": "a bank", "direction": "contract_to_document", "decimals": 0, "rates": [{"date": "2026-09-01", "rate": "161.37"}]},
    "payment_terms_days": 14}

book = Billing("pools_settled", t="UTC", a="UTC")
book.plan("p")
like(book.contract("pool", "t", "2026-09-01", pool=POOL, **MONEY), "version 1", "a pool is agreed, with settlements")
book.gpu("t", "2026-09-03T00", 20)
book.gpu("a", "2026-09-04T00", 40)
book.take()
book.issue("a", "2026-09")


def documents():
    return [(row[0], row[1], book.show(row[1])) for row in book.sql(
        "select t.id, d.document_id from ledger.document d join ledger.tenant t on t.tenant = d.tenant order by d.idx")]


def lines_of(document):
    return [(line["kind"], line["charge"], line["amount"]) for line in document["lines"]]


t, a = (document for _, _, document in documents())
is_(lines_of(t), [("charge", "gpu", "20.00"), ("commitment", "floor", "40.00"), ("credit", "start", "-10.00")], "the payer owes what the pool did not use")
is_(lines_of(a), [("charge", "gpu", "40.00"), ("credit", "start", "-20.00")], "a credit before tax is shared by nets")
is_([(d["net"], d["tax"], d["total"], d["settlement"]["paid"], d["settlement"]["payable"]) for d in (t, a)],
    [("50.00", "9.50", "59.50", "20.00", "39.50"), ("20.00", "3.80", "23.80", "0.00", "23.80")], "one after tax pays the payer's document")
is_([(c["id"], c["opening"], c["burnt"], c["closing"]) for c in t["settlement"]["credits"]], [
    ("start", "30.00", "30.00", "0.00"), ("paid", "20.00", "20.00", "0.00")], "balances are the payer's to show")
is_((a["settlement"]["credits"], a["settlement"]["commitments"], a["settlement"]["transfers"]), ([], [], []), "and no member's")
is_([(b["credit"], b["charge"], b["amount"]) for b in a["settlement"]["own_burns"]], [("start", "gpu", "20.00")], "which says what was burnt for it")
is_([(x["charge"], x["amount"]) for x in t["settlement"]["amounts"]], [("gpu", "60.00"), ("floor", "40.00")], "the payer's says what the pool's documents charge")
is_([(c["committed"], c["used"], c["true_up"]) for c in t["settlement"]["commitments"]], [("100", "60", "40")], "and what was committed and used")
is_([(d["settlement"]["fx"]["net"], d["settlement"]["fx"]["tax"], d["settlement"]["fx"]["payable"]) for d in (t, a)],
    [("8069", "1533", "6375"), ("3227", "613", "3840")], "another currency is each document's own")
is_([book.verify(d["number"]) for d in (t, a)], ["verified"] * 2, "both bundles verify")
is_([book.rerate(d["number"]) for d in (t, a)], ["equal"] * 2, "and are made again as far as one bundle can")
like(book.invoices("explain", t["number"], "2").stdout, "true_up: 40", "explain shows what the commitment comes to")
like(book.invoices("audit").stdout, "equal: 2 documents", "both are made again from the book")
is_(book.ledger("audit").returncode, 0, "the ledger's audit finds nothing")

book.gpu("a", "2026-09-20T00", 15)
for day in range(5):
    book.gpu("t", f"2026-10-0{day + 1}T00", 20)
book.take()
book.issue("t", "2026-10")
late_t, late_a = (document for _, _, document in documents()[2:])
is_(lines_of(late_t), [("charge", "gpu", "100.00"), ("sla", "level", "-2.00")], "October of the payer")
is_(lines_of(late_a), [("sla", "level", "-4.00")], "a service level's credit is of what each was charged")
is_([[(line["kind"], line["amount"]) for line in s["lines"]] for d in (late_t, late_a) for s in d["adjustments"]],
    [[("commitment", "-15.00")], [("charge", "15.00")]], "late usage is a member's, what it changes of the interval the payer's")
is_([(d["net"], d["tax"], d["total"]) for d in (late_t, late_a)], [("83.00", "15.77", "98.77"), ("11.00", "2.09", "13.09")], "to the cent")
is_([book.verify(d["number"]) for d in (late_t, late_a)], ["verified"] * 2, "these verify, too")
like(book.invoices("audit").stdout, "equal: 4 documents", "all four are made again")
is_(book.ledger("audit").returncode, 0, "and the ledger's audit finds nothing")

# ------------------------------------------------------------------------------ under other terms
def simulated(*words):
    done = book.invoices("simulate", "--period", "2026-09..2026-10", "--csv", *words, check=False)
    return [(row["tenant"], row["charge"], row["before"], row["after"]) for row in csv.DictReader(io.StringIO(done.stdout))] or done.stderr


def file(name, value):
    (WORK / name).write_text(json.dumps(value))
    return WORK / name


dearer = file("dearer.json", {**PLAN, "charges": [{**PLAN["charges"][0], "price": "2.00"}]})
AS_IS = {"gpu": "175.00", "floor": "25.00", "start": "-30.00", "level": "-7.50"}
is_(simulated("--plan", file("same.json", PLAN)), [("t", name, amount, amount) for name, amount in AS_IS.items()],
    "an unchanged plan differs by exactly nothing, for the pool as a whole")
is_(dict((row[1], row[3]) for row in simulated("--plan", dearer)), {"gpu": "350.00", "floor": "0.00", "level": "-15.00", "start": "-30.00"},
    "a dearer one uses the commitment up")
more = {**MONEY, "commitments": [{**MONEY["commitments"][0], "amount": "200"}]}
is_([row[2:] for row in simulated("--contract", file("more.json", book.contract_json("pool", "t", "2026-09-01", pool=POOL, **more))) if row[1] == "floor"],
    [("25.00", "225.00")], "another version of its contract")
book.ledger("tenant", "add", "b", "--zone", "UTC")
book.contract("own", "b", "2026-09-01", payment_terms_days=14)
book.gpu("b", "2026-09-08T00", 10)
book.take()
three = book.contract_json("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["a", "b"]}, **MONEY)
is_([row for row in simulated("--contract", file("three.json", three)) if row[1] in ("gpu", "floor")],
    [("t", "gpu", "175.00", "185.00"), ("t", "floor", "25.00", "15.00"), ("b", "gpu", "10.00", "0.00")], "with another member, who has a contract now")
like(simulated("--plan", dearer, "--tenant", "a"), "in the pool of contract pool: --tenant t, who pays", "who asks for a member is told whom to ask")
done_testing()
