#!/usr/bin/env python3
"""The sealer: heals a beat that was cut off anywhere, and stops where signing would fork or lose."""

import base64
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from harness import (WORK, done_testing, is_, like, new_database, ok, run, sql,  # noqa: E402
                     sql_value, start, wait_for)

KEYS, ARCHIVE = WORK / "keys", WORK / "archive"
CHECKPOINT, STATE = ARCHIVE / "public/checkpoint", KEYS / "seal.state"
DATABASE = new_database("seal")


def ledger(*arguments, check=True, **options):
    return run("daybook-ledger", *arguments, "--database", DATABASE, "--keys", KEYS, "--archive",
               ARCHIVE, check=check, **options)


def add(batches, entries):
    run("sample_ledger", DATABASE, KEYS, CHECKPOINT, str(batches), str(entries))


def size():
    return int(CHECKPOINT.read_text().splitlines()[1])


def head():
    return int(sql_value(DATABASE, "select size from ledger.head"))


def is_whole(what):
    audit = ledger("audit", check=False)
    verify = run("daybook-verify", "log", ARCHIVE / "public", "--vkey", KEYS / "log.vkey", "--root",
                 KEYS / "root.vkey", check=False)
    is_((audit.returncode, verify.returncode, audit.stdout.count("FINDING")), (0, 0, 0), what)


def save(name):
    shutil.rmtree(WORK / name, ignore_errors=True)
    (WORK / name).mkdir()
    for folder in (KEYS, ARCHIVE):
        subprocess.run(["cp", "-a", folder, WORK / name], check=True)


def restore(name, *paths):
    for path in paths:
        source, target = WORK / name / path, WORK / path
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        subprocess.run(["cp", "-a", source, target], check=True)


def unsigned_again():
    sql(DATABASE, "alter table ledger.checkpoint disable trigger all")
    sql(DATABASE, f"delete from ledger.checkpoint where signed and size = {head()}")
    sql(DATABASE, "alter table ledger.checkpoint enable always trigger checkpoint_append_only")


def halts(name, pattern, status=3):
    result = ledger("seal", "--once", check=False)
    is_(result.returncode, status, name)
    like(result.stderr, pattern, f"{name}: says so")


# ------------------------------------------------------------------------------------------- init
ledger("migrate")
ledger("init", "--origin", "ledger.test/seal")
before = CHECKPOINT.read_bytes()
again = ledger("init", "--origin", "ledger.test/seal")
like(again.stdout, "initialised already; nothing was changed", "init again says so")
is_((head(), CHECKPOINT.read_bytes()), (6, before), "init again changes nothing")
other = ledger("init", "--origin", "ledger.test/other", check=False)
is_(other.returncode, 1, "a second log in the same database is refused")
ok(oct((ARCHIVE / "private").stat().st_mode)[-3:] == "700", "the private archive is private")
ok(oct((KEYS / "log.key").stat().st_mode)[-3:] == "400", "keys can be read by their owner only")
ledger("tenant", "add", "acme", "--zone", "Asia/Kolkata")
ledger("tenant", "add", "beta", "--zone", "Europe/Berlin")
ledger("catalog", "apply", "deploy/examples/catalog.json")

# -------------------------------------------------------------------------- beats that were cut off
add(1, 40)
ledger("seal", "--once")
save("old")
add(3, 300)
ledger("seal", "--once")
save("new")
sealed, note = head(), CHECKPOINT.read_bytes()
is_(size(), sealed, "what is committed is sealed and published")
is_whole("a sealed ledger is whole")

ledger("seal", "--once", "--sigsum-head", WORK / "head")
head_lines = dict(line.split("=") for line in (WORK / "head").read_text().splitlines())
is_((head_lines["size"], bytes.fromhex(head_lines["root_hash"]), len(head_lines["signature"])),
    (str(sealed), base64.b64decode(CHECKPOINT.read_text().splitlines()[2]), 128),
    "a Sigsum tree head of the same size and root, when asked for")

# What each step of a beat had already written when it stopped.
CUTS = [
    ("after the unsigned row", True, []),
    ("after the archive", True, ["archive/public/tile", "archive/private"]),
    ("after the state file", True, ["archive/public/tile", "archive/private", "keys/seal.state"]),
    ("after the note's row", False, ["archive/public/tile", "archive/private", "keys/seal.state"]),
]
for when, is_unsigned, written in CUTS:
    restore("old", "keys", "archive")
    restore("new", *written) if written else None
    if is_unsigned:
        unsigned_again()
    ledger("seal", "--once")
    is_(CHECKPOINT.read_bytes(), note, f"cut off {when}: the same note comes out")
    is_whole(f"cut off {when}: the ledger is whole")

shutil.rmtree(ARCHIVE)
ledger("seal", "--once")
is_(CHECKPOINT.read_bytes(), note, "a lost archive is written again from the database")
is_whole("a lost archive written again is whole")

unchanged = (ARCHIVE / "public/tile/0/000").stat().st_mtime_ns
ledger("seal", "--once")
is_((ARCHIVE / "public/tile/0/000").stat().st_mtime_ns, unchanged, "a beat without growth is idle")

# --------------------------------------------------------------------------------------------- HALT
STATE.unlink()
halts("a missing state file is HALT", "state file '.*' is missing")
restore("new", "keys")
STATE.write_text(STATE.read_text().replace("\n" + str(sealed) + "\n", f"\n{sealed + 7}\n"))
halts("a database behind the state file is HALT", f"{sealed + 7} entries, the database has {sealed}")
restore("new", "keys")
STATE.write_text(STATE.read_text().rsplit("\n", 2)[0] + "\n" + "A" * 43 + "=\n")
halts("another root in the state file is HALT", "forked")
restore("old", "keys")
STATE.write_text(STATE.read_text().rsplit("\n", 2)[0] + "\n" + "A" * 43 + "=\n")
add(1, 5)
halts("another root in a state file that is behind is HALT", "forked: the state file says size")
is_(size(), sealed, "and nothing is sealed over it")
restore("new", "keys")
ledger("seal", "--once")
sealed, note = head(), CHECKPOINT.read_bytes()
save("new")
CHECKPOINT.write_text(CHECKPOINT.read_text().replace(f"\n{sealed}\n", f"\n{sealed + 1}\n"))
halts("a published checkpoint that this key did not sign is HALT", "published checkpoint")
guarded = ledger("tenant", "add", "gamma", "--zone", "UTC", check=False)
is_(guarded.returncode, 3, "no writer appends to a database behind the published checkpoint")
like(guarded.stderr, str(sealed + 1), "the guard names both sizes")
CHECKPOINT.unlink()
is_(ledger("tenant", "add", "gamma", "--zone", "UTC", check=False).returncode, 3,
    "no writer appends when the published checkpoint cannot be read")
restore("new", "archive")

sql(DATABASE, "alter table ledger.entry disable trigger all")
sql(DATABASE, f"update ledger.head set size = size + 1")
halts("a hole before the head is HALT", f"entry {sealed} is missing")
sql(DATABASE, f"update ledger.head set size = size - 1")
sql(DATABASE, "alter table ledger.entry enable always trigger entry_append_only")

# ------------------------------------------------------------------------------- running, and killed
sealer = start("sealer", "daybook-ledger", "seal", "--interval-ms", "20", "--database", DATABASE,
               "--keys", KEYS, "--archive", ARCHIVE)
add(1, 10)
ok(wait_for(10, lambda: size() == head()), "a running sealer follows")
halts("a second sealer is refused", "another sealer", 75)
is_(sealer.stop(signal.SIGTERM), 0, "SIGTERM ends it cleanly")

random.seed(7)
for kill in range(12):
    sealer = start(f"killed{kill}", "daybook-ledger", "seal", "--interval-ms", "1", "--database",
                   DATABASE, "--keys", KEYS, "--archive", ARCHIVE)
    add(2, 100)
    time.sleep(random.random() / 50)
    sealer.stop(signal.SIGKILL)
ledger("seal", "--once")
is_(size(), head(), "killed twelve times, everything is sealed")
is_whole("killed twelve times, the ledger is whole")

# ---------------------------------------------------------------------------------------- the roles
def role(name):
    return f"{DATABASE} options='-c role={name}'"


for name, arguments in [("daybook_control", ["tenant", "add", "delta", "--zone", "UTC"]),
                        ("daybook_sealer", ["seal", "--once"]), ("daybook_auditor", ["audit"])]:
    result = run("daybook-ledger", *arguments, "--database", role(name), "--keys", KEYS, "--archive",
                 ARCHIVE, check=False)
    is_((result.returncode, result.stderr if result.returncode else ""), (0, ""),
        f"{name} may do its work: {' '.join(arguments)}")
is_(size(), head(), "sealed by the sealer's role")

# -------------------------------------------------------------- the log key by systemd's credentials
handed_over = WORK / "credentials"
handed_over.mkdir()
(KEYS / "log.key").rename(handed_over / "log.key")
add(1, 5)
sealed = ledger("seal", "--once", check=False)
is_((sealed.returncode, "log.key': No such file" in sealed.stderr), (1, True), "no log key in the folder")


def with_credentials(*arguments):
    done = run("env", f"CREDENTIALS_DIRECTORY={handed_over}", "daybook-ledger", "seal", "--once", "--database", DATABASE,
               "--archive", ARCHIVE, *arguments, check=False)
    return done.returncode, done.stderr


is_((with_credentials("--keys", KEYS)[0], size()), (0, head()), "what systemd hands over is the log key")
add(1, 5)
is_((with_credentials("--state", STATE)[0], size()), (0, head()), "and no folder of keys is needed")
like(with_credentials()[1], "--keys", "but a place for the state file is")
(handed_over / "log.key").chmod(0o440)
is_(with_credentials("--state", STATE)[0], 0, "an ACL's mask, which looks like a group's right to read, is no harm")
(handed_over / "log.key").chmod(0o444)
like(with_credentials("--state", STATE)[1], r"not for its owner alone \(mode 0444\): chmod 0400", "everybody's right is")
(handed_over / "log.key").chmod(0o400)
is_whole("and the book is whole")
done_testing()
