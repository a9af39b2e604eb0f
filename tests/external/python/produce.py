#!/usr/bin/env python3
"""Usage as a customer's program sends it, who knows CloudEvents' Python SDK, kafka-python and nothing of
Daybook: produce.py BOOTSTRAP TOPIC twins|events

`twins` sends events that are wrong in one place each, and prints for each a line of JSON: what is wrong,
the reason, what is said of it, partition and offset. `events` sends good ones in both modes, some of
them a second time in the other mode, and prints what they come to.
"""

import dataclasses
import json
import sys
from datetime import datetime, timedelta, timezone

from cloudevents.core.bindings import kafka
from cloudevents.core.v03.event import CloudEvent as OldEvent
from cloudevents.core.v1.event import CloudEvent
from kafka import KafkaProducer

NOON = datetime(2026, 9, 7, 12, 0, 0, 123456, timezone.utc)
TENANTS = ["acme", "globex", "initech", "tenant-07"]
MODELS = ["llama-4-70b", "größer-3", "模型-1"]
COUNT = 600
AGAIN = 5  # every fifth comes a second time, in the other mode
WRITE = [kafka.to_structured_event, kafka.to_binary_event]
CLASSES = ("input", "cache_read", "output")


def tokens(number, tenant, **changed):
    attributes = {"id": f"py-{number}", "source": "/gateway/fra1", "type": "tokens.request.v1", "subject": tenant,
                  "time": NOON + timedelta(seconds=7 * number), "datacontenttype": "application/json",
                  "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    data = {"model": MODELS[number % 3], "project": "chat", "principal": f"key-{number % 5}", "batch": False,
            "tokens": {"input": 100 + number, "cache_read": number % 3 * 50, "output": "17"}}
    return {**attributes, **changed}, data


def slice_(number, tenant):
    start = datetime(2026, 9, 7, 8, tzinfo=timezone.utc) + timedelta(minutes=number)
    end = start + timedelta(minutes=30)  # may lie in two hours: two entries
    attributes = {"id": f"py-{number}", "source": "/cluster/fra1", "type": "gpu.slice.v1", "subject": tenant, "time": end,
                  "datacontenttype": "application/json; charset=utf-8"}
    return attributes, {"allocation": f"a-{number % 7}", "project": "train", "sku": "h100", "region": "eu", "zone": "eu-a",
                        "gpu_count": 1 + number % 8, "start": start.isoformat(), "end": end.isoformat(), "market": "on_demand"}


def message_of(attributes, data, binary, old=False):
    return WRITE[binary]((OldEvent if old else CloudEvent)(dict(attributes), data), key_mapper=lambda event: event.get_subject())


def send(producer, topic, message):
    """Where it came to stand."""
    key = message.key.encode() if isinstance(message.key, str) else message.key
    return producer.send(topic, key=key, value=message.value, headers=list(message.headers.items()))


# ------------------------------------------------------------------------------------------ the twins


def without_header(name):
    return lambda message: dataclasses.replace(
        message, headers={key: value for key, value in message.headers.items() if key != name})


def with_header(name, value):
    return lambda message: dataclasses.replace(message, headers={**message.headers, name: value})


def without_member(name):
    def change(message):
        event = json.loads(message.value)
        del event[name]
        return dataclasses.replace(message, value=json.dumps(event).encode())
    return change


def cut(message):
    return dataclasses.replace(message, value=message.value[:-1])


def emptied(message):
    return dataclasses.replace(message, value=None)


# (what is wrong, is it binary, how the message is changed, reason, what is said of it)
CHANGED = [
    ("structured without id", False, without_member("id"), "malformed", "id is missing"),
    ("structured without specversion", False, without_member("specversion"), "malformed", "specversion is missing"),
    ("structured, cut by a byte", False, cut, "malformed", "JSON"),
    ("structured, called text/plain", False, with_header("content-type", b"text/plain"), "malformed", "no CloudEvent"),
    ("structured, called Avro", False, with_header("content-type", b"application/cloudevents+avro"), "malformed", "only application/cloudevents.json"),
    ("binary without ce_id", True, without_header("ce_id"), "malformed", "id is missing"),
    ("binary without ce_specversion", True, without_header("ce_specversion"), "malformed", "specversion is missing"),
    ("binary without ce_time", True, without_header("ce_time"), "malformed", "time"),
    ("binary, of version 1.1", True, with_header("ce_specversion", b"1.1"), "malformed", "specversion '1.1' is not '1.0'"),
    ("binary, of another type", True, with_header("ce_type", b"tokens.request.v9"), "unknown_type", "tokens.request.v9"),
    ("binary, with XML said", True, with_header("content-type", b"application/xml"), "malformed", "application/xml"),
    ("binary, a null value", True, emptied, "malformed", "the value is null"),
]
# (what is wrong, the attributes that say so, of the SDK's former version, reason, what is said of it)
WRITTEN = [
    ("the SDK's event of version 0.3", {}, True, "malformed", "specversion '0.3' is not '1.0'"),
    ("a source that nobody registered", {"source": "/gateway/moon"}, False, "unknown_source", "/gateway/moon"),
    ("a source that may not send this type", {"source": "/cluster/fra1"}, False, "source_not_allowed", "/cluster/fra1"),
    ("a tenant that is not there", {"subject": "nobody"}, False, "unknown_tenant", "nobody"),
]


def twins(producer, topic):
    made = []
    for number, (what, binary, change, reason, says) in enumerate(CHANGED):
        made.append((what, change(message_of(*tokens(number, "acme"), binary)), reason, says))
    for number, (what, attributes, old, reason, says) in enumerate(WRITTEN):
        for binary in (False, True):
            changed = message_of(*tokens(number, "acme", **attributes), binary, old)
            made.append((f"{what}, {'binary' if binary else 'structured'}", changed, reason, says))
    for what, message, reason, says in made:
        at = send(producer, topic, message).get(30)
        print(json.dumps({"what": what, "reason": reason, "says": says, "partition": at.partition, "offset": at.offset}))


# ----------------------------------------------------------------------------------------- the events


def quantities(attributes, data):
    """(meter's unit, tenant) and how much, by this program's own arithmetic."""
    if attributes["type"] == "gpu.slice.v1":
        seconds = (datetime.fromisoformat(data["end"]) - datetime.fromisoformat(data["start"])).seconds
        return "uGPU.s", data["gpu_count"] * seconds * 1000000
    return "token", sum(int(data["tokens"][name]) for name in CLASSES)


def events(producer, topic):
    sums, sent = {}, 0
    for number in range(COUNT):
        tenant = TENANTS[number % len(TENANTS)]
        attributes, data = (slice_ if number % 3 == 0 else tokens)(number, tenant)
        unit, quantity = quantities(attributes, data)
        sums[f"{tenant} {unit}"] = sums.get(f"{tenant} {unit}", 0) + quantity
        modes = (0, 1) if number % AGAIN == 0 else (number % 2,)
        for binary in modes:
            send(producer, topic, message_of(attributes, data, binary))
            sent += 1
    producer.flush(60)
    print(json.dumps({"records": sent, "accepted": COUNT, "duplicate": sent - COUNT, "sums": sums}))


def main():
    bootstrap, topic, which = sys.argv[1:]
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    {"twins": twins, "events": events}[which](producer, topic)
    producer.close()


main()
