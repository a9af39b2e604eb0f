#!/usr/bin/env python3
"""The read API against hostile requests: bytes that are no honest HTTP, other tenants' data by any
way, connections that are kept, days of 23 and 25 hours."""

import concurrent.futures
import json
import pathlib
import re
import socket
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from harness import (done_testing, free_port, is_, new_database, ok, run, sql,  # noqa: E402
                     start, wait_for)

SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
DESCRIPTOR = ("01" + "0008" + b"gpu_time".hex() + "0006" + b"uGPU.s".hex() + "00000006" + "01" + "0001" +
              "0003" + b"sku".hex() + "0004" + b"h100".hex())
DATABASE = new_database("serve_http")
PORT = free_port()


def key(name):
    text = f"dbk_{name}_{SECRET}"
    return f"{text}_{zlib.crc32(text.encode()):08x}"


ACME, OTHER, BOTH = key("acme00000001"), key("other0000001"), key("both00000001")
run("daybook-ledger", "migrate", "--database", DATABASE, "--admin", DATABASE)
sql(DATABASE, f"""
set session_replication_role = replica;
insert into ledger.log values (0, 'test.example/log', substr(sha256('x'), 1, 16));
insert into ledger.tenant values (0, 1, 'acme', 3, 3600, 'Acme', 'UTC'), (0, 2, 'other', 4, 3600, 'Other', 'UTC');
insert into ledger.token select 0, k.id, sha256('{SECRET}'), k.tenants,
    '{{usage:read,invoices:read,ledger:read}}', 'k', null, null
    from (values ('acme00000001', '{{1}}'::bigint[]), ('other0000001', '{{2}}'), ('both00000001', '{{1,2}}')) k (id, tenants);
insert into ledger.series select 0, t, sha256('\\x{DESCRIPTOR}'::bytea), 3, 1, '\\x{DESCRIPTOR}' from unnest('{{1,2}}'::bigint[]) t;
insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series,
    window_from, length_seconds, quantity, contributions, checksum, signature, writer)
select 0, 2 * i + t - 1, 1, 1, t, 0, i, substr(sha256('b'), 1, 16), sha256('\\x{DESCRIPTOR}'::bytea),
    '2026-03-01T00:00:00Z'::timestamptz + i * interval '1 hour', 3600, t * 1000000 + i, 1, sha256('c'),
    sha256('s') || sha256('s'), sha256('w')
from generate_series(0, 6000) i, unnest('{{1,2}}'::bigint[]) t;
insert into ledger.checkpoint values (0, 12002, true, sha256('r'), E'test.example/log\\n12002\\n');
insert into ledger.content select 0, 20000 + t, 5, t, 'DE-' || t, 1, sha256(convert_to(c, 'UTF8')), c
    from (select t, '{{"number":"DE-' || t || '"}}' c from generate_series(1, 2) t) d;
insert into ledger.bundle select 0, 20000 + t, t, 30000, '{{"bundle":' || t || '}}' from generate_series(1, 2) t;
insert into ledger.document
select 0, 'DE', t, 'DE-' || t, 20000 + t, t, 'invoice', 1, '2026-09-01', '2026-10-01', '2026-10-02', 'EUR', 2, 12345,
    hash from ledger.content, generate_series(1, 2) t where idx = 20000 + t;
""")
SERVER = start("serve", "daybook-serve", "run", "--database", f"{DATABASE} options='-c role=daybook_serve'",
               "--listen", f"127.0.0.1:{PORT}", "--threads", "2", "--connections", "1")


def listens():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


ok(wait_for(10, listens), "the server listens")


def talk(data):
    """What comes back, as statuses, and whether the connection stays open."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=0.5) as link:
        link.sendall(data)
        said = b""
        try:
            while part := link.recv(65536):
                said += part
            is_open = False
        except TimeoutError:
            is_open = True
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", said)], is_open


def get(path, who=ACME):
    done = run("curl", "-sS", "-w", "\\n%{http_code}", "-H", f"Authorization: Bearer {who}",
               f"http://127.0.0.1:{PORT}{path}")
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body) if body.startswith("{") else body


# ------------------------------------------------------------------------------- bytes on the wire
LINE = b"GET /v1/ledger/checkpoint HTTP/1.1\r\nHost: x\r\n"
AUTH = f"Authorization: Bearer {ACME}\r\n".encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
for name, data, expected in (
        ("an honest request, and the connection is kept", LINE + AUTH + b"\r\n", ([200], True)),
        ("three at once", (LINE + AUTH + b"\r\n") * 3, ([200] * 3, True)),
        ("HEAD, then another", LINE.replace(b"GET", b"HEAD") + AUTH + b"\r\n" + HEALTH, ([200, 200], True)),
        ("after 404 the connection is kept", b"GET /nope HTTP/1.1\r\nHost: x\r\n\r\n" + HEALTH, ([404, 200], True)),
        ("after 401 too", LINE + b"\r\n" + HEALTH, ([401, 200], True)),
        ("HTTP/1.0 without headers", b"GET /healthz HTTP/1.0\r\n\r\n", ([200], False)),
        ("an empty value, cookies, a long header", LINE + b"X-A:\r\nCookie: a=b; c=d\r\nX-B: " + b"b" * 9000 +
         b"\r\n" + AUTH + b"X-Z:\r\n\r\n", ([200], True)),
        ("a NUL at the end of a value", LINE + AUTH.replace(b"\r\n", b"\0x\r\n") + b"\r\n", ([400], False)),
        ("a NUL inside", LINE + b"X-A: a\0b\r\n" + AUTH + b"\r\n", ([400], False)),
        ("NULs in the last header", LINE + AUTH + b"X-A: a\0\0\0\0\r\n\r\n", ([400], False)),
        ("a folded header", LINE + b"X-A: a\r\n b\r\n" + AUTH + b"\r\n", ([400], False)),
        ("bare line feeds", (LINE + AUTH + b"\r\n").replace(b"\r\n", b"\n"), ([400], False)),
        ("a body, and what follows is not read", b"POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + HEALTH,
         ([400], False)),
        ("chunks", LINE + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH, ([400], False)),
        ("two keys", LINE + AUTH + AUTH + b"\r\n", ([400], False)),
        ("OPTIONS", b"OPTIONS /v1/usage HTTP/1.1\r\nHost: x\r\n\r\n", ([405], False)),
        ("a whole URL", b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n", ([400], False)),
        ("80 headers", LINE + b"".join(b"X-%d: a\r\n" % i for i in range(80)) + b"\r\n", ([400], False)),
        ("60 kB of header", LINE + b"X-A: " + b"a" * 60000 + b"\r\n\r\n", ([431], False)),
        ("a method that is no word", b"G\x1b[31mT /healthz HTTP/1.1\r\nHost: x\r\n\r\n", ([400], False)),
):
    is_(talk(data), expected, name)
ok("\x1b" not in SERVER.log(), "nothing of a stranger's reaches the log but what is harmless")

# --------------------------------------------------------------------------------- other tenants
for path in ("/v1/invoices/DE-2", "/v1/invoices/DE-2/bundle", "/v1/invoices/%ff", "/v1/invoices/de-1",
             "/v1/invoices/DE-1%27%20or%201=1", "/v1/invoices?tenant=other", "/v1/invoices?tenant=acme,other",
             "/v1/usage?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&tenant=2"):
    is_(get(path)[0], 404, f"{path} is not found")
is_([get(f"/v1/invoices/DE-1{part}", ACME)[1] for part in ("", "/bundle")], [{"number": "DE-1"}, {"bundle": 1}],
    "a tenant has its own")
is_([invoice["tenant"] for invoice in get("/v1/invoices?cursor=9223372036854775807")[1]["invoices"]], ["acme"],
    "no cursor leads to another's")
is_([get(f"/v1/invoices?{query}")[0] for query in ("limit=0", "limit=1001", "limit=%2B5", "limit=5%20", "cursor=-1",
     "cursor=9223372036854775808", "limit=99999999999999999999")], [400] * 7, "numbers are plain and within limits")
page = get("/v1/invoices?limit=1", BOTH)[1]
later = get(f"/v1/invoices?limit=1&cursor={page['next_cursor']}", BOTH)[1]
is_([page["invoices"][0]["number"], later["invoices"][0]["number"], later["has_more"]], ["DE-2", "DE-1", False],
    "pages go through all, each once")


def tenants_of(who):
    status, answer = get("/v1/usage?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z&granularity=total", who)
    return status, [(row["tenant"], row["quantity"]) for row in answer.get("rows", [])]


ALONE = {who: tenants_of(who) for who in (ACME, OTHER, BOTH)}
is_([ALONE[who][1][0][0] for who in (ACME, OTHER)] + [len(ALONE[BOTH][1])], ["acme", "other", 2],
    "each key sees its tenants")
with concurrent.futures.ThreadPoolExecutor(6) as pool:
    mixed = list(pool.map(lambda i: (who := (ACME, OTHER, BOTH)[i % 3], tenants_of(who)), range(60)))
ok(all(said == ALONE[who] for who, said in mixed), "one connection serves three keys and mixes nothing up")
sql(DATABASE, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'daybook-serve'")
first = tenants_of(OTHER)
ok(first[0] in (200, 503), "a lost connection is an answer of 200 or 503")
is_([tenants_of(who) for who in (ACME, OTHER)], [ALONE[ACME], ALONE[OTHER]], "and then goes on as before")
is_(get("/v1/usage?from=2026-03-01T00:00:00Z&to=2026-03-02T00:30:00Z")[0], 400, "a refused question")
is_(tenants_of(OTHER), ALONE[OTHER], "leaves nothing behind on the connection")

# ------------------------------------------------------------------------------ 23 and 25 hours
for name, begin, end, hours in (("spring", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
                                ("autumn", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25)):
    answers = {word: get(f"/v1/usage?from={begin}&to={end}&time_zone=Europe/Berlin&granularity={word}")[1]["rows"]
               for word in ("hour", "day", "month", "total")}
    is_(len(answers["hour"]), hours, f"{name}: a day of {hours} hours")
    is_([(len(answers[word]), sum(int(row["quantity"]) for row in answers[word])) for word in ("day", "month", "total")],
        [(1, sum(int(row["quantity"]) for row in answers["hour"]))] * 3, "which add up to the day and to the total")
    is_((answers["day"][0]["from"], answers["day"][0]["to"]), (begin, end), "and tile it")
is_([get(f"/v1/usage?from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z&time_zone={zone}")[0] for zone in
     ("../../etc/passwd", "/etc/localtime", "", "Europe", "posixrules", "tzdata.zi", "europe/berlin", "Asia/Kolkata")],
    [400] * 8, "names that are no zones are refused, and days that would divide a window")
done_testing()
