#!/usr/bin/env bash
# What people decide while ingest runs holds from the next batch on: tenants, catalogs, the rules of a feed.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/ingest_ledger.sh"

TIME=message.timestamp.type=CreateTime
topic=$(new_topic rules 1 $TIME)
new_ledger ingest_rules "$topic"
sed "s/\"create_time\": false/\"create_time\": true/" "$WORK/catalog.json" >"$WORK/lax.json"
ledger catalog apply "$WORK/lax.json" || abort "no catalog"

event() # ID TENANT
{
    printf '{"specversion":"1.0","id":"%s","source":"/gateway/fra1","type":"tokens.request.v1","subject":"%s","time":"%s","data":{"model":"m","tokens":{"input":1}}}\n' \
        "$1" "$2" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
}
send() { event "$@" | kcat -P -b "$DAYBOOK_KAFKA" -t "$topic" -p 0 -H content-type=application/cloudevents+json; }
taken() { [ "$(sql "$DB" "SELECT coalesce(sum(accepted), 0), coalesce(sum(quarantined), 0) FROM ledger.receipt")" = "$1" ]; }

start_ingest member "$topic" --batch-seconds 1
send one acme
ok "a running process counts" wait_for 30 taken "1|0"
send two newcomer
ok "nobody's usage is kept aside" wait_for 15 taken "1|1"
is "$(count quarantine "reason = 'unknown_tenant'")" 1 "because there is no such tenant"
ledger tenant add newcomer --zone UTC --name Newcomer
send three newcomer
ok "a tenant is known from the next batch on" wait_for 15 taken "2|1"

# The catalog does not take producers' time any more: what came by it cannot be decided.
ledger catalog apply "$WORK/catalog.json" || abort "no catalog"
send four acme
ok "a feed that may not have producers' time any more halts" wait_for 20 file_has "$WORK/member.log" "HALT not_broker_time"
sleep 2
ok "before anything is counted by it" taken "2|1"
stop member
is $? 3 "and the program says so"
ok "with the old rule" ledger catalog apply "$WORK/lax.json"
ok "it goes on" drain "$topic"
ok "where it stopped" taken "3|1"

# The feed itself is struck out.
start_ingest again "$topic" --batch-seconds 1
send five acme
ok "a running process counts" wait_for 30 taken "4|1"
sed "s/\"$topic\"/\"other\"/g" "$WORK/lax.json" >"$WORK/other.json"
ok "another feed takes its place" ledger catalog apply "$WORK/other.json"
send six acme
ok "a feed that is not registered any more halts" wait_for 20 file_has "$WORK/again.log" "HALT feed_unknown"
sleep 2
ok "before anything is counted" taken "4|1"
is "$(broken)" "" "the book is whole"
done_testing
