#!/usr/bin/env bash
# The product and an independent model agree on random plans and usage, to the cent.
cd "$(dirname "$0")/../.." || exit 1
echo 1..3

# verdict STATUS NUMBER NAME
verdict()
{
    if [ "$1" -eq 0 ]; then echo "ok $2 - $3"; else echo "not ok $2 - $3"; fi
}

# spoilt DEFINITION: a model in which that was changed must not agree.
spoilt()
{
    python3 -c "import sys; sys.path.insert(0, 'tests/model')
import differential, prices
$1
sys.argv = ['differential', '60', '1']
sys.exit(differential.main())" >/dev/null
    [ $? -eq 1 ]
}

python3 tests/model/differential.py "${PAIRS:-2000}" "${SEED:-1}"
verdict $? 1 "two thousand random pairs of plan and usage rate alike"
spoilt 'prices.half_away = lambda x, decimals=0: prices.floor(prices.F(x) * 10 ** decimals)'
verdict $? 2 "a model that rounds down does not"
spoilt 'def shares(total, weights):
    rest = [total * w // (sum(weights) or 1) for w in map(prices.F, weights)]
    return [total - sum(rest[1:])] + rest[1:] if rest else []
prices.hamilton = shares'
verdict $? 3 "nor one that gives the first share what is left over"
