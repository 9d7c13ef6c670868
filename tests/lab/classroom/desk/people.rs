//! A lab with a desk, its teacher, and students' labs.

use serde_json::{Value, json};
use session_lab::app::settings::{DeskSettings, Settings};
use session_lab::app::{self, Running};
use session_lab::client::{HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;

use crate::support::PATIENCE;

/// A secret of a student: 32 bytes, all the same.
pub fn secret(byte: u8) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([byte; 32])
}

/// A lab with a desk, in this process.
pub struct DeskLab {
    /// Until it has ended.
    running: Option<Running>,
    pub doors: Doors,
}

/// Where a desk is reached.
#[derive(Clone)]
pub struct Doors {
    client: LabClient,
    pub desk_port: u16,
    pub class_port: u16,
}

impl DeskLab {
    pub async fn start() -> Self {
        Self::start_with(Settings::throw_away()).await
    }

    pub async fn start_with(settings: Settings) -> Self {
        let settings = Settings {
            desk: Some(DeskSettings::throw_away()),
            ..settings
        };
        let running = app::start(&settings).await.expect("a lab with a desk");
        let desk = running.desk.as_ref().expect("the desk is open");
        let doors = Doors::new(desk.certificate.cert_pem(), desk.desk_port, desk.class_port);
        Self {
            running: Some(running),
            doors,
        }
    }

    /// The key in the link that the start printed.
    pub fn key(&self) -> &str {
        let desk = self.running().desk.as_ref().expect("the desk is open");
        desk.link.split_once('#').expect("a fragment").1
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("it has not ended")
    }

    /// Stops it, and waits until it has written everything.
    pub async fn end(mut self) {
        let running = self.running.take().expect("it has not ended");
        running.stop();
        running.ended().await.expect("it ends");
    }

    /// A teacher who opened the link.
    pub async fn teacher(&self) -> TeacherClient {
        self.doors.sign_in(self.key()).await
    }
}

impl Drop for DeskLab {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop();
        }
    }
}

impl Doors {
    pub fn new(cert_pem: &str, desk_port: u16, class_port: u16) -> Self {
        let client = LabClient::new(cert_pem).expect("a certificate");
        Self {
            client: client.with_patience(PATIENCE),
            desk_port,
            class_port,
        }
    }

    /// One request, as it is given.
    pub async fn send(
        &self,
        port: u16,
        host: &str,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> HttpExchange {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        let request = Outgoing {
            scheme: Scheme::Https,
            host_name: host.into(),
            port,
            method,
            target: target.into(),
            headers: headers.collect(),
            body,
        };
        self.client.send(request).await.expect("an answer")
    }

    /// A request to the class's listener.
    pub async fn of_class(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> HttpExchange {
        let host = "127.0.0.1";
        self.send(self.class_port, host, method, path, headers, body)
            .await
    }

    /// JSON to the class's listener.
    pub async fn post(&self, path: &str, secret: Option<&str>, body: &Value) -> HttpExchange {
        let bearer = secret.map(|secret| format!("Bearer {secret}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        self.of_class("POST", path, &headers, body.to_string())
            .await
    }

    /// Exchanges the key of a link, as the page's script does.
    pub async fn sign_in(&self, key: &str) -> TeacherClient {
        let mut teacher = TeacherClient {
            doors: self.clone(),
            cookie: String::new(),
        };
        let answer = teacher.raw("POST", "/sign-in", &[], key.to_owned()).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        let line = answer.header("set-cookie").next().expect("a cookie");
        let attributes = "; Path=/; Secure; HttpOnly; SameSite=Strict";
        assert!(
            line.starts_with("__Host-desk=") && line.ends_with(attributes),
            "{line}"
        );
        teacher.cookie = line.split(';').next().expect("a pair").to_owned();
        teacher
    }
}

/// The teacher's browser.
#[derive(Clone)]
pub struct TeacherClient {
    pub doors: Doors,
    pub cookie: String,
}

impl TeacherClient {
    pub async fn raw(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> HttpExchange {
        let port = self.doors.desk_port;
        let origin = format!("https://desk.localhost:{port}");
        let mut all = vec![("cookie", &*self.cookie)];
        if method == "POST" {
            all.push(("origin", &origin));
        }
        all.extend(headers.iter().copied());
        let sent = self
            .doors
            .send(port, "desk.localhost", method, path, &all, body);
        sent.await
    }

    pub async fn get(&self, path: &str) -> HttpExchange {
        self.raw("GET", path, &[], String::new()).await
    }

    /// The token in the forms of the pages.
    pub async fn token(&self) -> String {
        let page = self.get("/").await.body;
        let field = page.split("name=\"token\" value=\"").nth(1);
        let field = field.unwrap_or_else(|| panic!("no token: {page}"));
        field.split('"').next().expect("a value").to_owned()
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> HttpExchange {
        let token = self.token().await;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", &token).extend_pairs(fields);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.raw("POST", path, &[kind], form.finish()).await
    }

    /// Sends a form that must be taken.
    pub async fn done(&self, path: &str, fields: &[(&str, &str)]) -> HttpExchange {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, 303, "{path} {fields:?}: {}", answer.body);
        answer
    }

    /// Makes a class, and gives out its address and its code.
    pub async fn make_class(&self, name: &str) -> (String, String) {
        let made = self.done("/classes", &[("name", name)]).await;
        let join = made
            .header("location")
            .next()
            .expect("an address")
            .to_owned();
        let page = self.get(&join).await.body;
        let code = page.split("Code: </span>").nth(1).expect("a code");
        let class = join.trim_end_matches("/join").to_owned();
        (class, code[..6].to_owned())
    }

    pub async fn board(&self, class: &str) -> Value {
        let board = self.get(&format!("{class}/board.json")).await;
        serde_json::from_str(&board.body).expect("JSON")
    }
}

/// A student's lab, as far as the protocol sees it.
pub struct StudentLab {
    pub doors: Doors,
    pub secret: String,
    pub number: u64,
    pub lab: String,
}

impl StudentLab {
    /// Joins, and must be let in or be told to wait.
    pub async fn join(doors: &Doors, code: &str, name: &str, byte: u8) -> Self {
        let secret = secret(byte);
        let joined = doors
            .post("/join", None, &joining(code, name, &secret))
            .await;
        assert_eq!(joined.status, 200, "{}", joined.body);
        let joined: Value = serde_json::from_str(&joined.body).expect("JSON");
        Self {
            doors: doors.clone(),
            secret,
            number: joined["student"].as_u64().expect("a number"),
            lab: "0011223344556677".into(),
        }
    }

    /// Reports these items, beginning with this number.
    pub async fn report(&self, first: u64, items: Value) -> HttpExchange {
        let report = json!({
            "protocol": 1, "student": self.number, "lab": self.lab, "first": first, "sent-at": 5,
            "items": items,
        });
        self.doors
            .post("/report", Some(&self.secret), &report)
            .await
    }

    /// What the desk leads to.
    pub async fn lead(&self, first: u64) -> Value {
        let answer = self.report(first, json!([])).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        answer["lead"].clone()
    }

    pub async fn vote(&self, number: u32, round: u8, option: usize) -> HttpExchange {
        let vote = json!({
            "protocol": 1, "student": self.number, "number": number, "round": round, "option": option,
        });
        self.doors.post("/vote", Some(&self.secret), &vote).await
    }
}

/// A request to join.
pub fn joining(code: &str, name: &str, secret: &str) -> Value {
    json!({ "protocol": 1, "code": code, "name": name, "secret": secret, "version": "0.1.0" })
}

/// The reason of a refusal.
pub fn reason(answer: &HttpExchange) -> String {
    let refused: Value = serde_json::from_str(&answer.body)
        .unwrap_or_else(|error| panic!("{error}: {} {}", answer.status, answer.body));
    for field in ["says", "next"] {
        let sentence = refused[field].as_str().expect("a sentence");
        assert!(sentence.ends_with('.'), "{sentence}");
    }
    refused["reason"].as_str().expect("a reason").to_owned()
}

/// A solved step of the first sheet, and an attempt that was refused.
pub fn solved(sheet: &str, step: &str) -> Value {
    json!({ "at": 1, "happened": "solved", "sheet": sheet, "step": step, "attempts": 2 })
}

pub fn tried(sheet: &str, step: &str, why: &str) -> Value {
    json!({ "at": 1, "happened": "tried", "sheet": sheet, "step": step, "attempts": 1, "why": why })
}
