//! `/same-site` without a browser: the guess, and which requests are counted. Next: `steps`, and `records`.

mod records;
mod steps;

use serde_json::Value;
use session_lab::base::addresses::Listener;
use session_lab::same_site::recorded::CHROMIUM_ALLOWED;
use session_lab::same_site::{Initiator, WalkStep, Way};

use crate::support::{Client, Reply, TestBench, bench, curl, lab};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/156.0.0.0 Safari/537.36";

/// A client at the host of the test cookies that sends what a browser sends for this way.
fn browser(bench: &TestBench, from: Initiator, way: Way) -> Client {
    let dest = match way {
        Way::Iframe => "iframe",
        Way::Image => "image",
        Way::Fetch => "empty",
        _ => "document",
    };
    at_portal(bench)
        .with_header("user-agent", AGENT)
        .with_header("sec-fetch-site", from.fetch_site())
        .with_header("sec-fetch-dest", dest)
}

fn at_portal(bench: &TestBench) -> Client {
    Client::new(Listener::PortalHttp, bench.name.prefix()).at_host("portal.localhost")
}

fn arrive(from: Initiator, way: Way) -> String {
    let step = WalkStep::of(from, way).expect("a step").number();
    format!("/same-site/arrive?step={step}&how={}", way.slug())
}

async fn set(bench: &TestBench) -> Client {
    let mut visitor = at_portal(bench);
    let reply = visitor.get("/same-site/set?step=0").await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    visitor
}

/// Sends the cookies of these kinds, as from there and in this way.
async fn send(bench: &TestBench, from: Initiator, way: Way, kinds: &[&str]) -> Reply {
    let mut visitor = browser(bench, from, way);
    let name = |kind: &&str| (format!("samesite_{kind}_{}", bench.name), "1".to_owned());
    visitor.jar = kinds.iter().map(name).collect();
    let post = matches!(way, Way::PostForm | Way::LatePostForm);
    let method = if post { "POST" } else { "GET" };
    visitor
        .send(method, &arrive(from, way), &[], String::new())
        .await
}

async fn live(bench: &TestBench, from: Initiator) -> Value {
    let path = format!("/same-site/live?from={}", from.slug());
    bench.student().get(&path).await.json()
}

/// A row's cells by a field of them.
async fn row(bench: &TestBench, from: Initiator, way: Way, field: &str) -> Vec<String> {
    let table = live(bench, from).await;
    let mut rows = table["rows"].as_array().expect("rows").iter();
    let row = rows.find(|row| row["way"] == way.slug()).expect("a row");
    let cells = row["cells"].as_array().expect("cells").iter();
    cells
        .map(|cell| cell[field].as_str().unwrap_or("-").to_owned())
        .collect()
}

async fn say(bench: &TestBench, form: &[(&str, &str)]) -> Reply {
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    bench.student().post_form("/same-site", &form).await
}

#[tokio::test]
async fn what_arrives_is_what_the_table_shows() {
    let bench = bench();
    set(&bench).await;
    let (from, way) = (Initiator::CrossSite, Way::Link);
    assert_eq!(row(&bench, from, way, "state").await, ["not measured"; 5]);
    let reply = send(&bench, from, way, &["absent", "none", "strict"]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let (yes, no) = ("sent", "not sent");
    assert_eq!(
        row(&bench, from, way, "state").await,
        [yes, no, yes, no, yes]
    );
    // Lax came with a link when Chromium was recorded, and Strict did not.
    let recorded = row(&bench, from, way, "recorded").await;
    assert_eq!(recorded, ["-", "-", "-", "sent", "not sent"]);
    let page = bench.student().get("/same-site").await.body;
    assert!(
        !page.contains("not measured"),
        "before the guess nothing is shown"
    );
    say(&bench, &[("from", "cross-site"), ("action", "skip")]).await;
    let page = bench.student().get("/same-site").await.body;
    assert!(page.contains("differs, recorded: not sent"), "{page}");
    assert!(
        page.contains("Measured: Chromium or Chrome 156.0.0.0."),
        "{page}"
    );
    assert!(page.contains(&CHROMIUM_ALLOWED.with), "{page}");

    let other = live(&bench, Initiator::Sibling).await;
    assert_eq!(other["measured"], 0);
}

#[tokio::test]
async fn each_way_is_answered_as_it_asks() {
    let bench = bench();
    set(&bench).await;
    let from = Initiator::Sibling;
    for (way, kind, body) in [
        (Way::Iframe, "text/html; charset=utf-8", "Arrived."),
        (Way::Image, "image/svg+xml", "<svg"),
        (Way::Fetch, "application/json", "{}"),
    ] {
        let reply = send(&bench, from, way, &[]).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some(kind))
        );
        assert!(reply.body.contains(body), "{}", reply.body);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let policy = reply.header("content-security-policy").expect("a policy");
        let may_frame = format!(
            "frame-ancestors {}",
            Initiator::SameOrigin.origin(&lab().addresses)
        );
        assert!(policy.contains(&may_frame), "{policy}");
    }
    for way in [Way::Link, Way::GetForm, Way::PostForm, Way::Redirect] {
        let reply = send(&bench, from, way, &[]).await;
        let next = WalkStep::of(from, way)
            .and_then(WalkStep::next)
            .expect("a step");
        let next = next.address(&lab().addresses, &bench.name, false);
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, Some(&*next))
        );
    }
    assert_eq!(live(&bench, from).await["measured"], 7);

    // Firefox calls a redirect between two hosts of one site cross-site.
    let mut firefox = browser(&bench, Initiator::CrossSite, Way::Redirect);
    firefox.get(&arrive(from, Way::Redirect)).await;
    let notes = live(&bench, from).await["notes"].to_string();
    assert!(notes.contains("calls the request cross-site"), "{notes}");
    let mut link = browser(&bench, Initiator::CrossSite, Way::Link);
    assert_eq!(link.get(&arrive(from, Way::Link)).await.status, 400);

    let path = format!("{}&once=1", arrive(from, Way::Link));
    let reply = browser(&bench, from, Way::Link).get(&path).await;
    let back = lab()
        .addresses
        .lab_page(&bench.name, "/same-site?from=sibling");
    assert_eq!(reply.header("location"), Some(&*back));
}

#[tokio::test]
async fn a_request_that_is_not_what_it_claims_is_not_counted() {
    let bench = bench();
    let (from, way) = (Initiator::CrossSite, Way::Link);
    let path = arrive(from, way);
    let not_set = browser(&bench, from, way).get(&path).await;
    assert!(
        not_set.body.contains("The cookies were not set"),
        "{}",
        not_set.body
    );
    set(&bench).await;
    let own = browser(&bench, Initiator::SameOrigin, way);
    let frame = browser(&bench, from, Way::Iframe);
    let elsewhere = browser(&bench, from, way).at_host("localhost");
    let right = || browser(&bench, from, way);
    let replies = [
        not_set,
        own.clone().get(&path).await,
        frame.clone().get(&path).await,
        elsewhere.clone().get(&path).await,
        right().send("POST", &path, &[], String::new()).await,
        right().send("HEAD", &path, &[], String::new()).await,
        right().get("/same-site/arrive?step=11&how=image").await,
        right().get("/same-site/arrive?step=11").await,
        right().get("/same-site/arrive?step=99&how=link").await,
        right().get("/same-site/arrive?step=x&how=link").await,
        at_portal(&bench).get(&path).await,
    ];
    for (at, reply) in replies.iter().enumerate() {
        assert_eq!(reply.status, 400, "{at}: {}", reply.body);
    }
    let portal = at_portal(&bench).origin();
    let url = format!("{portal}{}{path}", bench.name.prefix());
    let port = portal.rsplit(':').next().expect("a port");
    let resolve = format!("portal.localhost:{port}:127.0.0.1");
    let typed = curl(&["--resolve", &resolve, &url]);
    assert!(typed.contains("typed with curl"), "{typed}");
    assert_eq!(live(&bench, from).await["measured"], 0);
    assert_eq!(live(&bench, from).await["agent"], "");

    // A browser that sends no Sec-Fetch-* is counted all the same.
    let mut old = at_portal(&bench).with_header("user-agent", AGENT);
    assert_eq!(old.get(&path).await.status, 303);
    assert_eq!(live(&bench, from).await["measured"], 1);
}

#[tokio::test]
async fn a_guess_is_kept_for_its_table_and_compared_once_it_is_measured() {
    let bench = bench();
    let (from, way) = (Initiator::CrossSite, Way::PostForm);
    let page = bench.student().get("/same-site").await.body;
    assert!(page.contains("name=\"late-post-form.strict\""), "{page}");
    let reply = say(
        &bench,
        &[
            ("from", "cross-site"),
            ("action", "guess"),
            ("post-form.absent", "on"),
            ("post-form.lax", "on"),
            ("no-such.cell", "on"),
        ],
    )
    .await;
    let back = format!("{}/same-site?from=cross-site#table", bench.name.prefix());
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some(&*back))
    );
    assert_eq!(row(&bench, from, way, "guess").await, ["-"; 5]);

    set(&bench).await;
    send(&bench, from, way, &["absent", "none"]).await;
    let guess = row(&bench, from, way, "guess").await;
    assert_eq!(guess, ["right", "right", "wrong", "wrong", "right"]);
    let page = bench.student().get("/same-site?from=cross-site").await.body;
    assert!(page.contains("you guessed otherwise"), "{page}");
    assert!(page.contains("You guessed 3 of 5 cells right."), "{page}");
    let other = bench.student().get("/same-site?from=sibling").await.body;
    assert!(other.contains("Save my guess") && !other.contains("late-post-form"));

    // The form comes again with what was ticked, and what was guessed is kept until another is saved.
    let form = "/same-site?from=cross-site&guess=again";
    let page = bench.student().get(form).await.body;
    assert!(page.contains("Save my guess"), "{page}");
    assert!(page.contains("name=\"post-form.lax\" checked"), "{page}");
    assert!(page.contains("name=\"post-form.none\">"), "{page}");
    assert_eq!(row(&bench, from, way, "guess").await, guess);
    let again = [("from", "cross-site"), ("action", "again")];
    assert_eq!(say(&bench, &again).await.status, 400);
    let page = bench.student().get("/same-site").await.body;
    assert!(page.contains("You guessed 3 of 5 cells right."), "{page}");
}

#[tokio::test]
async fn the_waiting_row_is_not_filled_in_early_and_says_so() {
    let bench = bench();
    let from = Initiator::CrossSite;
    say(&bench, &[("from", "cross-site"), ("action", "skip")]).await;
    assert_eq!(live(&bench, from).await["late"]["state"], "unset");
    set(&bench).await;
    let late = live(&bench, from).await["late"].clone();
    assert_eq!(late["state"], "waiting");
    let ready_in = late["ready_in"].as_u64().expect("seconds");
    assert!((100..=125).contains(&ready_in), "{late}");
    // The bench's clock is not the browser's.
    bench.wait_minutes(5).await;
    assert_eq!(live(&bench, from).await["late"]["state"], "waiting");

    let reply = send(&bench, from, Way::LatePostForm, &["absent"]).await;
    let back = lab()
        .addresses
        .lab_page(&bench.name, "/same-site?from=cross-site");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, Some(&*back))
    );
    assert_eq!(
        row(&bench, from, Way::LatePostForm, "state").await,
        ["not measured"; 5]
    );
    let page = bench.student().get("/same-site").await.body;
    assert!(page.contains("That was too early"), "{page}");
    assert!(page.contains("id=\"late-early\">"), "{page}");
    assert!(live(&bench, Initiator::Sibling).await["late"].is_null());
}

#[tokio::test]
async fn a_bench_has_its_own_table_and_a_reset_empties_it() {
    let (mine, other) = (bench(), bench());
    set(&mine).await;
    send(&mine, Initiator::SameOrigin, Way::Link, &["lax"]).await;
    say(&mine, &[("from", "same-origin"), ("action", "skip")]).await;
    let measured = |bench: TestBench| async move {
        live(&bench, Initiator::SameOrigin).await["measured"].clone()
    };
    assert_eq!(measured(mine.clone()).await, 1);
    assert_eq!(measured(other.clone()).await, 0);
    let page = other.student().get("/same-site?from=same-origin").await;
    assert!(page.body.contains("Save my guess"), "{}", page.body);

    assert_eq!(mine.student().post_form("/reset", &[]).await.status, 303);
    assert_eq!(measured(mine.clone()).await, 0);
    let page = mine.student().get("/same-site?from=same-origin").await;
    assert!(page.body.contains("Save my guess"), "{}", page.body);
}

#[tokio::test]
async fn bad_input_is_answered_with_what_to_do() {
    let bench = bench();
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E";
    let page = bench
        .student()
        .get(&format!("/same-site?from={hostile}"))
        .await;
    assert_eq!(page.status, 400);
    assert!(
        page.body.contains("same-origin, sibling, cross-site"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert_eq!(say(&bench, &[("action", "nothing")]).await.status, 400);
    assert_eq!(say(&bench, &[]).await.status, 400);

    set(&bench).await;
    say(&bench, &[("from", "cross-site"), ("action", "skip")]).await;
    let agent = format!(
        "Mozilla/5.0 <script>alert(1)</script> Chrome/<b>{}",
        "x".repeat(900)
    );
    let mut visitor = at_portal(&bench).with_header("user-agent", &agent);
    let reply = visitor.get(&arrive(Initiator::CrossSite, Way::Link)).await;
    assert_eq!(reply.status, 303);
    let page = bench.student().get("/same-site").await.body;
    assert!(
        !page.contains("<script>alert") && !page.contains("<b>x"),
        "{page}"
    );
    assert!(!page.contains(&"x".repeat(200)), "it is cut");
}
