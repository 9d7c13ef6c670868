//! What the portal believes of what the browser says about its user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use session_lab::base::clock::BenchTime;
use session_lab::session::state_cookie::{self, SignedState};

use super::{On, Shows};
use crate::support::{Client, bench};

/// Defence `role-source`.
pub async fn a_role_in_a_cookie_is_believed(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let name = on.cookie_name("role");
    let handed_out = student.cookie(&name).map(str::to_owned);
    assert_eq!(student.get("/admin/sessions").await.status, 403);
    student.jar.retain(|(found, _)| *found != name);
    student.jar.push((name, "admin".into()));
    let reply = student.get("/admin/sessions").await;
    let shows = Shows::by_status(reply.status, 200, 403);
    let expected = (shows == Shows::Weak).then_some("student");
    assert_eq!(handed_out.as_deref(), expected);
    shows
}

/// Defence `client-state`.
pub async fn a_copied_state_cookie_makes_somebody_else(on: On<'_>) -> Shows {
    let name = on.cookie_name("state");
    let alice = on.signed_in("alice").await;
    let mut mallory = on.signed_in("mallory").await;
    let Some(copied) = alice.cookie(&name) else {
        assert_eq!(mallory.cookie(&name), None);
        assert_eq!(mallory.whoami().await.as_deref(), Some("mallory"));
        return Shows::Strong;
    };
    let payload = copied.split('.').next().unwrap_or_default();
    let readable = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let portal = format!("{}/{}", on.bench.name, on.variant);
    let expected = format!(r#"{{"large_text":false,"portal":"{portal}","user":"alice"}}"#);
    assert_eq!(readable, expected.as_bytes());
    replace_state(&mut mallory, &name, copied);
    assert_eq!(mallory.whoami().await.as_deref(), Some("alice"));
    Shows::Weak
}

/// Defence `signing-key`.
pub async fn a_state_cookie_can_be_forged_with_a_known_word(on: On<'_>) -> Shows {
    let mut mallory = on.signed_in("mallory").await;
    replace_state(&mut mallory, &on.cookie_name("state"), &forged());
    match mallory.whoami().await.as_deref() {
        Some("admin") => Shows::Weak,
        Some("mallory") => Shows::Strong,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn on_a_hardened_portal_with_a_state_cookie_the_key_alone_decides() {
    for (key, expected) in [("dictionary-word", "admin"), ("random", "mallory")] {
        let bench = bench();
        let arms = [("client-state", "signed-cookie"), ("signing-key", key)];
        bench.choose("hardened", &arms).await;
        let mut mallory = bench.visitor("custom");
        mallory.sign_in_as("mallory").await;
        let name = format!("state_custom_{}", bench.name);
        replace_state(&mut mallory, &name, &forged());
        assert_eq!(mallory.whoami().await.as_deref(), Some(expected), "{key}");
    }
}

/// A state cookie that names the administrator, signed with a word of every word list.
fn forged() -> String {
    let state = SignedState {
        large_text: false,
        portal: None,
        user: "admin".into(),
    };
    state_cookie::sign(
        &state,
        b"secret123",
        BenchTime::from_millis(1_767_225_600_000),
    )
}

fn replace_state(client: &mut Client, name: &str, value: &str) {
    client.jar.retain(|(found, _)| found != name);
    client.jar.push((name.to_owned(), value.to_owned()));
}
