// Express and its packages: what each defence's line for Express says, done in a small application.
//
// Packages are found in the folder where this is run, because `run` installs them there.

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { request as send } from "node:http";
import { pathToFileURL } from "node:url";

const here = createRequire(process.cwd() + "/package.json");
const load = async (name) => {
  const found = await import(pathToFileURL(here.resolve(name)));
  return found.default ?? found;
};
const express = await load("express");
const session = await load("express-session");
const cookieSession = await load("cookie-session");
const helmet = await load("helmet");
const cors = await load("cors");
const jwt = await load("jsonwebtoken");
const jose = await import(pathToFileURL(here.resolve("jose")));
const { expressjwt } = await import(pathToFileURL(here.resolve("express-jwt")));
const { rateLimit } = await import(pathToFileURL(here.resolve("express-rate-limit")));
const { RedisStore } = await import(pathToFileURL(here.resolve("connect-redis")));
const argon2 = await load("argon2");
const ejs = await load("ejs");
const pug = await load("pug");
const passport = await load("passport");
const passportJwt = await load("passport-jwt");
const jwksRsa = await load("jwks-rsa");

const SECRET = randomBytes(32).toString("hex");
const proofs = new Map();
const proves = (defence, line, proof) => proofs.set(defence, { line, proof });

/** The lines of all defences for Express. */
function lines() {
  const folder = new URL("../../src/defences/", import.meta.url);
  const found = new Map();
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(new URL(name, folder), "utf8");
    const line = /^ +express: "((?:[^"\\]|\\[^])*)",$/m.exec(text);
    if (line) {
      const plain = line[1].replace(/\\\n\s*/g, "").replace(/\\(["\\])/g, "$1");
      found.set(name.replace(/\.rs$/, "").replaceAll("_", "-"), plain);
    }
  }
  return found;
}

/** Sends a request to an application and gives status, headers, and text. */
async function ask(app, method, path, { headers = {}, body } = {}) {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  try {
    return await new Promise((done, failed) => {
      const options = { host: "127.0.0.1", port: server.address().port, method, path, headers };
      const request = send(options, (answer) => {
        let text = "";
        answer.on("data", (piece) => (text += piece));
        answer.on("end", () =>
          done({ status: answer.statusCode, headers: answer.headers, raw: answer.rawHeaders, text }));
      });
      request.on("error", failed);
      request.end(body);
    });
  } finally {
    server.close();
  }
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** A sign-in, a page that says who is signed in, and a sign-out, on sessions with these options. */
function application(options = {}, before = []) {
  const app = express();
  app.set("trust proxy", 1);
  for (const one of before) app.use(one);
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false, ...options }));
  app.post("/login", (req, res) => {
    req.session.user = "alice";
    res.send("in");
  });
  app.get("/who", (req, res) => res.send(req.session.user ?? "nobody"));
  app.post("/rotate", (req, res) => {
    req.session.regenerate(() => {
      req.session.user = "alice";
      res.send("rotated");
    });
  });
  app.post("/logout", (req, res) => req.session.destroy(() => {
    res.clearCookie("connect.sid", { path: "/" });
    res.send("out");
  }));
  return app;
}

const TLS = { "x-forwarded-proto": "https" };
const setCookie = (answer) => answer.headers["set-cookie"]?.[0];
const pair = (answer) => setCookie(answer).split(";")[0];
const signIn = async (app, headers = {}) => await ask(app, "POST", "/login", { headers });
const who = async (app, cookie) => (await ask(app, "GET", "/who", { headers: { cookie } })).text;
const id = (cookie) => decodeURIComponent(cookie.split("=")[1]).slice(2).split(".")[0];

function page(...handlers) {
  const app = express();
  app.use(...handlers, (req, res) => res.send("page"));
  return app;
}

const pems = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return [
    privateKey.export({ type: "pkcs8", format: "pem" }),
    publicKey.export({ type: "spki", format: "pem" }),
  ];
};

proves(
  "absolute-timeout",
  "No setting: store the time of the sign-in in req.session and check it in a middleware.",
  async () => {
    let now = 0;
    const app = express();
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    app.use((req, res, next) => {
      req.session.since ??= now;
      if (now - req.session.since > 100) return req.session.destroy(() => res.send("over"));
      next();
    });
    app.use((req, res) => res.send("open"));
    const cookie = pair(await ask(app, "GET", "/"));
    const at = async (time) => {
      now = time;
      return (await ask(app, "GET", "/", { headers: { cookie } })).text;
    };
    assert.deepEqual([await at(50), await at(100), await at(101)], ["open", "open", "over"]);
  },
);

proves("adoption", "express-session replaces an unknown id; nothing to set", async () => {
  const app = application();
  const known = pair(await signIn(app));
  // Another application with the same secret does not know this id.
  const other = application();
  const answer = await ask(other, "POST", "/login", { headers: { cookie: known } });
  assert.notEqual(id(pair(answer)), id(known));
});

proves(
  "at-rest",
  "No setting: wrap the store so that get, set, touch and destroy hash the id.",
  async () => {
    const store = new session.MemoryStore();
    const cookie = pair(await signIn(application({ store })));
    assert.deepEqual(Object.keys(store.sessions), [id(cookie)]);
    const hashing = new session.MemoryStore();
    for (const verb of ["get", "set", "touch", "destroy"]) {
      const plain = hashing[verb].bind(hashing);
      hashing[verb] = (sid, ...rest) =>
        plain(createHash("sha256").update(sid).digest("base64url"), ...rest);
    }
    const app = application({ store: hashing });
    const hashed = pair(await signIn(app));
    assert.ok(!Object.keys(hashing.sessions).includes(id(hashed)));
    assert.equal(await who(app, hashed), "alice");
  },
);

proves("carrier", "express-session reads the cookie only; nothing to set", async () => {
  const app = application();
  const cookie = pair(await signIn(app));
  assert.equal((await ask(app, "GET", "/who?" + cookie)).text, "nobody");
  assert.equal(await who(app, cookie), "alice");
});

proves("clear-site-data", `res.set("Clear-Site-Data", '"cache", "storage"')`, async () => {
  const app = page((req, res, next) => {
    res.set("Clear-Site-Data", '"cache", "storage"');
    next();
  });
  assert.equal((await ask(app, "GET", "/")).headers["clear-site-data"], '"cache", "storage"');
});

proves(
  "client-state",
  "express-session with a store such as connect-redis; cookie-session is the signed cookie",
  async () => {
    const app = express();
    app.use(cookieSession({ secret: SECRET }));
    app.use((req, res) => {
      req.session.user = "alice";
      res.send("in");
    });
    const value = pair(await ask(app, "GET", "/")).split("=").slice(1).join("=");
    assert.deepEqual(JSON.parse(Buffer.from(value, "base64").toString()), { user: "alice" });
    assert.ok(!setCookie(await signIn(application())).includes("alice"));
    assert.ok(new RedisStore({ client: fakeRedis() }) instanceof session.Store);
  },
);

proves(
  "cors",
  'Sends nothing, the default. cors({ origin: ["https://app.example"], credentials: true }); origin: true reflects',
  async () => {
    const allowed = async (app, origin) =>
      (await ask(app, "GET", "/", { headers: { origin } })).headers["access-control-allow-origin"];
    assert.equal(await allowed(page(), "https://app.example"), undefined);
    const listed = page(cors({ origin: ["https://app.example"], credentials: true }));
    assert.equal(await allowed(listed, "https://app.example"), "https://app.example");
    assert.equal(await allowed(listed, "https://evil.example"), undefined);
    const reflecting = page(cors({ origin: true, credentials: true }));
    assert.equal(await allowed(reflecting, "https://evil.example"), "https://evil.example");
  },
);

proves(
  "csp",
  "helmet({ contentSecurityPolicy: { directives: { scriptSrc: [(req, res) => `'nonce-${res.locals.nonce}'`] } } }), with the nonce made in a middleware before it",
  async () => {
    const app = page(
      (req, res, next) => {
        res.locals.nonce = randomBytes(16).toString("base64");
        res.set("X-Nonce", res.locals.nonce);
        next();
      },
      helmet({
        contentSecurityPolicy: {
          directives: { scriptSrc: [(req, res) => `'nonce-${res.locals.nonce}'`] },
        },
      }),
    );
    const [one, two] = [await ask(app, "GET", "/"), await ask(app, "GET", "/")];
    const sent = `script-src 'nonce-${one.headers["x-nonce"]}'`;
    assert.ok(one.headers["content-security-policy"].includes(sent));
    assert.notEqual(one.headers["x-nonce"], two.headers["x-nonce"]);
  },
);

proves(
  "csrf-token",
  "Nothing built in, and the csurf package is deprecated. Keep a random value in the session, write it into the form, compare it with crypto.timingSafeEqual.",
  async () => {
    const app = express();
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    app.use(express.urlencoded());
    app.get("/form", (req, res) => {
      req.session.token ??= randomBytes(32).toString("base64url");
      res.send(req.session.token);
    });
    app.post("/transfer", (req, res) => {
      const [sent, own] = [req.body?.token ?? "", req.session.token ?? ""].map(Buffer.from);
      const right = own.length > 0 && sent.length === own.length && timingSafeEqual(sent, own);
      res.sendStatus(right ? 200 : 403);
    });
    const form = await ask(app, "GET", "/form");
    const headers = { ...FORM, cookie: pair(form) };
    const transfer = async (token) =>
      (await ask(app, "POST", "/transfer", { headers, body: "token=" + token })).status;
    assert.deepEqual([await transfer(form.text), await transfer("x"), await transfer("")], [200, 403, 403]);
  },
);

proves(
  "duplicate-cookies",
  "No setting, and the first wins: count the name in req.headers.cookie in a middleware.",
  async () => {
    const app = application();
    const [mine, theirs] = [pair(await signIn(app)), "connect.sid=s%3Ainvented.x"];
    assert.equal(await who(app, `${mine}; ${theirs}`), "alice");
    assert.equal(await who(app, `${theirs}; ${mine}`), "nobody");
    const counting = page((req, res, next) => {
      const count = (req.headers.cookie ?? "").split(";").filter((one) => one.trim().startsWith("connect.sid="));
      if (count.length > 1) return res.sendStatus(400);
      next();
    });
    const headers = { cookie: `${mine}; ${theirs}` };
    assert.equal((await ask(counting, "GET", "/", { headers })).status, 400);
  },
);

proves(
  "framing",
  `helmet({ contentSecurityPolicy: { directives: { frameAncestors: ["'none'"] } } }); helmet's default is 'self'`,
  async () => {
    const policy = async (app) => (await ask(app, "GET", "/")).headers["content-security-policy"];
    const none = helmet({ contentSecurityPolicy: { directives: { frameAncestors: ["'none'"] } } });
    assert.ok((await policy(page(none))).includes("frame-ancestors 'none'"));
    assert.ok((await policy(page(helmet()))).includes("frame-ancestors 'self'"));
  },
);

proves(
  "host-prefix",
  'session({ name: "__Host-sid", cookie: { secure: true, path: "/" } })',
  async () => {
    const app = application({ name: "__Host-sid", cookie: { secure: true, path: "/" } });
    const line = setCookie(await signIn(app, TLS));
    assert.match(line, /^__Host-sid=.*; Path=\/;.*Secure/);
    assert.doesNotMatch(line, /Domain/);
  },
);

proves("http-only", "session({ cookie: { httpOnly: true } }), the default of express-session", async () => {
  assert.match(setCookie(await signIn(application())), /; HttpOnly/);
});

proves(
  "id-source",
  "express-session makes 24 random bytes by default; keep the genid option unset",
  async () => {
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push(id(pair(await signIn(application()))));
    for (const one of ids) assert.equal(Buffer.from(one, "base64url").length, 24);
    assert.equal(new Set(ids).size, 3);
  },
);

/** What connect-redis needs of a client, with a clock. */
function fakeRedis(clock = { now: 0 }) {
  const kept = new Map();
  const alive = (key) => (kept.get(key)?.until > clock.now ? kept.get(key) : undefined);
  return {
    clock,
    kept,
    isOpen: true,
    async get(key) {
      return alive(key)?.value ?? null;
    },
    async set(key, value, { expiration }) {
      kept.set(key, { value, until: clock.now + expiration.value });
    },
    async expire(key, seconds) {
      if (alive(key)) kept.get(key).until = clock.now + seconds;
      return 1;
    },
    async del(keys) {
      for (const key of [keys].flat()) kept.delete(key);
    },
  };
}

proves(
  "idle-timeout",
  "connect-redis: new RedisStore({ client, ttl: 300 }) and no cookie.maxAge; each request starts the ttl again",
  async () => {
    const client = fakeRedis();
    const app = application({ store: new RedisStore({ client, ttl: 300 }) });
    const first = await signIn(app);
    assert.doesNotMatch(setCookie(first), /Expires|Max-Age/i);
    for (const now of [200, 400, 600]) {
      client.clock.now = now;
      assert.equal(await who(app, pair(first)), "alice");
    }
    client.clock.now = 901;
    assert.equal(await who(app, pair(first)), "nobody");
  },
);

proves(
  "json-only",
  "express.json() leaves other types unread, the default; answer 415 where req.is('application/json') is false",
  async () => {
    const app = express();
    app.use(express.json());
    app.post("/", (req, res) =>
      req.is("application/json") ? res.json(req.body) : res.status(415).send(String(req.body)));
    const post = (kind) => ask(app, "POST", "/", { headers: { "content-type": kind }, body: '{"a":1}' });
    assert.equal((await post("application/json")).text, '{"a":1}');
    const plain = await post("text/plain");
    assert.deepEqual([plain.status, plain.text], [415, "undefined"]);
  },
);

const throws = (call) => assert.throws(call, (error) => error instanceof Error);

proves(
  "jwt-algorithm",
  'jwt.verify(token, publicKey, { algorithms: ["ES256"] }): one list for each key',
  () => {
    const [privateKey, publicKey] = pems();
    const algorithms = ["ES256"];
    const good = jwt.sign({ sub: "alice" }, privateKey, { algorithm: "ES256" });
    assert.equal(jwt.verify(good, publicKey, { algorithms }).sub, "alice");
    throws(() => jwt.verify(jwt.sign({ sub: "alice" }, SECRET), publicKey, { algorithms }));
  },
);

const algorithms = ["HS256"];

proves(
  "jwt-audience",
  'jwt.verify(token, key, { algorithms, audience: "https://api.example" })',
  () => {
    const audience = "https://api.example";
    const to = (audience) => jwt.sign({ sub: "alice" }, SECRET, { audience });
    assert.ok(jwt.verify(to(audience), SECRET, { algorithms, audience }));
    throws(() => jwt.verify(to("https://other.example"), SECRET, { algorithms, audience }));
    throws(() => jwt.verify(jwt.sign({ sub: "alice" }, SECRET), SECRET, { algorithms, audience }));
  },
);

proves("jwt-claims", "jwt.sign({ sub: user.id }, key), and load the user in the middleware", async () => {
  const users = new Map([["1", { role: "admin" }]]);
  const app = express();
  app.use(expressjwt({ secret: SECRET, algorithms }));
  app.use((req, res) => res.send(users.get(req.auth.sub).role));
  const authorization = "Bearer " + jwt.sign({ sub: "1" }, SECRET);
  const role = async () => (await ask(app, "GET", "/", { headers: { authorization } })).text;
  assert.equal(await role(), "admin");
  users.get("1").role = "student";
  assert.equal(await role(), "student");
});

proves(
  "jwt-crit",
  "jose refuses by default, extensions are named in the option crit; jsonwebtoken ignores it",
  async () => {
    const header = { alg: "HS256", crit: ["new"], new: 1 };
    const token = jwt.sign({ sub: "alice" }, SECRET, { header });
    assert.equal(jwt.verify(token, SECRET, { algorithms }).sub, "alice");
    const key = new TextEncoder().encode(SECRET);
    await assert.rejects(jose.jwtVerify(token, key));
    assert.ok(await jose.jwtVerify(token, key, { crit: { new: true } }));
  },
);

proves(
  "jwt-expiry",
  'jwt.sign(claims, key, { expiresIn: "15m" }); verify checks exp where it is there, so ask for maxAge too',
  () => {
    const token = jwt.sign({ sub: "alice" }, SECRET, { expiresIn: "15m" });
    const { iat, exp } = jwt.decode(token);
    assert.equal(exp - iat, 15 * 60);
    throws(() => jwt.verify(token, SECRET, { algorithms, clockTimestamp: exp }));
    const endless = jwt.sign({ sub: "alice", iat: 1 }, SECRET);
    assert.ok(jwt.verify(endless, SECRET, { algorithms }));
    throws(() => jwt.verify(endless, SECRET, { algorithms, maxAge: "15m" }));
  },
);

proves(
  "jwt-issuer",
  'jwt.verify(token, key, { algorithms, issuer: "https://portal.example" })',
  () => {
    const issuer = "https://portal.example";
    const by = (issuer) => jwt.sign({ sub: "alice" }, SECRET, { issuer });
    assert.ok(jwt.verify(by(issuer), SECRET, { algorithms, issuer }));
    throws(() => jwt.verify(by("https://other.example"), SECRET, { algorithms, issuer }));
  },
);

proves(
  "jwt-key",
  'jwt.sign(claims, Buffer.from(process.env.JWT_KEY, "base64")), 32 random bytes',
  () => {
    process.env.JWT_KEY = randomBytes(32).toString("base64");
    const key = Buffer.from(process.env.JWT_KEY, "base64");
    assert.equal(key.length, 32);
    assert.ok(jwt.verify(jwt.sign({ sub: "alice" }, key), key, { algorithms }));
  },
);

proves(
  "jwt-key-source",
  "jwks-rsa or jose's createRemoteJWKSet with a fixed URL; never one from the header",
  async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const token = await new jose.SignJWT({ sub: "alice" })
      .setProtectedHeader({ alg: "ES256", kid: "x", jku: "https://evil.example/jwks.json" })
      .sign(privateKey);
    const asked = [];
    const keys = jose.createRemoteJWKSet(new URL("https://issuer.example/jwks.json"), {
      [jose.customFetch]: async (url) => {
        asked.push(String(url));
        return new Response('{"keys":[]}', { status: 200 });
      },
    });
    await assert.rejects(jose.jwtVerify(token, keys));
    assert.deepEqual(asked, ["https://issuer.example/jwks.json"]);
    assert.equal(typeof jwksRsa({ jwksUri: "https://issuer.example/jwks.json" }).getSigningKey, "function");
  },
);

/** Verifies with a function that looks the key up. */
const verifyBy = (token, look) =>
  new Promise((done, failed) =>
    jwt.verify(token, look, { algorithms }, (error, claims) => (error ? failed(error) : done(claims))));

proves(
  "jwt-kid",
  "jwt.verify(token, (header, done) => done(null, keys.get(header.kid))), with a Map",
  async () => {
    const keys = new Map([["one", SECRET]]);
    const look = (header, done) => done(null, keys.get(header.kid));
    const named = (keyid) => jwt.sign({ sub: "alice" }, SECRET, { keyid });
    assert.equal((await verifyBy(named("one"), look)).sub, "alice");
    await assert.rejects(verifyBy(named("__proto__"), look));
  },
);

proves(
  "jwt-none",
  'jwt.verify(token, key, { algorithms: ["HS256"] }): always give the list',
  () => {
    const unsigned = jwt.sign({ sub: "alice" }, "", { algorithm: "none" });
    throws(() => jwt.verify(unsigned, SECRET, { algorithms }));
  },
);

proves(
  "jwt-not-before",
  "jwt.verify checks nbf by default; never pass ignoreNotBefore: true",
  () => {
    const early = jwt.sign({ sub: "alice" }, SECRET, { notBefore: "1h" });
    throws(() => jwt.verify(early, SECRET, { algorithms }));
    assert.ok(jwt.verify(early, SECRET, { algorithms, ignoreNotBefore: true }));
  },
);

proves(
  "jwt-revocation",
  "express-jwt: the option isRevoked: async (req, token) => denied.has(token.payload.jti)",
  async () => {
    const denied = new Set();
    const isRevoked = async (req, token) => denied.has(token.payload.jti);
    const app = page(expressjwt({ secret: SECRET, algorithms, isRevoked }));
    const authorization = "Bearer " + jwt.sign({ jti: "1" }, SECRET);
    const status = async () => (await ask(app, "GET", "/", { headers: { authorization } })).status;
    assert.equal(await status(), 200);
    denied.add("1");
    assert.equal(await status(), 401);
  },
);

proves(
  "jwt-signature",
  'jwt.verify(token, key, { algorithms: ["HS256"] }) of jsonwebtoken; jwt.decode() verifies nothing',
  () => {
    const edited = jwt.sign({ sub: "alice" }, SECRET).replace(/[^.]*$/, "AAAA");
    throws(() => jwt.verify(edited, SECRET, { algorithms }));
    assert.equal(jwt.decode(edited).sub, "alice");
  },
);

proves(
  "jwt-transport",
  "express-jwt reads the header by default; passport-jwt: ExtractJwt.fromAuthHeaderAsBearerToken()",
  async () => {
    const app = page(expressjwt({ secret: SECRET, algorithms }));
    const token = jwt.sign({ sub: "alice" }, SECRET);
    assert.equal((await ask(app, "GET", `/?token=${token}&access_token=${token}`)).status, 401);
    const headers = { authorization: "Bearer " + token };
    assert.equal((await ask(app, "GET", "/", { headers })).status, 200);
    const read = passportJwt.ExtractJwt.fromAuthHeaderAsBearerToken();
    assert.equal(read({ headers, url: "/" }), token);
    assert.equal(read({ headers: {}, url: `/?token=${token}`, query: { token } }), null);
  },
);

proves(
  "jwt-type",
  'jose: jwtVerify(token, key, { typ: "at+jwt" }); jsonwebtoken: compare header.typ of { complete: true }',
  async () => {
    const key = new TextEncoder().encode(SECRET);
    const typed = (typ) => jwt.sign({ sub: "alice" }, SECRET, { header: { alg: "HS256", typ } });
    assert.ok(await jose.jwtVerify(typed("at+jwt"), key, { typ: "at+jwt" }));
    await assert.rejects(jose.jwtVerify(typed("refresh+jwt"), key, { typ: "at+jwt" }));
    const { header } = jwt.verify(typed("refresh+jwt"), SECRET, { algorithms, complete: true });
    assert.equal(header.typ, "refresh+jwt");
  },
);

proves(
  "key-rotation",
  "jwt.sign(claims, newest.key, { keyid: newest.kid }); verify with a Map of the keys that count",
  async () => {
    const keys = new Map(["old", "new"].map((kid) => [kid, randomBytes(32)]));
    const look = (header, done) => done(null, keys.get(header.kid));
    const [old, fresh] = ["old", "new"].map((kid) => jwt.sign({ sub: "alice" }, keys.get(kid), { keyid: kid }));
    assert.ok((await verifyBy(old, look)) && (await verifyBy(fresh, look)));
    keys.delete("old");
    await assert.rejects(verifyBy(old, look));
    assert.ok(await verifyBy(fresh, look));
  },
);

proves(
  "login-errors",
  "Nothing built in: one message for both cases, and argon2.verify against a dummy hash when the user is unknown.",
  async () => {
    const dummy = await argon2.hash(randomBytes(32).toString("hex"));
    const users = new Map([["alice", await argon2.hash("right")]]);
    const signIn = async (name, password) => {
      const right = await argon2.verify(users.get(name) ?? dummy, password);
      return right && users.has(name) ? "in" : "Wrong user name or password.";
    };
    assert.equal(await signIn("alice", "wrong"), await signIn("nobody", "wrong"));
    assert.equal(await signIn("alice", "right"), "in");
  },
);

proves("no-store", 'res.set("Cache-Control", "no-store")', async () => {
  const app = page((req, res, next) => next(res.set("Cache-Control", "no-store") && undefined));
  assert.equal((await ask(app, "GET", "/")).headers["cache-control"], "no-store");
});

proves(
  "output",
  "Use the template engine's escaping form: <%= text %> in EJS (not <%- %>), #{text} in Pug (not !{text})",
  () => {
    const text = "<b>";
    assert.equal(ejs.render("<%= text %>", { text }), "&lt;b&gt;");
    assert.equal(ejs.render("<%- text %>", { text }), "<b>");
    assert.equal(pug.render("p #{text}", { text }), "<p>&lt;b&gt;</p>");
    assert.equal(pug.render("p !{text}", { text }), "<p><b></p>");
  },
);

proves(
  "password-storage",
  "The argon2 package: await argon2.hash(password), Argon2id by default",
  async () => {
    assert.match(await argon2.hash("password"), /^\$argon2id\$/);
  },
);

proves(
  "persistence",
  "session({ cookie: {} }) without maxAge and expires, the default",
  async () => {
    assert.doesNotMatch(setCookie(await signIn(application({ cookie: {} }))), /Expires|Max-Age/i);
    const lasting = application({ cookie: { maxAge: 60000 } });
    assert.match(setCookie(await signIn(lasting)), /Expires/);
  },
);

proves(
  "referrer",
  "helmet({ referrerPolicy: { policy: 'same-origin' } }); helmet's default is no-referrer",
  async () => {
    const policy = async (app) => (await ask(app, "GET", "/")).headers["referrer-policy"];
    const own = helmet({ referrerPolicy: { policy: "same-origin" } });
    assert.deepEqual([await policy(page(own)), await policy(page(helmet()))], ["same-origin", "no-referrer"]);
  },
);

proves(
  "refresh-rotation",
  "oidc-provider: rotateRefreshToken; else keep the family and its newest jti in the database",
  async () => {
    const grant = new URL("actions/grants/refresh_token.js", pathToFileURL(here.resolve("oidc-provider")));
    assert.match(readFileSync(grant, "utf8"), /rotateRefreshToken/);
    const families = new Map([["family", "1"]]);
    const refresh = (family, jti) => {
      if (families.get(family) !== jti) {
        families.delete(family);
        return undefined;
      }
      families.set(family, jti + "'");
      return families.get(family);
    };
    const second = refresh("family", "1");
    assert.equal(refresh("family", "1"), undefined, "used twice");
    assert.equal(refresh("family", second), undefined, "and the family has ended");
  },
);

proves(
  "request-origin",
  "Nothing built in: a middleware before the routes that compares both headers and answers 403.",
  async () => {
    const own = "https://app.example";
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    assert.equal((await ask(page(), "POST", "/", { headers })).status, 200);
    const app = page((req, res, next) => {
      const { origin = own, "sec-fetch-site": site = "same-origin" } = req.headers;
      if (origin !== own || !["same-origin", "none"].includes(site)) return res.sendStatus(403);
      next();
    });
    assert.equal((await ask(app, "POST", "/", { headers })).status, 403);
    const good = { origin: own, "sec-fetch-site": "same-origin" };
    assert.equal((await ask(app, "POST", "/", { headers: good })).status, 200);
  },
);

proves(
  "role-source",
  "Passport: req.user.role, loaded from the database at each request by deserializeUser",
  async () => {
    const users = new Map([["1", { id: "1", role: "admin" }]]);
    const authenticator = new passport.Passport();
    authenticator.serializeUser((user, done) => done(null, user.id));
    authenticator.deserializeUser((key, done) => done(null, { ...users.get(key) }));
    const app = express();
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    app.use(authenticator.session());
    app.post("/login", (req, res, next) =>
      req.login(users.get("1"), (error) => (error ? next(error) : res.send("in"))));
    app.get("/role", (req, res) => res.send(req.user?.role ?? "nobody"));
    const cookie = pair(await ask(app, "POST", "/login"));
    const role = async () => (await ask(app, "GET", "/role", { headers: { cookie } })).text;
    assert.equal(await role(), "admin");
    users.get("1").role = "student";
    assert.equal(await role(), "student");
  },
);

proves("rotation", "req.session.regenerate(callback) before storing the user", async () => {
  const app = application();
  const before = pair(await signIn(app));
  const after = pair(await ask(app, "POST", "/rotate", { headers: { cookie: before } }));
  assert.notEqual(id(before), id(after));
  assert.deepEqual([await who(app, before), await who(app, after)], ["nobody", "alice"]);
});

proves(
  "safe-methods",
  "app.post('/transfer', …), and no method-override middleware",
  async () => {
    const app = express();
    app.post("/transfer", (req, res) => res.send("done"));
    assert.equal((await ask(app, "GET", "/transfer")).status, 404);
    const hidden = { ...FORM, "x-http-method-override": "POST" };
    assert.equal((await ask(app, "GET", "/transfer?_method=POST", { headers: hidden })).status, 404);
    const overriding = express();
    overriding.use((await load("method-override"))("_method", { methods: ["GET", "POST"] }));
    overriding.post("/transfer", (req, res) => res.send("done"));
    assert.equal((await ask(overriding, "GET", "/transfer?_method=POST")).status, 200);
  },
);

proves(
  "same-site",
  'session({ cookie: { sameSite: "lax" } }) (by default it is absent)',
  async () => {
    assert.doesNotMatch(setCookie(await signIn(application())), /SameSite/);
    assert.match(setCookie(await signIn(application({ cookie: { sameSite: "lax" } }))), /; SameSite=Lax/);
  },
);

proves(
  "secure",
  "session({ cookie: { secure: true } }); behind a proxy also app.set('trust proxy', 1)",
  async () => {
    assert.doesNotMatch(setCookie(await signIn(application())), /Secure/);
    const app = application({ cookie: { secure: true } });
    assert.match(setCookie(await signIn(app, TLS)), /; Secure/);
    app.set("trust proxy", false);
    assert.equal(setCookie(await signIn(app, TLS)), undefined, "no cookie at all");
  },
);

proves(
  "sessions-on-password-change",
  "No setting: keep a number in the account and in req.session, raise it with the password, and compare the two on each request.",
  async () => {
    const account = { number: 1 };
    const app = express();
    app.use(session({ secret: SECRET, resave: false, saveUninitialized: false }));
    app.use((req, res) => {
      req.session.number ??= account.number;
      res.send(req.session.number === account.number ? "open" : "over");
    });
    const cookie = pair(await ask(app, "GET", "/"));
    const open = async () => (await ask(app, "GET", "/", { headers: { cookie } })).text;
    assert.equal(await open(), "open");
    account.number = 2;
    assert.equal(await open(), "over");
  },
);

proves(
  "sign-out",
  "req.session.destroy(callback), and res.clearCookie(name, options) with the options it was set with",
  async () => {
    const app = application();
    const cookie = pair(await signIn(app));
    const out = await ask(app, "POST", "/logout", { headers: { cookie } });
    assert.match(setCookie(out), /^connect\.sid=; Path=\/; Expires=Thu, 01 Jan 1970/);
    assert.equal(await who(app, cookie), "nobody");
  },
);

proves(
  "signing-key",
  "session({ secret: process.env.SESSION_SECRET }); an array lets old keys verify while a new one signs",
  async () => {
    const store = new session.MemoryStore();
    const old = pair(await signIn(application({ store, secret: "old" })));
    assert.equal(await who(application({ store, secret: ["new", "old"] }), old), "alice");
    assert.equal(await who(application({ store, secret: "new" }), old), "nobody");
    const fresh = pair(await signIn(application({ store, secret: ["new", "old"] })));
    assert.equal(await who(application({ store, secret: "new" }), fresh), "alice");
  },
);

proves(
  "throttle",
  "express-rate-limit: rateLimit({ windowMs: 60000, limit: 5, keyGenerator: req => req.body.username, skipSuccessfulRequests: true })",
  async () => {
    const app = express();
    app.use(express.urlencoded());
    app.use(
      rateLimit({
        windowMs: 60000,
        limit: 5,
        keyGenerator: (req) => req.body.username,
        skipSuccessfulRequests: true,
      }),
    );
    app.post("/", (req, res) => res.sendStatus(req.body.password === "right" ? 200 : 401));
    const attempt = async (name, password) =>
      (await ask(app, "POST", "/", { headers: FORM, body: `username=${name}&password=${password}` })).status;
    for (let n = 0; n < 7; n += 1) assert.equal(await attempt("alice", "right"), 200);
    const wrong = [];
    for (let n = 0; n < 6; n += 1) wrong.push(await attempt("alice", "wrong"));
    assert.deepEqual(wrong, [401, 401, 401, 401, 401, 429]);
    assert.equal(await attempt("bob", "right"), 200);
  },
);

proves(
  "token-storage",
  'res.cookie("__Host-refresh", token, { httpOnly: true, secure: true, sameSite: "strict", path: "/" })',
  async () => {
    const app = express();
    app.get("/", (req, res) => {
      res.cookie("__Host-refresh", "t", { httpOnly: true, secure: true, sameSite: "strict", path: "/" });
      res.send("in");
    });
    const line = setCookie(await ask(app, "GET", "/"));
    assert.equal(line, "__Host-refresh=t; Path=/; HttpOnly; Secure; SameSite=Strict");
  },
);

proves(
  "transport",
  "helmet({ strictTransportSecurity: { maxAge: 31536000, includeSubDomains: true } }); the redirect belongs in the proxy",
  async () => {
    const app = page(helmet({ strictTransportSecurity: { maxAge: 31536000, includeSubDomains: true } }));
    const answer = await ask(app, "GET", "/");
    assert.equal(answer.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    assert.equal(answer.status, 200, "no redirect");
  },
);

let [passed, failed] = [0, 0];
// Express prints what a handler throws, and some proofs provoke that.
console.error = () => {};
const known = lines();
for (const defence of [...new Set([...known.keys(), ...proofs.keys()])].sort()) {
  try {
    const { line, proof } = proofs.get(defence) ?? assert.fail("nothing proves this line");
    assert.equal(known.get(defence), line);
    await proof();
    passed += 1;
    console.log(`test express ${defence} ... ok`);
  } catch (error) {
    failed += 1;
    console.log(`test express ${defence} ... FAILED\n${error.stack}`);
  }
}
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed;`);
process.exit(failed ? 1 : 0);
