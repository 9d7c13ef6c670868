//! Forged tokens, sent one after the other until one is accepted.

use super::Audit;
use super::check::{CheckAnswer, CheckEvidence};
use super::tokens::Tokens;
use super::wire::AuditError;

/// Tokens that are forged in one way, and what a report says of them.
pub(super) struct ForgedTokens {
    /// The tokens.
    pub tokens: Vec<String>,
    /// What one of them is, for the mask that hides it in a report.
    pub each: &'static str,
    /// The sentence where one is accepted.
    pub accepted: &'static str,
    /// What they are in the plural, and that none is accepted.
    pub refused: &'static str,
}

impl ForgedTokens {
    /// Sends them. Where any signature is believed, an accepted token would say nothing about the way
    /// in which it was forged, so none is sent.
    ///
    /// # Errors
    /// The application does not answer.
    pub(super) async fn send(
        self,
        audit: &Audit,
        tokens: &Tokens<'_>,
    ) -> Result<CheckAnswer, AuditError> {
        if tokens.believes_any_signature().await? {
            let says = "It cannot be told apart: the API accepts a token with any signature.";
            return Ok(CheckAnswer::CannotTell(says.into()));
        }
        for token in &self.tokens {
            audit.wire.mask.note(token, self.each);
            let (opens, exchange) = tokens.open(token).await?;
            if opens {
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(self.accepted, shown)));
            }
        }
        Ok(CheckAnswer::NotFound {
            tries: self.tokens.len(),
            of: self.refused,
        })
    }
}
