//! The recipe of an audit, `audit.toml`: what a program cannot find out about an application by
//! itself, or should not guess.
//!
//! Every part but the address is optional. A check whose part is missing says so and is not tried.
//! Passwords are never in it: it names files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// What `--init` writes.
pub const TEMPLATE: &str = include_str!("audit.toml");

/// A recipe as it is written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Recipe {
    /// The application's address, as in `http://localhost:5000`.
    pub base: String,
    /// The same application over the other scheme, where it has one.
    pub beside: Option<String>,
    /// The owner says that the machine behind the address is theirs: a port on this computer may be
    /// forwarded to somebody else's.
    #[serde(default)]
    pub mine: bool,
    /// The accounts that the audit signs in with: one, better two.
    #[serde(default)]
    pub account: Vec<AccountRecipe>,
    /// Requests that come before the sign-in itself, such as a page that asks for the name alone.
    #[serde(default)]
    pub sign_in_first: Vec<RequestRecipe>,
    /// How to sign in: the request that carries the password.
    pub sign_in: Option<RequestRecipe>,
    /// What shows that somebody is signed in.
    pub signed_in: Option<SignedInRecipe>,
    /// How to sign out.
    pub sign_out: Option<RequestRecipe>,
    /// Requests that change something and may be sent again and again.
    #[serde(default)]
    pub change: Vec<ChangeRecipe>,
    /// An address that answers with the user's own data, for scripts.
    pub data: Option<String>,
    /// A page that only administrators may see.
    pub admin_page: Option<String>,
    /// How a user gets another password. Only an audit that may destroy something sends it.
    pub password_change: Option<RequestRecipe>,
    /// How an administrator gives a user another role. Only an audit that may destroy something sends it.
    pub role_change: Option<RoleChangeRecipe>,
    /// How a user ends all of their other sessions.
    pub sign_out_others: Option<RequestRecipe>,
    /// The API for tokens.
    pub token: Option<TokenRecipe>,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccountRecipe {
    /// The name at the sign-in.
    pub user: String,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// What the application calls the user, where that is not the name at the sign-in.
    pub shown_as: Option<String>,
}

/// One request. Texts may hold placeholders: `{user}`, `{password}`, `{unique}`; for another
/// password also `{new-password}`; for another role also `{role}`; with a token also `{access}`, `{refresh}`, `{iss}` and `{aud}`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestRecipe {
    /// The page with the form. Its hidden fields are sent along.
    pub page: Option<String>,
    /// Where the request goes; the form's own address where there is none.
    #[serde(default)]
    pub path: String,
    /// The method; POST where there is none.
    pub method: Option<String>,
    /// The fields of a form.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Where a script gets the CSRF token for a JSON request.
    pub csrf: Option<CsrfRecipe>,
}

/// A CSRF token that a script fetches.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CsrfRecipe {
    /// The address that answers with it, as JSON.
    pub from: String,
    /// The member that holds it.
    pub member: String,
    /// The header in which it is sent.
    pub header: String,
}

/// What shows that somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignedInRecipe {
    /// A page for users only.
    pub page: String,
    /// A text on it that only this user sees; `{user}` is the name.
    pub text: String,
}

/// How an administrator gives the first account another role, and what the role opens.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoleChangeRecipe {
    /// The name of the administrator's account, which is one of the accounts and not the first.
    pub by: String,
    /// The request: `{user}` gets `{role}`.
    pub request: RequestRecipe,
    /// The role that the user has.
    pub from: String,
    /// The role that the user gets for a moment.
    pub to: String,
    /// A page that the second role opens and the first does not.
    pub opens: String,
    /// The same for a user with a token.
    pub token_opens: Option<String>,
}

/// A request that changes something, and where the change is seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChangeRecipe {
    /// The request.
    pub request: RequestRecipe,
    /// The page whose text is another one after the change.
    pub seen_on: String,
}

/// The API for tokens.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TokenRecipe {
    /// The sign-in that answers with tokens.
    pub sign_in: RequestRecipe,
    /// The member with the access token.
    #[serde(default = "access_member")]
    pub access: String,
    /// The member with the refresh token.
    #[serde(default = "refresh_member")]
    pub refresh: String,
    /// An address that a token opens.
    pub page: String,
    /// A text there that names the user.
    #[serde(default = "user_text")]
    pub text: String,
    /// The claim that names the user.
    #[serde(default = "subject")]
    pub subject: String,
    /// How a token is signed out; it is sent in `Authorization`.
    pub sign_out: Option<RequestRecipe>,
    /// How a refresh token is exchanged.
    pub renew: Option<RequestRecipe>,
    /// The address of the public key as text (PEM).
    pub public_key: Option<String>,
    /// The address of the key set (RFC 7517).
    pub key_set: Option<String>,
    /// Requests that have another service sign a token with the same key, each wrong in one claim.
    #[serde(default)]
    pub foreign: BTreeMap<String, ForeignToken>,
}

/// A token of another service that shares the key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ForeignToken {
    /// The request.
    pub request: RequestRecipe,
    /// The member with the token.
    #[serde(default = "token_member")]
    pub member: String,
}

fn access_member() -> String {
    "access_token".into()
}

fn refresh_member() -> String {
    "refresh_token".into()
}

fn token_member() -> String {
    "token".into()
}

fn user_text() -> String {
    "{user}".into()
}

fn subject() -> String {
    "sub".into()
}

/// The names of the claims that a foreign token may be wrong in.
pub const FOREIGN: [&str; 4] = ["iss", "aud", "nbf", "crit"];

/// A recipe that cannot be used: where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {because}")]
pub struct RecipeError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub because: String,
    /// What to do about it.
    pub next: String,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// It is no TOML, has an unknown or a missing part, or a part that makes no sense.
    pub fn read(text: &str) -> Result<Self, RecipeError> {
        let recipe: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            RecipeError {
                line: text[..at.min(text.len())].matches('\n').count() + 1,
                because: error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                next: "compare it with what session-lab audit --init writes".into(),
            }
        })?;
        recipe.check(text)?;
        Ok(recipe)
    }

    /// A recipe that has only the address.
    pub fn of_address(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            mine: true,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_init_writes_is_a_recipe_once_its_owner_confirms() {
        let error = Recipe::read(TEMPLATE).expect_err("not confirmed");
        assert!(error.because.contains("mine"), "{error}");
        assert!(
            TEMPLATE
                .lines()
                .nth(error.line - 1)
                .expect("a line")
                .starts_with("mine")
        );
        let confirmed = TEMPLATE.replace("mine = false", "mine = true");
        let recipe = Recipe::read(&confirmed).expect("a recipe");
        assert_eq!(recipe.base, "http://localhost:5000");
        // Every line that is commented out is right as well.
        let all: String = confirmed
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
            .collect();
        let recipe = Recipe::read(&all).expect("a whole recipe");
        assert!(recipe.sign_in.is_some() && recipe.token.is_some());
        assert!(recipe.sign_in_first.len() == 1 && recipe.password_change.is_some());
        assert!(recipe.role_change.is_some() && recipe.sign_out_others.is_some());
        assert_eq!(recipe.account.len(), 3);
        assert_eq!(recipe.change.len(), 2);
    }

    #[test]
    fn an_error_names_its_line_and_the_next_step() {
        for (text, line, part) in [
            (
                "base = \"http://localhost\"\nmine = true\ncolour = 1\n",
                3,
                "colour",
            ),
            (
                "base = \"http://localhost\"\nmine = true\n[sign-in]\n",
                3,
                "neither path nor page",
            ),
            (
                "base = \"http://localhost\"\nmine = true\n\n[sign-out]\npath = \"http://evil.test/\"\n",
                4,
                "slash",
            ),
            ("base = \n", 1, "invalid"),
            ("mine = true\n", 1, "base"),
            (
                "base = \"http://localhost\"\nmine = true\n[[account]]\nuser = \"a\"\n[role-change]\nby = \"a\"\n\
                 from = \"x\"\nto = \"y\"\nopens = \"/\"\nrequest = { path = \"/r\" }\n",
                5,
                "no account beside the first",
            ),
            (
                "base = \"http://localhost\"\nmine = true\n[[account]]\nuser = \"a\"\npassword = \"b\"\n",
                5,
                "password",
            ),
        ] {
            let error = Recipe::read(text).expect_err(text);
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.to_string().contains(part), "{error}");
            assert!(!error.next.is_empty());
        }
    }
}
