#!/usr/bin/env python3
"""A tenant's interval is what a file says: compared, corrected by signed entries, billed, taken back.

August was counted and invoiced wrongly: an event with twice the GPUs, one that never was, one that is
missing. The truth comes as a file.
"""

import json
import random
import shutil

from billing import AS_OF, Billing
from harness import WORK, diag, done_testing, is_, isnt, like, new_database, ok, run, sql, start, wait_for

SUMS = ("SELECT window_from, sum(quantity) / 3600000000 FROM ledger.entry WHERE stream = 0 AND window_from < '2026-09-01' AND tenant = "
        "(SELECT tenant FROM ledger.tenant WHERE id = 'acme') "
        "GROUP BY 1 ORDER BY 1")
ROWS = ("entry", "receipt", "content", "quarantine", "disposition", "dedup_block", "slot_step", "series")


def rows(database):
    return [tuple(sql(database, f"SELECT '{table}', count(*), md5(string_agg(row, '' ORDER BY row)) FROM (SELECT "
                      f"(to_jsonb(t) - 'recorded_at')::text AS row FROM ledger.{table} t) t")[0]) for table in ROWS]


def replace(*words, check=False):
    return run("daybook-ingest", "replace", *words, *book._common(), check=check)


def hours():
    return {row[0][:13]: row[1].split(".")[0] for row in book.sql(SUMS)}


def file(name, events):
    path = WORK / f"{name}.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


book = Billing("replace", acme="UTC", beta="UTC")
book.plan("p")
book.contract("c", "acme", "2026-08-01")
book.gpu("acme", "2026-08-03T10", 4)
book.gpu("acme", "2026-08-03T12", 1, gpus=2, allocation="a-2")
book.gpu("acme", "2026-09-03T10", 3)
said = list(book.events)
book.take()
august = book.issue("acme", "2026-08")
is_(august["net"], "6.00", "August was billed at 6 GPU-hours")

# The truth: 10 and 11 as counted; 12 on a-2 was one GPU, not two; 13 never was; 15 is missing.
right = {**said[4], "id": "right-1", "data": {**said[4]["data"], "gpu_count": 1}}
missing = json.loads(json.dumps(said[0]).replace("T10:", "T15:").replace("T11:", "T16:"))
missing["id"] = "missing-1"
truth = file("truth", [said[0], said[1], said[2], right, missing, said[0]])
DAY = ("--tenant", "acme", "--from", "2026-08-03T00:00:00Z", "--to", "2026-08-04T00:00:00Z")
NOW = ("--as-of", AS_OF)

# ---------------------------------------------------------------------------------------- compared

before = rows(book.database)
done = replace(*DAY, truth, *NOW, check=True)
like(done.stdout, r"2026-08-03T12:00:00Z 3600 s  gpu_time allocation=a-2 gpu_milli=2000 .*counted 7200000000, file 0, difference -7200000000\n",
     "what differs is shown, by series and window")
like(done.stdout, r"T13:.*counted 3600000000, file 0, difference -3600000000\n", "what never was")
like(done.stdout, r"T15:.*counted 0, file 3600000000, difference \+3600000000\n", "what is missing")
like(done.stdout, r"5 events; 4 windows of a series differ, 3 are the same\nnothing was done", "a copy in the file counts once")
lines = [json.loads(line) for line in replace(*DAY, truth, "--json", *NOW, check=True).stdout.splitlines()]
is_(sorted(line["difference"] for line in lines), ["-3600000000", "-7200000000", "0", "0", "0", "3600000000", "3600000000"], "as JSON, all of them")
other = {**said[0], "subject": "beta"}
for words, name, events, pattern in (
        (DAY, "another tenant's", [other], "the event at byte 0 is of tenant 'beta'"),
        (DAY, "outside", [said[0], said[5]], r"the event at byte \d+ lies outside of the interval"),
        (DAY, "not countable", [{**said[0], "source": "/x"}], "cannot be counted: unknown_source"),
        (DAY, "two things", [said[4], {**right, "id": said[4]["id"]}], "have one id and say two things"),
        ((*DAY, "--meter", "tokens"), "another meter's", [said[0]], "counts for the meter 'gpu_time'"),
        ((*DAY, "--meter", "x"), "no meter", [said[0]], "the catalog has no meter 'x'"),
        (("--tenant", "acme", "--from", "2026-08-03T00:00:01Z", "--to", "2026-08-04T00:00:00Z"), "off the grid", [], "grid of 3600"),
        (("--tenant", "nobody", *DAY[2:]), "of nobody", [], "there is no tenant 'nobody'")):
    done = replace(*words, file("wrong", events), "--reason", "x", "--yes")
    ok(done.returncode in (1, 2) and like(done.stderr, pattern, f"a file that is {name} is refused"), f"{name}: status")
is_(replace(*DAY, truth, "--yes").returncode, 2, "without a reason nothing is replaced")
is_(rows(book.database), before, "and the book is as it was")

# ---------------------------------------------------------------------------------------- replaced

done = replace(*DAY, truth, "--reason", "the agent of a-2 counted twice", "--yes", *NOW)
diag(done.stdout[-600:] + done.stderr[-600:])
like(done.stdout, r"2 accepted, 4 duplicate, 0 quarantined\n2 corrections, entry \d+", "new events are counted, the rest is corrected")
index = done.stdout.split("--undo ")[-1].split()[0]
want = {"2026-08-03 10": "1", "2026-08-03 11": "1", "2026-08-03 12": "2", "2026-08-03 13": "0", "2026-08-03 15": "1"}
is_(hours(), want, "what is counted is what the file says")
is_(book.sql("SELECT count(*), bool_and(batch = decode(repeat('00', 16), 'hex')) FROM ledger.entry WHERE kind = 2"), [["2", "t"]],
    "two signed corrections, of no batch")
content = json.loads(book.sql(f"SELECT content FROM ledger.content WHERE idx = {index}")[0][0])
is_((content["reason"], content["tenant"], content["corrections"]["count"]), ("the agent of a-2 counted twice", "acme", 2),
    "behind an operator's entry that says why")
done = replace(*DAY, truth, "--reason", "again", "--yes", *NOW)
like(done.stdout, "nothing differs: no correction was made", "run again, nothing is done")
book.events = [said[3], said[4], right, missing]
book.take()
is_(hours(), want, "every event that comes again is a duplicate")

september = book.issue("acme", "2026-09")
is_([(one["original"], one["net"]) for one in september["adjustments"]], [(august["number"], "-1.00")],
    "the next document gives back what August had too much")
is_([book.verify(document["number"]) for document in (august, september)], ["verified"] * 2, "bundles verify")
is_([book.rerate(document["number"]) for document in (august, september)], ["equal"] * 2, "and are made again")

# ------------------------------------------------------------- what a file gives is what a new ledger counts of it

CHANCE, twin = random.Random(5), Billing("replace_twin", acme="UTC", beta="UTC")
LEVEL = {"meter": "level", "type": "storage.sample.v1", "unit": "MiB", "scale": 0, "aggregation": "max",
         "quantity": {"pointer": "/data/mib_seconds"}, "dimensions": [{"name": "project", "pointer": "/data/project"}]}
for ledger in (book, twin):
    ledger.apply_catalog(LEVEL)
for number in range(300):
    book.event("beta", *CHANCE.choice((
        ("tokens.request.v1", f"2026-08-10T{CHANCE.randrange(24):02}:10:00Z",
         {"model": CHANCE.choice("mn"), "tokens": {"input": CHANCE.randrange(9), "output": CHANCE.randrange(5)}}),
        ("storage.sample.v1", "2026-08-10T00:00:00Z", {"project": CHANCE.choice("pq"), "mib_seconds": str(CHANCE.randrange(1000)),
                                                       "at": f"2026-08-10T{CHANCE.randrange(24):02}:20:00Z", "volume": "v"}))))
counted = list(book.events)
book.take()
true = []
for one in counted:
    fate = CHANCE.random()
    if fate < 0.7:
        true.append(one)
    elif fate < 0.9:
        data = {**one["data"], **({"mib_seconds": str(CHANCE.randrange(1000))} if "at" in one["data"] else {"tokens": {"input": 3}})}
        true.append({**one, "id": one["id"] + "-right", "data": data})
CHANCE.shuffle(true)
twin.events = list(true)
twin.take()
TENTH = ("--tenant", "beta", "--from", "2026-08-10T00:00:00Z", "--to", "2026-08-11T00:00:00Z")
BILLED = """SELECT encode(e.series, 'hex'), window_from, CASE WHEN convert_from(substring(descriptor FROM 4 FOR 5), 'UTF8') = 'level'
    THEN max(quantity) FILTER (WHERE kind = 1) + coalesce(sum(quantity) FILTER (WHERE kind = 2), 0) ELSE sum(quantity) END AS n
    FROM ledger.entry e JOIN ledger.series s USING (log, tenant, series) JOIN ledger.tenant t USING (tenant)
    WHERE t.id = 'beta' GROUP BY 1, 2, descriptor"""
isnt(sorted(book.sql(BILLED)), sorted(twin.sql(BILLED)), "many events, and a truth that is another")
replace(*TENTH, "--meter", "tokens", file("tokens", [one for one in true if "model" in one["data"]]), "--reason", "x", "--yes", *NOW, check=True)
replace(*TENTH, file("true", true), "--reason", "x", "--yes", *NOW, check=True)
is_(sorted(row for row in book.sql(BILLED) if row[2] != "0"), sorted(row for row in twin.sql(BILLED) if row[2] != "0"),
    "replaced, meter by meter and all, the book bills what a ledger does that counted the file alone")

# ------------------------------------------------------------------------------------- by two at once

half = file("half", [said[0], said[1]])
lock = start("slots", "psql", "-X", "-d", book.database, "-c", "BEGIN", "-c", "SELECT 1 FROM ledger.slot FOR UPDATE",
             "-c", "SELECT pg_sleep(60)")
wait_for(10, lambda: "64 rows" in lock.log())
both = [start(f"operator-{n}", "daybook-ingest", "replace", *DAY, half, "--reason", f"operator {n}", "--yes", *NOW, *book._common())
        for n in (1, 2)]
wait_for(8, lambda: book.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                             "wait_event_type = 'Lock'") == [["2"]])
lock.stop()
book.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
is_([process.popen.wait(40) for process in both], [0, 0], "two operators replace the same at once")
is_({hour: n for hour, n in hours().items() if n != "0"}, {"2026-08-03 10": "1", "2026-08-03 11": "1"}, "once, not twice")

# -------------------------------------------------------------------------------------------- undone

undone = book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id LIKE 'replacement/%'")[0][0]
like(replace("--undo", undone).stdout, "nothing was done", "what is to be undone is shown")
done = replace("--undo", undone, "--reason", "too much", "--yes")
like(done.stdout, "corrections, entry", "undone")
is_(hours(), want, "it is as before")
like(replace("--undo", undone, "--reason", "x", "--yes").stderr, "was undone before", "once")
like(replace("--undo", "0", "--reason", "x", "--yes").stderr, "entry 0 is no replacement", "and only what is one")

# Of a meter that takes the greatest what came since is what stays, though the file had more.
TWELFTH = ("--tenant", "beta", "--from", "2026-08-12T00:00:00Z", "--to", "2026-08-13T00:00:00Z")


def sample(project, size):
    book.event("beta", "storage.sample.v1", "2026-08-12T00:00:00Z", {"project": project, "mib_seconds": str(size),
                                                                     "at": "2026-08-12T03:20:00Z", "volume": "v"})
    return book.events[-1]


def levels():
    of_level = "AND convert_from(substring(descriptor FROM 4 FOR 5), 'UTF8') = 'level' GROUP BY"
    return sorted(row[2] for row in book.sql(BILLED.replace("GROUP BY", of_level)) if "2026-08-12" in row[1])


first, other = sample("z", 5), sample("y", 7)
book.take()
sized = {size: {**first, "id": f"sized-{size}", "data": {**one["data"], "mib_seconds": str(size)}} for size, one in ((10, first), (4, other))}
replace(*TWELFTH, file("levels", [first, *sized.values()]), "--reason", "x", "--yes", *NOW, check=True)
is_(levels(), ["10", "4"], "levels are replaced")
sample("z", 8), sample("y", 6)
book.take()
replace("--undo", book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/beta'")[0][0], "--reason", "x", "--yes", check=True)
is_(levels(), ["7", "8"], "undone, the greatest is that of what was before and of what came since")

# What a file only adds is the operator's word, too, and can be taken back.
FIFTH = ("--tenant", "acme", "--from", "2026-08-05T00:00:00Z", "--to", "2026-08-06T00:00:00Z")
more = json.loads(json.dumps(said[0]).replace("08-03", "08-05"))
done = replace(*FIFTH, file("more", [{**more, "id": "more-1"}]), "--reason", "nobody sent it", "--yes", *NOW)
like(done.stdout, r"1 accepted, .*\n0 corrections, entry \d+ \(replace --undo", "a file that only adds")
is_(hours(), {**want, "2026-08-05 10": "1"}, "is counted")
replace("--undo", done.stdout.split("--undo ")[-1].split()[0], "--reason", "somebody did", "--yes", check=True)
want["2026-08-05 10"] = "0"
is_(hours(), want, "and is taken back")
done = replace(*FIFTH, file("none", []), "--reason", "x", "--yes", *NOW, check=True)
like(done.stdout, "nothing differs: no correction was made", "a file that says what is counted is no replacement")

# An event that is known and says something else has no entry in another series.
moved = {**said[0], "data": {**said[0]["data"], "sku": "b200"}}
done = replace(*DAY, file("moved", [moved]), "--reason", "x", "--yes", *NOW)
like(done.stderr, "sku=b200.*needs a new id", "a known id that says something else is refused where nothing can be corrected")
is_(hours(), want, "and changes nothing")

# What was refused under other rules could be released on top of a correction.
early = file("early", [{**said[0], "id": "early-1"}])
run("daybook-ingest", "file", early, "--as-of", "2026-08-03T09:00:00Z", *book._common())
done = replace(*DAY, early, "--reason", "x", "--yes", *NOW)
ok(done.returncode != 0, "a file of which something lies in quarantine, but would be counted now, replaces nothing")
like(done.stderr, r"byte 0 was refused \(future\).*an empty line more", "it says what to do")
is_(hours(), want, "and changes nothing")

# ------------------------------------------------------------------------------------------- stopped

made = "SELECT count(*) FROM ledger.content WHERE subject_id LIKE 'replacement/%'"
before = book.sql(made)
lock = start("slots-2", "psql", "-X", "-d", book.database, "-c", "BEGIN", "-c", "SELECT 1 FROM ledger.slot FOR UPDATE",
             "-c", "SELECT pg_sleep(60)")
wait_for(10, lambda: "64 rows" in lock.log())
stopped = start("stopped", "daybook-ingest", "replace", *DAY, file("stop", [said[0], {**right, "id": "stop-1"}]), "--reason", "x", "--yes",
                *NOW, *book._common())
wait_for(8, lambda: book.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                             "wait_event_type = 'Lock'") == [["1"]])
stopped.popen.terminate()
lock.stop()
book.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
isnt(stopped.popen.wait(40), 0, "who is told to stop while he takes the file")
is_((book.sql(made), hours()), (before, want), "has decided and counted nothing")

# ----------------------------------------------------------------------------------- audits, recovery

book.seal()
for program in ("ledger", "ingest"):
    done = run(f"daybook-{program}", "audit", *book._common(), check=False)
    ok(done.returncode == 0 and "FINDING" not in done.stdout, f"daybook-{program} audit finds nothing")
    diag(done.stdout[-400:] + done.stderr[-300:])
keys = WORK / "recovery-keys"
keys.mkdir()
for name in ("salt.key", "dedup.key", "log.vkey"):
    shutil.copy(book.keys / name, keys / name)
empty = new_database("replace_empty")
run("daybook-ledger", "migrate", "--database", empty)
done = run("daybook-ingest", "recover", "--admin", empty, "--keys", keys, "--archive", book.archive, check=False)
is_(done.returncode, 0, "an empty database recovers")
diag(done.stderr[-400:])
is_(rows(empty), rows(book.database), "row by row, corrections and their steps too")
book.sql(f"ALTER TABLE ledger.content DISABLE TRIGGER ALL; DELETE FROM ledger.content WHERE idx = {index}")
like(run("daybook-ledger", "audit", *book._common(), check=False).stdout,
     "FINDING correction_target.*of no batch, and no operator's entry", "corrections without their operator's entry are found")
done_testing()
