use super::*;

fn at(minutes: u64) -> BenchTime {
    BenchTime::from_millis(1_767_261_600_000 + minutes * 60_000)
}

fn mark(minutes: u64, what: &'static str) -> Mark {
    Mark {
        at: at(minutes),
        what,
        note: "",
    }
}

fn life(marks: Vec<Mark>, limits: [Option<BenchTime>; 2]) -> SessionHistory {
    let [idle, absolute] = limits;
    SessionHistory {
        name: "#1a2b3c4d".into(),
        user: Some("student123".into()),
        marks,
        ended_at: None,
        limits: vec![("idle limit", idle), ("absolute limit", absolute)],
    }
}

fn forms(drawing: &Timeline) -> Vec<&str> {
    drawing.points.iter().map(|point| point.form).collect()
}

#[test]
fn limits_lie_ahead_of_now_and_no_two_moments_are_closer_than_their_words_need() {
    let marks = vec![
        mark(0, "opened"),
        mark(0, "signed in"),
        mark(2, "last seen"),
    ];
    let drawing = Timeline::new(&life(marks, [Some(at(7)), Some(at(60))]), at(3));
    assert_eq!(
        forms(&drawing),
        ["dot", "dot", "dot", "now", "ring", "ring"]
    );
    let x: Vec<i32> = drawing.points.iter().map(|point| point.x).collect();
    assert!(x.windows(2).all(|pair| pair[1] - pair[0] >= LEAST), "{x:?}");
    assert!(
        x[5] - x[4] > x[4] - x[3],
        "the longest time has the most room: {x:?}"
    );
    assert_eq!(
        (drawing.past, drawing.ahead),
        ([x[0], x[3]], Some([x[3], x[5]]))
    );
    assert!(drawing.open.is_empty());
    assert_eq!(drawing.said[0], "10:00:00 opened");
    assert_eq!(drawing.said[5], "11:00:00 absolute limit");
}

#[test]
fn without_a_limit_the_line_goes_on() {
    let drawing = Timeline::new(&life(vec![mark(0, "opened")], [None, None]), at(500));
    let open: Vec<&str> = drawing
        .open
        .iter()
        .map(|words| &*words.description)
        .collect();
    assert_eq!(open, ["no idle limit", "no absolute limit"]);
    let until = drawing.ahead.expect("it goes on")[1];
    assert!(
        drawing
            .points
            .iter()
            .all(|point| point.x + ARROW <= until + 64),
        "{drawing:?}"
    );
    assert_eq!(drawing.said[2..], ["no idle limit", "no absolute limit"]);
}

#[test]
fn what_is_over_stops_and_what_is_presented_later_stands_behind_it() {
    let marks = vec![
        mark(0, "opened"),
        mark(5, "signed out"),
        mark(6, "presented"),
    ];
    let ended = SessionHistory {
        ended_at: Some(at(5)),
        ..life(marks, [None, None])
    };
    let drawing = Timeline::new(&ended, at(9));
    assert_eq!(forms(&drawing), ["dot", "stop", "dot", "now"]);
    assert_eq!(drawing.past[1], drawing.points[1].x);
    assert!(drawing.open.is_empty() && drawing.title.ends_with("of student123, over"));
}

#[test]
fn of_very_many_marks_the_first_and_the_last_are_drawn_within_the_drawing() {
    let marks: Vec<Mark> = (0..40).map(|minute| mark(minute, "signed in")).collect();
    let drawing = Timeline::new(&life(marks, [Some(at(50)), None]), at(45));
    assert_eq!(drawing.points.len(), MOST_MARKS + 2);
    assert!(
        drawing
            .points
            .iter()
            .all(|point| (0..=WIDTH).contains(&point.x))
    );
    assert_eq!(drawing.said[5], "10:39:00 signed in");
}

#[test]
fn another_day_is_said() {
    let drawing = Timeline::new(&life(vec![mark(0, "opened")], [None, None]), at(24 * 60));
    let below: Vec<&str> = drawing.points[0]
        .below
        .iter()
        .map(|words| &*words.description)
        .collect();
    assert_eq!(below, ["2026-01-01", "10:00:00"]);
}
