//! What somebody types into the workbench: hostile tokens, bad input, and choices that stay.

use serde_json::json;
use session_lab::jwt::token::MAX_TOKEN_BYTES;

use super::{issued, press};
use crate::support::bench;
use crate::support::tokens::hs256;

#[tokio::test]
async fn hostile_tokens_are_text() {
    let mut student = bench().student();
    let evil = "</textarea><script>alert(1)</script>\"'";
    let claims = json!({"sub": evil, evil: evil, "exp": 1e300});
    let good_form = hs256(
        b"x",
        &json!({"alg": evil, "kid": evil, evil: {evil: evil}}),
        &claims,
    );
    let fields = [
        ("header", evil),
        ("payload", evil),
        ("secret", evil),
        ("how", evil),
    ];
    for reply in [
        press(
            &mut student,
            "ask",
            &[("token", &good_form), ("home", evil)],
        )
        .await,
        press(&mut student, "ask", &[("token", evil)]).await,
        press(&mut student, "sign", &fields).await,
        press(
            &mut student,
            "measure",
            &[("measured", evil), ("token", evil)],
        )
        .await,
        press(&mut student, evil, &[("user", evil), ("portal", evil)]).await,
    ] {
        assert!(matches!(reply.status, 200 | 422), "{}", reply.body);
        assert!(!reply.body.contains("<script>alert"), "{}", reply.body);
        assert!(reply.body.ends_with("</html>\n"));
    }
}

#[tokio::test]
async fn bad_input_is_told_what_is_wrong() {
    let bench = bench();
    let mut student = bench.student();
    for (action, fields, status, says) in [
        ("ask", &[][..], 422, "There is no token."),
        ("", &[], 422, "No button has that name."),
        (
            "issue",
            &[("user", "apiuser"), ("portal", "x")],
            422,
            "No portal has that name.",
        ),
        ("ask", &[("token", "abc")], 200, "This one has no dot."),
        (
            "ask",
            &[("token", "e30.e30=.")],
            200,
            "The payload is not base64url: its character 4 is padding",
        ),
        (
            "sign",
            &[("header", "{"), ("payload", "{}")],
            422,
            "The header is JSON that ends too early.",
        ),
        (
            "sign",
            &[("header", "{\"alg\": none}"), ("payload", "{}")],
            422,
            "The header is not JSON: look at line 1, column 10.",
        ),
        (
            "sign",
            &[("header", "{}"), ("payload", "{\"a\":1,\"a\":2}")],
            422,
            "The payload names a member twice.",
        ),
        (
            "sign",
            &[("header", "{}"), ("payload", "[]")],
            422,
            "The payload is JSON, but not an object",
        ),
    ] {
        let reply = press(&mut student, action, fields).await;
        assert_eq!(reply.status, status, "{action}: {}", reply.body);
        assert!(reply.shown().contains(says), "{says}: {}", reply.body);
    }
    let long = "x".repeat(MAX_TOKEN_BYTES + 1);
    let reply = press(&mut student, "ask", &[("token", &long)]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("more than 8192 bytes") && reply.body.contains(&long));
    let huge = "x".repeat(70_000);
    let reply = press(&mut student, "ask", &[("token", &huge)]).await;
    assert_eq!(reply.status, 413);
    assert!(reply.body.contains("65536 bytes at most"), "{}", reply.body);
    for variant in ["hardened", "insecure"] {
        assert_eq!(
            bench.events(variant).await,
            [""; 0],
            "nothing is written down"
        );
    }
}

#[tokio::test]
async fn what_was_chosen_for_the_next_token_stays_chosen_whatever_is_pressed() {
    let mut student = bench().student();
    let chosen = [
        ("user", "apiuser"),
        ("portal", "without-jwt-none"),
        ("alg", "ES256"),
    ];
    let token = issued(&mut student, "hardened").await;
    for (action, more) in [
        ("issue", vec![]),
        ("ask", vec![("token", token.as_str())]),
        ("search", vec![("token", token.as_str())]),
        ("measure", vec![("measured", "x")]),
        ("sign", vec![("header", "{"), ("payload", "{}")]),
    ] {
        let fields = [&chosen[..], &more].concat();
        let page = press(&mut student, action, &fields).await.body;
        for option in [
            "<option selected>apiuser",
            "<option selected>without-jwt-none",
            "value=\"ES256\" selected",
        ] {
            assert!(page.contains(option), "{action}: {option}");
        }
        // Every other form carries it along.
        let forms = page.matches("name=\"user\" value=\"apiuser\"").count();
        assert!(forms >= 2, "{action}: {forms}");
    }
}
