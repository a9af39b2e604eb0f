#!/usr/bin/env bash
# Settlements agree with a second model to the cent, their laws hold, and a spoilt answer is seen; the same of
# late usage that moves burns, and of pools.
cd "$(dirname "$0")/../.." || exit 1
echo 1..11

# verdict NUMBER STATUS NAME
verdict()
{
    if [ "$2" -eq 0 ]; then echo "ok $1 - $3"; else echo "not ok $1 - $3"; fi
}

python3 tests/model/settled.py "${JOBS:-2000}" "${SEED:-1}"
verdict 1 $? "commitments and credits of ${JOBS:-2000} random contracts"
number=1
for defect in line burn balance; do
    python3 tests/model/settled.py 60 2 "$defect" >/dev/null
    verdict $((number += 1)) $(($? != 1)) "a defect is seen in: $defect"
done
python3 tests/model/late.py "${LATE:-800}" "${SEED:-1}"
verdict $((number += 1)) $? "late usage of ${LATE:-800} random contracts moves burns to where they would have been in time"
for defect in burn balance; do
    python3 tests/model/late.py 60 2 "$defect" >/dev/null
    verdict $((number += 1)) $(($? != 1)) "a defect is seen with late usage in: $defect"
done
python3 tests/model/settled_pools.py "${POOLS:-2000}" "${SEED:-1}"
verdict $((number += 1)) $? "settlements of ${POOLS:-2000} random pools, a third with late usage"
for defect in line share balance; do
    python3 tests/model/settled_pools.py 60 2 "$defect" >/dev/null
    verdict $((number += 1)) $(($? != 1)) "a defect is seen of a pool in: $defect"
done
