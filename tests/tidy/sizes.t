#!/usr/bin/env python3
"""How long files and functions are. A longer one stands here with its reason, or is split."""

import re

import tidy

FILE_LINES_MAX = 450
FUNCTION_LINES_MAX = 76

# path: why it is longer
LONG_FILES = {
    "tests/vectors/ledger-v1/ledger.sql": "a dump of a released ledger, kept as it was made",
}
# (path, function): why it is longer
LONG_FUNCTIONS = {
}


def functions(path):
    """(name, line, length) of each function, as clang-format lays them out: braces in column 0."""
    lines = tidy.code(path).splitlines()
    start = None
    for number, line in enumerate(lines):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 8):start]).split(";")[-1]
            names = re.findall(r"(\w+)\s*\(", head.split("}")[-1])
            yield names[0] if names else "?", start + 1, number - start + 1
            start = None


C_FILES = tidy.files(".c", ".h")
SOURCES = C_FILES + tidy.files(".sh", ".py", ".t", ".awk", ".sql")
lengths = {str(path): len(tidy.text(path).splitlines()) for path in SOURCES}
long_files = {path for path, length in lengths.items() if length > FILE_LINES_MAX}
long_functions = {(str(path), name): (line, length) for path in C_FILES
                  for name, line, length in functions(path) if length > FUNCTION_LINES_MAX}

tidy.report([f"{path}: {lengths[path]} lines" for path in sorted(long_files - LONG_FILES.keys())],
            f"no file has more than {FILE_LINES_MAX} lines")
tidy.report([f"{path}:{line}: {name}() has {length} lines"
             for (path, name), (line, length) in sorted(long_functions.items())
             if (path, name) not in LONG_FUNCTIONS],
            f"no function has more than {FUNCTION_LINES_MAX} lines")
tidy.report([str(entry) for entry in [*(LONG_FILES.keys() - long_files),
                                      *(LONG_FUNCTIONS.keys() - long_functions.keys())]],
            "every exception here is still needed")
tidy.done_testing()
