//! curl, which the sheets use, and its TLS library: whether it trusts the lab's certificate by
//! `CURL_CA_BUNDLE` depends on it.

use super::finding::Finding;
use super::program;

const TOPIC: &str = "curl";

/// The version from which curl resolves `*.localhost` itself.
const KNOWS_LOCALHOST: (u32, u32) = (7, 85);

/// TLS libraries by the beginning of the name that `curl --version` gives them.
const LIBRARIES: [&str; 14] = [
    "openssl",
    "libressl",
    "boringssl",
    "quictls",
    "aws-lc",
    "gnutls",
    "wolfssl",
    "mbedtls",
    "bearssl",
    "rustls-ffi",
    "nss",
    "schannel",
    "winssl",
    "securetransport",
];

/// What curl says of itself.
#[derive(Debug, PartialEq, Eq)]
struct CurlBuild {
    version: String,
    /// The TLS library that it uses, as in `OpenSSL/3.0.19`.
    library: Option<String>,
    /// Others that `CURL_SSL_BACKEND` can choose.
    others: Vec<String>,
}

/// The first curl in `PATH`.
pub fn look() -> Finding {
    let Some(path) = program::find("curl") else {
        let next = "install curl; without it the sheets' commands do not run";
        return Finding::careful(TOPIC, "none is in PATH", next);
    };
    let at = path.display();
    match program::version_of(&path) {
        Ok(said) => match CurlBuild::parse(&said) {
            Some(build) => judge(&build, &at.to_string(), chosen().as_deref()),
            None => {
                let found = format!("{at} does not answer as curl does");
                Finding::careful(TOPIC, found, "look at it: type -a curl")
            }
        },
        Err(error) => Finding::careful(
            TOPIC,
            format!("{at} cannot be asked: {error}"),
            "look at it: type -a curl",
        ),
    }
}

/// The library that the environment chooses.
fn chosen() -> Option<String> {
    std::env::var("CURL_SSL_BACKEND").ok()
}

fn judge(build: &CurlBuild, at: &str, chosen: Option<&str>) -> Finding {
    let CurlBuild {
        version, others, ..
    } = build;
    let Some(library) = build.in_use(chosen) else {
        let found = format!("{version} at {at} has no TLS library");
        return Finding::careful(TOPIC, found, "install a curl that speaks https");
    };
    let found = format!("{version} at {at}, TLS by {library}");
    let name = library.to_ascii_lowercase();
    if name.starts_with("schannel") || name.starts_with("winssl") {
        let found = format!("{found}, which ignores CURL_CA_BUNDLE");
        let openssl = others
            .iter()
            .any(|other| other.to_ascii_lowercase().starts_with("openssl"));
        let next = match openssl {
            true => "export CURL_SSL_BACKEND=openssl",
            false => {
                "use a curl with OpenSSL, as Git Bash has (type -a curl), or give --cacert each time"
            }
        };
        return Finding::careful(TOPIC, found, next);
    }
    if number(version).is_some_and(|version| version < KNOWS_LOCALHOST) {
        let found = format!("{found}, too old to know *.localhost");
        let next = "install curl 7.85 or newer, or add portal.localhost to the hosts file";
        return Finding::careful(TOPIC, found, next);
    }
    Finding::good(TOPIC, found)
}

fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

impl CurlBuild {
    /// Reads the first line of `curl --version`. Libraries in parentheses are not in use.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.lines().next()?.split_whitespace();
        if words.next() != Some("curl") {
            return None;
        }
        let version = words.next()?.to_owned();
        let mut build = Self {
            version,
            library: None,
            others: Vec::new(),
        };
        for word in words {
            let other = word
                .strip_prefix('(')
                .and_then(|word| word.strip_suffix(')'));
            let name = other.unwrap_or(word).to_ascii_lowercase();
            if !LIBRARIES.iter().any(|library| name.starts_with(library)) {
                continue;
            }
            match other {
                Some(other) => build.others.push(other.to_owned()),
                None if build.library.is_none() => build.library = Some(word.to_owned()),
                None => {}
            }
        }
        Some(build)
    }

    fn in_use(&self, chosen: Option<&str>) -> Option<&str> {
        let chosen = chosen
            .map(str::to_ascii_lowercase)
            .filter(|name| !name.is_empty());
        let other = chosen.and_then(|name| {
            let mut others = self.others.iter();
            others.find(|other| other.to_ascii_lowercase().starts_with(&name))
        });
        other.or(self.library.as_ref()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingMark;
    use super::*;

    const DEBIAN: &str = "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19 \
                          zlib/1.2.13 libssh2/1.10.0 OpenLDAP/2.5.13\nRelease-Date: 2023-02-20";
    const WINDOWS: &str = "curl 8.9.1 (Windows) libcurl/8.9.1 Schannel zlib/1.3 WinIDN";
    const GIT_BASH: &str =
        "curl 8.10.1 (x86_64-w64-mingw32) libcurl/8.10.1 (OpenSSL/3.2.3) Schannel zlib/1.3.1";
    const MACOS: &str =
        "curl 8.7.1 (x86_64-apple-darwin23.0) libcurl/8.7.1 (SecureTransport) LibreSSL/3.3.6";

    fn judged(text: &str, chosen: Option<&str>) -> Finding {
        judge(
            &CurlBuild::parse(text).expect(text),
            "/usr/bin/curl",
            chosen,
        )
    }

    #[test]
    fn the_library_in_use_is_told_from_the_others() {
        let used = |text, chosen| {
            let build = CurlBuild::parse(text).expect(text);
            build.in_use(chosen).map(str::to_owned)
        };
        assert_eq!(used(DEBIAN, None).as_deref(), Some("OpenSSL/3.0.19"));
        assert_eq!(used(WINDOWS, None).as_deref(), Some("Schannel"));
        assert_eq!(used(WINDOWS, Some("openssl")).as_deref(), Some("Schannel"));
        assert_eq!(used(GIT_BASH, None).as_deref(), Some("Schannel"));
        assert_eq!(
            used(GIT_BASH, Some("openssl")).as_deref(),
            Some("OpenSSL/3.2.3")
        );
        assert_eq!(used(MACOS, None).as_deref(), Some("LibreSSL/3.3.6"));
        assert_eq!(used("curl 8.0.0 (x) libcurl/8.0.0 zlib/1", None), None);
        assert_eq!(CurlBuild::parse("busybox"), None);
        assert_eq!(CurlBuild::parse(""), None);
    }

    #[test]
    fn schannel_no_library_and_an_old_version_are_told_of() {
        assert_eq!(judged(DEBIAN, None).mark, FindingMark::Good);
        assert_eq!(judged(MACOS, None).mark, FindingMark::Good);
        assert_eq!(judged(GIT_BASH, Some("openssl")).mark, FindingMark::Good);
        for (text, says) in [
            (WINDOWS, "use a curl with OpenSSL"),
            (GIT_BASH, "export CURL_SSL_BACKEND=openssl"),
            ("curl 8.0.0 (x) libcurl/8.0.0 zlib/1", "speaks https"),
            (
                "curl 7.64.0 (x) libcurl/7.64.0 OpenSSL/1.1.1",
                "7.85 or newer",
            ),
        ] {
            let finding = judged(text, None);
            assert_eq!(finding.mark, FindingMark::Careful, "{text}");
            assert!(finding.to_string().contains(says), "{finding}");
        }
    }
}
