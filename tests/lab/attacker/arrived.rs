//! "What the portal received": the facts of each request, who sent it, how much is kept, for whom.

use serde_json::Value;

use crate::support::{Client, TestBench, bench, curl};

/// What a browser sends along with a form that another site posts to the top of the window.
const FORGED: [(&str, &str); 5] = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
    ("origin", "http://127.0.0.1:7666"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];

async fn arrived(bench: &TestBench, variant: &str) -> Vec<Value> {
    let path = format!("/arrived?variant={variant}");
    let reply = bench.victim().get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json().as_array().expect("a list").clone()
}

async fn panel(bench: &TestBench, variant: &str) -> String {
    let path = format!("/csrf-form?variant={variant}");
    let page = bench.victim().get(&path).await.body;
    let panel = page.split("id=\"arrived\"").nth(1).expect(&page);
    panel.split("</section>").next().unwrap_or_default().into()
}

fn browser(bench: &TestBench, variant: &str) -> Client {
    let agent = "Mozilla/5.0 (X11; Linux x86_64)";
    bench
        .visitor_in_clear(variant)
        .with_header("user-agent", agent)
        .with_header("sec-fetch-site", "same-origin")
}

fn field<'v>(one: &'v Value, name: &str) -> &'v Value {
    let fields = one["fields"].as_array().expect("fields").iter();
    let mut fields = fields.filter(|field| field[0] == name);
    &fields.next().expect(name)[1]
}

#[tokio::test]
async fn a_forged_request_shows_with_its_cookie_and_where_it_came_from() {
    let bench = bench();
    let mut victim = browser(&bench, "insecure");
    victim.sign_in().await;
    let mut forged = bench.visitor_in_clear("insecure");
    forged.jar = victim.jar.clone();
    let form = [
        FORGED.as_slice(),
        &[("content-type", "application/x-www-form-urlencoded")],
    ];
    let body = "to=mallory&amount=100".to_owned();
    forged
        .send("POST", "/transfer", &form.concat(), body.clone())
        .await;
    let newest = &arrived(&bench, "insecure").await[0];
    let line = format!("POST {}/insecure/transfer", bench.name.prefix());
    assert_eq!(newest["line"], line);
    assert_eq!(
        (&newest["cookie"], &newest["by"]),
        (&"present".into(), &"a browser".into())
    );
    assert_eq!(
        (&newest["from"], &newest["status"]),
        (&"cross-site".into(), &303.into())
    );
    for (name, value) in [
        ("Origin", "http://127.0.0.1:7666"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ] {
        assert_eq!(field(newest, name), value);
    }
    assert_eq!(field(newest, "Referer"), &Value::Null);

    let mut without = bench.visitor_in_clear("insecure");
    without
        .send("POST", "/transfer", &form.concat(), body)
        .await;
    let panel = panel(&bench, "insecure").await;
    let newest = panel.split("<li").nth(1).expect(&panel);
    assert!(newest.contains("<b>withheld</b>"), "{newest}");
    assert!(newest.contains("cross-site</span>"), "{newest}");
    assert!(panel.contains("<b>present</b>"), "{panel}");
}

#[tokio::test]
async fn nothing_is_called_withheld_that_the_browser_may_not_have() {
    let bench = bench();
    let mut nobody = bench.visitor_in_clear("insecure");
    nobody.send("GET", "/", &FORGED, String::new()).await;
    assert_eq!(arrived(&bench, "insecure").await[0]["cookie"], "none");

    // Signed out on the portal's own page: the cookie is gone, nobody held it back.
    let mut victim = browser(&bench, "insecure");
    victim.sign_in().await;
    victim.jar.clear();
    victim.get("/").await;
    assert_eq!(arrived(&bench, "insecure").await[0]["cookie"], "none");
}

#[tokio::test]
async fn a_plain_cookie_of_the_same_slot_is_not_the_one_with_the_prefix() {
    let bench = bench();
    let name = format!("session_hardened_{}", bench.name);
    for (name, cookie) in [
        (name.clone(), "none"),
        (format!("__Host-{name}"), "present"),
    ] {
        let mut visitor = bench.visitor("hardened").with_cookie(&name, "x");
        visitor.get("/").await;
        assert_eq!(
            arrived(&bench, "hardened").await[0]["cookie"],
            cookie,
            "{name}"
        );
    }
}

#[tokio::test]
async fn curl_is_called_curl_and_said_to_prove_nothing_about_a_browser() {
    let bench = bench();
    let portal = bench.visitor_in_clear("insecure").origin();
    let url = format!("{portal}{}/insecure/transfer", bench.name.prefix());
    let cookie = format!("session_insecure_{}=1", bench.name);
    curl(&["-o", "/dev/null", "-b", &cookie, "-d", "to=mallory", &url]);
    let newest = &arrived(&bench, "insecure").await[0];
    assert_eq!(newest["by"], "typed with curl");
    let but = newest["but"].as_str().expect("a sentence");
    assert!(but.contains("nothing of SameSite"), "{but}");
    assert_eq!(field(newest, "Sec-Fetch-Site"), &Value::Null);
    assert!(
        panel(&bench, "insecure")
            .await
            .contains("proves nothing about a browser")
    );

    // Under a browser's name it still lacks what a browser sends by itself.
    curl(&["-o", "/dev/null", "-A", "Mozilla/5.0", &url]);
    let newest = &arrived(&bench, "insecure").await[0];
    assert_eq!(newest["by"], "says it is a browser");
    assert!(
        newest["but"]
            .as_str()
            .is_some_and(|but| but.contains("Sec-Fetch-Site"))
    );
}

#[tokio::test]
async fn what_the_attacker_sends_from_his_own_computer_is_the_labs() {
    let bench = bench();
    let mut sibling = bench.victim_at_sibling();
    let reply = sibling.post_form("/fixation?variant=insecure", &[]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(arrived(&bench, "insecure").await[0]["by"], "the lab itself");
}

#[tokio::test]
async fn hostile_headers_and_targets_are_shown_as_text() {
    let bench = bench();
    let markup = "\"><script>alert(1)</script>";
    let headers = [
        ("origin", markup),
        ("referer", markup),
        ("sec-fetch-site", markup),
        ("sec-fetch-mode", markup),
        ("sec-fetch-dest", markup),
        ("user-agent", markup),
        ("cookie", markup),
    ];
    let mut visitor = bench.visitor_in_clear("insecure");
    visitor
        .send("GET", "/?%22%3E%3Cscript%3E='", &headers, String::new())
        .await;
    let panel = panel(&bench, "insecure").await;
    assert!(!panel.contains("<script>alert"), "{panel}");
    assert_eq!(
        panel.matches("&lt;script&gt;alert(1)").count(),
        5,
        "{panel}"
    );

    let reply = bench.victim().get("/arrived?variant=insecure").await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn the_panel_is_short_whatever_comes() {
    let bench = bench();
    let long = "x".repeat(5_000);
    let mut visitor = bench.visitor_in_clear("insecure");
    for n in 0..20 {
        let headers = [("origin", long.as_str()), ("sec-fetch-mode", &long)];
        let path = format!("/?n={n}&{long}");
        visitor.send("GET", &path, &headers, String::new()).await;
    }
    visitor.get("/api/time_left").await;
    let reply = bench.victim().get("/arrived?variant=insecure").await;
    let all = reply.json();
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), 6);
    assert!(reply.body.len() < 10_000, "{}", reply.body.len());
    let line = all[0]["line"].as_str().expect("a line");
    assert!(
        line.ends_with("/?n=19&…"),
        "newest first, no countdown: {line}"
    );
}

#[tokio::test]
async fn another_bench_and_another_variant_see_nothing_of_it() {
    let (mine, other) = (bench(), bench());
    mine.visitor_in_clear("insecure").get("/login").await;
    assert_eq!(arrived(&mine, "insecure").await.len(), 1);
    assert!(arrived(&mine, "only-secure").await.is_empty());
    assert!(arrived(&other, "insecure").await.is_empty());
    assert!(panel(&other, "insecure").await.contains("Nothing yet."));

    let reply = mine.victim().get("/arrived?variant=nothing").await;
    assert_eq!(reply.status, 404, "{}", reply.body);
    assert!(
        reply.body.contains("only-same-site"),
        "the variants there are"
    );
}

#[tokio::test]
async fn a_session_id_in_an_address_is_masked() {
    let bench = bench();
    let mut visitor = bench.visitor_in_clear("insecure");
    let from = [("referer", "http://localhost/insecure/board?sid=4711&x=1")];
    visitor
        .send("GET", "/?sid=4712", &from, String::new())
        .await;
    let newest = &arrived(&bench, "insecure").await[0];
    assert!(
        newest["line"]
            .as_str()
            .is_some_and(|line| line.ends_with("/?sid=…"))
    );
    assert_eq!(
        field(newest, "Referer"),
        "http://localhost/insecure/board?sid=…&x=1"
    );
}
