#!/usr/bin/env python3
"""A bundle taken apart into C2SP tlog-proofs, each checked by code that shares nothing with ours: the
note's Ed25519 signature, RFC 6962's tree, and the leaf from what the proof's extra line shows."""

import base64
import hashlib
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "harness"), str(TESTS / "vectors")]
import ed25519  # noqa: E402
from billing import Billing  # noqa: E402
from harness import WORK, done_testing, is_, ok, run  # noqa: E402


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def open_note(note, vkey):
    """(size, root) of a checkpoint that the key signed."""
    name, key_hash, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash == "\u2014" and signer == name and signature[:4].hex() == key_hash:
            assert key[0] == 1 and sha(name.encode(), b"\n", key)[:4].hex() == key_hash
            assert ed25519.verify(key[1:], text.encode(), signature[4:]), "signature"
            origin, size, root = text.splitlines()
            assert origin == name
            return int(size), base64.b64decode(root, validate=True)
    raise AssertionError("the log did not sign")


def check(text, vkey):
    """(index, body) of a tlog-proof that holds; raises otherwise."""
    head, note = text.split("\n\n", 1)
    magic, extra, index, *hashes = head.split("\n")
    assert magic == "c2sp.org/tlog-proof@v1" and extra.startswith("extra ") and index.startswith("index ")
    size, root = open_note(note, vkey)
    index, extra = int(index[6:]), base64.b64decode(extra[6:], validate=True)
    salt, body, signature, writer = extra[:32], extra[32:-96], extra[-96:-32], extra[-32:]
    leaf = sha(sha(b"daybook.v1.commitment", salt, body)) + signature + writer
    node, at, last = sha(b"\0", leaf), index, size - 1
    assert at <= last
    for sibling in (base64.b64decode(line, validate=True) for line in hashes):  # RFC 9162 2.1.3.2
        assert last > 0, "too long"
        if at & 1 or at == last:
            node = sha(b"\1", sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha(b"\1", node, sibling)
        at, last = at >> 1, last >> 1
    assert last == 0 and node == root, "root"
    return index, body


book = Billing("explode", acme="UTC", umbrella="UTC")
book.plan("p")
book.contract("c", "acme", "2026-08-01")
for month in ("08", "09"):
    book.gpu("umbrella", f"2026-{month}-03T00", 20)
    book.gpu("acme", f"2026-{month}-03T10", 9)
    book.gpu("acme", "2026-08-07T10", 1, allocation=month)
    book.take()
    document = book.issue("acme", f"2026-{month}")
book.gpu("umbrella", "2026-10-03T00", 10)
book.take()
path = book.bundle(document["number"])
bundle = json.loads(path.read_text())
keys = ["--vkey", book.keys / "log.vkey", "--root", book.keys / "root.vkey"]
vkey = (book.keys / "log.vkey").read_text().strip()


def explode(bundle_path, name):
    return run("daybook-verify", "bundle", bundle_path, *keys, "--explode", WORK / name, check=False)


is_(explode(path, "out").returncode, 0, "a bundle is verified and taken apart")
files = sorted((WORK / "out").iterdir())
is_(sorted(int(file.name.removesuffix(".tlog-proof")) for file in files), [entry["index"] for entry in bundle["entries"]],
    "a proof for each entry, named by its index")
bodies = {entry["index"]: entry["body"] for entry in bundle["entries"]}
texts = [file.read_text() for file in files]
found = [check(text, vkey) for text in texts]
ok(all(bodies[index] == body.hex() for index, body in found), f"another program takes each of {len(found)} for proven, with the entry's body")
ok(all(text.endswith("\n\n" + bundle["checkpoint"]) for text in texts), "each has the bundle's checkpoint, byte for byte")


def holds(text):
    try:
        check(text, vkey)
        return True
    except (AssertionError, ValueError):
        return False


for name, change in (("another index", lambda t: t.replace("index ", "index 1", 1)),
                     ("another body", lambda t: t.replace("extra ", "extra AAAA", 1)),
                     ("a proof too short", lambda t: t.replace("\n" + t.split("\n")[3] + "\n", "\n", 1)),
                     ("another size", lambda t: t.replace(f"\n{bundle['size']}\n", f"\n{bundle['size'] + 1}\n"))):
    ok(not any(holds(change(text)) for text in texts), f"and none with {name}")

bundle["entries"][-1]["salt"] = "11" * 32
(WORK / "changed.json").write_text(json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
is_((explode(WORK / "changed.json", "none").returncode, (WORK / "none").exists()), (1, False), "a bundle that is not verified is not taken apart")
(WORK / "file").write_text("")
done = explode(path, "file")
ok(done.returncode == 2 and "file" in done.stderr, "a folder that cannot be made is an error")
done_testing()
