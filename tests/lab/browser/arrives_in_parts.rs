//! A page on a busy machine: it is shown while the rest of it is still on its way. What is there
//! already does not move when the rest arrives.

use super::tab::Tab;

/// The page's path, what is there first, and what arrives later.
const PAGES: &[(&str, &str, &str)] = &[
    ("/matrix", ".heat-map thead th", ".heat-map tbody"),
    (
        "/matrix",
        ".heat-map thead th",
        ".heat-map tr:nth-child(n+3)",
    ),
    (
        "/matrix?group=tokens",
        ".heat-map thead th",
        ".heat-map tbody",
    ),
    ("/stateless", ".outcomes thead th", ".outcomes tbody"),
    (
        "/",
        ".course > :first-child h3",
        ".course > :nth-child(n+2)",
    ),
    ("/", ".map > :first-child h3", ".map > :nth-child(n+2)"),
];

#[tokio::test]
#[ignore = "needs Chromium"]
async fn what_is_there_does_not_move_when_the_rest_of_a_page_arrives() {
    let tab = Tab::open().await;
    for (width, height) in [(1280, 720), (360, 740), (1920, 1080)] {
        tab.resize(width, height).await;
        for (path, first, later) in PAGES {
            tab.visit(&tab.on_lab(path)).await;
            let places = format!(
                "[...document.querySelectorAll({first:?})].map((e) => {{
                    const r = e.getBoundingClientRect();
                    return [r.left, r.top, r.right].map((n) => Math.round(n * 10) / 10);
                }})"
            );
            let whole: Vec<[f64; 3]> = tab.run(&places).await;
            assert!(!whole.is_empty(), "{path}: {first}");
            let removed: usize = tab
                .run(&format!(
                    "(() => {{
                        const later = [...document.querySelectorAll({later:?})];
                        later.forEach((e) => e.remove());
                        return later.length;
                    }})()"
                ))
                .await;
            assert!(removed > 0, "{path}: {later}");
            let part: Vec<[f64; 3]> = tab.run(&places).await;
            assert_eq!(part, whole, "{path} at {width}: {first} without {later}");
        }
    }
}
