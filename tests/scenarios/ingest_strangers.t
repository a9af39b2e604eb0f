#!/usr/bin/env bash
# Who is not registered is counted with the feed: a deploy that invents a source for every record must not fill the database.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

topic=$(new_topic strangers 1 message.timestamp.type=LogAppendTime)
new_ledger ingest_strangers "$topic"
sed -i 's/"quarantine_per_minute": 1000/"quarantine_per_minute": 10/' "$WORK/catalog.json"
ledger catalog apply "$WORK/catalog.json"
for i in {1..3000}; do
    printf '{"specversion":"1.0","id":"1","source":"/pod/%s","type":"tokens.request.v1","subject":"acme"}\n' "$i"
done | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 -H content-type=application/cloudevents+json
fails "a flood from ever new sources halts" 3 drain "$topic" --batch-events 500
like "$(output)" "HALT quarantine_rate" "by its rate"
is "$(count quarantine "reason <> 'unknown_source'")" 0 "they are refused as unknown sources"
ok "only the flood's beginning is kept" test "$(count quarantine)" -le 1500
is "$(broken)" "" "the book is whole"
done_testing
