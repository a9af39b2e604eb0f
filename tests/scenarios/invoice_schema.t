#!/usr/bin/env python3
"""Issued documents are what their schema says, and add up; a credit note; what `lint` says."""

import copy
import json
import pathlib
import sys
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import CONTRACT, PLAN, Billing  # noqa: E402
from harness import ROOT, WORK, done_testing, is_, like, ok, run, skip_all  # noqa: E402

try:
    from jsonschema import Draft202012Validator
except ImportError:
    skip_all("there is no python3-jsonschema")

SCHEMA = json.loads((ROOT / "invoices/schema/invoice.json").read_text())
Draft202012Validator.check_schema(SCHEMA)
VALIDATOR = Draft202012Validator(SCHEMA)
HOUR = {"name": "GPU-hour", "divisor": "3600000000"}


def is_good(document, name):
    wrong = [f"{error.json_path}: {error.message}"[:300] for error in VALIDATOR.iter_errors(document)]
    is_(wrong, [], f"{name} is what the schema says")
    total = {key: Fraction(document[key]) for key in ("net", "tax", "total")}
    late = document["adjustments"]
    lines = document["lines"] + [line for one in late for line in one["lines"]]
    is_((total["net"] + total["tax"], sum(Fraction(line["amount"]) for line in lines),
         sum(Fraction(tax["tax"]) for tax in document["taxes"]), sum(Fraction(tax["net"]) for tax in document["taxes"])),
        (total["total"], total["net"], total["tax"], total["net"]), f"{name} adds up")
    is_([line["charge"] for line in document["lines"]
         if sum(Fraction(part["amount"]) for part in line["parts"]) != Fraction(line["amount"])], [],
        f"{name}: parts are their lines")
    is_([row for one in document["reservations"] for row in [one, *one["coverage"]]
         if Fraction(row["covered"]) + Fraction(row["unused"]) != Fraction(row["capacity"])], [],
        f"{name}: used and unused are the capacity")


book = Billing("invoice_schema", acme="Asia/Kathmandu")
book.plan("p", charges=[
    {"charge": "h100", "name": "H100", "meter": "gpu_time", "where": {"sku": ["h100"]}, "price_unit": HOUR,
     "model": "graduated", "free": "0.1", "key_by": ["project"], "line_by": ["zone", "project"],
     "tiers": [{"up_to": "1.3", "price": "3.33", "flat": "0.07"}, {"price": "0.000000000001"}]},
    {"charge": "a100", "meter": "gpu_time", "where": {"sku": ["a100"]}, "price_unit": HOUR, "model": "per_unit",
     "price": "1.2345", "tax_category": "reduced"},
    {"charge": "none", "meter": "tokens", "price_unit": {"name": "1M tokens", "divisor": "1000000"},
     "model": "per_unit", "price": "2", "print_zero": True}])
EDGE = "2026-08-31T18:15:00Z"  # 1 September, 00:00 in Kathmandu
book.contract("c", "acme", EDGE, zone="Asia/Kathmandu", tax={"profile": [
    {"category": "standard", "rate": "13"}, {"category": "reduced", "rate": "5.5"}]},
    reservations=[{"id": "r", "where": {"meter": "gpu_time", "sku": ["h100"]}, "units": "0.7", "from": EDGE,
                   "to": "2026-09-03T18:30:00Z", "rate": "1.11", "usage_rate": "0.123", "payment": "partial", "upfront": "10"}])
for zone, project, day, hours in (("eu-a", "x", "2026-09-01", 3), ("eu-b", "x", "2026-09-04", 2), ("eu-b", "y", "2026-09-05", 4)):
    book.gpu("acme", f"{day}T10", hours, zone=zone, project=project)
book.gpu("acme", "2026-09-06T10", 5, sku="a100")
book.gpu("acme", "2026-09-07T10", 5, sku="v100")
book.take()
book.close("acme", "2026-09")
like(book.invoices("review", "acme", "2026-09", "--issue-date", "2026-11-11").stdout,
     "^1 series of usage have no price: they are in the document as 'unrated'$", "a review says what nobody pays for")
invoice = book.issue("acme", "2026-09")
is_good(invoice, "an invoice")
is_([row["dimensions"]["sku"] for row in invoice["unrated"]], ["v100"], "what no charge asks for is named")
is_([tax["category"] for tax in invoice["taxes"]], ["reduced", "standard"], "each tax category once")
book.gpu("acme", "2026-09-08T10", 1, sku="a100")
book.gpu("acme", "2026-08-20T10", 1)
book.take()
later = book.issue("acme", "2026-10")
is_good(later, "one with late usage")
is_(("unrated" in later["usage"][0], len(later["adjustments"])), (True, 1), "and with usage before the contract")
planted = copy.deepcopy(later)
planted["net"], planted["surprise"] = "-0.00", 1
is_(sorted(error.json_path for error in VALIDATOR.iter_errors(planted)), ["$", "$.net"], "the schema sees what is wrong")

# ----------------------------------------------------------------- what lint says: where, what to do
CASES = (
    ("plan", {"price": None}, "/charges/0/price: per_unit needs a price"),
    ("plan", {"price": "1.0000000000001"}, "/charges/0/price: "),
    ("plan", {"price": "-1"}, "/charges/0/price: "),
    ("plan", {"price": "9999999999999999999"}, "/charges/0/price: .* more than 18 digits; use a smaller price unit"),
    ("plan", {"price": 1}, "/charges/0/price: "),
    ("plan", {"model": "unique"}, "/charges/0/model: "),
    ("plan", {"minimum": "-5"}, "/charges/0/minimum"),
    ("plan", {"price_unit": {"name": "h", "divisor": "0"}}, "/charges/0/price_unit/divisor: "),
    ("plan", {"tiers": [{"price": "1"}]}, "/charges/0/tiers: is not for per_unit; leave it out"),
    ("plan", {"price": None, "model": "graduated", "tiers": [{"up_to": "5", "price": "1"}]},
     "/charges/0/tiers/0/up_to: the last tier must be open"),
    ("plan", {"price": None, "model": "graduated", "tiers": [{"up_to": "5", "price": "1"}, {"up_to": "5", "price": "1"}, {"price": "1"}]},
     "/charges/0/tiers/1/up_to: 5 is not above 5"),
    ("plan", {"price": None, "model": "graduated", "tiers": [{"price": "1", "flat": "10000000000001"}]},
     "/charges/0/tiers/0/flat: a flat amount is at most 10\\^15 minor units"),
    ("contract", {"zone": "Mars/Olympus"}, "/zone: .*Mars/Olympus"),
    ("contract", {"currency": "XYZ"}, "/currency: "),
    ("contract", {"billing": {"day": 32, "hour": 0, "minute": 0}}, "/billing/day: "),
    ("contract", {"billing": {"day": 1, "hour": 0, "minute": 20}}, "/billing: .*is not on the tenant's grid of 3600 s; near it are"),
    ("contract", {"to": "2026-09-01T00:00:00Z"}, "/to: .*is not after from"),
    ("contract", {"from": "2026-09-01T00:10:00Z"}, "/from: .*near it are 2026-09-01T00:00:00Z and 2026-09-01T01:00:00Z"),
    ("contract", {"plans": []}, "/plans: "),
    ("contract", {"plans": [{"plan": "p", "version": 1, "from": "2026-08-01T00:00:00Z", "to": None}]},
     "/plans/0/from: begins before the contract, 2026-09-01"),
    ("contract", {"plans": [{"plan": "p", "version": v, "from": "2026-09-01T00:00:00Z", "to": None} for v in (1, 2)]},
     "/plans/1/from: version 2 of p overlaps version 1 .*; end that one where this one begins"),
    ("contract", {"tax": {"profile": [{"category": "standard", "rate": "19"}] * 2}},
     "/tax/profile/1/from: category 'standard' has two rates"),
    ("contract", {"reservations": [{"id": "r", "where": {"meter": "gpu_time"}, "units": "0", "from": "2026-09-01T00:00:00Z",
                                    "to": "2026-10-01T00:00:00Z", "rate": "1"}]}, "/reservations/0/units: "),
    ("contract", {"reservations": [{"id": "r", "where": {"meter": "gpu_time"}, "units": "1", "from": "2026-09-01T00:00:00Z",
                                    "to": "2026-10-01T00:00:00Z", "rate": "1", "upfront": "5"}]},
     "/reservations/0/upfront: payment none has no upfront; say partial or all"),
    ("contract", {"reservations": [{"id": "r", "where": {"meter": "gpu_time"}, "units": "1", "from": "2026-09-01T00:00:00Z",
                                    "to": "2026-10-01T00:00:00Z", "rate": "0", "payment": "all", "upfront": "99999999999999999"}]},
     "/reservations/0/upfront: .*10\\^15 minor units"),
    ("contract", {"grace": 1}, "grace"),
)
for number, (kind, changes, expected) in enumerate(CASES):
    if kind == "plan":
        value = copy.deepcopy(PLAN)
        value["charges"][0].update(changes)
        value["charges"][0] = {name: one for name, one in value["charges"][0].items() if one is not None}
    else:
        value = {**Billing.contract_json("c", "acme", "2026-09-01"), **changes}
    path = WORK / f"lint-{number}.json"
    path.write_text(json.dumps(value))
    done = run("daybook-invoices", kind, "lint", path, check=False)
    like(f"{done.returncode} {done.stderr}", f"^2 daybook-invoices: .*{path}.*{expected}",
         f"{kind} lint: {json.dumps(changes)[:60]}")
good = WORK / "lint.json"
good.write_text(json.dumps({**Billing.contract_json("c", "acme", "2026-09-01"), "currency": "KWD"}))
done = run("daybook-invoices", "contract", "lint", good)
like(done.stdout + done.stderr, "KWD has 3 decimals: no document .* EN 16931", "a currency of three decimals is said")
span = {"units": "1", "from": "2026-09-01T00:00:00Z", "to": "2026-10-01T00:00:00Z", "rate": "1"}
good.write_text(json.dumps({**Billing.contract_json("c", "acme", "2026-09-01"), "reservations": [
    {"id": "r-1", "where": {"meter": "gpu_time", "sku": ["h100"]}, **span},
    {"id": "r-2", "where": {"meter": "gpu_time", "region": ["eu"]}, **span}]}))
done = run("daybook-invoices", "contract", "lint", good)
like(done.stderr, "reservations r-1 and r-2 cross", "scopes that cross are said")
done_testing()
