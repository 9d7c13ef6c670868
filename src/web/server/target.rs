//! The target of a request in the form that Rocket reads.

/// Path and query, percent-encoded where a client sent bytes that RFC 3986 does not allow there.
/// An absolute target loses its scheme and host: the `Host` header decides (RFC 9112 §3.2.2 asks a
/// server to prefer the target; the host check would then look at something that browsers never
/// send). `None` for `*` and for what does not begin with a slash.
pub fn path_and_query(target: &[u8]) -> Option<String> {
    let path = match target {
        [b'/', ..] => target,
        _ => {
            let text = target.to_ascii_lowercase();
            let scheme = [&b"http://"[..], b"https://"];
            let scheme = scheme.iter().find(|scheme| text.starts_with(scheme))?;
            let rest = &target[scheme.len()..];
            let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
            &rest[end.unwrap_or(rest.len())..]
        }
    };
    let mut text = String::with_capacity(path.len() + 1);
    if path.first() != Some(&b'/') {
        text.push('/');
    }
    let mut in_query = false;
    for byte in path {
        in_query |= *byte == b'?';
        if is_allowed(*byte) || (in_query && *byte == b'?') {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(text)
}

/// Letters, digits and signs that may appear as they are (RFC 3986 §3.3 and §3.4). A percent sign is
/// the client's own encoding.
const fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'@'
                | b'/'
                | b'?'
        )
}

#[cfg(test)]
mod tests {
    use super::path_and_query;

    #[test]
    fn what_is_no_uri_is_encoded_and_nothing_is_encoded_twice() {
        for (target, expected) in [
            ("/a?b=c", Some("/a?b=c")),
            ("/é?x=é", Some("/%C3%A9?x=%C3%A9")),
            ("/%C3%A9?x=%zz", Some("/%C3%A9?x=%zz")),
            (
                "/a|b\"<>\\^`{}[]#",
                Some("/a%7Cb%22%3C%3E%5C%5E%60%7B%7D%5B%5D%23"),
            ),
            ("/a??b", Some("/a??b")),
            ("http://localhost:7080/insecure/?a", Some("/insecure/?a")),
            ("HTTPS://localhost", Some("/")),
            ("http://localhost?x", Some("/?x")),
            ("*", None),
            ("localhost:443", None),
            ("", None),
        ] {
            let found = path_and_query(target.as_bytes());
            assert_eq!(found.as_deref(), expected, "{target}");
        }
    }
}
