#!/usr/bin/env bash
# A file is what it was when it was taken: neither a writer at work nor a worn archive changes what is counted.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

new_ledger ingest_changing
AS_OF="--as-of 2026-10-05T00:00:00Z"
archived() { echo "$ARCHIVE/private/files/$(sha256sum <"$1" | cut -d' ' -f1).ndjson"; }

# ------------------------------------------------------------------- truncated in the middle of it
generate file "$WORK/main.ndjson" --events 4000 --hours 48 >"$WORK/said.json"
cp "$WORK/main.ndjson" "$WORK/moving.ndjson"
start holder psql -XAtq -d "$DB" -c "BEGIN" -c "LOCK TABLE ledger.slot IN ACCESS EXCLUSIVE MODE" -c "SELECT pg_sleep(4)"
sleep 1
start taker daybook-ingest file "$WORK/moving.ndjson" $AS_OF --batch-events 100 --database "$DB" --keys "$KEYS" --archive "$ARCHIVE"
ok "the archive has the file before anything is counted" wait_for 10 test -s "$(archived "$WORK/main.ndjson")"
sleep 0.5
: >"$WORK/moving.ndjson"
wait "${PID[taker]}"
is $? 0 "a file that is emptied while it is read is taken all the same"
is "$(receipts)" "$(expected_receipts "$WORK/said.json")" "all of it, as it was"
is "$(broken)" "" "the book is whole"

# ------------------------------------------------------------------- the archive's copy is damaged
generate file "$WORK/next.ndjson" --events 500 --hours 48 --seed 7 >"$WORK/said.json"
damaged=$(archived "$WORK/next.ndjson")
head -n 400 "$WORK/next.ndjson" >"$damaged"
before=$(count receipt)
fails "a copy in the archive that is not the file stops it" 3 ingest file "$WORK/next.ndjson" $AS_OF
like "$(output)" "$damaged" "and is named"
is "$(count receipt)" "$before" "before anything is counted"
rm -f "$damaged"
ok "without it the file is taken" ingest file "$WORK/next.ndjson" $AS_OF
is "$(broken)" "" "the book is whole"
done_testing
