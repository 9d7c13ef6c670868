//! What defences cost, as it is measured: the numbers here are the portal's answers, arm by arm.

use session_lab::attacks::costs::{ALL, DefenceCost, MeasuredCost, measure, run};
use session_lab::worksheets::catalogue;

use crate::support::lab;

fn find(name: &str) -> &'static dyn DefenceCost {
    let mut all = ALL.iter().copied();
    all.find(|cost| cost.card().name == name).expect(name)
}

async fn says(name: &str, arm: &'static str) -> String {
    let target = lab().target();
    let found = measure(find(name), arm, &target).await;
    assert!(found.done, "{name} {arm}: {}", found.description);
    found.description
}

#[tokio::test]
async fn a_strangers_guesses_keep_the_owner_waiting_in_an_unknown_browser_only() {
    let none = says("stranger-locks-out", "none").await;
    assert_eq!(
        none,
        "After 8 wrong guesses the owner's right password is answered 303 (signed in), and in a \
         remembered browser 303 (signed in)."
    );

    let strong = says("stranger-locks-out", "per-account").await;
    let (before, rest) = strong.split_once("Retry-After ").expect(&strong);
    assert_eq!(
        before,
        "After 5 wrong guesses the owner's right password is answered 429 ("
    );
    let (seconds, rest) = rest.split_once(" s").expect(&strong);
    let seconds: u64 = seconds.parse().expect("a number");
    assert!((1..=12).contains(&seconds), "{strong}");
    assert_eq!(
        rest,
        "), and in a remembered browser 303 (signed in). After waiting 1 min, while the stranger \
         pauses, it is accepted."
    );

    let lock = says("stranger-locks-out", "lock").await;
    assert!(
        lock.contains("remembered browser 429 (Retry-After 3"),
        "{lock}"
    );
    assert!(lock.contains("After waiting 60 min"), "{lock}");
}

#[tokio::test]
async fn a_planted_duplicate_takes_over_on_the_weak_arm_and_shuts_out_on_the_strong_one() {
    for (arm, told) in [
        ("first-wins", "answered 200 as mallory"),
        ("refuse", "answered 400"),
    ] {
        let expected =
            format!("With both cookies the victim is {told}; without the planted one 200.");
        assert_eq!(says("tossed-duplicate", arm).await, expected);
    }
}

#[tokio::test]
async fn what_ends_sessions_ends_those_of_honest_users_too() {
    for (cost, arm, told) in [
        ("other-devices", "kept", "answered 200 and the phone 200"),
        ("other-devices", "ended", "answered 200 and the phone 401"),
        (
            "slow-writer",
            "unlimited",
            "The session may be idle without limit.",
        ),
        ("slow-writer", "unlimited", "is on the board"),
        (
            "slow-writer",
            "five-minutes",
            "The session may be idle for ",
        ),
        (
            "slow-writer",
            "five-minutes",
            "answered 303, and the notice is kept as a draft",
        ),
        (
            "busy-user",
            "unlimited",
            "After 80 minutes the user is still signed in.",
        ),
        (
            "busy-user",
            "one-hour",
            "The click after 60 minutes is answered 401",
        ),
    ] {
        let found = says(cost, arm).await;
        assert!(found.contains(told), "{cost} {arm}: {found}");
    }
}

#[tokio::test]
async fn every_arm_of_every_cost_is_measured_and_leaves_no_bench_behind() {
    let mut all: Vec<MeasuredCost> = Vec::new();
    run(&lab().target(), |one| all.push(one)).await;
    for cost in ALL {
        let card = cost.card();
        let arms: Vec<&str> = card.defence.arms().iter().map(|arm| arm.slug).collect();
        let mine = all.iter().filter(|one| one.cost == card.name);
        assert_eq!(mine.map(|one| one.arm).collect::<Vec<_>>(), arms);
        for key in card.shows {
            assert!(catalogue::find(key).is_some(), "{}: {key}", card.name);
        }
    }
    let broken: Vec<_> = all.iter().filter(|one| !one.done).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
