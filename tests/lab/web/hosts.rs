//! Which names the listeners answer to, and what the others are told.

use session_lab::base::addresses::Listener;
use session_lab::base::addresses::Listener::{Lab, PortalHttp, PortalHttps};

use super::socket::{AT_LOCALHOST, exchange, host, port};
use crate::support::{bench, lab};

async fn status_with(listener: Listener, hosts: &[String], target: &str) -> super::socket::Answer {
    let lines: Vec<_> = hosts.iter().map(|h| format!("Host: {h}\r\n")).collect();
    let text = format!(
        "GET {target} HTTP/1.1\r\n{}Connection: close\r\n\r\n",
        lines.concat()
    );
    exchange(listener, text).await.expect("an answer")
}

#[tokio::test]
async fn a_request_needs_exactly_one_host_line() {
    for listener in AT_LOCALHOST {
        let good = host(listener);
        let evil = format!("evil.example:{}", port(listener));
        for hosts in [
            vec![],
            vec![good.clone(), good.clone()],
            vec![good.clone(), evil.clone()],
            vec![evil, good],
        ] {
            let answer = status_with(listener, &hosts, "/healthz").await;
            assert_eq!(answer.status, 400, "{listener:?} {hosts:?}");
            assert!(answer.body.contains("one Host header"), "{}", answer.body);
        }
    }
    let text = "GET /healthz HTTP/1.0\r\n\r\n";
    let answer = exchange(PortalHttp, text).await.expect("an answer");
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_wrong_host_is_421_and_the_page_links_to_the_right_address() {
    for listener in AT_LOCALHOST {
        let p = port(listener);
        let other = if listener == Lab { PortalHttp } else { Lab };
        for wrong in [
            format!("127.0.0.1:{p}"),
            format!("evil.example:{p}"),
            format!("localhost:{}", port(other)),
            format!("localhost.:{p}"),
            format!("evil.localhost:{p}"),
            format!("localhost:{p}:{p}"),
            format!("localhost@evil.example:{p}"),
            "localhost".into(),
            String::new(),
        ] {
            let answer = status_with(listener, std::slice::from_ref(&wrong), "/insecure/login");
            let answer = answer.await;
            assert_eq!(answer.status, 421, "{listener:?} {wrong}");
            let right = lab().addresses.origin(listener);
            assert!(
                answer
                    .body
                    .replace("&#x2F;", "/")
                    .contains(&format!("<a href=\"{right}/")),
                "{listener:?} {wrong}: {}",
                answer.body
            );
            assert_eq!(answer.all("set-cookie"), [""; 0], "{wrong}");
        }
    }
}

#[tokio::test]
async fn a_hostile_host_is_shown_as_text() {
    let evil = "<script>alert(1)</script>".to_owned();
    let answer = status_with(PortalHttp, &[evil], "/insecure/").await;
    assert_eq!(answer.status, 421);
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
    assert!(answer.body.contains("alert(1)"), "{}", answer.body);
}

#[tokio::test]
async fn the_portal_answers_to_its_three_names_in_any_case_and_the_lab_to_one() {
    let path = format!("{}/insecure/", bench().name.prefix());
    for listener in [PortalHttp, PortalHttps] {
        for name in ["localhost", "lab.test", "portal.localhost", "LAB.Test"] {
            let good = format!("{name}:{}", port(listener));
            let answer = status_with(listener, &[good], &path).await;
            assert_eq!(answer.status, 200, "{listener:?} {name}");
        }
    }
    for name in ["lab.test", "portal.localhost"] {
        let answer = status_with(Lab, &[format!("{name}:{}", port(Lab))], "/").await;
        assert_eq!(answer.status, 421, "{name}");
    }
    assert_eq!(status_with(Lab, &[host(Lab)], "/").await.status, 200);
}

#[tokio::test]
async fn forwarded_headers_are_not_believed() {
    let p = port(PortalHttp);
    let text = format!(
        "GET /insecure/ HTTP/1.1\r\nHost: evil.example:{p}\r\nX-Forwarded-Host: localhost:{p}\r\n\
         Forwarded: host=localhost:{p};proto=https\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(
        exchange(PortalHttp, text).await.expect("an answer").status,
        421
    );
    let text = format!(
        "GET /hardened/ HTTP/1.1\r\nHost: localhost:{p}\r\nX-Forwarded-Proto: https\r\n\
         Forwarded: proto=https\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(
        exchange(PortalHttp, text).await.expect("an answer").status,
        303
    );
}
