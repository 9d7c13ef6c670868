//! The Rocket instances: one a listener, launched together.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use rocket::config::{Ident, LogLevel, Shutdown, TlsConfig};
use rocket::fairing::AdHoc;
use rocket::shield::Shield;
use rocket::{Build, Config, Ignite, Rocket};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::broken;
use crate::app::settings::{Reach, Settings};
use crate::attacker;
use crate::base::addresses::{Addresses, Listener, Site};
use crate::base::shutdown::wait_for_shutdown;
use crate::base::start_error::StartError;
use crate::base::tls::Certificate;
use crate::client::LabClient;
use crate::defences::facts::Scheme;
use crate::lab::{self, LabState, Lessons, PortalPagesState, Store};
use crate::portal;
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::Benches;
use crate::sniffing_proxy::capture::Captures;
use crate::storage::health::Health;
use crate::web::answer::AnswerHeaders;
use crate::web::assets::SiteTemplates;
use crate::web::request_router::RequestRouter;
use crate::web::{assets, problem, request_router};

/// How long requests may go on once the lab is to stop, in seconds. Then connections are cut.
const GRACE: u32 = 1;

/// How long listeners have for their end: the grace, and a moment to clear up. Rocket itself would
/// wait for another second, and the whole stop has two.
const LONGEST_STOP: Duration = Duration::from_millis(GRACE as u64 * 1_000 + 200);

/// What the listeners share. Each site is given the part that it needs.
pub(super) struct SharedState {
    /// Everybody's addresses.
    pub addresses: Arc<Addresses>,
    /// Every bench.
    pub benches: Arc<Benches>,
    /// The certificate in use.
    pub certificate: Arc<Certificate>,
    /// A client for `/compare`.
    pub lab_client: LabClient,
    /// Every template, parsed.
    pub templates: Arc<SiteTemplates>,
    /// Where sessions are kept.
    pub store: Store,
    /// The worksheets, and whose machine this is.
    pub lessons: Lessons,
    /// What goes through the café.
    pub captures: Arc<Captures>,
    /// Whether the store works.
    pub health: Arc<Health>,
    /// What browsers were seen to send on `/same-site`.
    pub same_site: MeasuredTables,
}

impl std::fmt::Debug for SharedState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedState")
    }
}

fn port(settings: &Settings, listener: Listener) -> u16 {
    match listener {
        Listener::Lab => settings.lab_port,
        Listener::PortalHttp => settings.http_port,
        Listener::PortalHttps => settings.https_port,
        Listener::Attacker => settings.attacker_port,
        Listener::AttackerTls => settings.attacker_tls_port,
    }
}

fn bind_address(settings: &Settings) -> IpAddr {
    match &settings.reach {
        Reach::Loopback => Ipv4Addr::LOCALHOST.into(),
        Reach::Class { bind, .. } => *bind,
    }
}

/// Looks whether every port is free before anything is written or started.
///
/// # Errors
/// The first port that is taken, with the flag that chooses another.
pub fn check_ports(settings: &Settings) -> Result<(), StartError> {
    for listener in Listener::ALL {
        let port = port(settings, listener);
        if port == 0 {
            continue;
        }
        TcpListener::bind(SocketAddr::new(bind_address(settings), port))
            .map_err(|error| cannot_listen(listener.flag(), port, &error))?;
    }
    Ok(())
}

/// A port that is taken, with the flag that chooses another.
pub(super) fn cannot_listen(flag: &str, port: u16, error: &std::io::Error) -> StartError {
    StartError::new(
        format!("port {port} cannot be used: {error}"),
        format!("stop the program that uses it, or choose another port with {flag}"),
    )
}

/// Launches every listener and answers once all are up. The handle ends when all have stopped.
///
/// # Errors
/// A listener that cannot start; the others are stopped first.
pub async fn launch(
    settings: &Settings,
    shared: SharedState,
    mut stopped: watch::Receiver<bool>,
) -> Result<JoinHandle<Result<(), StartError>>, StartError> {
    let (up, mut ups) = tokio::sync::mpsc::channel(Listener::ALL.len());
    let mut launches = JoinSet::new();
    let mut handles = Vec::new();
    for listener in Listener::ALL {
        let ignited = ignite(settings, &shared, listener, up.clone()).await?;
        handles.push(ignited.shutdown());
        let port = port(settings, listener);
        launches.spawn(async move {
            let ended = ignited.launch().await;
            ended
                .map(|_| ())
                .map_err(|error| launch_error(listener, port, &error))
        });
    }
    drop(up);
    let notify_all = move || handles.iter().for_each(|handle| handle.clone().notify());

    let mut waiting = Listener::ALL.len();
    while waiting > 0 {
        tokio::select! {
            Some(()) = ups.recv() => waiting -= 1,
            Some(ended) = launches.join_next() => {
                notify_all();
                while launches.join_next().await.is_some() {}
                return Err(match ended {
                    Ok(Err(error)) => error,
                    Ok(Ok(())) => broken(&"a listener stopped at once"),
                    Err(error) => broken(&error),
                });
            }
        }
    }
    Ok(tokio::spawn(async move {
        let mut result = Ok(());
        loop {
            tokio::select! {
                ended = launches.join_next() => match ended {
                    Some(Ok(Ok(()))) => notify_all(),
                    Some(Ok(Err(error))) => { notify_all(); result = Err(error); }
                    Some(Err(error)) => { notify_all(); result = Err(broken(&error)); }
                    None => return result,
                },
                () = wait_for_shutdown(&mut stopped) => {
                    notify_all();
                    // Connections that are still open then are no error: they were cut.
                    let all = async { while launches.join_next().await.is_some() {} };
                    let _ = tokio::time::timeout(LONGEST_STOP, all).await;
                    return result;
                }
            }
        }
    }))
}

async fn ignite(
    settings: &Settings,
    shared: &SharedState,
    listener: Listener,
    up: tokio::sync::mpsc::Sender<()>,
) -> Result<Rocket<Ignite>, StartError> {
    let addresses = shared.addresses.clone();
    let rocket = rocket(settings, shared, listener);
    let client = shared.lab_client.clone();
    let site = match listener.site() {
        Site::Lab => lab::mount(
            rocket,
            LabState {
                store: shared.store.clone(),
                health: shared.health.clone(),
                lessons: shared.lessons.clone(),
                certificate: shared.certificate.clone(),
                lab_client: client,
                captures: shared.captures.clone(),
                benches: shared.benches.clone(),
                same_site: shared.same_site.clone(),
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
        }
        Site::Attacker => attacker::mount(rocket, client),
    };
    let request_router = RequestRouter {
        listener,
        addresses: shared.addresses.clone(),
        benches: shared.benches.clone(),
    };
    site.manage(request_router.clone())
        .attach(request_router)
        .manage(shared.templates.engine(listener.site()))
        .attach(Shield::new())
        .attach(AnswerHeaders)
        .attach(AdHoc::on_liftoff("Port", move |rocket| {
            Box::pin(async move {
                addresses.learn(listener, rocket.config().port);
                // The receiver is gone only when the start has failed already.
                let _ = up.send(()).await;
            })
        }))
        .mount("/", assets::routes())
        .mount("/", request_router::routes())
        .register("/", problem::all_catchers())
        .ignite()
        .await
        .map_err(|error| launch_error(listener, port(settings, listener), &error))
}

fn rocket(settings: &Settings, shared: &SharedState, listener: Listener) -> Rocket<Build> {
    // A configuration of our own: a stray Rocket.toml or ROCKET_* variable must not leak in.
    let config = Config {
        address: bind_address(settings),
        port: port(settings, listener),
        tls: (listener.scheme() == Scheme::Https).then(|| {
            let certificate = &shared.certificate;
            TlsConfig::from_bytes(
                certificate.cert_pem().as_bytes(),
                certificate.key_pem().as_bytes(),
            )
        }),
        // "Server: Rocket" tells a visitor something that only an attacker needs.
        ident: Ident::none(),
        // Otherwise X-Real-IP would be believed (CWE-348).
        ip_header: None,
        // The lab has its own log, and Rocket's would print addresses with ids in them.
        log_level: LogLevel::Off,
        cli_colors: false,
        // The lab handles signals itself, once for all instances.
        shutdown: Shutdown {
            ctrlc: false,
            #[cfg(unix)]
            signals: std::collections::HashSet::new(),
            grace: GRACE,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::default()
    };
    rocket::custom(config)
}

fn launch_error(listener: Listener, port: u16, error: &rocket::Error) -> StartError {
    use rocket::error::ErrorKind;
    match error.kind() {
        ErrorKind::Bind(error) => cannot_listen(listener.flag(), port, error),
        kind => broken(kind),
    }
}
