//! Taking a picture: how large a window is and how it appears, the mark around what matters, and the
//! picture itself. The mark is the only thing in a picture that the browser did not draw by itself.

use session_lab::browser::Window;
use session_lab::worksheets::pictures::{SCALE, Theme};

use crate::Result;

/// Finds things wherever they are: DevTools is made of shadow trees, which selectors do not enter.
pub const FINDERS: &str = "
    window.all = (selector, root = document) => {
        const inside = [...root.querySelectorAll('*')].filter((e) => e.shadowRoot);
        const found = [...root.querySelectorAll(selector)];
        return found.concat(...inside.map((e) => all(selector, e.shadowRoot)));
    };
    window.one = (selector, text = '') => all(selector).find((e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && e.textContent.includes(text);
    });";

/// How often a picture is taken until two in a row are the same.
const LOOKS: usize = 40;

/// Makes a window this large, and its pages light or dark.
pub async fn appear(window: &Window, theme: Theme, (width, height): (i64, i64)) -> Result<()> {
    window.resize_scaled(width, height, SCALE).await?;
    let scheme = theme.word();
    Ok(window.set_media("prefers-color-scheme", scheme).await?)
}

/// Draws a mark around what each expression in JavaScript gives: an element, or a list of them.
pub async fn mark(window: &Window, theme: Theme, what: &[&str]) -> Result<()> {
    // The attacker's crimson, which neither DevTools nor the lab's pages use for anything else there.
    let colour = match theme {
        Theme::Light => "#b3135f",
        Theme::Dark => "#ff6fb1",
    };
    for what in what {
        window
            .until(&format!(
                "[{what}].flat().every((e) => e) && [{what}].flat().length > 0"
            ))
            .await?;
        let draw = format!(
            "(() => {{
                const boxes = [{what}].flat().map((e) => e.getBoundingClientRect());
                const least = (side) => Math.min(...boxes.map((box) => box[side]));
                const most = (side) => Math.max(...boxes.map((box) => box[side]));
                const mark = document.body.appendChild(document.createElement('div'));
                const left = Math.max(least('left') - 4, 1);
                const top = Math.max(least('top') - 3, 1);
                Object.assign(mark.style, {{
                    position: 'fixed', zIndex: 99999, pointerEvents: 'none', boxSizing: 'border-box',
                    left: `${{left}}px`, top: `${{top}}px`,
                    width: `${{Math.min(most('right') + 4, innerWidth - 1) - left}}px`,
                    height: `${{Math.min(most('bottom') + 3, innerHeight - 1) - top}}px`,
                    border: '3px solid {colour}', borderRadius: '8px',
                }});
                return top < innerHeight && mark.offsetHeight > 9;
            }})()"
        );
        if !window.run::<bool>(&draw).await? {
            return Err(format!("what is to be marked is not in the picture: {what}").into());
        }
    }
    Ok(())
}

/// The window as a PNG, once nothing moves in it any more, or its upper left part of that size.
pub async fn take(window: &Window, part: Option<(f64, f64)>) -> Result<Vec<u8>> {
    let mut before = None;
    for _ in 0..LOOKS {
        let picture = window.screenshot(part).await?;
        if before.as_ref() == Some(&picture) {
            return Ok(picture);
        }
        before = Some(picture);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    Err("the window does not come to rest".into())
}
