//! Pictures of a page, at the widths of a phone (dark), a projector and a large screen (light). What
//! is photographed is also given to axe.
//!
//! They are kept in `target/screenshots/` for whoever changes a template or a style sheet.

use std::path::PathBuf;

use super::accessibility::axe_finds_nothing;
use super::tab::Tab;

const WIDTHS: [(i64, i64); 3] = [(360, 800), (1280, 800), (1920, 1080)];

/// Takes the pictures of the page where the tab is, and checks that nothing makes it scroll to the
/// side.
pub async fn photograph(tab: &Tab, name: &str) {
    for (width, height) in WIDTHS {
        tab.resize(width, height).await;
        fits(tab, &format!("{name} at {width}")).await;
        // Each width once; both schemes are among them.
        let scheme = if width == 360 { "dark" } else { "light" };
        let set = tab.window.set_media("prefers-color-scheme", scheme);
        set.await.unwrap();
        let picture = picture(tab, width).await;
        let file = folder().join(format!("{name}-{width}-{scheme}.png"));
        std::fs::write(file, picture).unwrap();
        // Each scheme once.
        if width != 1920 {
            axe_finds_nothing(tab, &format!("{name} at {width}, {scheme}")).await;
        }
    }
    tab.resize(1280, 800).await;
}

/// The whole page as a PNG.
async fn picture(tab: &Tab, width: i64) -> Vec<u8> {
    // A window as high as the page, so that what sticks to the window's edge covers nothing.
    let height = tab.run("document.documentElement.scrollHeight").await;
    tab.resize(width, height).await;
    let picture = tab.window.screenshot(None).await.unwrap();
    // The width is in the header that every PNG begins with.
    assert_eq!(&picture[16..20], (width as u32).to_be_bytes());
    picture
}

/// Fails where the page is wider than its window, and names what sticks out.
pub async fn fits(tab: &Tab, name: &str) {
    let wide: Vec<String> = tab
        .run(
            "(() => {
                const root = document.documentElement;
                if (root.scrollWidth <= innerWidth) return [];
                const sticksOut = (e) => e.getBoundingClientRect().right > innerWidth + 1;
                return [...document.querySelectorAll('body *')]
                    .filter(sticksOut)
                    .map((e) => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 60)}`);
            })()",
        )
        .await;
    assert!(wide.is_empty(), "{name} scrolls to the side: {wide:#?}");
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
