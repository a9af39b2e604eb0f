#!/usr/bin/env python3
"""The end of a month for all tenants at once: who is refused is named, what is done is not done again, and
the documents are those that the single commands make."""

import csv
import io
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import WORK, done_testing, is_, like, start, wait_for  # noqa: E402

NAMES = [f"t{n}" for n in range(6)]
book = Billing("batch", **{name: "UTC" for name in NAMES})
book.plan("p")
for n, name in enumerate(NAMES[:5]):  # t5 has no contract
    book.contract(f"c-{name}", name, "2026-09-01", "2026-09-11" if n == 4 else None)
    book.gpu(name, "2026-09-03T10", n + 1)
book.contract("c-t4-next", "t4", "2026-09-11")
book.gpu("t4", "2026-09-20T10", 2)
book.gpu("t3", "2026-10-02T10", 2)  # of the next month
book.gpu("t1", "2026-09-05T10", 2, gpus="many")
book.take()
book.seal()


def batch(*words):
    done = book.invoices("batch", *words, check=False)
    return done, [(row["tenant"], row["period"], row["state"], row["total"]) for row in csv.DictReader(io.StringIO(done.stdout))]


def write(name, text):
    path = WORK / f"batch-{name}.csv"
    path.write_text(text)
    return path


# ----------------------------------------------------------------------------------------- close
done, rows = batch("close", "2026-09", "--jobs", "3")
is_(rows, [(name, "2026-09", "closed", "") for name in ("t0", "t2", "t3", "t4")], "everybody is closed who can be, in the tenants' order")
like(done.stderr, r"close t1 2026-09: 1 quarantined records? .*|close t1 2026-09: 2 quarantined records", "who is refused is named")
like(done.stderr, "close t4 2026-09-11: .*", "the second contract's part waits for the first to be issued")
like(f"{done.returncode} {done.stderr}", r"^1 [\s\S]*\n4 closed, 0 before, 2 refused\n", "and the status says that there was one")
book.contract("c-t1", "t1", "2026-09-01", quarantine_threshold=9)
book.seal()
done, rows = batch("close", "2026-09")
like(done.stderr, "5 closed, 4 before, 1 refused".replace("5 closed", "1 closed"), "run again, it does what is left")

# ---------------------------------------------------------------------------------------- review
done, rows = batch("review", "2026-09", "--issue-date", "2026-10-05", "--jobs", "2")
is_(rows, [(f"t{n}", "2026-09", "reviewed", f"{total}") for n, total in enumerate(("1.19", "2.38", "3.57", "4.76", "5.95"))],
    "a row for each draft, with its total")
drafts = done.stdout
single = book.invoices("review", "t2", "2026-09", "--issue-date", "2026-10-05").stdout
like(single, "was there before", "the draft is the one that the single command makes")

# --------------------------------------------------------------------------------------- approve
lines = drafts.splitlines(keepends=True)
other = lines[1].replace(lines[1].strip()[-4:], "beef")
done, rows = batch("approve", write("some", "".join([lines[0], other] + lines[2:5])))
is_([row[0] for row in rows], ["t1", "t2", "t3"], "exactly the drafts of the list are approved")
like(done.stderr, "approve t0 2026-09: the draft of review 1 is [0-9a-f]{64}, not the one seen", "not another one")
done, rows = batch("approve", write("wrong", "t0,2026-09\n"))
like(f"{done.returncode} {done.stderr}", "^2 .*batch-wrong.csv:1: no row of 'tenant,period,state,number,total,currency,draft'", "a line that is none")

# ----------------------------------------------------------------------------------------- issue
done, rows = batch("issue", "2026-09", "--jobs", "2")
is_([row[0] for row in rows], ["t1", "t2", "t3"], "what is approved is issued")
like(done.stderr, "issue t4 2026-09: review 1 is not approved", "and nothing else")
done, rows = batch("approve", write("all", drafts))
like(f"{done.returncode} {done.stderr}", r"^0 [\s\S]*2 approved, 3 before, 0 refused", "a list is of its periods, not of a second contract's")
done, rows = batch("issue", "2026-09")
like(done.stderr, "2 issued, 3 before, 1 refused", "the rest of them later")
is_([row["draft"] for row in csv.DictReader(io.StringIO(done.stdout))], [row["draft"] for row in csv.DictReader(io.StringIO(drafts))],
    "each with the draft that was approved, who was issued before, too")
numbers = sorted(row["number"] for row in csv.DictReader(io.StringIO(done.stdout)))
is_(numbers, [f"DE-2026-{n:06}" for n in range(1, 6)], "numbers have no gaps")
done, rows = batch("approve", write("late", "".join([lines[0], other])))
like(f"{done.returncode} {done.stderr}", "^1 [\\s\\S]*, not the one seen", "nor was another draft approved when it is issued")
book.seal()
done, rows = batch("close", "2026-09")
like(done.stderr, "1 closed, 5 before, 0 refused", "now the second contract's part can be closed")
forward = book.show(next(row["number"] for row in csv.DictReader(io.StringIO(batch("issue", "2026-09")[0].stdout)) if row["tenant"] == "t3"))
is_((forward["forward"]["count"], len(forward["usage"])), (2, 1), "what is of the next month is left to it")

# ------------------------------------------------------------- October: several in one transaction
def reviewed():
    return int(book.sql(f"select count(*) from ledger.review where period_idx > {newest}")[0][0])


def review(jobs="1"):
    done, found = batch("review", "2026-10", "--issue-date", "2026-11-05", "--jobs", jobs)
    return done, [row[0] for row in found]


def trouble(with_t3):
    """What happens to a review of t3's that is inserted."""
    book.sql(f"""create or replace function public.trouble() returns trigger language plpgsql as $$ begin
        if new.tenant = (select tenant from ledger.tenant where id = 't3') then {with_t3}; end if; return new; end $$;
        drop trigger if exists trouble on ledger.review;
        create trigger trouble before insert on ledger.review for each row execute function public.trouble()""")


def waiting():
    return [row[0] for row in book.sql("select pid from pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'advisory'"
                                       " and datname = current_database()")]


def while_t3_waits(name, act):
    """The others' rows are written and not committed when something happens to the program."""
    trouble("perform pg_catalog.pg_advisory_xact_lock_shared(9)")
    holder = start(f"{name}-holder", "psql", "-qX", "-d", book.database, "-c", "select pg_advisory_lock(9), pg_sleep(60)")
    wait_for(20, lambda: book.sql("select 1 from pg_locks where locktype = 'advisory' and granted"))
    program = start(name, "daybook-invoices", "batch", "review", "2026-10", "--issue-date", "2026-11-05", "--jobs", "1",
                    "--database", book.database, "--keys", book.keys, "--archive", book.archive)
    wait_for(20, waiting)
    act(program)
    status = program.popen.wait(20)
    book.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()")
    for pid in waiting():
        book.sql(f"select pg_terminate_backend({pid})")
    holder.stop()
    return status, program.log()


newest = book.sql("select max(period_idx) from ledger.review")[0][0]
batch("close", "2026-10")
status, log = while_t3_waits("killed", lambda program: program.send(signal.SIGKILL))
is_((status, reviewed()), (-9, 0), "killed while it works on several, none of them is half done")
status, log = while_t3_waits("cut", lambda program: book.sql(f"select pg_terminate_backend({waiting()[0]})"))
is_((status, reviewed()), (75, 0), "nor when its connection is lost; that is everybody's trouble, and another try may do it")
like(log, "review t0 and others: ", "and it says of whom")
trouble("raise exception 'not t3' using errcode = '23514'")
done, names = review()
is_((names, reviewed()), (["t0", "t1", "t2"], 3), "who is refused in a transaction of several holds up nobody")
like(f"{done.returncode} {done.stderr}", r"^1 [\s\S]*review t3 2026-10: .*not t3[\s\S]*\n3 reviewed, 0 before, 2 refused\n", "and he alone is named")
book.sql("drop trigger trouble on ledger.review")
done, names = review()
like(done.stderr, "1 reviewed, 3 before, 1 refused", "run again, it does what is left")
drafts = done.stdout
is_(review("4")[0].stdout, drafts, "several at once make the drafts that one by one make")
done, rows = batch("approve", write("october", drafts), "--jobs", "1")
like(done.stderr, "4 approved, 0 before, 0 refused", "several are approved in one transaction, too")
done, rows = batch("issue", "2026-10")
like(done.stderr, "4 issued, 0 before, 1 refused", "and issued")
book.seal()
audit = book.invoices("audit", check=False)
is_(audit.returncode, 0, "the documents are those that the book makes")
done_testing()
