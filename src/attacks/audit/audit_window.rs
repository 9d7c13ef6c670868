//! A browser window in which a user of the audited application signs in and out, for what only a
//! browser decides.
//!
//! The browser finds names of hosts by itself, so it visits only an application whose name can mean
//! nothing but this computer.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::Audit;
use super::check::CheckAnswer;
use super::plan::AuditAccount;
use super::prepared::{Values, fill};
use super::recipe::RequestRecipe;
use super::wire::AuditError;
use crate::browser::{Browser, BrowserError, Window};
use crate::defences::facts::Scheme;

/// Fills in the form that has these fields and leads to this path, and sends it as its button does.
const SEND: &str = "((fields, path) => {
    const leads = (form) => new URL(form.getAttribute('action') || '', document.baseURI).pathname;
    const fits = (form) => (path === '' || leads(form) === path)
        && fields.every(([name]) => form.elements.namedItem(name));
    const form = [...document.forms].find(fits);
    if (!form) return false;
    for (const [name, value] of fields) form.elements.namedItem(name).value = value;
    const button = form.querySelector('[type=submit], button:not([type])');
    setTimeout(() => button ? form.requestSubmit(button) : form.requestSubmit());
    return true;
})";

/// A user at a window.
pub(super) struct AuditWindow<'a> {
    audit: &'a Audit,
    browser: &'a Browser,
    window: Window,
}

impl Drop for AuditWindow<'_> {
    fn drop(&mut self) {
        self.browser.forget_later(&self.window);
    }
}

impl From<BrowserError> for AuditError {
    fn from(error: BrowserError) -> Self {
        AuditError::Unexpected(format!("in the browser: {error}"))
    }
}

impl<'a> AuditWindow<'a> {
    /// Opens a window with an empty jar and signs somebody in. Gives the answer of a check where no
    /// browser can be used.
    ///
    /// # Errors
    /// The browser is gone, or the sign-in does not work in it.
    pub async fn signed_in(
        audit: &'a Audit,
        account: &AuditAccount,
    ) -> Result<Result<Self, CheckAnswer>, AuditError> {
        let not_tried = |why: &str| Ok(Err(CheckAnswer::NotTried(why.into())));
        let Some(browser) = &audit.browser else {
            return not_tried("A browser decides it: add --browser chromium or --browser firefox.");
        };
        let target = audit.wire.target();
        if !is_surely_here(&target.host_name) {
            return not_tried(
                "A browser looks a name up by itself, so it only visits localhost and addresses of this \
                 computer: name the application so in base.",
            );
        }
        if target.scheme == Scheme::Https && audit.wire.certificate_unchecked() {
            return not_tried(
                "The browser does not trust the application's certificate: audit it over http.",
            );
        }
        let window = Self {
            audit,
            browser,
            window: browser.private_window().await?,
        };
        let values = account.values();
        let steps = audit.plan.recipe.sign_in_first.iter();
        for step in steps.chain([&audit.plan.sign_in]) {
            if step.page.is_none() {
                return not_tried("The sign-in has no page with a form that a browser could send.");
            }
            window.send(step, &values).await?;
        }
        window.visit(&audit.plan.home).await?;
        if window.shows(account).await? {
            return Ok(Ok(window));
        }
        let because = format!(
            "in {} the sign-in of {} does not work, and without a browser it does: look at the cookies \
             that the browser refuses",
            browser.version(),
            account.user
        );
        Err(AuditError::Unexpected(because))
    }

    /// The browser's name and version.
    pub fn version(&self) -> &str {
        self.browser.version()
    }

    /// The window, for what has no method here.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The whole address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.audit.wire.target().origin())
    }

    /// Goes to a whole path of the application.
    ///
    /// # Errors
    /// Its page does not come.
    pub async fn visit(&self, path: &str) -> Result<(), AuditError> {
        Ok(self.window.visit(&self.address(path)).await?)
    }

    /// Whether the page that is open shows this user signed in.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn shows(&self, account: &AuditAccount) -> Result<bool, AuditError> {
        let text = self
            .audit
            .plan
            .home_text
            .replace("{user}", &account.shown_as);
        let looks = format!(
            "(document.body?.innerText ?? '').includes({})",
            Value::from(text)
        );
        Ok(self.window.run(&looks).await?)
    }

    /// Signs out as the user does. `false` where no page has the form for it.
    ///
    /// # Errors
    /// The browser is gone, or no page comes.
    pub async fn sign_out(&self, sign_out: &RequestRecipe) -> Result<bool, AuditError> {
        let is_get = sign_out
            .method
            .as_deref()
            .is_some_and(|method| method.eq_ignore_ascii_case("get"));
        if is_get {
            self.visit(&self.audit.wire.path(&sign_out.path)).await?;
            return Ok(true);
        }
        if sign_out.page.is_none() {
            return Ok(false);
        }
        self.send(sign_out, &Values::new()).await?;
        Ok(true)
    }

    /// Opens the page of a request and sends its form.
    async fn send(&self, request: &RequestRecipe, values: &Values) -> Result<(), AuditError> {
        let wire = &self.audit.wire;
        if let Some(page) = &request.page {
            self.visit(&wire.path(&fill(page, values))).await?;
        }
        let fields = request.form.iter();
        let fields: Vec<Value> = fields
            .map(|(name, value)| json!([name, fill(value, values)]))
            .collect();
        let path = match request.path.split('?').next() {
            Some("") | None => String::new(),
            Some(path) => wire.path(path),
        };
        let call = format!("{SEND}({}, {})", Value::from(fields), Value::from(path));
        let sent = self
            .window
            .load(async || match self.window.run::<bool>(&call).await? {
                true => Ok(()),
                false => Err(BrowserError::Missing(
                    "form with the fields of the recipe".into(),
                )),
            });
        Ok(sent.await?)
    }
}

/// Whether every browser takes this name for this computer, whatever the system's files say.
fn is_surely_here(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let loopback = address.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    loopback || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_visits_only_names_that_mean_this_computer() {
        for here in [
            "localhost",
            "portal.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
        ] {
            assert!(is_surely_here(here), "{here}");
        }
        for elsewhere in [
            "app.test",
            "localhost.example",
            "192.168.0.7",
            "evillocalhost",
            "",
        ] {
            assert!(!is_surely_here(elsewhere), "{elsewhere}");
        }
    }
}
