//! Opens the teacher's desk beside the lab: its certificate, its two listeners, and what it does by
//! itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{broken, listeners, reach};
use crate::app::settings::{DeskSettings, SessionStore, Settings};
use crate::base::clock::BenchTime;
use crate::base::shutdown::wait_for_shutdown;
use crate::base::start_error::StartError;
use crate::base::tls::Certificate;
use crate::classroom::desk::Desk;
use crate::classroom::desk::bench_links::BenchLinks;
use crate::classroom::desk::class_site::ClassSite;
use crate::classroom::desk::server::DeskListener;
use crate::classroom::desk::teacher::sign_in::TeacherSessions;
use crate::classroom::desk::teacher::{DESK_HOST, TeacherSite};
use crate::classroom::fingerprint::DeskFingerprint;
use crate::storage::Storage;
use crate::web::server::{self, Connections};
use crate::web::templates::UnservedPages;
use crate::worksheets::library::SheetLibrary;

/// The flags that choose the ports of the desk.
const DESK_FLAG: &str = "--desk-port";
const CLASS_FLAG: &str = "--class-port";

/// How often classes are looked for whose time is over.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// A desk that is open.
#[derive(Debug)]
pub struct RunningDesk {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The address that opens it once.
    pub link: String,
    /// The port of the teacher's pages.
    pub desk_port: u16,
    /// The port of the class's listener.
    pub class_port: u16,
    /// Where the class's labs reach it, as in `https://192.0.2.7:7072`.
    pub class_address: String,
    /// What students compare of the certificate.
    pub fingerprint: DeskFingerprint,
    /// The certificate of both listeners.
    pub certificate: Arc<Certificate>,
}

/// What the desk has from the lab that it runs in.
pub(super) struct LabOfDesk {
    /// Where both keep their records.
    pub storage: Arc<dyn Storage>,
    /// The worksheets.
    pub library: SheetLibrary,
    /// The key of the codes in reports.
    pub codes_key: [u8; 32],
    /// Makes links to benches on this machine, where the lab has benches of a class.
    pub bench_links: Option<BenchLinks>,
}

/// The sockets of a desk.
#[derive(Debug)]
pub(super) struct DeskSockets {
    teacher: TcpListener,
    class: TcpListener,
}

/// The flags and addresses of the desk's sockets.
pub(super) fn sockets(settings: &DeskSettings) -> [(&'static str, SocketAddr); 2] {
    let teacher = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.desk_port));
    let class = SocketAddr::new(settings.bind, settings.class_port);
    [(DESK_FLAG, teacher), (CLASS_FLAG, class)]
}

/// Takes the ports of the desk, before anything is written or started.
///
/// # Errors
/// A port cannot be had.
pub(super) fn bind(settings: &DeskSettings) -> Result<DeskSockets, StartError> {
    let [teacher, class] = sockets(settings).map(|(flag, address)| {
        let socket = server::listen(address);
        socket.map_err(|error| listeners::cannot_listen(flag, address, &error))
    });
    Ok(DeskSockets {
        teacher: teacher?,
        class: class?,
    })
}

/// Reads the classes and serves both listeners until the lab stops.
///
/// # Errors
/// The store does not answer, holds a record of a later version, or the certificate is broken.
pub(super) async fn open(
    settings: &Settings,
    of_desk: &DeskSettings,
    DeskSockets { teacher, class }: DeskSockets,
    lab: LabOfDesk,
    connections: &Arc<Connections>,
    stopped: &watch::Receiver<bool>,
) -> Result<(RunningDesk, JoinSet<()>), StartError> {
    let LabOfDesk {
        storage,
        library,
        codes_key,
        bench_links,
    } = lab;
    let desk = Desk::open(storage, library).await.map_err(|error| {
        let hint = "look at the store, then start again; without --desk the lab starts without it";
        StartError::new(format!("the desk cannot be opened: {error}"), hint)
    })?;
    let desk = Arc::new(desk);
    let certificate = Arc::new(certificate(settings)?);
    let tls = server::tls_acceptor(&certificate)?;
    let port = |socket: &TcpListener| {
        let address = socket.local_addr().map_err(|error| broken(&error))?;
        Ok::<_, StartError>(address.port())
    };
    let (desk_port, class_port) = (port(&teacher)?, port(&class)?);
    let class_address = format!("https://{}:{class_port}", reach::host_of(of_desk.bind));
    let fingerprint: DeskFingerprint = certificate
        .fingerprint()
        .parse()
        .map_err(|error| broken(&error))?;
    let sessions = Arc::<TeacherSessions>::default();
    let key = sessions.new_link(BenchTime::now(Duration::ZERO))?;
    let site = TeacherSite {
        desk: desk.clone(),
        bench_links,
        sessions,
        pages: UnservedPages::of_desk().map_err(|mistake| broken(&mistake))?,
        port: desk_port,
        class_address: class_address.clone(),
        fingerprint,
        codes_key,
    };
    let link = format!("{}/#{key}", site.origin());
    let teacher_side = DeskListener {
        site,
        tls: tls.clone(),
        connections: connections.clone(),
    };
    let class_side = DeskListener {
        site: ClassSite { desk: desk.clone() },
        tls,
        connections: connections.clone(),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(teacher_side.serve(teacher, stopped.clone()));
    tasks.spawn(class_side.serve(class, stopped.clone()));
    tasks.spawn(tidy(desk.clone(), stopped.clone()));
    let running = RunningDesk {
        desk,
        link,
        desk_port,
        class_port,
        class_address,
        fingerprint,
        certificate,
    };
    Ok((running, tasks))
}

/// The certificate of the desk, apart from the lab's: it names no address, so that it stays the same
/// on another network, and the labs that pinned it still know it.
fn certificate(settings: &Settings) -> Result<Certificate, StartError> {
    let names = [DESK_HOST.to_owned()];
    let now = OffsetDateTime::now_utc();
    if settings.data_dir.as_os_str().is_empty() {
        return Certificate::in_memory(&names, now);
    }
    Certificate::load_or_make(&settings.data_dir.join("desk-tls"), &names, now)
}

/// Deletes the classes in files whose time is over, where a lab starts without its desk. Redis does so
/// by itself.
pub(super) async fn tidy_files(settings: &Settings, storage: &Arc<dyn Storage>) {
    if settings.sessions != SessionStore::File {
        return;
    }
    match Desk::open(storage.clone(), SheetLibrary::default()).await {
        Ok(desk) => delete_outlived(&desk).await,
        Err(error) => log::warn!("no class of a desk is looked for: {error}"),
    }
}

async fn delete_outlived(desk: &Desk) {
    match desk.delete_outlived(desk.now()).await {
        Ok(0) => {}
        Ok(count) => log::info!("{count} classes were deleted, because their time was over"),
        Err(error) => log::error!("a class whose time is over could not be deleted: {error}"),
    }
}

/// Deletes classes whose time is over, at the start and then every hour.
async fn tidy(desk: Arc<Desk>, mut stopped: watch::Receiver<bool>) {
    loop {
        delete_outlived(&desk).await;
        tokio::select! {
            () = wait_for_shutdown(&mut stopped) => return,
            () = tokio::time::sleep(TIDY_EVERY) => {}
        }
    }
}
