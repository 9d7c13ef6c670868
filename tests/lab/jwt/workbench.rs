//! `/jwt`: every button of the workbench, its verdicts beside those of the API, and hostile tokens.

use serde_json::json;
use session_lab::jwt::token::MAX_TOKEN_BYTES;

use crate::support::tokens::{encoded, hs256, part, with};
use crate::support::{Client, Reply, TestBench, bench};

/// Presses a button of the workbench.
async fn press(student: &mut Client, action: &str, fields: &[(&str, &str)]) -> Reply {
    let mut all = vec![("action", action.to_owned())];
    all.extend(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    student.post_form("/jwt", &all).await
}

/// The token on the page.
fn token(reply: &Reply) -> String {
    let shown = reply.shown();
    let field = shown.split("name=\"token\" rows").nth(1).expect("a field");
    let value = field.split_once('>').expect("a text").1;
    value
        .split("</textarea>")
        .next()
        .expect("an end")
        .to_owned()
}

/// The row of a policy: whether it accepts, and the whole row.
fn row(reply: &Reply, variant: &str) -> (bool, String) {
    let shown = reply.shown();
    let mark = format!("data-variant=\"{variant}\"");
    let row = shown
        .split(&mark)
        .nth(1)
        .unwrap_or_else(|| panic!("no row of {variant}: {shown}"));
    let row = row.split("</tr>").next().expect("an end").to_owned();
    (row.contains("<b>accepted</b>"), row)
}

async fn issued(student: &mut Client, portal: &str) -> String {
    let fields = [("user", "student123"), ("portal", portal), ("alg", "HS256")];
    let reply = press(student, "issue", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    token(&reply)
}

/// Edits a token of `home`: another subject, signed anew.
async fn edited(student: &mut Client, old: &str, home: &str, how: &[(&str, &str)]) -> Reply {
    let header = part(old, 0).to_string();
    let payload = with(&part(old, 1), json!({"sub": "admin", "role": "admin"})).to_string();
    let mut fields = vec![("token", old), ("home", home), ("fit", "1")];
    fields.extend([("header", header.as_str()), ("payload", payload.as_str())]);
    fields.extend(how);
    let reply = press(student, "sign", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply
}

#[tokio::test]
async fn an_issued_token_opens_the_portal_that_issued_it_and_is_read_aloud() {
    let bench = bench();
    let mut student = bench.student();
    for (portal, alg) in [
        ("hardened", "HS256"),
        ("insecure", "ES256"),
        ("without-jwt-key", "HS256"),
    ] {
        let fields = [("user", "apiuser"), ("portal", portal), ("alg", alg)];
        let reply = press(&mut student, "issue", &fields).await;
        let token = token(&reply);
        assert_eq!(part(&token, 0)["alg"], alg);
        assert_eq!(part(&token, 1)["sub"], "apiuser");
        let (accepted, row) = row(&reply, portal);
        assert!(
            accepted && row.contains("As apiuser, role student."),
            "{row}"
        );
        let profile = bench.visitor(portal).profile(&token).await;
        assert_eq!(profile.status, 200, "{portal}: {}", profile.body);
        for says in [
            "Issuer: who made the token",
            "expires in 1",
            "Key id",
            "64 bytes)",
        ] {
            let bytes = says.contains("bytes") && alg == "HS256";
            assert!(bytes || reply.body.contains(says), "{says}: {}", reply.body);
        }
    }
    assert!(
        bench
            .events("hardened")
            .await
            .iter()
            .any(|event| event.contains("apiuser"))
    );
}

#[tokio::test]
async fn the_portals_key_signs_for_the_students_own_accounts_only() {
    let mut student = bench().student();
    for user in ["admin", "mallory", "", "student123 "] {
        let fields = [("user", user), ("portal", "hardened"), ("alg", "HS256")];
        let reply = press(&mut student, "issue", &fields).await;
        assert_eq!(reply.status, 422, "{user}");
        assert!(
            reply.body.contains("student123 and apiuser only"),
            "{}",
            reply.body
        );
        assert!(token(&reply).is_empty());
    }
    let old = issued(&mut student, "hardened").await;
    for how in ["kept", "none", "empty", "typed", "pem", "jwk", "jku"] {
        let reply = edited(&mut student, &old, "hardened", &[("how", how)]).await;
        assert!(!row(&reply, "hardened").0, "{how}: the strong side refuses");
    }
}

#[tokio::test]
async fn each_forgery_is_let_in_by_its_own_switch_alone() {
    let mut student = bench().student();
    let old = issued(&mut student, "hardened").await;
    for (how, lets_in, refuses) in [
        (&[("how", "none")][..], "without-jwt-none", "only-jwt-none"),
        (&[("how", "pem")], "without-jwt-algorithm", "only-jwt-none"),
        (&[("how", "jwk")], "without-jwt-key-source", ""),
        (&[("how", "jku")], "without-jwt-key-source", ""),
        (
            &[("how", "kept")],
            "without-jwt-signature",
            "only-jwt-signature",
        ),
        (
            &[("how", "typed"), ("secret", "secret")],
            "without-jwt-key",
            "",
        ),
    ] {
        let reply = edited(&mut student, &old, "hardened", how).await;
        assert!(
            row(&reply, lets_in).0,
            "{how:?}: {}",
            row(&reply, lets_in).1
        );
        let shown = reply.shown();
        assert!(shown.contains("one weak switch is enough"), "{how:?}");
        let decides = format!("<code>{lets_in}</code> accepts it");
        assert!(shown.contains(&decides), "{how:?}");
        if how[0].1 == "none" {
            assert!(!row(&reply, refuses).0);
            assert_eq!(part(&token(&reply), 0)["alg"], "none");
        }
    }
}

/// What the API of a portal says of a token: whether it accepts, and else why not.
async fn api(bench: &TestBench, variant: &str, token: &str) -> Option<String> {
    let reply = bench.visitor(variant).profile(token).await;
    match reply.status {
        200 => None,
        401 => Some(
            reply.json()["detail"]
                .as_str()
                .expect("a reason")
                .to_owned(),
        ),
        other => panic!("{variant}: {other} {}", reply.body),
    }
}

#[tokio::test]
async fn its_verdicts_are_those_of_the_api() {
    let bench = bench();
    let mut student = bench.student();
    bench
        .choose("hardened", &[("jwt-signature", "decoded-only")])
        .await;
    let genuine = issued(&mut student, "hardened").await;
    let (header, claims) = (part(&genuine, 0), part(&genuine, 1));
    let admin = with(&claims, json!({"sub": "admin"}));
    let none = format!(
        "{}.",
        encoded(&with(&header, json!({"alg": "none"})), &admin)
    );
    let insecure = issued(&mut student, "insecure").await;
    let forged = hs256(
        b"secret",
        &part(&insecure, 0),
        &with(&part(&insecure, 1), json!({"sub": "admin"})),
    );
    let revoked = issued(&mut student, "hardened").await;
    let sent = [
        ("authorization", format!("Bearer {revoked}")),
        ("content-type", "application/json".into()),
    ];
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let bye = bench
        .visitor("hardened")
        .send("POST", "/jwt/logout", &sent, "{}".into())
        .await;
    assert_eq!(bye.status, 200, "{}", bye.body);
    let broken = "a.b.c".to_owned();

    let variants = [
        "insecure",
        "hardened",
        "custom",
        "without-jwt-none",
        "only-jwt-signature",
    ];
    let mut answers = std::collections::BTreeSet::new();
    for token in [genuine, none, forged, revoked, broken] {
        let own = press(&mut student, "ask", &[("token", &token), ("home", "own")]).await;
        for variant in variants {
            let says = api(&bench, variant, &token).await;
            let home = press(&mut student, "ask", &[("token", &token), ("home", variant)]).await;
            for reply in [&own, &home] {
                let (accepted, row) = row(reply, variant);
                assert_eq!(
                    accepted,
                    says.is_none(),
                    "{variant}: {row}, and the API {says:?}"
                );
                let why = says.as_deref().unwrap_or("As ");
                assert!(row.contains(why), "{variant}: {row}, and the API {says:?}");
            }
            answers.insert(says);
        }
    }
    assert!(
        answers.len() > 4,
        "the tokens are of different kinds: {answers:?}"
    );
}

#[tokio::test]
async fn a_weak_key_is_found_and_a_random_one_is_not() {
    let mut student = bench().student();
    let weak = issued(&mut student, "insecure").await;
    let reply = press(&mut student, "search", &[("token", &weak)]).await;
    assert!(
        reply.body.contains("the secret is <code>secret</code>"),
        "{}",
        reply.body
    );
    assert!(
        reply
            .body
            .contains("<progress id=\"tried\" max=\"25\" value=\"17\">")
    );
    let strong = issued(&mut student, "hardened").await;
    let reply = press(&mut student, "search", &[("token", &strong)]).await;
    assert!(
        reply.body.contains("max=\"25\" value=\"25\""),
        "{}",
        reply.body
    );
    let reply = press(&mut student, "search", &[("token", "a.b.c")]).await;
    assert!(
        reply.body.contains("Only a whole token can be searched."),
        "{}",
        reply.body
    );

    let reply = press(&mut student, "measure", &[("measured", "secret")]).await;
    assert!(
        reply.body.contains("word number 17 of the lab"),
        "{}",
        reply.body
    );
    assert!(
        reply.body.contains("shorter than the 32 bytes"),
        "{}",
        reply.body
    );
    let long = "kJ8vQ2xW7nR4tY6uP1sD3fG5hL9zX0cV";
    let reply = press(&mut student, "measure", &[("measured", long)]).await;
    assert!(reply.body.contains("It has the 32 bytes"), "{}", reply.body);
    assert!(
        !reply.body.contains(long),
        "a measured key is not shown again"
    );
}

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

/// The sentence that says whose keys were used.
fn keys(reply: &Reply) -> String {
    let shown = reply.shown();
    let rest = shown.split("id=\"keys\">").nth(1).expect("a sentence");
    rest.split("</p>").next().expect("an end").to_owned()
}

#[tokio::test]
async fn whose_keys_verify_is_said_with_the_reason_and_nothing_falls_back_in_silence() {
    let bench = bench();
    let mut student = bench.student();
    let fields = [
        ("user", "apiuser"),
        ("portal", "insecure"),
        ("alg", "HS256"),
    ];
    let reply = press(&mut student, "issue", &fields).await;
    assert!(keys(&reply).contains("<code>insecure</code>, which issued the token"));
    let own = token(&reply);
    for (token, home, says) in [
        (
            own.as_str(),
            "",
            "<code>insecure</code>, which the token's <code>iss</code> names",
        ),
        (&own, "hardened", "<code>hardened</code>, which you chose"),
        (&own, "own", "Each portal verifies with its own keys"),
        (
            "a.b.c",
            "",
            "<code>hardened</code>, because the token names no portal of this bench",
        ),
    ] {
        let reply = press(&mut student, "ask", &[("token", token), ("home", home)]).await;
        assert!(keys(&reply).contains(says), "{home}: {}", keys(&reply));
        assert_eq!(reply.shown().matches("id=\"keys\"").count(), 1, "said once");
    }
    for (action, fields, says) in [
        (
            "issue",
            [
                ("user", "apiuser"),
                ("portal", "insecure"),
                ("alg", "RS256"),
            ],
            "HS256 or ES256 only",
        ),
        (
            "issue",
            [("user", "apiuser"), ("portal", "x"), ("alg", "HS256")],
            "No portal has that name",
        ),
        (
            "ask",
            [("token", "a.b.c"), ("home", "nowhere"), ("alg", "")],
            "No portal has the chosen keys",
        ),
        (
            "sign",
            [("header", "{}"), ("payload", "{}"), ("home", "nowhere")],
            "No portal has the chosen keys",
        ),
    ] {
        let mut fields = fields.to_vec();
        fields.push(("how", "none"));
        let reply = press(&mut student, action, &fields).await;
        assert_eq!(reply.status, 422, "{action}");
        assert!(reply.shown().contains(says), "{says}: {}", reply.body);
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
