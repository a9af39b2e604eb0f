#!/usr/bin/env bash
# Records that are odd, and topics that are: what was read of them once is read again the same way, by a recovery and by an audit.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

# tokens ID [PAD]: an event, with so many bytes of padding in it.
tokens()
{
    printf '{"specversion":"1.0","id":"%s","source":"/gateway/fra1","type":"tokens.request.v1","subject":"acme","time":"2026-09-01T10:00:00Z","data":{"model":"m","tokens":{"input":1}},"pad":"%s"}' \
        "$1" "$(head -c "${2:-0}" /dev/zero | tr '\0' x)"
}

# put FILE PARTITION [OPTION ...]: one record, which may hold anything.
put()
{
    kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p "$2" "${@:3}" "$1"
}

audit()
{
    ingest audit --kafka "$DAYBOOK_KAFKA" "$@"
}

# sized BYTES NAME: an event that with its header has so many bytes.
sized()
{
    local header=content-typeapplication/cloudevents+json bare
    bare=$(tokens "$2" 0)
    tokens "$2" $(($1 - ${#header} - ${#bare})) >"$WORK/$2"
}

topic=$(new_topic odd 3 message.timestamp.type=LogAppendTime)
new_ledger ingest_odd "$topic"
json=(-H content-type=application/cloudevents+json)
sized 65536 exactly
sized 65537 larger
sized 300000 huge
tokens plain >"$WORK/plain"
printf 'a\0b' >"$WORK/binary"
for name in plain exactly larger huge plain binary; do
    put "$WORK/$name" 0 "${json[@]}" || abort "no record"
done
echo acme: | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 1 -K : -Z # a tombstone
echo acme: | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 1 -K :    # a value of no bytes
echo :text | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 1 -K :    # a key of no bytes
put "$WORK/plain" 1 "${json[@]}" -H x -H x=1 -H x=2 -k ''
put "$WORK/binary" 1 -H "$(head -c 5000 /dev/zero | tr '\0' n)=v"
tokens other >"$WORK/other"
for i in {1..20}; do put "$WORK/other" 2 "${json[@]}"; done
ok "they are taken, one in a batch" drain "$topic" --batch-events 1
is "$(sql "$DB" "SELECT sum(records), sum(accepted), sum(quarantined) > 4 FROM ledger.receipt")" "31|3|t" "all, and counted where they can be"
is "$(sql "$DB" "SELECT string_agg(DISTINCT size::text, ' ' ORDER BY size::text) FROM ledger.quarantine WHERE reason = 'too_large'")" "300000 65537" \
    "64 KiB are taken, a byte more is not"
is "$(sql "$DB" "SELECT count(*) FILTER (WHERE value IS NULL), count(*) FILTER (WHERE value = ''), count(*) FILTER (WHERE key = '') FROM ledger.quarantine")" \
    "1|1|1" "nothing and no bytes are two things"
ok "an audit finds nothing" audit
for i in {1..5}; do put "$WORK/binary" "$((i % 3))"; tokens "more-$i" | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p "$((i % 3))" "${json[@]}"; done
ok "more are taken, all partitions in a batch" drain "$topic"
is "$(sql "$DB" "SELECT max(n) FROM (SELECT count(*) AS n FROM ledger.entry WHERE kind = 6 GROUP BY batch) s")" 3 "of three ranges"
ok "and an audit finds nothing" audit
ok "it is sealed" ledger seal --once
again=$(new_database odd_again)
daybook-ledger migrate --database "$again" >>"$WORK/setup.log"
ok "an empty database is recovered" daybook-ingest recover --admin "$again" --keys "$KEYS" --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA"
rows="SELECT md5(string_agg(q::text, '' ORDER BY q)) FROM ledger.quarantine q"
is "$(sql "$again" "$rows")" "$(sql "$DB" "$rows")" "with the same quarantine"

# Markers: ranges that begin and end with them, and ranges of nothing else.
topic=$(new_topic odd_markers 1 message.timestamp.type=LogAppendTime)
new_ledger odd_markers "$topic"
sed 's/"transactional": false/"transactional": true/' "$WORK/catalog.json" >"$WORK/markers.json"
ok "a feed is registered as transactional" ledger catalog apply "$WORK/markers.json"
for i in {1..4}; do
    for j in 1 2; do tokens "t-$i-$j" && echo; done | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 "${json[@]}" -X transactional.id="$topic"
    ok "transaction $i is read" drain "$topic" --batch-events "$i"
done
is "$(sql "$DB" "SELECT sum(records), sum(holes), sum(accepted) FROM ledger.receipt")" "8|4|8" "with its marker"
ok "an audit finds nothing in ranges with markers" audit
like "$(output)" "nothing on trust" "and reads all of them"

# Compaction takes records out of the middle, and leaves the offsets.
topic=$(new_topic odd_compacted 1 message.timestamp.type=LogAppendTime)
new_ledger odd_compacted "$topic"
for i in {1..30}; do tokens "c-$i" && echo; done | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 "${json[@]}" -k acme
ok "a topic is read" drain "$topic" --batch-events 7
is "$(sql "$DB" "SELECT sum(records) FROM ledger.receipt")" 30 "all of it"
ok "and compacted from then on" topics set "$topic" message.timestamp.type=LogAppendTime cleanup.policy=compact segment.ms=500 \
    min.cleanable.dirty.ratio=0.01 max.compaction.lag.ms=500 delete.retention.ms=0
fails "which halts" 3 drain "$topic"
like "$(output)" "HALT compacted .*cleanup.policy=delete" "and says what to set"
held() { kcat -C -e -q -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 -f '%o\n'; }
compacted() # the last record that was read, too: while nothing newer of its key is in a closed segment, it stays
{
    tokens roll | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 "${json[@]}" -k acme # a record rolls the segment
    sleep 1
    local offsets
    offsets=$(held) && [ -n "$offsets" ] && ! grep -qx 29 <<<"$offsets"
}
ok "the broker compacts it" wait_for 60 compacted
ok "until it is not compacted any more" topics set "$topic" message.timestamp.type=LogAppendTime
fails "what is gone halts" 3 drain "$topic"
like "$(output)" "HALT anchor_changed .*offset 29 is gone, the next one is" "and is named"
fails "an audit finds that records are missing" 1 timeout 60 daybook-ingest audit --database "$DB" --keys "$KEYS" --archive "$ARCHIVE" \
    --kafka "$DAYBOOK_KAFKA"
like "$(output)" "FINDING replay_range index=[0-9]+ records of .* are gone: the next record is at" "and names each range"
ok "it is sealed" ledger seal --once
empty=$(new_database odd_empty)
daybook-ledger migrate --database "$empty" >>"$WORK/setup.log"
fails "a recovery halts" 3 timeout 60 daybook-ingest recover --admin "$empty" --keys "$KEYS" --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA"
done_testing
