"""Events whose fate is known beforehand: both are a function of (seed, index), and of nothing else.

    for n in range(10000):
        event = fated(7, n)           # event.key, event.value: as produced; event.fate: what must come of it
    expect(7, 10000)                  # the usage that all of them make, by (tenant, meter, class, project, window)

Events of a tenant have its name as key and so keep their order; a copy comes after what it copies. The
events need the example catalog and the generator's tenants of zone UTC.
"""

import collections
import datetime
import functools
import json
import random

TENANTS = [f"tenant-{n:02d}" for n in range(1, 21)]
FATES = {"accepted": 72, "duplicate": 14, "conflict": 4, "malformed": 3, "unknown_tenant": 2,
         "unknown_type": 2, "unknown_source": 1, "future": 1, "end_before_start": 1}
GPU, TOKENS = "gpu.slice.v1", "tokens.request.v1"
FIRST = datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc)
Event = collections.namedtuple("Event", "key value fate content")


def _stamp(minutes):
    return (FIRST + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _content(chance, n):
    """An event that counts: mostly of ten hours, some of two months before."""
    minute = chance.randrange(600) - (chance.random() < 0.03) * chance.randrange(60 * 24 * 60)
    event = {"n": n, "specversion": "1.0", "id": f"e{n}", "subject": chance.choice(TENANTS), "time": _stamp(minute)}
    project = f"p{chance.randrange(3)}"
    if chance.random() < 0.3:
        event |= {"type": GPU, "source": "/cluster/fra1", "data": {
            "allocation": "a1", "project": project, "sku": "h100", "gpu_count": chance.randrange(1, 9),
            "start": _stamp(minute), "end": _stamp(minute + chance.randrange(1, 61)), "market": "on_demand"}}
    else:
        event |= {"type": TOKENS, "source": "/gateway/fra1", "data": {
            "model": "m", "project": project,
            "tokens": {"input": chance.randrange(1, 5000), "output": chance.randrange(1000)}}}
    return event


def _spoil(event, fate):
    """The event as it will be refused."""
    if fate == "unknown_tenant":
        return event | {"subject": "nobody"}
    if fate == "unknown_type":
        return event | {"type": "gpu.slice.v9"}
    if fate == "unknown_source":
        return event | {"source": "/elsewhere"}
    if fate == "future":
        return event | {"type": TOKENS, "source": "/gateway/fra1", "time": "2199-01-01T00:00:00Z",
                        "data": {"model": "m", "tokens": {"input": 1}}}
    if fate == "end_before_start":
        return event | {"type": GPU, "source": "/cluster/fra1", "data": {
            "allocation": "a1", "sku": "h100", "gpu_count": 1, "start": event["time"], "end": event["time"],
            "market": "spot"}}
    return event


def _copy(event, n, other):
    """The event again, its members in another order; with another meaning where it is to conflict."""
    event = {"n": n} | dict(reversed(event.items())) | {"n": n, "data": dict(reversed(event["data"].items()))}
    if other and event["type"] == GPU:
        event["data"]["gpu_count"] += 1
    elif other:
        event["data"]["tokens"] = {"input": event["data"]["tokens"]["input"] + 1}
    return event


@functools.lru_cache(maxsize=100000)
def fated(seed, n):
    chance = random.Random(f"{seed}/{n}")
    fate = chance.choices(list(FATES), list(FATES.values()))[0]
    content = _content(chance, n)
    if fate in ("duplicate", "conflict"):
        original = fated(seed, chance.randrange(max(n - 3000, 0), n)) if n else None
        if original and original.fate == "accepted":
            content = _copy(original.content, n, fate == "conflict")
        else:
            fate = "accepted"
    content = _spoil(content, fate)
    value = json.dumps(content)
    if fate == "malformed":
        value = value[: chance.randrange(20, len(value) - 1)]
    return Event(content["subject"], value, fate, content)


def _parts(event):
    """(meter, class, window's first second, quantity) of an event that counts."""
    data = event["data"]
    if event["type"] == TOKENS:
        at = int(datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp())
        return [("tokens", name, at - at % 3600, count) for name, count in data["tokens"].items() if count]
    begin, end = (int(datetime.datetime.fromisoformat(data[name].replace("Z", "+00:00")).timestamp())
                  for name in ("start", "end"))
    hours = range(begin - begin % 3600, end, 3600)
    return [("gpu_time", "", hour, data["gpu_count"] * 10 ** 6 * (min(end, hour + 3600) - max(begin, hour)))
            for hour in hours]


def expect(seed, count):
    """{(tenant, meter, class, project, gpu_milli, window's first second): (quantity, events)}"""
    usage = collections.defaultdict(lambda: (0, 0))
    for n in range(count):
        event = fated(seed, n)
        if event.fate == "accepted":
            data = event.content["data"]
            gpus = str(data["gpu_count"] * 1000) if "gpu_count" in data else ""
            for meter, name, at, quantity in _parts(event.content):
                key = event.key, meter, name, data["project"], gpus, at
                usage[key] = (usage[key][0] + quantity, usage[key][1] + 1)
    return dict(usage)
