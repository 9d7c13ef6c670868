//! Signing in with the name of a session's file, from a stolen backup. Worksheet 10.
//!
//! Start: the attacker has read a copy of the session store: a lost disk, a backup, a list on an
//! administrator's page. The victim is signed in at that time.
//!
//! Why it works: on the weak `at-rest` the store keeps a session under its id. A list of ids is a
//! list of keys to open sessions, and no password is asked for.
//!
//! Proof: the name of a file, sent as a cookie unchanged, is greeted as the victim.
//!
//! Stopped by `at-rest` alone: the file's name is then a hash, and a hash sent as a cookie is
//! hashed once more. Not stopped by `id-source`: a random id is read as easily as a counted one.
//! Not by `rotation`: the backup has the current id. Not by `password-storage`: it protects another
//! table. The timeouts limit how long the backup is of use.
//!
//! Refused for this program: writing a session into the store. An attacker who can write needs no
//! trick, and `at-rest` would not stop them.
//!
//! Source: CWE-312, CWE-522. Read `src/defences/at_rest.rs` next.

use async_trait::async_trait;

use super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{Attack, Card, Engine, Outcome};
use crate::client::caller::Call;
use crate::defences::policy::Name;

pub(super) struct StolenStore;

const CARD: Card = Card {
    name: "stolen-store",
    title: "Session ids out of a stolen backup",
    engine: Engine::Http,
    victim: "Signed in.",
    means: "The attacker reads a copy of the session store: a lost disk, a hole in another \
            program, an administrator's list. The lab's page /leak/VARIANT is that copy. They send \
            the name of a file as a cookie, unchanged.",
    evidence: "With the file's name as the cookie the attacker is greeted as the victim.",
    stopped_by: &[&[Name::AtRest]],
    when_stopped: "The store holds only a hash of the id. Sent as a cookie, the hash is not \
                   accepted.",
    shows: &["SID-ATREST"],
    standards: &["CWE-312", "CWE-522"],
};

#[async_trait]
impl Attack for StolenStore {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        scenario.narrate("The victim signs in.");
        scenario.actor("victim").sign_in(VICTIM).await?;

        scenario.narrate(
            "The attacker visits the portal once, to learn what its session cookie is called.",
        );
        // The backup does not name the cookie, but every visitor sees that name. A secret name
        // would not be a defence.
        let mut attacker = scenario.actor("attacker");
        attacker.get("/login").await?;
        // The name alone is of use: the value that the portal gave to the attacker is thrown away.
        let (name, _) = attacker.session_cookie()?;

        // Reading is all that the attacker can do: they cannot write to the store or ask it for
        // other files. That is the usual extent of a lost backup or an injection hole.
        scenario.narrate("The attacker reads a stolen backup of the session store.");
        let backup = scenario.stolen_backup().await?;
        let sessions = backup["sessions"].as_array();
        // The record names the user, so the attacker finds the valuable session at once. Encrypting
        // the record would hide the user, but the file's name would still be the key to a session.
        let of_victim = sessions.and_then(|all| all.iter().find(|s| s["record"]["user"] == VICTIM));
        // A session that is not in the copy proves nothing, so this is an error and not a defence.
        let Some(file) = of_victim.and_then(|session| session["file"].as_str()) else {
            let missing = "the victim's session is not in the backup";
            return Err(ScenarioError::Unexpected(missing.into()));
        };

        scenario.narrate(format!(
            "The victim's session is stored in the file {file}. The attacker sends that name."
        ));
        // On the weak arm of `at-rest` the file's name is the id, so this cookie is the victim's.
        // On the strong arm the name is a hash of the id. The portal hashes whatever a cookie
        // brings, so a stored hash becomes another hash, and no file has that name. The id has too
        // much randomness to be guessed from its hash, so a fast hash is enough here; passwords
        // need a slow one (`stolen_password_table.rs`). With the weak `id-source` the randomness is
        // missing, and the hash of a counter is quickly guessed.
        let replay = Call::get("/dashboard").with_cookie(Some(format!("{name}={file}")));
        // The greeting proves that the name of a file was enough. The victim notices nothing: their
        // session goes on beside the attacker's.
        Ok(match attacker.greeted_as(replay).await? {
            Some(user) if user == VICTIM => {
                Outcome::Succeeded(format!("The file's name opens {user}'s dashboard."))
            }
            _ => Outcome::Stopped(CARD.when_stopped.into()),
        })
    }
}
