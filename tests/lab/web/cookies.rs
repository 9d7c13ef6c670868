//! Cookie headers that are too long, too many or ambiguous.

use session_lab::base::addresses::Listener::{PortalHttp, PortalHttps};

use super::socket::ask;
use crate::support::bench;

#[tokio::test]
async fn a_cookie_of_4_kilobytes_opens_nothing_and_is_taken_back() {
    let bench = bench();
    let (base, name) = (
        bench.name.prefix(),
        format!("session_insecure_{}", bench.name),
    );
    for value in [
        "x".repeat(4_096),
        "x".repeat(129),
        "../../etc/passwd".into(),
        "a b".into(),
        "\"quoted\"".into(),
    ] {
        let cookie = format!("Cookie: {name}={value}");
        let line = format!("GET {base}/insecure/api/check_session");
        let answer = ask(PortalHttp, &line, &[&cookie], "").await;
        assert_eq!(answer.status, 401, "{value}");
        assert_eq!(
            answer.all("set-cookie"),
            [format!("{name}=; Path=/; Max-Age=0")],
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_hundred_cookies_do_not_hide_the_right_one() {
    let bench = bench();
    let mut visitor = bench.visitor_in_clear("insecure");
    visitor.sign_in().await;
    let (name, id) = visitor.session_cookie().expect("signed in");
    let junk: Vec<_> = (0..100).map(|n| format!("junk{n}={n}")).collect();
    let cookie = format!("Cookie: {}; {name}={id}", junk.join("; "));
    let line = format!("GET {}/insecure/api/check_session", bench.name.prefix());
    let answer = ask(PortalHttp, &line, &[&cookie], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_repeated_session_cookie_is_refused_on_the_hardened_side_only() {
    let bench = bench();
    for (variant, expected) in [("insecure", 200), ("hardened", 400)] {
        let mut visitor = bench.visitor(variant);
        visitor.sign_in().await;
        let (name, id) = visitor.session_cookie().expect("signed in");
        let line = format!("GET {}/{variant}/api/check_session", bench.name.prefix());
        let one_line = [format!("Cookie: {name}={id}; {name}=other")];
        let two_lines = [
            format!("Cookie: {name}={id}"),
            format!("Cookie: {name}=other"),
        ];
        for lines in [&one_line[..], &two_lines] {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            let answer = ask(PortalHttps, &line, &lines, "").await;
            assert_eq!(answer.status, expected, "{variant} {lines:?}");
        }
        let only = format!("Cookie: {name}={id}");
        let answer = ask(PortalHttps, &line, &[&only], "").await;
        assert_eq!(answer.status, 200, "{variant}: nothing was lost");
    }
}
