"""What the tidy tests share: the files, the table of libraries, C without comments and strings."""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/harness"))
from harness import diag, done_testing, ok  # noqa: E402,F401

TOP_LEVEL = {"README.md", "Makefile", "LICENSE", "ingest", "ledger", "invoices", "sql", "tests",
             "deploy"}


def files(*suffixes, under=("ingest", "ledger", "invoices", "sql", "tests", "deploy")):
    """Every file with one of the suffixes, as paths relative to the top."""
    found = []
    for top in under:
        for folder, folders, names in os.walk(ROOT / top):
            folders[:] = [name for name in folders if name != "__pycache__"]
            found += [pathlib.Path(folder, name).relative_to(ROOT) for name in names
                      if name.endswith(suffixes)]
    return sorted(found)


def text(path):
    return (ROOT / path).read_text()


def code(path):
    """The C of a file, line for line, without comments and without what is inside quotes."""
    def blank(match):
        kept = match[0]
        if kept[0] in "\"'":
            return kept[0] + kept[0]
        return " " + "\n" * kept.count("\n")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text(path),
                  flags=re.DOTALL)


class Library:
    def __init__(self, name, folders, uses):
        self.name, self.folders, self.uses = name, folders.split(), uses.split()


def libraries():
    """The Makefile's table, which is the one place that says who may use whom."""
    rows = re.findall(r"^\$\(call library,([^)]*)\)", text("Makefile"), re.MULTILINE)
    return [Library(*[cell.strip() for cell in row.split(",")][:3]) for row in rows]


def library_of(path, table):
    for library in table:
        if str(path.parent) in library.folders:
            return library
    return None


def report(findings, name):
    if not ok(not findings, name):
        diag("\n".join(findings[:40]))
