"""The portal as a Flask application keeps its sessions: Flask-Login says who is signed in, and
Flask-Session keeps the session in Redis or in files. `benches/campus flask` compares the lab with it.

Every doubt is decided in favour of this application. Users are a dictionary, not a table. The token
against forged requests lies in the session and is not signed anew for each page. The template,
`dashboard.html`, is the lab's own page with a few places left open, so there is nothing to include
and nothing to loop over.

    BENCH_SESSIONS   redis://... or a folder
    BENCH_TEMPLATES  the folder with dashboard.html
"""

import os
import secrets
import time
from datetime import timedelta

from cachelib.file import FileSystemCache
from flask import Flask, jsonify, render_template, request, session
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_session import Session
from redis import Redis
from werkzeug.security import check_password_hash, generate_password_hash

SESSIONS = os.environ["BENCH_SESSIONS"]
IDLE = timedelta(minutes=5)
ABSOLUTE = timedelta(hours=1)

app = Flask(__name__, template_folder=os.environ["BENCH_TEMPLATES"])
app.secret_key = os.environ.get("SECRET_KEY") or secrets.token_hex(32)
app.config.update(
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_HTTPONLY=True,
    SESSION_COOKIE_SAMESITE="Lax",
    # The cookie ends with the browser; the record ends when it was not used for so long.
    SESSION_PERMANENT=False,
    PERMANENT_SESSION_LIFETIME=IDLE,
    SESSION_USE_SIGNER=True,
)
if SESSIONS.startswith("redis://"):
    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=Redis.from_url(SESSIONS))
else:
    files = FileSystemCache(SESSIONS, threshold=500)
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=files)
Session(app)
app.jinja_env.keep_trailing_newline = True
logins = LoginManager(app)


class User(UserMixin):
    def __init__(self, name, password, credit):
        self.id, self.credit = name, credit
        self.password = generate_password_hash(password)


USERS = {"student123": User("student123", "password123", 1000)}


@logins.user_loader
def user(name):
    return USERS.get(name)


@app.get("/healthz")
def healthz():
    return "ok"


@app.post("/api/login")
def log_in():
    sent = request.get_json()
    found = USERS.get(sent["username"])
    if not found or not check_password_hash(found.password, sent["password"]):
        return jsonify(error="wrong user name or password"), 401
    session.clear()
    # The seeds clear the session; this gives it a new id as well.
    app.session_interface.regenerate(session)
    login_user(found)
    session["csrf"] = secrets.token_urlsafe(32)
    session["signed_in"] = int(time.time())
    return jsonify(message="signed in")


@app.get("/dashboard")
@login_required
def dashboard():
    left = session["signed_in"] + int(ABSOLUTE.total_seconds()) - int(time.time())
    if left <= 0:
        return logins.unauthorized()
    return render_template(
        "dashboard.html",
        user=current_user.id,
        credit=current_user.credit,
        csrf=session["csrf"],
        nonce=secrets.token_urlsafe(16),
        idle=int(IDLE.total_seconds()),
        absolute=left,
    )
