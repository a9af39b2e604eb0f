"""A private ledger with two tenants, usage of last month in a file, and an invoice of it for each.

The month is the one before now; files are its only feed.
"""

from datetime import datetime, timedelta, timezone

from refusals import *

THIS = datetime.now(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
LAST = (THIS - timedelta(days=1)).replace(day=1)
MONTH, NEXT = LAST.strftime("%Y-%m"), THIS.strftime("%Y-%m")
TENANTS = ("acme", "globex")


def instant(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def files_catalog():
    """The example's, without topics."""
    catalog = example("catalog.json")
    catalog["feeds"] = []
    for source in catalog["sources"]:
        source["topics"] = ["file"]
    return catalog


def slice_of(tenant, number):
    start = LAST + timedelta(hours=number)
    return {"specversion": "1.0", "id": f"{tenant}-{number}", "source": "/cluster/fra1",
            "type": "gpu.slice.v1", "subject": tenant, "data": {
                "allocation": "a1", "project": "p1", "sku": "h100", "region": "fra",
                "zone": "fra1", "gpu_milli": 8000, "start": instant(start),
                "end": instant(start + timedelta(hours=1)), "market": "on_demand"}}


def contract_of(tenant, **changes):
    contract = example("contract-gpu-ondemand.json")
    begin = instant(LAST)
    contract.update(contract=f"c-{tenant}", tenant=tenant, zone="UTC", grace_hours=0,
                    **{"from": begin})
    contract["plans"] = [{"plan": "gpu-ondemand", "version": 1, "from": begin, "to": None}]
    contract.update(changes)
    return contract


def metered(name):
    """The ledger up to contracts: nothing is closed."""
    book = Book(name)
    for tenant in TENANTS:
        book.does("daybook-ledger", "tenant", "add", tenant, "--zone", "UTC")
    book.catalog(files_catalog())
    events = [json.dumps(slice_of(tenant, n)) for tenant in TENANTS for n in range(4)]
    book.does("daybook-ingest", "file", write("month.ndjson", "\n".join(events)))
    book.does("daybook-invoices", "plan", "apply",
              ROOT / "deploy/examples/plan-gpu-ondemand.json")
    for tenant in TENANTS:
        book.does("daybook-invoices", "contract", "apply",
                  write("contract.json", contract_of(tenant)))
    seal(book)
    return book


def seal(book):
    book.does("daybook-ledger", "seal", "--once")


def billed(name):
    book = metered(name)
    for tenant in TENANTS:
        book.does("daybook-invoices", "close", tenant, MONTH)
        book.does("daybook-invoices", "review", tenant, MONTH, "--issue-date", f"{NEXT}-03")
        book.does("daybook-invoices", "approve", tenant, MONTH)
        book.does("daybook-invoices", "issue", tenant, MONTH)
    seal(book)
    book.does("daybook-invoices", "bundle")
    return book
