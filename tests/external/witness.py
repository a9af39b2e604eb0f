"""transparency-dev's witness follows our log: it refuses what is wrong with each move, then cosigns.

What it signs is put beside the month's log: cosigned and witness.vkey, and the cosignature of the
Sigsum tree head.
"""

import base64
import re
import urllib.error
import urllib.request

import material
import tools
import twins
from harness import WORK, free_port, run, start, wait_for
from verifiers import Failed, Verifier

NAME = "witness.test/w1"
BAD_SIGNATURE = (403, 500)  # C2SP says 403; this one's handler never gets to hear of it


class Witness(Verifier):
    name = "transparency-dev witness"

    def __init__(self, month):
        super().__init__()
        self.month = month

    def version(self):
        return tools.go_version("github.com/transparency-dev/witness")

    def run(self):
        tools.build_go()
        folder = self.month.folder
        sigsum = folder / "sigsum.vkey"
        sigsum.write_text(material.make_vkey(self.month.sigsum_origin(), self.month.log_key()) + "\n")
        port = free_port()
        server = start("witness", tools.BIN / "witness", f"127.0.0.1:{port}", NAME,
                       folder / "public/log.vkey", sigsum)
        try:
            if not wait_for(20, lambda: "\n" in server.log()):
                raise Failed(f"the witness does not start: {server.log()}")
            self.url = f"http://127.0.0.1:{port}/add-checkpoint"
            (folder / "witness.vkey").write_text(re.search(r"^witness\S+$", server.log(), re.M)[0] + "\n")
            refused = self._follow(folder)
            self._cosign_sigsum(server)
        finally:
            server.stop()
        self._still_verifies(folder)
        return [f"first contact, growth, Sigsum head cosigned; twins refused: {refused}"]

    def _ask(self, body):
        try:
            with urllib.request.urlopen(self.url, body.encode(), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _must(self, what, body, *statuses):
        status, said = self._ask(body)
        if status not in statuses:
            raise Failed(f"{what}: status {status}, not {statuses[0]}: {said.strip()}")
        return said

    def _follow(self, folder):
        """Every wrong move before the right one; the first contact is with old 0, or it tests nothing."""
        def changed(change, path="add-checkpoint"):
            return (twins.Twin("", change, "").make(folder) / path).read_text()

        old, move = (folder / "old").read_text(), (folder / "add-checkpoint").read_text()
        sizes = [text.split("\n")[1] for text in (old, move.split("\n\n")[1])]
        self._must("another root", "old 0\n\n" + changed(twins.flip_base64("old", 2, 0), "old"),
                   *BAD_SIGNATURE)
        self._must("another origin", "old 0\n\n" + old.replace("daybook.test", "else.test"), 404)
        self._must("first contact", "old 0\n\n" + old, 200)
        self._must("another hash", changed(twins.flip_base64("add-checkpoint", 2, 0)), 422)
        self._must("a hash left out", changed(twins.replace("add-checkpoint", r"^\S{44}\n", "")), 422)
        self._must("another signature", changed(twins.flip_base64("add-checkpoint", -2, 40)),
                   *BAD_SIGNATURE)
        said = self._must("another old size", move.replace(f"old {sizes[0]}\n", "old 200\n"), 409)
        if said != sizes[0] + "\n":
            raise Failed(f"another old size: the witness knows {said.strip()}")
        cosignature = self._must("growth", move, 200)
        self._must("going back", f"old {sizes[1]}\n\n{old}", 400)
        (folder / "cosigned").write_text((folder / "public/checkpoint").read_text() + cosignature)
        return 7

    def _cosign_sigsum(self, server):
        """The same tree under Sigsum's origin; what is kept is what a Sigsum proof has of it."""
        line = self._must("the Sigsum head", "old 0\n\n" + self.month.sigsum_note(), 200)
        raw = base64.b64decode(line.split()[2])
        key = material.read_vkey(re.search(r"^witness\S+$", server.log(), re.M)[0])[1]
        self.month.cosignature = key, int.from_bytes(raw[4:12], "big"), raw[12:]

    @staticmethod
    def _still_verifies(folder):
        """Ours takes a checkpoint with a line that it has no key for."""
        twin = twins.Twin("", lambda copy: (copy / "cosigned").rename(copy / "public/checkpoint"), "")
        public = twin.make(folder) / "public"
        done = run("daybook-verify", "log", public, "--vkey", public / "log.vkey", "--root",
                   public / "root.vkey", check=False)
        if done.returncode != 0:
            raise Failed(f"daybook-verify, of the cosigned log: {done.stdout}{done.stderr}")
