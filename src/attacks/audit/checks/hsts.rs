//! Whether browsers are told to use https only (HSTS). On `localhost` the header would reach every other
//! project of the computer, so it is not asked for there.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::mends::CheckMend;
use super::super::wire::AuditError;
use crate::defences::Elsewhere;
use crate::defences::facts::Scheme;
use crate::defences::policy::Name;

pub(super) struct HstsCheck;

const CARD: CheckCard = CheckCard {
    name: "hsts",
    title: "Browsers are told to use https only",
    subject: CheckSubject::Other {
        worst: Worst::Note,
        near: Name::Transport,
    },
    gains: "The first request of a visit may go over plain http, and an attacker on the network answers it.",
    keys: &["HDR-HSTS"],
    standards: &["ASVS 3.4.1", "CWE-523", "RFC 6797"],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "Send Strict-Transport-Security: max-age=31536000 with every answer over https.",
    elsewhere: Elsewhere {
        flask: "flask-talisman: Talisman(app), which sends it for a year, the default",
        express: "helmet() sends it for a year, the default",
        django: "SECURE_HSTS_SECONDS = 31536000, with SecurityMiddleware",
        spring: "Spring Security sends it over https for a year, the default",
        rocket: "Shield::default().enable(Hsts::Enable(Duration::days(365))); with TLS in a release build \
                 it is on by default",
    },
};

#[async_trait]
impl Check for HstsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let target = audit.wire.target();
        if target.scheme == Scheme::Http {
            return Ok(CheckAnswer::NotTried(
                "The header counts over https only.".into(),
            ));
        }
        let name = &target.host_name;
        if name == "localhost"
            || name.ends_with(".localhost")
            || url::Host::parse(name).is_ok_and(|host| !matches!(host, url::Host::Domain(_)))
        {
            return Ok(CheckAnswer::NotTried(
                "On localhost and on an address the header must not be sent.".into(),
            ));
        }
        let home = &audit.seen.home;
        if home.header("strict-transport-security").is_some() {
            return Ok(CheckAnswer::Strong(
                "The page says Strict-Transport-Security.".into(),
            ));
        }
        let shown = audit.shown(home, &["strict-transport-security"]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "The page does not say Strict-Transport-Security.",
            shown,
        )))
    }
}
