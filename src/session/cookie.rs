//! Decides what the `Set-Cookie` lines say that set a session's cookie and remove it.
//!
//! The lines are raw text ([`SetCookie`]), because a web framework's cookie jar adds attributes of
//! its own that the weak arms must lack. The removal repeats `Path` and `Secure`: a browser refuses a removal of a
//! `__Host-` cookie without them, and the user would stay signed in.

use super::SessionId;
use crate::base::bench_name::BenchName;
use crate::base::set_cookie::SetCookie;
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;

/// The name of a variant's session cookie on a bench, as in `__Host-session_hardened`.
///
/// Cookies ignore ports, and paths do not isolate, so bench and variant stand in the name.
pub fn name(probe: &PolicyProbe, variant: Variant, bench: &BenchName) -> String {
    probe
        .host_prefix()
        .name(&plain_name("session", variant, bench))
}

/// The name of a cookie of this variant and bench that carries no prefix.
pub fn plain_name(what: &str, variant: Variant, bench: &BenchName) -> String {
    if bench.is_local() {
        format!("{what}_{}", variant.slot())
    } else {
        format!("{what}_{}_{bench}", variant.slot())
    }
}

/// The `Set-Cookie` line that hands a session id to the browser.
pub fn set(probe: &PolicyProbe, variant: Variant, bench: &BenchName, id: &SessionId) -> SetCookie {
    let lifetime = probe.persistence().attribute();
    line(probe, &name(probe, variant, bench), id.expose(), lifetime)
}

/// The `Set-Cookie` line that removes it.
pub fn remove(probe: &PolicyProbe, variant: Variant, bench: &BenchName) -> SetCookie {
    line(probe, &name(probe, variant, bench), "", Some("Max-Age=0"))
}

/// A cookie of this variant and bench that has no prefix and no other attribute, which is how the
/// weak arms hand out what they trust: `role`, `state`.
pub fn set_plain(what: &str, variant: Variant, bench: &BenchName, value: &str) -> SetCookie {
    SetCookie::new(&plain_name(what, variant, bench), value, &["Path=/"])
}

/// The line that removes such a cookie.
pub fn remove_plain(what: &str, variant: Variant, bench: &BenchName) -> SetCookie {
    let name = plain_name(what, variant, bench);
    SetCookie::new(&name, "", &["Path=/", "Max-Age=0"])
}

fn line(probe: &PolicyProbe, name: &str, value: &str, lifetime: Option<&'static str>) -> SetCookie {
    let attributes = [
        Some("Path=/"),
        lifetime,
        probe.secure().attribute(),
        probe.http_only().attribute(),
        probe.same_site().attribute(),
    ];
    let attributes: Vec<&str> = attributes.into_iter().flatten().collect();
    SetCookie::new(name, value, &attributes)
}

/// Every value that a request's `Cookie` headers give for `name`, in the order sent.
///
/// The raw text is read because a jar keeps only one of two cookies of the same name.
pub fn values<'r>(headers: impl Iterator<Item = &'r str>, name: &str) -> Vec<&'r str> {
    headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::policy::Policy;

    fn lines(policy: Policy, variant: Variant) -> (String, String) {
        let probe = PolicyProbe::new(policy);
        let id = SessionId::parse("abc").expect("a well-formed id");
        let bench = BenchName::local();
        (
            set(&probe, variant, &bench, &id).as_str().to_owned(),
            remove(&probe, variant, &bench).as_str().to_owned(),
        )
    }

    #[test]
    fn the_two_lines_of_the_first_exercise() {
        let (insecure, _) = lines(Policy::INSECURE, Variant::Insecure);
        assert_eq!(insecure, "session_insecure=abc; Path=/; Max-Age=315360000");
        let (hardened, _) = lines(Policy::HARDENED, Variant::Hardened);
        assert_eq!(
            hardened,
            "__Host-session_hardened=abc; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn the_removal_repeats_what_a_browser_asks_for() {
        let (_, hardened) = lines(Policy::HARDENED, Variant::Hardened);
        assert_eq!(
            hardened,
            "__Host-session_hardened=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
        );
        let (_, insecure) = lines(Policy::INSECURE, Variant::Insecure);
        assert_eq!(insecure, "session_insecure=; Path=/; Max-Age=0");
    }

    #[test]
    fn variants_share_four_slots_and_benches_have_their_own() {
        let probe = PolicyProbe::new(Policy::INSECURE);
        let bench: BenchName = "team-7".parse().expect("a good name");
        let name = |variant| name(&probe, variant, &bench);
        assert_eq!(name(Variant::Insecure), "session_insecure_team-7");
        assert_eq!(
            name(Variant::Only(crate::defences::policy::Name::Secure)),
            name(Variant::Without(crate::defences::policy::Name::Csp))
        );
    }

    #[test]
    fn repeated_and_broken_cookie_pairs_are_all_seen() {
        let headers = ["a=1; sid=x;; sid=y", "junk; sid=; =z"];
        assert_eq!(values(headers.into_iter(), "sid"), ["x", "y", ""]);
    }
}
