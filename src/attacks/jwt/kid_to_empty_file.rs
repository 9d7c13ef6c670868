//! Leading the verifier to an empty file. Worksheet 12.
//!
//! Stopped by `jwt-kid` alone. Read `src/defences/jwt_kid.rs` next.

use super::super::scenario::{ATTACKER, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::{judge, own_parts};
use crate::defences::policy::Name;
use async_trait::async_trait;

pub(in crate::attacks) struct KidToEmptyFile;

const CARD: Card = Card {
    name: "kid-to-empty-file",
    title: "A key name that leads to an empty file",
    engine: Engine::Http,
    victim: "Has an account, and need not be signed in.",
    means: "The attacker writes a token in the victim's name whose key name is the path \
            ../../../dev/null, a file that is always there and always empty, and signs it with no \
            bytes at all.",
    evidence: "The profile says that the attacker is logged in as the victim.",
    stopped_by: &[&[Name::JwtKid]],
    when_stopped: "The name is in no map of keys, so the token was refused. No file is opened.",
    shows: &["JWT-KID"],
    standards: &["ASVS 9.1.3", "CWE-22", "CWE-347", "WSTG-SESS-10"],
};

#[async_trait]
impl Attack for KidToEmptyFile {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The attacker signs in to their own account and decodes the token.");
        let mut attacker = scenario.actor("attacker");
        let own = own_parts(&mut attacker, ATTACKER).await?;

        scenario.narrate("The attacker names an empty file as the key, and signs with no bytes.");
        // On the weak arm of `jwt-kid` the name becomes a path below the folder of keys. `..`
        // leaves that folder, so the attacker chooses the file that is the key. /dev/null is on
        // every Unix; any file with known content would do, such as a stylesheet of the portal.
        let forged = own
            .in_the_name_of(VICTIM)
            .with_header("kid", "../../../dev/null");
        // Filtering `..` was refused: there are other spellings and absolute paths. A map from
        // names to keys has no path in it at all.
        judge(&CARD, &mut attacker, &forged.hs256(b"")?, VICTIM).await
    }
}
