//! Requests that no browser sends: on every listener each has one clear answer, and none is the lab's
//! fault.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Site;

use super::socket::{exchange, exchange_and_close, get, host, still_there};
use crate::support::bench;

/// A request, with `HOST` and `PAGE` in place of the listener's own, and the status of its answer.
type Odd = (&'static str, u16);

/// What is answered alike by all sites.
const ODD: [Odd; 44] = [
    // Methods.
    ("BREW PAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("get PAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("G\u{e9}T PAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("PROPFIND PAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    // Hosts.
    ("GET PAGE HTTP/1.1\r\n\r\n", 400),
    ("GET PAGE HTTP/1.1\r\nHost:\r\n\r\n", 421),
    ("GET PAGE HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", 400),
    (
        "GET PAGE HTTP/1.1\r\nHost: HOST\r\nhost: evil.example\r\n\r\n",
        400,
    ),
    ("GET PAGE HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("GET PAGE HTTP/1.1\r\nHost: HOST\u{e9}\r\n\r\n", 421),
    // Targets.
    ("GET http://HOSTPAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 200),
    ("GET https://HOSTPAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 200),
    (
        "GET http://HOSTPAGE HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        421,
    ),
    ("GET ftp://HOSTPAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("GET * HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("GET healthz HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
    ("GET PAGE?x=\u{e9} HTTP/1.1\r\nHost: HOST\r\n\r\n", 200),
    ("GET PAGE?x=|\"<>^`{}[] HTTP/1.1\r\nHost: HOST\r\n\r\n", 200),
    ("GET PAGE#part HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("GET PAGE\u{e9} HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    ("GET /nowhere/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
    // Versions.
    ("GET PAGE HTTP/1.0\r\nHost: HOST\r\n\r\n", 200),
    ("GET PAGE HTTP/1.0\r\n\r\n", 400),
    ("GET PAGE HTTP/9.9\r\nHost: HOST\r\n\r\n", 400),
    ("GET PAGE HTTP/2.0\r\nHost: HOST\r\n\r\n", 400),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ("GET PAGE\r\n\r\n", 400),
    // Expectations.
    (
        "GET PAGE HTTP/1.1\r\nHost: HOST\r\nExpect: tea\r\n\r\n",
        417,
    ),
    (
        "GET PAGE HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\n\r\n",
        200,
    ),
    // Lines.
    ("\r\n\r\nGET PAGE HTTP/1.1\r\nHost: HOST\r\n\r\n", 200),
    ("GET PAGE HTTP/1.1\nHost: HOST\n\n", 200),
    ("GET PAGE HTTP/1.1\r\nHost : HOST\r\n\r\n", 400),
    ("GET PAGE HTTP/1.1\r\nHost: HOST\r\n folded: 1\r\n\r\n", 400),
    ("GET PAGE HTTP/1.1\r\nHost: HOST\r\nX: a\0b\r\n\r\n", 400),
    ("GET PAGE HTTP/1.1\r\nHost: HOST\r\nX\u{e9}: a\r\n\r\n", 400),
    // Bodies.
    (
        "GET PAGE HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello",
        200,
    ),
    (
        "POST PAGE HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        400,
    ),
    (
        "POST PAGE HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST PAGE HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n\
         ffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST PAGE HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        400,
    ),
    (
        "POST PAGE HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        400,
    ),
    (
        "POST PAGE HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
];

/// A page that everybody may open.
fn page(listener: Listener) -> String {
    let path = match (listener.site(), listener) {
        (Site::Portal, Listener::PortalHttps) => "/hardened/login",
        (Site::Portal, _) => "/insecure/login",
        (Site::Lab | Site::Attacker, _) => "/",
    };
    bench().name.prefix() + path
}

#[tokio::test]
async fn each_odd_request_has_a_clear_answer_on_every_listener() {
    for listener in Listener::ALL {
        for (request, status) in ODD {
            let bytes = request
                .replace("PAGE", &page(listener))
                .replace("HOST", &host(listener));
            // A client that has sent all may close its side and wait.
            let answer = exchange_and_close(listener, &bytes).await;
            let answer = answer.unwrap_or_else(|| panic!("{listener:?}: no answer to {bytes:?}"));
            assert_eq!(
                answer.status, status,
                "{listener:?}: {bytes:?}: {}",
                answer.body
            );
            let kind = answer.header("content-type");
            assert!(
                kind.starts_with("text/html") || kind.starts_with("text/plain"),
                "{listener:?}: {bytes:?}: {kind}"
            );
            assert!(answer.body.len() > 20, "{listener:?}: {bytes:?}");
        }
        still_there(listener).await;
    }
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    for listener in Listener::ALL {
        let page = page(listener);
        let file = format!("{}/static/css/lab.css", bench().name.prefix());
        for path in [page, file] {
            for end in ["", "/", "//"] {
                let answer = get(listener, &format!("{path}{end}")).await;
                assert_eq!(
                    answer.status, 200,
                    "{listener:?} {path}{end}: {}",
                    answer.body
                );
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_expected_to_be_asked_for_is_asked_for() {
    for listener in [Listener::PortalHttp, Listener::PortalHttps] {
        let path = format!("{}/insecure/login", bench().name.prefix());
        let body = "username=student123&password=password123";
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nExpect: 100-continue\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            host(listener),
            body.len()
        );
        let answer = exchange(listener, request).await.expect("an answer");
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
}
