//! The keys that are pressed by name.

/// A key, as both protocols know it.
#[derive(Clone, Copy, Debug)]
pub struct PressedKey {
    /// Its name in `KeyboardEvent.key`.
    pub(super) key: &'static str,
    /// Its name in `KeyboardEvent.code`.
    pub(super) code: &'static str,
    /// Windows' number of it, which DevTools wants.
    pub(super) windows: u32,
    /// The text that it types.
    pub(super) text: Option<&'static str>,
    /// Its character in WebDriver.
    pub(super) webdriver: char,
}

const fn named(name: &'static str, windows: u32, webdriver: char) -> PressedKey {
    PressedKey {
        key: name,
        code: name,
        windows,
        text: None,
        webdriver,
    }
}

const KEYS: [PressedKey; 13] = [
    named("Tab", 9, '\u{e004}'),
    PressedKey {
        text: Some("\r"),
        ..named("Enter", 13, '\u{e007}')
    },
    named("Escape", 27, '\u{e00c}'),
    PressedKey {
        code: "Space",
        text: Some(" "),
        ..named(" ", 32, ' ')
    },
    PressedKey {
        code: "Slash",
        text: Some("/"),
        ..named("/", 191, '/')
    },
    PressedKey {
        code: "KeyP",
        text: Some("p"),
        ..named("p", 80, 'p')
    },
    named("PageUp", 33, '\u{e00e}'),
    named("PageDown", 34, '\u{e00f}'),
    named("ArrowLeft", 37, '\u{e012}'),
    named("ArrowUp", 38, '\u{e013}'),
    named("ArrowRight", 39, '\u{e014}'),
    named("ArrowDown", 40, '\u{e015}'),
    named("Backspace", 8, '\u{e003}'),
];

impl PressedKey {
    /// The key that `KeyboardEvent.key` calls so.
    pub fn named(name: &str) -> Option<Self> {
        KEYS.into_iter().find(|key| key.key == name)
    }
}
