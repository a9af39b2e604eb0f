"""Real witnesses for scenarios, and the policies that name them.

    one = Witness("one")                     # folder, key, a free port
    one.trust(book)                          # a book with .keys
    one.start()
    policy = write_policy("policy", log_vkey, [one], "quorum one")
"""

import hashlib
import http.client
import signal

from harness import WORK, free_port, run, start, wait_for


class Witness:
    def __init__(self, name):
        self.name, self.port, self.folder = name, free_port(), WORK / name
        self.key = run("daybook-witness", "init", f"witness.test/{name}", "--folder",
                       self.folder).stdout.strip()
        self.id = self.key.split("+")[1]
        self.process = None

    def trust(self, book):
        run("daybook-witness", "trust", book.keys / "log.vkey", "--folder", self.folder)

    def start(self):
        self.process = start(self.name, "daybook-witness", "run", "--folder", self.folder,
                             "--listen", f"127.0.0.1:{self.port}")
        if not wait_for(10, self.answers):
            raise RuntimeError(self.process.log())

    def answers(self):
        try:
            return self.ask("GET", "/")[0] == 404
        except OSError:
            return False

    def ask(self, method, path, body=None):
        """Status, content type and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers["Content-Type"], text

    def add(self, old, note, hashes=()):
        lines = [f"old {old}", *hashes, "", note.decode()]
        return self.ask("POST", "/add-checkpoint", "\n".join(lines).encode())

    def kill(self):
        self.process.stop(signal.SIGKILL)

    def size(self, origin):
        """What it cosigned last, asked of the process."""
        log = hashlib.sha256(origin.encode()).hexdigest()
        status, _, text = self.ask("GET", f"/{log}/checkpoint")
        return int(text.split("\n")[1]) if status == 200 else None

    def line(self):
        """Its line in a policy."""
        return f"witness {self.name} {self.key} http://127.0.0.1:{self.port}/"


def size_of(path):
    return int(path.read_text().split("\n")[1])


def signers(path):
    return [line.split(" ")[1] for line in path.read_text().split("\n\n")[1].splitlines()]


def write_policy(name, log, witnesses, *lines):
    """A policy with this log, these witnesses and what is asked of them."""
    path = WORK / name
    path.write_text("\n".join([f"log {log}", *[witness.line() for witness in witnesses], *lines]) + "\n")
    return path
