//! Every address of the lab's own pages, from the route tables: none is answered to a neighbour.

use std::collections::BTreeSet;

use session_lab::base::addresses::Listener;
use session_lab::client::{HttpExchange, Outgoing};

use super::class_in_process;
use crate::app::class_lab::JoinedInProcess;
use crate::lab::cross_site::address;
use crate::templates::OF_A_CLASS;

/// What is also answered to somebody who has no key: it says nothing of a bench.
const FOR_EVERYBODY: [&str; 10] = [
    "/addresses",
    "/certificate",
    "/certificate.pem",
    "/favicon.ico",
    "/healthz",
    "/join",
    "/name-arrived",
    "/names",
    "/open",
    "/static/css/lab.css",
];

async fn ask(
    lab: &session_lab::app::Running,
    method: &'static str,
    target: String,
    cookie: Option<String>,
) -> HttpExchange {
    let addresses = &lab.addresses;
    let mut headers = vec![("origin".to_owned(), addresses.origin(Listener::Lab))];
    headers.extend(cookie.map(|cookie| ("cookie".to_owned(), cookie)));
    let request = Outgoing {
        scheme: addresses.scheme(Listener::Lab),
        host_name: addresses.name(Listener::Lab).to_owned(),
        port: addresses.port(Listener::Lab).expect("it is up"),
        method,
        target,
        headers,
        body: String::new(),
    };
    lab.lab_client.send(request).await.expect("an answer")
}

#[tokio::test]
async fn no_page_and_no_change_of_a_bench_is_open_to_a_neighbour() {
    let lab = class_in_process().await;
    let owner = JoinedInProcess::join(&lab).await;
    let neighbour = JoinedInProcess::join(&lab).await;
    let prefix = owner.name.prefix();
    let (_, secret) = neighbour.key().split_once('=').expect("a pair");
    let cookies = [
        None,
        // The neighbour's own cookie, and its value under the owner's name.
        Some(neighbour.key().to_owned()),
        Some(format!("__Host-control_{}={secret}", owner.name)),
    ];
    let pages = lab.lab_pages.iter().map(|route| ("GET", route));
    let changes = lab.lab_changes.iter().map(|route| ("POST", route));
    let mut open = BTreeSet::new();
    let mut closed = 0;
    for (method, route) in pages.chain(changes) {
        let path = address(route);
        // The router's own address for what it refuses.
        if path == "/rejected" {
            continue;
        }
        for cookie in &cookies {
            let target = format!("{prefix}{path}");
            let answer = ask(&lab, method, target, cookie.clone()).await;
            let refused =
                [403, 429].contains(&answer.status) && answer.header("set-cookie").next().is_none();
            if FOR_EVERYBODY.contains(&&*path) {
                open.insert(path.clone());
                continue;
            }
            assert!(
                refused,
                "{method} {path}: {} {}",
                answer.status, answer.body
            );
            let told = answer.body.contains("has an owner") || answer.status == 429;
            assert!(told, "{method} {path}: {}", answer.body);
            closed += 1;
        }
    }
    assert!(closed > 3 * 60, "{closed}: the tables have all routes");
    let listed: BTreeSet<_> = FOR_EVERYBODY.map(str::to_owned).into();
    let unused: Vec<_> = listed.difference(&open).collect();
    assert!(unused.is_empty(), "no route has {unused:?}");
    let ahead = owner.get(&lab, "/evidence/insecure/live").await.body;
    let ahead: serde_json::Value = serde_json::from_str(&ahead).expect("JSON");
    assert_eq!(ahead["clock"]["ahead_minutes"], 0, "nothing was changed");
}

/// The owner is let in everywhere: what a neighbour is refused is refused because of the key.
#[tokio::test]
async fn every_page_of_a_bench_is_open_to_its_owner() {
    let lab = class_in_process().await;
    let owner = JoinedInProcess::join(&lab).await;
    for route in &lab.lab_pages {
        let path = address(route);
        if path == "/rejected" {
            continue;
        }
        let answer = owner.get(&lab, &path).await;
        assert!(
            ![403, 429, 500].contains(&answer.status),
            "{path}: {}",
            answer.body
        );
    }
}

/// The pages that only a class has, each with words that only it has.
#[tokio::test]
async fn the_pages_of_ones_own_bench_render_whole() {
    let lab = class_in_process().await;
    let owner = JoinedInProcess::join(&lab).await;
    let made = ask(&lab, "POST", "/join".into(), None).await;
    let rendered = [
        (
            "lab/join.html",
            "Make a bench",
            owner.get(&lab, "/join").await,
        ),
        ("lab/bench_made.html", "Your bench is made", made),
        (
            "lab/open_bench.html",
            "Open your bench",
            owner.get(&lab, "/open?key=x").await,
        ),
        (
            "lab/own_bench.html",
            "More browsers and terminals",
            owner.get(&lab, "/bench").await,
        ),
        (
            "lab/bench_link.html",
            "lab.jar",
            owner.post(&lab, "/bench/link", "for=terminal").await,
        ),
        (
            "bench_refused.html",
            "There is no such bench",
            ask(&lab, "GET", "/b/team-7/".into(), None).await,
        ),
    ];
    let tried: BTreeSet<_> = rendered.iter().map(|(name, _, _)| *name).collect();
    assert_eq!(tried, BTreeSet::from(OF_A_CLASS));
    for (name, words, page) in rendered {
        assert!(page.body.contains(words), "{name}: {}", page.body);
        assert!(page.body.ends_with("</html>\n"), "{name}: the whole page");
        for inline in ["<script>", " onclick=", " style=", "<style"] {
            assert!(!page.body.contains(inline), "{name} holds {inline}");
        }
    }
}
