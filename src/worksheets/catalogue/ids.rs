//! Session ids in the catalogue: where they come from, how they travel, when they change, and how
//! they are kept. Next: `lifetime.rs`.

use super::CatalogueRow;
use super::TryIt::{Attack, Defence, Page};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "SID-ENTROPY",
        title: "The next session id can be predicted",
        try_it: &[Page("/ids"), Attack("id-prediction")],
        about: &[Subject::SessionIds],
        standards: &[
            "ASVS 7.2.3",
            "ASVS 11.5.1",
            "CWE-330",
            "CWE-340",
            "CWE-342",
            "CWE-343",
            "WSTG-SESS-01",
            "NIST SP 800-63B-4 §5.1",
        ],
        proof: "lab::attacks::the_weak_source_is_predicted_and_the_strong_one_is_not",
    },
    CatalogueRow {
        key: "SID-STRICT",
        title: "The server takes an id that the client made up",
        try_it: &[Defence(Name::Adoption)],
        about: &[Subject::Fixation],
        standards: &["CWE-384", "WSTG-SESS-03"],
        proof: "portal::defences::each::an_invented_id_becomes_a_session",
    },
    CatalogueRow {
        key: "SID-ROTATE",
        title: "Session fixation: the id is the same before and after the sign-in",
        try_it: &[Attack("planted-id"), Page("/fixation"), Attack("fixation")],
        about: &[Subject::Fixation],
        standards: &["ASVS 7.2.4", "CWE-384", "WSTG-SESS-03", "RFC 6265bis §8.4"],
        proof: "portal::defences::each::a_planted_id_is_signed_in_with_its_victim",
    },
    CatalogueRow {
        key: "SID-PRIV",
        title: "The id is the same after the user's role has changed",
        try_it: &[Defence(Name::Rotation)],
        about: &[Subject::Fixation],
        standards: &["CWE-384"],
        proof: "portal::defences::more_moments::a_new_role_gives_every_session_of_the_user_a_new_id_at_its_next_request",
    },
    CatalogueRow {
        key: "SID-URL",
        title: "A session id in the address leaks to other sites",
        try_it: &[
            Attack("id-in-referer"),
            Defence(Name::Carrier),
            Defence(Name::Referrer),
        ],
        about: &[Subject::SecretsInAddresses],
        standards: &[
            "ASVS 14.2.1",
            "CWE-200",
            "CWE-532",
            "CWE-598",
            "WSTG-SESS-04",
        ],
        proof: "browser::attacks::id_in_referer",
    },
    CatalogueRow {
        key: "SID-ATREST",
        title: "Anyone who steals the session store can use what is in it",
        try_it: &[Attack("stolen-store"), Defence(Name::AtRest)],
        about: &[Subject::SessionStore],
        standards: &["CWE-312", "CWE-522"],
        proof: "portal::defences::each::a_key_of_the_store_opens_a_session",
    },
    CatalogueRow {
        key: "SID-PREPOST",
        title: "The anonymous session of the sign-in page becomes the user's",
        try_it: &[Page("/fixation"), Defence(Name::Rotation)],
        about: &[Subject::Fixation],
        standards: &["CWE-384"],
        proof: "session::races::memory::two_sign_ins_on_one_anonymous_session_both_work_and_it_is_gone",
    },
    CatalogueRow {
        key: "SID-GUESS",
        title: "An id that opens no session is an event in the journal",
        try_it: &[Attack("id-prediction"), Page("/evidence/insecure")],
        about: &[Subject::Logging],
        standards: &["ASVS 16.3.3", "CWE-778"],
        proof: "lab::evidence::events_tell_the_story_newest_first_and_name_no_id",
    },
];
