"""The logs that are put to the verifiers, made through the product: init, tenants, events, seal,
an invoice and its bundle. Each is a folder:

    public/             the log's static files, as the sealer published them
    old                 an older checkpoint of the same log
    add-checkpoint      the move from old to public/checkpoint (C2SP tlog-witness)
    INDEX.tlog-proof    of chosen entries (C2SP tlog-proof)
    sigsum-head         what `daybook-ledger seal --sigsum-head` wrote
    bundle.json         the proof bundle of an invoice, where there is one
"""

import base64
import hashlib
import json
import shutil

from billing import Billing
from harness import WORK, run

COMMITMENT = b"daybook.v1.commitment"


def sha256(data):
    return hashlib.sha256(data).digest()


def read_vkey(vkey):
    """Name and raw Ed25519 key of a C2SP verifier key."""
    name, _, encoded = vkey.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    return name, raw[1:]


def make_vkey(name, key):
    typed = b"\x01" + key
    key_id = sha256(name.encode() + b"\n" + typed)[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


class Material:
    def __init__(self, folder):
        self.folder = folder
        self.cosignatures = []  # (public key, time, signature) of the Sigsum tree head

    def log_key(self):
        return read_vkey((self.folder / "public/log.vkey").read_text())[1]

    def head(self):
        """size, root and signature of the Sigsum tree head."""
        lines = (self.folder / "sigsum-head").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def writers(self):
        """SHA-256 of a public key: the key, of every key that the log's public entries name."""
        keys = {}
        for path in (self.folder / "public/keys").glob("*.json"):
            for value in json.loads(path.read_text())["content"].values():
                if isinstance(value, str) and value.count("+") >= 2:
                    key = read_vkey(value)[1]
                    keys[sha256(key)] = key
        return keys

    def size(self):
        return int((self.folder / "public/checkpoint").read_text().split("\n")[1])

    def bundles(self):
        """(path, bytes, how many entries it should have), as the checkpoint's size has it."""
        for number in range((self.size() + 255) // 256):
            width = min(self.size() - 256 * number, 256)
            name = f"entries/{number:03}" + (f".p/{width}" if width < 256 else "")
            yield name, (self.folder / "public/tile" / name).read_bytes(), width

    def leaves(self):
        """(index, checksum, signature, writer's hash) from the entry bundles."""
        index = 0
        for _, bundle, width in self.bundles():
            for at in range(2, 130 * width, 130):
                leaf = bundle[at:at + 128]
                yield index, leaf[:32], leaf[32:96], leaf[96:]
                index += 1

    def signatures(self):
        """(label, public key, signature, message) of each entry and of the checkpoint."""
        writers = self.writers()
        for index, checksum, signature, writer in self.leaves():
            yield (f"entry-{index}", writers[writer], signature,
                   b"sigsum.org/v1/tree-leaf\0" + checksum)
        text, line = (self.folder / "public/checkpoint").read_bytes().split(b"\n\n")
        yield "checkpoint", self.log_key(), base64.b64decode(line.split()[2])[4:], text + b"\n"

    def sigsum_origin(self):
        return "sigsum.org/v1/tree/" + sha256(self.log_key()).hex()

    def sigsum_note(self):
        """The Sigsum tree head as a C2SP checkpoint, for witnesses."""
        head, origin = self.head(), self.sigsum_origin()
        key_id = bytes.fromhex(make_vkey(origin, self.log_key()).split("+")[1])
        root = base64.b64encode(bytes.fromhex(head["root_hash"])).decode()
        signature = base64.b64encode(key_id + bytes.fromhex(head["signature"])).decode()
        return f"{origin}\n{head['size']}\n{root}\n\n— {origin} {signature}\n"

    def entries(self):
        """Of the invoice's bundle: index to what was signed and what signed it."""
        found = {}
        for entry in json.loads((self.folder / "bundle.json").read_text())["entries"]:
            body, salt = bytes.fromhex(entry["body"]), bytes.fromhex(entry["salt"])
            found[entry["index"]] = (sha256(COMMITMENT + salt + body), entry)
        return found

    def _sigsum_policy(self):
        lines = [f"log {self.log_key().hex()}"]
        lines += [f"witness w{i} {key.hex()}" for i, (key, _, _) in enumerate(self.cosignatures)]
        names = " ".join(f"w{i}" for i in range(len(self.cosignatures)))
        lines += [f"group all all {names}", "quorum all"] if names else ["quorum none"]
        return "\n".join(lines) + "\n"

    def write_sigsum(self):
        """policy, and proof, message and writer of each entry that has a tlog-proof and is in the
        bundle."""
        writers, entries, head = self.writers(), self.entries(), self.head()
        head = "".join(f"{name}={value}\n" for name, value in head.items())
        for key, time, signature in self.cosignatures:
            head += f"cosignature={sha256(key).hex()} {time} {signature.hex()}\n"
        (self.folder / "policy").write_text(self._sigsum_policy())
        for path in sorted(self.folder.glob("*.tlog-proof")):
            index = int(path.stem)
            if index in entries:
                commitment, entry = entries[index]
                hashes = path.read_text().split("\n\n")[0].split("\n")[2:]
                nodes = "".join(f"node_hash={base64.b64decode(h).hex()}\n" for h in hashes)
                path.with_suffix(".sigsum").write_text(
                    f"version=2\nlog={sha256(self.log_key()).hex()}\n"
                    f"leaf={entry['writer']} {entry['signature']}\n\n{head}\n"
                    f"leaf_index={index}\n{nodes}")
                path.with_suffix(".message").write_text(commitment.hex() + "\n")
                writer = writers[bytes.fromhex(entry["writer"])]
                path.with_suffix(".writer").write_text(writer.hex() + "\n")


def collect(book, name, old, indexes):
    """What the sealer has published, into a folder of its own, with proofs."""
    folder = WORK / name
    shutil.copytree(book.archive / "public", folder / "public")
    (folder / "old").write_text(old)
    book.ledger("seal", "--once", "--sigsum-head", folder / "sigsum-head")
    run("export_proofs", folder / "public", folder / "old", folder, *indexes)
    return Material(folder)


def checkpoint_of(book):
    return (book.archive / "public/checkpoint").read_text()


def make():
    """(a month: three tiles, an invoice; a year: a full tile at level 1, a partial one at level 2)"""
    book = Billing("external", acme="UTC", beta="Europe/Berlin")
    book.plan()
    book.contract("c-1", "acme", "2026-09-01")
    book.gpu("acme", "2026-09-01", hours=300)
    book.gpu("beta", "2026-09-03", hours=7)
    book.take()
    old = checkpoint_of(book)
    book.gpu("acme", "2026-09-13T12", hours=400, gpus=3)
    book.take()
    number = book.issue("acme", "2026-09")["number"]
    assert book.verify(number) == "verified", number
    size = int(checkpoint_of(book).split("\n")[1])
    chosen = sorted({0, 1, 2, 3, 4, 9, 127, 128, 254, 255, 256, 257, 383, 511, 512, 513, 600,
                     *range(size - 4, size)})
    month = collect(book, "month", old, chosen)
    shutil.copy(WORK / f"{number}.bundle.json", month.folder / "bundle.json")
    old = checkpoint_of(book)
    run("sample_ledger", book.database, book.keys, book.archive / "public/checkpoint", 4, 8200)
    book.seal()
    size = int(checkpoint_of(book).split("\n")[1])
    year = collect(book, "year", old, [0, 65535, 65536, size - 1])
    return month, year
