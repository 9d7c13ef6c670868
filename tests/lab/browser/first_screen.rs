//! What a page is for is in the first screen of 1280×720, without scrolling: the verdict, and what
//! comes next.

use super::tab::Tab;

/// Fails where a part of an element is outside the first screen of 1280×720.
pub async fn in_first_screen(tab: &Tab, selector: &str) {
    let place = format!(
        "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
         return [r.top + scrollY, r.bottom + scrollY, r.left, r.right, r.height]; }})()"
    );
    let [top, bottom, left, right, height]: [f64; 5] = tab.run(&place).await;
    assert!(height > 0.0, "{selector} is not shown");
    assert!(
        top >= 0.0 && bottom <= 720.0 && left >= 0.0 && right <= 1280.0,
        "{selector}: {top} to {bottom}, {left} to {right}"
    );
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_cell_of_the_matrix_opens_with_its_verdict_in_the_first_screen() {
    let mut tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/matrix")).await;
    in_first_screen(&tab, "#start").await;
    in_first_screen(&tab, ".legend").await;
    // The head of the map and its first rows.
    in_first_screen(&tab, ".heat-map thead").await;
    in_first_screen(&tab, ".heat-map tbody tr:nth-of-type(2)").await;
    let fits = "(() => { const map = document.querySelector('.heat-map'); return map.scrollWidth <= map.clientWidth; })()";
    assert!(tab.run::<bool>(fits).await, "all columns are there at once");

    tab.follow("tr[data-attack=fixation] td[data-column=rotation] a")
        .await;
    let opened = tab.on_lab("/matrix?cell=fixation.rotation#cell");
    assert_eq!(tab.location().await, opened);
    in_first_screen(&tab, "#cell .verdict").await;
    in_first_screen(&tab, "#cell button").await;
    let width: f64 = tab.run("document.getElementById('cell').offsetWidth / document.querySelector('main').clientWidth").await;
    assert!(width > 0.9, "{width}");
    tab.until("document.querySelector('.heat-map [aria-current]')")
        .await;
    // An empty cell opens also, and says that there is no effect.
    tab.load(async || {
        tab.run::<()>(
            "document.querySelector('tr[data-attack=fixation] td[data-column=csp]').click()",
        )
        .await;
    })
    .await;
    assert_eq!(tab.text("#cell .verdict").await, "csp has no effect on it.");
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_arrow_keys_go_from_cell_to_cell() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/matrix")).await;
    tab.run::<()>("document.querySelector('tr[data-attack=fixation] td > a').focus()")
        .await;
    let at = "document.activeElement.href.split('cell=')[1]";
    for (key, cell) in [
        ("ArrowRight", "fixation.hardened#cell"),
        ("ArrowRight", "fixation.rotation#cell"),
        ("ArrowRight", "fixation.rotation#cell"),
        ("ArrowDown", "planted-id.rotation#cell"),
        ("ArrowLeft", "planted-id.hardened#cell"),
        ("ArrowUp", "fixation.hardened#cell"),
    ] {
        tab.press(key).await;
        assert_eq!(tab.run::<String>(at).await, cell, "{key}");
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_bar_is_to_be_seen_when_it_is_empty_in_the_dark() {
    let tab = Tab::open().await;
    tab.window
        .set_media("prefers-color-scheme", "dark")
        .await
        .unwrap();
    tab.visit(&tab.on_lab("/matrix")).await;
    // The contrast of its edge with the page, as WCAG 1.4.11 counts it.
    let contrast: f64 = tab
        .run(
            "(() => {
                const light = (colour) => {
                    const [r, g, b] = colour.match(/\\d+/g).slice(0, 3).map((n) => n / 255)
                        .map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
                    return .2126 * r + .7152 * g + .0722 * b + .05;
                };
                const edge = light(getComputedStyle(document.querySelector('progress')).borderTopColor);
                const page = light(getComputedStyle(document.body).backgroundColor);
                return Math.max(edge, page) / Math.min(edge, page);
            })()",
        )
        .await;
    assert!(contrast >= 3.0, "{contrast}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn what_was_found_last_or_recorded_is_in_the_first_screen() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    for (path, verdicts) in [
        ("/stateless", vec![".outcomes"]),
        ("/ids", vec![".ids .weak .verdict", ".ids .strong .verdict"]),
        ("/attack/csrf-form", vec![".verdict"]),
        ("/attack/back-button?against=hardened", vec![".verdict"]),
        ("/custom", vec![".tally", "button[value=attack]"]),
        ("/evidence/hardened", vec!["#sessions", "#session-rows"]),
        ("/start-over", vec!["#clock summary"]),
    ] {
        tab.visit(&tab.on_lab(path)).await;
        for verdict in verdicts {
            in_first_screen(&tab, verdict).await;
        }
    }
    for path in ["/stateless", "/ids", "/attack/role-cookie-tampering"] {
        tab.visit(&tab.on_lab(path)).await;
        tab.follow("main form[method=post] button").await;
        let verdict = match path {
            "/stateless" => ".outcomes",
            _ => ".verdict",
        };
        in_first_screen(&tab, verdict).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_file_name_of_a_session_is_whole_and_no_time_line_is_clipped() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    for (variant, portal) in [
        ("insecure", tab.on_insecure("")),
        ("hardened", tab.on_hardened("")),
    ] {
        tab.sign_in(&portal).await;
        // Words get longer with the distance, and limits move apart.
        for minutes in [3, 60 * 24 * 3] {
            tab.visit(&tab.on_lab(&format!("/evidence/{variant}")))
                .await;
            tab.fill_in("#minutes", &minutes.to_string()).await;
            tab.follow("form.other button").await;
            tab.visit(&tab.on_lab(&format!("/evidence/{variant}")))
                .await;
            let clipped: Vec<String> = tab
                .run(
                    "[...document.querySelectorAll('.timeline svg')].flatMap((svg) => {
                        const { x, y, width, height } = svg.viewBox.baseVal;
                        return [...svg.querySelectorAll('text')].filter((text) => {
                            const box = text.getBBox();
                            return box.x < x || box.y < y || box.x + box.width > x + width
                                || box.y + box.height > y + height;
                        }).map((text) => text.textContent);
                    })",
                )
                .await;
            assert_eq!(clipped, [""; 0], "{variant} after {minutes} minutes");
            let scrolls: Vec<bool> = tab
                .run("[...document.querySelectorAll('.timeline .scroll, .roomy')].map((box) => box.scrollWidth > box.clientWidth)")
                .await;
            assert!(
                !scrolls.contains(&true),
                "{variant}: everything fits at 1280"
            );
        }
    }
    tab.sign_in(&tab.on_hardened("")).await;
    tab.visit(&tab.on_lab("/evidence/hardened")).await;
    in_first_screen(&tab, ".file").await;
    let lines: f64 = tab
        .run("(() => { const file = document.querySelector('.file'); return file.getClientRects().length; })()")
        .await;
    assert!(lines < 1.5, "the name is in one line");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_tally_counts_while_one_chooses_and_no_choice_is_lost() {
    let tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/custom")).await;
    let strong = "document.querySelector('[data-strong]').textContent";
    assert_eq!(tab.run::<String>(strong).await, "0");
    tab.click("input[name=csp][value=nonce]").await;
    assert_eq!(tab.run::<String>(strong).await, "1");
    // It stays in sight far down, where one chooses.
    let seen = "(() => { const r = document.querySelector('.tally').getBoundingClientRect();
        return scrollY > 500 && r.top >= 0 && r.bottom <= innerHeight; })()";
    assert!(tab.run::<bool>(seen).await);
    assert_eq!(tab.text("[data-unsaved]").await, "Not saved yet.");

    // A lab that does not answer, and the page loaded again afterwards.
    tab.run::<()>("window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError('gone')); undefined").await;
    tab.run::<()>("document.querySelector('#mix button:not([value])').click()")
        .await;
    tab.until("document.querySelector('#message [role=alert]')")
        .await;
    assert!(
        tab.text("#message")
            .await
            .contains("The lab does not answer.")
    );
    tab.visit(&tab.on_lab("/custom")).await;
    let chosen = "document.querySelector('input[name=csp]:checked').value";
    assert_eq!(tab.run::<String>(chosen).await, "nonce");
    assert_eq!(tab.text("[data-unsaved]").await, "Not saved yet.");

    // A conflict is refused here, keeps every choice, and leads to its switch.
    tab.run::<()>("document.querySelector('input[name=host-prefix][value=host]').click()")
        .await;
    tab.run::<()>("document.querySelector('#mix button:not([value])').click()")
        .await;
    tab.until("document.querySelector('#message li a')").await;
    in_first_screen(&tab, "#message").await;
    assert_eq!(tab.run::<String>(chosen).await, "nonce");
    assert_eq!(tab.run::<String>(strong).await, "2");
    tab.click("#message a[href='#secure']").await;
    let seen = "(() => { const r = document.getElementById('secure').getBoundingClientRect();
        return r.top >= 0 && r.top < innerHeight && document.getElementById('secure').matches(':target'); })()";
    tab.until(seen).await;
    tab.run::<()>("document.querySelector('input[name=secure][value=present]').click()")
        .await;
    tab.load(async || {
        tab.run::<()>("document.querySelector('button[value=attack]').click()")
            .await;
    })
    .await;
    assert_eq!(tab.location().await, tab.on_lab("/custom/attack"));
    in_first_screen(&tab, "#state, .verdict").await;
    tab.visit(&tab.on_lab("/custom")).await;
    assert_eq!(tab.run::<String>(strong).await, "3");
    assert_eq!(tab.text("[data-unsaved]").await, "");
}
