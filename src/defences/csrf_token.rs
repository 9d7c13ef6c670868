//! CSRF token: whether a changing request must prove that it came from the portal's own page.
//! Worksheet 05, SameSite and CSRF.
//!
//! The decision is whether the cookie alone is enough to change something. The token is computed
//! from the session id, so nothing has to be stored. Read `request_origin.rs` next: it asks the
//! browser the same question.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::facts::Refusal;
use super::{Arm, Defence, Elsewhere, Lesson, Name, RequestStage};

/// The name of the form field that carries the token. JSON requests send it as `X-CSRFToken`.
pub const TOKEN_FIELD: &str = "csrf_token";

/// What a changing request must carry besides the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsrfToken {
    /// Nothing: the cookie alone decides.
    None,
    /// A token that belongs to the session (synchronizer token).
    PerSession,
}

impl CsrfToken {
    /// The token for the forms of this session: 43 characters, base64url without padding.
    /// `None` on the weak arm, and where there is no session.
    pub fn issue(self, key: &[u8; 32], id: Option<&str>) -> Option<String> {
        match self {
            CsrfToken::None => None,
            // The portal computes the token again for each page and stores nothing, so no token can
            // be read from the store.
            CsrfToken::PerSession => id.and_then(|id| token(key, id)),
        }
    }

    /// Whether a changing request may go on.
    ///
    /// # Errors
    ///
    /// The strong arm refuses a request without a session, without a token, or with a token of
    /// another session.
    pub fn check(
        self,
        key: &[u8; 32],
        id: Option<&str>,
        sent: Option<&str>,
    ) -> Result<(), Refusal> {
        match self {
            // WEAK: the browser adds the cookie to a form post, whichever page contains the form.
            // The attacker's page posts a transfer, and the portal cannot tell it from one that the
            // victim wanted. The victim need only open that page.
            CsrfToken::None => Ok(()),

            // STRONG: the form must also carry a value that appears only in the portal's own pages.
            // The attacker's page cannot read those, so it cannot send the value. The token is an
            // HMAC over the session id: it is accepted in this session only, and the new id at
            // sign-in brings a new token. The sign-in form has a token as well, because a visitor
            // who is not signed in has an anonymous session. So a form on another site cannot sign
            // the victim in to the attacker's account (login CSRF).
            //
            // Refused alternative: a random cookie that the form repeats (naive double submit). An
            // attacker who can plant a cookie, as a sibling host can, chooses both values.
            //
            // Not stopped: a script on the portal's own page, which reads the token out of the
            // form.
            CsrfToken::PerSession => {
                let Some(expected) = self.issue(key, id) else {
                    return Err(refused("There is no session that a form could belong to."));
                };
                let Some(sent) = sent else {
                    return Err(refused("The CSRF token is missing."));
                };
                // In constant time: the duration of `==` would tell an attacker how many characters
                // were right, and so let them find the token one character after the other.
                if bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
                    Ok(())
                } else {
                    Err(refused("The CSRF token does not belong to this session."))
                }
            }
        }
    }
}

/// HMAC-SHA256 over `csrf:` and the id.
///
/// The key is what makes the token: without it anyone who sees an id could compute the token. The
/// prefix separates the token from everything else that is computed with the same key, so a value
/// that the portal issues for another purpose is never a valid token. HMAC accepts a key of any
/// length; if it ever refused one, there would be no token and no form would be accepted.
fn token(key: &[u8; 32], id: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"csrf:");
    mac.update(id.as_bytes());
    Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn refused(because: &'static str) -> Refusal {
    Refusal {
        defence: Name::CsrfToken,
        because,
    }
}

impl Defence for CsrfToken {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "none",
            description: "The cookie alone is enough to change something.",
            value: CsrfToken::None,
        },
        Arm {
            slug: "per-session",
            description: "A changing request must carry the token of its session.",
            value: CsrfToken::PerSession,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A token that only the portal's own pages know",
        protects: "In cross-site request forgery another page makes the victim's browser send a \
                   request, and the browser adds the cookie by itself. The portal therefore \
                   requires a second value, which it writes into its own forms. Another site cannot \
                   read those pages, so it cannot send the value.",
        does_not_stop: "A script that runs on the portal's own page: it reads the token out of \
                        the form and sends it. Nor does it help a portal that changes state on \
                        GET, where no token is required.",
        stage: RequestStage::Checks,
        needs: &[],
        standards: &[
            "ASVS 3.5.1",
            "CWE-352",
            "WSTG-SESS-05",
            "NIST SP 800-63B-4 §5.1",
        ],
        elsewhere: Elsewhere {
            flask: "Flask-WTF: CSRFProtect(app), and {{ csrf_token() }} in each form",
            express: "Nothing built in, and the csurf package is deprecated. Keep a random value \
                      in the session, write it into the form, compare it with \
                      crypto.timingSafeEqual.",
            django: "CsrfViewMiddleware, in the default MIDDLEWARE, and {% csrf_token %} in each \
                     form; CSRF_USE_SESSIONS = True keeps the secret in the session instead of \
                     a cookie",
            spring: "On by default; HttpSessionCsrfTokenRepository keeps the token in the session",
            rocket: "Nothing built in: a data guard that checks the token before it yields the \
                     form.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn the_weak_arm_asks_for_nothing() {
        assert_eq!(CsrfToken::WEAK.issue(&KEY, Some("id")), None);
        assert_eq!(CsrfToken::WEAK.check(&KEY, None, None), Ok(()));
        assert_eq!(
            CsrfToken::WEAK.check(&KEY, Some("id"), Some("wrong")),
            Ok(())
        );
    }

    #[test]
    fn the_strong_arm_takes_only_the_token_of_the_same_session() {
        let own = CsrfToken::STRONG.issue(&KEY, Some("alice's id")).unwrap();
        let other = CsrfToken::STRONG.issue(&KEY, Some("mallory's id")).unwrap();
        let check = |sent| {
            CsrfToken::STRONG
                .check(&KEY, Some("alice's id"), sent)
                .is_ok()
        };
        assert_eq!(own.len(), 43);
        assert!(check(Some(&own)));
        assert!(!check(Some(&other)));
        assert!(!check(Some(&own[..42])));
        assert!(!check(Some("")));
        assert!(!check(None));
    }

    #[test]
    fn without_a_session_no_token_is_good() {
        assert_eq!(CsrfToken::STRONG.issue(&KEY, None), None);
        assert!(CsrfToken::STRONG.check(&KEY, None, Some("")).is_err());
        assert!(CsrfToken::STRONG.check(&KEY, None, None).is_err());
    }

    #[test]
    fn another_key_gives_another_token() {
        let token = CsrfToken::STRONG.issue(&[8; 32], Some("id"));
        assert!(
            CsrfToken::STRONG
                .check(&KEY, Some("id"), token.as_deref())
                .is_err()
        );
    }
}
