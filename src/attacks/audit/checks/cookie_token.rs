//! Whether a token that is the session's cookie is believed without its signature. Many applications keep
//! a JSON Web Token in a cookie in place of a session, and never send it in `Authorization`.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::Audit;
use super::super::check::{Check, CheckAnswer, CheckCard, CheckEvidence, CheckSubject, Worst};
use super::super::mends::CheckMend;
use super::super::person::header_of;
use super::super::wire::AuditError;
use crate::attacks::jwt::forge::TokenParts;
use crate::attacks::jwt::none_algorithm;
use crate::defences::Elsewhere;
use crate::defences::policy::Name;

pub(super) struct CookieTokenCheck;

const CARD: CheckCard = CheckCard {
    name: "cookie-token",
    title: "A token in the session cookie is verified",
    subject: CheckSubject::Other {
        worst: Worst::Flaw,
        near: Name::ClientState,
    },
    gains: "Anyone writes a token in the name of any user, sends it as the cookie, and is that user.",
    keys: &["JWT-NOSIG", "JWT-NONE"],
    standards: &["ASVS 9.1.1", "CWE-347"],
    requests: 6,
    sign_ins: 1,
    needs: &[],
    mend: Some(&MEND),
};

const MEND: CheckMend = CheckMend {
    general: "Verify the signature at each request, with a list of algorithms that does not come from the token.",
    elsewhere: Elsewhere {
        flask: "Flask-JWT-Extended with JWT_TOKEN_LOCATION = [\"cookies\"]; with PyJWT jwt.decode(token, key, \
                algorithms=[\"HS256\"])",
        express: "jwt.verify(token, key, { algorithms: [\"HS256\"] }) of jsonwebtoken; jwt.decode() verifies \
                  nothing",
        django: "Its own sessions in place of the token; with PyJWT jwt.decode(token, key, \
                 algorithms=[\"HS256\"])",
        spring: "oauth2ResourceServer with a NimbusJwtDecoder, and a BearerTokenResolver that reads the cookie",
        rocket: "jsonwebtoken: decode with Validation::new(Algorithm::HS256); never insecure_decode",
    },
};

#[async_trait]
impl Check for CookieTokenCheck {
    fn card(&self) -> &'static CheckCard {
        &CARD
    }

    async fn run(&self, audit: &Audit) -> Result<CheckAnswer, AuditError> {
        let mut names = audit.seen.session.iter();
        let is_token = |name: &&String| {
            let value = audit.seen.cookie(name).unwrap_or_default();
            TokenParts::of(value).is_ok()
        };
        let Some(name) = names.find(is_token) else {
            let says = "No cookie of the session is a JSON Web Token.";
            return Ok(CheckAnswer::NotTried(says.into()));
        };
        let person = audit.signed_in(audit.account()).await?;
        let mut cookies = person.cookies(&audit.plan.home);
        let own = cookies.iter().find(|(found, _)| found == name);
        let Some(parts) = own.and_then(|(_, value)| TokenParts::of(value).ok()) else {
            let says = format!("A second sign-in set no token as {name}.");
            return Ok(CheckAnswer::CannotTell(says));
        };
        let forged = forged(&parts)?;
        let tries = forged.len();
        for (token, what) in forged {
            audit.wire.mask.note(&token, what);
            for (found, value) in &mut cookies {
                if found == name {
                    value.clone_from(&token);
                }
            }
            let (opens, exchange) = audit.opens(audit.account(), header_of(&cookies)).await?;
            if opens {
                let says = format!("As {name} a {what} opens the page of its user.");
                let shown = audit.shown(&exchange, &[]);
                return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
            }
        }
        Ok(CheckAnswer::NotFound {
            tries,
            of: "forged tokens in the cookie: none is accepted",
        })
    }
}

/// The same claims with a random signature, and without one under each spelling of `none`.
fn forged(parts: &TokenParts) -> Result<Vec<(String, &'static str)>, AuditError> {
    let mut random = [0; 32];
    let filled = getrandom::fill(&mut random);
    filled.map_err(|error| AuditError::Unexpected(format!("no random bytes: {error}")))?;
    let random = parts.signed_with(&URL_SAFE_NO_PAD.encode(random));
    let mut forged = vec![(random, "token with a random signature")];
    forged.extend(none_algorithm::SPELLINGS.iter().map(|spelling| {
        let unsigned = parts.clone().with_header("alg", *spelling).signed_with("");
        (unsigned, "token without a signature")
    }));
    Ok(forged)
}
