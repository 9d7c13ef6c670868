//! Runs the checks of an audit, one after the other, and makes the report.

use std::time::Duration;

use super::check::{Check, CheckAnswer, CheckCard, CheckNeed, CheckSubject, Credential};
use super::overload::{NOBODY_IS_SERVED, TURNED_AWAY};
use super::report::{AuditFinding, AuditReport};
use super::verdict::SeenArms;
use super::wire::AuditError;
use super::{Audit, CHECKS, HonestAnswer};
use crate::client::ClientError;
use crate::defences::policy::Name;

/// How long one check may take, beside what it waits for.
const ONE_CHECK: Duration = Duration::from_secs(90);

/// How long all of them may take together.
const ALL_CHECKS: Duration = Duration::from_secs(900);

/// Why a check is not tried on an application that knows tokens only.
const NO_COOKIE_SESSION: &str = "It is about a session that a cookie makes, and only a sign-in for \
                                 tokens is known. Where there is another one, name it in [sign-in].";

/// How many checks are asked a second time in vain. After that, sessions are lost because of the checks and
/// not because the application began anew.
const ASKED_IN_VAIN: u32 = 2;

/// Runs every check, and tells `begun` of each before it starts.
pub async fn run(audit: &Audit, mut begun: impl FnMut(&'static CheckCard)) -> AuditReport {
    let until = tokio::time::Instant::now() + ALL_CHECKS + audit.wait.unwrap_or_default() * 2;
    let mut answers = Vec::new();
    let mut asked_in_vain = 0;
    for check in CHECKS {
        let card = check.card();
        begun(card);
        if card.uses() == Credential::CookieSession && !audit.plan.has_cookie_session {
            answers.push((card, CheckAnswer::NotTried(NO_COOKIE_SESSION.into())));
            continue;
        }
        let answer = match tokio::time::Instant::now() < until {
            true => undisturbed(audit, *check, &mut asked_in_vain).await,
            false => late(),
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
        turned_away: audit.was_turned_away(),
        found: audit.plan.found.clone(),
        changed: audit.changes(),
        findings: findings.collect(),
    }
}

fn late() -> CheckAnswer {
    CheckAnswer::NotTried("It took longer than a check may take.".into())
}

/// The answer of a check that was not disturbed: where the application lost a session that the check did
/// not touch, or the connection, the check is asked once more. An application may begin anew meanwhile.
async fn undisturbed(audit: &Audit, check: &dyn Check, asked_in_vain: &mut u32) -> CheckAnswer {
    let card = check.card();
    let (answer, disturbed) = asked(audit, check).await;
    // What waits or destroys is not done twice.
    let is_dear = [CheckNeed::Waiting, CheckNeed::Destruction].iter();
    let is_dear = is_dear.into_iter().any(|need| card.needs.contains(need));
    if !disturbed || is_dear || *asked_in_vain >= ASKED_IN_VAIN {
        return answer;
    }
    let (answer, disturbed) = asked(audit, check).await;
    *asked_in_vain += u32::from(disturbed);
    answer
}

/// The answer of a check, and whether something disturbed it.
async fn asked(audit: &Audit, check: &dyn Check) -> (CheckAnswer, bool) {
    let card = check.card();
    let limit = ONE_CHECK + audit.wait.unwrap_or_default();
    let before = (audit.wire.sent(), audit.wire.turned_away());
    let answer = match tokio::time::timeout(limit, check.run(audit)).await {
        Err(_) => return (late(), false),
        Ok(Ok(answer)) => answer,
        Ok(Err(error @ AuditError::Overloaded(_))) => {
            audit.note_turned_away(audit.wire.turned_away() - before.1);
            return (CheckAnswer::CannotTell(in_words(&error)), false);
        }
        Ok(Err(error)) => {
            let is_broken = matches!(error, AuditError::Client(ClientError::Http(_)));
            return (CheckAnswer::NotTried(in_words(&error)), is_broken);
        }
    };
    // The throttle turns away itself, and its check asks the honest request itself.
    if card.subject == CheckSubject::Defence(Name::Throttle) {
        return (answer, false);
    }
    let turned_away = audit.wire.turned_away() - before.1;
    audit.note_turned_away(turned_away);
    let is_refusal = matches!(
        answer,
        CheckAnswer::Strong(_) | CheckAnswer::NotFound { .. }
    );
    if !is_refusal || audit.wire.sent() == before.0 {
        return (answer, false);
    }
    if turned_away > 0 {
        return (CheckAnswer::CannotTell(TURNED_AWAY.into()), false);
    }
    // A refusal counts where an honest request is served after it.
    match tokio::time::timeout(ONE_CHECK, audit.honest_answer(card.uses())).await {
        Ok(Ok(HonestAnswer::Served)) => (answer, false),
        Ok(Ok(HonestAnswer::ServedAgain)) => (answer, true),
        _ => (CheckAnswer::CannotTell(NOBODY_IS_SERVED.into()), false),
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
