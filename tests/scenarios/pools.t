#!/usr/bin/env python3
"""A pool of three tenants, to the cent by hand: shared allowance, shared reservation, late usage.

2.00 a GPU-hour up to 10, then 1.00, 2 h of them free, for the whole pool; one reserved GPU from
2026-09-03T10 on for two hours at 0.50, b's, shared; a fee of 7.00. September:

            10:00   11:00   later   used    covered
    t (pays)                3       3
    a       1       1       5       7       11:00: 1
    b       1               4       5       10:00: 1

15 h used, 2 covered, 13 left, 2 free, 11 billed: 10 x 2 + 1 x 1 = 21.00. What is left is t 3, a 6, b 4; the free 2 h are
shared 6/13, 12/13, 8/13 in whole microseconds of a GPU, so billed are 33/13, 66/13, 44/13 of 11 = 143/13:
t 21 x 33/143 = 4.846 -> 4.85, a 9.692 -> 9.69, b 6.461 -> 6.46; together 21.00.
t also pays the fee, 7.00, and the reservation, 2 x 0.50 = 1.00: net 12.85. Tax 19 %: t 2.4415 -> 2.44, a 1.8411 -> 1.84, b 1.2274 -> 1.23.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import ROOT, WORK, done_testing, is_, like, ok, run  # noqa: E402

GPU = {"charge": "gpu", "meter": "gpu_time", "price_unit": {"name": "GPU-hour", "divisor": "3600000000"},
       "model": "graduated", "free": "2", "tiers": [{"up_to": "10", "price": "2"}, {"price": "1"}]}
FEE = {"charge": "fee", "model": "flat", "price": "7"}
HELD = {"id": "held", "where": {"meter": "gpu_time"}, "units": "1", "from": "2026-09-03T10:00:00Z",
        "to": "2026-09-03T12:00:00Z", "rate": "0.50", "owner": "b", "shared": True}
TERMS = {"reservations": [HELD], "payment_terms_days": 14}
POOL = {"payer": "t", "members": ["a", "b"]}
LATER = {"payer": "t", "members": ["a", {"tenant": "b", "to": "2026-10-01T00:00:00Z"},
                                   {"tenant": "c", "from": "2026-10-01T00:00:00Z"}]}

book = Billing("pools", t="UTC", a="UTC", b="UTC", c="UTC")
book.plan("p", charges=[GPU, FEE])

# ------------------------------------------------------------------------------------- agreed
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["nobody"]})),
     "/pool/members/0: .*nobody", "a member that is no tenant")
book.contract("c-own", "c", "2026-09-01", "2026-10-01", payment_terms_days=14)
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["a", "c"]})),
     "contract pool overlaps contract c-own of tenant 'c'", "a tenant has one contract at a time, in a pool or not")
like(book.contract("pool", "t", "2026-09-01", pool=POOL, **TERMS), "tenant 't': version 1", "a pool is agreed")
like(book.refusal(*book.contract_words("x", "a", "2026-09-01")), "overlaps contract pool of tenant 'a'",
     "a member cannot have a contract of its own meanwhile")

# ------------------------------------------------------------------------------------ September
for tenant, at, hours in (("t", "2026-09-10T00", 3), ("a", "2026-09-03T10", 2), ("a", "2026-09-05T00", 5),
                          ("b", "2026-09-03T10", 1), ("b", "2026-09-06T00", 4)):
    book.gpu(tenant, at, hours)
book.take()
quote = json.loads(book.invoices("quote", "a", "2026-09").stdout)
is_((quote["net"], [line["charge"] for line in quote["lines"]]), ("9.69", ["gpu"]), "a member's quote is its own share")
is_(book.close("a", "2026-09").count(": closed, cut at"), 3, "one close cuts all members' periods")
is_(len({row[0] for row in book.sql("select content::json -> 'cut' ->> 0 from ledger.content where kind = 11")}), 1,
    "at the same size")
seen = book.invoices("review", "b", "2026-09", "--issue-date", "2026-10-05").stdout
drafts = re.search(r"3 documents of a pool, drafts (\w{64})", seen)
ok(drafts, "one review makes all drafts")
rows = book.invoices("batch", "review", "2026-09", "--issue-date", "2026-10-05", check=False).stdout.splitlines(keepends=True)
for gone, message in (("b", "no such draft of 'b'"), ("t", "no draft of its payer, 't'")):
    (WORK / "pools-list.csv").write_text("".join(row for row in rows if not row.startswith(f"{gone},")))
    done = book.invoices("batch", "approve", WORK / "pools-list.csv", check=False)
    like(f"{done.returncode} {done.stderr}", f"^1 [\\s\\S]*{message}[\\s\\S]*\\n0 approved, 0 before", f"a list without {gone}'s draft approves nobody's")
like(book.refusal("approve", "t", "2026-09", "--draft", "0" * 64), "is \\w{64}, not the one seen", "other drafts than the approver saw")
is_(book.invoices("approve", "t", "2026-09", "--draft", drafts.group(1)).stdout.count(" approved, "), 3, "one approval is for all")


# --------------------------------------------------------------------- killed in the middle of it
def documents():
    return book.sql("select t.id, d.document_id, d.total from ledger.document d join ledger.tenant t on t.tenant = d.tenant "
                    "order by d.idx")


blocker = subprocess.Popen(["psql", "-qAtX", "-d", book.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
blocker.stdin.write("begin;\nlock table ledger.document in exclusive mode;\nselect 'held';\n")
blocker.stdin.flush()
blocker.stdout.readline()
issuing = subprocess.Popen([os.environ.get("DAYBOOK_BIN", ".build/bin") + "/daybook-invoices", "issue", "t", "2026-09",
                            *map(str, book._common())], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
for _ in range(100):
    if book.sql(waiting)[0][0] != "0" or issuing.poll() is not None:
        break
    time.sleep(0.1)
issuing.send_signal(signal.SIGKILL)
issuing.wait()
blocker.stdin.close()
blocker.wait()
is_(issuing.returncode, -9, "issue is killed while its documents are being written")
is_(documents(), [], "and left no document behind")
book.invoices("issue", "t", "2026-09")
is_(documents(), [["t", "DE-2026-000001", "1529"], ["a", "DE-2026-000002", "1153"], ["b", "DE-2026-000003", "769"]],
    "run again, it issues all of them, in one series without gaps")
is_(book.invoices("issue", "a", "2026-09").stdout.count(" was issued before"), 3, "again, it says what is there")

# ---------------------------------------------------------------------------- what they state
invoices = {tenant: book.show(f"DE-2026-00000{n}") for n, tenant in ((1, "t"), (2, "a"), (3, "b"))}
lines = {tenant: [(line["kind"], line["charge"], line["amount"]) for line in document["lines"]]
         for tenant, document in invoices.items()}
is_(lines, {"t": [("charge", "gpu", "4.85"), ("charge", "fee", "7.00"), ("reservation", "held", "1.00")],
            "a": [("charge", "gpu", "9.69")], "b": [("charge", "gpu", "6.46")]},
    "shares to the cent; what nobody used is the payer's")
is_([(d["net"], d["tax"], d["total"]) for d in invoices.values()],
    [("12.85", "2.44", "15.29"), ("9.69", "1.84", "11.53"), ("6.46", "1.23", "7.69")], "tax is each document's own")
total = [{"meter": "gpu_time", "unit": "uGPU.s", "quantity": str(15 * 3600 * 10 ** 6)}]
is_([(d["pool"]["payer"], d["pool"]["members"], d["pool"]["totals"]) for d in invoices.values()], [("t", 3, total)] * 3,
    "each states the pool's totals")
is_([(c["charge"], c["exact"], c["amount"]) for c in invoices["a"]["pool"]["charges"]], [("gpu", "21", "21.00")],
    "and what of which its lines are shares")
is_([len(d["reservations"]) for d in invoices.values()], [1, 0, 0], "reservations are the payer's")
mine = {series["series"] for series in invoices["a"]["series"]}
is_({row["series"] for row in invoices["a"]["usage"]}, mine, "usage is its own alone")

# ------------------------------------------------------------------------------------- verified
is_([book.verify(d["number"]) for d in invoices.values()], ["verified"] * 3, "each bundle verifies offline")
text = book.bundle("DE-2026-000002").read_text()
numbers = {row[0]: row[1] for row in book.sql("select id, tenant from ledger.tenant")}
others = {int(numbers[t]).to_bytes(8, "big").hex() for t in ("t", "b")}
bodies = [entry["body"] for entry in json.loads(text)["entries"]]
is_([body for body in bodies if body[48:64] in others], [], "no entry of another member is in a member's bundle")
like(book.invoices("audit").stdout, "equal: 3 documents", "every document is made again from the book")
is_(book.ledger("audit").returncode, 0, "the ledger's audit finds nothing")

is_([book.rerate(d["number"]) for d in invoices.values()], ["equal"] * 3, "rerate makes the shares again from the pool's amounts")
spoilt = json.loads(book.bundle("DE-2026-000002").read_text())
for old, new, path in (('"amount":"9.69"', '"amount":"9.71"', "/lines/0/amount"), ('"tax":"1.84"', '"tax":"1.83"', "/tax"),
                       ('"amount":"21.00"', '"amount":"20.99"', "/pool/charges/0/amount")):
    (WORK / "spoilt.json").write_text(json.dumps({**spoilt, "document": spoilt["document"].replace(old, new)}))
    like(run("daybook-rerate", WORK / "spoilt.json", check=False).stdout, f"DIFFERS {path} ", f"and says what differs: {path}")
like(book.invoices("explain", "DE-2026-000002", "1").stdout, "(?s)9.69.*9.6923076923", "explain shows a share as a calculation")
like(book.invoices("coverage", "t", "2026-09", "--csv").stdout, "held", "coverage is the payer's")
is_("held" in book.invoices("coverage", "a", "2026-09", "--csv").stdout, False, "and no member's")
# ------------------------------------------------------------------------------- comes and goes
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["a"]}, reservations=[
    {**HELD, "owner": "a"}])), "period 2026-09 of 'b' was closed under it", "a member stays for what was closed")
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": [
    "a", "b", "c"]}, **TERMS)), "overlaps contract c-own", "another cannot join where it has a contract")
book.ledger("tenant", "add", "d", "--zone", "UTC")
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": ["a", "b", "d"]}, **TERMS)),
     "closed up to 2026-10-01T00:00:00Z: it joins there or later", "nor in what was closed")
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool={"payer": "t", "members": [
    "a", {"tenant": "b", "to": "2026-10-02T00:00:00Z"}]}, **TERMS)), "is inside period 2026-10", "nor leave inside a period")
FLOOR = {"id": "floor", "name": "A month", "amount": "100", "interval": "period", "from": "2026-10-01T00:00:00Z", "to": None}
like(book.refusal(*book.contract_words("pool", "t", "2026-09-01", pool=POOL, **TERMS, commitments=[FLOOR])),
     "contract pool: /pool: periods are closed of it; .*begin with its first", "nor are settlements agreed once periods are closed")
like(book.contract("pool", "t", "2026-09-01", pool=LATER, **TERMS), "version 2", "b goes and c comes where October begins")
is_(book.refusal(*book.contract_words("x", "b", "2026-10-01", payment_terms_days=14)), None, "b has a contract of its own from then on")
is_(book.sql("select count(*) from ledger.content where kind = 10 and subject_id = 'pool' and version = 2"), [["4"]],
    "all four have the new version in their own streams")

# ---------------------------------------------------------------------------------- late usage
# a: 1 h more, b: 2 h more, then a 1 h more; the pool's counter is beyond 10, so each hour costs 1.00. October: a 3 h, of which 2 are free.
book.gpu("a", "2026-09-20T00", 1)
book.take()
book.gpu("b", "2026-09-21T00", 2)
book.take()
book.gpu("a", "2026-09-22T00", 1)
book.gpu("a", "2026-10-02T00", 3)
book.take()
book.seal()
like(book.refusal("close", "t", "2026-10"), "'c': contract c-own has a period before it that is not closed",
     "who joins has closed what was before")
book.issue("c", "2026-09")
book.issue("b", "2026-10")
book.issue("t", "2026-10")
late = {row[0]: book.show(row[1]) for row in documents()[4:]}
is_({t: [(s["original"], [(line["charge"], line["amount"]) for line in s["lines"]]) for s in d["adjustments"]] for t, d in late.items()},
    {"b": [("DE-2026-000003", [("gpu", "2.00")])], "t": [], "a": [("DE-2026-000002", [("gpu", "2.00")])], "c": []},
    "late usage is a difference for whose it was, on its own documents, in the pool or after it")
is_({t: d["net"] for t, d in late.items()}, {"b": "9.00", "t": "7.00", "a": "4.00", "c": "0.00"}, "beside October")
is_({t: "pool" in d for t, d in late.items()}, {"b": False, "t": True, "a": True, "c": True}, "which is the pool's for three")
is_([book.verify(d["number"]) for d in late.values()], ["verified"] * 4, "these verify, too")
is_([book.rerate(late[tenant]["number"]) for tenant in "tac"], ["equal"] * 3, "rerate makes their shares again")
like(book.rerate(late["b"]["number"]), "contract pool was a pool's: late usage is priced beside", "and says where it cannot")


def recomputed(tenant):
    """What the second model says of a member's documents, from all members' entries."""
    numbers = [row[1] for row in documents() if row[0] == tenant]
    for number in numbers:
        (WORK / f"{number}.json").write_text(json.dumps(book.show(number)))
    others = [x for of in "tabc" if of != tenant for x in ("--member", f"{of}={WORK / of}.entries")]
    done = subprocess.run([sys.executable, ROOT / "tests/model/recompute.py", "--entries", f"{WORK / tenant}.entries", "--contract",
                           WORK / "first.json", "--contract", WORK / "second.json", "--contract", WORK / "x.json", "--plan", WORK / "plan-p.json", *others,
                           *(x for number in numbers for x in ("--invoice", WORK / f"{number}.json"))], capture_output=True, text=True)
    return done.stdout + done.stderr


for tenant in "tabc":
    (WORK / f"{tenant}.entries").write_text(book.ledger("export", "entries", "--tenant", tenant).stdout)
for name, pool in (("first", POOL), ("second", LATER)):
    (WORK / f"{name}.json").write_text(json.dumps(book.contract_json("pool", "t", "2026-09-01", pool=pool, **TERMS)))
is_([re.findall(r"(\d+) differences", recomputed(tenant)) for tenant in "tab"], [["0", "0"]] * 3,
    "a second model, which knows all members' entries, comes to the same cents")

like(book.invoices("audit").stdout, "equal: 8 documents", "all eight are made again")
is_(book.ledger("audit").returncode, 0, "and the ledger's audit finds nothing")


# -------------------------------------------------------------- what a thief of the database does
QUERY = (ROOT / "sql/queries/audit_document_pool.sql").read_text().replace("$1", "0").rstrip("\n")
LAST = "(select max(idx) from ledger.content where kind = {})"


def content(kind, change):
    """Of the last such content, with its hashes."""
    return f"""update ledger.content set content = ({change})::text where idx = {LAST.format(kind)};
        update ledger.content set hash = sha256(convert_to(content, 'UTF8')) where idx = {LAST.format(kind)};
        update ledger.entry e set content_hash = c.hash from ledger.content c where c.idx = e.idx and e.idx = {LAST.format(kind)};
        update ledger.document d set hash = c.hash from ledger.content c where c.idx = d.idx and d.idx = {LAST.format(kind)}"""


OPEN = ("alter table ledger.content drop constraint content_names_text;" +
        "".join(f"alter table ledger.{table} disable trigger user;" for table in ("content", "entry", "document")))


def found(statement):
    """What the audit's rule says of it."""
    done = run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", book.database, "-c", f"""begin; {OPEN} {statement}; {QUERY}; rollback""", check=False)
    return done.stdout.strip() or done.stderr.strip() or "nothing"


is_(found("select"), "nothing", "an honest pool has no finding")
OTHERS = "jsonb_set(content::jsonb, '{pool,totals,0,quantity}', '\"1\"')"
for name, statement, finding in (
        ("one member's totals at the cut", content(11, OTHERS), "do not say the same"),
        ("all members' totals at the cut", f"update ledger.content c set content = ({OTHERS})::text where kind = 11 and content::jsonb "
         "#>> '{pool,payer}' = 't'; update ledger.content set hash = sha256(convert_to(content, 'UTF8')); update ledger.entry e set "
         "content_hash = c.hash from ledger.content c where c.idx = e.idx", "totals are not what its members used"),
        ("a member's period without its pool", content(11, "content::jsonb - 'pool'"), "not all there"),
        ("a document's totals", content(5, OTHERS), "a document states other totals"),
        ("a document without them", content(5, "content::jsonb - 'pool'"), "a document states other totals"),
        ("another pool's totals", content(5, "jsonb_set(content::jsonb, '{pool,payer}', '\"z\"')"), "a document states other totals"),
        ("a member's document", "delete from ledger.document where idx = (select max(idx) from ledger.document)", "2 of 3 documents"),
        ("a member's entry", "update ledger.entry set quantity = quantity + 1 where idx = (select max(idx) from ledger.entry where kind = 1)",
         "totals are not what its members used"),
        ("a member's entry that is gone", "delete from ledger.entry where idx = (select max(idx) from ledger.entry where kind = 1)",
         "totals are not what its members used")):
    like(found(statement), finding, f"changed or gone: {name}")
book.sql(f"{OPEN} update ledger.entry set quantity = quantity + 1 where idx = (select max(idx) from ledger.entry where kind = 1)")
like(book.ledger("audit", check=False).stdout, "FINDING document_pool index=\\d+ period 2026-10 of the pool of t", "the audit reports it by its word")
book.sql("update ledger.entry set quantity = quantity - 1 where idx = (select max(idx) from ledger.entry where kind = 1)")


# ------------------------------------------------------------------------- who reads what
def read_as(tenant):
    role = run("psql", "-qAtX", "-d", book.database, "-c", f"""
        begin; set local role daybook_serve; set local "daybook.tenants" = '{{{numbers[tenant]}}}';
        select string_agg(document_id, ' ' order by idx) from ledger.document; rollback""", check=False)
    return role.stdout.strip() or role.stderr.strip()


is_([read_as(tenant) for tenant in "tabc"], ["DE-2026-000001 DE-2026-000006", "DE-2026-000002 DE-2026-000007",
                                             "DE-2026-000003 DE-2026-000005", "DE-2026-000004 DE-2026-000008"], "row-level security: each reads its own documents")

# ------------------------------------------------------------------------------ who left, later
rows = book.invoices("batch", "issue", "2026-10", check=False).stdout.splitlines(keepends=True)
(WORK / "pools-list.csv").write_text("".join(row for row in rows if row.startswith("b,")))
done = book.invoices("batch", "approve", WORK / "pools-list.csv", check=False)
like(f"{done.returncode} {done.stderr}", r"^0 [\s\S]*0 approved, 1 before, 0 refused", "who left the pool is approved without it")
ended = {"tenant": "c", "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}
book.contract("pool", "t", "2026-09-01", pool={**LATER, "members": [*LATER["members"][:2], ended]}, **TERMS)
own = {"id": "own", "where": {"meter": "gpu_time", "sku": ["h100"]}, "units": "1", "rate": "1",
       "from": "2026-11-02T10:00:00Z", "to": "2026-11-02T12:00:00Z"}
book.contract("c-later", "c", "2026-11-01", reservations=[own], payment_terms_days=14)
book.seal()
book.invoices("capacity", "apply", book._file("capacity", {
    "capacity": "all", "meter": "gpu_time", "unit": "GPU", "scale": 6, "by": ["sku"], "units": [{"type": {"sku": "h100"}, "units": "4",
                                                                                                 "from": "2026-01-01T00:00:00Z"}]}))
sold = book.invoices("idle", "all", "--period", "2026-11-02", "--json", check=False)
is_([row["reserved_unused"] for row in json.loads(sold.stdout)["totals"]], ["7200"], "who left a pool has reservations of his own again")
held = book.invoices("idle", "all", "--period", "2026-09-03", "--json", check=False)
is_([(row["reserved_used"], row["reserved_unused"], row["on_demand"]) for row in json.loads(held.stdout)["totals"]], [("7200", "0", "3600")],
    "a pool's reservation is sold to whoever of its members used it")
is_((held.returncode, held.stderr), (0, ""), "and nobody's contract is left out")
done_testing()
