#!/usr/bin/env python3
"""The example plans and contracts: each is linted as files, applied, and gives the amounts that its
price list says. A mistake is named with line and path."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import ROOT, WORK, done_testing, is_, like, run  # noqa: E402

EXAMPLES = ROOT / "deploy/examples"
NAMES = {"gpu-ondemand": "acme", "gpu-reserved": "globex", "gpu-flex": "hooli", "tokens": "initech", "model-api": "umbrella", "site-lease": "stark"}
is_(sorted(path.stem for path in EXAMPLES.glob("plan-*.json")), sorted(f"plan-{name}" for name in NAMES), "no plan is without a test")


def lint(kind, *paths):
    done = run("daybook-invoices", kind, "lint", *paths, check=False)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def files(name):
    return EXAMPLES / f"contract-{name}.json", EXAMPLES / f"plan-{name}.json"


book = Billing("presets", acme="Europe/Berlin", globex="Europe/Berlin", hooli="Europe/Berlin", initech="Asia/Kolkata",
               umbrella="America/Los_Angeles", stark="UTC")
for name, tenant in NAMES.items():
    contract, plan = files(name)
    like(lint("plan", plan), rf"^0 plan '{name}'", f"{name}: the plan is right")
    like(lint("contract", contract, plan), rf"^0 contract '\S+' of tenant '{tenant}'", f"{name}: so is its contract, with the plan")
    book.invoices("plan", "apply", plan)
    book.invoices("contract", "apply", contract)

# ------------------------------------------------------------------------------------------ usage
book.gpu("acme", "2026-09-03T10", 3)
book.gpu("acme", "2026-09-03T10", 12, sku="a100", allocation="a-2")
book.gpu("globex", "2026-09-03T10", 1, gpus=20)
for at in ("2026-09-04T19", "2026-09-04T20", "2026-09-06T08", "2026-09-06T00"):  # Friday 21:00 and 22:00, Sunday 10:00 and 02:00
    book.gpu("hooli", at, sku="a100", market="spot", allocation=f"a-{at}")
book.gpu("hooli", "2026-09-14T05", 2, market="spot")  # 07:00 and 08:00 in Berlin
book.gpu("stark", "2026-09-03T10", 3)


def ask(tenant, **tokens):
    more = {name: tokens.pop(name) for name in ("batch",) if name in tokens}
    book.event(tenant, "tokens.request.v1", "2026-09-10T12:00:00Z", {"model": tokens.pop("model", "large-1"), "tokens": tokens, **more})


ask("initech", input=1000000, output=1000000, model="m")
ask("umbrella", input=100000, output=10000)
ask("umbrella", input=300000, output=10000)
ask("umbrella", input=100000, output=10000, batch=True)
ask("umbrella", input=1000, cache_read=1000000)
ask("umbrella", input=1000000, model="small-1")
book.take()


def amounts(tenant):
    quote = json.loads(book.invoices("quote", tenant, "2026-09").stdout)
    sums = {}
    for charge in quote["charges"]:
        sums[charge["charge"]] = charge["amount"]
    return sums, quote["unrated"]


for tenant, expected, why in [
        ("acme", {"gpu_h100": "7.47", "gpu_a100": "2.58"}, "3 x 2.49; 12 less 10 free x 1.29"),
        ("globex", {"gpu_overage": "11.00", "r-h100-16": "18432.00"}, "4 beyond 16 x 2.75; 16 x 720 h x 1.60"),
        ("hooli", {"gpu_flex": "6.46", "gpu_spot": "2.30"}, "2.29 + 1.49 + 1.19 + 1.49, as Sunday's small hours are Saturday's night; 0.98 + 1.32"),
        ("initech", {"tokens_input": "300.00", "tokens_output": "1500.00"}, "a million each"),
        ("umbrella", {"input": "3.05", "cache_read": "0.30", "output": "0.45"},
         "0.1 x 3 + 0.3 x 6 + 0.1 x 1.50 + 0.001 x 3 + 1 x 0.80; 1 x 0.30; 0.01 x (15 + 22.50 + 7.50)"),
        ("stark", {"site_gpu": "3.30", "site_services": "250000.00"}, "3 x 1.10; the fee")]:
    sums, unrated = amounts(tenant)
    is_(({name: amount for name, amount in sums.items() if amount != "0.00"}, unrated), (expected, []), f"{tenant}: {why}")


def lines(document):
    return {line["charge"]: line["amount"] for line in document["lines"]}


is_(lines(book.issue("stark", "2026-09")), {"site_gpu": "3.30", "site_services": "250000.00", "take-or-pay": "1999996.70"}, "what was committed is owed")
is_(lines(book.issue("stark", "2026-10")), {"site_services": "250000.00", "take-or-pay": "2000000.00"}, "used or not")
is_(lines(book.issue("umbrella", "2026-09"))["starter"], "-3.80", "a credit is burnt first")

# --------------------------------------------------------------------------------------- mistakes
for name, old, new, said in [
        ("plan-gpu-flex", '"0.98"', '"-0.98"', r":29: /charges/1/steps/0/price: '-0.98' does not match"),
        ("plan-gpu-flex", '"22:00", "to": "07:00"', '"22:61", "to": "07:00"', r":15: /charges/0/windows/1/from: "),
        ("plan-model-api", '"model": "small-1", "batch": "true"', '"model": "small-1"', r":20: /charges/0/rows/5/when: row 4 says the same"),
        ("plan-site-lease", '"due": "advance"', '"due": "later"', r":\d+: /charges/1/due: "),
        ("contract-site-lease", '"2027-03-01T00:00:00Z"', '"2027-03-01T00:20:00Z"', r":\d+: /commitments/0/steps/1.*2027-03-01T00:00:00Z"),
        ("contract-gpu-flex", '"version": 1', '"version": 0', r":\d+: /plans/0/version"),
        ("contract-gpu-flex", '"rate": "19"', '"rate": "19', r"^2 .*broken.json: line \d+, column")]:
    broken = WORK / "broken.json"
    broken.write_text((EXAMPLES / f"{name}.json").read_text().replace(old, new, 1))
    like(lint(name.split("-")[0], broken), f"{said}", f"{name}: {new} is refused with its line")
like(lint("contract", files("tokens")[0], files("gpu-flex")[1]), "there is no version 1 of plan 'tokens'", "a contract needs its plan")
done_testing()
