//! Duplicate cookies: what to do when a request carries the session cookie twice.
//!
//! The decision is whether the order of two cookies may choose the session. Read `host_prefix.rs`
//! next, which prevents the second cookie from being set at all.

use super::facts::Refusal;
use super::{Arm, Defence, Elsewhere, Lesson, Name, RequestStage};

/// What the portal does with two session cookies of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateCookies {
    /// The first is used, the others are ignored.
    FirstWins,
    /// The request is refused.
    Refuse,
}

impl DuplicateCookies {
    /// The value to use, from every value that came under the session cookie's name, in the order
    /// of the `Cookie` header.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] where there are two or more and the arm does not choose between them. The
    /// portal answers it with 400.
    pub fn choose<'r>(self, values: &[&'r str]) -> Result<Option<&'r str>, Refusal> {
        match self {
            // WEAK: the browser sends a cookie with a longer Path first. A sibling host sets one
            // for the parent domain with such a Path, and the victim acts in the attacker's
            // session. The attacker can read everything that the victim enters there.
            DuplicateCookies::FirstWins => Ok(values.first().copied()),

            // STRONG: two values mean that someone else has set one of them. The `Cookie` header
            // holds names and values only; it does not say who set which. So the portal uses
            // neither.
            //
            // Refused alternative: the last one wins. Of two cookies with the same Path the older
            // one comes first, so an attacker can arrange that theirs is the last.
            //
            // Not stopped: a planted cookie that is the only one. `host-prefix` stops that.
            DuplicateCookies::Refuse => match values {
                [] => Ok(None),
                [only] => Ok(Some(only)),
                _ => Err(Refusal {
                    defence: Name::DuplicateCookies,
                    because: "The session cookie came more than once.",
                }),
            },
        }
    }
}

impl Defence for DuplicateCookies {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "first-wins",
            description: "Of two session cookies the first one is used.",
            value: DuplicateCookies::FirstWins,
        },
        Arm {
            slug: "refuse",
            description: "A request with two session cookies is refused with 400.",
            value: DuplicateCookies::Refuse,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Two session cookies are one too many",
        protects: "A browser may send two cookies of one name, and the request does not say where \
                   each came from. An attacker on a sibling host can set the second one and see \
                   to it that it comes first, which moves the victim into a session of the \
                   attacker's choice. A portal that refuses such a request cannot be moved.",
        does_not_stop: "Being locked out: the victim gets the refusal until the planted cookie is \
                        gone. A planted cookie also works where the victim has no session cookie \
                        yet, because then there is only one; the prefix __Host- stops both.",
        stage: RequestStage::Session,
        needs: &[],
        standards: &["ASVS 15.3.7", "CWE-565", "RFC 6265bis §4.2.2"],
        elsewhere: Elsewhere {
            flask: "No setting: in before_request, abort(400) if \
                    len(request.cookies.getlist(name)) > 1",
            express: "No setting, and the first wins: count the name in req.headers.cookie in a \
                      middleware.",
            django: "No setting, and the last wins: count the name in \
                     request.META[\"HTTP_COOKIE\"] in a middleware.",
            spring: "No setting: request.getCookies() holds them all, so count the name in a \
                     filter.",
            rocket: "No setting, and the last wins in the jar: read the raw header with \
                     request.headers().get(\"Cookie\").",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_takes_the_first_of_two() {
        assert_eq!(
            DuplicateCookies::WEAK.choose(&["tossed", "own"]),
            Ok(Some("tossed"))
        );
    }

    #[test]
    fn the_strong_arm_refuses_two_even_when_they_are_equal() {
        for values in [["tossed", "own"], ["own", "own"]] {
            let refusal = DuplicateCookies::STRONG.choose(&values).unwrap_err();
            assert_eq!(refusal.defence, Name::DuplicateCookies);
        }
    }

    #[test]
    fn one_cookie_or_none_is_fine_on_both_arms() {
        for arm in [DuplicateCookies::WEAK, DuplicateCookies::STRONG] {
            assert_eq!(arm.choose(&[]), Ok(None));
            assert_eq!(arm.choose(&["own"]), Ok(Some("own")));
        }
    }
}
