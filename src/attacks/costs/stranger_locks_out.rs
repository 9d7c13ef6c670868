//! A stranger types wrong passwords, and the owner of the account has to wait. The price of
//! `throttle`, whose file explains why the count belongs to the account and why known browsers are
//! counted separately.
//!
//! Who pays: the owner of an account whose name a stranger knows.
//!
//! Why: a guess and an owner's typing error look alike. A count by address would spare the owner
//! and also a botnet, so the count belongs to the account, and a stranger can fill it.
//!
//! Softer: a rate in place of a lock, so that the owner waits a minute and not an hour, and a
//! separate count for browsers that the owner has used before. The measure shows all three arms
//! beside each other: no limit, the lock, and the rate with known browsers.
//!
//! Source: ASVS 6.3.1 (against guessing), CWE-645 (a lockout that is too strict).

use async_trait::async_trait;

use super::super::demo_accounts::demo_password;
use super::super::http_actor::HttpActor;
use super::super::scenario::{Scenario, ScenarioError, VICTIM};
use super::{CostCard, DefenceCost};
use crate::client::HttpExchange;
use crate::defences::policy::Name;

pub(super) struct StrangerLocksOut;

/// The stranger gives up after so many guesses that were looked at.
const GUESSES: usize = 8;

/// The owner tries again at most so often.
const TRIES: usize = 4;

const CARD: CostCard = CostCard {
    name: "stranger-locks-out",
    defence: Name::Throttle,
    title: "A stranger's wrong guesses keep the owner out",
    how: "A stranger guesses wrong until the portal refuses to look, eight times at most. Then the \
          owner types the right password, in a browser that the portal does not know and in one \
          that it remembers.",
    shows: &["AU-LOCKDOS", "AU-RATE"],
};

#[async_trait]
impl DefenceCost for StrangerLocksOut {
    fn card(&self) -> &'static CostCard {
        &CARD
    }

    async fn measure(&self, scenario: &Scenario) -> Result<String, ScenarioError> {
        // The owner signs in once and ticks the box "remember this browser". From then on the
        // portal recognises the browser by a cookie, and a stranger has no such cookie.
        let mut known = scenario.actor("owner");
        known.get("/login").await?;
        let reply = right_password(&mut known).await?;
        known.expect_status("the first sign-in", &reply, 303)?;
        known.get("/dashboard").await?;
        // Signed out, so that the next sign-in needs the password again. The mark of the browser
        // stays.
        let bye = known.submit("/logout", &[]).await?;
        known.expect_status("the sign-out", &bye, 200)?;

        // The stranger needs a user name only. They may want to annoy the owner, or to keep them
        // out while something else happens. Five requests are enough, and they can be repeated.
        let mut stranger = scenario.actor("stranger");
        stranger.get("/login").await?;
        // Only guesses that were looked at are counted. The first other answer is the limit, and
        // the stranger has reached their aim.
        let mut guesses = 0;
        while guesses < GUESSES {
            let guess = format!("guess-{guesses}");
            if stranger.try_password(VICTIM, &guess).await?.status != 401 {
                break;
            }
            guesses += 1;
        }

        // A browser without the portal's mark looks like the stranger's: there the owner has to
        // wait as well.
        let mut unknown = scenario.actor("owner");
        unknown.get("/login").await?;
        let first = right_password(&mut unknown).await?;
        let mut description = format!(
            "After {guesses} wrong guesses the owner's right password is answered {}",
            answer(&first)
        );
        known.get("/login").await?;
        // A browser in which the owner signed in before has its own count, which the stranger
        // cannot fill. On the lock's arm it does not help: the lock is for the account.
        let remembered = right_password(&mut known).await?;
        description.push_str(&format!(
            ", and in a remembered browser {}.",
            answer(&remembered)
        ));
        if let Some(minutes) = wait_until_accepted(scenario, &mut unknown, &first).await? {
            description.push_str(&format!(
                " After waiting {minutes} min, while the stranger pauses, it is accepted."
            ));
        }
        Ok(description)
    }
}

/// How many minutes the owner waited until the password was accepted; `None` where nobody waited.
/// The owner obeys `Retry-After`, as an honest client does.
async fn wait_until_accepted(
    scenario: &Scenario,
    owner: &mut HttpActor<'_>,
    first: &HttpExchange,
) -> Result<Option<u64>, ScenarioError> {
    let (mut reply, mut waited) = (first.clone(), 0);
    for _ in 0..TRIES {
        if reply.status == 303 {
            return Ok((waited > 0).then_some(waited));
        }
        // `Retry-After` tells the owner how long to wait (RFC 6585 §4). The stranger pauses
        // meanwhile; a stranger who does not pause can make a rate wait again, and that is the
        // limit of this defence.
        let minutes = retry_after(&reply).unwrap_or(60).div_ceil(60).max(1);
        scenario.advance_clock(minutes).await?;
        waited += minutes;
        owner.get("/login").await?;
        reply = right_password(owner).await?;
    }
    let error = format!("after {waited} minutes the owner is still locked out");
    Err(ScenarioError::Unexpected(error))
}

/// Signs in with the box ticked that makes the portal remember the browser.
async fn right_password(actor: &mut HttpActor<'_>) -> Result<HttpExchange, ScenarioError> {
    let fields = [
        ("username", VICTIM),
        ("password", demo_password(VICTIM)),
        ("remember", "1"),
    ];
    actor.submit("/login", &fields).await
}

fn answer(reply: &HttpExchange) -> String {
    match retry_after(reply) {
        Some(seconds) => format!("{} (Retry-After {seconds} s)", reply.status),
        None if reply.status == 303 => "303 (signed in)".into(),
        None => reply.status.to_string(),
    }
}

fn retry_after(reply: &HttpExchange) -> Option<u64> {
    reply.header("retry-after").next()?.parse().ok()
}
