//! No script of the portal can act on the lab's own pages: a strict policy, no cookie, and every
//! change needs the pages' own `Origin`.

use session_lab::attacks::ALL;
use session_lab::base::addresses::Listener;
use session_lab::defences::policy::{Name, Variant};

use crate::support::{bench, lab, send_raw};

/// As `src/web/answer.rs` writes it, but written out, so that a change there is seen here.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const POSTS: [(&str, &str); 36] = [
    ("/audit", "variant=insecure"),
    ("/audit/cancel", ""),
    ("/class/join", "link=nonsense&name=Ada"),
    ("/class/vote", "number=1&round=1&option=0"),
    ("/class/hand", "up=1"),
    (
        "/class/reflection",
        "sheet=06-session-fixation&id=own-application",
    ),
    ("/class/leave", ""),
    ("/join", "name=Ada"),
    ("/open", "key=x"),
    ("/bench/link", "for=browser"),
    ("/bench/leave", ""),
    ("/custom/attack", ""),
    ("/custom/attack/stop", ""),
    ("/start-over", "what=loot"),
    ("/labs/name", "name=Ada"),
    ("/labs/progress", ""),
    ("/labs/06-session-fixation/answer", "id=why&answer=0"),
    ("/labs/06-session-fixation/hint", "id=id-fetched"),
    ("/labs/06-session-fixation/reset", ""),
    ("/labs/06-session-fixation/restore", ""),
    ("/labs/06-session-fixation/print", "key=x"),
    ("/attack/role-cookie-tampering", ""),
    ("/discard?variant=insecure", ""),
    ("/clock", "minutes=6"),
    ("/reset", ""),
    ("/fixation", ""),
    ("/plays/none-algorithm", ""),
    ("/attack/csrf-form/cancel", ""),
    ("/ids", ""),
    ("/stateless", ""),
    ("/matrix", ""),
    ("/matrix/stop", ""),
    ("/custom", "preset=hardened"),
    ("/compare", "action=sign-in"),
    ("/same-site", "action=skip&from=sibling"),
    (
        "/jwt",
        "action=issue&user=apiuser&portal=insecure&alg=HS256",
    ),
];

fn pages() -> Vec<String> {
    let fixed = [
        "/",
        "/glossary",
        "/not-taught",
        "/find?q=id",
        "/find/live?q=id",
        "/compare",
        "/compare/live",
        "/custom",
        "/custom?saved=1",
        "/defences",
        "/wire",
        "/wire/live",
        "/matrix",
        "/matrix?cell=fixation.rotation",
        "/matrix?group=tokens&text=none",
        "/matrix/live",
        "/matrix/table/live",
        "/plays",
        "/fixation",
        "/jwt",
        "/addresses",
        "/same-site",
        "/same-site?from=sibling",
        "/same-site/live",
        "/stateless",
        "/audit",
        "/audit/live",
        "/class",
        "/class/live",
        "/start-over",
        "/start-over?done=clock",
        "/evidence/insecure?events=all",
        "/custom/attack",
        "/custom/attack/live",
        "/labs",
        "/labs/manual",
        "/labs/progress.json",
        "/labs/06-session-fixation",
        "/labs/06-session-fixation/live",
        "/labs/06-session-fixation/print",
        "/labs/06-session-fixation/report",
        "/labs/06-session-fixation/report.md",
    ];
    let mut all: Vec<String> = fixed.map(str::to_owned).to_vec();
    all.extend(["/certificate", "/certificate.pem", "/healthz"].map(str::to_owned));
    for attack in ALL {
        all.push(format!("/attack/{}", attack.card().name));
        all.push(format!("/plays/{}", attack.card().name));
    }
    for variant in Variant::all() {
        all.push(format!("/evidence/{variant}"));
        all.push(format!("/evidence/{variant}/live"));
    }
    all.extend(
        Name::ALL
            .iter()
            .map(|name| format!("/defences/{}", name.slug())),
    );
    all
}

#[tokio::test]
async fn every_page_answers_with_the_strict_policy_and_sets_no_cookie() {
    let bench = bench();
    let mut student = bench.student();
    for page in pages() {
        let reply = student.get(&page).await;
        assert_eq!(reply.status, 200, "{page}");
        assert_eq!(reply.headers("content-security-policy"), [STRICT], "{page}");
        assert_eq!(reply.set_cookies(), [] as [&str; 0], "{page}");
        assert_eq!(
            reply.header("x-content-type-options"),
            Some("nosniff"),
            "{page}"
        );
        assert_eq!(
            reply.header("referrer-policy"),
            Some("same-origin"),
            "{page}"
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{page}");
        assert_eq!(reply.header("strict-transport-security"), None, "{page}");
        if reply.header("content-type") == Some("text/html; charset=utf-8") {
            let end = match page.as_str() {
                "/wire/live" => "</ol>\n",
                "/matrix/table/live" => "</section>\n",
                _ => "</html>\n",
            };
            assert!(reply.body.ends_with(end), "{page}: the whole page");
            for inline in ["<script>", " onclick=", " style=", "<style"] {
                assert!(
                    !reply.body.contains(inline),
                    "{page} holds {inline}, which cannot run"
                );
            }
        }
    }
    assert_eq!(
        bench.evidence("insecure").await["events"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn a_change_from_any_other_origin_is_refused_and_changes_nothing() {
    let bench = bench();
    let mut student = bench.student();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let http = lab().addresses.origin(Listener::PortalHttp);
    let https = lab().addresses.origin(Listener::PortalHttps);
    let own = lab().addresses.origin(Listener::Lab);
    let longer = format!("{own}.evil.example");
    for (path, body) in POSTS {
        for origin in [
            http.as_str(),
            &https,
            "null",
            "http://127.0.0.1:7070",
            &longer,
            "",
        ] {
            let headers = [form[0], ("origin", origin)];
            let reply = student.send("POST", path, &headers, body.into()).await;
            assert_eq!(reply.status, 403, "{path} from {origin:?}");
            assert!(
                reply.shown().contains(&own),
                "the page says from where: {}",
                reply.body
            );
        }
        assert_eq!(
            student.send("POST", path, &form, body.into()).await.status,
            403,
            "{path}"
        );
        let twice = [
            form[0],
            ("origin", own.as_str()),
            ("origin", https.as_str()),
        ];
        let reply = student.send("POST", path, &twice, body.into()).await;
        assert_eq!(reply.status, 403, "{path}: two origins are none");
    }
    let opened = bench.open().await;
    assert_eq!(opened.ahead().as_secs(), 0);
    assert_eq!(
        opened.custom(),
        session_lab::defences::policy::Policy::INSECURE
    );
    assert_eq!(
        bench.evidence("insecure").await["total"],
        0,
        "nobody was signed in"
    );
}

#[tokio::test]
async fn the_same_changes_from_the_pages_themselves_are_made() {
    let bench = bench();
    let mut student = bench.student();
    let own = lab().addresses.origin(Listener::Lab);
    for (path, body) in POSTS {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [form, ("origin", own.as_str())];
        let reply = student.send("POST", path, &headers, body.into()).await;
        let status = match path {
            // Only the bench of an attack can be thrown away.
            path if path.starts_with("/discard") => 404,
            // Nobody is asked for a key on their own computer, so none can be had.
            "/join" | "/open" | "/bench/link" | "/bench/leave" => 404,
            // A token must not be in an address, so the answer is the page itself.
            "/jwt" => 200,
            // A form without a file, an answer to no question, and no teacher's key.
            "/labs/progress" => 422,
            // No link to a class, a bench that is in none, and a reflection that no sheet has.
            "/class/join" | "/class/vote" | "/class/hand" => 422,
            "/class/reflection" => 400,
            path if path.ends_with("/answer") || path.ends_with("/print") => 422,
            _ => 303,
        };
        assert_eq!(reply.status, status, "{path}: {}", reply.body);
    }
    assert_eq!(
        bench.evidence("hardened").await["total"],
        1,
        "the comparison signed in"
    );
}

#[tokio::test]
async fn a_foreign_change_is_refused_however_large_its_body_is() {
    let bench = bench();
    let body = format!("minutes=6&other={}", "x".repeat(100_000));
    let length = format!("Content-Length: {}", body.len());
    for (path, _) in POSTS {
        let line = format!("POST /b/{}{path} HTTP/1.1", bench.name);
        for kind in [
            "application/x-www-form-urlencoded",
            "text/plain",
            "application/json",
        ] {
            let kind = format!("Content-Type: {kind}");
            let lines = [
                line.as_str(),
                "Host: {host}",
                "Origin: https://evil.localhost",
                &length,
                &kind,
            ];
            let answer = send_raw(Listener::Lab, &lines, &body).await;
            assert!(
                answer.starts_with("HTTP/1.1 403 "),
                "{path} {kind}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn other_methods_are_not_let_in_by_a_foreign_origin_either() {
    let mut student = bench().student();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let reply = student.send(method, "/clock", &[], String::new()).await;
        assert_eq!(reply.status, 403, "{method}");
    }
}

#[tokio::test]
async fn the_pages_outside_the_variants_are_as_strict_on_the_portal() {
    let mut visitor = crate::support::Client::new(Listener::PortalHttps, String::new());
    for page in ["/certificate", "/certificate.pem", "/healthz"] {
        let reply = visitor.get(page).await;
        assert_eq!(
            (reply.status, reply.headers("content-security-policy")),
            (200, vec![STRICT])
        );
        assert!(reply.set_cookies().is_empty(), "{page}");
    }
    let inspect = visitor.get("/inspect_headers").await;
    let line = "inspect_demo=1; Path=/; Max-Age=300; HttpOnly; SameSite=Lax";
    assert_eq!(inspect.set_cookies(), [line]);
    assert_eq!(inspect.headers("content-security-policy"), [STRICT]);
    let pem = visitor.get("/certificate.pem").await.body;
    assert!(
        pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"),
        "{pem}"
    );
}
