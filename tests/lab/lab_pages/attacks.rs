//! The pages on which attacks run: the matrix, the walkthrough of fixation, and the ids.

use std::time::Duration;

use crate::support::bench;

#[tokio::test]
async fn the_walkthrough_shows_fixation_stopped_by_rotation_alone() {
    let mut student = bench().student();
    assert!(!student.get("/fixation").await.body.contains("Step 0 of 5"));
    let started = student.post_form("/fixation", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);

    let last = student.get("/fixation?step=5").await.body;
    assert_eq!(last.matches("The attack succeeded.").count(), 2, "{last}");
    assert_eq!(last.matches("The attack was stopped.").count(), 1, "{last}");
    let stopped = last.find("The attack was stopped.").expect("one is");
    assert!(last.find("hardened</h2>").expect("a side") < stopped);
    assert!(stopped < last.find("without-rotation</h2>").expect("a side"));

    let planted = student.get("/fixation?step=2").await.body;
    assert_eq!(
        planted.matches("lineage l0").count(),
        9,
        "one id, three times on each side"
    );
    let far = student.get("/fixation?step=99").await.body;
    assert!(far.contains("Step 5 of 5"));
}

#[tokio::test]
async fn the_weak_source_is_predicted_and_the_strong_one_is_not() {
    let mut student = bench().student();
    let started = student.post_form("/ids", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);
    let page = student.get("/ids").await.body;
    assert_eq!(
        page.matches("198 points in <b>1 place</b>").count(),
        1,
        "{page}"
    );
    assert_eq!(page.matches("<b>Predicted.</b>").count(), 1);
    assert_eq!(page.matches("<b>Not predicted.</b>").count(), 1);
    assert!(page.contains("<b>64 of 64</b>"));
}

#[tokio::test]
async fn the_matrix_runs_while_somebody_looks_and_agrees_with_the_rule() {
    let mut student = bench().student();
    let before = student.get("/matrix/live").await.json();
    assert_eq!(
        (&before["done"], &before["running"]),
        (&0.into(), &false.into())
    );
    assert_eq!(student.post_form("/matrix", &[]).await.status, 303);
    assert_eq!(
        student.post_form("/matrix", &[]).await.status,
        303,
        "one run is enough"
    );
    let mut progress = student.get("/matrix/live").await.json();
    while progress["done"].as_u64() < Some(140) {
        assert_eq!(progress["running"], true, "{progress}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        progress = student.get("/matrix/live").await.json();
    }
    assert_eq!(progress["wrong"], 0, "{progress}");
    let costs = progress["costs"].as_array().expect("costs");
    let arms = costs
        .iter()
        .flat_map(|cost| cost["arms"].as_array().expect("arms"));
    assert!(
        arms.clone().count() > 10 && arms.clone().all(|arm| arm["says"].is_string()),
        "they were measured beside the first cells: {costs:?}"
    );
    let page = student.get("/matrix").await.shown();
    assert!(page.contains("Retry-After"), "{page}");

    let rows = progress["rows"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["done"] == row["of"])
        .expect("a whole row");
    assert_eq!(
        (&row["insecure"], &row["hardened"]),
        (&"succeeds".into(), &"stopped".into())
    );
    assert_ne!(row["only"].as_array().map(Vec::len), Some(0));
}
