#!/usr/bin/env python3
"""Names at the top, white space, and how a query's file looks."""

import re

import tidy

TEXT = (".c", ".h", ".sql", ".sh", ".py", ".t", ".awk", ".json", ".md", ".html", ".css", ".js", ".yml",
        ".yaml", ".conf", ".service", ".properties", ".xml")
DATA = ("tests/vectors/", "tests/cases/", "tests/fuzz/")


def white_space(path):
    said = tidy.text(path)
    for number, line in enumerate(said.split("\n"), 1):
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: white space at the end"
    if said and not said.endswith("\n"):
        yield f"{path}: the last line has no end"


def query_problem(path):
    said = tidy.text(path)
    if not re.match(r"-- \S", said):
        return f"{path}: the first line is not a comment that says what it means to the business"
    statement = re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", said).strip()
    if statement.count(";") > 1 or (";" in statement and not statement.endswith(";")):
        return f"{path}: more than one statement"
    return None


top = {path.name for path in tidy.ROOT.iterdir() if not path.name.startswith(".")}
texts = [path for path in tidy.files(*TEXT) if not str(path).startswith(DATA)]
queries = [path for path in tidy.files(".sql", under=["sql"]) if str(path.parent) == "sql/queries"]

tidy.report(sorted(top - tidy.TOP_LEVEL), "the top level has its fixed names and no others")
tidy.report([finding for path in texts for finding in white_space(path)],
            "no tabs, no white space at the end of a line")
tidy.report([problem for path in queries if (problem := query_problem(path))],
            "a query's file has one statement and begins with its meaning")
tidy.done_testing()
