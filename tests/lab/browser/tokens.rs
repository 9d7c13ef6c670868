//! The page that signs in with a token, in a real browser: what its script keeps, and where.

use super::tab::Tab;

/// Signs in on the page, and waits for the token.
async fn get_a_token(tab: &Tab, page: &str) {
    tab.visit(page).await;
    tab.fill_in("#password", "password123").await;
    tab.click("#sign-in button").await;
    says(tab, "A token for 15 minutes.").await;
}

/// Waits until the page's status says this.
async fn says(tab: &Tab, what: &str) {
    let status = "document.getElementById('status').textContent";
    tab.until(&format!("{status}.includes({what:?})")).await;
}

async fn do_this(tab: &Tab, action: &str, says_then: &str) {
    tab.click(&format!("button[data-do={action}]")).await;
    says(tab, says_then).await;
}

/// Everything that a script of the origin finds lying about.
async fn lying_about(tab: &Tab) -> String {
    tab.run("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie")
        .await
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_insecure_page_leaves_both_tokens_to_every_script() {
    let tab = Tab::open().await;
    let page = tab.on_insecure("/jwt/");
    get_a_token(&tab, &page).await;
    let found = lying_about(&tab).await;
    assert!(
        found.contains("access_token") && found.contains("refresh_token"),
        "{found}"
    );
    do_this(&tab, "profile", "200: {\"logged_in_as\":\"apiuser\"}").await;
    do_this(&tab, "refresh", "A new access token.").await;
    assert!(
        lying_about(&tab).await.contains("refresh_token"),
        "it is kept"
    );

    tab.visit(&page).await;
    says(&tab, "This browser still holds a token.").await;
    do_this(&tab, "profile", "200:").await;
    do_this(&tab, "logout", "Forget the token").await;
    assert!(!lying_about(&tab).await.contains("token"));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_hardened_page_leaves_nothing_and_refreshes_by_its_cookie() {
    let tab = Tab::open().await;
    let page = tab.on_hardened("/jwt/");
    get_a_token(&tab, &page).await;
    let found = lying_about(&tab).await;
    assert!(
        !found.contains("token") && !found.contains("refresh"),
        "{found}"
    );
    let name = format!("__Host-refresh_hardened_{}", tab.bench.name);
    let cookies = tab.cookies(&page).await;
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.name == name)
        .expect("a cookie");
    assert!(cookie.http_only && cookie.secure, "{cookie:?}");
    do_this(&tab, "profile", "200: {\"logged_in_as\":\"apiuser\"}").await;

    // The page is loaded anew: its memory is gone, and the cookie brings a new token.
    tab.visit(&page).await;
    says(&tab, "This page holds no token.").await;
    do_this(&tab, "refresh", "A new access token.").await;
    do_this(&tab, "profile", "200:").await;
    do_this(&tab, "logout", "the token is revoked").await;
    let cookies = tab.cookies(&page).await;
    assert!(
        cookies.iter().all(|cookie| cookie.name != name),
        "{cookies:?}"
    );
}
