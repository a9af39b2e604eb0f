#!/usr/bin/env bash
# The README's tour does what the README says, typed as it stands there.
. "$(dirname "$0")/../harness/lib.sh"

cd "$ROOT" || exit 1
tour=tour$$
commands=$(sed -n '/^## From an event to its proof/,/^## What is in it/s/^    //p' README.md | sed "1d; s/\btour\b/$tour/g")
at_exit psql -Xqc "DROP DATABASE IF EXISTS $tour WITH (FORCE)"
at_exit topics delete "$tour"
at_exit rm -rf ".run/$tour"
mkdir -p ".run/$tour"
# What a reader's shell would have from the line that starts the servers.
tell() { bash -euo pipefail -c "$commands"$'\n'"$1" >"$WORK/told" 2>&1; }

like "$commands" "^daybook-verify bundle" "the README has a tour"
ok "every command of it succeeds, and the event sent again" tell "
    daybook-invoices show DE-2026-000001 --text
    daybook-ledger audit
    daybook-verify log .run/$tour/archive/public --vkey .run/$tour/archive/public/log.vkey --root .run/$tour/archive/public/root.vkey
    daybook-ingest file deploy/examples/event.json --as-of 2026-10-01T00:00:00Z --stats $WORK/stats"
diag "$(tail -n 5 "$WORK/told")"
like "$(cat "$WORK/told")" "^verified: document at 13 of daybook.example/$tour, 13 entries" "the bundle is verified"
like "$(cat "$WORK/told")" "^equal: DE-2026-000001 of tenant 'acme', period 2026-09, total 11.85 EUR" "and the invoice made again from it"
like "$(cat "$WORK/told")" "Total +11.85 EUR" "the invoice is what it says"
like "$(cat "$WORK/told")" "^verified: daybook.example/$tour, 15 entries" "the archive is verified"
like "$(cat "$WORK/told")" "^audited: .* 0 findings" "the database is verified"
like "$(cat "$WORK/stats")" '"accepted": *0.*"duplicate": *1' "the event is counted once"
done_testing
