#!/usr/bin/env python3
"""Operators' interventions at size: what is shown is what is done; what one transaction cannot take is refused
whole by a replacement, and taken in parts by a release."""

import json

from billing import AS_OF, Billing
from harness import WORK, done_testing, is_, like, ok, run

NOW = ("--as-of", AS_OF)
AUGUST = ("--from", "2026-08-01T00:00:00Z", "--to", "2026-09-01T00:00:00Z")
SUMS = ("SELECT encode(series, 'hex'), to_char(window_from, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), sum(quantity) FROM ledger.entry e "
        "JOIN ledger.tenant t USING (tenant) WHERE id = 'dense' AND stream = 0 GROUP BY 1, 2 HAVING sum(quantity) <> 0")


def ingest(*words, check=False):
    return run("daybook-ingest", *words, *book._common(), check=check)


def file(name, events):
    path = WORK / f"{name}.ndjson"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def sums():
    return {(series, at): int(quantity) for series, at, quantity in book.sql(SUMS)}


def counted(who):
    return book.sql(f"SELECT count(*) FROM ledger.entry e JOIN ledger.tenant t USING (tenant) WHERE stream = 0 AND id = '{who}'")[0][0]


book = Billing("large", dense="UTC", wide="UTC")

# ------------------------------------------------------------------- many events in few windows: exact

events = [{"specversion": "1.0", "id": f"e-{n}", "source": "/gateway/fra1", "type": "tokens.request.v1", "subject": "dense",
           "time": f"2026-08-{1 + n % 30:02}T{n // 30 % 24:02}:{n % 60:02}:00Z",
           "data": {"model": f"m{n % 7}", "tokens": {"input": n % 50 + 1, "output": 3}}} for n in range(15000)]
truth = [{**event, "id": event["id"] + "-right", "data": {"model": event["data"]["model"], "tokens": {"input": 5, "output": 3}}}
         if n % 3 == 0 else event for n, event in enumerate(events)]
ingest("file", file("events", events), *NOW, check=True)
before = sums()
REPLACE = ("replace", "--tenant", "dense", *AUGUST, file("truth", truth), *NOW)
shown = [json.loads(line) for line in ingest(*REPLACE, "--json", check=True).stdout.splitlines()]
is_({(row["series"], row["from"]): int(row["counted"]) for row in shown if row["counted"] != "0"}, before, "shown is what is counted")
ingest(*REPLACE, "--reason", "x", "--yes", check=True)
is_({(row["series"], row["from"]): int(row["file"]) for row in shown if row["file"] != "0"}, sums(), "and what comes of it, window by window")
entry = book.sql("SELECT max(idx) FROM ledger.content WHERE subject_id = 'replacement/dense'")[0][0]
ingest("replace", "--undo", entry, "--reason", "x", "--yes", check=True)
is_(sums(), before, "undone, every window is what it was")

# -------------------------------------------------------------------- more than one transaction takes

wide = [{"specversion": "1.0", "id": f"w-{n}", "source": "/cluster/new", "type": "gpu.slice.v1", "subject": "wide",
         "time": "2026-08-05T01:00:00Z", "data": {
             "allocation": f"w-{n}", "project": "train", "sku": "h100", "region": "eu", "zone": "eu-a", "gpu_count": 1,
             "start": "2026-08-05T00:00:00Z", "end": "2026-08-05T01:00:00Z", "market": "on_demand"}} for n in range(20005)]
ingest("file", file("wide", wide), *NOW, check=True)
catalog = json.loads((WORK / "catalog.json").read_text())
catalog["sources"].append({"source": "/cluster/new", "tenants": ["*"], "types": ["gpu.slice.v1"], "topics": ["file"]})
book.ledger("catalog", "apply", file("wider", [catalog]))
done = ingest("replace", "--tenant", "wide", *AUGUST, file("wide-truth", [*wide, wide[0]]), "--reason", "x", "--yes", *NOW)
like(done.stdout, "20005 records of the tenant are open in quarantine: what is released of them is counted on top",
     "what could come on top is said")
ok(done.returncode == 1 and like(done.stderr, "nothing was done; replace a part of the interval at a time .*: of 20006 events one "
                                 "transaction takes 20000: it has at most 20000 entries", "a replacement that is too large is refused"),
   "with status 1")
is_(counted("wide"), "0", "whole")
RELEASE = ("quarantine", "release", "--tenant", "wide", "--reason", "x", "--yes", *NOW)
like(ingest(*RELEASE).stdout, "released 20000 records; there are more than one release takes: run it again",
     "of a release as many as go are released")
is_((counted("wide"), ingest(*RELEASE).returncode, counted("wide")), ("20000", 0, "20005"), "and the others by another go")
done_testing()
