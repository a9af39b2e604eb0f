#!/usr/bin/env bash
# The demo's story on a smaller month, and its invoices recomputed by a program that shares nothing
# with the product: from usage events in Kafka to the cent.
. "$(dirname "$0")/../harness/lib.sh"

demo=${DAYBOOK_RUN:-$ROOT/.run}/story
ok "the story runs, with counts as the generator knows them" deploy/dev/demo/run --name story --stop --events 200000
like "$(jq -r .verdict "$demo/summary.json")" '^verified: ' "the whole book verifies"
is "$(jq '[.bundles[] | select(startswith("verified: "))] | length' "$demo/summary.json")" 6 \
    "six invoices verify from their bundles"

for bundle in "$demo"/*.bundle.json; do
    ok "a program that was written from the README alone verifies $(basename "$bundle" .bundle.json)" \
        python3 tests/model/check_bundle.py "$bundle" "$demo/archive/public/log.vkey" "$demo/archive/public/root.vkey"
    ok "daybook-rerate makes $(basename "$bundle" .bundle.json) again from its bundle" daybook-rerate "$bundle"
done

admin=$(sed 's/dbname=[^ ]*//' <<<"$DAYBOOK_TEST_DATABASE_ADMIN")
program() { "$1" --database "$admin dbname=daybook_story" --archive "$demo/archive" --keys "$demo/keys" "${@:2}"; }

like "$(program daybook-invoices audit)" "^equal: 6 documents" "and daybook-invoices from the book as of their cuts"

# Each tenant's invoices from its exported entries, contract and plan: the second one with the
# difference of late usage.
fetch()
{
    program daybook-ledger export entries --tenant "$1" >"$WORK/$1.ndjson"
    for number in "${@:2}"; do
        program daybook-invoices show "$number" --json >"$WORK/$number.json"
    done
}
# recompute TENANT PRICES FILE...
recompute()
{
    python3 tests/model/recompute.py --entries "$WORK/$1.ndjson" --plan "deploy/examples/plan-$2.json" \
        --contract "$demo/contract-$2.json" $(printf -- '--invoice %s ' "${@:3}")
}
while read -r tenant prices first second; do
    fetch "$tenant" "$first" "$second"
    ok "$first and $second of $tenant are right to the cent" \
        recompute "$tenant" "$prices" "$WORK/$first.json" "$WORK/$second.json"
    is "$(jq -c '[.adjustments[].original]' "$WORK/$second.json")" "[\"$first\"]" "$second bills the late usage of $first"
done <<'END'
initech tokens IN-2026-000001 IN-2026-000002
globex gpu-reserved DE-2026-000002 DE-2026-000004
acme gpu-ondemand DE-2026-000001 DE-2026-000003
END
jq '.lines[0].amount |= (gsub("[.]"; "") | tonumber + 1 | tostring | .[:-2] + "." + .[-2:])' "$WORK/DE-2026-000001.json" >"$WORK/wrong.json"
fails "a planted wrong cent is reported" 1 recompute acme gpu-ondemand "$WORK/wrong.json"
like "$(output)" "gpu_h100.*minor units, recomputed" "with its charge"
done_testing
