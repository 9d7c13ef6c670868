//! The API for tokens of an application: getting tokens, forging them as the attacks do, and seeing
//! whether one is accepted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::Audit;
use super::check::{CheckAnswer, CheckEvidence};
use super::exchange::AuditExchange;
use super::hmac_key::HmacKey;
use super::plan::AuditAccount;
use super::prepared::Values;
use super::recipe::TokenRecipe;
use super::token_api::{IssuedPair, TokenApi, json_of};
use super::wire::AuditError;
use crate::attacks::jwt::forge::TokenParts;
use crate::attacks::scenario::ScenarioError;

/// The first second of the year 2100.
const YEAR_2100: u64 = 4_102_444_800;

/// The API for tokens of the audited application.
pub(super) struct Tokens<'a> {
    audit: &'a Audit,
    api: TokenApi<'a>,
    /// How it is used.
    pub recipe: &'a TokenRecipe,
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
        let wire = &audit.wire;
        Some(Self {
            audit,
            api: TokenApi { wire, recipe },
            recipe,
        })
    }

    /// The whole path that a token opens.
    pub(super) fn page(&self) -> String {
        self.api.page()
    }

    /// Signs in for tokens.
    pub(super) async fn sign_in(&self, account: &AuditAccount) -> Result<IssuedPair, AuditError> {
        self.api.sign_in(account).await
    }

    /// The access token in an answer.
    pub(super) fn access_in(&self, exchange: &AuditExchange) -> Option<String> {
        self.api.access_in(exchange)
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
        self.api.shows(exchange, account)
    }

    /// Sends a token, and says whether it opens the page of the user who is attacked.
    pub(super) async fn open(&self, token: &str) -> Result<(bool, AuditExchange), AuditError> {
        self.api.open(token, self.audit.account()).await
    }

    /// Whether a token opens the page of this account.
    pub(super) async fn open_as(
        &self,
        token: &str,
        account: &AuditAccount,
    ) -> Result<bool, AuditError> {
        Ok(self.api.open(token, account).await?.0)
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
            // Whoever knows the key also knows which claims the API asks for. Only another service that
            // shares the key makes it a mistake not to ask.
            None if matches!(claim, "iss" | "aud") => {
                return Ok(CheckAnswer::CannotTell(format!(
                    "It matters only where another service has the same key: name one in \
                     [token.foreign.{claim}] of the recipe."
                )));
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
        let Some(key) = HmacKey::guessed(&issued.access) else {
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
            _ => return Ok(None),
        }
        Ok(Some(key.signed(&parts)))
    }
}

/// How many keys of a set are tried.
const MOST_KEYS: usize = 4;
