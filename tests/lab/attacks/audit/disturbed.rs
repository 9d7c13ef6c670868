//! Applications that begin anew in the middle of an audit, or that are audited twice at once.

use std::net::TcpStream;
use std::time::Duration;

use session_lab::attacks::audit::run;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::AuditWire;
use session_lab::client::caller::Call;

use super::applications::{audited, begin, verdict};
use super::plain_app::PlainApp;
use super::small_app::{Asked, SmallApp, page};

#[tokio::test]
async fn a_session_that_a_restart_forgot_was_not_ended_by_the_sign_out() {
    let mut sign_outs = 0;
    let app = PlainApp {
        stays_open: true,
        forgets: Box::new(move |asked: &Asked| {
            sign_outs += u32::from(asked.path == "/logout");
            asked.path == "/logout" && sign_outs == 1
        }),
        ..PlainApp::default()
    };
    let report = audited(&app.start()).await;
    assert_eq!(verdict(&report, "sign-out"), "flaw", "{report:#?}");
}

#[tokio::test]
async fn a_sign_out_that_ends_every_session_of_the_user_holds() {
    let app = PlainApp {
        forgets: Box::new(|asked: &Asked| asked.path == "/logout"),
        ..PlainApp::default()
    };
    let report = audited(&app.start()).await;
    assert_eq!(verdict(&report, "sign-out"), "holds", "{report:#?}");
}

#[tokio::test]
async fn an_application_that_is_starting_again_is_waited_for() {
    let app = SmallApp::start(|_| page("200 OK", "", "before"));
    let (url, port) = (app.url(), app.address.port());
    let target = AllowedTarget::resolve(&url).await.expect("this computer");
    let wire = AuditWire::new(target, None).expect("TLS").without_pause();
    let answer = wire.send(Call::get("/")).await.expect("an answer");
    assert_eq!(answer.reply.body, "before");
    drop(app);
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        std::thread::yield_now();
    }
    let sending = wire.send(Call::get("/"));
    tokio::pin!(sending);
    let early = tokio::time::timeout(Duration::from_millis(50), &mut sending).await;
    assert!(early.is_err(), "nobody listens: {early:?}");
    let _again = SmallApp::start_at(port, |_| page("200 OK", "", "after"));
    assert_eq!(sending.await.expect("an answer").reply.body, "after");
}

#[tokio::test]
async fn two_audits_at_once_say_what_one_says() {
    let app = PlainApp::default().start();
    let url = app.url();
    let (one, other) = tokio::join!(begin(&url), begin(&url));
    let (one, other) = (one.expect("an audit"), other.expect("an audit"));
    let (one, other) = tokio::join!(run::run(&one, |_| {}), run::run(&other, |_| {}));
    assert_eq!(one, other);
    assert_eq!(one, audited(&app).await);
}
