# Two labs on one Redis against one: how much more they do together, and what is used up meanwhile.
# It reads /proc, so it needs Linux.
#
# shellcheck shell=bash

TICKS=$(getconf CLK_TCK)

# Processor time that a process has used, in ticks.
used() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# Loads some addresses at once for a round, with as many connections in all. Leaves the sum of
# requests a second in `rates` and the share of a core that each process took in `shares`.
together() {
    local seconds=$1 url number=0 pids=() before=() watched pid sum=0
    shift
    watched=("${WATCHED[@]}")
    for pid in "${watched[@]}"; do before+=("$(used "$pid")"); done
    local began=${EPOCHREALTIME/./}
    for url in "$@"; do
        ( TIMEFORMAT='%U %S'; time wrk -t1 -c$((CONNECTIONS / $#)) -d"${seconds}s" \
            -H "Cookie: $COOKIE" "$url" > "$WORK/wrk.$number" 2>&1 ) 2> "$WORK/wrk.$number.time" &
        own
        pids+=("$!")
        number=$((number + 1))
    done
    wait_for "${pids[@]}" || give_up "wrk failed: $(cat "$WORK"/wrk.?)" 'run it by hand'
    local spent=$((${EPOCHREALTIME/./} - began))
    grep -Eq 'Non-2xx|Socket errors' "$WORK"/wrk.? &&
        give_up "not every answer was right: $(cat "$WORK"/wrk.?)" 'is the computer very busy?'
    awk '/^Requests\/sec/ { sum += $2 } END { print sum }' "$WORK"/wrk.? >> "$WORK/rates.$#"
    {
        for number in "${!watched[@]}"; do
            awk "BEGIN { printf \"%.2f \", ($(used "${watched[number]}") - ${before[number]}) / $TICKS / ($spent / 1e6) }"
        done
        awk "{ sum += \$1 + \$2 } END { printf \"%.2f\\n\", sum / ($spent / 1e6) }" "$WORK"/wrk.?.time
    } >> "$WORK/shares.$#"
    rm -f "$WORK"/wrk.?*
}

# The median of a column of shares.
share() { awk -v "column=$2" '{ print $column }' "$WORK/shares.$1" | median; }

part_instances() {
    [[ -r /proc/self/stat ]] || give_up 'there is no /proc' 'run this part on Linux'
    local key first second round one two
    key=$(printf 'bench-%.0s' {1..8})
    start_redis
    SESSIONS_IN=redis://127.0.0.1:$REDIS_PORT/0 VARIANT=hardened
    export SESSION_LAB_SECRET_KEY=$key-cookies SESSION_LAB_JWT_SECRET_KEY=$key-tokens
    WATCHED=("$REDIS_PID")
    DATA=$WORK/second
    pick_ports
    start_lab
    wait_for_health
    WATCHED+=("$LAB_PID")
    second=$(PORTAL /dashboard)
    DATA=$WORK/first
    pick_ports
    start_lab
    wait_for_health
    WATCHED+=("$LAB_PID")
    first=$(PORTAL /dashboard)
    sign_in
    still_signed_in
    # The other instance knows the session, too.
    HTTPS_PORT=${second#*localhost:} HTTPS_PORT=${HTTPS_PORT%%/*} DATA=$WORK/second
    still_signed_in

    rm -f "$WORK"/rates.* "$WORK"/shares.*
    together 1 "$first" "$second"
    rm -f "$WORK"/rates.* "$WORK"/shares.*
    for ((round = 0; round < ROUNDS; round++)); do
        together "$ROUND_SECONDS" "$first"
        together "$ROUND_SECONDS" "$first" "$second"
    done
    still_signed_in
    one=$(median < "$WORK/rates.1") two=$(median < "$WORK/rates.2")
    TABLES+=("| dashboard, Redis, TLS | requests a second | Redis | first lab | second lab | wrk |
|---|---|---|---|---|---|
| one instance | $(printf '%.0f' "$one") | $(share 1 1) | $(share 1 3) | $(share 1 2) | $(share 1 4) |
| two instances | $(printf '%.0f' "$two") | $(share 2 1) | $(share 2 3) | $(share 2 2) | $(share 2 4) |

Two instances do $(ratio "$two" "$one") times what one does. The four columns on the right are cores, of $(nproc).")
    say "  two : one is $(ratio "$two" "$one")"
    stop_all
}
