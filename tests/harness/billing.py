"""A private ledger with a few events, plans and contracts, for scenario tests of invoices.

    from billing import Billing
    book = Billing("chain", acme="UTC")
    book.plan("p", 1)                               # 1.00 EUR a GPU-hour
    book.contract("c-1", "acme", "2026-09-01", "2026-10-01")
    book.gpu("acme", "2026-09-03T10", hours=2)      # two windows of one GPU
    book.take()                                     # ingest what was added, and seal
    book.issue("acme", "2026-09")                   # close, review, approve, issue: the document
"""

import copy
import datetime
import json
import os

from harness import ROOT, WORK, new_database, run, sql

HOUR = datetime.timedelta(hours=1)
AS_OF = "2026-11-10T00:00:00Z"
PLAN = {
    "plan": "p",
    "currency": "EUR",
    "charges": [{"charge": "gpu", "meter": "gpu_time",
                 "price_unit": {"name": "GPU-hour", "divisor": "3600000000"},
                 "model": "per_unit", "price": "1.00"}],
}
CONTRACT = {
    "legal_entity": {"id": "seller", "name": "Seller GmbH", "address": ["Street 1"],
                     "country": "DE", "number_series": "DE-2026"},
    "customer": {"name": "Customer", "address": ["Street 2"], "country": "DE"},
    "currency": "EUR",
    "zone": "UTC",
    "billing": {"day": 1, "hour": 0, "minute": 0},
    "tax": {"profile": [{"category": "standard", "rate": "19"}]},
    "grace_hours": 0,
}


def instant(text):
    """"2026-09-03" and "2026-09-03T10" as instants of UTC."""
    if text is None or text.endswith("Z") or "+" in text:
        return text
    return f"{text}T00:00:00Z" if "T" not in text else f"{text}:00:00Z"


class Billing:
    def __init__(self, name, **tenants):
        self.database = new_database(name)
        self.keys, self.archive = WORK / f"keys-{name}", WORK / f"archive-{name}"
        self.events, self.files, self.count = [], 0, 0
        self.ledger("migrate")
        self.ledger("init", "--origin", f"daybook.test/{name}")
        for tenant, zone in tenants.items():
            self.ledger("tenant", "add", tenant, "--zone", zone)
        self.apply_catalog()

    # --------------------------------------------------------------------------------- programs

    def _common(self):
        return ["--database", self.database, "--keys", self.keys, "--archive", self.archive]

    def ledger(self, *words, check=True):
        return run("daybook-ledger", *words, *self._common(), check=check)

    def invoices(self, *words, check=True):
        return run("daybook-invoices", *words, *self._common(), check=check)

    def refusal(self, *words):
        """What daybook-invoices says when it fails; None when it does not."""
        done = self.invoices(*words, check=False)
        return None if done.returncode == 0 else done.stderr.strip()

    def sql(self, statement):
        return sql(self.database, statement)

    # ------------------------------------------------------------------------------------- usage

    def apply_catalog(self, *meters, feeds=()):
        """The example catalog, fed by files alone unless feeds are given, with more meters."""
        catalog = json.loads((ROOT / "deploy/examples/catalog.json").read_text())
        catalog["feeds"] = list(feeds)
        for source in catalog["sources"]:
            source["topics"] = ["file"]
        catalog["meters"] += meters
        self.ledger("catalog", "apply", self._file("catalog", catalog))

    def _file(self, name, value):
        path = WORK / f"{name}.json"
        path.write_text(json.dumps(value))
        return path

    def event(self, tenant, kind, at, data, **more):
        self.count += 1
        source = {"gpu.slice.v1": "/cluster/fra1", "storage.sample.v1": "/storage/fra1",
                  "tokens.request.v1": "/gateway/fra1"}[kind]
        self.events.append({"specversion": "1.0", "id": f"e-{self.count}", "source": source,
                            "type": kind, "subject": tenant, "time": at,
                            "datacontenttype": "application/json", "data": data, **more})

    def gpu(self, tenant, at, hours=1, gpus=1, **data):
        """Whole hours of one allocation's GPUs, an event each."""
        begin = datetime.datetime.fromisoformat(instant(at).replace("Z", "+00:00"))
        for i in range(hours):
            start, end = ((begin + n * HOUR).isoformat().replace("+00:00", "Z") for n in (i, i + 1))
            self.event(tenant, "gpu.slice.v1", end, {
                "allocation": "a-1", "project": "train", "sku": "h100", "region": "eu",
                "zone": "eu-a", "gpu_count": gpus, "start": start, "end": end,
                "market": "on_demand", **data})

    def take(self):
        """What was added goes into the book and is sealed."""
        if self.events:
            self.files += 1
            path = WORK / f"{os.path.basename(self.archive)}-{self.files}.ndjson"
            path.write_text("".join(json.dumps(event) + "\n" for event in self.events))
            self.events = []
            run("daybook-ingest", "file", path, "--as-of", AS_OF, *self._common())
        self.seal()

    def seal(self):
        self.ledger("seal", "--once")

    # ------------------------------------------------------------------------- plans and contracts

    def plan(self, name="p", **changes):
        plan = {**copy.deepcopy(PLAN), "plan": name, **changes}
        return self.invoices("plan", "apply", self._file(f"plan-{name}", plan)).stdout

    @staticmethod
    def contract_json(name, tenant, begin, end=None, plan="p", **changes):
        begin, end = instant(begin), instant(end)
        return {**copy.deepcopy(CONTRACT), "contract": name, "tenant": tenant, "from": begin,
                "to": end, "plans": [{"plan": plan, "version": 1, "from": begin, "to": end}],
                **changes}

    def contract_words(self, *words, **changes):
        value = self.contract_json(*words, **changes)
        return "contract", "apply", self._file(value["contract"], value)

    def contract(self, *words, **changes):
        return self.invoices(*self.contract_words(*words, **changes)).stdout

    # --------------------------------------------------------------------------------- documents

    def close(self, tenant, period):
        self.seal()
        return self.invoices("close", tenant, period).stdout

    def review(self, tenant, period, date="2026-11-11"):
        """Reviews, and approves by another operator."""
        self.invoices("review", tenant, period, "--issue-date", date)
        self.invoices("approve", tenant, period)

    def issue(self, tenant, period, date="2026-11-11"):
        """Closes, reviews, approves, issues: the document."""
        self.close(tenant, period)
        self.review(tenant, period, date)
        return self.show(self.invoices("issue", tenant, period).stdout.split()[1].rstrip(":"))

    def show(self, number):
        return json.loads(self.invoices("show", number, "--json").stdout)

    def bundle(self, number):
        """The file of a document's proof bundle."""
        self.seal()
        self.invoices("bundle")
        path = WORK / f"{number}.bundle.json"
        path.write_text(self.invoices("show", number, "--bundle").stdout.rstrip("\n"))
        return path

    def verify(self, number):
        """The verdict of daybook-verify on a document's bundle."""
        done = run("daybook-verify", "bundle", self.bundle(number), "--vkey", self.keys / "log.vkey",
                   "--root", self.keys / "root.vkey", check=False)
        return "verified" if done.returncode == 0 else done.stdout + done.stderr

    def rerate(self, number):
        """The verdict of daybook-rerate on a document's bundle."""
        done = run("daybook-rerate", self.bundle(number), check=False)
        return "equal" if done.returncode == 0 else done.stdout + done.stderr
