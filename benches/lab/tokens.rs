//! What each request computes without the store: the cookies it carries, and its CSRF token.

use std::hint::black_box;

use criterion::Criterion;
use session_lab::defences::{CsrfToken, Defence, IdSource};
use session_lab::session::{SessionId, cookie};

const NAME: &str = "__Host-session_hardened";

fn id() -> String {
    IdSource::STRONG.issue(0).expect("random bytes")
}

pub fn cookies(criterion: &mut Criterion) {
    let id = id();
    let mut group = criterion.benchmark_group("cookies");
    let alone = format!("{NAME}={id}");
    // 60 cookies of other projects on this host, about 4 KB, before ours.
    let others: String = (0..60)
        .map(|n| format!("cookie_of_another_project_{n}={n:032}; "))
        .collect();
    let crowded = format!("{others}{alone}");
    for (what, header) in [("one", &alone), ("the last of 61", &crowded)] {
        assert_eq!(cookie::values([header.as_str()].into_iter(), NAME), [&id]);
        group.bench_function(what, |bencher| {
            bencher.iter(|| cookie::values([black_box(header.as_str())].into_iter(), NAME));
        });
    }
    group.bench_function("parse an id", |bencher| {
        bencher.iter(|| SessionId::parse(black_box(&id)));
    });
    group.finish();
}

pub fn csrf(criterion: &mut Criterion) {
    let (key, id) = (&[7; 32], id());
    let mut group = criterion.benchmark_group("csrf token");
    let token = CsrfToken::STRONG.issue(key, Some(&id)).expect("a token");
    group.bench_function("issue", |bencher| {
        bencher.iter(|| CsrfToken::STRONG.issue(key, black_box(Some(&id))));
    });
    group.bench_function("check a right one", |bencher| {
        let sent = Some(token.as_str());
        bencher.iter(|| {
            CsrfToken::STRONG
                .check(key, Some(&id), black_box(sent))
                .is_ok()
        });
    });
    let wrong = format!("{}!", &token[..token.len() - 1]);
    group.bench_function("check a wrong one", |bencher| {
        let sent = Some(wrong.as_str());
        bencher.iter(|| {
            CsrfToken::STRONG
                .check(key, Some(&id), black_box(sent))
                .is_ok()
        });
    });
    group.finish();
}
