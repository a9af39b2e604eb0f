#!/usr/bin/env python3
"""Who may decide what: every command that writes, by somebody who holds every role but the one that it
asks for; and four eyes, also where somebody goes around the program."""
import hashlib

from refusals import *
from billed import *

book = metered("roles")
table = Table(book, "exit", "code")
EVERYTHING = ("draft", "approve", "issue", "operate")


def give(name, words, status, said="", grows="", who=None):
    program, *rest = [word if isinstance(word, pathlib.Path) else str(word) for word in words]
    rest += ["--operator", who] if who else []
    shown = " ".join(pathlib.Path(w).name if isinstance(w, pathlib.Path) else w for w in [program, *rest])
    table.row(name, shown, book.tries(f"daybook-{program}", *rest), expect(status, "", said, grows))


def person(name, *roles):
    book.does("daybook-ledger", "key", "new", name)
    if roles:
        book.does("daybook-ledger", "key", "grant", ",".join(roles), book.keys / f"{name}.vkey")


# ------------------------------------------------------------------ a role for every command that writes
person("nobody")
for role in EVERYTHING:
    person(f"no-{role}", *(other for other in EVERYTHING if other != role))
person("two-eyes", "draft", "approve", "issue")
table.skip_changes()
catalog = files_catalog()
catalog["meters"] = [meter for meter in catalog["meters"] if meter["meter"] != "storage"]
plan = example("plan-gpu-ondemand.json")
plan["charges"][1]["price"] = "9"
date = ("--issue-date", f"{NEXT}-03")
for role, words, grows in (
    ("operate", ("ledger", "tenant", "add", "new", "--zone", "UTC"), "content 1 entry 1 tenant 1"),
    ("operate", ("ledger", "tenant", "rename", "new", "--name", "New"), "content 1 entry 1"),
    ("operate", ("ledger", "tenant", "sync"), ""),
    ("operate", ("ledger", "catalog", "apply", write("catalog.json", catalog)), "content 1 entry 1"),
    ("operate", ("ledger", "token", "add", "t", "--tenant", "acme", "--scope", "usage:read"), "token 1"),
    ("draft", ("invoices", "plan", "apply", write("plan.json", plan)), "content 1 entry 1"),
    ("draft", ("invoices", "contract", "apply", write("contract.json", contract_of("acme", payment_terms_days=60))), "content 1 entry 1"),
    ("draft", ("invoices", "close", "acme", MONTH), "content 1 entry 1"),
    ("draft", ("invoices", "review", "acme", MONTH, *date), "review 1"),
    ("approve", ("invoices", "approve", "acme", MONTH), "approval 1"),
    ("issue", ("invoices", "issue", "acme", MONTH), "content 1 document 1 entry 2 number_head 1"),
):
    words_of = " ".join(str(word) for word in words[1:3])
    refusal = f"needs an operator with the role '{role}', and 'daybook.test/roles/%s' .* holds %s here: name another.*key grant {role}"
    others = ", ".join(f"'{other}'" for other in EVERYTHING if other != role)
    if words[1] == "close":
        book.does("daybook-ledger", "seal", "--once")
        table.skip_changes()
    give(f"{words_of} without '{role}'", words, 1, refusal % (f"no-{role}", others), who=f"no-{role}")
    give(f"{words_of} by a stranger", words, 1, refusal % ("nobody", "no role"), who="nobody")
    give(f"{words_of} by a name without a key", words, 1, "ghost.key.*No such file", who="ghost")
    give(f"{words_of} by who may", words, 0, "", grows)
give("a path in place of a name", ("invoices", "issue", "acme", MONTH), 2, "--operator is the name of a key",
     who="../operator")
give("all four roles in one grant", ("ledger", "key", "grant", ",".join(EVERYTHING), book.keys / "nobody.vkey"), 1,
     "one grant of all four roles")

# ------------------------------------------------------------------------------------------- four eyes
REVIEW, APPROVE, ISSUE = ((*("invoices", verb, "globex", MONTH), *more) for verb, more in
                          (("review", date), ("approve", ()), ("issue", ())))
give("approve before close", APPROVE, 1, "is not closed: .*close")
book.does("daybook-ledger", "seal", "--once")
book.does("daybook-invoices", "close", "globex", MONTH)
table.skip_changes()
give("approve before review", APPROVE, 1, "not reviewed: .*review")
give("a review by who also may approve", REVIEW, 0, "review 1", "review 1", who="two-eyes")
give("the drafter approves", APPROVE, 1, "'daybook.test/roles/two-eyes' drafted review 1: another operator approves it",
     who="two-eyes")
give("issue without approval", ISSUE, 1, "review 1 is not approved: `daybook-invoices approve`, by another operator")
give("another takes the review over", REVIEW, 0, "review 2", "review 1")
give("and cannot approve either", APPROVE, 1, "role 'approve'", who="operator")
give("a draft that was not seen", (*APPROVE, "--draft", "00" * 32), 1, "the draft of review 2 is [0-9a-f]{64}, not the one seen")
bytes_of = book.does("daybook-invoices", "draft", "globex", MONTH, "--json")
like(book.does("daybook-invoices", "draft", "globex", MONTH), "(draft).*|Total", "an approver reads the draft")
seen = sql(book.db, "select encode(draft_hash, 'hex') from ledger.review where version = 2")[0][0]
is_(hashlib.sha256(bytes_of.encode()).hexdigest(), seen, "whose bytes have the hash that is signed")
give("the one that was", (*APPROVE, "--draft", seen), 0, "review 2 approved, total", "approval 1", who="two-eyes")
give("approve twice", APPROVE, 0, "review 2 was approved before")
give("review after the approval", REVIEW, 0, "review 2 was there before", who="two-eyes")

# Whoever loses a role takes his word with him, until the document is issued.
book.does("daybook-ledger", "key", "revoke", book.keys / "two-eyes.vkey")
table.skip_changes()
give("issue after the approver was revoked", ISSUE, 1,
     "review it again, and approve that: operator [0-9a-f]{64} does not hold the role 'approve'")
give("approve what he approved", APPROVE, 1, "does not hold the role 'approve': review it again, and approve that")
give("a new review", REVIEW, 0, "review 3", "review 1")
give("by a drafter who is revoked", REVIEW, 1, "'two-eyes'.*holds no role|two-eyes.*no role", who="two-eyes")
give("a new approval", APPROVE, 0, "review 3 approved", "approval 1")
give("issue", ISSUE, 0, "", "content 1 document 1 entry 2")
give("approve what is issued", APPROVE, 0, "was approved before")

# ------------------------------------------------------- around the program, with the invoices role's rights
INVOICES = f"{book.db} options='-c role=daybook_invoices'"


def refused(statement, state):
    done = run("psql", "-XAtq", "-v", "VERBOSITY=sqlstate", "-d", INVOICES, "-c", statement, check=False)
    return done.returncode != 0 and state in done.stderr


review = "log, tenant, period_idx, version, draft_hash"
ok(refused(f"insert into ledger.approval ({review}, drafter, operator, signature) select {review}, operator, operator, signature "
           "from ledger.review where version = 1", "23514"), "SQL: the drafter is not the approver")
ok(refused(f"insert into ledger.approval ({review}, drafter, operator, signature) select {review}, sha256('somebody'), "
           "operator, signature from ledger.review where version = 1 order by tenant desc limit 1", "23503"), "SQL: nor under another's name")
ok(refused("insert into ledger.document select log, number_series, 99, 'DE-99', idx + 1000, tenant, kind, period_idx + 1000, "
           "period_from, period_to, issue_date, currency, exponent, total, hash, drafted_by, drafted_by from ledger.document",
           "23514"), "SQL: nor in a document")
ok(refused("update ledger.approval set operator = drafter", "42501"), "SQL: what is approved stays")

# ----------------------------------------------------------------------------- what a document says of it
number = sql(book.db, "select document_id from ledger.document order by idx desc limit 1")[0][0]
document = json.loads(book.does("daybook-invoices", "show", number, "--json"))
by = {step: signoff["operator"] for step, signoff in document["signoffs"].items()}
is_((by["draft"] == by["issue"], by["draft"] == by["approve"]), (True, False), "a document names its drafter and another approver")
book.does("daybook-ledger", "seal", "--once")
book.does("daybook-invoices", "bundle")
write("bundle.json", book.does("daybook-invoices", "show", number, "--bundle"))
keys = ("--vkey", book.keys / "log.vkey", "--root", book.keys / "root.vkey")
is_(run("daybook-verify", "bundle", WORK / "bundle.json", *keys, check=False).returncode, 0, "its bundle is verified")
is_(run("daybook-rerate", WORK / "bundle.json", check=False).returncode, 0, "and made again")
is_(book.tries("daybook-invoices", "audit")[0], 0, "no drift")
code, _, said = book.tries("daybook-ledger", "audit")
is_(code, 0, "and nothing is found in the book")
diag(said if code else "")

# ---------------------------------------------------------------------- what is compared on the first day
shell = f"cut -d+ -f3- {book.keys / 'root.vkey'} | base64 -d | tail -c 32 | sha256sum"
by_hand = run("sh", "-c", shell).stdout.split()[0]
printed = run("daybook-verify", "fingerprint", book.keys / "root.vkey", book.keys / "log.vkey").stdout.splitlines()
is_((printed[0].replace(" ", "").startswith(by_hand), printed[0].split("  ")[1], len(printed)),
    (True, "key 'daybook.test/roles/root'", 2), "a fingerprint is what the README makes by hand")
is_(len(printed[0].split("  ")[0].split(" ")), 16, "in 16 groups")
is_(run("daybook-verify", "fingerprint", book.keys / "root.key", check=False).returncode, 2, "of a secret key there is none")
table.end()
