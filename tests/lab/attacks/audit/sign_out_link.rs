//! A sign-out that is a link: it is recognised and reported, and followed by no other check.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use session_lab::attacks::audit::CHECKS;

use super::applications::{audited, begin, verdict};
use super::plain_app::PlainApp;
use super::small_app::{Asked, page};

#[tokio::test]
async fn a_link_that_signs_out_is_a_note_with_its_exchange() {
    let report = audited(&PlainApp::default().start()).await;
    let found = report
        .findings
        .iter()
        .find(|one| one.check == "sign-out-by-link");
    let found = found.expect("the check");
    assert!(found.is_note(), "{found:#?}");
    let exchange = found.exchange.as_ref().expect("an exchange");
    assert!(
        exchange.curl.contains("sec-fetch-site: cross-site"),
        "{exchange:?}"
    );
    assert!(
        !exchange.curl.contains("-H 'origin"),
        "no link has one: {exchange:?}"
    );
    // The copy of the cookie is another question.
    assert_eq!(verdict(&report, "sign-out"), "holds");
}

#[tokio::test]
async fn a_link_with_a_token_of_the_session_is_none_that_another_site_can_make() {
    let app = PlainApp {
        sign_out: "/logout?key={id}",
        ..PlainApp::default()
    };
    let report = audited(&app.start()).await;
    assert_eq!(verdict(&report, "sign-out-by-link"), "holds", "{report:#?}");
    assert_eq!(verdict(&report, "sign-out"), "holds", "{report:#?}");
}

#[tokio::test]
async fn only_the_checks_of_the_sign_out_follow_its_link() {
    let followed = Arc::new(AtomicU32::new(0));
    let counted = followed.clone();
    let first = move |asked: &Asked, _: u64| {
        counted.fetch_add(
            u32::from(asked.path.starts_with("/logout")),
            Ordering::Relaxed,
        );
        // The link of a stranger says "log in" as well.
        let is_strange = asked.path == "/" && asked.cookie("sid").is_none();
        is_strange.then(|| {
            let links = "<a href='/logout?then=/login'>Log out and log in as somebody else</a>\
                         <a href=/login>Log in</a>";
            page("200 OK", "", links)
        })
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    let app = app.start();
    let audit = begin(&app.url()).await.expect("an audit");
    for check in CHECKS {
        let before = followed.load(Ordering::Relaxed);
        let name = check.card().name;
        check
            .run(&audit)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = followed.load(Ordering::Relaxed);
        let may = ["sign-out", "sign-out-by-link"].contains(&name);
        assert_eq!(after > before, may, "{name}");
    }
}
