"""Flask and its extensions: what each defence's line for Flask says, done in a small application."""

import base64
import json
import secrets
import warnings
from datetime import timedelta
from unittest import mock

import flask
import flask_session
import jwt as pyjwt
from argon2 import PasswordHasher
from cachelib import SimpleCache
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import abort, render_template_string, request, session
from flask_cors import CORS
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    current_user,
    get_jwt,
    jwt_required,
    set_refresh_cookies,
)
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin, login_user
from flask_login import current_user as login_current_user
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from lines import Proofs
from werkzeug.security import check_password_hash, generate_password_hash

warnings.simplefilter("ignore")
flask_proofs = Proofs("flask")
proves = flask_proofs.proves

HTTPS = "https://app.example"
SECRET = secrets.token_hex(32)


def app(**config):
    """An application with a sign-in, a page that says who is signed in, and a sign-out."""
    made = flask.Flask("app")
    made.config.update(SECRET_KEY=SECRET, **config)

    @made.post("/login")
    def login():
        session["user"] = "alice"
        return "in"

    @made.get("/who")
    def who():
        return session.get("user", "nobody")

    @made.post("/logout")
    def logout():
        session.clear()
        return "out"

    return made


def on_server(**config):
    """The same with Flask-Session, and its store."""
    store = SimpleCache()
    made = app(SESSION_TYPE="cachelib", SESSION_CACHELIB=store, **config)
    flask_session.Session(made)
    return made, store


def client(made):
    return made.test_client()


def set_cookie(answer):
    [line] = answer.headers.getlist("Set-Cookie")
    return line


def value(line):
    return line.split(";")[0].split("=", 1)[1]


def at(seconds):
    """The clock of all libraries, this many seconds after a fixed moment."""
    return mock.patch("time.time", lambda: 1_800_000_000 + seconds)


def key_pair():
    private = ec.generate_private_key(ec.SECP256R1())
    private_pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private_pem, public_pem.decode()


def api(**config):
    """An application of Flask-JWT-Extended with one page for access tokens."""
    made = flask.Flask("api")
    made.config.update(JWT_SECRET_KEY=SECRET, **config)
    manager = JWTManager(made)

    @made.get("/me")
    @jwt_required()
    def me():
        return get_jwt()["sub"]

    @made.get("/again")
    @jwt_required(refresh=True)
    def again():
        return "again"

    return made, manager


def token(made, make=create_access_token, **more):
    with made.app_context():
        return make("alice", **more)


def status(made, bearer, path="/me"):
    return client(made).get(path, headers={"Authorization": f"Bearer {bearer}"}).status_code


@proves(
    "absolute-timeout",
    "No setting (PERMANENT_SESSION_LIFETIME moves with each request): store the time of the sign-in and "
    "check it in before_request.",
)
def _():
    import time

    made = app(PERMANENT_SESSION_LIFETIME=timedelta(seconds=60))
    limited = False

    @made.before_request
    def limit():
        session.permanent = True
        session.setdefault("since", time.time())
        if limited and time.time() - session["since"] > 100:
            session.clear()

    browser = client(made)
    with at(0):
        browser.post("/login")
    for seconds in (40, 80, 120, 160):
        with at(seconds):
            assert browser.get("/who").text == "alice", "the lifetime moves"
    limited = True
    with at(200):
        assert browser.get("/who").text == "nobody"


@proves(
    "adoption",
    "Flask-Session 0.7 or later replaces an unknown id. Flask's own session is a signed cookie and has no id.",
)
def _():
    made, _ = on_server()
    browser = client(made)
    browser.set_cookie("session", "invented")
    assert value(set_cookie(browser.post("/login"))) != "invented"


@proves("at-rest", "No setting: Flask-Session stores under SESSION_KEY_PREFIX and the id itself.")
def _():
    made, store = on_server(SESSION_KEY_PREFIX="prefix:")
    sid = value(set_cookie(client(made).post("/login")))
    assert list(store._cache) == ["prefix:" + sid]


@proves("carrier", "Sessions are read from the cookie only; nothing to set")
def _():
    made, _ = on_server()
    sid = value(set_cookie(client(made).post("/login")))
    assert client(made).get(f"/who?session={sid}").text == "nobody"
    other = client(made)
    other.set_cookie("session", sid)
    assert other.get("/who").text == "alice"


@proves("clear-site-data", """response.headers["Clear-Site-Data"] = '"cache", "storage"'""")
def _():
    made = app()

    @made.after_request
    def clear(response):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    assert client(made).post("/logout").headers["Clear-Site-Data"] == '"cache", "storage"'


@proves(
    "client-state",
    'The Flask-Session extension with SESSION_TYPE = "redis"; Flask\'s own session is a signed, readable cookie',
)
def _():
    from flask_session.redis import RedisSessionInterface

    assert RedisSessionInterface.session_class
    part = value(set_cookie(client(app()).post("/login"))).split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(part + "==")) == {"user": "alice"}
    made, _ = on_server()
    assert "alice" not in set_cookie(client(made).post("/login"))


@proves(
    "cors",
    'Sends nothing, the default. Flask-CORS: CORS(app, origins=["https://app.example"], supports_credentials=True)',
)
def _():
    header = "Access-Control-Allow-Origin"
    made = app()
    ask = lambda origin: client(made).get("/who", headers={"Origin": origin}).headers.get(header)
    assert ask("https://app.example") is None
    made = app()
    CORS(made, origins=["https://app.example"], supports_credentials=True)
    assert ask("https://app.example") == "https://app.example"
    assert ask("https://evil.example") is None


@proves(
    "csp",
    "flask-talisman: Talisman(app, content_security_policy={…}, content_security_policy_nonce_in=['script-src'])",
)
def _():
    made = app()
    Talisman(
        made,
        content_security_policy={"script-src": "'self'"},
        content_security_policy_nonce_in=["script-src"],
    )

    @made.get("/page")
    def page():
        return render_template_string("{{ csp_nonce() }}")

    answers = [client(made).get("/page", base_url=HTTPS) for _ in range(2)]
    for answer in answers:
        assert f"'nonce-{answer.text}'" in answer.headers["Content-Security-Policy"]
    assert answers[0].text != answers[1].text


@proves("csrf-token", "Flask-WTF: CSRFProtect(app), and {{ csrf_token() }} in each form")
def _():
    made = app()
    CSRFProtect(made)

    @made.get("/form")
    def form():
        return render_template_string("{{ csrf_token() }}")

    browser = client(made)
    assert browser.post("/login").status_code == 400
    sent = {"csrf_token": browser.get("/form").text}
    assert browser.post("/login", data=sent).status_code == 200
    assert generate_csrf


@proves(
    "duplicate-cookies", "No setting: in before_request, abort(400) if len(request.cookies.getlist(name)) > 1"
)
def _():
    made = app()

    @made.before_request
    def refuse():
        if len(request.cookies.getlist("session")) > 1:
            abort(400)

    plain = made.test_client(use_cookies=False)
    ask = lambda line: plain.get("/who", headers={"Cookie": line}).status_code
    assert ask("session=a") == 200
    assert ask("session=a; session=b") == 400


@proves(
    "framing", "Nothing built in: set the Content-Security-Policy header in an after_request function."
)
def _():
    made = app()
    headers = client(made).get("/who").headers
    assert "X-Frame-Options" not in headers and "Content-Security-Policy" not in headers
    made = app()

    @made.after_request
    def deny(response):
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    assert client(made).get("/who").headers["Content-Security-Policy"] == "frame-ancestors 'none'"


@proves(
    "host-prefix",
    'SESSION_COOKIE_NAME = "__Host-session", SESSION_COOKIE_SECURE = True, SESSION_COOKIE_PATH = "/", '
    "and no SESSION_COOKIE_DOMAIN",
)
def _():
    made = app(
        SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_PATH="/"
    )
    line = set_cookie(client(made).post("/login", base_url=HTTPS))
    assert line.startswith("__Host-session=") and "; Secure" in line and "; Path=/" in line
    assert "Domain" not in line


@proves("http-only", "SESSION_COOKIE_HTTPONLY = True, the default")
def _():
    assert app().config["SESSION_COOKIE_HTTPONLY"] is True
    assert "; HttpOnly" in set_cookie(client(app()).post("/login"))


@proves(
    "id-source",
    "With Flask-Session 0.6 or later: secrets.token_urlsafe(32), the default. Flask's own session is a "
    "signed cookie and has no id.",
)
def _():
    made, _ = on_server()
    with mock.patch("secrets.token_urlsafe", side_effect=lambda n: f"made-of-{n}-bytes"):
        assert value(set_cookie(client(made).post("/login"))) == "made-of-32-bytes"


@proves(
    "idle-timeout",
    "Flask-Session with SESSION_PERMANENT = False: PERMANENT_SESSION_LIFETIME = timedelta(minutes=5) is the "
    "record's lifetime in the store, and session.modified = True in before_request starts it again",
)
def _():
    made, _ = on_server(
        SESSION_PERMANENT=False, PERMANENT_SESSION_LIFETIME=timedelta(minutes=5)
    )
    touches = True

    @made.before_request
    def touch():
        session.modified = touches

    browser = client(made)
    with mock.patch("cachelib.simple.time", lambda: 0.0):
        line = set_cookie(browser.post("/login"))
        assert "Expires" not in line and "Max-Age" not in line
    for seconds in (200.0, 400.0, 600.0):
        with mock.patch("cachelib.simple.time", lambda: seconds):
            assert browser.get("/who").text == "alice"
    with mock.patch("cachelib.simple.time", lambda: 901.0):
        assert browser.get("/who").text == "nobody"


@proves(
    "json-only",
    "request.get_json() refuses other types (415 since Werkzeug 2.3); never pass force=True",
)
def _():
    made = app()
    made.add_url_rule("/json", "json", lambda: request.get_json(), methods=["POST"])
    made.add_url_rule("/force", "force", lambda: request.get_json(force=True), methods=["POST"])
    send = lambda path, kind: client(made).post(path, data="{}", content_type=kind).status_code
    assert send("/json", "text/plain") == 415
    assert send("/json", "application/json") == 200
    assert send("/force", "text/plain") == 200


@proves(
    "jwt-algorithm",
    'JWT_ALGORITHM = "ES256" and JWT_DECODE_ALGORITHMS = ["ES256"]; PyJWT refuses a PEM as an HMAC secret',
)
def _():
    private, public = key_pair()
    made, _ = api(
        JWT_ALGORITHM="ES256",
        JWT_DECODE_ALGORITHMS=["ES256"],
        JWT_PRIVATE_KEY=private,
        JWT_PUBLIC_KEY=public,
    )
    good = token(made)
    assert status(made, good) == 200
    claims = pyjwt.decode(good, options={"verify_signature": False})
    assert status(made, pyjwt.encode(claims, SECRET, "HS256")) == 422
    try:
        pyjwt.encode(claims, public, "HS256")
        raise AssertionError("a PEM was taken as a secret")
    except pyjwt.InvalidKeyError:
        pass


@proves("jwt-audience", "JWT_ENCODE_AUDIENCE and JWT_DECODE_AUDIENCE (Flask-JWT-Extended)")
def _():
    made, _ = api(JWT_ENCODE_AUDIENCE="here", JWT_DECODE_AUDIENCE="here")
    other, _ = api(JWT_ENCODE_AUDIENCE="there", JWT_DECODE_AUDIENCE="there")
    assert status(made, token(made)) == 200
    assert status(made, token(other)) == 422


@proves(
    "jwt-claims",
    "@jwt.user_lookup_loader and current_user.role; no additional_claims for rights",
)
def _():
    made, manager = api()
    roles = {"alice": "admin"}
    manager.user_lookup_loader(lambda header, claims: roles[claims["sub"]])
    made.add_url_rule("/role", "role", jwt_required()(lambda: str(current_user)))
    old = token(made)
    roles["alice"] = "student"
    answer = client(made).get("/role", headers={"Authorization": f"Bearer {old}"})
    assert answer.text == "student"
    assert "role" not in pyjwt.decode(old, options={"verify_signature": False})


@proves("jwt-crit", "PyJWT before 2.12 ignores crit: look at get_unverified_header() and refuse")
def _():
    made, _ = api()
    claims = pyjwt.decode(token(made), options={"verify_signature": False})
    crit = pyjwt.encode(claims, SECRET, "HS256", headers={"crit": ["new"], "new": 1})
    version = tuple(map(int, pyjwt.__version__.split(".")[:2]))
    assert version >= (2, 12) and status(made, crit) == 422, "from 2.12 on it refuses"


@proves("jwt-expiry", "JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15), the default; never False")
def _():
    made, _ = api()
    assert made.config["JWT_ACCESS_TOKEN_EXPIRES"] == timedelta(minutes=15)
    claims = pyjwt.decode(token(made), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert status(made, token(made, expires_delta=timedelta(seconds=-1))) == 401
    made, _ = api(JWT_ACCESS_TOKEN_EXPIRES=False)
    assert "exp" not in pyjwt.decode(token(made), options={"verify_signature": False})


@proves("jwt-issuer", "JWT_ENCODE_ISSUER and JWT_DECODE_ISSUER (Flask-JWT-Extended)")
def _():
    made, _ = api(JWT_ENCODE_ISSUER="here", JWT_DECODE_ISSUER="here")
    other, _ = api(JWT_ENCODE_ISSUER="there", JWT_DECODE_ISSUER="there")
    assert status(made, token(made)) == 200
    assert status(made, token(other)) == 422


@proves(
    "jwt-key",
    'JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"], made with python -c "import secrets; '
    'print(secrets.token_hex(32))"',
)
def _():
    assert len(bytes.fromhex(secrets.token_hex(32))) == 32
    made, _ = api()
    assert pyjwt.decode(token(made), SECRET, ["HS256"])["sub"] == "alice"


@proves(
    "jwt-key-source",
    "JWT_PUBLIC_KEY in the configuration; PyJWT ignores jwk and jku, and PyJWKClient takes a fixed address",
)
def _():
    private, public = key_pair()
    made, _ = api(JWT_ALGORITHM="ES256", JWT_PRIVATE_KEY=private, JWT_PUBLIC_KEY=public)
    claims = pyjwt.decode(token(made), options={"verify_signature": False})
    theirs, _ = key_pair()
    key = serialization.load_pem_private_key(theirs.encode(), None).public_key()
    brought = {"jwk": pyjwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True), "jku": "https://evil.example"}
    assert status(made, pyjwt.encode(claims, theirs, "ES256", headers=brought)) == 422
    assert pyjwt.PyJWKClient("https://issuer.example/jwks.json").uri == "https://issuer.example/jwks.json"


@proves("jwt-kid", '@jwt.decode_key_loader: return KEYS[header["kid"]], and let a KeyError be a 401')
def _():
    made, manager = api()
    keys = {"newest": SECRET}
    manager.decode_key_loader(lambda header, claims: keys[header["kid"]])
    made.register_error_handler(KeyError, lambda error: ("no such key", 401))
    good = token(made, additional_headers={"kid": "newest"})
    assert status(made, good) == 200
    assert status(made, token(made, additional_headers={"kid": "../../dev/null"})) == 401


@proves(
    "jwt-none",
    'JWT_DECODE_ALGORITHMS = ["HS256"] (Flask-JWT-Extended); PyJWT refuses none unless it is listed',
)
def _():
    made, _ = api(JWT_DECODE_ALGORITHMS=["HS256"])
    claims = pyjwt.decode(token(made), options={"verify_signature": False})
    unsigned = pyjwt.encode(claims, None, "none")
    assert status(made, unsigned) == 422
    try:
        pyjwt.decode(unsigned, SECRET, ["HS256"])
        raise AssertionError("none was accepted")
    except pyjwt.InvalidAlgorithmError:
        pass


@proves("jwt-not-before", "Checked by default; JWT_DECODE_LEEWAY = 0")
def _():
    made, _ = api()
    assert made.config["JWT_DECODE_LEEWAY"] == 0
    claims = pyjwt.decode(token(made), options={"verify_signature": False})
    claims["nbf"] += 60
    assert status(made, pyjwt.encode(claims, SECRET, "HS256")) == 422


@proves(
    "jwt-revocation", '@jwt.token_in_blocklist_loader: look jwt_payload["jti"] up in Redis'
)
def _():
    made, manager = api()
    denied = set()
    manager.token_in_blocklist_loader(lambda header, payload: payload["jti"] in denied)
    good = token(made)
    assert status(made, good) == 200
    denied.add(pyjwt.decode(good, options={"verify_signature": False})["jti"])
    assert status(made, good) == 401


@proves(
    "jwt-signature",
    '@jwt_required() of Flask-JWT-Extended verifies; with PyJWT never pass options={"verify_signature": False}',
)
def _():
    made, _ = api()
    good = token(made)
    edited = good.rsplit(".", 1)[0] + ".AAAA"
    assert (status(made, good), status(made, edited)) == (200, 422)
    assert pyjwt.decode(edited, options={"verify_signature": False})["sub"] == "alice"


@proves("jwt-transport", 'JWT_TOKEN_LOCATION = ["headers"], the default; never "query_string"')
def _():
    made, _ = api()
    assert list(made.config["JWT_TOKEN_LOCATION"]) == ["headers"]
    good = token(made)
    assert client(made).get(f"/me?jwt={good}").status_code == 401
    assert status(made, good) == 200


@proves(
    "jwt-type",
    '@jwt_required() refuses refresh tokens by their claim "type"; @jwt_required(refresh=True) takes them only',
)
def _():
    made, _ = api()
    access, refresh = token(made), token(made, create_refresh_token)
    assert pyjwt.decode(refresh, options={"verify_signature": False})["type"] == "refresh"
    assert (status(made, access), status(made, refresh)) == (200, 422)
    assert (status(made, access, "/again"), status(made, refresh, "/again")) == (422, 200)


@proves(
    "key-rotation",
    "@jwt.encode_key_loader for the newest key, @jwt.decode_key_loader for the one of the kid",
)
def _():
    made, manager = api()
    keys = {"old": secrets.token_hex(32), "new": secrets.token_hex(32)}
    newest = "old"
    manager.encode_key_loader(lambda identity: keys[newest])
    manager.decode_key_loader(lambda header, claims: keys[header["kid"]])
    old = token(made, additional_headers={"kid": newest})
    newest = "new"
    new = token(made, additional_headers={"kid": newest})
    assert (status(made, old), status(made, new)) == (200, 200)


@proves(
    "login-errors",
    "Nothing built in: one message for both cases, and check_password_hash against a dummy hash when the "
    "user is unknown.",
)
def _():
    dummy = generate_password_hash(secrets.token_hex())
    with mock.patch("hashlib.scrypt", wraps=__import__("hashlib").scrypt) as hashed:
        assert not check_password_hash(dummy, "guess")
        assert hashed.call_count == 1, "the same work as for a user"


@proves("no-store", "response.cache_control.no_store = True, in after_request")
def _():
    made = app()

    @made.after_request
    def keep_out(response):
        response.cache_control.no_store = True
        return response

    assert client(made).get("/who").headers["Cache-Control"] == "no-store"


@proves("output", "Jinja escapes in .html templates, the default; avoid |safe and Markup()")
def _():
    made = app()
    with made.app_context():
        assert made.select_jinja_autoescape("page.html") is True
        assert made.select_jinja_autoescape("page.txt") is False
        assert render_template_string("{{ x }}", x="<b>") == "&lt;b&gt;"
        assert render_template_string("{{ x|safe }}", x="<b>") == "<b>"


@proves(
    "password-storage",
    "argon2-cffi: PasswordHasher().hash(password); Werkzeug's generate_password_hash uses scrypt",
)
def _():
    assert PasswordHasher().hash("password").startswith("$argon2id$")
    assert generate_password_hash("password").startswith("scrypt:")


@proves(
    "persistence",
    "session.permanent = False, the default; with Flask-Session also SESSION_PERMANENT = False",
)
def _():
    lasting = lambda line: "Expires=" in line or "Max-Age=" in line
    assert not lasting(set_cookie(client(app()).post("/login")))
    made, _ = on_server(SESSION_PERMANENT=False)
    assert not lasting(set_cookie(client(made).post("/login")))
    made, _ = on_server()
    assert lasting(set_cookie(client(made).post("/login"))), "Flask-Session's default"


@proves(
    "referrer",
    "Nothing built in: response.headers['Referrer-Policy'] = 'same-origin' in an after_request function.",
)
def _():
    made = app()
    assert "Referrer-Policy" not in client(made).get("/who").headers
    made = app()

    @made.after_request
    def policy(response):
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    assert client(made).get("/who").headers["Referrer-Policy"] == "same-origin"


@proves(
    "refresh-rotation",
    "Nothing built in: put the jti of the used token on the blocklist and issue create_refresh_token() anew",
)
def _():
    made, manager = api()
    used = set()
    manager.token_in_blocklist_loader(lambda header, payload: payload["jti"] in used)

    @made.post("/refresh")
    @jwt_required(refresh=True)
    def refresh():
        used.add(get_jwt()["jti"])
        return create_refresh_token("alice")

    def send(bearer):
        return client(made).post("/refresh", headers={"Authorization": f"Bearer {bearer}"})

    first = token(made, create_refresh_token)
    assert status(made, first, "/again") == 200 and status(made, first, "/again") == 200, "by default"
    second = send(first)
    assert second.status_code == 200 and send(first).status_code == 401
    assert send(second.text).status_code == 200


@proves(
    "request-origin",
    "Nothing built in: compare both headers in a before_request function and call abort(403).",
)
def _():
    made = app()
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client(made).post("/login", headers=foreign).status_code == 200
    made = app()

    @made.before_request
    def refuse():
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site")
        if origin not in (None, HTTPS) or site not in (None, "same-origin", "none"):
            abort(403)

    assert client(made).post("/login", headers=foreign).status_code == 403
    own = {"Origin": HTTPS, "Sec-Fetch-Site": "same-origin"}
    assert client(made).post("/login", headers=own).status_code == 200


@proves(
    "role-source",
    "Flask-Login: current_user.role, loaded from the database at each request by the user_loader",
)
def _():
    made = app()
    manager = LoginManager(made)
    roles = {"alice": "admin"}

    class User(UserMixin):
        id = "alice"

        @property
        def role(self):
            return roles[self.id]

    loaded = []
    manager.user_loader(lambda id: loaded.append(id) or User())
    made.add_url_rule("/sign-in", "sign_in", lambda: str(login_user(User())), methods=["POST"])
    made.add_url_rule("/role", "role", lambda: login_current_user.role)
    browser = client(made)
    browser.post("/sign-in")
    assert browser.get("/role").text == "admin"
    roles["alice"] = "student"
    assert browser.get("/role").text == "student" and loaded == ["alice", "alice"]


@proves(
    "rotation",
    "With Flask-Session 0.7 or later: app.session_interface.regenerate(session). Flask's own session is a "
    "signed cookie and has no id to renew.",
)
def _():
    made, _ = on_server()

    @made.post("/rotate")
    def rotate():
        made.session_interface.regenerate(session)
        return "rotated"

    browser = client(made)
    old = value(set_cookie(browser.post("/login")))
    new = value(set_cookie(browser.post("/rotate")))
    assert old != new and browser.get("/who").text == "alice"
    thief = client(made)
    thief.set_cookie("session", old)
    assert thief.get("/who").text == "nobody"
    assert not hasattr(app().session_interface, "regenerate")


@proves("safe-methods", '@app.post("/transfer"); Flask obeys no _method field')
def _():
    made = app()
    done = []
    made.post("/transfer")(lambda: done.append(1) or "done")
    made.add_url_rule("/only-get", "only_get", lambda: request.method)
    assert client(made).get("/transfer?_method=POST").status_code == 405 and not done
    assert client(made).post("/only-get", data={"_method": "GET"}).status_code == 405


@proves("same-site", 'SESSION_COOKIE_SAMESITE = "Lax" (by default the attribute is absent)')
def _():
    assert "SameSite" not in set_cookie(client(app()).post("/login"))
    made = app(SESSION_COOKIE_SAMESITE="Lax")
    assert "; SameSite=Lax" in set_cookie(client(made).post("/login"))


@proves("secure", "SESSION_COOKIE_SECURE = True (the default is False)")
def _():
    assert "; Secure" not in set_cookie(client(app()).post("/login"))
    made = app(SESSION_COOKIE_SECURE=True)
    assert "; Secure" in set_cookie(client(made).post("/login", base_url=HTTPS))


@proves(
    "sessions-on-password-change",
    "No setting: keep a number in the account and in the session, raise it with the password, and compare "
    "the two on each request.",
)
def _():
    made = app()
    account = {"number": 1}

    @made.before_request
    def compare():
        if session.setdefault("number", account["number"]) != account["number"]:
            session.clear()

    intruder = client(made)
    intruder.post("/login")
    assert intruder.get("/who").text == "alice"
    account["number"] = 2
    assert intruder.get("/who").text == "nobody"


@proves(
    "sign-out",
    "With Flask-Session: session.clear(), which deletes the record. Flask's own session is a signed cookie: "
    "a copy stays valid after session.clear().",
)
def _():
    def copied_cookie_after_sign_out(made):
        browser = client(made)
        copy = value(set_cookie(browser.post("/login")))
        browser.post("/logout")
        thief = client(made)
        thief.set_cookie("session", copy)
        return thief.get("/who").text

    made, store = on_server()
    assert copied_cookie_after_sign_out(made) == "nobody" and not store._cache
    assert copied_cookie_after_sign_out(app()) == "alice"


@proves(
    "signing-key",
    'SECRET_KEY from the environment, made with python -c "import secrets; print(secrets.token_hex())"',
)
def _():
    assert len(bytes.fromhex(secrets.token_hex())) == 32
    browser = client(app())
    copy = value(set_cookie(browser.post("/login")))
    other = app()
    other.config["SECRET_KEY"] = secrets.token_hex()
    thief = client(other)
    thief.set_cookie("session", copy)
    assert thief.get("/who").text == "nobody"


@proves(
    "throttle",
    'Flask-Limiter: @limiter.limit("5/minute", key_func=account_name, deduct_when=lambda r: r.status_code '
    "== 401), with account_name your own function",
)
def _():
    made = app()
    account_name = lambda: request.form["username"]
    limiter = Limiter(account_name, app=made, storage_uri="memory://")

    @made.post("/sign-in")
    @limiter.limit("5/minute", key_func=account_name, deduct_when=lambda r: r.status_code == 401)
    def sign_in():
        return ("in", 200) if request.form["password"] == "right" else ("no", 401)

    def send(user, password):
        form = {"username": user, "password": password}
        return client(made).post("/sign-in", data=form).status_code

    assert [send("alice", "right") for _ in range(7)] == [200] * 7
    assert [send("alice", "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert send("bob", "right") == 200


@proves(
    "token-storage",
    'JWT_TOKEN_LOCATION = ["headers", "cookies"], set_refresh_cookies(), JWT_COOKIE_SECURE = True',
)
def _():
    made, _ = api(JWT_TOKEN_LOCATION=["headers", "cookies"], JWT_COOKIE_SECURE=True)

    @made.post("/sign-in")
    def sign_in():
        answer = flask.jsonify(access=create_access_token("alice"))
        set_refresh_cookies(answer, create_refresh_token("alice"))
        return answer

    answer = client(made).post("/sign-in", base_url=HTTPS)
    [line] = [x for x in answer.headers.getlist("Set-Cookie") if x.startswith("refresh_token_cookie")]
    assert "; HttpOnly" in line and "; Secure" in line
    assert "refresh" not in answer.json


@proves(
    "transport",
    "Nothing built in: redirect in the proxy, or use flask-talisman, which redirects pages and sends HSTS.",
)
def _():
    assert client(app()).get("/who").status_code == 200
    made = app()
    Talisman(made)
    answer = client(made).get("/who")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("https://")
    header = client(made).get("/who", base_url=HTTPS).headers["Strict-Transport-Security"]
    assert "max-age=31556926" in header


if __name__ == "__main__":
    flask_proofs.run()
