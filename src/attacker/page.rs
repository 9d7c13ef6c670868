//! What the attacker's pages share: the role, the portal under attack, and what would stop it.

use rocket::response::Redirect;
use rocket_dyn_templates::Template;
use serde::Serialize;

use super::arrived::{self, ArrivedRequest};
use super::{AttackerRole, Trick};
use crate::base::addresses::Listener;
use crate::defences::facts::Scheme;
use crate::defences::policy::{Policy, PolicyProbe, Variant};
use crate::session::bench::Sharing;
use crate::web::context::RequestContext;
use crate::web::interrupted::Interrupted;
use crate::web::page::{Frame, VariantView};
use crate::web::problem::Problem;

/// What a trick's page is about: the request, and the variant of the portal under attack.
pub struct Scene<'r> {
    /// The request's context.
    pub context: &'r RequestContext,
    pub trick: &'static Trick,
    /// The variant under attack.
    pub variant: Variant,
    pub policy: Policy,
    moved: Vec<crate::defences::policy::Name>,
}

/// The attacker's role and host, as pages speak of them.
#[derive(Serialize)]
struct HostRoleView {
    name: &'static str,
    is_sibling: bool,
}

#[derive(Serialize)]
struct StopView {
    slug: &'static str,
    title: &'static str,
    how: &'static str,
    strong: bool,
}

#[derive(Serialize)]
struct TrickView {
    path: &'static str,
    title: &'static str,
    description: &'static str,
    stopped_by: Vec<StopView>,
}

impl<'r> Scene<'r> {
    /// The scene of a trick's page; without a name the variant is `insecure`.
    ///
    /// # Errors
    /// No variant has that name (404), or the trick belongs to the other role: the visitor is sent
    /// to the host where it works.
    pub fn open(
        context: &'r RequestContext,
        trick: &'static Trick,
        variant: Option<&str>,
    ) -> Result<Self, Interrupted> {
        let variant = match variant {
            None => Variant::Insecure,
            Some(name) => name.parse().map_err(|_| Problem::unknown_variant(name))?,
        };
        let resolved = context.bench.resolve(variant);
        let scene = Self {
            context,
            trick,
            variant,
            policy: resolved.policy,
            moved: resolved.moved,
        };
        if AttackerRole::of(context) == trick.role {
            Ok(scene)
        } else {
            Err(scene.elsewhere(context.listener).into())
        }
    }

    /// Sends the visitor to the host of this trick's role, on a listener of this site.
    pub fn elsewhere(&self, listener: Listener) -> Redirect {
        let addresses = &self.context.addresses;
        let origin = match self.trick.role {
            AttackerRole::Attacker => addresses.origin(listener),
            AttackerRole::Sibling => addresses.sibling(listener),
        };
        // With everything that was asked for, unless the request named a whole address.
        let target = Some(&self.context.target).filter(|target| target.starts_with('/'));
        let to = match target {
            Some(target) => format!("{origin}{target}"),
            None => format!("{origin}{}", self.address("")),
        };
        Redirect::to(to)
    }

    /// Sends the visitor on where the page did not come the way that the portal does: Chromium takes
    /// http and https of one host for two sites, and a frame with an untrusted certificate cannot be
    /// clicked through.
    ///
    /// # Errors
    /// The visitor is sent on.
    pub fn come_as_the_portal_does(&self) -> Result<(), Interrupted> {
        let listener = match self.scheme() {
            Scheme::Http => Listener::Attacker,
            Scheme::Https => Listener::AttackerTls,
        };
        match self.context.listener == listener {
            true => Ok(()),
            false => Err(self.elsewhere(listener).into()),
        }
    }

    /// This page's own path, for the same variant; `more` is added to the query.
    pub fn address(&self, more: &str) -> String {
        let base = self.context.base();
        format!("{base}{}?variant={}{more}", self.trick.path, self.variant)
    }

    /// How the variant is reached: unencrypted where it answers so.
    pub fn scheme(&self) -> Scheme {
        let probe = PolicyProbe::new(self.policy);
        if probe.transport().answers(Scheme::Http) {
            Scheme::Http
        } else {
            Scheme::Https
        }
    }

    /// The address of the variant under attack, without a slash at its end. From the sibling it
    /// is the portal's host beside it.
    pub fn portal(&self) -> String {
        let listener = match self.scheme() {
            Scheme::Http => Listener::PortalHttp,
            Scheme::Https => Listener::PortalHttps,
        };
        let addresses = &self.context.addresses;
        let origin = match self.trick.role {
            AttackerRole::Attacker => addresses.origin(listener),
            AttackerRole::Sibling => {
                addresses.origin_as(listener, addresses.name_beside(&self.context.host_name))
            }
        };
        format!("{origin}{}", self.path())
    }

    /// The path of the variant under attack, as in `/b/team-7/insecure`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.context.bench.name().prefix(), self.variant)
    }

    /// The address of the catcher. It is always unencrypted: a script that reports to a certificate
    /// which the browser does not trust fails silently.
    pub fn catcher(&self) -> String {
        let origin = self.context.addresses.origin(Listener::Attacker);
        format!("{origin}{}/collect", self.context.base())
    }

    /// The page of this scene.
    pub fn show(&self, template: &'static str, page: impl Serialize) -> Template {
        #[derive(Serialize)]
        struct TrickPage<T> {
            role: HostRoleView,
            trick: TrickView,
            variant: VariantView,
            variants: Vec<String>,
            portal: String,
            catcher: String,
            arrived: Vec<ArrivedRequest>,
            /// Whether some of it may have arrived at another instance.
            shared: bool,
            #[serde(flatten)]
            page: T,
        }
        let stopped_by = self.trick.stopped_by.iter().map(|(name, how)| StopView {
            slug: name.slug(),
            title: name.lesson().title,
            how,
            strong: self.policy.is_strong(*name),
        });
        let page = TrickPage {
            role: role(self.context),
            trick: TrickView {
                path: self.trick.path,
                title: self.trick.title,
                description: self.trick.description,
                stopped_by: stopped_by.collect(),
            },
            variant: VariantView::new(self.variant, &self.moved),
            variants: self.variants(),
            portal: self.portal(),
            catcher: self.catcher(),
            arrived: arrived::at(&self.context.bench, self.variant),
            shared: self.context.bench.sharing() == Sharing::WithOthers,
            page,
        };
        render(self.context, template, self.trick.title, page)
    }

    /// The variants that the page offers: the whole portals, and those that single out a defence
    /// which has a say here.
    fn variants(&self) -> Vec<String> {
        let singled = self.trick.stopped_by.iter().map(|(name, _)| *name);
        let mut all = vec![Variant::Insecure, Variant::Hardened, Variant::Custom];
        all.extend(singled.clone().map(Variant::Only));
        all.extend(singled.map(Variant::Without));
        if !all.contains(&self.variant) {
            all.push(self.variant);
        }
        all.iter().map(Variant::to_string).collect()
    }
}

fn role(context: &RequestContext) -> HostRoleView {
    let role = AttackerRole::of(context);
    HostRoleView {
        name: role.name(),
        is_sibling: role == AttackerRole::Sibling,
    }
}

/// A page of the attacker's site.
fn render(
    context: &RequestContext,
    template: &'static str,
    title: &str,
    page: impl Serialize,
) -> Template {
    #[derive(Serialize)]
    struct AttackerPage<T> {
        frame: Frame,
        #[serde(flatten)]
        page: T,
    }
    let frame = Frame::at(context, title);
    Template::render(template, AttackerPage { frame, page })
}

/// A page of the attacker's site that is no trick.
pub fn plain(
    context: &RequestContext,
    template: &'static str,
    title: &str,
    page: impl Serialize,
) -> Template {
    #[derive(Serialize)]
    struct PlainPage<T> {
        role: HostRoleView,
        #[serde(flatten)]
        page: T,
    }
    let page = PlainPage {
        role: role(context),
        page,
    };
    render(context, template, title, page)
}
