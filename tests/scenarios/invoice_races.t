#!/usr/bin/env python3
"""Two at once, and failures half way: one close, one review, one number, no gap; the same bytes again."""

import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from cluster import held  # noqa: E402
from harness import done_testing, is_, like, ok, wait_for  # noqa: E402

TENANTS = {f"t-{i}": "UTC" for i in range(6)}
book = Billing("races", **TENANTS)
book.plan("p")
for tenant in TENANTS:
    book.contract(f"c-{tenant}", tenant, "2026-09-01")
    book.gpu(tenant, "2026-09-03T10", 3)
book.take()


def at_once(*commands):
    """(status, what was said) of each, all started at once."""
    with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
        done = list(pool.map(lambda words: book.invoices(*words, check=False), commands))
    return [(one.returncode, (one.stdout + one.stderr).strip()) for one in done]


def count(table, where="true"):
    return int(book.sql(f"select count(*) from ledger.{table} where {where}")[0][0])


# ------------------------------------------------------------------- each step by eight at once
said = at_once(*[("close", "t-0", "2026-09")] * 8)
is_(([status for status, _ in said], count("entry", "kind = 11")), ([0] * 8, 1), "eight closes make one period")
is_(sum("was closed before" in text for _, text in said), 7, "and seven say that it was there")
said = at_once(*[("review", "t-0", "2026-09", "--issue-date", "2026-11-11")] * 8)
is_(([status for status, _ in said], count("review")), ([0] * 8, 1), "eight reviews make one")
said = at_once(*[("approve", "t-0", "2026-09")] * 8)
is_(([status for status, _ in said], count("approval")), ([0] * 8, 1), "eight approvals make one")
said = at_once(*[("issue", "t-0", "2026-09")] * 8)
is_(([status for status, _ in said], count("document"), count("entry", "kind = 5"), count("entry", "kind = 4")),
    ([0] * 8, 1, 1, 1), "eight issues make one document and one transfer")
is_(len({text.split()[1].rstrip(":") for _, text in said}), 1, "and all name its number")

# ------------------------------------------------------------------------- numbers have no gaps
for tenant in list(TENANTS)[1:]:
    book.close(tenant, "2026-09")
    book.review(tenant, "2026-09")
book.sql("""create function refuse_some() returns trigger language plpgsql as $$ begin
    if new.tenant % 2 = 0 then raise exception 'not now'; end if; return new; end $$;
    create trigger refuse_some before insert on ledger.document for each row execute function refuse_some()""")
said = at_once(*[("issue", tenant, "2026-09") for tenant in list(TENANTS)[1:]])
failed = sum(status != 0 for status, _ in said)
ok(0 < failed < 5, "some issues fail after they have taken a number")
book.sql("drop trigger refuse_some on ledger.document; drop function refuse_some()")
said = at_once(*[("issue", tenant, "2026-09") for tenant in TENANTS] * 2)
is_([status for status, _ in said], [0] * 12, "and succeed when they are run again")
is_([int(row[0]) for row in book.sql("select number from ledger.document order by number")], list(range(1, 7)),
    "the numbers are one after the other")
is_(book.sql("select count(*), max(idx) + 1 = count(*) from ledger.entry")[0][1], "t", "so are the book's indexes")

book.ledger("tenant", "add", "t-9", "--zone", "UTC")
seller = {"id": "other", "name": "Other GmbH", "address": ["Street 3"], "country": "DE", "number_series": "DE-2026"}
like(book.refusal(*book.contract_words("c-t-9", "t-9", "2026-09-01", legal_entity=seller)) or "applied",
     "/legal_entity/number_series: 'DE-2026' is another legal entity's", "two legal entities never share their numbers")

# ------------------------------------------------------------------------ the document's own hash
documents = book.sql("""select d.document_id, encode(d.hash, 'hex'), encode(e.content_hash, 'hex'), c.content
    from ledger.document d join ledger.entry e using (log, idx) join ledger.content c using (log, idx)""")
for number, in_row, in_entry, content in documents:
    canonical = json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    is_((hashlib.sha256(content.encode()).hexdigest(), in_row, canonical), (in_entry, in_entry, content),
        f"{number}: bytes, row and signed entry agree, and the bytes are canonical")
reference = book.invoices("show", documents[0][0], "--json").stdout
book.invoices("bundle")
is_(book.invoices("show", documents[0][0], "--json").stdout, reference, "shown again it is the same")

# ------------------------------------------------------ a contract that changes while a close waits
def waiting():
    return int(book.sql("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")[0][0])


book.seal()
words = [book.contract_words("c-t-1", "t-1", "2026-09-01", payment_terms_days=30), ("close", "t-1", "2026-10")]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    running = []
    with held(book.database, "SELECT FROM ledger.money_head FOR UPDATE"):
        for n, command in enumerate(words, 1):
            running.append(pool.submit(book.invoices, *command, check=False))
            ok(wait_for(30, lambda: waiting() == n), f"{command[0]} waits for the tenant's money")
    applied, closed = (one.result() for one in running)
is_((applied.returncode, closed.returncode), (0, 1), "a close that was prepared under the former contract is refused")
like(closed.stderr, "contract c-t-1 has changed meanwhile: run it again", "and says so")

# --------------------------------------------------------------------- a review that has grown old
book.contract("c-t-0", "t-0", "2026-09-01")
book.seal()
book.close("t-0", "2026-10")
book.review("t-0", "2026-10", "2026-11-12")
book.contract("c-t-0", "t-0", "2026-09-01", payment_terms_days=60)
like(book.refusal("issue", "t-0", "2026-10") or "issued", "review it again", "what was not seen is not issued")
like(book.refusal("approve", "t-0", "2026-10") or "approved", "review it again", "nor approved")
book.review("t-0", "2026-10", "2026-11-12")
said = at_once(*[("issue", "t-0", "2026-10"), ("contract", "lint", "deploy/examples/contract-tokens.json")])
is_(said[0][0], 0, "reviewed again it is")
document = book.show(said[0][1].split()[1].rstrip(":"))
is_((document["due_date"], document["lines"], document["total"]), ("2026-12-12", [], "0.00"),
    "a period without usage has a document of zero, by the contract that its close named")
like(book.refusal("review", "t-0", "2026-10", "--issue-date", "2026-11-13") or "reviewed", "issued with another date",
     "an issued date stays")

# ------------------------------------------------------------- two versions of a pool at once
for tenant in ("p-pays", "p-stays", "p-comes"):
    book.ledger("tenant", "add", tenant, "--zone", "UTC")
book.contract("p", "p-pays", "2026-09-01", pool={"payer": "p-pays", "members": ["p-stays"]})
held = subprocess.Popen(["psql", "-qAtX", "-d", book.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
held.stdin.write("begin;\nselect 'held' from ledger.money_head where tenant = (select tenant from ledger.tenant where id = 'p-pays') for update;\n")
held.stdin.flush()
held.stdout.readline()
words = [("contract", "apply", book._file(f"p-{len(members)}", book.contract_json(
    "p", "p-pays", "2026-09-01", pool={"payer": "p-pays", "members": members}, payment_terms_days=14)))
    for members in (["p-stays", "p-comes"], ["p-stays"])]
with concurrent.futures.ThreadPoolExecutor(2) as both:
    done = []
    for n, one in enumerate(words):
        done.append(both.submit(book.invoices, *one, check=False))
        for _ in range(200):
            if int(book.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")[0][0]) > n:
                break
            time.sleep(0.05)
    held.stdin.close()
    held.wait()
    is_([one.result().returncode for one in done], [0, 0], "two versions of a pool are decided, one after the other")
is_(book.sql("select t.id, max(c.version) from ledger.content c join ledger.entry e using (log, idx) join ledger.tenant t on t.tenant = e.tenant "
             "where c.kind = 10 and c.subject_id = 'p' group by 1 order by 1"), [["p-comes", "3"], ["p-pays", "3"], ["p-stays", "3"]],
    "who came and went hears of both")
is_(book.refusal(*book.contract_words("p-own", "p-comes", "2026-09-01")), None, "and may have a contract of its own")
done_testing()
