//! Fetching the key set that a token points to with `jku`, where the weak arm of `jwt-key-source`
//! trusts it. Only addresses of this lab are fetched, so that no token sends it elsewhere.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use crate::base::addresses::{Listener, Site};
use crate::base::event::EventKind;
use crate::client::{LabClient, Outgoing};
use crate::defences::JwtKeySource;
use crate::defences::facts::Scheme;
use crate::jwt::UnverifiedToken;
use crate::session::world::World;
use crate::storage::StorageError;
use crate::web::context::RequestContext;

/// How long a fetch may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many keys of a set are looked at.
const MOST_KEYS: usize = 16;

/// The keys behind the token's `jku`; none where it has none, or where the policy does not fetch.
///
/// # Errors
/// The store does not answer.
pub(super) async fn keys_of(
    context: &RequestContext,
    world: &World<'_>,
    client: Option<&LabClient>,
    token: &str,
) -> Result<Vec<Value>, StorageError> {
    let source = world.probe.jwt_key_source();
    let (true, Some(client)) = (source.trusts_header(), client) else {
        return Ok(Vec::new());
    };
    let parsed = UnverifiedToken::parse(token);
    let Some(jku) = parsed.ok().and_then(|token| token.header.jku) else {
        return Ok(Vec::new());
    };
    let Some(keys) = key_set(context, source, client, &jku).await else {
        return Ok(Vec::new());
    };
    let count = keys.len();
    world.note(EventKind::KeySetFetched { keys: count }).await?;
    Ok(keys)
}

/// The keys at the address `jku`; `None` where the policy does not fetch it.
pub async fn key_set(
    context: &RequestContext,
    source: JwtKeySource,
    client: &LabClient,
    jku: &str,
) -> Option<Vec<Value>> {
    let outgoing = request_for(jku).filter(|_| source.fetches(jku, &lab(context)))?;
    let answer = tokio::time::timeout(PATIENCE, client.send(outgoing)).await;
    Some(match answer {
        Ok(Ok(exchange)) if exchange.status == 200 => keys_in(&exchange.body),
        _ => Vec::new(),
    })
}

/// The origins from which key sets are fetched: the portal's and the attacker's.
fn lab(context: &RequestContext) -> Vec<String> {
    let outside = Listener::ALL.into_iter().filter(|l| l.site() != Site::Lab);
    outside
        .map(|listener| context.addresses.origin(listener))
        .collect()
}

/// The request that fetches an address of this lab.
fn request_for(jku: &str) -> Option<Outgoing> {
    let url = Url::parse(jku).ok()?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let query = url.query().map(|query| format!("?{query}"));
    let target = format!("{}{}", url.path(), query.unwrap_or_default());
    Some(Outgoing {
        scheme,
        host_name: url.host_str()?.to_owned(),
        port: url.port()?,
        method: "GET",
        target,
        headers: vec![("accept".into(), "application/json".into())],
        body: String::new(),
    })
}

fn keys_in(body: &str) -> Vec<Value> {
    let set: Value = serde_json::from_str(body).unwrap_or_default();
    let keys = set.get("keys").and_then(Value::as_array);
    keys.map(|keys| keys.iter().take(MOST_KEYS).cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_is_read_and_bounded() {
        assert_eq!(keys_in(r#"{"keys":[{"kty":"EC"}]}"#).len(), 1);
        for body in ["", "[]", "{}", r#"{"keys":1}"#] {
            assert!(keys_in(body).is_empty(), "{body}");
        }
        let many = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(100));
        assert_eq!(keys_in(&many).len(), MOST_KEYS);
    }
}
