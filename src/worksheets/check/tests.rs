use super::*;
use crate::worksheets::blocks;

const STEP: &str = r#"
    id = "planted"
    variant = "insecure"
    do = "x"
    [[expect]]
    event = "session-opened"
    session = "$planted"
    not-yet = "No session yet."
    [[expect]]
    event = "signed-in"
    user = "student123|alice"
    before = "$planted"
    session = "$planted"
    client = "curl"
    not-yet = "Nobody signed in yet."
    [[expect.but]]
    before = "!$planted"
    says = "Another session."
"#;

fn facts(text: &str) -> Facts {
    let pairs = text
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap());
    let mut facts: Facts = pairs.map(|(k, v)| (k.into(), v.into())).collect();
    facts.entry("variant".into()).or_insert("insecure".into());
    facts.entry("client".into()).or_insert("curl".into());
    facts
}

fn verdict(step: &str, journal: &[&str]) -> Verdict {
    verdicts(&[step], journal, &[], "").remove(0)
}

/// The verdicts on a sheet's steps, beside another sheet that was served up to those places.
fn verdicts(steps: &[&str], journal: &[&str], elsewhere: &[usize], hinted: &str) -> Vec<Verdict> {
    let steps: Vec<_> = steps
        .iter()
        .map(|step| blocks::step(step).unwrap())
        .collect();
    let journal: Vec<_> = journal.iter().map(|line| facts(line)).collect();
    let check = SheetCheck::new(steps.iter(), &journal, 0, |_| None);
    let verdicts = check.verdicts(elsewhere, |step| step == hinted);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

fn message(journal: &[&str]) -> (String, usize) {
    match verdict(STEP, journal) {
        Verdict::NotYet {
            message, attempts, ..
        } => (message, attempts),
        solved @ Verdict::Solved { .. } => panic!("{solved:?}"),
    }
}

const OPENED: &str = "event=session-opened session=a adopted=false";
const KEPT: &str = "event=signed-in user=alice session=a before=a";

#[test]
fn a_step_is_solved_by_its_events_in_their_order() {
    let solved = verdict(STEP, &[OPENED, "event=notice-posted user=x", KEPT]);
    assert_eq!(
        solved,
        Verdict::Solved {
            events: vec![0, 2],
            attempts: 1
        }
    );
    assert_eq!(message(&[KEPT, OPENED]).0, "Nobody signed in yet.");
    assert_eq!(message(&[]).0, "No session yet.");
}

#[test]
fn an_unknown_stands_for_one_session_and_an_earlier_one_does_not_block_a_later() {
    let other = "event=session-opened session=b adopted=false";
    assert!(matches!(
        verdict(STEP, &[other, OPENED, KEPT]),
        Verdict::Solved { .. }
    ));
    assert!(matches!(
        verdict(STEP, &[OPENED, other, KEPT]),
        Verdict::Solved { .. }
    ));
    let rotated = "event=signed-in user=alice session=c before=a";
    let (text, attempts) = message(&[OPENED, rotated]);
    assert_eq!(
        text,
        "The last attempt did not count: it was about another session."
    );
    assert_eq!(attempts, 1);
}

#[test]
fn the_page_says_why_an_attempt_did_not_count() {
    let fresh = "event=signed-in user=alice session=z";
    assert_eq!(message(&[OPENED, fresh]).0, "Another session.");
    let browser = "event=signed-in user=alice session=a before=a client=browser";
    let (text, attempts) = message(&[OPENED, fresh, browser]);
    assert_eq!(
        text,
        "The last attempt did not count: its client was browser, not curl."
    );
    assert_eq!(attempts, 2);
    let powershell = "event=signed-in user=alice session=a before=a client=powershell";
    let (text, _) = message(&[OPENED, powershell]);
    assert!(
        text.contains("from PowerShell") && text.contains("curl.exe"),
        "{text}"
    );
    let elsewhere = "event=signed-in user=alice session=a before=a variant=hardened";
    assert_eq!(
        message(&[OPENED, elsewhere]),
        ("Nobody signed in yet.".into(), 0)
    );
}

/// A step that a sign-in of this user on the insecure side solves.
fn sign_in_of(user: &str) -> String {
    format!(
        "id = \"{user}\"\nvariant = \"insecure\"\ndo = \"x\"\n[[expect]]\n\
         event = \"signed-in\"\nuser = \"{user}\"\nnot-yet = \"Nobody signed in yet.\""
    )
}

const ALICE: &str = "event=signed-in user=alice session=a";
const BOB: &str = "event=signed-in user=bob session=b";
const CAROL: &str = "event=signed-in user=carol session=c";

fn attempts(verdicts: &[Verdict]) -> Vec<usize> {
    let attempts = verdicts.iter().map(|verdict| match verdict {
        Verdict::Solved { attempts, .. } | Verdict::NotYet { attempts, .. } => *attempts,
    });
    attempts.collect()
}

/// Issue 17.7: what the sheet itself has done for one step is no attempt at another.
#[test]
fn commands_of_one_step_are_no_attempts_at_the_next() {
    let steps = ["alice", "bob", "carol"].map(sign_in_of);
    let steps: Vec<_> = steps.iter().map(String::as_str).collect();
    let walked = |journal: &[&str]| verdicts(&steps, journal, &[], "");
    assert_eq!(attempts(&walked(&[ALICE, BOB, CAROL])), [1, 1, 1]);
    // Only what failed for the step that was due is an attempt at it.
    let failed = "event=signed-in user=mallory session=m";
    let at_the_second = walked(&[ALICE, failed, failed, BOB, CAROL]);
    assert_eq!(attempts(&at_the_second), [1, 3, 1]);
    let complains = |verdict: &Verdict| matches!(verdict, Verdict::NotYet { message, .. } if message.contains("did not count"));
    let complaints = |journal: &[&str]| -> Vec<bool> {
        let verdicts = walked(journal);
        let open = verdicts
            .iter()
            .filter(|v| matches!(v, Verdict::NotYet { .. }));
        open.map(complains).collect()
    };
    assert_eq!(complaints(&[]), [false, false, false]);
    assert_eq!(complaints(&[ALICE]), [false, false]);
    assert_eq!(complaints(&[ALICE, failed]), [true, false]);
    assert_eq!(complaints(&[failed]), [true, false, false]);
}

#[test]
fn a_step_that_was_skipped_takes_no_attempts_from_one_whose_hint_was_asked_for() {
    let other = sign_in_of("bob").replace("insecure", "hardened");
    let steps = [&sign_in_of("alice"), &*other];
    let failed = "event=signed-in user=mallory session=m variant=hardened";
    let skipped = verdicts(&steps, &[failed], &[], "");
    assert_eq!(attempts(&skipped), [0, 0], "it is not due");
    let hinted = verdicts(&steps, &[failed], &[], "bob");
    assert_eq!(attempts(&hinted), [0, 1]);
    // What could be meant for the skipped one is meant for it.
    let same = [&*sign_in_of("alice"), &sign_in_of("bob")];
    let failed = "event=signed-in user=mallory session=m";
    assert_eq!(attempts(&verdicts(&same, &[failed], &[], "bob")), [1, 0]);
}

#[test]
fn what_served_another_sheet_is_no_attempt_at_this_one() {
    let step = sign_in_of("carol");
    let judged = |journal: &[&str], elsewhere: &[usize]| {
        attempts(&verdicts(&[&step], journal, elsewhere, ""))
    };
    assert_eq!(judged(&[ALICE, BOB, CAROL], &[]), [3]);
    assert_eq!(
        judged(&[ALICE, BOB, CAROL], &[2]),
        [2],
        "the last may be both"
    );
    assert_eq!(judged(&[ALICE, BOB, OPENED, CAROL], &[3]), [1]);
    assert_eq!(judged(&[ALICE, BOB, OPENED], &[3]), [0]);
}

/// Otherwise a step would change its time and its attempts after it was done.
#[test]
fn a_step_is_done_by_what_ended_first_and_began_last() {
    let other = "event=session-opened session=b adopted=false";
    let kept = "event=signed-in user=alice session=b before=b";
    let done_by = |journal: &[&str]| match verdict(STEP, journal) {
        Verdict::Solved { events, .. } => events,
        open @ Verdict::NotYet { .. } => panic!("{open:?}"),
    };
    // The first session is used as well, later.
    assert_eq!(done_by(&[OPENED, other, kept]), [1, 2]);
    assert_eq!(done_by(&[OPENED, other, kept, KEPT]), [1, 2]);
    assert_eq!(
        done_by(&[OPENED, OPENED, KEPT]),
        [1, 2],
        "what was done anew"
    );
}

#[test]
fn what_the_sheet_itself_asks_for_is_no_attempt() {
    let step = sign_in_of("carol");
    let with = |aside: &str| format!("{step}\n[[expect.aside]]\n{aside}");
    let judged = |step: &str, journal: &[&str]| attempts(&verdicts(&[step], journal, &[], ""));
    let journal = [ALICE, ALICE, BOB, CAROL];
    assert_eq!(judged(&step, &journal), [4]);
    assert_eq!(judged(&with("user = \"alice\""), &journal), [2]);
    assert_eq!(judged(&with("user = \"alice\"\ntimes = 1"), &journal), [3]);
    assert_eq!(judged(&with("user = \"alice\""), &[BOB, ALICE]), [1]);
    let unknown = blocks::step(&with("uesr = \"alice\"")).unwrap_err().1;
    assert!(unknown.contains("has no field uesr"), "{unknown}");
}

/// The event is stored with the change, the request when it is answered.
#[test]
fn the_request_that_solved_a_step_is_no_attempt_at_the_next() {
    let ask = "id = \"ask\"\nvariant = \"insecure\"\ndo = \"x\"\n[[expect]]\nevent = \"request\"\n\
               path = \"/dashboard\"\nstatus = 200\nnot-yet = \"No.\"";
    let steps = [&*sign_in_of("alice"), ask];
    let refused = "event=request path=/dashboard status=303";
    let judged = |journal: &[&str]| attempts(&verdicts(&steps, journal, &[], ""));
    assert_eq!(judged(&[ALICE, refused]), [1, 0]);
    assert_eq!(judged(&[ALICE, OPENED, refused, refused]), [1, 1]);
    assert_eq!(
        judged(&[ALICE, "event=request path=/ status=200", refused]),
        [1, 1]
    );
}

#[test]
fn patterns_match_beginnings_absence_and_numbers() {
    let step = "id = \"a\"\ndo = \"x\"\n[[expect]]\nevent = \"request\"\npath = \"/dash*\"\n\
                status = 200\nuser = \"\"\nnot-yet = \"No.\"";
    let solved = |line: &str| matches!(verdict(step, &[line]), Verdict::Solved { .. });
    assert!(solved("event=request path=/dashboard status=200"));
    assert!(!solved("event=request path=/dashboard status=303"));
    assert!(!solved(
        "event=request path=/dashboard status=200 user=alice"
    ));
    assert!(!solved("event=request path=/ status=200"));
}

#[test]
fn a_step_that_nothing_can_solve_is_refused() {
    let step = |expect: &str| {
        let text = format!("id = \"a\"\ndo = \"x\"\n[[expect]]\nnot-yet = \"\"\n{expect}");
        blocks::step(&text).unwrap_err().1
    };
    assert!(step("event = \"nothing\"").starts_with("there is no event nothing, but session"));
    assert!(step("event = \"rotated\"\nuesr = \"x\"").contains("has no field uesr, but user"));
    assert!(step("event = \"rotated\"\nfrom = \"!$x\"").contains("before any $x"));
    assert!(step("event = \"rotated\"\nfrom = [1]").contains("neither text"));
}

#[test]
fn a_hostile_journal_costs_a_bounded_time() {
    let opened: Vec<String> = (0..2_000)
        .map(|n| format!("event=session-opened session={n} adopted=false"))
        .collect();
    let journal: Vec<&str> = opened.iter().map(String::as_str).collect();
    assert_eq!(message(&journal).0, "Nobody signed in yet.");
}
