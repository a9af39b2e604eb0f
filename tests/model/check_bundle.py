#!/usr/bin/env python3
"""Checks a proof bundle from what ledger/verify/README.md says under "With a program of your own", and
nothing else, but for cut_proof and the terms: check_bundle.py BUNDLE.json LOG_VKEY ROOT_VKEY. Exit 0 if all holds."""

import base64
import bisect
import collections
import datetime
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
import ed25519  # noqa: E402

EXCLUSION, DOCUMENT, TENANT, KEY, LOG = 3, 5, 8, 12, 13
ROLES = {**dict.fromkeys((1, 2, 3), "ingest"), **dict.fromkeys((8, 9, 10), "control"), **dict.fromkeys((4, 5, 11), "invoices")}
SUBJECTS = {5: (b"document", "number"), 8: (b"tenant", "id"), 9: (b"plan", "plan"), 10: (b"contract", "contract"), 11: (b"period", "label")}
OPERATORS = {5: "issue", 8: "operate", 9: "draft", 10: "draft", 11: "draft"}
SIGNOFFS = ("draft", "approve", "issue")
Entry = collections.namedtuple("Entry", "index kind tenant stream seq body salt leaf node")

def must(holds, what):
    if not holds:
        raise ValueError(what)

def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def number(data, at, size, signed=False):
    return int.from_bytes(data[at:at + size], "big", signed=signed)

def instant(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) * 1000000

def unbase64(text):
    return base64.b64decode(text, validate=True)

def read_vkey(text):
    name, key_id, data = text.strip().split("+", 2)
    data = unbase64(data)
    must(data[0] == 1 and len(data) == 33 and H(name.encode(), b"\n", data)[:4].hex() == key_id, "a verifier key")
    return name, data[1:], bytes.fromhex(key_id)

def read_checkpoint(note, vkey):
    name, key, key_id = read_vkey(vkey)
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, root = text.splitlines()
    found = [unbase64(line.split(" ")[2]) for line in signatures.splitlines() if line.startswith(f"\u2014 {name} ")]
    must(origin == name and any(one[:4] == key_id and ed25519.verify(key, f"{text}\n".encode(), one[4:]) for one in found),
         "the checkpoint's signature")
    return int(size), unbase64(root)

def read_entry(row):
    body, salt = bytes.fromhex(row["body"]), bytes.fromhex(row["salt"])
    must(body[:4] == b"DBK\1", "a body")
    leaf = H(H(b"daybook.v1.commitment", salt, body)) + bytes.fromhex(row["signature"]) + bytes.fromhex(row["writer"])
    return Entry(row["index"], body[4], number(body, 24, 8), number(body, 32, 4), number(body, 40, 8), body, salt, leaf, H(b"\0", leaf))

def walk(entries, hashes, start, end):
    if not entries:
        return hashes.pop()
    if end - start == 1:
        return entries[0].node
    middle = start + (1 << (end - start - 1).bit_length() - 1)
    cut = bisect.bisect_left(entries, middle, key=lambda entry: entry.index)
    left = walk(entries[:cut], hashes, start, middle)
    return H(b"\1", left, walk(entries[cut:], hashes, middle, end))

def check_signoffs(entry, document, granted, alone):
    if "signoffs" not in document and entry.body[136:168] in alone:
        return  # from before approvals
    by = {step: bytes.fromhex(document["signoffs"][step]["operator"]) for step in SIGNOFFS}
    draft = {name: value for name, value in document.items() if name not in ("number", "signoffs")}
    draft = H(json.dumps(draft, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    for step in SIGNOFFS:
        key, roles = granted.get(by[step], (bytes(32), set()))
        signature = bytes.fromhex(document["signoffs"][step]["signature"])
        must(step in roles and ed25519.verify(key, f"daybook.v1.{step}\0".encode() + draft, signature), f"{entry.index}: its {step}")
    must(by["draft"] != by["approve"] and by["issue"] == entry.body[136:168], f"{entry.index}: who drafted, approved, issued")

def check_keys(entries, contents, log_vkey, root_vkey):
    root, granted, alone = read_vkey(root_vkey)[1], {}, set()
    must(entries[0].kind == LOG and (contents[0]["log_key"], contents[0]["root_key"]) == (log_vkey, root_vkey), "the pinned keys")
    for entry in entries:
        held = granted.get(entry.leaf[96:], (root, set()))
        if entry.kind in (KEY, LOG):
            must(entry.leaf[96:] == H(root) and not any(entry.salt), f"{entry.index}: not the root key's")
        else:
            must(ROLES[entry.kind] in held[1], f"{entry.index}: its writer was not granted")
        must(ed25519.verify(held[0], b"sigsum.org/v1/tree-leaf\0" + entry.leaf[:32], entry.leaf[32:96]), f"{entry.index}: its signature")
        if entry.kind in SUBJECTS:
            word, member = SUBJECTS[entry.kind]
            must(entry.body[64:96] == H(word, b"\0", contents[entry.index][member].encode()), f"{entry.index}: its subject")
            must(OPERATORS[entry.kind] in granted.get(entry.body[136:168], (b"", set()))[1], f"{entry.index}: its operator")
        if entry.kind == DOCUMENT:
            check_signoffs(entry, contents[entry.index], granted, alone)
        if entry.kind == KEY:
            change = contents[entry.index]
            key = read_vkey(change["key"])[1]
            roles = granted.setdefault(H(key), (key, set()))[1]
            roles.update(change["roles"]) if change["action"] == "grant" else roles.difference_update(change["roles"])
            if {*OPERATORS.values(), "approve"} <= set(change["roles"]):
                alone.add(H(key)) if change["action"] == "grant" else alone.discard(H(key))

def stated(document, wanted):
    rows = ((None if row.get("unrated") else row["period"], row) for row in document["usage"])
    return [(label, bytes.fromhex(row["series"]), int(row["quantity"]), row["entries"]) for label, row in rows if wanted(label)]

def total(rows):
    sums = {}
    for label, series, quantity, count in rows:
        before = sums.get((label, series), (0, 0))
        sums[label, series] = before[0] + quantity, before[1] + count
    return sums

def check_usage(bundle, document, entries, contents, money):
    start, end, after = (document["entries"]["usage"][name] for name in ("from_seq", "to_seq", "next"))
    usage, own = [entry for entry in entries if entry.stream == 0], document["period"]
    in_range, closes = [entry for entry in usage if entry.seq >= start], instant(own["to"])
    must(after == end and [entry.seq for entry in in_range] == list(range(start, end)), "a gap in the usage")
    must(all(a.seq < b.seq for a, b in zip(usage, usage[1:])), "usage out of order")
    must(all(entry.index < document["cut"][0]["size"] for entry in usage), "usage after the cut")
    series = {H(bytes.fromhex(row["descriptor"])) for row in bundle["series"]}
    must(all(entry.body[64:96] in series for entry in usage), "a series without a descriptor")
    chain, at = [], document  # the documents before, newest first
    while at["entries"]["money"]["from_seq"] > 0 and (before := money.get(at["entries"]["money"]["from_seq"])):
        must(contents[before.index]["entries"]["usage"]["next"] == at["entries"]["usage"]["from_seq"], "the document before ended elsewhere")
        at = contents[before.index]
        chain.append(at)
    must(chain or start == document["entries"]["money"]["from_seq"] == 0, "the document before is not there")
    billed = instant(chain[0]["period"]["to"]) if chain else -2 ** 63
    must(not chain or chain[0]["forward"] == document["carried"], "the document before carried others forward")
    window = {entry.seq: number(entry.body, 96, 8, True) for entry in usage}
    known = [entry for entry in usage if entry.seq < start and window[entry.seq] < billed]
    carried = [entry for entry in usage if entry.seq < start and window[entry.seq] >= billed]
    forward = [entry for entry in carried + in_range if window[entry.seq] >= closes]
    for name, some in (("carried", carried), ("forward", forward)):
        must(document[name] == {"count": len(some), "hash": H(*(entry.node for entry in some)).hex()}, name)
    periods, index = [], own["index"]
    while index is not None and index in contents:
        periods.append((instant(contents[index]["from"]), instant(contents[index]["to"]), contents[index]["label"]))
        index = contents[index]["previous"]

    def row(entry):
        label = next((label for first, last, label in periods if first <= window[entry.seq] < last), None)
        return label, entry.body[64:96], number(entry.body, 112, 16, True), 1

    counted = [entry for entry in carried + in_range if window[entry.seq] < closes and entry.kind != EXCLUSION]
    must(total(map(row, counted)) == total(stated(document, lambda label: True)), "the totals")
    late = {label for label, *_ in stated(document, lambda label: label not in (None, own["label"]))}
    must(total(map(row, known)) == total(r for d in chain for r in stated(d, late.__contains__)), "what was known before")

def members_of(contract, at):
    rows = [row if isinstance(row, dict) else {"tenant": row} for row in contract["pool"]["members"]]
    return [contract["tenant"], *(row["tenant"] for row in rows
                                  if ("from" not in row or instant(row["from"]) <= at) and (row.get("to") is None or at < instant(row["to"])))]

def check_pool(document, contract, period):
    pools = contract.get("pool"), document.get("pool"), period.get("pool")
    must(all(pools) or not any(pools), "who says that it is of a pool")
    if not all(pools):
        return
    members, said = members_of(contract, instant(document["period"]["from"])), {name: document["pool"][name] for name in ("payer", "members", "totals")}
    must(document["tenant"]["id"] in members and said == period["pool"] and said["payer"] == contract["tenant"] and said["members"] == len(members), "its pool")
    settlement, payer = document.get("settlement"), document["tenant"]["id"] == said["payer"]
    if settlement:
        must(payer == ("amounts" in settlement) and (payer or not any(settlement[name] for name in ("commitments", "credits", "burns", "transfers"))), "whose account it is")
        cents = lambda rows, name, sign: sum(sign * int(row["amount"].replace(".", "")) for row in rows if row.get("credit", row.get("charge")) == name)
        mine, all_ = ([row for row in settlement[name] if row["stage"] == "before_tax" and "original" not in row] for name in ("own_burns", "burns"))
        lines = [row for row in document["lines"] if row["kind"] == "credit"]
        for name in {row["credit"] for row in mine} | {row["charge"] for row in lines}:
            must(cents(mine, name, 1) == cents(lines, name, -1) >= 0 and (not payer or cents(mine, name, 1) <= cents(all_, name, 1)), "its share of the burns")

def check(bundle, log_vkey, root_vkey):
    must((bundle["daybook_bundle"], bundle["log_vkey"], bundle["root_vkey"]) == (1, log_vkey, root_vkey), "another log's")
    size, root = read_checkpoint(bundle["checkpoint"], log_vkey)
    entries, document = [read_entry(row) for row in bundle["entries"]], json.loads(bundle["document"])
    must(all(a.index < b.index for a, b in zip(entries, entries[1:])) and entries[-1].index < size == bundle["size"], "the order")
    hashes = [unbase64(text) for text in reversed(bundle["proof"])]
    must(walk(entries, hashes, 0, size) == root and not hashes, "the proof of inclusion")
    at, contents = {entry.index: entry for entry in entries}, {}
    for row in bundle["contents"]:
        must(H(row["content"].encode()) == at[row["index"]].body[104:136], f"{row['index']}: its content")
        contents[row["index"]] = json.loads(row["content"])
    check_keys(entries, contents, log_vkey, root_vkey)
    own, tenant = at[bundle["document_index"]], document["tenant"]
    must(own.kind == DOCUMENT and H(bundle["document"].encode()) == own.body[104:136], "the document's hash")
    must(all(e.tenant in (0, int(tenant["number"])) and e.body[8:24].hex() == document["ledger_id"] for e in entries), "another's entry")
    must([contents[e.index]["number"] for e in entries if e.kind == TENANT and contents[e.index]["id"] == tenant["id"]] == [tenant["number"]], "the tenant")
    money = {entry.seq: entry for entry in entries if entry.stream == 1}
    start, end = document["entries"]["money"]["from_seq"], document["entries"]["money"]["to_seq"]
    net, tax, due = (int(document[name].replace(".", "")) for name in ("net", "tax", "total"))
    named, after = document.get("settlement", {}).get("transfers", []), end + (2 if due else 1)
    must(net + tax == due and set(range(start, after + len(named))) <= set(money) and money[end] == own, "the money")
    if due:
        moved = [H(b"account\0", text.encode()) for text in (f"receivable:{tenant['id']}", f"revenue:{document['seller']['id']}")]
        paid = b"".join(moved if due > 0 else moved[::-1]) + abs(due).to_bytes(16, "big")
        must(money[end + 1].body[64:144] == paid and money[end + 1].body[152:184] == own.body[104:136], "the transfer")
    for seq, row in enumerate(named, after):
        paid = b"".join(H(b"account\0", row[side].encode()) for side in ("debit", "credit")) + int(row["amount"].replace(".", "")).to_bytes(16, "big")
        must(row["code"] > 2 and money[seq].body[64:144] == paid and money[seq].body[148:184] == row["code"].to_bytes(4, "big") + own.body[104:136], "a named transfer")
    check_pool(document, contents[document["contract"]["index"]], contents[document["period"]["index"]])
    check_usage(bundle, document, entries, contents, {seq: entry for seq, entry in money.items() if entry.kind == DOCUMENT})
    return len(entries)

if __name__ == "__main__":
    vkeys = [pathlib.Path(word).read_text().strip() if pathlib.Path(word).exists() else word for word in sys.argv[2:4]]
    try:
        print("verified:", check(json.loads(pathlib.Path(sys.argv[1]).read_text()), *vkeys), "entries")
    except (LookupError, ValueError, TypeError) as error:
        sys.exit(f"NOT VERIFIED: {error!r}")
