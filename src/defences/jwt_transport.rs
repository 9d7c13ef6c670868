//! JWT transport: in which part of a request a token may arrive. Worksheet 11.
//!
//! The decision is between the `Authorization` header and the address. An address is written down
//! in many places. Read `jwt_revocation.rs` next; `referrer.rs` decides what the browser passes on.

use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// Where a token is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtTransport {
    /// In the header and in `?access_token=`.
    HeaderAndQuery,
    /// In the header only.
    HeaderOnly,
}

impl JwtTransport {
    /// The token of a request, from its header or from its address.
    ///
    /// # Errors
    ///
    /// A request that carries two tokens is malformed (RFC 6750 §2).
    pub fn token<'r>(
        self,
        header: Option<&'r str>,
        query: Option<&'r str>,
    ) -> Result<Option<&'r str>, &'static str> {
        match self {
            // WEAK: the address with the token appears in the history, in bookmarks, in the logs of
            // every server on the way, and in the Referer of the next request. Anyone who reads one
            // of them has the token. RFC 6750 §2.3 warns of it; RFC 9700 forbids it.
            JwtTransport::HeaderAndQuery => match (header, query) {
                // Two tokens may name two users. If one check read the first and another check the
                // second, a request could pass both.
                (Some(_), Some(_)) => Err("The request carries two tokens."),
                (header, query) => Ok(header.or(query)),
            },

            // STRONG: no history contains the header, and no browser passes it on to another site.
            //
            // Refused alternative: the query for downloads and pictures only. People send exactly
            // those addresses to each other.
            //
            // Not stopped: a server that logs headers, and a script that reads the token where the
            // page keeps it. The second is the subject of `token-storage`.
            JwtTransport::HeaderOnly => Ok(header),
        }
    }

    /// Whether the portal shows a page to a visitor whose address contains a token.
    pub fn accepts_page_address(self) -> bool {
        match self {
            // The page's address then contains the token, and every link on the page leaks it.
            JwtTransport::HeaderAndQuery => true,
            JwtTransport::HeaderOnly => false,
        }
    }
}

impl Defence for JwtTransport {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "header-and-query",
            description: "A token is also taken from ?access_token= in the address.",
            value: JwtTransport::HeaderAndQuery,
        },
        Arm {
            slug: "header-only",
            description: "A token is taken from the Authorization header only.",
            value: JwtTransport::HeaderOnly,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "Tokens stay out of addresses",
        protects: "An address is kept in the browser's history, in logs and in bookmarks, and \
                   goes to other sites as the Referer. A token in it goes along. In the \
                   Authorization header it is sent once, to one server, and written down nowhere.",
        does_not_stop: "A server that logs headers, and a script on the page, which can read the \
                        token where the page keeps it: read token-storage.",
        stage: RequestStage::Token,
        needs: &[],
        standards: &["ASVS 14.2.1", "CWE-598", "RFC 6750 §2.3", "RFC 9700 §4.3.2"],
        elsewhere: Elsewhere {
            flask: "JWT_TOKEN_LOCATION = [\"headers\"], the default; never \"query_string\"",
            express: "express-jwt reads the header by default; passport-jwt: \
                      ExtractJwt.fromAuthHeaderAsBearerToken()",
            django: "Simple JWT reads the header only",
            spring: "DefaultBearerTokenResolver with setAllowUriQueryParameter(false), the default",
            rocket: "A request guard that reads the Authorization header and nothing else",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_accepts_either_but_not_both() {
        let token = |header, query| JwtTransport::WEAK.token(header, query);
        assert_eq!(token(Some("a"), None), Ok(Some("a")));
        assert_eq!(token(None, Some("b")), Ok(Some("b")));
        assert_eq!(token(None, None), Ok(None));
        assert!(token(Some("a"), Some("b")).is_err());
        assert!(JwtTransport::WEAK.accepts_page_address());
    }

    #[test]
    fn the_strong_arm_ignores_a_token_in_the_address() {
        let token = |header, query| JwtTransport::STRONG.token(header, query);
        assert_eq!(token(Some("a"), Some("b")), Ok(Some("a")));
        assert_eq!(token(None, Some("b")), Ok(None));
        assert!(!JwtTransport::STRONG.accepts_page_address());
    }
}
