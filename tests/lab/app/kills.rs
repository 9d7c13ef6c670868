//! `kill -9` of the program in the middle of transfers, on several benches at once. After each the
//! next start has whole transfers only: the balances add up, and the journal tells how they came
//! about.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use session_lab::defences::password_storage::DEMO_PASSWORDS;

use super::program::{Program, Visitor};

const BENCHES: [&str; 3] = ["local", "team-1", "team-2"];

/// What every account has at first.
const FIRST: i64 = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_in_the_middle_of_transfers_leave_none_of_them_half_done() {
    kill(20).await;
}

mod long {
    /// In folders that last for fifty each, so that their journals hold everything.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_thousand_kills_in_the_middle_of_transfers_leave_none_of_them_half_done() {
        let kills = std::env::var("SESSION_LAB_TEST_KILLS").ok();
        let kills = kills.map_or(1_000, |kills| kills.parse().expect("a number"));
        for _ in 0..kills / 50 {
            super::kill(50).await;
        }
    }
}

/// Somebody who is signed in on a bench, and how many of their transfers were answered.
struct Payer {
    bench: &'static str,
    user: &'static str,
    visitor: Visitor,
    answered: usize,
}

async fn kill(times: usize) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut payers = Vec::new();
    for bench in BENCHES {
        let base = match bench {
            "local" => "/insecure".to_owned(),
            bench => format!("/b/{bench}/insecure"),
        };
        for &(user, password) in DEMO_PASSWORDS {
            let mut visitor = program.visitor("http", &base);
            let form = [("username", user), ("password", password)];
            assert_eq!(visitor.submit("/login", &form).await.status, 303);
            payers.push(Payer {
                bench,
                user,
                visitor,
                answered: 0,
            });
        }
    }
    let mut program = Some(program);
    let mut moved = 0;
    for _ in 0..times {
        let running = match program.take() {
            Some(program) => program,
            None => Program::start(folder.path()),
        };
        for payer in &mut payers {
            payer.visitor = payer.visitor.at(&running);
        }
        let paying: Vec<_> = payers
            .into_iter()
            .enumerate()
            .map(|(n, payer)| tokio::spawn(pay(n, payer)))
            .collect();
        tokio::time::sleep(random(500)).await;
        running.kill();
        payers = Vec::new();
        for payer in paying {
            payers.push(payer.await.unwrap());
        }
        let again = Program::start(folder.path());
        moved = check(folder.path(), &again, &mut payers).await;
        program = Some(again);
    }
    assert!(
        moved > times,
        "the kills came in the middle of something: {moved}"
    );
}

/// Sends one transfer after the other, until nobody answers.
async fn pay(n: usize, mut payer: Payer) -> Payer {
    let (to, _) = DEMO_PASSWORDS[(n + 1) % DEMO_PASSWORDS.len()];
    for amount in (1..4).cycle() {
        let path = format!("/transfer?to={to}&amount={amount}");
        match payer
            .visitor
            .try_send("GET", &path, &[], String::new())
            .await
        {
            Ok(reply) if reply.status == 303 => payer.answered += 1,
            // There may be too little money for a moment.
            Ok(reply) => assert_eq!(reply.status, 422, "{}", reply.body),
            Err(_) => break,
        }
    }
    payer
}

/// Compares the balances that the program shows with what the journal tells. Returns how many
/// transfers it tells of.
async fn check(folder: &Path, program: &Program, payers: &mut [Payer]) -> usize {
    let mut moved = 0;
    for bench in BENCHES {
        let mut shown = BTreeMap::new();
        let mut answered = 0;
        for payer in payers.iter_mut().filter(|payer| payer.bench == bench) {
            let page = payer.visitor.at(program).get("/dashboard").await.body;
            let money = page.split("class=\"money\">").nth(1).expect(&page);
            let money = money.split('<').next().unwrap_or_default();
            shown.insert(
                payer.user.to_owned(),
                money.parse::<i64>().expect("a number"),
            );
            answered += payer.answered;
        }
        let (told, transfers) = journal(folder, bench);
        assert_eq!(shown, told, "{bench}");
        let all = FIRST * i64::try_from(DEMO_PASSWORDS.len()).unwrap();
        assert_eq!(shown.values().sum::<i64>(), all, "{bench}");
        assert!(
            transfers >= answered,
            "{bench}: {transfers} of {answered} answered"
        );
        moved += transfers;
    }
    moved
}

/// The balances after all transfers that the journal tells of, and their number.
fn journal(folder: &Path, bench: &str) -> (BTreeMap<String, i64>, usize) {
    let path = folder.join(format!("journal/{bench}.jsonl"));
    let text = fs::read_to_string(path).unwrap();
    let users = DEMO_PASSWORDS.iter();
    let mut balances: BTreeMap<_, _> = users.map(|(user, _)| ((*user).to_owned(), FIRST)).collect();
    let mut transfers = 0;
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a whole line");
        for event in line["events"].as_array().into_iter().flatten() {
            if event["event"] != "transferred" {
                continue;
            }
            let amount = event["amount"].as_i64().unwrap();
            let mut add = |end: &str, amount| {
                let user = event[end].as_str().unwrap();
                *balances.get_mut(user).expect("a demo account") += amount;
            };
            add("from", -amount);
            add("to", amount);
            transfers += 1;
        }
    }
    (balances, transfers)
}

/// A time of so many milliseconds at most.
fn random(most: u64) -> Duration {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    Duration::from_millis(u64::from_le_bytes(bytes) % most)
}
