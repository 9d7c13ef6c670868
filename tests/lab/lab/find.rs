//! `/find`: any page, sheet, step, attack, defence, catalogue row or word, with and without script.

use serde_json::Value;

use crate::support::bench;

/// The kinds and names that a question finds, best first.
async fn found(question: &str) -> Vec<(String, String)> {
    let reply = bench()
        .student()
        .get(&format!("/find/live?q={question}"))
        .await;
    assert_eq!(reply.status, 200);
    let results: Vec<Value> = serde_json::from_str(&reply.body).unwrap();
    let word = |result: &Value, key: &str| result[key].as_str().unwrap().to_owned();
    let results = results.iter();
    results
        .map(|result| (word(result, "kind"), word(result, "name")))
        .collect()
}

#[tokio::test]
async fn each_kind_is_found_by_a_word_of_it() {
    for (question, kind, name) in [
        ("compare", "page", "Compare"),
        ("06", "sheet", "06 Session fixation"),
        ("sheet+06,+step+1", "step", "Sheet 06, step 1"),
        ("clickjacking", "attack", "A click for somebody else"),
        ("CK-SECURE", "catalogue", "CK-SECURE"),
        ("caf%C3%A9", "page", "Café"),
        ("bench", "word", "bench"),
    ] {
        let found = found(question).await;
        let wanted = (kind.to_owned(), name.to_owned());
        assert!(found.contains(&wanted), "{question}: {found:?}");
    }
}

#[tokio::test]
async fn the_whole_name_comes_first_and_nothing_is_found_by_nothing() {
    assert_eq!(found("session+ids").await[0].1, "Session ids");
    let fixation = found("session+fixation").await;
    assert_eq!(fixation[0].1, "Session fixation by an anonymous id");
    assert!(found("").await.is_empty());
    assert!(found("++").await.is_empty());
    assert!(found("no-such-word").await.is_empty());
}

#[tokio::test]
async fn the_page_says_what_was_asked_and_escapes_it() {
    let body = bench().student().get("/find?q=%3Cb%3Ezz").await.body;
    assert!(body.contains("&lt;b&gt;zz"), "{body}");
    assert!(!body.contains("<b>zz"));
    assert!(body.contains("Nothing has all of these words."));
}

#[tokio::test]
async fn every_result_leads_to_a_page_that_has_its_anchor() {
    let bench = bench();
    let mut lab = bench.student();
    let reply = lab.get("/find/live?q=cookie").await;
    let results: Vec<Value> = serde_json::from_str(&reply.body).unwrap();
    assert!(results.len() > 10);
    for result in results {
        let href = result["href"].as_str().unwrap();
        // Pages have whole addresses; their menu is tested in `menu.rs`.
        if !href.starts_with('/') {
            continue;
        }
        let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
        let path = path
            .strip_prefix(&bench.name.prefix())
            .expect("on this bench");
        let reply = lab.get(path).await;
        assert_eq!(reply.status, 200, "{href}");
        assert!(
            anchor.is_empty() || reply.body.contains(&format!("id=\"{anchor}\"")),
            "{href}"
        );
    }
}
