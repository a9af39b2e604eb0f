#!/usr/bin/env python3
"""Every folder of public vectors is run, and how many of each there were stands here in one place."""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = pathlib.Path(os.environ.get("DAYBOOK_BIN", ROOT / ".build/bin")).parent / "unit"
PROGRAMS = ["ledger/core/vectors_test", "ledger/core/vectors_signed_test", "ledger/witness/watch_test"]
FOLDERS = {  # what each folder's tests call it; ours are counted by their own tests
    "ed25519": ["wycheproof", "cctv"], "json": ["json"], "merkle": ["merkle"], "notes": ["notes"],
    "rfc6962.json": ["rfc6962"], "tessera-log": ["tessera-log"], "utf8": ["utf8"],
    "witness": ["litewitness"],
}
OURS = {"ledger-v1", "entry-v1.json"}

counts, failed = {}, []
for program in PROGRAMS:
    done = subprocess.run([UNIT / program], cwd=ROOT, text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
    failed += [program] if done.returncode else []
    for name, count in re.findall(r"^# ([a-z0-9-]+): (.*\d.*)$", done.stdout, re.MULTILINE):
        counts.setdefault(name, []).append(count)
there = {path.name for path in (ROOT / "tests/vectors").iterdir()
         if path.is_dir() or path.suffix == ".json"} - OURS - {"__pycache__"}
missing = [name for names in FOLDERS.values() for name in names if name not in counts]
for number, (good, what) in enumerate([
        (not failed, f"their tests pass {failed or ''}"),
        (there == set(FOLDERS), f"every folder has its tests {there ^ set(FOLDERS) or ''}"),
        (not missing, f"and says how many it ran {missing or ''}")], 1):
    print(f"{'ok' if good else 'not ok'} {number} - {what.strip()}")
print("1..3")
for name, found in counts.items():
    for count in found:
        print(f"#= {name + ':':<13}{count}")
sys.exit(bool(failed or missing or there != set(FOLDERS)))
