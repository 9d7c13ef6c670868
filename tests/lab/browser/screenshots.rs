//! Pictures of a page, at the widths of a phone, a projector and a large screen, light and dark.
//!
//! They are kept in `target/screenshots/` for whoever changes a template or a style sheet.

use std::path::PathBuf;

use chromiumoxide::cdp::browser_protocol::emulation::{MediaFeature, SetEmulatedMediaParams};
use chromiumoxide::page::ScreenshotParams;

use super::tab::Tab;

const WIDTHS: [(i64, i64); 3] = [(360, 800), (1280, 800), (1920, 1080)];

/// Takes the pictures of the page where the tab is, and checks that nothing makes it scroll to the
/// side.
pub async fn photograph(tab: &Tab, name: &str) {
    for (width, height) in WIDTHS {
        tab.resize(width, height).await;
        fits(tab, &format!("{name} at {width}")).await;
        for scheme in ["light", "dark"] {
            let scheme_is = MediaFeature::new("prefers-color-scheme", scheme);
            let media = SetEmulatedMediaParams::builder().feature(scheme_is);
            tab.page.execute(media.build()).await.unwrap();
            let picture = ScreenshotParams::builder().full_page(true).build();
            let picture = tab.page.screenshot(picture).await.expect(name);
            let file = folder().join(format!("{name}-{width}-{scheme}.png"));
            std::fs::write(file, picture).unwrap();
        }
    }
    tab.resize(1280, 800).await;
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
