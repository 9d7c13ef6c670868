//! Passwords: guessing them, and what a wrong one tells.

use session_lab::defences::policy::Variant;
use session_lab::storage::{RecordKey, RecordKind};

use super::{On, Shows};

/// Defence `throttle`. More of it in `portal/throttle.rs`.
pub async fn the_sixth_guess_is_looked_at(on: On<'_>) -> Shows {
    let mut guesser = on.visitor();
    for n in 1..=5 {
        let reply = guesser
            .try_to_sign_in("student123", &format!("guess-{n}"))
            .await;
        assert_eq!(reply.status, 401);
    }
    let sixth = guesser.try_to_sign_in("student123", "password123").await;
    Shows::by_status(sixth.status, 303, 429)
}

/// Defence `login-errors`.
pub async fn a_failed_sign_in_says_whether_the_name_exists(on: On<'_>) -> Shows {
    let mut told = Vec::new();
    for user in ["student123", "nobody-of-that-name"] {
        let mut visitor = on.visitor();
        let form = visitor.try_to_sign_in(user, "wrong").await;
        let sent = serde_json::json!({"username": user, "password": "wrong"});
        let api = on.visitor().post_json("/api/login", &sent).await;
        assert_eq!((form.status, api.status), (401, 401));
        let said = api.json()["detail"].as_str().expect("a reason").to_owned();
        assert!(
            form.body.contains(&said),
            "the form says the same: {}",
            form.body
        );
        told.push(said);
    }
    match [told[0].as_str(), told[1].as_str()] {
        ["Wrong password.", "No such user."] => Shows::Weak,
        [one, other] if one == other => {
            assert_eq!(one, "Wrong user name or password.");
            Shows::Strong
        }
        other => panic!("{other:?}"),
    }
}

/// Defence `password-storage`: what somebody reads who has a copy of the store.
pub async fn the_store_holds_the_password_itself(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let change = [("current", "password123"), ("new", "a-very-secret-word")];
    assert_eq!(student.submit("/password", &change).await.status, 200);
    let again = on
        .visitor()
        .try_to_sign_in("student123", "a-very-secret-word")
        .await;
    assert_eq!(
        again.status, 303,
        "the new password opens the account on both arms"
    );

    let bench = on.bench.open().await;
    let variant: Variant = on.variant.parse().expect("a variant");
    let key = RecordKey::new(Some(variant), RecordKind::Account, "student123").expect("a key");
    let stored = bench
        .storage()
        .read(bench.name(), &key)
        .await
        .expect("an answer");
    let stored = String::from_utf8(stored.expect("a record").value.to_vec()).expect("text");
    let plain = stored.contains("a-very-secret-word");
    assert_eq!(
        stored.contains("$argon2id$v=19$m=19456,t=2,p=1$"),
        !plain,
        "{stored}"
    );
    Shows::of(plain)
}
