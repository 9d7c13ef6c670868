//! Presenting at a projector: large letters, no navigation, no secret, and the arrows go through what
//! the page has.

use super::accessibility::axe_finds_nothing;
use super::tab::Tab;

/// The smallest size of visible text, in pixels, with the text; drawings are scaled with their box.
const SMALLEST: &str = "(() => {
    let found = [1000, ''];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!node.data.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
        if (parent.closest('.sr, script, style, noscript, .skip, option')) continue;
        const svg = parent.closest('svg');
        const scale = svg?.viewBox.baseVal.width
            ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
        const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
        if (size < found[0]) found = [size, node.data.trim().slice(0, 60)];
    }
    return found;
})()";

async fn is_presented(tab: &Tab, name: &str) {
    let (size, text): (f64, String) = tab.run(SMALLEST).await;
    assert!(size >= 24.0, "{name}: {size} px: {text}");
    let shown = "[...document.querySelectorAll('.lab-top, .lab-foot, .rail')]
        .filter((part) => part.checkVisibility()).length";
    assert_eq!(tab.run::<usize>(shown).await, 0, "{name}: navigation");
    let contrast: String = tab
        .run("getComputedStyle(document.body).backgroundColor")
        .await;
    assert_eq!(contrast, "rgb(255, 255, 255)", "{name}");
    let wide: f64 = tab.run("document.documentElement.scrollWidth").await;
    assert!(wide <= 1280.0, "{name}: {wide} wide");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn pages_are_presented_large_without_navigation_and_the_tab_remembers() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/compare")).await;
    tab.click("[data-present]").await;
    is_presented(&tab, "compare").await;
    for action in ["sign-in", "sign-out", "replay"] {
        tab.follow(&format!("button[value={action}]")).await;
    }
    is_presented(&tab, "compare after a replay").await;
    axe_finds_nothing(&tab, "compare, presented").await;
    for path in [
        "/labs/06-session-fixation",
        "/matrix",
        "/attack/none-algorithm",
        "/plays",
        "/defences/rotation",
    ] {
        tab.visit(&tab.on_lab(path)).await;
        if path.starts_with("/attack/") {
            tab.follow("main form[method=post] button").await;
        }
        is_presented(&tab, path).await;
        tab.press("ArrowRight").await;
        tab.press("ArrowRight").await;
        let at = tab.text(".present-bar [role=status]").await;
        assert!(at.starts_with("2 of "), "{path}: {at}");
        let top: f64 = tab
            .run("document.querySelector('.present-here').getBoundingClientRect().top")
            .await;
        assert!((-1.0..720.0).contains(&top), "{path}: {top}");
        tab.press("ArrowLeft").await;
        let at = tab.text(".present-bar [role=status]").await;
        assert!(at.starts_with("1 of "), "{path}: {at}");
    }
    tab.press("Escape").await;
    assert!(
        tab.run::<bool>("document.querySelector('.lab-top').checkVisibility()")
            .await
    );
    let other = Tab::open().await;
    other.visit(&other.on_lab("/compare")).await;
    let presenting = "document.documentElement.classList.contains('presenting')";
    assert!(!other.run::<bool>(presenting).await, "a tab for itself");
    let cookies = other.cookies(&other.on_insecure("/")).await;
    assert!(cookies.is_empty(), "{cookies:?}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_arrows_go_through_the_beats_of_a_play() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/fixation")).await;
    tab.follow("main form button").await;
    tab.press("p").await;
    is_presented(&tab, "a play").await;
    tab.run::<()>("document.activeElement.blur()").await;
    tab.press("PageDown").await;
    tab.until("document.querySelector('.play-count').innerText === '2/4'")
        .await;
    tab.press("ArrowRight").await;
    tab.until("document.querySelector('.play-count').innerText === '3/4'")
        .await;
    is_presented(&tab, "its next beat").await;
    let verdict = "document.querySelector('.play-verdict').getBoundingClientRect().bottom";
    assert!(tab.run::<f64>(verdict).await <= 720.0);
    tab.press("ArrowLeft").await;
    tab.until("document.querySelector('.play-count').innerText === '2/4'")
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn no_id_and_no_token_is_shown_while_presenting_and_all_come_back() {
    let tab = Tab::open().await;
    let portal = tab.on_insecure("");
    tab.sign_in(&portal).await;
    let cookies = tab.cookies(&portal).await;
    let session = cookies
        .iter()
        .find(|one| one.name.starts_with("session_insecure"));
    let id = &session.expect("signed in").value;
    tab.visit(&tab.on_lab("/evidence/insecure")).await;
    let shown = format!("document.querySelector('main').innerText.includes({id:?})");
    assert!(
        tab.run::<bool>(&shown).await,
        "the weak store is named by the id"
    );
    tab.press("p").await;
    assert!(!tab.run::<bool>(&shown).await, "{id}");
    // What a page adds later is also hidden, behind an <li>, whose value is a number.
    let later = format!(
        "document.querySelector('main').append(document.createElement('li'), Object.assign(
            document.createElement('p'),
            {{ textContent: 'session_insecure={id} eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.' }}))"
    );
    tab.run::<()>(&format!("{{ {later}; undefined }}")).await;
    tab.until("/session_insecure=… …/.test(document.querySelector('main').innerText)")
        .await;
    assert!(!tab.run::<bool>(&shown).await);
    tab.press("p").await;
    assert!(tab.run::<bool>(&shown).await, "it comes back");
    tab.visit(&tab.on_lab("/jwt")).await;
    tab.press("p").await;
    // It comes in place, without another page, and is whole in its field: it is sent from there.
    tab.click("button[value=issue]").await;
    tab.until("document.getElementById('token').value.startsWith('eyJ')")
        .await;
    let token = "/eyJ[\\w-]+\\.[\\w-]+/.test(document.querySelector('main').innerText)";
    assert!(!tab.run::<bool>(token).await, "the token on the workbench");
    let dots = "[...document.querySelectorAll('textarea, input')]
        .filter((field) => /eyJ[\\w-]+\\.[\\w-]+/.test(field.value) && field.checkVisibility())
        .every((field) => getComputedStyle(field).webkitTextSecurity === 'disc')";
    assert!(tab.run::<bool>(dots).await);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_key_can_be_switched_off_and_a_field_takes_its_letters() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/find")).await;
    let presenting = "document.documentElement.classList.contains('presenting')";
    tab.run::<()>("document.querySelector('main input').focus()")
        .await;
    tab.press("p").await;
    assert!(
        !tab.run::<bool>(presenting).await,
        "the field has the focus"
    );
    tab.visit(&tab.on_lab("/compare")).await;
    tab.press("p").await;
    assert!(tab.run::<bool>(presenting).await);
    tab.click(".present-bar input").await;
    tab.run::<()>("document.activeElement.blur()").await;
    tab.press("Escape").await;
    tab.visit(&tab.on_lab("/compare")).await;
    tab.press("p").await;
    assert!(!tab.run::<bool>(presenting).await, "it is switched off");
    let hidden = "!document.querySelector('.present-button kbd').checkVisibility()";
    assert!(tab.run::<bool>(hidden).await);
    tab.run::<()>("localStorage.clear()").await;
}
