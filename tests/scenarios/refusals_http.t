#!/usr/bin/env python3
"""Requests that are wrong, or somebody else's: status, code, and the book as it was."""
import http.client
import select
import time
from urllib.parse import quote

from refusals import *
from billed import billed

book = billed("refusals_http")
documents = dict(sql(book.db, """SELECT t.id, d.document_id FROM ledger.document d
    JOIN ledger.tenant t USING (log, tenant)"""))


def token(name, tenants, scopes, *more):
    """The key and its id."""
    done = run(*book.command("daybook-ledger", "token", "add", name, "--tenant", tenants,
                             *(word for scope in scopes for word in ("--scope", scope)), *more))
    return done.stdout.strip(), re.search(r"id (\S+)", done.stderr).group(1)


good, _ = token("good", "acme", ("usage:read,invoices:read", "ledger:read"))
narrow, _ = token("narrow", "acme", ("usage:read",))
old, _ = token("old", "acme", ("usage:read",), "--expires", "2020-01-01T00:00:00Z")
ended, ended_id = token("ended", "acme", ("usage:read",))
book.does("daybook-ledger", "token", "revoke", ended_id)

port = free_port()
serve = start("serve", "daybook-serve", "run", "--database",
              f"{book.db} options='-c role=daybook_serve'", "--listen", f"127.0.0.1:{port}")


def get(path, **how):
    """(status, headers, body). A machine that does much else may be asked to come again."""
    for _ in range(5):
        answer = get_once(path, **how)
        if answer[0] != 503:
            break
        time.sleep(1)
    return answer


def get_once(path, key=good, method="GET", headers=(), body=None):
    """What http.client would refuse to send goes through `raw`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        with_key = {"Authorization": f"Bearer {key}"} if key else {}
        connection.request(method, path, body=body, headers={**with_key, **dict(headers)})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode(errors="replace")
    finally:
        connection.close()


def raw(*lines, end=b"\r\n"):
    """The same of bytes as they are, whatever a client library thinks of them.

    A KiB at a time and no more once it answers: what is unread would reset the connection, and
    the answer with it.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        rest = end.join(lines) + end + end
        while rest and not select.select([connection], [], [], 0.01)[0]:
            connection.sendall(rest[:1024])
            rest = rest[1024:]
        said = b""
        while chunk := connection.recv(65536):
            said += chunk
    if not said:
        return "closed", {}, ""
    head, _, text = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), {}, text.decode(errors="replace")


def answered(response):
    """(status, code, the detail of the problem and the parameter at fault)."""
    status, headers, text = response
    try:
        problem = json.loads(text)
    except ValueError:
        return status, "", text
    if "code" not in problem:
        return status, "", ""
    if "status" in problem and problem["status"] != status:
        return status, problem["code"], "the problem states another status"
    where = ", ".join(error["parameter"] for error in problem.get("errors", []))
    more = {401: headers.get("WWW-Authenticate", ""), 405: headers.get("Allow", "")}
    return status, problem["code"], f"{where}: {problem['detail']} {more.get(status, '')}".strip()



def port_is_open():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


wait_for(10, port_is_open)
table = Table(book, "status", "code")
FROM = "from=2026-01-01T00:00:00Z"
TO = "to=2026-01-02T00:00:00Z"
USAGE = f"/v1/usage?{FROM}&{TO}"
MINE, OTHERS = documents["acme"], documents["globex"]


def ask(name, path, status, code="", words="", **how):
    shown = path if len(path) < 70 else path[:67] + "..."
    table.row(name, f"{how.get('method', 'GET')} {shown}", answered(get(path, **how)),
              expect(status, code, words))


ask("what may be asked", USAGE, 200)
ask("one's own invoice", f"/v1/invoices/{MINE}", 200)

# The question.
for name, path, code, words in (
    ("an unknown parameter", f"{USAGE}&grup_by=sku", "unknown_parameter", "^grup_by: 'grup_by'"),
    ("a parameter of another route", "/v1/invoices?meter=gpu_time", "unknown_parameter", "^meter"),
    ("a parameter where there is none", f"/v1/invoices/{MINE}?format=pdf", "unknown_parameter",
     "^format"),
    ("a repeated parameter", f"{USAGE}&{FROM}", "repeated_parameter", "^from: .*more than once"),
    ("a missing parameter", f"/v1/usage?{FROM}", "missing_parameter", "^to: to is needed"),
    ("an empty instant", f"/v1/usage?from=&{TO}", "invalid_parameter", "^from"),
    ("an instant without a zone", f"/v1/usage?from=2026-01-01T00:00:00&{TO}",
     "invalid_parameter", "^from: .*'Z' or an offset"),
    ("a plus that was not escaped", f"/v1/usage?from=2026-01-01T00:00:00+01:00&{TO}",
     "invalid_parameter", "^from"),
    ("no date of the calendar", f"/v1/usage?from=2026-02-30T00:00:00Z&{TO}", "invalid_parameter",
     "^from"),
    ("from is to", f"/v1/usage?{FROM}&to=2026-01-01T00:00:00Z", "invalid_range", "after|before"),
    ("from is after to", f"/v1/usage?{FROM}&to=2025-01-01T00:00:00Z", "invalid_range",
     "after|before"),
    ("from is off the grid", f"/v1/usage?from=2026-01-01T00:10:00Z&{TO}", "invalid_range",
     "3600|grid|hour"),
    ("too long for hours", f"/v1/usage?{FROM}&to=2026-03-01T00:00:00Z&granularity=hour",
     "invalid_range", "31"),
    ("an unknown granularity", f"{USAGE}&granularity=week", "invalid_parameter",
     "^granularity: .*hour, day, month or total"),
    ("an unknown zone", f"{USAGE}&time_zone=Mars/Olympus", "invalid_parameter", "^time_zone"),
    ("a zone that is a path", f"{USAGE}&time_zone=../../etc/passwd", "invalid_parameter",
     "^time_zone"),
    ("nine dimensions", f"{USAGE}&group_by=a,b,c,d,e,f,g,h,i", "invalid_parameter",
     "^group_by: .*1 to 8"),
    ("a dimension twice", f"{USAGE}&group_by=sku,sku", "invalid_parameter", "^group_by: .*twice"),
    ("no UTF-8", f"{USAGE}&meter=%ff", "invalid_parameter", "^meter: .*UTF-8"),
    ("a limit of 0", "/v1/invoices?limit=0", "invalid_parameter", "^limit: .*1 to 1000"),
    ("a limit of 1001", "/v1/invoices?limit=1001", "invalid_parameter", "^limit"),
    ("a limit that is no number", "/v1/invoices?limit=all", "invalid_parameter", "^limit"),
    ("a cursor of nobody's", "/v1/invoices?cursor=xyz", "invalid_parameter", "^cursor"),
    ("forty parameters", USAGE + "".join(f"&p{i}=1" for i in range(40)), "too_many_parameters",
     "too many"),
    ("all of time", "/v1/usage?from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z&granularity=total",
     "invalid_range", "3660"),
    ("a cursor that is a statement", "/v1/invoices?cursor=" + quote("1;DROP TABLE"),
     "invalid_parameter", "^cursor"),
    ("a zone with a NUL", f"{USAGE}&time_zone=UTC%00x", "bad_request", "escape"),
    ("a name of a parameter without a value", f"{USAGE}&meter", "invalid_parameter", "^meter: .*no value"),
    ("nothing but separators", "/v1/usage?&&&", "unknown_parameter", "/v1/usage"),
    ("a broken escape", f"{USAGE}&meter=%2", "bad_request", "broken escape"),
    ("an escaped NUL", f"{USAGE}&meter=a%00b", "bad_request", "escape"),
    ("an escaped line end", f"{USAGE}&meter=a%0d%0aX-Evil:1", "bad_request", "escape"),
    ("an escaped slash in a number", "/v1/invoices/..%2fusage", "bad_request", "escape"),
):
    ask(name, path, 400, code, words)

# Who asks.
for name, key in (
    ("no key", None), ("no key of ours", "sk-1234"), ("a key with a typo", good[:-1] + "x"),
    ("a key with another secret", good.replace(good[20:24], "zzzz")), ("a revoked key", ended),
    ("an expired key", old), ("a key of 20 KB", "x" * 20000), ("the key's hash as key", "0" * 64),
):
    ask(name, USAGE, 401, "unauthorized", "Bearer realm", key=key)
ask("a password instead of a key", USAGE, 401, "unauthorized", "", key=None,
    headers={"Authorization": "Basic YTpi"})
ask("a key in the query", f"{USAGE}&key={good}", 401, "unauthorized", "", key=None)
ask("a key without the scope", "/v1/invoices", 403, "missing_scope", "invoices:read", key=narrow)
ask("a key without the scope, others' invoice", f"/v1/invoices/{OTHERS}", 403, "missing_scope",
    "invoices:read", key=narrow)
for name, path in (
    ("another tenant's usage", f"{USAGE}&tenant=globex"),
    ("the usage of nobody", f"{USAGE}&tenant=nobody"),
    ("another tenant's invoices", "/v1/invoices?tenant=globex"),
    ("another tenant's invoice", f"/v1/invoices/{OTHERS}"),
    ("another tenant's bundle", f"/v1/invoices/{OTHERS}/bundle"),
    ("nobody's invoice", "/v1/invoices/DE-0000"),
    ("nobody's bundle", "/v1/invoices/DE-0000/bundle"),
    ("an invoice with a quote", "/v1/invoices/" + quote("x' OR '1'='1")),
    ("a slash behind", "/v1/usage/"), ("two slashes", "//v1/usage"),
    ("a way up", "/v1/invoices/../usage"), ("another case", "/V1/usage"),
    ("an unknown route", "/v2/usage"), ("no route", "/"),
    ("a file", "/etc/passwd"), ("a number of 5 KB", "/v1/invoices/" + "9" * 5000),
):
    ask(name, path, 404, "not_found", "")
is_(answered(get(f"/v1/invoices/{OTHERS}"))[2].replace(OTHERS, "N"),
    answered(get("/v1/invoices/DE-0000"))[2].replace("DE-0000", "N"),
    "another's invoice and none are told in the same words")

# How it is asked.
for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    ask(f"to change something: {method}", "/v1/invoices", 405, "method_not_allowed", "GET, HEAD",
        method=method)
ask("a body", USAGE, 400, "bad_request", "body", body="{}")
KEY = b"Authorization: Bearer " + good.encode()
LINE, HOST = b"GET " + USAGE.encode() + b" HTTP/1.1", b"Host: a"
for name, lines, status, code in (
    ("no Host", (LINE, KEY), 400, ""),
    ("a method in small letters", (b"get" + LINE[3:], HOST, KEY), 405, "method_not_allowed"),
    ("a whole URL as target", (b"GET http://a" + LINE[4:], HOST, KEY), 400, "bad_request"),
    ("a key with a line folded in", (LINE, HOST, KEY[:-9], b" " + KEY[-9:]), 400, "bad_request"),
    ("Host twice", (LINE, HOST, HOST, KEY), 400, "bad_request"),
    ("two keys", (LINE, HOST, KEY, KEY), 400, "bad_request"),
    ("HTTP/0.9", (b"GET /healthz HTTP/0.9", HOST), 505, ""),
    ("HTTP/3.0", (b"GET /healthz HTTP/3.0", HOST), 505, ""),
    ("no HTTP at all", (b"\x16\x03\x01\x02\x00",), "closed", ""),
    ("a body and a length twice", (LINE, HOST, KEY, b"Content-Length: 0", b"Content-Length: 5"),
     400, "bad_request"),
    ("a chunked body", (LINE, HOST, KEY, b"Transfer-Encoding: chunked"), 400, "bad_request"),
    ("a control character in a header", (LINE, HOST, KEY, b"X-A: \x01"), 400, "bad_request"),
    ("a space before the colon", (LINE, HOST, KEY, b"X-A : 1"), 400, "bad_request"),
    ("a NUL in the target", (b"GET /v1/usage?from=\x00&" + TO.encode() +
     b" HTTP/1.1", HOST, KEY), 400, "bad_request"),
    ("a NUL in the key", (LINE, HOST, KEY[:-9] + b"\x00" + KEY[-9:]), 400, "bad_request"),
    ("a carriage return in a header", (LINE, HOST, KEY, b"X-A: a\rX-B: b"), 400, "bad_request"),
    ("a URI too long", (b"GET /v1/usage?meter=" + b"x" * 40000 + b" HTTP/1.1", HOST, KEY), 414, ""),
    ("100 headers", (LINE, HOST, KEY, *(b"X-%d: 1" % i for i in range(100))), 400, "bad_request"),
    ("a header of 40 KB", (LINE, HOST, KEY, b"X-A: " + b"x" * 40000), 431, ""),
):
    table.row(name, "bytes", answered(raw(*lines)), expect(status, code))
ask("a good question after all that", USAGE, 200)
ok(not re.search(r"internal|assert|abort", serve.log()), "nothing in the server's log is its fault")
ok(good.split("_")[2] not in serve.log(), "no secret is in the server's log")
is_(serve.stop(), 0, "serve ends well")
table.end()
