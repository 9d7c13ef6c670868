//! Builds every listener of the lab, launches them together and stops them together.

mod announce;
mod desk;
pub mod lab_keys;
mod listeners;
pub mod proxies;
mod reach;
pub mod same_keys;
pub mod settings;
mod template_folder;
mod upkeep;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rocket::http::Method;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::settings::{Reach, SessionStore, Settings};
use crate::attacker::sniffing_proxy;
use crate::attacker::sniffing_proxy::SniffingProxy;
use crate::attacker::sniffing_proxy::capture::Captures;
use crate::attacks::scenario::TargetLab;
use crate::base::addresses::{Addresses, Listener, Site};
use crate::base::bench_name::BenchName;
use crate::base::start_error::StartError;
use crate::base::tls::Certificate;
use crate::classroom::desk::bench_links::BenchLinks;
use crate::classroom::member::class_members::{ClassMembers, ReachableDesks};
use crate::classroom::member::sender;
use crate::client::LabClient;
use crate::lab::{Lessons, StepKeeper, Store};
use crate::same_site::measured::MeasuredTables;
use crate::session::bench::Benches;
use crate::session::bench::owners::EarlierSecrets;
use crate::storage::health::Watched;
use crate::storage::{FileStorage, MemoryStorage, RedisStorage, Storage};
use crate::web::bench_control::link_to;
use crate::web::server::Connections;
use crate::web::templates::TemplatesBeingParsed;
use crate::worksheets::audience::SheetAudience;
use crate::worksheets::library::SheetLibrary;
use crate::worksheets::report::Attested;

use desk::LabOfDesk;
pub use desk::RunningDesk;
use listeners::{Listeners, SharedState};
pub use listeners::{cannot_listen, sockets};

/// A lab that is being served.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addresses: Arc<Addresses>,
    pub certificate: Arc<Certificate>,
    /// A client that comes in by its front door.
    pub lab_client: LabClient,
    pub benches: Arc<Benches>,
    /// What went through its café.
    pub captures: Arc<Captures>,
    /// What browsers were seen to send on `/same-site`.
    pub same_site: MeasuredTables,
    /// Its worksheets.
    pub lessons: Lessons,
    /// The classes that its benches are in.
    pub members: ClassMembers,
    /// The addresses that the lab's own pages answer to `GET`, as their routes write them.
    pub lab_pages: Vec<String>,
    /// The same for `POST`.
    pub lab_changes: Vec<String>,
    /// The teacher's desk, where it is open.
    pub desk: Option<RunningDesk>,
    /// In a class, the link to the bench `local`, which is the teacher's. It works once.
    pub teachers_link: Option<String>,
    stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<Result<(), StartError>>,
}

impl Running {
    /// Asks every listener to stop.
    pub fn stop(&self) {
        // Nobody listens any more only when everything has stopped already.
        let _ = self.stop.send(true);
    }

    /// Waits until every listener has stopped.
    ///
    /// # Errors
    /// A listener ended by itself.
    pub async fn ended(self) -> Result<(), StartError> {
        let result = self.ended.await;
        result.map_err(|error| broken(&error))?
    }

    /// The lab as an attack sees it.
    pub fn target(&self) -> TargetLab {
        TargetLab::of(&self.lab_client, &self.addresses)
    }
}

/// Serves the lab until Ctrl-C or SIGTERM.
///
/// # Errors
/// What keeps the lab from starting, in one line with one hint; nothing is left half-started.
pub async fn serve(settings: Settings) -> Result<(), StartError> {
    raise_open_files();
    let running = start(&settings).await?;
    announce::addresses(&settings, &running);
    let first = announce::to_open(&running);
    if settings.open && webbrowser::open(&first).is_err() {
        log::warn!(
            "no browser could be opened; open {} yourself",
            announce::front_page(&running)
        );
    }
    let stop = running.stop.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        // Nobody listens any more only when everything has stopped already.
        let _ = stop.send(true);
    });
    running.ended().await
}

/// Starts every listener, and answers once all of them are up.
///
/// # Errors
/// What keeps the lab from starting; then no listener is left running.
pub async fn start(settings: &Settings) -> Result<Running, StartError> {
    let main_name = reach::portal_name(&settings.reach);
    let sockets = listeners::bind(settings)?;
    let templates = TemplatesBeingParsed::begin();
    let wifi = open_cafe(settings)?;
    let desk_sockets = settings.desk.as_ref().map(desk::bind).transpose()?;
    let (storage, watched) = open_storage(settings).await?;
    let (files, redis) = match &watched {
        Watched::Files(files) => (Some(files.clone()), None),
        Watched::Redis(redis) => (None, Some(redis.clone())),
        Watched::Memory => (None, None),
    };
    let keys = lab_keys::load_or_make(settings)?;
    let certificate = Arc::new(certificate(settings)?);
    let lab_client = LabClient::new(certificate.cert_pem())
        .map_err(|error| broken(&error))?
        .at(reach::portal_address(&settings.reach));
    let benches = Arc::new(Benches::new(
        storage.clone(),
        settings.sessions.sharing(),
        keys,
    ));
    same_keys::check(&benches, &settings.sessions).await?;
    let addresses = Arc::new(Addresses::new(
        main_name,
        reach::attacker_host(&settings.reach),
    ));

    let port = wifi.local_addr().map_err(|error| broken(&error))?.port();
    addresses.learn_cafe(port);
    let captures = Arc::new(Captures::new(addresses.is_class()));
    let lessons = lessons(settings)?;
    let same_site = MeasuredTables::default();
    let (stop, stopped) = watch::channel(false);
    let connections = Connections::within(open_files());
    let (desk, mut desk_tasks) = match (&settings.desk, desk_sockets) {
        (Some(of_desk), Some(sockets)) => {
            let lab = LabOfDesk {
                storage,
                library: lessons.library().clone(),
                codes_key: *benches.keys().worksheets(),
                bench_links: BenchLinks::of(&addresses, &benches),
            };
            let opened = desk::open(settings, of_desk, sockets, lab, &connections, &stopped);
            let (running, tasks) = opened.await?;
            (Some(running), tasks)
        }
        _ => {
            desk::tidy_files(settings, &storage).await;
            (None, JoinSet::new())
        }
    };
    let desks = reachable_desks(settings, desk.as_ref());
    let members = ClassMembers::new(desks, settings.join.clone());
    let shared = SharedState {
        addresses: addresses.clone(),
        benches: benches.clone(),
        certificate: certificate.clone(),
        lab_client: lab_client.clone(),
        store: Store {
            redis,
            ..announce::store(settings)
        },
        lessons: lessons.clone(),
        step_keeper: StepKeeper::new(lessons.clone()),
        captures: captures.clone(),
        health: Arc::default(),
        same_site: same_site.clone(),
        members: members.clone(),
    };
    let health = shared.health.clone();
    let templates = templates.parsed().map_err(|mistake| broken(&mistake))?;
    let listeners = Listeners::ignite(&shared, settings, sockets, templates, &connections).await?;
    let cafe = SniffingProxy {
        http: listeners.acceptor(Listener::PortalHttp),
        https: listeners.acceptor(Listener::PortalHttps),
        captures: captures.clone(),
    };
    let lab_pages = listeners.addresses(Site::Lab, Method::Get);
    let lab_changes = listeners.addresses(Site::Lab, Method::Post);
    let teachers_link = teachers_link(&addresses, &benches).await?;
    let served = listeners.serve(&stopped);
    let cafe = cafe.serve(wifi, stopped.clone());
    let watch = crate::storage::health::watch(health, watched, stopped.clone());
    let upkeep = upkeep::spawn(benches.clone(), files, stopped.clone());
    let sender = sender::spawn(members.clone(), benches.clone(), lessons.clone(), stopped);
    let told = stop.clone();
    let ended = tokio::spawn(async move {
        let result = served.await;
        // One listener's end is everybody's; the upkeep writes what is left to write.
        let _ = told.send(true);
        let _ = cafe.await;
        let _ = sender.await;
        while desk_tasks.join_next().await.is_some() {}
        let _ = upkeep.await;
        let _ = watch.await;
        result.map_err(|error| broken(&error))
    });
    Ok(Running {
        addresses,
        certificate,
        lab_client,
        benches,
        captures,
        same_site,
        lessons,
        members,
        lab_pages,
        lab_changes,
        desk,
        teachers_link,
        stop,
        ended,
    })
}

/// A lab that others can reach joins no desk on the network: they would choose the address. Its benches
/// join the desk beside it, where there is one.
fn reachable_desks(settings: &Settings, desk: Option<&RunningDesk>) -> ReachableDesks {
    match (&settings.reach, desk) {
        (Reach::Loopback, _) => ReachableDesks::Anywhere,
        (Reach::Class { .. }, Some(running)) => ReachableDesks::InProcess(running.desk.clone()),
        (Reach::Class { .. }, None) => ReachableDesks::Nowhere,
    }
}

fn open_cafe(settings: &Settings) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(listeners::bind_address(settings), settings.cafe_port);
    let opened = sniffing_proxy::open(address);
    opened.map_err(|error| listeners::cannot_listen(listeners::CAFE_FLAG, address, &error))
}

/// The storage, and the same again as what it is, to be looked after.
async fn open_storage(settings: &Settings) -> Result<(Arc<dyn Storage>, Watched), StartError> {
    open_store(&settings.sessions, &settings.data_dir).await
}

/// A store by what it is, and by the data folder for files.
///
/// # Errors
/// It cannot be used.
pub async fn open_store(
    sessions: &SessionStore,
    data_dir: &Path,
) -> Result<(Arc<dyn Storage>, Watched), StartError> {
    match sessions {
        SessionStore::Memory => Ok((Arc::new(MemoryStorage::default()), Watched::Memory)),
        SessionStore::File => {
            let files = FileStorage::open(data_dir)
                .map_err(|error| StartError::new(error.to_string(), error.hint()))?;
            let files = Arc::new(files);
            Ok((files.clone(), Watched::Files(files)))
        }
        SessionStore::Redis(address) => {
            let redis = RedisStorage::open(address.clone())
                .await
                .map_err(|error| StartError::new(error.to_string(), error.hint()))?;
            let redis = Arc::new(redis);
            Ok((redis.clone(), Watched::Redis(redis)))
        }
    }
}

/// The worksheets. A sheet of the teacher's with a mistake is named in the log and left out; the lab
/// starts. The built-in ones are read by the tests.
fn lessons(settings: &Settings) -> Result<Lessons, StartError> {
    let audience = SheetAudience::of(matches!(settings.reach, Reach::Class { .. }));
    let own = settings
        .labs
        .as_deref()
        .map(|folder| SheetLibrary::of_folder(folder, audience))
        .transpose()?;
    for mistake in own.iter().flat_map(SheetLibrary::mistakes) {
        log::warn!("a worksheet is left out: {mistake}");
    }
    if own.as_ref().is_some_and(|own| own.sheets().is_empty()) {
        log::warn!("no worksheet of --labs can be used");
    }
    let attested = match settings.reach {
        Reach::Class { .. } => Attested::ByTeacher,
        Reach::Loopback => Attested::BySelf,
    };
    Ok(Lessons::new(own, attested, settings.data_dir.clone()))
}

fn certificate(settings: &Settings) -> Result<Certificate, StartError> {
    let names = reach::certificate_names(&settings.reach);
    let now = OffsetDateTime::now_utc();
    if settings.data_dir.as_os_str().is_empty() {
        return Certificate::in_memory(&names, now);
    }
    Certificate::load_or_make(&settings.data_dir.join("tls"), &names, now)
}

/// An error that no setting of the user's can have caused.
fn broken(error: &dyn std::fmt::Display) -> StartError {
    StartError::new(
        format!("the lab is broken: {error}"),
        "please report this line",
    )
}

/// Every connection is an open file. Under the usual soft limit of 1 024 the server would soon close
/// connections of a class to make room for others.
fn raise_open_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        log::warn!("the limit on open files stays as it is: {error}");
    }
}

/// How many files this process may open.
fn open_files() -> u64 {
    #[cfg(unix)]
    let told = rlimit::Resource::NOFILE.get_soft().ok();
    #[cfg(not(unix))]
    let told = None;
    // Where the system does not tell, its usual limit is assumed.
    told.unwrap_or(1_024)
}

/// The bench without a name is the teacher's in a class. Each start gives them a new link; the keys that
/// their browsers have stay.
async fn teachers_link(
    addresses: &Addresses,
    benches: &Benches,
) -> Result<Option<String>, StartError> {
    if !addresses.is_class() {
        return Ok(None);
    }
    let local = BenchName::local();
    let made = benches
        .owners()
        .new_link(&local, EarlierSecrets::Stay)
        .await;
    let key = made.map_err(|error| {
        let hint = "look at the store that --sessions names, then start again";
        StartError::new(format!("the teacher's bench has no link: {error}"), hint)
    })?;
    Ok(key.map(|key| link_to(addresses, &local, &key)))
}

async fn wait_for_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for the signal the lab still stops, only less gently.
    let _ = interrupt.await;
}
