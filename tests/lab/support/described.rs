//! Each answer that the tests' client sees, compared with the portal's own description of its API.
//!
//! The description comes from the shared lab. The validator is the crate `boon`, so the lab does not
//! judge itself.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use session_lab::base::addresses::Listener;
use session_lab::client::Outgoing;
use session_lab::defences::facts::Scheme;
use tokio::sync::OnceCell;

use super::{PATIENCE, Reply, lab};

/// Where the description is while it is compiled. Nothing is fetched from there.
const HERE: &str = "https://portal.test/openapi.json";

/// What the description says of one status of one route.
struct DescribedAnswer {
    method: String,
    /// The parts of the path; one in braces is a parameter.
    path: Vec<String>,
    status: String,
    /// The type of the body and its schema; `None` for an answer without a body.
    body: Option<(String, SchemaIndex)>,
}

/// The description, compiled.
struct Described {
    answers: Vec<DescribedAnswer>,
    schemas: Schemas,
}

/// The description of a variant, as the shared lab gives it.
pub async fn description(path: &str) -> Value {
    let addresses = &lab().addresses;
    let outgoing = Outgoing {
        scheme: Scheme::Https,
        host_name: "localhost".into(),
        port: addresses.port(Listener::PortalHttps).expect("it is up"),
        method: "GET",
        target: format!("{path}/openapi.json"),
        headers: Vec::new(),
        body: String::new(),
    };
    let client = lab().lab_client.clone().with_patience(PATIENCE);
    let answer = client.send(outgoing).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn parts(path: &str) -> Vec<String> {
    path.trim_matches('/')
        .split('/')
        .map(str::to_owned)
        .collect()
}

impl Described {
    async fn load() -> Self {
        let description = description("/insecure").await;
        let mut compiler = Compiler::new();
        let added = compiler.add_resource(HERE, description.clone());
        added.expect("a document");
        let (mut answers, mut schemas) = (Vec::new(), Schemas::new());
        let object = |value: &Value| value.as_object().expect("an object").clone();
        for (path, methods) in object(&description["paths"]) {
            for (method, route) in object(&methods) {
                for (status, answer) in object(&route["responses"]) {
                    let content = answer.get("content").map(object).unwrap_or_default();
                    assert!(content.len() < 2, "{path} {status}");
                    let body = content.into_iter().next().map(|(kind, _)| {
                        let pointer = format!(
                            "{HERE}#/paths/{}/{method}/responses/{status}/content/{}/schema",
                            escaped(&path),
                            escaped(&kind)
                        );
                        let compiled = compiler.compile(&pointer, &mut schemas);
                        (kind, compiled.expect("a schema"))
                    });
                    answers.push(DescribedAnswer {
                        method: method.to_ascii_uppercase(),
                        path: parts(&path),
                        status,
                        body,
                    });
                }
            }
        }
        Self { answers, schemas }
    }

    fn check(&self, method: &str, path: &str, reply: &Reply) {
        let asked = parts(path.split('?').next().unwrap_or_default());
        let fits = |answer: &&DescribedAnswer| {
            let same = |(part, is): (&String, &String)| part.starts_with('{') || part == is;
            answer.method == method
                && answer.path.len() == asked.len()
                && answer.path.iter().zip(&asked).all(same)
        };
        let answers: Vec<_> = self.answers.iter().filter(fits).collect();
        if answers.is_empty() {
            return;
        }
        let of = |status: &str| answers.iter().find(|answer| answer.status == status);
        let answer = of(&reply.status.to_string()).or_else(|| {
            // Everything that is no success is a problem.
            let status = (reply.status >= 400).then_some("default")?;
            of(status)
        });
        let seen = format!("{method} {path}: {} {}", reply.status, reply.body);
        let answer = answer.unwrap_or_else(|| panic!("not described: {seen}"));
        let Some((kind, schema)) = &answer.body else {
            assert_eq!(reply.body, "", "{seen}");
            return;
        };
        let found = reply.header("content-type").unwrap_or_default();
        assert_eq!(found.split(';').next(), Some(&**kind), "{seen}");
        let body = match kind.ends_with("json") {
            true => reply.json(),
            false => Value::String(reply.body.clone()),
        };
        if let Err(error) = self.schemas.validate(&body, *schema) {
            panic!("{seen}\nis not as it is described: {error:#}");
        }
    }
}

/// Compares an answer of a variant with its description, if its route is described.
///
/// # Panics
/// The answer is not as it is described.
pub async fn check(method: &str, path: &str, sent_type: Option<&str>, reply: &Reply) {
    static DESCRIBED: OnceCell<Described> = OnceCell::const_new();
    // A page that a browser visits has an address here as well, and refuses in a browser's words.
    let page = path.starts_with("/cookies") && sent_type != Some("application/json");
    if !page {
        let described = DESCRIBED.get_or_init(Described::load).await;
        described.check(method, path, reply);
    }
}
