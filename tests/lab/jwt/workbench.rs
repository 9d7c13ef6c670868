//! `/jwt`: every button of the workbench. Its verdicts are in `verdicts`, hostile and bad input in `input`.

mod input;
mod verdicts;

use serde_json::json;

use crate::support::tokens::{part, with};
use crate::support::{Client, Reply, bench};

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
