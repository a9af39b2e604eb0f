#!/usr/bin/env bash
# The last record is the same, an older one is not what its receipt says: that is noticed while reading.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

topic=$(new_topic older 2 message.timestamp.type=LogAppendTime)
new_ledger ingest_older "$topic"
fill() { generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" --events 1000 --hours 24 --seed "$1" 2>>"$WORK/generate.log" >/dev/null; }
fill 1
ok "a topic is read" drain "$topic"
fill 2
ok "and what came since" drain "$topic"
sql "$DB" "ALTER TABLE ledger.receipt DISABLE TRIGGER ALL; UPDATE ledger.receipt SET last_hash = sha256('x') WHERE from_offset = 0;
    ALTER TABLE ledger.receipt ENABLE ALWAYS TRIGGER receipt_append_only" >/dev/null
start_ingest member "$topic" --batch-seconds 1 --check-seconds 1
ok "an older record that is another halts" wait_for 40 file_has "$WORK/member.log" "HALT anchor_changed .*of an older receipt, is another one"
stop member
is $? 3 "and the program says so"
done_testing
