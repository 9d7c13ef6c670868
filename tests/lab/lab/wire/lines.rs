//! The lines of one request and its answer: each has a sentence, and each is as it was written.

use session_lab::base::addresses::Listener;

use super::{browser, curl, exchange};
use crate::support::bench;
use crate::web::socket::{exchange as exchange_raw, host};

#[tokio::test]
async fn each_header_has_its_line_and_a_sentence() {
    let bench = bench();
    let mut student = browser(&bench, "hardened");
    student.sign_in().await;
    let page = exchange(&bench, "POST").await.shown();
    for part in [
        "Origin: https://localhost:",
        "No script in a browser can change it.",
        "Sec-Fetch-Site: same-origin",
        "A page of this very origin caused the request.",
        "Location: /",
        "SameSite=Lax</code> Of the requests that other sites cause",
        "Cache-Control: no-store",
        "Forbids every cache to keep the page.",
        "Content-Security-Policy: frame-ancestors 'none'",
        "Says who may show the page in a frame.",
        "303 See Other",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let mut student = curl(&bench, "insecure");
    student.sign_in().await;
    let page = exchange(&bench, "POST").await.shown();
    assert!(
        page.contains("no <code>HttpOnly</code>: Any script"),
        "{page}"
    );
}

#[tokio::test]
async fn the_lines_of_a_request_are_shown_as_they_were_written_and_in_their_order() {
    let bench = bench();
    let line = format!("GET {}/insecure/login HTTP/1.1", bench.name.prefix());
    let mut request = format!("{line}\r\nhOST: {}\r\n", host(Listener::PortalHttp)).into_bytes();
    request.extend(b"ORIGIN: http://one\r\nCOOKIE: a=1; b\xfc=2\r\nX-csrftoken: x\r\n");
    request.extend(b"oriGin: http://\xfc\r\ncookie: c=3\r\nConnection: close\r\n\r\n");
    let answer = exchange_raw(Listener::PortalHttp, request)
        .await
        .expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let page = exchange(&bench, "/insecure/login<").await.shown();
    let (_, request) = page.split_once("The request</h2>").expect("a part");
    let (request, sent) = request.split_once("The answer</h2>").expect("a part");
    let places = [
        "hOST: localhost:",
        "ORIGIN: http://one",
        "X-csrftoken: (1 characters",
        "oriGin: http://\\xfc<",
        "<code>COOKIE:</code>",
        "<code>a=(1 characters",
        "<code>b\\xfc=(1 characters",
        "<code>cookie:</code>",
        "<code>c=(1 characters",
    ]
    .map(|part| {
        request
            .find(part)
            .unwrap_or_else(|| panic!("{part}: {request}"))
    });
    assert!(places.is_sorted(), "{places:?}: {request}");
    // The names of the answer are those that arrived.
    let names = sent
        .split("<dt><code>")
        .skip(1)
        .filter_map(|line| line.split(':').next());
    let names: Vec<&str> = names.collect();
    assert!(
        names.contains(&"Set-Cookie") && names.contains(&"Content-Type"),
        "{names:?}"
    );
    for name in names {
        assert!(
            answer.names.iter().any(|written| written == name),
            "{name}: {:?}",
            answer.names
        );
    }
}
