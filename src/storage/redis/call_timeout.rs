//! How long a call to Redis may take, as the end of its address says. Read `address.rs` first.

use std::time::Duration;

use super::bad_address::BadAddress;

/// How long a call may take, unless the address says otherwise: longer than any script, and short
/// enough for somebody who waits.
const USUAL_TIMEOUT: Duration = Duration::from_millis(500);
/// Below it, Redis is lost whenever the machine is busy.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(100);
/// Above it, nobody waits for the page.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(120);

/// The text before `?timeout=`, and the timeout. A `?` may also belong to the password, so only one
/// after the last `@` counts.
pub fn split(text: &str) -> Result<(&str, Duration), BadAddress> {
    let hosts = text.rfind('@').map_or(0, |at| at + 1);
    let Some(query) = text[hosts..].find('?') else {
        return Ok((text, USUAL_TIMEOUT));
    };
    let (address, query) = text.split_at(hosts + query);
    let value = query.strip_prefix("?timeout=").ok_or(BadAddress::Rest)?;
    let (number, unit): (_, fn(u64) -> Duration) = match value.strip_suffix("ms") {
        Some(number) => (number, Duration::from_millis),
        None => (
            value.strip_suffix('s').ok_or(BadAddress::Timeout)?,
            Duration::from_secs,
        ),
    };
    // `parse` alone would also take a sign.
    let is_number = number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number);
    let timeout = number.map(unit).ok_or(BadAddress::Timeout)?;
    if !(SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&timeout) {
        return Err(BadAddress::Timeout);
    }
    Ok((address, timeout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::redis::Address;

    #[test]
    fn an_address_may_say_how_long_a_call_may_take() {
        let millis = |text: &str| Address::parse(text, None).unwrap().timeout.as_millis();
        assert_eq!(millis("redis://localhost"), 500);
        assert_eq!(millis("redis://localhost?timeout=800ms"), 800);
        assert_eq!(millis("rediss://localhost/1?timeout=2s"), 2_000);
        assert_eq!(millis("redis+sentinel://a,b/primary/2?timeout=1s"), 1_000);
        let address = Address::parse("redis://:a?timeout=9s@localhost/3?timeout=1s", None).unwrap();
        assert_eq!(address.password.as_deref(), Some("a?timeout=9s"));
        assert_eq!((address.timeout.as_secs(), address.database), (1, 3));
    }

    #[test]
    fn what_is_no_timeout_is_refused() {
        for value in [
            "",
            "2",
            "+2s",
            "-2s",
            "2 s",
            "99ms",
            "121s",
            "99999999999999999999s",
            "2s&x=1",
        ] {
            let text = format!("redis://localhost/0?timeout={value}");
            let refused = Address::parse(&text, None).map(|address| address.to_string());
            assert_eq!(refused, Err(BadAddress::Timeout), "{text}");
        }
    }
}
