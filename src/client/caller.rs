//! A caller: a client with its own cookie jar that visits one variant.
//!
//! The jar keeps the rules that curl keeps: `Secure`, `Path`, `Domain`, prefixes are the server's
//! text. It knows nothing of `SameSite`, scripts or pages, because those are a browser's.

use cookie_store::CookieStore;
use url::Url;

use super::{ClientError, HttpExchange, LabClient, Outgoing};
use crate::base::addresses;
use crate::base::addresses::{Addresses, Listener};
use crate::base::bench_name::BenchName;
use crate::defences::csrf_token::TOKEN_FIELD;
use crate::defences::facts::Scheme;
use crate::defences::policy::Variant;

/// Where the portal of one lab listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// The name in `Host`.
    pub host_name: String,
    /// The unencrypted port.
    pub http_port: u16,
    /// The port over TLS.
    pub https_port: u16,
}

impl Portal {
    /// The portal of a lab that runs in this process.
    pub fn of(addresses: &Addresses) -> Self {
        let port = |listener| addresses.port(listener).unwrap_or_default();
        Self {
            host_name: addresses.main_name().to_owned(),
            http_port: port(Listener::PortalHttp),
            https_port: port(Listener::PortalHttps),
        }
    }

    /// The origin for a scheme, as in `https://localhost:7443`.
    pub fn origin(&self, scheme: Scheme) -> String {
        addresses::origin(scheme, &self.host_name, self.port(scheme))
    }

    const fn port(&self, scheme: Scheme) -> u16 {
        match scheme {
            Scheme::Http => self.http_port,
            Scheme::Https => self.https_port,
        }
    }
}

/// Which cookies a call carries.
#[derive(Clone, Debug, Default)]
pub enum Cookies {
    /// Those of the jar.
    #[default]
    Jar,
    /// Exactly this `Cookie` header, or none.
    Exactly(Option<String>),
}

/// One call to be made.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The method; GET when empty.
    pub method: &'static str,
    /// The path below the variant, with its query.
    pub path: String,
    /// Headers beside `Host`, `User-Agent` and `Cookie`.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub cookies: Cookies,
    /// Unencrypted although the caller uses TLS, or the other way round.
    pub scheme: Option<Scheme>,
}

impl Call {
    /// A GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            ..Self::default()
        }
    }

    /// A POST of a form.
    pub fn form(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let call = Self {
            method: "POST",
            path: path.into(),
            body,
            ..Self::default()
        };
        call.with("content-type", "application/x-www-form-urlencoded")
    }

    /// A POST of a text as JSON.
    pub fn json(path: impl Into<String>, body: impl Into<String>) -> Self {
        let (path, body) = (path.into(), body.into());
        let call = Self {
            method: "POST",
            path,
            body,
            ..Self::default()
        };
        call.with("content-type", "application/json")
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with exactly this `Cookie` header.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Option<String>) -> Self {
        self.cookies = Cookies::Exactly(cookie);
        self
    }

    /// The same over this scheme.
    #[must_use]
    pub fn over(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

/// A client that visits one variant.
#[derive(Clone, Debug)]
pub struct Caller {
    client: LabClient,
    portal: Portal,
    scheme: Scheme,
    base: String,
    jar: CookieStore,
    token: Option<String>,
}

impl Caller {
    /// A caller with an empty jar.
    pub fn new(
        client: LabClient,
        portal: Portal,
        scheme: Scheme,
        bench: &BenchName,
        variant: Variant,
    ) -> Self {
        let base = format!("{}/{variant}", bench.prefix());
        Self {
            client,
            portal,
            scheme,
            base,
            jar: CookieStore::default(),
            token: None,
        }
    }

    /// The variant's address.
    pub fn url(&self) -> String {
        format!("{}{}/", self.portal.origin(self.scheme), self.base)
    }

    /// The portal that is called.
    pub fn portal(&self) -> &Portal {
        &self.portal
    }

    /// The CSRF token on the last page that had one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The `Cookie` header that the jar sends now.
    pub fn cookie_header(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .pairs()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Name and value of the session cookie in the jar.
    pub fn session_cookie(&self) -> Option<(String, String)> {
        self.cookie("session_")
    }

    /// Name and value of the first cookie in whose name `part` occurs.
    pub fn cookie(&self, part: &str) -> Option<(String, String)> {
        let found = self
            .pairs()
            .into_iter()
            .find(|(name, _)| name.contains(part));
        found.map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let url = Url::parse(&self.url()).ok();
        url.into_iter()
            .flat_map(|url| self.jar.get_request_values(&url).collect::<Vec<_>>())
    }

    /// Puts a cookie into the jar, as if this `Set-Cookie` line had come.
    pub fn plant(&mut self, set_cookie: &str) {
        if let Ok(url) = Url::parse(&self.url()) {
            // A cookie that the jar refuses is one that a client refuses as well.
            let _ = self.jar.parse(set_cookie, &url);
        }
    }

    /// The origin of the pages that it visits.
    pub fn origin(&self) -> String {
        self.portal.origin(self.scheme)
    }

    /// Makes a GET.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&mut self, path: &str) -> Result<HttpExchange, ClientError> {
        self.call(Call::get(path)).await
    }

    /// Posts a form as the portal's own page does: with its origin, and with the token that the last
    /// page had.
    ///
    /// # Errors
    /// No answer.
    pub async fn submit(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<HttpExchange, ClientError> {
        let token = self.token.clone();
        let mut all = fields.to_vec();
        all.extend(token.as_deref().map(|token| (TOKEN_FIELD, token)));
        let origin = self.origin();
        self.call(Call::form(path, &all).with("origin", origin))
            .await
    }

    /// Makes any call, and keeps the cookies and the token of the answer.
    ///
    /// # Errors
    /// No answer.
    pub async fn call(&mut self, call: Call) -> Result<HttpExchange, ClientError> {
        let cookie = match call.cookies {
            Cookies::Jar => self.cookie_header(),
            Cookies::Exactly(header) => header,
        };
        let mut headers = call.headers;
        headers.extend(cookie.map(|cookie| ("cookie".to_owned(), cookie)));
        let scheme = call.scheme.unwrap_or(self.scheme);
        let outgoing = Outgoing {
            scheme,
            host_name: self.portal.host_name.clone(),
            port: self.portal.port(scheme),
            method: if call.method.is_empty() {
                "GET"
            } else {
                call.method
            },
            target: format!("{}{}", self.base, call.path),
            headers,
            body: call.body,
        };
        let exchange = self.client.send(outgoing).await?;
        let lines: Vec<String> = exchange.header("set-cookie").map(str::to_owned).collect();
        lines.iter().for_each(|line| self.plant(line));
        self.token = token_in(&exchange.body).or(self.token.take());
        Ok(exchange)
    }
}

/// The token in the first form of a page.
fn token_in(page: &str) -> Option<String> {
    let mark = format!("name=\"{TOKEN_FIELD}\"");
    let tag = page
        .split('<')
        .find(|tag| tag.starts_with("input") && tag.contains(&mark))?;
    Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned())
}
