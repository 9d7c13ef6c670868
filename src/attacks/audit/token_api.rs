//! The API for tokens of an application, as its users know it: signing in, and what a token opens.

use serde_json::Value;

use super::exchange::AuditExchange;
use super::overload;
use super::person::Person;
use super::plan::AuditAccount;
use super::recipe::TokenRecipe;
use super::wire::{AuditError, AuditWire};
use crate::client::caller::Call;

/// The API for tokens of one application.
#[derive(Clone, Copy)]
pub(super) struct TokenApi<'a> {
    /// The way to it.
    pub wire: &'a AuditWire,
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

impl TokenApi<'_> {
    /// The whole path that a token opens.
    pub(super) fn page(&self) -> String {
        self.wire.path(&self.recipe.page)
    }

    /// Signs in for tokens.
    pub(super) async fn sign_in(&self, account: &AuditAccount) -> Result<IssuedPair, AuditError> {
        let mut person = Person::new(self.wire);
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
        let mask = &self.wire.mask;
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

    /// Whether an answer shows the user of an account.
    pub(super) fn shows(&self, exchange: &AuditExchange, account: &AuditAccount) -> bool {
        let text = self.recipe.text.replace("{user}", &account.shown_as);
        exchange.reply.status == 200 && exchange.reply.body.contains(&text)
    }

    /// Sends a token, and says whether it opens the page of this account.
    pub(super) async fn open(
        &self,
        token: &str,
        account: &AuditAccount,
    ) -> Result<(bool, AuditExchange), AuditError> {
        let call = Call::get(self.page()).with("authorization", format!("Bearer {token}"));
        let exchange = Person::new(self.wire).call(call).await?;
        Ok((self.shows(&exchange, account), exchange))
    }
}

/// The JSON of an answer; `null` where it is none.
pub(super) fn json_of(exchange: &AuditExchange) -> Value {
    serde_json::from_str(&exchange.reply.body).unwrap_or_default()
}
