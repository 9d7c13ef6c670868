//! What WebDriver BiDi has no command for, done by scripts that run with the browser's own rights.
//! They never run on a page.

use std::sync::Arc;

use serde_json::{Value, json};

use super::remote_value::to_json;
use crate::browser::BrowserError;
use crate::browser::connection::Connection;

/// `nsISiteSecurityService.ResetStateBy.BaseDomain`: HSTS is kept for each site that embedded the
/// host, and all of these are meant.
const BY_BASE_DOMAIN: u8 = 2;

/// The browser's own window.
#[derive(Clone, Debug)]
pub struct Privileged {
    connection: Arc<Connection>,
    context: String,
}

impl Privileged {
    /// Finds the browser's own window.
    pub async fn open(connection: Arc<Connection>) -> Result<Self, BrowserError> {
        let scope = json!({ "moz:scope": "chrome", "maxDepth": 0 });
        let tree = connection
            .call(None, "browsingContext.getTree", scope)
            .await?;
        let context = tree["contexts"][0]["context"].as_str();
        let context =
            context.ok_or_else(|| BrowserError::Missing("Firefox's window".to_owned()))?;
        Ok(Self {
            context: context.to_owned(),
            connection,
        })
    }

    /// Puts a certificate (DER in base64) into the profile as an authority. A lab's certificate is
    /// signed by itself, so it is its own authority. An exception in its place would not do: with one
    /// Firefox ignores HSTS.
    pub async fn trust(&self, certificate: &str) -> Result<(), BrowserError> {
        let script = format!(
            "void Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB)
                .addCertFromBase64({}, 'CTu,Cu,Cu')",
            Value::from(certificate)
        );
        self.run(&script).await.map(drop)
    }

    /// Forgets that a host asked for HSTS.
    pub async fn forget_hsts(&self, host: &str) -> Result<(), BrowserError> {
        let address = Value::from(format!("https://{host}/"));
        let script = format!(
            "void Cc['@mozilla.org/ssservice;1'].getService(Ci.nsISiteSecurityService)
                .resetState(Services.io.newURI({address}), {{}}, {BY_BASE_DOMAIN})"
        );
        self.run(&script).await.map(drop)
    }

    /// Sets a preference of the whole browser to a number.
    pub async fn set_number(&self, preference: &str, number: u8) -> Result<(), BrowserError> {
        let preference = Value::from(preference);
        let script = format!("void Services.prefs.setIntPref({preference}, {number})");
        self.run(&script).await.map(drop)
    }

    async fn run(&self, script: &str) -> Result<Value, BrowserError> {
        evaluate(&self.connection, &self.context, script).await
    }
}

/// What an expression in JavaScript gives in a context, as JSON; a promise is awaited.
pub async fn evaluate(
    connection: &Connection,
    context: &str,
    expression: &str,
) -> Result<Value, BrowserError> {
    let params = json!({
        "expression": expression,
        "target": { "context": context },
        "awaitPromise": true,
    });
    let answer = connection.call(None, "script.evaluate", params).await?;
    if answer["type"] == "exception" {
        let thrown = answer["exceptionDetails"]["text"].as_str();
        return Err(BrowserError::Script {
            script: expression.to_owned(),
            error: thrown.unwrap_or("it failed").to_owned(),
        });
    }
    Ok(to_json(&answer["result"]))
}
