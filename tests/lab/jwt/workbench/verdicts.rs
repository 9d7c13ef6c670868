//! The verdicts of the workbench: those of the API, for each forgery, and by whose keys.

use serde_json::json;

use super::{edited, issued, press, row, token};
use crate::support::tokens::{encoded, hs256, part, with};
use crate::support::{Reply, TestBench, bench};

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
