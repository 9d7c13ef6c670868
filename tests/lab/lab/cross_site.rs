//! Looking at the lab's pages changes nothing, whoever looks: a page of another site can make a browser
//! fetch any of them.

use session_lab::attacks::ALL;
use session_lab::base::event::EventKind;
use session_lab::defences::policy::Variant;
use session_lab::storage::{RecordIndex, RecordKind};
use session_lab::worksheets::library::SheetLibrary;

use crate::support::{TestBench, bench, curl, lab};

/// Everything that the store holds of a bench: each record with its version, and the newest event.
async fn state(bench: &TestBench) -> Vec<String> {
    let mut state = records(bench).await;
    let last = bench.open().await.last_event().await.unwrap();
    state.push(format!("{last:?}"));
    state
}

/// Each record of a bench with its version.
async fn records(bench: &TestBench) -> Vec<String> {
    let bench = bench.open().await;
    let storage = bench.storage();
    let mut state = Vec::new();
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
pub fn address(route: &str) -> String {
    let path = route.split('?').next().unwrap_or_default();
    let filled = path.split('/').scan("", |before, part| {
        let value = match (part, *before) {
            ("<slug>", "defences") => "rotation",
            ("<slug>", _) => "06-session-fixation",
            ("<variant>", _) => "insecure",
            ("<name>", "attack" | "plays") => ALL[0].card().name,
            ("<name>", "pictures") => "cookies-insecure",
            ("<file>", "pictures") => "cookies-insecure.png",
            ("<name>", "<variant>") => "1000.json",
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
    // Once on a bench with nothing, once where a step of a sheet was done.
    for begun in [false, true] {
        if begun {
            fetch_a_session(&bench);
        }
        let before = state(&bench).await;
        assert_eq!(before.len() > 1, begun, "{before:?}");
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
}

/// Does the first step of sheet 06.
fn fetch_a_session(bench: &TestBench) {
    let portal = bench.visitor_in_clear("insecure").origin();
    let login = format!("{portal}{}/insecure/login", bench.name.prefix());
    curl(&["-o", "/dev/null", &login]);
}

/// Issues 16.12 and 17.6: nor does the student's own look, at a sheet that was not begun, at one of
/// which a step was done, and at one with an answer. A step may ask for a look: then it is noted in the
/// journal that there was one.
#[tokio::test]
async fn no_get_of_the_labs_pages_changes_the_bench() {
    let bench = bench();
    let mut student = bench.student();
    let library = SheetLibrary::built_in();
    let mut noted = 0;
    for round in 0..3 {
        match round {
            0 => {}
            1 => fetch_a_session(&bench),
            _ => {
                let form = [("id", "id-fetched".to_owned())];
                let opened = student.post_form("/labs/06-session-fixation/hint", &form);
                let opened = opened.await;
                assert_eq!(opened.status, 303, "{}", opened.body);
            }
        }
        let before = records(&bench).await;
        assert_eq!(before.is_empty(), round == 0, "{before:?}");
        for route in &lab().lab_pages {
            let journal = state(&bench).await.pop();
            let target = address(route);
            let reply = student.get(&target).await;
            assert_ne!(reply.status, 500, "{route}: {}", reply.body);
            assert_eq!(records(&bench).await, before, "{route}");
            if state(&bench).await.pop() == journal {
                continue;
            }
            let (_, events) = bench.open().await.journal().await.unwrap();
            let (_, event) = events.last().expect("an event");
            assert!(library.asks_for(event), "{route}: {event:?}");
            let EventKind::Request(request) = &event.what else {
                panic!("{route}: {event:?}")
            };
            assert_eq!((&*request.site, &*request.path), ("lab", &*target));
            noted += 1;
        }
    }
    assert_eq!(noted % 3, 0, "the same pages each time: {noted}");
    let live = student.get("/labs/06-session-fixation/live").await;
    assert!(live.body.contains("\"solved\":true"), "{}", live.body);
}
