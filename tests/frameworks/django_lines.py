"""Django and its packages: what each defence's line for Django says, done in a small application."""

import contextlib
import json
import os
import secrets
import tempfile
import time
import warnings
from datetime import timedelta
from unittest import mock

import django
import jwt as pyjwt
from django.conf import settings
from lines import Proofs

warnings.simplefilter("ignore")
SECRET = secrets.token_hex(32)
folder = tempfile.TemporaryDirectory()
settings.configure(
    SECRET_KEY=SECRET,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder.name, "db")}
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "corsheaders",
        "rest_framework",
        "rest_framework_simplejwt.token_blacklist",
        "axes",
    ],
    # The default of a new project, without what needs its own templates.
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "corsheaders.middleware.CorsMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_TZ=True,
    AXES_ENABLED=False,
)
django.setup()

from django.contrib.auth import (  # noqa: E402
    authenticate,
    get_user_model,
    login,
    logout,
    update_session_auth_hash,
)
from django.contrib.auth.decorators import permission_required  # noqa: E402
from django.contrib.auth.forms import AuthenticationForm  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.checks.security.base import check_secret_key  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import Client, RequestFactory, override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.cache import cache_control, never_cache  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import (  # noqa: E402
    JWTAuthentication,
    JWTStatelessUserAuthentication,
)
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken  # noqa: E402
from rest_framework_simplejwt.views import TokenRefreshView  # noqa: E402

call_command("migrate", verbosity=0)
User = get_user_model()
HTTPS = {"secure": True, "HTTP_HOST": "app.example"}

django_proofs = Proofs("django")
proves = django_proofs.proves


def user():
    """A new user with the password `right`."""
    return User.objects.create_user("user-" + secrets.token_hex(8), password="right")


@csrf_exempt
def sign_in(request):
    login(request, User.objects.get(username=request.POST["username"]))
    return HttpResponse("in")


@csrf_exempt
def sign_out(request):
    logout(request)
    return HttpResponse("out")


def who(request):
    return HttpResponse(request.user.get_username() or "nobody")


def form(request):
    return HttpResponse(Template("{% csrf_token %}").render(Context({"csrf_token": get_token(request)})))


def get_token(request):
    from django.middleware.csrf import get_token

    return get_token(request)


@csrf_exempt
@require_POST
def transfer(request):
    return HttpResponse(request.method)


class Me(APIView):
    authentication_classes = [JWTAuthentication]

    def get(self, request):
        return Response(request.user.get_username(), status=200 if request.user.pk else 401)


class Believed(Me):
    authentication_classes = [JWTStatelessUserAuthentication]

    def get(self, request):
        return Response(request.auth.get("role"))


urlpatterns = [
    path("in", sign_in),
    path("out", sign_out),
    path("who", who),
    path("form", form),
    path("checked", lambda request: HttpResponse("done")),
    path("transfer", transfer),
    path("never", never_cache(who)),
    path("no-store", cache_control(no_store=True)(who)),
    path("staff", permission_required("auth.add_user", raise_exception=True)(who)),
    path("me", Me.as_view()),
    path("believed", Believed.as_view()),
    path("refresh", TokenRefreshView.as_view()),
]


def signed_in(someone, **more):
    browser = Client()
    answer = browser.post("/in", {"username": someone.username}, **more)
    return browser, answer


def cookie(answer, name="sessionid"):
    return answer.cookies[name]


def with_session(key, path="/who", **more):
    return Client().get(path, HTTP_COOKIE=f"sessionid={key}", **more).content.decode()


def at(seconds):
    """The clock of the sessions, this many seconds from now."""
    from django.utils import timezone

    real = timezone.now
    return mock.patch("django.utils.timezone.now", lambda: real() + timedelta(seconds=seconds))


def bearer(token, path="/me"):
    return Client().get(path, HTTP_AUTHORIZATION=f"Bearer {token}")


def claims_of(token):
    return pyjwt.decode(str(token), options={"verify_signature": False})


def middleware(make):
    """A middleware made from a function that may answer instead of the view."""

    def factory(get_response):
        return lambda request: make(request) or get_response(request)

    return factory


def with_middleware(name):
    return override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.{name}"])


since = {"limit": 100, "now": 0}


def absolute(request):
    if request.user.is_authenticated:
        first = request.session.setdefault("since", since["now"])
        if since["now"] - first > since["limit"]:
            logout(request)


absolute_middleware = middleware(absolute)


@proves(
    "absolute-timeout",
    "No setting (SESSION_COOKIE_AGE counts from the last save): store the time of the sign-in and check it in "
    "a middleware.",
)
def _():
    someone = user()
    with override_settings(SESSION_COOKIE_AGE=60, SESSION_SAVE_EVERY_REQUEST=True):
        with with_middleware("absolute_middleware"):
            browser, _ = signed_in(someone)
            since.update(limit=10_000)
            for seconds in (0, 40, 80, 120):
                since["now"] = seconds
                with at(seconds):
                    assert browser.get("/who").content.decode() == someone.username, "it moves"
            since.update(limit=100, now=150)
            with at(150):
                assert browser.get("/who").content == b"nobody"


@proves("adoption", "An unknown session key is dropped and a new one made; nothing to set")
def _():
    invented = "a" * 32
    browser = Client()
    browser.cookies["sessionid"] = invented
    answer = browser.post("/in", {"username": user().username})
    assert cookie(answer).value != invented
    assert not Session.objects.filter(session_key=invented).exists()


@proves(
    "at-rest",
    "No setting: the session key is stored as it is; your own SESSION_ENGINE can hash it.",
)
def _():
    _, answer = signed_in(user())
    assert Session.objects.filter(session_key=cookie(answer).value).exists()


@proves("carrier", "Sessions are read from the cookie only; nothing to set")
def _():
    someone = user()
    _, answer = signed_in(someone)
    key = cookie(answer).value
    assert Client().get(f"/who?sessionid={key}").content == b"nobody"
    assert with_session(key) == someone.username


@proves("clear-site-data", """response.headers["Clear-Site-Data"] = '"cache", "storage"'""")
def _():
    response = HttpResponse()
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    assert b'Clear-Site-Data: "cache", "storage"' in response.serialize_headers()


@proves(
    "client-state",
    'SESSION_ENGINE = "django.contrib.sessions.backends.db", the default; signed_cookies is the other',
)
def _():
    from django.conf import global_settings

    assert global_settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    someone = user()
    _, answer = signed_in(someone)
    assert len(cookie(answer).value) == 32
    with override_settings(
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        MIDDLEWARE=list(settings.MIDDLEWARE),
    ):
        _, answer = signed_in(someone)
        assert len(cookie(answer).value) > 100, "the data itself"


@proves(
    "cors",
    "Sends nothing, the default. django-cors-headers: CORS_ALLOWED_ORIGINS, never CORS_ALLOW_ALL_ORIGINS with "
    "CORS_ALLOW_CREDENTIALS",
)
def _():
    ask = lambda origin: Client().get("/who", HTTP_ORIGIN=origin).headers.get("Access-Control-Allow-Origin")
    assert ask("https://app.example") is None
    with override_settings(CORS_ALLOWED_ORIGINS=["https://app.example"]):
        assert ask("https://app.example") == "https://app.example"
        assert ask("https://evil.example") is None
    with override_settings(CORS_ALLOW_ALL_ORIGINS=True, CORS_ALLOW_CREDENTIALS=True):
        assert ask("https://evil.example") == "https://evil.example"


@proves(
    "csp",
    'Since 6.0: ContentSecurityPolicyMiddleware and SECURE_CSP = {"script-src": [CSP.NONCE], …}; before that '
    "the django-csp package",
)
def _():
    if django.VERSION >= (6, 0):
        from django.utils.csp import CSP

        policy = override_settings(
            SECURE_CSP={"script-src": [CSP.NONCE]},
            MIDDLEWARE=["django.middleware.csp.ContentSecurityPolicyMiddleware", *settings.MIDDLEWARE],
        )
        with policy:
            assert "script-src" in Client().get("/who").headers["Content-Security-Policy"]
    else:
        assert not hasattr(settings, "SECURE_CSP"), "this one is older"


@proves(
    "csrf-token",
    "CsrfViewMiddleware, in the default MIDDLEWARE, and {% csrf_token %} in each form; CSRF_USE_SESSIONS = "
    "True keeps the secret in the session instead of a cookie",
)
def _():
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/checked").status_code == 403
    answer = browser.get("/form")
    assert "csrftoken" in answer.cookies
    token = answer.content.decode().split('value="')[1].split('"')[0]
    assert browser.post("/checked", {"csrfmiddlewaretoken": token}).status_code == 200
    with override_settings(CSRF_USE_SESSIONS=True):
        browser = Client(enforce_csrf_checks=True)
        answer = browser.get("/form")
        assert "csrftoken" not in answer.cookies and "sessionid" in answer.cookies
        token = answer.content.decode().split('value="')[1].split('"')[0]
        assert browser.post("/checked", {"csrfmiddlewaretoken": token}).status_code == 200


@proves(
    "duplicate-cookies",
    'No setting, and the last wins: count the name in request.META["HTTP_COOKIE"] in a middleware.',
)
def _():
    request = RequestFactory().get("/", HTTP_COOKIE="sessionid=first; sessionid=last")
    assert request.COOKIES["sessionid"] == "last"
    assert request.META["HTTP_COOKIE"].count("sessionid=") == 2


@proves(
    "framing",
    'XFrameOptionsMiddleware sends X-Frame-Options: DENY, the default; since 6.0 also SECURE_CSP = '
    '{"frame-ancestors": [CSP.NONE]}',
)
def _():
    assert Client().get("/who").headers["X-Frame-Options"] == "DENY"
    if django.VERSION >= (6, 0):
        from django.utils.csp import CSP

        policy = override_settings(
            SECURE_CSP={"frame-ancestors": [CSP.NONE]},
            MIDDLEWARE=["django.middleware.csp.ContentSecurityPolicyMiddleware", *settings.MIDDLEWARE],
        )
        with policy:
            assert "frame-ancestors 'none'" in Client().get("/who").headers["Content-Security-Policy"]


@proves(
    "host-prefix",
    'SESSION_COOKIE_NAME = "__Host-sessionid", SESSION_COOKIE_SECURE = True, and no SESSION_COOKIE_DOMAIN',
)
def _():
    with override_settings(SESSION_COOKIE_NAME="__Host-sessionid", SESSION_COOKIE_SECURE=True):
        _, answer = signed_in(user(), **HTTPS)
    line = cookie(answer, "__Host-sessionid")
    assert line["secure"] is True and line["path"] == "/" and not line["domain"]


@proves("http-only", "SESSION_COOKIE_HTTPONLY = True, the default")
def _():
    assert settings.SESSION_COOKIE_HTTPONLY is True
    _, answer = signed_in(user())
    assert cookie(answer)["httponly"] is True


@proves("id-source", "32 random letters and digits, about 165 bits; nothing to set")
def _():
    from django.contrib.sessions.backends.base import VALID_KEY_CHARS

    _, answer = signed_in(user())
    key = cookie(answer).value
    assert len(key) == 32 and set(key) <= set(VALID_KEY_CHARS) and len(VALID_KEY_CHARS) == 36
    assert 165 < 32 * 5.1699 < 166, "32 times log2(36)"


@proves("idle-timeout", "SESSION_COOKIE_AGE = 300 and SESSION_SAVE_EVERY_REQUEST = True")
def _():
    someone = user()
    idle = override_settings(
        SESSION_COOKIE_AGE=300, SESSION_SAVE_EVERY_REQUEST=True, SESSION_EXPIRE_AT_BROWSER_CLOSE=True
    )
    with idle:
        browser, answer = signed_in(someone)
        assert not cookie(answer)["max-age"], "the record ends, and the cookie has no date"
        for seconds in (200, 400, 600):
            with at(seconds):
                assert browser.get("/who").content.decode() == someone.username
        with at(901):
            assert browser.get("/who").content == b"nobody"


@proves(
    "json-only",
    "No JSON parser built in: test request.content_type == 'application/json' before "
    "json.loads(request.body).",
)
def _():
    send = lambda kind: RequestFactory().post("/", data='{"a": 1}', content_type=kind)
    assert send("application/json; charset=utf-8").content_type == "application/json"
    assert send("text/plain").content_type == "text/plain"
    assert json.loads(send("text/plain").body) == {"a": 1}, "without the test anything is read"


@contextlib.contextmanager
def simple_jwt(**more):
    """`SIMPLE_JWT` with these settings, in every module that has read it already."""
    from rest_framework_simplejwt import authentication, serializers, settings, tokens, views

    with contextlib.ExitStack() as changes:
        for module in (authentication, serializers, settings, tokens, views):
            for name, value in more.items():
                changes.enter_context(mock.patch.object(module.api_settings, name, value))
        yield


def key_pair():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    return (
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


def backend(algorithm="HS256", signing=SECRET, verifying="", **more):
    """The part of Simple JWT that signs and verifies, with these settings."""
    from rest_framework_simplejwt.backends import TokenBackend

    return TokenBackend(algorithm, signing, verifying, **more)


def refused(decode):
    from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError

    try:
        decode()
    except (TokenBackendError, TokenError, pyjwt.PyJWTError):
        return True
    return False


@proves("jwt-algorithm", 'SIMPLE_JWT = {"ALGORITHM": "ES256", "VERIFYING_KEY": pem}')
def _():
    private, public = key_pair()
    one = backend("ES256", private, public)
    assert one.decode(one.encode({"sub": "alice"}))["sub"] == "alice"
    other = pyjwt.encode({"sub": "alice"}, SECRET, "HS256")
    assert refused(lambda: one.decode(other))


@proves("jwt-audience", 'SIMPLE_JWT = {"AUDIENCE": "https://api.example"}')
def _():
    here, there = backend(audience="https://api.example"), backend(audience="https://other.example")
    assert here.decode(here.encode({"sub": "alice"}))["aud"] == "https://api.example"
    assert refused(lambda: here.decode(there.encode({"sub": "alice"})))


@proves(
    "jwt-claims",
    "Simple JWT: JWTAuthentication loads the user; JWTStatelessUserAuthentication believes the token",
)
def _():
    someone = user()
    token = AccessToken.for_user(someone)
    token["role"] = "admin"
    assert bearer(token).json() == someone.username
    assert bearer(token, "/believed").json() == "admin"
    someone.delete()
    assert bearer(token).status_code == 401
    assert bearer(token, "/believed").json() == "admin"


@proves("jwt-crit", "Simple JWT uses PyJWT: see Flask")
def _():
    import rest_framework_simplejwt.backends as backends

    assert backends.jwt is pyjwt
    crit = pyjwt.encode({"sub": "alice"}, SECRET, "HS256", headers={"crit": ["new"], "new": 1})
    assert refused(lambda: backend().decode(crit)), "PyJWT 2.12 and newer"


@proves("jwt-expiry", 'SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(minutes=5)}, the default')
def _():
    token = AccessToken.for_user(user())
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] == 5 * 60
    token.set_exp(lifetime=timedelta(seconds=-1))
    assert bearer(token).status_code == 401


@proves("jwt-issuer", 'SIMPLE_JWT = {"ISSUER": "https://portal.example"}')
def _():
    here, there = backend(issuer="https://portal.example"), backend(issuer="https://other.example")
    assert here.decode(here.encode({"sub": "alice"}))["iss"] == "https://portal.example"
    assert refused(lambda: here.decode(there.encode({"sub": "alice"})))


@proves(
    "jwt-key",
    'SIMPLE_JWT = {"SIGNING_KEY": os.environ["JWT_KEY"]}; its default is SECRET_KEY, so set another',
)
def _():
    token = str(AccessToken.for_user(user()))
    assert pyjwt.decode(token, settings.SECRET_KEY, ["HS256"]), "the default"
    other = secrets.token_hex(32)
    with simple_jwt(SIGNING_KEY=other):
        from rest_framework_simplejwt.settings import api_settings

        assert api_settings.SIGNING_KEY == other


@proves("jwt-key-source", 'SIMPLE_JWT = {"JWK_URL": "https://issuer.example/jwks.json"}: a fixed address')
def _():
    one = backend("ES256", jwk_url="https://issuer.example/jwks.json")
    assert one.jwks_client.uri == "https://issuer.example/jwks.json"
    private, _ = key_pair()
    brought = pyjwt.encode(
        {"sub": "alice"}, private, "ES256", headers={"jku": "https://evil.example", "kid": "x"}
    )
    asked = []
    nothing = lambda: asked.append(one.jwks_client.uri) or {"keys": []}
    with mock.patch.object(one.jwks_client, "fetch_data", nothing):
        assert refused(lambda: one.decode(brought))
    assert set(asked) == {"https://issuer.example/jwks.json"}, asked


@proves("jwt-kid", 'Simple JWT knows one key; with PyJWT: KEYS[jwt.get_unverified_header(t)["kid"]]')
def _():
    keys = {"one": SECRET}
    token = pyjwt.encode({"sub": "alice"}, SECRET, "HS256", headers={"kid": "one"})
    key = keys[pyjwt.get_unverified_header(token)["kid"]]
    assert pyjwt.decode(token, key, ["HS256"])["sub"] == "alice"
    other = pyjwt.encode({"sub": "alice"}, SECRET, "HS256", headers={"kid": "../../dev/null"})
    assert pyjwt.get_unverified_header(other)["kid"] not in keys


@proves("jwt-none", 'SIMPLE_JWT = {"ALGORITHM": "HS256"}; nothing else is accepted')
def _():
    unsigned = pyjwt.encode(claims_of(AccessToken.for_user(user())), None, "none")
    assert bearer(unsigned).status_code == 401
    longer = pyjwt.encode({"sub": "alice"}, SECRET, "HS512")
    assert refused(lambda: backend().decode(longer))


@proves("jwt-not-before", "Simple JWT checks nbf where it is present, with PyJWT; LEEWAY = 0")
def _():
    from rest_framework_simplejwt.settings import api_settings

    assert api_settings.LEEWAY == 0
    early = backend().encode({"sub": "alice", "nbf": int(time.time()) + 60})
    assert refused(lambda: backend().decode(early))
    assert backend().decode(backend().encode({"sub": "alice"}))["sub"] == "alice"


@proves(
    "jwt-revocation",
    "Simple JWT: rest_framework_simplejwt.token_blacklist for refresh tokens, CHECK_REVOKE_TOKEN = True for "
    "passwords",
)
def _():
    someone = user()
    refresh = RefreshToken.for_user(someone)
    refresh.blacklist()
    assert refused(lambda: RefreshToken(str(refresh)))
    with simple_jwt(CHECK_REVOKE_TOKEN=True):
        token = AccessToken.for_user(someone)
        assert bearer(token).status_code == 200
        someone.set_password("new")
        someone.save()
        assert bearer(token).status_code == 401


@proves("jwt-signature", "Simple JWT: JWTAuthentication in DEFAULT_AUTHENTICATION_CLASSES verifies")
def _():
    token = str(AccessToken.for_user(user()))
    assert bearer(token).status_code == 200
    assert bearer(token.rsplit(".", 1)[0] + ".AAAA").status_code == 401


@proves("jwt-transport", "Simple JWT reads the header only")
def _():
    token = str(AccessToken.for_user(user()))
    assert Client().get(f"/me?token={token}&access_token={token}").status_code == 401
    browser = Client()
    browser.cookies["access_token"] = token
    assert browser.get("/me").status_code == 401
    assert bearer(token).status_code == 200


@proves("jwt-type", 'Simple JWT compares the claim "token_type", TOKEN_TYPE_CLAIM')
def _():
    refresh = RefreshToken.for_user(user())
    assert claims_of(refresh)["token_type"] == "refresh"
    assert bearer(refresh).status_code == 401


@proves("key-rotation", "SIMPLE_JWT knows one key; JWK_URL lets the issuer rotate, found by kid")
def _():
    private, public = key_pair()
    jwk = pyjwt.algorithms.ECAlgorithm.to_jwk(
        pyjwt.algorithms.ECAlgorithm(pyjwt.algorithms.ECAlgorithm.SHA256).prepare_key(public), as_dict=True
    )
    published = json.dumps({"keys": [{**jwk, "kid": "newest", "use": "sig", "alg": "ES256"}]}).encode()
    answer = mock.MagicMock()
    answer.__enter__.return_value.read.return_value = published
    answer.__enter__.return_value.__iter__.return_value = iter([published])
    one = backend("ES256", jwk_url="https://issuer.example/jwks.json")
    token = pyjwt.encode({"sub": "alice"}, private, "ES256", headers={"kid": "newest"})
    with mock.patch.object(one.jwks_client, "fetch_data", lambda: json.loads(published)):
        assert one.decode(token)["sub"] == "alice"


@proves(
    "login-errors",
    "authenticate() hashes for unknown users and AuthenticationForm has one message, the default",
)
def _():
    someone = user()
    with mock.patch("django.contrib.auth.base_user.make_password", wraps=make_password) as hashed:
        assert authenticate(username="nobody-here", password="x") is None
        assert hashed.call_count == 1
    errors = [
        AuthenticationForm(data={"username": name, "password": "wrong"}).errors.as_json()
        for name in (someone.username, "nobody-here")
    ]
    assert errors[0] == errors[1] and "__all__" in errors[0]


@proves("no-store", "@never_cache, or @cache_control(no_store=True)")
def _():
    for page in ("/never", "/no-store"):
        assert "no-store" in Client().get(page).headers["Cache-Control"]
    assert "Cache-Control" not in Client().get("/who").headers


@proves("output", "Templates escape, the default; avoid |safe and mark_safe()")
def _():
    from django.utils.safestring import mark_safe

    render = lambda text, x: Template(text).render(Context({"x": x}))
    assert render("{{ x }}", "<b>") == "&lt;b&gt;"
    assert render("{{ x|safe }}", "<b>") == "<b>" == render("{{ x }}", mark_safe("<b>"))


@proves(
    "password-storage",
    "PASSWORD_HASHERS with Argon2PasswordHasher first (pip install django[argon2]); the default is PBKDF2",
)
def _():
    assert make_password("password").startswith("pbkdf2_sha256$")
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        assert make_password("password").startswith("argon2$argon2id$")


@proves(
    "persistence",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE = True (by default the cookie is kept for two weeks)",
)
def _():
    _, answer = signed_in(user())
    assert cookie(answer)["max-age"] == 14 * 24 * 60 * 60
    with override_settings(SESSION_EXPIRE_AT_BROWSER_CLOSE=True):
        _, answer = signed_in(user())
    assert not cookie(answer)["max-age"] and not cookie(answer)["expires"]


@proves("referrer", 'SECURE_REFERRER_POLICY = "same-origin", the default')
def _():
    assert Client().get("/who").headers["Referrer-Policy"] == "same-origin"


@proves(
    "refresh-rotation",
    'SIMPLE_JWT = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}; it does not end the family',
)
def _():
    with simple_jwt(ROTATE_REFRESH_TOKENS=True, BLACKLIST_AFTER_ROTATION=True):
        send = lambda token: Client().post("/refresh", {"refresh": str(token)})
        first = RefreshToken.for_user(user())
        answer = send(first)
        second = answer.json()["refresh"]
        assert second != str(first)
        assert send(first).status_code == 401, "used twice"
        assert send(second).status_code == 200, "the family goes on"


@proves(
    "request-origin",
    "CsrfViewMiddleware compares Origin with the request's own and CSRF_TRUSTED_ORIGINS (since 4.0), besides "
    "its token",
)
def _():
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/form", **HTTPS)
    token = page.content.decode().split('value="')[1].split('"')[0]
    send = lambda origin: browser.post(
        "/checked", {"csrfmiddlewaretoken": token}, HTTP_ORIGIN=origin, **HTTPS
    ).status_code
    assert send("https://app.example") == 200
    assert send("https://evil.example") == 403, "with the right token"
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://partner.example"]):
        browser = Client(enforce_csrf_checks=True)
        page = browser.get("/form", **HTTPS)
        token = page.content.decode().split('value="')[1].split('"')[0]
        assert send("https://partner.example") == 200


@proves(
    "role-source",
    "request.user.is_staff or @permission_required, read from the database, the default",
)
def _():
    someone = user()
    browser, _ = signed_in(someone)
    assert browser.get("/staff").status_code == 403
    User.objects.filter(pk=someone.pk).update(is_superuser=True)
    assert browser.get("/staff").status_code == 200, "in the same session"


@proves("rotation", "django.contrib.auth.login() calls request.session.cycle_key()")
def _():
    browser = Client()
    with override_settings(CSRF_USE_SESSIONS=True):
        before = cookie(browser.get("/form")).value
    someone = user()
    after = cookie(browser.post("/in", {"username": someone.username})).value
    assert before != after
    assert with_session(before) == "nobody" and with_session(after) == someone.username
    assert not Session.objects.filter(session_key=before).exists()


@proves("safe-methods", "@require_POST on the view; Django obeys no _method field")
def _():
    assert Client().get("/transfer").status_code == 405
    assert Client().get("/transfer?_method=POST").status_code == 405
    assert Client().post("/transfer", {"_method": "DELETE"}).content == b"POST"


@proves("same-site", 'SESSION_COOKIE_SAMESITE = "Lax", the default')
def _():
    _, answer = signed_in(user())
    assert cookie(answer)["samesite"] == "Lax"


@proves("secure", "SESSION_COOKIE_SECURE = True (the default is False)")
def _():
    _, answer = signed_in(user())
    assert not cookie(answer)["secure"]
    with override_settings(SESSION_COOKIE_SECURE=True):
        _, answer = signed_in(user(), **HTTPS)
    assert cookie(answer)["secure"] is True


@proves(
    "sessions-on-password-change",
    "Built in, since the session holds a hash of the password's hash; update_session_auth_hash(request, user) "
    "keeps the current session",
)
def _():
    someone = user()
    intruder, _ = signed_in(someone)
    own, _ = signed_in(someone)
    someone.set_password("new")
    someone.save()
    request = RequestFactory().post("/")
    request.session, request.user = own.session, someone
    update_session_auth_hash(request, someone)
    request.session.save()
    assert intruder.get("/who").content == b"nobody"
    assert with_session(request.session.session_key) == someone.username


@proves("sign-out", "django.contrib.auth.logout(request)")
def _():
    browser, answer = signed_in(user())
    copy = cookie(answer).value
    out = browser.post("/out")
    assert cookie(out).value == "" and cookie(out)["max-age"] == 0
    assert with_session(copy) == "nobody"
    assert not Session.objects.filter(session_key=copy).exists()


@proves(
    "signing-key",
    'SECRET_KEY = os.environ["SECRET_KEY"]; SECRET_KEY_FALLBACKS for the old ones; manage.py check --deploy '
    "warns of a weak one",
)
def _():
    from django.core import signing

    with override_settings(SECRET_KEY="old"):
        signed = signing.dumps("alice")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert signing.loads(signed) == "alice"
    with override_settings(SECRET_KEY="new"):
        try:
            signing.loads(signed)
            raise AssertionError("an old key verified")
        except signing.BadSignature:
            pass
        assert [warning.id for warning in check_secret_key(None)] == ["security.W009"]
    assert check_secret_key(None) == []


@proves(
    "throttle",
    "Nothing built in; the django-axes package counts failures by account, but locks when the limit is reached.",
)
def _():
    someone = user()
    locks = override_settings(
        AXES_ENABLED=True,
        AXES_FAILURE_LIMIT=5,
        AXES_LOCKOUT_PARAMETERS=["username"],
        AUTHENTICATION_BACKENDS=[
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
    )

    def attempt(password):
        request = RequestFactory().post("/", {"username": someone.username})
        return authenticate(request, username=someone.username, password=password)

    for _ in range(6):
        assert attempt("wrong") is None
    assert attempt("right") == someone, "nothing built in"
    with locks:
        assert attempt("right") == someone
        for _ in range(5):
            attempt("wrong")
        assert attempt("right") is None, "locked, also for the owner"


@proves(
    "token-storage",
    "Nothing in Simple JWT: a view that sets the refresh token with response.set_cookie(httponly=True)",
)
def _():
    from rest_framework_simplejwt.views import TokenObtainPairView

    request = RequestFactory().post(
        "/", {"username": user().username, "password": "right"}, content_type="application/json"
    )
    answer = TokenObtainPairView.as_view()(request)
    assert "refresh" in answer.data and not answer.cookies
    response = HttpResponse()
    response.set_cookie("refresh", answer.data["refresh"], httponly=True)
    assert response.cookies["refresh"]["httponly"] is True


@proves(
    "transport",
    "SECURE_SSL_REDIRECT = True, SECURE_HSTS_SECONDS = 31536000, SECURE_HSTS_INCLUDE_SUBDOMAINS = True",
)
def _():
    with override_settings(
        SECURE_SSL_REDIRECT=True,
        SECURE_HSTS_SECONDS=31536000,
        SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    ):
        answer = Client().get("/who", HTTP_HOST="app.example")
        assert answer.status_code == 301 and answer.headers["Location"] == "https://app.example/who"
        header = Client().get("/who", **HTTPS).headers["Strict-Transport-Security"]
        assert header == "max-age=31536000; includeSubDomains"


if __name__ == "__main__":
    django_proofs.run()
