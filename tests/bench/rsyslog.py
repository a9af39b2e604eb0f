"""rsyslog's own way from Kafka into PostgreSQL (imkafka, mmjsonparse, ompgsql), as Debian has it: what
somebody would take who has it anyway. A row an event; no identity is looked at, nothing is summed or signed.
"""

import pathlib
import shutil
import subprocess
import time

import cost
from ledger import Failure, run

LIBRARIES = pathlib.Path("/usr/lib/x86_64-linux-gnu/rsyslog")
SILENCE_SECONDS_MAX = 30  # without another row: it has ended, or broken
TABLE = "create table events (id text, source text, type text, tenant text, at text, data text)"
CONFIGURATION = """
global(workDirectory="{folder}")
module(load="imkafka")
module(load="mmjsonparse")
module(load="ompgsql")
template(name="row" type="list" option.stdsql="on") {{
    constant(value="insert into events (id, source, type, tenant, at, data) values ('")
    property(name="$!id") constant(value="', '") property(name="$!source") constant(value="', '")
    property(name="$!type") constant(value="', '") property(name="$!subject") constant(value="', '")
    property(name="$!time") constant(value="', '") property(name="$!data") constant(value="')")
}}
ruleset(name="book" queue.type="LinkedList" queue.size="200000" queue.dequeueBatchSize="5000" queue.workerThreads="1") {{
    action(type="mmjsonparse" cookie="")
    action(type="ompgsql" server="{host}" port="{port}" user="{user}" pass="{password}" db="{database}" template="row")
}}
input(type="imkafka" topic="{topic}" broker=["{broker}"] consumergroup="{group}" ruleset="book" parseHostname="off"
      confParam=["auto.offset.reset=earliest"])
"""

def missing():
    """Why it cannot run here, or None."""
    absent = [name for name in ("imkafka", "mmjsonparse", "ompgsql") if not (LIBRARIES / f"{name}.so").exists()]
    if shutil.which("rsyslogd") is None or absent:
        return "apt-get install rsyslog rsyslog-kafka rsyslog-pgsql"
    return None


def rows(ledger):
    """As PostgreSQL's counters have it, so that looking costs nothing."""
    return int(ledger.sql("select coalesce(sum(n_tup_ins), 0) from pg_stat_user_tables"))


def wait(ledger, events, process):
    """Until all rows are there, or no more come. Seconds until the last of them."""
    began = last = time.monotonic()
    seen = 0
    while seen < events and time.monotonic() - last < SILENCE_SECONDS_MAX:
        if process.poll() is not None:
            raise Failure(f"rsyslogd ended with {process.returncode}")
        time.sleep(0.5)
        now = rows(ledger)
        if now != seen:
            seen, last = now, time.monotonic()
    return last - began


def of_rsyslog(ledger, topic, events, folder):
    """Reads the topic into a table of `ledger`'s database. As cost.of_consume() has it, and `rows`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ledger.create_database()
    ledger.sql(TABLE)
    server = ledger.server
    configuration = folder / "rsyslog.conf"
    configuration.write_text(CONFIGURATION.format(
        folder=folder, topic=topic, broker=server["DAYBOOK_KAFKA"], group=f"rsyslog-{time.time_ns()}", host=server["PGHOST"],
        port=server["PGPORT"], user=server["PGUSER"], password=server["PGPASSWORD"], database=ledger.database))
    configuration.chmod(0o600)
    servers = cost.Servers()
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(["rsyslogd", "-n", "-f", configuration, "-i", folder / "pid"], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log)
        try:
            seconds = wait(ledger, events, process)
            spent, found = cost.cpu_seconds([process.pid]), int(ledger.sql("select count(*) from events"))
            if found == 0:
                raise Failure(f"rsyslogd wrote nothing: {folder / 'log'}")
            each = {"program": round(spent * 1e6 / found, 2), **servers.cost(found)}
        finally:
            process.terminate()
            process.wait(60)
    return cost.with_total({"events": found, "seconds": round(seconds, 2), "events_per_second": round(found / seconds),
                            "cpu_us_per_event": each})


def version():
    return run("rsyslogd", "-v").split()[1]
