//! What the browser itself shows of the lab, without DevTools.

use crate::Result;
use crate::frame::{self, FINDERS};
use crate::scene::{HARDENED, Scene};

pub async fn certificate_warning(scene: &Scene<'_>) -> Result<Vec<u8>> {
    let window = scene.stranger((900, 620)).await?;
    // It answers with an error, as the browser says itself: the page that comes is the warning.
    let _ = window.visit(&format!("{HARDENED}/")).await;
    window
        .until("document.querySelector('#details-button')")
        .await?;
    window.click("#details-button").await?;
    window
        .until("document.querySelector('#proceed-link').offsetHeight > 0")
        .await?;
    window
        .run::<Option<bool>>(&format!("{FINDERS} null"))
        .await?;
    frame::take(&window, None).await?;
    frame::mark(&window, scene.theme, &["one('#proceed-link')"]).await?;
    frame::take(&window, None).await
}

pub async fn certificate_page(scene: &Scene<'_>) -> Result<Vec<u8>> {
    frame::appear(&scene.page, scene.theme, (1100, 560)).await?;
    scene
        .page
        .visit("http://localhost:7070/certificate")
        .await?;
    scene
        .page
        .run::<Option<bool>>(&format!("{FINDERS} null"))
        .await?;
    frame::mark(&scene.page, scene.theme, &["one('.fingerprint')"]).await?;
    frame::take(&scene.page, None).await
}
