//! The words that an audit tries as keys: those of the attacks, and those of manuals. Whoever
//! copies an example and forgets the comment "change this" has one of them.

use crate::attacks::word_list::WORDS;

/// Keys that the documentation of frameworks and libraries uses, and their usual variations.
const OF_MANUALS: [&str; 32] = [
    // Flask: the tutorial, and the page about configuration.
    "dev",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    // Flask-JWT-Extended.
    "super-secret",
    // express-session, and Passport after it.
    "keyboard cat",
    // cookie-session.
    "key1",
    "key2",
    // jsonwebtoken.
    "shhhhh",
    // jwt.io, earlier and now.
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    // FastAPI.
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "supersecret",
    "supersecretkey",
    "super secret key",
    "super-secret-key",
    "secretkey",
    "secret-key",
    "secret_key",
    "SECRET_KEY",
    "mysecret",
    "mysecretkey",
    "my-secret-key",
    "your-secret-key",
    "your_secret_key",
    "change-me",
    "change_me",
    "CHANGE_ME",
    "jwt-secret",
    "jwt_secret",
    "top-secret",
    "key",
];

/// Every word, in the order in which they are tried.
pub(super) fn key_words() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().chain(OF_MANUALS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_tried_twice() {
        let all: std::collections::BTreeSet<&str> = key_words().collect();
        assert_eq!(all.len(), key_words().count());
    }
}
