//! Request origin: whether the portal asks the browser which page sent a request. Worksheet 05.
//!
//! The decision uses two headers that a page cannot choose for itself, `Sec-Fetch-Site` and
//! `Origin`. It is made on the method that will run, after any `_method` field. Read
//! `json_only.rs` next.

use super::facts::{Refusal, RequestFacts};
use super::{Arm, Defence, Elsewhere, Lesson, Name, RequestStage};

/// Whether a changing request may come from another origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOrigin {
    /// The portal ignores both headers.
    Unchecked,
    /// Only the portal's own pages may change something.
    Checked,
}

impl RequestOrigin {
    /// Whether the request may go on.
    ///
    /// # Errors
    ///
    /// The strong arm refuses an unsafe method when a header that is present names another origin.
    pub fn check(self, request: &RequestFacts<'_>) -> Result<(), Refusal> {
        match self {
            // WEAK: a form on any page is treated like the portal's own, although the browser says
            // which page sent it. The attacker's page posts a transfer with the victim's cookie.
            RequestOrigin::Unchecked => Ok(()),

            // STRONG: the browser writes both headers itself, and no script can change them. Every
            // current browser sends `Origin` with a cross-site POST, so a forged form always
            // reveals where it comes from.
            //
            // `Origin: null` says that the browser does not disclose the origin. A sandboxed frame
            // and a redirect through another site send it with `cross-site`, and are refused. The
            // portal's own form on a page with `Referrer-Policy: no-referrer` also sends it, with
            // `same-origin`, which no other page can. So `null` passes with `same-origin` only;
            // alone it says nothing and is refused.
            //
            // With neither header, as from curl, the request passes and the CSRF token alone
            // decides: no victim's browser sent that request.
            //
            // Refused alternatives: accepting `same-site`, which permits a sibling host and every
            // other port; and comparing only the beginning of `Origin`, which permits
            // `https://bank.test.evil` in place of `https://bank.test`.
            //
            // Not stopped: a script on the portal's own page. Its requests are same-origin.
            RequestOrigin::Checked => {
                // A link from another site is normal, and a GET changes nothing (`safe-methods`).
                if !request.unsafe_method {
                    return Ok(());
                }
                let same_origin = match request.fetch_site {
                    Some("same-origin") => true,
                    Some(_) => return Err(refused("Sec-Fetch-Site is not same-origin.")),
                    None => false,
                };
                match request.origin {
                    Some("null") if same_origin => Ok(()),
                    Some("null") => Err(refused(
                        "Origin is null, and no Sec-Fetch-Site says same-origin.",
                    )),
                    Some(origin) if origin != request.own_origin => {
                        Err(refused("Origin is not the portal's own."))
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

fn refused(because: &'static str) -> Refusal {
    Refusal {
        defence: Name::RequestOrigin,
        because,
    }
}

impl Defence for RequestOrigin {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "unchecked",
            description: "A changing request may come from any page.",
            value: RequestOrigin::Unchecked,
        },
        Arm {
            slug: "checked",
            description: "Sec-Fetch-Site and Origin, where present, must name the portal itself. \
                          Origin: null passes only with Sec-Fetch-Site: same-origin.",
            value: RequestOrigin::Checked,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Asking the browser where a request comes from",
        protects: "Browsers add Origin to every cross-site POST, and Sec-Fetch-Site to requests \
                   for https and localhost addresses. No page can change either. The portal \
                   compares them exactly and refuses a changing request from another site, from \
                   a sibling host and from another port. Origin: null does not name a page: it \
                   passes only where Sec-Fetch-Site says same-origin, as from the portal's own \
                   page without a referrer.",
        does_not_stop: "A script on the portal's own page, whose requests are same-origin. A \
                        request with neither header passes, so that curl works; the CSRF token \
                        must stop that one. A portal that must do without a token should refuse \
                        it.",
        stage: RequestStage::Checks,
        needs: &[],
        standards: &["ASVS 3.5.3", "CWE-346", "CWE-352", "WSTG-SESS-05"],
        elsewhere: Elsewhere {
            flask: "Nothing built in: compare both headers in a before_request function and call \
                    abort(403).",
            express: "Nothing built in: a middleware before the routes that compares both headers \
                      and answers 403.",
            django: "CsrfViewMiddleware compares Origin with the request's own and \
                     CSRF_TRUSTED_ORIGINS (since 4.0), besides its token",
            spring: "Not part of its CSRF protection, which is a token: a OncePerRequestFilter \
                     that compares both headers.",
            rocket: "Nothing built in: a guard on every changing route. Look at the method after \
                     Rocket's _method rewriting.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post<'r>(fetch_site: Option<&'r str>, origin: Option<&'r str>) -> RequestFacts<'r> {
        RequestFacts {
            unsafe_method: true,
            own_origin: "https://localhost:7443",
            origin,
            fetch_site,
        }
    }

    const OWN: Option<&str> = Some("https://localhost:7443");
    const FORGED: [(Option<&str>, Option<&str>); 13] = [
        (Some("cross-site"), Some("https://127.0.0.1:7667")),
        (Some("cross-site"), None),
        (
            Some("same-site"),
            Some("https://notes.portal.localhost:7667"),
        ),
        (Some("same-site"), OWN),
        (Some("none"), None),
        (Some("Same-Origin"), OWN),
        // A sandboxed frame, and a redirect through another site.
        (Some("cross-site"), Some("null")),
        (Some("same-site"), Some("null")),
        (None, Some("null")),
        (Some("same-origin"), Some("https://127.0.0.1:7667")),
        (None, Some("http://localhost:7443")),
        (None, Some("https://localhost:74430")),
        (None, Some("")),
    ];

    #[test]
    fn the_weak_arm_accepts_a_forged_request() {
        for (site, origin) in FORGED {
            assert_eq!(RequestOrigin::WEAK.check(&post(site, origin)), Ok(()));
        }
    }

    #[test]
    fn the_strong_arm_refuses_every_other_origin() {
        for (site, origin) in FORGED {
            assert!(
                RequestOrigin::STRONG.check(&post(site, origin)).is_err(),
                "{site:?} {origin:?}"
            );
        }
    }

    #[test]
    fn the_strong_arm_accepts_its_own_pages_and_curl() {
        for (site, origin) in [
            (Some("same-origin"), OWN),
            (Some("same-origin"), None),
            (None, OWN),
            (None, None),
            // Its own form on a page with `Referrer-Policy: no-referrer`.
            (Some("same-origin"), Some("null")),
        ] {
            assert_eq!(RequestOrigin::STRONG.check(&post(site, origin)), Ok(()));
        }
    }

    #[test]
    fn a_request_that_only_reads_may_come_from_anywhere() {
        let link = RequestFacts {
            unsafe_method: false,
            ..post(Some("cross-site"), Some("null"))
        };
        assert_eq!(RequestOrigin::STRONG.check(&link), Ok(()));
    }
}
