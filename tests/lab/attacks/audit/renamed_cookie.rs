//! Applications whose session cookie has another name at each sign-in, or another value in each answer.

use std::collections::BTreeMap;

use super::applications::{accounts, audited, verdict};
use super::small_app::{Asked, SmallApp, page};

/// What changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    Name,
    Value,
}

/// Every answer to a user gives the session another cookie and takes the old one back.
fn application(changes: Changes) -> SmallApp {
    let mut sessions: BTreeMap<String, String> = BTreeMap::new();
    let mut count = 0_u64;
    SmallApp::start(move |asked: &Asked| {
        count += 1;
        let mixed = u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let id = format!("{:032x}", mixed ^ (mixed >> 61));
        let cookies = asked
            .head
            .lines()
            .find_map(|line| line.strip_prefix("Cookie: "));
        let cookies = cookies.unwrap_or_default().split("; ");
        let sent = cookies.filter_map(|pair| pair.split_once('='));
        let known = sent.into_iter().find(|(_, id)| sessions.contains_key(*id));
        let known = known.map(|(name, id)| (name.to_owned(), id.to_owned()));
        let name = match changes {
            Changes::Name => format!("s{count}"),
            Changes::Value => "sid".to_owned(),
        };
        let set = format!("Set-Cookie: {name}={id}; Path=/; HttpOnly\r\n");
        let taken = known.as_ref().filter(|(old, _)| *old != name);
        let taken = taken.map_or_else(String::new, |(old, _)| {
            format!("Set-Cookie: {old}=; Path=/; Max-Age=0\r\n")
        });
        match (&*asked.method, &*asked.path, known) {
            ("GET", "/", Some((_, old))) => {
                let user = sessions.remove(&old).unwrap_or_default();
                let text = format!("<h1>Hello {user}</h1><a href=/logout>Log out</a>");
                sessions.insert(id, user);
                page("200 OK", &format!("{set}{taken}"), &text)
            }
            ("GET", "/logout", Some((_, old))) => {
                sessions.remove(&old);
                page("303 See Other", "Location: /\r\n", "")
            }
            ("GET", "/", None) => page("200 OK", "", "<a href=/login>Log in</a>"),
            ("GET", "/login", _) => page(
                "200 OK",
                "",
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
                sessions.insert(id, account.user);
                page("303 See Other", &format!("{set}Location: /\r\n"), "")
            }
            _ => page("404 Not Found", "", "Nothing here."),
        }
    })
}

#[tokio::test]
async fn a_cookie_of_another_name_each_time_is_not_said_to_be_renewed() {
    let report = audited(&application(Changes::Name)).await;
    for check in [
        "rotation",
        "adoption",
        "carrier",
        "id-source",
        "duplicate-cookies",
    ] {
        let found = report.findings.iter().find(|one| one.check == check);
        let found = found.expect("a check of that name");
        assert_eq!(
            found.verdict.word(),
            "cannot tell",
            "{check}: {}",
            found.says
        );
        assert!(found.says.contains("another name"), "{}", found.says);
    }
    // What the lines and the jar show does not depend on the name.
    for (check, word) in [
        ("http-only", "holds"),
        ("same-site", "note"),
        ("sign-out", "holds"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
}

#[tokio::test]
async fn a_cookie_with_another_value_in_each_answer_makes_the_session_alone() {
    let report = audited(&application(Changes::Value)).await;
    for (check, word) in [
        ("http-only", "holds"),
        ("rotation", "holds"),
        ("id-source", "not found"),
        ("sign-out", "holds"),
        ("sign-out-by-link", "note"),
    ] {
        assert_eq!(verdict(&report, check), word, "{check}: {report:#?}");
    }
}
