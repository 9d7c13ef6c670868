//! Lifetime in the catalogue: when a session ends, by whom, and what is left of it. Next:
//! `authentication.rs`.

use super::CatalogueRow;
use super::TryIt::{Attack, Defence, Page, Portal};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "TO-IDLE",
        title: "A session that nobody uses never ends",
        try_it: &[
            Attack("replay-after-idle-limit"),
            Defence(Name::IdleTimeout),
        ],
        about: &[Subject::Timeouts],
        standards: &["ASVS 7.3.1", "CWE-613", "WSTG-SESS-07"],
        proof: "portal::defences::each::a_session_that_lay_unused_is_still_open",
    },
    CatalogueRow {
        key: "TO-ABS",
        title: "A session that is kept busy never ends",
        try_it: &[
            Attack("replay-after-absolute-limit"),
            Defence(Name::AbsoluteTimeout),
        ],
        about: &[Subject::Timeouts],
        standards: &["ASVS 7.3.2", "CWE-613", "WSTG-SESS-07"],
        proof: "portal::defences::each::a_session_that_is_kept_busy_lasts_for_ever",
    },
    CatalogueRow {
        key: "TO-CLIENT",
        title: "The server's clock decides, not the cookie's expiry",
        try_it: &[Page("/compare"), Defence(Name::IdleTimeout)],
        about: &[Subject::Timeouts],
        standards: &[
            "ASVS 7.3.1",
            "CWE-602",
            "CWE-613",
            "WSTG-SESS-07",
            "RFC 6265bis §4.1.2.1",
        ],
        proof: "lab::compare::the_idle_and_the_absolute_limit_end_the_hardened_side_only",
    },
    CatalogueRow {
        key: "TO-WARN",
        title: "The page counts down and warns before the server ends the session",
        try_it: &[Portal("/dashboard")],
        about: &[Subject::Timeouts],
        standards: &["CWE-613"],
        proof: "browser::countdown::it_warns_then_signs_out_and_does_not_extend_the_session",
    },
    CatalogueRow {
        key: "LO-SERVER",
        title: "A copied cookie still works after signing out",
        try_it: &[Attack("replay-after-sign-out"), Defence(Name::SignOut)],
        about: &[Subject::SignOut],
        standards: &["ASVS 7.4.1", "CWE-613", "WSTG-SESS-06"],
        proof: "portal::defences::each::the_old_cookie_opens_the_session_after_the_sign_out",
    },
    CatalogueRow {
        key: "LO-UI",
        title: "Every page of a signed-in user has a button to sign out, and it posts",
        try_it: &[Portal("/dashboard")],
        about: &[Subject::SignOut],
        standards: &["ASVS 7.4.4", "CWE-613", "WSTG-SESS-06"],
        proof: "portal::pages::every_page_of_somebody_signed_in_has_a_button_that_signs_out_by_post",
    },
    CatalogueRow {
        key: "LO-CACHE",
        title: "A cache or the Back button shows the account after signing out",
        try_it: &[Attack("back-button"), Defence(Name::NoStore)],
        about: &[Subject::Caching],
        standards: &[
            "ASVS 14.2.2",
            "ASVS 14.3.2",
            "CWE-524",
            "CWE-525",
            "WSTG-ATHN-06",
        ],
        proof: "browser::attacks::back_button",
    },
    CatalogueRow {
        key: "LO-CSD",
        title: "What the browser has stored survives the sign-out",
        try_it: &[Attack("draft-after-sign-out"), Defence(Name::ClearSiteData)],
        about: &[Subject::ClientStorage],
        standards: &["ASVS 14.3.1", "CWE-525", "CWE-922", "WSTG-CLNT-12"],
        proof: "browser::clear_site_data::the_hardened_sign_out_on_portal_localhost_clears_the_cookies_of_that_host_alone",
    },
    CatalogueRow {
        key: "LO-OTHERS",
        title: "An intruder stays in after the password was changed",
        try_it: &[
            Attack("old-session-after-password-change"),
            Defence(Name::SessionsOnPasswordChange),
        ],
        about: &[Subject::NewPassword],
        standards: &["ASVS 7.4.3", "CWE-613"],
        proof: "portal::defences::each::an_intruder_stays_after_a_password_change",
    },
    CatalogueRow {
        key: "LO-DOWNGRADE",
        title: "The session is sent unencrypted after a sign-in over TLS",
        try_it: &[Attack("plain-http-downgrade"), Defence(Name::Transport)],
        about: &[Subject::Transport],
        standards: &["ASVS 12.2.1", "CWE-319", "WSTG-SESS-04", "WSTG-SESS-09"],
        proof: "portal::defences::each::the_portal_answers_in_clear",
    },
    CatalogueRow {
        key: "SESS-LIST",
        title: "A user sees the sessions of the account and ends one",
        try_it: &[Portal("/sessions")],
        about: &[Subject::SignOut],
        standards: &["ASVS 7.5.2", "CWE-613", "WSTG-SESS-11"],
        proof: "portal::own_sessions::one_session_is_ended_from_another_with_the_password",
    },
];
