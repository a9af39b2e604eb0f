#!/usr/bin/env python3
"""Rebuilds a Daybook log's roots with pymerkle, and puts our inclusion proofs to it: roots.py DIR

DIR has public/, the log's static files; old, an older checkpoint; INDEX.tlog-proof files.
"""

import base64
import pathlib
import sys

from pymerkle import InmemoryTree, InvalidProof, verify_inclusion

LEAF_SIZE = 128


def checkpoint(path):
    """Size and root as they are written. Who signed them is for others to check."""
    lines = path.read_text().split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def leaves(public, size):
    for number in range(0, (size + 255) // 256):
        width = min(size - number * 256, 256)
        name = f"tile/entries/{number:03}" + (f".p/{width}" if width < 256 else "")
        bundle = (public / name).read_bytes()
        if len(bundle) != width * (2 + LEAF_SIZE):
            raise ValueError(f"{name} has {len(bundle)} bytes")
        for at in range(0, len(bundle), 2 + LEAF_SIZE):
            yield bundle[at + 2:at + 2 + LEAF_SIZE]


def check_proof(path, tree, size, root):
    """Their proof tells which hash is left and which right; the hashes are ours."""
    lines = path.read_text().split("\n\n", 1)[0].split("\n")
    index = int(lines[1].removeprefix("index "))
    hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
    leaf = tree.get_leaf(index + 1)
    proof = tree.prove_inclusion(index + 1, size)
    proof.path = [leaf, *hashes]
    verify_inclusion(leaf, root, proof, index=index + 1, size=size, algorithm="sha256")


def check(folder):
    size, root = checkpoint(folder / "public/checkpoint")
    old_size, old_root = checkpoint(folder / "old")
    tree = InmemoryTree("sha256")
    for leaf in leaves(folder / "public", size):
        tree.append_entry(leaf)
    if tree.get_root(old_size) != old_root:
        raise ValueError(f"the root of {old_size} entries is another one")
    if tree.get_root(size) != root:
        raise ValueError(f"the root of {size} entries is another one")
    proofs = sorted(folder.glob("*.tlog-proof"))
    for path in proofs:
        try:
            check_proof(path, tree, size, root)
        except InvalidProof as error:
            raise ValueError(f"{path.name}: {error}") from error
    return f"roots of {old_size} and {size} entries rebuilt, {len(proofs)} inclusion proofs"


try:
    print(check(pathlib.Path(sys.argv[1])))
except (OSError, ValueError) as problem:
    sys.exit(f"REFUSED {problem}")
