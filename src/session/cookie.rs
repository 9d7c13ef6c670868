//! Decides what the `Set-Cookie` lines say that set a session's cookie and remove it.
//!
//! Each part of the line stops one way to read, use or plant the cookie:
//!
//! - `HttpOnly` (ASVS 3.3.4): a script that an attacker brought into a page reads it.
//! - `Secure` (ASVS 3.3.1): somebody on an open network, as in the café, reads it on the way.
//! - `SameSite` (ASVS 3.3.2): another site's page posts a form, and the browser adds the cookie.
//! - The prefix `__Host-` (ASVS 3.3.3): a sibling host plants a cookie of this name.
//! - No `Max-Age`: the next person at the same computer finds it.
//!
//! The files of `src/defences` with those names say how. All of them bind the browser only. What a
//! thief has copied once obeys none of them, and ends only with its record ([`super::end`]).
//!
//! The line is raw text ([`SetCookie`]). Refused alternative: a web framework's cookie jar. It adds
//! attributes by itself, which the weak arms must lack, and hides the line that students compare.

use super::SessionId;
use crate::base::bench_name::BenchName;
use crate::base::set_cookie::SetCookie;
use crate::defences::PolicyProbe;
use crate::defences::policy::Variant;

/// The name of a variant's session cookie on a bench, as in `__Host-session_hardened`.
///
/// Bench and variant are part of the name, because nothing else separates two portals of one host:
/// cookies ignore ports (RFC 6265 §8.5), and a path keeps no script out. With one name for all, a
/// sign-in to the insecure portal would replace the cookie of the hardened one.
pub fn name(probe: &PolicyProbe, variant: Variant, bench: &BenchName) -> String {
    probe
        .host_prefix()
        .name(&plain_name("session", variant, bench))
}

/// The name of a cookie of this variant and bench without a prefix, as in `browser_hardened` or
/// `browser_hardened_team-7`. A sibling host can set a cookie of such a name, so its value must not
/// sign anybody in. The weak `host-prefix` breaks this rule.
pub fn plain_name(what: &str, variant: Variant, bench: &BenchName) -> String {
    if bench.is_local() {
        format!("{what}_{}", variant.slot())
    } else {
        format!("{what}_{}_{bench}", variant.slot())
    }
}

/// The `Set-Cookie` line that gives a session id to the browser.
///
/// It is written after the session is stored, and only then: see [`World::sign_in`]. An id belongs
/// in this line and nowhere else (ASVS 3.3.4). A script can read an id in a page or in JSON, and
/// `HttpOnly` does not protect that copy.
///
/// `lifetime` is what [`SessionRecord::cookie_lifetime`] says.
///
/// [`World::sign_in`]: super::world::World::sign_in
/// [`SessionRecord::cookie_lifetime`]: super::SessionRecord::cookie_lifetime
pub fn set(
    probe: &PolicyProbe,
    variant: Variant,
    bench: &BenchName,
    id: &SessionId,
    lifetime: Option<&str>,
) -> SetCookie {
    line(probe, &name(probe, variant, bench), id.expose(), lifetime)
}

/// The `Set-Cookie` line that removes the cookie. It asks the browser, and nobody else: a thief
/// keeps the copy. What ends the session is the removal of its record, in [`super::end`].
///
/// HTTP has no verb for removal: a cookie is replaced by one that has expired. The line is built by
/// the same function as the one that set the cookie, because it must repeat `Path` and `Secure`. A
/// browser refuses every `__Host-` cookie without them, also a removal, and would keep the old one.
pub fn remove(probe: &PolicyProbe, variant: Variant, bench: &BenchName) -> SetCookie {
    line(probe, &name(probe, variant, bench), "", Some("Max-Age=0"))
}

/// A cookie of this variant and bench without a prefix and without protection. The weak arms of
/// `role-source` and `client-state` put into it what they trust: `role`, `state`. Any user can edit
/// `role` in the browser (CWE-565), and any script on the page can read both.
pub fn set_plain(what: &str, variant: Variant, bench: &BenchName, value: &str) -> SetCookie {
    SetCookie::new(&plain_name(what, variant, bench), value, &["Path=/"])
}

/// The line that removes such a cookie. A copy of a `state` cookie stays valid all the same: its
/// signature has no end, and no record ends with it.
pub fn remove_plain(what: &str, variant: Variant, bench: &BenchName) -> SetCookie {
    let name = plain_name(what, variant, bench);
    SetCookie::new(&name, "", &["Path=/", "Max-Age=0"])
}

/// One line, with the attributes that the policy chooses.
///
/// `Domain` is on neither arm. Without it the browser sends the cookie to this host alone, with it
/// to every sibling as well (RFC 6265 §4.1.2.3). An attacker needs only one sibling that is badly
/// maintained.
fn line(probe: &PolicyProbe, name: &str, value: &str, lifetime: Option<&str>) -> SetCookie {
    let attributes = [
        // `Path=/` on both arms. A narrower path protects nothing, because a page of the same
        // origin can open a frame there and read the cookie (RFC 6265 §8.5); and `__Host-` requires
        // this one.
        Some("Path=/"),
        // Strong: nothing, so the cookie ends with the browser session. Weak: ten years. In between:
        // what the user chose. A removal passes `Max-Age=0` here.
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
/// The raw text is read because a jar keeps only one of two cookies of the same name. Then nobody
/// sees that an attacker planted the other one. The header holds names and values only, without the
/// attributes, so no reader can tell which host set which: see `duplicate-cookies`.
pub fn values<'r>(headers: impl Iterator<Item = &'r str>, name: &str) -> Vec<&'r str> {
    headers
        // A request may have several `Cookie` headers (RFC 6265bis §4.2.1). A reader of the first
        // one alone would miss a planted cookie in the second.
        .flat_map(|header| header.split(';'))
        // A value may contain `=`, so only the first one separates.
        .filter_map(|pair| pair.trim().split_once('='))
        // Names are compared exactly. `__host-session` is another cookie, for which some clients
        // enforce no prefix (curl compares the prefix with its capitals).
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::defences::policy::Policy;

    fn lines(policy: Policy, variant: Variant) -> (String, String) {
        let probe = PolicyProbe::new(policy);
        let id = SessionId::parse("abc").expect("a well-formed id");
        let bench = BenchName::local();
        let lifetime = probe.persistence().attribute(false, Duration::ZERO);
        let set = set(&probe, variant, &bench, &id, lifetime.as_deref());
        (
            set.as_str().to_owned(),
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
