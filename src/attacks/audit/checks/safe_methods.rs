//! Whether a GET changes something, or a request whose body or address names another method.

use async_trait::async_trait;

use super::super::Audit;
use super::super::change;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckNeed, CheckSubject};
use super::super::prepared::Prepared;
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
    requests: 32,
    sign_ins: 1,
    needs: &[CheckNeed::FormChange],
    mend: None,
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

        // As `csrf-link` and `method-override` do it: in the address alone, and by a field that names the
        // method. A header that names one cannot be sent by a page of another site without a question.
        let forgeries: [fn(Prepared) -> Prepared; 3] = [
            change::as_foreign_link,
            named_in_the_body,
            named_in_the_address,
        ];
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

/// The fields are in the address, and the body says GET, in the first field.
fn named_in_the_body(prepared: Prepared) -> Prepared {
    let mut post = change::from_another_site(prepared.without_token());
    let query = query_of(&post);
    let mark = if post.path.contains('?') { '&' } else { '?' };
    post.path = format!("{}{mark}{query}", post.path);
    post.fields = vec![("_method".into(), "get".into())];
    post
}

/// A link whose address names the method of the change: some frameworks obey that on a GET.
fn named_in_the_address(prepared: Prepared) -> Prepared {
    let method = prepared.method.clone();
    let mut link = change::as_foreign_link(prepared);
    link.fields.insert(0, ("_method".into(), method));
    link
}

fn query_of(prepared: &Prepared) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&prepared.fields)
        .finish()
}
