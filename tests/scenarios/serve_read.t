#!/usr/bin/env bash
# What the read API says to whom, over HTTP, with the web process's own rights in the database.
. "$(dirname "$0")/../harness/lib.sh"
[ -x "$DAYBOOK_BIN/daybook-serve" ] || skip_all "daybook-serve is not built"

db=$(new_database serve)
ok "the schema is there" daybook-ledger migrate --database "$db" --admin "$db"

# key ID SECRET: the text of an API key.
key()
{
    python3 -c 'import sys, zlib
text = "dbk_%s_%s" % tuple(sys.argv[1:])
print("%s_%08x" % (text, zlib.crc32(text.encode())))' "$1" "$2"
}

secret=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq
all=$(key allscopes001 $secret)
small=$(key usageonly001 $secret)
old=$(key expired00001 $secret)
descriptor=01$(printf '\0\10gpu_time\0\6uGPU.s\0\0\0\6\1\0\1\0\3sku\0\4h100' | od -An -tx1 | tr -d ' \n')
sql "$db" "
set session_replication_role = replica;
insert into ledger.log values (0, 'test.example/log', substr(sha256('x'), 1, 16));
insert into ledger.tenant values (0, 1, 'acme', 3, 3600, 'Acme', 'UTC'), (0, 2, 'other', 4, 3600, 'Other', 'UTC');
insert into ledger.token values
    (0, 'allscopes001', sha256('$secret'), '{1}', '{usage:read,invoices:read,ledger:read}', 'a', null, null),
    (0, 'usageonly001', sha256('$secret'), '{1}', '{usage:read}', 'b', null, null),
    (0, 'expired00001', sha256('$secret'), '{1}', '{usage:read}', 'c', '2020-01-01', null);
insert into ledger.series select 0, t, sha256('\\x$descriptor'::bytea), 3, 1, '\\x$descriptor' from unnest('{1,2}'::bigint[]) t;
insert into ledger.entry (log, idx, kind, body_version, tenant, stream, stream_seq, batch, series,
    window_from, length_seconds, quantity, contributions, checksum, signature, writer)
select 0, i, 1, 1, case when i = 3 then 2 else 1 end, 0, i, substr(sha256('b'), 1, 16),
    sha256('\\x$descriptor'::bytea), '2026-10-01T00:00:00Z'::timestamptz + i * interval '1 hour', 3600,
    1000 + i, 1, sha256('c'), sha256('s') || sha256('s'), sha256('w')
from generate_series(0, 4) i;
insert into ledger.checkpoint values (0, 4, true, sha256('r'), E'test.example/log\n4\n');
insert into ledger.content
select 0, n + 1, 5, n, 'DE-' || n, 1, sha256(convert_to(text, 'UTF8')), text
from unnest('{1,2}'::bigint[]) n, format('{\"number\":\"DE-%s\"}', n) text;
insert into ledger.bundle values (0, 3, 2, 4, '{}');
insert into ledger.document
select 0, 'DE', n, 'DE-' || n, n + 1, n, 'invoice', 1, '2026-09-01', '2026-10-01', '2026-10-02', 'EUR', 2, 12345,
    sha256('{\"number\":\"DE-1\"}') from unnest('{1,2}'::bigint[]) n;
" >"$WORK/setup" 2>&1 || abort "$(cat "$WORK/setup")"

port=$(free_port)
start serve daybook-serve run --database "$db options='-c role=daybook_serve'" --listen "127.0.0.1:$port"
up() { curl -fsS "http://127.0.0.1:$port/healthz"; }
wait_for 10 up >/dev/null 2>&1

# get KEY PATH [CURL OPTION...]: status, then the body.
get()
{
    local with=$1 path=$2
    shift 2
    curl -sS -w '\n%{http_code}\n' -H "Authorization: Bearer $with" "$@" "http://127.0.0.1:$port$path"
}
status() { get "$@" -o /dev/null | tail -n 1; }

usage='/v1/usage?from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z'
said=$(get "$all" "$usage&group_by=sku&granularity=total")
like "$said" '"quantity":"3003","scale":6,"tenant":"acme"' "usage is what is sealed and the tenant's own"
like "$said" '"as_of":4,"complete_through":null' "the answer says how far it is sealed and complete"
like "$said" '"dimensions":\{"sku":"h100"\}' "usage is grouped by a dimension"
is "$(get "$all" "$usage&granularity=hour" | grep -o '"quantity"' | wc -l)" 3 "each hour has its row"
like "$(get "$all" "$usage&grup_by=sku")" '"code":"unknown_parameter".*"parameter":"grup_by"' "a mistyped parameter is named"
like "$(get "$all" "$usage&from=2026-10-01T00:00:00Z")" '"code":"repeated_parameter"' "a repeated parameter is refused"
like "$(get "$all" "$usage&time_zone=Asia/Kolkata")" '"code":"invalid_range"' "days that would divide a window are refused"
coverage='/v1/coverage?from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z'
like "$(get "$all" "$coverage")" '^\{"rows":\[\],"totals":\[\]\}' "without a document nothing is covered"
like "$(get "$all" "/v1/coverage?from=2026-10-01T00:00:00Z&to=2026-12-01T00:00:00Z")" '"code":"invalid_range"' "coverage by the hour is of a month at most"
is "$(status "$small" "$coverage")" 403 "coverage is read by who may read invoices"
is "$(status "$all" "$usage&tenant=other")" 404 "another's tenant is not there"
is "$(status "$all" /v1/invoices/DE-2)" 404 "another's invoice is not there"
is "$(status "$all" /v1/invoices/DE-2/bundle)" 404 "nor is its bundle"
is "$(get "$all" /v1/invoices | grep -c 'DE-2')" 0 "nor is it in the list"
is "$(get "$all" /v1/invoices/DE-1 | head -n 1)" '{"number":"DE-1"}' "an invoice is given byte for byte"
etag=$(get "$all" /v1/invoices/DE-1 -D - -o /dev/null | tr -d '\r' | sed -n 's/^ETag: //p')
is "$(status "$all" /v1/invoices/DE-1 -H "If-None-Match: $etag")" 304 "an invoice that is known is not sent again"
like "$(get "$all" /v1/invoices)" '"number":"DE-1".*"total":"123.45"' "the list has the tenant's invoices"
like "$(get "$all" /v1/invoices/DE-1/bundle)" '"code":"pending"' "a bundle that is not made is pending"
like "$(get "$all" /v1/ledger/checkpoint)" '^test.example/log$' "the checkpoint is the note"
is "$(status "$small" /v1/invoices)" 403 "a key without the scope is refused"
is "$(status "$old" "$usage")" 401 "an expired key is refused"
is "$(status "$(key unknown00001 $secret)" "$usage")" 401 "an unknown key is refused"
is "$(status "$(key allscopes001 "${secret%q}Q")" "$usage")" 401 "a key with another secret is refused"
sql "$db" "update ledger.token set revoked_at = now() where token_id = 'usageonly001'" >/dev/null
is "$(status "$small" "$usage")" 401 "a revoked key is refused at once"
is "$(status "$all" "$usage" -X DELETE)" 405 "what would change something is not allowed"
is "$(status "$all" "$usage" -H 'Host: a' -H 'Content-Length: 3')" 400 "a body on GET is refused"
is "$(status x /readyz)" 200 "the server is ready"
like "$(get x /metrics)" 'http_requests_total\{route="/v1/usage",status="401"\}' "requests are counted"
stop serve
done_testing
