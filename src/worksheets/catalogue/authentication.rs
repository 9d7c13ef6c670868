//! Authentication in the catalogue, as far as it guards sessions. Next: `requests.rs`.

use super::CatalogueRow;
use super::TryIt::{Attack, Defence, Page, Portal};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "AU-RATE",
        title: "Passwords can be guessed without end",
        try_it: &[Attack("password-guessing"), Defence(Name::Throttle)],
        about: &[Subject::Guessing],
        standards: &["ASVS 6.3.1", "CWE-307", "CWE-799", "WSTG-ATHN-03"],
        proof: "portal::throttle::after_five_failures_even_the_right_password_has_to_wait",
    },
    CatalogueRow {
        key: "AU-LOCKDOS",
        title: "A stranger's wrong guesses keep the owner out",
        try_it: &[Page("/matrix"), Defence(Name::Throttle)],
        about: &[Subject::Guessing],
        standards: &["ASVS 6.1.1", "ASVS 6.3.1", "CWE-645", "WSTG-ATHN-03"],
        proof: "portal::throttle::strangers_cannot_keep_a_remembered_browser_out",
    },
    CatalogueRow {
        key: "AU-ENUM",
        title: "A failed sign-in tells whether the account exists",
        try_it: &[Attack("login-enumeration"), Defence(Name::LoginErrors)],
        about: &[Subject::Enumeration],
        standards: &[
            "ASVS 6.3.8",
            "CWE-203",
            "CWE-204",
            "CWE-208",
            "WSTG-IDNT-04",
        ],
        proof: "portal::defences::each::a_failed_sign_in_says_whether_the_name_exists",
    },
    CatalogueRow {
        key: "AU-PWHASH",
        title: "Anyone who steals the password table can read it",
        try_it: &[
            Attack("stolen-password-table"),
            Defence(Name::PasswordStorage),
        ],
        about: &[Subject::PasswordStorage],
        standards: &["ASVS 11.4.2", "CWE-256", "CWE-759", "CWE-916"],
        proof: "portal::defences::each::the_store_holds_the_password_itself",
    },
    CatalogueRow {
        key: "AU-CHANGEPW",
        title: "A new password needs the old one",
        try_it: &[Portal("/password")],
        about: &[Subject::NewPassword],
        standards: &["ASVS 6.2.3", "CWE-620", "WSTG-ATHN-09"],
        proof: "portal::changes::a_new_password_replaces_the_old_one",
    },
    CatalogueRow {
        key: "AU-REMEMBER",
        title: "A remembered browser still needs the password",
        try_it: &[Portal("/login")],
        about: &[Subject::Guessing, Subject::NewPassword],
        standards: &["CWE-288", "NIST SP 800-63B-4 §5.1"],
        proof: "portal::own_sessions::a_remembered_browser_still_needs_the_password_and_can_be_forgotten",
    },
];
