"""The verifiers: how each is had, run and judged."""

import base64
import contextlib
import functools
import http.server
import re
import subprocess
import threading

import tools
import twins
from harness import WORK

FSCK_SECONDS_MAX = 60


class Failed(Exception):
    """A verifier accepted what it must refuse, or refused what it must accept."""


class Verifier:
    """`logs` are (material, its twins). run() returns what was checked, a line for each log."""

    name = "?"

    def __init__(self, *logs):
        self.logs = logs

    def version(self):
        return ""

    def prepare(self):
        """Has the verifier built; tools.NotRun if it cannot be had."""

    def verify(self, material):
        """(accepted, what it said)."""
        raise NotImplementedError

    def run(self):
        self.prepare()
        return [self._judge(material, changed) for material, changed in self.logs]

    def _judge(self, material, changed):
        for twin in changed:
            accepted, said = self.verify(type(material)(twin.make(material.folder)))
            if accepted:
                raise Failed(f"it accepts a twin: {twin.what}")
            if not re.search(twin.says, said):
                raise Failed(f"it refuses a twin, {twin.what}, but says: {tools.last_line(said)}")
        accepted, said = self.verify(material)
        if not accepted:
            raise Failed(f"it refuses the original: {tools.last_line(said)}")
        return f"{said}; twins refused: {len(changed)}"


def ended(done):
    """0 is accepted, 1 with a word of refusal is refused; all else is a verifier that broke."""
    said = (done.stdout + done.stderr).strip()
    if done.returncode == 0:
        return True, tools.last_line(said)
    if done.returncode == 1 and "REFUSED" in said:
        return False, said
    raise Failed(f"status {done.returncode}: {tools.last_line(said)}")


def call(*command, seconds=300):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=seconds, check=False)


class Sumdb(Verifier):
    name = "Go sumdb note, tlog"

    def version(self):
        return tools.go_version("golang.org/x/mod")

    def prepare(self):
        tools.build_go()

    def verify(self, material):
        step = 1 if material.size() < 10000 else 251  # still a leaf of every tile
        return ended(call(tools.BIN / "sumdb", material.folder, step))


class Merkle(Verifier):
    name = "transparency-dev merkle, formats"

    def version(self):
        return f"{tools.go_version('github.com/transparency-dev/merkle')}, " \
               f"{tools.go_version('github.com/transparency-dev/formats')}"

    def prepare(self):
        tools.build_go()
        month, changed = self.logs[0]
        if (month.folder / "cosigned").exists():
            self.logs = ((month, changed + twins.MERKLE_COSIGNED), *self.logs[1:])

    def verify(self, material):
        return ended(call(tools.BIN / "merkle", material.folder))


class Fsck(Verifier):
    """Its status is 0 whatever it finds, it hangs with one worker, and it does not see an over-full
    bundle: so a time limit, more workers, the line that names size and root, and a count of ours."""

    name = "Tessera fsck"

    def version(self):
        return tools.go_version("github.com/transparency-dev/tessera")

    def prepare(self):
        tools.build_go()

    def verify(self, material):
        public = material.folder / "public"
        with served(public) as url:
            said = self._fsck(url, public / "log.vkey")
        _, size, root = (public / "checkpoint").read_text().split("\n")[:3]
        if f"Successfully fsck'd log with size {size} and root {root} " not in said:
            return False, said
        for path, bundle, entries in material.bundles():
            if len(bundle) != 130 * entries:
                return False, f"{path} has {len(bundle)} bytes"
        return True, f"{size} entries: bundles, tiles, root"

    @staticmethod
    def _fsck(url, vkey):
        try:
            done = call(tools.BIN / "fsck", "-N=16", "-ui=false", f"-storage_url={url}",
                        f"-public_key={vkey}", seconds=FSCK_SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"fsck did not end in {FSCK_SECONDS_MAX} s") from error
        return done.stdout + done.stderr


class StaticServer(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5, connections of 16 workers wait for seconds


class StaticFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The folder as static files on loopback: all that an archive asks of a web server."""
    with StaticServer(("127.0.0.1", 0), functools.partial(StaticFiles, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Sigsum(Verifier):
    name = "Rust crate sigsum"

    def version(self):
        return "0.3.0"

    def prepare(self):
        self.program = tools.build_rust()
        month, changed = self.logs[0]
        month.write_sigsum()
        count = len(month.cosignatures)
        self.quorum = f"all {count} witnesses" if count else "none, as no witness ran"
        if count:
            self.logs = ((month, changed + twins.SIGSUM_COSIGNED),)

    def verify(self, material):
        accepted, said = ended(call(self.program, material.folder))
        return accepted, f"{said} of {self.quorum}" if accepted else said


class Pymerkle(Verifier):
    name = "PyPI pymerkle"

    def version(self):
        return "7.0.0"

    def prepare(self):
        venv = tools.venv("venv", tools.HERE / "python/requirements.txt")
        self.command = [venv / "bin/python3", tools.HERE / "python/roots.py"]

    def verify(self, material):
        return ended(call(*self.command, material.folder))


class Java(Verifier):
    name = "Java"

    def version(self):
        return "JDK " + tools.dotted(tools.version("javac", "-version"))

    def prepare(self):
        self.classes = tools.java()

    def verify(self, material):
        path = WORK / "signatures"
        path.write_text("".join(f"{label} {key.hex()} {signature.hex()} {message.hex()}\n"
                                for label, key, signature, message in material.signatures()))
        accepted, said = ended(call("java", "-cp", self.classes, "Verify", path))
        return accepted, f"{said}: every entry, checkpoint" if accepted else said


class Openssl(Verifier):
    name = "openssl pkeyutl"
    PEM = "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n"

    def version(self):
        return tools.dotted(tools.version("openssl", "version"))

    def prepare(self):
        tools.openssl()
        self.work = WORK / "openssl"
        self.work.mkdir(exist_ok=True)

    def verify(self, material):
        count = 0
        for i, one in enumerate(material.signatures()):
            if one[0] == "checkpoint" or i % 31 == 0:
                if not self._holds(*one[1:]):
                    return False, f"{one[0]}: Signature Verification Failure"
                count += 1
        return True, f"{count} signatures hold: every 31st entry, checkpoint"

    def _holds(self, key, signature, message):
        (self.work / "key.pem").write_text(self.PEM.format(x509(key)))
        (self.work / "signature").write_bytes(signature)
        (self.work / "message").write_bytes(message)
        done = call("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", self.work / "key.pem",
                    "-rawin", "-in", self.work / "message", "-sigfile", self.work / "signature")
        said = done.stdout + done.stderr
        if done.returncode == 0 and "Verified Successfully" in said:
            return True
        if done.returncode == 1 and "Verification Failure" in said:
            return False
        raise Failed(f"status {done.returncode}: {said.strip()}")


def x509(key):
    """An Ed25519 key as X.509 has it, RFC 8410."""
    return base64.b64encode(bytes.fromhex("302a300506032b6570032100") + key).decode()


def rows(month, year):
    return [
        Sumdb((month, twins.SUMDB), (year, twins.SUMDB_YEAR)),
        Merkle((month, twins.MERKLE), (year, twins.MERKLE_YEAR)),
        Fsck((month, twins.FSCK), (year, twins.FSCK_YEAR)),
        Sigsum((month, twins.SIGSUM)),
        Pymerkle((month, twins.PYMERKLE)),
        Java((month, twins.RAW)),
        Openssl((month, twins.RAW)),
    ]
