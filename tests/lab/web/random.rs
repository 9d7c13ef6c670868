//! Bytes without sense: whatever comes, no 500 and no hang, and the lab still answers.

use proptest::collection::vec;
use proptest::prelude::*;
use session_lab::base::addresses::Listener::{Lab, PortalHttp};

use super::socket::{exchange_and_close, host, still_there};

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for listener in [Lab, PortalHttp] {
            if let Some(answer) = exchange_and_close(listener, bytes).await {
                prop_assert!(answer.status < 500, "{} to {bytes:?}", answer.status);
            }
            still_there(listener).await;
        }
        Ok(())
    })
}

/// Targets, headers and bodies that get further into the lab than noise does.
fn almost_a_request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop_oneof!["GET", "POST", "PUT", "HEAD", "[A-Za-z]{1,9}"];
    let target = prop_oneof![
        "/(b/[a-z0-9-]{1,8}/)?(insecure|hardened|custom|only-csp)/(login|transfer|board)?",
        "/(insecure|hardened)/api/(login|profile|check_session)",
        "/(clock|custom|compare|inspect_headers)",
        "/[!-~]{0,40}",
    ];
    let name = prop_oneof![
        Just("cookie"),
        Just("origin"),
        Just("content-type"),
        Just("sec-fetch-site"),
        Just("user-agent"),
        Just("accept"),
        Just("x-csrftoken"),
        Just("transfer-encoding"),
        Just("expect"),
    ];
    let value = prop_oneof![
        vec(any::<u8>(), 0..40),
        "[ -~]{0,60}".prop_map(String::into_bytes),
        Just(b"application/json".to_vec()),
        Just(b"application/x-www-form-urlencoded".to_vec()),
        Just(b"session_insecure=1001; session_insecure=1002".to_vec()),
        Just(b"chunked".to_vec()),
    ];
    let body = prop_oneof![
        vec(any::<u8>(), 0..200),
        "(_method=[a-z]{0,7}&)?(username|to|text|minutes|amount)=[ -~]{0,40}"
            .prop_map(String::into_bytes),
        r#"\{"(username|about_me)":[ -~]{0,30}\}"#.prop_map(String::into_bytes),
    ];
    (method, target, vec((name, value), 0..6), body).prop_map(|(method, target, headers, body)| {
        let own = host(PortalHttp);
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: {own}\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend(name.bytes().chain(*b": "));
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
        bytes.extend(body);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn noise_breaks_nothing(bytes in vec(any::<u8>(), 0..600)) {
        check(&bytes)?;
    }

    #[test]
    fn what_almost_is_a_request_breaks_nothing(bytes in almost_a_request()) {
        check(&bytes)?;
    }
}
