//! Methods, where Rocket's view of a request is not what was sent.

use rocket::http::Method;
use rocket::{Data, Request, Route};

/// The method by which Rocket has replaced POST, because the form's first field `_method` names it.
///
/// HEAD counts as POST: the client waits for the body that an answer to HEAD announces and lacks.
pub(super) async fn overridden(request: &mut Request<'_>, data: &mut Data<'_>) -> Option<Method> {
    const FIELD: &[u8] = b"_method=";
    const LONGEST: usize = "OPTIONS&".len();
    let is_form = request.content_type().is_some_and(|found| found.is_form());
    if !is_form || request.method() == Method::Post {
        return None;
    }
    let first = data.peek(FIELD.len() + LONGEST).await;
    let value = first
        .strip_prefix(FIELD)?
        .split(|byte| *byte == b'&')
        .next()?;
    let named = std::str::from_utf8(value).ok()?.parse().ok()?;
    if named != request.method() {
        return None;
    }
    if named == Method::Head {
        request.set_method(Method::Post);
        return None;
    }
    Some(named)
}

/// The methods of the routes at this request's address, if the address has any.
pub(super) fn other_methods(request: &Request<'_>) -> Option<String> {
    let path = request.uri().path();
    let asked: Vec<_> = path.segments().collect();
    let fits = |route: &&Route| {
        let parts: Vec<&str> = route
            .uri
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let mut pairs = parts.iter().zip(&asked);
        parts.len() == asked.len() && pairs.all(|(part, is)| part.starts_with('<') || part == is)
    };
    let mut methods: Vec<_> = request
        .rocket()
        .routes()
        .filter(fits)
        .map(|route| route.method.as_str())
        .collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.dedup();
    (!methods.is_empty() && !methods.contains(&request.method().as_str()))
        .then(|| methods.join(", "))
}
