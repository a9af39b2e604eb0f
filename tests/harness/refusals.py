"""For the tables of what is refused: rows that are given to the product, and what came of them.

    book = Book("refusals_http")                  # a private ledger with its own keys and catalog
    table = Table(book, "status", "code")
    table.row("an unknown parameter", "GET /v1/usage?form=…", got, expect("400", "unknown_parameter", "form"))
    table.end()                                   # the table as TAP comments, then the plan

A row has what it is, how it is given, the answer (an exit or HTTP status, or "counted"), a code (an
error's, or a quarantine reason), words that the message must have, and by how many rows each table
of the book grew. A table that is not named must not have changed. `progress` is left out: it is for
dashboards and is written by the clock.
"""

import ctypes
import json
import re

from harness import *

# ------------------------------------------------------------------------------------------ tables

UNSEEN = ("progress",)
COUNTS = """SELECT relname, (xpath('/row/n/text()', query_to_xml('SELECT count(*) n FROM ledger.'
    || relname, false, true, '')))[1]::text FROM pg_class WHERE relnamespace = 'ledger'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition"""


def expect(answer, code="", words="", grows="", also=None):
    """What must come of a row. `grows`: "entry 1 receipt 1"; `also` = (statement, value)."""
    return {"answer": str(answer), "code": code, "words": words, "grows": grows, "also": also}


def _grown(before, after):
    return " ".join(f"{name} {after[name] - before.get(name, 0)}" for name in sorted(after)
                    if after[name] != before.get(name, 0))


def _printable(text):
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _in_order(grows):
    pairs = grows.split()
    return " ".join(f"{name} {n}" for name, n in sorted(zip(pairs[::2], pairs[1::2])))


class Table:
    def __init__(self, book, answer, code):
        self.book = book
        self.titles = ("input", "given as", answer, code, "rows before: after", "said")
        self.lines = []
        self.before = book.counts()

    def row(self, name, given, got, want):
        """got = (answer, code, message), after the product has done all that it does."""
        after = self.book.counts()
        grows = _grown(self.before, after)
        answer, code, message = (str(part) for part in got)
        wrong = [f"{what}: got {a!r}, expected {b!r}" for what, a, b in (
            (self.titles[2], answer, want["answer"]), (self.titles[3], code, want["code"]),
            ("rows", grows, _in_order(want["grows"]))) if a != b]
        if want["words"] and not re.search(want["words"], message):
            wrong.append(f"message: got {message!r}, expected /{want['words']}/")
        if want["also"] and self.book.value(want["also"][0]) != str(want["also"][1]):
            wrong.append(f"{want['also'][0]}: {self.book.value(want['also'][0])!r}, "
                         f"expected {want['also'][1]!r}")
        changed = " ".join(f"{part.split()[0]} {self.before.get(part.split()[0], 0)}:"
                           f"{after[part.split()[0]]}" for part in re.findall(r"\S+ \S+", grows))
        self.lines.append(tuple(map(_printable, (name, given, answer, code, changed or "-",
                                                 message.replace(f"{WORK}/", "")))))
        self.before = after
        if not ok(not wrong, _printable(f"{name} ({given})")):
            diag("\n".join(wrong))

    def skip_changes(self):
        """What was done between rows is no row's."""
        self.before = self.book.counts()

    def end(self):
        rows = [self.titles] + self.lines
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.titles) - 1)]
        for row in rows:
            message = row[-1] if len(row[-1]) < 160 else row[-1][:157] + "..."
            diag("  ".join([f"{cell:{width}}" for cell, width in zip(row, widths)] + [message]))
        done_testing()


# -------------------------------------------------------------------------------------- the ledger


class Book:
    """A private ledger: the schema, its keys, a folder for the archive."""

    def __init__(self, name):
        self.db = new_database(name)
        self.keys, self.archive = WORK / "keys", WORK / "archive"
        run("daybook-ledger", "migrate", "--database", self.db)
        self.does("daybook-ledger", "init", "--origin", f"daybook.test/{name}")

    def command(self, program, *words):
        """The words that run it on this ledger."""
        return (program, *words, "--database", self.db, "--keys", self.keys, "--archive",
                self.archive)

    def does(self, program, *words):
        return run(*self.command(program, *words)).stdout

    def tries(self, program, *words):
        """(exit status, "", what it said on both streams, on one line)."""
        done = run(*self.command(program, *words), check=False)
        return done.returncode, "", " / ".join((done.stdout + done.stderr).strip().splitlines())

    def counts(self):
        return {name: int(n) for name, n in sql(self.db, COUNTS) if name not in UNSEEN}

    def value(self, statement):
        rows = sql(self.db, statement)
        return rows[0][0] if rows else None

    def catalog(self, document):
        return self.does("daybook-ledger", "catalog", "apply", write("catalog.json", document))


def example(name):
    return json.loads((ROOT / "deploy/examples" / name).read_text())


def write(name, document):
    """A file in WORK: JSON of an object, or the text or bytes as they are."""
    path = WORK / name
    if isinstance(document, bytes):
        path.write_bytes(document)
    else:
        path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


# ----------------------------------------------------------------------------------------- producer


class Producer:
    """One record at a time, through librdkafka, with whatever is wrong in it."""

    def __init__(self):
        self.lib = ctypes.CDLL("librdkafka.so.1")
        for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_headers_new"):
            getattr(self.lib, name).restype = ctypes.c_void_p
        self.lib.rd_kafka_err2str.restype = ctypes.c_char_p
        said = ctypes.create_string_buffer(512)
        conf = ctypes.c_void_p(self.lib.rd_kafka_conf_new())
        for name, value in (("bootstrap.servers", os.environ["DAYBOOK_KAFKA"]),
                            ("message.max.bytes", "4000000"), ("linger.ms", "0")):
            if self.lib.rd_kafka_conf_set(conf, name.encode(), value.encode(), said, 512) != 0:
                raise RuntimeError(said.value.decode())
        self.report = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
            self._delivered)
        self.lib.rd_kafka_conf_set_dr_msg_cb(conf, self.report)
        self.client = ctypes.c_void_p(self.lib.rd_kafka_new(0, conf, said, 512))

    def _delivered(self, _client, message, _opaque):
        self.error = ctypes.cast(message, ctypes.POINTER(ctypes.c_int))[0]

    def send(self, topic, value, headers=(), key=None, time_ms=0):
        """'' or why the broker or the library refused it. A value of None is null, a time of 0 now."""
        TOPIC, VALUE, KEY, TIME, HEADERS, COPY, END = 1, 4, 5, 8, 10, 7, 0
        c, n = ctypes.c_int, ctypes.c_size_t
        made = ctypes.c_void_p(self.lib.rd_kafka_headers_new(n(8)))
        for name, text in headers:
            self.lib.rd_kafka_header_add(made, name.encode(), ctypes.c_ssize_t(-1), text,
                                         ctypes.c_ssize_t(-1 if text is None else len(text)))
        self.error = None
        code = self.lib.rd_kafka_producev(
            self.client, c(TOPIC), topic.encode(), c(COPY), c(2), c(VALUE), value,
            n(len(value or b"")), c(KEY), key, n(len(key or b"")), c(TIME),
            ctypes.c_int64(time_ms), c(HEADERS), made, c(END))
        if code == 0:
            self.lib.rd_kafka_flush(self.client, c(10000))
            code = self.error
        return "" if code == 0 else self.lib.rd_kafka_err2str(c(code)).decode()
