//! Requests that are wrong in one place or in many, to every listener and to the café: no panic, no
//! 5xx, no hang.

use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::stream::{self, StreamExt as _};
use session_lab::app::settings::Settings;
use session_lab::app::{self, Running};
use session_lab::base::addresses::Listener;
use session_lab::defences::facts::Scheme;
use tokio_rustls::TlsConnector;

use super::socket::{Ending, connector, everything, host_with};

/// How many are under way at once.
const AT_ONCE: usize = 24;

/// Requests that are answered, each of another kind. `HOST` is the listener's own.
const WHOLE: [&str; 12] = [
    "GET / HTTP/1.1\r\nHost: HOST\r\nAccept: text/html\r\n\r\n",
    "GET /insecure/login?expired=1 HTTP/1.1\r\nHost: HOST\r\nCookie: a=b; session_insecure=1001\r\n\r\n",
    "GET /hardened/dashboard?x=%C3%A9 HTTP/1.1\r\nHost: HOST\r\nCookie: __Host-session_hardened=x\r\n\r\n",
    "POST /insecure/login HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\n\
     Content-Length: 40\r\n\r\nusername=student123&password=password123",
    "POST /insecure/api/login HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n\
     Transfer-Encoding: chunked\r\n\r\n13\r\n{\"username\":\"alice\"\r\n10\r\n,\"password\":\"p\"}\r\n0\r\n\r\n",
    "GET /insecure/jwt/profile HTTP/1.1\r\nHost: HOST\r\n\
     Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.\r\n\r\n",
    "POST /only-csrf-token/board HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\n\
     Content-Type: multipart/form-data; boundary=b\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n--b\r\n--b--",
    "OPTIONS /insecure/api/profile HTTP/1.1\r\nHost: HOST\r\nOrigin: http://a\r\n\
     Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-a\r\n\r\n",
    "HEAD /inspect_headers?format=json HTTP/1.0\r\nHost: HOST\r\nX-A: 1\r\nx-a: 2\r\nConnection: keep-alive\r\n\r\n",
    "POST /clock HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\n\
     Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nminutes=1",
    "GET http://HOST/static/css/lab.css HTTP/1.1\r\nHost: HOST\r\nIf-None-Match: \"x\"\r\n\r\n",
    "PUT /collect/x?c=d HTTP/1.1\r\nHost: HOST\r\nReferer: http://HOST/?sid=1\r\nContent-Length: 3\r\n\r\nabc",
];

/// Parts that a parser may trip over.
const PARTS: [&[u8]; 34] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b"%",
    b"%00",
    b"%ff",
    b"%2e%2e%2f",
    b"/../",
    b"//",
    b"?",
    b"#",
    b"*",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"\xf0\x9f\x98\x80",
    b"0",
    b"-1",
    b"18446744073709551616",
    b"ffffffffffffffff\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: HOST\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"Cookie: =;;=; a\xfc=b\r\n",
    b"HTTP/1.1",
    b"_method=DELETE&",
    b"[[[[[[[[",
    b"e\xcc\x81",
];

/// The same requests in every run: a xorshift generator.
struct Fuzzer(u64);

impl Fuzzer {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound.max(1)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn request(&mut self, host: &str) -> Vec<u8> {
        let mut bytes = self.one_of(&WHOLE).replace("HOST", host).into_bytes();
        for _ in 0..=self.below(4) {
            self.spoil(&mut bytes, host);
        }
        bytes
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>, host: &str) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(30)).min(bytes.len());
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at.min(end)..end)),
            2 => {
                let part = bytes[at.min(end)..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, part);
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.next().to_le_bytes()[0];
                }
            }
            4 => {
                let other = self.one_of(&WHOLE).replace("HOST", host).into_bytes();
                let from = self.below(other.len());
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 => {
                let long = self
                    .one_of(&[b"x", b";", b"\xff"])
                    .repeat(1 + self.below(9_000));
                bytes.splice(at..at, long);
            }
            _ => {
                let part = self.one_of(&PARTS).to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
}

/// How many tasks have panicked on the threads of a runtime: those are a lab's. Tests have other threads.
fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let thread = std::thread::current();
            if thread
                .name()
                .is_some_and(|name| name.starts_with("tokio-r"))
            {
                COUNT.fetch_add(1, Ordering::Relaxed);
            }
            usual(info);
        }));
    });
    COUNT.load(Ordering::Relaxed)
}

/// Where requests are sent: the `Host` header and the port of a listener or of the café, and whether it
/// is asked over TLS.
type Door = (String, u16, Option<TlsConnector>);

fn doors(lab: &Running) -> Vec<Door> {
    let tls = connector(&[lab.certificate.cert_pem()]);
    let cafe = lab.addresses.cafe_port().expect("it is up");
    let listeners = Listener::ALL.map(|listener| {
        let port = lab.addresses.port(listener).expect("it is up");
        let is_tls = listener.scheme() == Scheme::Https;
        (host_with(listener, port), port, is_tls.then(|| tls.clone()))
    });
    let mut doors = Vec::from(listeners);
    for tls in [None, Some(tls)] {
        doors.push((format!("localhost:{cafe}"), cafe, tls));
    }
    doors
}

/// Sends so many requests, in turn to every listener and to the café.
async fn fuzz(count: usize) {
    let before = panics();
    // Its own lab: some of the requests move the clock.
    let lab = app::start(&Settings::throw_away()).await.expect("a lab");
    let doors = doors(&lab);
    let mut fuzzer = Fuzzer(0x9e37_79b9_7f4a_7c15);
    let requests = (0..count).map(|n| {
        let (host, port, tls) = &doors[n % doors.len()];
        (*port, tls.as_ref(), fuzzer.request(host))
    });
    stream::iter(requests)
        .for_each_concurrent(AT_ONCE, async |(port, tls, request)| {
            // It panics where nothing comes for a long time.
            let answers = everything(port, tls, &request, Ending::Closed).await;
            let answers = String::from_utf8_lossy(&answers);
            let sent = request.escape_ascii();
            for fault in ["HTTP/1.0 5", "HTTP/1.1 5"] {
                assert!(!answers.contains(fault), "{sent}: {answers}");
            }
            let is_http = answers.is_empty() || answers.starts_with("HTTP/1.");
            assert!(is_http, "{sent}: {answers}");
        })
        .await;
    for (host, port, tls) in &doors {
        let request = format!("GET /static/css/lab.css HTTP/1.0\r\nHost: {host}\r\n\r\n");
        let answer = everything(*port, tls.as_ref(), request.as_bytes(), Ending::Open).await;
        assert!(
            answer.starts_with(b"HTTP/1.0 200 OK\r\n"),
            "{}",
            answer.escape_ascii()
        );
    }
    assert_eq!(panics() - before, 0, "a task of the lab panicked");
    lab.stop();
    lab.ended().await.expect("it ends in peace");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_thousand_fuzzed_requests_give_no_panic_no_5xx_and_no_hang() {
    fuzz(3_000).await;
}

/// What `tests/run long` adds.
mod long {
    use super::fuzz;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "long: minutes"]
    async fn a_hundred_thousand_fuzzed_requests_give_no_panic_no_5xx_and_no_hang() {
        fuzz(100_002).await;
    }
}
