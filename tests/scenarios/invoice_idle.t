#!/usr/bin/env python3
"""What capacity was sold as and what was idle: a small fleet by hand, then random use against a model."""

import collections
import csv
import io
import json
import pathlib
import random
import sys
from fractions import Fraction as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import ROOT, done_testing, is_, like  # noqa: E402

SOLD = ("reserved_used", "reserved_unused", "spend_plan", "on_demand")
FLEET = {"capacity": "fleet", "meter": "gpu_time", "unit": "GPU", "scale": 6, "by": ["region", "sku"], "units": [
    {"type": {"region": "eu", "sku": "h100"}, "units": "4", "from": "2026-09-01T00:00:00Z"},
    {"type": {"region": "eu", "sku": "h100"}, "units": "2", "from": "2026-09-01T02:00:00Z", "to": "2026-09-02T00:00:00Z"},
    {"type": {"region": "us", "sku": "h100"}, "units": "1", "from": "2026-09-01T00:00:00Z", "to": None}]}
book = Billing("invoice_idle", acme="UTC", other="Asia/Kolkata", guest="UTC")


def declared(**changes):
    return "capacity", "apply", book._file("capacity", {**FLEET, **changes})


def row_of(**changes):
    return {"units": [{**FLEET["units"][0], **changes}]}


like(book.refusal("idle", "fleet", "--period", "2026-09"), "no capacity 'fleet' is declared", "nothing is known of what nobody declared")
for changes, message in ((row_of(**{"from": "2026-09-01T00:30:00Z"}), "/units/0/from: capacity begins and ends on a UTC hour"),
                         (row_of(to="2026-09-01T00:00:00Z"), "/units/0/to: it is not after"),
                         (row_of(type={"region": "eu"}), "/units/0/type: it has no value for 'sku'"),
                         (row_of(type={"region": "eu", "sku": "h100", "zone": "a"}), "/units/0/type: it has dimensions"),
                         (row_of(units="1.5"), "/units/0/units: .*a whole number")):
    like(book.refusal(*declared(**changes)), message, message[:40] + " is refused")
like(book.invoices(*declared()).stdout, r"^capacity 'fleet': version 1 \(entry", "it is an entry of the book")
like(book.invoices("capacity", "apply", ROOT / "deploy/examples/capacity.json").stdout, "^capacity 'gpus': version 1", "so is the example")
like(book.invoices(*declared()).stdout, "version 1 says the same already", "once")
book.plan("p")
SPAN = {"from": "2026-09-01T00:00:00Z", "to": "2026-09-01T03:00:00Z"}
book.contract("c", "acme", "2026-09-01", reservations=[
    {"id": "r", "where": {"meter": "gpu_time", "region": ["eu"], "sku": ["h100"]}, "units": "2", "rate": "1", **SPAN}], spend_plans=[
    {"id": "s", "per_hour": "0.5", "discount": "50", **SPAN}])
book.gpu("acme", "2026-09-01T00", 1, gpus=4)
book.gpu("acme", "2026-09-01T01", 1)
book.gpu("other", "2026-09-01T01", 1, gpus=2, region="us")
book.gpu("guest", "2026-09-01T02", 1, gpus=3, sku="a100")
book.take()


def idle(*words):
    return json.loads(book.invoices("idle", "fleet", *words, "--json").stdout)


def numbers(row):
    return tuple(F(row[name]) / 3600 for name in ("capacity", *SOLD, "idle", "oversold"))


said = idle("--period", "2026-09-01T00:00:00Z..2026-09-01T03:00:00Z")
rows = {(r["from"][11:13], r["type"]["region"], r["type"]["sku"]): r for r in said["rows"]}
is_(numbers(rows["00", "eu", "h100"]), (4, 2, 0, 1, 1, 0, 0), "an hour of 4 GPUs: 2 reserved, 1 bought by the spend plan, 1 on demand")
is_(numbers(rows["01", "eu", "h100"]), (4, 1, 1, 0, 0, 2, 0), "what is reserved and not used is sold; 2 are idle")
is_((rows["01", "eu", "h100"]["utilisation"], rows["01", "eu", "h100"]["sold"]), ("25.00", "50.00"), "a quarter is used, half is sold")
is_(numbers(rows["02", "eu", "h100"]), (6, 0, 2, 0, 0, 4, 0), "capacity has its dates")
is_((numbers(rows["01", "us", "h100"]), rows["01", "us", "h100"]["utilisation"]), ((1, 0, 0, 0, 2, 0, 1), "200.00"), "more than there is: oversold")
is_((numbers(rows["02", "eu", "a100"]), "sold" in rows["02", "eu", "a100"]), ((0, 0, 0, 0, 3, 0, 3), False), "a type that nobody declared is not hidden")
is_([numbers(t) for t in said["totals"]], [(0, 0, 0, 0, 3, 0, 3), (14, 3, 3, 1, 1, 6, 0), (3, 0, 0, 0, 2, 1, 0)], "totals by type")
day, = [r for r in idle("--period", "2026-09-01", "--by", "day")["rows"] if r["type"] == {"region": "eu", "sku": "h100"}]
is_(numbers(day)[0], 4 * 24 + 2 * 22, "a day's capacity")
like(book.invoices("idle", "fleet", "--period", "2026-09-01T00:00:00Z..2026-09-01T03:00:00Z").stdout,
     "^eu h100, in GPU-seconds: capacity 50400, reserved_used 10800, .*idle 21600, oversold 0, utilisation 35.71 %, sold 57.14 %$", "people read the sums")
for words, message in (((), "--period says which hours"), (("--period", "2026-09-02..2026-09-01"), "it ends after it begins"),
                       (("--period", "2026-09-01T00:30:00Z..2026-09-02"), "on a UTC hour"), (("--period", "2026-09", "--by", "week"), "hour or day")):
    like(book.refusal("idle", "fleet", *words), message, f"{' '.join(words) or 'nothing'} is refused")

# --------------------------------------------------------------------------------- random use
r = random.Random(11)
reservations = [{"id": f"r{n}", "where": {"meter": "gpu_time", "sku": ["h100"], "region": [["eu", "us"][n % 2]]}, "units": f"{1 + n}",
                 "rate": "1", "from": "2026-09-10T00:00:00Z", "to": f"2026-09-1{2 + n}T05:00:00Z"} for n in range(3)]
reservations.append({"id": "any", "where": {"meter": "gpu_time", "region": ["us"]}, "units": "30", "rate": "1",
                     "from": "2026-09-11T00:00:00Z", "to": "2026-09-11T06:00:00Z"})
book.contract("c", "acme", "2026-09-01", reservations=reservations)
used = collections.Counter()
for n in range(60):
    tenant, gpus, hours = r.choice(["acme", "acme", "other", "guest"]), r.randrange(1, 5), r.randrange(1, 5)
    day, hour, region, sku = r.randrange(10, 14), r.randrange(20), r.choice(["eu", "us"]), r.choice(["h100", "h100", "a100"])
    book.gpu(tenant, f"2026-09-{day}T{hour:02}", hours, gpus=gpus, allocation=f"x-{n}", region=region, sku=sku)
    for h in range(hours):
        used[f"2026-09-{day}T{hour + h:02}:00:00Z", region, sku] += gpus
book.take()
said = idle("--period", "2026-09-10..2026-09-13")
cells = collections.defaultdict(lambda: collections.Counter())
for row in said["rows"]:
    cells[row["from"], row["type"]["region"], row["type"]["sku"]] = {name: F(row[name]) / 3600 for name in ("capacity", *SOLD, "idle", "oversold")}
is_([k for k, c in cells.items() if sum(c[n] for n in SOLD) + c["idle"] - c["oversold"] != c["capacity"] or min(c.values()) < 0 or c["idle"] * c["oversold"]], [],
    f"sold + idle - oversold = capacity, in {len(cells)} cells")
seen = {k: n for k, c in cells.items() if (n := c["reserved_used"] + c["spend_plan"] + c["on_demand"])}
is_(sorted(seen.items() ^ used.items()), [], "what was used is what was measured, all tenants'")
quote = json.loads(book.invoices("quote", "acme", "2026-09").stdout)
covered, unused = collections.Counter(), collections.Counter()
for one in quote["reservations"]:
    for row in [row for row in one["coverage"] if row["from"] < "2026-09-14"]:
        covered[row["from"]] += F(row["covered"]) / 3600
        region = {"any": "us"}.get(one["id"]) or reservations[int(one["id"][1])]["where"]["region"][0]
        unused[row["from"], region, None if one["id"] == "any" else "h100"] += F(row["unused"]) / 3600
mine = collections.Counter()
for (at, _, _), cell in cells.items():
    mine[at] += cell["reserved_used"]
is_(+mine, +covered, "reservations cover what a quote says that they cover")
left = {k: c["reserved_unused"] for k, c in cells.items() if c["reserved_unused"]}
is_((sorted(left.items() ^ (+unused).items(), key=str), any(sku is None for _, _, sku in left)), ([], True), "and leave as much; one for any type leaves it to none")
table = list(csv.DictReader(io.StringIO(book.invoices("idle", "fleet", "--period", "2026-09-10..2026-09-13", "--csv").stdout)))
is_([(t["from"], t["region"], t["sku"], t["on_demand"]) for t in table],
    [(x["from"], x["type"]["region"], x["type"]["sku"] or "", x["on_demand"]) for x in said["rows"]], "the CSV has the same rows")
days = idle("--period", "2026-09-10..2026-09-13", "--by", "day")
is_([numbers(t)[:5] for t in days["totals"]], [numbers(t)[:5] for t in said["totals"]], "days and hours have the same sums")
is_((book.ledger("audit", check=False).returncode, book.invoices("audit").returncode), (0, 0), "the book is whole with it")
done_testing()
