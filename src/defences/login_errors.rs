//! Login errors: whether a failed sign-in says what was wrong. Worksheet 17.
//!
//! The decision covers the words of the answer and the work behind it, because the duration of an
//! answer also gives information. Read `password_storage.rs` next: it holds the dummy hash that is
//! checked for an unknown name.

use super::facts::LoginFailure;
use super::{Arm, Defence, Elsewhere, Lesson, RequestStage};

/// What the answer to a failed sign-in reveals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginErrors {
    /// Whether the name or the password was wrong.
    Telling,
    /// Only that it failed.
    Uniform,
}

impl LoginErrors {
    /// The text of the answer.
    pub fn message(self, why: LoginFailure) -> &'static str {
        match self {
            // WEAK: the answer tells an attacker which names of a list are accounts (user
            // enumeration). The attacker then guesses passwords for real accounts only, and sends
            // phishing mails to real users.
            LoginErrors::Telling => match why {
                LoginFailure::UnknownUser => "No such user.",
                LoginFailure::WrongPassword => "Wrong password.",
            },

            // STRONG: both failures have the same text and the same status, so the answer does not
            // say whether the account exists.
            //
            // Refused alternative: the same text and nothing else. A password hash takes tens of
            // milliseconds, so an answer that comes without it is as clear as a different text.
            //
            // Not stopped: guessing itself, which `throttle` limits, and a registration page that
            // says "this name is taken".
            LoginErrors::Uniform => "Wrong user name or password.",
        }
    }

    /// Whether the portal also checks the password where the name is unknown, against a hash that
    /// belongs to no account (`password_storage::DUMMY_HASH`), so that both failures take equal
    /// work.
    pub fn hashes_for_unknown(self) -> bool {
        match self {
            // The answer for an unknown name is faster: the duration reveals what the text may
            // hide.
            LoginErrors::Telling => false,
            // Refused alternative: a random delay. An attacker who asks often computes the mean,
            // and the difference appears again.
            LoginErrors::Uniform => true,
        }
    }
}

impl Defence for LoginErrors {
    const ARMS: &'static [Arm<Self>] = &[
        Arm {
            slug: "telling",
            description: "A failed sign-in says whether the name or the password was wrong.",
            value: LoginErrors::Telling,
        },
        Arm {
            slug: "uniform",
            description: "A failed sign-in says the same, and works as long, in both cases.",
            value: LoginErrors::Uniform,
        },
    ];

    const LESSON: Lesson = Lesson {
        title: "A failed sign-in reveals nothing",
        protects: "An answer that differs for unknown names turns the sign-in form into a \
                   directory of accounts. The portal gives one text and one status for both \
                   failures. For an unknown name it checks the password against a dummy hash, so \
                   that the duration reveals nothing either.",
        does_not_stop: "Names that are known from elsewhere, or that a registration or a \
                        password reset page gives away. It does not slow guessing down: that is \
                        the throttle's work. The times match only where accounts are stored with \
                        the same hash as the dummy.",
        stage: RequestStage::Action,
        needs: &[],
        standards: &[
            "ASVS 6.3.8",
            "CWE-203",
            "CWE-204",
            "CWE-208",
            "WSTG-IDNT-04",
        ],
        elsewhere: Elsewhere {
            flask: "Nothing built in: one message for both cases, and check_password_hash against \
                    a dummy hash when the user is unknown.",
            express: "Nothing built in: one message for both cases, and argon2.verify against a \
                      dummy hash when the user is unknown.",
            django: "authenticate() hashes for unknown users and AuthenticationForm has one \
                     message, the default",
            spring: "DaoAuthenticationProvider hides unknown users and checks a dummy password, \
                     the default (hideUserNotFoundExceptions = true)",
            rocket: "Nothing built in: one message for both cases and a dummy hash, as here.",
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_arm_says_whether_the_name_or_the_password_was_wrong() {
        assert_eq!(
            LoginErrors::WEAK.message(LoginFailure::UnknownUser),
            "No such user."
        );
        assert_eq!(
            LoginErrors::WEAK.message(LoginFailure::WrongPassword),
            "Wrong password."
        );
        assert!(!LoginErrors::WEAK.hashes_for_unknown());
    }

    #[test]
    fn the_strong_arm_gives_the_same_answer_to_both() {
        for why in [LoginFailure::UnknownUser, LoginFailure::WrongPassword] {
            assert_eq!(
                LoginErrors::STRONG.message(why),
                "Wrong user name or password."
            );
        }
        assert!(LoginErrors::STRONG.hashes_for_unknown());
    }
}
