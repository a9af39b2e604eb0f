#!/usr/bin/env python3
"""A database that came back older than what is published: nobody writes to it, in any order of starts.

Appended to, it would grow another history under sizes that were signed and shown already.
"""

import os

from harness import *
from ledger import found_ledger

TOPIC_TIME = "message.timestamp.type=LogAppendTime"
AS_OF = ["--as-of", "2026-10-05T00:00:00Z"]


def generate(*words):
    run("generate", *words, "--hours", "24")


def take(book, topic, seed):
    """More events come, and are read."""
    generate("topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", "2000",
             "--seed", seed)
    book.drain(topic)


def fingerprints(book):
    """What every table of the ledger holds."""
    tables = [row[0] for row in book.sql(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'ledger' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")]
    return {table: tuple(book.sql(
        f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM ledger.{table} t")[0])
        for table in tables}


def size(book):
    return int(book.sql("SELECT size FROM ledger.head")[0][0])


def published_size(book):
    return int((book.archive / "public/checkpoint").read_text().split("\n")[1])


def writers(book, topic, month):
    """Every command that appends, as (its words, program, arguments), ingest first."""
    examples = ROOT / "deploy/examples"
    feed = book.sql("SELECT encode(feed, 'hex'), partition, record_offset FROM ledger.quarantine LIMIT 1")[0]
    return [
        ("ingest of the topic", "daybook-ingest", "run", "--kafka", os.environ["DAYBOOK_KAFKA"],
         "--topic", topic, "--group", topic, "--once-idle", "1"),
        ("ingest of a file", "daybook-ingest", "file", month, *AS_OF),
        ("a write-off", "daybook-ingest", "quarantine", "write-off", *feed, "--reason", "no"),
        ("the sealer", "daybook-ledger", "seal", "--once"),
        ("a new tenant", "daybook-ledger", "tenant", "add", "newcomer", "--zone", "UTC", "--name", "N"),
        ("another catalog", "daybook-ledger", "catalog", "apply", examples / "catalog.json"),
        ("a key's grant", "daybook-ledger", "key", "grant", "operator", WORK / "new.vkey"),
        ("a key's revocation", "daybook-ledger", "key", "revoke", book.keys / "operator.vkey"),
        ("a plan", "daybook-invoices", "plan", "apply", examples / "plan-gpu-reserved.json"),
        ("a contract", "daybook-invoices", "contract", "apply", examples / "contract-gpu-reserved.json"),
        ("a period's close", "daybook-invoices", "close", "initech", "2026-09"),
        ("a draft", "daybook-invoices", "review", "acme", "2026-09", "--issue-date", "2026-10-06"),
        ("an approval", "daybook-invoices", "approve", "acme", "2026-09"),
        ("an invoice", "daybook-invoices", "issue", "acme", "2026-09"),
        ("a bundle", "daybook-invoices", "bundle"),
    ]


def refuses(book, commands, pattern, name):
    """Each ends with status 3 and says why; not one row changes."""
    before = fingerprints(book)
    for words, program, *arguments in commands:
        done = book.run(program, *arguments, check=False)
        said = done.stdout + done.stderr
        if not ok(done.returncode == 3 and re.search(pattern, said), f"{name}: {words} is refused"):
            diag(f"status {done.returncode}: {said}\nexpected: 3 and /{pattern}/")
    after = fingerprints(book)
    is_({table for table in after if after[table] != before[table]}, set(),
        f"{name}: none of {len(before)} tables has changed")


# ------------------------------------------------------------------ a ledger, its dump, more work

topic = new_topic("restored", 2, TOPIC_TIME)
book = found_ledger("restored", new_database("restored"), topic)
book.agree_prices()
take(book, topic, 1)
book.seal()
book.run("daybook-invoices", "close", "acme", "2026-09")
book.run("daybook-invoices", "review", "acme", "2026-09", "--issue-date", "2026-10-05")
book.run("daybook-invoices", "approve", "acme", "2026-09")
book.seal()
old_size = size(book)
run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "dump")

book.run("daybook-invoices", "issue", "acme", "2026-09")
take(book, topic, 2)
book.seal()
generate("file", WORK / "new.ndjson", "--events", "2000", "--seed", "3")
(WORK / "new.vkey").write_text((book.keys / "operator.vkey").read_text())
commands = writers(book, topic, WORK / "new.ndjson")

# ------------------------------------------------------------------------------- the older copy

copy = new_database("restored_copy")
run("pg_restore", "-d", copy, WORK / "dump")
live, book.database = book.database, copy
new_size = published_size(book)
ok(old_size == size(book) < new_size, f"the copy has {old_size} entries, {new_size} are published")
refuses(book, commands, rf"\b{old_size}\b.*\b{new_size}\b|\b{new_size}\b.*\b{old_size}\b", "older copy")

checkpoint = book.archive / "public/checkpoint"
checkpoint.rename(WORK / "checkpoint")
refuses(book, commands, r"checkpoint|behind", "older copy, nothing published")

# --------------------------------------------------------------- the live one, without what is published

book.database = live
refuses(book, [command for command in commands if command[0] != "the sealer"],
        "without the published checkpoint", "live, nothing published")
(WORK / "checkpoint").rename(checkpoint)
book.run("daybook-ingest", "file", WORK / "new.ndjson", *AS_OF)
ok(size(book) > new_size, "with it back, work goes on")
done_testing()
