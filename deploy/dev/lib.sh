# What the scripts for the private servers share; read by `.`, never run.
#
# Everything that runs lies in .run/ of this clone. A server never runs as root: started by root it
# becomes the account `postgres`, which Debian's package brings. Where that account cannot reach the
# clone (below /root, say), the servers' data lies in /var/tmp and .run/home points there.
# DAYBOOK_RUN names another folder than .run/: a second pair of servers, for a test that breaks them.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
RUN=${DAYBOOK_RUN:-$ROOT/.run}
SERVER_USER=postgres

fail()
{
    echo "${0##*/}: $*" >&2
    exit 1
}

# as_server COMMAND...: becomes the command, without root's rights.
as_server()
{
    if [ "$(id -u)" -eq 0 ]; then
        exec setpriv --reuid="$SERVER_USER" --regid="$SERVER_USER" --init-groups --inh-caps=-all "$@"
    fi
    exec "$@"
}

# Sets HOME_DIR, the folder that holds the servers' data and that their account can reach.
find_home()
{
    mkdir -p "$RUN"
    if [ "$(id -u)" -eq 0 ] && ! getent passwd "$SERVER_USER" >/dev/null; then
        fail "there is no account '$SERVER_USER': run deploy/install-deps"
    fi
    if [ ! -d "$RUN/home/" ]; then
        rm -f "$RUN/home"
        if (as_server test -x "$RUN") 2>/dev/null; then
            ln -s . "$RUN/home"
        else
            ln -s "$(mktemp -d "/var/tmp/daybook.XXXXXXXX")" "$RUN/home"
            chmod 711 "$RUN/home/"
        fi
    fi
    HOME_DIR=$(cd "$RUN/home/" && pwd -P)
}

# own_folder PATH: makes it and gives it to the servers' account alone.
own_folder()
{
    mkdir -p "$1"
    chmod 700 "$1"
    if [ "$(id -u)" -eq 0 ]; then
        chown "$SERVER_USER:$SERVER_USER" "$1"
    fi
}

# One of these scripts at a time for each server, so that two starts do not race.
lock()
{
    mkdir -p "$RUN"
    exec 9>"$RUN/$1.lock"
    flock -w 120 9 || fail "another start or stop of $1 does not end"
}

port_is_free()
{
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# wait_until SECONDS COMMAND...: asks twenty times a second.
wait_until()
{
    local tries=$(($1 * 20))
    shift
    until "$@"; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.05
    done
}

# free_port [PREFERRED]: one below the range that outgoing connections take theirs from. A server that
# was killed may hold the preferred one for a moment longer.
free_port()
{
    local port=${1:-}
    if [ -n "$port" ] && wait_until 3 port_is_free "$port"; then
        echo "$port"
        return
    fi
    until [ -n "$port" ] && port_is_free "$port"; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    done
    echo "$port"
}

# environment NAME: keeps its standard input as the part NAME of .run/env, for `. .run/env`.
environment()
{
    (
        umask 077
        cat >"$RUN/$1.env"
        flock 8
        cat "$RUN"/*.env >"$RUN/env.new"
        mv "$RUN/env.new" "$RUN/env"
    ) 8>"$RUN/env.lock"
}

seconds_since()
{
    awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", to - from }'
}
