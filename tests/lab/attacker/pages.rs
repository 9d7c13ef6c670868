//! Every attack page: it is there, aims at the variant that was chosen, names what stops it, and shows
//! nothing of a hostile address as markup.

use session_lab::attacker::{AttackerRole, TRICKS};
use session_lab::base::addresses::Listener;

use crate::support::{TestBench, bench, curl, lab};

const HOSTILE: &str = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";

async fn page(bench: &TestBench, role: AttackerRole, path: &str) -> crate::support::Reply {
    let mut visitor = match role {
        AttackerRole::Attacker => bench.victim(),
        AttackerRole::Sibling => bench.victim_at_sibling(),
    };
    visitor.get(path).await
}

#[tokio::test]
async fn every_trick_has_a_page_that_aims_at_the_portal_and_links_what_stops_it() {
    let bench = bench();
    let prefix = bench.name.prefix();
    let lab_origin = lab().addresses.origin(Listener::Lab);
    for trick in TRICKS {
        for variant in ["insecure", "only-same-site"] {
            let path = format!("{}?variant={variant}", trick.path);
            let reply = page(&bench, trick.role, &path).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            let host = match trick.role {
                AttackerRole::Attacker => "localhost",
                AttackerRole::Sibling => "portal.localhost",
            };
            let portal = lab().addresses.origin_as(Listener::PortalHttp, host);
            let aims_at = format!("{portal}{prefix}/{variant}/");
            assert!(reply.body.contains(&aims_at), "{path}: {}", reply.body);
            assert!(!trick.stopped_by.is_empty(), "{path}");
            for (name, _) in trick.stopped_by {
                let link = format!("{lab_origin}{prefix}/defences/{}\"", name.slug());
                assert!(reply.body.contains(&link), "{path}: {link}");
                let there = bench
                    .student()
                    .get(&format!("/defences/{}", name.slug()))
                    .await;
                assert_eq!(there.status, 200, "{link}");
            }
        }
    }
}

#[tokio::test]
async fn every_page_says_that_it_is_the_attackers() {
    let bench = bench();
    for trick in TRICKS {
        let reply = page(&bench, trick.role, trick.path).await;
        assert!(
            reply.body.contains("<body class=\"attacker\">"),
            "{}",
            trick.path
        );
        let band = reply.body.split("evil-band").nth(1).unwrap_or_default();
        let band = band.split("</b>").next().unwrap_or_default();
        assert!(band.contains("Attacker"), "{}", trick.path);
    }
}

#[tokio::test]
async fn a_hostile_address_is_shown_as_text() {
    let bench = bench();
    for trick in TRICKS {
        let unknown = format!("{}?variant={HOSTILE}", trick.path);
        let reply = page(&bench, trick.role, &unknown).await;
        assert_eq!(reply.status, 404, "{unknown}");
        assert!(
            reply.body.contains("&lt;script&gt;alert(1)"),
            "{}",
            reply.body
        );
        assert!(!reply.body.contains("<script>alert"), "{}", reply.body);

        let more = format!("{}?go={HOSTILE}&x={HOSTILE}", trick.path);
        let reply = page(&bench, trick.role, &more).await;
        assert_eq!(reply.status, 200, "{more}");
        assert!(!reply.body.contains("<script>alert"), "{}", reply.body);
    }
    let nowhere = format!("/{HOSTILE}");
    let reply = page(&bench, AttackerRole::Attacker, &nowhere).await;
    assert_eq!(reply.status, 404);
    assert!(!reply.body.contains("<script>alert"), "{}", reply.body);
}

#[tokio::test]
async fn the_pages_run_their_own_scripts_only_and_fetch_nothing_from_elsewhere() {
    let bench = bench();
    for trick in TRICKS {
        let reply = page(&bench, trick.role, trick.path).await;
        let policy = reply.header("content-security-policy").expect(trick.path);
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        let portal = lab().addresses.origin(Listener::PortalHttp);
        let forms = policy.split(';').find(|d| d.contains("form-action"));
        assert!(forms.is_some_and(|d| d.contains(&portal)), "{policy}");
        for tag in reply.body.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let own = tag.starts_with("iframe") || !tag.contains("src=\"http");
            assert!(own, "{}: <{tag}", trick.path);
            assert!(!tag.contains("style=") && !tag.contains(" on"), "<{tag}");
        }
    }
}

#[tokio::test]
async fn the_forged_form_knows_how_old_the_cookie_is_and_when_it_is_too_old() {
    let bench = bench();
    let jar = tempfile::NamedTempFile::new().expect("a jar");
    let jar = jar.path().to_str().expect("a path");
    let url = format!(
        "{}{}/insecure/login",
        bench.visitor_in_clear("insecure").origin(),
        bench.name.prefix()
    );
    let form = "username=student123&password=password123";
    let browser = ["-A", "Mozilla/5.0", "-c", jar, "-b", jar, "-d", form, &url];
    let path = "/csrf-form?variant=insecure";
    let before = bench.victim().get(path).await.body;
    assert!(
        !before.contains("Your session cookie"),
        "nobody has signed in"
    );

    curl(&browser);
    let fresh = bench.victim().get(path).await.body;
    assert!(fresh.contains("Chromium still sends it"), "{fresh}");

    bench.wait_minutes(2).await;
    let old = bench.victim().get(path).await.body;
    assert!(old.contains("Chromium holds it back by now"), "{old}");

    // Without rotation another sign-in keeps the value, and with it the age.
    curl(&browser);
    let same = bench.victim().get(path).await.body;
    assert!(same.contains("Chromium holds it back by now"), "{same}");
}
