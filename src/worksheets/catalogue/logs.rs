//! Logs and errors in the catalogue: what is written down, what never is, and what happens when the
//! store is gone.

use super::TryIt::{Page, Shell};
use super::{CatalogueRow, ShellCommand};
use crate::worksheets::standards::Subject;

const CLOSED: ShellCommand = ShellCommand {
    line: "mv lab-data/sessions aside; touch lab-data/sessions; curl -s -o /dev/null -w \
           '%{http_code}\\n' -d 'username=student123&password=password123' \
           {http}/insecure/login; rm lab-data/sessions; mv aside lab-data/sessions",
    prints: "503",
    means: "The portal could not store the session, so it signed nobody in. The last two commands \
            give the store back.",
};

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "LOG-SID",
        title: "No id, token or password is written to a log",
        try_it: &[Page("/evidence/hardened")],
        about: &[Subject::Logging],
        standards: &["ASVS 16.2.5", "CWE-532"],
        proof: "app::log::no_id_no_password_and_no_token_is_in_the_log_or_the_journal",
    },
    CatalogueRow {
        key: "LOG-EVENTS",
        title: "Sign-ins, failures, rotations and ends are events",
        try_it: &[Page("/evidence/insecure")],
        about: &[Subject::Logging],
        standards: &[
            "ASVS 16.3.1",
            "ASVS 16.3.2",
            "ASVS 16.3.3",
            "CWE-223",
            "CWE-778",
        ],
        proof: "lab::evidence::events_tell_the_story_newest_first_and_name_no_id",
    },
    CatalogueRow {
        key: "ERR-CLOSED",
        title: "A store that does not answer lets nobody in",
        try_it: &[Shell(&CLOSED)],
        about: &[Subject::Errors],
        standards: &["ASVS 16.5.3", "CWE-636", "CWE-755"],
        proof: "session::unwritable::a_store_that_cannot_write_is_503_and_signs_nobody_in",
    },
];
