# What `benches/load` and `benches/campus` share; both source it. It brings a build of the lab,
# a private folder in `$WORK`, figures and a table. Every process that was started through `own` is
# stopped at the end, and no other.
#
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C

NAME=${0##*/}
CONNECTIONS=16     # that wrk keeps open

give_up() { printf 'benches/%s: error: %s\nbenches/%s: hint: %s\n' "$NAME" "$1" "$NAME" "$2" >&2; exit 2; }
say() { printf '%s\n' "$*" >&2; }

# needs TOOL [PACKAGE]
needs() {
    command -v "$1" > /dev/null || give_up "$1 is missing" \
        "apt install ${2:-$1}, dnf install ${2:-$1} or brew install ${2:-$1}"
}

needs wrk
needs curl
((BASH_VERSINFO[0] >= 5)) || give_up 'bash 5 is needed' 'brew install bash'

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Nothing that is set for another lab may leak in.
for name in ${!SESSION_LAB_@}; do unset "$name"; done
# The build that is handed out is held to the budgets; PROFILE=release measures the one that is quick to
# build, and PROGRAM=path a binary that is there already.
PROFILE=${PROFILE:-dist}
if [[ -z ${PROGRAM:-} ]]; then
    needs cargo
    cargo build --profile "$PROFILE" --quiet --bin session-lab
    PROGRAM=${CARGO_TARGET_DIR:-target}/$PROFILE/session-lab
fi
[[ -x $PROGRAM ]] || give_up "$PROGRAM cannot be run" "cargo build --profile $PROFILE"
PROGRAM=$(realpath "$PROGRAM")

WORK=$(mktemp -d)
trap 'stop_all; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
# Nothing is ever written to it: reading it with a limit waits, and takes no program as sleep does.
mkfifo "$WORK/quiet"
exec 4<> "$WORK/quiet"
nap() { read -r -t "$1" -u 4 || true; }

# --- processes -----------------------------------------------------------------------------------

OWN=()

# Remembers the process that was started last.
own() { OWN+=("$!"); }

# A number that is free again may be somebody else's.
forget() {
    local kept=() pid
    for pid in "${OWN[@]}"; do [[ $pid == "$1" ]] || kept+=("$pid"); done
    OWN=("${kept[@]}")
}

stop() {
    [[ -n ${1:-} ]] || return 0
    kill "$1" 2> /dev/null || true
    wait "$1" 2> /dev/null || true
    forget "$1"
}

# Waits until processes end by themselves. Fails where one of them does.
wait_for() {
    local pid failed=0
    for pid in "$@"; do
        wait "$pid" || failed=1
        forget "$pid"
    done
    return "$failed"
}

stop_all() {
    local pid
    for pid in "${OWN[@]}"; do stop "$pid"; done
}

resident() { ps -o rss= -p "${1:-$LAB_PID}" | awk '{ printf "%.1f", $1 / 1024 }'; }

# --- the lab -------------------------------------------------------------------------------------

LAB_PID=
LAB_PORT=0 HTTP_PORT=0 HTTPS_PORT=0
DATA=$WORK/data
SESSIONS_IN='file' # what --sessions says
VARIANT=hardened

start_lab() {
    rm -f "$DATA.out"
    SESSION_LAB_MEASURE=1 SESSION_LAB_LOG=off "$PROGRAM" --config /dev/null --data-dir "$DATA" \
        --sessions "$SESSIONS_IN" \
        --lab-port "$LAB_PORT" --http-port "$HTTP_PORT" --https-port "$HTTPS_PORT" \
        --attacker-port 0 --attacker-tls-port 0 --cafe-port 0 \
        > "$DATA.out" 2> "$DATA.err" &
    own
    LAB_PID=$!
}

stop_lab() {
    stop "$LAB_PID"
    LAB_PID=
}

no_start() { give_up "the lab does not start: $(cat "$DATA.err")" 'start it by hand: cargo run --release'; }

# Asks for /healthz over and over, in this shell: starting curl would take longer than the lab does.
wait_for_health() {
    local line until=$((${EPOCHREALTIME/./} + 30000000))
    while ((${EPOCHREALTIME/./} < until)); do
        if { exec 3<> "/dev/tcp/127.0.0.1/$LAB_PORT"; } 2> /dev/null; then
            printf 'GET /healthz HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' \
                "$LAB_PORT" >&3
            line=
            read -r -t 1 line <&3 || true
            exec 3>&-
            [[ $line == 'HTTP/1.1 200'* ]] && return
        fi
        nap 0.0005
    done
    no_start
}

# The first start picks three free ports, and all others use them again.
pick_ports() {
    LAB_PORT=0 HTTP_PORT=0 HTTPS_PORT=0
    start_lab
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        grep -qs 'Stop with' "$DATA.out" && break
        nap 0.1
    done
    port_of() { sed -n "s|^  $1 .*://[^:]*:\([0-9]*\)/.*|\1|p" "$DATA.out"; }
    LAB_PORT=$(port_of 'Start here') HTTP_PORT=$(port_of 'Portal, http')
    HTTPS_PORT=$(port_of 'Portal, over TLS')
    [[ -n $LAB_PORT && -n $HTTP_PORT && -n $HTTPS_PORT ]] || no_start
    stop_lab
}

# The portal's address over TLS, and unencrypted.
PORTAL() { printf 'https://localhost:%s/%s%s' "$HTTPS_PORT" "$VARIANT" "$1"; }
CLEAR() { printf 'http://localhost:%s/%s%s' "$HTTP_PORT" "$VARIANT" "$1"; }
ask() { curl -sS --fail --cacert "$DATA/tls/cert.pem" --resolve "localhost:$HTTPS_PORT:127.0.0.1" "$@"; }

COOKIE=
sign_in() {
    COOKIE=$(ask -o /dev/null -D - -H 'Content-Type: application/json' \
        -d '{"username":"student123","password":"password123"}' "$(PORTAL /api/login)" |
        sed -n 's/^Set-Cookie: \(__Host-[^;]*\).*/\1/p')
    [[ -n $COOKIE ]] || give_up 'the sign-in gave no cookie' 'sign in by hand'
}

# Opens so many signed-in sessions, through the engine of the lab.
fill() {
    local opened at_once=10000
    for ((opened = 0; opened < $1; opened += at_once)); do
        ((opened + at_once <= $1)) || at_once=$(($1 - opened))
        ask -o /dev/null -X POST "$(PORTAL "/measure/sessions?count=$at_once")"
    done
}

# Moves the bench's clock past the end of every session.
let_all_expire() {
    ask -o /dev/null -H "Origin: http://localhost:$LAB_PORT" -d minutes=61 \
        "http://localhost:$LAB_PORT/clock"
}

# wrk takes a redirect for a good answer, so a session that ended must be noticed.
still_signed_in() {
    local status
    status=$(ask -o /dev/null -w '%{http_code}' -b "$COOKIE" "$(PORTAL /dashboard)")
    [[ $status == 200 ]] || give_up "the dashboard answered $status" 'the session ended meanwhile'
}

# --- figures -------------------------------------------------------------------------------------

median() { sort -n | awk '{ all[NR] = $1 } END { print (all[int((NR + 1) / 2)] + all[int((NR + 2) / 2)]) / 2 }'; }
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }
per_second() { printf '%.0f/s : %.0f/s' "$1" "$2"; }
milliseconds() { awk "BEGIN { printf \"%.1f ms : %.1f ms\", $1 / 1000, $2 / 1000 }"; }

# What must differ between two answers with the same page.
same() {
    sed -E 's/(nonce|data-absolute-seconds|data-idle-seconds)="[^"]*"/\1/g; s/(csrf_token" value=)"[^"]{43}"/\1/g'
}

TABLE='| what | measured | budget | met |
|---|---|---|---|'
# Others, without budgets.
TABLES=()
MISSED=0

# row WHAT FIGURE UNIT at-least|at-most BUDGET [MORE]
row() {
    local met=yes sign='≥'
    [[ $4 == at-most ]] && sign='≤'
    if ! awk "BEGIN { exit !($2 $([[ $4 == at-most ]] && echo '<=' || echo '>=') $5) }"; then
        met=no MISSED=1
    fi
    TABLE+=$'\n'"| $1 | $2$3${6:+ ($6)} | $sign $5$3 | $met |"
    say "  $1: $2$3${6:+ ($6)}, budget $sign $5$3: $met"
}

# Requests a second, or with `p99` the 99th percentile in microseconds.
load() {
    local what=$1 seconds=$2 url=$3
    shift 3
    wrk -t1 -c"$CONNECTIONS" -d"${seconds}s" --latency "$@" "$url" > "$WORK/wrk" ||
        give_up "wrk failed: $(cat "$WORK/wrk")" 'run it by hand'
    grep -Eq 'Non-2xx|Socket errors' "$WORK/wrk" &&
        give_up "not every answer was right: $(cat "$WORK/wrk")" 'is the computer very busy?'
    case $what in
        rate) awk '/^Requests\/sec/ { print $2 }' "$WORK/wrk" ;;
        p99) awk '$1 == "99%" { f = $2 ~ /us$/ ? 1 : $2 ~ /ms$/ ? 1000 : 1000000; print $2 * f }' "$WORK/wrk" ;;
    esac
}

finish() {
    [[ $TABLE == *$'\n'*$'\n'* ]] && TABLES=("$TABLE" "${TABLES[@]}")
    local table
    for table in "${TABLES[@]}"; do printf '%s\n\n' "$table"; done
    exit "$MISSED"
}
