//! The token workbench in a real browser: issue a token, edit it, sign it with `none`, and see which
//! verifiers accept it.

use super::first_screen::in_first_screen;
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
    tab.click("button[value=issue]").await;
    tab.until("document.querySelector('#says .verdict')").await;
    assert!(verdict(&tab, "hardened").await.contains("accepted"));
    assert!(tab.text("#parts").await.contains("expires in 1"));

    let edit = "(() => { const field = document.getElementById('payload');
        field.value = field.value.replace('\"student123\"', '\"admin\"');
        document.getElementById('how').value = 'none'; return field.value; })()";
    let payload: String = tab.run(edit).await;
    assert!(payload.contains("\"admin\""), "{payload}");
    tab.click("button[value=sign]").await;
    tab.until(
        "document.querySelector('tr[data-variant=hardened]')?.textContent.includes('jwt-none')",
    )
    .await;
    assert!(verdict(&tab, "hardened").await.contains("refused"));
    assert!(verdict(&tab, "hardened").await.contains("jwt-none"));
    assert!(verdict(&tab, "without-jwt-none").await.contains("As admin"));
    assert!(verdict(&tab, "without-jwt-key").await.contains("refused"));
    assert!(
        tab.text("#says")
            .await
            .contains("one weak switch is enough")
    );
    assert!(
        !tab.location().await.contains("ey"),
        "no token in the address"
    );
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_token_is_read_while_it_is_typed_and_its_verdict_is_beside_it() {
    let mut tab = Tab::open().await;
    tab.resize(1280, 720).await;
    tab.visit(&tab.on_lab("/jwt")).await;
    tab.click("button[value=issue]").await;
    tab.until("document.querySelector('#says .verdict')").await;
    for part in ["#token", "#says .verdict", "#says .answers", "#issue"] {
        in_first_screen(&tab, part).await;
    }
    let beside = "document.getElementById('token').getBoundingClientRect().right
        <= document.getElementById('says').getBoundingClientRect().left";
    assert!(tab.run::<bool>(beside).await);
    let colours: Vec<String> = tab
        .run("[1, 2, 3].map((n) => getComputedStyle(document.getElementById(`part-${n}`)).color)")
        .await;
    assert!(
        colours[0] != colours[1] && colours[1] != colours[2] && colours[0] != colours[2],
        "{colours:?}"
    );
    let copies: usize = tab
        .run("document.querySelectorAll('button.copy').length")
        .await;
    assert_eq!(copies, 4, "the token and its parts");

    // One more letter at the end: the signature is another one.
    let field = "document.getElementById('token')";
    tab.run::<()>(&format!(
        "{field}.focus(); {field}.setSelectionRange(0, 0); undefined"
    ))
    .await;
    tab.type_text("x").await;
    tab.until("document.querySelector('#says .verdict').textContent.includes('Refused')")
        .await;
    assert!(tab.text("#result").await.contains("The token is broken."));
    let kept: bool = tab
        .run(&format!(
            "document.activeElement === {field} && {field}.selectionStart === 1"
        ))
        .await;
    assert!(kept, "the field keeps focus and caret");

    // Signing far down leaves the reader there, with the verdict still in sight.
    tab.press("Backspace").await;
    tab.until("document.querySelector('#says .verdict').textContent.includes('Accepted')")
        .await;
    tab.run::<()>("document.getElementById('how').value = 'none'; document.querySelector('button[value=sign]').scrollIntoView({ block: 'center' }); undefined").await;
    let before: f64 = tab.run("scrollY").await;
    tab.click("button[value=sign]").await;
    tab.until("document.querySelector('#says .verdict').textContent.includes('one weak switch')")
        .await;
    let after: f64 = tab.run("scrollY").await;
    assert!(
        before > 100.0 && (before - after).abs() < 60.0,
        "{before} and {after}"
    );
    let seen =
        "(() => { const r = document.querySelector('#says .verdict').getBoundingClientRect();
        return r.top >= 0 && r.bottom <= innerHeight; })()";
    assert!(tab.run::<bool>(seen).await);

    // What the lab refuses, or cannot be asked, leaves what was typed.
    tab.run::<()>("document.getElementById('header').value = '{ typed'; undefined")
        .await;
    tab.click("button[value=sign]").await;
    tab.until("document.querySelector('#says [role=alert]')?.textContent.includes('Not signed')")
        .await;
    assert_eq!(
        tab.run::<String>("document.getElementById('header').value")
            .await,
        "{ typed"
    );
    let mut complaints = tab.complaints().await;
    complaints.retain(|line| !line.contains("422"));
    assert_eq!(complaints, [""; 0]);
    tab.run::<()>("window.fetch = () => Promise.reject(new TypeError('gone')); undefined")
        .await;
    tab.click("button[value=sign]").await;
    tab.until(
        "document.querySelector('#says [role=alert]')?.textContent.includes('does not answer')",
    )
    .await;
    assert_eq!(
        tab.run::<String>("document.getElementById('header').value")
            .await,
        "{ typed"
    );
}
