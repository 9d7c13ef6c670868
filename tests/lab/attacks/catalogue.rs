//! The rows of the course's catalogue that the lab makes runnable, each with the ids of ASVS 5.0,
//! CWE and WSTG that name it. A card may name no other row, and no id that its rows do not have.

use session_lab::attacks::ALL;

const ROWS: &[(&str, &[&str])] = &[
    (
        "CK-SECURE",
        &[
            "ASVS 3.3.1",
            "CWE-319",
            "CWE-523",
            "CWE-614",
            "WSTG-SESS-02",
            "WSTG-SESS-09",
        ],
    ),
    ("CK-HTTPONLY", &["ASVS 3.3.4", "CWE-1004", "WSTG-SESS-02"]),
    (
        "CK-SAMESITE",
        &["ASVS 3.3.2", "CWE-352", "CWE-1275", "WSTG-SESS-02"],
    ),
    ("CK-NONESEC", &["CWE-1275", "WSTG-SESS-02"]),
    (
        "CK-LAXPOST",
        &["ASVS 3.3.2", "CWE-352", "CWE-1275", "WSTG-SESS-05"],
    ),
    (
        "CK-HOST",
        &[
            "ASVS 3.3.3",
            "CWE-346",
            "CWE-565",
            "WSTG-SESS-02",
            "WSTG-SESS-03",
        ],
    ),
    ("CK-HOSTHTTP", &["ASVS 3.3.4", "CWE-79", "CWE-565"]),
    (
        "CK-DOMAIN",
        &["ASVS 3.3.3", "CWE-565", "CWE-668", "WSTG-SESS-02"],
    ),
    ("CK-PORT", &["ASVS 3.5.4", "CWE-668"]),
    ("CK-PERSIST", &["CWE-539", "WSTG-SESS-02"]),
    ("CK-DUP", &["ASVS 15.3.7", "CWE-565"]),
    ("CK-DELETE", &["CWE-613"]),
    ("CK-OVERFLOW", &["CWE-565"]),
    (
        "CK-TAMPER",
        &[
            "ASVS 8.3.1",
            "CWE-302",
            "CWE-565",
            "CWE-642",
            "CWE-784",
            "WSTG-SESS-01",
        ],
    ),
    (
        "CK-REPLAY",
        &["ASVS 7.4.1", "CWE-294", "CWE-472", "CWE-613"],
    ),
    (
        "CK-KEY",
        &[
            "ASVS 13.3.1",
            "ASVS 13.3.4",
            "CWE-321",
            "CWE-324",
            "CWE-798",
        ],
    ),
    (
        "SID-ENTROPY",
        &[
            "ASVS 7.2.3",
            "ASVS 11.5.1",
            "CWE-330",
            "CWE-331",
            "CWE-334",
            "CWE-340",
            "CWE-341",
            "CWE-342",
            "CWE-343",
            "WSTG-SESS-01",
        ],
    ),
    ("SID-STRICT", &["CWE-384", "WSTG-SESS-03"]),
    ("SID-ROTATE", &["ASVS 7.2.4", "CWE-384", "WSTG-SESS-03"]),
    ("SID-PRIV", &["ASVS 7.2.4", "CWE-384"]),
    (
        "SID-URL",
        &[
            "ASVS 14.2.1",
            "CWE-200",
            "CWE-532",
            "CWE-598",
            "WSTG-SESS-04",
        ],
    ),
    ("SID-ATREST", &["CWE-312", "CWE-522"]),
    ("SID-PREPOST", &["CWE-384"]),
    ("SID-GUESS", &["ASVS 16.3.3", "CWE-307", "CWE-799"]),
    ("TO-IDLE", &["ASVS 7.3.1", "CWE-613", "WSTG-SESS-07"]),
    ("TO-ABS", &["ASVS 7.3.2", "CWE-613", "WSTG-SESS-07"]),
    (
        "TO-CLIENT",
        &["ASVS 7.3.1", "CWE-602", "CWE-613", "WSTG-SESS-07"],
    ),
    ("TO-WARN", &["CWE-613"]),
    ("LO-SERVER", &["ASVS 7.4.1", "CWE-613", "WSTG-SESS-06"]),
    ("LO-UI", &["ASVS 7.4.4", "CWE-613", "WSTG-SESS-06"]),
    (
        "LO-CACHE",
        &[
            "ASVS 14.2.2",
            "ASVS 14.3.2",
            "CWE-524",
            "CWE-525",
            "WSTG-SESS-04",
            "WSTG-SESS-07",
        ],
    ),
    ("LO-CSD", &["ASVS 14.3.1", "CWE-525", "CWE-922"]),
    ("LO-OTHERS", &["ASVS 7.4.3", "CWE-613"]),
    (
        "LO-DOWNGRADE",
        &["ASVS 4.4.1", "ASVS 12.2.1", "CWE-319", "WSTG-SESS-04"],
    ),
    (
        "SESS-LIST",
        &["ASVS 7.5.2", "ASVS 10.4.9", "CWE-613", "WSTG-SESS-11"],
    ),
    (
        "AU-RATE",
        &["ASVS 6.1.1", "ASVS 6.3.1", "CWE-307", "CWE-799"],
    ),
    ("AU-LOCKDOS", &["ASVS 6.3.1", "CWE-645"]),
    ("AU-ENUM", &["ASVS 6.3.8", "CWE-203", "CWE-204", "CWE-208"]),
    (
        "AU-PWHASH",
        &["ASVS 11.4.2", "CWE-256", "CWE-759", "CWE-916"],
    ),
    ("AU-CHANGEPW", &["ASVS 6.2.3", "CWE-620"]),
    ("AU-REMEMBER", &["CWE-308"]),
    ("CSRF-NONE", &["ASVS 3.5.1", "CWE-352", "WSTG-SESS-05"]),
    ("CSRF-BIND", &["CWE-352"]),
    ("CSRF-ORIGIN", &["CWE-346", "CWE-352"]),
    ("CSRF-FETCHMETA", &["ASVS 3.5.3", "CWE-346", "CWE-352"]),
    ("CSRF-CT", &["ASVS 3.5.2", "CWE-352", "WSTG-SESS-05"]),
    (
        "CSRF-GET",
        &["ASVS 3.5.3", "CWE-352", "CWE-650", "WSTG-SESS-05"],
    ),
    ("CSRF-METHOD", &["ASVS 3.5.2", "CWE-352"]),
    ("CSRF-LOGIN", &["ASVS 7.6.2", "ASVS 10.2.1", "CWE-352"]),
    ("CSRF-LOGOUT", &["CWE-352", "WSTG-SESS-05"]),
    ("CSRF-SIBLING", &["CWE-346", "CWE-352"]),
    ("CORS-REFLECT", &["ASVS 3.4.2", "CWE-346", "CWE-942"]),
    (
        "XSS-RUN",
        &["ASVS 1.2.1", "ASVS 1.2.3", "ASVS 3.2.2", "CWE-79", "CWE-80"],
    ),
    ("XSS-STEAL", &["CWE-79", "CWE-1004"]),
    ("XSS-RIDE", &["CWE-79"]),
    ("HDR-CSP", &["ASVS 3.4.3", "CWE-79", "CWE-693"]),
    ("HDR-FRAME", &["ASVS 3.4.6", "CWE-1021"]),
    ("HDR-REFERRER", &["ASVS 3.4.5", "CWE-200", "CWE-598"]),
    (
        "HDR-HSTS",
        &[
            "ASVS 3.4.1",
            "CWE-319",
            "CWE-523",
            "WSTG-SESS-03",
            "WSTG-SESS-09",
        ],
    ),
    ("HJ-SNIFF", &["ASVS 12.2.1", "CWE-319", "WSTG-SESS-09"]),
    ("JWT-NOSIG", &["ASVS 9.1.1", "CWE-347", "WSTG-SESS-10"]),
    (
        "JWT-NONE",
        &["ASVS 9.1.2", "CWE-347", "CWE-757", "WSTG-SESS-10"],
    ),
    (
        "JWT-ALGCONF",
        &["ASVS 9.1.2", "CWE-327", "CWE-347", "WSTG-SESS-10"],
    ),
    (
        "JWT-WEAKKEY",
        &["CWE-326", "CWE-521", "CWE-1391", "WSTG-SESS-10"],
    ),
    ("JWT-HARDKEY", &["ASVS 13.3.1", "CWE-321", "CWE-798"]),
    ("JWT-KEYUSE", &["CWE-347"]),
    (
        "JWT-KID",
        &["ASVS 9.1.3", "CWE-22", "CWE-89", "CWE-347", "WSTG-SESS-10"],
    ),
    ("JWT-JWK", &["ASVS 9.1.3", "CWE-347", "WSTG-SESS-10"]),
    ("JWT-JKU", &["ASVS 9.1.3", "CWE-347", "CWE-918"]),
    (
        "JWT-EXP",
        &["ASVS 9.2.1", "CWE-324", "CWE-613", "WSTG-SESS-10"],
    ),
    ("JWT-NBF", &["ASVS 9.2.1", "CWE-345"]),
    ("JWT-ISS", &["ASVS 9.2.4", "CWE-345", "CWE-346"]),
    (
        "JWT-AUD",
        &["ASVS 9.2.3", "ASVS 9.2.4", "ASVS 10.3.1", "CWE-345"],
    ),
    ("JWT-TYP", &["ASVS 9.2.2", "CWE-345"]),
    ("JWT-MUTEX", &["ASVS 9.2.2", "CWE-345"]),
    ("JWT-CRIT", &["CWE-347", "CWE-358"]),
    ("JWT-REVOKE", &["ASVS 7.4.1", "CWE-613"]),
    ("JWT-STALE", &["ASVS 8.3.2", "CWE-613", "CWE-863"]),
    ("JWT-REFRESH", &["ASVS 10.4.5", "CWE-294", "CWE-613"]),
    ("JWT-RTLIFE", &["ASVS 10.4.8", "ASVS 10.4.9", "CWE-613"]),
    ("JWT-SCOPE", &["ASVS 10.3.2", "CWE-285", "CWE-863"]),
    ("JWT-QUERY", &["ASVS 14.2.1", "CWE-598"]),
    ("LOG-SID", &["ASVS 16.2.5", "CWE-532"]),
    (
        "LOG-EVENTS",
        &[
            "ASVS 16.3.1",
            "ASVS 16.3.2",
            "ASVS 16.3.3",
            "CWE-223",
            "CWE-778",
        ],
    ),
    ("ERR-CLOSED", &["ASVS 16.5.3", "CWE-636", "CWE-755"]),
];

#[test]
fn every_card_names_rows_of_the_catalogue_and_ids_that_these_rows_have() {
    for card in ALL.iter().map(|attack| attack.card()) {
        let row = |key: &&str| ROWS.iter().find(|(row, _)| row == key);
        for key in card.shows {
            assert!(row(key).is_some(), "{} shows {key}", card.name);
        }
        let rows = card.shows.iter().filter_map(row);
        let ids: Vec<&str> = rows.flat_map(|(_, ids)| *ids).copied().collect();
        assert!(
            !ids.is_empty() && !card.standards.is_empty(),
            "{}",
            card.name
        );
        for id in card.standards {
            assert!(
                ids.contains(id),
                "{} names {id}, its rows {ids:?}",
                card.name
            );
        }
    }
}
