//! The walks: what a student does until there is something to see, one for each picture.

mod application;
mod browser;
mod compare;
mod console;
mod network;

use crate::Result;
use crate::scene::Scene;

/// Walks to the picture of that name, and takes it.
pub async fn walk(name: &str, scene: &Scene<'_>) -> Result<Vec<u8>> {
    match name {
        "certificate-warning" => browser::certificate_warning(scene).await,
        "certificate-page" => browser::certificate_page(scene).await,
        "inspect-headers" => network::inspect_headers(scene).await,
        "cookies-insecure" => application::cookies_insecure(scene).await,
        "cookies-hardened" => application::cookies_hardened(scene).await,
        "console-insecure" => console::insecure(scene).await,
        "console-hardened" => console::hardened(scene).await,
        "csp-refused" => console::csp_refused(scene).await,
        "same-site-withheld" => network::same_site_withheld(scene).await,
        "csrf-refused" => network::csrf_refused(scene).await,
        "planted-id" => console::planted_id(scene).await,
        "edited-role" => application::edited_role(scene).await,
        "bearer-header" => network::bearer_header(scene).await,
        "token-in-local-storage" => application::token_in_local_storage(scene).await,
        "compare" => compare::stolen_session(scene).await,
        _ => Err(format!("no walk leads to {name}: write one in examples/pictures/walks").into()),
    }
}
