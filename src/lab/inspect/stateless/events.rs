//! The five events. Each signs in for a session and for a token, asks with both, lets the event
//! happen, and asks again. The page shows the real answers.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::attacks::http_actor::HttpActor;
use crate::attacks::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use crate::client::HttpExchange;
use crate::client::caller::Call;
use crate::defences::PolicyProbe;
use crate::defences::password_storage::DEMO_PASSWORDS;
use crate::defences::policy::Policy;
use crate::jwt::token::CompactJws;
use crate::jwt::verify::{TokenCheck, check_signed};
use crate::jwt::{Claims, VerifyingKey};

/// An event in words.
pub(super) struct StatelessEvent {
    pub title: &'static str,
    /// What is done.
    pub description: &'static str,
    /// Why the two sides differ.
    pub explains: &'static str,
    /// From which answer on the session's side shows a defence at work, or missing; `None` where
    /// the event does not concern it.
    pub tests_session: Option<usize>,
    /// The same of the token's side.
    pub tests_token: Option<usize>,
}

/// The events, in the order of [`run`].
pub(super) const EVENTS: [StatelessEvent; 5] = [
    StatelessEvent {
        title: "Sign-out",
        description: "The user signs out of the session, and signs the token out. Then the old id and the \
               old token are sent once more.",
        explains: "The server ends a session by forgetting its id. It can refuse a token that is \
                   still valid only by remembering it.",
        tests_session: Some(1),
        tests_token: Some(1),
    },
    StatelessEvent {
        title: "A stolen copy",
        description: "An attacker has copies of the id and of the token. The user notices and changes the \
               password.",
        explains: "Both are bearer credentials: whoever has a copy is the user. Sessions can be \
                   found by their user and ended. Tokens need a rule for all tokens of a user.",
        tests_session: Some(1),
        tests_token: Some(1),
    },
    StatelessEvent {
        title: "A change of role",
        description: "An administrator makes mallory an administrator, who signs in. Then the administrator \
               takes the role back. Both lists are for administrators only.",
        explains: "A role that the server looks up changes at once. A role in a token \
                   stays until the token ends.",
        tests_session: Some(1),
        tests_token: Some(1),
    },
    StatelessEvent {
        title: "A change of keys",
        description: "The user signs in one minute before the portal's keys are 30 days old. Two minutes pass, \
               then one day.",
        explains: "A session id needs no key: it is looked up. A token is worth as much as its key, \
                   so a portal that changes keys accepts the old one for a while. After a day a \
                   session and a token may also have reached their own time limits; the answer \
                   names the check that refused the token.",
        tests_session: None,
        tests_token: Some(2),
    },
    StatelessEvent {
        title: "A second server",
        description: "A second server has the key that signs tokens and nothing else of the first one: it \
               verifies the token with the key from the portal's backup. The id is sent to a portal \
               with its own store. Then the user signs out at the first server.",
        explains: "A token says by itself whose it is, so any server with the key can read it. The \
                   price: the second server does not learn of the sign-out. An id says nothing \
                   without the store that knows it.",
        tests_session: Some(1),
        tests_token: Some(1),
    },
];

/// What happened to a session and to a token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Happened {
    pub session: Vec<EventAnswer>,
    pub token: Vec<EventAnswer>,
}

/// An answer at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EventAnswer {
    when: Cow<'static, str>,
    /// The status, where it was asked by HTTP.
    status: Option<u16>,
    pub opens: bool,
    description: String,
}

/// Runs an event.
///
/// # Errors
/// The portal does not answer, or something that is no part of the event went wrong.
pub(super) async fn run(
    event: usize,
    scenario: &Scenario,
    second: &Scenario,
) -> Result<Happened, ScenarioError> {
    match event {
        0 => sign_out(scenario).await,
        1 => stolen_copy(scenario).await,
        2 => role_change(scenario).await,
        3 => key_change(scenario).await,
        _ => second_server(scenario, second).await,
    }
}

async fn sign_out(scenario: &Scenario) -> Result<Happened, ScenarioError> {
    let mut user = scenario.actor("user");
    let (id, token) = sign_in(&mut user, VICTIM).await?;
    let mut happened = Happened::begin(&mut user, "before", &id, &token).await?;
    end(&mut user, &token).await?;
    let mut copy = scenario.actor("copy");
    happened.ask(&mut copy, "after", &id, &token).await?;
    Ok(happened)
}

async fn stolen_copy(scenario: &Scenario) -> Result<Happened, ScenarioError> {
    let mut user = scenario.actor("user");
    let (id, token) = sign_in(&mut user, VICTIM).await?;
    let mut copy = scenario.actor("attacker");
    let mut happened = Happened::begin(&mut copy, "with the copy", &id, &token).await?;
    user.change_password(VICTIM, "a new passphrase").await?;
    let when = "after the new password";
    happened.ask(&mut copy, when, &id, &token).await?;
    Ok(happened)
}

async fn role_change(scenario: &Scenario) -> Result<Happened, ScenarioError> {
    let mut admin = scenario.actor("administrator");
    admin.sign_in("admin").await?;
    make(&mut admin, "admin").await?;
    let mut user = scenario.actor("mallory");
    let (_, token) = sign_in(&mut user, ATTACKER).await?;
    let mut happened = Happened::default();
    for when in ["as an administrator", "after the demotion"] {
        // The whole jar, not one cookie: the role may be in a cookie, which must be sent as well.
        let list = user.get("/admin/sessions").await?;
        happened.session.push(EventAnswer::of_list(when, &list));
        let list = user.call(with_token("GET", "/jwt/admin", &token)).await?;
        happened.token.push(EventAnswer::of_list(when, &list));
        if happened.token.len() == 1 {
            make(&mut admin, "student").await?;
        }
    }
    Ok(happened)
}

async fn key_change(scenario: &Scenario) -> Result<Happened, ScenarioError> {
    const DAY: u64 = 24 * 60;
    // The keys count from the first token on.
    sign_in(&mut scenario.actor("somebody"), ATTACKER).await?;
    scenario.advance_clock(30 * DAY - 1).await?;
    let mut user = scenario.actor("user");
    let (id, token) = sign_in(&mut user, VICTIM).await?;
    let mut happened = Happened::begin(&mut user, "before", &id, &token).await?;
    scenario.advance_clock(2).await?;
    let when = "after two minutes";
    happened.ask(&mut user, when, &id, &token).await?;
    scenario.advance_clock(DAY).await?;
    let when = "a day later";
    happened.ask(&mut user, when, &id, &token).await?;
    Ok(happened)
}

async fn second_server(scenario: &Scenario, second: &Scenario) -> Result<Happened, ScenarioError> {
    let mut user = scenario.actor("user");
    let (id, token) = sign_in(&mut user, VICTIM).await?;
    let backup = scenario.stolen_backup().await?;
    let secret = text(&backup["token_keys"][0], "k")?;
    let secret = URL_SAFE_NO_PAD.decode(secret);
    let secret = secret.map_err(|_| unexpected("the secret is not base64url"))?;

    // The second portal's cookie has its own name; the id is the first portal's.
    let mut visitor = second.actor("user");
    visitor.get("/login").await?;
    let named = visitor.session_cookie().map(|(name, _)| name);
    let (_, value) = id.split_once('=').unwrap_or_default();
    let id_there = match named {
        Ok(name) => format!("{name}={value}"),
        Err(_) => id.clone(),
    };

    let mut happened = Happened::default();
    for when in ["before the sign-out", "after the sign-out"] {
        let mut copy = second.actor("copy");
        let call = Call::get("/dashboard").with_cookie(Some(id_there.clone()));
        let page = copy.call(call).await?;
        happened.session.push(EventAnswer::of_page(when, &page));
        happened.token.push(read_with(when, &token, &secret));
        if happened.token.len() == 1 {
            end(&mut user, &token).await?;
        }
    }
    Ok(happened)
}

/// What a server that has only this key tells about a token, strictly.
fn read_with(when: &'static str, token: &str, secret: &[u8]) -> EventAnswer {
    let read = || {
        let refused = |because| TokenCheck::Form.refuses(because);
        let signed = CompactJws::parse(token).map_err(refused)?;
        let probe = PolicyProbe::new(Policy::HARDENED);
        check_signed(&signed, &probe, |_| {
            Ok(VerifyingKey::Secret(secret.to_vec()))
        })?;
        Claims::parse(&signed.payload).map_err(refused)
    };
    let (opens, description) = match read() {
        Ok(claims) => (true, format!("The signature is right: {}.", claims.sub)),
        Err(refusal) => (false, refusal.to_string()),
    };
    EventAnswer {
        when: when.into(),
        status: None,
        opens,
        description,
    }
}

impl Happened {
    async fn begin(
        actor: &mut HttpActor<'_>,
        when: &'static str,
        id: &str,
        token: &str,
    ) -> Result<Self, ScenarioError> {
        let mut happened = Self::default();
        happened.ask(actor, when, id, token).await?;
        let opened = |answers: &[EventAnswer]| answers.iter().all(|answer| answer.opens);
        match opened(&happened.session) && opened(&happened.token) {
            true => Ok(happened),
            false => Err(unexpected("a fresh session or token is not accepted")),
        }
    }

    /// Asks the portal with both.
    async fn ask(
        &mut self,
        actor: &mut HttpActor<'_>,
        when: &'static str,
        id: &str,
        token: &str,
    ) -> Result<(), ScenarioError> {
        let call = Call::get("/dashboard").with_cookie(Some(id.to_owned()));
        let page = actor.call(call).await?;
        self.session.push(EventAnswer::of_page(when, &page));
        let profile = actor.call(with_token("GET", "/jwt/profile", token)).await?;
        self.token.push(EventAnswer::of_json(when, &profile));
        Ok(())
    }
}

impl EventAnswer {
    fn of_page(when: &'static str, page: &HttpExchange) -> Self {
        let greeting = page.body.split("Welcome to the Dashboard, ").nth(1);
        let user = greeting.and_then(|rest| rest.split_once('!'));
        Self {
            when: when.into(),
            status: Some(page.status),
            opens: user.is_some(),
            description: match user {
                Some((user, _)) => format!("Welcome to the Dashboard, {user}!"),
                None => "The portal asks to sign in.".into(),
            },
        }
    }

    fn of_json(when: &'static str, reply: &HttpExchange) -> Self {
        let json: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        let description = match (json["logged_in_as"].as_str(), json["detail"].as_str()) {
            (Some(user), _) => format!("logged_in_as: {user}"),
            (None, Some(detail)) => match json["defence"].as_str() {
                Some(defence) => format!("{detail} ({defence})"),
                None => detail.to_owned(),
            },
            (None, None) => "No answer in JSON.".into(),
        };
        Self {
            when: when.into(),
            status: Some(reply.status),
            opens: reply.status == 200,
            description,
        }
    }

    fn of_list(when: &'static str, reply: &HttpExchange) -> Self {
        let opens = reply.status == 200;
        let description = match opens {
            true => "The list for administrators is shown.",
            false => "The list for administrators is refused.",
        };
        Self {
            when: when.into(),
            status: Some(reply.status),
            opens,
            description: description.into(),
        }
    }
}

/// Signs in for a session and for a token: the session's cookie as a pair, and the access token.
async fn sign_in(actor: &mut HttpActor<'_>, user: &str) -> Result<(String, String), ScenarioError> {
    actor.sign_in(user).await?;
    let (name, id) = actor.session_cookie()?;
    let account = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user);
    let password = account.map(|(_, password)| *password).unwrap_or_default();
    let credentials = json!({ "username": user, "password": password });
    let call = Call::json("/jwt/login", credentials.to_string());
    let reply = answer("the sign-in for a token", &actor.call(call).await?)?;
    Ok((format!("{name}={id}"), text(&reply, "access_token")?))
}

/// Signs both out.
async fn end(user: &mut HttpActor<'_>, token: &str) -> Result<(), ScenarioError> {
    user.get("/dashboard").await?;
    let bye = user.submit("/logout", &[]).await?;
    if bye.status >= 400 {
        return Err(unexpected("the sign-out of the session was refused"));
    }
    let bye = user.call(with_token("POST", "/jwt/logout", token)).await?;
    answer("the sign-out of the token", &bye).map(|_| ())
}

/// Gives mallory's account a role, as the administrator's page would.
async fn make(admin: &mut HttpActor<'_>, role: &str) -> Result<(), ScenarioError> {
    let reply = admin.get("/csrf-token").await?;
    let token = answer("the CSRF token", &reply)?["csrf_token"].clone();
    let path = format!("/admin/users/{ATTACKER}/role");
    let mut call = Call::json(path, json!({ "role": role }).to_string());
    if let Some(token) = token.as_str() {
        call = call.with("x-csrftoken", token);
    }
    answer("the new role", &admin.call(call).await?).map(|_| ())
}

fn with_token(method: &'static str, path: &str, token: &str) -> Call {
    let call = Call {
        method,
        path: path.to_owned(),
        ..Call::default()
    };
    call.with("authorization", format!("Bearer {token}"))
}

/// The JSON of an answer that went well.
fn answer(what: &str, reply: &HttpExchange) -> Result<Value, ScenarioError> {
    let json = serde_json::from_str(&reply.body);
    match (reply.status, json) {
        (200, Ok(json)) => Ok(json),
        (status, _) => Err(unexpected(&format!("{what} was answered {status}"))),
    }
}

fn text(json: &Value, name: &str) -> Result<String, ScenarioError> {
    let found = json[name].as_str().map(str::to_owned);
    found.ok_or_else(|| unexpected(&format!("an answer has no {name}")))
}

fn unexpected(what: &str) -> ScenarioError {
    ScenarioError::Unexpected(what.to_owned())
}
