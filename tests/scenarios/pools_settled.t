#!/usr/bin/env python3
"""A pool with a commitment, credits before and after tax, a service level and another currency, to the cent by hand.

1.00 a GPU-hour, 19 %. 100 a month are committed; a credit of 30 before tax, one of 20 after tax; t pays, a is in it.

September: t uses 20 h, a 40 h. 60 of 100 are used, so t owes 40. The credit pays the pool's 60 first: 30, shared by the
nets 20 and 40: t 10, a 20. t: 20 + 40 - 10 = 50, tax 9.50, total 59.50, of which 20 are paid after tax. a: 40 - 20 = 20, 3.80.
October: a's hours of September come late, 15 of them; 75 of 100 are used, so t gets 15 back. t 100 h in October, a none. September was
98.5 % available, 10 % back: t 2.00 of 20, a 4.00 of 40 (what was charged there before credits, without late usage).
"""

import copy
import csv
import io
import json
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / name) for name in ("harness", "model")]
import check_bundle  # noqa: E402
import pool_documents  # noqa: E402
import recompute  # noqa: E402
from billing import PLAN, Billing  # noqa: E402
from harness import WORK, done_testing, is_, like, ok, run  # noqa: E402

BEGIN = "2026-09-01T00:00:00Z"
POOL = {"payer": "t", "members": ["a"]}
MONEY = {
    "commitments": [{"id": "floor", "name": "100 a month", "amount": "100", "interval": "period", "from": BEGIN, "to": None}],
    "credits": [{"id": "start", "name": "To begin with", "amount": "30", "priority": 1, "from": BEGIN, "kind": "promotional", "apply": "before_tax"},
                {"id": "paid", "name": "Prepaid", "amount": "20", "priority": 1, "from": BEGIN, "kind": "paid", "apply": "after_tax"}],
    "sla": [{"id": "level", "charges": ["gpu"], "bands": [{"below": "99", "percent": "10"}], "measured": [{"month": "2026-09", "availability": "98.5"}]}],
    "fx": {"currency": "JPY", "source": "a bank", "direction": "contract_to_document", "decimals": 0, "rates": [{"date": "2026-09-01", "rate": "161.37"}]},
    "payment_terms_days": 14}

book = Billing("pools_settled", t="UTC", a="UTC")
book.plan("p")
like(book.contract("pool", "t", "2026-09-01", pool=POOL, **MONEY), "version 1", "a pool is agreed, with settlements")
book.gpu("t", "2026-09-03T00", 20)
book.gpu("a", "2026-09-04T00", 40)
book.take()
book.issue("a", "2026-09")


def documents():
    return [(row[0], row[1], book.show(row[1])) for row in book.sql(
        "select t.id, d.document_id from ledger.document d join ledger.tenant t on t.tenant = d.tenant order by d.idx")]


def lines_of(document):
    return [(line["kind"], line["charge"], line["amount"]) for line in document["lines"]]


t, a = (document for _, _, document in documents())
is_(lines_of(t), [("charge", "gpu", "20.00"), ("commitment", "floor", "40.00"), ("credit", "start", "-10.00")], "the payer owes what the pool did not use")
is_(lines_of(a), [("charge", "gpu", "40.00"), ("credit", "start", "-20.00")], "a credit before tax is shared by nets")
is_([(d["net"], d["tax"], d["total"], d["settlement"]["paid"], d["settlement"]["payable"]) for d in (t, a)],
    [("50.00", "9.50", "59.50", "20.00", "39.50"), ("20.00", "3.80", "23.80", "0.00", "23.80")], "one after tax pays the payer's document")
is_([(c["id"], c["opening"], c["burnt"], c["closing"]) for c in t["settlement"]["credits"]], [
    ("start", "30.00", "30.00", "0.00"), ("paid", "20.00", "20.00", "0.00")], "balances are the payer's to show")
is_((a["settlement"]["credits"], a["settlement"]["commitments"], a["settlement"]["transfers"]), ([], [], []), "and no member's")
is_([(b["credit"], b["charge"], b["amount"]) for b in a["settlement"]["own_burns"]], [("start", "gpu", "20.00")], "which says what was burnt for it")
is_([(x["charge"], x["amount"]) for x in t["settlement"]["amounts"]], [("gpu", "60.00"), ("floor", "40.00")], "the payer's says what the pool's documents charge")
is_([(c["committed"], c["used"], c["true_up"]) for c in t["settlement"]["commitments"]], [("100", "60", "40")], "and what was committed and used")
is_([(d["settlement"]["fx"]["net"], d["settlement"]["fx"]["tax"], d["settlement"]["fx"]["payable"]) for d in (t, a)],
    [("8069", "1533", "6375"), ("3227", "613", "3840")], "another currency is each document's own")
is_([book.verify(d["number"]) for d in (t, a)], ["verified"] * 2, "both bundles verify")
is_([book.rerate(d["number"]) for d in (t, a)], ["equal"] * 2, "and are made again as far as one bundle can")
like(book.invoices("explain", t["number"], "2").stdout, "true_up: 40", "explain shows what the commitment comes to")
like(book.invoices("audit").stdout, "equal: 2 documents", "both are made again from the book")
is_(book.ledger("audit").returncode, 0, "the ledger's audit finds nothing")

book.gpu("a", "2026-09-20T00", 15)
for day in range(5):
    book.gpu("t", f"2026-10-0{day + 1}T00", 20)
book.take()
book.issue("t", "2026-10")
late_t, late_a = (document for _, _, document in documents()[2:])
is_(lines_of(late_t), [("charge", "gpu", "100.00"), ("sla", "level", "-2.00")], "October of the payer")
is_(lines_of(late_a), [("sla", "level", "-4.00")], "a service level's credit is of what each was charged")
is_([[(line["kind"], line["amount"]) for line in s["lines"]] for d in (late_t, late_a) for s in d["adjustments"]],
    [[("commitment", "-15.00")], [("charge", "15.00")]], "late usage is a member's, what it changes of the interval the payer's")
is_([(d["net"], d["tax"], d["total"]) for d in (late_t, late_a)], [("83.00", "15.77", "98.77"), ("11.00", "2.09", "13.09")], "to the cent")
is_([book.verify(d["number"]) for d in (late_t, late_a)], ["verified"] * 2, "these verify, too")
like(book.invoices("audit").stdout, "equal: 4 documents", "all four are made again")
is_(book.ledger("audit").returncode, 0, "and the ledger's audit finds nothing")

# --------------------------------------------------------------------------------- recomputed
issued = {"t": [t, late_t], "a": [a, late_a]}
books = {}
for tenant in issued:
    (WORK / f"{tenant}.entries").write_text(book.ledger("export", "entries", "--tenant", tenant).stdout)
    books[tenant] = recompute.Book(WORK / f"{tenant}.entries")


def chain_of(tenant, members):
    return recompute.Chain(books[tenant], [book.contract_json("pool", "t", "2026-09-01", pool=POOL, **MONEY)], [PLAN],
                           [(other, books[other]) for other in members if other != tenant])


def judged(tenant, members, given):
    """What is said of its documents, and what of them is not judged."""
    chain, found, unjudged = chain_of(tenant, members), [], []
    for document in given:
        found += chain.judge(document)
        unjudged += chain.unjudged
    return found, unjudged


def beside(document):
    sums = pool_documents.Sums(document, [d for of in issued.values() for d in of])
    return sums.found, sums.unjudged


is_([judged(tenant, "ta", issued[tenant]) for tenant in issued], [([], [])] * 2, "with all members' entries each document is recomputed, its settlement too")
alone = {tenant: judged(tenant, tenant, issued[tenant]) for tenant in issued}
is_([found for found, _ in alone.values()], [[]] * 2, "without the others' nothing differs")
is_([[what.split(":")[0] for what in unjudged] for _, unjudged in alone.values()],
    [["lines", "settlement"] * 2, ["lines", "settlement", "lines", "late usage of DE-2026-000002", "settlement"]], "and what is not judged then is said")
is_([beside(document) for of in issued.values() for document in of], [([], [])] * 4, "all members' documents sum to the pool's amounts, usage and burns")
is_(pool_documents.Sums(a, [a]).unjudged, ["sums over the pool's members: 1 documents of 2 are given"], "of one alone no sum is made, and that is said")


def bump(place, *path):
    for step in path[:-1]:
        place = place[step]
    cents = str(abs(int(place[path[-1]].replace(".", ""))) + 1).zfill(3)
    place[path[-1]] = f"{cents[:-2]}.{cents[-2:]}"


def twin(*paths):
    return lambda document: [bump(document, *path) for path in paths]


def together(document):
    """2.00 more in a line, and in whatever follows from it."""
    document["lines"][0].update(amount="42.00"), document["lines"][0]["parts"][0].update(amount="42.0000000000")
    document["taxes"][0].update(net="22.00", tax="4.18"), document.update(net="22.00", tax="4.18", total="26.18")
    document["settlement"].update(payable="26.18")
    document["settlement"]["fx"].update(net="3550", tax="675", total="4225", payable="4225")


def with_share(document):
    together(document)
    document["pool"]["charges"][0].update(share="42")


SHARE, LATE = ("lines", 0, "amount"), ("adjustments", 0, "lines", 0, "amount")
PLANTED = (  # what is wrong, whose, in which, how; said with all members' entries, with its own, of all documents beside each other
    ("a cent in a share", "a", 0, twin(SHARE), "'gpu'.*minor units", "tax .*recomputed", "pool's .*'gpu'"),
    ("a share with all that follows from it", "a", 0, together, "'gpu'.*4200 minor units", "share of .*'gpu'", "pool's .*'gpu'"),
    ("that with another share of the exact amount", "a", 0, with_share, "'gpu'.*4200 minor units", None, "pool's .*'gpu'"),
    ("a cent in a late line", "a", 1, twin(LATE), "adjustment of DE.*minor units", "adjustment of DE.*, net", "the pool's amounts"),
    ("a cent in a section's tax", "a", 1, twin(("adjustments", 0, "tax")), "adjustment of DE.*, tax", "adjustment of DE.*, tax", None),
    ("a cent in the tax", "a", 0, twin(("tax",)), "tax: ", "tax: ", None),
    ("a cent in the total", "t", 1, twin(("total",)), "total: ", "total: ", None),
    ("a pool's amount", "a", 0, twin(("pool", "charges", 0, "amount")), "pool's .*'gpu'", "pool's .*'gpu'", "document of a says something else|document of t says"),
    ("a pool's total", "a", 0, lambda d: d["pool"]["totals"][0].update(quantity="1"), "pool's totals", "pool's total of .* it alone used", "pool's totals"),
    ("fewer members", "a", 0, lambda d: d["pool"].update(members=1), "pool's members", "pool's members", None),
    ("what is owed", "t", 0, twin(("lines", 1, "amount")), "'k', 'floor'.*minor units", "tax .*recomputed", "the pool's amounts"),
    ("what late usage gives back of it", "t", 1, twin(LATE), "'k', 'floor'.*minor units", "adjustment of DE.*, net", "the pool's amounts"),
    ("a credit's line", "a", 0, twin(("lines", 1, "amount")), "'c', 'start'.*minor units", "own burns, by the lines", None),
    ("a share of a burn", "a", 0, twin(("settlement", "own_burns", 0, "amount")), "settlement, own burns", "own burns, by the lines", "settlement, burns"),
    ("the pool's burn", "t", 0, twin(("settlement", "burns", 0, "amount")), "settlement, burns", None, "settlement, burns"),
    ("the pool's amounts", "t", 0, twin(("settlement", "amounts", 0, "amount")), "the pool's amounts", None, "the pool's amounts"),
    ("a balance", "t", 0, twin(("settlement", "credits", 0, "closing")), "settlement, credits", None, None),
    ("what was used of a commitment", "t", 0, lambda d: d["settlement"]["commitments"][0].update(used="61"), "settlement, commitments", None, None),
    ("a member with a balance", "a", 0, lambda d: d["settlement"]["credits"].append(t["settlement"]["credits"][0]), "settlement, credits", "the payer's", None),
    ("what is paid", "t", 0, twin(("settlement", "paid")), "settlement, paid", "settlement, paid", None),
    ("what is payable", "a", 0, twin(("settlement", "payable")), "settlement, payable", "settlement, payable", None),
    ("a service level's line", "a", 1, twin(SHARE), "'a', 'level'.*minor units", "'a', 'level'.*minor units", None),
    ("a service level's net", "t", 1, twin(("settlement", "sla", 0, "net")), "service levels", "service levels", None),
    ("another currency", "a", 0, twin(("settlement", "fx", "tax")), "other currency", "other currency", None),
    ("a transfer", "t", 0, twin(("settlement", "transfers", 0, "amount")), "settlement, transfers", None, None),
)
for name, tenant, at, plant, of_all, of_one, of_sums in PLANTED:
    wrong = copy.deepcopy(issued[tenant])
    plant(wrong[at])
    for how, found, said in (("with all members' entries", lambda: judged(tenant, "ta", wrong)[0], of_all),
                             ("with its own", lambda: judged(tenant, tenant, wrong)[0], of_one),
                             ("by the documents' sums", lambda: beside(wrong[at])[0], of_sums)):
        if said:
            like("\n".join(found()), said, f"reported {how}: {name}")

# ------------------------------------------------------------------------------ by another program
keys = tuple((book.keys / name).read_text().strip() for name in ("log.vkey", "root.vkey"))


def verdicts(bundle):
    """Of check_bundle.py and of daybook-verify: what they say, None when it holds."""
    try:
        check_bundle.check(copy.deepcopy(bundle), *keys)
        mine = None
    except (LookupError, ValueError, TypeError) as error:
        mine = str(error)
    (WORK / "judged.json").write_text(canonical(bundle))
    done = run("daybook-verify", "bundle", WORK / "judged.json", "--vkey", keys[0], "--root", keys[1], check=False)
    return mine, None if done.returncode == 0 else done.stdout + done.stderr


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


bundles = {(tenant, at): json.loads(book.bundle(document["number"]).read_text()) for tenant in issued for at, document in enumerate(issued[tenant])}
is_([verdicts(bundle) for bundle in bundles.values()], [(None, None)] * 4, "a second verifier takes each member's bundle, too")


def in_content(bundle, index, change):
    row = next(row for row in bundle["contents"] if row["index"] == index)
    content = json.loads(row["content"])
    change(content)
    row["content"] = canonical(content)


def in_document(change):
    def apply(bundle):
        content = json.loads(bundle["document"])
        change(content)
        bundle["document"] = canonical(content)
    return apply


def in_terms(name, change):
    return lambda bundle: in_content(bundle, json.loads(bundle["document"])[name]["index"], change)


def less_members(pool):
    pool.update(members=1)


TOTAL = {"quantity": str(59 * 3600 * 10 ** 6)}
TWINS = (  # what is changed, in which member's bundle, how; what the second verifier's rule of pools says, once all is signed again
    ("a share", "a", in_document(twin(SHARE)), None),
    ("a share with all that follows", "a", in_document(together), None),
    ("its share of a burn", "a", in_document(twin(("settlement", "own_burns", 0, "amount"))), "its share of the burns"),
    ("a credit's line", "t", in_document(twin(("lines", 2, "amount"))), "its share of the burns"),
    ("a balance of the payer's", "a", in_document(lambda d: d["settlement"]["credits"].append(t["settlement"]["credits"][0])), "whose account"),
    ("the pool's total", "a", in_document(lambda d: d["pool"]["totals"][0].update(TOTAL)), "its pool"),
    ("the pool's total at the cut", "a", in_terms("period", lambda c: c["pool"]["totals"][0].update(TOTAL)), "its pool"),
    ("the number of members", "a", in_document(lambda d: less_members(d["pool"])), "its pool"),
    ("a member removed from the contract", "t", in_terms("contract", lambda c: c["pool"].update(members=[])), "its pool"),
    ("itself removed from the contract", "a", in_terms("contract", lambda c: c["pool"].update(members=["z"])), "its pool"),
    ("another payer", "a", in_terms("contract", lambda c: c.update(tenant="z")), "its pool"),
    ("no pool in the document", "a", in_document(lambda d: d.pop("pool")), "says that it is of a pool"),
    ("no pool in the contract", "a", in_terms("contract", lambda c: c.pop("pool")), "says that it is of a pool"),
)
for name, tenant, change, said in TWINS:
    bundle = copy.deepcopy(bundles[tenant, 0])
    change(bundle)
    ok(None not in verdicts(bundle), f"refused by both: {name}")
    if said:
        document, contents = json.loads(bundle["document"]), {row["index"]: json.loads(row["content"]) for row in bundle["contents"]}
        try:
            check_bundle.check_pool(document, *(contents[document[of]["index"]] for of in ("contract", "period")))
            like("taken", said, f"and by what it says of its pool: {name}")
        except (LookupError, ValueError) as error:
            like(str(error), said, f"and by what it says of its pool: {name}")

# ----------------------------------------------------------------------------- made again, forged
is_([book.rerate(d["number"]) for d in (late_t, late_a)], ["equal"] * 2, "rerate makes also those with late usage again")
like(run("daybook-rerate", book.bundle(late_a["number"])).stdout, "not judged are .*late lines, commitments, burns and balances", "and says what it takes as stated")


def differs(bundle, change):
    """The members that rerate says differ."""
    wrong = copy.deepcopy(bundle)
    in_document(change)(wrong)
    (WORK / "wrong.json").write_text(canonical(wrong))
    done = run("daybook-rerate", WORK / "wrong.json", check=False)
    return f"{done.returncode} " + " ".join(line.split()[1] for line in done.stdout.splitlines() if line.startswith("DIFFERS /")) + done.stderr


for name, tenant, at, change, said in (
        ("a share", "a", 0, twin(SHARE), "^1 .*/lines/0/amount"),
        ("a share with all that follows from it", "a", 0, together, "^1 .*/tax /total .*/lines/0/amount"),
        ("a credit's line", "a", 0, twin(("lines", 1, "amount")), "^1 .*/lines/1/amount"),
        ("what is owed", "t", 0, twin(("lines", 1, "amount")), "^1 .*/lines/1/amount"),
        ("its share of a burn", "a", 0, twin(("settlement", "own_burns", 0, "amount")), "^1 .*/total .*/lines/1/amount"),
        ("what is paid", "t", 0, twin(("settlement", "paid")), "^1 .*/settlement/paid"),
        ("what is payable", "a", 0, twin(("settlement", "payable")), "^1 .*/settlement/payable"),
        ("another currency", "a", 1, twin(("settlement", "fx", "tax")), "^1 .*/settlement/fx/tax"),
        ("a service level's line", "a", 1, twin(SHARE), "^1 .*/lines/0/amount"),
        ("a service level's net", "t", 1, twin(("settlement", "sla", 0, "net")), "^1 .*/settlement/sla/0/net"),
        ("a service level left out", "t", 1, lambda d: d["settlement"]["sla"].clear(), "^1 .*/settlement/sla"),
        ("a late line", "a", 1, twin(LATE), "^1 .*/adjustments/0/net"),
        ("a section's tax", "a", 1, twin(("adjustments", 0, "tax")), "^1 .*/adjustments/0/tax"),
        ("a section's original", "a", 1, lambda d: d["adjustments"][0].update(original_hash="0" * 64), "^1 .*/adjustments/0/original_hash"),
        ("one of an unknown original", "a", 1, lambda d: d["adjustments"][0].update(original="DE-1"), "^2 .*lacks a document that is adjusted"),
        ("the sum of taxes with late usage", "t", 1, twin(("taxes", 0, "tax")), "^1 .*/taxes/0/tax"),
        ("the total with late usage", "a", 1, twin(("total",)), "^1 .*/total"),
        ("a line that is no share of the pool's", "a", 0, lambda d: d["lines"].pop(0), "^1 .*/total")):
    like(differs(bundles[tenant, at], change), said, f"rerate names it: {name}")

# ------------------------------------------------------------------------------ under other terms
def simulated(*words):
    done = book.invoices("simulate", "--period", "2026-09..2026-10", "--csv", *words, check=False)
    return [(row["tenant"], row["charge"], row["before"], row["after"]) for row in csv.DictReader(io.StringIO(done.stdout))] or done.stderr


def file(name, value):
    (WORK / name).write_text(json.dumps(value))
    return WORK / name


dearer = file("dearer.json", {**PLAN, "charges": [{**PLAN["charges"][0], "price": "2.00"}]})
AS_IS = {"gpu": "175.00", "floor": "25.00", "start": "-30.00", "level": "-7.50"}
is_(simulated("--plan", file("same.json", PLAN)), [("t", name, amount, amount) for name, amount in AS_IS.items()],
    "an unchanged plan differs by exactly nothing, for the pool as a whole")
is_(dict((row[1], row[3]) for row in simulated("--plan", dearer)), {"gpu": "350.00", "floor": "0.00", "level": "-15.00", "start": "-30.00"},
    "a dearer one uses the commitment up")
more = {**MONEY, "commitments": [{**MONEY["commitments"][0], "amount": "200"}]}
is_([row[2:] for row in simulated("--contract", file("more.json", book.contract_json("pool", "t", "2026-09-01", pool=POOL, **more))) if row[1] == "floor"],
    [("25.00", "225.00")], "another version of its contract")
book.ledger("tenant", "add", "b", "--zone", "UTC")
book.contract("own", "b", "2026-09-01", payment_terms_days=14)
book.gpu("b", "2026-09-08T00", 10)
book.take()
three = book.contract_json("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["a", "b"]}, **MONEY)
is_([row for row in simulated("--contract", file("three.json", three)) if row[1] in ("gpu", "floor")],
    [("t", "gpu", "175.00", "185.00"), ("t", "floor", "25.00", "15.00"), ("b", "gpu", "10.00", "0.00")], "with another member, who has a contract now")
like(simulated("--plan", dearer, "--tenant", "a"), "in the pool of contract pool: --tenant t, who pays", "who asks for a member is told whom to ask")
# ------------------------------------------------------------------------------ what a member sees
GARDEN = {"umbrella": ("attic", 2), "orchid": ("petal", 3), "walnut": ("kernel", 5)}
for tenant in (*GARDEN, "cactus", "meadow"):
    book.ledger("tenant", "add", tenant, "--zone", "UTC", "--name", f"{tenant} & co")
garden = {"pool": {"payer": "umbrella", "members": ["orchid", "walnut"]}, **MONEY}
book.contract("garden", "umbrella", "2026-09-01", **garden)
for tenant, (project, hours) in GARDEN.items():
    book.gpu(tenant, "2026-09-03T00", hours, project=project, allocation=f"of-{project}", zone=f"zone-{project}")
book.take()
book.issue("umbrella", "2026-09")
numbers = dict(book.sql("select id, tenant from ledger.tenant"))
of_garden = dict(book.sql("select t.id, d.document_id from ledger.document d join ledger.tenant t on t.tenant = d.tenant"))
seen = json.loads(book.bundle(of_garden["orchid"]).read_text())
entries = [check_bundle.read_entry(row) for row in seen["entries"]]
is_(sorted({e.tenant for e in entries}), [0, int(numbers["orchid"])], "a member's bundle has its own entries, and those that are nobody's")
hidden = [row[name] for other in ("umbrella", "walnut") for row in json.loads(book.bundle(of_garden[other]).read_text())["entries"]
          for name in ("body", "salt", "signature") if int(row["body"][48:64], 16) == int(numbers[other])]
ok(len(hidden) > 20 and all(len(value) >= 32 for value in hidden), "other members' entries have bodies, salts and signatures")
is_([value for value in hidden if value in canonical(seen)], [], "of which none is in it")
agreed = json.loads(seen["document"])["contract"]["index"]
text = canonical({**seen, "contents": [row for row in seen["contents"] if row["index"] != agreed]})
is_([word for other in ("umbrella", "walnut") for word in (f"{other} & co", GARDEN[other][0], of_garden[other]) if word in text], [],
    "nor a name, a project or a document of theirs")
is_([other for other in ("umbrella", "walnut", "cactus") if other in text], ["umbrella"], "beyond the contract only the payer's id")
series = "".join(row["descriptor"] for row in seen["series"])
is_([word for word in ("attic", "kernel") if word.encode().hex() in series], [], "and no series of theirs")
said = json.loads(seen["document"])
is_((said["pool"]["payer"], said["pool"]["members"], said["pool"]["totals"][0]["quantity"], said["pool"]["charges"][0]["exact"]),
    ("umbrella", 3, str(10 * 3600 * 10 ** 6), "10"), "it says who pays, how many they are, what all used and what that costs")
is_(sorted(said["pool"]), ["charges", "members", "payer", "totals"], "and nothing else of them")

# ---------------------------------------------------------------------------- settlements stay a pool's
POOLED = {"payer": "meadow", "members": [{"tenant": "cactus", "from": "2026-11-01T00:00:00Z"}]}
book.contract("meadow", "meadow", "2026-09-01", pool=POOLED, **MONEY)
book.issue("meadow", "2026-09")
like(book.refusal(*book.contract_words("meadow", "meadow", "2026-09-01", **MONEY)), "contract meadow: /pool: periods are closed of it; .*stay a pool's",
     "a settled pool does not become one tenant's under the same contract")
done_testing()
