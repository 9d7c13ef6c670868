//! The panel Network: requests, with headers and cookies.

use crate::Result;
use crate::devtools::{DevTools, Panel};
use crate::scene::{ATTACKER, HARDENED, INSECURE, Scene};

pub async fn inspect_headers(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.page.visit("about:blank").await?;
    let tools = scene.devtools(Panel::Network, (1100, 520)).await?;
    scene.page.visit("http://localhost:7080/inspect_headers").await?;
    choose(&tools, "inspect_headers").await?;
    tools.picture(&[&header("Set-Cookie")]).await
}

pub async fn same_site_withheld(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let base = "http://localhost:7080/only-same-site";
    scene.student_signs_in(base).await?;
    let tools = forge(scene, "only-same-site", (1200, 400)).await?;
    tools.click("one('[role=tab]#tab-cookies')").await?;
    tools.click("one('devtools-checkbox, label', 'filtered')").await?;
    let row = "one('tr.flagged-cookie-attribute-cell, tr', 'session_')";
    tools.picture(&[row]).await
}

pub async fn csrf_refused(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(HARDENED).await?;
    let tools = forge(scene, "hardened", (1100, 640)).await?;
    tools.click("one('[role=treeitem], summary, .header', 'Response headers')").await?;
    tools.picture(&[&header("Origin"), &header("Sec-Fetch-Site")]).await
}

pub async fn bearer_header(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.page.visit(&format!("{INSECURE}/jwt/")).await?;
    let tools = scene.devtools(Panel::Network, (1100, 560)).await?;
    scene.page.fill_in("#password", "password123").await?;
    scene.page.click("#sign-in button").await?;
    scene.page.until("!document.querySelector('[data-do=profile]').disabled").await?;
    scene.page.click("[data-do=profile]").await?;
    choose(&tools, "profile").await?;
    tools.picture(&[&header("Authorization")]).await
}

/// Presses the button of the attacker's forged form, and looks at the request.
async fn forge(scene: &Scene<'_>, variant: &str, size: (i64, i64)) -> Result<DevTools> {
    let trap = format!("{ATTACKER}/csrf-form?variant={variant}");
    scene.page.visit(&trap).await?;
    let tools = scene.devtools(Panel::Network, size).await?;
    scene.page.follow("#trap button").await?;
    choose(&tools, "transfer").await?;
    Ok(tools)
}

/// Chooses a request of the list; its headers open.
async fn choose(tools: &DevTools, name: &str) -> Result<()> {
    tools.click(&format!("one('td.name-column', '{name}')")).await?;
    tools.see("one('.header-name, .row', 'Request')").await
}

/// The row of a header.
fn header(name: &str) -> String {
    let name = name.to_lowercase();
    format!("all('.row').find((e) => e.textContent.trim().toLowerCase().startsWith('{name}'))")
}
