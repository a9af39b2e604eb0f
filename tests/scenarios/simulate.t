#!/usr/bin/env python3
"""What past months would have cost under another plan, another contract, another reservation; the
database is only read."""

import csv
import io
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import PLAN, Billing  # noqa: E402
from harness import WORK, done_testing, is_, like, ok  # noqa: E402

book = Billing("simulate", acme="UTC", globex="UTC", idle="UTC")
book.plan("p")
book.plan("q")
RESERVED = [{"id": "r", "where": {"meter": "gpu_time", "sku": ["h100"]}, "units": "1", "rate": "0.50", "payment": "none",
             "from": "2026-09-03T00:00:00Z", "to": "2026-09-03T10:00:00Z"}]
book.contract("c", "acme", "2026-08-01", reservations=RESERVED)
book.contract("g", "globex", "2026-09-15", plan="q")
book.gpu("acme", "2026-08-03T10", 10)
book.gpu("acme", "2026-09-03T00", 10, gpus=3)
book.gpu("globex", "2026-09-20T10", 4)
book.take()
book.issue("acme", "2026-08")


def file(name, value):
    path = WORK / f"simulate-{name}.json"
    path.write_text(json.dumps(value))
    return path


def plan(name="p", **members):
    return file(name + "".join(members), {**PLAN, "plan": name, "charges": [{**PLAN["charges"][0], **members}]})


def simulate(*words, period="2026-08..2026-09"):
    return book.invoices("simulate", "--period", period, *words, check=False)


def rows(*words, **more):
    done = simulate("--csv", *words, **more)
    return [(row["tenant"], row["charge"], row["before"], row["after"], row["difference"])
            for row in csv.DictReader(io.StringIO(done.stdout))] or done.stderr


def everything():
    """Every row of every table, as text, in one hash; and how often each was written."""
    tables = [name for name, in book.sql("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'ledger' order by 1")]
    return [book.sql(f"select count(*), md5(string_agg(t::text, '|' order by t::text)) from {table} t") for table in tables]


before = everything()
is_(rows("--plan", plan()),
    [("acme", "gpu", "30.00", "30.00", "0.00"), ("acme", "r", "5.00", "5.00", "0.00"), ("globex", "gpu", "4.00", "4.00", "0.00")],
    "an unchanged plan differs by exactly nothing")
is_(rows("--plan", plan(price="2.00"))[0], ("acme", "gpu", "30.00", "60.00", "30.00"), "a dearer one by what it is dearer")
is_(rows("--plan", plan(price="2.00"))[2][4], "0.00", "for those who have it")
is_(rows("--plan", plan(price="2.00"), "--instead-of", "q", "--tenant", "globex"), [("globex", "gpu", "4.00", "8.00", "4.00")],
    "or in place of another plan")
is_(rows("--plan", plan(price="2.00"), period="2026-08")[0], ("acme", "gpu", "10.00", "20.00", "10.00"), "in the months that are named")
tiers = plan("p", model="graduated", tiers=[{"up_to": "20", "price": "1"}, {"price": "0.5"}], price=None)
tiers.write_text(tiers.read_text().replace('"price": null, ', "").replace(', "price": null', ""))
is_(rows("--plan", tiers, "--tenant", "acme")[0], ("acme", "gpu", "30.00", "30.00", "0.00"), "tiers count within each period")
other = book.contract_json("c", "acme", "2026-08-01", reservations=[{**RESERVED[0], "units": "3"}])
is_(rows("--contract", file("contract", other)),
    [("acme", "gpu", "30.00", "10.00", "-20.00"), ("acme", "r", "5.00", "15.00", "10.00")], "another version of a contract, for its tenant")
report = json.loads(simulate("--json", "--plan", plan(price="3")).stdout)
is_((report["totals"], report["tenants"], report["not_rated"]),
    ([{"currency": "EUR", "before": "39.00", "after": "99.00", "difference": "60.00"}], 3, []), "sums by currency, as JSON")
done = simulate("--plan", plan(price="3"))
like(done.stdout, r"total +39\.00 +99\.00 +60\.00 EUR", "as text")
is_(done.stderr, "simulate: 3 of 3 tenants\n", "how far it is goes to stderr")

# --------------------------------------------------------------------------------------- a sweep
swept = json.loads(simulate("--sweep", "reservation=0..4", "--tenant", "acme", "--json").stdout)
is_([(size["units"], size["total"], size["difference"]) for size in swept["sizes"]],
    [(0, "40.00", "5.00"), (1, "35.00", "0.00"), (2, "30.00", "-5.00"), (3, "25.00", "-10.00"), (4, "30.00", "-5.00")],
    "what each size of a reservation makes of the total")
is_((swept["reservation"], swept["cheapest"], swept["before"]), ("r", 3, "35.00"), "the cheapest is named")
like(simulate("--sweep", "r=0..3", "--tenant", "acme").stdout, "cheapest: 3 units of 'r', 25.00 EUR .as it is: 35.00.", "in words, too")
like(simulate("--sweep", "r=2..2", "--tenant", "acme", "--csv").stdout, "\nr,2,EUR,30.00,-5.00\n", "and as CSV")
upfront = {**RESERVED[0], "units": "2", "rate": "0.25", "upfront": "5.00", "payment": "partial"}
paid = file("upfront", book.contract_json("c", "acme", "2026-08-01", reservations=[upfront]))
is_([size["total"] for size in json.loads(simulate("--contract", paid, "--sweep", "r=1..3", "--json").stdout)["sizes"]],
    ["35.00", "30.00", "25.00"], "an upfront goes by the unit: 2.50 each")

# --------------------------------------------------------------------------------------- refusals
for words, period, said, name in [
        ((), "2026-08", "say what would be otherwise", "nothing is changed"),
        (("--plan", plan()), "2026-13", "say months, as in 2026-07..2026-09", "no month"),
        (("--plan", plan()), "2026-09..2026-08", "say months", "months that fall"),
        (("--plan", plan("other")), "2026-08", "no contract names plan 'other': --instead-of PLAN", "a plan that nobody has"),
        (("--instead-of", "p"), "2026-08", "needs --plan", "a place without a plan"),
        (("--contract", file("contract", other), "--tenant", "globex"), "2026-08", "tenant 'acme', who is not simulated",
         "a contract of another tenant"),
        (("--sweep", "r=0..4"), "2026-08", "one tenant: --tenant ID", "a sweep over everybody"),
        (("--sweep", "r=4..0", "--tenant", "acme"), "2026-08", "rising, and at most 1001 sizes", "sizes that fall"),
        (("--sweep", "r", "--tenant", "acme"), "2026-08", "as in reservation=0..64", "no sizes"),
        (("--sweep", "x=0..4", "--tenant", "acme"), "2026-08", "no contract has a reservation 'x'", "no such reservation")]:
    done = simulate(*words, period=period)
    like(f"{done.returncode} {done.stderr}", rf"^2 [\s\S]*{said}", f"refused: {name}")
dollars = json.loads(plan().read_text())
done = simulate("--json", "--plan", file("dollars", {**dollars, "currency": "USD"}))
is_((done.returncode, [miss["tenant"] for miss in json.loads(done.stdout)["not_rated"]]), (1, ["acme"]),
    "who cannot be rated is named, and the others are")
like(done.stderr, "simulate: tenant acme cannot be rated: contract c: .*USD", "with the reason")
pool = file("pool", {**other, "pool": {"payer": "acme", "members": ["globex"]}})
is_({row[0]: row[2:4] for row in rows("--contract", pool) if row[1] == "gpu"}, {"acme": ("30.00", "14.00"), "globex": ("4.00", "0.00")},
    "a pool is rated with all its members, who have no contracts of their own then")
is_(everything(), before, "no row of any table was written by any of this")

# ------------------------------------------------------------------------------- with settlements
book.contract("m", "idle", "2026-07-01", commitments=[
    {"id": "take", "name": "Take or pay", "charges": ["gpu"], "amount": "25", "interval": "period", "from": "2026-07-01T00:00:00Z", "to": None,
     "tax_category": "standard"}],
    credits=[{"id": "gift", "name": "Gift", "amount": "30", "priority": 0, "charges": ["gpu"], "from": "2026-07-01T00:00:00Z",
              "kind": "promotional", "apply": "before_tax"}])
for month, hours in (("07", 10), ("08", 15), ("09", 30)):
    book.gpu("idle", f"2026-{month}-03T00", hours)
book.take()
book.seal()
same = rows("--plan", plan(), "--tenant", "idle")
is_(same, [("idle", "gpu", "45.00", "45.00", "0.00"), ("idle", "take", "10.00", "10.00", "0.00"), ("idle", "gift", "-20.00", "-20.00", "0.00")],
    "commitments and credits are settled month after month: 10.00 of the credit went in July; an unchanged plan differs by nothing")
is_(rows("--plan", plan(price="2.00"), "--tenant", "idle"),
    [("idle", "gpu", "45.00", "90.00", "45.00"), ("idle", "take", "10.00", "0.00", "-10.00"), ("idle", "gift", "-20.00", "-20.00", "0.00")],
    "under another plan they are what that plan makes of them, after the same July")
is_([simulate("--json", "--plan", plan(price="2.00"), "--jobs", jobs).stdout for jobs in ("1", "2", "7")],
    [simulate("--json", "--plan", plan(price="2.00")).stdout] * 3, "the report does not depend on how many work at it")
is_([simulate("--sweep", "r=0..9", "--tenant", "acme", "--jobs", jobs).stdout for jobs in ("2", "5")],
    [simulate("--sweep", "r=0..9", "--tenant", "acme", "--jobs", "1").stdout] * 2, "nor does a sweep")
like(simulate("--plan", plan(), "--jobs", "0").stderr, "--jobs: 1 to 64", "nobody cannot work")
done_testing()
