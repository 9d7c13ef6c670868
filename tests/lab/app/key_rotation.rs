//! A new secret key while people are signed in: nobody is signed out, and after the stated time the
//! old one is no longer accepted.

use std::path::Path;

use serde_json::{Value, json};
use session_lab::client::HttpExchange;

use super::program::{Program, Visitor};
use crate::cli::FREE_PORTS;
use crate::cli::shell::Shell;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;

const OLD: &str = "0x8gLQXfYq7b9rT5mZ1nWc3vKj2hRd6sPq4Tz9LmB2u";
const NEW: &str = "Vt4yPz0kNw8eUa2oBq6iXm1gJl5fHc7rDg3Ks8VwE5y";

/// What only alice knows.
const ALICE: &str = "wonderland";

/// Hardened, but for the limits of a session, which would end it before the old key ends.
const LONG: [(&str, &str); 2] = [
    ("idle-timeout", "unlimited"),
    ("absolute-timeout", "unlimited"),
];

/// A lab that is started again and again at one address, with other keys.
struct Restarted<'t> {
    folder: &'t Path,
    port: ReservedPort,
    flags: Vec<String>,
}

impl<'t> Restarted<'t> {
    fn new(folder: &'t Path, flags: &[String]) -> Self {
        Self {
            folder,
            // A token names the portal by its address, so that stays.
            port: ReservedPort::new(),
            flags: flags.to_vec(),
        }
    }

    fn with(&self, keys: &[(&str, &str)]) -> Program {
        let port = format!("--https-port={}", self.port.number());
        let mut flags = vec![port.as_str()];
        flags.extend(self.flags.iter().map(String::as_str));
        Program::start_as(self.folder, &flags, keys)
    }
}

/// What somebody holds that the lab's key has signed.
#[derive(Clone)]
struct Holdings {
    visitor: Visitor,
    form_token: String,
    access: String,
    refresh: Visitor,
    /// Signed in as the student, with alice's signed cookie, on the variant that believes it.
    cookie: Visitor,
}

impl Holdings {
    /// A session with an open form on the student's own mix, and tokens of the hardened API.
    async fn get(program: &Program) -> Self {
        let mut visitor = program.visitor("https", "/custom");
        visitor.sign_in().await;
        let form_token = visitor.token().await;
        let mut refresh = program.visitor("https", "/hardened");
        let right = json!({"username": "apiuser", "password": "password123"});
        let reply = refresh.post_json("/jwt/login", right).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let mut alice = program.visitor("https", "/without-client-state");
        let form = [("username", "alice"), ("password", ALICE)];
        assert_eq!(alice.submit("/login", &form).await.status, 303);
        let mut cookie = program.visitor("https", "/without-client-state");
        cookie.sign_in().await;
        let is_state = |(name, _): &&(String, String)| name.starts_with("state_");
        let signed = alice.jar.iter().find(is_state).expect("a signed cookie");
        cookie.jar.retain(|pair| !is_state(&pair));
        cookie.jar.push(signed.clone());
        Self {
            visitor,
            form_token,
            access: access_of(&reply),
            refresh,
            cookie,
        }
    }

    /// Whom the signed cookie says that it is.
    async fn named_by_cookie(&mut self) -> String {
        let reply = self.cookie.get("/api/check_session").await;
        let json: Value = serde_json::from_str(&reply.body).expect("JSON");
        let user = json["user"]["username"].as_str();
        user.expect("somebody").to_owned()
    }

    fn at(&self, program: &Program) -> Self {
        Self {
            visitor: self.visitor.at(program),
            refresh: self.refresh.at(program),
            cookie: self.cookie.at(program),
            ..self.clone()
        }
    }

    async fn is_signed_in(&mut self) -> bool {
        self.visitor.is_signed_in().await
    }

    /// Posts the form that was open.
    async fn post(&mut self) -> u16 {
        let headers = [
            ("content-type", "application/json"),
            ("x-csrftoken", &*self.form_token.clone()),
        ];
        let body = json!({"about_me": "the same"}).to_string();
        self.visitor
            .send("POST", "/api/profile", &headers, body)
            .await
            .status
    }

    async fn profile(&mut self) -> u16 {
        let bearer = format!("Bearer {}", self.access);
        let headers = [("authorization", bearer.as_str())];
        let reply = self
            .refresh
            .send("GET", "/jwt/profile", &headers, String::new());
        reply.await.status
    }

    /// Exchanges the refresh token in the jar, and keeps what came.
    async fn refresh(&mut self) -> u16 {
        let origin = self.refresh.origin();
        let headers = [
            ("content-type", "application/json"),
            ("origin", origin.as_str()),
        ];
        let reply = self
            .refresh
            .send("POST", "/jwt/refresh", &headers, "{}".into());
        let reply = reply.await;
        if reply.status == 200 {
            self.access = access_of(&reply);
        }
        reply.status
    }
}

fn access_of(reply: &HttpExchange) -> String {
    let json: Value = serde_json::from_str(&reply.body).expect("JSON");
    json["access_token"].as_str().expect("a token").to_owned()
}

async fn choose_long_sessions(program: &Program) {
    let mut student = program.visitor("lab", "");
    let origin = student.origin();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let mix = LONG.map(|(name, arm)| format!("{name}={arm}")).join("&");
    for body in ["preset=hardened".to_owned(), mix] {
        let reply = student.send("POST", "/custom", &headers, body).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
}

async fn move_clock(program: &Program, minutes: u32) {
    let mut student = program.visitor("lab", "");
    let origin = student.origin();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let body = format!("minutes={minutes}");
    let reply = student.send("POST", "/clock", &headers, body).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

fn teachers_key(program: &Program) -> String {
    let line = program
        .told
        .iter()
        .find(|line| line.contains("Teacher's key"));
    let line = line.expect("the start prints it");
    line.split_whitespace().nth(2).expect("a key").to_owned()
}

async fn opens_the_answers(program: &Program, key: &str) -> u16 {
    let mut teacher = program.visitor("lab", "");
    let origin = teacher.origin();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let body = format!("key={key}");
    let reply = teacher.send("POST", "/labs/01-a-session/print", &headers, body);
    reply.await.status
}

/// The day after tomorrow, as a person writes it.
fn in_two_days() -> String {
    let date = time::OffsetDateTime::now_utc().date() + time::Duration::days(2);
    date.to_string()
}

/// Walks through a change of keys; `old` is what the variable names as the key of before.
async fn nobody_notices(lab: &Restarted<'_>, before: &[(&str, &str)], old: &str) {
    let program = lab.with(before);
    choose_long_sessions(&program).await;
    let held = Holdings::get(&program).await;
    let old_teacher = teachers_key(&program);
    program.kill();

    // The new key signs, and the old one verifies for two days.
    let fallbacks = format!("{old}@{}", in_two_days());
    let both = [
        ("SESSION_LAB_SECRET_KEY", NEW),
        ("SESSION_LAB_SECRET_KEY_FALLBACKS", &*fallbacks),
    ];
    let program = lab.with(&both);
    let mut now = held.at(&program);
    assert!(now.is_signed_in().await);
    assert_eq!(now.post().await, 200, "the form that was open");
    assert_eq!(now.profile().await, 200, "the token that was issued before");
    assert_eq!(now.named_by_cookie().await, "alice", "the signed cookie");
    assert_eq!(opens_the_answers(&program, &old_teacher).await, 200);
    assert_ne!(teachers_key(&program), old_teacher);
    assert_eq!(
        opens_the_answers(&program, &teachers_key(&program)).await,
        200
    );
    assert_eq!(now.refresh().await, 200, "the refresh token also");
    assert_eq!(now.profile().await, 200, "what it was exchanged for");
    let fresh_form = now.visitor.token().await;
    assert_ne!(fresh_form, now.form_token, "the new key signs");
    program.kill();

    // Without the old key: what the new one has signed is accepted, and nothing else.
    let program = lab.with(&both[..1]);
    let mut after = now.at(&program);
    assert!(after.is_signed_in().await, "a session has no signature");
    assert_eq!(after.post().await, 403, "an old form");
    after.form_token.clone_from(&fresh_form);
    assert_eq!(after.post().await, 200, "a form since then");
    assert_eq!(after.profile().await, 200, "a token since then");
    after.access.clone_from(&held.access);
    assert_eq!(after.profile().await, 401, "a token of before");
    let named = after.named_by_cookie().await;
    assert_eq!(
        named, "student123",
        "the session's own user, not the old cookie's"
    );
    assert_eq!(opens_the_answers(&program, &old_teacher).await, 422);
    program.kill();

    // With the old key again, but its time is over: the bench's clock is three days ahead.
    let program = lab.with(&both);
    let mut late = now.at(&program);
    assert_eq!(late.post().await, 200, "in time");
    move_clock(&program, 3 * 24 * 60).await;
    assert!(late.is_signed_in().await, "nobody is signed out");
    assert_eq!(late.post().await, 403, "an old form");
    late.form_token = late.visitor.token().await;
    assert_eq!(late.post().await, 200, "a form of the new key");
    program.kill();
}

#[tokio::test]
async fn a_new_key_signs_nobody_out_and_the_old_one_ends_when_it_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Restarted::new(folder.path(), &[]);
    nobody_notices(&lab, &[("SESSION_LAB_SECRET_KEY", OLD)], OLD).await;
}

/// The first key is often the one that the first start made.
#[tokio::test]
async fn the_key_in_the_data_folder_can_be_the_one_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Restarted::new(folder.path(), &[]);
    nobody_notices(&lab, &[], "file").await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn with_redis_a_new_key_signs_nobody_out_either() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let sessions = format!("--sessions={}", redis.url());
    let lab = Restarted::new(folder.path(), &[sessions]);
    nobody_notices(&lab, &[("SESSION_LAB_SECRET_KEY", OLD)], OLD).await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn other_keys_on_one_redis_are_refused_unless_they_are_named_as_earlier_ones() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let sessions = format!("--sessions={}", redis.url());
    let lab = Restarted::new(folder.path(), &[sessions]);
    lab.with(&[("SESSION_LAB_SECRET_KEY", OLD)]).kill();
    let refused = |keys: &[(&'static str, &str)]| {
        let shell = Shell::new().set("SESSION_LAB_SESSIONS", redis.url());
        let set = |shell: Shell, (name, value): &(&'static str, &str)| shell.set(name, *value);
        let shell = keys.iter().fold(shell, set);
        let ended = shell.refused(&FREE_PORTS);
        assert!(ended.error().contains("with other keys"), "{ended:?}");
        assert!(
            ended.stderr.contains("SESSION_LAB_SECRET_KEY_FALLBACKS"),
            "{ended:?}"
        );
    };
    refused(&[("SESSION_LAB_SECRET_KEY", NEW)]);
    let ended = format!("{OLD}@2001-01-01");
    refused(&[
        ("SESSION_LAB_SECRET_KEY", NEW),
        ("SESSION_LAB_SECRET_KEY_FALLBACKS", &ended),
    ]);
    lab.with(&[
        ("SESSION_LAB_SECRET_KEY", NEW),
        ("SESSION_LAB_SECRET_KEY_FALLBACKS", OLD),
    ])
    .kill();
    // From here on the store belongs to the new key.
    lab.with(&[("SESSION_LAB_SECRET_KEY", NEW)]).kill();
    refused(&[("SESSION_LAB_SECRET_KEY", OLD)]);
}

/// The key of tokens can be a separate one, and is then changed by itself.
#[tokio::test]
async fn the_key_of_tokens_is_changed_in_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Restarted::new(folder.path(), &[]);
    let program = lab.with(&[("SESSION_LAB_JWT_SECRET_KEY", OLD)]);
    let held = Holdings::get(&program).await;
    program.kill();
    let program = lab.with(&[
        ("SESSION_LAB_JWT_SECRET_KEY", NEW),
        ("SESSION_LAB_JWT_SECRET_KEY_FALLBACKS", OLD),
    ]);
    let mut now = held.at(&program);
    assert_eq!((now.profile().await, now.refresh().await), (200, 200));
    program.kill();
    let program = lab.with(&[("SESSION_LAB_JWT_SECRET_KEY", NEW)]);
    let mut after = now.at(&program);
    assert_eq!(after.profile().await, 200, "a token since then");
    after.access = held.access;
    assert_eq!(after.profile().await, 401, "a token of before");
}

#[test]
fn a_list_of_earlier_keys_that_cannot_be_read_is_refused_with_its_cause() {
    for (variable, value, message) in [
        (
            "SESSION_LAB_SECRET_KEY_FALLBACKS",
            "hunter2@soon",
            "an end after @ that is no date",
        ),
        (
            "SESSION_LAB_SECRET_KEY_FALLBACKS",
            "hunter2,",
            "key 2 in SESSION_LAB_SECRET_KEY_FALLBACKS is missing",
        ),
        (
            "SESSION_LAB_SECRET_KEY_FALLBACKS",
            "file",
            "is the present key",
        ),
        (
            "SESSION_LAB_JWT_SECRET_KEY_FALLBACKS",
            "hunter2",
            "SESSION_LAB_JWT_SECRET_KEY is not",
        ),
    ] {
        let ended = Shell::new().set(variable, value).refused(&[]);
        assert!(ended.error().contains(message), "{value}: {ended:?}");
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
}
