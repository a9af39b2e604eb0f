#!/usr/bin/env python3
"""Kafka by TLS and credentials, PostgreSQL by verify-full: who is not who he should be is refused, with
words that say which side did not like what. Servers of the test's own, certificates too."""

import atexit
import os
import re
import shutil

from cluster import Cluster
from harness import *
from ledger import Ledger, found_ledger

TOPIC = "secure"


def openssl(*words, **options):
    run("openssl", *words, cwd=SECURE, **options)


def certify(name, authority, subject, *extensions):
    """NAME.pem: a key and the certificate that an authority gives it."""
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
    (SECURE / "extensions").write_text("\n".join(extensions))
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-out", f"{name}.crt", "-days", "2", "-extfile", "extensions")
    (SECURE / f"{name}.pem").write_text((SECURE / f"{name}.key").read_text() + (SECURE / f"{name}.crt").read_text())


def make_certificates():
    SECURE.mkdir()
    for authority in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{authority}.key",
                "-out", f"{authority}.pem", "-subj", f"/CN={authority}", "-days", "2")
    certify("server", "ca", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    certify("elsewhere", "ca", "/CN=elsewhere", "subjectAltName=DNS:elsewhere.example")
    (SECURE / "password").write_text("right")


def broker(verb):
    run(ROOT / "deploy/dev/kafka/broker", verb,
        env={**os.environ, "DAYBOOK_RUN": str(cluster.folder), "DAYBOOK_KAFKA_SECURE": str(SECURE)})


def start_broker():
    atexit.register(broker, "stop")
    broker("start")
    return re.findall(r"DAYBOOK_KAFKA\w*=(\S+)", (cluster.folder / "kafka.env").read_text())


def settings(name, mode=0o400, **changes):
    """A file of settings; a member of None is left out."""
    all_of_them = {"security.protocol": "SASL_SSL", "ssl.ca.location": SECURE / "ca.pem", "sasl.mechanism": "PLAIN",
                   "sasl.username": "daybook", "sasl.password": "right"}
    all_of_them.update({key.replace("__", "."): value for key, value in changes.items()})
    path = WORK / f"{name}.properties"
    path.write_text("# who we are\n" + "".join(
        f"{key} = {value}\n" for key, value in all_of_them.items() if value is not None))
    path.chmod(mode)
    return path


def ingest(*words):
    return book.run("daybook-ingest", "run", "--kafka", secured, "--topic", TOPIC, "--once-idle", "1",
                    *words, check=False)


def refused(file, status, words, name):
    done = ingest("--kafka-settings", file)
    is_(done.returncode, status, f"{name}: status {status}")
    like(done.stderr, words, f"{name}: says so")


def taken():
    return sql_value(book.database, "SELECT coalesce(sum(records), 0) FROM ledger.receipt")


def use_certificate(name):
    """PostgreSQL shows this one from now on."""
    data = next((cluster.folder / "home").resolve().glob("**/postmaster.pid")).parent
    for kind in ("crt", "key"):
        shutil.copy(SECURE / f"{name}.{kind}", data / f"server.{kind}")
        shutil.chown(data / f"server.{kind}", data.owner())
        (data / f"server.{kind}").chmod(0o600)
    cluster.session.ask("ALTER SYSTEM SET ssl = 'on'")
    cluster.session.ask("SELECT pg_reload_conf()")


def by_tls(authority="ca", password=None):
    conninfo = f"{book.database} sslmode=verify-full sslrootcert={SECURE / authority}.pem"
    return re.sub(r"password=\S+", f"password={password}", conninfo) if password else conninfo


def connect(conninfo, status, words, name):
    """An audit, whose status 2 is that it could not look."""
    side = Ledger(book.name, conninfo)
    done = side.run("daybook-ledger", "audit", check=False)
    is_(done.returncode, status, f"{name}: status {status}")
    like(done.stdout + done.stderr, words, f"{name}: says so")


SECURE = WORK / "secure"
make_certificates()
cluster = Cluster()
plain, secured = start_broker()
book = found_ledger("secure", cluster.create("secure"), TOPIC)
run("topics", "create", TOPIC, 1, "message.timestamp.type=LogAppendTime", env={**os.environ, "DAYBOOK_KAFKA": plain})
run("kcat", "-P", "-b", plain, "-t", TOPIC, "-k", "acme", "-H", "content-type=application/cloudevents+json",
    ROOT / "deploy/examples/event.json")

# ---- Kafka

refused(settings("ca", ssl__ca__location=SECURE / "other.pem"), 1, "certificate verify failed",
        "a broker whose authority is another")
refused(settings("password", sasl__password="wrong"), 1, "[Aa]uthentication failed", "a wrong password")
refused(settings("user", sasl__username="nobody"), 1, "[Aa]uthentication failed", "an unknown user")
refused(settings("open", mode=0o644), 1, "can be read by others .mode 644.: chmod 400", "a file that others can read")
refused(settings("more", auto__offset__reset="latest"), 2, r"more.properties:\d+: 'auto.offset.reset' is not for this file",
        "a setting that exactly-once rests on")
refused(settings("odd", ssl__nonsense="1"), 2, r"odd.properties:\d+: .*ssl.nonsense", "a setting that does not exist")
refused(WORK / "none.properties", 1, "none.properties", "no such file")
is_(taken(), "0", "nothing was taken by any of them")
scram = ingest("--kafka-settings", settings("scram", sasl__mechanism="SCRAM-SHA-512"))
if scram.returncode == 0:
    is_(taken(), "1", "SCRAM-SHA-512: the event is taken")
else:
    like(scram.stderr, "SCRAM is refused by Kafka 4, whatever the password: use PLAIN",
         "SCRAM-SHA-512: this librdkafka cannot, and it says what can")
is_(ingest("--kafka-settings", settings("right")).returncode, 0, "who is right is let in")
is_(taken(), "1", "and the event is taken once")

# ---- PostgreSQL

use_certificate("server")
like(sql_value(by_tls(), "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "TLS", "the connection has TLS")
connect(by_tls(), 0, "", "verify-full with the right authority")
connect(by_tls("other"), 2, "certificate verify failed", "another authority")
connect(by_tls(password="wrong"), 2, "password authentication failed", "a wrong password")
use_certificate("elsewhere")
connect(by_tls(), 2, 'server certificate for "elsewhere.example".*does not match', "a certificate of another host")
done_testing()
