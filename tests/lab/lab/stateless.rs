//! `/stateless`: five events on a session and on a token, run for real.

use crate::support::bench;

/// The page, cut at its headings: one piece an event.
async fn events() -> Vec<String> {
    let mut student = bench().student();
    let recorded = student.get("/stateless").await.body;
    assert!(recorded.contains("Recorded on 20"), "{recorded}");
    let started = student.post_form("/stateless", &[]).await;
    assert_eq!(started.status, 303, "{}", started.body);
    let page = student.get("/stateless").await.body;
    assert!(page.contains("Your last run."), "{page}");
    let tables = |page: &str| -> Vec<String> {
        let tables = page.split("<table").skip(1);
        let whole = tables.map(|rest| rest.split("</table>").next().expect("an end").to_owned());
        whole.collect()
    };
    assert_eq!(
        tables(&recorded),
        tables(&page),
        "the record is as a run is"
    );
    page.split("<h2 id=\"event-")
        .skip(1)
        .map(str::to_owned)
        .collect()
}

/// Whether each answer of each row was accepted: the session's answers, then the token's.
fn rows(event: &str) -> Vec<(Vec<bool>, Vec<bool>)> {
    let table = event.split("</table>").next().expect("a table");
    let rows = table.split("<tr><th scope=\"row\"").skip(1);
    let cell = |cell: &str| {
        let answers = cell.split("<li>").skip(1);
        answers.map(|one| one.contains("accepted</span>")).collect()
    };
    rows.map(|row| {
        let cells: Vec<Vec<bool>> = row.split("<td>").skip(1).map(cell).collect();
        let [session, token] = &cells[..] else {
            panic!("two cells: {row}")
        };
        (session.clone(), token.clone())
    })
    .collect()
}

/// A row of `rows`, as text: `+` was accepted, `-` refused.
fn marks(event: &str) -> Vec<String> {
    let mark = |answers: Vec<bool>| -> String {
        let marks = answers.into_iter().map(|it| if it { '+' } else { '-' });
        marks.collect()
    };
    let rows = rows(event).into_iter();
    rows.map(|(session, token)| format!("{} {}", mark(session), mark(token)))
        .collect()
}

#[tokio::test]
async fn each_event_ends_on_each_variant_as_it_does_at_the_portal() {
    let events = events().await;
    // Insecure, hardened, hardened without jwt-revocation.
    for (at, title, expected) in [
        (0, "Sign-out", ["++ ++", "+- +-", "+- ++"]),
        (1, "A stolen copy", ["++ ++", "+- +-", "+- ++"]),
        (2, "A change of role", ["++ ++", "+- +-", "+- +-"]),
        (3, "A change of keys", ["+++ +++", "++- ++-", "++- ++-"]),
        (4, "A second server", ["-- ++", "-- ++", "-- ++"]),
    ] {
        assert!(events[at].contains(title), "{}", events[at]);
        assert_eq!(marks(&events[at]), expected, "{title}: {}", events[at]);
    }
    assert!(events[0].contains("(jwt-revocation)"), "{}", events[0]);
    let retired = "The token&#39;s key has retired. (key-rotation)";
    assert_eq!(events[3].matches(retired).count(), 2, "{}", events[3]);
    assert_eq!(events.len(), 5);
}

#[tokio::test]
async fn what_should_have_ended_is_weak_where_it_is_accepted_and_strong_where_it_is_refused() {
    let events = events().await;
    // The answer before the event tests nothing.
    assert_eq!(
        events[0].matches("<span class=\"ended \">").count(),
        6,
        "{}",
        events[0]
    );
    let rows: Vec<&str> = events[0].split("<tr><th scope=\"row\"").skip(1).collect();
    assert_eq!(rows[0].matches("ended weak").count(), 2, "{}", rows[0]);
    assert_eq!(rows[1].matches("ended strong").count(), 2, "{}", rows[1]);
    // Only the token depends on the keys.
    assert!(
        !events[3]
            .split("<td>")
            .nth(1)
            .expect("a cell")
            .contains("ended weak")
    );
}
