#!/usr/bin/env python3
"""Random pools, three months of them with late usage by several members: a second model comes to the same cents.

SEED=n in the environment: other tenants, prices, reservations and usage.
"""

import json
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import ROOT, WORK, done_testing, is_, like  # noqa: E402

SEED = int(os.environ.get("SEED", "5"))
r = random.Random(SEED)
names = ["t", "a", "b", "c"][:r.choice([2, 3, 4])]
months = (8, 9, 10)


def price():
    return f"{r.randrange(4)}.{r.randrange(1000):03d}"


def charge(name, **more):
    c = {"charge": name, "meter": "gpu_time", "price_unit": {"name": "GPU-hour", "divisor": "3600000000"},
         "model": r.choice(["per_unit", "graduated", "volume"]), **more}
    if c["model"] == "per_unit":
        c["price"] = price()
    else:
        c["tiers"] = [{"up_to": str(r.randrange(3, 30)), "price": price(), "flat": str(r.randrange(3))}, {"price": price()}]
    for chance, words in ((.5, {"free": f"{r.randrange(4)}.{r.randrange(10)}"}), (.5, {"line_by": ["project", "zone"]}),
                          (.3, {"key_by": ["project"]}), (.3, {"discounts": [{"percent": "7.5"}, {"fixed": "1.00"}]}),
                          (.2, {"maximum": "20"}), (.2, {"minimum": "15"})):
        if r.random() < chance:
            c.update(words)
    return c


def reservation(i):
    held = {"id": f"r{i}", "where": {"meter": "gpu_time", "sku": [r.choice(["h100", "a100"])]}, "units": r.choice("12"), "rate": price(),
            "from": f"2026-0{r.choice([8, 9])}-0{r.randrange(1, 5)}T00:00:00Z", "to": f"2026-1{r.choice([0, 1])}-01T00:00:00Z"}
    if r.random() < .7:
        held["owner"] = r.choice(names)
    if r.random() < .7:
        held["shared"] = True
    return held


def money():
    """Half of the pools have settlements."""
    begin, out = "2026-08-01T00:00:00Z", {}
    if r.random() < .5:
        return out
    out["commitments"] = [{"id": "k", "name": "A month", "amount": str(r.randrange(20, 200)), "interval": r.choice(["period", {"months": 2}]), "from": begin, "to": None}]
    out["credits"] = [{"id": f"c{n}", "name": "Credit", "amount": str(r.randrange(5, 90)), "priority": r.randrange(3), "kind": "promotional",
                       "from": r.choice([begin, "2026-08-04T00:00:00Z"]), "apply": r.choice(["before_tax", "before_tax", "after_tax"]),
                       **({"expires": "2026-10-03T00:00:00Z"} if r.random() < .3 else {}), **({"charges": ["h"]} if r.random() < .3 else {})}
                      for n in range(r.randrange(1, 4))]
    out["sla"] = [{"id": "s", "charges": ["h", "x"], "bands": [{"below": "99", "percent": "12.5"}], "measured": [{"month": "2026-08", "availability": "98"}]}]
    out["fx"] = {"currency": "JPY", "source": "a bank", "direction": "contract_to_document", "decimals": 0,
                 "rates": [{"date": "2026-08-01", "rate": "161.37"}, {"date": "2026-09-20", "rate": "159.3"}]}
    return out


def use(month, count):
    for _ in range(count):
        book.gpu(r.choice(names), f"2026-{month:02d}-{r.randrange(1, 8):02d}T{r.randrange(20):02d}", r.randrange(1, 4), r.choice([1, 2]),
                 sku=r.choice(["h100", "a100"]), project=r.choice("pq"), zone=r.choice(["z1", "z2"]), allocation=f"x{r.randrange(10 ** 6)}")


book = Billing("pools_random", **{name: "UTC" for name in r.sample(names, len(names))})
book.plan("p", charges=[charge("h", where={"sku": ["h100"]}), charge("x", where={"sku": ["a100"]}, tax_category="reduced"),
                        {"charge": "fee", "model": "flat", "price": "7"}])
terms = {"pool": {"payer": "t", "members": names[1:]}, "reservations": [reservation(i) for i in range(r.choice([0, 1, 2]))],
         "payment_terms_days": 14, "tax": {"profile": [{"category": "standard", "rate": "19"}, {"category": "reduced", "rate": "7"}]}, **money()}
book.contract("pool", "t", "2026-08-01", **terms)
use(8, 12)
use(9, 5)
for month in months:
    use(month, 8)
    book.take()
    for past in range(8, month):
        for _ in range(r.randrange(3)):
            use(past, r.randrange(1, 3))
            book.take()
    book.issue(r.choice(names), f"2026-{month:02d}")

numbers = {name: [] for name in names}
for name, number in book.sql("select t.id, d.document_id from ledger.document d join ledger.tenant t on t.tenant = d.tenant order by d.idx"):
    numbers[name].append(number)
    (WORK / f"{number}.json").write_text(json.dumps(book.show(number)))
for name in names:
    (WORK / f"{name}.entries").write_text(book.ledger("export", "entries", "--tenant", name).stdout)
is_([len(numbers[name]) for name in names], [3] * len(names), f"a document of each of {len(names)} members for each month, seed {SEED}")
for name in names:
    done = subprocess.run([
        sys.executable, ROOT / "tests/model/recompute.py", "--entries", f"{WORK / name}.entries", "--contract", WORK / "pool.json",
        "--plan", WORK / "plan-p.json", *(x for other in names if other != name for x in ("--member", f"{other}={WORK / other}.entries")),
        *(x for number in numbers[name] for x in ("--invoice", WORK / f"{number}.json"))], capture_output=True, text=True)
    is_(done.stdout + done.stderr, "".join(f"{number}: 0 differences\n" for number in numbers[name]), f"recomputed, late usage and settlement too: {name}")
last = [numbers[name][-1] for name in names]
is_([book.verify(number) for number in last], ["verified"] * len(last), "the last bundles verify")
every = [number for name in names for number in numbers[name]]
is_([book.rerate(number) for number in every], ["equal"] * len(every), "and every document is made again, as far as its bundle goes")
like(book.invoices("audit").stdout, "^equal", "all documents are made again from the book")
is_(book.ledger("audit").returncode, 0, "the ledger's audit finds nothing")
done_testing()
