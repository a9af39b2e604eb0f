# What every test has in its environment, whether prove runs it or a person; read by `.`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$ROOT" || exit 2
export ROOT
export DAYBOOK_BIN=${DAYBOOK_BIN:-$ROOT/.build/bin}
export PATH=$DAYBOOK_BIN:$PATH
export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$ROOT/tests/harness
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}
if [ -r "${DAYBOOK_RUN:-$ROOT/.run}/env" ]; then
    . "${DAYBOOK_RUN:-$ROOT/.run}/env"
fi
