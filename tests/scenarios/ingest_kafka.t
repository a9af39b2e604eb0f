#!/usr/bin/env bash
# A topic and a file are one book: the same usage by either way, copies found across both.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

topic=$(new_topic usage 4 message.timestamp.type=LogAppendTime)
new_ledger ingest_kafka "$topic"
MONTH="--events 40000 --hours 72"
generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" $MONTH >"$WORK/said.json" 2>"$WORK/generate.log"

ok "a topic is read to its end" drain "$topic"
is "$(receipts)" "$(expected_receipts "$WORK/said.json")" "every event has the fate that the generator gave it"
is "$(json "$WORK/stats" quarantined_by)" "$(json "$WORK/said.json" quarantined)" "refused for the reasons that it knows"
is "$(broken)" "" "the book is whole"
before=$(total)
is "$(count progress "position = high AND state = 'running' AND complete_through > now() - interval '1 minute'")" 4 \
    "every partition is complete through now"

ok "nothing new, nothing done" drain "$topic"
is "$(json "$WORK/stats" records)" 0 "the anchors hold"

generate file "$WORK/main.ndjson" $MONTH >"$WORK/said_file.json"
ok "the same events as a file" ingest file "$WORK/main.ndjson" --as-of 2026-10-05T00:00:00Z --stats "$WORK/stats"
is "$(json "$WORK/stats" accepted)" 0 "are all known, whichever way they came"
is "$(total)" "$before" "and change nothing"

generate file "$WORK/late.ndjson" $MONTH --phase late >"$WORK/said_late.json"
start_ingest beside "$topic"
wait_for 20 file_has "$WORK/beside.log" "reading 4 partitions"
ok "late events as a file, while the topic is read" ingest file "$WORK/late.ndjson" --as-of 2026-10-05T00:00:00Z
generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" $MONTH --phase late >"$WORK/said_late_topic.json" 2>>"$WORK/generate.log"
records=$(($(json "$WORK/said.json" produced) + $(json "$WORK/said_late_topic.json" produced)))
in_topic="SELECT coalesce(sum(r.records), 0) FROM ledger.receipt r JOIN ledger.assignment a USING (log, feed, partition) WHERE a.name = '$topic'"
arrived() { [ "$(sql "$DB" "$in_topic")" = "$records" ]; }
wait_for 40 arrived
ok "then by the topic, to one who read the hours before" arrived
stop beside
is $? 0 "SIGTERM ends it with status 0"
is "$(sql "$DB" "SELECT sum(accepted) FROM ledger.receipt")" \
    "$(($(json "$WORK/said.json" accepted) + $(json "$WORK/said_late.json" accepted)))" "each late event counted once"
is "$(broken)" "" "the book is whole"

# The same by files alone.
usage=$(total)
new_ledger ingest_kafka_files
ingest file "$WORK/main.ndjson" --as-of 2026-10-05T00:00:00Z >/dev/null 2>&1
ingest file "$WORK/late.ndjson" --as-of 2026-10-05T00:00:00Z >/dev/null 2>&1
is "$(total)" "$usage" "files alone give the same usage"
done_testing
