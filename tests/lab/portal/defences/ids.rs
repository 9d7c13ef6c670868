//! Where a session id comes from, how it travels, and how it is kept.

use super::{On, Shows};

/// Defence `id-source`.
pub async fn the_next_id_can_be_counted_up(on: On<'_>) -> Shows {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut visitor = on.visitor();
        visitor.get("/login").await;
        ids.push(visitor.id());
    }
    match (ids[0].parse::<u64>(), ids[1].parse::<u64>()) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first + 1, second);
            Shows::Weak
        }
        _ => {
            assert!(ids.iter().all(|id| id.len() == 43), "{ids:?}");
            assert_ne!(ids[0], ids[1]);
            Shows::Strong
        }
    }
}

/// Defence `adoption`.
pub async fn an_invented_id_becomes_a_session(on: On<'_>) -> Shows {
    let mut visitor = on.visitor();
    visitor.get("/login").await;
    let (name, _) = visitor.session_cookie().expect("a cookie");
    let mut planted = on.visitor().with_cookie(&name, "evil1234");
    planted.get("/login").await;
    Shows::of(planted.id() == "evil1234")
}

/// Defence `rotation`.
pub async fn a_planted_id_is_signed_in_with_its_victim(on: On<'_>) -> Shows {
    let mut attacker = on.visitor();
    attacker.get("/login").await;
    let mut victim = attacker.clone();
    victim.sign_in().await;
    assert_eq!(victim.whoami().await.as_deref(), Some("student123"));
    Shows::of(attacker.whoami().await.as_deref() == Some("student123"))
}

/// Defence `carrier`.
pub async fn an_id_in_the_address_opens_a_session(on: On<'_>) -> Shows {
    let id = on.student().await.id();
    let mut stranger = on.visitor();
    let reply = stranger.get(&format!("/dashboard?sid={id}")).await;
    let shows = Shows::by_status(reply.status, 200, 303);
    let planted = stranger.session_cookie().map(|(_, value)| value);
    assert_eq!(
        planted,
        (shows == Shows::Weak).then_some(id),
        "a link plants the id"
    );
    shows
}

/// Defence `duplicate-cookies`.
pub async fn of_two_session_cookies_the_first_counts(on: On<'_>) -> Shows {
    // The two session cookies alone, so that nothing else says who it is.
    let mut victim = on.student().await;
    let mine = victim.session_cookie().expect("a cookie");
    let planted = on.signed_in("mallory").await.session_cookie();
    victim.jar = vec![planted.expect("a cookie"), mine];
    let reply = victim.get("/api/check_session").await;
    let shows = Shows::by_status(reply.status, 200, 400);
    match shows {
        Shows::Weak => assert_eq!(reply.json()["user"]["username"], "mallory"),
        Shows::Strong => assert_eq!(reply.json()["defence"], "duplicate-cookies"),
    }
    shows
}

/// Defence `at-rest`.
pub async fn a_key_of_the_store_opens_a_session(on: On<'_>) -> Shows {
    let student = on.student().await;
    let (name, id) = student.session_cookie().expect("a cookie");
    let listed = on
        .signed_in("admin")
        .await
        .get("/admin/sessions")
        .await
        .json();
    assert_eq!(listed["active_sessions"], 2);
    let key = listed["keys"][0].as_str().expect("the student's key");
    let mut thief = on.visitor().with_cookie(&name, key);
    let shows = Shows::of(thief.whoami().await.as_deref() == Some("student123"));
    assert_eq!(key == id, shows == Shows::Weak);
    shows
}
