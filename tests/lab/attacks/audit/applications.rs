//! Applications that are not the lab's: the sign-in is found, and the mistakes of each are named.

use std::collections::BTreeMap;

use session_lab::attacks::audit::plan::AuditAccount;
use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::{AuditError, AuditWire};
use session_lab::attacks::audit::{Audit, run};

use session_lab::attacks::demo_accounts::{VICTIM, demo_password};
use session_lab::attacks::matrix::throw_away_name;
use session_lab::base::addresses::Listener;

use super::small_app::{Asked, SmallApp, page};
use crate::support::lab;

pub fn accounts() -> Vec<AuditAccount> {
    let account = |user: &str, password: &str| AuditAccount {
        user: user.to_owned(),
        password: password.to_owned(),
        shown_as: user.to_owned(),
    };
    vec![
        account("carol@app.test", "correct horse"),
        account("dave@app.test", "battery staple"),
    ]
}

pub async fn begin(url: &str) -> Result<Audit, AuditError> {
    let target = AllowedTarget::resolve(url).await.expect("this computer");
    let wire = AuditWire::new(target, None)?.without_pause();
    Audit::begin(wire, Recipe::of_address(url), accounts()).await
}

pub async fn audited(app: &SmallApp) -> AuditReport {
    let audit = begin(&app.url())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    run::run(&audit, |_| {}).await
}

pub fn verdict<'r>(report: &'r AuditReport, check: &str) -> &'r str {
    let found = report.findings.iter().find(|one| one.check == check);
    found.expect("a check of that name").verdict.word()
}

/// Which mistakes the application makes.
#[derive(Clone, Copy, Default)]
struct Mistakes {
    keeps_the_id: bool,
    stays_open: bool,
    redirects_anywhere: bool,
}

/// An application with a link to its sign-in, a form with a token, and sessions on the server.
fn application(mistakes: Mistakes) -> SmallApp {
    let mut sessions: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut count = 0_u64;
    SmallApp::start(move |asked: &Asked| {
        let mut new_id = || {
            count += 1;
            // Not to be predicted from the one before.
            let mixed = u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            format!("{:032x}", mixed ^ (mixed >> 61))
        };
        let sent = asked.cookie("sid").map(str::to_owned);
        let known = sent.clone().filter(|id| sessions.contains_key(id));
        let user = known.as_ref().and_then(|id| sessions[id].clone());
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let set = |id: &str| format!("Set-Cookie: sid={id}; Path=/; HttpOnly; SameSite=Lax\r\n");
        match (&*asked.method, path, user) {
            ("GET", "/", Some(user)) => page(
                "200 OK",
                "Cache-Control: no-store\r\nX-Frame-Options: DENY\r\n",
                &format!("<h1>Hello {user}</h1><a href=/leave>Sign out</a>"),
            ),
            ("GET", "/", None) => page("200 OK", "", "<a href='/enter?next=/'>Log in</a>"),
            ("GET", "/enter", _) => {
                let (id, line) = match known {
                    Some(id) => (id, String::new()),
                    None => {
                        let id = new_id();
                        sessions.insert(id.clone(), None);
                        (id.clone(), set(&id))
                    }
                };
                let form = format!(
                    "<form method=post action=/enter><input type=hidden name=token value={id}{id}>\
                     <input type=hidden name=next value=/><input type=email name=mail>\
                     <input type=password name=secret><button>Go</button></form>"
                );
                page("200 OK", &line, &form)
            }
            ("POST", "/enter", _) => {
                let right = super::applications::accounts().into_iter().find(|account| {
                    asked.field("mail").as_deref() == Some(&account.user)
                        && asked.field("secret").as_deref() == Some(&account.password)
                });
                let token = known.as_ref().map(|id| format!("{id}{id}"));
                let (Some(account), Some(old)) = (right, known) else {
                    return page("401 Unauthorized", "", "Wrong name or password.");
                };
                if asked.field("token") != token {
                    return page("403 Forbidden", "", "No token.");
                }
                let id = if mistakes.keeps_the_id {
                    old
                } else {
                    sessions.remove(&old);
                    new_id()
                };
                sessions.insert(id.clone(), Some(account.user));
                let next = asked.field("next").filter(|_| mistakes.redirects_anywhere);
                let next = next.unwrap_or_else(|| "/".into());
                page(
                    "303 See Other",
                    &format!("{}Location: {next}\r\n", set(&id)),
                    "",
                )
            }
            ("GET", "/leave", _) => {
                if !mistakes.stays_open
                    && let Some(id) = known
                {
                    sessions.remove(&id);
                }
                page(
                    "303 See Other",
                    "Set-Cookie: sid=; Path=/; Max-Age=0\r\nLocation: /\r\n",
                    "",
                )
            }
            _ => {
                let _ = query;
                page("404 Not Found", "", "Nothing here.")
            }
        }
    })
}

#[tokio::test]
async fn a_sign_in_behind_a_link_is_found_and_a_sound_application_has_no_flaw() {
    let app = application(Mistakes::default());
    let report = audited(&app).await;
    let found = report.found.join(" ");
    for part in ["the form at /enter", "\"{user}\"", "the link to /leave"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    for (check, word) in [
        ("rotation", "holds"),
        ("adoption", "holds"),
        ("sign-out", "holds"),
        ("http-only", "holds"),
        ("same-site", "holds"),
        ("no-store", "holds"),
        ("framing", "holds"),
        ("login-errors", "holds"),
        ("open-redirect", "not found"),
        ("login-csrf", "holds"),
        ("carrier", "not found"),
        ("id-source", "not found"),
        ("secure", "note"),
        ("host-prefix", "note"),
        // It takes ten wrong passwords in a row.
        ("throttle", "flaw"),
        ("csrf-token", "not tried"),
        ("jwt-none", "not tried"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
    let flaws: Vec<_> = report.findings.iter().filter(|one| one.is_flaw()).collect();
    assert_eq!(flaws.len(), 1, "{flaws:#?}");
    let shown = serde_json::to_string(&report).expect("JSON");
    assert!(
        !shown.contains("horse") && !shown.contains("battery"),
        "{shown}"
    );
}

#[tokio::test]
async fn each_mistake_of_an_application_is_named_alone() {
    for (mistakes, check) in [
        (
            Mistakes {
                keeps_the_id: true,
                ..Mistakes::default()
            },
            "rotation",
        ),
        (
            Mistakes {
                stays_open: true,
                ..Mistakes::default()
            },
            "sign-out",
        ),
        (
            Mistakes {
                redirects_anywhere: true,
                ..Mistakes::default()
            },
            "open-redirect",
        ),
    ] {
        let app = application(mistakes);
        let report = audited(&app).await;
        let flaws = report
            .findings
            .iter()
            .filter(|one| one.is_flaw() && one.check != "throttle");
        let flaws: Vec<_> = flaws.map(|one| one.check).collect();
        assert_eq!(flaws, [check]);
    }
}

#[tokio::test]
async fn the_hardened_portal_is_audited_without_a_recipe_although_nobody_signed_its_certificate() {
    let bench = throw_away_name();
    let origin = lab().addresses.origin(Listener::PortalHttps);
    let url = format!("{origin}{}/hardened", bench.prefix());
    let target = AllowedTarget::resolve(&url).await.expect("this computer");
    let wire = AuditWire::new(target, None).expect("TLS").without_pause();
    let account = AuditAccount {
        user: VICTIM.to_owned(),
        password: demo_password(VICTIM).to_owned(),
        shown_as: VICTIM.to_owned(),
    };
    let audit = Audit::begin(wire, Recipe::of_address(&url), vec![account]).await;
    let audit = audit.unwrap_or_else(|error| panic!("{error}"));
    let shown = audit.shown(&audit.seen.home, &[]);
    assert!(shown.curl.starts_with("curl -k -i "), "{}", shown.curl);
    let report = run::run(&audit, |_| {}).await;
    lab().benches.discard(&bench).await.expect("it was used");
    assert!(report.certificate_unchecked);
    let bad: Vec<_> = report
        .findings
        .iter()
        .filter(|one| one.is_flaw() || one.is_note())
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    for (check, word) in [
        ("sign-out", "holds"),
        ("rotation", "holds"),
        ("login-csrf", "holds"),
        ("throttle", "holds"),
        ("csrf-token", "not tried"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
}
