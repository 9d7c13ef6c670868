//! A lab for a class, and the students of it: they reach it by its names, at another loopback address.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use session_lab::app::Running;
use session_lab::base::addresses::Listener;
use session_lab::base::bench_name::BenchName;
use session_lab::client::{HttpExchange, Outgoing};

use super::program::{Program, Visitor};

/// Keys as strong as a class needs them.
pub const KEYS: [(&str, &str); 2] = [
    (
        "SESSION_LAB_SECRET_KEY",
        "0x8gLQXfYq7b9rT5mZ1nWc3vKj2hRd6sPq4Tz9LmB2u",
    ),
    (
        "SESSION_LAB_JWT_SECRET_KEY",
        "Vt4yPz0kNw8eUa2oBq6iXm1gJl5fHc7rDg3Ks8VwE5y",
    ),
];

/// The class's name.
pub const PUBLIC: &str = "lab.campus.example";

/// The attacker's, which is another site.
pub const ATTACKER: &str = "attacker.example";

/// Where students come from and ask: an address of this computer that only a class's lab listens on.
pub const STUDENT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Starts the program for a class.
pub struct ClassLab;

impl ClassLab {
    /// Starts it with this data folder; its visitors are students.
    pub fn start(folder: &Path) -> Program {
        Self::start_with(folder, &[])
    }

    /// The same with more flags.
    pub fn start_with(folder: &Path, more: &[&str]) -> Program {
        let flags = [
            "--class",
            "--public-name",
            PUBLIC,
            "--attacker-name",
            ATTACKER,
        ];
        let flags: Vec<_> = flags.iter().chain(more).copied().collect();
        let program = Program::start_as(folder, &flags, &KEYS);
        program.reached_as(PUBLIC, ATTACKER, STUDENT)
    }
}

/// A bench of a class, with the key that controls it.
#[derive(Clone)]
pub struct ClassBench {
    pub name: BenchName,
    /// The cookie of the lab's own pages.
    pub key: (String, String),
}

impl ClassBench {
    /// Gets a bench and opens it, as a student does in their browser.
    pub async fn join(lab: &Program) -> Self {
        let link = Self::make(lab, "").await;
        Self::open(lab, &link).await
    }

    /// The bench without a name in its addresses: the start of the lab prints its link.
    pub async fn teachers(lab: &Program) -> Self {
        let line = lab.told.iter().find(|line| line.contains("Your own bench"));
        let line = line.unwrap_or_else(|| panic!("no link: {:?}", lab.told));
        let link = line.split_whitespace().find(|word| word.contains("://"));
        Self::open(lab, link.expect("a link")).await
    }

    /// What the teacher's browser holds for the bench without a name: nothing on a student's own computer.
    pub async fn teachers_keys(labs: &[&Program]) -> Vec<(String, String)> {
        // Of several labs on one store the link that was made last counts.
        let last = labs.last().expect("a lab");
        match is_class(last) {
            true => vec![Self::teachers(last).await.key],
            false => Vec::new(),
        }
    }

    /// The beginning of the addresses of another bench: on a student's own computer this name is enough.
    pub async fn another(labs: &[&Program], name: &str) -> String {
        match is_class(labs[0]) {
            true => Self::join(labs[0]).await.name.prefix(),
            false => format!("/b/{name}"),
        }
    }

    /// Gets a bench with this name on it, and answers with the link that the page shows.
    pub async fn make(lab: &Program, name: &str) -> String {
        let mut browser = lab.visitor("lab", "");
        let page = browser.get("/join").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let form = format!("name={name}");
        let made = browser.post_own("/join", &form).await;
        assert_eq!(made.status, 200, "{}", made.body);
        assert!(browser.jar.is_empty(), "a key comes by the link only");
        link_in(&made.body)
    }

    /// Opens a link: looks at its page, and presses the button.
    pub async fn open(lab: &Program, link: &str) -> Self {
        let url = url::Url::parse(link).expect("an address");
        let base = url.path().strip_suffix("/open").expect("a link");
        let mut browser = lab.visitor("lab", base);
        let query = url.query().expect("a key");
        let page = browser.get(&format!("/open?{query}")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let opened = browser.post_own("/open", query).await;
        assert_eq!(opened.status, 303, "{}", opened.body);
        let name = match base.strip_prefix("/b/") {
            Some(name) => name.parse().expect("a good name"),
            None => BenchName::local(),
        };
        let [key] = &browser.jar[..] else {
            panic!("one cookie: {:?}", browser.jar.len());
        };
        Self {
            name,
            key: key.clone(),
        }
    }

    /// Its owner's browser at a site, under this path of the bench.
    pub fn visitor(&self, lab: &Program, site: &'static str, path: &str) -> Visitor {
        let visitor = lab.visitor(site, &format!("{}{path}", self.name.prefix()));
        match site {
            "lab" => visitor.holding(std::slice::from_ref(&self.key)),
            _ => visitor,
        }
    }
}

fn is_class(lab: &Program) -> bool {
    lab.told.iter().any(|line| line.contains("Your own bench"))
}

/// The link to a bench in a page.
pub fn link_in(page: &str) -> String {
    let (before, after) = page.split_once("/open?key=").expect("a link");
    let start = before.rfind("https://").expect("an address");
    let key: String = after
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    format!("{}/open?key={key}", &before[start..])
}

/// The owner of a bench of a lab for a class that runs in this process.
pub struct JoinedInProcess {
    pub name: BenchName,
    key: String,
}

impl JoinedInProcess {
    /// Gets a bench and opens it.
    pub async fn join(lab: &Running) -> Self {
        Self::open(lab, &Self::link(lab).await).await
    }

    /// Gets a bench, and the link that opens it once.
    pub async fn link(lab: &Running) -> String {
        let made = ask(lab, "POST", "/join", None, "").await;
        assert_eq!(made.status, 200, "{}", made.body);
        link_in(&made.body)
    }

    /// Opens a link.
    pub async fn open(lab: &Running, link: &str) -> Self {
        let url = url::Url::parse(link).expect("an address");
        let query = url.query().expect("a key");
        let opened = ask(lab, "POST", url.path(), None, query).await;
        assert_eq!(opened.status, 303, "{}", opened.body);
        let cookie = opened.header("set-cookie").next().expect("a cookie");
        let name = url.path().split('/').nth(2).expect("a name");
        Self {
            name: name.parse().expect("a good name"),
            key: cookie.split(';').next().expect("a pair").to_owned(),
        }
    }

    /// The cookie that it gave the browser, as it is sent.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Reads a page of the lab on the bench.
    pub async fn get(&self, lab: &Running, path: &str) -> HttpExchange {
        let target = format!("{}{path}", self.name.prefix());
        ask(lab, "GET", &target, Some(&self.key), "").await
    }

    /// Sends a form of a page of the lab on the bench.
    pub async fn post(&self, lab: &Running, path: &str, form: &str) -> HttpExchange {
        let target = format!("{}{path}", self.name.prefix());
        ask(lab, "POST", &target, Some(&self.key), form).await
    }
}

/// Asks the lab's own pages from their own origin.
async fn ask(
    lab: &Running,
    method: &'static str,
    target: &str,
    cookie: Option<&str>,
    form: &str,
) -> HttpExchange {
    let addresses = &lab.addresses;
    let kind = "application/x-www-form-urlencoded";
    let mut headers = vec![
        ("origin".to_owned(), addresses.origin(Listener::Lab)),
        ("content-type".to_owned(), kind.to_owned()),
    ];
    headers.extend(cookie.map(|pair| ("cookie".to_owned(), pair.to_owned())));
    let request = Outgoing {
        scheme: addresses.scheme(Listener::Lab),
        host_name: addresses.name(Listener::Lab).to_owned(),
        port: addresses.port(Listener::Lab).expect("it is up"),
        method,
        target: target.to_owned(),
        headers,
        body: form.to_owned(),
    };
    lab.lab_client.send(request).await.expect("an answer")
}
