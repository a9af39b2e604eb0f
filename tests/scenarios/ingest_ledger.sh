# For the scenarios of ingest: a private ledger with the generator's tenants and the example catalog.
#
#   new_ledger NAME [TOPIC]     sets DB, KEYS, ARCHIVE; the catalog registers TOPIC as a feed
#   ingest COMMAND ...          daybook-ingest with this ledger's options
#   count TABLE [WHERE]         rows of ledger.TABLE
#   total                       all usage: tenant|series|quantity summed, as one hash

new_ledger()
{
    local topic=${2:-usage}
    DB=$(new_database "$1")
    KEYS=$WORK/keys-$1 ARCHIVE=$WORK/archive-$1
    daybook-ledger migrate --database "$DB" >"$WORK/setup.log" 2>&1 || abort "no schema: $(tail -n 3 "$WORK/setup.log")"
    ledger init --origin "daybook.test/$1" || abort "no ledger: $(tail -n 3 "$WORK/setup.log")"
    generate tenants | while IFS=$'\t' read -r id zone name; do
        ledger tenant add "$id" --zone "$zone" --name "$name" || abort "no tenant: $(tail -n 3 "$WORK/setup.log")"
    done
    sed "s/\"usage\"/\"$topic\"/g" "$ROOT/deploy/examples/catalog.json" >"$WORK/catalog.json"
    ledger catalog apply "$WORK/catalog.json" || abort "no catalog: $(tail -n 3 "$WORK/setup.log")"
}

ledger()
{
    daybook-ledger "$@" --database "$DB" --keys "$KEYS" --archive "$ARCHIVE" >>"$WORK/setup.log" 2>&1
}

ingest()
{
    daybook-ingest "$@" --database "$DB" --keys "$KEYS" --archive "$ARCHIVE"
}

count()
{
    sql "$DB" "SELECT count(*) FROM ledger.$1 WHERE ${2:-true}"
}

total()
{
    sql "$DB" "SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM (SELECT tenant, series, window_from, length_seconds,
        sum(quantity), sum(contributions) FROM ledger.entry WHERE kind = 1 GROUP BY 1, 2, 3, 4) t"
}

# What the receipts say: records|accepted|duplicate|quarantined.
receipts()
{
    sql "$DB" "SELECT sum(records), sum(accepted), sum(duplicate), sum(quarantined) FROM ledger.receipt"
}

# start_ingest NAME TOPIC [OPTION ...]: a member of this test's group, in the background.
start_ingest()
{
    local name=$1 topic=$2
    shift 2
    start "$name" daybook-ingest run --database "$DB" --keys "$KEYS" --archive "$ARCHIVE" --kafka "$DAYBOOK_KAFKA" \
        --topic "$topic" --group "group-$topic" --session-timeout-ms 6000 "$@"
}

# drain TOPIC [OPTION ...]: reads until nothing comes any more; what was done is in WORK/stats.
drain()
{
    local topic=$1
    shift
    ingest run --kafka "$DAYBOOK_KAFKA" --topic "$topic" --group "group-$topic" --session-timeout-ms 6000 \
        --once-idle 2 --stats "$WORK/stats" "$@"
}

# produce TOPIC PARTITION: one record a line of standard input.
produce()
{
    kcat -P -b "$DAYBOOK_KAFKA" -t "$1" -p "$2"
}

# json FILE KEY [KEY]: a member of an object; 0 where there is none.
json()
{
    python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    value = value.get(key, 0)
print(json.dumps(value, sort_keys=True) if isinstance(value, dict) else value)' "$@"
}

# What must hold in every book, whatever happened to it: prints what does not.
broken()
{
    sql "$DB" "$(<"$ROOT/tests/harness/broken.sql")"
}

# The generator's last word, as receipts would say it: records|accepted|duplicate|quarantined.
expected_receipts()
{
    python3 -c 'import json, sys
said = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
print("|".join(str(sum(value(counts) for counts in said)) for value in (
    lambda c: c["produced"], lambda c: c["accepted"], lambda c: c["duplicate"], lambda c: sum(c["quarantined"].values()))))' "$1"
}
