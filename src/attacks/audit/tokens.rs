//! The API for tokens of an application: getting tokens, forging them as the attacks do, and seeing
//! whether one is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Audit;
use super::check::{CheckAnswer, CheckEvidence};
use super::exchange::AuditExchange;
use super::overload;
use super::plan::AuditAccount;
use super::prepared::Values;
use super::recipe::TokenRecipe;
use super::wire::AuditError;
use crate::attacks::jwt::forge::TokenParts;
use crate::attacks::scenario::ScenarioError;
use crate::client::caller::Call;

/// The name under which a foreign service signs, in the tokens that the audit signs with a word.
const PARTNER: &str = "https://partner.example";

/// The first second of the year 2100.
const YEAR_2100: u64 = 4_102_444_800;

/// The API for tokens of the audited application.
pub(super) struct Tokens<'a> {
    audit: &'a Audit,
    /// How it is used.
    pub recipe: &'a TokenRecipe,
}

/// What a sign-in for tokens gave.
pub(super) struct IssuedPair {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: Option<String>,
    /// Whether the refresh token was in the JSON of the answer.
    pub in_json: bool,
    /// The cookies of the answer.
    pub cookie: Option<String>,
    /// The answer.
    pub exchange: AuditExchange,
}

/// No API for tokens is known.
pub(super) fn not_known() -> CheckAnswer {
    CheckAnswer::NotTried("No API for tokens is known: name it in [token] of the recipe.".into())
}

/// A token could not be forged.
pub(super) fn unsigned(error: ScenarioError) -> AuditError {
    AuditError::Unexpected(error.to_string())
}

impl<'a> Tokens<'a> {
    pub(super) fn of(audit: &'a Audit) -> Option<Self> {
        let recipe = audit.plan.recipe.token.as_ref()?;
        Some(Self { audit, recipe })
    }

    /// The whole path that a token opens.
    pub(super) fn page(&self) -> String {
        self.audit.wire.path(&self.recipe.page)
    }

    /// Signs in for tokens.
    pub(super) async fn sign_in(&self, account: &AuditAccount) -> Result<IssuedPair, AuditError> {
        let mut person = self.audit.person();
        let exchange = person
            .submit(&self.recipe.sign_in, &account.values())
            .await?;
        let access = self.access_in(&exchange).ok_or_else(|| {
            let status = exchange.reply.status;
            if overload::is_no_answer(status) {
                return AuditError::Overloaded(status);
            }
            let because = format!("the sign-in for tokens was answered {status} without a token");
            AuditError::Unexpected(because)
        })?;
        let json = json_of(&exchange);
        let in_json = json[&self.recipe.refresh].as_str().map(str::to_owned);
        let cookies = person.cookies(&self.page());
        let in_cookie = || {
            let mut found = cookies
                .iter()
                .filter(|(name, _)| name.to_ascii_lowercase().contains("refresh"));
            found.next().map(|(_, value)| value.clone())
        };
        let is_in_json = in_json.is_some();
        let refresh = in_json.or_else(in_cookie);
        let mask = &self.audit.wire.mask;
        mask.note(&access, "access token");
        if let Some(refresh) = &refresh {
            mask.note(refresh, "refresh token");
        }
        Ok(IssuedPair {
            access,
            refresh,
            in_json: is_in_json,
            cookie: person.cookie_header(&self.page()),
            exchange,
        })
    }

    /// The access token in an answer.
    pub(super) fn access_in(&self, exchange: &AuditExchange) -> Option<String> {
        let json = json_of(exchange);
        json[&self.recipe.access].as_str().map(str::to_owned)
    }

    /// What the placeholders mean once somebody has tokens.
    pub(super) fn values(&self, issued: &IssuedPair) -> Values {
        let mut values = self.audit.account().values();
        values.insert("access", issued.access.clone());
        values.insert("refresh", issued.refresh.clone().unwrap_or_default());
        if let Ok(parts) = TokenParts::of(&issued.access) {
            for claim in ["iss", "aud"] {
                let text = parts.claims[claim].as_str().unwrap_or_default();
                values.insert(claim, text.to_owned());
            }
        }
        values
    }

    /// Whether an answer shows the user of an account.
    pub(super) fn shows(&self, exchange: &AuditExchange, account: &AuditAccount) -> bool {
        let text = self.recipe.text.replace("{user}", &account.shown_as);
        exchange.reply.status == 200 && exchange.reply.body.contains(&text)
    }

    /// Sends a token, and says whether it opens the page of the user who is attacked.
    pub(super) async fn open(&self, token: &str) -> Result<(bool, AuditExchange), AuditError> {
        let call = Call::get(self.page()).with("authorization", format!("Bearer {token}"));
        let exchange = self.audit.person().call(call).await?;
        Ok((self.shows(&exchange, self.audit.account()), exchange))
    }

    /// A genuine token of somebody else, taken apart, with the name of the user who is attacked. With
    /// one account it is that user's own, and only its signature is forged.
    pub(super) async fn own_parts(&self) -> Result<TokenParts, AuditError> {
        let victim = self.sign_in(self.audit.account()).await?;
        let victim = TokenParts::of(&victim.access).map_err(unsigned)?;
        let Some(other) = self.audit.second() else {
            return Ok(victim);
        };
        let mut parts = TokenParts::of(&self.sign_in(other).await?.access).map_err(unsigned)?;
        let subject = &*self.recipe.subject;
        parts.claims[subject] = victim.claims[subject].clone();
        Ok(parts)
    }

    /// Sends a token whose signature is random.
    pub(super) async fn with_random_signature(&self) -> Result<(bool, AuditExchange), AuditError> {
        let parts = self.own_parts().await?;
        let mut random = vec![0; (parts.old_signature().len() * 3 / 4).max(32)];
        let filled = getrandom::fill(&mut random);
        filled.map_err(|error| AuditError::Unexpected(format!("no random bytes: {error}")))?;
        let token = parts.signed_with(&URL_SAFE_NO_PAD.encode(random));
        self.audit
            .wire
            .mask
            .note(&token, "token with a random signature");
        self.open(&token).await
    }

    /// Whether tokens are believed with any signature. Then no other forgery says anything.
    pub(super) async fn believes_any_signature(&self) -> Result<bool, AuditError> {
        let asked = self.audit.any_signature.get_or_try_init(async || {
            let (opens, _) = self.with_random_signature().await?;
            Ok(opens)
        });
        asked.await.copied()
    }

    /// The public key as text.
    pub(super) async fn public_key(&self) -> Result<Option<String>, AuditError> {
        let Some(path) = &self.recipe.public_key else {
            return Ok(None);
        };
        let answer = self.audit.person().get(&self.audit.wire.path(path)).await?;
        let is_key = answer.reply.body.contains("BEGIN PUBLIC KEY");
        Ok(is_key.then_some(answer.reply.body))
    }

    /// The names of the keys that the application publishes.
    pub(super) async fn key_names(&self) -> Result<Vec<String>, AuditError> {
        let Some(path) = &self.recipe.key_set else {
            return Ok(Vec::new());
        };
        let answer = self.audit.person().get(&self.audit.wire.path(path)).await?;
        let json = json_of(&answer);
        let keys = json["keys"].as_array().into_iter().flatten();
        let names = keys.filter_map(|key| key["kid"].as_str().map(str::to_owned));
        Ok(names.take(MOST_KEYS).collect())
    }

    /// Tries a token that is rightly signed and wrong in one claim. Another service signs it, or the
    /// audit itself where the key is a word of the list.
    pub(super) async fn foreign(
        &self,
        claim: &'static str,
        says: &'static str,
    ) -> Result<CheckAnswer, AuditError> {
        let issued = self.sign_in(self.audit.account()).await?;
        let token = match self.recipe.foreign.get(claim) {
            Some(foreign) => {
                let values = self.values(&issued);
                let answer = self
                    .audit
                    .person()
                    .submit(&foreign.request, &values)
                    .await?;
                json_of(&answer)[&foreign.member]
                    .as_str()
                    .map(str::to_owned)
            }
            None => self.with_wrong(claim, &issued)?,
        };
        let Some(token) = token else {
            let because = format!(
                "It takes a token that is rightly signed and has another {claim}: name a service that \
                 shares the key in [token.foreign.{claim}] of the recipe."
            );
            return Ok(CheckAnswer::NotTried(because));
        };
        self.audit
            .wire
            .mask
            .note(&token, &format!("token with another {claim}"));
        let (opens, exchange) = self.open(&token).await?;
        if opens {
            let shown = self.audit.shown(&exchange, &[]);
            return Ok(CheckAnswer::Weak(CheckEvidence::new(says, shown)));
        }
        let says = format!(
            "A token with another {claim} is answered {}.",
            exchange.reply.status
        );
        Ok(CheckAnswer::Strong(says))
    }

    /// The same token with this claim wrong, where the key is a word of the list.
    fn with_wrong(&self, claim: &str, issued: &IssuedPair) -> Result<Option<String>, AuditError> {
        let Ok(mut parts) = TokenParts::of(&issued.access) else {
            return Ok(None);
        };
        let Some(word) = parts.cracked() else {
            return Ok(None);
        };
        match claim {
            "nbf" => {
                parts.claims["nbf"] = YEAR_2100.into();
                parts.claims["exp"] = (YEAR_2100 + 900).into();
            }
            "crit" => {
                parts = parts
                    .with_header("crit", json!(["one-use"]))
                    .with_header("one-use", true);
            }
            claim => parts.claims[claim] = PARTNER.into(),
        }
        parts.hs256(word.as_bytes()).map(Some).map_err(unsigned)
    }
}

/// How many keys of a set are tried.
const MOST_KEYS: usize = 4;

/// The JSON of an answer; `null` where it is none.
fn json_of(exchange: &AuditExchange) -> Value {
    serde_json::from_str(&exchange.reply.body).unwrap_or_default()
}
