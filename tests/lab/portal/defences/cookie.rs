//! The attributes of the session cookie, as they are in the raw `Set-Cookie` line.

use super::{On, Shows};

/// The line that hands out the session at the sign-in.
async fn line(on: &On<'_>) -> String {
    let mut visitor = on.visitor();
    let reply = visitor.sign_in().await;
    let (name, value) = visitor.session_cookie().expect("a cookie");
    let beginning = format!("{name}={value}; Path=/");
    let lines = reply.set_cookies();
    let mut mine = lines.iter().filter(|line| line.starts_with(&beginning));
    let line = mine.next().expect("the session's line").to_string();
    assert_eq!(mine.next(), None);
    line
}

/// Whether an attribute is in the line, once and spelt like this.
fn has(line: &str, attribute: &str) -> bool {
    let found = line
        .split("; ")
        .skip(1)
        .filter(|found| *found == attribute)
        .count();
    assert!(found <= 1, "{line}");
    found == 1
}

/// Defence `http-only`.
pub async fn the_cookie_is_open_to_scripts(on: On<'_>) -> Shows {
    Shows::of(!has(&line(&on).await, "HttpOnly"))
}

/// Defence `secure`.
pub async fn the_cookie_may_go_in_clear(on: On<'_>) -> Shows {
    Shows::of(!has(&line(&on).await, "Secure"))
}

/// Defence `same-site`.
pub async fn the_cookie_says_nothing_of_other_sites(on: On<'_>) -> Shows {
    let line = line(&on).await;
    let weak = !line.contains("SameSite");
    assert!(weak || has(&line, "SameSite=Lax"), "{line}");
    Shows::of(weak)
}

/// Defence `host-prefix`.
pub async fn the_cookie_has_a_name_that_a_sibling_can_set(on: On<'_>) -> Shows {
    let line = line(&on).await;
    let plain = on.cookie_name("session");
    if line.starts_with(&format!("__Host-{plain}=")) {
        assert!(has(&line, "Secure") && !line.contains("Domain"), "{line}");
        return Shows::Strong;
    }
    assert!(line.starts_with(&format!("{plain}=")), "{line}");
    Shows::Weak
}

/// Defence `persistence`.
pub async fn the_cookie_outlives_the_browser(on: On<'_>) -> Shows {
    let line = line(&on).await;
    let weak = line.contains("Max-Age") || line.contains("Expires");
    assert_eq!(weak, has(&line, "Max-Age=315360000"), "{line}");
    Shows::of(weak)
}
