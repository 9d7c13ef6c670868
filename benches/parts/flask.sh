# The signed-in dashboard of the lab against that of a Flask application with Flask-Session: the same
# page, the same store, the same transport, connections kept open. Over TLS both use the lab's
# certificate; in clear the lab runs with `transport` weak, so its session work is the same.
#
# shellcheck shell=bash

FLASK_WORKERS=2
FLASK_THREADS=${FLASK_THREADS:-4}   # of each worker: without threads gunicorn keeps no connection open

VENV=${CARGO_TARGET_DIR:-$PWD/target}/bench-venv
GUNICORN_PID=
FLASK_PORT=
FLASK_COOKIE=

# Made once, and again when the list of packages changes.
make_venv() {
    cmp -s benches/flask/requirements.txt "$VENV/made-from.txt" && return
    say "Installing Flask, Flask-Session and gunicorn"
    rm -rf "$VENV"
    { python3 -m venv "$VENV" && "$VENV/bin/pip" install --quiet --disable-pip-version-check \
        -r benches/flask/requirements.txt; } > "$WORK/pip" 2>&1 ||
        give_up "the Flask application cannot be installed: $(tail -n 3 "$WORK/pip")" \
            'apt install python3-venv, and look whether PyPI can be reached'
    cp benches/flask/requirements.txt "$VENV/made-from.txt"
}

# The lab's page as a template: what changes from page to page becomes a placeholder.
make_template() {
    mkdir -p "$WORK/templates"
    grep -q '{[{%#]' "$WORK/lab.html" && give_up 'the dashboard has braces of its own' \
        'see benches/parts/flask.sh'
    sed -E 's/nonce="[^"]*"/nonce="{{ nonce }}"/g
        s/data-idle-seconds="[^"]*"/data-idle-seconds="{{ idle }}"/
        s/data-absolute-seconds="[^"]*"/data-absolute-seconds="{{ absolute }}"/
        s/(csrf_token" value=)"[^"]{43}"/\1"{{ csrf }}"/g
        s/student123/{{ user }}/g
        s/(class="money">)1000</\1{{ credit }}</' \
        "$WORK/lab.html" > "$WORK/templates/dashboard.html"
    (($(grep -o '{{ [a-z]* }}' "$WORK/templates/dashboard.html" | sort -u | wc -l) == 6)) ||
        give_up 'the dashboard has changed' 'see make_template in benches/parts/flask.sh'
}

# start_flask SESSIONS [MORE FLAGS OF GUNICORN]
start_flask() {
    local sessions=$1 tries
    shift
    rm -f "$WORK/flask.out"
    BENCH_SESSIONS=$sessions BENCH_TEMPLATES=$WORK/templates SECRET_KEY=$(printf %064d 7) \
        PYTHONWARNINGS=ignore "$VENV/bin/gunicorn" --chdir benches/flask \
        --workers "$FLASK_WORKERS" --threads "$FLASK_THREADS" --worker-class gthread \
        --keep-alive 60 --worker-tmp-dir "$WORK" --no-control-socket \
        --bind 127.0.0.1:0 "$@" app:app > "$WORK/flask.out" 2>&1 &
    own
    GUNICORN_PID=$!
    for ((tries = 0; tries < 200; tries++)); do
        [[ $(grep -cs "Booting worker" "$WORK/flask.out") == "$FLASK_WORKERS" ]] && break
        nap 0.1
    done
    FLASK_PORT=$(sed -n 's/.*Listening at: http.*:\([0-9]*\) .*/\1/p' "$WORK/flask.out")
    [[ -n $FLASK_PORT ]] || give_up "gunicorn does not start: $(tail -n 5 "$WORK/flask.out")" \
        'start it by hand'
    # The workers take requests a little after they are there.
    ask --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null "$(flask_at /healthz)" ||
        give_up "Flask does not answer: $(tail -n 5 "$WORK/flask.out")" 'start it by hand'
    FLASK_COOKIE=$(ask -o /dev/null -D - -H 'Content-Type: application/json' \
        -d '{"username":"student123","password":"password123"}' "$(flask_at /api/login)" |
        sed -n 's/^[Ss]et-[Cc]ookie: \(session=[^;]*\).*/\1/p')
    [[ -n $FLASK_COOKIE ]] || give_up "Flask's sign-in gave no cookie" 'sign in by hand'
}

FLASK_SCHEME=
flask_at() { printf '%s://localhost:%s%s' "$FLASK_SCHEME" "$FLASK_PORT" "$1"; }

# compare WHAT LAB_URL BUDGET: rounds in turns, then the ratio of the medians.
compare() {
    local what=$1 lab=$2 round url status ours theirs
    ask -b "$COOKIE" "$lab" > "$WORK/lab.html"
    ask -b "$FLASK_COOKIE" "$(flask_at /dashboard)" > "$WORK/flask.html"
    diff <(same < "$WORK/lab.html") <(same < "$WORK/flask.html") >&2 ||
        give_up "Flask's page is not the lab's" 'see make_template in benches/parts/flask.sh'
    : > "$WORK/ours" > "$WORK/theirs"
    load rate 1 "$lab" -H "Cookie: $COOKIE" > /dev/null
    load rate 1 "$(flask_at /dashboard)" -H "Cookie: $FLASK_COOKIE" > /dev/null
    for ((round = 0; round < ROUNDS; round++)); do
        load rate "$ROUND_SECONDS" "$lab" -H "Cookie: $COOKIE" >> "$WORK/ours"
        load rate "$ROUND_SECONDS" "$(flask_at /dashboard)" -H "Cookie: $FLASK_COOKIE" >> "$WORK/theirs"
    done
    for url in "$lab $COOKIE" "$(flask_at /dashboard) $FLASK_COOKIE"; do
        status=$(ask -o /dev/null -w '%{http_code}' -b "${url#* }" "${url%% *}")
        [[ $status == 200 ]] || give_up "${url%% *} answered $status" 'the session ended meanwhile'
    done
    ours=$(median < "$WORK/ours") theirs=$(median < "$WORK/theirs")
    row "dashboard, signed in, $what, lab : Flask" \
        "$(ratio "$ours" "$theirs")" '×' at-least "$3" "$(per_second "$ours" "$theirs")"
}

# compare_store NAME LAB'S-SESSIONS FLASK'S-SESSIONS BUDGET
compare_store() {
    SESSIONS_IN=$2 DATA=$WORK/flask-$1
    pick_ports
    start_lab
    wait_for_health
    VARIANT=hardened
    sign_in
    ask -b "$COOKIE" "$(PORTAL /dashboard)" > "$WORK/lab.html"
    make_template
    FLASK_SCHEME=https
    start_flask "$3" --certfile "$DATA/tls/cert.pem" --keyfile "$DATA/tls/key.pem"
    compare "$1, over TLS" "$(PORTAL /dashboard)" "$4"
    stop "$GUNICORN_PID"

    VARIANT=without-transport
    sign_in
    ask -b "$COOKIE" "$(CLEAR /dashboard)" > "$WORK/lab.html"
    make_template
    FLASK_SCHEME=http
    start_flask "$3"
    compare "$1, in clear" "$(CLEAR /dashboard)" "$4"
    stop "$GUNICORN_PID"
    VARIANT=hardened
    stop_lab
}

part_flask() {
    needs python3
    make_venv
    start_redis
    compare_store Redis "redis://127.0.0.1:$REDIS_PORT/0" "redis://127.0.0.1:$REDIS_PORT/1" 4
    stop_redis
    compare_store files file "$WORK/flask_session_files" 12
}
