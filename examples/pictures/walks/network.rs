//! The panel Network: requests, with headers and cookies.

use super::application::{WIDTH, row_of};
use crate::Result;
use crate::devtools::{DevTools, Panel};
use crate::scene::{ATTACKER, HARDENED, INSECURE, Scene};

/// How often a page is loaded until DevTools has seen that.
const LOADS: usize = 10;

pub async fn inspect_headers(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let tools = network_on(scene, "http://localhost:7080/inspect_headers", (1100, 520)).await?;
    choose(&tools, "inspect_headers").await?;
    tools.picture(&[&header("Set-Cookie")]).await
}

pub async fn same_site_withheld(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let base = "http://localhost:7080/only-same-site";
    scene.student_signs_in(base).await?;
    let tools = forge(scene, "only-same-site", (WIDTH, 400)).await?;
    tools.click("one('[role=tab]#tab-cookies')").await?;
    tools
        .click("one('devtools-checkbox, label', 'filtered')")
        .await?;
    row_of(&tools, "session_lab").await
}

pub async fn csrf_refused(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(HARDENED).await?;
    let tools = forge(scene, "hardened", (1100, 760)).await?;
    tools.close_section("Response headers").await?;
    tools
        .picture(&[&header("Origin"), &header("Sec-Fetch-Site")])
        .await
}

pub async fn bearer_header(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let tools = network_on(scene, &format!("{INSECURE}/jwt/"), (1100, 560)).await?;
    scene.page.fill_in("#password", "password123").await?;
    scene.page.click("#sign-in button").await?;
    scene
        .page
        .until("!document.querySelector('[data-do=profile]').disabled")
        .await?;
    scene.page.click("[data-do=profile]").await?;
    choose(&tools, "profile").await?;
    tools.close_section("Response headers").await?;
    tools.picture(&[&header("Authorization")]).await
}

/// Opens the panel on a page, and loads that until the panel has seen it: it shows itself before it
/// listens.
async fn network_on(scene: &Scene<'_>, address: &str, size: (i64, i64)) -> Result<DevTools> {
    scene.page.visit(address).await?;
    let tools = scene.devtools(Panel::Network, size).await?;
    for _ in 0..LOADS {
        scene.page.visit(address).await?;
        let seen = format!("all('td.name-column').some((e) => e.title === '{address}')");
        if tools.sees(&seen).await? {
            return Ok(tools);
        }
    }
    Err(format!("DevTools does not see {address} being loaded").into())
}

/// Presses the button of the attacker's forged form, and looks at the request.
async fn forge(scene: &Scene<'_>, variant: &str, size: (i64, i64)) -> Result<DevTools> {
    let trap = format!("{ATTACKER}/csrf-form?variant={variant}");
    let tools = network_on(scene, &trap, size).await?;
    scene.page.follow("#trap button").await?;
    choose(&tools, "transfer").await?;
    Ok(tools)
}

/// Chooses a request of the list; its headers open.
async fn choose(tools: &DevTools, name: &str) -> Result<()> {
    tools
        .click(&format!("one('td.name-column', '{name}')"))
        .await?;
    tools.see("one('.header-name, .row', 'Request')").await
}

/// The row of a header.
fn header(name: &str) -> String {
    let name = name.to_lowercase();
    format!("all('.row').find((e) => e.textContent.trim().toLowerCase().startsWith('{name}'))")
}
