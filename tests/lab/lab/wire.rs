//! The wire: who asked for what, in which order, how much is kept, for whom, and no secret in it.
//! Next: `flow`, the diagram of a request.

mod flow;
mod lines;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use session_lab::base::addresses::Listener;

use crate::support::{Client, Reply, TestBench, bench, send_raw};

/// The rows of the page at this query, newest first, each as its HTML.
async fn rows(bench: &TestBench, query: &str) -> Vec<String> {
    let reply = bench.student().get(&format!("/wire{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let rows = reply.body.split("<li class=\"exchange-row\"").skip(1);
    rows.map(|row| row.split("</li>").next().unwrap_or_default().to_owned())
        .collect()
}

/// The page of the newest exchange whose row holds this text.
async fn exchange(bench: &TestBench, text: &str) -> Reply {
    let rows = rows(bench, "").await;
    let row = rows.iter().find(|row| row.contains(text)).expect(text);
    let id = row.split('"').nth(1).expect("data-id");
    let reply = bench.student().get(&format!("/wire/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply
}

fn curl(bench: &TestBench, variant: &str) -> Client {
    let client = bench.visitor_in_clear(variant);
    client.with_header("user-agent", "curl/8.5.0")
}

fn browser(bench: &TestBench, variant: &str) -> Client {
    let client = bench.visitor(variant);
    client
        .with_header("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")
        .with_header("sec-fetch-site", "same-origin")
}

/// The letters of the cookies in a row, those sent and those set.
fn letters<'r>(row: &'r str) -> [Vec<&'r str>; 2] {
    ["<span class=\"way\">sent", "<span class=\"way\">set"].map(|way| {
        let part = row.split(way).nth(1).unwrap_or_default();
        let part = part.split("</p>").next().unwrap_or_default();
        let marks = part.split("<b class=\"lineage l").skip(1);
        let inside = |mark: &'r str| mark.split_once('>')?.1.split('<').next();
        marks.filter_map(inside).collect()
    })
}

#[tokio::test]
async fn curl_and_a_browser_both_show_newest_first_with_what_they_asked() {
    let bench = bench();
    assert!(rows(&bench, "").await.is_empty());
    let empty = bench.student().get("/wire").await;
    let line = format!(
        "<code>curl -i {}/insecure/login</code>",
        bench.visitor_in_clear("insecure").origin() + &bench.name.prefix()
    );
    assert!(empty.body.contains(&line), "{}", empty.body);

    curl(&bench, "insecure").get("/login").await;
    browser(&bench, "hardened").get("/dashboard").await;
    bench.victim().get("/xss").await;
    let rows = rows(&bench, "").await;
    let path = bench.name.prefix();
    for (row, parts) in rows.iter().zip([
        [
            "attacker's site",
            "http<",
            &format!("GET {path}/xss"),
            "200",
        ],
        [
            ">browser<",
            "hardened",
            &format!("GET {path}/hardened/dashboard"),
            "303",
        ],
        [
            ">curl<",
            "insecure",
            &format!("GET {path}/insecure/login"),
            "200",
        ],
    ]) {
        for part in parts {
            assert!(row.contains(part), "{part}: {row}");
        }
    }
    assert_eq!(rows.len(), 3);
    assert!(rows[1].contains("https<") && rows[2].contains("http<"));
    assert!(rows[2].contains(&format!("<code>session_insecure_{}</code>", bench.name)));
}

#[tokio::test]
async fn one_letter_is_one_value_so_that_a_class_sees_an_id_stay_or_change() {
    for (variant, same) in [("insecure", true), ("hardened", false)] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        student.get("/dashboard").await;
        let rows = rows(&bench, "").await;
        let find = |text: &str| rows.iter().find(|row| row.contains(text)).expect(text);
        let [_, given] = letters(find(&format!(
            "GET {}/{variant}/login",
            bench.name.prefix()
        )));
        let post = find(&format!("POST {}/{variant}/login", bench.name.prefix()));
        let [sent, _] = letters(post);
        let [kept, _] = letters(find("/dashboard"));
        assert_eq!(given, ["A"], "{variant}");
        assert_eq!(sent[0], "A", "{variant}");
        assert_eq!(kept[0] == "A", same, "{variant}: {kept:?}");
    }
}

#[tokio::test]
async fn the_last_hundred_are_kept_and_the_poll_gives_those_that_came_after() {
    let bench = bench();
    let mut visitor = curl(&bench, "insecure");
    for n in 1..=103 {
        visitor.get(&format!("/?n={n}")).await;
    }
    let all = rows(&bench, "").await;
    assert_eq!(all.len(), 100);
    assert!(all[0].contains("?n=103<") && all[99].contains("?n=4<"));

    let mut student = bench.student();
    let mut poll = async |query: &str| student.get(&format!("/wire/live?{query}")).await.body;
    let more = poll("after=101").await;
    assert_eq!(more.matches("<li class").count(), 2, "{more}");
    assert!(more.contains("data-newest=\"103\""), "{more}");
    let [newest, older] = ["?n=103<", "?n=102<"].map(|text| more.find(text).expect(text));
    assert!(newest < older, "newest first");
    assert!(more.contains(">new</b>"), "{more}");
    assert!(!poll("after=103").await.contains("<li"));
    let restarted = poll("after=4000").await;
    assert_eq!(
        restarted.matches("<li class").count(),
        100,
        "a lab that counts anew"
    );
    let all = poll("after=0").await;
    assert_eq!(all.matches("<li class").count(), 100, "and no more");
}

#[tokio::test]
async fn a_variant_and_a_client_can_be_singled_out() {
    let bench = bench();
    curl(&bench, "insecure").get("/login").await;
    curl(&bench, "only-csp").get("/login").await;
    browser(&bench, "insecure").get("/board").await;
    for (query, shown) in [
        ("?variant=insecure", 2),
        ("?variant=only-csp", 1),
        ("?client=curl", 2),
        ("?client=curl&variant=insecure", 1),
        ("?client=lab", 0),
        ("?variant=&client=", 3),
    ] {
        assert_eq!(rows(&bench, query).await.len(), shown, "{query}");
        let live = format!("/wire/live{query}&after=0");
        let live = bench.student().get(&live).await.body;
        assert_eq!(live.matches("<li class").count(), shown, "{query}");
    }
    let page = bench.student().get("/wire?client=curl").await.body;
    let path = bench.name.prefix();
    let link = format!("href=\"{path}/wire?variant=only-csp&amp;client=curl\"");
    assert!(page.contains(&link), "what was asked can be chosen: {page}");
    assert!(page.contains("aria-current=\"true\">curl</a>"), "{page}");

    let unknown = bench.student().get("/wire?variant=nothing").await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown.body.contains("only-same-site"),
        "the variants there are"
    );
    let unknown = bench.student().get("/wire/live?client=telnet").await;
    assert_eq!(unknown.status, 422);
    assert!(
        unknown
            .body
            .contains("browser, curl, powershell, lab, other"),
        "{}",
        unknown.body
    );
}

#[tokio::test]
async fn another_bench_sees_nothing_of_it() {
    let (mine, other) = (bench(), bench());
    curl(&mine, "insecure").get("/login").await;
    assert!(rows(&other, "").await.is_empty());
    assert_eq!(other.student().get("/wire/1").await.status, 404);
    assert_eq!(rows(&mine, "").await.len(), 1);
}

#[tokio::test]
async fn files_and_the_questions_of_an_open_page_are_not_kept() {
    let bench = bench();
    let mut student = browser(&bench, "insecure");
    student.sign_in().await;
    let before = rows(&bench, "").await.len();
    let prefix = bench.name.prefix();
    for path in ["/static/css/lab.css", "/healthz", "/favicon.ico"] {
        let line = format!("GET {prefix}{path} HTTP/1.1");
        send_raw(Listener::PortalHttp, &[&line, "Host: {host}"], "").await;
    }
    assert_eq!(student.get("/api/time_left").await.status, 200);
    assert_eq!(rows(&bench, "").await.len(), before);
    // Whoever asks by hand wants to see it.
    curl(&bench, "insecure").get("/api/time_left").await;
    assert_eq!(rows(&bench, "").await.len(), before + 1);
}

#[tokio::test]
async fn what_a_stranger_writes_is_text() {
    let bench = bench();
    let line = format!(
        "GET {}/insecure/?q='%22%3Cscript%3E HTTP/1.1",
        bench.name.prefix()
    );
    let lines = [
        line.as_str(),
        "Host: {host}",
        "Origin: \"><img src=x onerror=alert(1)>",
        "Referer: http://x/<script>alert(2)</script>",
        "Cookie: <b>bold</b>=1; nameless<i>",
    ];
    send_raw(Listener::PortalHttp, &lines, "").await;
    let id = rows(&bench, "").await.len();
    for page in ["/wire", "/wire/live", &format!("/wire/{id}")] {
        let body = bench.student().get(page).await.body;
        assert!(body.contains("&lt;b&gt;bold"), "{page}: {body}");
        for raw in ["<img", "<b>bold", "<script>alert", "nameless<i>"] {
            assert!(!body.contains(raw), "{page}: {raw}: {body}");
        }
    }
    let page = bench.student().get(&format!("/wire/{id}")).await.body;
    assert!(page.contains("&quot;&gt;&lt;img src=x"), "{page}");
}

#[tokio::test]
async fn no_id_no_token_and_no_password_stands_on_any_of_its_pages() {
    for variant in ["insecure", "hardened"] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let token = student.token().await;
        student.submit_json("/api/profile", &json!({})).await;
        let sent = student.get("/jwt/profile").await.status;
        assert_eq!(sent, 401);
        let login = json!({"username": "apiuser", "password": "password123"});
        let tokens = student.post_json("/jwt/login", &login).await.json();
        let access = tokens["access_token"].as_str().expect("a token").to_owned();
        let refresh = student
            .jar
            .iter()
            .find(|(name, _)| name.contains("refresh_"));
        let refresh = refresh.map(|(_, value)| value.clone());
        let refresh = refresh.or(tokens["refresh_token"].as_str().map(str::to_owned));
        let id = student.id();
        let bearer = format!("Bearer {access}");
        let basic = format!("Basic {}", STANDARD.encode("student123:password123"));
        let referer = format!("https://localhost/{variant}/board?sid={id}&s%69d={id}");
        for headers in [
            [("authorization", bearer.as_str()), ("referer", &referer)],
            [
                ("authorization", &basic),
                ("x-csrftoken", "hand-made-token"),
            ],
            [("authorization", &access), ("cookie", &id)],
        ] {
            let target = format!("/jwt/profile?sid={id}&access_token={access}&x={access}");
            student.send("GET", &target, &headers, String::new()).await;
        }
        student
            .get(&format!("/login?password=password123&{id}"))
            .await;
        let stolen = format!("/collect?c={id}");
        bench.victim().get(&stolen).await;
        bench.victim().get(&format!("/collect/{id}")).await;

        let mut pages = vec![
            "/wire".to_owned(),
            "/wire/live".into(),
            "/compare/live".into(),
        ];
        let kept = rows(&bench, "").await.len();
        assert!(kept >= 10, "{kept}");
        pages.extend((1..=kept).map(|id| format!("/wire/{id}")));
        // The ids of the weak source are short numbers, which also occur in times and ports.
        let id = if variant == "insecure" {
            format!("={id}")
        } else {
            id
        };
        let mut secrets = vec![id, access, "password123".into(), "hand-made-token".into()];
        secrets.push(STANDARD.encode("student123:password123"));
        secrets.extend(refresh);
        secrets.extend(token.into_iter().map(|(_, token)| token));
        for page in pages {
            let body = bench.student().get(&page).await.body;
            for secret in &secrets {
                assert!(
                    !body.contains(secret.as_str()),
                    "{variant}: {page}: {secret}"
                );
            }
        }
        let page = exchange(&bench, "x=…").await.body;
        assert!(page.contains("Authorization: "), "{page}");
        let shown = exchange(&bench, "/jwt/profile<").await;
        assert_eq!(shown.status, 200);
    }
}

#[tokio::test]
async fn a_request_that_is_not_kept_is_a_404_that_says_where_to_go() {
    let bench = bench();
    let mut student = bench.student();
    curl(&bench, "insecure").get("/login").await;
    for id in ["2", "0", "x", "99999999999999999999"] {
        let reply = student.get(&format!("/wire/{id}")).await;
        assert_eq!(reply.status, 404, "{id}");
        let next = format!("Go back to {}/wire", bench.name.prefix());
        assert!(reply.body.contains(&next), "{id}: {}", reply.body);
    }
    assert_eq!(student.get("/wire/1").await.status, 200);
    assert_eq!(student.post_form("/reset", &[]).await.status, 303);
    assert!(rows(&bench, "").await.is_empty());
    assert_eq!(student.get("/wire/1").await.status, 404);
}
