//! Connections that keep silent, far more of them than the server may have open: whoever comes after
//! them is answered, and the store has its files.

use std::time::{Duration, Instant};

use session_lab::web::server::{ANSWER, BODY, HANDSHAKE, HEAD, IDLE};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::program::Program;
use crate::support::{PATIENCE, POLL};

/// How long an honest user may have to wait. On an idle machine it is a hundredth of this; a server that
/// let silent connections run into their limits would take longer.
const SOON: Duration = Duration::from_secs(5);

/// A way to keep a connection and say nothing more.
#[derive(Clone, Copy, Debug)]
enum Silence {
    Nothing,
    HalfHead,
    HalfBody,
    BegunTls,
    AnswerNotTaken,
    IdleKeepAlive,
}

impl Silence {
    const ALL: [Self; 6] = [
        Self::Nothing,
        Self::HalfHead,
        Self::HalfBody,
        Self::BegunTls,
        Self::AnswerNotTaken,
        Self::IdleKeepAlive,
    ];

    /// After how long the server ends it at the latest.
    fn limit(self) -> Duration {
        match self {
            Self::Nothing | Self::IdleKeepAlive => IDLE,
            Self::HalfHead => HEAD,
            Self::HalfBody => BODY,
            Self::BegunTls => HANDSHAKE,
            Self::AnswerNotTaken => ANSWER,
        }
    }

    /// Every other connection goes through the café.
    async fn open(self, program: &Program, n: usize) -> std::io::Result<TcpStream> {
        let site = match self {
            _ if n.is_multiple_of(2) => "cafe",
            Self::BegunTls => "https",
            _ => "http",
        };
        let port = program.port(site);
        let socket = TcpSocket::new_v4()?;
        if let Self::AnswerNotTaken = self {
            socket.set_recv_buffer_size(2_048)?;
        }
        let mut stream = socket.connect(([127, 0, 0, 1], port).into()).await?;
        let host = format!("Host: localhost:{port}\r\n");
        let sent = match self {
            Self::Nothing => Vec::new(),
            Self::HalfHead => format!("GET /healthz HTTP/1.1\r\n{host}X-Half: ").into_bytes(),
            Self::HalfBody => format!(
                "POST /insecure/login HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: 900\r\n\r\nuser"
            )
            .into_bytes(),
            Self::BegunTls => b"\x16\x03\x01\x02\x00".to_vec(),
            // More answers than all buffers on the way hold.
            Self::AnswerNotTaken => {
                format!("GET /static/css/lab.css HTTP/1.1\r\n{host}\r\n").repeat(10).into_bytes()
            }
            Self::IdleKeepAlive => format!("GET /healthz HTTP/1.1\r\n{host}\r\n").into_bytes(),
        };
        stream.write_all(&sent).await?;
        if let Self::IdleKeepAlive = self {
            stream.readable().await?;
        }
        Ok(stream)
    }
}

/// Opens so many connections. One that is closed at once to make room is none of the client's business.
async fn open(silence: Silence, count: usize, program: &Program) -> Vec<TcpStream> {
    let mut open = Vec::with_capacity(count);
    for n in 0..count {
        if let Ok(stream) = silence.open(program, n).await {
            open.push(stream);
        }
    }
    open
}

/// Waits until the server has ended a connection: whatever it still sends is thrown away.
async fn ended(stream: &TcpStream) {
    let mut space = [0; 16 * 1024];
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut space) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Waits until the server has done the work that came with the connections, as with answers that nobody
/// takes: from then on they are silent.
async fn settled(program: &Program) {
    let begun = Instant::now();
    loop {
        let asked = Instant::now();
        if is_healthy(program).await.is_ok() && asked.elapsed() < SOON / 5 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{}", program.log());
    }
}

async fn is_healthy(program: &Program) -> std::io::Result<()> {
    let port = program.port("http");
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET /healthz HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    Ok(())
}

/// An honest user signs in, which writes files, and opens a page, on new connections.
async fn is_served(program: &Program, what: &str) {
    let begun = Instant::now();
    let mut honest = program.visitor("http", "/insecure");
    honest.sign_in().await;
    assert!(honest.is_signed_in().await, "{what}: {}", program.log());
    let mut over_tls = program.visitor("https", "/hardened");
    assert_eq!(over_tls.get("/login").await.status, 200, "{what}");
    let waited = begun.elapsed();
    println!("{what}: six requests of an honest user took {waited:?}");
    assert!(waited < SOON, "{what}: {waited:?}");
}

/// Floods a program that may open so many files, with so many connections of each kind.
async fn flood(count: usize, files: u64) {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start_with_files(folder.path(), files);
    is_served(&program, "before").await;
    let mut all = Vec::new();
    for silence in Silence::ALL {
        let open = open(silence, count, &program).await;
        assert!(open.len() > count / 2, "{silence:?}: {}", open.len());
        settled(&program).await;
        is_served(&program, &format!("{silence:?}")).await;
        all.extend(open);
    }
    let last = Instant::now() + IDLE + SOON;
    // Reading earlier would take the answers that nobody takes.
    tokio::time::sleep(Silence::AnswerNotTaken.limit() + SOON).await;
    for stream in &all {
        let left = last.saturating_duration_since(Instant::now()).max(SOON);
        let result = timeout(left, ended(stream)).await;
        assert!(result.is_ok(), "a connection outlives every limit");
    }
    is_served(&program, "after").await;
    // As few files are open as before, where the system tells.
    let begun = Instant::now();
    while program.open_files().is_some_and(|open| open > 60) {
        let open = program.open_files();
        assert!(begun.elapsed() < PATIENCE, "{open:?} files are open");
        tokio::time::sleep(POLL).await;
    }
    let log = program.log();
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn each_silence_has_its_limit_on_every_door() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let limits = Silence::ALL.map(|silence| {
        let program = &program;
        async move {
            let begun = Instant::now();
            let open = open(silence, 8, program).await;
            assert_eq!(open.len(), 8, "{silence:?}");
            if let Silence::AnswerNotTaken = silence {
                // Reading would take it.
                tokio::time::sleep(silence.limit() + SOON).await;
            }
            for stream in &open {
                let ended = timeout(silence.limit() + SOON, ended(stream)).await;
                assert!(
                    ended.is_ok(),
                    "{silence:?}: a connection outlives its limit"
                );
            }
            let took = begun.elapsed();
            assert!(
                took >= silence.limit(),
                "{silence:?}: {took:?} is too early"
            );
        }
    });
    futures::future::join_all(limits).await;
    is_served(&program, "after").await;
}

#[tokio::test]
async fn silent_connections_beyond_the_limit_on_open_files_keep_nobody_out() {
    flood(400, 300).await;
}

/// What `tests/run long` adds.
mod long {
    use super::flood;

    #[tokio::test]
    #[ignore = "long: minutes"]
    async fn two_thousand_connections_of_each_silent_kind_keep_nobody_out() {
        flood(2_000, 1_024).await;
    }

    #[tokio::test]
    #[ignore = "long: minutes"]
    async fn nor_do_they_where_many_files_may_be_open() {
        flood(2_000, 16_384).await;
    }
}
