//! The teacher: makes the class, keeps views of the board open, puts a question to all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use session_lab::classroom::member::desk_link::DeskLink as _;
use session_lab::classroom::member::https_desk::HttpsDesk;
use session_lab::classroom::protocol::{JoinRequest, PROTOCOL, Vote};
use session_lab::client::{HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;
use tokio::time::sleep;

use crate::Outcome;
use crate::own_lab::new_secret;
use crate::program::LabProgram;
use crate::timings::{POLL_OF_BOARD, Timings};

/// How often the board asks.
const BOARD_EVERY: Duration = Duration::from_secs(2);

/// A student who joins last and votes once, so that the way of one vote can be timed.
pub const PROBE: &str = "the last vote";

/// A class.
#[derive(Clone, Debug)]
pub struct MadeClass {
    /// The address of its board.
    pub path: String,
    /// The code by which it is joined.
    pub code: String,
}

/// The teacher's browser, without the browser.
#[derive(Clone)]
pub struct Teacher {
    client: LabClient,
    port: u16,
    cookie: String,
    token: String,
}

impl Teacher {
    /// Opens the desk by the printed link.
    pub async fn sign_in(program: &LabProgram) -> Outcome<Self> {
        let mut teacher = Self {
            client: program.desk_client.clone(),
            port: program.desk_port,
            cookie: String::new(),
            token: String::new(),
        };
        let answer = teacher
            .send("POST", "/sign-in", program.desk_key.clone())
            .await?;
        let line = answer
            .header("set-cookie")
            .next()
            .ok_or("no cookie of the desk")?;
        teacher.cookie = line.split(';').next().unwrap_or_default().to_owned();
        let page = teacher.send("GET", "/", String::new()).await?.body;
        teacher.token = between(&page, "name=\"token\" value=\"", "\"")?;
        Ok(teacher)
    }

    async fn send(&self, method: &'static str, path: &str, body: String) -> Outcome<HttpExchange> {
        let origin = format!("https://desk.localhost:{}", self.port);
        let mut headers = vec![("cookie".into(), self.cookie.clone())];
        if method == "POST" {
            headers.push(("origin".into(), origin));
            let kind = "application/x-www-form-urlencoded";
            headers.push(("content-type".into(), kind.into()));
        }
        let request = Outgoing {
            scheme: Scheme::Https,
            host_name: "desk.localhost".into(),
            port: self.port,
            method,
            target: path.to_owned(),
            headers,
            body,
        };
        let sent = self.client.send(request).await;
        let answer = sent.map_err(|error| format!("{path}: {error}"))?;
        if answer.status < 400 {
            Ok(answer)
        } else {
            Err(format!("{path}: {} {}", answer.status, answer.body))
        }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Outcome<HttpExchange> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", &self.token).extend_pairs(fields);
        self.send("POST", path, form.finish()).await
    }

    /// Makes a class that everyone joins freely.
    pub async fn make_class(&self) -> Outcome<MadeClass> {
        let made = self.post("/classes", &[("name", "Monday")]).await?;
        let join = made.header("location").next().ok_or("no class")?.to_owned();
        let page = self.send("GET", &join, String::new()).await?.body;
        Ok(MadeClass {
            path: join.trim_end_matches("/join").to_owned(),
            code: between(&page, "Code: </span>", "<")?,
        })
    }

    /// Keeps the board open, as a page does.
    pub async fn watch(self, class: MadeClass, timings: Arc<Timings>) {
        let board = format!("{}/board.json", class.path);
        loop {
            let begun = Instant::now();
            match self.send("GET", &board, String::new()).await {
                Ok(_) => timings.add(POLL_OF_BOARD, begun.elapsed()),
                Err(why) => timings.fail(POLL_OF_BOARD, &why),
            }
            sleep(BOARD_EVERY).await;
        }
    }

    /// Puts the first question that there is to all.
    pub async fn ask(&self, class: &MadeClass) -> Outcome<()> {
        let path = format!("{}/ask", class.path);
        let page = self.send("GET", &path, String::new()).await?.body;
        let question = between(&page, "<option value=\"", "\"")?;
        self.post(&path, &[("do", "ask"), ("question", &question)])
            .await?;
        Ok(())
    }

    /// Everything that the desk has of the class.
    pub async fn export(&self, class: &MadeClass) -> Outcome<Value> {
        let path = format!("{}/export.json", class.path);
        let body = self.send("GET", &path, String::new()).await?.body;
        serde_json::from_str(&body).map_err(|error| error.to_string())
    }

    /// One more student votes; how long it takes until the teacher's page has that vote.
    pub async fn time_until_a_vote_is_shown(
        &self,
        class: &MadeClass,
        desk: &HttpsDesk,
    ) -> Outcome<Duration> {
        let request = JoinRequest {
            protocol: PROTOCOL,
            code: class.code.clone(),
            name: PROBE.into(),
            pin: None,
            secret: new_secret()?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            bench: None,
        };
        let joined = desk
            .join(&request)
            .await
            .map_err(|error| error.to_string())?;
        // The others have voted; from now on only one vote is added.
        let before = self.votes(class).await?;
        let vote = Vote {
            protocol: PROTOCOL,
            student: joined.student,
            number: 1,
            round: 1,
            option: 0,
        };
        let begun = Instant::now();
        let voted = desk.vote(&request.secret, &vote).await;
        voted.map_err(|error| error.to_string())?;
        while self.votes(class).await? <= before {
            if begun.elapsed() > Duration::from_secs(30) {
                return Err("a vote is not at the desk after 30 seconds".into());
            }
        }
        Ok(begun.elapsed())
    }

    /// How many votes the teacher's page shows.
    async fn votes(&self, class: &MadeClass) -> Outcome<u64> {
        let path = format!("{}/ask", class.path);
        let page = self.send("GET", &path, String::new()).await?.body;
        let count = between(&page, "First vote: ", " votes")?;
        count
            .parse()
            .map_err(|_| format!("no number of votes: {count}"))
    }
}

/// The text between two others, at the first place where it is.
fn between(page: &str, start: &str, end: &str) -> Outcome<String> {
    let found = page
        .split_once(start)
        .and_then(|(_, rest)| rest.split_once(end));
    let found = found.ok_or(format!("the page has no {start}"))?;
    Ok(found.0.to_owned())
}
