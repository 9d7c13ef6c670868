//! One way to check a password, for every route that takes one (CWE-288: no path is weaker).

use std::time::Duration;

use super::Visitor;
use super::password_text::normalized;
use crate::base::event::EventKind;
use crate::base::set_cookie::SetCookie;
use crate::defences::facts::LoginFailure;
use crate::defences::password_storage::StoredPassword;
use crate::session::accounts::Account;
use crate::session::sign_in::SignInError;
use crate::session::throttle::Attempt;
use crate::storage::StorageError;
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

/// Checks a password, counted by the throttle.
///
/// # Errors
/// The store does not answer.
pub async fn check(
    visitor: &Visitor<'_>,
    user: &str,
    password: &str,
) -> Result<PasswordCheck, StorageError> {
    let world = &visitor.world;
    let known = world.known_browser(visitor.browser_cookie()).await?;
    let known = known
        .filter(|known| known.browser.user == user)
        .map(|known| known.key);
    let rule = world.probe.throttle().rule(user, known.as_deref());
    if let Some(rule) = &rule
        && let Attempt::Refused(wait) = world.count_attempt(rule).await?
    {
        world
            .note(EventKind::SignInFailed {
                user: None,
                throttled: true,
            })
            .await?;
        return Ok(PasswordCheck::Wait(wait));
    }
    let account = world.account(user).await?;
    let failure = match &account {
        Some(account) => {
            let right = matches(visitor, account.record.password.clone(), password).await?;
            if right {
                None
            } else {
                Some(LoginFailure::WrongPassword)
            }
        }
        None => {
            if world.probe.login_errors().hashes_for_unknown() {
                let storage = world.probe.password_storage();
                let dummy = StoredPassword::dummy(storage, world.bench.hash_cost());
                matches(visitor, dummy, password).await?;
            }
            Some(LoginFailure::UnknownUser)
        }
    };
    match (failure, account) {
        (None, Some(account)) => {
            if let Some(rule) = &rule {
                world.forget_attempts(rule).await?;
            }
            Ok(PasswordCheck::Right(Box::new(account)))
        }
        (failure, account) => {
            let user = account.map(|account| account.user);
            world
                .note(EventKind::SignInFailed {
                    user,
                    throttled: false,
                })
                .await?;
            let why = failure.unwrap_or(LoginFailure::UnknownUser);
            Ok(PasswordCheck::Wrong(
                world.probe.login_errors().message(why),
            ))
        }
    }
}

async fn matches(
    visitor: &Visitor<'_>,
    stored: StoredPassword,
    password: &str,
) -> Result<bool, StorageError> {
    let Some(password) = normalized(password) else {
        return Ok(false);
    };
    match stored {
        StoredPassword::Plain(_) => Ok(stored.matches(&password)),
        StoredPassword::Argon2id(_) => {
            let password = password.into_owned();
            visitor
                .world
                .bench
                .hash(move || stored.matches(&password))
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
        .sign_in(before, adopted_id, account, &visitor.label)
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
