"""A Flask application as its tutorial begins: in a signed cookie, or with Flask-Session on the server."""

import secrets
import sys

from flask import Flask, redirect, request, session
from werkzeug.security import check_password_hash, generate_password_hash

kind, port = sys.argv[1], int(sys.argv[2])
app = Flask(__name__)
app.secret_key = "secret123" if kind == "cookie" else secrets.token_hex(32)
if kind == "server":
    from cachelib import SimpleCache
    from flask_session import Session

    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache())
    Session(app)

USERS = {
    "alice": generate_password_hash("wonderland"),
    "bob": generate_password_hash("builderbob"),
}
FORM = "<form method=post><input name=username><input name=password type=password><button>Log in</button></form>"


@app.get("/")
def index():
    user = session.get("user")
    if user:
        return f"<h1>Hello {user}</h1><a href=/logout>Log out</a>"
    return "<a href=/login>Log in</a>"


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return FORM
    stored = USERS.get(request.form["username"])
    if stored and check_password_hash(stored, request.form["password"]):
        session["user"] = request.form["username"]
        return redirect("/")
    return "Invalid credentials", 401


@app.get("/logout")
def logout():
    session.clear()
    return redirect("/")


app.run(port=port)
