//! Token storage: where a page in the browser keeps its tokens. Worksheet 13.
//!
//! The decision is which tokens a script on the page can read. A token that it cannot read cannot
//! be stolen, but the script can still do what the page itself can do. The page is
//! `templates/pages/portal/jwt.html`.

use super::facts::RequestFacts;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where the page keeps its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStorage {
    /// Both in `localStorage`.
    LocalStorage,
    /// The access token in memory, the refresh token in an HttpOnly cookie.
    MemoryAndCookie,
}

impl TokenStorage {
    /// Where the page keeps the access token: the value of an attribute that its script reads.
    pub const fn access_token_location(self) -> &'static str {
        match self {
            // WEAK: every script of the origin can read localStorage, and its contents are still
            // there after the browser was closed. One injected line sends both tokens to the
            // attacker, and the refresh token works from another computer for a week.
            TokenStorage::LocalStorage => "localStorage",

            // STRONG: a variable of the page's own script ends with the page, and no other script
            // can find it by a name.
            //
            // Refused alternative: sessionStorage. It ends with the tab, but every script of the
            // origin in that tab can read it.
            //
            // Not stopped: an injected script can ask for a new access token as the page does, and
            // send that to the attacker. Each of those tokens expires within 15 minutes, and the
            // attacker gets no more of them after the page is closed.
            TokenStorage::MemoryAndCookie => "memory",
        }
    }

    /// Whether the refresh token goes into the JSON, where the page's script reads it. Otherwise it
    /// goes into a `__Host-` cookie that is HttpOnly.
    pub const fn refresh_in_json(self) -> bool {
        match self {
            // What the page's script reads, an injected script reads as well.
            TokenStorage::LocalStorage => true,
            // The browser sends the cookie with a refresh by itself, so no script needs to read it.
            TokenStorage::MemoryAndCookie => false,
        }
    }

    /// Whether a request to refresh may go on.
    ///
    /// # Errors
    ///
    /// With the token in a cookie the browser adds it by itself, to a forged request as well, so a
    /// request from another origin is refused.
    pub fn check_origin(self, request: &RequestFacts<'_>) -> Result<(), &'static str> {
        match self {
            // The token is in the body. Another site does not know it, so it cannot forge the
            // request.
            TokenStorage::LocalStorage => Ok(()),

            // A cookie needs a defence against forged requests, which a token in a header does not.
            // The new tokens go to the portal's page, but a forged refresh would use up the old
            // one.
            //
            // Refused alternative: relying on SameSite=Strict alone. A sibling of the portal's host
            // is the same site.
            TokenStorage::MemoryAndCookie => {
                let foreign_site = request.fetch_site.is_some_and(|s| s != "same-origin");
                let foreign = request.origin.is_some_and(|o| o != request.own_origin);
                if foreign_site || foreign {
                    Err("A refresh must come from the portal's own page.")
                } else {
                    Ok(())
                }
            }
        }
    }
}

impl Defence for TokenStorage {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "local-storage",
            description: "The page keeps both tokens in localStorage.",
            value: TokenStorage::LocalStorage,
        },
        Arm {
            slug: "memory-and-cookie",
            description: "The access token lives in memory, the refresh token in an HttpOnly cookie.",
            value: TokenStorage::MemoryAndCookie,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Where a page keeps its tokens",
        protects: "A script that an attacker injects into a page reads localStorage with one \
                   call, and steals a refresh token that works for days. An access token in \
                   memory ends with the page, and a refresh token in an HttpOnly cookie cannot be \
                   read by any script.",
        does_not_stop: "A script on the page can use the page's tokens while it runs: it asks for \
                        a new access token as the page does. Only keeping the script out helps: \
                        read output and csp.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &[
            "CWE-922",
            "CWE-79",
            "WSTG-CLNT-12",
            "NIST SP 800-63B-4 §5.1",
            "RFC 9700 §4.14",
        ],
        elsewhere: Elsewhere {
            flask: "JWT_TOKEN_LOCATION = [\"headers\", \"cookies\"], set_refresh_cookies(), \
                    JWT_COOKIE_SECURE = True",
            express: "res.cookie(\"__Host-refresh\", token, { httpOnly: true, secure: true, \
                      sameSite: \"strict\", path: \"/\" })",
            django: "Nothing in Simple JWT: a view that sets the refresh token with \
                     response.set_cookie(httponly=True)",
            spring: "A backend for the frontend: oauth2Login() keeps the tokens on the server",
            rocket: "Cookie::build((\"__Host-refresh\", token)).http_only(true).secure(true)\
                     .same_site(SameSite::Strict)",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'r>(origin: Option<&'r str>, fetch_site: Option<&'r str>) -> RequestFacts<'r> {
        RequestFacts {
            unsafe_method: true,
            own_origin: "https://localhost:7443",
            origin,
            fetch_site,
        }
    }

    #[test]
    fn the_weak_arm_gives_the_refresh_token_to_the_page() {
        assert!(TokenStorage::WEAK.refresh_in_json());
        assert_eq!(TokenStorage::WEAK.access_token_location(), "localStorage");
        let foreign = facts(Some("https://evil.test"), Some("cross-site"));
        assert_eq!(TokenStorage::WEAK.check_origin(&foreign), Ok(()));
    }

    #[test]
    fn the_strong_arm_keeps_it_in_a_cookie_and_refuses_other_origins() {
        assert!(!TokenStorage::STRONG.refresh_in_json());
        assert_eq!(TokenStorage::STRONG.access_token_location(), "memory");
        let check = |origin, site| TokenStorage::STRONG.check_origin(&facts(origin, site));
        let own = Some("https://localhost:7443");
        assert_eq!(check(own, Some("same-origin")), Ok(()));
        assert_eq!(check(None, None), Ok(()), "curl has no victim's browser");
        assert!(check(Some("https://notes.localhost:7443"), Some("same-site")).is_err());
        assert!(check(Some("null"), None).is_err());
        assert!(check(own, Some("cross-site")).is_err());
    }
}
