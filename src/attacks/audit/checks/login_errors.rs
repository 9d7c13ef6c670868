//! Whether a failed sign-in tells a name that exists from one that does not: one wrong password for each.
//! Times are not compared, because a program on the same computer would see more than an attacker does.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::html::FoundPage;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct LoginErrorsCheck;

const CARD: CheckCard = CheckCard {
    name: "login-errors",
    title: "A failed sign-in does not tell which names exist",
    subject: CheckSubject::Defence(Name::LoginErrors),
    gains: "An attacker learns which names have an account, for guessing, for phishing, or because membership is a secret.",
    keys: &["AU-ENUM"],
    standards: &[],
    requests: 6,
};

#[async_trait]
impl Check for LoginErrorsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let known = audit.second().unwrap_or(audit.account());
        let stranger = "nobody-of-this-name";
        let mut answers = Vec::new();
        let mut exchanges = Vec::new();
        for user in [&*known.user, stranger] {
            let mut person = audit.person();
            let mut values = audit.account().values();
            values.insert("user", user.to_owned());
            values.insert("password", WRONG.to_owned());
            let exchange = audit.plan.try_sign_in(&mut person, &values).await?;
            let location = exchange.header("location").unwrap_or_default().to_owned();
            let (_, last) = person.follow(&audit.plan.home, exchange.clone()).await?;
            let text = FoundPage::read(&last.reply.body).text.replace(user, "NAME");
            answers.push((exchange.reply.status, location.replace(user, "NAME"), text));
            exchanges.push(exchange);
        }
        audit.note_change("Two failed sign-ins, for a name that exists and for one that does not.");
        if answers[0] == answers[1] {
            let says =
                "Both failures have the same status and the same text. Times were not compared.";
            return Ok(CheckAnswer::Strong(says.into()));
        }
        let line = |own: &str, other: &str| {
            let found = own
                .lines()
                .find(|line| !other.contains(line))
                .unwrap_or_default();
            audit.wire.mask.masked(found)
        };
        let says = format!(
            "A wrong password is answered {} \"{}\", an unknown name {} \"{}\".",
            answers[0].0,
            line(&answers[0].2, &answers[1].2),
            answers[1].0,
            line(&answers[1].2, &answers[0].2),
        );
        let shown = audit.shown(&exchanges[1], &[]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)))
    }
}

/// A password that is nobody's.
const WRONG: &str = "certainly-wrong-0";
