//! `/openapi.json`: whether it is OpenAPI 3.1, and whether it is all there is. That each answer is as
//! it is described is compared by the tests' client, in `support/described.rs`.

use boon::{Compiler, Schemas};
use rocket::http::Method;
use serde_json::{Value, json};
use session_lab::client::LabClient;
use session_lab::defences::policy::Variant;

use crate::support::described::description;
use crate::support::{bench, lab};

/// The published schemas of OpenAPI 3.1, from <https://spec.openapis.org/oas/3.1/>.
const PUBLISHED: [&str; 4] = [
    include_str!("openapi_schema/schema-base.json"),
    include_str!("openapi_schema/schema.json"),
    include_str!("openapi_schema/dialect.json"),
    include_str!("openapi_schema/meta.json"),
];

const BASE: &str = "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";

/// Whether a document is OpenAPI 3.1, and each schema in it one of its dialect.
fn validate(document: &Value) -> Result<(), String> {
    let mut compiler = Compiler::new();
    for text in PUBLISHED {
        let schema: Value = serde_json::from_str(text).expect("JSON");
        let id = schema["$id"].as_str().expect("an id").to_owned();
        compiler.add_resource(&id, schema).expect("a schema");
    }
    let mut schemas = Schemas::new();
    let schema = compiler.compile(BASE, &mut schemas).expect("a schema");
    let found = schemas.validate(document, schema);
    found.map_err(|error| format!("{error:#}"))
}

#[tokio::test]
async fn the_description_of_every_variant_is_openapi_3_1() {
    for variant in Variant::all() {
        let document = description(&format!("/{variant}")).await;
        if let Err(error) = validate(&document) {
            panic!("{variant}: {error}");
        }
        assert_eq!(document["openapi"], "3.1.0");
    }
}

/// The check above would notice a fault.
#[tokio::test]
async fn a_description_with_a_fault_is_no_openapi_3_1() {
    let good = description("/insecure").await;
    for (pointer, fault) in [
        ("/openapi", json!("2.0")),
        ("/info", json!({"title": "no version"})),
        ("/paths/~1api~1login/post/responses", json!({"20": {}})),
        (
            "/paths/~1api~1login/post/requestBody",
            json!({"content": 1}),
        ),
        (
            "/components/schemas/Problem/properties/title/type",
            json!(["text"]),
        ),
        ("/components/securitySchemes/session/in", json!("jar")),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(pointer).expect(pointer) = fault;
        assert!(validate(&document).is_err(), "{pointer}");
    }
}

#[tokio::test]
async fn the_description_is_that_of_its_variant_and_bench() {
    let bench = bench();
    for (variant, cookie, token) in [
        ("insecure", "session_", false),
        ("hardened", "__Host-session_", true),
        ("without-csrf-token", "__Host-session_", false),
    ] {
        let document = bench.visitor(variant).get("/openapi.json").await;
        assert_eq!(document.header("content-type"), Some("application/json"));
        assert_eq!(document.set_cookies(), [""; 0], "it opens no session");
        let document = document.json();
        let server = document["servers"][0]["url"].as_str().expect("an address");
        let path = format!("/b/{}/{variant}", bench.name);
        assert!(server.ends_with(&path) && server.starts_with("https://"));
        let mut student = bench.visitor(variant);
        student.get("/login").await;
        let (name, _) = student.session_cookie().expect("a session");
        assert!(name.starts_with(cookie), "{name}");
        let session = &document["components"]["securitySchemes"]["session"];
        assert_eq!(session["name"], name, "{session}");
        let change = &document["paths"]["/api/profile"]["post"];
        assert_eq!(change["parameters"].is_array(), token, "{change}");
    }
}

/// The pages of the portal are all that is mounted and not described: none of them answers JSON to
/// anybody, and none takes it.
#[tokio::test]
async fn every_route_that_takes_or_answers_json_is_described() {
    let described = description("/insecure").await;
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    let client: LabClient = lab().lab_client.clone();
    let portal = session_lab::portal::mount(rocket::custom(figment), client);
    let bench = bench();
    let mut student = bench.visitor("insecure");
    student.sign_in().await;
    let (mut pages, mut json) = (0, 0);
    for route in portal.routes() {
        let path = route.uri.path();
        let path = path.strip_prefix("/portal").expect("the portal's");
        let template = path.replace('<', "{").replace('>', "}");
        let method = route.method.as_str().to_ascii_lowercase();
        if described["paths"][&template].get(&method).is_some() {
            json += 1;
            continue;
        }
        pages += 1;
        let mut visitor = student.clone();
        let reply = match route.method {
            Method::Get => visitor.get(path).await,
            _ => visitor.post_json(path, &json!({})).await,
        };
        let kind = reply.header("content-type").unwrap_or_default();
        match route.method {
            Method::Get => assert!(!kind.contains("json"), "{path}: {kind}"),
            _ => assert!([415, 403].contains(&reply.status), "{path}: {}", reply.body),
        }
    }
    assert!(pages > 15 && json > 15, "{pages} {json}");
}
