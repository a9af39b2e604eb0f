#!/usr/bin/env bash
# The demo's story on a smaller month, and its invoices recomputed by a program that shares nothing
# with the product: from usage events in Kafka to the cent.
. "$(dirname "$0")/../harness/lib.sh"

demo=${DAYBOOK_RUN:-$ROOT/.run}/demo
ok "the story runs, with counts as the generator knows them" deploy/dev/demo/run --events 200000
like "$(jq -r .verdict "$demo/summary.json")" '^verified: ' "the whole book verifies"
is "$(jq '[.bundles[] | select(startswith("verified: "))] | length' "$demo/summary.json")" 6 \
    "six invoices verify from their bundles"

admin=$(sed 's/dbname=[^ ]*//' <<<"$DAYBOOK_TEST_DATABASE_ADMIN")
program() { "$1" --database "$admin dbname=daybook_demo" --archive "$demo/archive" --keys "$demo/keys" "${@:2}"; }

# recompute TENANT NUMBER PRICES: the invoice and the usage of its period at its cut, into WORK.
fetch()
{
    program daybook-invoices show "$2" --json >"$WORK/invoice.json"
    program daybook-ledger export entries --tenant "$1" \
        --from "$(jq -r .period.from "$WORK/invoice.json")" \
        --to "$(jq -r .period.to "$WORK/invoice.json")" \
        --through $(($(jq '.cut[0].size' "$WORK/invoice.json") - 1)) >"$WORK/entries.ndjson"
}
recompute()
{
    python3 tests/model/recompute.py --entries "$WORK/entries.ndjson" \
        --plan "1=deploy/examples/plan-$1.json" --contract "$demo/contract-$1.json" --invoice "$2"
}
while read -r tenant number prices; do
    fetch "$tenant" "$number"
    ok "$number of $tenant is right to the cent" recompute "$prices" "$WORK/invoice.json"
done <<'END'
initech IN-2026-000001 tokens
acme DE-2026-000001 gpu-ondemand
globex DE-2026-000002 gpu-reserved
END
jq '.lines[0].amount |= (tonumber + 0.01 | tostring)' "$WORK/invoice.json" >"$WORK/wrong.json"
fails "a planted wrong cent is reported" 1 recompute gpu-reserved "$WORK/wrong.json"
done_testing
