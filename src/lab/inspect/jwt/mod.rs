//! `/jwt`: the workbench for tokens. A token is issued or pasted, read, edited, signed again, and
//! every verifier says whether it accepts it.
//!
//! Nothing is stored: each answer is made from one form alone. No token is in an address or in a
//! log, and the only requests that go out are those for a key set within the lab. Read `anatomy.rs`,
//! then `verdicts.rs`, `sign.rs` and `weak_key.rs`.

mod anatomy;
mod names;
mod sign;
mod verdicts;
mod weak_key;

use std::collections::HashMap;

use rocket::data::{Data, ToByteUnit};
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;

use crate::base::byte_order_mark;
use crate::client::LabClient;
use crate::defences::hash_memory::HashMemory;
use crate::defences::policy::{Name, Variant};
use crate::jwt::keys::SigningAlgorithm;
use crate::jwt::token::MAX_TOKEN_BYTES;
use crate::lab::page;
use crate::lab::page::fields;
use crate::web::context::RequestContext;
use crate::web::problem::Problem;
use anatomy::Anatomy;
use sign::{Edited, How, OWN_ACCOUNTS};
use verdicts::{Home, Verdicts};
use weak_key::{KeySearch, Meter};

/// The largest form: a token's two parts as text, in which a form spells each sign with three.
const LARGEST: usize = 64 * 1024;

/// The fields that somebody types into.
const TYPED: [&str; 5] = ["token", "header", "payload", "secret", "measured"];

/// Why nothing was done, and the field that it is about.
type NotDone = (String, &'static str);

/// One line of a list to choose from.
#[derive(Debug, Serialize)]
struct DropDownOption {
    value: String,
    description: String,
    chosen: bool,
}

/// What the page shows.
#[derive(Debug, Default, Serialize)]
struct Workbench {
    error: Option<String>,
    /// The field that the error is about.
    wrong: &'static str,
    done: Option<String>,
    token: String,
    users: Vec<DropDownOption>,
    portals: Vec<DropDownOption>,
    algorithms: Vec<DropDownOption>,
    /// What was chosen for the next token to issue, which the other forms carry along.
    issue: IssueChoices,
    homes: Vec<DropDownOption>,
    /// The choice of whose keys and names the verifiers have.
    home: String,
    /// Whose they had, and why.
    keys: Option<KeysUsed>,
    anatomy: Option<Anatomy>,
    header: String,
    payload: String,
    signs: Vec<DropDownOption>,
    secret: String,
    fit: bool,
    verdicts: Option<Verdicts>,
    search: Option<KeySearch>,
    not_searched: Option<&'static str>,
    meter: Option<Meter>,
}

/// For whom, by which portal and how the next token is issued.
#[derive(Debug, Default, Serialize)]
struct IssueChoices {
    user: String,
    portal: String,
    alg: String,
}

/// Whose keys and names the verifiers had, and why.
#[derive(Debug, Serialize)]
struct KeysUsed {
    /// The portal; none where each had its own.
    portal: Option<String>,
    reason: KeysReason,
}

/// Why the verifiers had the keys of this portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum KeysReason {
    /// The student chose it.
    Chosen,
    /// The token's `iss` names it.
    Named,
    /// The token names no portal of this bench.
    NoneNamed,
    /// It has just issued the token.
    Issued,
}

/// The ways in which a portal signs the tokens that it issues.
const ALGORITHMS: [(SigningAlgorithm, &str, &str); 2] = [
    (SigningAlgorithm::Hs256, "HS256", "HS256, a shared secret"),
    (SigningAlgorithm::Es256, "ES256", "ES256, a pair of keys"),
];

/// A form that was sent.
struct WorkbenchForm(HashMap<String, String>);

impl WorkbenchForm {
    fn field(&self, name: &str) -> &str {
        // A token that was copied from a file may begin with an editor's mark.
        let found = self.0.get(name).map(String::as_str);
        found.map(byte_order_mark::skip).unwrap_or_default()
    }

    /// The first field that is longer than any token.
    fn too_long(&self) -> Option<&'static str> {
        let long = |name: &&str| self.field(name).len() > MAX_TOKEN_BYTES;
        TYPED.into_iter().find(long)
    }

    /// The portal whose keys count, and why it is that one.
    ///
    /// # Errors
    /// No portal has the chosen name.
    fn home(&self, context: &RequestContext, token: &str) -> Result<(Home, KeysReason), NotDone> {
        match self.field("home") {
            "own" => Ok((Home::Own, KeysReason::Chosen)),
            "" => Ok(match verdicts::named_home(context, token) {
                Some(named) => (Home::Of(named), KeysReason::Named),
                None => (Home::Of(Variant::Hardened), KeysReason::NoneNamed),
            }),
            name => match name.parse() {
                Ok(chosen) => Ok((Home::Of(chosen), KeysReason::Chosen)),
                Err(_) => {
                    let why = "No portal has the chosen keys. Choose one of the list.";
                    Err((why.into(), "home"))
                }
            },
        }
    }
}

#[get("/jwt")]
fn show(context: &RequestContext) -> Template {
    let empty = WorkbenchForm(HashMap::new());
    render(context, &empty, Workbench::default())
}

#[post("/jwt", data = "<data>")]
async fn work(
    context: &RequestContext,
    data: Data<'_>,
    door: &State<LabClient>,
) -> Result<(Status, Template), Problem> {
    let sent = WorkbenchForm(fields(&read(data).await?));
    let mut token = sent.field("token").trim().to_owned();
    let mut page = Workbench::default();
    let mut issued_by = None;
    let too_long = sent.too_long();
    let refused = match too_long {
        Some(field) => {
            // Nothing of it is looked at, and all of it is in the page again.
            sent.field("header").clone_into(&mut page.header);
            sent.field("payload").clone_into(&mut page.payload);
            let why =
                format!("A field holds more than {MAX_TOKEN_BYTES} bytes. Send a shorter one.");
            Err((why, field))
        }
        None => act(context, &sent, &mut page, &mut token, &mut issued_by).await?,
    };
    let keys = match issued_by {
        Some(portal) => Ok((Home::Of(portal), KeysReason::Issued)),
        None => sent.home(context, &token),
    };
    let (refused, (home, reason)) = match (refused, keys) {
        (refused, Ok(keys)) => (refused, keys),
        (refused, Err(why)) => (refused.and(Err(why)), (Home::Own, KeysReason::Chosen)),
    };
    if let Err((why, field)) = &refused {
        page.error = Some(why.clone());
        page.wrong = field;
    }
    if !token.is_empty() && too_long.is_none() {
        let anatomy = anatomy::take_apart(&token, context.now);
        if page.header.is_empty() && page.payload.is_empty() {
            page.header.clone_from(&anatomy.header.text);
            page.payload.clone_from(&anatomy.payload.text);
        }
        page.anatomy = Some(anatomy);
        page.verdicts = Some(verdicts::ask_all(context, door, &token, home).await?);
        page.keys = Some(KeysUsed {
            portal: match home {
                Home::Of(portal) => Some(portal.to_string()),
                Home::Own => None,
            },
            reason,
        });
    }
    page.token = token;
    let status = match refused {
        Ok(()) => Status::Ok,
        Err(_) => Status::UnprocessableEntity,
    };
    Ok((status, render(context, &sent, page)))
}

/// Does what the pressed button says. The inner error is a sentence for the page.
async fn act(
    context: &RequestContext,
    sent: &WorkbenchForm,
    page: &mut Workbench,
    token: &mut String,
    issued_by: &mut Option<Variant>,
) -> Result<Result<(), NotDone>, Problem> {
    match sent.field("action") {
        "ask" if token.is_empty() => {
            let why = "There is no token. Paste one, or issue one.";
            return Ok(Err((why.into(), "token")));
        }
        "ask" => {}
        "issue" => {
            let mut own = OWN_ACCOUNTS.into_iter();
            let Some(user) = own.find(|user| *user == sent.field("user")) else {
                let own = OWN_ACCOUNTS.join(" and ");
                let why = format!("The workbench issues tokens for {own} only.");
                return Ok(Err((why, "user")));
            };
            let Ok(variant) = sent.field("portal").parse() else {
                let why = "No portal has that name. Choose one of the list.";
                return Ok(Err((why.into(), "portal")));
            };
            let mut algorithms = ALGORITHMS.into_iter();
            let chosen = algorithms.find(|(_, name, _)| *name == sent.field("alg"));
            let Some((signs, _, _)) = chosen else {
                let why = "A portal signs with HS256 or ES256 only. Choose one of the list.";
                return Ok(Err((why.into(), "alg")));
            };
            *token = sign::issue(context, variant, user, signs).await?;
            *issued_by = Some(variant);
            page.done = Some(format!("{variant} issued an access token to {user}."));
        }
        "sign" => {
            page.header = sent.field("header").to_owned();
            page.payload = sent.field("payload").to_owned();
            let parts = [("header", &page.header), ("payload", &page.payload)];
            let [header, payload] = parts.map(|(name, text)| {
                anatomy::typed(text).map_err(|why| (format!("Not signed. The {name} {why}"), name))
            });
            let (header, payload) = match (header, payload) {
                (Ok(header), Ok(payload)) => (header, payload),
                (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
            };
            let Some(how) = How::parse(sent.field("how")) else {
                let why = "Not signed. Choose how to sign from the list.";
                return Ok(Err((why.into(), "how")));
            };
            let edited = Edited {
                header,
                payload,
                how,
                secret: sent.field("secret"),
                kept: token
                    .rsplit_once('.')
                    .map_or("", |(_, signature)| signature),
                fit: !sent.field("fit").is_empty(),
            };
            let portal = match sent.home(context, token) {
                Ok((Home::Of(variant), _)) => variant,
                Ok((Home::Own, _)) => {
                    verdicts::named_home(context, token).unwrap_or(Variant::Hardened)
                }
                Err((why, field)) => return Ok(Err((format!("Not signed. {why}"), field))),
            };
            *token = sign::sign(context, portal, edited).await?;
            (page.header, page.payload) = (String::new(), String::new());
            page.done = Some("Signed. This is the new token.".into());
        }
        "search" => {
            let text = token.clone();
            let work = move |_: &mut HashMemory| weak_key::search(&text);
            match context.bench.hash(work).await? {
                Ok(search) => page.search = Some(search),
                Err(why) => page.not_searched = Some(why),
            }
        }
        "measure" => page.meter = Some(weak_key::measure(sent.field("measured"))),
        _ => {
            let why = "No button has that name. Use the buttons of the page.";
            return Ok(Err((why.into(), "token")));
        }
    }
    Ok(Ok(()))
}

/// The form as text.
async fn read(data: Data<'_>) -> Result<String, Problem> {
    let broken = |_| Problem::bad_request("The form ended early.", "Send it again.");
    let bytes = data
        .open(LARGEST.bytes())
        .into_bytes()
        .await
        .map_err(broken)?;
    if !bytes.is_complete() {
        let because = format!("The workbench reads {LARGEST} bytes at most.");
        let status = Status::PayloadTooLarge;
        return Err(Problem::new(
            status,
            "The form is too large",
            because,
            "Send less.",
        ));
    }
    String::from_utf8(bytes.into_inner())
        .map_err(|_| Problem::bad_request("The form is not UTF-8 text.", "Send it as text."))
}

fn render(context: &RequestContext, sent: &WorkbenchForm, mut page: Workbench) -> Template {
    let choice = |value: &str, description: &str, chosen: bool| DropDownOption {
        value: value.to_owned(),
        description: description.to_owned(),
        chosen,
    };
    // What was chosen stays chosen, in every form; at first it is the first of each list.
    let chosen = |name: &str, first: &str| match sent.field(name) {
        "" => first.to_owned(),
        value => value.to_owned(),
    };
    page.issue = IssueChoices {
        user: chosen("user", OWN_ACCOUNTS[0]),
        portal: chosen("portal", "hardened"),
        alg: chosen("alg", ALGORITHMS[0].1),
    };
    page.users = OWN_ACCOUNTS
        .iter()
        .map(|own| choice(own, own, *own == page.issue.user))
        .collect();
    page.algorithms = ALGORITHMS
        .iter()
        .map(|(_, name, description)| choice(name, description, *name == page.issue.alg))
        .collect();
    sent.field("home").clone_into(&mut page.home);
    let mut all: Vec<Variant> = verdicts::variants().collect();
    for chosen in [&page.issue.portal, &page.home] {
        if let Ok(variant) = chosen.parse()
            && !all.contains(&variant)
        {
            all.push(variant);
        }
    }
    let portal = |variant: &Variant, of: &str| {
        let name = variant.to_string();
        choice(&name, &name, name == of)
    };
    page.portals = all
        .iter()
        .map(|one| portal(one, &page.issue.portal))
        .collect();
    let named = choice("", "the portal that the token names", page.home.is_empty());
    let own = choice("own", "each portal its own", page.home == "own");
    let homes = all.iter().map(|one| portal(one, &page.home));
    page.homes = [named].into_iter().chain(homes).chain([own]).collect();
    let how = sent.field("how");
    page.signs = How::ALL
        .iter()
        .map(|(_, name, description)| choice(name, description, *name == how))
        .collect();
    sent.field("secret").clone_into(&mut page.secret);
    // Ticked at first; a form that was sent without it had it cleared.
    page.fit = sent.field("action") != "sign" || !sent.field("fit").is_empty();
    let title = if page.error.is_some() {
        "Error: Token workbench"
    } else {
        "Token workbench"
    };
    page::render(context, "pages/lab/jwt.html", title, page)
}

/// Whether a row of the workbench's verdicts is about this defence.
pub(in crate::lab) fn shows(name: Name) -> bool {
    verdicts::defences().any(|shown| shown == name)
}

pub(super) fn routes() -> Vec<Route> {
    routes![show, work]
}
