#!/usr/bin/env python3
"""A bundle leaks nothing about other tenants, tried: two tenants whose usage anybody could guess, in the
same hours and batches, at the same price. Whoever holds one's bundles, the public log and the exact bytes
of the other's entries as a guess tries to have the guess confirmed."""

import base64
import hashlib
import hmac
import itertools
import json
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "harness"), str(TESTS / "vectors")]
import entry_v1  # noqa: E402
from billing import Billing  # noqa: E402
from harness import done_testing, is_, ok, sql  # noqa: E402

book = Billing("bundle_leaks", acme="UTC", umbrella="UTC")
book.plan("p")
book.plan("clandestine", charges=[{"charge": "hidden", "meter": "gpu_time", "model": "per_unit", "price": "0.77",
                              "price_unit": {"name": "GPU-hour", "divisor": "3600000000"}}])
book.contract("c", "acme", "2026-08-01")
book.contract("u", "umbrella", "2026-08-01", plan="clandestine", customer={"name": "Umbrella Ltd", "address": ["Hive 1"], "country": "DE"})
numbers = []
for month in ("08", "09", "10"):
    for tenant in ("acme", "umbrella"):
        book.gpu(tenant, f"2026-{month}-03T10", 4)
        book.gpu(tenant, f"2026-08-{month}T20", 1, allocation="late")
    book.take()
    numbers += [(tenant, book.issue(tenant, f"2026-{month}")["number"]) for tenant in ("acme", "umbrella")]
mine = [book.bundle(number).read_text() for tenant, number in numbers if tenant == "acme"]
theirs = [number for tenant, number in numbers if tenant == "umbrella"]
bundles = [json.loads(text) for text in mine]
shown = {entry["index"]: entry for bundle in bundles for entry in bundle["entries"]}
is_(len([True for bundle in bundles if json.loads(bundle["document"])["adjustments"]]), 2, "three bundles, two of them with late usage of earlier periods")

# ------------------------------------------------------------------------------------- the guesses
USAGE = """encode(series, 'hex'), (extract(epoch from window_from) * 1000000)::bigint, length_seconds, quantity, contributions"""
ROWS = sql(book.database, f"""select idx, kind, tenant, stream, stream_seq, encode(batch, 'hex'), encode(checksum, 'hex'),
    encode(signature, 'hex'), {USAGE}, encode(debit, 'hex'), encode(credit, 'hex'), amount, currency, exponent, code,
    encode(document, 'hex'), encode(subject, 'hex'), version, encode(content_hash, 'hex'), encode(operator, 'hex')
    from ledger.entry where kind <> 6 order by idx""")
LEDGER = hashlib.sha256(b"daybook.test/bundle_leaks").hexdigest()[:32]
FIELDS = {1: ("series", "from_us", "length_seconds", "quantity", "contributions"),
          4: ("debit", "credit", "amount", "currency", "exponent", "code", "document")}
PLACES = {1: slice(8, 13), 4: slice(13, 20)}


def guess(row):
    """Index, public checksum, and the entry as who knew everything of it would write it down."""
    kind = int(row[1])
    fields = dict(zip(FIELDS.get(kind, ("subject", "version", "content", "operator")), row[PLACES.get(kind, slice(20, 24))]))
    return int(row[0]), bytes.fromhex(row[6]), {"kind": entry_v1.KINDS[kind - 1], "ledger": LEDGER, "tenant": row[2],
                                                "stream": int(row[3]), "stream_seq": row[4], "batch": row[5], "fields": fields}


def confirms(checksum, body, salt):
    commitment = hashlib.sha256(b"daybook.v1.commitment" + salt + body).digest()
    return hashlib.sha256(commitment).digest() == checksum


guesses = [guess(row) for row in ROWS]
salt_key = bytes.fromhex((book.keys / "salt.key").read_text().strip())
bodies = {index: entry_v1.body_of(case) for index, _, case in guesses}
ok(all(confirms(checksum, bodies[index], entry_v1.salt_of(salt_key, case)) for index, checksum, case in guesses),
   f"all {len(guesses)} guesses are right: with the salt key each is confirmed")
hidden = [(index, checksum, case) for index, checksum, case in guesses
          if index not in shown and case["kind"] not in entry_v1.PUBLIC]
kinds = {case["kind"] for _, _, case in hidden}
ok({"usage", "contract", "period", "document", "transfer", "tenant", "plan"} <= kinds and
   not any(case["tenant"] == "1" and case["kind"] != "catalog" for _, _, case in hidden),
   f"{len(hidden)} of them are not in the bundles: the other tenant's, its terms, and the catalog")

# ------------------------------------------------------------------------ what the bundles say in the open
other = [entry_v1.salt_of(salt_key, case) for _, _, case in hidden]
salts = [bytes.fromhex(entry["salt"]) for index, entry in shown.items() if any(bytes.fromhex(entry["salt"]))]
is_(len(set(salts + other)), len(salts) + len(other), "no salt stands for two entries")
binary = b"".join(bytes.fromhex(digits) for text in mine for digits in re.findall(r"(?:[0-9a-f]{2}){16,}", text))
binary += b"".join(base64.b64decode(one) for bundle in bundles for name in ("proof", "cut_proof") for one in bundle[name])
for name, secrets in (
        ("body", [bodies[index] for index, _, _ in hidden]), ("salt", other),
        ("commitment", [hashlib.sha256(b"daybook.v1.commitment" + entry_v1.salt_of(salt_key, case) + bodies[index]).digest()
                        for index, _, case in hidden]),
        ("checksum", [checksum for _, checksum, _ in hidden]),
        ("signature", [bytes.fromhex(row[7]) for row in ROWS if int(row[0]) in {index for index, _, _ in hidden}]),
        ("tenant's key", [entry_v1.hmac256(salt_key, entry_v1.u64(number)) for number in ("0", "1", "2")]), ("salt key", [salt_key])):
    is_([secret.hex() for secret in secrets if secret in binary or secret.hex() in "".join(mine)], [], f"no {name} of them is in a bundle")
for word in ("umbrella", "Umbrella", "Hive", "clandestine", "hidden", "0.77", *theirs):
    ok(not any(word in text or word.encode().hex() in text for text in mine), f"nor the word '{word}'")
tenants = {int(entry["body"][48:64], 16) for entry in shown.values()}
is_(tenants, {0, 1}, "its entries are the tenant's and the ledger's own")
is_({json.loads(content["content"])["id"] for bundle in bundles for content in bundle["contents"]
     if shown[content["index"]]["body"][8:10] == "08"}, {"acme"}, "of tenants' entries it has one")

# ---------------------------------------------------------------------------------- trying all that is there
strings = {binary[at:at + 32] for at in range(0, len(binary) - 31, 4)} if len(binary) < 40000 else set()
texts = [match for text in mine for match in re.findall(r"(?:[0-9a-f]{2}){32,}", text)]
strings |= {bytes.fromhex(text[at:at + 64]) for text in texts for at in range(0, min(len(text), 640) - 63, 16)}
strings |= {hashlib.sha256(word.encode()).digest() for word in ("", "acme", "umbrella", "1", "2", "daybook.test/bundle_leaks")}
strings |= {bytes(32), bytes.fromhex(LEDGER) * 2, *salts}
strings |= {bytes(a ^ b for a, b in zip(x, y)) for x, y in itertools.combinations(salts[:40], 2)}


def tries(case, key):
    """The key as the salt itself, as the tenant's key, as the ledger's."""
    message = b"daybook.v1.salt" + entry_v1.u32(case["stream"]) + entry_v1.u64(case["stream_seq"])
    tenant = hmac.digest(key, entry_v1.u64(case["tenant"]), "sha256")
    return key, hmac.digest(key, message, "sha256"), hmac.digest(tenant, message, "sha256")


found = [(index, case["kind"]) for index, checksum, case in hidden for key in strings for salt in tries(case, key)
         if confirms(checksum, bodies[index], salt)]
is_(found, [], f"no guess is confirmed by any of {len(strings)} byte strings of the bundles, as salt or as key")
control = [salt for _, _, case in hidden[:1] for salt in tries(case, salt_key)]
ok(confirms(hidden[0][1], bodies[hidden[0][0]], control[2]), "though the same attempt with the true key confirms")
proofs = {hash_ for bundle in bundles for name in ("proof", "cut_proof") for hash_ in bundle[name]}
ok(proofs and all(len(hash_) == 44 for hash_ in proofs), "what it has of others is hashes")
done_testing()
