//! How a browser names itself in `User-Agent`, in a few words, and whether its kind has a record.

/// A browser in a few words, from its `User-Agent`, and whether its kind has a record.
pub fn browser(agent: &str) -> (String, bool) {
    let version = |mark: &str| {
        let rest = agent.split(mark).nth(1)?;
        Some(rest.split([' ', ';', ')']).next().unwrap_or_default())
    };
    // Others name themselves beside Chrome, and Chrome itself beside Safari.
    let known = [
        ("Firefox/", "Firefox", true),
        ("Edg/", "Edge", true),
        ("OPR/", "Opera", true),
        ("Chrome/", "Chromium or Chrome", true),
        ("Version/", "Safari", false),
    ];
    let found = known.iter().find_map(|(mark, name, recorded)| {
        let version = version(mark)?;
        Some((format!("{name} {version}"), *recorded))
    });
    found.unwrap_or_else(|| ("another browser".into(), false))
}

/// Whether a browser is a Firefox, by the name that it gives itself.
pub fn is_firefox(agent: &str) -> bool {
    agent.contains("Firefox/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_by_the_name_that_is_their_own() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/156.0.0.0 Safari/537.36";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        let safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.1 Safari/605.1.15";
        assert_eq!(
            browser(chrome),
            ("Chromium or Chrome 156.0.0.0".into(), true)
        );
        assert_eq!(browser(&format!("{chrome} Edg/156.0")).0, "Edge 156.0");
        assert_eq!(browser(firefox), ("Firefox 153.0".into(), true));
        assert_eq!(browser(safari), ("Safari 18.1".into(), false));
        assert_eq!(browser(""), ("another browser".into(), false));
        assert!(is_firefox(firefox) && !is_firefox(chrome));
    }
}
