#!/usr/bin/env python3
"""Records that are wrong, and some that only look so: what the book says of each.

One record a batch, so that each row shows what the record alone made of the book.
"""
import copy
from datetime import datetime, timedelta, timezone

from refusals import *

NOW = datetime.now(timezone.utc).replace(microsecond=0)
HOUR = (NOW - timedelta(hours=4)).replace(minute=0, second=0)
STRUCTURED = (("content-type", b"application/cloudevents+json"),)
COUNTED = "dedup_block 1 entry 2 receipt 1 slot_step 1"
NEW_SERIES = "dedup_block 1 entry 2 receipt 1 series 1 slot_step 1"
KEPT = "entry 1 quarantine 1 receipt 1"
NOTHING = "entry 1 receipt 1"
QUANTITY = "SELECT quantity FROM ledger.entry WHERE kind = 1 ORDER BY idx DESC LIMIT 1"
KEPT_BYTES = """SELECT size || ' ' || coalesce(octet_length(value), 0) FROM ledger.quarantine
    ORDER BY record_offset DESC LIMIT 1"""


def at(minutes):
    return (HOUR + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(seconds):
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def event(kind, number, data=None, **attributes):
    """An event of which everything is right, but for what is given."""
    kinds = {
        "gpu": ("gpu.slice.v1", "/cluster/fra1", {
            "allocation": "a1", "project": "p1", "sku": "h100", "region": "fra", "zone": "fra1",
            "gpu_milli": 8000, "start": at(0), "end": at(30), "market": "on_demand"}),
        "tokens": ("tokens.request.v1", "/gateway/fra1", {
            "model": "m1", "region": "fra", "project": "p1", "principal": "k1", "tier": "default",
            "batch": False, "tokens": {"input": 10}}),
        "storage": ("storage.sample.v1", "/storage/fra1", {
            "project": "p1", "volume": "v1", "class": "ssd", "region": "fra",
            "mib_seconds": 60, "at": at(10)}),
        "lease": ("lease.v1", "/lease", {"address": "10.0.0.1", "start": at(0), "end": at(5)}),
    }
    name, source, good = kinds[kind]
    made = {"specversion": "1.0", "id": f"e{number}", "source": source, "type": name,
            "subject": "acme", "time": at(10), "data": {**good, **(data or {})}}
    made.update(attributes)
    made["data"] = {k: v for k, v in made["data"].items() if v is not MISSING}
    return {k: v for k, v in made.items() if v is not MISSING}


MISSING = object()


def changed(number, old, new, kind="gpu"):
    """The bytes of a good event in which some are others."""
    text = json.dumps(event(kind, number)).encode()
    assert old in text
    return text.replace(old, new, 1)


def binary(number, **headers):
    """(value, headers) of an event whose attributes are headers; None leaves one out."""
    whole = event("gpu", number)
    all_headers = {"content-type": "application/json",
                   **{f"ce_{k}": whole[k] for k in whole if k != "data"}, **headers}
    return json.dumps(whole["data"]).encode(), tuple(
        (name, value if isinstance(value, bytes) else value.encode())
        for name, value in all_headers.items() if value is not None)


# -------------------------------------------------------------------------------------- the ledger

topic = new_topic("refusals", 1, "message.timestamp.type=LogAppendTime",
                  "max.message.bytes=3145728")
narrow = new_topic("narrow", 1, "message.timestamp.type=LogAppendTime")
book = Book("refusals_events")
for tenant in ("acme", "globex"):
    book.does("daybook-ledger", "tenant", "add", tenant, "--zone", "UTC")
catalog = json.loads(json.dumps(example("catalog.json")).replace('"usage"', json.dumps(topic)))
catalog["types"].append({"type": "lease.v1", "instant": "/data/start",
                         "meaning": ["/data/address", "/data/start", "/data/end"],
                         "instants": ["/data/start", "/data/end"]})
catalog["meters"].append({"meter": "lease", "type": "lease.v1", "unit": "us", "scale": 6,
                          "aggregation": "sum", "grid_seconds": 60, "dimensions": [],
                          "quantity": {"duration": ["/data/start", "/data/end"]}})
catalog["sources"] += [
    {"source": "/lease", "tenants": ["*"], "types": ["lease.v1"], "topics": ["*"]},
    {"source": "/cluster/globex", "tenants": ["globex"], "types": ["gpu.slice.v1"],
     "topics": ["*"]},
    {"source": "/cluster/files", "tenants": ["*"], "types": ["gpu.slice.v1"], "topics": ["file"]},
]
book.catalog(catalog)
producer = Producer()
ingest = start("ingest", *book.command("daybook-ingest", "run", "--kafka",
               os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--group", topic,
               "--session-timeout-ms", 6000, "--batch-events", 1, "--batch-seconds", 1))
wait_for(20, lambda: book.counts()["assignment"] == 1)  # the partition is claimed
table = Table(book, "becomes", "reason")
sent = 0


def verdict(offset):
    """(what became of it, reason, detail) as soon as a receipt covers the offset."""
    found = sql(book.db, f"""SELECT r.accepted, r.duplicate, q.reason, q.detail FROM ledger.receipt r
        LEFT JOIN ledger.quarantine q ON q.record_offset = {offset} AND q.feed = r.feed
        WHERE r.from_offset = {offset} AND r.to_offset = {offset + 1}""")
    if not found:
        return None
    accepted, duplicate, reason, detail = found[0]
    if reason is not None:
        return "quarantined", reason, detail
    return "accepted" if accepted == "1" else "duplicate" if duplicate == "1" else "lost", "", ""


def record(name, value, want, headers=STRUCTURED, key=b"acme", form="Kafka, structured"):
    global sent
    if isinstance(value, dict):
        value = json.dumps(value).encode()
    refused = producer.send(topic, value, headers, key)
    got = ("not sent", "", refused)
    if not refused:
        answer = []
        wait_for(20, lambda: answer.append(verdict(sent)) or answer[-1])
        got = answer[-1] or ("not read", "", ingest.log()[-300:])
        sent += 1
    table.row(name, form, got, want)


def accepted(grows=COUNTED, also=None):
    return expect("accepted", grows=grows, also=also)


def kept(reason, words, also=None):
    return expect("quarantined", reason, words, KEPT, also)


malformed = lambda words, also=None: kept("malformed", words, also)
duplicate = expect("duplicate", grows=NOTHING)
good = event("gpu", 1)
again = dict(reversed(list(good.items())), data={"gpu_count": "8", **{
    k: v for k, v in reversed(list(good["data"].items())) if k != "gpu_milli"}})

# What is right, and looks wrong.
for name, value, want in (
    ("a good event", good, accepted(NEW_SERIES, (QUANTITY, 8000 * 1800 * 1000))),
    ("the same bytes again", good, duplicate),
    ("re-serialised: other order, spaces, gpu_count as text",
     json.dumps(again, indent=2).encode(), duplicate),
    ("same id, another quantity", event("gpu", 1, {"gpu_milli": 4000}),
     kept("conflict", "another|other|says")),
    ("same id, another tenant", event("gpu", 1, subject="globex"), accepted(NEW_SERIES)),
    ("2^53+1 as a whole number", event("storage", 2, {"mib_seconds": 2**53 + 1}),
     accepted(NEW_SERIES, (QUANTITY, 2**53 + 1))),
    ("a quantity as a decimal string", event("storage", 3, {"mib_seconds": "9007199254740995"}),
     accepted(COUNTED, (QUANTITY, 2**53 + 3))),
    ("10^18, the most", event("storage", 4, {"mib_seconds": 10**18}),
     accepted(COUNTED, (QUANTITY, 10**18))),
    ("a zero quantity", event("storage", 5, {"mib_seconds": 0}),
     accepted("dedup_block 1 entry 1 receipt 1 slot_step 1")),
    ("4 min in the future", event("tokens", 6, time=later(240)), accepted(NEW_SERIES)),
    ("unknown attributes and members", event("gpu", 7, {"color": 1.5}, other="x"), accepted()),
):
    record(name, value, want)
record("the Kafka key is not the subject", event("gpu", 8), accepted(), key=b"globex")
record("no Kafka key", event("gpu", 9), accepted(), key=None)

# No event.
for name, value, want in (
    ("a null value", None, malformed("null")),
    ("an empty value", b"", malformed("empty|line|byte|end")),
    ("malformed JSON", b'{"specversion":"1.0",', malformed("byte|end|expected")),
    ("no JSON at all", b"usage: 3", malformed("object|byte")),
    ("an array of events", b"[" + json.dumps(event("gpu", 10)).encode() + b"]",
     malformed("object")),
    ("two events in a record", json.dumps(event("gpu", 11)).encode() * 2, malformed("after|byte")),
    ("invalid UTF-8", changed(12, b'"p1"', b'"p\xff"'), malformed("byte 0xff")),
    ("a lone half of a surrogate", changed(13, b'"p1"', b'"\\ud800"'), malformed("at byte \\d+: invalid Unicode")),
    ("NUL in a string", changed(14, b'"p1"', b'"p\\u0000"'), malformed("at byte \\d+: a NUL")),
    ("an attribute twice", changed(15, b'"id"', b'"id": "x", "id"'), malformed("at byte \\d+: duplicate .*\"id\"")),
    ("a name twice by escapes", changed(16, b'"sku"', b'"sk\\u0075": "a100", "sku"'),
     malformed("duplicate .*\"sku\"")),
    ("33 levels deep", changed(17, b'"p1"', b"[" * 33 + b"]" * 33), malformed("deep|levels")),
    ("100 000 brackets", b"[" * 60000, malformed("deep|levels|object")),
):
    record(name, value, want)
structured_text = json.dumps(event("gpu", 18)).encode()
record("another format of CloudEvents", structured_text, malformed("cloudevents\\+json"),
       (("content-type", b"application/cloudevents+avro"),))
record("another character set", structured_text, malformed("UTF-8"),
       (("content-type", b"application/cloudevents+json; charset=latin1"),))
record("wrong content-type", structured_text, malformed("content-type"),
       (("content-type", b"application/json"),))
record("no headers", structured_text, malformed("content-type"), ())
for name, number, headers, want in (
    ("a good event", 20, {}, accepted()),
    ("content-type of the data is text", 21, {"content-type": "text/plain"},
     malformed("datacontenttype 'text/plain'")),
    ("id is missing", 22, {"ce_id": None}, malformed("id is missing")),
    ("id is not UTF-8", 23, {"ce_id": b"\xff"}, malformed("id is not UTF-8")),
    ("id has a line feed", 24, {"ce_id": b"a\nb"}, malformed("id has control")),
    ("unknown version", 25, {"ce_specversion": "2.0"}, malformed("specversion '2.0'")),
):
    value, given = binary(number, **headers)
    record(name, value, want, given, form="Kafka, ce_ headers")
value, given = binary(26)
record("ce_id twice", value, malformed("id is given twice"), given + (("ce_id", b"other"),),
       form="Kafka, ce_ headers")

# Its attributes.
for name, value, want in (
    *((f"{a} is missing", event("gpu", 30, **{a: MISSING}), malformed(f"{a} is missing"))
      for a in ("specversion", "id", "source", "type", "subject")),
    ("time is missing where it is the instant", event("tokens", 31, time=MISSING),
     malformed("time is missing")),
    ("time without a zone", event("gpu", 32, time="2026-01-01T00:00:00"), malformed("time")),
    ("a leap second", event("gpu", 33, time="2016-12-31T23:59:60Z"), malformed("time")),
    ("unknown version", event("gpu", 34, specversion="0.3"), malformed("specversion '0.3'")),
    ("id is a number", event("gpu", 35, id=7), malformed("id is .*not a string")),
    ("id is empty", event("gpu", 36, id=""), malformed("id is empty")),
    ("an id of 5 KB", event("gpu", 37, id="x" * 5000), malformed("id has 5000 bytes; 512")),
    ("data as base64", event("gpu", 38, data_base64="e30="), malformed("data_base64")),
    ("unknown type", event("gpu", 39, type="gpu.slice.v9"),
     kept("unknown_type", "gpu.slice.v9")),
    ("unknown source", event("gpu", 40, source="/nobody"), kept("unknown_source", "/nobody")),
    ("unknown tenant", event("gpu", 41, subject="nobody"), kept("unknown_tenant", "nobody")),
    ("a source that may not bill the tenant", event("gpu", 42, source="/cluster/globex"),
     kept("source_not_allowed", "acme")),
    ("a source that may not bill the type", event("gpu", 43, source="/gateway/fra1"),
     kept("source_not_allowed", "gpu.slice.v1")),
    ("a source of files on a topic", event("gpu", 44, source="/cluster/files"),
     kept("source_not_allowed", topic)),
):
    record(name, value, want)

# Far away in time, and strange identities.
for name, value, want in (
    ("before 1970", event("storage", 100, {"at": "1969-12-31T23:59:59Z"}),
     kept("below_floor", "1970|1969")),
    ("the first year", event("storage", 101, {"at": "0001-01-01T00:00:00Z"}),
     kept("below_floor", "1970|0001")),
    ("the last year", event("storage", 102, {"at": "9999-12-31T23:59:59Z"}),
     kept("future", "5 min after")),
    ("an offset beyond the first year", event("storage", 103, {"at": "0001-01-01T00:00:00+14:00"}),
     malformed("at")),
    ("an offset beyond the last year", event("storage", 104,
     {"at": "9999-12-31T23:59:59-14:00"}), malformed("at")),
    ("an id with a NUL", changed(105, b'"e105"', b'"e\\u0000"'), malformed("a NUL")),
    ("an id of one space", event("gpu", 106, id=" "), accepted()),
    ("a tenant with a space behind", event("gpu", 107, subject="acme "),
     kept("unknown_tenant", "acme ")),
    ("a tenant in capitals", event("gpu", 108, subject="ACME"), kept("unknown_tenant", "ACME")),
    ("a tenant named *", event("gpu", 109, subject="*"), kept("unknown_tenant", "\\*")),
    ("a dimension of 5 KB", event("gpu", 110, {"project": "p" * 5000}),
     malformed("project.* 5000 bytes")),
    ("a dimension that is an object", event("gpu", 111, {"project": {}}), malformed("project")),
    ("data is a list", {**event("gpu", 112), "data": []}, malformed("data")),
    ("data is missing", {k: v for k, v in event("gpu", 113).items() if k != "data"},
     malformed("missing")),
    ("a retraction of nothing", event("gpu", 114, {"source": "/cluster/fra1", "id": "none"},
     type="usage.retract.v1"), kept("unknown_type", "usage.retract.v1")),
):
    record(name, value, want)
record("a key of 70 KB", event("gpu", 115), kept("too_large", "at most 65536"), key=b"k" * 70000)
record("2 000 headers", event("gpu", 116), kept("too_large", "at most 65536"),
       STRUCTURED + tuple(("h%d" % n, b"x" * 40) for n in range(2000)))
record("a null header", event("gpu", 117), accepted(), STRUCTURED + (("ce_id", None),))

# Its data.
span = lambda a, b: {"start": a, "end": b}
for name, value, want in (
    ("a real as quantity", event("storage", 50, {"mib_seconds": 0.5}),
     malformed("mib_seconds.*(real|fraction|whole)")),
    ("a real that is whole", event("storage", 51, {"mib_seconds": 60.0}),
     malformed("mib_seconds")),
    ("an exponent", changed(52, b": 60", b": 6e1", "storage"), malformed("mib_seconds")),
    ("a negative quantity", event("storage", 53, {"mib_seconds": -1}), malformed("mib_seconds")),
    ("a quantity that is a word", event("storage", 54, {"mib_seconds": "many"}),
     malformed("mib_seconds: 'many'")),
    ("a string with a plus", event("storage", 55, {"mib_seconds": "+5"}),
     malformed("mib_seconds: '\\+5'")),
    ("a quantity is missing", event("storage", 56, {"mib_seconds": MISSING}),
     malformed("mib_seconds is missing")),
    ("10^18 + 1", event("storage", 57, {"mib_seconds": 10**18 + 1}), kept("overflow", "10\\^18")),
    ("2^63", event("storage", 58, {"mib_seconds": 2**63}), malformed("beyond 64 bits; .* string")),
    ("2^64", event("storage", 59, {"mib_seconds": 2**64}), malformed("beyond 64 bits")),
    ("2^128 as text", event("storage", 60, {"mib_seconds": str(2**128)}),
     kept("overflow", "10\\^18")),
    ("GPUs beyond all bounds", event("gpu", 61, {"gpu_milli": 10**18}),
     kept("overflow", "gpu_time|gpu_milli")),
    ("a real as gpu_count", event("gpu", 62, {"gpu_milli": MISSING, "gpu_count": 0.5}),
     malformed("gpu_count")),
    ("gpu_milli and gpu_count", event("gpu", 63, {"gpu_count": 8}), malformed("not both")),
    ("an unknown market", event("gpu", 64, {"market": "black"}), malformed("market 'black'")),
    ("tokens of no class", event("tokens", 65, {"tokens": {}}), malformed("tokens")),
    ("end before start", event("gpu", 66, span(at(30), at(0))),
     kept("end_before_start", "from .* to ")),
    ("end is start", event("gpu", 67, span(at(30), at(30))), kept("end_before_start", "from ")),
    ("start is missing", event("gpu", 68, {"start": MISSING}), malformed("start is missing")),
    ("a slice of 61 min", event("gpu", 69, span(at(0), at(61))),
     kept("slice_too_long", "more than 1 h")),
    ("half a millisecond", event("gpu", 70, {"start": at(0)[:-1] + ".0005Z"}),
     malformed("whole milliseconds")),
    ("6 min in the future", event("tokens", 71, time=later(360)), kept("future", "5 min after")),
    ("a slice that begins in the future", event("gpu", 72, span(later(3600), later(3700))),
     kept("future", "5 min after")),
    ("too many windows", event("lease", 73, span(at(-60 * 24 * 8), at(0))),
     kept("too_many_windows", "10000 entries")),
    ("a lease of 32 days", event("lease", 74, span(at(-60 * 24 * 32), at(0))),
     kept("slice_too_long", "744 h|31 d")),
):
    record(name, value, want)


def of_size(number, size):
    """A record of so many bytes: its value, key and header."""
    size -= len("acme") + sum(len(n) + len(v) for n, v in STRUCTURED)
    text = json.dumps(event("gpu", number, {"note": ""})).encode()
    return text.replace(b'"note": ""', b'"note": "' + b"x" * (size - len(text)) + b'"')


record("64 KiB, the most", of_size(80, 65536), accepted())
for name, size in (("64 KiB and a byte", 65537), ("900 KiB", 921600), ("2 MiB", 2 << 20)):
    record(name, of_size(81, size),
           kept("too_large", f"have {size} bytes, at most 65536", (KEPT_BYTES, f"{size} 4096")))
table.row("2 MiB, for a topic that takes 1 MiB", "Kafka, structured",
          ("not sent", "", producer.send(narrow, of_size(82, 2 << 20))),
          expect("not sent", "", "size too large"))
record("a good event after all that", event("gpu", 83), accepted())
is_(ingest.stop(), 0, "ingest ends well")
table.skip_changes()

# Files.
lines = [json.dumps(line) if isinstance(line, dict) else line for line in (
    event("gpu", 90), "", '{"not":"an event"}', event("gpu", 91, span(at(0), at(-60))),
    event("gpu", 92, source="/cluster/files"), '{"half', event("gpu", 93, span(at(0), at(90))))]
path = write("events.ndjson", "\n".join(lines) + "\n")
plan = write("catalog.json", catalog)
odd = write("odd.ndjson", b"\xef\xbb\xbf" + json.dumps(event("gpu", 96)).encode() + b"\r\n" +
            changed(97, b'"p1"', b'"p\xff"') + b"\n\x00\n" + of_size(98, 70000) + b"\n" +
            json.dumps(event("gpu", 99)).encode())


def command(name, program, words, want):
    answer, code, said = book.tries(program, *words)
    table.row(name, " ".join([program, words[0], "FILE"]), (answer, code, said), want)


validate = lambda file: ("validate", file, "--catalog", plan)
command("bad lines among good ones", "daybook-ingest", validate(path), expect(
    2, "", "line 3: malformed: specversion is missing.*line 4: end_before_start: .*"
    "line 6: malformed: .*3 good, 3 refused"))
command("bad lines among good ones", "daybook-ingest", ("file", path), expect(
    0, "", "3 accepted, 0 duplicate, 3 quarantined", "assignment 1 dedup_block 1 entry 3 quarantine 3 receipt 1 slot_step 1"))
command("the same file again", "daybook-ingest", ("file", path), expect(
    0, "", "nothing was added"))
command("an empty file", "daybook-ingest", ("file", write("empty.ndjson", "")), expect(
    0, "", "nothing was added", "assignment 1"))
command("a mark of byte order, NUL, 70 KB, no last line end", "daybook-ingest", validate(odd),
        expect(2, "", "line 1: .*line 2: malformed.*line 3: malformed.*line 4: too_large.*"
               "line 5: ok"))
command("a mark of byte order, NUL, 70 KB, no last line end", "daybook-ingest", ("file", odd),
        expect(0, "", "1 accepted, 0 duplicate, 4 quarantined",
               "assignment 1 dedup_block 1 entry 2 quarantine 4 receipt 1 slot_step 1"))
command("no such file", "daybook-ingest", ("file", WORK / "none"), expect(2, "", "cannot open"))
command("no such file", "daybook-ingest", validate(WORK / "none"), expect(2, "", "cannot open"))
command("a folder", "daybook-ingest", ("file", WORK), expect(2, "", "not a file"))
command("an as-of without a zone", "daybook-ingest", ("file", path, "--as-of", "2026-01-01"),
        expect(2, "", "--as-of"))
command("a file of the future", "daybook-ingest", ("file", write("tomorrow.ndjson", json.dumps(
    event("tokens", 95, time=later(86400)))), "--as-of", later(0)), expect(
    0, "", "1 quarantined", "assignment 1 entry 1 quarantine 1 receipt 1"))
command("it is not the catalog", "daybook-ingest", ("validate", path, "--catalog", path),
        expect(2, "", "events.ndjson"))
table.end()
