"""A private ledger for scenarios in Python, with the generator's tenants and the example catalog.

    book = found_ledger("faults", new_database("faults"), topic)
    book.run("daybook-ingest", "file", path)          # any program, with this ledger's options
    member = book.start_ingest("one", topic, "group")
    is_(book.broken(), [], "the book is whole")
"""

import json
import os
import shutil

import harness
from harness import ROOT, WORK
from positions import Positions

CONTRACTS = {  # tenant: plan file, contract file
    "acme": ("plan-gpu-ondemand.json", "contract-gpu-ondemand.json"),
    "initech": ("plan-tokens.json", "contract-tokens.json"),
}


class Ledger:
    """Where one ledger lies: its database, keys and archive."""

    def __init__(self, name, database):
        self.name, self.database = name, database
        self.keys, self.archive = WORK / f"keys-{name}", WORK / f"archive-{name}"

    def command(self, program, *words):
        return [program, *words, "--database", self.database, "--keys", self.keys,
                "--archive", self.archive]

    def run(self, program, *words, check=True):
        return harness.run(*self.command(program, *words), check=check)

    def start(self, name, program, *words):
        return harness.start(name, *self.command(program, *words))

    def start_ingest(self, name, topic, group, *words):
        return self.start(name, "daybook-ingest", "run", "--kafka", os.environ["DAYBOOK_KAFKA"],
                          "--topic", topic, "--group", group, "--session-timeout-ms", "6000",
                          *words)

    def two_take(self, name, topic, *words):
        """Two processes take what lies in the topic; whether they took all of it in time."""
        members = [self.start_ingest(f"{name}-{n}", topic, f"group-{topic}", *words) for n in (1, 2)]
        wanted = Positions(topic).count()
        taken = harness.wait_for(40, lambda: int(self.sql(
            "SELECT coalesce(sum(records), 0) FROM ledger.receipt r JOIN ledger.assignment a "
            f"USING (log, feed, partition, incarnation) WHERE a.name = '{topic}'")[0][0]) == wanted)
        for member in members:
            member.stop()
        return taken

    def rotate(self, name, before=None):
        """The next ingest key writes; the one before may not any more."""
        self.run("daybook-ledger", "key", "new", name)
        self.run("daybook-ledger", "key", "grant", "ingest", self.keys / f"{name}.vkey")
        if before:
            self.run("daybook-ledger", "key", "revoke", self.keys / f"{before}.vkey")
        (self.keys / "ingest.key").unlink()
        shutil.copy(self.keys / f"{name}.key", self.keys / "ingest.key")

    def drain(self, topic, *words, check=True):
        """Reads the topic until nothing comes any more."""
        return self.run("daybook-ingest", "run", "--kafka", os.environ["DAYBOOK_KAFKA"], "--topic",
                        topic, "--group", f"drain-{topic}", "--session-timeout-ms", "6000",
                        "--once-idle", "1", *words, check=check)

    def sql(self, statement):
        return harness.sql(self.database, statement)

    def seal(self):
        self.run("daybook-ledger", "seal", "--once")

    def broken(self):
        """What does not hold of what must hold in every book."""
        return [row[0] for row in self.sql((ROOT / "tests/harness/broken.sql").read_text())]

    def copy(self, name, database):
        """The same ledger as it is now, to be led elsewhere: keys and archive too. `database` is an
        existing copy of this one's."""
        twin = Ledger(name, database)
        shutil.copytree(self.keys, twin.keys)
        shutil.copytree(self.archive, twin.archive)
        return twin

    def agree_prices(self, **terms):
        """Plans and contracts of two tenants, without grace, closing with what is quarantined;
        `terms` are what else a tenant's contract says."""
        for tenant, (prices, contract) in CONTRACTS.items():
            content = json.loads((ROOT / "deploy/examples" / contract).read_text())
            content.update(grace_hours=0, quarantine_threshold=1000000, **terms.get(tenant, {}))
            path = WORK / contract
            path.write_text(json.dumps(content))
            self.run("daybook-invoices", "plan", "apply", ROOT / "deploy/examples" / prices)
            self.run("daybook-invoices", "contract", "apply", path)

    def invoice(self, tenant, month, issue_date):
        """Closes, reviews, approves and issues; the invoice as it is kept."""
        self.run("daybook-invoices", "close", tenant, month)
        self.run("daybook-invoices", "review", tenant, month, "--issue-date", issue_date)
        self.run("daybook-invoices", "approve", tenant, month)
        self.run("daybook-invoices", "issue", tenant, month)
        number = self.run("daybook-invoices", "list", tenant).stdout.split()[0]
        return json.loads(self.run("daybook-invoices", "show", number, "--json").stdout)


def found_ledger(name, database, topic):
    """Schema, keys, tenants and a catalog that registers the topic."""
    ledger = Ledger(name, database)
    ledger.run("daybook-ledger", "migrate")
    ledger.run("daybook-ledger", "init", "--origin", f"daybook.test/{name}")
    for line in harness.run("generate", "tenants").stdout.splitlines():
        tenant, zone, words = line.split("\t")
        ledger.run("daybook-ledger", "tenant", "add", tenant, "--zone", zone, "--name", words)
    catalog = WORK / f"catalog-{name}.json"
    example = (ROOT / "deploy/examples/catalog.json").read_text()
    catalog.write_text(example.replace('"usage"', f'"{topic}"'))
    ledger.run("daybook-ledger", "catalog", "apply", catalog)
    return ledger
