//! DevTools' events, noted in what is observed of a window.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::Value;

use crate::browser::network::{HeaderList, ObservedRequest};
use crate::browser::observed::{Observed, ObservedState};

/// Notes one event of a page's session.
pub fn observe(observed: &Observed, method: &str, params: &Value) {
    match method {
        "Page.frameNavigated" | "Page.lifecycleEvent" => {
            observed.update(|state| note_load(state, method, params));
        }
        "Network.requestWillBeSent"
        | "Network.requestWillBeSentExtraInfo"
        | "Network.responseReceivedExtraInfo" => {
            observed.update(|state| note_request(state, method, params));
        }
        _ => {
            if let Some(complaint) = complaint(method, params) {
                observed.update(|state| state.complain(complaint));
            }
        }
    }
}

fn note_load(state: &mut ObservedState, method: &str, params: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if method == "Page.frameNavigated" {
        let frame = &params["frame"];
        // A frame within the page has a parent.
        if frame["parentId"].is_null() {
            state.loads.start(&text(&frame["loaderId"]));
        }
    } else if params["name"] == "load" {
        // A loader that is not known belongs to a frame within the page.
        state.loads.finish(&text(&params["loaderId"]));
    }
}

fn note_request(state: &mut ObservedState, method: &str, params: &Value) {
    let Some(id) = params["requestId"].as_str() else {
        return;
    };
    let log = &mut state.requests;
    match method {
        "Network.requestWillBeSent" => {
            if is_internal(&params["redirectResponse"]) {
                log.withdraw(id);
            }
            log.announce(id, request(&params["request"]));
        }
        "Network.requestWillBeSentExtraInfo" => log.send(id, headers(&params["headers"])),
        _ => {
            let status = params["statusCode"].as_u64().unwrap_or_default();
            let status = u16::try_from(status).unwrap_or_default();
            log.answer(id, status, headers(&params["headers"]));
        }
    }
}

/// Whether the browser itself made a redirect, without asking anybody: HSTS turns http into https.
fn is_internal(redirect: &Value) -> bool {
    let headers = redirect["headers"].as_object().into_iter().flatten();
    let mut names = headers.map(|(name, _)| name);
    names.any(|name| name.eq_ignore_ascii_case("non-authoritative-reason"))
}

fn request(value: &Value) -> ObservedRequest {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let bodies = value["postDataEntries"].as_array().into_iter().flatten();
    let bodies = bodies.filter_map(|entry| BASE64_STANDARD.decode(entry["bytes"].as_str()?).ok());
    ObservedRequest {
        method: text("method"),
        url: text("url"),
        body: bodies
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect(),
        ..ObservedRequest::default()
    }
}

fn headers(value: &Value) -> HeaderList {
    let fields = value.as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    fields
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// What a person would be told of on the console or in the list of requests.
fn complaint(method: &str, params: &Value) -> Option<String> {
    let is_one_of = |value: &Value, words: &[&str]| words.iter().any(|word| value == word);
    match method {
        "Runtime.consoleAPICalled" => is_one_of(&params["type"], &["assert", "error", "warning"])
            .then(|| format!("console: {}", params["args"])),
        "Runtime.exceptionThrown" => Some(format!("exception: {}", params["exceptionDetails"])),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let text = |name: &str| entry[name].as_str().unwrap_or_default();
            is_one_of(&entry["level"], &["warning", "error"])
                .then(|| format!("log: {} {}", text("text"), text("url")))
        }
        // A live page that is left in the middle of a question cancels it.
        "Network.loadingFailed" => (params["canceled"] != true).then(|| {
            let text = |name: &str| params[name].as_str().unwrap_or_default();
            format!("failed: {} {}", text("errorText"), text("type"))
        }),
        "Network.responseReceived" => {
            let answer = &params["response"];
            let status = answer["status"].as_u64().unwrap_or_default();
            let address = answer["url"].as_str().unwrap_or_default();
            (status >= 400).then(|| format!("answer: {status} {address}"))
        }
        _ => None,
    }
}
