//! A client with a cookie jar: sends what it is told and keeps what it is given, as curl does with
//! `-b jar -c jar`. It applies no rule of a browser.

use session_lab::base::addresses::{Listener, Site};
use session_lab::client::{HttpExchange, Outgoing};
use session_lab::defences::policy::Variant;

use super::{PATIENCE, lab};

/// Somebody who visits one site under one path.
#[derive(Clone, Debug)]
pub struct Client {
    listener: Listener,
    host_name: String,
    base: String,
    /// Cookies by name, in the order in which they came.
    pub jar: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    exchange: HttpExchange,
}

impl Reply {
    /// The only value of a header, or `None`.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.exchange.header(name);
        let first = values.next();
        assert_eq!(values.next(), None, "{name} came more than once");
        first
    }

    /// Every value of a header.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.exchange.header(name).collect()
    }

    /// Every `Set-Cookie` line.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers("set-cookie")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The body as a browser shows its text: the entities that the templates write are resolved.
    pub fn shown(&self) -> String {
        let entities = [("&#39;", "'"), ("&quot;", "\"")];
        let resolve = |text: String, (entity, is): (&str, &str)| text.replace(entity, is);
        let text = entities.into_iter().fold(self.body.clone(), resolve);
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    /// The CSRF token in the page's first form.
    pub fn csrf_token(&self) -> Option<String> {
        let field = self.body.split("name=\"csrf_token\" value=\"").nth(1)?;
        Some(field.split('"').next()?.to_owned())
    }

    /// The text of the page's main heading.
    pub fn heading(&self) -> &str {
        let inside = self.body.split("<h1").nth(1).unwrap_or_default();
        let inside = inside.split_once('>').map_or("", |(_, rest)| rest);
        inside.split("</h1>").next().unwrap_or_default().trim()
    }
}

impl Client {
    pub fn new(listener: Listener, base: String) -> Self {
        let host = match listener.site() {
            Site::Attacker => "127.0.0.1",
            Site::Lab | Site::Portal => "localhost",
        };
        Self {
            listener,
            host_name: host.into(),
            base,
            jar: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The same client on another name of the site.
    pub fn at_host(mut self, name: &str) -> Self {
        self.host_name = name.to_owned();
        self
    }

    /// The origin of the pages that this client visits.
    pub fn origin(&self) -> String {
        lab().addresses.origin_as(self.listener, &self.host_name)
    }

    /// Sends this header along from now on.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same client with this jar only.
    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.jar = vec![(name.to_owned(), value.to_owned())];
        self
    }

    /// The session cookie in the jar, name and value.
    pub fn session_cookie(&self) -> Option<(String, String)> {
        self.jar
            .iter()
            .find(|(name, _)| name.contains("session_"))
            .cloned()
    }

    /// The session id in the jar.
    pub fn id(&self) -> String {
        self.session_cookie().expect("a session cookie").1
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], String::new()).await
    }

    /// Posts a form as the site's own page does, with its `Origin`.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, String)]) -> Reply {
        let origin = self.origin();
        self.post_form_from(&origin, path, fields).await
    }

    /// Posts a form as a page of another origin does.
    pub async fn post_form_from(
        &mut self,
        origin: &str,
        path: &str,
        fields: &[(&str, String)],
    ) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let headers = [
            ("origin", origin),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send("POST", path, &headers, body).await
    }

    /// Posts JSON without an `Origin`, as curl does.
    pub async fn post_json(&mut self, path: &str, json: &serde_json::Value) -> Reply {
        let headers = [("content-type", "application/json")];
        self.send("POST", path, &headers, json.to_string()).await
    }

    /// Sends any request with this client's cookies, and keeps the cookies of the answer.
    pub async fn send(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut all: Vec<(String, String)> = headers.iter().map(own).collect();
        all.extend(self.headers.iter().cloned());
        if !self.jar.is_empty() {
            let pairs: Vec<_> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
            all.push(("cookie".into(), pairs.join("; ")));
        }
        let outgoing = Outgoing {
            scheme: self.listener.scheme(),
            host_name: self.host_name.clone(),
            port: lab()
                .addresses
                .port(self.listener)
                .expect("the listener is up"),
            method,
            target: format!("{}{path}", self.base),
            headers: all,
            body,
        };
        // A run of two hundred sign-in pages takes its time where all tests run at once.
        let door = lab().lab_client.clone().with_patience(PATIENCE);
        let exchange = door.send(outgoing).await.expect("an answer");
        for line in exchange.header("set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            self.jar.retain(|(found, _)| found != name);
            if !line.contains("Max-Age=0") {
                self.jar.push((name.to_owned(), value.to_owned()));
            }
        }
        let reply = Reply {
            status: exchange.status,
            body: exchange.body.clone(),
            exchange,
        };
        if self.visits_variant() {
            let sent = headers.iter().find(|(name, _)| *name == "content-type");
            super::described::check(method, path, sent.map(|(_, kind)| *kind), &reply).await;
        }
        reply
    }

    fn visits_variant(&self) -> bool {
        let last = self.base.rsplit('/').next().unwrap_or_default();
        self.listener.site() == Site::Portal && last.parse::<Variant>().is_ok()
    }

    /// A token for the session in the jar, where the policy has one, as a form's fields.
    pub async fn token(&mut self) -> Vec<(&'static str, String)> {
        let token = self.get("/csrf-token").await.json()["csrf_token"].clone();
        token
            .as_str()
            .map(|token| ("csrf_token", token.to_owned()))
            .into_iter()
            .collect()
    }

    /// Posts a form with a fresh token.
    pub async fn submit(&mut self, path: &str, fields: &[(&'static str, &str)]) -> Reply {
        let mut all = self.token().await;
        all.extend(
            fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        self.post_form(path, &all).await
    }

    /// Opens the sign-in page and signs in.
    pub async fn try_to_sign_in(&mut self, user: &str, password: &str) -> Reply {
        assert_eq!(self.get("/login").await.status, 200);
        self.submit("/login", &[("username", user), ("password", password)])
            .await
    }

    /// Signs in as the demo student.
    pub async fn sign_in(&mut self) -> Reply {
        let reply = self.try_to_sign_in("student123", "password123").await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        reply
    }

    /// Signs in as another demo account.
    pub async fn sign_in_as(&mut self, user: &str) -> Reply {
        use session_lab::defences::password_storage::DEMO_PASSWORDS;
        let (_, password) = DEMO_PASSWORDS
            .iter()
            .find(|(name, _)| *name == user)
            .expect(user);
        let reply = self.try_to_sign_in(user, password).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        reply
    }

    /// Posts JSON with a fresh token in its header, as the portal's own script does.
    pub async fn submit_json(&mut self, path: &str, json: &serde_json::Value) -> Reply {
        let token = self.token().await.pop().map(|(_, token)| token);
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(token.as_deref().map(|token| ("x-csrftoken", token)));
        self.send("POST", path, &headers, json.to_string()).await
    }

    /// A cookie in the jar by the beginning of its name.
    pub fn cookie(&self, beginning: &str) -> Option<&str> {
        let mut all = self.jar.iter();
        let found = all.find(|(name, _)| name.starts_with(beginning))?;
        Some(&found.1)
    }

    /// What the dashboard says that the signed-in user owns.
    pub async fn balance(&mut self) -> u64 {
        let page = self.get("/dashboard").await.body;
        let money = page.split("class=\"money\">").nth(1).expect(&page);
        let money = money.split('<').next().unwrap_or_default();
        money.parse().expect("a number")
    }

    /// Who the portal takes this client for.
    pub async fn whoami(&mut self) -> Option<String> {
        let reply = self.get("/api/check_session").await;
        Some(reply.json()["user"]["username"].as_str()?.to_owned())
    }
}
