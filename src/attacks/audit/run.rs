//! Runs the checks of an audit, one after the other, and makes the report.

use std::time::Duration;

use super::check::{CheckAnswer, CheckCard, CheckSubject, Credential};
use super::overload::{NOBODY_IS_SERVED, TURNED_AWAY};
use super::report::{AuditFinding, AuditReport};
use super::verdict::SeenArms;
use super::wire::AuditError;
use super::{Audit, CHECKS};
use crate::defences::policy::Name;

/// How long one check may take, beside what it waits for.
const ONE_CHECK: Duration = Duration::from_secs(90);

/// How long all of them may take together.
const ALL_CHECKS: Duration = Duration::from_secs(900);

/// Why a check is not tried on an application that knows tokens only.
const NO_COOKIE_SESSION: &str = "It is about a session that a cookie makes, and only a sign-in for \
                                 tokens is known. Where there is another one, name it in [sign-in].";

/// How many requests the checks send, roughly: what they say, and two sign-ins each.
pub fn estimate() -> u32 {
    let sign_in = 4;
    CHECKS
        .iter()
        .map(|check| check.card().requests + sign_in)
        .sum()
}

/// Runs every check, and tells `begun` of each before it starts.
pub async fn run(audit: &Audit, mut begun: impl FnMut(&'static CheckCard)) -> AuditReport {
    let until = tokio::time::Instant::now() + ALL_CHECKS + audit.wait.unwrap_or_default() * 2;
    let mut answers = Vec::new();
    let mut turned_away = false;
    for check in CHECKS {
        let card = check.card();
        begun(card);
        if card.uses() == Credential::CookieSession && !audit.plan.has_cookie_session {
            answers.push((card, CheckAnswer::NotTried(NO_COOKIE_SESSION.into())));
            continue;
        }
        let limit = ONE_CHECK + audit.wait.unwrap_or_default();
        let late = CheckAnswer::NotTried("It took longer than a check may take.".into());
        let before = (audit.wire.sent(), audit.wire.turned_away());
        let answer = match tokio::time::timeout(limit, check.run(audit)).await {
            _ if tokio::time::Instant::now() > until => late,
            Err(_) => late,
            Ok(Ok(answer)) => answer,
            Ok(Err(error @ AuditError::Overloaded(_))) => CheckAnswer::CannotTell(in_words(&error)),
            Ok(Err(error)) => CheckAnswer::NotTried(in_words(&error)),
        };
        // The throttle turns away itself, and its check asks the honest request itself.
        let answer = match card.subject {
            CheckSubject::Defence(Name::Throttle) => answer,
            _ => {
                turned_away |= audit.wire.turned_away() > before.1;
                confirmed(audit, card, answer, before).await
            }
        };
        answers.push((card, answer));
    }
    let arms = arms(&answers);
    let framework = audit.seen.framework;
    let findings = answers.iter();
    let findings = findings.map(|(card, answer)| AuditFinding::of(card, answer, &arms, framework));
    let target = audit.wire.target();
    AuditReport {
        target: format!("{}{}", target.origin(), target.base_path),
        framework,
        certificate_unchecked: audit.wire.certificate_unchecked(),
        turned_away,
        found: audit.plan.found.clone(),
        changed: audit.changes(),
        findings: findings.collect(),
    }
}

/// A refusal, if it was one: nothing was turned away for the rate of requests, and an honest request
/// is served after it. `before` is how many requests were sent, and how many turned away.
async fn confirmed(
    audit: &Audit,
    card: &CheckCard,
    answer: CheckAnswer,
    before: (u32, u32),
) -> CheckAnswer {
    let is_refusal = matches!(
        answer,
        CheckAnswer::Strong(_) | CheckAnswer::NotFound { .. }
    );
    if !is_refusal || audit.wire.sent() == before.0 {
        return answer;
    }
    if audit.wire.turned_away() > before.1 {
        return CheckAnswer::CannotTell(TURNED_AWAY.into());
    }
    let served = tokio::time::timeout(ONE_CHECK, audit.serves_honest_requests(card.uses())).await;
    match served {
        Ok(Ok(true)) => answer,
        _ => CheckAnswer::CannotTell(NOBODY_IS_SERVED.into()),
    }
}

/// The arms that the answers show. A search that found nothing is no sign of a protection, but no
/// layer is missing either.
fn arms(answers: &[(&'static CheckCard, CheckAnswer)]) -> SeenArms {
    let mut arms = SeenArms::default();
    for (card, answer) in answers {
        let CheckSubject::Defence(name) = card.subject else {
            continue;
        };
        match answer {
            CheckAnswer::Weak(_) => arms.weak.insert(name),
            CheckAnswer::Strong(_) => arms.strong.insert(name),
            _ => false,
        };
    }
    arms
}

fn in_words(error: &AuditError) -> String {
    let text = error.to_string();
    let first = text.chars().next().map(|c| c.to_uppercase().to_string());
    format!(
        "{}{}.",
        first.unwrap_or_default(),
        text.chars().skip(1).collect::<String>()
    )
}
