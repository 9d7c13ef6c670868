# What many live sessions cost, in files and in Redis: the start, memory, signing in, and the
# dashboard while all of them are purged. It draws docs/pictures/growth.svg, or where other sizes are
# asked for, growth.svg in the target folder.
#
# shellcheck shell=bash

PICTURE=docs/pictures/growth.svg
[[ -z ${FILE_SIZES+set}${REDIS_SIZES+set} ]] || PICTURE=${CARGO_TARGET_DIR:-target}/growth.svg
FILE_SIZES=${FILE_SIZES-1000 10000 30000 100000}
REDIS_SIZES=${REDIS_SIZES-1000 10000 100000 1000000}
# The plot shows all sizes, the table these.
SHOWN=${SHOWN:-10000 100000 1000000}
GROWTH_STARTS=${GROWTH_STARTS:-5}
RATE_SECONDS=${RATE_SECONDS:-5}
REST_ROUNDS=${REST_ROUNDS:-5}       # of a second
PURGE_ROUNDS=${PURGE_ROUNDS:-900}   # of a second, before a purge counts as stuck
FILLERS=4                           # requests that open sessions at once

# Start: to the first 200 on /healthz, and to the first dashboard. Memory: of the lab, after a start,
# and of Redis. Sign-ins: with a password, so Argon2id bounds them, 19 MB and one core each. Opened:
# sessions of strangers, by GET /login. Dashboard: its 99th percentile, at rest and during the purge.
GROWTH='| live sessions | start | dashboard | lab | Redis | sign-ins | opened | 99 % at rest | in a purge |
|---|---|---|---|---|---|---|---|---|'

# Where the many sessions are: those of `hardened` end when nobody used them for five minutes, and a
# million takes longer. They live an hour here.
CROWD=without-idle-timeout

# How many of them are there.
live() {
    case $SESSIONS_IN in
        file) find "$DATA/sessions/local/$CROWD" -name '*.json' | wc -l | tr -d ' ' ;;
        *) redis zcard "lab:{local}:list:sessions:$CROWD" ;;
    esac
}

# Fills from several sides at once, because each waits for the store.
fill_quickly() {
    local share=$(($1 / FILLERS)) number pids=()
    for ((number = 0; number < FILLERS; number++)); do
        VARIANT=$CROWD fill $((number ? share : $1 - (FILLERS - 1) * share)) &
        own
        pids+=("$!")
    done
    wait_for "${pids[@]}" || give_up 'sessions could not be opened' "see $DATA.err"
    (($(live) >= $1)) || give_up "only $(live) of $1 sessions are there" 'is there room on the disk?'
}

# Microseconds to the first 200 on /healthz, then to the first dashboard.
start_once() {
    local began=${EPOCHREALTIME/./}
    start_lab
    wait_for_health
    echo $((${EPOCHREALTIME/./} - began)) >> "$WORK/starts"
    still_signed_in
    echo $((${EPOCHREALTIME/./} - began)) >> "$WORK/firsts"
}

# The 99th percentile of a second at rest, a few times, then of each second in which sessions went.
purge() {
    local round before after
    : > "$WORK/rest" > "$WORK/purge"
    for ((round = 0; round < REST_ROUNDS; round++)); do
        load p99 1 "$(PORTAL /dashboard)" -H "Cookie: $COOKIE" >> "$WORK/rest"
    done
    still_signed_in
    let_all_expire
    sign_in
    before=$(live)
    for ((round = 0; round < PURGE_ROUNDS && before > $1 / 100; round++)); do
        load p99 1 "$(PORTAL /dashboard)" -H "Cookie: $COOKIE" > "$WORK/p99"
        after=$(live)
        ((after < before)) && cat "$WORK/p99" >> "$WORK/purge"
        before=$after
    done
    still_signed_in
    ((before <= $1 / 100)) || give_up 'the purge does not end' 'see src/app/upkeep.rs'
}

# grow STORE SESSIONS
grow() {
    local store=$1 size=$2 number start first memory kept=- signins opened
    say "  $size sessions in $store"
    DATA=$WORK/growth
    rm -rf "$DATA"
    [[ $store == Redis ]] && redis flushall > /dev/null
    pick_ports
    start_lab
    wait_for_health
    fill_quickly "$size"
    sign_in
    stop_lab

    : > "$WORK/starts" > "$WORK/firsts"
    for ((number = 0; number < GROWTH_STARTS; number++)); do
        start_once
        memory=$(resident)
        ((number + 1 == GROWTH_STARTS)) || stop_lab
    done
    start=$(awk "BEGIN { printf \"%.0f\", $(median < "$WORK/starts") / 1000 }")
    first=$(awk "BEGIN { printf \"%.0f\", $(median < "$WORK/firsts") / 1000 }")
    [[ $store == Redis ]] && kept="$(used_memory) MB"
    # Four at once: the throttle counts an attempt until its password proves right, five an account.
    signins=$(CONNECTIONS=4 load rate "$RATE_SECONDS" "$(PORTAL /api/login)" -s benches/parts/sign_in.lua)
    opened=$(load rate "$RATE_SECONDS" "$(PORTAL /login)")
    purge "$size"
    stop_lab

    local rest during
    rest=$(median < "$WORK/rest") during=$(median < "$WORK/purge")
    echo "$store $size $start $memory ${kept% MB}" >> "$WORK/growth.dat"
    [[ " $SHOWN " == *" $size "* ]] || return 0
    GROWTH+=$'\n'"| $size in $store | $start ms | $first ms | $memory MB | $kept |"
    GROWTH+="$(printf ' %.0f/s | %.0f/s |' "$signins" "$opened")"
    GROWTH+="$(awk "BEGIN { printf \" %.1f ms | %.1f ms |\", $rest / 1000, $during / 1000 }")"
    row "99th percentile of the dashboard, while $size sessions in $store are purged : at rest" \
        "$(ratio "$during" "$rest")" '' at-most 3 "$(milliseconds "$during" "$rest")"
    if [[ $store == files && $size == 100000 ]]; then
        row "resident memory after a start with $size live sessions in files, MB" "$memory" '' at-most 150
    fi
}

part_growth() {
    needs gnuplot
    local size
    : > "$WORK/growth.dat"
    SESSIONS_IN='file'
    for size in $FILE_SIZES; do grow files "$size"; done
    start_redis
    SESSIONS_IN=redis://127.0.0.1:$REDIS_PORT/0
    for size in $REDIS_SIZES; do grow Redis "$size"; done
    stop_redis
    mkdir -p "$(dirname "$PICTURE")"
    gnuplot -e "data='$WORK/growth.dat'" benches/parts/growth.gnuplot > "$WORK/growth.svg" ||
        give_up 'gnuplot could not draw the picture' 'see benches/parts/growth.gnuplot'
    mv "$WORK/growth.svg" "$PICTURE"
    say "  $PICTURE is drawn"
    TABLES+=("$GROWTH")
}
