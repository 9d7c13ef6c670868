//! The cookies that a visitor is given and that are taken away again: the session's, and those beside it
//! on which the weak arms rely.

use super::Visitor;
use crate::base::set_cookie::SetCookie;
use crate::session::accounts::Account;
use crate::session::world::World;
use crate::session::{Session, cookie};

impl Visitor<'_> {
    /// The cookie that gives the browser this session's id.
    pub fn session_cookie(&self, session: &Session) -> SetCookie {
        let World {
            probe,
            variant,
            bench,
            now,
            ..
        } = self.world;
        let lifetime = session.record.cookie_lifetime(probe, now);
        cookie::set(
            probe,
            variant,
            bench.name(),
            &session.id,
            lifetime.as_deref(),
        )
    }

    /// The cookies beside the session that the weak arms rely on.
    pub fn claim_cookies(&self, account: &Account, large_text: bool) -> Vec<SetCookie> {
        let World {
            probe,
            variant,
            bench,
            ..
        } = self.world;
        let set = |what, value| cookie::set_plain(what, variant, bench.name(), value);
        let mut cookies = Vec::new();
        if probe.role_source().writes_cookie() {
            cookies.push(set("role", account.record.role.as_str()));
        }
        if probe.client_state().writes_cookie() {
            let value = self.world.sign_state(&account.user, large_text);
            cookies.push(set("state", &value));
        }
        cookies
    }

    /// The removal of every cookie that a sign-in set.
    pub fn removed_cookies(&self) -> Vec<SetCookie> {
        let World {
            probe,
            variant,
            bench,
            ..
        } = self.world;
        let mut cookies = vec![cookie::remove(probe, variant, bench.name())];
        for (what, cookie) in [("role", &self.role_cookie), ("state", &self.state_cookie)] {
            if cookie.is_some() {
                cookies.push(cookie::remove_plain(what, variant, bench.name()));
            }
        }
        cookies
    }
}
