//! What each part costs by itself: `cargo bench`, or `cargo bench -- engine` for one group.
//!
//! `benches/load` measures the whole program instead, and compares it with its budgets.

mod engine;
mod stand;
mod store;
mod tokens;
mod verification;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

criterion_group! {
    name = parts;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = engine::verbs, store::methods, tokens::cookies, tokens::csrf,
        verification::judgements
}
criterion_main!(parts);
