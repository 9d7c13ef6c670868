//! One page of Firefox.

use std::sync::Arc;

use async_trait::async_trait;
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use url::{Host, Url};

use super::events::WatchedContexts;
use super::privileged::{Privileged, evaluate};
use super::text;
use crate::browser::BrowserError;
use crate::browser::connection::Connection;
use crate::browser::cookie::{SameSiteAttribute, StoredCookie};
use crate::browser::keys::PressedKey;
use crate::browser::page_driver::PageDriver;

/// A page, by BiDi's id of its context.
#[derive(Debug)]
pub struct FirefoxPage {
    connection: Arc<Connection>,
    contexts: WatchedContexts,
    privileged: Privileged,
    context: String,
    jar: String,
}

impl FirefoxPage {
    pub(super) fn new(
        connection: Arc<Connection>,
        contexts: WatchedContexts,
        privileged: Privileged,
        context: String,
        jar: String,
    ) -> Self {
        Self {
            connection,
            contexts,
            privileged,
            context,
            jar,
        }
    }

    async fn perform(&self, source: Value) -> Result<(), BrowserError> {
        self.command("input.performActions", json!({ "actions": [source] }))
            .await?;
        Ok(())
    }

    async fn mouse(&self, actions: Value) -> Result<(), BrowserError> {
        let source = json!({ "type": "pointer", "id": "mouse", "actions": actions });
        self.perform(source).await
    }

    async fn keys(&self, keys: impl Iterator<Item = char> + Send) -> Result<(), BrowserError> {
        let actions = keys.flat_map(|key| {
            let key = key.to_string();
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key }))
        });
        let actions: Vec<Value> = actions.collect();
        if actions.is_empty() {
            return Ok(());
        }
        self.perform(json!({ "type": "key", "id": "keyboard", "actions": actions }))
            .await
    }
}

impl Drop for FirefoxPage {
    fn drop(&mut self) {
        self.contexts.unwatch(&self.context);
    }
}

#[async_trait]
impl PageDriver for FirefoxPage {
    fn id(&self) -> &str {
        &self.context
    }

    async fn navigate(&self, address: &str) -> Result<Option<String>, BrowserError> {
        let params = json!({ "url": address, "wait": "none" });
        let answer = self.command("browsingContext.navigate", params).await?;
        Ok(answer["navigation"].as_str().map(str::to_owned))
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        evaluate(&self.connection, &self.context, expression).await
    }

    async fn move_mouse(&self, x: f64, y: f64) -> Result<(), BrowserError> {
        self.mouse(json!([{ "type": "pointerMove", "x": x, "y": y }]))
            .await
    }

    /// Firefox counts clicks in a row by itself.
    async fn click_at(&self, x: f64, y: f64, _count: u8) -> Result<(), BrowserError> {
        self.mouse(json!([
            { "type": "pointerMove", "x": x, "y": y },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]))
        .await
    }

    async fn press(&self, key: PressedKey) -> Result<(), BrowserError> {
        self.keys(std::iter::once(key.webdriver)).await
    }

    async fn type_text(&self, text: &str) -> Result<(), BrowserError> {
        self.keys(text.chars()).await
    }

    async fn resize(&self, width: i64, height: i64, scale: f64) -> Result<(), BrowserError> {
        let size = json!({
            "viewport": { "width": width, "height": height },
            "devicePixelRatio": scale,
        });
        self.command("browsingContext.setViewport", size).await?;
        Ok(())
    }

    /// Firefox has one setting for all its windows.
    async fn set_media(&self, feature: &str, value: &str) -> Result<(), BrowserError> {
        let (preference, number) = match (feature, value) {
            ("prefers-color-scheme", "dark") => {
                ("layout.css.prefers-color-scheme.content-override", 0)
            }
            ("prefers-color-scheme", _) => ("layout.css.prefers-color-scheme.content-override", 1),
            ("prefers-reduced-motion", "reduce") => ("ui.prefersReducedMotion", 1),
            ("prefers-reduced-motion", _) => ("ui.prefersReducedMotion", 0),
            _ => return Err(BrowserError::Unsupported("this media feature")),
        };
        self.privileged.set_number(preference, number).await
    }

    async fn screenshot(&self, part: Option<(f64, f64)>) -> Result<Vec<u8>, BrowserError> {
        let mut capture = json!({ "origin": "viewport" });
        if let Some((width, height)) = part {
            capture["clip"] = json!({
                "type": "box", "x": 0.0, "y": 0.0, "width": width, "height": height,
            });
        }
        let answer = self
            .command("browsingContext.captureScreenshot", capture)
            .await?;
        let picture = BASE64_STANDARD.decode(text(&answer, "data")?);
        picture.map_err(|_| BrowserError::Missing("a picture".to_owned()))
    }

    async fn cookies(&self, address: &str) -> Result<Vec<StoredCookie>, BrowserError> {
        // Without the partition the cookies of all jars would come.
        let partition = json!({ "type": "storageKey", "userContext": self.jar });
        let params = json!({ "partition": partition });
        let answer = self
            .connection
            .call(None, "storage.getCookies", params)
            .await?;
        let Ok(url) = Url::parse(address) else {
            return Ok(Vec::new());
        };
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        let sent = cookies.map(cookie).filter(|cookie| is_sent(cookie, &url));
        Ok(sent.collect())
    }

    async fn go_offline(&self) -> Result<(), BrowserError> {
        let offline = json!({
            "networkConditions": { "type": "offline" },
            "contexts": [self.context],
        });
        self.connection
            .call(None, "emulation.setNetworkConditions", offline)
            .await?;
        Ok(())
    }

    async fn request_body(&self, request: &str) -> Result<Option<String>, BrowserError> {
        let params = json!({ "dataType": "request", "request": request });
        let answer = self
            .connection
            .call(None, "network.getData", params)
            .await?;
        let bytes = &answer["bytes"];
        let value = bytes["value"].as_str().unwrap_or_default();
        Ok(match bytes["type"].as_str() {
            Some("base64") => BASE64_STANDARD
                .decode(value)
                .ok()
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            _ => Some(value.to_owned()),
        })
    }

    async fn command(&self, method: &str, mut params: Value) -> Result<Value, BrowserError> {
        params["context"] = self.context.as_str().into();
        self.connection.call(None, method, params).await
    }
}

fn cookie(value: &Value) -> StoredCookie {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let flag = |name: &str| value[name].as_bool().unwrap_or_default();
    StoredCookie {
        name: text("name"),
        value: value["value"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        domain: text("domain"),
        path: text("path"),
        expires: value["expiry"].as_f64(),
        http_only: flag("httpOnly"),
        secure: flag("secure"),
        same_site: SameSiteAttribute::parse(&text("sameSite")),
    }
}

/// Whether the browser would send a cookie to an address that somebody types.
fn is_sent(cookie: &StoredCookie, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host_fits = match cookie.domain.strip_prefix('.') {
        Some(domain) => {
            host == domain
                || host
                    .strip_suffix(domain)
                    .is_some_and(|rest| rest.ends_with('.'))
        }
        None => host == cookie.domain,
    };
    let path_fits = url
        .path()
        .strip_prefix(cookie.path.as_str())
        .is_some_and(|rest| rest.is_empty() || cookie.path.ends_with('/') || rest.starts_with('/'));
    host_fits && path_fits && (!cookie.secure || url.scheme() == "https" || is_loopback(url))
}

/// The names for which Firefox sends `Secure` cookies unencrypted.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_where_host_path_and_flag_fit() {
        let stored = |domain: &str, path: &str, secure| StoredCookie {
            name: "a".into(),
            value: "b".into(),
            domain: domain.into(),
            path: path.into(),
            expires: None,
            http_only: false,
            secure,
            same_site: None,
        };
        for (domain, path, secure, address, sent) in [
            ("lab.test", "/", true, "https://lab.test:7443/a", true),
            ("lab.test", "/", true, "http://lab.test:7080/a", false),
            ("localhost", "/", true, "http://localhost:7080/a", true),
            ("lab.test", "/", false, "http://b.lab.test/", false),
            (".lab.test", "/", false, "http://b.lab.test/", true),
            (".lab.test", "/", false, "http://evillab.test/", false),
            ("lab.test", "/a", false, "http://lab.test/a/b", true),
            ("lab.test", "/a", false, "http://lab.test/ab", false),
        ] {
            let url = Url::parse(address).expect("an address");
            let cookie = stored(domain, path, secure);
            assert_eq!(is_sent(&cookie, &url), sent, "{cookie:?} to {address}");
        }
    }
}
