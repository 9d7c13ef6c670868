//! Answers that say nothing about a protection: the application has too many requests, or fails.
//!
//! A forged request that is answered 429 was not refused because it was forged. So a refusal counts
//! only where no request of the check was turned away, and an honest request works afterwards.

/// Whether an answer says "later": too many requests, or a server that is not available.
pub const fn turns_away(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Whether an answer is none to the question that was asked: it turns away, or the server failed.
pub const fn is_no_answer(status: u16) -> bool {
    turns_away(status) || status >= 500
}

/// What a report says where a check was turned away.
pub const TURNED_AWAY: &str = "A request of this check was answered 429, 502, 503 or 504, so the \
                               application may have refused it for its rate only.";

/// What a report says where an honest request fails after a refusal.
pub const NOBODY_IS_SERVED: &str = "What the check sent was refused, and so was an honest request \
                                    after it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_an_answer_and_a_failure_is_none() {
        for status in [200, 303, 400, 401, 403, 404, 423] {
            assert!(!is_no_answer(status), "{status}");
        }
        for status in [429, 500, 502, 503, 504] {
            assert!(is_no_answer(status), "{status}");
        }
        assert!(!turns_away(500), "a forged request may make a server fail");
    }
}
