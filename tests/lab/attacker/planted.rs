//! What the sibling plants, and what the portal makes of it once a browser has taken it.

use crate::support::{Client, bench};

/// The `Cookie` pairs that a browser adds for the planted lines: it refuses a `__Host-` name with a
/// `Domain` (RFC 6265bis §5.7), and sends longer paths first.
fn taken(lines: &[&str]) -> Vec<(String, String)> {
    let pairs = lines.iter().filter_map(|line| {
        let (pair, attributes) = line.split_once(';')?;
        assert!(attributes.contains("Domain=portal.localhost"), "{line}");
        let (name, value) = pair.split_once('=')?;
        (!name.starts_with("__Host-")).then(|| (name.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

/// The victim's next request, with the planted pairs before their own.
async fn victim_after(mut victim: Client, planted: Vec<(String, String)>) -> (u16, Option<String>) {
    victim.jar.splice(0..0, planted);
    let reply = victim.get("/api/check_session").await;
    if reply.status != 200 {
        return (reply.status, None);
    }
    let user = reply.json()["user"]["username"].as_str().map(str::to_owned);
    (200, user)
}

#[tokio::test]
async fn a_tossed_cookie_makes_the_victim_act_as_mallory() {
    for (variant, ends) in [
        ("insecure", (200, Some("mallory"))),
        ("only-duplicate-cookies", (400, None)),
        ("without-host-prefix", (400, None)),
        ("hardened", (200, Some("student123"))),
    ] {
        let bench = bench();
        let mut victim = bench.visitor(variant).at_host("portal.localhost");
        victim.sign_in().await;
        let path = format!("/tossing?variant={variant}");
        let reply = bench.victim_at_sibling().post_form(&path, &[]).await;
        assert_eq!(reply.status, 303, "{variant}: {}", reply.body);
        let lines = reply.set_cookies();
        let own_path = format!("; Path={}/{variant}", bench.name.prefix());
        assert!(
            lines.iter().all(|line| line.ends_with(&own_path)),
            "{lines:?}"
        );
        let (status, user) = victim_after(victim, taken(&lines)).await;
        assert_eq!((status, user.as_deref()), ends, "{variant}");
    }
}

#[tokio::test]
async fn a_planted_id_opens_the_victims_session_where_the_sign_in_keeps_it() {
    for (variant, user) in [
        ("insecure", Some("student123")),
        ("only-rotation", None),
        ("hardened", None),
    ] {
        let bench = bench();
        let path = format!("/fixation?variant={variant}");
        let reply = bench.victim_at_sibling().post_form(&path, &[]).await;
        assert_eq!(reply.status, 303, "{variant}: {}", reply.body);
        let planted = taken(&reply.set_cookies());
        let mut victim = bench.visitor(variant).at_host("portal.localhost");
        victim.jar = planted;
        victim.sign_in().await;

        let path = format!("/fixation/use?variant={variant}");
        let reply = bench.victim_at_sibling().post_form(&path, &[]).await;
        assert_eq!(reply.status, 200, "{variant}: {}", reply.body);
        let says = match user {
            Some(user) => format!("The attacker is in, as {user}."),
            None => "The portal does not accept the id".into(),
        };
        assert!(reply.body.contains(&says), "{variant}: {}", reply.body);
    }
}

#[tokio::test]
async fn cleaning_up_takes_away_exactly_what_was_planted() {
    let bench = bench();
    let mut victim = bench.victim_at_sibling();
    let reply = victim.post_form("/tossing?variant=insecure", &[]).await;
    let planted: Vec<String> = reply
        .set_cookies()
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
    assert_eq!(planted.len(), 3, "session, role and state: {planted:?}");
    let page = victim.get("/tossing?variant=insecure").await.body;
    assert!(page.contains(&planted[0]), "{page}");

    let reply = victim
        .post_form("/tossing/clean?variant=insecure", &[])
        .await;
    let name_and_place = |line: &str| {
        let (name, rest) = line.split_once('=').expect("a pair");
        let place = rest.split_once(';').expect("attributes").1;
        (name.to_owned(), place.replace("; Max-Age=0", ""))
    };
    let mut planted: Vec<_> = planted.iter().map(|line| name_and_place(line)).collect();
    let mut removed: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(name_and_place)
        .collect();
    planted.sort();
    removed.sort();
    assert_eq!(planted, removed);
    let page = victim.get("/tossing?variant=insecure").await.body;
    assert!(!page.contains("What was sent"), "{page}");
}

#[tokio::test]
async fn planting_needs_the_siblings_own_page() {
    let bench = bench();
    let portal = bench.visitor_in_clear("insecure").origin();
    for path in ["/tossing", "/fixation", "/fixation/use", "/tossing/clean"] {
        let reply = bench
            .victim_at_sibling()
            .post_form_from(&portal, path, &[])
            .await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.set_cookies().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn what_was_planted_on_one_bench_is_unknown_on_another_and_goes_with_a_reset() {
    let (mine, other) = (bench(), bench());
    mine.victim_at_sibling().post_form("/fixation", &[]).await;
    let shows = |page: String| page.contains("What was sent");
    assert!(shows(mine.victim_at_sibling().get("/fixation").await.body));
    assert!(!shows(
        other.victim_at_sibling().get("/fixation").await.body
    ));
    assert_eq!(mine.student().post_form("/reset", &[]).await.status, 303);
    assert!(!shows(mine.victim_at_sibling().get("/fixation").await.body));
}
