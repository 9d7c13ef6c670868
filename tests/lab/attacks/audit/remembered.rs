//! An application with a session and with a cookie that remembers the user: each of the two opens the page
//! alone.

use std::collections::BTreeMap;

use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::AuditWire;
use session_lab::attacks::audit::{Audit, run};

use super::applications::{accounts, audited, verdict};
use super::small_app::{Asked, SmallApp, page};

/// `forgets`: the sign-out also ends what the second cookie names.
fn application(forgets: bool) -> SmallApp {
    let mut users: BTreeMap<String, String> = BTreeMap::new();
    let mut count = 0_u64;
    SmallApp::start(move |asked: &Asked| {
        let mut new_id = || {
            count += 1;
            let mixed = u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            format!("{:032x}", mixed ^ (mixed >> 61))
        };
        let sent: Vec<String> = ["sid", "keep"]
            .iter()
            .filter_map(|name| asked.cookie(name).map(str::to_owned))
            .collect();
        let user = sent.iter().find_map(|id| users.get(id).cloned());
        match (&*asked.method, &*asked.path, user) {
            ("GET", "/", Some(user)) => {
                let text = format!("<h1>Hello {user}</h1><a href=/logout>Log out</a>");
                page("200 OK", "", &text)
            }
            ("GET", "/", None) => page("200 OK", "", "<a href=/login>Log in</a>"),
            // A stranger has an id as well.
            ("GET", "/login", _) => page(
                "200 OK",
                &match asked.cookie("sid") {
                    Some(_) => String::new(),
                    None => format!(
                        "Set-Cookie: sid={}; Path=/; HttpOnly; SameSite=Lax\r\n",
                        new_id()
                    ),
                },
                "<form method=post action=/login><input name=user><input type=password name=secret></form>",
            ),
            ("POST", "/login", _) => {
                let right = accounts().into_iter().find(|account| {
                    asked.field("user").as_deref() == Some(&account.user)
                        && asked.field("secret").as_deref() == Some(&account.password)
                });
                let Some(account) = right else {
                    return page("401 Unauthorized", "", "Wrong name or password.");
                };
                let (sid, keep) = (new_id(), new_id());
                users.insert(sid.clone(), account.user.clone());
                users.insert(keep.clone(), account.user);
                let lines = format!(
                    "Set-Cookie: sid={sid}; Path=/; HttpOnly; SameSite=Lax\r\n\
                     Set-Cookie: keep={keep}; Path=/; SameSite=Lax; Max-Age=31536000\r\nLocation: /\r\n"
                );
                page("303 See Other", &lines, "")
            }
            ("GET", "/logout", _) => {
                if let Some(sid) = asked.cookie("sid") {
                    users.remove(sid);
                }
                if let Some(keep) = asked.cookie("keep").filter(|_| forgets) {
                    users.remove(keep);
                }
                let lines = "Set-Cookie: sid=; Path=/; Max-Age=0\r\n\
                             Set-Cookie: keep=; Path=/; Max-Age=0\r\nLocation: /\r\n";
                page("303 See Other", lines, "")
            }
            _ => page("404 Not Found", "", "Nothing here."),
        }
    })
}

#[tokio::test]
async fn both_cookies_make_the_session_and_neither_is_taken_for_the_other() {
    let report = audited(&application(true)).await;
    for (check, word) in [
        // The second cookie has no HttpOnly, and is kept for a year.
        ("http-only", "note"),
        ("persistence", "flaw"),
        ("same-site", "holds"),
        ("carrier", "not found"),
        ("rotation", "holds"),
        ("sign-out", "holds"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
}

#[tokio::test]
async fn a_sign_out_that_only_ends_one_of_the_two_is_a_flaw() {
    let report = audited(&application(false)).await;
    assert_eq!(verdict(&report, "sign-out"), "flaw", "{report:#?}");
}

#[tokio::test]
async fn with_one_account_the_cookie_of_the_user_is_not_taken_for_one_of_the_attacker() {
    let app = application(true);
    let target = AllowedTarget::resolve(&app.url())
        .await
        .expect("this computer");
    let wire = AuditWire::new(target, None).expect("TLS").without_pause();
    let alone = accounts().into_iter().take(1).collect();
    let audit = Audit::begin(wire, Recipe::of_address(&app.url()), alone).await;
    let report = run::run(&audit.expect("an audit"), |_| {}).await;
    assert_eq!(verdict(&report, "rotation"), "holds", "{report:#?}");
}
