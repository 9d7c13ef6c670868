//! How the audited application is used: what the recipe says, and what is found where it says
//! nothing.
//!
//! A sign-in is looked for as a person would look: on the first page, behind a link that says "sign
//! in" or "log in", at the usual addresses. Nothing is sent to a form that is no sign-in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::exchange::AuditExchange;
use super::html::{FoundForm, FoundPage};
use super::person::{Person, Values};
use super::recipe::{Recipe, RequestRecipe};
use super::wire::{AuditError, AuditWire};

/// Where a sign-in page usually is.
const USUAL_PAGES: [&str; 7] = [
    "/login",
    "/signin",
    "/sign-in",
    "/accounts/login/",
    "/auth/login",
    "/users/sign_in",
    "/admin/login/",
];

/// Where a sign-in for programs usually is.
const USUAL_ROUTES: [&str; 5] = [
    "/login",
    "/api/login",
    "/api/auth/login",
    "/auth/login",
    "/api/session",
];

/// An account to sign in with.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditAccount {
    /// The name at the sign-in.
    pub user: String,
    /// Its password.
    pub password: String,
    /// What the application calls the user.
    pub shown_as: String,
}

/// Shows the name only.
impl std::fmt::Debug for AuditAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditAccount({})", self.user)
    }
}

impl AuditAccount {
    /// What the placeholders mean when this account signs in.
    pub fn values(&self) -> Values {
        Values::from([
            ("user", self.user.clone()),
            ("password", self.password.clone()),
        ])
    }
}

/// How somebody signs in, and how one sees it.
#[derive(Clone, Debug)]
pub struct AuditPlan {
    /// The accounts: one at least.
    pub accounts: Vec<AuditAccount>,
    /// The sign-in.
    pub sign_in: RequestRecipe,
    /// The whole path of the page for users.
    pub home: String,
    /// A text on it that only the user sees; `{user}` is what the application calls them.
    pub home_text: String,
    /// The sign-out, where it is known.
    pub sign_out: Option<RequestRecipe>,
    /// What else the recipe says.
    pub recipe: Recipe,
    /// What was found without the recipe, a sentence each.
    pub found: Vec<String>,
}

impl AuditPlan {
    /// Whether an answer shows this user signed in.
    pub fn shows(&self, exchange: &AuditExchange, account: &AuditAccount) -> bool {
        let text = self.home_text.replace("{user}", &account.shown_as);
        exchange.reply.status == 200 && contains(&exchange.reply.body, &text)
    }

    /// Signs somebody in whose jar may hold anything. Gives the answer to the sign-in itself.
    ///
    /// # Errors
    /// No answer, or the request cannot be made.
    pub async fn sign_in(
        &self,
        person: &mut Person<'_>,
        account: &AuditAccount,
    ) -> Result<AuditExchange, AuditError> {
        person.submit(&self.sign_in, &account.values()).await
    }
}

/// Whether a page has this text, as text or with the entities of HTML.
fn contains(page: &str, text: &str) -> bool {
    page.contains(text) || FoundPage::read(page).text.contains(text)
}

/// Completes a recipe by looking at the application.
///
/// # Errors
/// No answer, no sign-in is found, or the sign-in does not work.
pub async fn complete(
    wire: &AuditWire,
    recipe: Recipe,
    accounts: Vec<AuditAccount>,
) -> Result<AuditPlan, AuditError> {
    let Some(first) = accounts.first().cloned() else {
        let because = "no account is named: use --user NAME or [[account]] in the recipe";
        return Err(AuditError::Unexpected(because.into()));
    };
    for account in &accounts {
        wire.mask.note(&account.password, "password");
    }
    let mut found = Vec::new();
    let sign_in = match &recipe.sign_in {
        Some(sign_in) => sign_in.clone(),
        None => find_sign_in(wire, &first, &mut found).await?,
    };
    let mut plan = AuditPlan {
        accounts,
        sign_in,
        home: String::new(),
        home_text: String::new(),
        sign_out: recipe.sign_out.clone(),
        recipe,
        found,
    };
    let mut person = Person::new(wire);
    let answer = plan.sign_in(&mut person, &first).await?;
    let status = answer.reply.status;
    let sent_to = answer
        .url
        .strip_prefix(&wire.target().origin())
        .unwrap_or("/")
        .to_owned();
    let (landed, _) = person.follow(&sent_to, answer).await?;
    match plan.recipe.signed_in.clone() {
        Some(signed_in) => {
            plan.home = wire.path(&signed_in.page);
            plan.home_text = signed_in.text;
        }
        None => find_home(wire, &mut plan, &first, &mut person, &landed).await?,
    }
    let (_, home) = person.visit(&plan.home).await?;
    if !plan.shows(&home, &first) {
        let because = format!(
            "the sign-in of {} was answered {status}, and nothing shows that it worked: check the \
             name and the password, or say in [sign-in] and [signed-in] how it works",
            first.user
        );
        return Err(AuditError::Unexpected(because));
    }
    if plan.sign_out.is_none() {
        find_sign_out(wire, &mut plan, &home);
    }
    Ok(plan)
}

async fn find_sign_in(
    wire: &AuditWire,
    account: &AuditAccount,
    found: &mut Vec<String>,
) -> Result<RequestRecipe, AuditError> {
    let mut person = Person::new(wire);
    let (root, first) = person.visit(&wire.path("/")).await?;
    let page = FoundPage::read(&first.reply.body);
    let mut pages = vec![root.clone()];
    let links = page.links.iter().filter(|link| {
        let words = format!("{} {}", link.text, link.address).to_ascii_lowercase();
        [
            "sign in", "signin", "sign-in", "sign_in", "log in", "login", "log-in",
        ]
        .iter()
        .any(|word| words.contains(word))
    });
    pages.extend(
        links
            .filter_map(|link| wire.follow(&root, &link.address))
            .take(5),
    );
    pages.extend(USUAL_PAGES.map(|path| wire.path(path)));
    pages.dedup();
    for path in pages {
        let (at, answer) = person.visit(&path).await?;
        let page = FoundPage::read(&answer.reply.body);
        let form = page
            .forms
            .iter()
            .find(|form| form.password_field().is_some());
        if let Some(recipe) = form.and_then(|form| of_form(wire, &at, form)) {
            found.push(format!("The sign-in is the form at {at}."));
            return Ok(recipe);
        }
    }
    for path in USUAL_ROUTES {
        for name in ["username", "email", "user"] {
            let body = json!({ name: "{user}", "password": "{password}" });
            let recipe = RequestRecipe {
                path: path.to_owned(),
                json: Some(body),
                ..RequestRecipe::default()
            };
            let mut person = Person::new(wire);
            let answer = person.submit(&recipe, &account.values()).await?;
            let is_json = serde_json::from_str::<Value>(&answer.reply.body).is_ok();
            let is_signed_in = answer.reply.status < 300 && !person.lines.is_empty();
            if is_json && is_signed_in {
                found.push(format!("The sign-in is the JSON route {path}."));
                return Ok(recipe);
            }
            if matches!(answer.reply.status, 404 | 405) {
                break;
            }
        }
    }
    let because = "no sign-in was found: say in [sign-in] of a recipe where it is \
                   (session-lab audit --init writes one)";
    Err(AuditError::Unexpected(because.into()))
}

/// The request that a form for signing in makes.
fn of_form(wire: &AuditWire, at: &str, form: &FoundForm) -> Option<RequestRecipe> {
    let user = form.user_field()?.name.clone();
    let password = form.password_field()?.name.clone();
    let action = wire.follow(at, &form.action)?;
    let fields = [
        (user, "{user}".to_owned()),
        (password, "{password}".to_owned()),
    ];
    Some(RequestRecipe {
        page: Some(relative(wire, at)?),
        path: relative(wire, &action)?,
        method: Some(form.method.clone()),
        form: BTreeMap::from(fields),
        ..RequestRecipe::default()
    })
}

/// A whole path as a recipe writes it: without the base path.
fn relative(wire: &AuditWire, path: &str) -> Option<String> {
    let rest = path.strip_prefix(&*wire.target().base_path)?;
    rest.starts_with('/').then(|| rest.to_owned())
}

/// Finds out how a page for users differs from what a stranger sees at the same address.
async fn find_home(
    wire: &AuditWire,
    plan: &mut AuditPlan,
    account: &AuditAccount,
    person: &mut Person<'_>,
    landed: &str,
) -> Result<(), AuditError> {
    let root = wire.path("/");
    for path in [landed, &root] {
        let own = person.get(path).await?;
        if own.reply.status != 200 {
            continue;
        }
        let (_, strange) = Person::new(wire).visit(path).await?;
        let own = FoundPage::read(&own.reply.body);
        let strange = FoundPage::read(&strange.reply.body).text;
        if own.forms.iter().any(|form| form.password_field().is_some()) {
            continue;
        }
        let text = if own.text.contains(&account.shown_as) && !strange.contains(&account.shown_as) {
            Some("{user}".to_owned())
        } else {
            let lines = own.text.lines().filter(|line| line.len() >= 3);
            let lines: Vec<&str> = lines.filter(|line| !strange.contains(line)).collect();
            let says_out = lines.iter().find(|line| is_sign_out(line));
            says_out
                .or_else(|| lines.first())
                .map(|line| (*line).to_owned())
        };
        if let Some(text) = text {
            plan.found.push(format!(
                "A user is recognised at {path} by the text \"{text}\"."
            ));
            plan.home = path.to_owned();
            plan.home_text = text;
            return Ok(());
        }
    }
    let because = format!(
        "nothing shows that {} is signed in: check the name and the password, or name a page and a \
         text in [signed-in] of the recipe",
        account.user
    );
    Err(AuditError::Unexpected(because))
}

fn find_sign_out(wire: &AuditWire, plan: &mut AuditPlan, home: &AuditExchange) {
    let page = FoundPage::read(&home.reply.body);
    let forms = page
        .forms
        .iter()
        .filter(|form| is_sign_out(&format!("{} {}", form.action, form.text)));
    for form in forms {
        let action = wire
            .follow(&plan.home, &form.action)
            .and_then(|to| relative(wire, &to));
        if let Some(path) = action {
            plan.found
                .push(format!("The sign-out is the form that leads to {path}."));
            plan.sign_out = Some(RequestRecipe {
                page: relative(wire, &plan.home),
                path,
                method: Some(form.method.clone()),
                ..RequestRecipe::default()
            });
            return;
        }
    }
    let links = page
        .links
        .iter()
        .filter(|link| is_sign_out(&format!("{} {}", link.address, link.text)));
    for link in links {
        let to = wire
            .follow(&plan.home, &link.address)
            .and_then(|to| relative(wire, &to));
        if let Some(path) = to {
            plan.found
                .push(format!("The sign-out is the link to {path}."));
            plan.sign_out = Some(RequestRecipe {
                path,
                method: Some("GET".into()),
                ..RequestRecipe::default()
            });
            return;
        }
    }
}

fn is_sign_out(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let known = [
        "logout", "log out", "log-out", "log_out", "signout", "sign out", "sign-out", "sign_out",
    ];
    known.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_password() {
        let account = AuditAccount {
            user: "alice".into(),
            password: "hunter2".into(),
            shown_as: "Alice".into(),
        };
        assert_eq!(format!("{account:?}"), "AuditAccount(alice)");
    }

    #[test]
    fn a_sign_out_is_known_by_its_words() {
        for words in ["/accounts/logout/", "Sign out", "LOG OUT"] {
            assert!(is_sign_out(words), "{words}");
        }
        assert!(!is_sign_out("/blog/about"));
    }
}
