//! Taking an address apart: the bench, the variant, and what is routed.

use rocket::Request;
use rocket::http::Status;
use rocket::http::uri::Origin;

use super::problem::Problem;
use crate::base::bench_name::{BadBenchName, BenchName};

/// The bench in a path, and the path without it.
pub(super) fn bench_of(path: &str) -> Result<(BenchName, &str), Problem> {
    let Some(named) = path.strip_prefix("/b/") else {
        return Ok((BenchName::local(), path));
    };
    let (name, _) = named.split_once('/').unwrap_or((named, ""));
    let no_bench = |because: String| {
        let next = "Use an address such as /b/team-7/insecure/.";
        Problem::new(Status::NotFound, "There is no such bench", because, next)
    };
    let bench: BenchName = name
        .parse()
        .map_err(|error: BadBenchName| no_bench(error.to_string()))?;
    if bench.is_of_desk() {
        return Err(no_bench("This name is kept for the teacher's desk.".into()));
    }
    Ok((bench, &named[name.len()..]))
}

/// The first segment of a path and what follows it, which begins with `/`.
pub(super) fn split_first(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.find('/') {
        Some(at) => path.split_at(at),
        None => (path, "/"),
    }
}

/// Routes the request as `before` + `path`, with the query it came with.
pub(super) fn go_to(request: &mut Request<'_>, before: &str, path: &str) {
    let path = if path.is_empty() { "/" } else { path };
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    match Origin::parse_owned(format!("{before}{path}{query}")) {
        Ok(uri) => request.set_uri(uri),
        // Part of an address that Rocket took is always one that it takes.
        Err(error) => log::error!("an address was not understood: {error}"),
    }
}
