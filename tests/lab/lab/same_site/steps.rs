//! The steps of the walk: the cookies that are set before it, and the hosts from which they are made.

use session_lab::same_site::{Initiator, WalkStep, Way};

use super::{at_portal, live};
use crate::support::{bench, lab};

#[tokio::test]
async fn five_cookies_are_set_that_differ_in_same_site_only_and_are_new_each_time() {
    let bench = bench();
    let mut values = Vec::new();
    for _ in 0..2 {
        let reply = at_portal(&bench).get("/same-site/set?step=13&once=1").await;
        let there = WalkStep::parse(13).expect("a step");
        let there = there.address(&lab().addresses, &bench.name, true);
        assert_eq!(reply.header("location"), Some(&*there));
        assert!(there.starts_with("http://127.0.0.1:"), "{there}");
        let lines = reply.set_cookies();
        let (name, value) = lines[0].split(';').next().unwrap().split_once('=').unwrap();
        assert_eq!(name, format!("samesite_absent_{}", bench.name));
        values.push(value.to_owned());
        let common = format!(
            "{value}; Path={}/same-site; Max-Age=1800; HttpOnly",
            bench.name.prefix()
        );
        let line = |kind, rest| format!("samesite_{kind}_{}={common}{rest}", bench.name);
        let expected = [
            line("absent", ""),
            line("none_insecure", "; SameSite=None"),
            line("none", "; SameSite=None; Secure"),
            line("lax", "; SameSite=Lax"),
            line("strict", "; SameSite=Strict"),
        ];
        assert_eq!(lines, expected);
    }
    assert_ne!(
        values[0], values[1],
        "the same value would be as old as before"
    );

    let reply = at_portal(&bench).get("/same-site/clean").await;
    assert_eq!(reply.status, 303);
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.contains("Max-Age=0")));
    let late = &live(&bench, Initiator::CrossSite).await["late"];
    assert_eq!(late["state"], "unset");
}

#[tokio::test]
async fn a_step_is_made_from_its_own_host() {
    let bench = bench();
    let addresses = &lab().addresses;
    for (from, own) in [
        (Initiator::SameOrigin, at_portal(&bench)),
        (Initiator::Sibling, bench.victim_at_sibling()),
        (Initiator::CrossSite, bench.victim()),
    ] {
        let step = WalkStep::of(from, Way::Iframe).expect("a step");
        let path = format!("/same-site/from?step={}", step.number());
        let page = own.clone().get(&path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(
            page.body
                .contains(&format!("<code>{}</code>", from.fetch_site()))
        );
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(
            policy.contains("script-src 'self'; style-src 'self'"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let portal = at_portal(&bench).origin();
        assert!(policy.contains(&format!("frame-src {portal}")), "{policy}");
        for other in [at_portal(&bench), bench.victim_at_sibling(), bench.victim()] {
            if other.origin() == own.origin() {
                continue;
            }
            let reply = other.clone().get(&path).await;
            let right = step.address(addresses, &bench.name, false);
            assert_eq!(
                (reply.status, reply.header("location")),
                (303, Some(&*right))
            );
        }
        let step = WalkStep::of(from, Way::Redirect).expect("a step").number();
        let path = format!("/same-site/redirect?step={step}");
        let reply = own.clone().get(&path).await;
        let to = format!("{portal}{}/same-site/arrive?", bench.name.prefix());
        let location = reply.header("location").expect("a place");
        assert!(
            reply.status == 303 && location.starts_with(&to),
            "{location}"
        );
    }
}
