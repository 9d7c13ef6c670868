# A Redis of the benches' own, without persistence, on a port that nobody else has.
#
# shellcheck shell=bash

REDIS_PID=
REDIS_PORT=

start_redis() {
    local tries
    for ((tries = 0; tries < 20; tries++)); do
        REDIS_PORT=$((20000 + RANDOM % 10000))
        rm -f "$WORK/redis.out"
        redis-server --port "$REDIS_PORT" --bind 127.0.0.1 --save '' --appendonly no \
            --dir "$WORK" > "$WORK/redis.out" 2>&1 &
        own
        REDIS_PID=$!
        local wait
        for ((wait = 0; wait < 100; wait++)); do
            grep -qs 'Ready to accept' "$WORK/redis.out" && return
            kill -0 "$REDIS_PID" 2> /dev/null || break
            nap 0.05
        done
        stop "$REDIS_PID"
    done
    give_up "Redis does not start: $(cat "$WORK/redis.out")" 'start redis-server by hand'
}

stop_redis() {
    stop "$REDIS_PID"
    REDIS_PID=
}

redis() { redis-cli -p "$REDIS_PORT" "$@"; }
# In megabytes, as `resident` says it for the lab.
used_memory() { redis info memory | awk -F: '$1 == "used_memory" { printf "%.1f", $2 / 1048576 }'; }
