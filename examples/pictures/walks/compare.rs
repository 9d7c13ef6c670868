//! The lab's own page Compare, for the README.

use crate::Result;
use crate::frame;
use crate::scene::Scene;

/// A student signs in and out, and a thief replays the cookie on both sides.
pub async fn stolen_session(scene: &Scene<'_>) -> Result<Vec<u8>> {
    // Both themes show the bench of the lab's own addresses.
    let _turn = scene.alone().await;
    frame::appear(&scene.page, scene.theme, (1200, 900)).await?;
    scene.page.visit("http://localhost:7070/compare").await?;
    for action in ["start-over", "sign-in", "sign-out", "replay"] {
        scene
            .page
            .follow(&format!(".exercise button[value={action}]"))
            .await?;
    }
    // The answer to a press begins at the buttons.
    scene
        .page
        .run::<Option<bool>>("(scrollTo(0, 0), null)")
        .await?;
    frame::take(&scene.page, None).await
}
