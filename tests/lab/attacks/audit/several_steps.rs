//! An application that asks for the name on one page and for the password on the next.

use std::collections::BTreeMap;

use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::report::AuditReport;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::{AuditError, AuditWire};
use session_lab::attacks::audit::{Audit, run};

use super::applications::accounts;
use super::small_app::{Asked, SmallApp, page};

/// What a session knows.
#[derive(Clone, Default)]
struct Known {
    name: Option<String>,
    signed_in: bool,
}

/// `checks_origin`: both steps refuse a form of another site.
fn application(checks_origin: bool) -> SmallApp {
    let mut sessions: BTreeMap<String, Known> = BTreeMap::new();
    let mut count = 0_u64;
    SmallApp::start(move |asked: &Asked| {
        let mut new_id = || {
            count += 1;
            let mixed = u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            format!("{:032x}", mixed ^ (mixed >> 61))
        };
        let sent = asked.cookie("sid").unwrap_or_default().to_owned();
        let known = sessions.get(&sent).cloned().unwrap_or_default();
        let goes_to = |id: &str, to: &str| {
            let set = format!("Set-Cookie: sid={id}; Path=/; HttpOnly; SameSite=Lax\r\n");
            page("303 See Other", &format!("{set}Location: {to}\r\n"), "")
        };
        if checks_origin && asked.method == "POST" && asked.head.contains("evil.example") {
            return page("403 Forbidden", "", "Not from there.");
        }
        match (&*asked.method, &*asked.path) {
            ("GET", "/") if known.signed_in => {
                let name = known.name.unwrap_or_default();
                page("200 OK", "", &format!("<h1>Hello {name}</h1>"))
            }
            ("GET", "/name") => page(
                "200 OK",
                "",
                "<form method=post action=/name><input name=name><button>Next</button></form>",
            ),
            ("POST", "/name") => {
                let id = new_id();
                let name = asked.field("name");
                sessions.insert(
                    id.clone(),
                    Known {
                        name,
                        signed_in: false,
                    },
                );
                goes_to(&id, "/secret")
            }
            ("GET", "/secret") if known.name.is_some() => page(
                "200 OK",
                "",
                "<form method=post action=/secret><input type=password name=secret></form>",
            ),
            ("POST", "/secret") => {
                let right = accounts().into_iter().any(|account| {
                    known.name.as_deref() == Some(&account.user)
                        && asked.field("secret").as_deref() == Some(&account.password)
                });
                if !right {
                    return page("401 Unauthorized", "", "Wrong name or password.");
                }
                sessions.remove(&sent);
                let id = new_id();
                sessions.insert(
                    id.clone(),
                    Known {
                        signed_in: true,
                        ..known
                    },
                );
                goes_to(&id, "/")
            }
            _ => page("303 See Other", "Location: /name\r\n", ""),
        }
    })
}

const STEPS: &str = r#"
[[sign-in-first]]
page = "/name"
path = "/name"
form = { name = "{user}" }
[sign-in]
page = "/secret"
path = "/secret"
form = { secret = "{password}" }
[signed-in]
page = "/"
text = "Hello {user}"
"#;

async fn begin(app: &SmallApp, steps: &str) -> Result<Audit, AuditError> {
    let url = app.url();
    let recipe = Recipe::read(&format!("base = \"{url}\"\nmine = true\n{steps}"));
    let target = AllowedTarget::resolve(&url).await.expect("this computer");
    let wire = AuditWire::new(target, None)?.without_pause();
    Audit::begin(wire, recipe.expect("a recipe"), accounts()).await
}

async fn audited(checks_origin: bool) -> AuditReport {
    let app = application(checks_origin);
    let audit = begin(&app, STEPS)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    run::run(&audit, |_| {}).await
}

fn verdict<'r>(report: &'r AuditReport, check: &str) -> &'r str {
    let found = report.findings.iter().find(|one| one.check == check);
    found.expect("a check of that name").verdict.word()
}

#[tokio::test]
async fn a_sign_in_of_two_steps_is_audited_as_one() {
    let report = audited(true).await;
    for check in ["rotation", "login-csrf", "login-errors"] {
        assert_eq!(verdict(&report, check), "holds", "{check}");
    }
    // Nothing slows a guess down, whichever step takes it.
    assert_eq!(verdict(&report, "throttle"), "flaw");
}

#[tokio::test]
async fn a_forged_sign_in_takes_every_step() {
    let report = audited(false).await;
    assert_eq!(verdict(&report, "login-csrf"), "flaw");
}

#[tokio::test]
async fn without_its_first_step_the_sign_in_does_not_work_and_that_is_said() {
    let app = application(true);
    let only_last = STEPS.split_once("[sign-in]").expect("two parts").1;
    let error = begin(&app, &format!("[sign-in]{only_last}")).await;
    let error = error.expect_err("no name was given").to_string();
    assert!(error.contains("[sign-in]"), "{error}");
}
