#!/usr/bin/env bash
# While the database makes ingest wait it keeps little in memory, leaves the rest to Kafka, and counts all of it afterwards.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

topic=$(new_topic blocked 2 message.timestamp.type=LogAppendTime)
new_ledger ingest_blocked "$topic"
generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" --events 4000 --hours 24 --seed 1 >"$WORK/said.json" 2>"$WORK/generate.log"

start holder psql -XAtq -d "$DB" -c "BEGIN" -c "LOCK TABLE ledger.slot IN ACCESS EXCLUSIVE MODE" -c "SELECT pg_sleep(16)"
sleep 1
ok "a batch waits longer than a lock may be waited for" drain "$topic" --batch-events 10
like "$(output)" "batch failed .busy., trying again" "and says so"
is "$(receipts)" "$(expected_receipts "$WORK/said.json")" "what there was no room for was read again"
is "$(broken)" "" "the book is whole"
is "$(sql "$DB" "SELECT max(records) <= 10 FROM ledger.receipt")" t "no batch is larger than it may be"
done_testing
