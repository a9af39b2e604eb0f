#!/usr/bin/env python3
"""Every statement of sql/queries on a table of the book binds `log`, and its generic plan goes by an
index that begins with it: the same plan finds one node where the schema is distributed by log."""

import json
import pathlib
import re

from harness import ROOT, diag, done_testing, new_database, ok, run, sql

BOOK = set("""head slot slot_step series entry assignment receipt content document bundle quarantine
    disposition tile checkpoint money_head number_head review approval""".split())
# A statement on these tables, or on a stream, concerns one tenant, and says which; audits and
# the journal look at all.
OF_TENANT = {"money_head", "review", "approval"}
STREAM = re.compile(r"\bstream(_seq)?\s*(=|<|>)")

TABLE = re.compile(r"\b(?:from|join|update|into)\s+ledger\.(\w+)", re.IGNORECASE)
PARAMETER = re.compile(r"\$(\d+)")


def statement_of(path):
    return re.sub(r"--[^\n]*", "", path.read_text()).strip().rstrip(";")


def binds_log(statement):
    """`log = $n`, or an INSERT whose first column log is given first."""
    return bool(re.search(r"\blog\s*=\s*\$\d", statement) or
                re.search(r"\(\s*log\b[^)]*\)\s*(values\s*\(|select\s+(distinct\s+)?)\$1\b", statement,
                          re.IGNORECASE))


def binds_tenant(statement):
    return bool(re.search(r"\btenant\s*=\s*(\$\d|any\b|wanted\.tenant)", statement) or
                re.search(r"\(\s*log\s*,\s*tenant\b", statement))


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def bad_scans(plan):
    """Reads of a book table that are not by an index from log on."""
    for node in nodes(plan):
        table = node.get("Relation Name")
        if table not in BOOK or node["Node Type"] == "ModifyTable":
            continue
        if not re.search(r"\blog = ", node.get("Index Cond", "")):
            yield f"{node['Node Type']} on {table}: {node.get('Index Cond') or node.get('Filter', '')}"


def generic_plan(database, statement):
    count = max((int(number) for number in PARAMETER.findall(statement)), default=0)
    arguments = f"({', '.join(['null'] * count)})" if count else ""
    rows = sql(database, f"""
        set plan_cache_mode = force_generic_plan;
        set enable_seqscan = off;
        set enable_bitmapscan = off;
        prepare q as {statement};
        explain (format json, costs off) execute q{arguments};""")
    return json.loads("\n".join(row[0] for row in rows))[0]["Plan"]


def concerns_tenant(name, statement):
    return not name.startswith(("audit_", "journal_")) and (
        set(TABLE.findall(statement)) & OF_TENANT or STREAM.search(statement))


def findings_of(database, name, statement):
    if not binds_log(statement):
        yield "it does not bind log"
    if concerns_tenant(name, statement) and not binds_tenant(statement):
        yield "it does not bind tenant"
    try:
        yield from bad_scans(generic_plan(database, statement))
    except RuntimeError as error:
        yield str(error).splitlines()[0]


database = new_database("plans")
run("daybook-ledger", "migrate", "--admin", database)

# The test itself: what it is for, it finds.
for wrong in ["select size from ledger.head where size = $1",
              "select idx from ledger.entry where tenant = $1 and stream = $2",
              "select idx from ledger.entry where log = $1 and checksum = $2 or idx = $3",
              "select next_seq from ledger.money_head where log = $1",
              "update ledger.slot set step = $2 where slot = $1"]:
    ok(list(findings_of(database, "wrong", wrong)), f"it would find: {wrong}")

for path in sorted(pathlib.Path(ROOT, "sql/queries").glob("*.sql")):
    statement = statement_of(path)
    if statement.lower().startswith("copy") or not set(TABLE.findall(statement)) & BOOK:
        continue
    findings = list(findings_of(database, path.stem, statement))
    ok(not findings, f"{path.stem} goes by log")
    for finding in findings:
        diag(finding)
done_testing()
