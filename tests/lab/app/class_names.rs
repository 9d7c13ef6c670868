//! The names of a class: what the start prints of them, the way of a browser over all of them, and the one
//! certificate.

use session_lab::base::tls::Certificate;
use session_lab::client::{HttpExchange, LabClient, Outgoing};
use session_lab::defences::facts::Scheme;
use url::Url;

use super::class_lab::{ATTACKER, ClassBench, ClassLab, PUBLIC, STUDENT};
use super::program::Program;

/// Asks for an address as a student's browser does, whose network knows every name of the class.
async fn ask(lab: &Program, address: &str) -> HttpExchange {
    let url = Url::parse(address).unwrap();
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let door = LabClient::new(&lab.certificate()).unwrap().at(STUDENT);
    let outgoing = Outgoing {
        scheme: match url.scheme() {
            "https" => Scheme::Https,
            _ => Scheme::Http,
        },
        host_name: url.host_str().unwrap().to_owned(),
        port: url.port().unwrap(),
        method: "GET",
        target,
        headers: Vec::new(),
        body: String::new(),
    };
    door.send(outgoing).await.unwrap()
}

#[tokio::test]
async fn the_start_prints_entries_and_lines_with_every_name() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start_with(folder.path(), &["--bind", "127.0.0.2"]);
    let told = lab.told.join("\n");
    let names = format!("{PUBLIC} guide.{PUBLIC} notes.{PUBLIC} cafe.{PUBLIC} {ATTACKER}");
    for line in [
        format!("guide.{PUBLIC}. IN A 127.0.0.2"),
        format!("{ATTACKER}. IN A 127.0.0.2"),
        format!("echo '127.0.0.2 {names}' | sudo tee -a /etc/hosts"),
        format!("-Value '127.0.0.2 {names}'"),
    ] {
        assert!(told.contains(&line), "{line}: {told}");
    }
    let own = tempfile::tempdir().unwrap();
    let own = Program::start(own.path()).told.join("\n");
    assert!(!own.contains("/etc/hosts"), "{own}");
}

#[tokio::test]
async fn a_browser_is_led_over_every_name_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let bench = ClassBench::join(&lab).await.name.prefix();
    let http = format!("http://{PUBLIC}:{}", lab.port("http"));
    let mut at = format!("{http}{bench}/name-arrived?walk=all");
    let mut hosts = Vec::new();
    while at.contains("/name-arrived") {
        hosts.push(Url::parse(&at).unwrap().host_str().unwrap().to_owned());
        assert!(hosts.len() < 9, "{hosts:?}");
        let answer = ask(&lab, &at).await;
        assert_eq!(answer.status, 303, "{at}: {}", answer.body);
        at = answer.header("location").next().unwrap().to_owned();
    }
    let below = |label: &str| format!("{label}.{PUBLIC}");
    let all = [
        PUBLIC.to_owned(),
        ATTACKER.into(),
        below("notes"),
        below("cafe"),
        below("guide"),
    ];
    assert_eq!(hosts, all);
    let page = ask(&lab, &at).await.body;
    assert!(page.contains("Every name arrived"), "{page}");
    let one = ask(&lab, &format!("{http}{bench}/name-arrived")).await;
    let back = one.header("location").next().unwrap();
    assert!(
        back.ends_with(&format!("{bench}/names?arrived={PUBLIC}")),
        "{back}"
    );
    let page = ask(&lab, back).await.body;
    assert!(!page.contains("Every name arrived"), "{page}");
}

/// What a student fetches is what the server shows, and names each host that pages link to.
#[tokio::test]
async fn one_certificate_is_fetched_compared_and_good_for_every_host() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    // Unencrypted: before it is fetched and compared, nothing can be checked.
    let from = format!("http://{PUBLIC}:{}/certificate.pem", lab.port("http"));
    let fetched = ask(&lab, &from).await.body;
    assert_eq!(fetched, lab.certificate());
    let dir = folder.path().join("tls");
    let now = time::OffsetDateTime::now_utc();
    let certificate = Certificate::load_or_make(&dir, &[], now).unwrap();
    assert!(lab.told.join("\n").contains(certificate.fingerprint()));
    let page = ask(&lab, &from.replace(".pem", "")).await.body;
    assert!(page.contains(certificate.fingerprint()), "{page}");
    assert!(!page.contains("lab-data"), "{page}");
    // The client checks the name against the certificate.
    let bench = ClassBench::join(&lab).await.name.prefix();
    let (cafe, guide) = (format!("cafe.{PUBLIC}"), format!("guide.{PUBLIC}"));
    for (host, site, path) in [
        (PUBLIC, "https", "/hardened/"),
        (PUBLIC, "cafe", "/hardened/"),
        (&cafe, "cafe", "/hardened/"),
        (ATTACKER, "attacker-tls", "/"),
        (&guide, "lab", "/names"),
    ] {
        let address = format!("https://{host}:{}{bench}{path}", lab.port(site));
        assert_eq!(ask(&lab, &address).await.status, 200, "{address}");
    }
}

/// No page that a student of a class reads, and no sheet, tells where the server keeps its files.
#[tokio::test]
async fn no_page_of_a_class_tells_a_path_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let mut student = ClassBench::join(&lab).await.visitor(&lab, "lab", "");
    let path = folder.path().display().to_string();
    let library = session_lab::worksheets::library::SheetLibrary::built_in();
    let pages = session_lab::web::lab_pages::PAGES.iter();
    let pages = pages.filter(|page| {
        page.sites
            .contains(&session_lab::base::addresses::Site::Lab)
    });
    let pages = pages.map(|page| page.path.to_owned());
    let evidence = ["/", "/evidence/insecure", "/redis-keys"].map(str::to_owned);
    let sheets = library.sheets().iter();
    let sheets = sheets.map(|sheet| format!("/labs/{}", sheet.slug));
    for page in pages.chain(evidence).chain(sheets) {
        let answer = student.get(&page).await;
        assert!(answer.status < 400, "{page}: {}", answer.status);
        let body = answer.body;
        assert!(!body.contains(&path), "{page}");
        let mentions = body.matches("lab-data/").count();
        assert_eq!(mentions, 0, "{page} names a file of the server");
    }
}

/// The sibling's cookies reach the portal by the class's own name, and its page is one of the portal's site.
#[tokio::test]
async fn the_sibling_plants_its_cookies_for_the_name_of_the_class() {
    let folder = tempfile::tempdir().unwrap();
    let lab = ClassLab::start(folder.path());
    let student = ClassBench::join(&lab).await;
    let bench = student.name.prefix();
    let sibling = format!("http://notes.{PUBLIC}:{}", lab.port("attacker"));
    let page = ask(&lab, &format!("{sibling}{bench}/tossing")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let portal = format!("http://{PUBLIC}:{}{bench}/insecure", lab.port("http"));
    assert!(page.body.contains(&portal), "{}", page.body);
    let table = student
        .visitor(&lab, "lab", "")
        .get("/same-site")
        .await
        .body;
    assert!(table.contains(&format!("https://{PUBLIC}:")), "{table}");
    assert!(!table.contains("portal.localhost"), "{table}");
    assert!(!table.contains("has no sibling"), "{table}");
}
