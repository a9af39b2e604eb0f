#!/usr/bin/env python3
"""The log's public files over HTTP, without a key, from rows: the bytes of the archive, and no more."""

import http.client
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from billing import Billing  # noqa: E402
from harness import WORK, done_testing, free_port, is_, like, ok, run, start, wait_for  # noqa: E402

book = Billing("serve_tiles", acme="UTC", umbrella="UTC")
PORT = free_port()


def get(path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def answers():
    try:
        return get("/healthz")[0] == 200
    except OSError:
        return False


start("serve", "daybook-serve", "run", "--database", f"{book.database} options='-c role=daybook_serve'",
      "--listen", f"127.0.0.1:{PORT}")
ok(wait_for(20, answers), "the server runs")
for hours in (3, 40, 200, 300, 120):  # across tiles, and one that a seal ends in
    book.gpu("acme", "2026-08-03T00", hours, allocation=f"a-{hours}")
    book.gpu("umbrella", "2026-08-03T00", 9, allocation=f"u-{hours}")
    book.take()

public = book.archive / "public"
files = sorted([public / "checkpoint", *(file for file in (public / "tile").rglob("*") if file.is_file())])
paths = [str(file.relative_to(public)) for file in files]
size = int((public / "checkpoint").read_text().splitlines()[1])
ok(size > 600 and {"tile/1/000.p/2", "tile/entries/000", "tile/0/001"} <= set(paths), f"an archive of {size} entries with full and partial tiles")
got = {path: get("/" + path) for path in paths}
is_([path for path, file in zip(paths, files) if got[path][:2] != (200, file.read_bytes())], [],
    f"all {len(paths)} files are served without a key, byte for byte")
is_({got[path][2]["Content-Type"] for path in paths if path != "checkpoint"}, {"application/octet-stream"}, "tiles are bytes")
is_({got[path][2]["Cache-Control"] for path in paths if path != "checkpoint"}, {"public, max-age=31536000, immutable"}, "that may be kept for ever")
is_((got["checkpoint"][2]["Content-Type"], got["checkpoint"][2]["Cache-Control"]), ("text/plain; charset=utf-8", "public, no-cache"),
    "the checkpoint is text, and is asked for again")

full, last = size // 256, size % 256
for path in (f"tile/entries/{full:03d}", f"tile/entries/{full:03d}.p/{last + 1}", f"tile/0/{full:03d}.p/{last + 1}", "tile/1/000",
             "tile/1/000.p/3", "tile/2/000.p/1", "tile/7/000.p/1", "tile/8/000.p/1", "tile/entries/x999/999", "tile/0/x001/000",
             "tile/entries/x018/x446/x744/x073/x709/x551/615", "tile/entries/x036/x028/x797/x018/963", "tile/entries/000.p/0",
             "tile/entries/000.p/256", "tile/entries/000.p/01", "tile/entries/0", "tile/entries/0000", "tile/entries/x000/000", "tile/entries/",
             "tile/00/000", "tile/-1/000", "tile/", "tile/entries", "tile/0/000/", "tile/0//000", "tile/entries/000.p/1/", "tile/0/000.p",
             "tile/entries/00a", "tile/data/000", "tile/names/000", "tile/../checkpoint", "keys/0.json", "log.vkey"):
    status, body, headers = get("/" + path)
    ok(status == 404 and json.loads(body)["status"] == 404 and "no-store" in headers["Cache-Control"], f"404: {path}") or print("#", status, body)
is_(get("/tile/0/000?x=1")[0], 400, "parameters are refused")
is_(get("/checkpoint?x=1")[0], 400, "of the checkpoint too")

# ------------------------------------------------------------------------ what is not signed, or not public
book.gpu("acme", "2026-08-20T00", 30, allocation="later")
(WORK / "later.ndjson").write_text("".join(json.dumps(event) + "\n" for event in book.events))
book.events = []
run("daybook-ingest", "file", WORK / "later.ndjson", "--as-of", "2026-11-10T00:00:00Z", *book._common())
ok(book.sql("select size from ledger.head")[0][0] != str(size), "entries that no checkpoint covers")
is_(get(f"/tile/entries/{full:03d}.p/{last + 1}")[0], 404, "are not served")
book.sql(f"insert into ledger.checkpoint (log, size, signed, root) values (0, {size + 1}, false, sha256('r'))")
is_(get(f"/tile/entries/{full:03d}.p/{last + 1}")[0], 404, "nor under a checkpoint that is not signed")
tenants = b"".join(body for _, body, _ in got.values())
secrets = [bytes.fromhex(row[0][2:]) for row in book.sql("select distinct series::text from ledger.entry where series is not null")]
ok(secrets and not any(secret in tenants for secret in secrets), "nothing that is served names a series")
like(get("/v1/usage?from=2026-08-01T00:00:00Z&to=2026-09-01T00:00:00Z")[1].decode(), "unauthorized", "and usage needs a key as before")
done_testing()
