//! Attacks that a page of a class runs: over real sockets, in turns, so that nobody who asks often comes
//! before somebody who asks once.

use std::sync::{Arc, Mutex};

use session_lab::client::HttpExchange;

use super::class_lab::{ClassBench, ClassLab};
use super::program::{Program, Visitor};
use crate::support::POLL;

const ATTACK: &str = "password-guessing";

/// Every guess is hashed there, and no limit ends them, so a run takes a while.
const SLOW: &str = "only-password-storage";

/// So many benches of the class.
async fn benches(lab: &Program, count: usize) -> Vec<ClassBench> {
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(ClassBench::join(lab).await);
    }
    made
}

/// The student of a bench, at the lab's pages.
fn student(lab: &Program, bench: &ClassBench) -> Visitor {
    bench.visitor(lab, "lab", "")
}

/// Posts an empty form, as a button of the lab's pages does.
async fn press(student: &mut Visitor, path: &str) -> HttpExchange {
    let origin = student.origin();
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    student.send("POST", path, &headers, String::new()).await
}

fn page(against: &str) -> String {
    format!("/attack/{ATTACK}?against={against}")
}

#[tokio::test]
async fn two_benches_that_ask_at_once_both_get_their_own_result() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let benches = benches(&lab, 2).await;
    let (mut one, mut other) = (student(&lab, &benches[0]), student(&lab, &benches[1]));
    let (weak, strong) = (page("insecure"), page("hardened"));
    let (ran, also) = tokio::join!(press(&mut one, &weak), press(&mut other, &strong));
    assert_eq!((ran.status, also.status), (303, 303), "{}", also.body);
    let weak_end = "The attack succeeded.";
    let strong_end = "The attack was stopped.";
    assert!(one.get(&weak).await.body.contains(weak_end));
    assert!(other.get(&strong).await.body.contains(strong_end));
    assert!(!one.get(&strong).await.body.contains(strong_end));
    assert!(!other.get(&weak).await.body.contains(weak_end));
}

#[tokio::test]
async fn a_bench_that_asks_often_has_one_turn_and_the_others_get_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let path = page(SLOW);
    let benches = benches(&lab, 4).await;
    let eager = (0..8).map(|_| {
        let (mut again, path) = (student(&lab, &benches[0]), path.clone());
        async move { press(&mut again, &path).await }
    });
    let eager = futures::future::join_all(eager);
    let patient = benches[1..].iter().map(|bench| {
        let (mut once, path) = (student(&lab, bench), path.clone());
        async move {
            let ran = press(&mut once, &path).await;
            (ran, once.get(&path).await.body)
        }
    });
    let (eager, patient) = tokio::join!(eager, futures::future::join_all(patient));
    for (ran, shown) in patient {
        assert_eq!(ran.status, 303, "{}", ran.body);
        assert!(shown.contains("The attack succeeded."), "{shown}");
    }
    let refused = eager.iter().filter(|answer| answer.status == 429).count();
    let ran = eager.iter().filter(|answer| answer.status == 303).count();
    assert_eq!(refused + ran, 8);
    assert!(ran >= 1 && refused >= 1, "{ran} ran, {refused} refused");
    for answer in eager.iter().filter(|answer| answer.status == 429) {
        let says = "An attack of this bench runs, or waits for its turn.";
        assert!(answer.body.contains(says), "{}", answer.body);
        assert_eq!(answer.header("retry-after").next(), Some("5"));
    }
}

/// With two turns at once, a bench has its result only after all that came before it, but for one that may
/// still be running.
#[tokio::test]
async fn turns_come_in_the_order_of_arrival() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    // In the order of their results; a bench may be there twice.
    let ended: Arc<Mutex<Vec<usize>>> = Arc::default();
    let mut asked = Vec::new();
    for (number, bench) in benches(&lab, 5).await.iter().enumerate() {
        let (mut asks, ended) = (student(&lab, bench), ended.clone());
        let has_ended = ended.clone();
        asked.push(tokio::spawn(async move {
            if press(&mut asks, &page(SLOW)).await.status == 303 {
                ended.lock().unwrap().push(number);
            }
        }));
        // The next one comes when this bench has its place: from then on it is refused a second one.
        // Where the second request was first, the place was its own.
        let mut same = student(&lab, bench);
        while !has_ended.lock().unwrap().contains(&number) {
            match press(&mut same, &page(SLOW)).await.status {
                429 => break,
                303 => has_ended.lock().unwrap().push(number),
                other => panic!("{other}"),
            }
        }
    }
    for one in futures::future::join_all(asked).await {
        one.unwrap();
    }
    let mut order = Vec::new();
    for number in ended.lock().unwrap().iter() {
        if !order.contains(number) {
            order.push(*number);
        }
    }
    assert_eq!(order.len(), 5, "{order:?}");
    for (at, number) in order.iter().enumerate() {
        let before = order[..at].iter().filter(|earlier| *earlier < number);
        assert!(
            before.count() + 1 >= *number,
            "{number} came too early: {order:?}"
        );
    }
}

#[tokio::test]
async fn a_whole_matrix_waits_until_that_of_another_bench_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let benches = benches(&lab, 2).await;
    let (mut one, mut other) = (student(&lab, &benches[0]), student(&lab, &benches[1]));
    assert_eq!(press(&mut one, "/matrix").await.status, 303);
    assert!(cells_until(&mut one, 1).await >= 1);
    assert_eq!(press(&mut other, "/matrix").await.status, 303);
    // While the first one goes on, the second has no cell.
    let begun = cells_until(&mut one, 0).await;
    cells_until(&mut one, begun + 3).await;
    assert_eq!(cells(&mut other).await, (0, true), "it waits");
    assert_eq!(press(&mut one, "/matrix/stop").await.status, 303);
    assert!(cells_until(&mut other, 1).await >= 1);
    assert!(!cells(&mut one).await.1, "the first one has ended");
    assert_eq!(press(&mut other, "/matrix/stop").await.status, 303);
}

/// How many cells a bench's matrix has run, and whether it waits or runs.
async fn cells(student: &mut Visitor) -> (usize, bool) {
    let live = student.get("/matrix/live").await.body;
    let live: serde_json::Value = serde_json::from_str(&live).unwrap();
    let done = live["done"].as_u64().expect("a number");
    (
        usize::try_from(done).unwrap(),
        live["running"].as_bool().expect("yes or no"),
    )
}

/// Waits until it has run so many.
async fn cells_until(student: &mut Visitor, wanted: usize) -> usize {
    let start = std::time::Instant::now();
    loop {
        let (done, running) = cells(student).await;
        if done >= wanted {
            return done;
        }
        assert!(running, "it ended after {done} cells");
        assert!(start.elapsed() < crate::support::PATIENCE, "{done} cells");
        tokio::time::sleep(POLL).await;
    }
}
