#!/usr/bin/env python3
"""What operators do to usage happens whole, or not: killed at every point, told to stop at any time, or by
two of them at once. A close that is tried there finds what was before, or what comes after.
"""

import json
import os
import pathlib
import random
import re
import shlex
import signal
import time

from billing import AS_OF, Billing
from chaosproxy import ChaosProxy
from harness import ROOT, WORK, diag, done_testing, is_, like, ok, run, start, wait_for

CRASHING = pathlib.Path(os.environ["DAYBOOK_BIN"]).resolve().parent / "crash/bin"
NOW = ("--as-of", AS_OF)
DAY = ("--from", "2026-08-03T00:00:00Z", "--to", "2026-08-04T00:00:00Z")
CHANCE = random.Random(3)
BEFORE = ["ingest_chain_begun", "ingest_chain_committed", "ingest_planned", "ingest_locked", "ingest_hours_loaded",
          "ingest_decided", "ingest_signed", "ingest_blocks_written", "entry_row_copied:2", "ingest_appended"]
AFTER = ["ingest_committed", "ingest_merged"]
RELEASE = [*BEFORE[:3], "release_disposed", *BEFORE[3:]]
REPLACE = [*BEFORE, "replace_corrected"]
UNDO = ["entry_row_copied:2", "replace_alone"]


def died(point, *words):
    done = run(CRASHING / "daybook-ingest", *words, *book._common(), check=False, env={**os.environ, "DAYBOOK_CRASH_AT": point})
    if done.returncode != -signal.SIGKILL:
        diag(done.stdout[-300:] + done.stderr[-300:])
    return done.returncode == -signal.SIGKILL


def ingest(*words):
    return run("daybook-ingest", *words, *book._common(), check=False)


def file(name, events):
    path = WORK / f"{name}.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def tenant(name, points):
    """Tenants of their own, one for each point."""
    return [(f"{name}{number}", point) for number, point in enumerate(points)]


def billed(who):
    """What a close of August bills now: net."""
    book.seal()
    book.invoices("close", who, "2026-08")
    book.review(who, "2026-08")
    return json.loads(book.invoices("draft", who, "2026-08", "--json").stdout)["net"]


def counted(who):
    return book.sql("SELECT coalesce(sum(quantity), 0)::bigint / 3600000000 FROM ledger.entry e JOIN ledger.tenant t USING (tenant) "
                    f"WHERE e.stream = 0 AND t.id = '{who}'")[0][0]


def as_file(events, **more):
    return [{**event, **more, "data": {**event["data"], **more.get("data", {})}} for event in events]


replaced, undone = tenant("r", [*REPLACE, *AFTER]), tenant("u", UNDO)
everybody = ["rel", "many", "ops", "sig", *(who for who, _ in replaced + undone), "undo"]
book = Billing("interventions", **{who: "UTC" for who in everybody})
book.plan("p")
for who in everybody:
    book.contract(f"c-{who}", who, "2026-08-01")
wrong, truth = {}, {}
for who in everybody[2:]:  # hours 10 to 14 with two GPUs; in truth one, and an hour 20
    first = len(book.events)
    book.gpu(who, "2026-08-03T10", 5, gpus=2)
    wrong[who] = book.events[first:]
    truth[who] = file(f"truth-{who}", [
        {**event, "id": event["id"] + "-right", "data": {**event["data"], "gpu_count": 1}} for event in wrong[who]] + [
        json.loads(json.dumps({**wrong[who][0], "id": f"{who}-more"}).replace("T10:", "T20:").replace("T11:", "T21:"))])
book.take()
is_({counted(who) for who in everybody[2:]}, {"10"}, "each tenant was counted ten GPU-hours")

# ---------------------------------------------------------------------------------------- replace

killed = []
for who, point in replaced:
    killed.append(died(point, "replace", "--tenant", who, *DAY, truth[who], "--reason", "two were one", "--yes", *NOW))
is_(killed, [True] * len(replaced), "a replacement is killed at every point")
is_([counted(who) for who, _ in replaced], ["10"] * len(REPLACE) + ["7"] * len(AFTER), "it has not happened, or it has")
is_([billed(who) for who, _ in replaced], ["10.00"] * len(REPLACE) + ["7.00"] * len(AFTER),
    "and a close there bills what was before, or what comes after")
for who, _ in replaced:
    ingest("replace", "--tenant", who, *DAY, truth[who], "--reason", "two were one", "--yes", *NOW)
is_({counted(who) for who, _ in replaced}, {"7"}, "run again it is done, once")

WHOLE = (ROOT / "sql/queries/head_whole.sql").read_text().replace("$1", "0")
cuts = book.sql("SELECT idx, (content::json ->> 'before')::bigint FROM ledger.content WHERE subject_id LIKE 'replacement/%'")
is_([int(before) < int(index) and book.sql(WHOLE.replace("$2", index))[0][0] <= before for index, before in cuts], [True] * len(cuts),
    "and no seal comes between the file and what makes up for it")

for who, point in undone:
    ingest("replace", "--tenant", who, *DAY, truth[who], "--reason", "two were one", "--yes", *NOW)
    entry = book.sql(f"SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/{who}'")[0][0]
    ok(died(point, "replace", "--undo", entry, "--reason", "it was right", "--yes") and counted(who) == "7",
       f"an undo that is killed at {point} has not happened")
    done = ingest("replace", "--undo", entry)
    like(done.stdout, r"T20:.*counted 7200000000, undone 0, difference -7200000000\n11 windows of a series differ, 0 are the same",
         "what is to be undone is shown")
    ingest("replace", "--undo", entry, "--reason", "it was right", "--yes")
    is_(counted(who), "10", "undone, all is as before: what the file brought, too")
    is_(billed(who), "10.00", "and so it is billed")
    like(ingest("replace", "--undo", entry, "--reason", "x", "--yes").stderr, "was undone before", "once")
    undo = book.sql(f"SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/{who}'")[0][0]
    ingest("replace", "--undo", undo, "--reason", "it was wrong", "--yes")
    is_(counted(who), "7", "an undo is undone")
alone = book.sql("SELECT idx FROM ledger.content WHERE subject_id LIKE 'replacement/%' AND content::json ->> 'undoes' IS NOT NULL")
is_([book.sql(WHOLE.replace("$2", index))[0][0] for index, in alone], [index for index, in alone], "a seal may come before an undo")

# ---------------------------------------------------------------------------------------- release

book.gpu("rel", "2026-08-03T10", 2)
seen = book.events
book.take()
held = []
for who in ("rel", "many"):
    book.gpu(who, "2026-08-04T00", 25)
    held += [{**event, "source": "/cluster/new"} for event in book.events]
    book.events = []
run("daybook-ingest", "file", file("held", held), *NOW, *book._common())
catalog = json.loads((WORK / "catalog.json").read_text())
catalog["sources"].append({"source": "/cluster/new", "tenants": ["*"], "types": ["gpu.slice.v1"], "topics": ["file"]})
book.ledger("catalog", "apply", file("wider", [catalog]))
OPEN = "SELECT count(*) FROM ledger.disposition"
like(book.refusal("close", "rel", "2026-08"), "25 quarantined records of tenant 'rel' are undecided", "open records hold a close back")
killed = [died(point, "quarantine", "release", "--tenant", "rel", "--reason", "x", "--yes", *NOW) for point in RELEASE]
is_(killed, [True] * len(RELEASE), "a release is killed at every point")
is_((counted("rel"), book.sql(OPEN)), ("2", [["0"]]), "and has not happened")
like(book.refusal("close", "rel", "2026-08"), "25 quarantined records of tenant 'rel' are undecided", "a close waits still")
ok(died("ingest_committed", "quarantine", "release", "--tenant", "rel", "--batch-events", "10", "--reason", "x", "--yes", *NOW),
   "one of ten at a time is killed behind its COMMIT")
is_((counted("rel"), book.sql(OPEN)), ("12", [["10"]]), "ten are counted, and ten disposed of")
like(book.refusal("close", "rel", "2026-08"), "15 quarantined records of tenant 'rel' are undecided", "and a close waits for the others")
done = ingest("quarantine", "release", "--tenant", "rel", "--batch-events", "10", "--reason", "x", "--yes", *NOW)
like(done.stdout, "10 accepted.*\nreleased 10 records; there are more than one release takes: run it again", "it goes on")
ingest("quarantine", "release", "--tenant", "rel", "--reason", "x", "--yes", *NOW)
is_((counted("rel"), billed("rel")), ("27", "27.00"), "and then all of it is counted once, and billed")

# --------------------------------------------------- a connection that is lost while COMMIT is under way

RELEASE_MANY = ("quarantine", "release", "--tenant", "many", "--reason", "x", "--yes", *NOW)
REPLACE_SIG = ("replace", "--tenant", "sig", *DAY, truth["sig"], "--reason", "x", "--yes", *NOW)
book.sql("CREATE FUNCTION public.slowly() RETURNS trigger LANGUAGE plpgsql AS "
         "$$ BEGIN IF pg_trigger_depth() = 1 THEN PERFORM pg_sleep(2); END IF; RETURN NULL; END $$")


def loses_connection(table, *words):
    """What the command says whose connection goes away while the server commits, which it does."""
    host, port = re.search(r"host=(\S+)", book.database), re.search(r"port=(\d+)", book.database)
    proxy = ChaosProxy((host[1] if host else "127.0.0.1", int(port[1])))
    common = [word.replace(f"port={port[1]}", f"port={proxy.port}") for word in map(str, book._common())]
    book.sql(f"CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON ledger.{table} DEFERRABLE INITIALLY DEFERRED "
             "FOR EACH ROW EXECUTE FUNCTION public.slowly()")
    process = start(f"lost-{table}", "daybook-ingest", *words, *common)
    wait_for(20, lambda: book.sql("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"))
    proxy.cut()
    status = process.popen.wait(60)
    book.sql(f"DROP TRIGGER slow ON ledger.{table}")
    return status, process.log()


status, said = loses_connection("disposition", *RELEASE_MANY, "--batch-events", "1")
is_((status, counted("many")), (0, "1"), "a release whose COMMIT goes on without it has happened")
like(said, "released 1 record", "and it finds out, and does not blame another operator")
status, said = loses_connection("content", *REPLACE_SIG)
is_((status, counted("sig")), (0, "7"), "so has a replacement")
like(said, "the answer to COMMIT was lost, and nothing differs now", "which says so")
UNDO_SIG = ("replace", "--undo", book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/sig'")[0][0],
            "--reason", "x", "--yes")
status, said = loses_connection("content", *UNDO_SIG)
like(said, "not known; run it again, it is done once: .*commit was not confirmed", "an undo says that it does not know")
wait_for(5, lambda: counted("sig") == "10")
like(ingest(*UNDO_SIG).stderr, "was undone before", "and, run again, that it was done")

# ------------------------------------------------------------------------------ two of them at once

RELEASES = [RELEASE_MANY,
            ("quarantine", "release", "--for", "unknown_source", "--reason", "x", "--yes", *NOW)]
REPLACES = [("replace", "--tenant", "ops", *DAY, truth["ops"], "--reason", "x", "--yes", *NOW)]


def at_once(*commands):
    """Their statuses, and what they say."""
    all_of_them = [start(f"at-once-{number}", "daybook-ingest", *words, *book._common()) for number, words in enumerate(commands)]
    status = [process.popen.wait(60) for process in all_of_them]
    return status, [process.log() for process in all_of_them]


status, said = at_once(*RELEASES, RELEASES[0])
is_(counted("many"), "25", "three release the same records at once: each is counted once")
ok(0 in status, "one of them does it")
is_([log for code, log in zip(status, said) if code and "another operator has disposed of some" not in log
     and "nothing that is open" not in log], [], "and the others are told so")
status, said = at_once(*REPLACES, *REPLACES, *REPLACES)
is_((status, counted("ops")), ([0, 0, 0], "7"), "three replace the same by the same file: once")
entry = book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/ops'")[0][0]
UNDO_IT = ("replace", "--undo", entry, "--reason", "x", "--yes")
status, said = at_once(UNDO_IT, UNDO_IT, UNDO_IT)
is_((sorted(status), counted("ops")), ([0, 1, 1], "10"), "three undo the same: once")
is_(sum("was undone before" in log for log in said), 2, "the others are told so")
closing = start("closing", "sh", "-c", f"sleep 0.05; exec daybook-invoices close ops 2026-08 {shlex.join(map(str, book._common()))}")
status, said = at_once(*REPLACES)
book.seal()
is_((status, closing.popen.wait(30)), ([0], 0), "a replacement and a close at once")
book.invoices("close", "ops", "2026-08")
book.review("ops", "2026-08")
net = json.loads(book.invoices("draft", "ops", "2026-08", "--json").stdout)["net"]
ok(net in ("10.00", "7.00") and counted("ops") == "7", f"a close beside a replacement bills what was before or what comes after ({net})")

# ----------------------------------------------------------------------------------------- Ctrl-C

states = []
for number in range(12):
    process = start(f"stopped-{number}", "daybook-ingest", "replace", "--tenant", "sig", *DAY, truth["sig"], "--reason", "x", "--yes",
                    *NOW, *book._common())
    time.sleep(CHANCE.uniform(0.01, 0.09))
    process.popen.send_signal(CHANCE.choice((signal.SIGINT, signal.SIGTERM)))
    process.popen.wait(20)
    states.append(counted("sig"))
    if states[-1] == "7":
        ingest("replace", "--undo", book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/sig'")[0][0],
               "--reason", "x", "--yes")
ok(set(states) <= {"10", "7"}, f"told to stop at any time, a replacement has happened or has not ({' '.join(states)})")
ingest("replace", "--tenant", "sig", *DAY, truth["sig"], "--reason", "x", "--yes", *NOW)
is_((counted("sig"), billed("sig")), ("7", "7.00"), "and is done when it is run again")

# ------------------------------------------------ each program by its own database role, and by no other's

anybody, roles = book.database, {}
for role in ("control", "ingest", "invoices", "sealer", "auditor"):
    roles[role] = f"{anybody} options='-c role=daybook_{role}'"


def by(role, program, *words):
    book.database = roles[role]
    done = run(f"daybook-{program}", *words, *book._common(), check=False)
    book.database = anybody
    return done


more = file("by-role", [{**event, "id": event["id"] + "-role"} for event in wrong["ops"]])
plan, contract = (json.loads((WORK / name).read_text()) for name in ("plan-p.json", "c-ops.json"))
by_role = [
    ("control", "ledger", "tenant", "add", "new", "--zone", "UTC"),
    ("control", "ledger", "catalog", "apply", file("role-catalog", [{**catalog, "sources": catalog["sources"][:-1]}])),
    ("control", "ledger", "key", "new", "somebody"),
    ("control", "ledger", "key", "grant", "draft", book.keys / "somebody.vkey"),
    ("ingest", "ingest", "file", more, *NOW),
    ("ingest", "ingest", "replace", "--tenant", "ops", *DAY, truth["ops"], "--reason", "x", "--yes", *NOW),
    ("ingest", "ingest", "quarantine", "list"),
    ("ingest", "ingest", "gaps"),
    ("sealer", "ledger", "seal", "--once"),
    ("invoices", "invoices", "issue", "ops", "2026-08"),
    ("invoices", "invoices", "plan", "apply", file("role-plan", [{**plan, "plan": "q"}])),
    ("invoices", "invoices", "contract", "apply", file("role-contract", [{**contract, "payment_terms_days": 60}])),
    ("invoices", "invoices", "close", "undo", "2026-08"),
    ("sealer", "ledger", "seal", "--once"),
    ("invoices", "invoices", "bundle"),
    ("auditor", "ledger", "audit"),
    ("auditor", "ingest", "audit"),
]
for role, program, *words in by_role:
    done = by(role, program, *words)
    ok(done.returncode == 0, f"as daybook_{role}: daybook-{program} {' '.join(str(word) for word in words[:2] if '/' not in str(word))}")
    diag(done.stdout[-300:] + done.stderr[-300:] if done.returncode else "")
for role, program, *words in (("ingest", *by_role[0][1:]), ("ingest", *by_role[10][1:]), ("control", *by_role[11][1:]),
                              ("invoices", *by_role[4][1:4], *NOW), ("sealer", *by_role[5][1:])):
    words = ["other" if word == "new" else word for word in words]
    if "plan" in words or "contract" in words:
        words[-1] = file("again", [{**json.loads(words[-1].read_text()), **({"plan": "r"} if "plan" in words else {"payment_terms_days": 9})}])
    if "file" in words:
        words[1] = file("again", [{**event, "id": "no"} for event in wrong["ops"]])
    done = by(role, program, *words)
    ok(done.returncode == 1 and like(done.stderr, "permission denied|may not write", "the database refuses"),
       f"daybook-{program} {words[0]} as daybook_{role} is refused")

book.seal()
for program in ("ledger", "ingest"):
    done = run(f"daybook-{program}", "audit", *book._common(), check=False)
    ok(done.returncode == 0 and "FINDING" not in done.stdout, f"daybook-{program} audit finds nothing")
    diag(done.stdout[-300:] + done.stderr[-300:] if done.returncode else "")
done_testing()
