//! The request catcher: what it keeps, how much, for whom, and that it shows everything as text.

use session_lab::session::bench::loot::{KEPT, LARGEST};

use crate::support::{bench, curl, lab};

#[tokio::test]
async fn a_request_of_any_method_and_path_below_is_caught_and_answered_with_nothing() {
    let bench = bench();
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let path = format!("/collect/{}/x?m={method}", method.to_lowercase());
        let reply = bench.victim().send(method, &path, &[], "b".into()).await;
        assert_eq!((reply.status, &*reply.body), (204, ""), "{method}");
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
    let loot = bench.victim().get("/loot").await.body;
    let at = |method| loot.find(&format!("?m={method}")).expect(method);
    assert!(at("PATCH") < at("GET"), "newest first");
    assert!(loot.contains(&format!("PUT {}/collect/put/x?m=PUT", bench.name.prefix())));
}

#[tokio::test]
async fn a_form_cannot_change_the_method_that_is_shown() {
    let bench = bench();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "_method=DELETE".to_owned();
    bench.victim().send("POST", "/collect", &form, body).await;
    let loot = bench.victim().get("/loot").await.body;
    assert!(
        loot.contains(&format!("POST {}/collect", bench.name.prefix())),
        "{loot}"
    );
}

#[tokio::test]
async fn what_a_browser_says_of_itself_is_shown_and_curl_is_called_curl() {
    let bench = bench();
    let headers = [
        ("origin", "http://localhost:7080"),
        ("referer", "http://localhost:7080/insecure/board?sid=77"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
        ("cookie", "session_insecure=stolen-by-path"),
    ];
    let url = format!("{}{}/collect", bench.victim().origin(), bench.name.prefix());
    let mut words: Vec<String> = vec!["-A".into(), "Mozilla/5.0".into()];
    for (name, value) in headers {
        words.extend(["-H".into(), format!("{name}: {value}")]);
    }
    words.extend(["-b".into(), "other_project=not-for-keeping".into()]);
    words.push(format!("{url}?cookie=session%3D42"));
    curl(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let loot = bench.victim().get("/loot").await.body;
    for (_, value) in headers {
        assert!(loot.contains(value), "{value}: {loot}");
    }
    assert!(
        loot.contains("<dt>cookie</dt><dd><code>session=42</code>"),
        "{loot}"
    );
    assert!(!loot.contains("not-for-keeping"), "{loot}");
    assert!(loot.contains("from a browser"), "{loot}");
    assert!(!loot.contains("typed with curl"));

    bench.victim().post_form("/loot/clear", &[]).await;
    curl(&[&url]);
    let loot = bench.victim().get("/loot").await.body;
    assert!(loot.contains("typed with curl"), "{loot}");
    assert!(loot.contains("<dt>Origin</dt><dd><span class=\"quiet\">not sent"));
}

#[tokio::test]
async fn hostile_bytes_are_shown_as_text_wherever_they_came() {
    let bench = bench();
    let markup = "<script>alert(1)</script>";
    let headers = [
        ("referer", markup),
        ("cookie", "session_insecure=<script>alert(1)</script>"),
        ("x-odd", "\"><img src=x onerror=alert(1)>"),
        ("content-type", "text/html"),
    ];
    let path = "/collect?q=%3Cscript%3Ealert(1)%3C/script%3E&%3Cb%3E=1";
    let reply = bench
        .victim()
        .send("POST", path, &headers, markup.into())
        .await;
    assert_eq!(reply.status, 204);
    let loot = bench.victim().get("/loot").await.body;
    assert!(
        !loot.contains("<script>alert") && !loot.contains("<img src=x"),
        "{loot}"
    );
    let shown = loot.matches("&lt;script&gt;alert(1)").count();
    assert_eq!(shown, 4, "in the query, two headers and the body: {loot}");
    assert!(loot.contains("&lt;b&gt;"), "{loot}");
}

#[tokio::test]
async fn a_flood_leaves_a_hundred_requests_of_four_kilobytes() {
    let bench = bench();
    let large = "x".repeat(100_000);
    let mut flood = bench.victim();
    for n in 0..=KEPT {
        let path = format!("/collect?n={n}");
        let reply = flood.send("POST", &path, &[], large.clone()).await;
        assert_eq!(reply.status, 204);
    }
    let known = lab().benches.open(&bench.name).await.expect("the bench");
    let kept = known.loot().caught().await.expect("read");
    assert_eq!(kept.len(), KEPT);
    assert!(kept.iter().all(|one| one.cut && one.size() <= LARGEST));
    assert!(
        kept.iter().all(|one| !one.target.ends_with("?n=0")),
        "the oldest is gone"
    );
}

#[tokio::test]
async fn loot_is_cleared_by_the_attackers_own_page_only() {
    let bench = bench();
    let caught = || async { bench.victim().get("/loot").await.body.contains("kept-one") };
    bench.victim().get("/collect?kept-one").await;
    let portal = bench.visitor_in_clear("insecure").origin();
    let others = [portal, "null".into(), bench.victim_at_sibling().origin()];
    for origin in others {
        let reply = bench
            .victim()
            .post_form_from(&origin, "/loot/clear", &[])
            .await;
        assert_eq!(reply.status, 403, "{origin}");
    }
    let reply = bench
        .victim()
        .send("POST", "/loot/clear", &[], String::new())
        .await;
    assert_eq!(reply.status, 403, "no origin at all");
    assert!(caught().await);

    let reply = bench.victim().post_form("/loot/clear", &[]).await;
    let back = format!("{}/loot", bench.name.prefix());
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some(&*back))
    );
    assert!(!caught().await);
}

#[tokio::test]
async fn loot_belongs_to_one_bench_and_goes_with_its_reset() {
    let (mine, other) = (bench(), bench());
    mine.victim().get("/collect?secret-of-mine").await;
    assert!(
        mine.victim()
            .get("/loot")
            .await
            .body
            .contains("secret-of-mine")
    );
    assert!(
        !other
            .victim()
            .get("/loot")
            .await
            .body
            .contains("secret-of-mine")
    );
    other.victim().post_form("/loot/clear", &[]).await;
    assert!(
        mine.victim()
            .get("/loot")
            .await
            .body
            .contains("secret-of-mine")
    );

    let reply = mine.student().post_form("/reset", &[]).await;
    assert_eq!(reply.status, 303);
    assert!(
        !mine
            .victim()
            .get("/loot")
            .await
            .body
            .contains("secret-of-mine")
    );
}
