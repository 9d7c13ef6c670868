//! Issue 17.15: one letter in two encodings is one password, on every route that takes one.

use serde_json::json;

use crate::support::bench;

/// "café 123" with one character for its last letter, and with two.
const COMPOSED: &str = "caf\u{e9} 123";
const DECOMPOSED: &str = "cafe\u{301} 123";

#[tokio::test]
async fn a_password_in_another_encoding_of_its_letters_is_the_same_password() {
    for variant in ["insecure", "hardened"] {
        for (chosen, typed) in [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)] {
            let bench = bench();
            let mut here = bench.visitor(variant);
            here.sign_in().await;
            let form = [("current", "password123"), ("new", chosen)];
            assert_eq!(here.submit("/password", &form).await.status, 200);

            for password in [typed, chosen] {
                let mut page = bench.visitor(variant);
                let reply = page.try_to_sign_in("student123", password).await;
                assert_eq!(reply.status, 303, "{variant} {password:?}");
                let sent = json!({"username": "student123", "password": password});
                for route in ["/api/login", "/jwt/login"] {
                    let reply = bench.visitor(variant).post_json(route, &sent).await;
                    assert_eq!(reply.status, 200, "{variant} {route}: {}", reply.body);
                }
                let others = [("handle", "others"), ("password", password)];
                assert_eq!(page.submit("/sessions", &others).await.status, 303);
            }
            let mut again = bench.visitor(variant);
            again.try_to_sign_in("student123", typed).await;
            let form = [("current", typed), ("new", "another one")];
            assert_eq!(again.submit("/password", &form).await.status, 200);
            let mut old = bench.visitor(variant);
            let reply = old.try_to_sign_in("student123", chosen).await;
            assert_eq!(reply.status, 401);
        }
    }
}

#[tokio::test]
async fn the_length_of_a_new_password_counts_after_the_change() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    // 64 letters: 128 bytes in the composed form, 192 as they are sent. One more is too long.
    for (letters, status) in [(65, 422), (64, 200)] {
        let new = "e\u{301}".repeat(letters);
        let form = [("current", "password123"), ("new", new.as_str())];
        let reply = student.submit("/password", &form).await;
        assert_eq!(reply.status, status, "{letters}: {}", reply.body);
    }
    // Seven letters in fourteen characters.
    let mut other = bench.visitor("hardened");
    other.sign_in_as("alice").await;
    let short = "e\u{301}".repeat(7);
    let form = [("current", "wrong"), ("new", short.as_str())];
    assert_eq!(other.submit("/password", &form).await.status, 422);
}
