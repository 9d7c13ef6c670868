//! The sites, each a Rocket instance, and the listeners that bring them their connections.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rocket::config::{Ident, LogLevel};
use rocket::figment::Figment;
use rocket::http::Method;
use rocket::shield::Shield;
use rocket::{Build, Config, Rocket};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::broken;
use super::reach::class_hosts;
use super::template_folder::TemplateFolder;
use crate::app::settings::{Reach, Settings};
use crate::attacker;
use crate::attacker::sniffing_proxy::attribution::CafeAttribution;
use crate::attacker::sniffing_proxy::capture::Captures;
use crate::base::addresses::{Addresses, Listener, Site};
use crate::base::shutdown::wait_for_shutdown;
use crate::base::start_error::StartError;
use crate::base::tls::Certificate;
use crate::classroom::member::class_members::ClassMembers;
use crate::client::LabClient;
use crate::defences::facts::Scheme;
use crate::lab::{self, LabState, Lessons, PortalPagesState, StepKeeper, Store};
use crate::portal;
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::Benches;
use crate::storage::health::Health;
use crate::web::answer::AnswerHeaders;
use crate::web::noted::NeededRequests;
use crate::web::request_router::RequestRouter;
use crate::web::server::{self, Acceptor, Connections};
use crate::web::templates::SiteTemplates;
use crate::web::{assets, problem, request_router};

/// What the sites share. Each is given the part that it needs.
pub(super) struct SharedState {
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// Every bench.
    pub benches: Arc<Benches>,
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// A client for `/compare`.
    pub lab_client: LabClient,
    /// Where sessions are kept.
    pub store: Store,
    /// The worksheets, and whose machine this is.
    pub lessons: Lessons,
    /// Stores the steps that were done.
    pub step_keeper: StepKeeper,
    /// What goes through the café.
    pub captures: Arc<Captures>,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// What browsers were seen to send on `/same-site`.
    pub same_site: MeasuredTables,
    /// The classes that benches are in.
    pub members: ClassMembers,
}

impl std::fmt::Debug for SharedState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedState")
    }
}

/// The flag that chooses the café's port.
pub const CAFE_FLAG: &str = "--cafe-port";

fn port(settings: &Settings, listener: Listener) -> u16 {
    match listener {
        Listener::Lab => settings.lab_port,
        Listener::PortalHttp => settings.http_port,
        Listener::PortalHttps => settings.https_port,
        Listener::Attacker => settings.attacker_port,
        Listener::AttackerTls => settings.attacker_tls_port,
    }
}

/// The address of every listener.
pub fn bind_address(settings: &Settings) -> IpAddr {
    match &settings.reach {
        Reach::Loopback => Ipv4Addr::LOCALHOST.into(),
        Reach::Class { bind, .. } => *bind,
    }
}

/// Every socket that a lab with these settings listens on, with the flag that chooses its port.
pub fn sockets(settings: &Settings) -> Vec<(&'static str, SocketAddr)> {
    let own = Listener::ALL.iter().map(|listener| {
        let socket = SocketAddr::new(bind_address(settings), port(settings, *listener));
        (listener.flag(), socket)
    });
    let cafe = SocketAddr::new(bind_address(settings), settings.cafe_port);
    let of_desk = settings.desk.iter().flat_map(super::desk::sockets);
    own.chain([(CAFE_FLAG, cafe)]).chain(of_desk).collect()
}

/// Takes every port, before anything is written or started.
///
/// # Errors
/// The first port that cannot be had, with the flag that chooses another.
pub fn bind(settings: &Settings) -> Result<Vec<(Listener, TcpListener)>, StartError> {
    let mut sockets = Vec::with_capacity(Listener::ALL.len());
    for listener in Listener::ALL {
        let port = port(settings, listener);
        let address = SocketAddr::from((bind_address(settings), port));
        let socket = server::listen(address);
        let socket = socket.map_err(|error| cannot_listen(listener.flag(), address, &error))?;
        sockets.push((listener, socket));
    }
    Ok(sockets)
}

/// Why a port cannot be had, by what the system said, with the flag that helps.
pub fn cannot_listen(flag: &str, address: SocketAddr, error: &io::Error) -> StartError {
    let port = address.port();
    let other = format!("choose another port with {flag}");
    let (message, hint) = match error.kind() {
        ErrorKind::AddrInUse => (
            format!("port {port} is used by another program"),
            format!("stop the program that uses it, or {other}"),
        ),
        // Systems reserve the ports below 1024; some also keep others for themselves.
        ErrorKind::PermissionDenied if port < 1024 => (
            format!("this user has no right to listen on port {port}"),
            format!("choose a port from 1024 on, which needs no right: {flag} 7070"),
        ),
        ErrorKind::PermissionDenied => (
            format!("the system does not let this user listen on port {port}"),
            other,
        ),
        ErrorKind::AddrNotAvailable => (
            format!("this computer does not have the address {}", address.ip()),
            "give --bind an address of this computer, or 0.0.0.0 for all of them".into(),
        ),
        _ => (format!("cannot listen on {address}: {error}"), other),
    };
    StartError::new(message, hint)
}

/// The sites and their listeners, ready to be served.
pub struct Listeners {
    sites: Vec<Arc<server::RocketSite>>,
    all: Vec<(Acceptor, TcpListener)>,
}

impl Listeners {
    /// Ignites every site: one Rocket instance for all listeners of a site.
    ///
    /// # Errors
    /// A site cannot start.
    pub async fn ignite(
        shared: &SharedState,
        settings: &Settings,
        sockets: Vec<(Listener, TcpListener)>,
        templates: Vec<SiteTemplates>,
        connections: &Arc<Connections>,
    ) -> Result<Self, StartError> {
        for (listener, socket) in &sockets {
            let address = socket.local_addr().map_err(|error| broken(&error))?;
            shared.addresses.learn(*listener, address.port());
        }
        let tls = server::tls_acceptor(&shared.certificate)?;
        let folder = TemplateFolder::open(settings)?;
        let mut sites = Vec::new();
        for templates in templates {
            let kind = templates.site();
            let rocket = site(settings, shared, kind, rocket(&folder)).attach(templates.fairing());
            let site = server::RocketSite::ignite(kind, rocket).await;
            sites.push(Arc::new(site.map_err(|error| broken(error.kind()))?));
        }
        let all = sockets.into_iter().map(|(listener, socket)| {
            let acceptor = Acceptor {
                listener,
                tls: (shared.addresses.scheme(listener) == Scheme::Https).then(|| tls.clone()),
                site: sites[listener.site() as usize].clone(),
                addresses: shared.addresses.clone(),
                connections: connections.clone(),
            };
            (acceptor, socket)
        });
        Ok(Self {
            all: all.collect(),
            sites,
        })
    }

    /// The addresses that a site answers to this method, as its routes write them.
    pub fn addresses(&self, site: Site, method: Method) -> Vec<String> {
        self.sites[site as usize].addresses(method)
    }

    /// The acceptor of a listener.
    pub fn acceptor(&self, listener: Listener) -> Acceptor {
        // Invariant: every listener was bound.
        self.all[listener.index()].0.clone()
    }

    /// Serves every listener until the lab stops. The handle ends when all have stopped.
    pub fn serve(self, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
        let mut tasks = JoinSet::new();
        for (acceptor, socket) in self.all {
            tasks.spawn(acceptor.serve(socket, stopped.clone()));
        }
        let (sites, mut stopped) = (self.sites, stopped.clone());
        tokio::spawn(async move {
            wait_for_shutdown(&mut stopped).await;
            sites.iter().for_each(|site| site.stop());
            while tasks.join_next().await.is_some() {}
        })
    }
}

fn site(
    settings: &Settings,
    shared: &SharedState,
    kind: Site,
    rocket: Rocket<Build>,
) -> Rocket<Build> {
    let client = shared.lab_client.clone();
    let site = match kind {
        Site::Lab => lab::mount(
            rocket,
            LabState {
                store: shared.store.clone(),
                health: shared.health.clone(),
                lessons: shared.lessons.clone(),
                class_hosts: class_hosts(settings, &shared.addresses),
                certificate: shared.certificate.clone(),
                lab_client: client,
                captures: shared.captures.clone(),
                benches: shared.benches.clone(),
                same_site: shared.same_site.clone(),
                members: shared.members.clone(),
            },
        ),
        Site::Portal => {
            let measured = if settings.measure {
                portal::measure::routes()
            } else {
                Vec::new()
            };
            let own_pages = PortalPagesState {
                certificate: shared.certificate.clone(),
                health: shared.health.clone(),
                same_site: shared.same_site.clone(),
            };
            portal::mount(lab::mount_on_portal(rocket, own_pages), client)
                .mount("/portal", measured)
                .attach(CafeAttribution(shared.captures.clone()))
        }
        Site::Attacker => attacker::mount(rocket, client),
    };
    let request_router = RequestRouter {
        addresses: shared.addresses.clone(),
        benches: shared.benches.clone(),
    };
    let lessons = shared.lessons.clone();
    let needed = NeededRequests::new(move |event| lessons.library().asks_for(event));
    site.manage(request_router.clone())
        .manage(needed)
        .attach(request_router)
        .attach(Shield::new())
        .attach(AnswerHeaders)
        // After the request is noted.
        .attach(shared.step_keeper.clone())
        .mount("/", lab::arrival_routes())
        .mount("/", assets::routes())
        .mount("/", request_router::routes())
        .register("/", problem::all_catchers())
}

fn rocket(templates: &TemplateFolder) -> Rocket<Build> {
    // The lab's own configuration: a stray Rocket.toml or ROCKET_* variable must not leak in.
    let config = Config {
        // "Server: Rocket" tells a visitor something that only an attacker needs.
        ident: Ident::none(),
        // Otherwise X-Real-IP would be believed (CWE-348).
        ip_header: None,
        // The lab has its own log, and Rocket's would print addresses with ids in them.
        log_level: LogLevel::Off,
        cli_colors: false,
        ..Config::default()
    };
    rocket::custom(Figment::from(config).merge(("template_dir", templates.path())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_in_use_is_said_to_be_in_use() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = TcpListener::bind(address).await.unwrap_err();
        let told = cannot_listen("--lab-port", address, &error);
        let port = address.port();
        assert_eq!(
            told.message,
            format!("port {port} is used by another program")
        );
        assert!(told.hint.starts_with("stop the program"), "{}", told.hint);

        // TEST-NET-1 of RFC 5737: no computer has this address.
        let nowhere = SocketAddr::from(([192, 0, 2, 1], 0));
        let error = TcpListener::bind(nowhere).await.unwrap_err();
        let told = cannot_listen("--lab-port", nowhere, &error);
        assert_eq!(
            told.message,
            "this computer does not have the address 192.0.2.1"
        );
        assert!(told.hint.contains("--bind"), "{}", told.hint);
    }

    #[test]
    fn a_port_is_never_given_a_false_reason() {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        for (kind, port, message, hint) in [
            (
                ErrorKind::AddrInUse,
                80,
                "port 80 is used by",
                "stop the program",
            ),
            (
                ErrorKind::PermissionDenied,
                80,
                "no right to listen on port 80",
                "from 1024 on",
            ),
            (
                ErrorKind::PermissionDenied,
                7070,
                "does not let this user",
                "another port",
            ),
            (
                ErrorKind::AddrNotAvailable,
                80,
                "the address 127.0.0.1",
                "--bind",
            ),
            (
                ErrorKind::OutOfMemory,
                80,
                "cannot listen on 127.0.0.1:80: ",
                "another port",
            ),
        ] {
            let told = cannot_listen("--lab-port", at(port), &kind.into());
            assert!(told.message.contains(message), "{}", told.message);
            assert!(told.hint.contains(hint), "{}", told.hint);
            let stops = told.hint.contains("stop the program");
            assert_eq!(stops, kind == ErrorKind::AddrInUse, "{}", told.hint);
        }
    }
}
