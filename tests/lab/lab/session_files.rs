//! `/session-files`: the stored sessions of one bench, as the folder holds them.

use session_lab::base::addresses::Listener;

use crate::app::class_lab::{ClassBench, ClassLab};
use crate::support::{Client, bench};

#[tokio::test]
async fn the_page_lists_the_sessions_of_its_own_bench_and_of_no_other() {
    let (bench, neighbour) = (bench(), bench());
    let mut here = bench.visitor_in_clear("insecure");
    here.sign_in().await;
    let mut there = neighbour.visitor_in_clear("insecure");
    for _ in 0..3 {
        there = neighbour.visitor_in_clear("insecure");
        there.sign_in().await;
    }
    assert_ne!(here.id(), there.id(), "the ids are counted");
    let names = bench.student().get("/session-files/insecure").await.body;
    assert_eq!(names, format!("{}.json\n", here.id()));
    let path = format!("/session-files/insecure/{}.json", here.id());
    let content = bench.student().get(&path).await;
    let kept: serde_json::Value = content.json();
    assert_eq!(kept["user"], "student123");
    assert!(!content.body.contains("password123"), "{}", content.body);
    let page = bench.student().get("/session-files").await.body;
    assert!(page.contains(&format!("{}.json", here.id())), "{page}");
    assert!(page.contains("keeps sessions in memory"), "{page}");
    let other = format!("/session-files/insecure/{}.json", there.id());
    assert_eq!(bench.student().get(&other).await.status, 404);
}

#[tokio::test]
async fn a_name_that_no_session_has_leads_to_nothing() {
    let bench = bench();
    for name in [
        "nobody.json",
        "nobody",
        ".json",
        "..%2f..%2f..%2fkeys%2fsecret.json",
        "..%5ckeys.json",
        "%2e%2e.json",
        "a%00.json",
        "%ff.json",
    ] {
        let path = format!("/session-files/insecure/{name}");
        let reply = bench.student().get(&path).await;
        assert!(
            (400..=404).contains(&reply.status),
            "{name}: {}",
            reply.status
        );
    }
    let unknown = bench.student().get("/session-files/nothing").await;
    assert_eq!(unknown.status, 404);
    let root = Client::new(Listener::PortalHttp, bench.name.prefix());
    let mut root = root;
    assert_eq!(root.get("/session-files/insecure").await.status, 404);
}

#[tokio::test]
async fn a_class_reads_the_files_themselves_and_no_path_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let owner = ClassBench::join(&lab).await;
    let mut portal = owner.visitor(&lab, "http", "/insecure");
    portal.sign_in().await;
    let name = format!("{}.json", portal.id());
    let on_disk = folder
        .path()
        .join(format!("sessions/{}/insecure/{name}", owner.name));
    let mut student = owner.visitor(&lab, "lab", "");
    let content = student
        .get(&format!("/session-files/insecure/{name}"))
        .await;
    assert_eq!(content.body, std::fs::read_to_string(on_disk).unwrap());
    let page = student.get("/session-files").await.body;
    assert!(page.contains(&name) && page.contains("&quot;user&quot;:&quot;student123&quot;"));
    let path = folder.path().display().to_string();
    assert!(!page.contains(&path), "{page}");
    let neighbour = ClassBench::join(&lab).await;
    let neighbour = neighbour
        .visitor(&lab, "lab", "")
        .get("/session-files/insecure")
        .await;
    assert_eq!((neighbour.status, neighbour.body.as_str()), (200, ""));
}
