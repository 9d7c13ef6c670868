//! Finds out how an application is used where the recipe says nothing: its sign-in, its page for users,
//! its sign-out.
//!
//! A sign-in is looked for as a person would look: on the first page, behind a link that says "sign
//! in" or "log in", at the usual addresses. Nothing is sent to a form that is no sign-in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::exchange::AuditExchange;
use super::html::{FoundForm, FoundPage};
use super::person::Person;
use super::plan::{AuditAccount, AuditPlan};
use super::recipe::RequestRecipe;
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

/// Where a user usually sees who they are.
pub(super) const USUAL_HOMES: [&str; 8] = [
    "/account",
    "/profile",
    "/dashboard",
    "/me",
    "/api/me",
    "/api/user",
    "/api/profile",
    "/api/auth/me",
];

/// Looks for a form to sign in with.
///
/// # Errors
/// No answer.
pub(super) async fn find_form(
    wire: &AuditWire,
    found: &mut Vec<String>,
) -> Result<Option<RequestRecipe>, AuditError> {
    let mut person = Person::new(wire);
    let (root, first) = person.visit(&wire.path("/")).await?;
    let page = FoundPage::read(&first.reply.body);
    let mut pages = vec![root.clone()];
    // A link to the sign-out may lead on to the sign-in, and is never followed to find that.
    let links = page.links.iter().filter(|link| {
        let words = format!("{} {}", link.text, link.address).to_ascii_lowercase();
        SIGN_IN_WORDS.iter().any(|word| words.contains(word)) && !is_sign_out(&words)
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
        let form = page.forms.iter().find(|form| is_sign_in(form));
        if let Some(recipe) = form.and_then(|form| of_form(wire, &at, form)) {
            found.push(format!("The sign-in is the form at {at}."));
            return Ok(Some(recipe));
        }
    }
    Ok(None)
}

/// Looks for a sign-in for programs, whose answer sets a cookie.
///
/// # Errors
/// No answer, or there is none.
pub(super) async fn find_route(
    wire: &AuditWire,
    account: &AuditAccount,
    found: &mut Vec<String>,
) -> Result<RequestRecipe, AuditError> {
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
    Err(no_sign_in())
}

/// There is no sign-in.
pub(super) fn no_sign_in() -> AuditError {
    let because = "no sign-in was found: say in [sign-in] of a recipe where it is, or in [token] where \
                   tokens are got (session-lab audit --init writes one)";
    AuditError::Unexpected(because.into())
}

/// What a sign-in says of itself.
const SIGN_IN_WORDS: [&str; 7] = [
    "sign in", "signin", "sign-in", "sign_in", "log in", "login", "log-in",
];

/// What a form says that makes an account.
const MAKES_ACCOUNT: [&str; 6] = [
    "register", "sign up", "signup", "sign-up", "sign_up", "create",
];

/// Whether a form is one for signing in. A form that makes an account also has a password; it is never
/// sent. Each of the two often has a link to the other, so then the number of fields decides.
fn is_sign_in(form: &FoundForm) -> bool {
    let Some(password) = form.password_field() else {
        return false;
    };
    let words = format!("{} {}", form.action, form.text).to_ascii_lowercase();
    let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let typed = form.fields.iter();
    let typed = typed.filter(|field| matches!(&*field.kind, "text" | "email" | "tel"));
    match (says(&SIGN_IN_WORDS), says(&MAKES_ACCOUNT)) {
        _ if password.autocomplete == "new-password" => false,
        (_, false) => true,
        (false, true) => false,
        (true, true) => typed.count() == 1,
    }
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

/// Finds out how a page for users differs from what a stranger sees at the same address, and whether
/// it does.
///
/// # Errors
/// No answer.
pub(super) async fn find_home(
    wire: &AuditWire,
    plan: &mut AuditPlan,
    account: &AuditAccount,
    person: &mut Person<'_>,
    landed: &str,
) -> Result<bool, AuditError> {
    let usual = ["/"]
        .into_iter()
        .chain(USUAL_HOMES)
        .map(|path| wire.path(path));
    let paths: Vec<String> = [landed.to_owned()].into_iter().chain(usual).collect();
    for path in &paths {
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
            plan.home.clone_from(path);
            plan.home_text = text;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Looks for a sign-out on the page for users.
pub(super) fn find_sign_out(wire: &AuditWire, plan: &mut AuditPlan, home: &AuditExchange) {
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
                page: relative(wire, &plan.home),
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
        "logout", "log out", "log-out", "log_out", "logoff", "log off", "signout", "sign out",
        "sign-out", "sign_out", "signoff", "sign off",
    ];
    known.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_makes_an_account_is_no_sign_in() {
        let page = FoundPage::read(
            "<form action=/new><input name=u><input type=password name=p><button>Sign up</button></form>\
             <form action=/register><input name=u><input type=password name=p></form>\
             <form action=/n><input name=u><input type=password autocomplete=new-password name=p></form>\
             <form action=/new><input name=mail><input name=u><input type=password name=p>\
             Sign up <a href=/in>or log in</a></form>\
             <form action=/in><input name=u><input type=password name=p><button>Go</button></form>\
             <form action=/in><input name=u><input type=password name=p>Log in <a href=/new>or sign up</a>\
             </form>",
        );
        let forms: Vec<bool> = page.forms.iter().map(is_sign_in).collect();
        assert_eq!(forms, [false, false, false, false, true, true]);
    }

    #[test]
    fn a_sign_out_is_known_by_its_words() {
        for words in ["/accounts/logout/", "Sign out", "LOG OUT", "Log off"] {
            assert!(is_sign_out(words), "{words}");
        }
        assert!(!is_sign_out("/blog/about"));
    }
}
