#!/usr/bin/env python3
"""Decisions that are wrong, too early or somebody else's: exit status, words, and the book as it was.

Exit 2 is wrong input, 1 refused, 3 a halt.
"""
import copy

from refusals import *
from billed import *

book = metered("refusals_commands")
table = Table(book, "exit", "code")
PLAN, GPU = example("plan-gpu-ondemand.json"), contract_of("acme")
CATALOG = files_catalog()


def give(name, words, status, said="", grows=""):
    """A command of daybook-X, with this ledger's options."""
    program, *rest = [word if isinstance(word, pathlib.Path) else str(word) for word in words]
    shown = " ".join(pathlib.Path(w).name if isinstance(w, pathlib.Path) else
                     w if len(w) < 20 else w[:17] + "..." for w in [program, *rest])
    table.row(name, shown, book.tries(f"daybook-{program}", *rest), expect(status, "", said, grows))


def with_changes(document, changes):
    """A copy in which members at "a/0/b" are others; None takes one away."""
    made = copy.deepcopy(document)
    for path, value in changes.items():
        *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
        place = made
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return made


# Plans.
TIERS = "charges/0/tiers"
for name, changes, words in (
    ("overlapping tiers", {f"{TIERS}/1/up_to": "1000"}, "/charges/0/tiers/1/up_to: .*1000"),
    ("tiers that do not ascend", {f"{TIERS}/1/up_to": "900"}, "/charges/0/tiers/1/up_to: .*900"),
    ("a tier behind the last", {f"{TIERS}/3": {"price": "1"}}, "/charges/0/tiers/2/up_to"),
    ("no last tier", {f"{TIERS}/2/up_to": "20000"}, "/charges/0/tiers/2/up_to"),
    ("no tiers", {TIERS: []}, "/charges/0/tiers"),
    ("a real as price", {"charges/1/price": 1.29}, "'charges': item 1: 'price': 1.29 is not a whole number"),
    ("a negative price", {"charges/1/price": "-1.29"}, "/charges/1/price"),
    ("a price with 30 decimals", {"charges/1/price": "0." + "1" * 30}, "/charges/1/price"),
    ("a price with a comma", {"charges/1/price": "1,29"}, "/charges/1/price"),
    ("a price as 1e3", {"charges/1/price": "1e3"}, "/charges/1/price"),
    ("per_unit with tiers", {"charges/1/tiers": []}, "/charges/1"),
    ("an unknown field", {"charges/1/pryce": "1"}, "pryce"),
    ("an unknown model", {"charges/1/model": "magic"}, "/charges/1/model"),
    ("a charge twice", {"charges/1/charge": "gpu_h100"}, "/charges/1/charge.*gpu_h100"),
    ("no charges", {"charges": []}, "/charges"),
    ("a divisor of 0", {"charges/1/price_unit/divisor": "0"}, "/charges/1/price_unit/divisor"),
    ("a currency that is none", {"currency": "EURO"}, "/currency"),
    ("no id", {"plan": None}, "plan"),
):
    file = write("plan.json", with_changes(PLAN, changes))
    give(name, ("invoices", "plan", "apply", file), 2, "plan.json.*" + words)
for name, changes, words in (
    ("a price beyond 128 bits", {"charges/1/price": "9" * 40}, "/charges/1/price"),
    ("a tier beyond 128 bits", {f"{TIERS}/0/up_to": "9" * 40}, "/charges/0/tiers/0/up_to"),
    ("a free allowance below zero", {"charges/1/free": "-1"}, "/charges/1/free"),
    ("an empty id", {"plan": ""}, "/plan"), ("an id of 300 bytes", {"plan": "x" * 300}, "/plan"),
    ("an id with a line feed", {"plan": "a\nb"}, "/plan"),
    ("a where of nothing", {"charges/0/where/sku": []}, "/charges/0/where/sku"),
    ("a price that is null", {"charges/1/price": 0}, "/charges/1/price"),
):
    file = write("plan.json", with_changes(PLAN, changes))
    give(name, ("invoices", "plan", "lint", file), 2, "plan.json.*" + words)
for name, text, words in (
    ("10 000 levels", "[" * 10000, "plan.json.*"), ("a list", "[]", "plan.json.*object"),
    ("no UTF-8", b'{"plan": "\xff"}', "plan.json.*UTF-8|unable to decode"),
    ("9 MB", " " * (9 << 20), "plan.json.*8388608|bytes"),
):
    give(name, ("invoices", "plan", "lint", write("plan.json", text)), 2, words)
file = write("plan.json", json.dumps(PLAN).replace('"plan"', '"plan": "x", "plan"', 1))
give("a member twice", ("invoices", "plan", "apply", file), 2, "duplicate|twice")
give("no JSON", ("invoices", "plan", "apply", write("plan.json", "{")), 2, "plan.json.*line")
give("an empty file", ("invoices", "plan", "apply", write("plan.json", "")), 2, "plan.json")
give("no such file", ("invoices", "plan", "apply", WORK / "none"), 1, "cannot open")
give("a plan that is no contract", ("invoices", "contract", "apply", ROOT /
     "deploy/examples/plan-gpu-ondemand.json"), 2, "/tenant")
give("the same plan again", ("invoices", "plan", "apply", ROOT /
     "deploy/examples/plan-gpu-ondemand.json"), 0, "version 1 says the same already")

# Contracts.
off = instant(LAST + timedelta(minutes=10))
half = instant(LAST + timedelta(minutes=30))
mid, end = instant(LAST + timedelta(days=10)), instant(THIS)
in_plan = GPU["plans"][0]
reservation = {"id": "r1", "where": {"meter": "gpu_time"}, "units": "16", "from": instant(LAST),
               "to": end, "rate": "1.60"}
for name, changes, words in (
    ("a border off the hour grid", {"from": half}, "/from: .*3600|/from: .*hour"),
    ("a plan's border off the grid", {"plans/0/from": off}, "/plans/0/from: "),
    ("a billing hour off the grid", {"billing/minute": 30}, "/billing"),
    ("a period of no time", {"to": instant(LAST)}, "/to: .*not after"),
    ("overlapping plan periods", {"plans/1": {**in_plan, "from": mid}},
     "/plans/1/from: .*overlaps.*end that one"),
    ("a plan before the contract", {"plans/0/from": instant(LAST - timedelta(days=1))},
     "/plans/0/from: begins before"),
    ("an unknown plan", {"plans/0/plan": "gpu-on-demand"}, "plan 'gpu-on-demand' has no version"),
    ("an unknown version of a plan", {"plans/0/version": 2},
     "'gpu-ondemand' has no version 2 .*plan apply"),
    ("no plans", {"plans": []}, "/plans"),
    ("an unknown tenant", {"tenant": "acmee"}, "acmee"),
    ("another currency than the plan's", {"currency": "USD"}, "EUR|USD"),
    ("an unknown zone", {"zone": "Mars/Olympus"}, "Mars/Olympus"),
    ("a billing day of 32", {"billing/day": 32}, "/billing/day"),
    ("a tax rate as a real", {"tax/profile/0/rate": 19.0}, "'rate': 19 is not a whole number"),
    ("no tax for a category", {"tax/profile/0/category": "reduced"}, "category 'standard'.*/tax/profile"),
    ("a reservation off the grid", {"reservations": [{**reservation, "from": off}]},
     "/reservations/0/from"),
    ("a reservation of nothing", {"reservations": [{**reservation, "units": "0"}]},
     "/reservations/0/units"),
    ("a reservation twice", {"reservations": [reservation, reservation]}, "'r1' is used twice"),
    ("an upfront that is not paid", {"reservations": [{**reservation, "upfront": "5"}]},
     "/reservations/0/upfront"),
    ("an unknown field", {"grace_hour": 72}, "grace_hour"),
    ("an unknown border of time", {"from": "yesterday"}, "/from"),
    ("another's contract id", {"contract": ""}, "/contract"),
    ("a border beyond time", {"from": "9999-12-31T23:59:59-12:00"}, "/from"),
    ("a grace of a century", {"grace_hours": 10**6}, "/grace_hours"),
    ("terms of payment below zero", {"payment_terms_days": -1}, "/payment_terms_days"),
    ("no seller", {"legal_entity": None}, "legal_entity"),
    ("a negative grace", {"grace_hours": -1}, "/grace_hours"),
):
    file = write("contract.json", with_changes(GPU, changes))
    status = 1 if name in ("an unknown tenant", "no tax for a category") else 2
    give(name, ("invoices", "contract", "apply", file), status, words)

# Tenants.
for name, tenant, words in (
    ("an empty id", "", "1 to 128 bytes"), ("an id of 300 bytes", "x" * 300, "1 to 128 bytes"),
    ("an id with a space", "a b", "without white space"),
    ("an id with a line feed", "a\nb", "without white space"),
    ("an id that means all", "*", "'\\*'"), ("an id with a comma", "a,b", "comma"),
    ("an id that is not UTF-8", os.fsdecode(b"a\xff"), "UTF-8"),
):
    give(name, ("ledger", "tenant", "add", tenant, "--zone", "UTC"), 2, words)
for name, words, status, said in (
    ("no zone", ("new",), 2, "--zone"),
    ("an unknown zone", ("new", "--zone", "Mars/Olympus"), 2, "Mars/Olympus"),
    ("a grid of 60 s", ("new", "--zone", "UTC", "--grid", 60), 2, "3600, 1800 or 900"),
    ("a grid too coarse for India", ("new", "--zone", "Asia/Kolkata", "--grid", 3600), 2, "1800"),
    ("an empty name", ("new", "--zone", "UTC", "--name", ""), 2, "name"),
    ("there with another zone", ("acme", "--zone", "Asia/Kolkata"), 1, "there already"),
    ("there already", ("acme", "--zone", "UTC"), 0, "there already|has the number|nothing"),
):
    give(name, ("ledger", "tenant", "add", *words), status, said)
give("a tenant that is not there", ("ledger", "tenant", "rename", "nobody", "--name", "x"), 1,
     "no tenant 'nobody'")

# Catalogs. The second is another, and the third may not bring back what the first had otherwise.
type_at = next(i for i, t in enumerate(CATALOG["types"]) if "meaning" in t)
meter_at = next(i for i, m in enumerate(CATALOG["meters"]) if m["meter"] == "storage")
without = copy.deepcopy(CATALOG)
without["sources"] = [s for s in without["sources"] if s["types"] != ["storage.sample.v1"]]
without["types"] = [t for t in without["types"] if "meaning" not in t]
without["meters"] = [m for m in without["meters"] if m["meter"] != "storage"]
WRONG_SUCCESSORS = (
    ("a type with one field less", {f"types/{type_at}/meaning/1": None},
     "'/data/volume' is not among"),
    ("a type with one field more", {f"types/{type_at}/meaning/5": "/data/host"},
     "'storage.sample.v1': .*never change.*another name"),
    ("a type whose fields stand otherwise", {f"types/{type_at}/meaning/0": "/data/volume",
     f"types/{type_at}/meaning/1": "/data/project"}, "'storage.sample.v1': .*never change"),
    ("a type with another instant", {f"types/{type_at}/instant": "/time"},
     "'storage.sample.v1': .*never change"),
    ("a meter in another unit", {f"meters/{meter_at}/unit": "GiB.s"},
     "'storage' was in MiB.s.*another name"),
    ("a meter with another scale", {f"meters/{meter_at}/scale": 3}, "'storage' was in MiB.s"),
    ("a meter of another aggregation", {f"meters/{meter_at}/aggregation": "max"},
     "'storage' was in .*sum"),
)


def catalogs(rows, after=""):
    for name, changes, words in rows:
        file = write("catalog.json", with_changes(CATALOG, changes))
        give(name + after, ("ledger", "catalog", "apply", file), 2, words)


catalogs((
    ("an unknown member", {"meter": []}, "catalog.json.*meter"),
    ("no types", {"types": None}, "catalog.json.*types"),
    ("a meter of no type", {f"meters/{meter_at}/type": "x.v1"}, "'x.v1' is not in"),
    ("a source of no type", {"sources/0/types/0": "x.v1"}, "'x.v1' is not in"),
    ("a source on no topic", {"sources/0/topics/0": "usage"}, "'usage' is not one of"),
    ("a core meter in another unit", {"meters/0/unit": "GPU.h"}, "uGPU.s"),
    ("a grid that divides nothing", {f"meters/{meter_at}/grid_seconds": 700}, "900"),
    ("bands that do not ascend", {"meters/1/classifiers/0/bands/1":
     {"up_to": 100000, "value": "x"}, "meters/1/classifiers/0/bands/2": {"value": "y"}}, "ascend"),
    ("a billed field outside the meaning", {f"types/{type_at}/meaning/4": "/data/host"},
     "must be part of an event's meaning"),
))
catalogs(WRONG_SUCCESSORS)
give("the same catalog again", ("ledger", "catalog", "apply", write("catalog.json", CATALOG)), 0,
     "version 1; nothing was changed")
give("a catalog without the type", ("ledger", "catalog", "apply", write("other.json", without)), 0,
     "catalog version 2", "content 1 entry 1")
catalogs(WRONG_SUCCESSORS, ", back after it was dropped")

# Keys of people and of programs.
token = ("ledger", "token", "add", "t")
for name, words, status, said in (
    ("an unknown tenant", ("--tenant", "nobody", "--scope", "usage:read"), 1, "nobody"),
    ("one unknown tenant of two", ("--tenant", "acme,nobody", "--scope", "usage:read"), 1,
     "nobody"),
    ("no tenant", ("--scope", "usage:read"), 2, "--tenant"),
    ("an empty tenant", ("--tenant", "acme,", "--scope", "usage:read"), 1, "no tenant ''"),
    ("a tenant twice", ("--tenant", "acme,acme", "--scope", "usage:read"), 2, "'acme'.*twice"),
    ("an unknown scope", ("--tenant", "acme", "--scope", "usage:write"), 2, "'usage:write'"),
    ("a wrong scope behind a right one", ("--tenant", "acme", "--scope", "usage:read", "--scope",
     "all"), 2, "'all'"),
    ("a scope twice", ("--tenant", "acme", "--scope", "usage:read,usage:read"), 2,
     "'usage:read'.*twice"),
    ("an expiry that is no instant", ("--tenant", "acme", "--scope", "usage:read", "--expires",
     "never"), 2, "--expires"),
):
    give(name, (*token, *words), status, said)
give("scopes as flags and as a list", (*token, "--tenant", "acme", "--tenant", "globex", "--scope",
     "usage:read,invoices:read", "--scope", "ledger:read"), 0, "dbk_", "token 1")
is_(sql(book.db, "SELECT array_length(tenants, 1), array_length(scopes, 1) FROM ledger.token"),
    [["2", "3"]], "all of them count")
give("an API key that is not there", ("ledger", "token", "revoke", "nobody"), 1, "nobody")
book.does("daybook-ledger", "key", "new", "spare")
spare = book.keys / "spare.vkey"
root = book.keys / "root.key"
root.rename(WORK / "root.key")
give("a grant without the root key", ("ledger", "key", "grant", "ingest", spare), 1,
     "root.key.*No such file")
(WORK / "root.key").rename(root)
give("a role that is none", ("ledger", "key", "grant", "king", spare), 2, "king|role")
give("a file that is no key", ("ledger", "key", "grant", "ingest", WORK / "catalog.json"), 2,
     "catalog.json")
give("a key that holds nothing", ("ledger", "key", "revoke", spare), 1, "holds no grant")
give("the log's own key", ("ledger", "key", "revoke", book.keys / "log.vkey"), 1, "log's own key")
root.chmod(0o600)
control = (book.keys / "control.key").read_bytes()
(book.keys / "control.key").chmod(0o600)
(book.keys / "control.key").write_bytes((book.keys / "spare.key").read_bytes())
give("signed with a key that nobody granted", ("ledger", "tenant", "add", "new", "--zone", "UTC"),
     1, "not granted|no grant|holds no")
(book.keys / "control.key").write_bytes(control)
give("a second init", ("ledger", "init", "--origin", "daybook.test/other"), 1, "already|there")

# Periods. Usage of the month is in the book and sealed.
give("a period that has not ended", ("invoices", "close", "acme", NEXT), 1, "has not ended: it ends")
give("no period", ("invoices", "close", "acme", "october"), 2, "october")
give("a month of 13", ("invoices", "close", "acme", "2026-13"), 2, "2026-13")
give("a period before the contract", ("invoices", "close", "acme", "2020-01"), 1,
     "no contract for period '2020-01'")
give("an unknown tenant", ("invoices", "close", "nobody", MONTH), 1, "nobody")
give("a quote of an unknown tenant", ("invoices", "quote", "nobody", MONTH), 1, "nobody")
give("review before close", ("invoices", "review", "acme", MONTH, "--issue-date", f"{NEXT}-03"), 1,
     "is not closed: .*close")
give("issue before close", ("invoices", "issue", "acme", MONTH), 1, "is not closed: .*close")
give("close", ("invoices", "close", "acme", MONTH), 0, "", "content 1 entry 1")
give("close twice", ("invoices", "close", "acme", MONTH), 0, "was closed before")
give("issue without review", ("invoices", "issue", "acme", MONTH), 1, "not reviewed: .*review")
give("a review without a date", ("invoices", "review", "acme", MONTH), 2, "--issue-date")
give("a date that is none", ("invoices", "review", "acme", MONTH, "--issue-date", "2026-02-30"), 2,
     "2026-02-30")
give("review", ("invoices", "review", "acme", MONTH, "--issue-date", f"{NEXT}-03"), 0, "",
     "review 1")
give("issue without approval", ("invoices", "issue", "acme", MONTH), 1, "not approved: .*approve")
give("approve by the drafter", ("invoices", "approve", "acme", MONTH, "--operator", "operator"), 1,
     "role 'approve'.*holds 'draft', 'issue', 'operate' here")
give("approve", ("invoices", "approve", "acme", MONTH), 0, "", "approval 1")
give("issue", ("invoices", "issue", "acme", MONTH), 0, "",
     "content 1 document 1 entry 2 number_head 1")
give("issue twice", ("invoices", "issue", "acme", MONTH), 0, "was issued before")
give("review after issue, another date", ("invoices", "review", "acme", MONTH, "--issue-date",
     f"{NEXT}-04"), 1, "issued with another date")
give("a document that is not there", ("invoices", "show", "DE-0"), 1, "DE-0")
give("the next period", ("invoices", "close", "acme", NEXT), 1, "has not ended")

# The command line itself.
give("an unknown command", ("ledger", "tennant", "add", "x"), 2,
     "unknown command 'tennant' / Try")
give("an unknown option", ("ledger", "tenant", "list", "--jason"), 2, "unknown option '--jason' / Try")
give("an option with a slip", ("ledger", "tenant", "list", "--databse", "x"), 2,
     "'--databse'; did you mean '--database'")
give("a log that is not there", ("ledger", "tenant", "list", "--log", 7), 1, "log 7: there is one log")
give("a log that is no number", ("ledger", "tenant", "list", "--log", "json"), 2, "'json'")
give("a quarantined record that is none", ("ingest", "quarantine", "write-off", "usage", 0, 0,
     "--reason", "x"), 1, "usage|quarantine")
for name, words, status, said in (
    ("to release what is none", ("release", "usage", 0, 0, "--reason", "x"), 1, "nothing that is open"),
    ("to release nothing in particular", ("release", "--reason", "x"), 2, "what is to be released"),
    ("to release a record and a filter", ("release", "usage", 0, 0, "--tenant", "acme", "--reason", "x"), 2,
     "names one record: no filter"),
    ("to release without a reason", ("release", "--tenant", "acme"), 2, "--reason"),
    ("half a position", ("release", "usage", 0, "--reason", "x"), 2, "FEED PARTITION OFFSET"),
    ("a reason that is none", ("list", "--for", "whim"), 2, "--for 'whim': nothing is refused"),
    ("a time that is none", ("list", "--since", "monday"), 2, "since"),
    ("a page that is none", ("list", "--after", "usage/0/1"), 2, "--after 'usage/0/1' is not"),
    ("a page of letters", ("list", "--after", "usage/0/1/x"), 2, "--after 'usage/0/1/x' is not"),
    ("a page of -1", ("list", "--limit", "-1"), 2, "'-1'"),
    ("to show what is none", ("show", "usage", 0, 0), 1, "no record of 'usage' partition 0 offset 0"),
    ("an offset of letters", ("show", "usage", 0, "x"), 2, "'x'"),
    ("a partition that is too large", ("show", "usage", 1 << 31, 0), 2, "too large"),
):
    give(name, ("ingest", "quarantine", *words), status, said)
give("to replace by no file", ("ingest", "replace", "--tenant", "acme"), 2, "needs FILE, or --undo")
give("to replace nobody's usage", ("ingest", "replace", "--tenant", "nobody", "--from", f"{MONTH}-01T00:00:00Z", "--to",
     f"{NEXT}-01T00:00:00Z", write("none.ndjson", "")), 1, "no tenant 'nobody'")
give("to replace backwards", ("ingest", "replace", "--tenant", "acme", "--from", f"{NEXT}-01T00:00:00Z", "--to",
     f"{MONTH}-01T00:00:00Z", write("none.ndjson", "")), 2, "--to is not after --from")
give("to undo what is no replacement", ("ingest", "replace", "--undo", 0, "--reason", "x", "--yes"), 1, "is no replacement")
give("to undo what is not there", ("ingest", "replace", "--undo", 999999, "--reason", "x", "--yes"), 1, "999999")
give("to undo by a file", ("ingest", "replace", "--undo", 0, write("none.ndjson", ""), "--reason", "x"), 2, "takes no file")
give("gaps where nothing counts", ("ingest", "gaps"), 0, "no source counts its events")
give("gaps since no time", ("ingest", "gaps", "--since", "monday"), 2, "since")
os.environ["DAYBOOK_LOG_FORMAT"] = "json"
give("JSON lines asked for by their own variable", ("ledger", "tenant", "list"), 0, "acme")
done = run("daybook-ledger", "tenant", "list", "--database", "host=/nowhere dbname=x",
           "--keys", book.keys, "--archive", book.archive, check=False)
table.row("no database", "ledger tenant list", (done.returncode, "", done.stderr.strip()),
          expect(75, "", "/nowhere"))
is_(book.tries("daybook-ledger", "audit")[0], 0, "the book is whole after all that")
table.end()
