//! One bench on the teacher's machine: its student joins by the page, works on the portal, and leaves the
//! page *Class* and a sheet open, which poll.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use session_lab::client::{HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;
use tokio::time::sleep;

use crate::Outcome;
use crate::own_lab::STEPS;
use crate::program::{GUIDE_NAME, LabProgram, PUBLIC_NAME};
use crate::timings::{POLL_OF_CLASS_PAGE, POLL_OF_SHEET, Timings};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What students work with: some steps want it.
const CURL: &str = "curl/8.14.1";

/// A student with a bench.
pub struct ClassBench {
    /// The beginning of its addresses; empty before it is made.
    prefix: String,
    /// The cookie with the key of the bench.
    key: String,
    name: String,
    client: LabClient,
    lab_port: u16,
    portal_port: u16,
    timings: Arc<Timings>,
}

impl ClassBench {
    pub fn new(number: u32, program: &LabProgram, timings: Arc<Timings>) -> Outcome<Self> {
        Ok(Self {
            prefix: String::new(),
            key: String::new(),
            name: format!("bench {number:03}"),
            client: program.lab_client.clone(),
            lab_port: program.lab_port,
            portal_port: program.portal_port,
            timings,
        })
    }

    /// Gets a bench, joins, works, and then polls until it is dropped.
    pub async fn run(mut self, code: &str, every: Duration) {
        while self.open().await.is_none() {
            sleep(every).await;
        }
        let join = self.to_lab(
            "POST",
            "/class/join",
            form(&[("code", code), ("name", &self.name)]),
        );
        while self.timed("join", 303, join.clone()).await.is_none() {
            sleep(every).await;
        }
        for (sheet, _) in STEPS {
            let page = self.to_lab("GET", &format!("/labs/{sheet}"), String::new());
            self.timed("sheet page", 200, page).await;
            sleep(every).await;
        }
        let cookie = self.step("GET", "/dashboard", "", "").await;
        debug_assert_eq!(cookie, None, "a stranger gets no session there");
        sleep(every).await;
        // The victim signs in with an id that was planted, as sheet 06 asks for it.
        let planted = self.step("GET", "/login", "", "").await.unwrap_or_default();
        sleep(every).await;
        let known = form(&[("username", "student123"), ("password", "password123")]);
        self.step("POST", "/login", &planted, &known).await;
        for path in ["/", "/dashboard"] {
            sleep(every).await;
            self.step("GET", path, &planted, "").await;
        }
        let (mut shown, mut voted) = (String::new(), false);
        loop {
            let live = self.to_lab("GET", "/class/live", String::new());
            if let Some(live) = self.timed(POLL_OF_CLASS_PAGE, 200, live).await {
                // As the page's script: what is new is shown by loading the page again.
                let live: Value = serde_json::from_str(&live.body).unwrap_or_default();
                let stamp = live["stamp"].as_str().unwrap_or_default();
                if stamp != shown {
                    let has_question = self.load_page().await;
                    voted = voted || has_question && self.vote().await;
                    stamp.clone_into(&mut shown);
                }
            }
            for (sheet, _) in STEPS {
                let live = self.to_lab("GET", &format!("/labs/{sheet}/live"), String::new());
                self.timed(POLL_OF_SHEET, 200, live).await;
            }
            sleep(every).await;
        }
    }

    /// Gets a bench by the page for that, and opens the link that works once.
    async fn open(&mut self) -> Option<()> {
        let join = self.to_lab("POST", "/join", String::new());
        let made = self.timed("bench made", 200, join).await?.body;
        let (before, after) = made.split_once("/open?key=")?;
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let key = after.split(|c| !is_key(c)).next()?;
        let prefix = &before[before.rfind("/b/")?..];
        let open = self.to_lab("POST", &format!("{prefix}/open"), form(&[("key", key)]));
        let opened = self.timed("bench opened", 303, open).await?;
        let line = opened.header("set-cookie").next()?;
        self.key = line.split(';').next()?.to_owned();
        self.prefix = prefix.to_owned();
        Some(())
    }

    /// Says whether the page has a question to all.
    async fn load_page(&self) -> bool {
        let page = self.to_lab("GET", "/class", String::new());
        let page = self.timed("class page", 200, page).await;
        page.is_some_and(|page| page.body.contains("/class/vote"))
    }

    /// Votes. Says whether the vote was taken.
    async fn vote(&self) -> bool {
        let chosen = form(&[("number", "1"), ("round", "1"), ("option", "1")]);
        let vote = self.to_lab("POST", "/class/vote", chosen);
        self.timed("vote", 303, vote).await.is_some()
    }

    /// A request to the insecure portal. Gives the cookie that it set.
    async fn step(
        &self,
        method: &'static str,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> Option<String> {
        let origin = format!("http://{PUBLIC_NAME}:{}", self.portal_port);
        let mut headers = vec![
            ("origin".to_owned(), origin),
            ("user-agent".to_owned(), CURL.to_owned()),
        ];
        if !cookie.is_empty() {
            headers.push(("cookie".into(), cookie.to_owned()));
        }
        if method == "POST" {
            headers.push((FORM.0.into(), FORM.1.into()));
        }
        let request = Outgoing {
            scheme: Scheme::Http,
            host_name: PUBLIC_NAME.into(),
            port: self.portal_port,
            target: format!("{}/insecure{path}", self.prefix),
            headers,
            body: body.to_owned(),
            ..self.to_lab(method, "", String::new())
        };
        // A stranger is sent to the sign-in page, and a user from there to the dashboard.
        let is_shown = method == "GET" && (path == "/login" || !cookie.is_empty());
        let expected = if is_shown { 200 } else { 303 };
        let answer = self.timed("portal", expected, request).await?;
        let line = answer
            .header("set-cookie")
            .find(|line| line.contains("session_"))?
            .to_owned();
        line.split(';').next().map(str::to_owned)
    }

    /// A request to the lab's own pages.
    fn to_lab(&self, method: &'static str, path: &str, body: String) -> Outgoing {
        let origin = format!("https://{GUIDE_NAME}:{}", self.lab_port);
        let mut headers = Vec::new();
        if !self.key.is_empty() {
            headers.push(("cookie".into(), self.key.clone()));
        }
        if method == "POST" {
            headers.push(("origin".into(), origin));
            headers.push((FORM.0.into(), FORM.1.into()));
        }
        Outgoing {
            scheme: Scheme::Https,
            host_name: GUIDE_NAME.into(),
            port: self.lab_port,
            method,
            target: format!("{}{path}", self.prefix),
            headers,
            body,
        }
    }

    async fn timed(
        &self,
        kind: &'static str,
        expected: u16,
        request: Outgoing,
    ) -> Option<HttpExchange> {
        let begun = Instant::now();
        let target = request.target.clone();
        match self.client.send(request).await {
            Ok(answer) if answer.status == expected => {
                self.timings.add(kind, begun.elapsed());
                Some(answer)
            }
            Ok(answer) => {
                let why = format!("{target}: {} {}", answer.status, first_words(&answer.body));
                self.timings.fail(kind, &why);
                None
            }
            Err(error) => {
                self.timings.fail(kind, &format!("{target}: {error}"));
                None
            }
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// What a refusal says: the heading of the page, or the beginning of another body.
fn first_words(body: &str) -> String {
    let json = serde_json::from_str::<Value>(body).map(|json| json.to_string());
    let heading = body
        .split_once("<h1")
        .and_then(|(_, rest)| rest.split_once("</h1>"));
    let text = heading.map_or_else(
        || json.unwrap_or(body.to_owned()),
        |(text, _)| text.to_owned(),
    );
    text.chars().take(200).collect()
}
