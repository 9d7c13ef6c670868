//! Whether the sign-in leads to another site where its address says so. The parameter is looked for where
//! the application itself uses one: in the redirect that a stranger gets, and in the form.

use async_trait::async_trait;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::mends::CheckMend;
use super::super::wire::AuditError;
use crate::defences::Elsewhere;
use crate::defences::policy::Name;
use url::form_urlencoded::byte_serialize;

pub(super) struct OpenRedirectCheck;

const CARD: CheckCard = CheckCard {
    name: "open-redirect",
    title: "The sign-in leads to no other site",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::Referrer,
    },
    gains: "A link to the real sign-in ends on the attacker's page, which asks for the password once more.",
    keys: &[],
    standards: &["ASVS 3.7.2", "CWE-601", "WSTG-CLNT-04"],
    requests: 1,
    sign_ins: 7,
    needs: &[],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "After the sign-in, redirect only to addresses from your own list.",
    elsewhere: Elsewhere {
        flask: "Nothing built in: compare the address with a list of your own endpoints, and redirect with \
                url_for(name).",
        express: "Nothing built in: res.redirect() takes any address. Compare it with a list of your own paths.",
        django: "LoginView checks it, the default; in your own view \
                 url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})",
        spring: "The saved request is used, the default; set no targetUrlParameter on the success handler",
        rocket: "Nothing built in: match the address against your own routes, and answer \
                 Redirect::to(uri!(page())).",
    },
};

#[async_trait]
impl Check for OpenRedirectCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let mut names = Vec::new();
        let stranger = audit.person().get(&audit.plan.home).await?;
        let query = stranger
            .header("location")
            .and_then(|to| Some(to.split_once('?')?.1.to_owned()));
        let query = query.unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        names.extend(
            pairs
                .filter(|(_, value)| value.contains('/'))
                .map(|(name, _)| name.into_owned()),
        );
        let (plan, values) = (&audit.plan, audit.account().values());
        let prepared = plan
            .prepare_sign_in(&mut audit.person(), &plan.sign_in, &values)
            .await?;
        names.extend(
            prepared
                .fields
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| NAMES.contains(&&**name)),
        );
        names.dedup();
        names.truncate(MOST_NAMES);
        if names.is_empty() {
            let says = "The sign-in has no parameter that says where to go next.";
            return Ok(CheckAnswer::NotTried(says.into()));
        }
        let mut tries = 0;
        for name in names {
            for to in [
                "https://evil.example/",
                "//evil.example/",
                "/\\evil.example/",
            ] {
                tries += 1;
                let mut person = audit.person();
                let mut sign_in = audit.plan.sign_in.clone();
                let address = |path: &str| {
                    format!(
                        "{path}?{name}={}",
                        byte_serialize(to.as_bytes()).collect::<String>()
                    )
                };
                sign_in.page = sign_in.page.as_deref().map(address);
                let mut prepared = plan.prepare_sign_in(&mut person, &sign_in, &values).await?;
                match prepared.fields.iter_mut().find(|(found, _)| *found == name) {
                    Some((_, value)) => *value = to.to_owned(),
                    None => prepared.path = address(&prepared.path),
                }
                let exchange = person.call(prepared.call()?).await?;
                if exchange.header("location").is_some_and(leads_away) {
                    let says =
                        format!("With {name} in its address the sign-in leads to another site.");
                    let shown = audit.shown(&exchange, &["location"]);
                    return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
                }
            }
        }
        Ok(CheckAnswer::NotFound {
            tries,
            of: "addresses of another site: none is followed",
        })
    }
}

/// How many parameters are tried.
const MOST_NAMES: usize = 2;

/// Names that such a parameter usually has.
const NAMES: [&str; 7] = [
    "next",
    "return",
    "returnTo",
    "return_to",
    "redirect",
    "continue",
    "url",
];

/// Whether a browser goes to the other site: it reads a backslash as a slash.
fn leads_away(location: &str) -> bool {
    let location = location.replace('\\', "/");
    let rest = location.strip_prefix("https:").unwrap_or(&location);
    rest.starts_with("//evil.example")
}
