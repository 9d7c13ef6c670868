//! The page `/class`, and what other pages say of the class.

use session_lab::base::clock::BenchTime;
use session_lab::classroom::protocol::{Asked, RefusedReason, Remark};

use super::fake_desk::{FakeDesk, refused};
use super::member::{answer, member, sheet_06};
use crate::support::{Client, POLL, bench};

/// The page as soon as it holds these words.
async fn page_with(student: &mut Client, path: &str, words: &str) -> String {
    let start = std::time::Instant::now();
    loop {
        let page = student.get(path).await.body;
        if page.contains(words) {
            return page;
        }
        assert!(start.elapsed().as_secs() < 60, "no {words}: {page}");
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
async fn before_joining_the_page_says_what_is_sent_and_what_never_is() {
    let mut student = bench().student();
    let page = student.get("/class").await.shown();
    for words in [
        "What is sent to the teacher",
        "which steps you have solved",
        "What is never sent",
        "cookies, session ids, tokens",
        "Join, and send what is listed above",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let home = student.get("/").await.body;
    assert!(home.contains(">Join a class</a>"), "{home}");
}

#[tokio::test]
async fn a_form_that_does_not_join_marks_the_field_to_look_at() {
    let desk = FakeDesk::start().await;
    let mut student = bench().student();
    let link = || ("link", desk.link());
    let name = |name: &str| ("name", name.to_owned());
    let field = |name, text: &str| (name, text.to_owned());
    let refuse = |reason: Option<RefusedReason>| {
        let mut state = desk.state();
        state.refuse.clear();
        if let Some(reason) = reason {
            state.refuse.insert("/join", refused(reason));
        }
    };
    for (reason, fields, marked) in [
        (
            None,
            vec![field("link", "nonsense"), name("Ada")],
            &["link"][..],
        ),
        (None, vec![name("Ada")], &["link"]),
        (
            None,
            vec![field("code", "K7Q2MA"), name("Ada")],
            &["address"],
        ),
        (
            None,
            vec![
                field("address", "192.0.2.7"),
                field("code", "K7"),
                name("Ada"),
            ],
            &["code"],
        ),
        (None, vec![link(), name("")], &["name"]),
        (
            None,
            vec![link(), name("Ada"), field("secret", "short")],
            &["secret"],
        ),
        (
            Some(RefusedReason::NameTaken),
            vec![link(), name("Ada"), field("slip", "4711")],
            &["name", "slip"],
        ),
        (
            Some(RefusedReason::NoSuchClass),
            vec![link(), name("Ada")],
            &["link"],
        ),
    ] {
        refuse(reason);
        let page = student.post_form("/class/join", &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        let body = page.body;
        assert!(body.contains("<title>Error: "), "{body}");
        let leads = format!("<a href=\"#{}\">Go to the field</a>", marked[0]);
        assert!(body.contains(&leads), "{leads}: {body}");
        for id in ["link", "address", "code", "name", "slip", "secret"] {
            let field = body.split(&format!("<input id=\"{id}\"")).nth(1);
            let field = field.expect("a field").split('>').next().expect("its end");
            let marks = "aria-invalid=\"true\" aria-describedby=\"error\"";
            let is_marked = marked.contains(&id);
            assert_eq!(field.contains(marks), is_marked, "{fields:?} {id}: {field}");
        }
    }
}

#[tokio::test]
async fn the_longest_reflection_that_a_sheet_takes_is_handed_in_in_any_script() {
    let desk = FakeDesk::start().await;
    let (_, mut student) = member(&desk).await;
    answer(&mut student, "clear-is-not-enough", &"漢".repeat(4_000)).await;
    let fields = [
        ("sheet", sheet_06()),
        ("id", "clear-is-not-enough".to_owned()),
    ];
    let reply = student.post_form("/class/reflection", &fields).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
}

#[tokio::test]
async fn a_link_copied_with_quotes_or_a_byte_order_mark_joins() {
    let desk = FakeDesk::start().await;
    for (before, after) in [("\u{feff}", ""), ("'", "'"), ("“", "”\n")] {
        let mut student = bench().student();
        let link = format!("{before}{}{after}", desk.link());
        let fields = [("link", link), ("name", "Ada".to_owned())];
        let reply = student.post_form("/class/join", &fields).await;
        assert_eq!(reply.status, 303, "{before:?}: {}", reply.body);
    }
}

#[tokio::test]
async fn what_the_teacher_leads_to_is_on_the_page_and_no_markup_of_it_works() {
    let desk = FakeDesk::start().await;
    {
        let mut state = desk.state();
        let lead = &mut state.lead;
        lead.message = Some("Open <script>sheet</script> 06".into());
        lead.now = Some(sheet_06());
        lead.closed = vec!["00-the-lab".into(), "no-such-sheet".into()];
        lead.remarks = vec![Remark {
            sheet: sheet_06(),
            reflection: "clear-is-not-enough".into(),
            comment: "Good <b>point</b>".into(),
            points: Some(3),
        }];
    }
    let (_, mut student) = member(&desk).await;
    let page = page_with(&mut student, "/class", "From the teacher").await;
    for words in [
        "Open &lt;script&gt;sheet&lt;/script&gt; 06",
        "Sheet 06 Session fixation",
        "Good &lt;b&gt;point",
        ", 3 points",
        ": closed",
        "Web security &lt;1&gt;",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("<script>sheet") && !page.contains("no-such-sheet"));
    let sheet = student.get("/labs/00-the-lab").await.body;
    assert!(sheet.contains("This sheet is closed."), "{sheet}");
}

#[tokio::test]
async fn a_question_to_all_is_answered_once_a_round_and_its_result_is_shown() {
    let desk = FakeDesk::start().await;
    let asked = Asked {
        number: 4,
        sheet: sheet_06(),
        question: "guess-what-the-attacker-sees".into(),
        round: 1,
        shown: None,
    };
    desk.state().lead.question = Some(asked.clone());
    let (_, mut student) = member(&desk).await;
    page_with(&mut student, "/class", "A question to all").await;
    let vote = |round: u8, option: usize| {
        [
            ("number", "4".to_owned()),
            ("round", round.to_string()),
            ("option", option.to_string()),
        ]
    };
    let reply = student.post_form("/class/vote", &vote(1, 1)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = student.get("/class").await.body;
    assert!(
        page.contains("Change my vote") && !page.contains("<meter"),
        "{page}"
    );
    let before = student.get("/class/live").await.json()["stamp"].clone();
    desk.state().lead.question = Some(Asked {
        round: 2,
        shown: Some(vec![1, 5, 0]),
        ..asked
    });
    let page = page_with(&mut student, "/class", "after the discussion").await;
    assert!(page.contains("5 of 6"), "{page}");
    assert_ne!(student.get("/class/live").await.json()["stamp"], before);
    let late = student.post_form("/class/vote", &vote(1, 0)).await;
    assert_eq!(late.status, 422, "the first round is over");
    assert_eq!(
        student.post_form("/class/vote", &vote(2, 0)).await.status,
        303
    );
    let state = desk.state();
    let votes = state
        .votes
        .iter()
        .map(|vote| (vote.number, vote.round, vote.option));
    assert_eq!(votes.collect::<Vec<_>>(), [(4, 1, 1), (4, 2, 0)]);
}

#[tokio::test]
async fn a_hand_goes_up_and_down() {
    let desk = FakeDesk::start().await;
    let (_, mut student) = member(&desk).await;
    for up in ["1", "0"] {
        let reply = student
            .post_form("/class/hand", &[("up", up.to_owned())])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
    desk.until("both", |desk| {
        use session_lab::classroom::protocol::Happened::Hand;
        desk.happened()
            .ends_with(&[&Hand { up: true }, &Hand { up: false }])
    })
    .await;
}

#[tokio::test]
async fn a_hand_that_the_teacher_lowers_is_down_in_the_students_lab() {
    use session_lab::classroom::protocol::Happened::Hand;
    let desk = FakeDesk::start().await;
    let (_, mut student) = member(&desk).await;
    let raise = [("up", "1".to_owned())];
    student.post_form("/class/hand", &raise).await;
    desk.until("a hand", |desk| {
        desk.happened().contains(&&Hand { up: true })
    })
    .await;
    page_with(&mut student, "/class", "Your hand is up.").await;
    let stamp = student.get("/class/live").await.json()["stamp"].clone();
    desk.state().lead.hand = Some(false);
    page_with(&mut student, "/class", "Raise my hand").await;
    let lowered = student.get("/class/live").await.json()["stamp"].clone();
    assert_ne!(lowered, stamp, "the open page says that something is new");

    // A hand that the desk has not heard of is not lowered by what the desk said before.
    let away = refused(RefusedReason::Unavailable);
    desk.state().refuse.insert("/report", away);
    student.post_form("/class/hand", &raise).await;
    page_with(&mut student, "/class", "1 report waits").await;
    page_with(&mut student, "/class", "Your hand is up.").await;
    {
        let mut state = desk.state();
        state.refuse.clear();
        state.lead.hand = Some(true);
    }
    page_with(&mut student, "/class", "Everything is reported.").await;
    page_with(&mut student, "/class", "Your hand is up.").await;
    let hands = |up: bool| {
        let state = desk.state();
        let all = state.happened();
        all.iter().filter(|what| ***what == Hand { up }).count()
    };
    assert_eq!(
        (hands(true), hands(false)),
        (2, 0),
        "nothing is sent for the teacher's part"
    );
}

#[tokio::test]
async fn whether_answers_are_right_is_kept_back_until_the_teacher_releases_it() {
    let desk = FakeDesk::start().await;
    let tomorrow = BenchTime::now(std::time::Duration::from_secs(86_400));
    desk.state().lead.deadlines.insert(sheet_06(), tomorrow);
    let (_, mut student) = member(&desk).await;
    page_with(
        &mut student,
        "/labs/06-session-fixation",
        "This sheet counts until",
    )
    .await;
    answer(&mut student, "why-it-works", "0").await;
    let kept_back = "once the teacher releases the answers";
    let because = "Nothing left the victim's jar.";
    let page = student.get("/labs/06-session-fixation").await.shown();
    assert!(
        page.contains(kept_back) && !page.contains(because),
        "{page}"
    );
    let report = student.get("/labs/06-session-fixation/report.md").await;
    assert_eq!(report.status, 403, "{}", report.body);
    desk.state().lead.released = vec![sheet_06()];
    let page = page_with(
        &mut student,
        "/labs/06-session-fixation",
        "Nothing left the victim",
    )
    .await;
    assert!(!page.contains(kept_back), "{page}");
    assert_eq!(
        student
            .get("/labs/06-session-fixation/report.md")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_second_laptop_joins_with_the_secret_and_its_items_are_its_own() {
    let desk = FakeDesk::start().await;
    let (first, _) = member(&desk).await;
    super::member::solve_a_step(&first).await;
    desk.until("the step", |desk| desk.solved().contains(&"id-fetched"))
        .await;
    let secret = desk.state().joins[0].secret.clone();
    let second = bench();
    let mut student = second.student();
    let fields = |secret: &str| {
        [
            ("link", desk.link()),
            ("name", "Ada".to_owned()),
            ("secret", secret.to_owned()),
        ]
    };
    let reply = student.post_form("/class/join", &fields("short")).await;
    assert_eq!(reply.status, 422, "{}", reply.body);
    let reply = student.post_form("/class/join", &fields(&secret)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    super::member::solve_a_step(&second).await;
    desk.until("the step of both", |desk| {
        desk.solved()
            .iter()
            .filter(|step| **step == "id-fetched")
            .count()
            == 2
    })
    .await;
    let state = desk.state();
    let labs: std::collections::BTreeSet<_> = state.items.iter().map(|(lab, ..)| lab).collect();
    assert_eq!(labs.len(), 2);
    assert_eq!(state.joins[1].secret, secret);
}
