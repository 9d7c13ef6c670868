//! One page of Chromium.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::{Sessions, text};
use crate::browser::BrowserError;
use crate::browser::connection::Connection;
use crate::browser::cookie::{SameSiteAttribute, StoredCookie};
use crate::browser::keys::PressedKey;
use crate::browser::page_driver::PageDriver;

/// How much of its answers the browser keeps for DevTools, in bytes.
const NETWORK_BUFFER: u32 = 10_000_000;

/// A page, by DevTools' session with it.
#[derive(Debug)]
pub struct ChromiumPage {
    connection: Arc<Connection>,
    sessions: Sessions,
    session: String,
    target: String,
}

impl ChromiumPage {
    pub(super) fn new(
        connection: Arc<Connection>,
        sessions: Sessions,
        session: String,
        target: String,
    ) -> Self {
        Self {
            connection,
            sessions,
            session,
            target,
        }
    }

    /// Has the browser report what happens on the page.
    pub(super) async fn listen(&self) -> Result<(), BrowserError> {
        let buffer = json!({
            "maxTotalBufferSize": NETWORK_BUFFER,
            "maxResourceBufferSize": NETWORK_BUFFER,
        });
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Page.setLifecycleEventsEnabled", json!({ "enabled": true })),
            ("Network.enable", buffer),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            // Several windows are used at once, and each must believe that it is looked at.
            (
                "Emulation.setFocusEmulationEnabled",
                json!({ "enabled": true }),
            ),
        ] {
            self.command(method, params).await?;
        }
        Ok(())
    }

    async fn mouse(
        &self,
        kind: &str,
        (x, y): (f64, f64),
        pressed: Option<u8>,
    ) -> Result<(), BrowserError> {
        let mut event = json!({ "type": kind, "x": x, "y": y });
        if let Some(count) = pressed {
            event["button"] = "left".into();
            event["buttons"] = 1.into();
            event["clickCount"] = count.into();
        }
        self.command("Input.dispatchMouseEvent", event).await?;
        Ok(())
    }
}

impl Drop for ChromiumPage {
    fn drop(&mut self) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(&self.session);
    }
}

#[async_trait]
impl PageDriver for ChromiumPage {
    fn id(&self) -> &str {
        &self.target
    }

    async fn navigate(&self, address: &str) -> Result<Option<String>, BrowserError> {
        let answer = self
            .command("Page.navigate", json!({ "url": address }))
            .await?;
        if let Some(error) = answer["errorText"].as_str() {
            return Err(BrowserError::Refused {
                command: address.to_owned(),
                message: error.to_owned(),
            });
        }
        Ok(answer["loaderId"].as_str().map(str::to_owned))
    }

    async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
        });
        let mut answer = self.command("Runtime.evaluate", params).await?;
        let details = &answer["exceptionDetails"];
        if !details.is_null() {
            let thrown = details["exception"]["description"].as_str();
            let thrown = thrown.or(details["text"].as_str());
            return Err(BrowserError::Script {
                script: expression.to_owned(),
                error: thrown.unwrap_or("it failed").to_owned(),
            });
        }
        Ok(answer["result"]["value"].take())
    }

    async fn move_mouse(&self, x: f64, y: f64) -> Result<(), BrowserError> {
        self.mouse("mouseMoved", (x, y), None).await
    }

    async fn click_at(&self, x: f64, y: f64, count: u8) -> Result<(), BrowserError> {
        self.mouse("mouseMoved", (x, y), None).await?;
        self.mouse("mousePressed", (x, y), Some(count)).await?;
        self.mouse("mouseReleased", (x, y), Some(count)).await
    }

    async fn press(&self, key: PressedKey) -> Result<(), BrowserError> {
        let mut event = json!({
            "type": if key.text.is_some() { "keyDown" } else { "rawKeyDown" },
            "key": key.key,
            "code": key.code,
            "windowsVirtualKeyCode": key.windows,
        });
        if let Some(text) = key.text {
            event["text"] = text.into();
        }
        self.command("Input.dispatchKeyEvent", event.clone())
            .await?;
        event["type"] = "keyUp".into();
        if let Some(fields) = event.as_object_mut() {
            fields.remove("text");
        }
        self.command("Input.dispatchKeyEvent", event).await?;
        Ok(())
    }

    async fn type_text(&self, text: &str) -> Result<(), BrowserError> {
        self.command("Input.insertText", json!({ "text": text }))
            .await?;
        Ok(())
    }

    async fn resize(&self, width: i64, height: i64, scale: f64) -> Result<(), BrowserError> {
        let size = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": scale,
            "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", size)
            .await?;
        Ok(())
    }

    async fn set_media(&self, feature: &str, value: &str) -> Result<(), BrowserError> {
        let media = json!({ "features": [{ "name": feature, "value": value }] });
        self.command("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    async fn screenshot(&self, part: Option<(f64, f64)>) -> Result<Vec<u8>, BrowserError> {
        let mut capture = json!({});
        if let Some((width, height)) = part {
            capture["clip"] = json!({
                "x": 0.0, "y": 0.0, "width": width, "height": height, "scale": 1.0,
            });
        }
        let answer = self.command("Page.captureScreenshot", capture).await?;
        let picture = BASE64_STANDARD.decode(text(&answer, "data")?);
        picture.map_err(|_| BrowserError::Missing("a picture".to_owned()))
    }

    async fn cookies(&self, address: &str) -> Result<Vec<StoredCookie>, BrowserError> {
        let of = json!({ "urls": [address] });
        let answer = self.command("Network.getCookies", of).await?;
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        Ok(cookies.map(cookie).collect())
    }

    async fn go_offline(&self) -> Result<(), BrowserError> {
        // No delay and no throttling: -1 is "as it is".
        let offline = json!({
            "offline": true,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        });
        self.command("Network.emulateNetworkConditions", offline)
            .await?;
        Ok(())
    }

    async fn command(&self, method: &str, params: Value) -> Result<Value, BrowserError> {
        self.connection
            .call(Some(&self.session), method, params)
            .await
    }
}

fn cookie(value: &Value) -> StoredCookie {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let flag = |name: &str| value[name].as_bool().unwrap_or_default();
    StoredCookie {
        name: text("name"),
        value: text("value"),
        domain: text("domain"),
        path: text("path"),
        expires: value["expires"].as_f64().filter(|_| !flag("session")),
        http_only: flag("httpOnly"),
        secure: flag("secure"),
        same_site: SameSiteAttribute::parse(&text("sameSite")),
    }
}
