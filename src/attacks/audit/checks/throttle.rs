//! Whether guessing is slowed down: ten wrong passwords for an account of the audit, then the right one.
//!
//! It is the last check, because a sign-in that locks stays locked. The words are those of the attack
//! `password-guessing`.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::plan::AuditAccount;
use super::super::tokens;
use super::super::wire::AuditError;
use crate::attacks::word_list::WORDS;
use crate::defences::policy::Name;

pub(super) struct ThrottleCheck;

const CARD: CheckCard = CheckCard {
    name: "throttle",
    title: "Guessing passwords is slowed down",
    subject: CheckSubject::Defence(Name::Throttle),
    gains: "An attacker tries the most common passwords as fast as the application answers.",
    keys: &["AU-RATE"],
    standards: &[],
    requests: 1,
    sign_ins: 12,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for ThrottleCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let account = audit.second().unwrap_or(audit.account());
        // An answer that says when to come again is the limit that is asked about.
        let _no_retries = audit.wire.without_retries();
        // Who is signed in before the guesses shows after them whether anybody is served.
        let witness = GuessWitness::signed_in(audit, account).await?;
        let guesses = WORDS
            .iter()
            .filter(|word| **word != account.password)
            .take(GUESSES);
        let mut tries = 0;
        let mut last = None;
        for word in guesses {
            let mut values = account.values();
            values.insert("password", (*word).to_owned());
            let mut person = audit.person();
            last = Some(audit.plan.try_sign_in(&mut person, &values).await?);
            tries += 1;
        }
        audit.note_change(format!(
            "{tries} failed sign-ins of {}: a lock may still hold.",
            account.user
        ));
        if GuessWitness::signed_in(audit, account).await.is_ok() {
            let says = format!(
                "After {tries} wrong passwords in a row the right one is still taken at once."
            );
            let shown = last.map(|exchange| audit.shown(&exchange, &[]));
            return Ok(CheckAnswer::Weak(CheckEvidence {
                says,
                exchange: shown,
                gains: None,
            }));
        }
        if !witness.is_served(audit, account).await? {
            let says = "After the wrong passwords nobody is served, not even a user who signed in before \
                        them: that is no limit on guesses.";
            return Ok(CheckAnswer::CannotTell(says.into()));
        }
        let says =
            format!("After {tries} wrong passwords in a row the right one is not taken at once.");
        Ok(CheckAnswer::Strong(says))
    }
}

/// How many passwords are guessed.
const GUESSES: usize = 10;

/// Somebody who signed in, by the session or by the token that they have.
enum GuessWitness {
    Session(Option<String>),
    Token(String),
}

impl GuessWitness {
    async fn signed_in(audit: &Audit, account: &AuditAccount) -> Result<Self, AuditError> {
        let tokens = tokens::Tokens::of(audit).filter(|_| !audit.plan.has_cookie_session);
        Ok(match tokens {
            Some(tokens) => Self::Token(tokens.sign_in(account).await?.access),
            None => {
                let person = audit.signed_in(account).await?;
                Self::Session(person.cookie_header(&audit.plan.home))
            }
        })
    }

    async fn is_served(&self, audit: &Audit, account: &AuditAccount) -> Result<bool, AuditError> {
        match self {
            Self::Session(cookie) => Ok(audit.opens(account, cookie.clone()).await?.0),
            Self::Token(token) => {
                let tokens = tokens::Tokens::of(audit);
                let tokens = tokens.ok_or_else(|| AuditError::Unexpected("no [token]".into()))?;
                tokens.open_as(token, account).await
            }
        }
    }
}
