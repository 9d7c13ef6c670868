//! Every page as a browser shows it: no complaint on the console, no request that fails, nothing
//! that sticks out, jumps or needs a mouse, nothing for axe to find, and a picture of it to look at.

use session_lab::attacker::{AttackerRole, TRICKS};
use session_lab::base::addresses::Listener::{Attacker, Lab, PortalHttp, PortalHttps};
use session_lab::defences::policy::Name;

use super::accessibility::{
    nothing_has_jumped, padlocks_mean_weak_and_strong, tab_reaches_everything,
};
use super::screenshots::{fits, photograph};
use super::tab::Tab;
use crate::support::lab;

/// Whether the page has asked for news, if it is one that does.
const HAS_ASKED: &str = "!document.querySelector('[data-live]') || performance
    .getEntriesByType('resource').some((entry) => /\\/(live|count|arrived)/.test(entry.name))
    || document.querySelector('[data-running=false]')";

/// The page where the tab is works, and its pictures are taken.
async fn works(tab: &mut Tab, name: &str) {
    tab.until(HAS_ASKED).await;
    assert_eq!(tab.status().await, 200, "{name}");
    assert_eq!(tab.complaints().await, [""; 0], "{name}");
    nothing_has_jumped(tab, name).await;
    padlocks_mean_weak_and_strong(tab, name).await;
    tab_reaches_everything(tab, name).await;
    photograph(tab, name).await;
    assert_eq!(tab.complaints().await, [""; 0], "{name}");
}

/// The page where the tab is says what is wrong; but for that, it works.
async fn refuses(tab: &mut Tab, name: &str, status: u16) {
    assert_eq!(tab.status().await, status, "{name}");
    let location = tab.location().await;
    let own = |line: &String| line.ends_with(&location) && line.contains(&status.to_string());
    let mut complaints = tab.complaints().await;
    complaints.retain(|line| !own(line));
    assert_eq!(complaints, [""; 0], "{name}");
    photograph(tab, name).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_labs_own_pages() {
    let mut tab = Tab::open().await;
    tab.visit(&tab.on_lab("/compare")).await;
    works(&mut tab, "lab-compare-empty").await;
    for action in ["sign-in", "sign-out", "replay"] {
        tab.follow(&format!("button[value={action}]")).await;
    }
    works(&mut tab, "lab-compare").await;
    for (path, name) in [
        ("/", "lab-home"),
        ("/evidence/insecure", "lab-evidence-insecure"),
        ("/evidence/hardened", "lab-evidence-hardened"),
        ("/wire", "lab-wire"),
        ("/wire?variant=only-csp", "lab-wire-nothing"),
        ("/wire/4", "lab-wire-exchange"),
        ("/custom", "lab-custom"),
        ("/custom?saved=1", "lab-custom-saved"),
        ("/defences", "lab-defences"),
        ("/defences/rotation", "lab-defence"),
        ("/cafe", "lab-cafe"),
        ("/matrix", "lab-matrix"),
        ("/matrix?cell=fixation.rotation", "lab-matrix-cell"),
        ("/matrix?group=tokens", "lab-matrix-group"),
        ("/start-over", "lab-start-over"),
        ("/start-over?done=loot", "lab-start-over-done"),
        ("/evidence/hardened?events=all", "lab-evidence-all"),
        ("/attack/fixation", "lab-attack"),
        ("/attack/csrf-form", "lab-attack-browser"),
        ("/coverage", "lab-coverage"),
        ("/coverage?area=cookies", "lab-coverage-area"),
        ("/plays", "lab-plays"),
        ("/fixation", "lab-play-empty"),
        ("/plays/csrf-form", "lab-play-browser"),
        ("/ids", "lab-ids-recorded"),
        ("/stateless", "lab-stateless-recorded"),
        ("/same-site", "lab-same-site-guess"),
        ("/jwt", "lab-jwt-empty"),
        ("/custom/attack", "lab-custom-attack"),
        ("/audit", "lab-audit-empty"),
        ("/labs", "lab-worksheets"),
        ("/labs/manual", "lab-worksheets-manual"),
        ("/labs/02-cookie-attributes", "lab-worksheet-02"),
        ("/labs/03-stealing-a-cookie", "lab-worksheet-03"),
        ("/labs/06-session-fixation", "lab-worksheet-06"),
        ("/labs/06-session-fixation/report", "lab-worksheet-report"),
        ("/labs/06-session-fixation/print", "lab-worksheet-print"),
        ("/pictures", "lab-pictures"),
        ("/pictures/csrf-refused", "lab-picture"),
        ("/certificate", "lab-certificate"),
    ] {
        let path = if path == "/certificate" {
            format!("{}{path}", lab().addresses.origin(Lab))
        } else {
            tab.on_lab(path)
        };
        tab.visit(&path).await;
        works(&mut tab, name).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_labs_own_pages_of_attacks() {
    let mut tab = Tab::open().await;
    for (path, name) in [
        ("/fixation", "lab-play"),
        ("/ids", "lab-ids"),
        ("/stateless", "lab-stateless"),
    ] {
        tab.visit(&tab.on_lab(path)).await;
        tab.follow("main form button").await;
        works(&mut tab, name).await;
    }
    tab.visit(&tab.on_lab("/attack/role-cookie-tampering"))
        .await;
    tab.follow("main form[method=post] button").await;
    tab.click(".transcript summary").await;
    works(&mut tab, "lab-attack-transcript").await;
    let portal = tab.on_insecure("");
    tab.sign_in(&portal).await;
    tab.visit(&tab.on_lab("/evidence/insecure")).await;
    works(&mut tab, "lab-evidence-lives").await;
    tab.visit(&tab.on_lab("/jwt")).await;
    tab.click("button[value=issue]").await;
    tab.until("document.querySelector('#says .verdict')").await;
    works(&mut tab, "lab-jwt").await;
    tab.click("button[value=search]").await;
    tab.until("document.getElementById('search')").await;
    works(&mut tab, "lab-jwt-search").await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_attackers_pages() {
    let mut tab = Tab::open().await;
    let own = tab.on_insecure("");
    tab.sign_in(&own).await;
    for (path, name) in [("/", "attacker-start"), ("/loot", "attacker-loot")] {
        tab.visit(&tab.address(Attacker, path)).await;
        works(&mut tab, name).await;
    }
    let sibling = tab.address_of_sibling("/");
    tab.visit(&sibling).await;
    works(&mut tab, "attacker-sibling").await;
    for trick in TRICKS {
        let address = match trick.role {
            AttackerRole::Attacker => tab.address(Attacker, trick.path),
            AttackerRole::Sibling => tab.address_of_sibling(trick.path),
        };
        tab.visit(&address).await;
        works(
            &mut tab,
            &format!("attacker{}", trick.path.replace('/', "-")),
        )
        .await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn every_defences_page_fits_a_phone() {
    let mut tab = Tab::open().await;
    tab.resize(360, 800).await;
    for name in Name::ALL {
        tab.visit(&tab.on_lab(&format!("/defences/{}", name.slug())))
            .await;
        fits(&tab, name.slug()).await;
    }
    assert_eq!(tab.complaints().await, [""; 0]);
}

async fn portal(tab: &mut Tab, portal: &str, side: &str) {
    for (path, name) in [
        ("/", "home-signed-out"),
        ("/login", "login"),
        ("/login?expired=1", "login-expired"),
    ] {
        tab.visit(&format!("{portal}{path}")).await;
        works(tab, &format!("{side}-{name}")).await;
    }
    tab.sign_in(portal).await;
    tab.visit(&format!("{portal}/board")).await;
    tab.fill_in(
        "#text",
        "Lost: one <b>umbrella</b>. Found_where_a_long_word_without_a_space_goes_on_and_on",
    )
    .await;
    tab.follow("main form button").await;
    for (path, name) in [
        ("/", "home"),
        ("/dashboard", "dashboard"),
        ("/board", "board"),
        ("/password", "password"),
        ("/sessions", "sessions"),
        ("/cookies", "cookies"),
        ("/jwt/", "jwt"),
    ] {
        tab.visit(&format!("{portal}{path}")).await;
        works(tab, &format!("{side}-{name}")).await;
    }
    tab.follow("header.top form button").await;
    works(tab, &format!("{side}-logged-out")).await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_insecure_portal() {
    let mut tab = Tab::open().await;
    let address = tab.on_insecure("");
    portal(&mut tab, &address, "insecure").await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_hardened_portal() {
    let mut tab = Tab::open().await;
    let address = tab.on_hardened("");
    portal(&mut tab, &address, "hardened").await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_pages_outside_the_variants() {
    let mut tab = Tab::open().await;
    for (listener, path, name) in [
        (PortalHttp, "/certificate", "certificate"),
        (PortalHttps, "/certificate", "certificate-tls"),
        (PortalHttp, "/inspect_headers", "inspect_headers"),
        (PortalHttps, "/inspect_headers", "inspect_headers-tls"),
    ] {
        tab.visit(&tab.address(listener, path)).await;
        works(&mut tab, name).await;
    }
    tab.visit(&tab.address(PortalHttps, "/inspect_headers"))
        .await;
    assert!(tab.text("main").await.contains("inspect_demo"));
    tab.follow("main .row a.button").await;
    works(&mut tab, "inspect_headers-hidden").await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_pages_of_errors() {
    let mut tab = Tab::open().await;
    for (listener, path, name, status) in [
        (Lab, "/nothing-here", "error-lab-not-found", 404),
        (Lab, "/evidence/insecrue", "error-lab-unknown-variant", 404),
        (Lab, "/defences/nothing", "error-lab-unknown-defence", 404),
        (
            PortalHttps,
            "/hardened/nothing-here",
            "error-portal-not-found",
            404,
        ),
        (PortalHttps, "/insecrue/", "error-unknown-variant", 404),
        (PortalHttps, "/hardened/logout", "error-wrong-method", 405),
    ] {
        tab.visit(&tab.address(listener, path)).await;
        refuses(&mut tab, name, status).await;
    }
    for (listener, name) in [
        (Lab, "error-lab-another-address"),
        (PortalHttps, "error-another-address"),
    ] {
        tab.visit(&tab.address_at("127.0.0.1", listener, "/hardened/"))
            .await;
        refuses(&mut tab, name, 421).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_forms_that_are_refused() {
    let mut tab = Tab::open().await;
    for (portal, side) in [
        (tab.on_insecure(""), "insecure"),
        (tab.on_hardened(""), "hardened"),
    ] {
        tab.visit(&format!("{portal}/login")).await;
        tab.fill_in("#username", "student123").await;
        tab.fill_in("#password", "wrong").await;
        tab.follow("main form button").await;
        refuses(&mut tab, &format!("error-{side}-login"), 401).await;
    }
    let portal = tab.on_hardened("");
    // Five a minute are allowed, and they come back one by one: ask faster than that.
    for _ in 0..20 {
        tab.complaints().await;
        tab.fill_in("#password", "wrong").await;
        tab.follow("main form button").await;
        if tab.status().await == 429 {
            break;
        }
    }
    refuses(&mut tab, "error-hardened-throttled", 429).await;

    tab.bench.wait_minutes(2).await;
    tab.sign_in(&portal).await;
    tab.run::<String>("document.querySelector('main form [name=csrf_token]').value = 'forged'")
        .await;
    tab.fill_in("#to", "alice").await;
    tab.fill_in("#amount", "1").await;
    tab.follow("main form button").await;
    // Refused, and led on to the form with what was typed.
    works(&mut tab, "error-hardened-token").await;
    let typed: String = tab.run("document.querySelector('#to').value").await;
    assert_eq!(typed, "alice");

    // `secure` is what `host-prefix` needs: a mix that contradicts itself.
    tab.visit(&tab.on_lab("/custom")).await;
    tab.follow("button[value=insecure]").await;
    tab.click("label.strong input[name=host-prefix]").await;
    // It is refused in place, so that no choice is lost.
    tab.click("#mix button:not([value])").await;
    tab.until("document.querySelector('#message [role=alert]')")
        .await;
    let mut complaints = tab.complaints().await;
    complaints.retain(|line| !line.contains("422"));
    assert_eq!(complaints, [""; 0]);
    photograph(&tab, "error-lab-custom").await;
}
