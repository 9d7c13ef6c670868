//! Whether a GET changes something, or a POST that says in its body or in a header that it is a GET.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject};
use super::super::person::Prepared;
use super::super::wire::AuditError;
use crate::defences::policy::Name;

pub(super) struct SafeMethodsCheck;

const CARD: CheckCard = CheckCard {
    name: "safe-methods",
    title: "A GET changes nothing",
    subject: CheckSubject::Defence(Name::SafeMethods),
    gains: "A link or a picture on any page makes the user's browser do what the attacker wants: no token is asked for, and SameSite=Lax lets links through.",
    keys: &["CSRF-GET", "CSRF-METHOD"],
    standards: &[],
    requests: 24,
};

#[async_trait]
impl Check for SafeMethodsCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let Some(change) = audit.form_change() else {
            return Ok(audit.no_change("a form"));
        };
        let mut person = audit.signed_in(audit.account()).await?;

        // As `csrf-link` and `method-override` do it: in the address alone, and by a hidden field that
        // names the method.
        let forgeries: [fn(Prepared) -> Prepared; 3] =
            [as_get, named_in_the_body, named_in_a_header];
        let mut last = None;
        for forge in forgeries {
            let tried = change::attempt(audit, &mut person, change, forge).await?;
            if tried.changed {
                let says = "The change was made by a GET, or by a request that calls itself one.";
                let shown = audit.shown(&tried.exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
            last = Some(tried);
        }
        match last {
            Some(tried) => change::refused(audit, &mut person, change, &tried).await,
            None => Ok(CheckAnswer::NotFound {
                tries: 3,
                of: "ways to say GET",
            }),
        }
    }
}

fn as_get(prepared: Prepared) -> Prepared {
    let mut get = change::from_another_site(prepared.without_token());
    get.method = "GET".into();
    get
}

/// The fields are in the address, and the body says GET, in the first field.
fn named_in_the_body(prepared: Prepared) -> Prepared {
    let mut post = change::from_another_site(prepared.without_token());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&post.fields)
        .finish();
    let mark = if post.path.contains('?') { '&' } else { '?' };
    post.path = format!("{}{mark}{query}", post.path);
    post.fields = vec![("_method".into(), "get".into())];
    post
}

/// A GET that a header turns into the method of the change, behind the checks.
fn named_in_a_header(prepared: Prepared) -> Prepared {
    let method = prepared.method.clone();
    as_get(prepared).with("x-http-method-override", &method)
}
