//! Attacks against policies without a name: drawn by lot, and hardened but for one attack's flaw.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use session_lab::attacks::matrix::throw_away_name;
use session_lab::attacks::scenario::{ATTACKER, Scenario, ScenarioError};
use session_lab::attacks::transcript::TranscriptLine;
use session_lab::attacks::{Attack, Outcome};
use session_lab::base::bench_name::BenchName;
use session_lab::base::clock::BenchTime;
use session_lab::client::caller::Call;
use session_lab::defences::policy::{Name, Policy, Variant, conflict};
use session_lab::session::state_cookie::{self, SignedState};

use super::decided_by_the_server;
use crate::support::lab;

/// A scenario whose variant `custom` has this policy.
async fn scenario_under(bench: &BenchName, policy: &Policy) -> Scenario {
    let scenario = Scenario::new(lab().target(), bench.clone(), Variant::Custom);
    scenario
        .choose(policy)
        .await
        .expect("a mix without a conflict");
    scenario
}

async fn try_under(attack: &dyn Attack, policy: &Policy) -> Result<Outcome, ScenarioError> {
    let bench = throw_away_name();
    let scenario = scenario_under(&bench, policy).await;
    let outcome = attack.run(&scenario).await;
    let bench = lab().benches.discard(&bench).await.expect("it was used");
    assert_eq!(bench.custom(), *policy);
    outcome
}

/// Hardened, with every defence weak that stops this attack. Of a set that a forgery shares with the
/// signature check, the check stays on: the forgery must fall to its own flaw, and not to a verifier
/// that checks nothing.
fn hardened_but_for(attack: &dyn Attack) -> Policy {
    let sets = attack.card().stopped_by.iter();
    let stopping = sets.flat_map(|set| {
        let own = |name: &&Name| **name != Name::JwtSignature || set.len() == 1;
        set.iter().filter(own)
    });
    stopping.fold(Policy::HARDENED, |policy, name| {
        policy.with(*name, &Policy::INSECURE)
    })
}

/// An arm for every defence, drawn from a seed, conflicts of the closure repaired.
fn drawn(seed: u64) -> Policy {
    let mut state = seed;
    let mut next = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut policy = Policy::INSECURE;
    for name in Name::ALL {
        let arms = name.arms();
        let at = usize::try_from(next() % arms.len() as u64).expect("a small number");
        let chosen = policy.choose(*name, arms[at].slug);
        policy = chosen.expect("an arm that it has");
    }
    // Where every session ends after five minutes, none can be idle for six.
    if policy.arm(Name::AbsoluteTimeout).slug == "five-minutes" {
        policy = policy.with(Name::IdleTimeout, &Policy::HARDENED);
    }
    while let Some(conflict) = conflict(&policy) {
        policy = policy.with(conflict.needs, &Policy::HARDENED);
    }
    policy
}

#[tokio::test]
async fn every_attack_follows_the_rule_under_policies_drawn_by_lot() {
    follows_the_rule_under_drawn_policies(1..=8).await;
}

async fn follows_the_rule_under_drawn_policies(seeds: RangeInclusive<u64>) {
    let mut ends = [0, 0];
    for seed in seeds {
        let policy = drawn(seed);
        for attack in decided_by_the_server() {
            let card = attack.card();
            let name = card.name;
            let outcome = try_under(attack, &policy).await;
            let outcome = outcome.unwrap_or_else(|error| panic!("{name}, seed {seed}: {error}"));
            let expected = card.succeeds_under(&policy);
            let says = outcome.message();
            assert_eq!(
                outcome.succeeded(),
                expected,
                "{name}, seed {seed}: {says}\n{policy:?}"
            );
            ends[usize::from(expected)] += 1;
        }
    }
    assert!(
        ends.iter().all(|end| *end > 20),
        "both ends are met: {ends:?}"
    );
}

#[tokio::test]
async fn every_attack_falls_to_its_own_flaw_while_everything_else_is_hardened() {
    for attack in decided_by_the_server() {
        let name = attack.card().name;
        let outcome = try_under(attack, &hardened_but_for(attack)).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(outcome.succeeded(), "{name}: {}", outcome.message());
    }
}

/// The last request of an attack whose token was accepted, with that token.
fn accepted(scenario: &Scenario) -> Option<(&'static str, String)> {
    let lines = scenario.transcript().lines().into_iter().rev();
    let mut exchanges = lines.filter_map(|line| match line {
        TranscriptLine::Exchange { exchange, .. } => Some(exchange),
        TranscriptLine::Narration(_) | TranscriptLine::Planted { .. } => None,
    });
    exchanges.find_map(|exchange| {
        let head = exchange.sent.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("authorization").then_some(value)
        });
        let path = ["/jwt/profile", "/jwt/admin"].into_iter().find(|path| {
            exchange
                .sent
                .lines()
                .next()
                .is_some_and(|line| line.contains(path))
        });
        let token = head?.strip_prefix("Bearer ")?.to_owned();
        (exchange.status == 200).then_some((path?, token))
    })
}

#[tokio::test]
async fn a_token_of_an_attack_with_another_signature_is_believed_by_nobody() {
    let mut tried = Vec::new();
    for attack in decided_by_the_server() {
        let policy = hardened_but_for(attack);
        if !policy.is_strong(Name::JwtSignature) {
            continue;
        }
        let name = attack.card().name;
        let bench = throw_away_name();
        let scenario = scenario_under(&bench, &policy).await;
        let outcome = attack.run(&scenario).await.expect(name);
        assert!(outcome.succeeded(), "{name}: {}", outcome.message());
        if let Some((path, token)) = accepted(&scenario) {
            let (signed, old) = token.rsplit_once('.').expect("three parts");
            let mut random = vec![0; (old.len() * 3 / 4).max(32)];
            getrandom::fill(&mut random).expect("random bytes");
            let random = URL_SAFE_NO_PAD.encode(random);
            for (signature, status) in [(old, 200), (&random, 401)] {
                let call =
                    Call::get(path).with("authorization", format!("Bearer {signed}.{signature}"));
                let reply = scenario
                    .actor("control")
                    .call(call)
                    .await
                    .expect("an answer");
                assert_eq!(reply.status, status, "{name}: {signature}");
            }
            tried.push(name);
        }
        lab().benches.discard(&bench).await.expect("it was used");
    }
    assert_eq!(tried.len(), 19, "{tried:?}");
    assert!(tried.contains(&"none-algorithm") && tried.contains(&"spoofed-jku"));
}

#[tokio::test]
async fn a_forged_cookie_with_another_signature_is_believed_by_nobody() {
    let attack = session_lab::attacks::find("forged-signed-cookie").expect("it is there");
    let policy = hardened_but_for(attack);
    let bench = throw_away_name();
    let scenario = scenario_under(&bench, &policy).await;
    let mut attacker = scenario.actor("attacker");
    attacker
        .sign_in(ATTACKER)
        .await
        .expect("the attacker's own account");
    let name = attacker.cookie_name_for("state").expect("a session");

    let state = SignedState {
        large_text: false,
        portal: None,
        user: "admin".into(),
    };
    let sign = |key: &[u8]| state_cookie::sign(&state, key, BenchTime::from_millis(0));
    let right = sign(b"secret123");
    let (signed, signature) = right.rsplit_once('.').expect("three parts");
    let other = sign(b"a key that nobody has");
    let (_, other) = other.rsplit_once('.').expect("three parts");
    let shorter = &signature[..signature.len() - 1];
    for (signature, greeted) in [
        (signature, "admin"),
        (other, ATTACKER),
        (shorter, ATTACKER),
        ("", ATTACKER),
    ] {
        let cookies = attacker.cookies_with(&name, &format!("{signed}.{signature}"));
        let call = Call::get("/dashboard").with_cookie(Some(cookies));
        let found = attacker.greeted_as(call).await.expect("an answer");
        assert_eq!(found.as_deref(), Some(greeted), "{signature}");
    }
    lab().benches.discard(&bench).await.expect("it was used");
}

/// What `tests/run long` adds.
mod long {
    #[tokio::test]
    #[ignore = "long: minutes"]
    async fn every_attack_follows_the_rule_under_a_hundred_policies_drawn_by_lot() {
        super::follows_the_rule_under_drawn_policies(9..=108).await;
    }
}
