#!/usr/bin/env python3
"""The bytes of an entry, version 1, computed from ledger/README.md alone.

Without arguments: checks entry-v1.json and the hex in ledger/README.md, as TAP.
With --write: makes entry-v1.json from the fields that stand below.
With --example: prints the worked example of ledger/README.md.

It shares no code with the C that it checks: only the standard library's SHA-256 and HMAC.
"""
import hashlib
import hmac
import json
import os
import struct
import sys

import ed25519_reference as ed25519

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "entry-v1.json")
README = os.path.join(HERE, "..", "..", "ledger", "README.md")
EXAMPLE = "usage"

KINDS = ["usage", "correction", "exclusion", "transfer", "document", "receipt", "catalog",
         "tenant", "plan", "contract", "period", "key", "log"]
CONTROL = {"document", "catalog", "tenant", "plan", "contract", "period", "key", "log"}
PUBLIC = {"key", "log"}


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


# ------------------------------------------------------------------------------------- bytes

def int128(text):
    return int(text).to_bytes(16, "big", signed=True)


def u32(value):
    return struct.pack(">I", int(value))


def u64(value):
    return struct.pack(">Q", int(value))


def i64(value):
    return struct.pack(">q", int(value))


def header(case):
    return (b"DBK\x01" + bytes([1 + KINDS.index(case["kind"])]) + bytes(3)
            + bytes.fromhex(case["ledger"]) + u64(case["tenant"]) + u32(case["stream"]) + bytes(4)
            + u64(case["stream_seq"]) + bytes.fromhex(case["batch"]))


def usage(f):
    return (bytes.fromhex(f["series"]) + i64(f["from_us"]) + u32(f["length_seconds"]) + bytes(4)
            + int128(f["quantity"]) + u64(f["contributions"]))


def correction(f):
    return usage(f) + u64(f["corrected_seq"]) + u32(f["reason"]) + bytes(4)


def exclusion(f):
    return usage(f) + u32(f["reason"]) + bytes(4)


def transfer(f):
    return (bytes.fromhex(f["debit"]) + bytes.fromhex(f["credit"]) + int128(f["amount"])
            + f["currency"].encode() + bytes([int(f["exponent"])]) + u32(f["code"])
            + bytes.fromhex(f["document"]))


def receipt(f):
    return (bytes.fromhex(f["feed"]) + u32(f["partition"]) + u32(f["incarnation"])
            + u64(f["start"]) + u64(f["from"]) + u64(f["to"]) + u64(f["records"])
            + u64(f["holes"]) + u64(f["last_offset"]) + bytes.fromhex(f["last_hash"])
            + bytes.fromhex(f["raw_hash"]) + u64(f["accepted"]) + u64(f["duplicate"])
            + u64(f["quarantined"]) + u64(f["elsewhere"]) + u64(f["control_index"])
            + i64(f["as_of_us"]) + u32(f["flags"]) + bytes(12))


def control(f):
    return (bytes.fromhex(f["subject"]) + u32(f["version"]) + bytes(4)
            + bytes.fromhex(f["content"]) + bytes.fromhex(f["operator"]))


def body_of(case):
    put = {"usage": usage, "correction": correction, "exclusion": exclusion,
           "transfer": transfer, "receipt": receipt}.get(case["kind"], control)
    return header(case) + put(case["fields"])


def descriptor_of(series):
    def text(value):
        return struct.pack(">H", len(value.encode())) + value.encode()
    pairs = sorted((name.encode(), value) for name, value in series["dimensions"].items())
    return (b"\x01" + text(series["meter"]) + text(series["unit"]) + u32(series["scale"])
            + bytes([{"sum": 1, "count": 2, "max": 3}[series["aggregation"]]])
            + struct.pack(">H", len(pairs))
            + b"".join(text(name.decode()) + text(value) for name, value in pairs))


def batch_of(ranges):
    return sha256(b"".join(sorted(
        bytes.fromhex(r["feed"]) + u32(r["partition"]) + u32(r["incarnation"]) + u64(r["from"])
        + u64(r["to"]) for r in ranges)))[:16]


# ------------------------------------------------------------------------ salts, leaves, tree

def salt_of(salt_key, case):
    if case["kind"] in PUBLIC:
        return bytes(32)
    tenant_key = hmac256(salt_key, u64(case["tenant"]))
    return hmac256(tenant_key, b"daybook.v1.salt" + u32(case["stream"]) + u64(case["stream_seq"]))


def steps_of(vectors, case):
    """Every value on the way from the fields to the leaf's hash."""
    seed = bytes.fromhex(vectors["writer_seed"])
    writer = sha256(ed25519.public_key(seed))
    body = body_of(case)
    salt = salt_of(bytes.fromhex(vectors["salt_key"]), case)
    commitment = sha256(b"daybook.v1.commitment" + salt + body)
    checksum = sha256(commitment)
    signature = ed25519.sign(seed, b"sigsum.org/v1/tree-leaf\0" + checksum)
    leaf = checksum + signature + writer
    values = {"body": body, "salt": salt, "commitment": commitment, "checksum": checksum,
              "signature": signature, "leaf": leaf, "leaf_hash": sha256(b"\0" + leaf)}
    return {name: value.hex() for name, value in values.items()}


def root_of(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(hashes[:half]) + root_of(hashes[half:]))


# --------------------------------------------------------------------------------- the fields

def subject(kind, name):
    return sha256(kind.encode() + b"\0" + name.encode()).hex()


def canonical(value):
    """Enough of RFC 8785 for contents without control characters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fields():
    origin = "daybook.example/eu1/2026h2"
    series = {"meter": "gpu.seconds", "unit": "uGPU.s", "scale": 6, "aggregation": "sum",
              "dimensions": {"sku": "gpu.h100.sxm", "region": "eu-central", "gpu_milli": "1000",
                             "project": "pröjekt-1"}}
    topic = sha256(b"topic\0usage.events").hex()
    ranges = [{"feed": topic, "partition": 3, "incarnation": 1, "from": "1200", "to": "1264"},
              {"feed": topic, "partition": 0, "incarnation": 1, "from": "77", "to": "90"}]
    tenant = "281474976710657"  # log 1 in the top 16 bits, first number
    from_us = "1791806400000000"  # 2026-10-12T12:00:00Z
    ledger = sha256(origin.encode())[:16].hex()
    batch = batch_of(ranges).hex()
    seed = sha256(b"daybook test vector: a writer's seed, no secret")
    operator = sha256(ed25519.public_key(sha256(b"daybook test vector: an operator"))).hex()
    used = {"series": sha256(descriptor_of(series)).hex(), "from_us": from_us,
            "length_seconds": "3600", "quantity": "28800000000", "contributions": "64"}
    moved = {"debit": subject("account", "receivable/acme"),
             "credit": subject("account", "revenue"), "amount": "123456", "currency": "EUR",
             "exponent": "2", "code": "1", "document": sha256(b"an invoice").hex()}
    taken = {"feed": topic, "partition": "3", "incarnation": "1", "start": "1000", "from": "1200",
             "to": "1264", "records": "62", "holes": "2", "last_offset": "1262",
             "last_hash": sha256(b"the last record").hex(),
             "raw_hash": sha256(b"all records").hex(), "accepted": "60", "duplicate": "1",
             "quarantined": "1", "elsewhere": "0", "control_index": "7",
             "as_of_us": "1791810000123456", "flags": "0"}

    def decided(kind, name, content):
        return {"subject": subject(kind, name), "version": "1",
                "content": sha256(canonical(content)).hex(), "operator": operator}

    def case(name, kind, tenant, stream, seq, fields, batch=bytes(16).hex()):
        return {"name": name, "kind": kind, "ledger": ledger, "tenant": tenant, "stream": stream,
                "stream_seq": seq, "batch": batch, "fields": fields}

    cases = [
        case("log", "log", "0", 2, "0", decided("log", origin, {"action": "open"})),
        case("key", "key", "0", 2, "1", decided("key", "ingest", {"action": "grant"})),
        case("catalog", "catalog", "0", 2, "2", decided("catalog", "meters", {"meters": []})),
        case("tenant", "tenant", "0", 2, "3", decided("tenant", "acme", {"name": "Acme"})),
        case("plan", "plan", "0", 2, "4", decided("plan", "standard", {"charges": []})),
        case("contract", "contract", tenant, 1, "0", decided("contract", "c-1", {"plan": "standard"})),
        case("usage", "usage", tenant, 0, "0", used, batch),
        case("usage, largest quantity", "usage", "18446744073709551615", 0,
             "18446744073709551615", dict(used, quantity=str(2**127 - 1), from_us="-1",
                                          length_seconds="900"), batch),
        case("exclusion", "exclusion", tenant, 0, "1", dict(used, reason="3"), batch),
        case("correction", "correction", tenant, 0, "2",
             dict(used, quantity="-28800000000", corrected_seq="0", reason="1"), batch),
        case("correction, smallest quantity", "correction", tenant, 0, "3",
             dict(used, quantity=str(-2**127), corrected_seq="2", reason="2")),
        case("receipt", "receipt", "0", 16, "0", taken, batch),
        case("receipt of no records, anchor expired", "receipt", "0", 17, "5",
             dict(taken, **{"from": "1264", "to": "1300", "records": "0", "holes": "36",
                            "last_offset": str(2**64 - 1), "accepted": "0", "duplicate": "0",
                            "quarantined": "0", "flags": "1"}), batch),
        case("period", "period", tenant, 1, "1", decided("period", "2026-10", {"cut": "1"})),
        case("document", "document", tenant, 1, "2", decided("document", "INV-1", {"total": "1234.56"})),
        case("transfer", "transfer", tenant, 1, "3", moved),
    ]
    return {"about": "made by entry_v1.py --write; the fields, then every value up to the leaf's "
                     "hash; whole numbers beyond 32 bits are strings, bytes are hex",
            "origin": origin, "ledger": ledger, "series": dict(series, descriptor=descriptor_of(series).hex(),
                                                               digest=used["series"]),
            "batch": {"ranges": ranges, "id": batch},
            "salt_key": sha256(b"daybook test vector: a salt key, no secret").hex(),
            "writer_seed": seed.hex(), "writer_public": ed25519.public_key(seed).hex(),
            "cases": cases}


def make():
    vectors = fields()
    for case in vectors["cases"]:
        case.update(steps_of(vectors, case))
    vectors["root"] = root_of([bytes.fromhex(c["leaf_hash"]) for c in vectors["cases"]]).hex()
    return vectors


# ----------------------------------------------------------------------------------- the page

def hex_lines(data):
    """Sixteen bytes a line, as README shows them."""
    return ["%4d  %s" % (at, data[at:at + 16].hex(" ", 4)) for at in range(0, len(data), 16)]


def example_lines(vectors):
    case = next(c for c in vectors["cases"] if c["name"] == EXAMPLE)
    lines = ["body"] + hex_lines(bytes.fromhex(case["body"]))
    for name in ("salt", "commitment", "checksum", "signature", "leaf_hash"):
        lines += [name] + hex_lines(bytes.fromhex(case[name]))
    return lines


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, fine, name):
        self.count += 1
        self.failed += not fine
        print("%sok %d - %s" % ("" if fine else "not ", self.count, name))

    def done(self):
        print("1..%d" % self.count)
        return 1 if self.failed else 0


def check():
    tap = Tap()
    with open(VECTORS, encoding="utf-8") as file:
        vectors = json.load(file)
    with open(README, encoding="utf-8") as file:
        page = {line.strip() for line in file}
    series = vectors["series"]
    tap.ok(descriptor_of(series).hex() == series["descriptor"]
           and sha256(descriptor_of(series)).hex() == series["digest"], "series descriptor")
    tap.ok(batch_of(vectors["batch"]["ranges"]).hex() == vectors["batch"]["id"], "batch id")
    tap.ok(sha256(vectors["origin"].encode())[:16].hex() == vectors["ledger"], "ledger id")
    for case in vectors["cases"]:
        steps = steps_of(vectors, case)
        wrong = [name for name, value in steps.items() if case[name] != value]
        tap.ok(not wrong, "%s%s" % (case["name"], ": %s differ" % ", ".join(wrong) if wrong else ""))
        leaf = bytes.fromhex(case["leaf"])
        tap.ok(ed25519.verify(bytes.fromhex(vectors["writer_public"]),
                              b"sigsum.org/v1/tree-leaf\0" + leaf[:32], leaf[32:96]),
               "%s: the signature holds" % case["name"])
    tap.ok({c["kind"] for c in vectors["cases"]} == set(KINDS), "every kind has a case")
    tap.ok(root_of([bytes.fromhex(c["leaf_hash"]) for c in vectors["cases"]]).hex()
           == vectors["root"], "root of all cases")
    missing = [line for line in example_lines(vectors) if line.strip() not in page]
    tap.ok(not missing, "ledger/README.md shows the worked example%s"
           % (": %s is missing" % missing[0] if missing else ""))
    return tap.done()


def main():
    if "--write" in sys.argv:
        with open(VECTORS, "w", encoding="utf-8") as file:
            json.dump(make(), file, indent=1, ensure_ascii=False)
            file.write("\n")
        return 0
    if "--example" in sys.argv:
        print("\n".join(example_lines(make())))
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
