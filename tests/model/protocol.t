#!/usr/bin/env bash
# In every order of what two consumers can do, the protocol counts each event once; without any of its guards it does not.
cd "$(dirname "$0")/../.." || exit 1
tests=0
while IFS= read -r line; do
    case $line in
    'full protocol'*'nothing broken' | "without '"*' in '*' steps')
        tests=$((tests + 1))
        echo "ok $tests - $line" ;;
    ' '*)
        echo "#$line" ;;
    *)
        tests=$((tests + 1))
        echo "not ok $tests - $line" ;;
    esac
done < <(python3 tests/model/protocol.py 2>&1)
[ "$tests" -ge 12 ] || echo "not ok $((tests += 1)) - five scenarios and seven guards were tried"
echo "1..$tests"
