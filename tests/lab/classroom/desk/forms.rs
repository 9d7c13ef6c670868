//! Forms of the teacher's pages that are not taken: nothing that was typed is lost.

use serde_json::{Value, json};
use session_lab::client::HttpExchange;

use super::people::TeacherClient;
use super::{DeskLab, StudentLab};

/// Sends a form with this token.
async fn send(
    teacher: &TeacherClient,
    path: &str,
    token: &str,
    fields: &[(&str, &str)],
) -> HttpExchange {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token).extend_pairs(fields);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    teacher.raw("POST", path, &[kind], form.finish()).await
}

/// A message at the top that has the focus, and a field that it describes.
fn assert_marked(page: &HttpExchange, id: &str) {
    let body = &page.body;
    assert!(body.contains("<title>Error: "), "{id}: {body}");
    let message = "role=\"alert\" id=\"error\" tabindex=\"-1\" autofocus";
    assert!(body.contains(message), "{id}: {body}");
    assert!(
        body.contains(&format!("<a href=\"#{id}\">")),
        "{id}: {body}"
    );
    let field = body.split(&format!(" id=\"{id}\"")).nth(1);
    let field = field.unwrap_or_else(|| panic!("no field {id}: {body}"));
    let field = field.split('>').next().expect("its end");
    let marks = "aria-invalid=\"true\" aria-describedby=\"error\"";
    assert!(field.contains(marks), "{id}: {field}");
    assert_eq!(body.matches("aria-invalid").count(), 1, "{id}: {body}");
}

/// An address, what is typed there, and how the page of the answer shows it.
type TypedForm = (
    &'static str,
    [(&'static str, &'static str); 2],
    &'static str,
);

/// The forms into which something is typed.
const TYPED: [TypedForm; 4] = [
    (
        "/class/1/lead",
        [("do", "message"), ("message", "One.\r\n<Two>")],
        "One.\n&lt;Two&gt;</textarea>",
    ),
    (
        "/class/1/roster",
        [("do", ""), ("roster", "alice\r\n漢字")],
        "alice\n漢字</textarea>",
    ),
    (
        "/class/1/settings",
        [("do", "set"), ("keep-days", "365")],
        "name=\"keep-days\" value=\"365\"",
    ),
    (
        "/classes",
        [("do", ""), ("name", "Tuesday \"B\"")],
        "name=\"name\" value=\"Tuesday &quot;B&quot;\"",
    ),
];

#[tokio::test]
async fn a_form_that_meets_a_locked_desk_keeps_its_text_until_it_is_sent_again() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    teacher.make_class("Monday").await;
    let token = teacher.token().await;
    let mut locked = teacher.clone();
    locked.cookie.clear();
    for (path, fields, shown) in TYPED {
        let held = send(&locked, path, &token, &fields).await;
        assert_eq!(held.status, 401, "{path}: {}", held.body);
        // The link is printed from another tab, so that this one keeps the text.
        for words in [
            "<title>Error: ",
            "The desk is locked",
            "action=\"/link\" target=\"_blank\"",
            &format!("method=\"post\" action=\"{path}\""),
            shown,
            "Send it again",
        ] {
            assert!(held.body.contains(words), "{path} {words}: {}", held.body);
        }
        assert!(!held.body.contains(&token), "{path}");
        // The teacher opened the desk again, so the page's token is of no session.
        for old in ["", "of-an-earlier-sign-in"] {
            let held = send(&teacher, path, old, &fields).await;
            assert_eq!(held.status, 403, "{path}: {}", held.body);
            assert!(held.body.contains(shown), "{path}: {}", held.body);
            assert!(held.body.contains(&token), "it can be sent: {path}");
        }
    }
    let lead = teacher.get("/class/1/lead").await.body;
    assert!(!lead.contains("&lt;Two&gt;"), "nothing was changed: {lead}");
    let (path, fields, shown) = TYPED[0];
    let done = send(&teacher, path, &token, &fields).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let lead = teacher.get(path).await.body;
    assert!(lead.contains(shown), "{lead}");
}

#[tokio::test]
async fn a_locked_desk_offers_no_button_and_no_deletion_again() {
    let lab = DeskLab::start().await;
    let mut teacher = lab.teacher().await;
    let (class, _) = teacher.make_class("Monday").await;
    teacher.cookie.clear();
    for (path, fields) in [
        (format!("{class}/care"), &[("do", "reset-all")][..]),
        (
            format!("{class}/settings"),
            &[("do", "delete"), ("name", "Monday")],
        ),
        ("/sign-out".into(), &[]),
    ] {
        let refused = send(&teacher, &path, "", fields).await;
        assert_eq!(refused.status, 401, "{path}");
        assert!(!refused.body.contains("Send it again"), "{}", refused.body);
    }
    assert_eq!(teacher.get(&format!("{class}/lead")).await.status, 401);
    assert_eq!(teacher.get("/").await.status, 200);
}

#[tokio::test]
async fn a_file_of_names_is_answered_in_json_whatever_is_wrong() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, _) = teacher.make_class("Monday").await;
    let token = teacher.token().await;
    let mut locked = teacher.clone();
    locked.cookie.clear();
    let path = format!("{class}/roster-file");
    for (teacher, path, token, body, status, words) in [
        (&locked, &*path, &*token, "alice", 401, "The desk is locked"),
        (
            &teacher,
            &*path,
            "old",
            "alice",
            403,
            "Load this page again",
        ),
        (&teacher, &*path, &*token, "\"a", 422, "line 1 has a quote"),
        (
            &teacher,
            &*path,
            &*token,
            "PK\u{3}\u{4}x",
            422,
            "save the list as CSV",
        ),
        (
            &teacher,
            &*path,
            &*token,
            "%PDF-1.7\nx",
            422,
            "this is a PDF",
        ),
        (
            &teacher,
            "/class/9/roster-file",
            &*token,
            "alice",
            404,
            "no such page",
        ),
    ] {
        let headers = [
            ("content-type", "application/octet-stream"),
            ("x-desk-token", token),
        ];
        let answer = teacher.raw("POST", path, &headers, body.into()).await;
        assert_eq!(answer.status, status, "{words}: {}", answer.body);
        let says: Value = serde_json::from_str(&answer.body).expect("JSON");
        let because = says["because"].as_str().expect("a reason");
        assert!(because.contains(words), "{because}");
    }
    let page = teacher.get(&format!("{class}/roster")).await.body;
    assert!(page.contains("Nobody is on the roster"), "{page}");
}

#[tokio::test]
async fn a_text_within_its_maxlength_is_taken_whatever_its_line_ends() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, _) = teacher.make_class("Monday").await;
    // A browser counts a line end once, and sends it as two characters.
    let text = "a\r\n".repeat(999) + "b";
    let message = [("do", "message"), ("message", &*text)];
    teacher.done(&format!("{class}/lead"), &message).await;
    let page = teacher.get(&format!("{class}/lead")).await.body;
    assert!(page.contains("a\na\nb</textarea>"), "{page}");
}

#[tokio::test]
async fn a_refused_form_is_its_page_again_with_what_was_typed_and_a_message_at_the_field() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let alice = StudentLab::join(&lab.doors, &code, "alice", 1).await;
    let library = lab.running().lessons.library();
    let sheets = library.sheets().iter();
    let mut reflections = sheets.flat_map(|sheet| {
        let reflections = sheet.reflections();
        reflections.map(|one| (sheet.slug.clone(), one.common.id.clone()))
    });
    let (sheet, reflection) = reflections.next().expect("a reflection");
    let text = json!([{ "at": 1, "happened": "reflected", "sheet": sheet,
                        "reflection": reflection, "text": "Words." }]);
    alice.report(1, text).await;

    let long = "x".repeat(2_001);
    let settings = |stuck, keep| [("do", "set"), ("stuck-minutes", stuck), ("keep-days", keep)];
    let of_student = format!("{class}/student/{}", alice.number);
    let of_reflection = format!("{sheet}-{reflection}");
    let remark = |comment, points| {
        [
            ("do", "remark"),
            ("sheet", &*sheet),
            ("reflection", &*reflection),
            ("comment", comment),
            ("points", points),
        ]
    };
    for (path, fields, id, typed) in [
        (
            "/classes".to_owned(),
            vec![("name", &long[..81])],
            "name".to_owned(),
            &long[..81],
        ),
        (
            format!("{class}/roster"),
            vec![("roster", "bob\n\"x")],
            "roster".into(),
            "bob\n&quot;x</textarea>",
        ),
        (
            format!("{class}/lead"),
            vec![("do", "message"), ("message", &*long)],
            "message".into(),
            &*long,
        ),
        (
            format!("{class}/lead"),
            vec![("do", "deadline"), ("sheet", &*sheet), ("minutes", "soon")],
            format!("{sheet}-minutes"),
            "value=\"soon\"",
        ),
        (
            format!("{class}/settings"),
            settings("0", "77").into(),
            "stuck-minutes".into(),
            "value=\"77\"",
        ),
        (
            format!("{class}/settings"),
            settings("7", "x").into(),
            "keep-days".into(),
            "value=\"7\"",
        ),
        (
            format!("{class}/settings"),
            vec![("do", "delete"), ("name", "Mon")],
            "name".into(),
            "value=\"Mon\"",
        ),
        (
            of_student.clone(),
            remark(&*long, "1").into(),
            format!("{of_reflection}-comment"),
            &*long,
        ),
        (
            of_student,
            remark("Well said.", "1001").into(),
            format!("{of_reflection}-points"),
            "Well said.</textarea>",
        ),
    ] {
        let page = teacher.post(&path, &fields).await;
        assert_eq!(page.status, 422, "{path} {id}: {}", page.body);
        assert_marked(&page, &id);
        assert!(page.body.contains(typed), "{path} {id}: {}", page.body);
        assert!(page.body.contains("Nothing was changed."), "{}", page.body);
    }
    // Where no field is wrong the message is there all the same.
    let release = [("do", "release"), ("sheet", &*sheet)];
    let page = teacher.post(&format!("{class}/lead"), &release).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Close the sheet first"), "{}", page.body);
    assert!(!page.body.contains("aria-invalid"), "{}", page.body);
}

#[tokio::test]
async fn a_roster_with_a_byte_order_mark_or_another_form_of_a_letter_names_the_same_students() {
    let lab = DeskLab::start().await;
    let teacher = lab.teacher().await;
    let (class, code) = teacher.make_class("Monday").await;
    let roster = format!("{class}/roster");
    let pasted = "\u{feff}Ada Lovelace\nZoe\u{308}";
    teacher.done(&roster, &[("roster", pasted)]).await;
    teacher.done(&roster, &[("roster", "Zo\u{eb};7")]).await;
    StudentLab::join(&lab.doors, &code, "Ada Lovelace", 1).await;
    StudentLab::join(&lab.doors, &code, "zo\u{eb}", 2).await;
    let page = teacher.get(&roster).await.body;
    assert!(!page.contains("not on the roster"), "{page}");
    let rows = teacher.board(&class).await["rows"].as_array().map(Vec::len);
    assert_eq!(rows, Some(2), "{page}");
}
