//! Worksheets in a real browser: a step is marked while the page is open, a browser's own part
//! is done in a browser, questions answer, and all of it works with the keyboard.

use serde_json::Value;
use session_lab::base::addresses::Listener;
use session_lab::worksheets::library::SheetLibrary;

use super::tab::Tab;
use crate::support::curl;

/// Fetches a sign-in page of the insecure portal with curl, as the sheets say, and returns the
/// session id that came.
fn fetch_id(tab: &Tab) -> String {
    let login = tab.address(Listener::PortalHttp, "/insecure/login");
    let head = curl(&["-o", "/dev/null", "-D", "-", &login]);
    let name = format!("session_insecure_{}=", tab.bench.name);
    let value = head.split(&name).nth(1).expect("a session cookie");
    value.split(';').next().expect("a value").to_owned()
}

async fn is_solved(tab: &Tab, sheet: &str, step: &str) -> bool {
    let live = tab
        .bench
        .student()
        .get(&format!("/labs/{sheet}/live"))
        .await;
    let live: Value = live.json();
    let mut steps = live["steps"].as_array().expect("a list").iter();
    let found = steps.find(|one| one["id"] == step).expect("the step");
    found["solved"] == true
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_step_is_marked_while_its_page_stands_open() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/labs/06-session-fixation")).await;
    assert!(tab.text("#id-fetched h3").await.contains("to do"));
    fetch_id(&tab);
    tab.until("document.querySelector('#id-fetched.strong')")
        .await;
    assert!(tab.text("#id-fetched h3").await.contains("solved"));
    let seen = tab.text("#id-fetched [data-seen]").await;
    assert!(seen.contains("Anonymous session #"), "{seen}");
    tab.until("document.querySelector('[data-points]').textContent !== '0'")
        .await;
    assert!(tab.text("#id-kept h3").await.contains("to do"));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn an_id_is_planted_by_hand_as_sheet_06_says() {
    let tab = Tab::open().await;
    let sheet = "06-session-fixation";
    tab.visit(&tab.on_lab(&format!("/labs/{sheet}"))).await;
    let id = fetch_id(&tab);
    tab.visit(&tab.on_insecure("/login")).await;
    let name = format!("session_insecure_{}", tab.bench.name);
    tab.run::<Value>(&format!("document.cookie = '{name}={id}; path=/'"))
        .await;
    tab.fill_in("#username", "alice").await;
    tab.fill_in("#password", "wonderland").await;
    tab.follow("main form button").await;
    assert!(is_solved(&tab, sheet, "planted-in-a-browser").await);
    tab.visit(&tab.on_lab("/fixation")).await;
    tab.follow("main form button").await;
    assert!(is_solved(&tab, sheet, "walkthrough").await);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_sign_in_and_a_sign_out_in_the_browser_solve_the_step_of_sheet_01() {
    let tab = Tab::open().await;
    let sheet = "01-a-session";
    tab.visit(&tab.on_lab(&format!("/labs/{sheet}"))).await;
    tab.sign_in(&tab.on_hardened("")).await;
    assert!(!is_solved(&tab, sheet, "in-the-browser").await);
    tab.follow("form[action$='/logout'] button").await;
    tab.visit(&tab.on_lab(&format!("/labs/{sheet}"))).await;
    assert!(tab.text("#in-the-browser h3").await.contains("solved"));
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn questions_answer_and_hints_open_with_the_keyboard_alone() {
    let mut tab = Tab::open().await;
    let library = SheetLibrary::built_in();
    let sheet = library.find("06").expect("sheet 06");
    let is_choice = |question: &&session_lab::worksheets::sheet::Question| {
        matches!(
            question.kind,
            session_lab::worksheets::sheet::QuestionKind::Choice(_)
        )
    };
    let question = sheet.questions().find(is_choice).expect("a choice");
    let id = &question.common.id;
    let right = match &question.kind {
        session_lab::worksheets::sheet::QuestionKind::Choice(options) => options
            .iter()
            .position(|option| option.right)
            .expect("a right one"),
        _ => unreachable!("it is a choice"),
    };
    tab.visit(&tab.on_lab(&format!("/labs/{}", sheet.slug)))
        .await;
    let wrong = usize::from(right == 0);
    for (option, says) in [(wrong, "not yet"), (right, "right")] {
        let focus = format!("document.querySelector('#{id} input[value=\"{option}\"]').focus()");
        tab.run::<Value>(&focus).await;
        tab.press(" ").await;
        tab.load(async || tab.press("Enter").await).await;
        let heading = tab.text(&format!("#{id} h3")).await;
        assert!(heading.contains(says), "{heading}");
        assert!(
            tab.location().await.ends_with(&format!("#{id}")),
            "back at the question"
        );
        assert!(
            !tab.text(&format!("#{id} .notice")).await.is_empty(),
            "with a reason"
        );
    }
    let hint = "document.querySelector('#id-fetched .hints button')";
    tab.run::<Value>(&format!("{hint}.focus()")).await;
    tab.load(async || tab.press("Enter").await).await;
    assert!(tab.text("#id-fetched .hints").await.contains("Hint 1."));
    assert_eq!(tab.complaints().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_name_that_was_entered_once_stands_on_every_page() {
    let tab = Tab::open().await;
    tab.visit(&tab.on_lab("/labs")).await;
    tab.fill_in("#name", "student of bench").await;
    tab.follow("form[action$='/labs/name'] button").await;
    assert!(tab.text("footer").await.contains("student of bench"));
    tab.visit(&tab.on_insecure("/login")).await;
    assert!(tab.text("footer").await.contains("student of bench"));
    assert!(tab.text("footer").await.contains("UTC"), "with the time");
}
