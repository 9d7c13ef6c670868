//! Cookie attributes in the catalogue: what the browser may do with a cookie, and what an attacker
//! does with its name. Next: `ids.rs`.

use super::TryIt::{Attack, Defence, Page, Shell, Trick};
use super::{CatalogueRow, ShellCommand};
use crate::defences::policy::Name;
use crate::worksheets::standards::Subject;

const DOMAIN: ShellCommand = ShellCommand {
    line: "curl -s -o /dev/null -c jar -H 'Origin: {origin of the sibling}' -d '' \
           '{sibling}/tossing?variant=insecure' && curl -s -o /dev/null -c own.jar \
           {beside}/insecure/login && grep -h session_ jar own.jar | cut -f 1,2; rm jar own.jar",
    prints: ".portal.localhost\tTRUE\nportal.localhost\tFALSE",
    means: "The sibling set its cookie for the whole domain (TRUE), and the portal its own for its \
            own host only (FALSE).",
};

const PORT: ShellCommand = ShellCommand {
    line: "curl -s -o /dev/null -c jar {http}/insecure/login && curl -s -b jar --cacert \
           lab-data/tls/cert.pem '{https}/inspect_headers?format=json' | grep -o \
           session_insecure | head -1; rm jar",
    prints: "session_insecure",
    means: "The cookie of the unencrypted port was sent to another port of the same host.",
};

pub(super) const ROWS: &[CatalogueRow] = &[
    CatalogueRow {
        key: "CK-SECURE",
        title: "A cookie without Secure is sent unencrypted to anyone who listens",
        try_it: &[
            Attack("secure-cookie-over-http"),
            Defence(Name::Secure),
            Page("/cafe"),
        ],
        about: &[Subject::CookiesAndTransport],
        standards: &[
            "ASVS 3.3.1",
            "CWE-319",
            "CWE-523",
            "CWE-614",
            "WSTG-SESS-02",
            "WSTG-SESS-09",
            "RFC 6265bis §4.1.2.5",
        ],
        proof: "attacker::sniffing_proxy::on_lab_test::secure_keeps_the_cookie_out_of_the_cafe_on_lab_test_but_not_on_localhost",
    },
    CatalogueRow {
        key: "CK-HTTPONLY",
        title: "A script reads the session id from document.cookie",
        try_it: &[Attack("xss-steals-cookie"), Defence(Name::HttpOnly)],
        about: &[Subject::CookiesAndScripts],
        standards: &[
            "ASVS 3.3.4",
            "CWE-1004",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.2.6",
        ],
        proof: "browser::cookies::a_script_reads_the_id_of_the_insecure_side_only",
    },
    CatalogueRow {
        key: "CK-SAMESITE",
        title: "The cookie rides with a form that another site posts",
        try_it: &[
            Page("/same-site"),
            Attack("csrf-form"),
            Trick("/csrf-form"),
            Defence(Name::SameSite),
        ],
        about: &[Subject::ForgedRequests],
        standards: &[
            "ASVS 3.3.2",
            "CWE-352",
            "CWE-1275",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.2.7",
        ],
        proof: "browser::attacks::csrf_form",
    },
    CatalogueRow {
        key: "CK-NONESEC",
        title: "Browsers drop a cookie with SameSite=None but without Secure; curl keeps it",
        try_it: &[Page("/same-site"), Page("/custom"), Defence(Name::SameSite)],
        about: &[Subject::ForgedRequests],
        standards: &["CWE-1275", "WSTG-SESS-02", "RFC 6265bis §5.7"],
        proof: "browser::secure::a_cookie_with_none_but_without_secure_is_dropped_by_the_browser_and_kept_by_curl",
    },
    CatalogueRow {
        key: "CK-LAXPOST",
        title: "Without SameSite, Chromium lets a foreign form through for two minutes",
        try_it: &[
            Page("/same-site"),
            Attack("csrf-form"),
            Trick("/csrf-form"),
            Defence(Name::SameSite),
        ],
        about: &[Subject::ForgedRequests],
        standards: &[
            "ASVS 3.3.2",
            "CWE-352",
            "CWE-1275",
            "WSTG-SESS-05",
            "RFC 6265bis §5.6.7.2",
        ],
        proof: "browser::same_site::the_exception_ends_and_the_record_with_the_same_setting_is_taken",
    },
    CatalogueRow {
        key: "CK-HOST",
        title: "A sibling host plants a cookie under the session's name",
        try_it: &[
            Attack("cookie-tossing"),
            Attack("planted-id"),
            Trick("/tossing"),
            Trick("/fixation"),
            Defence(Name::HostPrefix),
        ],
        about: &[Subject::CookiesAndHosts, Subject::Fixation],
        standards: &[
            "ASVS 3.3.3",
            "CWE-346",
            "CWE-565",
            "WSTG-SESS-02",
            "WSTG-SESS-03",
            "RFC 6265bis §4.1.3.2",
        ],
        proof: "browser::attacks::cookie_tossing",
    },
    CatalogueRow {
        key: "CK-HOSTHTTP",
        title: "A script creates a __Host- cookie, but no __Host-Http- cookie",
        try_it: &[
            Attack("cookie-overflow"),
            Page("/custom"),
            Defence(Name::HostPrefix),
        ],
        about: &[Subject::CookiesAndHosts],
        standards: &["CWE-79", "CWE-565"],
        proof: "browser::cookies::a_script_writes_a_host_cookie_but_no_host_http_cookie",
    },
    CatalogueRow {
        key: "CK-DOMAIN",
        title: "A cookie with Domain reaches every sibling host",
        try_it: &[Shell(&DOMAIN), Trick("/tossing")],
        about: &[Subject::CookiesAndHosts],
        standards: &[
            "ASVS 3.3.3",
            "CWE-565",
            "CWE-668",
            "WSTG-SESS-02",
            "RFC 6265bis §4.1.2.3",
        ],
        proof: "web::cookie_scope::a_cookie_with_domain_goes_to_every_sibling_and_the_sessions_cookie_to_none",
    },
    CatalogueRow {
        key: "CK-PORT",
        title: "Two ports of one host share their cookies",
        try_it: &[Shell(&PORT)],
        about: &[Subject::CookiesAndHosts],
        standards: &["ASVS 3.5.4", "CWE-668", "RFC 6265bis §8.5"],
        proof: "web::cookie_scope::a_cookie_goes_to_every_port_of_its_host",
    },
    CatalogueRow {
        key: "CK-PERSIST",
        title: "The session cookie outlives the browser",
        try_it: &[Attack("long-lived-cookie"), Defence(Name::Persistence)],
        about: &[Subject::CookieLifetime],
        standards: &["CWE-539", "WSTG-SESS-02", "RFC 6265bis §5.5"],
        proof: "browser::attacks::long_lived_cookie",
    },
    CatalogueRow {
        key: "CK-DUP",
        title: "Two cookies of one name: the server takes the first",
        try_it: &[
            Attack("cookie-tossing"),
            Trick("/tossing"),
            Defence(Name::DuplicateCookies),
        ],
        about: &[Subject::RepeatedNames],
        standards: &["ASVS 15.3.7", "CWE-565", "RFC 6265bis §4.2.2"],
        proof: "web::cookies::a_repeated_session_cookie_is_refused_on_the_hardened_side_only",
    },
    CatalogueRow {
        key: "CK-DELETE",
        title: "Taking a cookie back must repeat its attributes",
        try_it: &[Page("/compare"), Defence(Name::HostPrefix)],
        about: &[Subject::SignOut],
        standards: &["CWE-613"],
        proof: "browser::clear_site_data::the_hardened_sign_out_on_localhost_clears_storage_and_no_foreign_cookie",
    },
    CatalogueRow {
        key: "CK-OVERFLOW",
        title: "A script fills the cookie jar until the session cookie falls out, and plants its own",
        try_it: &[
            Attack("cookie-overflow"),
            Defence(Name::HostPrefix),
            Trick("/xss"),
        ],
        about: &[Subject::CookiesAndHosts],
        standards: &["CWE-79", "CWE-565", "RFC 6265bis §8.6"],
        proof: "browser::attacks::cookie_overflow",
    },
    CatalogueRow {
        key: "CK-TAMPER",
        title: "The user edits the role in a cookie",
        try_it: &[Attack("role-cookie-tampering"), Defence(Name::RoleSource)],
        about: &[Subject::ClientState],
        standards: &[
            "ASVS 8.3.1",
            "CWE-302",
            "CWE-565",
            "CWE-642",
            "CWE-784",
            "WSTG-SESS-01",
            "RFC 6265bis §8.3",
        ],
        proof: "portal::defences::each::a_role_in_a_cookie_is_believed",
    },
    CatalogueRow {
        key: "CK-REPLAY",
        title: "Signed state in a cookie is good for whoever copies it",
        try_it: &[Defence(Name::ClientState)],
        about: &[Subject::ClientState, Subject::SignOut],
        standards: &["ASVS 7.4.1", "CWE-294", "CWE-613", "RFC 6265bis §8.3"],
        proof: "portal::defences::each::a_copied_state_cookie_makes_somebody_else",
    },
    CatalogueRow {
        key: "CK-KEY",
        title: "A key from a word list lets anyone sign tokens",
        try_it: &[Attack("forged-signed-cookie"), Defence(Name::SigningKey)],
        about: &[Subject::WeakKeys, Subject::ClientState],
        standards: &["ASVS 13.3.1", "CWE-321", "CWE-798", "CWE-565", "CWE-642"],
        proof: "portal::defences::each::a_state_cookie_can_be_forged_with_a_known_word",
    },
];
