//! The description of a JSON API in OpenAPI 3.1: as much of the format as the portal needs, as plain
//! structs that serde writes.
//!
//! Each route is described beside its handler, in the same file. [`crate::portal`] assembles the
//! descriptions and answers with them. Read [`shape`] next: what a body holds.
//!
//! Refused alternative: macros that derive the description from the handlers. They know types and
//! no statuses, so what a route refuses, which is most of this portal, would be written by hand all
//! the same.

pub mod shape;

use std::collections::BTreeMap;

use rocket::http::Method;
use serde::Serialize;

use shape::Shape;

/// The version of the format.
const VERSION: &str = "3.1.0";

/// The name of a problem's shape among the components.
const PROBLEM: &str = "Problem";

/// The name of the scheme by which a session's cookie signs a request in.
const SESSION: &str = "session";

/// The name of the scheme by which a token signs a request in.
const TOKEN: &str = "token";

/// The whole description.
#[derive(Clone, Debug, Serialize)]
pub struct ApiDescription {
    openapi: &'static str,
    info: ApiInfo,
    servers: [ApiServer; 1],
    paths: BTreeMap<&'static str, BTreeMap<String, ApiRoute>>,
    components: ApiComponents,
}

#[derive(Clone, Debug, Serialize)]
struct ApiInfo {
    title: &'static str,
    version: &'static str,
    description: String,
}

#[derive(Clone, Debug, Serialize)]
struct ApiServer {
    url: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiComponents {
    schemas: BTreeMap<&'static str, Shape>,
    security_schemes: BTreeMap<&'static str, SecurityScheme>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum SecurityScheme {
    Cookie {
        #[serde(rename = "type")]
        kind: &'static str,
        #[serde(rename = "in")]
        place: &'static str,
        name: String,
    },
    #[serde(rename_all = "camelCase")]
    Bearer {
        #[serde(rename = "type")]
        kind: &'static str,
        scheme: &'static str,
        bearer_format: &'static str,
    },
}

/// What a description says beside its routes.
#[derive(Clone, Debug)]
pub struct ApiFacts {
    /// What the API is, in a few sentences.
    pub description: String,
    /// The address that every path continues, as in `https://localhost:7443/hardened`.
    pub server: String,
    /// The name of the session's cookie.
    pub session_cookie: String,
    /// Whether a change needs a CSRF token.
    pub csrf_token: bool,
}

impl ApiDescription {
    /// The description of these routes.
    pub fn new(facts: ApiFacts, routes: Vec<ApiRoute>) -> Self {
        let mut paths: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for mut route in routes {
            if !facts.csrf_token {
                route.parameters.retain(|one| one.name != CSRF_HEADER);
            }
            let methods = paths.entry(route.path).or_default();
            methods.insert(route.method.as_str().to_ascii_lowercase(), route);
        }
        let session = SecurityScheme::Cookie {
            kind: "apiKey",
            place: "cookie",
            name: facts.session_cookie,
        };
        let token = SecurityScheme::Bearer {
            kind: "http",
            scheme: "bearer",
            bearer_format: "JWT",
        };
        Self {
            openapi: VERSION,
            info: ApiInfo {
                title: "Session Lab's portal",
                version: env!("CARGO_PKG_VERSION"),
                description: facts.description,
            },
            servers: [ApiServer { url: facts.server }],
            paths,
            components: ApiComponents {
                schemas: BTreeMap::from([(PROBLEM, super::problem::shape())]),
                security_schemes: BTreeMap::from([(SESSION, session), (TOKEN, token)]),
            },
        }
    }
}

/// The header that carries a CSRF token.
const CSRF_HEADER: &str = "X-CSRFToken";

/// A route: a method of a path, what it takes and what it answers.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiRoute {
    #[serde(skip)]
    method: Method,
    #[serde(skip)]
    path: &'static str,
    operation_id: &'static str,
    summary: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<ApiParameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_body: Option<ApiBody>,
    responses: BTreeMap<String, ApiAnswer>,
    /// Empty where nobody needs to be signed in.
    security: Vec<BTreeMap<&'static str, [(); 0]>>,
}

#[derive(Clone, Debug, Serialize)]
struct ApiParameter {
    name: &'static str,
    #[serde(rename = "in")]
    place: &'static str,
    required: bool,
    description: &'static str,
    schema: Shape,
}

#[derive(Clone, Debug, Serialize)]
struct ApiBody {
    required: bool,
    content: BTreeMap<&'static str, MediaType>,
}

#[derive(Clone, Debug, Serialize)]
struct ApiAnswer {
    description: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    content: BTreeMap<&'static str, MediaType>,
}

#[derive(Clone, Debug, Serialize)]
struct MediaType {
    schema: Shape,
}

/// The type of a JSON body.
const JSON: &str = "application/json";

/// A body of one type.
fn content(kind: &'static str, schema: Shape) -> BTreeMap<&'static str, MediaType> {
    BTreeMap::from([(kind, MediaType { schema })])
}

impl ApiRoute {
    /// A route under its handler's name. A path has its parameters in `{` and `}`.
    pub fn new(
        method: Method,
        path: &'static str,
        operation_id: &'static str,
        summary: &'static str,
    ) -> Self {
        let other = ApiAnswer {
            description: "Anything else that can be wrong, as RFC 9457 writes it.",
            content: content("application/problem+json", Shape::named(PROBLEM)),
        };
        Self {
            method,
            path,
            operation_id,
            summary,
            parameters: Vec::new(),
            request_body: None,
            responses: BTreeMap::from([("default".to_owned(), other)]),
            security: Vec::new(),
        }
    }

    /// It takes a JSON body.
    #[must_use]
    pub fn takes(mut self, schema: Shape) -> Self {
        self.request_body = Some(ApiBody {
            required: true,
            content: content(JSON, schema),
        });
        self
    }

    /// It takes this part of the path.
    #[must_use]
    pub fn with_path_part(mut self, name: &'static str, description: &'static str) -> Self {
        self.parameters.push(ApiParameter {
            name,
            place: "path",
            required: true,
            description,
            schema: Shape::text(description),
        });
        self
    }

    /// It takes a CSRF token, where the policy has one.
    #[must_use]
    pub fn with_csrf_token(mut self) -> Self {
        let description = "The token from csrf-token, for the session of the same request.";
        self.parameters.push(ApiParameter {
            name: CSRF_HEADER,
            place: "header",
            required: true,
            description,
            schema: Shape::text(description),
        });
        self
    }

    /// The session's cookie must come along.
    #[must_use]
    pub fn for_session(mut self) -> Self {
        self.security.push(BTreeMap::from([(SESSION, [])]));
        self
    }

    /// A token must come along.
    #[must_use]
    pub fn for_token(mut self) -> Self {
        self.security.push(BTreeMap::from([(TOKEN, [])]));
        self
    }

    /// It answers with JSON.
    #[must_use]
    pub fn answers(self, description: &'static str, schema: Shape) -> Self {
        self.answers_as(JSON, description, schema)
    }

    /// It answers with a text of this type.
    #[must_use]
    pub fn answers_as(
        mut self,
        kind: &'static str,
        description: &'static str,
        schema: Shape,
    ) -> Self {
        let content = content(kind, schema);
        let answer = ApiAnswer {
            description,
            content,
        };
        self.responses.insert("200".to_owned(), answer);
        self
    }

    /// It answers without a body.
    #[must_use]
    pub fn answers_nothing(mut self, description: &'static str) -> Self {
        let answer = ApiAnswer {
            description,
            content: BTreeMap::new(),
        };
        self.responses.insert("204".to_owned(), answer);
        self
    }

    /// It refuses with this status, for this reason.
    #[must_use]
    pub fn refuses(mut self, status: u16, description: &'static str) -> Self {
        let content = content("application/problem+json", Shape::named(PROBLEM));
        let answer = ApiAnswer {
            description,
            content,
        };
        self.responses.insert(status.to_string(), answer);
        self
    }

    /// Its method and path, for tests.
    pub fn address(&self) -> (Method, &'static str) {
        (self.method, self.path)
    }
}
