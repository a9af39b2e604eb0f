#!/usr/bin/env python3
"""Decides files of events again, from the rules of events alone: no code of the product.

    events.py --catalog CATALOG.json --tenants TENANTS.tsv --as-of INSTANT --entries ENTRIES.ndjson
              [--quarantine QUARANTINE.ndjson] FILE.ndjson ...

TENANTS: id and zone, as `generate tenants` prints them. FILEs in the order in which they were taken.
ENTRIES: `daybook-ledger export entries`; QUARANTINE: `daybook-ingest quarantine list --json`.
Compares accepted, duplicate and each quarantined record with its reason, and quantity and contributions of
every (tenant, series, window). Prints one line for each that differs; exit 1 on any. Dimensions, labels
and caps beyond those of the example catalog are not modelled.
"""
import argparse, collections, datetime, hashlib, json, re, sys, zoneinfo

DAY, HOUR, SECOND = 86400 * 10 ** 6, 3600 * 10 ** 6, 10 ** 6
MOST = 10 ** 18
CLASSES = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
FIELDS = {  # core type: its texts (must be there: True)
    "gpu": {"allocation": True, "project": False, "sku": True, "region": False, "zone": False, "market": True},
    "tokens": {"model": True, "region": False, "project": False, "principal": False, "tier": False, "capacity": False},
}


class Refused(Exception):
    """With the reason's word."""


class Real:
    """A JSON number with fraction or exponent: nobody may read it."""


def refuse_if(condition, reason="malformed"):
    if condition:
        raise Refused(reason)


# -------------------------------------------------------------------------------------- reading

def unique(pairs):
    refuse_if(len({k for k, _ in pairs}) != len(pairs))
    return dict(pairs)


def whole_literal(text):
    refuse_if(not -2 ** 63 <= int(text) < 2 ** 63)
    return int(text)


def check_text(value, depth=1):
    refuse_if(depth > 32)
    if isinstance(value, str):
        refuse_if("\0" in value or any(0xd800 <= ord(c) < 0xe000 for c in value))
    elif isinstance(value, dict):
        for k, v in value.items():
            check_text(k, depth)
            check_text(v, depth + isinstance(v, (dict, list)))
    elif isinstance(value, list):
        for v in value:
            check_text(v, depth + isinstance(v, (dict, list)))


def no_constant(word):
    raise Refused("malformed")


def read_event(line):
    refuse_if(len(line) > 65536, "too_large")
    try:
        event = json.loads(line.decode("utf-8"), object_pairs_hook=unique, parse_int=whole_literal,
                           parse_float=lambda text: Real(), parse_constant=no_constant)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise Refused("malformed") from None
    refuse_if(not isinstance(event, dict))
    check_text(event)
    for name, most in (("specversion", 3), ("id", 512), ("source", 512), ("type", 512), ("subject", 256)):
        value = event.get(name)
        refuse_if(not isinstance(value, str) or not 0 < len(value.encode()) <= most)
        refuse_if(any(ord(c) < 32 or ord(c) == 127 for c in value))
    refuse_if(event["specversion"] != "1.0" or "data_base64" in event)
    kind = event.get("datacontenttype")
    refuse_if(kind is not None and (not isinstance(kind, str) or kind.split(";")[0].strip().lower() != "application/json"))
    if event.get("time") is not None:
        event["time"] = instant(event["time"], cut=True)
    return event


INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def instant(text, cut=False):
    """µs since 1970, exact; `cut` drops what is finer."""
    found = isinstance(text, str) and INSTANT.match(text)
    refuse_if(not found)
    digits = found[7] or ""
    refuse_if(not cut and digits[6:].strip("0") != "")
    try:
        zone = datetime.timezone.utc if found[8] == "Z" else datetime.datetime.strptime(found[8], "%z").tzinfo
        whole = datetime.datetime(*map(int, found.groups()[:6]), tzinfo=zone)
    except ValueError:
        raise Refused("malformed") from None
    return int((whole - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) * SECOND + \
        int((digits + "000000")[:6])


def whole(value):
    if isinstance(value, str):
        refuse_if(not re.fullmatch(r"0|[1-9][0-9]*", value, re.ASCII))
        value = int(value)
    refuse_if(isinstance(value, bool) or not isinstance(value, int) or value < 0)
    refuse_if(value > MOST, "overflow")
    return value


def texts(data, core):
    out = {}
    for name, needed in FIELDS[core].items():
        value = data.get(name)
        refuse_if(needed and value is None)
        if value is not None:
            refuse_if(not isinstance(value, str))
            out[name] = value
    return out


# ------------------------------------------------------------------------------------ measuring

class Measured:
    """A meaning, the instant whose hour holds its identity, and parts (series, from, to, quantity)."""

    def __init__(self, at, meaning, parts):
        self.at, self.meaning, self.parts = at, meaning, parts


def series(meter, dimensions):
    return meter, tuple(sorted(dimensions.items()))


def gpu(event, data, grid, as_of):
    fields = texts(data, "gpu")
    refuse_if(fields["market"] not in ("on_demand", "spot", "reserved", "block"))
    given = [name for name in ("gpu_milli", "gpu_count") if data.get(name) is not None]
    refuse_if(len(given) != 1)
    milli = whole(data[given[0]]) * (1000 if given == ["gpu_count"] else 1)
    start, end = instant(data.get("start")), instant(data.get("end"))
    refuse_if(start % 1000 or end % 1000)
    refuse_if(end <= start, "end_before_start")
    refuse_if(end - start > 31 * DAY, "slice_too_long")
    refuse_if(end > as_of + 300 * SECOND, "future")
    parts, at = [], start
    while at < end:
        border = min(end, (at // (grid * SECOND) + 1) * grid * SECOND)
        window = at // (grid * SECOND) * grid
        parts.append((series("gpu_time", {**fields, "gpu_milli": str(milli)}), window, grid, milli * (border - at) // 1000))
        at = border
    return Measured(start, ("gpu", tuple(sorted(fields.items())), milli, start, end), parts)


def tokens(event, data, grid, as_of):
    fields = texts(data, "tokens")
    at = event.get("time")
    refuse_if(at is None)
    if data.get("batch") is not None:
        refuse_if(not isinstance(data["batch"], bool))
        fields["batch"] = "true" if data["batch"] else "false"
    counts = data.get("tokens")
    refuse_if(not isinstance(counts, dict))
    by_class = {c: whole(counts[c]) for c in CLASSES if counts.get(c) is not None}
    refuse_if(not by_class)
    refuse_if(at > as_of + 300 * SECOND, "future")
    window = at // (grid * SECOND) * grid
    context = "le200k" if by_class.get("input", 0) <= 200000 else "gt200k"
    parts = [(series("tokens", {**fields, "class": c, "context": context}), window, grid, n) for c, n in by_class.items()]
    return Measured(at, ("tokens", tuple(sorted(fields.items())), tuple(sorted(by_class.items()))), parts)


def storage(event, data, grid, as_of):
    names = ("project", "volume", "class", "region")
    at = instant(data.get("at"))
    fields = {n: data[n] for n in names if data.get(n) is not None}
    fields = {n: str(v) if type(v) is int else v for n, v in fields.items()}
    refuse_if(any(not isinstance(v, str) for v in fields.values()))
    quantity = whole(data.get("mib_seconds"))
    refuse_if(at > as_of + 300 * SECOND, "future")
    window = at // (grid * SECOND) * grid
    return Measured(at, ("storage", tuple(sorted(fields.items())), quantity),
                    [(series("storage", fields), window, grid, quantity)])


MEASURES = {"gpu.slice.v1": gpu, "tokens.request.v1": tokens, "storage.sample.v1": storage}


# ------------------------------------------------------------------------------------- deciding

def grid_of(zone):
    """3600 s, or what divides the zone's offset from UTC."""
    offset = int(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo(zone)).utcoffset().total_seconds()) % 3600
    return 3600 if offset == 0 else 1800 if offset == 1800 else 900


class Oracle:
    def __init__(self, catalog, tenants, as_of):
        self.types = {t["type"] for t in catalog["types"]}
        self.sources = {s["source"]: s for s in catalog["sources"]}
        self.grids = {tenant: grid_of(zone) for tenant, zone in tenants.items()}
        self.as_of = as_of
        self.seen = {}  # (tenant, source, id, hour): meaning
        self.counts = collections.Counter()
        self.refused = {}  # (file's SHA-256, offset): reason
        self.usage = collections.defaultdict(lambda: [0, 0])

    def decide(self, line):
        """'accepted' or 'duplicate'; raises what it is refused for."""
        event = read_event(line)
        refuse_if(event["type"] not in self.types, "unknown_type")
        source = self.sources.get(event["source"])
        refuse_if(source is None, "unknown_source")
        tenant = event["subject"]
        allowed = (event["type"] in source["types"] and {"file", "*"} & set(source["topics"]) and
                   {tenant, "*"} & set(source["tenants"]))
        refuse_if(not allowed, "source_not_allowed")
        refuse_if(tenant not in self.grids, "unknown_tenant")
        data = event.get("data")
        refuse_if(not isinstance(data, dict))
        measured = MEASURES[event["type"]](event, data, self.grids[tenant], self.as_of)
        refuse_if(any(part[3] > MOST for part in measured.parts), "overflow")
        key = tenant, event["source"], event["id"], measured.at // HOUR
        if key in self.seen:
            refuse_if(self.seen[key] != measured.meaning, "conflict")
            return "duplicate"
        self.seen[key] = measured.meaning
        events = {}
        for name, window, length, quantity in measured.parts:
            if quantity:
                total = self.usage[tenant, name, window, length]
                total[0] += quantity
                total[1] += (name, window) not in events
                events[name, window] = True
        return "accepted"

    def take(self, path):
        with open(path, "rb") as file:
            content = file.read()
        feed, offset = hashlib.sha256(content).hexdigest(), 0
        for line in content.split(b"\n"):
            if line.strip():
                try:
                    self.counts[self.decide(line)] += 1
                except Refused as refused:
                    self.counts["quarantined"] += 1
                    self.refused[feed, offset] = str(refused)
            offset += len(line) + 1


# ------------------------------------------------------------------------------------ comparing

def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def compare(oracle, entries, quarantine):
    found = []
    booked = collections.defaultdict(lambda: [0, 0])
    receipts = collections.Counter()
    for e in entries:
        if e["kind"] == "usage":
            at = instant(e["from"]) // SECOND
            key = e["tenant_id"], (e["meter"], tuple(sorted(e["dimensions"].items()))), at, instant(e["to"]) // SECOND - at
            booked[key][0] += int(e["quantity"])
            booked[key][1] += int(e["contributions"])
        elif e["kind"] == "receipt":
            receipts.update({name: int(e[name]) for name in ("accepted", "duplicate", "quarantined")})
    for name in ("accepted", "duplicate", "quarantined"):
        if receipts[name] != oracle.counts[name]:
            found.append(f"{name}: {receipts[name]}, decided {oracle.counts[name]}")
    for key in sorted(set(booked) | set(oracle.usage)):
        if booked.get(key) != oracle.usage.get(key):
            found.append(f"usage {key}: quantity and events {booked.get(key)}, decided {oracle.usage.get(key)}")
    if quarantine is not None:
        theirs = {(q["feed"], int(q["offset"])): q["reason"] for q in quarantine}
        for key in sorted(set(theirs) | set(oracle.refused)):
            if theirs.get(key) != oracle.refused.get(key):
                found.append(f"record at {key[1]} of {key[0][:8]}: {theirs.get(key)}, decided {oracle.refused.get(key)}")
    return found


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("catalog", "tenants", "as-of", "entries"):
        a.add_argument("--" + name, required=True)
    a.add_argument("--quarantine")
    a.add_argument("files", nargs="+", metavar="FILE")
    o = a.parse_args()
    with open(o.catalog, encoding="utf-8") as file:
        catalog = json.load(file)
    with open(o.tenants, encoding="utf-8") as file:
        tenants = dict(line.rstrip("\n").split("\t")[:2] for line in file)
    oracle = Oracle(catalog, tenants, instant(o.as_of))
    for path in o.files:
        oracle.take(path)
    found = compare(oracle, read_lines(o.entries), read_lines(o.quarantine) if o.quarantine else None)
    for f in found:
        print("DIFFERS", f)
    reasons = " ".join(f"{word} {count}" for word, count in sorted(collections.Counter(oracle.refused.values()).items()))
    print(f"{sum(oracle.counts.values())} records: {oracle.counts['accepted']} accepted, {oracle.counts['duplicate']} "
          f"duplicate, quarantined {reasons}; {len(oracle.usage)} windows; {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
