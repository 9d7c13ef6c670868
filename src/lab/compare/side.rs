//! One side of the comparison: a variant, a cookie jar, and what was done so far.

use cookie_store::CookieStore;
use url::Url;

use crate::bench::BenchName;
use crate::front_door::{Exchange, FrontDoor, FrontDoorError, Outgoing};
use crate::policy::Variant;
use crate::web::addresses::{Addresses, Listener};

/// The variants that are compared, weak side first.
pub const VARIANTS: [Variant; 2] = [Variant::Insecure, Variant::Hardened];

/// How many steps a side keeps.
const STEPS: usize = 12;

/// Both sides of a bench.
#[derive(Debug)]
pub struct Sides {
    /// Insecure and hardened.
    pub sides: [Side; 2],
    /// Counts the steps, the same on both sides.
    pub count: u64,
    /// What the last click did, in words.
    pub last_action: Option<&'static str>,
}

impl Default for Sides {
    fn default() -> Self {
        let sides = VARIANTS.map(Side::new);
        Self {
            sides,
            count: 0,
            last_action: None,
        }
    }
}

/// One step on one side.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub n: u64,
    /// What was done, in words.
    pub action: &'static str,
    /// What went over the socket; `None` where nothing did.
    pub exchange: Option<Exchange>,
    /// What kind of step it is, for its reasons.
    pub kind: StepKind,
}

/// The kinds of step, by the defences that decide them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The sign-in page was opened.
    Form,
    /// The sign-in form was sent.
    SignIn,
    /// The dashboard was opened.
    Dashboard,
    /// The clock was moved.
    Clock,
    /// The sign-out form was sent.
    SignOut,
    /// The cookie from before was sent again.
    Replay,
}

/// One side.
#[derive(Debug)]
pub struct Side {
    /// The variant.
    pub variant: Variant,
    /// What was done, oldest first.
    pub steps: Vec<Step>,
    jar: CookieStore,
    /// The `Cookie` header of the last sign-in, for the replay.
    pub old_cookie: Option<String>,
    /// The CSRF token on the last page.
    token: Option<String>,
}

impl Side {
    fn new(variant: Variant) -> Self {
        let (steps, jar) = (Vec::new(), CookieStore::default());
        Self {
            variant,
            steps,
            jar,
            old_cookie: None,
            token: None,
        }
    }

    /// The listener that this side is reached by: the weak one shows the transport that leaks.
    pub fn listener(&self) -> Listener {
        match self.variant {
            Variant::Insecure => Listener::PortalHttp,
            _ => Listener::PortalHttps,
        }
    }

    /// The side's front page.
    pub fn url(&self, addresses: &Addresses, bench: &BenchName) -> String {
        let origin = addresses.origin(self.listener());
        format!("{origin}{}/{}/", bench.prefix(), self.variant)
    }

    /// Keeps a step, and forgets the oldest.
    pub fn push(&mut self, step: Step) {
        self.steps.push(step);
        if self.steps.len() > STEPS {
            self.steps.remove(0);
        }
    }

    /// The CSRF token of the last page, as a form field.
    pub fn token_field(&self) -> Option<(&'static str, String)> {
        self.token
            .clone()
            .map(|token| (crate::web::body::TOKEN_FIELD, token))
    }

    /// The `Cookie` header that the jar sends to this side now.
    pub fn cookie_header(&self, addresses: &Addresses, bench: &BenchName) -> Option<String> {
        let url = Url::parse(&self.url(addresses, bench)).ok()?;
        let pairs: Vec<String> = self
            .jar
            .get_request_values(&url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Asks this side by the front door, with `cookie` in the header, and keeps what it sets.
    pub async fn ask(
        &mut self,
        front_door: &FrontDoor,
        addresses: &Addresses,
        bench: &BenchName,
        path: &str,
        form: Option<&[(&str, String)]>,
        cookie: Option<String>,
    ) -> Result<Exchange, FrontDoorError> {
        let listener = self.listener();
        let mut headers: Vec<(String, String)> = Vec::new();
        headers.extend(cookie.map(|cookie| ("cookie".to_owned(), cookie)));
        let mut body = String::new();
        if let Some(fields) = form {
            headers.push(("origin".into(), addresses.origin(listener)));
            let form = "application/x-www-form-urlencoded";
            headers.push(("content-type".into(), form.into()));
            body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
        }
        let exchange = front_door
            .send(Outgoing {
                scheme: listener.scheme(),
                host_name: addresses.main_name().to_owned(),
                port: addresses.port(listener).unwrap_or_default(),
                method: if form.is_some() { "POST" } else { "GET" },
                target: format!("{}/{}{path}", bench.prefix(), self.variant),
                headers,
                body,
            })
            .await?;
        if let Ok(url) = Url::parse(&self.url(addresses, bench)) {
            for line in exchange.header("set-cookie") {
                // A cookie that the jar refuses is one that a client refuses as well.
                let _ = self.jar.parse(line, &url);
            }
        }
        self.token = token_in(&exchange.body).or(self.token.take());
        Ok(exchange)
    }
}

/// The token in the first form of a page.
fn token_in(page: &str) -> Option<String> {
    let tag = page.split('<').find(|tag| {
        tag.starts_with("input") && tag.contains("name=\"csrf_token\"") && tag.contains("value=")
    })?;
    let value = tag.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.to_owned())
}
