//! What in a caught request signs somebody in: session ids and tokens, wherever the request carries
//! them. Strangers wrote all of it, so what does not look like an id or a token is left out.

use url::form_urlencoded;

use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;
use crate::session::bench::loot::Caught;

/// How many are shown of one request.
const MOST: usize = 6;

/// The longest value that counts: tokens of the portal have about 700 characters.
const LONGEST: usize = 2_000;

/// The prefixes that a cookie's name may have.
const PREFIXES: [&str; 4] = ["__Host-Http-", "__Host-", "__Secure-", ""];

/// How a stolen secret is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// In the cookie of this name.
    Cookie(String),
    /// As `sid` in the address.
    Address,
    /// As a token in the `Authorization` header.
    Bearer,
}

/// A secret that signs somebody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StolenSecret {
    pub carrier: Carrier,
    pub value: String,
    /// The variants that may accept it, the likeliest first.
    pub variants: Vec<Variant>,
}

/// The secrets in a caught request.
pub(super) fn secrets(caught: &Caught, bench: &BenchName) -> Vec<StolenSecret> {
    let header = |name: &str| {
        let named = caught
            .headers
            .iter()
            .filter(move |(found, _)| found == name);
        named.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let referers = header("referer");
    let came_from = referers.iter().find_map(|referer| variant_in(referer));
    let mut texts = vec![caught.target.clone(), caught.body.clone()];
    texts.extend(referers);
    texts.extend(header("cookie"));
    texts.extend(header("authorization"));
    let mut found: Vec<StolenSecret> = Vec::new();
    for text in &texts {
        let plain = [text.clone()].into_iter().chain(decoded(text));
        for word in plain.flat_map(|text| words(&text)) {
            let secret = as_cookie(&word, bench)
                .or_else(|| as_address(&word))
                .or_else(|| as_token(&word));
            if let Some(mut secret) = secret
                && !found.iter().any(|known| known.value == secret.value)
                && found.len() < MOST
            {
                // The page that the request came from is the best hint.
                if let Some(variant) = came_from
                    && let Some(at) = secret.variants.iter().position(|one| *one == variant)
                {
                    secret.variants[..=at].rotate_right(1);
                }
                found.push(secret);
            }
        }
    }
    found
}

/// The values of an encoded query or form in a text.
fn decoded(text: &str) -> Vec<String> {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// The parts of a text between which nothing of an id or a token can be.
fn words(text: &str) -> Vec<String> {
    let between = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, ';' | '&' | '?' | ',' | '"' | '\'' | '{' | '}')
    };
    let words = text.split(between).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Whether a value can be an id: what the portal itself would take as one.
fn is_id(value: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=128).contains(&value.len()) && value.bytes().all(allowed)
}

/// The variant in the path of an address.
fn variant_in(address: &str) -> Option<Variant> {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').find_map(|part| part.parse().ok())
}

fn all_of(slot: &str) -> Vec<Variant> {
    Variant::all()
        .filter(|variant| variant.slot() == slot)
        .collect()
}

fn as_cookie(word: &str, bench: &BenchName) -> Option<StolenSecret> {
    let (name, value) = word.split_once('=')?;
    if !is_id(value) {
        return None;
    }
    let plain = PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))?;
    let slot = plain.strip_prefix("session_")?;
    let slot = match bench.is_local() {
        true => slot,
        false => slot.strip_suffix(&format!("_{bench}"))?,
    };
    let variants = all_of(slot);
    (!variants.is_empty()).then(|| StolenSecret {
        carrier: Carrier::Cookie(name.to_owned()),
        value: value.to_owned(),
        variants,
    })
}

fn as_address(word: &str) -> Option<StolenSecret> {
    let value = word.strip_prefix("sid=")?;
    is_id(value).then(|| StolenSecret {
        carrier: Carrier::Address,
        value: value.to_owned(),
        variants: Variant::all().collect(),
    })
}

fn as_token(word: &str) -> Option<StolenSecret> {
    // In an address it follows its name.
    let value = word.rsplit('=').next().unwrap_or_default();
    let value = value.trim_start_matches(':');
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let looks = value.starts_with("eyJ")
        && value.matches('.').count() == 2
        && value.len() <= LONGEST
        && value.bytes().all(allowed);
    looks.then(|| StolenSecret {
        carrier: Carrier::Bearer,
        value: value.to_owned(),
        variants: Variant::all().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::BenchTime;
    use crate::base::event::ClientKind;

    fn found(target: &str, referer: &str, body: &str) -> Vec<(Carrier, String, String)> {
        let caught = Caught {
            id: 1,
            at: BenchTime::from_millis(0),
            client: ClientKind::Browser,
            method: "GET".into(),
            target: target.into(),
            headers: vec![("referer".into(), referer.into())],
            body: body.into(),
            cut: false,
        };
        let bench: BenchName = "team-7".parse().expect("a name");
        let all = secrets(&caught, &bench).into_iter();
        all.map(|one| (one.carrier, one.value, one.variants[0].to_string()))
            .collect()
    }

    #[test]
    fn a_session_id_is_found_in_whatever_carries_it() {
        let cookie = |name: &str| Carrier::Cookie(name.to_owned());
        let target =
            "/collect?cookie=role_insecure_team-7%3Duser%3B%20session_insecure_team-7%3DabC-1_9";
        assert_eq!(
            found(target, "", ""),
            [(
                cookie("session_insecure_team-7"),
                "abC-1_9".into(),
                "insecure".into()
            )]
        );
        let body = "cookie=__Host-session_lab_team-7%3D77";
        assert_eq!(
            found(
                "/collect",
                "http://localhost:7080/b/team-7/only-csp/board",
                body
            ),
            [(
                cookie("__Host-session_lab_team-7"),
                "77".into(),
                "only-csp".into()
            )]
        );
        let referer = "https://localhost:7443/b/team-7/insecure/board?sid=abc";
        assert_eq!(
            found("/partner", referer, ""),
            [(Carrier::Address, "abc".into(), "insecure".into())]
        );
    }

    #[test]
    fn a_token_is_found_in_json_and_in_an_address() {
        let storage = "/collect?storage=%7B%22access_token%22%3A%22eyJh.eyJz.c2ln%22%7D";
        let expected = [(
            Carrier::Bearer,
            "eyJh.eyJz.c2ln".to_owned(),
            "insecure".to_owned(),
        )];
        assert_eq!(found(storage, "", ""), expected);
        assert_eq!(found("/x?access_token=eyJh.eyJz.c2ln", "", ""), expected);
    }

    #[test]
    fn what_no_portal_of_this_bench_would_take_is_left_out() {
        for target in [
            "/collect?cookie=session_insecure_other%3Dabc",
            "/collect?cookie=session_nonsense_team-7%3Dabc",
            "/collect?cookie=session_insecure_team-7%3D%3Cscript%3E",
            "/collect?cookie=session_insecure_team-7%3Da%24b",
            "/collect?cookie=session_insecure_team-7%3D",
            "/collect?cookie=xsession_insecure_team-7%3Dabc",
            "/collect?t=eyJh.eyJz",
            "/collect",
        ] {
            assert_eq!(found(target, "", ""), [], "{target}");
        }
        let many: String = (0..50)
            .map(|n| format!("session_insecure_team-7={n}&"))
            .collect();
        assert_eq!(found("/collect", "", &many).len(), MOST);
    }
}
