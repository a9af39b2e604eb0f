#!/usr/bin/env bash
# Transactions leave markers, which take offsets and are never delivered: expected where the catalog says so, else a hole.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

topic=$(new_topic markers 1 message.timestamp.type=LogAppendTime)
new_ledger ingest_markers "$topic"

# send ID...: one transaction.
send()
{
    for id in "$@"; do
        printf '{"specversion":"1.0","id":"%s","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme","time":"%s","data":{"model":"m","tokens":{"input":1}}}\n' \
            "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    done | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 -H content-type=application/cloudevents+json -X transactional.id="$topic"
}

ok "a transaction is written" send one two
fails "the marker behind it is a hole in a feed that has none" 3 timeout 60 daybook-ingest run --database "$DB" --keys "$KEYS" \
    --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA" --topic "$topic" --group "group-$topic" --session-timeout-ms 6000 --once-idle 2
like "$(output)" "HALT hole .*nothing came from offset 2 to 3" "and is said, although no record follows"

sed "s/\"transactional\": false/\"transactional\": true/" "$WORK/catalog.json" >"$WORK/markers.json"
ok "the feed is registered as transactional" ledger catalog apply "$WORK/markers.json"
ok "its markers are expected" drain "$topic"
is "$(sql "$DB" "SELECT sum(records), sum(holes), max(to_offset), max(last_offset) FROM ledger.receipt")" "2|1|3|1" "and counted as holes"
ok "more of them" send three
ok "are read" drain "$topic"
is "$(sql "$DB" "SELECT sum(records), sum(holes), max(to_offset), max(last_offset) FROM ledger.receipt")" "3|2|5|3" "the same way"

# A transaction that is still open may hold records of long ago: nothing is complete while it is.
through() { sql "$DB" "SELECT coalesce(extract(epoch FROM max(complete_through)), 0) FROM ledger.progress"; }
after() { [ "$(sql "$DB" "SELECT $(through) > $1")" = t ]; }
start_ingest member "$topic"
ok "an idle topic is complete through a little while ago" wait_for 20 after "$(date +%s)"
mkfifo "$WORK/events"
send_held() { kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 -X transactional.id="$topic" -X linger.ms=0 <"$WORK/events"; }
send_held &
exec 4>"$WORK/events"
for i in {1..100}; do printf '{"not an event":%2000d}\n' "$i"; done >&4 # more than kcat keeps back
sleep 3
opened=$(date +%s)
sleep 12
ok "it is not complete past the beginning of an open transaction" eval '! after "$opened"'
exec 4>&-
wait $!
ok "and is, once that has ended" wait_for 30 after "$opened"
stop member
is $? 0 "the member ends"

# A recovery reads them again, as they were read.
ok "it is sealed" ledger seal --once
again=$(new_database markers_again)
daybook-ledger migrate --database "$again" >"$WORK/setup.log"
ok "an empty database is recovered" daybook-ingest recover --admin "$again" --keys "$KEYS" --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA"
receipts="SELECT from_offset, to_offset, records, holes, last_offset FROM ledger.receipt ORDER BY 1"
is "$(sql "$again" "$receipts")" "$(sql "$DB" "$receipts")" "with the holes where they were"

# Recreated, and longer than before: where the last record was is a marker.
topics delete "$topic" && sleep 1 && topics create "$topic" 1 message.timestamp.type=LogAppendTime
send a b c d
send {1..99}
send f
fails "a topic that has a marker where the last record was halts" 3 timeout 60 daybook-ingest run --database "$DB" --keys "$KEYS" \
    --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA" --topic "$topic" --group "group-$topic" --session-timeout-ms 6000 --once-idle 2
like "$(output)" "HALT anchor_changed .*offset 104 is gone" "and says why"
is "$(sql "$DB" "SELECT sum(records) FROM ledger.receipt")" 103 "nothing of it was counted"
is "$(broken)" "" "the book is whole"
done_testing
