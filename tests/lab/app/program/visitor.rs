//! Somebody who visits a running `session-lab`, and keeps its cookies.

use std::net::IpAddr;
use std::time::Instant;

use session_lab::base::site_names::SiteNames;
use session_lab::client::{ClientError, HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;

use super::Program;
use crate::support::PATIENCE;

impl Program {
    /// Somebody with an empty jar who visits `lab`, `http`, `https` or `attacker` under this path.
    pub fn visitor(&self, site: &'static str, base: &str) -> Visitor {
        let (portal, attacker, address) = &self.reach;
        Visitor {
            site,
            host_name: match site {
                "attacker" => attacker.clone(),
                "lab" => SiteNames::of(portal).lab,
                _ => portal.clone(),
            },
            scheme: match site {
                "https" => Scheme::Https,
                // The lab's own pages of a class.
                "lab" if SiteNames::of(portal).is_class() => Scheme::Https,
                _ => Scheme::Http,
            },
            port: self.port(site),
            door: LabClient::new(&self.certificate())
                .unwrap()
                .at(*address)
                .with_patience(PATIENCE),
            base: base.to_owned(),
            jar: Vec::new(),
        }
    }
}

/// Somebody who visits the program and keeps its cookies.
#[derive(Clone)]
pub struct Visitor {
    site: &'static str,
    host_name: String,
    scheme: Scheme,
    port: u16,
    door: LabClient,
    base: String,
    pub jar: Vec<(String, String)>,
}

impl Visitor {
    /// The same visitor at the next run of the program.
    pub fn at(&self, program: &Program) -> Self {
        Self {
            jar: self.jar.clone(),
            ..program.visitor(self.site, &self.base)
        }
    }

    /// The origin of its pages.
    pub fn origin(&self) -> String {
        let scheme = self.scheme.as_str();
        format!("{scheme}://{}:{}", self.host_name, self.port)
    }

    pub async fn get(&mut self, path: &str) -> HttpExchange {
        self.send("GET", path, &[], String::new()).await
    }

    /// The same, asked again while the store does not answer in time, as on a busy machine.
    pub async fn get_from_store(&mut self, path: &str) -> HttpExchange {
        let start = Instant::now();
        loop {
            let reply = self.get(path).await;
            if !is_busy(&reply, start) {
                return reply;
            }
        }
    }

    /// The same visitor, who comes to this address.
    pub fn to(mut self, address: IpAddr) -> Self {
        self.door = self.door.at(address);
        self
    }

    /// The same visitor, who asks for another name.
    pub fn named(mut self, host_name: &str) -> Self {
        self.host_name = host_name.to_owned();
        self
    }

    /// The same visitor, without TLS.
    pub fn unencrypted(mut self) -> Self {
        self.scheme = Scheme::Http;
        self
    }

    /// The same visitor with these cookies besides their own.
    pub fn holding(mut self, cookies: &[(String, String)]) -> Self {
        self.jar.extend_from_slice(cookies);
        self
    }

    /// Sends a form of the lab's own pages from the page itself.
    pub async fn post_own(&mut self, path: &str, form: &str) -> HttpExchange {
        let origin = self.origin();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers = [kind, ("origin", origin.as_str())];
        self.send("POST", path, &headers, form.to_owned()).await
    }

    /// The same visitor with another client.
    pub fn by(mut self, door: LabClient) -> Self {
        self.door = door.with_patience(PATIENCE);
        self
    }

    /// Posts a form with a token for the session in the jar.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> HttpExchange {
        let token = self.token().await;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf_token", &token)
            .extend_pairs(fields)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[kind], body).await
    }

    /// The token for the session in the jar; empty where the policy has none.
    pub async fn token(&mut self) -> String {
        let start = Instant::now();
        loop {
            let reply = self.get("/csrf-token").await;
            if !is_busy(&reply, start) {
                let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
                return json["csrf_token"].as_str().unwrap_or_default().to_owned();
            }
        }
    }

    pub async fn post_json(&mut self, path: &str, json: serde_json::Value) -> HttpExchange {
        let kind = ("content-type", "application/json");
        self.send("POST", path, &[kind], json.to_string()).await
    }

    /// Signs the demo student in.
    pub async fn sign_in(&mut self) {
        let form = [("username", "student123"), ("password", "password123")];
        self.submit_until(303, "/login", &form).await;
    }

    /// Signs out.
    pub async fn sign_out(&mut self) {
        self.submit_until(200, "/logout", &[]).await;
    }

    async fn submit_until(&mut self, status: u16, path: &str, fields: &[(&str, &str)]) {
        let start = Instant::now();
        loop {
            let reply = self.submit(path, fields).await;
            if !is_busy(&reply, start) {
                assert_eq!(reply.status, status, "{path}: {}", reply.body);
                return;
            }
        }
    }

    /// Whether the session in the jar is signed in, asked until the lab can tell.
    pub async fn is_signed_in(&mut self) -> bool {
        let start = Instant::now();
        loop {
            let reply = self.get("/api/check_session").await;
            match reply.status {
                200 => return true,
                401 => return false,
                other => assert!(
                    is_busy(&reply, start),
                    "{other} after {:?}",
                    start.elapsed()
                ),
            }
        }
    }

    /// The session id in the jar.
    pub fn id(&self) -> String {
        let mut cookies = self.jar.iter();
        let found = cookies.find(|(name, _)| name.contains("session_"));
        found.expect("a session cookie").1.clone()
    }

    pub async fn send(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> HttpExchange {
        let reply = self.try_send(method, path, headers, body).await;
        reply.expect("an answer")
    }

    /// The same, where the program may end before it answers.
    pub async fn try_send(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<HttpExchange, ClientError> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut headers: Vec<_> = headers.iter().map(own).collect();
        let pairs: Vec<_> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        headers.push(("cookie".into(), pairs.join("; ")));
        let outgoing = Outgoing {
            scheme: self.scheme,
            host_name: self.host_name.clone(),
            port: self.port,
            method,
            target: format!("{}{path}", self.base),
            headers,
            body,
        };
        let reply = self.door.send(outgoing).await?;
        for line in reply.header("set-cookie") {
            let pair = line.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.retain(|(found, _)| found != name);
            if !line.contains("Max-Age=0") {
                self.jar.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(reply)
    }
}

/// Whether the store did not answer in time, as it may on a busy machine. Then the test asks again.
fn is_busy(reply: &HttpExchange, start: Instant) -> bool {
    reply.status == 503 && start.elapsed() < PATIENCE
}
