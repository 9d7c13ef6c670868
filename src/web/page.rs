//! What every page's template is given.

use std::time::Duration;

use rocket::Request;
use serde::Serialize;

use super::context::{RequestContext, SignedIn};
use super::lab_pages::{LabMenu, page_of};
use super::visible_time::date_and_time;
use crate::base::addresses::{Addresses, Listener, Site};
use crate::base::clock::BenchTime;
use crate::defences::policy::{Name, Variant};

/// The part that all pages share: the page's own site and bench, and the addresses of the others.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    title: String,
    /// The site whose look the page has.
    site: &'static str,
    /// On the lab's pages.
    menu: Option<LabMenu>,
    bench: String,
    bench_is_local: bool,
    /// The student's name, and the time that pages bear with it.
    student: Option<Student>,
    prefix: String,
    lab: String,
    http: String,
    https: String,
    attacker: String,
    attacker_tls: String,
    sibling: String,
    cafe: String,
    /// Whether a class shares the lab: then a page tells no path of the server's.
    class: bool,
    /// The certificate's file, as commands on pages name it.
    cert: &'static str,
    nonce: Option<String>,
    scheme: &'static str,
    host: String,
    assets: String,
}

/// Who made a screenshot of the page, and when by the wall clock.
#[derive(Clone, Debug, Serialize)]
struct Student {
    name: String,
    time: String,
}

impl Student {
    fn now(name: String) -> Self {
        let time = date_and_time(BenchTime::now(Duration::ZERO));
        Self { name, time }
    }
}

impl Frame {
    /// The frame of a request's page. A request without a context belongs to the bench `local`.
    pub fn of(request: &Request<'_>, title: &str) -> Self {
        if let Some(context) = RequestContext::of(request) {
            return Self::at(context, title);
        }
        let addresses = super::request_router::addresses(request);
        let origin = |l| {
            addresses
                .map(|addresses| addresses.origin(l))
                .unwrap_or_default()
        };
        Self {
            title: title.to_owned(),
            site: Site::Lab.word(),
            // In a class these are pages of no bench that the reader has.
            menu: addresses
                .filter(|addresses| !addresses.is_class())
                .map(|addresses| LabMenu::on(None, addresses, "")),
            bench: "local".into(),
            bench_is_local: true,
            student: None,
            prefix: String::new(),
            lab: origin(Listener::Lab),
            http: origin(Listener::PortalHttp),
            https: origin(Listener::PortalHttps),
            attacker: origin(Listener::Attacker),
            attacker_tls: origin(Listener::AttackerTls),
            sibling: addresses
                .map(|addresses| addresses.sibling(Listener::Attacker))
                .unwrap_or_default(),
            cafe: addresses.map(Addresses::cafe).unwrap_or_default(),
            class: addresses.is_some_and(Addresses::is_class),
            cert: certificate_file(addresses.is_some_and(Addresses::is_class)),
            nonce: None,
            scheme: "http",
            host: String::new(),
            // Under a name that is not answered there are no style sheets either.
            assets: origin(Listener::Lab),
        }
    }

    /// The same without the menu: on pages that are read before one has a bench.
    #[must_use]
    pub fn without_menu(mut self) -> Self {
        self.menu = None;
        self
    }

    /// The frame of a page, by the request's context.
    pub fn at(context: &RequestContext, title: &str) -> Self {
        let bench = context.bench.name();
        let prefix = bench.prefix();
        let path = context.target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix(&*prefix).unwrap_or(path);
        let site = context.listener.site();
        let lab_page = match context.variant {
            Some(_) => None,
            None => page_of(site, path),
        };
        // Two of the lab's pages are about the portal's own requests and its certificate.
        let look = if lab_page.is_some() { Site::Lab } else { site };
        Self {
            title: title.to_owned(),
            site: look.word(),
            menu: (look == Site::Lab).then(|| LabMenu::on(lab_page, &context.addresses, &prefix)),
            bench: bench.to_string(),
            bench_is_local: bench.is_local(),
            student: context.bench.student().map(Student::now),
            prefix,
            lab: context.addresses.origin(Listener::Lab),
            http: context.addresses.origin(Listener::PortalHttp),
            https: context.addresses.origin(Listener::PortalHttps),
            attacker: context.addresses.origin(Listener::Attacker),
            attacker_tls: context.addresses.origin(Listener::AttackerTls),
            sibling: context.addresses.sibling(Listener::Attacker),
            cafe: context.addresses.cafe(),
            class: context.addresses.is_class(),
            cert: certificate_file(context.addresses.is_class()),
            nonce: context.variant.as_ref().map(|_| context.nonce().to_owned()),
            scheme: context.scheme().as_str(),
            host: context.host.clone(),
            assets: context.assets().unwrap_or_default(),
        }
    }
}

/// The certificate's file for curl. A student of a class has fetched it.
pub const fn certificate_file(is_class: bool) -> &'static str {
    match is_class {
        true => "session-lab.pem",
        false => "lab-data/tls/cert.pem",
    }
}

/// A variant as pages speak of it.
#[derive(Clone, Debug, Serialize)]
pub struct VariantView {
    /// Its name in addresses.
    pub name: String,
    /// `weak`, `strong` or `mixed`.
    pub kind: &'static str,
    /// What it is, in a few words.
    pub description: String,
    /// The defence in its name, if there is one.
    pub defence: Option<&'static str>,
    /// Defences that the closure moved along.
    pub moved: Vec<&'static str>,
}

impl VariantView {
    /// The view of a variant; `moved` is what the closure moved.
    pub fn new(variant: Variant, moved: &[Name]) -> Self {
        let moved: Vec<_> = moved.iter().map(|name| name.slug()).collect();
        let along = if moved.is_empty() {
            String::new()
        } else {
            format!(" (and {}, which goes with it)", moved.join(", "))
        };
        let (kind, description, defence) = match variant {
            Variant::Insecure => ("weak", "every defence weak".to_owned(), None),
            Variant::Hardened => ("strong", "every defence strong".to_owned(), None),
            Variant::Custom => ("mixed", "your own mix of defences".to_owned(), None),
            Variant::Without(name) => (
                "mixed",
                format!("all strong but {}{along}", name.slug()),
                Some(name.slug()),
            ),
            Variant::Only(name) => (
                "mixed",
                format!("all weak but {}{along}", name.slug()),
                Some(name.slug()),
            ),
        };
        Self {
            name: variant.to_string(),
            kind,
            description,
            defence,
            moved,
        }
    }
}

/// The part that all pages of the portal share.
#[derive(Clone, Debug, Serialize)]
pub struct PortalView {
    /// The path that every address of this variant begins with.
    pub base: String,
    pub variant: VariantView,
    /// Who is signed in.
    pub user: Option<String>,
    /// What that user may do.
    pub role: Option<&'static str>,
    /// The token that forms must carry.
    pub csrf: Option<String>,
    /// The preference "large text".
    pub large_text: bool,
    /// The fingerprint of the session, with which the sign-in page can say why it ended.
    pub session: Option<String>,
    /// The time that the session has left, where somebody is signed in.
    pub countdown: Option<Countdown>,
}

/// What every page of somebody signed in says of the time that the session has left, in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Countdown {
    idle: Option<u64>,
    absolute: Option<u64>,
    /// From how many seconds before the end on the page warns.
    warn: u64,
}

impl Countdown {
    /// From what is left of the idle and of the absolute limit.
    pub fn new((idle, absolute): (Option<Duration>, Option<Duration>)) -> Self {
        let seconds = |left: Option<Duration>| left.map(|left| left.as_secs());
        Self {
            idle: seconds(idle),
            absolute: seconds(absolute),
            warn: 60,
        }
    }
}

impl PortalView {
    /// The view of somebody who is not signed in and has no form.
    pub fn signed_out(context: &RequestContext) -> Self {
        let variant = context
            .variant
            .as_ref()
            .map_or(Variant::Insecure, |(variant, _)| *variant);
        Self {
            base: context.base(),
            variant: VariantView::new(variant, &context.moved),
            user: None,
            role: None,
            csrf: None,
            large_text: false,
            session: None,
            countdown: None,
        }
    }

    /// The view of whoever sent a request that was refused: a refusal is no sign-out.
    pub fn of_refused(context: &RequestContext) -> Self {
        let mut view = Self::signed_out(context);
        if let (Some(signed_in), Some(world)) = (context.signed_in(), context.world()) {
            let SignedIn {
                user,
                id,
                large_text,
                time_left,
            } = signed_in.clone();
            view.user = Some(user);
            view.large_text = large_text;
            view.session = Some(world.fingerprint(&id).0);
            view.countdown = Some(Countdown::new(time_left));
            // The page's own button to sign out must work. It is no answer of the defence to this
            // request, so it does not count as asked.
            let csrf = world.probe.untracked().csrf_token();
            view.csrf = csrf.issue(&world.csrf_key(), Some(id.expose()));
        }
        view
    }
}
