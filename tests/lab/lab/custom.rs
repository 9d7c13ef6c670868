//! The student's own mix: saving it, what is refused, and every attack against it.

use std::time::Duration;

use serde_json::Value;
use session_lab::attacks::threat_model::{self, BUDGET, MODELS};
use session_lab::attacks::{ALL, Engine};
use session_lab::defences::policy::{Name, Policy};
use session_lab::defences::price;

use crate::support::{Client, TestBench, bench};

async fn save(bench: &TestBench, form: &[(&str, &str)]) -> crate::support::Reply {
    let form: Vec<_> = form
        .iter()
        .map(|(name, arm)| (*name, (*arm).to_owned()))
        .collect();
    bench.student().post_form("/custom", &form).await
}

#[tokio::test]
async fn every_arm_of_every_defence_can_be_chosen_and_is_then_shown() {
    let bench = bench();
    let mut student = bench.student();
    for name in Name::ALL {
        for arm in name.arms() {
            // A strong base, so that no arm lacks what it needs.
            assert_eq!(save(&bench, &[("preset", "hardened")]).await.status, 303);
            let extra = match *name {
                Name::Secure => ("host-prefix", "plain"),
                Name::Cors => ("json-only", "any-type"),
                _ => (name.slug(), arm.slug),
            };
            let reply = save(&bench, &[extra, (name.slug(), arm.slug)]).await;
            assert_eq!(reply.status, 303, "{} {}", name.slug(), arm.slug);
            assert_eq!(bench.open().await.custom().arm(*name), arm);
            let page = student.get("/custom").await.body;
            let chosen = format!("name=\"{}\" value=\"{}\" checked", name.slug(), arm.slug);
            assert!(page.contains(&chosen), "{chosen}");
            assert_eq!(page.matches(" checked>").count(), Name::ALL.len());
        }
    }
}

#[tokio::test]
async fn a_saved_mix_decides_the_next_request_and_leaves_other_arms_as_they_were() {
    let bench = bench();
    let mut visitor = bench.visitor("custom");
    let at_first = visitor.get("/login").await;
    assert_eq!(
        at_first.header("cache-control"),
        None,
        "a new bench's mix is all weak"
    );
    let reply = save(&bench, &[("no-store", "no-store")]).await;
    let saved = format!("/b/{}/custom?saved=1", bench.name);
    assert_eq!(reply.header("location"), Some(saved.as_str()));
    assert_eq!(
        visitor.get("/login").await.header("cache-control"),
        Some("no-store")
    );
    assert_eq!(
        save(&bench, &[("referrer", "same-origin")]).await.status,
        303
    );
    let page = visitor.get("/login").await;
    assert_eq!(
        page.header("cache-control"),
        Some("no-store"),
        "the first choice stays"
    );
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    assert_eq!(
        bench.events("custom").await[1],
        "The custom policy was changed. Strong defences: 1."
    );
}

#[tokio::test]
async fn a_conflict_is_refused_with_its_reason_and_nothing_is_saved() {
    let bench = bench();
    for prefix in ["host", "host-http"] {
        let reply = save(&bench, &[("host-prefix", prefix), ("csp", "nonce")]).await;
        assert_eq!(reply.status, 422);
        let because = "host-prefix needs secure: make secure strong too, or host-prefix weak.";
        assert!(reply.body.contains(because), "{}", reply.body);
        assert!(reply.body.contains("Nothing was saved."));
        for link in ["href=\"#secure\"", "href=\"#host-prefix\""] {
            assert!(reply.body.contains(link), "{link}: {}", reply.body);
        }
        assert!(reply.body.contains("id=\"secure\""), "it leads somewhere");
        let kept = format!("name=\"host-prefix\" value=\"{prefix}\" checked");
        assert!(reply.body.contains(&kept), "the form keeps what was chosen");
        assert_eq!(bench.open().await.custom(), Policy::INSECURE);
    }
    let both = [("host-prefix", "host"), ("secure", "present")];
    assert_eq!(save(&bench, &both).await.status, 303);
    assert_eq!(
        save(&bench, &[("secure", "absent")]).await.status,
        422,
        "taken away later"
    );
}

#[tokio::test]
async fn an_arm_that_does_not_exist_is_refused_with_its_name() {
    let bench = bench();
    for arm in ["strong", "", "Present", "<script>"] {
        let reply = save(&bench, &[("csp", "nonce"), ("http-only", arm)]).await;
        assert_eq!(reply.status, 422, "{arm}");
        let because = "http-only has no such arm. Nothing was saved.";
        assert!(reply.body.contains(because), "{}", reply.body);
        assert!(!reply.body.contains("<script>"));
        assert!(
            reply.body.contains("name=\"csp\" value=\"nonce\" checked"),
            "the other choice is not lost"
        );
        assert_eq!(
            bench.open().await.custom(),
            Policy::INSECURE,
            "not the other arm either"
        );
    }
}

#[tokio::test]
async fn presets_take_every_arm_at_once() {
    let bench = bench();
    let count = Name::ALL.len();
    for (preset, policy, tally) in [
        (
            "hardened",
            Policy::HARDENED,
            format!("<span data-strong>{count}</span> strong"),
        ),
        (
            "insecure",
            Policy::INSECURE,
            format!("<span data-weak>{count}</span> weak"),
        ),
    ] {
        assert_eq!(
            save(&bench, &[("preset", preset), ("csp", "nonce")])
                .await
                .status,
            303
        );
        assert_eq!(bench.open().await.custom(), policy);
        assert!(
            bench.student().get("/custom").await.body.contains(&tally),
            "{preset}"
        );
    }
}

#[tokio::test]
async fn a_mix_belongs_to_its_bench() {
    let (one, other) = (bench(), bench());
    assert_eq!(save(&one, &[("preset", "hardened")]).await.status, 303);
    assert_eq!(other.open().await.custom(), Policy::INSECURE);
}

/// The run of the attacks on the mix, when it has ended.
async fn ended(student: &mut Client) -> Value {
    loop {
        let run = student.get("/custom/attack/live").await.json();
        if run["running"] == false {
            return run;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn every_attack_runs_against_the_mix_while_somebody_looks() {
    let bench = bench();
    let mut student = bench.student();
    let before = student.get("/custom/attack/live").await.json();
    assert_eq!(before, Value::Null);
    let http = ALL
        .iter()
        .filter(|attack| attack.card().engine == Engine::Http);
    let total = http.count();

    for time in ["the first run", "the same run, which is still going on"] {
        let started = student.post_form("/custom/attack", &[]).await;
        assert_eq!(started.status, 303, "{time}");
        let page = format!("/b/{}/custom/attack", bench.name);
        assert_eq!(started.header("location"), Some(page.as_str()), "{time}");
    }
    let page = student.get("/custom/attack").await.body;
    let progress = format!(" of {total} attacks tried");
    assert!(page.contains(&progress), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "without a script");
    assert!(page.contains("/static/js/custom_attack.js"), "with one");

    let run = ended(&mut student).await;
    assert_eq!(run["finished"], true, "{run}");
    assert_eq!(run["succeeded"], total, "every defence is weak: {run}");
    let page = student.get("/custom/attack").await.shown();
    let summary = format!("{total} of {total} attacks succeeded");
    assert!(page.contains(&summary), "{page}");
    assert!(
        !page.contains("http-equiv=\"refresh\""),
        "nothing more will come"
    );

    assert_eq!(save(&bench, &[("preset", "hardened")]).await.status, 303);
    let started = student.post_form("/custom/attack", &[]).await;
    assert_eq!(started.status, 303);
    let run = ended(&mut student).await;
    assert_eq!(
        (&run["succeeded"], &run["strong"]),
        (&0.into(), &Name::ALL.len().into())
    );
    let page = student.get("/custom/attack").await.shown();
    assert!(page.contains("Every attack was stopped"), "{page}");

    let events = bench.events("custom").await;
    let runs = events
        .iter()
        .filter(|event| event.starts_with("Every attack was tried"));
    assert_eq!(runs.count(), 2, "one event for each run: {events:?}");
}

#[tokio::test]
async fn the_attacks_of_a_threat_model_are_run_or_judged_by_their_card_with_the_price() {
    let bench = bench();
    let mut student = bench.student();
    let model = threat_model::find("ward").expect("a model");
    let form = [("preset", "insecure")];
    assert_eq!(save(&bench, &form).await.status, 303);
    let bought = [("secure", "present"), ("transport", "https-only")];
    assert_eq!(save(&bench, &bought).await.status, 303);
    let page = student.get("/custom").await.shown();
    assert!(
        page.contains("5 coins</span>"),
        "the mix has a price: {page}"
    );

    let started = student
        .post_form("/custom/attack", &[("model", "ward".to_owned())])
        .await;
    assert_eq!(started.status, 303);
    let run = ended(&mut student).await;
    assert_eq!(run["total"], model.attacks.len(), "{run}");
    // Listening is stopped, and everything else succeeds.
    assert_eq!(run["succeeded"], model.attacks.len() - 1, "{run}");
    assert_eq!(
        (&run["price"], &run["within_budget"]),
        (&5.into(), &true.into())
    );
    let rows = run["rows"].as_array().expect("rows");
    let row = |name: &str| {
        rows.iter()
            .find(|row| row["attack"] == name)
            .expect("a row")
    };
    assert_eq!(row("fixation")["declared"], false);
    assert_eq!(row("csrf-form")["declared"], true);
    let message = row("csrf-form")["outcome"]["message"]
        .as_str()
        .expect("a text");
    assert!(
        message.starts_with("Not run, because a browser decides it."),
        "{message}"
    );

    assert_eq!(save(&bench, &[("preset", "hardened")]).await.status, 303);
    student
        .post_form("/custom/attack", &[("model", "ward".to_owned())])
        .await;
    let run = ended(&mut student).await;
    assert_eq!(
        (&run["succeeded"], &run["within_budget"]),
        (&0.into(), &false.into())
    );
    let page = student.get("/custom/attack").await.shown();
    let over = price::of_policy(&Policy::HARDENED) - BUDGET;
    assert!(page.contains(&format!("so {over} too many")), "{page}");
    let events = bench.events("custom").await;
    let told = |event: &&String| event.contains("of the threat model ward was tried");
    assert_eq!(events.iter().filter(told).count(), 2, "{events:?}");
}

#[tokio::test]
async fn a_threat_model_that_does_not_exist_is_a_422_that_names_those_that_do() {
    let mut student = bench().student();
    let refused = student
        .post_form("/custom/attack", &[("model", "moon".to_owned())])
        .await;
    assert_eq!(refused.status, 422);
    for model in MODELS {
        assert!(refused.body.contains(model.name), "{}", refused.body);
    }
    assert_eq!(student.get("/custom/attack/live").await.json(), Value::Null);
}

#[tokio::test]
async fn save_and_attack_is_one_step_and_attacks_the_new_mix() {
    let bench = bench();
    let mut student = bench.student();
    assert_eq!(student.post_form("/custom/attack", &[]).await.status, 303);
    // The run of the old mix is still going on: the new one takes its place.
    let reply = save(&bench, &[("referrer", "same-origin"), ("then", "attack")]).await;
    let page = format!("/b/{}/custom/attack", bench.name);
    assert_eq!(reply.header("location"), Some(page.as_str()));
    let run = ended(&mut student).await;
    assert_eq!(
        (&run["strong"], &run["finished"]),
        (&1.into(), &true.into()),
        "{run}"
    );
    let page = student.get("/custom/attack").await.shown();
    assert!(page.contains("with 1 strong defence."), "{page}");
    assert!(page.contains("1 defence is strong now"), "{page}");
    let refused = save(&bench, &[("host-prefix", "host"), ("then", "attack")]).await;
    assert_eq!(
        refused.status, 422,
        "nothing is attacked that was not saved"
    );
    assert_eq!(student.get("/custom/attack/live").await.json()["strong"], 1);
}

#[tokio::test]
async fn a_run_is_stopped_by_its_button_and_says_where() {
    let bench = bench();
    let mut student = bench.student();
    assert_eq!(student.post_form("/custom/attack", &[]).await.status, 303);
    let page = student.get("/custom/attack").await.body;
    assert!(
        page.contains("/custom/attack/stop\">Stop the run"),
        "{page}"
    );
    assert_eq!(
        student.post_form("/custom/attack/stop", &[]).await.status,
        303
    );
    let run = ended(&mut student).await;
    assert_eq!(run["finished"], false, "{run}");
    let page = student.get("/custom/attack").await.body;
    assert!(page.contains("<b>The run was stopped</b> after "), "{page}");
}

#[tokio::test]
async fn the_mix_before_the_last_change_can_be_taken_back() {
    let bench = bench();
    assert_eq!(save(&bench, &[("csp", "nonce")]).await.status, 303);
    let mine = bench.open().await.custom();
    assert_eq!(save(&bench, &[("preset", "hardened")]).await.status, 303);
    let page = bench.student().get("/custom?saved=1").await.shown();
    assert!(page.contains("the mix before had 1 strong and"), "{page}");
    assert_eq!(save(&bench, &[("preset", "earlier")]).await.status, 303);
    assert_eq!(bench.open().await.custom(), mine);
}
