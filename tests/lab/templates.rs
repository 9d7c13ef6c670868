//! Every template of a page renders, and the list of those that were tried is the folder's own.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use session_lab::base::addresses::Listener;

use crate::support::{Client, Reply, bench, send_raw};

/// The pages of one's own bench in a class.
pub const OF_A_CLASS: [&str; 6] = [
    "bench_refused.html",
    "lab/bench_link.html",
    "lab/bench_made.html",
    "lab/join.html",
    "lab/open_bench.html",
    "lab/own_bench.html",
];

/// The templates under `templates/pages`, by their path in it.
fn templates() -> BTreeSet<String> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/pages");
    let mut found = BTreeSet::new();
    let mut open = vec![pages.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&pages).expect("inside").display();
                let name = name.to_string();
                // Those of the desk are rendered by `classroom::desk::teacher`, those of a class by
                // `app::owners`.
                let is_elsewhere = name.starts_with("desk/") || OF_A_CLASS.contains(&&*name);
                if !is_elsewhere {
                    found.insert(name);
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn every_page_renders_whole_with_a_word_that_only_it_has() {
    let bench = bench();
    let mut lab = bench.student();
    let mut portal = bench.visitor("hardened");
    let mut outside = Client::new(Listener::PortalHttps, String::new());
    let mut strong = bench.visitor("insecure");
    strong.sign_in().await;
    let refused = bench.visitor("hardened").post_form("/login", &[]).await;
    let mut rendered: Vec<(&str, &str, Reply)> = vec![
        (
            "lab/home.html",
            "See what a session is worth.",
            lab.get("/").await,
        ),
        ("lab/compare.html", "Compare", lab.get("/compare").await),
        ("lab/custom.html", "Own mix", lab.get("/custom").await),
        (
            "lab/custom_attack.html",
            "Attacks on your own mix",
            lab.get("/custom/attack").await,
        ),
        (
            "lab/audit.html",
            "Your own application",
            lab.get("/audit").await,
        ),
        (
            "lab/class.html",
            "What is never sent",
            lab.get("/class").await,
        ),
        (
            "lab/start_over.html",
            "Start over",
            lab.get("/start-over").await,
        ),
        ("lab/worksheets.html", "Worksheets", lab.get("/labs").await),
        (
            "lab/worksheet.html",
            "06 Session fixation",
            lab.get("/labs/06-session-fixation").await,
        ),
        (
            "lab/worksheet_unknown.html",
            "There is no such worksheet",
            lab.get("/labs/99").await,
        ),
        (
            "lab/worksheet_print.html",
            "Session fixation",
            lab.get("/labs/06-session-fixation/print").await,
        ),
        (
            "lab/worksheet_report.html",
            "Report: 06 Session fixation",
            lab.get("/labs/06-session-fixation/report").await,
        ),
        (
            "lab/worksheets_manual.html",
            "For teachers",
            lab.get("/labs/manual").await,
        ),
        ("lab/pictures.html", "Pictures", lab.get("/pictures").await),
        (
            "lab/picture.html",
            "the hardened portal",
            lab.get("/pictures/cookies-hardened").await,
        ),
        (
            "lab/evidence.html",
            "Evidence",
            lab.get("/evidence/hardened").await,
        ),
        (
            "lab/session_files.html",
            "Session files",
            lab.get("/session-files").await,
        ),
        (
            "lab/redis_keys.html",
            "Keys in Redis",
            lab.get("/redis-keys").await,
        ),
        ("lab/names.html", "Check all names", lab.get("/names").await),
        ("lab/wire.html", "Wire", lab.get("/wire").await),
        (
            "lab/wire_exchange.html",
            "Its way through the defences",
            lab.get("/wire/1").await,
        ),
        ("lab/defences.html", "Defences", lab.get("/defences").await),
        ("lab/glossary.html", "Glossary", lab.get("/glossary").await),
        (
            "lab/not_taught.html",
            "Around the sign-in",
            lab.get("/not-taught").await,
        ),
        ("lab/find.html", "Find", lab.get("/find").await),
        (
            "lab/defence.html",
            "What it does not stop",
            lab.get("/defences/rotation").await,
        ),
        (
            "lab/play.html",
            "Session fixation by an anonymous id",
            lab.get("/fixation").await,
        ),
        ("lab/plays.html", "Plays", lab.get("/plays").await),
        (
            "lab/stateless.html",
            "Sessions and tokens",
            lab.get("/stateless").await,
        ),
        ("lab/ids.html", "Session ids", lab.get("/ids").await),
        ("lab/jwt.html", "Token workbench", lab.get("/jwt").await),
        (
            "lab/same_site.html",
            "SameSite table",
            lab.get("/same-site").await,
        ),
        (
            "same_site.html",
            "From another site",
            bench.victim().get("/same-site/from?step=10").await,
        ),
        ("lab/matrix.html", "Attacks", lab.get("/matrix").await),
        (
            "lab/attack.html",
            "Session fixation by an anonymous id",
            lab.get("/attack/fixation").await,
        ),
        ("lab/coverage.html", "Coverage", lab.get("/coverage").await),
        (
            "lab/correction.html",
            "The clock was not moved",
            lab.post_form("/clock", &[]).await,
        ),
        (
            "lab/forbidden.html",
            " Refused",
            lab.send("POST", "/clock", &[], String::new()).await,
        ),
        (
            "broken.html",
            "The clock was not moved",
            lab.post_form("/clock", &[]).await,
        ),
        (
            "not_found.html",
            "This page does not exist",
            lab.get("/nothing").await,
        ),
        (
            "unknown_variant.html",
            "There is no variant",
            lab.get("/evidence/x").await,
        ),
        (
            "certificate.html",
            "Certificate",
            outside.get("/certificate").await,
        ),
        (
            "inspect.html",
            "Headers",
            outside.get("/inspect_headers").await,
        ),
        (
            "portal/home.html",
            "Hello! Please login",
            portal.get("/").await,
        ),
        ("portal/login.html", "Sign in", portal.get("/login").await),
        ("portal/refused.html", "The request was refused", refused),
        ("lab/cafe.html", "Café", lab.get("/cafe").await),
    ];
    let (mut evil, mut sibling) = (bench.victim(), bench.victim_at_sibling());
    for (template, word, reply) in [
        ("attacker/start.html", "Attacker", evil.get("/").await),
        ("attacker/loot.html", "Loot", evil.get("/loot").await),
        (
            "attacker/csrf_form.html",
            "A forged form",
            evil.get("/csrf-form").await,
        ),
        (
            "attacker/csrf_link.html",
            "A link that transfers",
            evil.get("/csrf-link").await,
        ),
        (
            "attacker/login_csrf.html",
            "A sign-in to the",
            evil.get("/login-csrf").await,
        ),
        (
            "attacker/xss.html",
            "Scripts for the notice board",
            evil.get("/xss").await,
        ),
        (
            "attacker/frame.html",
            "The portal in a foreign frame",
            evil.get("/frame").await,
        ),
        (
            "attacker/partner.html",
            "A partner that reads the Referer",
            evil.get("/partner").await,
        ),
        (
            "attacker/shared_computer.html",
            "The next one presses Back",
            evil.get("/back").await,
        ),
        (
            "attacker/overflow.html",
            "A jar that overflows",
            sibling.get("/overflow").await,
        ),
        (
            "attacker/tossing.html",
            "A tossed cookie",
            sibling.get("/tossing").await,
        ),
        (
            "attacker/cors.html",
            "Reading the portal",
            sibling.get("/cors").await,
        ),
        (
            "attacker/fixation.html",
            "A planted session id",
            sibling.get("/fixation").await,
        ),
    ] {
        assert_eq!(reply.status, 200, "{template}");
        rendered.push((template, word, reply));
    }
    portal.sign_in().await;
    portal.submit("/board", &[("text", "a notice")]).await;
    portal
        .submit_json("/cookies", &json!({"cookie": "a=1"}))
        .await;
    for (template, word) in [
        ("portal/dashboard.html", "Welcome to the Dashboard"),
        ("portal/board.html", "Notice board"),
        ("portal/password.html", "Change your password"),
        ("portal/sessions.html", "Your sessions"),
        ("portal/cookies.html", "What a script on this page sees"),
        ("portal/jwt.html", "Signing in with a token"),
    ] {
        let path = template
            .trim_start_matches("portal")
            .trim_end_matches(".html");
        rendered.push((template, word, portal.get(path).await));
    }
    let bye = portal.submit("/logout", &[]).await;
    rendered.push(("portal/logged_out.html", "Logged out.", bye));

    // The frame that the pages of all tricks extend, the page that is looked at here, and a part of
    // a page that lab_pages::wire looks at.
    let mut seen = BTreeSet::from([
        "lab/wire_rows.html".to_owned(),
        "attacker/trick.html".to_owned(),
        "misdirected.html".to_owned(),
    ]);
    let host = send_raw(Listener::Lab, &["GET / HTTP/1.1", "Host: x.example"], "").await;
    assert!(
        host.contains("This server does not answer to that name"),
        "{host}"
    );
    for (template, word, reply) in rendered {
        let whole = reply.body.starts_with("<!doctype html>") && reply.body.ends_with("</html>\n");
        assert!(whole, "{template}: {}", reply.body);
        assert!(
            reply.heading().contains(word) || reply.body.contains(&format!(">{word}<")),
            "{template}: {}",
            reply.body
        );
        assert!(
            !reply.body.contains("{{") && !reply.body.contains("{%"),
            "{template}"
        );
        seen.insert(template.to_owned());
    }
    assert_eq!(seen, templates());
}
