//! The café: what it relays and where to, what can be read there, and what it never shows. Each test
//! has its own lab, because all guests of a café share one record.

mod in_class;
mod on_lab_test;
mod record;

use session_lab::app::settings::Settings;
use session_lab::app::{self, Running};
use session_lab::base::addresses::Listener;
use session_lab::base::bench_name::BenchName;
use session_lab::client::{HttpExchange, Outgoing};
use session_lab::defences::facts::Scheme;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const CREDENTIALS: &str = "username=student123&password=password123";

/// A lab of this test's own, and a guest in its café.
struct Cafe {
    lab: Running,
    port: u16,
}

impl Cafe {
    async fn open() -> Self {
        let lab = app::start(&Settings::throw_away())
            .await
            .expect("the lab starts");
        let port = lab.addresses.cafe_port().expect("the café is open");
        Self { lab, port }
    }

    fn port_of(&self, listener: Listener) -> u16 {
        self.lab.addresses.port(listener).expect("it is up")
    }

    async fn send(&self, scheme: Scheme, port: u16, request: Request<'_>) -> HttpExchange {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let outgoing = Outgoing {
            scheme,
            host_name: request.host.into(),
            port,
            method: request.method,
            target: request.target.into(),
            headers: request.headers.iter().map(own).collect(),
            body: request.body.into(),
        };
        self.lab.lab_client.send(outgoing).await.expect("an answer")
    }

    /// Through the café.
    async fn guest(&self, scheme: Scheme, request: Request<'_>) -> HttpExchange {
        self.send(scheme, self.port, request).await
    }

    /// What the lab's page shows, as it polls it.
    async fn shown(&self, bench: &str) -> serde_json::Value {
        let target = format!("{bench}/cafe/live");
        let request = Request::get(&target);
        let port = self.port_of(Listener::Lab);
        let answer = self.send(Scheme::Http, port, request).await;
        serde_json::from_str(&answer.body).expect("JSON")
    }

    /// Every byte that is kept, as text.
    fn bytes(&self) -> String {
        let all = self.lab.captures.of(&BenchName::local());
        let bytes = all.into_iter().flat_map(|one| [one.up.kept, one.down.kept]);
        String::from_utf8_lossy(&bytes.collect::<Vec<_>>().concat()).into_owned()
    }
}

/// One request, by default to `localhost`.
#[derive(Clone, Copy)]
struct Request<'r> {
    host: &'r str,
    method: &'static str,
    target: &'r str,
    headers: &'r [(&'r str, &'r str)],
    body: &'r str,
}

impl<'r> Request<'r> {
    fn get(target: &'r str) -> Self {
        Self {
            host: "localhost",
            method: "GET",
            target,
            headers: &[],
            body: "",
        }
    }

    fn post(target: &'r str, headers: &'r [(&'r str, &'r str)], body: &'r str) -> Self {
        Self {
            method: "POST",
            headers,
            body,
            ..Self::get(target)
        }
    }
}

/// The value of the session cookie that an answer sets.
fn id(answer: &HttpExchange) -> String {
    let line = answer
        .header("set-cookie")
        .find(|line| line.contains("session_"));
    let pair = line
        .expect("a session cookie")
        .split(';')
        .next()
        .unwrap_or_default();
    pair.split_once('=').expect("a pair").1.to_owned()
}

#[tokio::test]
async fn one_port_takes_http_and_tls_and_only_http_can_be_read() {
    let cafe = Cafe::open().await;
    let sign_in = Request::post("/insecure/login", &[FORM], CREDENTIALS);
    let over_tls = cafe.guest(Scheme::Https, sign_in).await;
    assert_eq!(over_tls.status, 303);
    let kept = cafe.bytes();
    assert!(
        !kept.contains(&id(&over_tls)) && !kept.contains("password123"),
        "{kept}"
    );
    let shown = cafe.shown("").await["connections"][0].clone();
    assert_eq!(shown["scheme"], "https");
    let hello = shown["up"]["text"].as_str().expect("text");
    assert!(hello.starts_with("16 03 01 "), "{hello}");
    assert!(
        kept.contains("localhost"),
        "TLS does not hide the name of the host"
    );

    let in_clear = cafe.guest(Scheme::Http, sign_in).await;
    assert_eq!(in_clear.status, 303);
    let shown = cafe.shown("").await["connections"][0].clone();
    assert_eq!(shown["scheme"], "http");
    let up = shown["up"]["text"].as_str().expect("text");
    assert!(up.contains("password=password123"), "{up}");
    let down = shown["down"]["text"].as_str().expect("text");
    let cookie = format!("Set-Cookie: session_insecure={}", id(&in_clear));
    assert!(down.contains(&cookie), "{down}");
}

#[tokio::test]
async fn the_hosts_that_are_answered_are_those_of_the_design() {
    let cafe = Cafe::open().await;
    let (http, https) = (Listener::PortalHttp, Listener::PortalHttps);
    let page = Request::get("/insecure/");
    for host in ["localhost", "lab.test"] {
        for scheme in [Scheme::Http, Scheme::Https] {
            let answer = cafe.guest(scheme, Request { host, ..page }).await;
            assert_eq!(answer.status, 200, "{scheme:?} {host}");
        }
    }
    for host in ["portal.localhost", "127.0.0.1"] {
        let answer = cafe.guest(Scheme::Http, Request { host, ..page }).await;
        assert_eq!(answer.status, 421, "{host}");
        let own = format!("http://localhost:{}/", cafe.port);
        assert!(answer.body.contains(&own), "{}", answer.body);
    }
    // The café's port means something on the café's connections only, and the other way round.
    for (port, asked) in [
        (cafe.port, cafe.port_of(http)),
        (cafe.port_of(http), cafe.port),
        (cafe.port, cafe.port_of(https)),
    ] {
        let mut line = TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("a line");
        let request = format!(
            "GET /insecure/ HTTP/1.1\r\nHost: localhost:{asked}\r\nConnection: close\r\n\r\n"
        );
        line.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.expect("an answer");
        assert!(
            answer.starts_with("HTTP/1.1 421 "),
            "{port} {asked}: {answer}"
        );
    }
}

/// Whose connection it is goes by what accepted it. An address, which the system gives out again, is not
/// compared.
#[tokio::test]
async fn many_open_guests_change_nothing_for_those_beside_them() {
    let cafe = Cafe::open().await;
    let mut guests = Vec::new();
    for _ in 0..60 {
        let guest = TcpStream::connect(("127.0.0.1", cafe.port)).await;
        guests.push(guest.expect("a line"));
    }
    let page = Request::get("/insecure/");
    for n in 0..200 {
        let through = cafe.guest(Scheme::Http, page).await;
        let port = cafe.port_of(Listener::PortalHttp);
        let beside = cafe.send(Scheme::Http, port, page).await;
        assert_eq!((through.status, beside.status), (200, 200), "{n}");
        // Guests come and go, so that the system gives their ports to others.
        let guest = TcpStream::connect(("127.0.0.1", cafe.port)).await;
        guests[n % 60] = guest.expect("a line");
    }
}

#[tokio::test]
async fn the_requests_own_origin_is_the_cafes_port() {
    let cafe = Cafe::open().await;
    let own = format!("https://localhost:{}", cafe.port);
    let portal = cafe.lab.addresses.origin(Listener::PortalHttps);
    for (origin, status) in [(&own, 303), (&portal, 403)] {
        let headers = [FORM, ("origin", origin.as_str())];
        let request = Request::post("/only-request-origin/login", &headers, CREDENTIALS);
        let answer = cafe.guest(Scheme::Https, request).await;
        assert_eq!(answer.status, status, "{origin}: {}", answer.body);
    }
    let request = Request::get("/hardened/login?x=1");
    let answer = cafe.guest(Scheme::Http, request).await;
    let to: Vec<_> = answer.header("location").collect();
    assert_eq!(
        (answer.status, to),
        (303, vec![&*format!("{own}/hardened/login?x=1")])
    );
}

#[tokio::test]
async fn foreign_cookies_are_relayed_and_masked_wherever_they_show() {
    let cafe = Cafe::open().await;
    let cookies = "session_id=hunter22; session_insecure=1000; theirs=hun<ter33";
    let headers = [("cookie", cookies)];
    let request = Request {
        headers: &headers,
        ..Request::get("/inspect_headers")
    };
    let answer = cafe.guest(Scheme::Http, request).await;
    assert!(answer.body.contains("hunter22") && answer.body.contains("hun&lt;ter33"));
    let report = format!("{{\"cookie\":\"{cookies}\"}}");
    let headers = [("cookie", cookies), ("content-type", "application/json")];
    let request = Request::post("/insecure/cookies", &headers, &report);
    assert_eq!(cafe.guest(Scheme::Http, request).await.status, 204);

    let kept = cafe.bytes();
    assert!(
        kept.contains("hunter22"),
        "the relay changes nothing: {kept}"
    );
    let live = cafe.shown("").await.to_string();
    let port = cafe.port_of(Listener::Lab);
    let page = cafe
        .send(Scheme::Http, port, Request::get("/cafe"))
        .await
        .body;
    for shown in [live, page] {
        assert!(
            !shown.contains("hunter22") && !shown.contains("ter33"),
            "{shown}"
        );
        assert!(shown.contains("session_insecure=1000"), "{shown}");
        assert!(shown.contains("session_id="), "its name is shown: {shown}");
    }
}

#[tokio::test]
async fn hostile_bytes_are_shown_as_text() {
    let cafe = Cafe::open().await;
    let markup = "<script>alert(1)</script>";
    let headers = [("x-odd", markup)];
    let request = Request {
        headers: &headers,
        ..Request::get("/insecure/")
    };
    cafe.guest(Scheme::Http, request).await;
    let port = cafe.port_of(Listener::Lab);
    let page = cafe
        .send(Scheme::Http, port, Request::get("/cafe"))
        .await
        .body;
    assert!(
        !page.contains(markup) && page.contains("&lt;script&gt;alert(1)"),
        "{page}"
    );
}

#[tokio::test]
async fn a_head_is_shown_as_it_was_written_and_its_bytes_escaped() {
    let cafe = Cafe::open().await;
    let mut guest = TcpStream::connect(("127.0.0.1", cafe.port))
        .await
        .expect("a line");
    let mut request = format!(
        "GET /insecure/ HTTP/1.1\r\nhOST: localhost:{}\r\n",
        cafe.port
    )
    .into_bytes();
    request.extend(b"X-ONE: 1\r\nx-two: \xfc\xc3\xbc\r\nx-One: 2\r\nConnection: close\r\n\r\n");
    guest.write_all(&request).await.expect("sent");
    let mut answer = String::new();
    guest.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let shown = cafe.shown("").await["connections"][0].clone();
    let up = shown["up"]["text"].as_str().expect("text");
    let expected = "\nX-ONE: 1\nx-two: \\xfcü\nx-One: 2\n";
    assert!(up.contains("\nhOST: ") && up.contains(expected), "{up}");
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
    let down = shown["down"]["text"].as_str().expect("text");
    assert!(down.starts_with(&head.replace("\r\n", "\n")), "{down}");
}

#[tokio::test]
async fn a_proxy_request_ends_at_the_portal() {
    let cafe = Cafe::open().await;
    let attacker = cafe.port_of(Listener::Attacker);
    let target = format!("127.0.0.1:{attacker}");
    for (line, host) in [
        (
            format!("GET http://{target}/collect?stray HTTP/1.1"),
            &*target,
        ),
        (format!("CONNECT {target} HTTP/1.1"), &*target),
        (
            format!("GET http://{target}/collect?stray HTTP/1.1"),
            "localhost",
        ),
    ] {
        let mut guest = TcpStream::connect(("127.0.0.1", cafe.port))
            .await
            .expect("a line");
        let request = format!("{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        guest.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        guest.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 4"), "{line}: {answer}");
    }
    let bench = cafe
        .lab
        .benches
        .open(&BenchName::local())
        .await
        .expect("the bench");
    let caught = bench.loot().count().await.expect("read");
    assert_eq!(caught, 0, "nothing reached the attacker");
}

#[tokio::test]
async fn it_stops_with_the_lab_even_while_a_guest_is_silent() {
    let cafe = Cafe::open().await;
    let mut guest = TcpStream::connect(("127.0.0.1", cafe.port))
        .await
        .expect("a line");
    guest
        .write_all(b"GET /insecure/ HTTP/1.1\r\n")
        .await
        .expect("sent");
    cafe.lab.stop();
    cafe.lab.ended().await.expect("it ends in peace");
    let mut rest = Vec::new();
    // Closed or reset: either way the connection is over.
    let _ = guest.read_to_end(&mut rest).await;
    assert!(TcpStream::connect(("127.0.0.1", cafe.port)).await.is_err());
}

#[tokio::test]
async fn files_that_a_page_needs_do_not_push_its_sign_in_off_the_page() {
    let cafe = Cafe::open().await;
    let sign_in = Request::post("/insecure/login", &[FORM], CREDENTIALS);
    cafe.guest(Scheme::Http, sign_in).await;
    for _ in 0..12 {
        let file = Request::get("/static/css/tokens.css");
        assert_eq!(cafe.guest(Scheme::Http, file).await.status, 200);
    }
    // No file: it only asks for one of that name.
    let other = Request::get("/insecure/static/css/tokens.css");
    cafe.guest(Scheme::Http, other).await;
    let shown = cafe.shown("").await;
    assert_eq!(shown["files"], 12, "{shown}");
    let connections = shown["connections"].as_array().expect("a list");
    let sent = |at: usize| connections[at]["up"]["text"].as_str().unwrap_or_default();
    assert_eq!(connections.len(), 2, "{shown}");
    assert!(sent(0).starts_with("GET /insecure/static/"), "{shown}");
    assert!(sent(1).contains("password=password123"), "{shown}");
}
