#!/usr/bin/env bash
# A file is a feed: exactly once, whatever is run twice, copied or cut; what is refused is kept.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

new_ledger ingest_file
generate file "$WORK/main.ndjson" --events 30000 --hours 48 >"$WORK/said.json"
AS_OF="--as-of 2026-10-05T00:00:00Z"

ok "a month's file is taken" ingest file "$WORK/main.ndjson" $AS_OF --stats "$WORK/stats"
is "$(receipts)" "$(expected_receipts "$WORK/said.json")" "every event has the fate that the generator gave it"
is "$(json "$WORK/stats" quarantined_by)" "$(json "$WORK/said.json" quarantined)" "refused for the reasons that it knows"
is "$(broken)" "" "the book is whole"
before=$(total)

ok "the same file again is harmless" ingest file "$WORK/main.ndjson" --as-of 2026-11-05T00:00:00Z
like "$(output)" "nothing was added" "and says so"
is "$(total)" "$before" "nothing was counted twice"
sha=$(sha256sum <"$WORK/main.ndjson" | cut -d' ' -f1)
ok "the journal has the file" cmp "$WORK/main.ndjson" "$ARCHIVE/private/files/$sha.ndjson"
is "$(stat -c %a "$ARCHIVE/private/files")" 700 "where nobody else reads it"

shuf --random-source="$WORK/main.ndjson" "$WORK/main.ndjson" >"$WORK/shuffled.ndjson"
ok "a copy in another order is another feed" ingest file "$WORK/shuffled.ndjson" $AS_OF --batch-events 777 --stats "$WORK/stats"
is "$(json "$WORK/stats" accepted)" 0 "all of it is known"
is "$(total)" "$before" "and changes nothing"
is "$(broken)" "" "the book is whole"

generate file "$WORK/late.ndjson" --events 30000 --hours 48 --phase late >>"$WORK/said_late.json"
ok "late events are taken" ingest file "$WORK/late.ndjson" $AS_OF --stats "$WORK/stats" --memory-mib 1
is "$(json "$WORK/stats" accepted)" "$(json "$WORK/said_late.json" accepted)" "each once, in hours that were closed long ago"
is "$(broken)" "" "the book is whole"

# Any order and any batches give the same book of usage.
after=$(total)
new_ledger ingest_file_again
ok "late events first" ingest file "$WORK/late.ndjson" $AS_OF --batch-events 1
ok "then the others, a few at a time, with little memory" ingest file "$WORK/main.ndjson" $AS_OF --batch-events 997 --memory-mib 1
is "$(broken)" "" "the book is whole"
is "$(total)" "$after" "gives the same usage"

# ------------------------------------------------------------------- small and odd files
: >"$WORK/empty.ndjson"
ok "an empty file holds nothing" ingest file "$WORK/empty.ndjson" $AS_OF
printf '\n\n' >"$WORK/blank.ndjson"
ok "blank lines hold nothing" ingest file "$WORK/blank.ndjson" $AS_OF
is "$(sql "$DB" "SELECT records, to_offset FROM ledger.receipt ORDER BY idx DESC LIMIT 1")" "0|2" "but are receipted"
{ printf '{"big":"'; head -c 70000 /dev/zero | tr '\0' x; printf '"}\n'; } >"$WORK/big.ndjson"
ok "a line beyond 64 KiB is refused" ingest file "$WORK/big.ndjson" $AS_OF
is "$(sql "$DB" "SELECT octet_length(value), size FROM ledger.quarantine WHERE reason = 'too_large'")" "4096|70010" "and its start is kept"
fails "a file that is not there is an error of the caller" 2 ingest file "$WORK/nothing.ndjson" $AS_OF

# ------------------------------------------------------------------- validate, write off
fails "validate refuses what would be quarantined" 2 daybook-ingest validate "$WORK/main.ndjson" --catalog "$WORK/catalog.json"
like "$(output)" "end_before_start" "and says which lines and why"
grep '"subject":"acme"' "$WORK/late.ndjson" | head -n 5 >"$WORK/good.ndjson"
ok "validate accepts what is good" daybook-ingest validate "$WORK/good.ndjson" --catalog "$WORK/catalog.json"

open=$(count quarantine)
read -r feed offset < <(sql "$DB" "SELECT encode(feed, 'hex') || ' ' || record_offset FROM ledger.quarantine WHERE reason = 'conflict' LIMIT 1")
ok "an operator writes a record off" ingest quarantine write-off "$feed" 0 "$offset" --reason "sent twice by a test rig"
fails "once" 1 ingest quarantine write-off "$feed" 0 "$offset" --reason "again"
fails "and only what is there" 1 ingest quarantine write-off "$feed" 0 999999999 --reason "no"
is "$(ingest quarantine list --json | wc -l)" "$((open - 1))" "the list has the others"
done_testing
