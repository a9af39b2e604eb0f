#!/usr/bin/env bash
# The product and an independent model agree on random plans and usage, to the cent.
cd "$(dirname "$0")/../.." || exit 1
echo 1..1
if python3 tests/model/differential.py "${PAIRS:-2000}" "${SEED:-1}"; then
    echo "ok 1 - two thousand random pairs of plan and usage rate alike"
else
    echo "not ok 1 - two thousand random pairs of plan and usage rate alike"
fi
