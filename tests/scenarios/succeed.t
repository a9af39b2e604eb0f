#!/usr/bin/env python3
"""Records are lost for good: the log is closed, and another goes on that names it. What was common,
decided and issued stays; what was lost is said; readers and auditors follow from one to the other."""

import json
import os
import shutil
import time

from harness import *
from ledger import Ledger, found_ledger

TOPIC_TIME = "message.timestamp.type=LogAppendTime"
SMALL = ["--batch-events", "120", "--batch-seconds", "1"]
SUCCESSOR = "daybook.test/succeed-b"


def produce(seed, events):
    run("generate", "topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", events,
        "--seed", seed, "--hours", "24")


def size():
    return int(book.sql("SELECT size FROM ledger.head")[0][0])


def bundle_of(number, name):
    path = WORK / name
    path.write_text(book.run("daybook-invoices", "show", number, "--bundle").stdout)
    return path


def verify_bundle(path, log_key):
    return run("daybook-verify", "bundle", path, "--vkey", log_key, "--root", book.keys / "root.vkey",
               check=False)


def verify_log(folder, log_key, *words):
    return run("daybook-verify", "log", folder, "--vkey", log_key, "--root", book.keys / "root.vkey",
               *words, check=False)


def verify_both(newer, older):
    return verify_log(newer / "public", book.keys / "log.vkey", "--predecessor", older / "public")


def succeed(*words, origin=SUCCESSOR, common=None):
    return book.run("daybook-ledger", "log", "succeed", "--origin", origin, "--common",
                    size() if common is None else common, *words, check=False)


def audit(name):
    done = book.run("daybook-ledger", "audit", check=False)
    ok(done.returncode == 0 and "FINDING" not in done.stdout, name)
    if done.returncode != 0:
        diag(done.stdout + done.stderr)


# ------------------------------------------------------------------- a ledger, its dump, more work

topic = new_topic("succeed", 4, TOPIC_TIME)
book = found_ledger("succeed", new_database("succeed"), topic)
book.agree_prices()
produce(1, 2000)
book.drain(topic)
book.rotate("second")
book.seal()
early = book.invoice("initech", "2026-09", "2026-10-04")
book.seal()
book.run("daybook-invoices", "bundle")
early_bundle = bundle_of(early["number"], "early.json")
book.run("daybook-invoices", "close", "acme", "2026-09")
book.run("daybook-invoices", "review", "acme", "2026-09", "--issue-date", "2026-10-05")
book.seal()
run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "dump")
old_size = size()

book.run("daybook-ledger", "tenant", "add", "newcomer", "--zone", "Asia/Kolkata", "--name", "New 'n' \"co\"")
produce(2, 4000)
ok(book.two_take("one", topic, *SMALL), "two processes take more")
book.run("daybook-invoices", "approve", "acme", "2026-09")
book.run("daybook-invoices", "issue", "acme", "2026-09")
issued = book.run("daybook-invoices", "list", "acme").stdout.split()[0]
book.rotate("third", "second")
catalog = json.loads((WORK / "catalog-succeed.json").read_text())
catalog["meters"] = [meter for meter in catalog["meters"] if meter["meter"] != "tokens"]
(WORK / "changed.json").write_text(json.dumps(catalog))
book.run("daybook-ledger", "catalog", "apply", WORK / "changed.json")
produce(3, 3000)
ok(book.two_take("two", topic, *SMALL), "and more, under another key and catalog")
book.seal()
book.run("daybook-invoices", "bundle")
issued_bundle = bundle_of(issued, "issued.json")
issued_text = book.run("daybook-invoices", "show", issued, "--json").stdout
new_size = size()
old_vkey = shutil.copy(book.keys / "log.vkey", WORK / "old-log.vkey")
diag(f"{old_size} entries in the copy, {new_size} published")

done = succeed()
is_(done.returncode, 1, "a log that lost nothing has no successor")
like(done.stderr, "nothing is lost", "and that is what it says")

# ------------------------------------------------------------------------------------ what is lost

live = book.database
book.database = new_database("succeed_copy")
run("pg_restore", "-d", book.database, WORK / "dump")
trimmed = int(sql(live, "SELECT partition FROM ledger.receipt ORDER BY idx DESC LIMIT 1")[0][0])
low = int(sql(live, f"SELECT to_offset FROM ledger.receipt WHERE partition = {trimmed} AND idx >= {old_size} "
              "ORDER BY idx OFFSET 3 LIMIT 1")[0][0]) + 7
run("topics", "trim", topic, trimmed, low)
recover = ["daybook-ingest", "recover", "--admin", book.database, "--keys", book.keys, "--archive",
           book.archive, "--kafka", os.environ["DAYBOOK_KAFKA"]]
done = run(*recover, check=False)
common = size()
is_(done.returncode, 3, "with records gone from the topic recovery stops")
like(done.stderr, rf"the last common size is {common} of {new_size} published", "and names the last common size")
ok(old_size < common < new_size, f"what came before is there: {common} entries")
gap_next = int(book.sql(f"SELECT max(to_offset) FROM ledger.receipt WHERE partition = {trimmed}")[0][0])
ok(gap_next < low, f"partition {trimmed} goes on at {gap_next}, and has records from {low} on")

# ------------------------------------------------------------------------------- what is refused

like(succeed(common=common - 1).stderr, f"--common: the database holds {common} entries",
     "the common size is the one that recovery named")
like(succeed(origin="daybook.test/succeed").stderr, "a successor has a new name", "and the name is a new one")
(book.keys / "root.key").rename(WORK / "root.key")
like(succeed().stderr, r"root\.key", "without the root key there is no successor")
(WORK / "root.key").rename(book.keys / "root.key")
bundle_file = book.archive / "public/tile/entries/000"
whole = bundle_file.read_bytes()
bundle_file.chmod(0o644)
bundle_file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
like(succeed().stderr, "do not make the published root", "nor with an archive that is not whole")
bundle_file.write_bytes(whole)
is_(size(), common, "none of them changed anything")
before_archive = shutil.copytree(book.archive, WORK / "archive-before")
before_keys = shutil.copytree(book.keys, WORK / "keys-before")
run("pg_dump", "-Fc", "-d", book.database, "-f", WORK / "common")

# ------------------------------------------------------------------------------------- succession

kills, seconds = 0, 0.01
while True:
    process = start("succeed", *book.command("daybook-ledger", "log", "succeed", "--origin", SUCCESSOR,
                                             "--common", common))
    time.sleep(seconds)
    if not process.running():
        break
    process.stop(signal.SIGKILL)
    kills, seconds = kills + 1, seconds * 1.15
diag(process.log().strip())
is_(process.popen.returncode, 0, f"killed {kills} times, it gets there")
ok(kills >= 3, "and was killed in between")
like(succeed(common=common).stdout, "has succeeded 'daybook.test/succeed' already", "once more, it has nothing to do")
closed = book.archive / "closed/1"
opened = json.loads((book.archive / f"public/keys/{size() - 1}.json").read_text())["content"]
previous = opened["previous"]
carried = int(previous["carried"])
is_((opened["origin"], previous["origin"], previous["size"], previous["common"]),
    (SUCCESSOR, "daybook.test/succeed", str(new_size + 1), str(common)), "the successor's own entry says what it succeeds")
is_(common + carried, size() - 1, "and stands right behind what was carried over")
is_(int(previous["lost"]), new_size - common - carried, "it counts what was lost")
ok({"feed", "partition", "incarnation", "next", "taken"} == set(previous["chains"][0]) and any(
    chain["partition"] == trimmed and int(chain["next"]) == gap_next for chain in previous["chains"]),
   "and names the chains, with where each goes on")
kinds = [row[0] for row in book.sql(f"SELECT kind FROM ledger.entry WHERE idx >= {common} ORDER BY idx")]
is_(sorted(set(kinds)), sorted({"4", "5", "7", "8", "12", "13"} & set(kinds)), "no usage and no receipt was carried over")
ok({"4", "5", "7", "12"} <= set(kinds), f"catalog, key and the invoice were ({', '.join(kinds)})")
is_(book.run("daybook-invoices", "show", issued, "--json").stdout, issued_text, "the invoice is the same, byte by byte")
audit("audit finds nothing")
is_(book.broken(), [], "the book is whole")

done = verify_log(closed / "public", old_vkey)
is_(done.returncode, 0, "the closed log verifies under its old key")
like(done.stdout, f"it is closed; '{SUCCESSOR}' succeeds it", "and names its successor")
done = verify_log(book.archive / "public", book.keys / "log.vkey")
is_(done.returncode, 0, "so does the successor under its own")
done = verify_both(book.archive, closed)
is_((done.returncode, "FINDING" in done.stdout), (0, False), "and both together")
like(done.stdout, f"{common} entries are common, {carried} were carried over", "which says what they share")
isnt(verify_log(book.archive / "public", old_vkey).returncode, 0, "the old key does not sign for the new log")
for name, path in (("before the copy", early_bundle), ("after it", issued_bundle)):
    is_(verify_bundle(path, old_vkey).returncode, 0, f"a bundle made {name} verifies as it did")
book.run("daybook-invoices", "bundle")
new_bundle = bundle_of(issued, "issued-again.json")
done = verify_bundle(new_bundle, book.keys / "log.vkey")
is_(done.returncode, 0, "the carried invoice has a bundle under the successor")
if done.returncode:
    diag(done.stdout + done.stderr)
is_(json.loads(new_bundle.read_text())["document"], json.loads(issued_bundle.read_text())["document"],
    "of the same document")

# ------------------------------------------------------------------------------------ it goes on

accepted = "SELECT sum(accepted) FROM ledger.receipt"
before = int(book.sql(accepted)[0][0])
done = book.drain(topic, check=False)
is_(done.returncode, 3, "ingest goes on where records are, and halts where they are gone")
like(done.stderr, f"HALT records_lost partition {trimmed}", "with the partition's name")
restart = ["daybook-ingest", "incarnation", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--reason",
           "retention was too short"]
done = book.run(*restart, "--partition", (trimmed + 1) % 4, check=False)
is_(done.returncode, 1, "a healthy chain gets no new incarnation")
like(done.stderr, "no chain of .* needs a new incarnation", "and is told so")
done = book.run(*restart, "--all")
like(done.stdout, rf"partition {trimmed}: incarnation 2 begins .* \[{low}, \d+\); the chain before ends at {gap_next}",
     "an operator begins the broken one anew")
is_(len(book.sql("SELECT idx FROM ledger.content WHERE kind = 7 AND subject_id LIKE 'incarnation/%'")), 1,
    "that is one entry of the book")
is_(book.run(*restart, "--all", check=False).returncode, 1, "once")
is_(book.drain(topic, check=False).returncode, 0, "then all partitions are read to their ends")
is_(book.sql(f"SELECT start FROM ledger.assignment WHERE partition = {trimmed} ORDER BY incarnation"),
    [["0"], [str(low)]], "the new chain starts at what the topic has")
after = int(book.sql(accepted)[0][0])
ok(after > before, f"what is left comes again: {after - before} events")
live_accepted = int(sql(live, accepted)[0][0])
ok(after < live_accepted, f"and no event of a lost record: {live_accepted} were accepted before")
produce(3, 3000)
book.drain(topic)
again = int(book.sql(accepted)[0][0])
ok(again <= live_accepted, f"events that come again are counted once: {again - after} of them had been lost")
book.seal()
book.run("daybook-invoices", "close", "initech", "2026-10")
book.run("daybook-invoices", "review", "initech", "2026-10", "--issue-date", "2026-11-04")
book.run("daybook-invoices", "approve", "initech", "2026-10")
book.run("daybook-invoices", "issue", "initech", "2026-10")
book.seal()
book.run("daybook-invoices", "bundle")
latest = book.run("daybook-invoices", "list", "initech").stdout.splitlines()[-1].split()[0]
done = verify_bundle(bundle_of(latest, "latest.json"), book.keys / "log.vkey")
is_(done.returncode, 0, f"the next period is closed and issued: {latest}'s bundle verifies")
if done.returncode:
    diag(done.stdout + done.stderr)
audit("audit finds nothing in the grown successor")
is_(book.broken(), [], "and it is whole")
is_(verify_both(book.archive, closed).returncode, 0, "both logs verify together")

# ------------------------------------------------------------------------------ what does not fit


def twin(name, archive, keys):
    """The ledger as it was before the succession, or in its midst."""
    other = Ledger(name, new_database(name))
    run("pg_restore", "-d", other.database, WORK / "common")
    shutil.copytree(archive, other.archive)
    shutil.copytree(keys, other.keys)
    return other


def twin_succeeds(other, origin):
    return other.run("daybook-ledger", "log", "succeed", "--origin", origin, "--common", common, check=False)


def journal_without(other, word):
    """The journal lacks the first line of this kind after the common size."""
    for path in sorted((other.archive / "private/journal").glob("*-*.ndjson")):
        lines = path.read_text().splitlines(keepends=True)
        for line in lines:
            entry = json.loads(line)
            if entry["index"] >= common and entry["kind"] == word:
                path.chmod(0o600)
                path.write_text("".join(each for each in lines if each is not line))
                return


finding = "FINDING succession"
done = verify_both(book.archive, before_archive)
like(done.stdout, f"{finding} .*does not end with an entry that closes it", "a predecessor that was not closed is found")
like(done.stdout, f"{finding} .*another last tree", "and so is another last tree")
torn = shutil.copytree(book.archive, WORK / "archive-torn")
leaf = torn / "public/tile/entries/000"
leaf.chmod(0o644)
whole = leaf.read_bytes()
leaf.write_bytes(whole[:13002] + bytes([whole[13002] ^ 1]) + whole[13003:])
like(verify_both(torn, closed).stdout, f"{finding} index=100 an entry that should be common differs",
     "another beginning is found")
like(verify_log(closed / "public", old_vkey, "--predecessor", closed / "public").stdout,
     f"{finding} .*does not say that it succeeds another", "a log that succeeds none says so")

other = twin("succeed_other", before_archive, before_keys)
is_(twin_succeeds(other, "daybook.test/succeed-c").returncode, 0, "who keeps both keys can make two successors")
done = run("daybook-verify", "log", other.archive / "public", "--vkey", other.keys / "log.vkey", "--root",
           other.keys / "root.vkey", "--predecessor", closed / "public", check=False)
is_(done.returncode, 1, "but only one fits the log that was closed")
like(done.stdout, f"{finding} .*names another successor", "which names the other")
like(run("daybook-ledger", "compare", closed / "public/checkpoint", other.archive / "closed/1/public/checkpoint",
         "--vkey", old_vkey, check=False).stdout, "SPLIT VIEW", "and the two last checkpoints are proof of it")

midst = WORK / "archive-midst"
shutil.copytree(before_archive, midst)
shutil.rmtree(midst / "public")
shutil.copytree(closed / "public", midst / "public")
other = twin("succeed_midst", midst, before_keys)
(other.keys / "seal.state").chmod(0o600)
(other.keys / "seal.state").write_text("".join(
    line + "\n" for line in (closed / "public/checkpoint").read_text().split("\n")[:3]))
like(twin_succeeds(other, "daybook.test/succeed-c").stderr, f"closed already, and names its one successor: '{SUCCESSOR}'",
     "a log that is closed gets no other successor")
done = run("daybook-ingest", "recover", "--admin", other.database, "--keys", other.keys, "--archive", other.archive,
           "--kafka", os.environ["DAYBOOK_KAFKA"], check=False)
like(done.stderr, "is closed: finish with `daybook-ledger log succeed`", "and is not recovered any more")

other = twin("succeed_gap", before_archive, before_keys)
journal_without(other, "key")
done = twin_succeeds(other, "daybook.test/succeed-d")
is_(done.returncode, 0, "a journal with a gap is carried over up to the gap")
like(done.stdout, r"not carried over: entry \d+, key '.*\n.*not carried over: entry \d+, catalog 'catalog'",
     "and what follows is named")
done = other.run("daybook-ledger", "audit", check=False)
ok(done.returncode == 0 and "FINDING" not in done.stdout, "what is there is whole")
other = twin("succeed_unproven", before_archive, before_keys)
journal_without(other, "document")
before = sql(other.database, "SELECT size FROM ledger.head")
done = twin_succeeds(other, "daybook.test/succeed-e")
isnt(done.returncode, 0, "where an issued document is missing there is no successor")
diag(done.stderr.strip())
is_((sql(other.database, "SELECT size FROM ledger.head"), (other.archive / "public/checkpoint").read_text()),
    (before, (before_archive / "public/checkpoint").read_text()), "and nothing is closed")
done_testing()
