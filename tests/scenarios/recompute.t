#!/usr/bin/env python3
"""Three months of 50 000 events, late ones in two batches, decided and billed again by programs that
share nothing with the product: every record's fate, every quantity, every cent. Then planted errors,
each of which must be reported, and everything made twice."""

import collections
import copy
import hashlib
import json
import pathlib
import random
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / place) for place in ("harness", "model")]
import recompute  # noqa: E402
from billing import Billing  # noqa: E402
from harness import ROOT, WORK, diag, done_testing, is_, like, ok, run  # noqa: E402

AS_OF = "2026-11-10T00:00:00Z"
MONTHS = ("2026-08", "2026-09", "2026-10")
GENERATE = ("--events", 50000, "--hours", 1470, "--from", "2026-08-01T00:00:00Z", "--allocations", 2, "--seed", 11)


def example(name):
    return json.loads((ROOT / "deploy/examples" / name).read_text())


def write(name, value):
    path = WORK / name
    path.write_text(json.dumps(value))
    return path


# ------------------------------------------------------------------------------------------ usage

def odd_event(r, number):
    """A record that is wrong in some way, or only looks so."""
    name = r.randrange(number + 1) if r.random() < .3 else number
    gpu = {"allocation": f"odd-{name}", "project": "train", "sku": "h100", "region": "eu", "zone": "z",
           "gpu_count": r.choice([1, 2, "3", 0]), "start": "2026-08-03T04:10:00Z", "end": "2026-08-03T05:00:00.250Z",
           "market": "on_demand"}
    tokens = {"model": "m", "project": "ü", "batch": r.random() < .5,
              "tokens": {"input": r.choice([0, 7, "12", 200000, 200001]), "output": r.randrange(5)}}
    storage = {"project": "p", "volume": "v", "at": "2026-08-03T04:10:00Z", "mib_seconds": r.choice([5, "6", 0])}
    kind, source, data = r.choice([("gpu.slice.v1", "/cluster/fra1", gpu), ("tokens.request.v1", "/gateway/fra1", tokens),
                                   ("storage.sample.v1", "/storage/fra1", storage)])
    event = {"specversion": "1.0", "id": f"odd-{name}", "source": source, "type": kind, "subject": r.choice(["acme", "initech", "tenant-01"]),
             "time": "2026-08-03T04:59:59.1234567+05:30", "data": data}
    changes = (
        lambda: data.update(start="2026-08-03T09:40:00+05:30"), lambda: data.update(end="2026-08-05T00:00:00Z"),
        lambda: data.update(end="2026-09-03T04:10:00Z"), lambda: data.update(end="2026-09-03T04:10:00.001Z"),
        lambda: data.update(end=data.get("start")), lambda: data.update(end="2027-01-01T00:00:00Z"),
        lambda: data.update(start="2026-08-03T04:10:00.0001Z"), lambda: data.update(at="2026-08-03T04:10:60Z"),
        lambda: data.update(start="2026-08-03T04:10:00.000000000Z"), lambda: data.update(start=None),
        lambda: data.update(gpu_milli=1000), lambda: (data.pop("gpu_count", 0), data.update(gpu_milli="2000")),
        lambda: data.update(gpu_count=-1), lambda: data.update(gpu_count="01"), lambda: data.update(gpu_count=True),
        lambda: data.update(gpu_count=10 ** 13), lambda: data.update(market="cheap"), lambda: data.update(sku=None),
        lambda: data.update(project=None), lambda: data.update(region=7),
        lambda: (data.update(mib_seconds=10 ** 18), event.update(subject="tenant-02")),
        lambda: data.update(mib_seconds=10 ** 18 + 1), lambda: data.update(mib_seconds=1.0), lambda: data.update(tokens={}),
        lambda: data.update(tokens={"input": 1.5}), lambda: data.update(tokens={"cache_read": None}),
        lambda: data.update(model=None), lambda: data.update(batch="true"), lambda: data.update(unread=1.5),
        lambda: event.pop("time"), lambda: event.update(time="2026-08-03"), lambda: event.update(time=None),
        lambda: event.update(time="2026-08-03T04:59:58Z"), lambda: event.update(time="2026-11-10T00:05:00.000001Z"),
        lambda: event.update(time="2026-11-10T00:05:00Z"), lambda: event.update(subject="nobody"),
        lambda: event.update(subject=""), lambda: event.update(id="x" * 513), lambda: event.update(id="a\nb"),
        lambda: event.update(type="lease.v1"), lambda: event.update(source="/moon"), lambda: event.pop("data"),
        lambda: event.update(source="/gateway/fra1"), lambda: event.update(specversion="0.3"),
        lambda: event.update(datacontenttype="text/plain"), lambda: event.update(data_base64="eA=="),
        lambda: event.update(deep=json.loads("[" * 40 + "]" * 40)), lambda: event.update(extra=2 ** 64),
        lambda: event.update(extra="\ud800"), lambda: event.update(extra="\0"), lambda: event.update(data=[data]),
    )
    for _ in range(r.choice([0, 1, 1, 2])):
        r.choice(changes)()
    line = json.dumps(event, ensure_ascii=r.random() < .5 or "extra" in event)
    texts = (lambda: line[:-1], lambda: line[:-1] + ',"id":"again"}', lambda: "[" + line + "]", lambda: line + " x",
             lambda: "null", lambda: " " + line, lambda: line.replace("1.0", "1.0\x01", 1), lambda: line + " " * 65536,
             lambda: line.replace('"acme"', '"ac\\u006de"'))
    return r.choice(texts)() if r.random() < .1 else line


def take(book, path):
    run("daybook-ingest", "file", path, "--as-of", AS_OF, "--batch-events", 9973, *book._common())
    book.seal()
    return path


zones = dict(line.split("\t")[:2] for line in run("generate", "tenants").stdout.splitlines())
book = Billing("recompute", **zones)
for phase in ("main", "late"):
    run("generate", "file", WORK / phase, "--phase", phase, *GENERATE)
late = (WORK / "late").read_text().splitlines(keepends=True)
for i in (0, 1):
    (WORK / f"late-{i}").write_text("".join(late[i::2]))
r = random.Random(5)
(WORK / "odd").write_text("".join(odd_event(r, n) + "\n" for n in range(2000)))

# ---------------------------------------------------------------------------- prices, invoices
plans = {"ondemand": [example("plan-gpu-ondemand.json")], "reserved": [example("plan-gpu-reserved.json")],
         "tokens": [example("plan-tokens.json")]}
second = copy.deepcopy(plans["ondemand"][0])
second["charges"][0]["tiers"] = [{"up_to": "300.5", "price": "2.377", "flat": "3"}, {"price": "1.0999"}]
plans["ondemand"].append(second)
for versions in plans.values():
    for plan in versions:
        book.invoices("plan", "apply", write("plan.json", plan))

contracts = {tenant: example(f"contract-{name}.json") for tenant, name in
             (("acme", "gpu-ondemand"), ("globex", "gpu-reserved"), ("initech", "tokens"))}
for tenant, contract in contracts.items():
    begin = "2026-08-01T00:00:00" + contract["from"][19:]
    contract.update({"from": begin, "grace_hours": 0, "quarantine_threshold": 100000})
    contract["plans"][0]["from"] = begin
contracts["acme"]["plans"] = [
    {"plan": "gpu-ondemand", "version": 1, "from": contracts["acme"]["from"], "to": "2026-09-10T00:00:00+02:00"},
    {"plan": "gpu-ondemand", "version": 2, "from": "2026-09-10T00:00:00+02:00", "to": None}]
contracts["acme"]["tax"]["profile"].append({"category": "standard", "rate": "16", "from": "2026-09-16T00:00:00+02:00"})
contracts["globex"]["tax"]["profile"][0]["rate"] = "8.25"
contracts["globex"]["reservations"][0].update(
    {"from": contracts["globex"]["from"], "units": "3", "usage_rate": "0.0375", "payment": "partial", "upfront": "100.01"})
for contract in contracts.values():
    book.invoices("contract", "apply", write("contract.json", contract))

documents = collections.defaultdict(list)
batches = ((("main",), MONTHS[0]), (("late-0",), MONTHS[1]), (("late-1", "odd"), MONTHS[2]))
for names, month in batches:
    for name in names:
        take(book, WORK / name)
    for tenant in contracts:
        documents[tenant].append(book.issue(tenant, month))
book.seal()

# --------------------------------------------------------------------------------- events again
(WORK / "tenants").write_text("".join(f"{tenant}\t{zone}\n" for tenant, zone in zones.items()))
everything = run("daybook-ledger", "export", "entries", *book._common()).stdout
(WORK / "entries").write_text(everything)
(WORK / "quarantine").write_text(run("daybook-ingest", "quarantine", "list", "--json", *book._common()).stdout)
events = [sys.executable, ROOT / "tests/model/events.py", "--catalog", WORK / "catalog.json", "--tenants", WORK / "tenants",
          "--as-of", AS_OF, "--quarantine", WORK / "quarantine"]
files = [WORK / name for names, _ in batches for name in names]
done = subprocess.run([*events, "--entries", WORK / "entries", *files], capture_output=True, text=True)
is_(done.returncode, 0, "every record's fate and every quantity is what the rules of events give")
diag(done.stdout[-3000:] + done.stderr[-2000:])

# ------------------------------------------------------------------------------- invoices again
books, chains = {}, {}
for tenant, contract in contracts.items():
    lines = [line for line in everything.splitlines() if f'"tenant_id":"{tenant}"' in line]
    (WORK / f"{tenant}.ndjson").write_text("\n".join(lines) + "\n")
    books[tenant] = recompute.Book(WORK / f"{tenant}.ndjson")
    chain = recompute.Chain(books[tenant], [contract], [plan for versions in plans.values() for plan in versions])
    for month, document in zip(MONTHS, documents[tenant]):
        chains[tenant, month] = chain.copy()
        is_(chain.judge(document), [], f"{tenant}'s invoice of {month} is right to the cent")
    counts = [len(document["adjustments"]) for document in documents[tenant]]
    ok(counts in ([0, 1, 2], [0, 1, 1]), f"{tenant}'s later ones bill the late usage of months before: {counts}")
is_([len(document["adjustments"]) for document in documents["acme"]], [0, 1, 2], "a second late batch is billed as well")

# ------------------------------------------------------------------------- planted wrong values
def bump(place, *path):
    """Adds one to the last digit of a text, or to a number."""
    for step in path[:-1]:
        place = place[step]
    value = place[path[-1]]
    if isinstance(value, str):
        digits = str(int(value.replace(".", "")) + 1)
        after = len(value) - value.index(".") - 1 if "." in value else 0
        value = digits if not after else digits.zfill(after + 1)[:-after] + "." + digits.zfill(after + 1)[-after:]
    else:
        value += 1
    place[path[-1]] = value


def other_hash(place):
    place["hash"] = "0" * 64


PLANTED = (  # what is wrong, how, what is said
    ("a cent in an adjustment's line", lambda d: bump(d, "adjustments", 0, "lines", 0, "amount"),
     "adjustment of DE-.*minor units, recomputed"),
    ("a cent in an adjustment's tax", lambda d: bump(d, "adjustments", 1, "taxes", 0, "tax"), "adjustment of DE-.*, taxes"),
    ("a cent in an adjustment's net", lambda d: bump(d, "adjustments", 0, "net"), "adjustment of DE-.*, net"),
    ("a cent in an adjustment's sum of tax", lambda d: bump(d, "adjustments", 0, "tax"), "adjustment of DE-.*, tax:"),
    ("an adjustment's quantity", lambda d: bump(d, "adjustments", 0, "lines", 0, "quantity"), "adjustment of .*: quantity"),
    ("an adjustment's base quantity", lambda d: bump(d, "adjustments", 0, "lines", 0, "base_quantity"),
     "adjustment of .*: base quantity"),
    ("an adjustment's tax rate", lambda d: d["adjustments"][0]["lines"][0].update(rate="16"), "adjustment of .*minor units"),
    ("an adjustment's original", lambda d: other_hash_of(d), "adjustment of .*, its hash"),
    ("an adjustment left out", lambda d: d["adjustments"].pop(0), "originals: "),
    ("an adjustment's line left out", lambda d: d["adjustments"][1]["lines"].pop(), "adjustment of .*: 0 minor units"),
    ("a cent in a line", lambda d: bump(d, "lines", 0, "amount"), "line .*minor units, recomputed"),
    ("a line's quantity", lambda d: bump(d, "lines", 0, "quantity"), "line .*: quantity"),
    ("a line's base quantity", lambda d: bump(d, "lines", 0, "base_quantity"), "line .*: base quantity"),
    ("a line twice", lambda d: d["lines"].append(d["lines"][0]), "line .*: twice"),
    ("lines in another order", lambda d: d["lines"].reverse(), "not in the order"),
    ("10^-10 in a part", lambda d: bump(d, "lines", 0, "parts", 0, "amount"), "parts sum to"),
    ("a part's quantity", lambda d: d["lines"][0]["parts"][0].update(quantity="1/3"), "quantity of its parts"),
    ("a tenth of a cent", lambda d: d.update(total="1.001"), "has more than 2 decimals"),
    ("a cent in a tax", lambda d: bump(d, "taxes", 0, "tax"), "tax .*: net and tax"),
    ("a cent in a taxed net", lambda d: bump(d, "taxes", 0, "net"), "tax .*: net and tax"),
    ("a cent in the net", lambda d: bump(d, "net"), "net: .*, recomputed"),
    ("a cent in the tax", lambda d: bump(d, "tax"), "tax: .*, recomputed"),
    ("a cent in the total", lambda d: bump(d, "total"), "total: .*, recomputed"),
    ("one carried entry more", lambda d: bump(d, "carried", "count"), "carried: "),
    ("another carried entry", lambda d: other_hash(d["carried"]), "carried: "),
    ("one entry more left to the next", lambda d: bump(d, "forward", "count"), "forward: "),
    ("a gap in the usage's range", lambda d: bump(d, "entries", "usage", "from_seq"), "usage range: "),
    ("usage that is not covered", lambda d: d["entries"]["usage"].update(next=1), "usage range: "),
    ("a gap in the money's range", lambda d: bump(d, "entries", "money", "from_seq"), "money range: "),
    ("a total of a series", lambda d: bump(d, "usage", 0, "quantity"), "usage of "),
    ("a series' count of entries", lambda d: bump(d, "usage", 0, "entries"), "usage of "),
    ("a series' descriptor", lambda d: d["series"][0].update(descriptor="00"), "series: "),
    ("capacity that was covered", lambda d: d["reservations"] and bump(d, "reservations", 0, "covered"), "reservation .*covered"),
    ("the period", lambda d: d["period"].update(to="2026-10-31T22:00:00Z"), "period: "),
    ("the due date", lambda d: d.update(due_date="2027-01-01"), "due date: "),
    ("the contract", lambda d: other_hash(d["contract"]), "contract or plans"),
    ("the customer", lambda d: d["customer"].update(name="Other"), "customer: "),
)


def other_hash_of(document):
    document["adjustments"][0]["original_hash"] = "0" * 64


def judged(tenant, month, document):
    """What is said of a document after those before it."""
    chain = chains[tenant, month].copy()
    try:
        return chain.judge(document)
    except ValueError as error:
        return chain.found + [str(error)]


for name, plant, said in PLANTED:
    tenant = "globex" if "capacity" in name else "acme"
    at = 1 if name.startswith(("lines", "a part", "10^-10", "a line")) else 2
    wrong = copy.deepcopy(documents[tenant][at])
    plant(wrong)
    found = judged(tenant, MONTHS[at], wrong)
    like("\n".join(found), said, f"reported: {name}")
    ok("document: not the content whose hash is in the book" in found or "contract or plans" in said or
       "decimals" in said, "and that it is not the document that was booked")

for name, plant in (("a unit in an entry", lambda e: e.update(quantity=str(int(e["quantity"]) + 1))),
                    ("an entry's window", lambda e: e.update(at=recompute.instant("2026-08-20T00:00:00Z"), to="2026-08-20T01:00:00Z",
                                                                  **{"from": "2026-08-20T00:00:00Z"})),
                    ("an entry's signature", lambda e: e.update(signature="00" * 64))):
    other = copy.deepcopy(books["acme"])
    carried = chains["acme", MONTHS[1]].forward[0]["stream_seq"]
    plant(next(e for e in other.usage if e["stream_seq"] == carried))
    chain = recompute.Chain(other, [contracts["acme"]], [plan for versions in plans.values() for plan in versions])
    ok([f for document in documents["acme"] for f in chain.judge(document)], f"reported: {name} of those carried on")

# -------------------------------------------------------------------------------- made twice
size = book.sql("SELECT size FROM ledger.head")
for tenant, month in (("acme", MONTHS[2]), ("globex", MONTHS[1]), ("initech", MONTHS[2])):
    number = documents[tenant][MONTHS.index(month)]["number"]
    shown = book.invoices("show", number, "--json").stdout.encode().rstrip(b"\n")
    content = next(json.loads(line)["content_hash"] for line in everything.splitlines()
                   if hashlib.sha256(shown).hexdigest() in line and '"kind":"document"' in line)
    is_(hashlib.sha256(shown).hexdigest(), content, f"what is shown of {number} is what the book has the hash of")
    like(book.invoices("issue", tenant, month).stdout, number, f"{month} of {tenant} issued again is the same document")
    is_(book.invoices("show", number, "--json").stdout.encode().rstrip(b"\n"), shown, "with the same bytes")
is_(book.sql("SELECT size FROM ledger.head"), size, "and the book has not grown")


def bundles():
    """Makes what is pending; every bundle's bytes."""
    book.invoices("bundle")
    return {d["number"]: hashlib.sha256(book.invoices("show", d["number"], "--bundle").stdout.encode()).hexdigest()
            for d in documents["acme"]}


like(book.invoices("audit").stdout, "^equal: 9 documents", "daybook-invoices makes all again from the book as of their cuts")
first = bundles()
for document in (document for tenant in contracts for document in documents[tenant]):
    is_(book.rerate(document["number"]), "equal", f"daybook-rerate makes {document['number']} again from its bundle")
is_(bundles(), first, "bundles are made once")
book.sql("ALTER TABLE ledger.bundle DISABLE TRIGGER ALL; DELETE FROM ledger.bundle; ALTER TABLE ledger.bundle ENABLE TRIGGER ALL")
is_(bundles(), first, "and made anew they have the same bytes")
done_testing()
