//! Signing with a key that leaked two months ago.
//!
//! Start: the attacker has an old backup, with the secret that signed tokens at that time, and an
//! ordinary account.
//!
//! Why it works: without `key-rotation` one key signs as long as the API exists. A leak that nobody
//! noticed stays useful that long.
//!
//! Proof: two months later the API works in the victim's name for a token that was signed with the
//! leaked key.
//!
//! Stopped by `key-rotation` alone: a retired key is refused by its name, before a signature would
//! be looked at. Not stopped by `jwt-key`: a random key leaks as easily as a word. Not by
//! `jwt-signature`: the signature is right. Not by `jwt-expiry` or `jwt-revocation`: the token is
//! new, and the attacker signs another one when it expires.
//!
//! Refused for this program: using the key on the day of the leak. No rotation helps against that,
//! so the cell would be the same on both arms.
//!
//! Source: ASVS 13.3.4 (secrets rotate), CWE-324. Read `src/defences/key_rotation.rs`
//! next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts, text};
use crate::defences::policy::Name;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(in crate::attacks) struct RetiredKey;

const CARD: Card = Card {
    name: "retired-key",
    title: "A key from an old backup",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker finds a backup of the portal's configuration, and in it the secret that \
            signs tokens. Two months later they sign a token in the victim's name with it.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::KeyRotation]],
    when_stopped: "The key in the backup has retired, so no token that it signs is accepted.",
    shows: &["JWT-HARDKEY", "JWT-KEYUSE"],
    standards: &["ASVS 13.3.4", "CWE-324"],
};

#[async_trait]
impl Attack for RetiredKey {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account.");
        let mut attacker = scenario.actor("attacker");
        // A portal in use has issued tokens before the backup was made: its keys count from then
        // on.
        own_parts(&mut attacker, ATTACKER).await?;
        scenario.narrate("The attacker finds a backup with the secret that signs tokens.");
        // Keys leak by backups, logs and old laptops. Nobody notices, so nobody changes the key for
        // this reason. Only a routine change helps.
        let backup = scenario.stolen_backup().await?;
        let leaked = &backup["token_keys"][0];
        // The gain: the secret, and the name under which the verifier looks it up. Together they
        // sign for any user.
        let (kid, secret) = (text(leaked, "kid")?, text(leaked, "k")?);
        let broken = |_| ScenarioError::Unexpected("the secret is not base64url".into());
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(broken)?;
        scenario.advance_clock(TWO_MONTHS).await?;

        scenario
            .narrate("Two months later the attacker signs a token in the victim's name with it.");
        // A token of today shows what today's API expects.
        let own = own_parts(&mut attacker, ATTACKER).await?;
        // The attacker names the leaked key. On the weak arm of `key-rotation` it is still in use.
        // On the strong arm the next key signs after a month, and this one retires a day later, so
        // the verifier no longer has a key of that name. A leak is then worth at most one period.
        let token = own
            .in_the_name_of(VICTIM)
            .with_header("kid", kid)
            .hs256(&secret)?;
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

/// In minutes. A key signs for 30 days and verifies for one more, so after 61 days the first one
/// has retired.
const TWO_MONTHS: u64 = 61 * 24 * 60;
