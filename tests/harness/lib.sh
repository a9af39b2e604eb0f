# For scenario tests in bash: TAP, private databases and topics, processes that end with the test.
#
#   #!/usr/bin/env bash
#   . "$(dirname "$0")/../harness/lib.sh"
#   db=$(new_database billing)            # a conninfo; the database is dropped at the end
#   topic=$(new_topic usage 4)            # its real name; the topic is deleted at the end
#   start ingest daybook-ingest run --database "$db" --kafka "$DAYBOOK_KAFKA" --topic "$topic"
#   wait_for 10 file_has "$WORK/ingest.log" ready
#   is "$(sql "$db" 'SELECT count(*) FROM ledger.entry')" 1 "an entry is written"
#   stop ingest
#   done_testing
#
# WORK is the test's own folder; it stays if the test fails. harness.py is the same for Python.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
set -uo pipefail

HARNESS_RUN=${DAYBOOK_RUN:-$ROOT/.run}
mkdir -p "$HARNESS_RUN/tests"
WORK=$(mktemp -d "$HARNESS_RUN/tests/$(basename "$0" .t).XXXXXX")
declare -A PID=()
TESTS_RUN=0
TESTS_FAILED=0
PLAN=

# ------------------------------------------------------------------------------------------- TAP

diag()
{
    sed 's/^/# /' <<<"$*"
}

# plan COUNT, where the number is known; else end with done_testing.
plan()
{
    PLAN=$1
    echo "1..$1"
}

skip_all()
{
    echo "1..0 # SKIP $*"
    PLAN=0
    exit 0
}

pass()
{
    TESTS_RUN=$((TESTS_RUN + 1))
    echo "ok $TESTS_RUN - $*"
}

not_ok()
{
    TESTS_RUN=$((TESTS_RUN + 1))
    TESTS_FAILED=$((TESTS_FAILED + 1))
    echo "not ok $TESTS_RUN - $*"
    return 1
}

# ok NAME COMMAND...: passes if the command succeeds.
ok()
{
    local name=$1 status=0
    shift
    "$@" >"$WORK/output" 2>&1 || status=$?
    if [ $status -eq 0 ]; then
        pass "$name"
    else
        not_ok "$name"
        diag "status $status of: $*"
        diag "$(tail -n 20 "$WORK/output")"
    fi
    return $status
}

# fails NAME STATUS COMMAND...: passes if the command ends with that status.
fails()
{
    local name=$1 expected=$2 status=0
    shift 2
    "$@" >"$WORK/output" 2>&1 || status=$?
    if [ $status -eq "$expected" ]; then
        pass "$name"
    else
        not_ok "$name"
        diag "status $status, expected $expected, of: $*"
        diag "$(tail -n 20 "$WORK/output")"
    fi
}

# The output of the last ok or fails.
output()
{
    cat "$WORK/output"
}

# is GOT EXPECTED NAME
is()
{
    if [ "$1" = "$2" ]; then
        pass "$3"
    else
        not_ok "$3"
        diag "     got: $1"
        diag "expected: $2"
    fi
}

isnt()
{
    if [ "$1" != "$2" ]; then
        pass "$3"
    else
        not_ok "$3"
        diag "got what it must not be: $1"
    fi
}

# like GOT REGEX NAME, the regex as grep -E has it, matched line by line.
like()
{
    if grep -qE -- "$2" <<<"$1"; then
        pass "$3"
    else
        not_ok "$3"
        diag "     got: $1"
        diag "expected: /$2/"
    fi
}

done_testing()
{
    [ -n "$PLAN" ] || plan "$TESTS_RUN"
    [ "$TESTS_FAILED" -eq 0 ] && [ "$TESTS_RUN" -eq "$PLAN" ]
    exit
}

# ---------------------------------------------------------------------------- databases and topics

# Ends the test, also from inside $( ).
abort()
{
    echo "$*" >&2
    kill -s TERM $$
    exit 1
}

# sql CONNINFO STATEMENT: rows as lines, columns between |.
sql()
{
    psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}

# new_database NAME: prints the conninfo of an empty database of this test, as superuser.
new_database()
{
    local name=$1_$$
    [ -n "${DAYBOOK_TEST_DATABASE_ADMIN:-}" ] || abort "no PostgreSQL: run 'make up'"
    sql "$DAYBOOK_TEST_DATABASE_ADMIN" "CREATE DATABASE $name TEMPLATE template0" >&2 ||
        abort "no database '$name'"
    echo "$name" >>"$WORK/databases"
    echo "$DAYBOOK_TEST_DATABASE_ADMIN dbname=$name"
}

# new_topic NAME PARTITIONS [CONFIG=VALUE ...]: prints the name that it really has.
new_topic()
{
    local name=$1-$$
    [ -n "${DAYBOOK_KAFKA:-}" ] || abort "no Kafka: run 'make up'"
    topics create "$name" "${@:2}" >&2 || abort "no topic '$name'"
    echo "$name" >>"$WORK/topics"
    echo "$name"
}

# --------------------------------------------------------------------------------------- processes

# start NAME COMMAND...: in the background, PID[NAME] its process, WORK/NAME.log what it says.
start()
{
    local name=$1
    shift
    "$@" >>"$WORK/$name.log" 2>&1 </dev/null &
    PID[$name]=$!
}

running()
{
    kill -0 "${PID[$1]}" 2>/dev/null
}

# stop NAME [SIGNAL]: ends it, if it runs, and returns its status.
stop()
{
    local pid=${PID[$1]}
    kill -s "${2:-TERM}" "$pid" 2>/dev/null
    kill -s CONT "$pid" 2>/dev/null
    unset "PID[$1]"
    wait "$pid" 2>/dev/null
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails if it never does.
wait_for()
{
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -le $end ] || return 1
        sleep 0.05
    done
}

file_has()
{
    grep -qE -- "$2" "$1"
}

free_port()
{
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# What a test needs undone at its end: `at_exit COMMAND...` in any order, run before the rest.
AT_EXIT=()
at_exit()
{
    AT_EXIT+=("$(printf '%q ' "$@")")
}

clean_up()
{
    local status=$? name action
    for action in "${AT_EXIT[@]}"; do
        eval "$action"
    done
    for name in "${!PID[@]}"; do
        kill -KILL "${PID[$name]}" 2>/dev/null
        wait "${PID[$name]}" 2>/dev/null
    done
    if [ $status -ne 0 ] && [ -z "${DAYBOOK_KEEP:-}" ]; then
        tail -n 15 "$WORK"/*.log >&2 2>/dev/null
    fi
    if [ -z "${DAYBOOK_KEEP:-}" ]; then
        [ ! -e "$WORK/databases" ] || while read -r name; do
            sql "$DAYBOOK_TEST_DATABASE_ADMIN" "DROP DATABASE IF EXISTS $name WITH (FORCE)"
        done <"$WORK/databases"
        [ ! -e "$WORK/topics" ] || while read -r name; do
            topics delete "$name"
        done <"$WORK/topics"
    fi
    if [ $status -eq 0 ]; then
        rm -rf "$WORK"
    else
        diag "see $WORK"
    fi
    exit $status
} >&2
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
