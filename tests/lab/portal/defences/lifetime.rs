//! How long a session counts, and what ends it.

use super::{On, Shows};

/// Defence `idle-timeout`.
pub async fn a_session_that_lay_unused_is_still_open(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    on.bench.wait_minutes(4).await;
    assert!(student.whoami().await.is_some(), "four minutes are allowed");
    on.bench.wait_minutes(5).await;
    Shows::of(student.whoami().await.is_some())
}

/// Defence `absolute-timeout`.
pub async fn a_session_that_is_kept_busy_lasts_for_ever(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    for minute in (4..60).step_by(4) {
        on.bench.wait_minutes(4).await;
        assert!(
            student.whoami().await.is_some(),
            "open after {minute} minutes"
        );
    }
    on.bench.wait_minutes(4).await;
    Shows::of(student.whoami().await.is_some())
}

/// Defence `sign-out`.
pub async fn the_old_cookie_opens_the_session_after_the_sign_out(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let mut thief = student.clone();
    let bye = student.submit("/logout", &[]).await;
    assert_eq!(bye.status, 200, "{}", bye.body);
    assert_eq!(
        student.session_cookie(),
        None,
        "the cookie is taken back on both arms"
    );
    Shows::of(thief.whoami().await.is_some())
}

/// Defence `sessions-on-password-change`.
pub async fn an_intruder_stays_after_a_password_change(on: On<'_>) -> Shows {
    let mut owner = on.student().await;
    let mut intruder = on.student().await;
    let change = [("current", "password123"), ("new", "a-new-password")];
    let done = owner.submit("/password", &change).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(
        owner.whoami().await.is_some(),
        "the session that changed it stays"
    );
    Shows::of(intruder.whoami().await.is_some())
}
