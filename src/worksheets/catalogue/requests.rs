//! CSRF and CORS in the catalogue: requests that the user did not mean to send, and answers that
//! others read. Next: `pages.rs`.

use super::CatalogueRow;
use super::TryIt::{Attack, Defence, Page, Trick};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "CSRF-NONE",
        title: "The cookie alone is enough to transfer money",
        try_it: &[
            Attack("csrf-form"),
            Trick("/csrf-form"),
            Defence(Name::CsrfToken),
        ],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.1", "CWE-352", "WSTG-SESS-05", "RFC 6265bis §8.2"],
        proof: "browser::attacks::csrf_form",
    },
    CatalogueRow {
        key: "CSRF-BIND",
        title: "A token of one session is worthless in another",
        try_it: &[Defence(Name::CsrfToken)],
        about: &[Subject::ForgedRequests],
        standards: &["CWE-352"],
        proof: "portal::tokens::a_token_of_one_session_is_refused_in_another_even_of_the_same_user",
    },
    CatalogueRow {
        key: "CSRF-ORIGIN",
        title: "The portal does not look at Origin",
        try_it: &[
            Attack("csrf-form"),
            Attack("text-plain-json"),
            Defence(Name::RequestOrigin),
        ],
        about: &[Subject::ForgedRequests],
        standards: &["CWE-346", "CWE-352"],
        proof: "portal::defences::each::a_transfer_from_another_site_is_made",
    },
    CatalogueRow {
        key: "CSRF-FETCHMETA",
        title: "The portal does not look at Sec-Fetch-Site",
        try_it: &[Attack("csrf-form"), Defence(Name::RequestOrigin)],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.3", "CWE-346", "CWE-352"],
        proof: "portal::defences::more_moments::a_request_of_another_site_is_refused_by_either_header",
    },
    CatalogueRow {
        key: "CSRF-CT",
        title: "A JSON route reads a body that a form can send",
        try_it: &[Attack("text-plain-json"), Defence(Name::JsonOnly)],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.2", "CWE-352", "WSTG-SESS-05"],
        proof: "portal::defences::each::a_text_body_is_read_as_json",
    },
    CatalogueRow {
        key: "CSRF-GET",
        title: "A link transfers money",
        try_it: &[
            Attack("csrf-link"),
            Trick("/csrf-link"),
            Defence(Name::SafeMethods),
        ],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.3", "CWE-352", "CWE-650", "WSTG-SESS-05"],
        proof: "browser::attacks::csrf_link",
    },
    CatalogueRow {
        key: "CSRF-METHOD",
        title: "A form field replaces the method behind the checks",
        try_it: &[Attack("method-override"), Defence(Name::SafeMethods)],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.2", "ASVS 3.5.3", "CWE-352", "CWE-650"],
        proof: "portal::defences::more_moments::a_method_field_replaces_the_method_only_where_methods_bend",
    },
    CatalogueRow {
        key: "CSRF-LOGIN",
        title: "The victim is signed in to the attacker's account",
        try_it: &[
            Attack("login-csrf"),
            Trick("/login-csrf"),
            Defence(Name::CsrfToken),
        ],
        about: &[Subject::ForgedRequests],
        standards: &["ASVS 3.5.1", "CWE-352", "WSTG-SESS-05"],
        proof: "browser::attacks::login_csrf",
    },
    CatalogueRow {
        key: "CSRF-LOGOUT",
        title: "A link signs the user out",
        try_it: &[Defence(Name::SafeMethods)],
        about: &[Subject::ForgedRequests],
        standards: &["CWE-352", "WSTG-SESS-05"],
        proof: "portal::defences::more_moments::a_link_signs_out_only_where_a_get_may_change_something",
    },
    CatalogueRow {
        key: "CSRF-SIBLING",
        title: "SameSite=Strict does not keep a sibling host out",
        try_it: &[
            Page("/same-site"),
            Attack("csrf-from-sibling"),
            Attack("text-plain-json"),
            Trick("/clickjacking"),
            Page("/custom"),
        ],
        about: &[Subject::ForgedRequests],
        standards: &["CWE-346", "CWE-352", "RFC 6265bis §8.8.1"],
        proof: "browser::attacks::strict_lets_a_form_of_the_sibling_through",
    },
    CatalogueRow {
        key: "CORS-REFLECT",
        title: "Every origin that asks may read the API with the user's cookie",
        try_it: &[Attack("cors-read"), Trick("/cors"), Defence(Name::Cors)],
        about: &[Subject::ForeignReaders],
        standards: &["ASVS 3.4.2", "CWE-346", "CWE-942", "WSTG-CLNT-07"],
        proof: "browser::attacks::cors_read",
    },
];
