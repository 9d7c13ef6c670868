//! A failed form of the lab's own pages says so first, marks its field, and keeps what was typed. Issue
//! 17.4.

use crate::support::{Client, Reply, bench};

const MARKED: &str = "aria-invalid=\"true\" aria-describedby=\"error\"";

async fn failing(client: &mut Client, path: &str, fields: &[(&str, &str)]) -> Reply {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let reply = client.post_form(path, &fields).await;
    assert_eq!(reply.status, 422, "{path}: {}", reply.body);
    assert!(
        reply.body.contains("<title>Error: "),
        "{path}: {}",
        reply.body
    );
    let summary = "role=\"alert\" id=\"error\" tabindex=\"-1\" autofocus";
    assert_eq!(
        reply.body.matches(summary).count(),
        1,
        "{path}: {}",
        reply.body
    );
    assert!(reply.body.contains(MARKED), "{path}: {}", reply.body);
    reply
}

/// The tag of the element with this id.
fn tag<'r>(page: &'r Reply, id: &str) -> &'r str {
    let rest = page.body.split(&format!("id=\"{id}\"")).nth(1);
    rest.and_then(|rest| rest.split('>').next())
        .expect(&page.body)
}

#[tokio::test]
async fn a_form_of_one_field_comes_back_to_be_corrected() {
    let bench = bench();
    let mut student = bench.student();
    for typed in ["", "0", "six\"", "525601", "-1"] {
        let page = failing(&mut student, "/clock", &[("minutes", typed)]).await;
        let field = tag(&page, "minutes");
        assert!(field.contains(MARKED), "{field}");
        let kept = format!("value=\"{}\"", typed.replace('"', "&quot;"));
        assert_eq!(field.contains(&kept), !typed.is_empty(), "{field}");
    }
    let name = "ä\"".repeat(40);
    let page = failing(&mut student, "/labs/name", &[("name", &name)]).await;
    assert!(tag(&page, "name").contains(&"ä&quot;".repeat(40)));

    let key = [("key", "no-such-key")];
    let page = failing(&mut student, "/labs/06-session-fixation/print", &key).await;
    assert!(tag(&page, "key").contains("type=\"password\""));
    assert!(!page.body.contains("no-such-key"), "{}", page.body);

    // The page's form works: corrected, it does what it is for.
    let moved = student
        .post_form("/clock", &[("minutes", "6".to_owned())])
        .await;
    assert_eq!(moved.status, 303);
}

#[tokio::test]
async fn an_answer_that_cannot_be_taken_is_in_its_field_again() {
    let bench = bench();
    let mut student = bench.student();
    let sheets = student.get("/labs").await.body;
    let slugs: std::collections::BTreeSet<&str> = sheets
        .split("/labs/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|slug| slug.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let (mut texts, mut choices, mut reflections) = (0, 0, 0);
    for slug in slugs {
        let page = student.get(&format!("/labs/{slug}")).await.body;
        for form in page.split("/answer\">").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let id = form.split("name=\"id\" value=\"").nth(1).expect(form);
            let id = id.split('"').next().unwrap_or_default();
            let long = "so\"".repeat(1_500);
            let typed = if form.contains("type=\"radio\"") || form.contains("type=\"checkbox\"") {
                choices += 1;
                ""
            } else if form.contains("<textarea") {
                reflections += 1;
                &long
            } else {
                texts += 1;
                if form.contains("inputmode=\"decimal\"") {
                    "about \"ten\""
                } else {
                    &long
                }
            };
            let answer = format!("/labs/{slug}/answer");
            let page = failing(&mut student, &answer, &[("id", id), ("answer", typed)]).await;
            assert!(
                page.body.contains(&format!("<a href=\"#{id}\">")),
                "{slug} {id}"
            );
            if !typed.is_empty() {
                let kept = typed.replace('"', "&quot;");
                assert!(page.body.contains(&kept), "{slug} {id}: {}", page.body);
                assert!(tag(&page, &format!("{id}-answer")).contains(MARKED));
            }
        }
    }
    assert!(
        texts > 5 && choices > 5 && reflections > 5,
        "{texts} {choices} {reflections}"
    );
}

#[tokio::test]
async fn the_own_mix_and_the_workbench_mark_the_field_that_is_wrong() {
    let bench = bench();
    let mut student = bench.student();
    let preset = [("preset", "insecure".to_owned())];
    student.post_form("/custom", &preset).await;
    let page = failing(&mut student, "/custom", &[("host-prefix", "host")]).await;
    let field = page
        .body
        .split("id=\"host-prefix\"")
        .nth(1)
        .expect(&page.body);
    let field = field.split("</fieldset>").next().unwrap_or_default();
    assert!(field.contains(&format!("checked {MARKED}")), "{field}");

    for (fields, field) in [
        (&[("action", "ask"), ("token", "")][..], "token"),
        (
            &[
                ("action", "sign"),
                ("token", "a.b.c"),
                ("header", "{no"),
                ("payload", "{}"),
                ("how", "none"),
            ],
            "header",
        ),
        (
            &[
                ("action", "sign"),
                ("token", "a.b.c"),
                ("header", "{}"),
                ("payload", "{no"),
                ("how", "none"),
            ],
            "payload",
        ),
    ] {
        let page = failing(&mut student, "/jwt", fields).await;
        assert!(tag(&page, field).contains(MARKED), "{field}: {}", page.body);
    }
    let long = "x".repeat(9_000);
    let token = [("action", "ask"), ("token", long.as_str())];
    let page = failing(&mut student, "/jwt", &token).await;
    assert!(page.body.contains(&long), "the token is kept");
    let header = [
        ("action", "sign"),
        ("token", "a.b.c"),
        ("header", &long),
        ("payload", "{\"mine\":1}"),
    ];
    let page = failing(&mut student, "/jwt", &header).await;
    assert!(tag(&page, "header").contains(MARKED));
    assert!(page.body.contains(&long) && page.body.contains("{&quot;mine&quot;:1}"));
}
