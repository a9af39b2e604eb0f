#!/usr/bin/env python3
"""A ledger of the first released schema is restored, migrated and audited: it has the same root.

ledger-v1/ledger.sql is a dump that the programs of that release made (ledger_v1_make.py); its keys
and checkpoint were published then. What was signed stays signed: a migration that changes what an
entry's columns say, or an encoder that writes other bytes, fails here.
"""

import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from harness import WORK, done_testing, is_, new_database, ok, run, sql_value  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent / "ledger-v1"
CHECKPOINT = (HERE / "checkpoint").read_text()


def restore():
    """The dump in a database of its own; another one has made the roles that it names."""
    run("daybook-ledger", "migrate", "--database", new_database("ledger_v1_roles"))
    database = new_database("ledger_v1")
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f",
                    HERE / "ledger.sql"], stdout=subprocess.DEVNULL, check=True)
    return database


def lay_out():
    """Keys and the published checkpoint, as the programs want them."""
    shutil.copytree(HERE / "keys", WORK / "keys")
    for key in (WORK / "keys").iterdir():
        key.chmod(0o400)
    (WORK / "archive/public").mkdir(parents=True)
    shutil.copy(HERE / "checkpoint", WORK / "archive/public/checkpoint")


database = restore()
lay_out()
before = sql_value(database, "select count(*) from ledger.schema_version")
said = run("daybook-ledger", "migrate", "--database", database).stdout
files = len(list((pathlib.Path(__file__).resolve().parents[2] / "sql/schema").glob("*.sql")))
is_(said.count("applied"), files - int(before), "the files of sql/schema since then are applied")

done = run("daybook-ledger", "audit", "--json", "--database", database, "--keys", WORK / "keys",
           "--archive", WORK / "archive", check=False)
report = json.loads(done.stdout or "{}")
is_((done.returncode, report.get("findings")), (0, []), "the audit finds nothing")
ok(report.get("bodies_checked"), "every body was made from its columns, and is what was committed to")
origin, size = CHECKPOINT.splitlines()[:2]
is_((report.get("origin"), str(report.get("entries")), str(report.get("sealed"))),
    (origin, size, size), "all entries are there, up to the published size")
is_(sql_value(database, "select note from ledger.checkpoint where signed order by size desc limit 1"),
    CHECKPOINT, "the published checkpoint, with its root, is what the entries make")
done_testing()
