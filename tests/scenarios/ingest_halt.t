#!/usr/bin/env bash
# What would lose, repeat or fork something stops the partition, or the program, with words for the operator. What can
# happen to a topic as a whole: ingest_upheaval.t.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

TIME=message.timestamp.type=LogAppendTime
fill() { generate topic --kafka "$DAYBOOK_KAFKA" --topic "$topic" --events "$1" --hours 24 --seed "$2" 2>>"$WORK/generate.log" >/dev/null; }

# ------------------------------------------------------------------------ records that went away
topic=$(new_topic lost 2 $TIME)
new_ledger ingest_lost "$topic"
fill 6000 1
ok "the topic is read" drain "$topic"
ends=$(sql "$DB" "SELECT string_agg(to_offset::text, ' ' ORDER BY partition) FROM (SELECT partition, max(to_offset) to_offset FROM ledger.receipt GROUP BY 1) r")
read -r end0 end1 <<<"$ends"
topics trim "$topic" 0 "$end0"
ok "a last record that expired after it was read is no loss" drain "$topic"
like "$(output)" "partition 0: the last record .* has left the topic" "and is said"
fill 6000 2
ok "reading goes on" drain "$topic"
is "$(count receipt "anchor_expired AND partition = 0 AND from_offset = $end0")" 1 "the next receipt says so"
end0=$(sql "$DB" "SELECT max(to_offset) FROM ledger.receipt WHERE partition = 0")
before=$(sql "$DB" "SELECT max(to_offset) FROM ledger.receipt WHERE partition = 1")
fill 6000 3
topics trim "$topic" 0 $((end0 + 1))
fails "a record that expired unread halts its partition" 3 drain "$topic"
like "$(output)" "HALT records_lost partition 0 .*\[$((end0 + 1)), " "and says which"
isnt "$(sql "$DB" "SELECT max(to_offset) FROM ledger.receipt WHERE partition = 1")" "$before" "the other one goes on"
is "$(broken)" "" "the book is whole"

# ------------------------------------------------------------------------ whose clock
topic=$(new_topic clock 1 message.timestamp.type=CreateTime)
new_ledger ingest_clock "$topic"
fill 100 1
fails "producers' time halts" 3 drain "$topic"
like "$(output)" "HALT not_broker_time .*LogAppendTime" "and says what to set"
is "$(count receipt)" 0 "before anything is counted"

topic=$(new_topic stranger 1 $TIME)
fills="the topic is not registered"
fill 100 1
fails "a topic that the catalog does not know halts" 3 drain "$topic"
like "$(output)" "HALT feed_unknown .*catalog" "and says where to register it"

# ------------------------------------------------------------------------ far too much refused
topic=$(new_topic flood 1 $TIME)
new_ledger ingest_flood "$topic"
sed -i 's/"quarantine_per_minute": 1000/"quarantine_per_minute": 10/' "$WORK/catalog.json"
ledger catalog apply "$WORK/catalog.json"
yes '{"not":"an event"}' | head -n 5000 | produce "$topic" 0
fails "a flood of records that cannot be counted halts" 3 drain "$topic" --batch-events 500
like "$(output)" "HALT quarantine_rate" "because of its rate"
like "$(output)" "10 records of .* in one minute" "an alarm came first"
read -r kept high < <(sql "$DB" "SELECT (SELECT count(*) FROM ledger.quarantine) || ' ' || (SELECT max(to_offset) FROM ledger.receipt)")
ok "only the flood's beginning is kept" test "$kept" -ge 1000 -a "$kept" -le 1500 -a "$kept" = "$high"

# ------------------------------------------------------------------------ another ledger's keys
topic=$(new_topic keys 1 $TIME)
new_ledger ingest_keys "$topic"
fill 100 1
for name in dedup salt; do
    mv "$KEYS/$name.key" "$WORK/$name.kept"
    install -m 0400 "$WORK/keys-ingest_lost/$name.key" "$KEYS/$name.key"
    fails "the $name key of another ledger is refused" 1 drain "$topic"
    like "$(output)" "$name.key is not the one of the ledger 'daybook.test/ingest_keys'" "and the message says which"
    mv -f "$WORK/$name.kept" "$KEYS/$name.key"
done
is "$(count receipt)" 0 "nothing was counted under it"
ok "with its own keys it runs" drain "$topic"
done_testing
