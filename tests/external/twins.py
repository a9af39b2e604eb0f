"""Changed copies of a log, each in one place that a verifier must notice.

A twin is (what was changed, how, what the refusal says): refusing for another reason proves nothing.
"""

import base64
import re
import shutil

from harness import WORK

LEAF, SIGNATURE = 130, 34  # a leaf's stride in a bundle; where its signature begins there


class Twin:
    def __init__(self, what, change, says):
        self.what, self.change, self.says = what, change, says

    def make(self, folder):
        twin = WORK / "twin"
        shutil.rmtree(twin, ignore_errors=True)
        shutil.copytree(folder, twin)
        self.change(twin)
        return twin


def newest(folder, pattern):
    """The widest of a tile's partial forms, or the one file that matches."""
    return max(folder.glob(pattern), key=lambda path: int(path.name) if path.name.isdigit() else 0)


def flip(pattern, at):
    """One bit of a file."""
    def change(folder):
        path = newest(folder, pattern)
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)
    return change


def flip_base64(pattern, line, at):
    """One bit of what a line's last word says."""
    def change(folder):
        path = newest(folder, pattern)
        lines = path.read_text().split("\n")
        before, space, word = lines[line].rpartition(" ")
        raw = bytearray(base64.b64decode(word))
        raw[at] ^= 1
        lines[line] = before + space + base64.b64encode(raw).decode()
        path.write_text("\n".join(lines))
    return change


def replace(pattern, old, new):
    def change(folder):
        path = newest(folder, pattern)
        text = path.read_text()
        changed = re.sub(old, new, text, count=1, flags=re.M)
        assert changed != text, path
        path.write_text(changed)
    return change


def append(pattern, content):
    def change(folder):
        path = newest(folder, pattern)
        path.write_bytes(path.read_bytes() + content)
    return change


def remove(pattern):
    return lambda folder: newest(folder, pattern).unlink()


ENTRY = 248  # the entry whose leaf is changed; openssl looks at every 31st
AT = ENTRY * LEAF + SIGNATURE
BUNDLE = "public/tile/entries/000"
CHECKPOINT = "public/checkpoint"
SIZE_PLUS_ONE = replace(CHECKPOINT, r"(?<=\n)(\d+)\n", lambda m: f"{int(m[1]) + 1}\n")
UNSIGNED = "invalid signature for key daybook.test/external"

NOTE = [
    Twin("the checkpoint's size", SIZE_PLUS_ONE, UNSIGNED),
    Twin("the checkpoint's root", flip_base64(CHECKPOINT, 2, 9), UNSIGNED),
    Twin("the checkpoint's signature", flip_base64(CHECKPOINT, 4, 40), UNSIGNED),
    Twin("the older checkpoint", flip_base64("old", 2, 0), UNSIGNED),
]

SUMDB = [
    Twin("a full tile", flip("public/tile/0/001", 1000), "downloaded inconsistent tile"),
    Twin("a partial tile", flip("public/tile/0/002.p/*", 1000), "downloaded inconsistent tile"),
    Twin("a tile of level 1", flip("public/tile/1/000.p/*", 5), "downloaded inconsistent tile"),
    Twin("an entry", flip(BUNDLE, AT), f"leaf {ENTRY}: entry bundle does not match tile"),
    *NOTE,
    Twin("the verifier key", replace("public/log.vkey", r"\+(\w)", lambda m: f"+{int(m[1], 16) ^ 1:x}"),
         "invalid verifier hash"),
    Twin("a consistency proof's hash", flip_base64("add-checkpoint", 2, 0),
         "consistency: invalid transparency proof"),
    Twin("a consistency proof's length", replace("add-checkpoint", r"^\S{44}\n", ""),
         "consistency: invalid transparency proof"),
    Twin("an inclusion proof's hash", flip_base64("256.tlog-proof", 3, 0), "proof of 256: invalid"),
]

SUMDB_YEAR = [
    Twin("a full tile of level 1", flip("public/tile/1/000", 5000), "downloaded inconsistent tile"),
    Twin("a tile of level 2", flip("public/tile/2/000.p/*", 5), "downloaded inconsistent tile"),
]

MERKLE = [
    Twin("an entry", flip(BUNDLE, AT), "the root of 319 entries is"),
    *NOTE,
    Twin("a consistency proof's hash", flip_base64("add-checkpoint", 2, 0), "growth: calculated root"),
    Twin("a consistency proof's length", replace("add-checkpoint", r"^\S{44}\n", ""),
         "growth: wrong proof size"),
    Twin("an inclusion proof's hash", flip_base64("256.tlog-proof", 3, 0), "calculated root"),
    Twin("an inclusion proof's length", replace("256.tlog-proof", r"^\S{44}\n", ""),
         "wrong proof size"),
    Twin("an inclusion proof's index", replace("256.tlog-proof", "index 256", "index 257"),
         "calculated root"),
]
MERKLE_COSIGNED = [
    Twin("a cosignature's time", flip_base64("cosigned", 5, 11), "invalid signature for key witness"),
    Twin("a cosignature", flip_base64("cosigned", 5, 40), "invalid signature for key witness"),
    Twin("a cosignature left out", replace("cosigned", r"^— witness.*\n", ""), "signatures hold, not"),
]
MERKLE_YEAR = [Twin("an entry", flip("public/tile/entries/255", AT), "the root of \\d+ entries is")]

FSCK = [
    Twin("a full tile", flip("public/tile/0/001", 1000), "fsck failed: failed: tile/0/001"),
    Twin("a partial tile", flip("public/tile/0/002.p/*", 1000), "fsck failed: failed: tile/0/002.p/"),
    Twin("a tile of level 1", flip("public/tile/1/000.p/*", 5), "fsck failed: "),
    Twin("an entry", flip(BUNDLE, AT), "fsck failed: "),
    Twin("one entry too many", append(BUNDLE, b"\0\0"), "entries/000 has 33282 bytes"),
    Twin("a bundle that is not there", remove("public/tile/entries/002.p/*"),
         "error while streaming bundles"),
    *NOTE[:3],
]
FSCK_YEAR = [
    Twin("a full tile of level 1", flip("public/tile/1/000", 5000), "fsck failed: "),
    Twin("a tile of level 2", flip("public/tile/2/000.p/*", 5), "fsck failed: "),
]

SIGSUM = [
    Twin("an entry's commitment", replace("256.message", r"^.", lambda m: f"{int(m[0], 16) ^ 1:x}"),
         "256.sigsum: verify error: bad leaf signature"),
    Twin("an entry's signature", replace("256.sigsum", r"(?<=^leaf=.{65}).",
                                         lambda m: f"{int(m[0], 16) ^ 1:x}"), "bad leaf signature"),
    Twin("the writer", replace("256.writer", r"^.", lambda m: f"{int(m[0], 16) ^ 1:x}"),
         "unknown leaf keyhash"),
    Twin("the tree head's root", replace("256.sigsum", r"(?<=^root_hash=).",
                                         lambda m: f"{int(m[0], 16) ^ 1:x}"), "bad log signature"),
    Twin("the tree head's size", replace("256.sigsum", r"(?<=^size=)(\d+)",
                                         lambda m: str(int(m[1]) + 1)), "bad log signature"),
    Twin("the index", replace("256.sigsum", "leaf_index=256", "leaf_index=257"),
         "bad inclusion proof"),
    Twin("a node", replace("256.sigsum", r"(?<=^node_hash=).", lambda m: f"{int(m[0], 16) ^ 1:x}"),
         "bad inclusion proof"),
    Twin("a node left out", replace("256.sigsum", r"^node_hash=.*\n", ""), "bad inclusion proof"),
]
SIGSUM_COSIGNED = [
    Twin("a cosignature", replace("256.sigsum", r"(?<=^cosignature=.{64} )(\d+)",
                                  lambda m: str(int(m[1]) ^ 1)), "bad witness cosignature"),
    Twin("a cosignature left out", replace("256.sigsum", r"^cosignature=.*\n", ""),
         "not enough valid cosignatures"),
]

PYMERKLE = [
    Twin("an entry", flip(BUNDLE, AT), "the root of 319 entries is another one"),
    Twin("the checkpoint's root", flip_base64(CHECKPOINT, 2, 9), "the root of \\d+ entries is another"),
    Twin("the checkpoint's size", SIZE_PLUS_ONE, "No such file|has \\d+ bytes|is another one"),
    Twin("an inclusion proof's hash", flip_base64("256.tlog-proof", 3, 0), "256.tlog-proof: "),
    Twin("an inclusion proof's length", replace("256.tlog-proof", r"^\S{44}\n", ""),
         "256.tlog-proof: "),
]

RAW = [
    Twin("an entry's signature", flip(BUNDLE, AT), f"entry-{ENTRY}: "),
    Twin("an entry's checksum", flip(BUNDLE, AT - 32), f"entry-{ENTRY}: "),
    Twin("the checkpoint's origin", replace(CHECKPOINT, "^daybook", "Daybook"), "checkpoint: "),
    Twin("the checkpoint's root", flip_base64(CHECKPOINT, 2, 9), "checkpoint: "),
    Twin("the checkpoint's signature", flip_base64(CHECKPOINT, 4, 40), "checkpoint: "),
]
