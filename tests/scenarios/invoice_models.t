#!/usr/bin/env python3
"""Two months of a fee, a matrix with a minimum, a peak, a price by the clock, a contract's own prices and discounts
and two taxes of one category; late usage of all; each document made again from its bundle, verified, and audited."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import CONTRACT, Billing  # noqa: E402
from harness import ROOT, done_testing, is_, like  # noqa: E402

book = Billing("models", acme="UTC")


def of(sku, **terms):
    return {"charge": sku, "meter": "gpu_time", "where": {"sku": [sku]},
            "price_unit": {"name": "GPU-hour", "divisor": "3600000000"}, **terms}


def charges(fee):
    return [
        {"charge": "fee", "model": "flat", "price": fee, "due": "advance"},
        of("h100", model="matrix", by=["region"], rows=[{"when": {"region": "eu"}, "price": "2"}], default="3",
           minimum="20", line_by=["project"], tax_category="more"),
        of("a100", model="peak", price="10", free="1"),
        of("l4", model="time_of_use", windows=[{"days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00", "price": "2"}],
           default="1", discounts=[{"percent": "10", "name": "loyalty"}]),
    ]


book.plan("p", charges=charges("31"))
book.plan("p", charges=charges("62"))
TERMS = {
    "plans": [{"plan": "p", "version": 1, "from": "2025-09-01T00:00:00Z", "to": "2025-10-16T00:00:00Z"},
              {"plan": "p", "version": 2, "from": "2025-10-16T00:00:00Z", "to": None}],
    "overrides": [{"plan": "p", "charge": "l4", "default": "0.50", "from": "2025-10-01T00:00:00Z"}],
    "discounts": [{"percent": "50", "charges": ["fee"], "from": "2025-10-01T00:00:00Z", "name": "jubilee"}],
    "tax": {"profile": CONTRACT["tax"]["profile"] + [{"category": "more", "name": "federal", "rate": "5"},
                                                     {"category": "more", "name": "state", "rate": "9.975"}]},
}


def refused(**changes):
    return book.refusal(*book.contract_words("c", "acme", "2025-09-01", **{**TERMS, **changes}))


like(refused(overrides=[{"plan": "p", "charge": "l4", "windows": [{"days": [1], "from": "08:10", "to": "09:00", "price": "1"}]}]),
     r"08:10:00Z is not on the tenant's grid of 3600 s; near it are .*T08:00:00Z and .*T09:00:00Z",
     "a border off the grid is refused, with those that are near")
like(refused(overrides=[{"plan": "p", "charge": "l4", "price": "1"}]), "/price: is not for time_of_use",
     "an override must leave a charge that is one")
book.contract("c", "acme", "2025-09-01", **TERMS)


def lines(rows):
    return [(line["charge"], line["amount"]) for line in rows]


def kinds(document, charge):
    return [[(part["kind"], part["why"]["exact"]) for part in line["parts"]] for line in document["lines"] if line["charge"] == charge]


book.gpu("acme", "2025-09-03T10", hours=2)
book.gpu("acme", "2025-09-04T10", gpus=3, sku="a100")
book.gpu("acme", "2025-09-04T11", gpus=2, sku="a100")
book.gpu("acme", "2025-09-03T17", hours=2, sku="l4")
book.take()
first = book.issue("acme", "2025-09")
is_(lines(first["lines"]), [("fee", "31.00"), ("h100", "16.00"), ("h100", "4.00"), ("a100", "20.00"), ("l4", "2.70")],
    "a fee, what is missing to the minimum in a line of its own, the peak less what is free, and a price by the clock")
is_(kinds(first, "l4"), [[("tier", "1"), ("tier", "2"), ("discount", "-0.3")]], "each part says why")
is_([(tax["category"], tax["net"], tax["tax"], [part["tax"] for part in tax.get("parts", [])]) for tax in first["taxes"]],
    [("more", "20.00", "3.00", ["1.00", "2.00"]), ("standard", "53.70", "10.20", [])], "two taxes on one base")
is_((first["net"], first["total"]), ("73.70", "86.90"), "and the sums")
like(book.invoices("show", first["number"]).stdout, "state 9.975 %: 2.00", "the text of a document names both")

book.gpu("acme", "2025-09-05T08", hours=9)
book.gpu("acme", "2025-09-04T10", sku="a100", allocation="a-2")
book.gpu("acme", "2025-10-04T10", hours=2, sku="l4")
book.take()
second = book.issue("acme", "2025-10")
is_(lines(second["lines"]), [("fee", "23.50"), ("h100", "20.00"), ("l4", "0.90")],
    "a fee of two versions by days at half its price, a minimum without use, the contract's own price")
is_([(section["original"], lines(section["lines"])) for section in second["adjustments"]],
    [(first["number"], [("h100", "2.00"), ("a100", "10.00")])], "late usage passes the minimum, and makes a higher peak")
is_(second["net"], "56.40", "and the sum")

# ----------------------------------------------------------------------------------- made again
documents = [first, second]
is_([book.verify(document["number"]) for document in documents], ["verified"] * 2, "the bundles verify")
is_([book.rerate(document["number"]) for document in documents], ["equal"] * 2, "and are made again alone")
like(book.invoices("audit").stdout, "equal: 2 documents made again", "audit makes both of them again")

try:
    from jsonschema import Draft202012Validator
    schema = Draft202012Validator(json.loads((ROOT / "invoices/schema/invoice.json").read_text()))
    is_([error.message for document in documents for error in schema.iter_errors(document)], [], "they are what the schema says")
except ImportError:
    pass
done_testing()
