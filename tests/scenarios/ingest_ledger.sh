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
    KEYS=$WORK/keys ARCHIVE=$WORK/archive
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
