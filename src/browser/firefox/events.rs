//! BiDi's events, noted in what is observed of the window that they belong to. A frame within a page
//! is a context with a parent; what it requests belongs to the same window.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;

use crate::browser::network::{HeaderList, ObservedRequest};
use crate::browser::observed::{Observed, ObservedState};

/// The events that are noted.
pub const SUBSCRIBED: [&str; 9] = [
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    "browsingContext.navigationStarted",
    "browsingContext.navigationFailed",
    "browsingContext.load",
    "network.beforeRequestSent",
    "network.responseStarted",
    "network.fetchError",
    "log.entryAdded",
];

/// How many hosts with HSTS are remembered for a jar.
const MAX_HOSTS: usize = 50;

/// The contexts of the windows that are open.
#[derive(Clone, Debug, Default)]
pub struct WatchedContexts(Arc<Mutex<ContextTable>>);

#[derive(Debug, Default)]
struct ContextTable {
    contexts: HashMap<String, WatchedContext>,
    /// The hosts that asked for HSTS, by jar.
    hsts: HashMap<String, BTreeSet<String>>,
}

#[derive(Clone, Debug)]
struct WatchedContext {
    observed: Arc<Observed>,
    jar: String,
    is_frame: bool,
}

impl WatchedContexts {
    /// Begins to watch a window.
    pub fn watch(&self, context: &str, jar: &str) -> Arc<Observed> {
        let observed = Arc::new(Observed::default());
        let watched = WatchedContext {
            observed: observed.clone(),
            jar: jar.to_owned(),
            is_frame: false,
        };
        self.lock().contexts.insert(context.to_owned(), watched);
        observed
    }

    /// Watches a window and its frames no longer.
    pub fn unwatch(&self, context: &str) {
        let mut watched = self.lock();
        if let Some(window) = watched.contexts.remove(context) {
            let others = |_: &String, other: &mut WatchedContext| {
                !Arc::ptr_eq(&other.observed, &window.observed)
            };
            watched.contexts.retain(others);
        }
    }

    /// Forgets a jar. The answer is the hosts that asked for HSTS in it.
    pub fn remove_jar(&self, jar: &str) -> BTreeSet<String> {
        self.lock().hsts.remove(jar).unwrap_or_default()
    }

    /// Notes one event.
    pub fn observe(&self, event: &Value) {
        let params = &event["params"];
        let Some(method) = event["method"].as_str() else {
            return;
        };
        let context = params["context"].as_str();
        let context = context.or(params["source"]["context"].as_str());
        let Some(context) = context else { return };
        match method {
            "browsingContext.contextCreated" => self.add_frame(context, params),
            "browsingContext.contextDestroyed" => {
                self.lock().contexts.remove(context);
            }
            _ => {
                let Some(watched) = self.lock().contexts.get(context).cloned() else {
                    return;
                };
                if method == "network.responseStarted" {
                    self.note_hsts(&watched.jar, params);
                }
                watched
                    .observed
                    .update(|state| note(state, watched.is_frame, method, params));
            }
        }
    }

    fn add_frame(&self, context: &str, params: &Value) {
        let mut watched = self.lock();
        let parent = params["parent"].as_str();
        let parent = parent
            .and_then(|parent| watched.contexts.get(parent))
            .cloned();
        if let Some(parent) = parent {
            let frame = WatchedContext {
                is_frame: true,
                ..parent
            };
            watched.contexts.insert(context.to_owned(), frame);
        }
    }

    fn note_hsts(&self, jar: &str, params: &Value) {
        let answer = headers(&params["response"]["headers"]);
        let asks =
            |(name, _): &(String, String)| name.eq_ignore_ascii_case("strict-transport-security");
        let address = params["response"]["url"].as_str().unwrap_or_default();
        let host = Url::parse(address).ok();
        let host = host.as_ref().and_then(|url| url.host_str());
        if let (true, Some(host)) = (answer.iter().any(asks), host) {
            let mut watched = self.lock();
            let hosts = watched.hsts.entry(jar.to_owned()).or_default();
            if hosts.len() < MAX_HOSTS {
                hosts.insert(host.to_owned());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, ContextTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(state: &mut ObservedState, is_frame: bool, method: &str, params: &Value) {
    let text = |name: &str| params[name].as_str().unwrap_or_default();
    match method {
        "browsingContext.navigationStarted" if !is_frame => state.loads.start(text("navigation")),
        "browsingContext.load" if !is_frame => state.loads.finish(text("navigation")),
        "browsingContext.navigationFailed" if !is_frame => {
            state.loads.fail(text("navigation"), text("message"));
        }
        "network.beforeRequestSent" => note_request(state, &params["request"]),
        "network.responseStarted" => {
            let answer = &params["response"];
            let status = answer["status"].as_u64().unwrap_or_default();
            let status = u16::try_from(status).unwrap_or_default();
            let id = params["request"]["request"].as_str().unwrap_or_default();
            state
                .requests
                .answer(id, status, headers(&answer["headers"]));
            if status >= 400 {
                let address = answer["url"].as_str().unwrap_or_default();
                state.complain(format!("answer: {status} {address}"));
            }
        }
        "network.fetchError" => {
            let address = params["request"]["url"].as_str().unwrap_or_default();
            state.complain(format!("failed: {} {address}", text("errorText")));
        }
        "log.entryAdded" if params["level"] == "error" || params["level"] == "warn" => {
            state.complain(format!("{}: {}", text("type"), text("text")));
        }
        _ => {}
    }
}

fn note_request(state: &mut ObservedState, request: &Value) {
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let id = text("request");
    let observed = ObservedRequest {
        method: text("method"),
        url: text("url"),
        sent: headers(&request["headers"]),
        ..ObservedRequest::default()
    };
    let has_body = request["bodySize"].as_u64().is_some_and(|size| size > 0);
    state.requests.announce(&id, observed);
    if has_body {
        state.requests.expect_body(&id);
    }
}

fn headers(list: &Value) -> HeaderList {
    let fields = list.as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    fields
        .map(|field| (text(&field["name"]), text(&field["value"]["value"])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(method: &str, context: &str, more: Value) -> Value {
        let mut params = json!({ "context": context });
        for (name, value) in more.as_object().into_iter().flatten() {
            params[name] = value.clone();
        }
        json!({ "method": method, "params": params })
    }

    #[test]
    fn a_frame_belongs_to_its_window_but_only_the_window_itself_loads_pages() {
        let contexts = WatchedContexts::default();
        let observed = contexts.watch("top", "jar");
        let parent = json!({ "parent": "top" });
        contexts.observe(&event("browsingContext.contextCreated", "frame", parent));
        let request =
            |id: &str| json!({ "request": { "request": id, "method": "GET", "url": "http://a/" } });
        contexts.observe(&event("network.beforeRequestSent", "frame", request("a")));
        contexts.observe(&event(
            "network.beforeRequestSent",
            "elsewhere",
            request("b"),
        ));
        let navigation = json!({ "navigation": "1" });
        for context in ["frame", "elsewhere"] {
            let started = event(
                "browsingContext.navigationStarted",
                context,
                navigation.clone(),
            );
            contexts.observe(&started);
        }
        assert_eq!(observed.state().loads.count(), 0);
        assert_eq!(observed.state().requests.take().len(), 1);
        contexts.unwatch("top");
        contexts.observe(&event("network.beforeRequestSent", "frame", request("c")));
        assert!(observed.state().requests.take().is_empty());
    }

    #[test]
    fn a_jar_remembers_which_hosts_asked_for_hsts() {
        let contexts = WatchedContexts::default();
        contexts.watch("top", "jar");
        let name = "Strict-Transport-Security";
        let header = json!([{ "name": name, "value": { "type": "string", "value": "max-age=1" } }]);
        for (address, headers) in [
            ("https://lab.test:7443/", header),
            ("https://b/", json!([])),
        ] {
            let answer =
                json!({ "response": { "url": address, "status": 200, "headers": headers } });
            contexts.observe(&event("network.responseStarted", "top", answer));
        }
        let hosts: Vec<String> = contexts.remove_jar("jar").into_iter().collect();
        assert_eq!(hosts, ["lab.test"]);
        assert!(contexts.remove_jar("jar").is_empty());
    }

    #[test]
    fn odd_messages_are_ignored() {
        let contexts = WatchedContexts::default();
        contexts.watch("top", "jar");
        for odd in [
            json!(null),
            json!({ "method": 3 }),
            event("network.responseStarted", "top", json!({ "response": [] })),
            event(
                "log.entryAdded",
                "top",
                json!({ "level": "error", "text": {} }),
            ),
            event("browsingContext.load", "top", json!({ "navigation": null })),
        ] {
            contexts.observe(&odd);
        }
    }
}
