//! Whether a content security policy keeps scripts out that the page did not bring.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::exchange::AuditExchange;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct CspCheck;

const CARD: CheckCard = CheckCard {
    name: "csp",
    title: "Only the page's own scripts run",
    subject: CheckSubject::Defence(Name::Csp),
    gains: "A script that an attacker brings into a page runs with the user's session, where some text is not escaped.",
    keys: &["HDR-CSP", "XSS-RUN"],
    standards: &[],
    requests: 0,
    sign_ins: 0,
    needs: &[],
    mend: None,
};

#[async_trait]
impl Check for CspCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let home = &audit.seen.home;
        if limits_scripts(home) {
            return Ok(CheckAnswer::Strong(
                "The policy allows no inline script without a nonce or a hash.".into(),
            ));
        }
        let shown = audit.shown(home, &["content-security-policy"]);
        Ok(CheckAnswer::Weak(CheckEvidence::new(
            "No content security policy keeps inline scripts out.",
            shown,
        )))
    }
}

/// Whether some policy of a page forbids inline scripts. Browsers apply every policy that is sent.
fn limits_scripts(page: &AuditExchange) -> bool {
    let mut policies = page
        .reply
        .header("content-security-policy")
        .flat_map(|value| value.split(','));
    policies.any(|policy| {
        let directive = |name: &str| {
            let mut parts = policy
                .split(';')
                .map(|part| part.trim().to_ascii_lowercase());
            parts.find(|part| part.split_whitespace().next() == Some(name))
        };
        let scripts = directive("script-src").or_else(|| directive("default-src"));
        scripts.is_some_and(|sources| {
            let strict = sources.contains("'nonce-") || sources.contains("'sha");
            // Beside a nonce or a hash, browsers ignore 'unsafe-inline'.
            let open = ["'unsafe-inline'", " * ", " data:", " https:", " http:"];
            let sources = format!("{sources} ");
            strict || !open.iter().any(|source| sources.contains(source))
        })
    })
}
