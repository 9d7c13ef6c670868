//! The token workbench in a real browser: issue a token, edit it, sign it with `none`, and see which
//! verifiers accept it.

use super::tab::Tab;

/// The row of a policy.
async fn verdict(tab: &Tab, variant: &str) -> String {
    tab.text(&format!("tr[data-variant={variant}]")).await
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_token_is_issued_edited_and_signed_with_none() {
    let mut tab = Tab::open().await;
    tab.visit(&tab.on_lab("/jwt")).await;
    tab.follow("button[value=issue]").await;
    assert!(verdict(&tab, "hardened").await.contains("accepted"));
    assert!(tab.text("#parts").await.contains("expires in 1"));

    let edit = "(() => { const field = document.getElementById('payload');
        field.value = field.value.replace('\"student123\"', '\"admin\"');
        document.getElementById('how').value = 'none'; return field.value; })()";
    let payload: String = tab.run(edit).await;
    assert!(payload.contains("\"admin\""), "{payload}");
    tab.follow("button[value=sign]").await;
    assert!(verdict(&tab, "hardened").await.contains("refused"));
    assert!(verdict(&tab, "hardened").await.contains("jwt-none"));
    assert!(verdict(&tab, "without-jwt-none").await.contains("As admin"));
    assert!(verdict(&tab, "without-jwt-key").await.contains("refused"));
    assert!(
        tab.text("#verdicts .notice")
            .await
            .contains("one weak switch is enough")
    );
    assert!(
        !tab.location().await.contains("ey"),
        "no token in the address"
    );
    assert_eq!(tab.complaints().await, [""; 0]);
}
