"""Starlette's sessions, with a sign-in for scripts."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

USERS = {"alice": "wonderland", "bob": "builderbob"}


async def home(request):
    user = request.session.get("user")
    if user:
        return HTMLResponse(f"<p>Signed in as {user}</p><a href=/signout>Sign out</a>")
    return HTMLResponse("<p>Welcome, stranger</p>")


async def login(request):
    sent = await request.json()
    if USERS.get(sent.get("username")) == sent.get("password"):
        request.session["user"] = sent["username"]
        return JSONResponse({"ok": True})
    return JSONResponse({"error": "Invalid credentials"}, status_code=401)


async def sign_out(request):
    request.session.clear()
    return RedirectResponse("/")


app = Starlette(
    routes=[
        Route("/", home),
        Route("/api/login", login, methods=["POST"]),
        Route("/signout", sign_out),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key="secret")],
)
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
