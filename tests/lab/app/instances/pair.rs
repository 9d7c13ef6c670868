//! Two programs on one Redis, with the names, the keys and the certificate that they share.

use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

pub(super) use crate::app::class_lab::PUBLIC as PORTAL;
use crate::app::class_lab::{ATTACKER, KEYS};
use crate::app::program::Program;
use crate::support::ports::ReservedPort;
use crate::support::redis::RedisServer;

/// Two labs on two addresses of this computer, as on two computers: they share names and ports.
pub(in crate::app) struct Pair {
    pub(super) here: Program,
    pub(super) there: Program,
    _redis: RedisServer,
    _ports: [ReservedPort; PORTS.len()],
    _folders: [TempDir; 2],
}

impl Pair {
    /// Starts them.
    pub(in crate::app) fn start() -> Self {
        let redis = RedisServer::start();
        let addresses = [[127, 0, 0, 2], [127, 0, 0, 3]].map(IpAddr::from);
        addresses.into_iter().for_each(assert_is_ours);
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let ports = PORTS.map(|_| ReservedPort::new());
        let mut labs = folders.iter().zip(addresses).map(|(folder, address)| {
            if folder.path() != folders[0].path() {
                copy_certificate(folders[0].path(), folder.path());
            }
            let ports = PORTS.iter().zip(&ports);
            let ports = ports.map(|(name, port)| format!("{name}={}", port.number()));
            let class = [
                format!("--bind={address}"),
                format!("--public-name={PORTAL}"),
                format!("--attacker-name={ATTACKER}"),
                format!("--sessions={}", redis.url()),
                "--class".into(),
            ];
            let flags: Vec<_> = ports.chain(class).collect();
            let flags: Vec<_> = flags.iter().map(String::as_str).collect();
            let program = Program::start_as(folder.path(), &flags, &KEYS);
            program.reached_as(PORTAL, ATTACKER, address)
        });
        let (here, there) = (labs.next().unwrap(), labs.next().unwrap());
        drop(labs);
        Self {
            here,
            there,
            _redis: redis,
            _ports: ports,
            _folders: folders,
        }
    }

    pub(in crate::app) fn both(&self) -> [&Program; 2] {
        [&self.here, &self.there]
    }
}

/// Behind one address both show one certificate.
fn copy_certificate(from: &Path, to: &Path) {
    let mut copy = Command::new("cp");
    let copied = copy.arg("-r").arg(from.join("tls")).arg(to).status();
    assert!(copied.unwrap().success());
}

/// What a balancer passes on. The café stays on each computer.
const PORTS: [&str; 5] = [
    "--lab-port",
    "--http-port",
    "--https-port",
    "--attacker-port",
    "--attacker-tls-port",
];

/// Something can listen there. On Linux that is so for all of 127.0.0.0/8.
fn assert_is_ours(address: IpAddr) {
    let bound = TcpListener::bind((address, 0));
    assert!(
        bound.is_ok(),
        "this computer is not {address} (macOS: sudo ifconfig lo0 alias {address})"
    );
}
