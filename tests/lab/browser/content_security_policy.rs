//! Which scripts run: injected ones on the notice board, and any on the lab's own pages.

use session_lab::base::addresses::Listener::PortalHttps;

use super::tab::Tab;

/// A notice with a script, with an inline handler, and with a word to find it by.
const NOTICE: &str = "hello <script>window.scriptRan = true</script>\
                      <details open ontoggle=\"window.handlerRan = true\"></details>";

const RAN: &str = "[!!window.scriptRan, !!window.handlerRan]";

/// Adds a script to the page as an attacker would who can write into it.
const INJECT: &str = "(() => {
    const inline = document.createElement('script');
    inline.textContent = 'window.scriptRan = true';
    document.body.append(inline);
    const link = document.createElement('a');
    link.setAttribute('onclick', 'window.handlerRan = true');
    document.body.append(link);
    link.click();
    return true;
})()";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_notice_with_a_script_runs_where_neither_output_nor_csp_is_strong() {
    let mut tab = Tab::open().await;
    for (variant, is_markup, runs) in [
        ("insecure", true, true),
        ("only-csp", true, false),
        ("without-output", true, false),
        ("only-output", false, false),
        ("without-csp", false, false),
        ("hardened", false, false),
    ] {
        let portal = tab.address(PortalHttps, &format!("/{variant}"));
        tab.sign_in(&portal).await;
        tab.visit(&format!("{portal}/board")).await;
        tab.fill_in("#text", NOTICE).await;
        tab.follow("main form button").await;
        assert!(tab.text(".posts").await.contains("hello"), "{variant}");
        let markup = "!!document.querySelector('.posts script')";
        assert_eq!(tab.run::<bool>(markup).await, is_markup, "{variant}");
        if runs {
            tab.until("window.scriptRan && window.handlerRan").await;
        }
        // The handler of <details> comes as a separate task: a later one comes after it.
        tab.run::<()>("new Promise((done) => setTimeout(done))")
            .await;
        assert_eq!(tab.run::<[bool; 2]>(RAN).await, [runs, runs], "{variant}");
        let refused = tab.complaints().await;
        let by_csp = refused
            .iter()
            .any(|line| line.contains("Content Security Policy"));
        assert_eq!(by_csp, is_markup && !runs, "{variant}: {refused:?}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn nothing_injected_runs_on_the_labs_own_pages_or_the_hardened_portal() {
    let tab = Tab::open().await;
    let certificate = tab.address(PortalHttps, "/certificate");
    for (page, runs) in [
        (tab.on_lab("/"), false),
        (tab.on_lab("/compare"), false),
        (tab.on_lab("/evidence/insecure"), false),
        (tab.on_lab("/custom"), false),
        (tab.on_lab("/defences"), false),
        (tab.on_lab("/defences/csp"), false),
        (certificate, false),
        (tab.on_hardened("/"), false),
        (tab.on_hardened("/login"), false),
        (tab.on_insecure("/"), true),
    ] {
        tab.visit(&page).await;
        tab.run::<bool>(INJECT).await;
        assert_eq!(tab.run::<[bool; 2]>(RAN).await, [runs, runs], "{page}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_portals_own_scripts_run_under_the_strict_policy() {
    let mut tab = Tab::open().await;
    tab.sign_in(&tab.on_hardened("")).await;
    tab.until("document.querySelector('.count').innerText.includes('ends in')")
        .await;
    tab.visit(&tab.on_hardened("/cookies")).await;
    tab.until("document.getElementById('reported').textContent.includes('Reported')")
        .await;
    assert_eq!(tab.complaints().await, [""; 0]);
}
