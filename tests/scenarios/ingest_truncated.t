#!/usr/bin/env bash
# A log that is cut and grows again under a running process: librdkafka says nothing, the older receipts tell.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

TIME=message.timestamp.type=LogAppendTime
topic=$(new_topic truncated 2 $TIME)
new_ledger ingest_truncated "$topic"
fill() { generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" --events "$1" --hours 24 --seed "$2" 2>>"$WORK/generate.log" >/dev/null; }
end_of() { sql "$DB" "SELECT max(to_offset) FROM ledger.receipt WHERE partition = $1"; }
beyond() { [ "$(end_of 0)" -gt "$1" ]; }
checked() { file_has "$WORK/member.log" "$1"; }

fill 4000 1
start_ingest member "$topic" --batch-seconds 1 --check-seconds 5
wait_for 30 beyond 0
fill 4000 2
end=$(end_of 0)
ok "a running process reads on" wait_for 30 beyond "$end"
sleep 2
end=$(end_of 0)

kill -STOP "${PID[member]}"
topics delete "$topic" && sleep 1 && topics create "$topic" 2 $TIME
fill 30000 3
kill -CONT "${PID[member]}"
ok "a log that grew again past the place where it is read halts" wait_for 40 checked "HALT anchor_changed"
stop member
is $? 3 "and the program says so"
diag "$(grep -c . "$WORK/member.log") lines, book at $(end_of 0), was at $end"
is "$(broken)" "" "the book is whole"
done_testing
