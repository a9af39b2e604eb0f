#!/usr/bin/env python3
"""Every document of JSONTestSuite and every line of the UTF-8 tests as a Kafka value: by itself it is no
event, is quarantined and kept byte for byte; inside an event's data it decides whether that is one."""

import os
import re
import subprocess

from harness import *
from ledger import found_ledger

DOCUMENTS = sorted(path for path in (ROOT / "tests/vectors/json/test_parsing").glob("*.json")
                   if path.stat().st_size > 0)  # kcat sends no empty file
# What RFC 8259 allows and the contract of events does not: a name twice in one object, and U+0000.
NOT_IN_EVENTS = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
                 "y_object_escaped_null_in_key.json", "y_string_null_escape.json"}


def event(name, content):
    """A whole event but for `content`, which stands in its data."""
    return (b'{"specversion":"1.0","id":"%s","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme",'
            b'"time":"2026-09-01T10:00:00Z","data":{"given":%s,"model":"m","tokens":{"input":1}}}'
            % (name.encode(), content))


def utf8_lines():
    """(number, is valid, bytes) of each test but those that hold a character that JSON escapes."""
    for line in (ROOT / "tests/vectors/utf8/utf8tests.txt").read_text().splitlines():
        found = re.fullmatch(r"([0-9.]+):(valid|valid hex|invalid hex):(.*)", line)
        if found:
            number, kind, rest = found.groups()
            content = bytes.fromhex(rest.split(":")[0]) if kind.endswith("hex") else rest.encode()
            if not re.search(rb'[\x00-\x1f"\\]', content):
                yield number, kind.startswith("valid"), content


def produce(partition, values):
    """Each as one record of the partition; the offset is the place in the list."""
    folder = WORK / f"values-{partition}"
    folder.mkdir()
    paths = [folder / f"{n:04}" for n in range(len(values))]
    for path, value in zip(paths, values):
        path.write_bytes(value)
    subprocess.run(["kcat", "-P", "-b", os.environ["DAYBOOK_KAFKA"], "-t", topic, "-p", str(partition), "-H",
                    "content-type=application/cloudevents+json", *paths], check=True)


def kept(value):
    return value if len(value) <= 64 * 1024 else value[:4096]


def fates(partition):
    """Offset: (reason, what is kept) of what was quarantined."""
    rows = book.sql("SELECT record_offset, reason, encode(value, 'hex') FROM ledger.quarantine q JOIN ledger.assignment a "
                    f"USING (log, feed, partition, incarnation) WHERE partition = {partition} ORDER BY 1")
    return {int(offset): (reason, bytes.fromhex(value)) for offset, reason, value in rows}


topic = new_topic("vectors", 3, "message.timestamp.type=LogAppendTime")
book = found_ledger("vectors", new_database("vectors"), topic)

produce(0, [path.read_bytes() for path in DOCUMENTS])
produce(1, [event(path.name, path.read_bytes()) for path in DOCUMENTS])
strings = list(utf8_lines())
produce(2, [event(number, b'"%s"' % content) for number, _, content in strings])
book.drain(topic)

alone = fates(0)
is_(sorted(alone), list(range(len(DOCUMENTS))), "no document is an event")
is_({reason for reason, _ in alone.values()}, {"malformed", "too_large"}, "each is malformed, or too large")
is_([path.name for n, path in enumerate(DOCUMENTS) if alone[n][1] != kept(path.read_bytes())], [],
    "and is kept as it came, of what is larger than 64 KiB the beginning")

inside = {path.name: fates(1).get(n, ("accepted",))[0] for n, path in enumerate(DOCUMENTS)}
is_({name for name, fate in inside.items() if name.startswith("y_") and fate != "accepted"}, NOT_IN_EVENTS,
    "an event may hold whatever is JSON, but no name twice and no U+0000")
is_({fate for name, fate in inside.items() if name.startswith("n_")}, {"malformed", "too_large"},
    "and nothing that is not JSON")
ok({fate for name, fate in inside.items() if name.startswith("i_")} <= {"accepted", "malformed"},
   "what a reader may choose is taken or malformed")

refused = fates(2)
is_([number for n, (number, valid, _) in enumerate(strings) if valid == (n in refused)], [],
    "a text is UTF-8, or the event is malformed")
is_({reason for reason, _ in refused.values()}, {"malformed"}, "for no other reason")
ok(len(strings) - len(refused) > 20 and len(refused) > 50, "there are many of both")

accepted = sum(fate == "accepted" for fate in inside.values()) + len(strings) - len(refused)
is_(book.sql("SELECT sum(records), sum(accepted) FROM ledger.receipt"),
    [[str(2 * len(DOCUMENTS) + len(strings)), str(accepted)]], "receipts count just these")
is_(book.broken(), [], "the book is whole")
tell(f"{len(DOCUMENTS)} documents, {sum(fate == 'accepted' for fate in inside.values())} of them in an event; "
     f"{len(strings)} texts, {len(strings) - len(refused)} of them UTF-8")
done_testing()
