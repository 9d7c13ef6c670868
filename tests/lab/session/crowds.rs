//! Many requests that change one record at once: none fails, and each counts.

use std::sync::Arc;

use futures::future::join_all;
use session_lab::base::addresses::Listener;
use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::base::event::ClientKind;
use session_lab::defences::policy::Policy;
use session_lab::session::bench::loot::{Caught, KEPT};
use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::progress_tracker::ProgressTracker;
use session_lab::worksheets::sheet::Sheet;

use super::desk::{Bed, Task, take_turns};
use super::on_every_storage;
use super::unwritable::OwnLab;

on_every_storage! {
    forty_hints_at_once_are_all_counted,
    forty_resets_of_a_sheet_at_once_all_happen,
    the_catcher_loses_none_of_150_requests_at_once,
}

fn sheet(library: &SheetLibrary) -> Arc<Sheet> {
    let sheet = library.find("01-a-session");
    sheet.expect("the first sheet").clone()
}

async fn forty_hints_at_once_are_all_counted(bed: Bed) {
    let library = SheetLibrary::built_in();
    let sheet = sheet(&library);
    for seed in bed.seeds().take(3) {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let tracker = ProgressTracker::new(&desk.bench, &library, &sheet);
        let hint = || -> Task<'_, ()> {
            Box::pin(async {
                let change = tracker.change(|progress| {
                    *progress.hints.entry("one".into()).or_default() += 1;
                });
                change.await.expect("no request fails");
            })
        };
        take_turns(seed, (0..40).map(|_| hint()).collect()).await;
        let progress = tracker.read().await.unwrap().expect("it is open");
        assert_eq!(progress.hints["one"], 40, "seed {seed}");
    }
}

async fn forty_resets_of_a_sheet_at_once_all_happen(bed: Bed) {
    let library = SheetLibrary::built_in();
    let sheet = sheet(&library);
    for seed in bed.seeds().take(3) {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let tracker = ProgressTracker::new(&desk.bench, &library, &sheet);
        let reset = || -> Task<'_, ()> {
            Box::pin(async {
                tracker.reset().await.expect("no request fails");
            })
        };
        take_turns(seed, (0..40).map(|_| reset()).collect()).await;
        assert!(tracker.read().await.unwrap().is_some(), "seed {seed}");
    }
}

async fn the_catcher_loses_none_of_150_requests_at_once(bed: Bed) {
    const REQUESTS: usize = 150;
    for seed in bed.seeds().take(2) {
        let desk = bed.desk(Policy::HARDENED, seed).await;
        let catch = |n: usize| -> Task<'_, ()> {
            let caught = Caught {
                id: 0,
                at: BenchTime::from_millis(0),
                client: ClientKind::Other,
                method: "GET".into(),
                target: format!("/collect/{n}"),
                headers: Vec::new(),
                body: String::new(),
                cut: false,
            };
            let loot = desk.bench.loot();
            Box::pin(async move { loot.catch(caught).await.expect("no request fails") })
        };
        take_turns(seed, (0..REQUESTS).map(catch).collect()).await;
        let loot = desk.bench.loot();
        assert_eq!(loot.count().await.unwrap(), REQUESTS as u64, "seed {seed}");
        assert_eq!(loot.caught().await.unwrap().len(), KEPT, "seed {seed}");
    }
}

/// The same over sockets, and all at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_hints_resets_and_stolen_cookies_are_all_answered_as_if_they_were_alone() {
    let lab = OwnLab::start().await;
    let path = "/labs/01-a-session";
    let origin = lab.running.addresses.origin(Listener::Lab);
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let (hint, reset) = (format!("{path}/hint"), format!("{path}/reset"));
    let post = async |target: &str, body: &str| {
        let sent = lab.send_to(Listener::Lab, "POST", target, &headers, body);
        sent.await.status
    };
    let hints = (0..40).map(|_| post(&hint, "id=a-stranger"));
    let resets = (0..40).map(|_| post(&reset, ""));
    let stolen = (0..150).map(async |n| {
        let target = format!("/collect/{n}");
        let sent = lab.send_to(Listener::Attacker, "GET", &target, &[], "");
        sent.await.status
    });
    let (hints, resets, stolen) = tokio::join!(join_all(hints), join_all(resets), join_all(stolen));
    assert_eq!(hints, [303; 40]);
    assert_eq!(resets, [303; 40]);
    assert_eq!(stolen, [204; 150]);
    let bench = lab.running.benches.open(&BenchName::local()).await.unwrap();
    assert_eq!(bench.loot().count().await.unwrap(), 150);
    drop(bench);
    lab.stop().await;
}
