"""What a thief of keys can make: entries and checkpoints that are signed as they should be.

It shares no code with the C: the bytes are those of tests/vectors/entry_v1.py, from README.md alone.
"""

import base64
import hashlib
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
import ed25519_reference as ed25519  # noqa: E402
import entry_v1  # noqa: E402


class Thief:
    """Somebody who has the folder of keys."""

    def __init__(self, keys):
        self.keys = keys

    def _seed(self, name):
        line = (self.keys / f"{name}.key").read_text().strip()
        return line.removeprefix("PRIVATE+KEY+").split("+")[0], \
            base64.b64decode(line[-44:])[1:]

    def note(self, origin, size, root, key="log", seed=None):
        """A checkpoint signed by this key, or by another that goes by its name."""
        name, own = self._seed(key)
        seed = seed or own
        public = ed25519.public_key(seed)
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        line = base64.b64encode(key_id + ed25519.sign(seed, text.encode())).decode()
        return f"{text}\n\u2014 {name} {line}\n"

    @staticmethod
    def cosign(note, name, seed, time):
        """A witness: its verifier key, and its line under this note (C2SP cosignature/v1)."""
        public = ed25519.public_key(seed)
        key_id = hashlib.sha256(name.encode() + b"\n\x04" + public).digest()[:4]
        text = note[:note.index("\n\n") + 1].encode()
        signature = ed25519.sign(seed, f"cosignature/v1\ntime {time}\n".encode() + text)
        line = base64.b64encode(key_id + time.to_bytes(8, "big") + signature).decode()
        return (f"{name}+{key_id.hex()}+{base64.b64encode(bytes([4]) + public).decode()}",
                f"\u2014 {name} {line}\n")

    def operator(self, name):
        """SHA-256 of a person's public key, in hex."""
        return hashlib.sha256(ed25519.public_key(self._seed(name)[1])).hexdigest()

    def signoff(self, name, step, draft):
        """A person's signature of a draft, whose canonical bytes these are."""
        message = f"daybook.v1.{step}\0".encode() + hashlib.sha256(draft).digest()
        return {"operator": self.operator(name), "signature": ed25519.sign(self._seed(name)[1], message).hex()}

    def usage(self, origin, row, key="ingest"):
        """Checksum, signature and writer, in hex, of a usage entry with these columns."""
        return self.entry(origin, "usage", row["tenant"], {"stream": 0, **row}, key)

    def entry(self, origin, kind, tenant, row, key="ingest"):
        """The same of an entry of any kind."""
        _, seed = self._seed(key)
        salt_key = bytes.fromhex((self.keys / "salt.key").read_text().strip())
        case = {"kind": kind, "ledger": hashlib.sha256(origin.encode()).hexdigest()[:32],
                "tenant": tenant, "stream": row["stream"], "stream_seq": row["stream_seq"],
                "batch": row["batch"], "fields": row}
        values = entry_v1.steps_of({"writer_seed": seed.hex(), "salt_key": salt_key.hex()}, case)
        writer = hashlib.sha256(ed25519.public_key(seed)).hexdigest()
        return values["checksum"], values["signature"], writer


def read_note(text):
    """Origin, size and root of a checkpoint."""
    origin, size, root = re.match(r"(.*)\n(.*)\n(.*)\n", text).groups()
    return origin, int(size), base64.b64decode(root)


def witness(archive, log_key, policy, name="witness.test/one", seed=b"w" * 32):
    """What daybook-cosign keeps of a witness that cosigned what is published, and a policy."""
    note = (archive / "public/checkpoint").read_text()
    key, line = Thief.cosign(note, name, seed, 1700000000)
    folder = archive / "public/witnessed"
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_text(note + line)
    (folder / key.split("+")[1]).write_text(note + line)
    policy.write_text(f"log {log_key.read_text().strip()}\nwitness one {key}\nquorum one\n")
