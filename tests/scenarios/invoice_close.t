#!/usr/bin/env python3
"""What a close refuses, and in which words."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import done_testing, is_, like, ok  # noqa: E402

book = Billing("close", acme="UTC", beta="UTC")
book.plan("p")
book.contract("c", "acme", "2026-09-01", grace_hours=72)
book.contract("c-beta", "beta", "2026-09-01")
for tenant in ("acme", "beta"):
    book.gpu(tenant, "2026-09-03T10", 1)
book.take()


def close(tenant="acme", period="2026-09"):
    return book.refusal("close", tenant, period) or "closed"


# --------------------------------------------------------------------------------- completeness
catalog_feed = {"name": "usage", "kind": "topic", "transactional": False, "create_time": False}
book.apply_catalog(feeds=[catalog_feed])
book.seal()
like(close(), "topic 'usage' was never read: nothing says that usage through 2026-10-04T00:00:00Z is complete",
     "a topic that was never read")
slot = int(book.sql("select slot from ledger.tenant where id = 'acme'")[0][0])
for partition in range(4):
    book.sql(f"""insert into ledger.progress values (0, sha256('topic\\000usage'::bytea), {partition}, 1, 4, 'usage', 0, 0,
        '2026-10-10', 'running', '', now())""")
book.sql(f"update ledger.progress set complete_through = '2026-10-03T23:00:00Z' where partition = {slot % 4}")
like(close(), f"usage is complete through 2026-10-03T23:00:00Z in partition {slot % 4} of topic 'usage', and must be "
     "through 2026-10-04T00:00:00Z \\(period's end and grace\\)", "usage that is not complete through end and grace")
book.sql(f"update ledger.progress set complete_through = null where partition = {slot % 4}")
like(close(), f"complete through no instant in partition {slot % 4}", "a partition of which nothing is known")
book.sql("update ledger.progress set complete_through = '2026-10-04T00:00:00Z'")
book.sql(f"delete from ledger.progress where partition = {(slot + 1) % 4}")
like(close(), f"complete through no instant in partition {(slot + 1) % 4}",
     "a partition that nobody has read: a producer may use another partitioner")
book.sql(f"""insert into ledger.progress values (0, sha256('topic\\000usage'::bytea), {(slot + 1) % 4}, 1, 4, 'usage', 0, 0,
    '2026-10-04', 'running', '', now())""")

# ------------------------------------------------------------------------------------ quarantine
book.gpu("acme", "2026-09-05T10", 2, gpus="many")
book.take()
like(close(), "2 quarantined records of tenant 'acme' are undecided, the contract allows 0: `daybook-ingest quarantine list`",
     "undecided records above the threshold")
book.contract("c", "acme", "2026-09-01", grace_hours=72, quarantine_threshold=1)
book.seal()
like(close(), "2 quarantined .* allows 1", "still above")
book.contract("c", "acme", "2026-09-01", grace_hours=72, quarantine_threshold=2)

# --------------------------------------------------------------------------------------- the seal
began = time.monotonic()
done = book.invoices("close", "acme", "2026-09", check=False)
like(f"{done.returncode} {done.stderr}", "^75 .*entry \\d+ is not sealed yet, the newest checkpoint has size \\d+: "
     "is `daybook-ledger seal` running\\?", "what is not sealed ends a close with 75: try again")
ok(8 < time.monotonic() - began < 25, "after waiting for the sealer")
is_(book.sql("select count(*) from ledger.entry where kind = 11 and tenant = (select tenant from ledger.tenant where id = 'acme')"),
    [["0"]], "and nothing was written")
book.seal()
is_(close(), "closed", "sealed, it is closed")

# ------------------------------------------------------------- a window that is fuller than it can
book.gpu("beta", "2026-09-03T10", 1)  # the same hour of the same allocation again
book.take()
like(close("beta"), "allocation 'a-1' used 7200000000 uGPU.s in the window at 2026-09-03T10:00:00Z, which holds "
     "3600000000: correct it first", "usage above an allocation's capacity")
is_(book.sql("select count(*) from ledger.entry where kind = 11 and tenant = (select tenant from ledger.tenant where id = 'beta')"),
    [["0"]], "and nothing is cut: a correction comes in time")

# ------------------------------------------------------------------------- steps in another order
like(book.refusal("review", "acme", "2026-10", "--issue-date", "2026-11-11") or "reviewed",
     "period 2026-10 of tenant 'acme' is not closed: `daybook-invoices close` first", "a review before the close")
like(book.refusal("issue", "acme", "2026-09") or "issued", "it is not reviewed: `daybook-invoices review`",
     "an issue before the review")
like(close(period="2026-08"), "tenant 'acme' has no contract for period '2026-08'", "a period before the contract")
like(close(period="2026-9"), "period '2026-9' is not a month such as 2026-10", "what is no period")
like(close("nobody"), "nobody", "a tenant that is not there")
like(book.refusal("review", "acme", "2026-09", "--issue-date", "2026-02-30") or "reviewed", "2026-02-30", "a date that is none")
done_testing()
