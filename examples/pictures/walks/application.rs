//! The panel Application: cookies and storage.

use crate::Result;
use crate::devtools::{DevTools, Panel};
use crate::scene::{HARDENED, INSECURE, Scene};

/// So wide that the headings of the columns can be read. What is right of SameSite is left out.
pub const WIDTH: i64 = 1440;

/// The heading of the last column that matters.
pub const SAME_SITE: Option<&str> = Some("one('th.same-site-column')");

const ARROW_RIGHT: &str = "ArrowRight";
const ARROW_DOWN: &str = "ArrowDown";

pub async fn cookies_insecure(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(INSECURE).await?;
    let tools = cookies(scene).await?;
    row_of(&tools, "session_insecure").await
}

pub async fn cookies_hardened(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(HARDENED).await?;
    let tools = cookies(scene).await?;
    row_of(&tools, "__Host-session_hardened").await
}

pub async fn edited_role(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.sign_in(INSECURE, "mallory", "mischief").await?;
    let tools = cookies(scene).await?;
    let row = "one('tr.revealed', 'role_insecure')";
    let value = format!("{row}?.querySelector('.value-column')");
    tools.double_click(&value).await?;
    tools.type_text("admin").await?;
    tools
        .see(&format!("{value}?.textContent === 'admin'"))
        .await?;
    tools.picture_up_to(SAME_SITE, &[&value]).await
}

pub async fn token_in_local_storage(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.page.visit(&format!("{INSECURE}/jwt/")).await?;
    scene.page.fill_in("#password", "password123").await?;
    scene.page.click("#sign-in button").await?;
    scene
        .page
        .until("localStorage.getItem('jwt_insecure')")
        .await?;
    let tools = scene.devtools(Panel::Application, (1200, 420)).await?;
    open(&tools, "Local storage").await?;
    let row = "one('tr.revealed', 'jwt_insecure')";
    tools.click(row).await?;
    tools.picture(&[row]).await
}

/// The cookie table of the page.
async fn cookies(scene: &Scene<'_>) -> Result<DevTools> {
    let tools = scene.devtools(Panel::Application, (WIDTH, 350)).await?;
    open(&tools, "Cookies").await?;
    Ok(tools)
}

/// The picture of a table of cookies with a mark around one of them.
pub async fn row_of(tools: &DevTools, cookie: &str) -> Result<Vec<u8>> {
    let row = format!("one('tr.revealed', '{cookie}')");
    tools.see(&row).await?;
    let cell = |column: &str| format!("{row}.querySelector('.{column}-column')");
    let marked = format!("[{}, {}]", cell("name"), cell("same-site"));
    tools.picture_up_to(SAME_SITE, &[&marked]).await
}

/// Opens the first entry below one of the tree.
async fn open(tools: &DevTools, label: &str) -> Result<()> {
    let item = format!("one('[role=treeitem][aria-label=\"{label}\"]')");
    tools.click(&item).await?;
    tools.key(ARROW_RIGHT).await?;
    tools
        .see(&format!("{item}.ariaExpanded === 'true'"))
        .await?;
    tools.key(ARROW_DOWN).await?;
    tools.see("one('th', 'Value')").await
}
