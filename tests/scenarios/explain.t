#!/usr/bin/env python3
"""Why a line costs what it costs: every part with the calculation that gives it, the one rounding and
what it left over, a reservation hour by hour; from the book and from a bundle."""

import fractions
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import PLAN, Billing  # noqa: E402
from harness import WORK, done_testing, is_, like, ok, run  # noqa: E402

book = Billing("explain", acme="UTC")
gpu = PLAN["charges"][0]
unit = gpu["price_unit"]
book.plan("p", charges=[
    {"charge": "tiered", "name": "GPUs", "meter": "gpu_time", "where": {"sku": ["h100"]}, "price_unit": unit, "model": "graduated", "line_by": ["project"],
     "tiers": [{"up_to": "10", "price": "2.99", "flat": "5"}, {"price": "1.33"}], "free": "1", "discounts": [{"percent": "10", "name": "spring"}]},
    {"charge": "blocks", "meter": "gpu_time", "where": {"sku": ["a100"]}, "price_unit": unit, "model": "package", "size": "4", "price": "3", "round": "up"},
    {"charge": "clock", "meter": "gpu_time", "where": {"sku": ["l4"]}, "price_unit": unit, "model": "time_of_use", "default": "1",
     "windows": [{"days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00", "price": "2"}]},
    {"charge": "least", "meter": "gpu_time", "where": {"sku": ["t4"]}, "price_unit": unit, "model": "per_unit", "price": "0.10", "minimum": "20"},
    {"charge": "most", "meter": "gpu_time", "where": {"sku": ["l40"]}, "price_unit": unit, "model": "per_unit", "price": "10", "maximum": "31"},
    {"charge": "support", "model": "flat", "price": "100", "due": "arrears"}])
book.contract("c", "acme", "2026-08-11", reservations=[
    {"id": "r", "where": {"meter": "gpu_time", "sku": ["h100"]}, "units": "2", "rate": "0.50", "payment": "none",
     "from": "2026-08-13T00:00:00Z", "to": "2026-08-13T03:00:00Z"}])
book.gpu("acme", "2026-08-13T00", 4, gpus=3, project="a")
book.gpu("acme", "2026-08-14T00", 7, gpus=1, project="b", allocation="b")
book.gpu("acme", "2026-08-14T17", 2, sku="l4", allocation="l4")
book.gpu("acme", "2026-08-14T00", 9, sku="a100", allocation="a100")
book.gpu("acme", "2026-08-14T00", 3, sku="t4", allocation="t4")
book.gpu("acme", "2026-08-14T00", 3, sku="l40", allocation="l40")
book.take()
document = book.issue("acme", "2026-08")
number = document["number"]


def explain(*words, check=True):
    done = book.invoices("explain", number, *words, check=check)
    return done.stdout if check else f"{done.returncode} {done.stderr}"


def line_of(charge, **by):
    return str(next(i for i, line in enumerate(document["lines"], 1) if line["charge"] == charge and line["line_by"] == by))


everything = explain()
parts = re.findall(r"^ +\d+\. (\w+): (.*)$", everything, re.MULTILINE)
is_(len(parts), sum(len(line["parts"]) for line in document["lines"]), "every part of every line is explained")
print("#", "\n# ".join(f"{kind}: {words}" for kind, words in parts))
unexplained = [(kind, words) for kind, words in parts if " = " not in words and kind not in ("free", "covered")]
is_(unexplained, [], "each that costs something has a calculation")


def value(words):
    """What a person with a pencil gets."""
    words = re.sub(r"\d+ whole blocks of [\d.]+ GPU-hour", lambda found: found[0].split()[0], words)
    words = re.sub(r" (days|GPU-hour|unit-hour)", "", words)
    words = re.sub(r"([\d.]+) % of ", r"1/100 x \1 x ", words)
    sums = [re.sub(r"[\d.]+(/\d+)?", lambda found: f"F('{found[0]}')", words).replace(" x ", " * ")]
    return eval(sums[0], {"F": fractions.Fraction})  # digits and signs only


wrong = [(kind, words) for kind, words in parts if " = " in words
         and abs(value(words.split(" = ")[0])) != abs(fractions.Fraction(words.split(" = ")[1].split(" (")[0]))]
is_(wrong, [], "and a pencil gets the same")
for line in (explain(str(i)) for i in range(1, len(document["lines"]) + 1)):
    exact = sum(fractions.Fraction(part.split(" = ")[-1].split(": ")[-1].split(" (")[0])
                for part in re.findall(r"^ +\d+\. (.*)$", line, re.MULTILINE))
    stated = re.search(r"Exact sum of the parts: (\S+)", line)[1]
    if exact != fractions.Fraction(stated):
        is_(str(exact), stated, "the parts add up")

tiered = explain(line_of("tiered", project="a"))
like(tiered, r"line \d+: GPUs \[project=a\]\n", "a line is named with what it is split by")
like(tiered, r"covered: 6 GPU-hour.*\n(.*\n)*?.*reservation +r\n", "what a reservation took is named")
like(tiered, r"tier +1, above 0 up to 10\n", "a tier with its range")
like(tiered, r"discount: 10 % of .*\n(.*\n)*?.*name +spring\n", "a discount with its name")
like(tiered, r"The line: \S+, which the one rounding of the charge makes of it: [+-]", "what the rounding left over")
like(explain(line_of("blocks")), r"3 whole blocks of 4 GPU-hour x 3 = 9\n", "blocks are counted")
like(explain(line_of("clock")), r"rule +\S.*\n", "a window of the clock is named")
like(explain(line_of("support")), r"prorated +21/31 days", "and the days of a fee")
like(explain(line_of("most")), r"maximum: 31 x 21/31 days - 30 = -9\n", "what is above a maximum")
reservation = explain(line_of("r"))
is_(re.findall(r"T(\d\d):00:00Z  (\S+) = (\S+) \+ (\S+), beyond (\S+)", reservation),
    [("01", "7200", "7200", "0", "3600"), ("02", "7200", "7200", "0", "3600"), ("03", "7200", "7200", "0", "3600")],
    "a reservation is shown hour by hour")
is_(book.invoices("explain", number, "--file", book.bundle(number)).stdout, everything, "a bundle gives the same")
offline = run("daybook-invoices", "explain", number, "--file", WORK / f"{number}.bundle.json").stdout
is_(offline, everything, "without a database")
shown = WORK / "shown.json"
shown.write_text(json.dumps(document))
is_(book.invoices("explain", number, "--file", shown).stdout, everything, "as does what `show --json` printed")
like(explain("99", check=False), rf"^\d+ .*{number} has no line '99': its lines are 1 to {len(document['lines'])},", "a line that is not there")
like(book.refusal("explain", "DE-2026-000009", "--file", shown), f"is document '{number}'", "another document's number")
shown.write_text("{}")
like(book.refusal("explain", number, "--file", shown), "is document ''", "no document")

book.gpu("acme", "2026-08-20T10", 1, project="a", allocation="late")
book.take()
number = book.issue("acme", "2026-09")["number"]
like(explain("1.1"), r"line 1\.1: .*\n(.*\n)*  Late usage of DE-2026-000001: that period with all", "late usage says which document it is about")
done_testing()
