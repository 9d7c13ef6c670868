//! Decides what the `Set-Cookie` lines say that set a session's cookie and remove it.
//!
//! Each attribute takes something away from an attacker: `HttpOnly` the script that reads the
//! cookie, `Secure` the café that listens, `SameSite` the foreign page that sends a form along with
//! it, the prefix `__Host-` the sibling host that plants another one, and the missing `Max-Age` the
//! next person at the same computer. The files of `src/defences` with those names say how.
//!
//! The line is raw text ([`SetCookie`]), because a web framework's cookie jar adds its own attributes, which
//! the weak arms must lack. The removal repeats `Path` and `Secure`: a browser refuses a removal of
//! a `__Host-` cookie without them, and the user would stay signed in.

use super::SessionId;
use crate::base::bench_name::BenchName;
use crate::base::set_cookie::SetCookie;
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;

/// The name of a variant's session cookie on a bench, as in `__Host-session_hardened`.
///
/// Cookies ignore ports (RFC 6265 §8.5), and a path keeps no script out, so bench and variant are
/// part of the name: otherwise the weak portal would receive the cookie of the strong one.
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
///
/// It is written after the session is stored, and only then: see [`World::sign_in`].
///
/// [`World::sign_in`]: super::world::World::sign_in
pub fn set(probe: &PolicyProbe, variant: Variant, bench: &BenchName, id: &SessionId) -> SetCookie {
    let lifetime = probe.persistence().attribute();
    line(probe, &name(probe, variant, bench), id.expose(), lifetime)
}

/// The `Set-Cookie` line that takes it back. It asks the browser, and nobody else: a thief keeps the
/// copy. What ends the session is the removal of its record, in [`super::end`].
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

/// There is no `Domain`: without it the cookie goes to this host alone, and with it to every
/// sibling. An attacker needs only one sibling that is badly kept.
fn line(probe: &PolicyProbe, name: &str, value: &str, lifetime: Option<&'static str>) -> SetCookie {
    let attributes = [
        // `Path=/` on both arms. A narrower path protects nothing, because a page of the same origin
        // can open a frame there and read the cookie; and `__Host-` requires this one.
        Some("Path=/"),
        // A session that outlives the browser is still there for the next one at that computer.
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
/// The raw text is read because a jar keeps only one of two cookies of the same name, and then
/// nobody sees that an attacker planted the other one.
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
