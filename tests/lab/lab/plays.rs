//! Plays: an attack on a stage, beat by beat, from the transcript of a run that has just been made.

use session_lab::attacks::{ALL, Engine};

use crate::support::{Client, bench};

/// The stage of a page, without its marks.
fn stage(page: &str) -> String {
    let stage = page.split("<section id=\"stage\"").nth(1).expect("a stage");
    let stage = stage.split("id=\"play-said\"").next().expect("its end");
    let mut text = String::new();
    let mut in_tag = true;
    for c in stage.chars() {
        match c {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&#39;", "'").replace("&#x27;", "'");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace(" ,", ",")
}

/// What the narrator says in a beat: between its number and the panes.
fn said(beat: &str) -> &str {
    let words = beat.split_once(" Server ").map_or(beat, |(words, _)| words);
    let words = words
        .split_once(" Victim ")
        .map_or(words, |(words, _)| words);
    let is_number = |word: &str| {
        let parts = word.split_once('/');
        parts.is_some_and(|(at, last)| at.parse::<u8>().is_ok() && last.parse::<u8>().is_ok())
    };
    let number = words
        .split(' ')
        .find(|word| is_number(word))
        .expect("its number");
    words.split_once(number).expect("it is there").1
}

/// The address of the next beat.
fn next(page: &str) -> Option<String> {
    let link = page.split("rel=\"next\" href=\"").nth(1)?;
    let href = link.split('"').next()?.replace("&amp;", "&");
    // Without the bench, which the client adds.
    let at = href.find("/plays/").or_else(|| href.find("/fixation"))?;
    Some(href[at..].to_owned())
}

/// Every beat of a play, from the first to the last by its links alone.
async fn all_beats(student: &mut Client, path: &str) -> Vec<String> {
    let mut address = path.to_owned();
    let mut beats = Vec::new();
    loop {
        let reply = student.get(&address).await;
        assert_eq!(reply.status, 200, "{address}: {}", reply.body);
        beats.push(stage(&reply.body));
        assert!(beats.len() < 100, "{path} has no end");
        match next(&reply.body) {
            Some(next) => address = next,
            None => return beats,
        }
    }
}

#[tokio::test]
async fn fixation_is_played_against_three_variants_and_a_letter_says_whose_session_it_is() {
    let mut student = bench().student();
    let before = student.get("/fixation").await.body;
    assert!(!before.contains("id=\"stage\""), "nothing has run yet");
    let started = student.post_form("/fixation", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);
    assert!(
        started
            .header("location")
            .expect("a place")
            .ends_with("/fixation?beat=1")
    );

    let beats = all_beats(&mut student, "/fixation").await;
    let decided: Vec<&String> = beats
        .iter()
        .filter(|beat| beat.contains("The attack "))
        .collect();
    assert_eq!(decided.len(), 3, "{beats:#?}");
    for (beat, variant, end) in [
        (
            decided[0],
            "insecure",
            "The attack succeeded. The planted id opens student123's",
        ),
        (
            decided[1],
            "hardened",
            "The attack was stopped. The portal issued a new id",
        ),
        (
            decided[2],
            "without-rotation",
            "The attack succeeded. The planted id opens",
        ),
    ] {
        assert!(beat.contains(&format!("Server {variant}")), "{beat}");
        assert!(beat.contains(end), "{beat}");
    }
    assert!(decided[0].contains("Attacker A session_insecure: is student123 here"));
    assert!(decided[0].contains("with A ← 200 “Welcome to the Dashboard, student123!”"));
    assert!(decided[1].contains("Server hardened B student123, in the place of A"));
    assert!(!decided[1].contains("is student123 here"), "{}", decided[1]);
    assert!(
        decided[2].contains("A __Host-session_lab: is student123 here"),
        "{}",
        decided[2]
    );
    let ends = "insecure succeeded hardened stopped without-rotation succeeded The end";
    assert!(decided[2].contains(ends), "{}", decided[2]);
    let planted = beats
        .iter()
        .find(|beat| beat.contains("victim's jar gets A"));
    assert!(planted.is_some(), "{beats:#?}");
    for other in [
        "/plays/fixation?beat=2",
        "/fixation?side=nonsense&beat=99999",
    ] {
        assert_eq!(student.get(other).await.status, 200, "{other}");
    }
}

#[tokio::test]
async fn every_attack_that_the_server_decides_can_be_played_to_its_end() {
    let bench = bench();
    let mut student = bench.student();
    for attack in ALL
        .iter()
        .filter(|attack| attack.card().engine == Engine::Http)
    {
        let name = attack.card().name;
        let path = format!("/plays/{name}");
        let started = student.post_form(&path, &[]).await;
        assert_eq!(started.status, 303, "{name}: {}", started.body);
        let beats = all_beats(&mut student, &path).await;
        let count = |end: &str| beats.iter().filter(|beat| beat.contains(end)).count();
        let more = usize::from(matches!(attack.card().stopped_by, [[_]]));
        assert_eq!(
            count("The attack succeeded."),
            1 + more,
            "{name}: {beats:#?}"
        );
        assert_eq!(count("The attack was stopped."), 1, "{name}");
        for beat in &beats {
            assert!(said(beat).split_whitespace().count() > 2, "{name}: {beat}");
            assert!(!beat.contains("/b/run-"), "{name} shows its bench: {beat}");
        }
    }
}

#[tokio::test]
async fn a_stage_shows_no_value_of_an_id_or_a_token() {
    let mut student = bench().student();
    for name in [
        "replay-after-sign-out",
        "none-algorithm",
        "refresh-replay",
        "id-prediction",
    ] {
        let path = format!("/plays/{name}");
        student.post_form(&path, &[]).await;
        let beats = all_beats(&mut student, &path).await.join("\n");
        assert!(!beats.contains("eyJ"), "{name}: {beats}");
        let long = beats.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        let longest = long.max_by_key(|word| word.len()).expect("words");
        assert!(longest.len() < 32, "{name}: {longest}");
    }
}

#[tokio::test]
async fn a_forged_token_says_what_it_says_of_itself() {
    let mut student = bench().student();
    student.post_form("/plays/none-algorithm", &[]).await;
    let beats = all_beats(&mut student, "/plays/none-algorithm").await;
    let forged = "access token: alg none, sub student123, no signature";
    assert!(beats.iter().any(|beat| beat.contains(forged)), "{beats:#?}");
    assert!(
        beats.iter().all(|beat| !beat.contains("Victim")),
        "nobody but the attacker acts"
    );
}

#[tokio::test]
async fn a_play_of_a_browser_says_how_it_was_recorded_and_wants_a_browser() {
    let mut student = bench().student();
    let page = student.get("/plays/csrf-form").await.shown();
    assert!(page.contains("in Chromium "), "{page}");
    assert!(page.contains("Do it yourself"), "{page}");
    for (path, says) in [
        ("/plays/csrf-form", "in your browser"),
        ("/plays/csrf-form?browser=lynx", "chromium and firefox"),
        ("/attack/csrf-form?browser=lynx", "chromium and firefox"),
    ] {
        let refused = student.post_form(path, &[]).await;
        assert_eq!(refused.status, 422, "{path}");
        assert!(refused.body.contains(says), "{path}: {}", refused.body);
    }
    assert_eq!(student.get("/plays/nonsense").await.status, 404);
    let live = student.get("/attack/csrf-form/live").await;
    assert_eq!((live.status, &*live.body), (200, "null"));
}

#[tokio::test]
async fn the_list_of_plays_links_every_attack() {
    let bench = bench();
    let page = bench.student().get("/plays").await.body;
    for attack in ALL {
        let name = attack.card().name;
        let href = match name {
            "fixation" => format!("{}/fixation\"", bench.name.prefix()),
            name => format!("{}/plays/{name}\"", bench.name.prefix()),
        };
        assert!(page.contains(&href), "{name}");
    }
}
