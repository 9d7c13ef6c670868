//! XSS and headers in the catalogue: what runs in the portal's pages, who may frame them, and what
//! their headers say. Next: `logs.rs`.

use super::CatalogueRow;
use super::TryIt::{Attack, Defence, Page, Trick};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "XSS-RUN",
        title: "A notice runs as a script for everyone who reads it",
        try_it: &[
            Attack("xss-rides-session"),
            Attack("xss-steals-cookie"),
            Trick("/xss"),
            Defence(Name::Output),
        ],
        about: &[Subject::InjectedScripts],
        standards: &["ASVS 1.2.1", "ASVS 3.2.2", "CWE-79", "CWE-80"],
        proof: "browser::content_security_policy::a_notice_with_a_script_runs_where_neither_output_nor_csp_is_strong",
    },
    CatalogueRow {
        key: "XSS-STEAL",
        title: "The script sends the session cookie to the attacker",
        try_it: &[
            Attack("xss-steals-cookie"),
            Trick("/xss"),
            Defence(Name::HttpOnly),
        ],
        about: &[Subject::InjectedScripts, Subject::CookiesAndScripts],
        standards: &["CWE-79", "CWE-1004"],
        proof: "browser::attacks::xss_steals_cookie",
    },
    CatalogueRow {
        key: "XSS-RIDE",
        title: "The script uses the session without reading the cookie",
        try_it: &[
            Attack("xss-rides-session"),
            Trick("/xss"),
            Defence(Name::Csp),
        ],
        about: &[Subject::InjectedScripts],
        standards: &["CWE-79"],
        proof: "browser::attacks::xss_rides_session",
    },
    CatalogueRow {
        key: "HDR-CSP",
        title: "No policy says which scripts may run",
        try_it: &[
            Attack("xss-rides-session"),
            Attack("xss-steals-cookie"),
            Defence(Name::Csp),
        ],
        about: &[Subject::InjectedScripts],
        standards: &["ASVS 3.4.3", "CWE-79", "CWE-693", "WSTG-CONF-12"],
        proof: "portal::defences::each::any_script_in_the_page_may_run",
    },
    CatalogueRow {
        key: "HDR-FRAME",
        title: "Another page shows the portal in an invisible frame",
        try_it: &[
            Attack("clickjacking"),
            Trick("/clickjacking"),
            Trick("/frame"),
            Defence(Name::Framing),
        ],
        about: &[Subject::Framing],
        standards: &["ASVS 3.4.6", "CWE-1021", "WSTG-CLNT-09"],
        proof: "browser::attacks::clickjacking",
    },
    CatalogueRow {
        key: "HDR-REFERRER",
        title: "Every site that is linked to learns the whole address",
        try_it: &[Attack("id-in-referer"), Defence(Name::Referrer)],
        about: &[Subject::SecretsInAddresses],
        standards: &["ASVS 3.4.5", "CWE-200", "CWE-598"],
        proof: "browser::attacks::id_in_referer",
    },
    CatalogueRow {
        key: "HDR-HSTS",
        title: "The first request of a visit is unencrypted",
        try_it: &[
            Attack("secure-cookie-over-http"),
            Page("/cafe"),
            Defence(Name::Transport),
        ],
        about: &[Subject::Transport],
        standards: &[
            "ASVS 3.4.1",
            "CWE-319",
            "CWE-523",
            "WSTG-CONF-07",
            "WSTG-SESS-09",
            "RFC 6797 §7.1",
            "RFC 6797 §7.2",
        ],
        proof: "attacker::sniffing_proxy::on_lab_test::hsts_makes_curl_change_to_tls_on_the_same_port",
    },
    CatalogueRow {
        key: "HJ-SNIFF",
        title: "Who listens on the way reads password and cookie",
        try_it: &[
            Attack("secure-cookie-over-http"),
            Page("/cafe"),
            Attack("plain-http-downgrade"),
        ],
        about: &[Subject::Transport],
        standards: &["ASVS 12.2.1", "CWE-319", "WSTG-SESS-09"],
        proof: "attacker::sniffing_proxy::one_port_takes_http_and_tls_and_only_http_can_be_read",
    },
];
