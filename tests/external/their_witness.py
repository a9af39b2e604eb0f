"""Witnesses, both ways: transparency-dev's follows our log, and their client asks ours.

Each is shown what is wrong with a move before the right one, and must say what C2SP tlog-witness has
for it. What they sign is put beside the month's log, for others to check: cosigned, witness.vkey, and
the cosignatures of the Sigsum tree head.
"""

import base64
import re
import shutil
import urllib.error
import urllib.request

import material
import tools
import twins
from harness import WORK, free_port, run, start, wait_for
from verifiers import Failed, Verifier, call, ended


def changed(folder, change, path="add-checkpoint"):
    return (twins.Twin("", change, "").make(folder) / path).read_text()


def moves(folder):
    """(what, body, status): the first contact is with old 0, for one that says 200 to anything then
    would have tested nothing."""
    old, growth = (folder / "old").read_text(), (folder / "add-checkpoint").read_text()
    old_size, size = [text.split("\n")[1] for text in (old, growth.split("\n\n")[1])]
    yield "another root", "old 0\n\n" + changed(folder, twins.flip_base64("old", 2, 0), "old"), 403
    yield "another origin", "old 0\n\n" + old.replace("daybook.test", "else.test"), 404
    yield "the first contact", "old 0\n\n" + old, 200
    yield "another hash", changed(folder, twins.flip_base64("add-checkpoint", 2, 0)), 422
    yield "a hash left out", changed(folder, twins.replace("add-checkpoint", r"^\S{44}\n", "")), 422
    yield "another signature", changed(folder, twins.flip_base64("add-checkpoint", -2, 40)), 403
    yield "another old size", growth.replace(f"old {old_size}\n", "old 200\n"), 409
    yield "growth", growth, 200
    yield "the way back", f"old {size}\n\n{old}", 400


def ask(url, body):
    try:
        with urllib.request.urlopen(url, body.encode(), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def must_cosign(what, url, body):
    status, said = ask(url, body)
    if status != 200:
        raise Failed(f"{what}: status {status}: {said.strip()}")
    return said


class Witness(Verifier):
    """What both directions have in common."""

    def __init__(self, month):
        super().__init__()
        self.month = month
        self.folder = month.folder

    def version(self):
        return tools.go_version("github.com/transparency-dev/witness")

    def run(self):
        tools.build_go()
        self.sigsum = self.folder / "sigsum.vkey"
        vkey = material.make_vkey(self.month.sigsum_origin(), self.month.log_key())
        self.sigsum.write_text(vkey + "\n")
        servers = []
        try:
            return self._run(servers)
        finally:
            for server in servers:
                server.stop()

    def _keep(self, line, vkey, url):
        """The cosignature of the newest checkpoint, and one of the Sigsum tree head."""
        cosigned, keys = self.folder / "cosigned", self.folder / "witness.vkey"
        if not cosigned.exists():
            shutil.copy(self.folder / "public/checkpoint", cosigned)
            keys.write_text("")
        cosigned.write_text(cosigned.read_text() + line)
        keys.write_text(keys.read_text() + vkey + "\n")
        said = must_cosign("the Sigsum head", url, "old 0\n\n" + self.month.sigsum_note())
        raw = base64.b64decode(said.split()[2])
        key = material.read_vkey(vkey)[1]
        self.month.cosignatures.append((key, int.from_bytes(raw[4:12], "big"), raw[12:]))


class TheirWitness(Witness):
    name = "transparency-dev witness"

    def _run(self, servers):
        url, vkey = self._start("theirs", servers)
        refused = self._follow(url)
        own_url, own_vkey = self._start("theirs-too", servers)
        archive = WORK / "archive-cosign"
        line = self._send_by_cosign(archive, own_url, own_vkey)
        self._verify(archive)
        self._keep(line, own_vkey, own_url)
        return [f"follows our proofs; daybook-cosign and daybook-verify take what it cosigns; "
                f"wrong moves refused: {refused}"]

    def _start(self, name, servers):
        port = free_port()
        servers.append(start(name, tools.BIN / "witness", f"127.0.0.1:{port}", f"witness.test/{name}",
                             self.folder / "public/log.vkey", self.sigsum))
        if not wait_for(20, lambda: "\n" in servers[-1].log()):
            raise Failed(f"the witness does not start: {servers[-1].log()}")
        vkey = re.search(r"^witness\S+$", servers[-1].log(), re.M)[0]
        return f"http://127.0.0.1:{port}/add-checkpoint", vkey

    def _follow(self, url):
        refused = 0
        for what, body, expected in moves(self.folder):
            status, said = ask(url, body)
            # C2SP's 403 is a 500 here: the handler is never told that it was the signature
            if status != expected and (status, expected) != (500, 403):
                raise Failed(f"{what}: status {status}, not {expected}: {said.strip()}")
            if status == 409 and said != (self.folder / "old").read_text().split("\n")[1] + "\n":
                raise Failed(f"{what}: the witness knows {said.strip()}")
            refused += expected != 200
        return refused

    def _send_by_cosign(self, archive, url, vkey):
        """Our client takes two checkpoints to a witness that knows none; its line of the newest."""
        shutil.copytree(self.folder / "public", archive / "public")
        policy = archive / "policy"
        log = (self.folder / "public/log.vkey").read_text().strip()
        policy.write_text(f"log {log}\nwitness w {vkey} {url.rpartition('/')[0]}/\nquorum w\n")
        for checkpoint in (self.folder / "old", self.folder / "public/checkpoint"):
            shutil.copy(checkpoint, archive / "public/checkpoint")
            done = run("daybook-cosign", "--archive", archive, "--policy", policy, "--once",
                       check=False)
            if done.returncode != 0:
                raise Failed(f"daybook-cosign: {tools.last_line(done.stderr)}")
        witnessed = (archive / "public/witnessed/checkpoint").read_text()
        newest = (self.folder / "public/checkpoint").read_text()
        if not witnessed.startswith(newest):
            raise Failed("daybook-cosign: the newest checkpoint is not cosigned")
        return witnessed.removeprefix(newest)

    @staticmethod
    def _verify(archive):
        """Ours asks for its cosignature: another one is refused, the original accepted."""
        other = twins.Twin("", twins.flip_base64("public/witnessed/checkpoint", 5, 40), "").make(archive)
        for folder, expected in ((other, 1), (archive, 0)):
            done = run("daybook-verify", "log", folder / "public", "--policy", archive / "policy",
                       "--root", folder / "public/root.vkey", check=False)
            if done.returncode != expected:
                raise Failed(f"daybook-verify --policy: status {done.returncode}, not {expected}: "
                             f"{tools.last_line(done.stdout + done.stderr)}")


class TheirClient(Witness):
    """Their feeder's client knows what each status means; their formats check what we cosign."""

    name = "transparency-dev witness client"
    WORDS = {200: "^cosigned$", 400: "old size > current", 403: "no valid signatures",
             404: "unknown log", 409: r"old size != current: \d+$", 422: "consistency proof invalid"}

    def _run(self, servers):
        url, vkey = self._start(servers)
        refused = self._follow(url, vkey)
        newest = (self.folder / "public/checkpoint").read_text()
        line = must_cosign("the same size again", url + "add-checkpoint",
                           f"old {self.month.size()}\n\n{newest}")
        self._keep(line, vkey, url + "add-checkpoint")
        return [f"daybook-witness answers it, and cosigns; wrong moves refused: {refused}"]

    def _start(self, servers):
        folder, port = WORK / "witness", free_port()
        vkey = run("daybook-witness", "init", "witness.test/ours", "--folder", folder).stdout
        for key in (self.folder / "public/log.vkey", self.sigsum):
            run("daybook-witness", "trust", key, "--folder", folder)
        servers.append(start("ours", "daybook-witness", "run", "--folder", folder, "--listen",
                             f"127.0.0.1:{port}"))
        url = f"http://127.0.0.1:{port}/"
        if not wait_for(20, lambda: self._answers(url)):
            raise Failed(f"daybook-witness does not start: {servers[-1].log()}")
        return url, re.search(r"witness\S+\+\S+", vkey)[0]

    @staticmethod
    def _answers(url):
        try:
            return ask(url + "add-checkpoint", "")[0] == 400
        except OSError:
            return False

    def _follow(self, url, vkey):
        refused, log = 0, (self.folder / "public/log.vkey").read_text().strip()
        for what, body, expected in moves(self.folder):
            path = WORK / "body"
            path.write_text(body)
            accepted, said = ended(call(tools.BIN / "feed", url, vkey, log, path))
            if accepted != (expected == 200) or not re.search(self.WORDS[expected], said):
                raise Failed(f"{what}: their client says: {tools.last_line(said)}")
            refused += not accepted
        return refused
