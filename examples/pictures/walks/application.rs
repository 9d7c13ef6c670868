//! The panel Application: cookies and storage.

use crate::Result;
use crate::devtools::{DevTools, Panel};
use crate::scene::{HARDENED, INSECURE, Scene};

const SIZE: (i64, i64) = (1200, 340);
const ARROW_RIGHT: (&str, i64) = ("ArrowRight", 39);
const ARROW_DOWN: (&str, i64) = ("ArrowDown", 40);

/// How far the borders between columns move, so that each heading can be read.
const COLUMNS: [(&str, f64); 7] = [
    ("value", -105.0),
    ("domain", -90.0),
    ("path", -90.0),
    ("expires", -50.0),
    ("size", -50.0),
    ("http-only", -28.0),
    ("secure", -18.0),
];

pub async fn cookies_insecure(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(INSECURE).await?;
    let tools = cookies(scene).await?;
    tools.picture(&["one('tr.revealed', 'session_insecure')"]).await
}

pub async fn cookies_hardened(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(HARDENED).await?;
    let tools = cookies(scene).await?;
    tools.picture(&["one('tr.revealed', '__Host-session_hardened')"]).await
}

pub async fn edited_role(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.sign_in(INSECURE, "mallory", "mischief").await?;
    let tools = cookies(scene).await?;
    let row = "one('tr.revealed', 'role_insecure')";
    let value = format!("{row}.querySelector('.value-column')");
    tools.double_click(&value).await?;
    tools.type_text("admin").await?;
    tools.see(&format!("{value}.textContent === 'admin'")).await?;
    tools.picture(&[&value]).await
}

pub async fn token_in_local_storage(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.page.visit(&format!("{INSECURE}/jwt/")).await?;
    scene.page.fill_in("#password", "password123").await?;
    scene.page.click("#sign-in button").await?;
    scene.page.until("localStorage.getItem('jwt_insecure')").await?;
    let tools = scene.devtools(Panel::Application, (1200, 420)).await?;
    open(&tools, "Local storage").await?;
    let row = "one('tr.revealed', 'jwt_insecure')";
    tools.click(row).await?;
    tools.picture(&[row]).await
}

/// The cookie table of the page.
async fn cookies(scene: &Scene<'_>) -> Result<DevTools> {
    let tools = scene.devtools(Panel::Application, SIZE).await?;
    open(&tools, "Cookies").await?;
    for (column, by) in COLUMNS {
        tools.drag_border(column, by).await?;
    }
    Ok(tools)
}

/// Opens the first entry below one of the tree.
async fn open(tools: &DevTools, label: &str) -> Result<()> {
    let item = format!("one('[role=treeitem][aria-label=\"{label}\"]')");
    tools.click(&item).await?;
    tools.key(ARROW_RIGHT).await?;
    tools.see(&format!("{item}.ariaExpanded === 'true'")).await?;
    tools.key(ARROW_DOWN).await?;
    tools.see("one('th', 'Value')").await
}
