//! The ports that the lab listens on, and who else answers there: another program, a lab that runs
//! already, or somebody at `[::1]`, whom a browser may take for the lab.

use std::collections::BTreeSet;
use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::super::running_lab::fetch;
use super::finding::Finding;
use crate::app;
use crate::app::settings::Settings;
use crate::base::addresses::{Listener, Ports};

/// How long somebody at a port may take to answer.
const LIMIT: Duration = Duration::from_secs(2);

/// How long a connection on this computer may take.
const CONNECT: Duration = Duration::from_millis(200);

/// The ports of a lab that runs already.
#[derive(Debug, Default)]
pub struct RunningPorts(BTreeSet<u16>);

impl RunningPorts {
    /// Asks whether a lab answers at the port of the lab's own pages.
    pub async fn find(settings: &Settings) -> Self {
        if settings.lab_port == 0 {
            return Self::default();
        }
        let asked = timeout(LIMIT, fetch(settings.lab_port, "/addresses")).await;
        let answer = asked.ok().and_then(Result::ok);
        let ports = answer.and_then(|json| serde_json::from_str::<Ports>(&json).ok());
        let ports = ports.map(|found| {
            let Ports {
                lab, http, https, ..
            } = found;
            let Ports {
                attacker,
                attacker_tls,
                cafe,
                ..
            } = found;
            BTreeSet::from([lab, http, https, attacker, attacker_tls, cafe])
        });
        Self(ports.unwrap_or_default())
    }

    /// Whether there is one.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Tries to listen on every port, for a moment.
pub async fn look(settings: &Settings, running: &RunningPorts) -> Vec<Finding> {
    let mut free = Vec::new();
    let mut own = false;
    let mut findings = Vec::new();
    for (flag, socket) in app::sockets(settings) {
        let port = socket.port();
        // Closed again at once.
        match TcpListener::bind(socket).await {
            Ok(_) if port == 0 => free.push("any".to_owned()),
            Ok(_) => free.push(port.to_string()),
            Err(_) if running.0.contains(&port) => own = true,
            Err(error) => {
                let error = app::cannot_listen(flag, socket, &error);
                findings.push(Finding::bad(
                    format!("port {port}"),
                    error.message,
                    error.hint,
                ));
            }
        }
    }
    if own {
        let at = Listener::Lab;
        let found = format!(
            "a Session Lab runs here already, at http://localhost:{}/",
            settings.lab_port
        );
        let next = format!(
            "use it; for another one beside it choose other ports ({}, …) and another --data-dir",
            at.flag()
        );
        findings.push(Finding::careful("ports", found, next));
    }
    if !free.is_empty() {
        findings.push(Finding::good(
            "ports",
            format!("{} are free", free.join(", ")),
        ));
    }
    findings
}

/// Browsers may try `[::1]` first for `localhost`. Whatever answers there would be taken for the lab.
pub async fn look_at_ipv6(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (flag, socket) in app::sockets(settings) {
        let port = socket.port();
        let there = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
        let connected = timeout(CONNECT, TcpStream::connect(there)).await;
        if port != 0 && connected.is_ok_and(|connected| connected.is_ok()) {
            findings.push(Finding::careful(
                format!("[::1]:{port}"),
                "a program answers there, and a browser may show it instead of the lab",
                format!("stop it, or choose another port with {flag}"),
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::good(
            "[::1]",
            "nobody answers there on these ports",
        ));
    }
    findings
}
