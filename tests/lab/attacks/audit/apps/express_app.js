// Express with cookie-session or with express-session, as their documentation begins.
const express = require("express");

const [kind, port] = process.argv.slice(2);
const app = express();
app.use(express.urlencoded({ extended: false }));
if (kind === "cookie") {
  app.use(require("cookie-session")({ name: "session", keys: ["secret"] }));
} else {
  const session = require("express-session");
  app.use(session({ secret: "keyboard cat", resave: false, saveUninitialized: true }));
}

const USERS = { alice: "wonderland", bob: "builderbob" };
const BYE = "<form method=post action=/logout><button>Sign out</button></form>";

app.get("/", (request, response) => {
  const { user } = request.session;
  response.send(user ? `<p>Welcome ${user}</p>${BYE}` : "<a href=/login>Sign in</a>");
});
app.get("/login", (request, response) => {
  response.send("<form method=post action=/login><input name=user><input type=password name=pass></form>");
});
app.post("/login", (request, response) => {
  const { user, pass } = request.body;
  if (!USERS[user] || USERS[user] !== pass) return response.status(401).send("Wrong");
  request.session.user = user;
  return response.redirect("/");
});
app.post("/logout", (request, response) => {
  if (kind === "server") return request.session.destroy(() => response.redirect("/"));
  request.session = null;
  return response.redirect("/");
});
app.listen(Number(port), "127.0.0.1");
