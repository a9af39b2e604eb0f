#!/usr/bin/env python3
"""A bundle under the witnesses' quorum: it waits for them, carries their lines, and is checked by them."""

import hashlib
import json
import os

from harness import *
from ledger import found_ledger
from witness import Witness, signers, write_policy


def verify(path, policy, *words):
    return run("daybook-verify", "bundle", path, "--root", book.keys / "root.vkey", "--policy", policy,
               *words, check=False)


def cosign():
    run("daybook-cosign", "--once", "--archive", book.archive, "--policy", POLICY)


def bundle_of(number):
    path = WORK / f"{number}.json"
    path.write_text(book.run("daybook-invoices", "show", number, "--bundle").stdout)
    return path


topic = new_topic("witness-bundle", 1, "message.timestamp.type=LogAppendTime")
book = found_ledger("witness_bundle", new_database("witness_bundle"), topic)
one, two, away = Witness("one"), Witness("two"), Witness("away")
LOG = (book.keys / "log.vkey").read_text().strip()
POLICY = write_policy("policy", LOG, [one, two], "group both all one two", "quorum both")
STRICT = write_policy("strict", LOG, [one, two, away], "group all all one two away", "quorum all")
book.agree_prices(acme={"quorum_policy": hashlib.sha256(POLICY.read_bytes()).hexdigest()})
run("generate", "topic", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic", topic, "--events", "2000",
    "--seed", "1", "--hours", "24")
book.drain(topic)
book.seal()
for witness in (one, two):
    witness.trust(book)
    witness.start()
cosign()

first = book.invoice("acme", "2026-09", "2026-10-05")["number"]
book.seal()
like(book.run("daybook-invoices", "bundle").stdout, f"{first}: pending: its contract asks for the witnesses",
     "a contract that names a policy has no bundle without it")
said = book.run("daybook-invoices", "bundle", "--policy", POLICY).stdout
like(said, f"{first}: pending: .*no checkpoint with it has the policy's quorum yet",
     "sealed and not cosigned: the bundle waits")
cosign()
like(book.run("daybook-invoices", "bundle", "--policy", POLICY).stdout, "pending",
     "until the sealer has taken the lines")
book.seal()
is_(book.sql("select count(*), count(distinct signer) from ledger.cosignature")[0], ["4", "2"],
    "which makes rows of them, one for each witness and size")
like(book.run("daybook-invoices", "bundle", "--policy", STRICT).stdout, "pending",
     "another policy than the contract's makes none")
like(book.run("daybook-invoices", "bundle", "--policy", POLICY).stdout, f"{first}: bundle made",
     "then it is made")
path = bundle_of(first)
bundle = json.loads(path.read_text())
(WORK / "note").write_text(bundle["checkpoint"])
is_(signers(WORK / "note")[1:], ["witness.test/one", "witness.test/two"], "and carries both lines")
verified = verify(path, POLICY)
is_((verified.returncode, "2 of 2 witnesses cosigned" in verified.stdout), (0, True),
    "the bundle is verified under the policy alone, with the root key")
report = json.loads(verify(path, POLICY, "--json").stdout)
is_((report["witnesses"]["quorum"], report["witnesses"]["size"], report["witnesses"]["time"][:2]),
    (True, bundle["size"], "20"), "as JSON too")
strict = verify(path, STRICT)
is_((strict.returncode, "FINDING witness_quorum" in strict.stdout, "not: away" in strict.stdout),
    (1, True, True), "under a policy that asks for more it is not")
unasked = run("daybook-verify", "bundle", path, "--root", book.keys / "root.vkey", "--vkey",
              book.keys / "log.vkey", check=False)
is_((unasked.returncode, unasked.stdout.count("FINDING witness_quorum"), unasked.stdout.count("FINDING")),
    (1, 1, 1), "who asks for no witnesses is told that the contract does")

text = path.read_text()
line = bundle["checkpoint"].splitlines()[-1]
changed = line[:-12] + ("A" if line[-12] != "A" else "B") + line[-11:]
(WORK / "changed.json").write_text(text.replace(line, changed))
found = verify(WORK / "changed.json", POLICY)
is_((found.returncode, "FINDING witness_signature" in found.stdout), (1, True),
    "a changed line of a witness is a finding")
(WORK / "cut.json").write_text(text.replace(line + "\\n", ""))
found = verify(WORK / "cut.json", POLICY)
is_((found.returncode, "FINDING witness_quorum" in found.stdout), (1, True), "one taken away too")
other = write_policy("other", (book.keys / "root.vkey").read_text().strip(), [one], "quorum one")
done = verify(path, other, "--vkey", book.keys / "log.vkey")
is_((done.returncode, "does not list the log" in done.stderr), (2, True),
    "a policy of another log than the pinned one contradicts: nothing is checked")

second = book.invoice("initech", "2026-09", "2026-10-05")["number"]
book.seal()
like(book.run("daybook-invoices", "bundle", "--policy", STRICT).stdout,
     f"{second}: pending: .*no checkpoint with it has the policy's quorum yet", "one waits for its run's policy")
like(book.run("daybook-invoices", "bundle").stdout, f"{second}: bundle made",
     "without a policy a bundle does not wait")
found = verify(bundle_of(second), POLICY)
is_((found.returncode, found.stdout.count("FINDING"), "witness_quorum" in found.stdout), (1, 1, True),
    "and has no quorum, which is all that is wrong with it")
done_testing()
