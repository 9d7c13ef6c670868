//! What the start prints.

use std::net::{Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::reach::class_hosts;
use super::{Running, proxies};
use crate::app::settings::{Reach, SessionStore, Settings};
use crate::base::addresses::{Listener, Site};
use crate::base::encode;
use crate::lab::{ClassHosts, Store};
use crate::web::bench_control::join_page;
use crate::worksheets::codes::Codes;

/// The address to open first: in a class the page on which a student gets a bench.
pub fn front_page(running: &Running) -> String {
    match running.addresses.is_class() {
        true => join_page(&running.addresses),
        false => format!("{}/", running.addresses.origin(Listener::Lab)),
    }
}

/// What the teacher's own browser opens at the start.
pub fn to_open(running: &Running) -> String {
    let own = running.teachers_link.clone();
    own.unwrap_or_else(|| front_page(running))
}

/// Where sessions are kept.
pub fn store(settings: &Settings) -> Store {
    let class = matches!(settings.reach, Reach::Class { .. });
    match &settings.sessions {
        SessionStore::File => {
            let folder = settings.data_dir.join("sessions");
            let description = format!("files in {}", folder.display());
            Store {
                description,
                medium: "files",
                folder: Some(settings.data_dir.clone()),
                shared: false,
                redis: None,
                class,
            }
        }
        SessionStore::Memory => Store {
            description: "memory: they are gone when the lab stops".into(),
            medium: "memory",
            folder: None,
            shared: false,
            redis: None,
            class,
        },
        SessionStore::Redis(address) => Store {
            description: address.to_string(),
            medium: "Redis",
            folder: None,
            shared: true,
            redis: None,
            class,
        },
    }
}

/// Prints the addresses, the fingerprint and the store to standard output.
pub fn addresses(settings: &Settings, running: &Running) {
    let origin = |listener| running.addresses.origin(listener);
    println!(
        "Session Lab {}: for teaching only. It is insecure on purpose.",
        env!("CARGO_PKG_VERSION")
    );
    println!();
    println!("  Start here         {}", front_page(running));
    if let Some(link) = &running.teachers_link {
        println!("  Your own bench     {link} (works once)");
    }
    println!(
        "  Portal, http       {}/insecure/",
        origin(Listener::PortalHttp)
    );
    println!(
        "  Portal, over TLS   {}/hardened/",
        origin(Listener::PortalHttps)
    );
    println!("  The attacker       {}/", origin(Listener::Attacker));
    println!("  The same over TLS  {}/", origin(Listener::AttackerTls));
    println!(
        "  A sibling host     {}/",
        running.addresses.sibling(Listener::Attacker)
    );
    println!(
        "  The café           http://{}/insecure/",
        running.addresses.cafe()
    );
    println!();
    println!(
        "  Certificate        {}",
        encode::line(&running.certificate.origin.to_string())
    );
    println!("  SHA-256            {}", running.certificate.fingerprint());
    println!(
        "  Sessions           {}",
        encode::line(&store(settings).description)
    );
    let key = running.benches.keys().worksheets();
    println!(
        "  Teacher's key      {} (opens the answers of worksheets)",
        Codes::new(key).teachers_key()
    );
    if settings.join.is_some() {
        println!(
            "  Join the class     {}class",
            encode::line(&front_page(running))
        );
    }
    if let Reach::Class {
        bind, public_name, ..
    } = &settings.reach
    {
        println!(
            "  Class              anyone who reaches {bind} as {public_name} can use this lab"
        );
        if !public_name.contains('.') {
            println!(
                "  Careful            {public_name} has no dot: browsers search for it unless http:// \
                 is typed before it, and no other host can be of its site: it has no sibling"
            );
        }
        names_of_class(&class_hosts(settings, &running.addresses));
    }
    if let Some(desk) = &running.desk {
        println!("  The teacher's desk {} (works once)", desk.link);
        println!("  Its class joins at {}", desk.class_address);
        println!("  To be compared     {}", desk.fingerprint.by_eye());
        println!("  Desk's SHA-256     {}", desk.certificate.fingerprint());
    }
    if let Some(told) = proxies::warning(|name| std::env::var(name).ok()) {
        let told = encode::line(&told);
        println!("  Proxy              {told}");
    }
    println!();
    println!("  Stop with Ctrl-C.");
    for listener in Listener::ALL {
        warn_of_neighbour(running, listener);
    }
}

/// What the network of a class must know, ready to paste.
fn names_of_class(hosts: &ClassHosts) {
    println!();
    println!("  Every laptop must find these names. In the DNS of the network:");
    for entry in hosts.dns() {
        println!("    {entry}");
    }
    println!("  Or in the hosts file of each laptop. Linux and macOS, in a terminal:");
    println!("    {}", hosts.on_unix());
    println!("  Windows, in PowerShell as administrator:");
    println!("    {}", hosts.on_windows());
    if hosts.address().is_none() {
        println!("  ADDRESS is this computer's own: no network was found here at the start.");
    }
}

/// Browsers may try `[::1]` first for `localhost`. Whatever answers there would be taken for the
/// lab.
fn warn_of_neighbour(running: &Running, listener: Listener) {
    let port = running.addresses.port(listener).unwrap_or_default();
    let there = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    if TcpStream::connect_timeout(&there, Duration::from_millis(50)).is_ok() {
        let site = match listener.site() {
            Site::Lab => "the lab's pages",
            Site::Portal => "the portal",
            Site::Attacker => "the attacker's site",
        };
        println!("  Careful: another program answers at [::1]:{port}, so a browser may show it");
        println!(
            "  instead of {site}. Stop it, or choose another port with {}.",
            listener.flag()
        );
    }
}
