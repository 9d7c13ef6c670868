//! A page of another site can make a browser fetch any page of the lab. That must change nothing.

use session_lab::attacks::ALL;
use session_lab::defences::policy::Variant;
use session_lab::storage::{RecordIndex, RecordKind};

use crate::support::{TestBench, bench, curl, lab};

/// Everything that the store holds of a bench: each record with its version, and the newest event.
async fn state(bench: &TestBench) -> Vec<String> {
    let bench = bench.open().await;
    let storage = bench.storage();
    let mut state = vec![format!(
        "{:?}",
        storage.last_event(bench.name()).await.unwrap()
    )];
    for world in std::iter::once(None).chain(Variant::all().map(Some)) {
        for kind in RecordKind::ALL {
            let index = RecordIndex::Kind(world, kind);
            for key in storage.members(bench.name(), &index, 9_999).await.unwrap() {
                let record = storage.read(bench.name(), &key).await.unwrap();
                let record = record.map(|record| (record.version, record.value));
                state.push(format!("{key:?} {record:?}"));
            }
        }
    }
    state
}

/// An address of a route, with a value for each of its parameters.
fn address(route: &str) -> String {
    let path = route.split('?').next().unwrap_or_default();
    let filled = path.split('/').scan("", |before, part| {
        let value = match (part, *before) {
            ("<slug>", "defences") => "rotation",
            ("<slug>", _) => "06-session-fixation",
            ("<variant>", _) => "insecure",
            ("<name>", "attack" | "plays") => ALL[0].card().name,
            ("<name>", "pictures") => "cookies-insecure",
            ("<file>", "pictures") => "cookies-insecure.png",
            ("<id>", "wire") => "1",
            (rest, _) if rest.ends_with("..>") => "css/lab.css",
            (part, _) => part,
        };
        *before = part;
        Some(value)
    });
    let address = filled.collect::<Vec<_>>().join("/");
    assert!(
        !address.contains('<'),
        "{route}: which value has its parameter?"
    );
    address
}

#[tokio::test]
async fn no_get_of_the_labs_pages_that_another_site_causes_changes_the_bench() {
    let bench = bench();
    let routes = &lab().lab_pages;
    assert!(
        routes.iter().any(|route| route == "/labs/<slug>/report.md"),
        "{routes:?}"
    );
    let mut elsewhere = bench.student();
    // Once on a bench with nothing, once with a sheet that was opened and has a step that is done, but
    // was not looked at since.
    for opened in [false, true] {
        if opened {
            let sheet = bench.student().get("/labs/06-session-fixation").await;
            assert_eq!(sheet.status, 200);
            let portal = bench.visitor_in_clear("insecure").origin();
            let login = format!("{portal}{}/insecure/login", bench.name.prefix());
            curl(&["-o", "/dev/null", &login]);
        }
        let before = state(&bench).await;
        assert_eq!(before.len() > 2, opened, "{before:?}");
        for route in routes {
            for site in ["cross-site", "same-site"] {
                let headers = [("sec-fetch-site", site), ("sec-fetch-dest", "image")];
                let reply = elsewhere
                    .send("GET", &address(route), &headers, String::new())
                    .await;
                assert_ne!(reply.status, 500, "{route}: {}", reply.body);
            }
            assert_eq!(state(&bench).await, before, "{route}");
        }
    }
    // The student's own look stores the step that was done.
    let before = state(&bench).await;
    let live = bench.student().get("/labs/06-session-fixation/live").await;
    assert!(live.body.contains("\"solved\":true"), "{}", live.body);
    assert_ne!(state(&bench).await, before);
}
