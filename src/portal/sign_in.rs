//! One way to check a password, for every route that takes one (CWE-288: no path is weaker).

use std::time::Duration;

use super::Visitor;
use super::password_text::normalized;
use crate::base::event::EventKind;
use crate::base::set_cookie::SetCookie;
use crate::defences::facts::LoginFailure;
use crate::defences::hash_memory::HashMemory;
use crate::defences::password_storage::StoredPassword;
use crate::session::accounts::Account;
use crate::session::hashing::HashingError;
use crate::session::sign_in::SignInError;
use crate::session::throttle::{Attempt, AttemptEnd};
use crate::web::problem::Problem;

/// How a password check ended.
#[derive(Debug)]
pub enum PasswordCheck {
    /// The password is the account's.
    Right(Box<Account>),
    /// It is not; the message is what the visitor may know.
    Wrong(&'static str),
    /// Too many failures: not looked at.
    Wait(Duration),
}

/// What a program is told to do after a sign-in that failed.
pub const NEXT: &str = "Send the name and the password of an account.";

/// The answer where no name or no password was sent, on every arm: there was nothing to look up, so
/// it cannot reveal anything.
const INCOMPLETE: &str = "Invalid credentials!";

/// Checks a password, counted by the throttle. An empty name or password is the same as none: it is
/// no guess, so nothing is looked up and nothing is counted.
///
/// # Errors
/// The store does not answer, or too many passwords wait to be checked on this bench (503).
pub async fn check(
    visitor: &Visitor<'_>,
    user: &str,
    password: &str,
) -> Result<PasswordCheck, Problem> {
    let world = &visitor.world;
    if user.is_empty() || password.is_empty() {
        world.note(failed(None, false)).await?;
        return Ok(PasswordCheck::Wrong(INCOMPLETE));
    }
    let known = world.known_browser(visitor.browser_cookie()).await?;
    let known = known
        .filter(|known| known.browser.user == user)
        .map(|known| known.key);
    let rule = world.probe.throttle().rule(user, known.as_deref());
    let mut counted = None;
    if let Some(rule) = &rule {
        match world.count_attempt(rule).await? {
            Attempt::Allowed(attempt) => counted = Some(attempt),
            Attempt::Refused(wait) => {
                world.note(failed(None, true)).await?;
                return Ok(PasswordCheck::Wait(wait));
            }
        }
    }
    let end = async |end, noted: Option<EventKind>| match (counted, noted) {
        (Some(attempt), noted) => world.end_attempt(attempt, end, noted).await,
        (None, Some(noted)) => world.note(noted).await,
        (None, None) => Ok(()),
    };
    match look_at(visitor, user, password).await {
        Ok((None, Some(account))) => {
            end(AttemptEnd::Right, None).await?;
            Ok(PasswordCheck::Right(Box::new(account)))
        }
        Ok((failure, account)) => {
            let noted = failed(account.map(|account| account.user), false);
            end(AttemptEnd::Wrong, Some(noted)).await?;
            let why = failure.unwrap_or(LoginFailure::UnknownUser);
            let message = world.probe.login_errors().message(why);
            Ok(PasswordCheck::Wrong(message))
        }
        Err(problem) => {
            end(AttemptEnd::NotLookedAt, None).await?;
            Err(problem)
        }
    }
}

/// The account of that name, and why the password is not its own, if it is not.
async fn look_at(
    visitor: &Visitor<'_>,
    user: &str,
    password: &str,
) -> Result<(Option<LoginFailure>, Option<Account>), Problem> {
    let world = &visitor.world;
    let Some(account) = world.account(user).await? else {
        if world.probe.login_errors().hashes_for_unknown() {
            let storage = world.probe.password_storage();
            let dummy = StoredPassword::dummy(storage, world.bench.hash_cost());
            matches(visitor, dummy, password).await?;
        }
        return Ok((Some(LoginFailure::UnknownUser), None));
    };
    let right = matches(visitor, account.record.password.clone(), password).await?;
    Ok((
        (!right).then_some(LoginFailure::WrongPassword),
        Some(account),
    ))
}

fn failed(user: Option<String>, throttled: bool) -> EventKind {
    EventKind::SignInFailed { user, throttled }
}

async fn matches(
    visitor: &Visitor<'_>,
    stored: StoredPassword,
    password: &str,
) -> Result<bool, HashingError> {
    let Some(password) = normalized(password) else {
        return Ok(false);
    };
    match stored {
        StoredPassword::Plain(_) => Ok(stored.matches(&password, &mut HashMemory::default())),
        StoredPassword::Argon2id(_) => {
            let password = password.into_owned();
            visitor
                .world
                .bench
                .hash(move |memory| stored.matches(&password, memory))
                .await
        }
    }
}

/// Signs an account in whose password was right. Gives the cookies that the answer must set.
///
/// # Errors
/// The account changed meanwhile (409), or the store does not answer (503).
pub async fn sign_in(visitor: &Visitor<'_>, account: &Account) -> Result<Vec<SetCookie>, Problem> {
    let before = visitor.session.as_ref();
    let adopted_id = visitor.adopted_id.clone();
    match visitor
        .world
        .sign_in(before, adopted_id, account, visitor.source.for_record())
        .await
    {
        Ok(session) => {
            let mut cookies = vec![visitor.session_cookie(&session)];
            cookies.extend(visitor.claim_cookies(account, session.record.large_text));
            Ok(cookies)
        }
        Err(SignInError::AccountChanged) => Err(Problem::conflict()),
        Err(SignInError::StorageError(error)) => Err(error.into()),
    }
}

/// Whole seconds to wait, rounded up.
pub fn seconds(wait: Duration) -> u64 {
    wait.as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}
