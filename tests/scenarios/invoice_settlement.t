#!/usr/bin/env python3
"""A yearly commitment that ramps, two credits of which one expires, late usage, a credit note: a year
of documents, each made again from its bundle alone, verified, and audited; and recomputed by a program that shares
nothing with the product, which reports each wrong value that is planted."""

import copy
import json
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / place) for place in ("harness", "model")]
import recompute  # noqa: E402
from billing import CONTRACT, PLAN, Billing  # noqa: E402
from harness import ROOT, WORK, done_testing, is_, like  # noqa: E402

book = Billing("settlement", acme="UTC")
charge = {name: value for name, value in PLAN["charges"][0].items() if name != "price"}
# A unit more than ten hours makes all of them cheaper, so late usage may be a credit note.
VOLUME = [{**charge, "model": "volume", "tiers": [{"up_to": "10", "price": "2"}, {"price": "1"}]}]
book.plan("p", charges=VOLUME)
MONEY = {
    "commitments": [{"id": "year", "amount": "1200", "interval": {"months": 12}, "from": "2025-09-01T00:00:00Z", "to": None,
                     "steps": [{"from": "2026-03-01T00:00:00Z", "amount": "2400"}]}],
    "credits": [
        {"id": "prepaid", "amount": "50.00", "priority": 1, "from": "2025-09-01T00:00:00Z", "expires": "2025-11-01T00:00:00Z",
         "kind": "paid", "apply": "after_tax"},
        {"id": "promo", "amount": "30", "priority": 2, "from": "2025-10-01T00:00:00Z", "charges": ["gpu"],
         "kind": "promotional", "apply": "before_tax"}],
}


def refused(**changes):
    return book.refusal(*book.contract_words("c", "acme", "2025-09-01", **{**MONEY, **changes}))


like(refused(commitments=[{**MONEY["commitments"][0], "from": "2025-09-05T00:00:00Z"}]),
     "/commitments/0/from: it begins where a billing period begins", "an interval of months begins with a period")
like(refused(credits=[{**MONEY["credits"][1], "charges": ["cpu"]}]), "no plan has a charge 'cpu'", "a scope names a charge that is there")
book.contract("c", "acme", "2025-09-01", **MONEY)


def balances(document):
    return {row["id"]: (row["opening"], row["burnt"], row["restored"], row["breakage"], row["closing"])
            for row in document["settlement"]["credits"]}


def sums(document):
    return document["net"], document["total"], document["settlement"]["paid"], document["settlement"]["payable"]


book.gpu("acme", "2025-09-03T00", 10)
book.gpu("acme", "2025-10-03T00", 20)
book.take()
documents = [book.issue("acme", "2025-09")]
is_(sums(documents[0]), ("20.00", "23.80", "23.80", "0.00"), "a credit after tax pays the total")
is_(balances(documents[0]), {"prepaid": ("50.00", "23.80", "0.00", "0.00", "26.20")}, "the rest of it is left")
documents.append(book.issue("acme", "2025-10"))
is_(sums(documents[1]), ("0.00", "0.00", "0.00", "0.00"), "one before tax leaves nothing to be taxed")
is_([(line["kind"], line["charge"], line["amount"]) for line in documents[1]["lines"]],
    [("charge", "gpu", "20.00"), ("credit", "promo", "-20.00")], "and is a line")
is_(balances(documents[1]), {"prepaid": ("26.20", "0.00", "0.00", "26.20", "0.00"), "promo": ("30.00", "20.00", "0.00", "0.00", "10.00")},
    "what expires unused is breakage")

book.gpu("acme", "2025-09-05T00", 1)
book.gpu("acme", "2025-11-03T00", 1)
book.take()
documents.append(book.issue("acme", "2025-11"))
is_((documents[2]["document"], sums(documents[2])), ("credit_note", ("-7.00", "-8.33", "-10.71", "2.38")),
    "a credit note gives back to the credit that had paid")
is_(balances(documents[2]), {"prepaid": ("0.00", "0.00", "10.71", "10.71", "0.00"), "promo": ("10.00", "0.00", "0.00", "0.00", "10.00")},
    "of one that has expired it is breakage for good")

book.gpu("acme", "2025-12-03T00", 6)
book.take()
for month in ("2025-12", *(f"2026-{n:02}" for n in range(1, 9))):
    documents.append(book.issue("acme", month))
is_(sums(documents[3]), ("2.00", "2.38", "0.00", "2.38"), "what is above the credits is owed")
is_([sums(document)[0] for document in documents[4:11]], ["0.00"] * 7, "months without use owe nothing yet")
august = documents[11]
is_([(line["kind"], line["amount"], [part["why"]["exact"] for part in line["parts"]]) for line in august["lines"]],
    [("commitment", "1759.93", ["128475/73"])], "the year's end owes what 1804.93 is more than was used")
is_(august["settlement"]["commitments"],
    [{"id": "year", "from": "2025-09-01T00:00:00Z", "to": "2026-09-01T00:00:00Z", "committed": "131760/73", "used": "45",
      "settled": True, "true_up": "128475/73", "surcharge": "0", "rolled_over": "0", "amount": "1759.93"}],
    "a ramp's steps are prorated by seconds, and late usage of September counts")

book.gpu("acme", "2026-08-20T00", 2)
book.gpu("acme", "2026-09-02T00", 3)
book.take()
documents.append(book.issue("acme", "2026-09"))
is_([(section["original"], [(line["kind"], line["amount"]) for line in section["lines"]]) for section in documents[12]["adjustments"]],
    [(august["number"], [("charge", "4.00"), ("commitment", "-4.00")])], "usage that comes later takes from what was owed")
is_(sums(documents[12]), ("6.00", "7.14", "0.00", "7.14"), "so that the year still costs what was committed")

book.gpu("acme", "2025-10-05T00", 1)
book.take()
documents.append(book.issue("acme", "2026-10"))
is_([(section["original"], [(line["kind"], line["amount"]) for line in section["lines"]]) for section in documents[13]["adjustments"]],
    [(documents[1]["number"], [("charge", "1.00"), ("credit", "-1.00")]), (documents[3]["number"], [("credit", "1.00")]),
     (august["number"], [("commitment", "-1.00")])], "a credit pays October's late hour, and no longer the same of December")
is_((sums(documents[13]), balances(documents[13])["promo"]), (("0.00",) * 4, ("0.00", "1.00", "1.00", "0.00", "0.00")), "it is burnt once")

# -------------------------------------------------------------------------------------- the book
rows = book.sql("select code, sum(amount) from ledger.entry where kind = 4 group by code order by code")
is_(rows, [["1", str(2380 + 238 + 209432 + 714)], ["2", "833"], ["3", "8000"], ["4", "3100"], ["5", "2380"], ["6", str(1071 + 100)], ["7", str(2620 + 1071)]],
    "grants, burns, payments, what was restored and breakage are transfers")
like(book.invoices("show", documents[0]["number"]).stdout, "Paid by credits +23.80 EUR\n +Payable +0.00 EUR", "people read what credits paid")
picked = [documents[i] for i in (1, 2, 3, 11, 12, 13)]
is_([book.verify(document["number"]) for document in picked], ["verified"] * 6, "the bundles verify")
is_([book.rerate(document["number"]) for document in picked], ["equal"] * 6, "and are made again alone")
like(book.invoices("audit").stdout, "equal: 14 documents made again", "audit makes all of them again")
audited = book.ledger("audit", check=False)
is_((audited.returncode, audited.stdout.count("FINDING")), (0, 0), "and the ledger's audit finds nothing")

# ------------------------------------------------- service levels, another currency, hours, two taxes
other = Billing("settlement_other", acme="Europe/Berlin")
REGIONS = [{**PLAN["charges"][0], "line_by": ["region"]}]
other.plan("p", charges=REGIONS)
TERMS = {
    "legal_entity": {**CONTRACT["legal_entity"], "credit_note_series": "DE-2026-C"},
    "zone": "Europe/Berlin",
    "tax": {"profile": [{"category": "standard", "rate": "9", "name": "state"}, {"category": "standard", "rate": "0.5", "name": "city"}]},
    "commitments": [{"id": "night", "amount": "4", "interval": {"time_of_day": {"from": "22:00", "to": "06:00"}}, "every": False,
                     "from": "2026-07-31T22:00:00Z", "to": None, "overage_factor": "1.5"},
                    {"id": "month", "quantity": "30", "unit_price": "0.9", "charges": ["gpu"], "interval": "period",
                     "from": "2026-07-31T22:00:00Z", "to": None, "rollover": {"intervals": 1}}],
    "credits": [{"id": "gift", "amount": "2.50", "priority": 0, "from": "2026-08-10T00:00:00Z", "kind": "promotional", "apply": "before_tax"}],
    "fx": {"currency": "CHF", "source": "SNB", "direction": "contract_to_document", "decimals": 2,
           "rates": [{"date": "2026-01-01", "rate": "0.9412"}]},
}
other.contract("c", "acme", "2026-07-31T22:00:00Z", **TERMS)
other.gpu("acme", "2026-08-03T20", 3)  # 22:00 to 01:00 in Berlin
other.gpu("acme", "2026-08-20T10", 3, allocation="a-2", region="us")
other.gpu("acme", "2026-09-03T10", 40, allocation="a-3")
other.take()
first = other.issue("acme", "2026-08", date="2026-09-05")
is_([(line["kind"], line["charge"], line["amount"]) for line in first["lines"]],
    [("charge", "gpu", "3.00"), ("charge", "gpu", "3.00"), ("commitment", "night", "1.00"), ("commitment", "month", "21.60"),
     ("credit", "gift", "-2.50")], "a night's hours and a month's quantity are settled")
is_([(burn["charge"], burn["from"], burn["amount"]) for burn in first["settlement"]["burns"]],
    [("gpu", "2026-08-10T00:00:00Z", "2.50")], "a credit pays for what was used since it began")
is_([(share["line_by"], share["amount"]) for share in first["settlement"]["shares"]],
    [({"region": "eu"}, "1.25"), ({"region": "us"}, "1.25")], "shared over the charge's lines")
is_({name: first["settlement"]["fx"][name] for name in ("currency", "net", "tax", "total")},
    {"currency": "CHF", "net": "24.57", "tax": "2.33", "total": "26.90"}, "rounded money is said in another currency")
SLAS = [[{"id": "uptime", "charges": ["gpu"], "bands": [{"below": "99.9", "percent": "10"}, {"below": "99", "percent": "25"}],
          "measured": [{"month": "2026-08", "region": "us", "availability": "98.2"}]}],
        [{"id": "uptime", "charges": ["gpu"], "bands": [{"below": "99", "percent": "100"}], "measured": [{"month": "2026-09", "availability": "0"}]}]]
other.contract("c", "acme", "2026-07-31T22:00:00Z", **TERMS, sla=SLAS[0])
second = other.issue("acme", "2026-09", date="2026-10-05")
is_([(line["kind"], line["charge"], line["amount"]) for line in second["lines"]],
    [("charge", "gpu", "40.00"), ("commitment", "night", "3.00"), ("commitment", "month", "-9.00"), ("sla", "uptime", "-0.75")],
    "a region's low availability is credited on the next document; what was paid for and not used rolls over")
other.contract("c", "acme", "2026-07-31T22:00:00Z", **TERMS, sla=SLAS[1])
other.contract("c", "acme", "2026-07-31T22:00:00Z", zone="Europe/Berlin")
other.seal()
like(other.refusal("close", "acme", "2026-10"), "had commitments or credits and has none any more",
     "a version that drops them all is not billed")
other.contract("c", "acme", "2026-07-31T22:00:00Z", **TERMS, sla=SLAS[1])
third = other.issue("acme", "2026-10", date="2026-11-10")
is_([document["number"] for document in (first, second, third)], ["DE-2026-000001", "DE-2026-000002", "DE-2026-C-000001"],
    "credit notes count in a series of their own")
numbers = [first["number"], second["number"], third["number"]]
is_([other.verify(number) for number in numbers], ["verified"] * 3, "their bundles verify")
is_([other.rerate(number) for number in numbers], ["equal"] * 3, "and are made again alone")
like(other.invoices("audit").stdout, "equal: 3 documents made again", "also by audit")
audited = other.ledger("audit", check=False)
is_((audited.returncode, audited.stdout.count("FINDING")), (0, 0), "the ledger's audit finds nothing here either")

# --------------------------------------------------------------------------------- recomputed
def judged(billing, given, contracts, charges):
    """Each document's chain before it, and that nothing differs in any."""
    path = WORK / f"{billing.archive.name}.entries"
    path.write_text(billing.ledger("export", "entries", "--tenant", "acme").stdout)
    terms = [Billing.contract_json("c", "acme", *words, **changes) for *words, changes in contracts]
    chain, before, found = recompute.Chain(recompute.Book(path), terms, [{**PLAN, "charges": charges}]), [], []
    for document in given:
        before.append(chain.copy())
        found += chain.judge(document)
    return before, found


chains, found = judged(book, documents, [("2025-09-01", MONEY)], VOLUME)
is_(found, [], "a year's commitment, credits, payments and what was moved between documents are recomputed")
others, found = judged(other, [first, second, third], [("2026-07-31T22:00:00Z", {**TERMS, "sla": sla} if sla else TERMS) for sla in (None, *SLAS)], REGIONS)
is_(found, [], "so are short commitments, a quantity, a rollover, service levels, shares and another currency")


def bump(place, *path):
    """Adds one to the last digit of a text."""
    for step in path[:-1]:
        place = place[step]
    cents = str(abs(int(place[path[-1]].replace(".", ""))) + 1).zfill(3)
    place[path[-1]] = f"{cents[:-2]}.{cents[-2:]}"


def in_settlement(*path):
    return lambda d: bump(d["settlement"], *path)


ALL = chains + others
documents += [first, second, third]
PLANTED = (  # what is wrong, in which document, how, what is said
    ("a true-up's line", 11, lambda d: bump(d, "lines", 0, "amount"), "'k', 'year'.*minor units, recomputed"),
    ("what is committed", 11, lambda d: d["settlement"]["commitments"][0].update(committed="1804"), "settlement, commitments"),
    ("what was used", 5, lambda d: bump(d["settlement"], "commitments", 0, "used"), "settlement, commitments"),
    ("an interval's end", 11, lambda d: d["settlement"]["commitments"][0].update(to="2026-10-01T00:00:00Z"), "settlement, commitments"),
    ("a commitment left out", 11, lambda d: d["settlement"]["commitments"].clear(), "settlement, commitments"),
    ("late usage of a commitment", 12, lambda d: bump(d, "adjustments", 0, "lines", 1, "amount"), "'k', 'year'.*minor units"),
    ("an opening balance", 1, in_settlement("credits", 0, "opening"), "settlement, credits"),
    ("a closing balance", 0, in_settlement("credits", 0, "closing"), "settlement, credits"),
    ("breakage", 1, in_settlement("credits", 0, "breakage"), "settlement, credits"),
    ("a credit that is said to be closed", 0, lambda d: d["settlement"]["credits"][0].update(closed=True), "settlement, credits"),
    ("a burn", 1, in_settlement("burns", 0, "amount"), "settlement, burns"),
    ("a burn's instant", 14, lambda d: d["settlement"]["burns"][0].update({"from": "2026-08-11T00:00:00Z"}), "settlement, burns"),
    ("a burn left out", 0, lambda d: d["settlement"]["burns"].pop(), "settlement, burns"),
    ("what was restored", 2, in_settlement("burns", 0, "amount"), "settlement, burns"),
    ("a credit's line", 1, lambda d: bump(d, "lines", 1, "amount"), "'c', 'promo'.*minor units"),
    ("a credit note's credit", 13, lambda d: bump(d, "adjustments", 1, "lines", 0, "amount"), "'c', 'promo'.*minor units"),
    ("a section left out", 13, lambda d: d["adjustments"].pop(1), "originals: "),
    ("what is paid", 0, in_settlement("paid"), "settlement, paid"),
    ("what is payable", 2, in_settlement("payable"), "settlement, payable"),
    ("a transfer", 2, in_settlement("transfers", 0, "amount"), "settlement, transfers"),
    ("a transfer's account", 0, lambda d: d["settlement"]["transfers"][0].update(debit="promotion:seller"), "settlement, transfers"),
    ("a night's surcharge", 14, lambda d: bump(d, "lines", 2, "amount"), "'k', 'night'.*minor units"),
    ("a quantity that rolls over", 15, lambda d: d["settlement"]["commitments"][0].update(rolled_over="8"), "settlement, commitments"),
    ("a share", 14, in_settlement("shares", 0, "amount"), "settlement, shares"),
    ("a service level's credit", 15, lambda d: bump(d, "lines", 3, "amount"), "'a', 'uptime'.*minor units"),
    ("a service level's net", 15, in_settlement("sla", 0, "net"), "settlement, service levels"),
    ("a service level's band", 16, lambda d: d["settlement"]["sla"][0].update(percent="10"), "settlement, service levels"),
    ("another currency's rate", 14, lambda d: d["settlement"]["fx"].update(rate="0.9413"), "settlement, other currency"),
    ("another currency's tax", 15, in_settlement("fx", "tax"), "settlement, other currency"),
    ("a settlement left out", 3, lambda d: d.pop("settlement"), "settlement: there is one, or none"),
)
for name, at, plant, said in PLANTED:
    wrong = copy.deepcopy(documents[at])
    plant(wrong)
    chain = ALL[at].copy()
    like("\n".join(chain.judge(wrong)), said, f"reported: {name}")

try:
    from jsonschema import Draft202012Validator
    schema = Draft202012Validator(json.loads((ROOT / "invoices/schema/invoice.json").read_text()))
    is_([error.message for document in documents for error in schema.iter_errors(document)], [], "they are what the schema says")
except ImportError:
    pass
done_testing()
