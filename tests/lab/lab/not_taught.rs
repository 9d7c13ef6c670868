//! What the lab does not teach: one list, on the lab's page and in `SECURITY.md`.

use crate::support::bench;

const SOURCE: &str = include_str!("../../../docs/NOT-TAUGHT.md");

#[tokio::test]
async fn the_page_has_every_line_of_the_list_and_security_md_points_to_it() {
    let bench = bench();
    let page = bench.student().get("/not-taught").await;
    assert_eq!(page.status, 200);
    let shown = page.shown();
    let topics = SOURCE.lines().filter_map(|line| {
        let (topic, _) = line.strip_prefix("- **")?.split_once("**")?;
        Some(topic)
    });
    let mut count = 0;
    for topic in topics {
        count += 1;
        assert!(shown.contains(topic), "{topic}");
    }
    assert!(count >= 15, "{count} topics");
    let security = include_str!("../../../SECURITY.md");
    assert!(security.contains("[docs/NOT-TAUGHT.md](docs/NOT-TAUGHT.md)"));
    for topic in ["DPoP", "Trusted Types", "service workers"] {
        assert!(!security.contains(topic), "{topic} is listed twice");
    }
    let worksheets = bench.student().get("/labs").await.body;
    assert!(
        worksheets.contains("/not-taught"),
        "the course says what it leaves out"
    );
}
