//! A lesson in real browsers, from the class that a teacher makes to the student whom they delete.
//!
//! alice has her own lab, mallory a bench on the teacher's machine in the same Chromium, victor one in
//! Firefox.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use session_lab::app::settings::{Reach, SessionStore, Settings};
use session_lab::base::addresses::Listener;
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, Window};

use super::desk::archive::{unpack, verify};
use super::desk::people::{DeskLab, TeacherClient};
use crate::app::class_lab::JoinedInProcess;
use crate::support::{PATIENCE, POLL, bench, lab};

/// A class on the teacher's machine. Browsers take every name below `localhost` for this computer.
async fn teachers_machine(data: &Path) -> DeskLab {
    let settings = Settings {
        reach: Reach::Class {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            public_name: "school.localhost".into(),
            attacker_name: None,
        },
        data_dir: data.to_owned(),
        sessions: SessionStore::File,
        ..Settings::throw_away()
    };
    DeskLab::start_with(settings).await
}

async fn browser(engine: BrowserEngine, certificate: &str) -> Browser {
    let settings = BrowserSettings::trusting(engine, certificate);
    let started = Browser::start(settings.expect("a certificate")).await;
    started.expect("the browser starts")
}

async fn window(browser: &Browser, address: &str) -> Window {
    let window = browser.private_window().await.expect("a window");
    window.visit(address).await.expect("a page");
    window
}

/// The teacher, who opened the printed link in a browser, and the same session for what no page shows.
struct TeacherWindow {
    window: Window,
    client: TeacherClient,
    origin: String,
}

impl TeacherWindow {
    async fn open(browser: &Browser, lab: &DeskLab) -> Self {
        let desk = lab.running().desk.as_ref().expect("the desk is open");
        let window = browser.private_window().await.expect("a window");
        // The script sends the key and leads on, perhaps before the browser calls the first page whole.
        let _ = window.visit(&desk.link).await;
        let start = std::time::Instant::now();
        let list = "document.querySelector('#name') !== null && document.readyState === 'complete'";
        while !window.run::<bool>(list).await.unwrap_or_default() {
            assert!(start.elapsed() < PATIENCE, "no list of classes");
            tokio::time::sleep(POLL).await;
        }
        let origin = format!("https://desk.localhost:{}", lab.doors.desk_port);
        let cookies = window.cookies(&origin).await.expect("cookies");
        let cookie = cookies.iter().find(|cookie| cookie.name == "__Host-desk");
        let cookie = cookie.expect("the desk's cookie");
        let client = TeacherClient {
            doors: lab.doors.clone(),
            cookie: format!("{}={}", cookie.name, cookie.value),
        };
        Self {
            window,
            client,
            origin,
        }
    }

    async fn visit(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.window
            .visit(&address)
            .await
            .expect("a page of the desk");
    }

    /// Presses the button of a page's form that does this.
    async fn press(&self, path: &str, does: &str) {
        self.visit(path).await;
        let open =
            "void document.querySelectorAll('details').forEach((one) => { one.open = true; })";
        self.window
            .run::<()>(open)
            .await
            .expect("every part is open");
        let button = format!("button[value='{does}']");
        self.window.follow(&button).await.expect(does);
    }

    /// The address of a student's page.
    async fn page_of(&self, class: &str, name: &str) -> String {
        let board = self.client.board(class).await;
        let rows = board["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["name"] == name);
        let row = row.unwrap_or_else(|| panic!("no {name}: {board}"));
        format!("{class}/student/{}", row["number"])
    }

    /// Waits until the board has a solved step of a student, or none.
    async fn until_solved(&self, class: &str, name: &str, any: bool) {
        let start = std::time::Instant::now();
        loop {
            let board = self.client.board(class).await;
            let rows = board["rows"].as_array().expect("rows");
            let row = rows.iter().find(|row| row["name"] == name);
            let cells = row.expect("the student")["cells"]
                .as_array()
                .expect("cells");
            if cells.iter().any(|cell| cell["state"] == "solved") == any {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{name}, solved {any}: {board}");
            tokio::time::sleep(POLL).await;
        }
    }
}

/// A student's window with a bench on the teacher's machine, and what its addresses begin with. The
/// student opens the link that works once, and presses its button.
async fn with_a_bench(browser: &Browser, lab: &DeskLab) -> (Window, String) {
    let link = JoinedInProcess::link(lab.running()).await;
    let student = window(browser, &link).await;
    let button = "form[action$='/open'] button";
    student.follow(button).await.expect("the bench opens");
    let address = student.location().await.expect("an address");
    let (_, bench) = address.split_once("/b/").expect("a bench");
    let name = bench.split('/').next().expect("a name");
    (student, format!("/b/{name}"))
}

/// Joins by the form on the page `/class`.
async fn join(student: &Window, fields: &[(&str, &str)]) {
    for (field, text) in fields {
        student
            .fill_in(&format!("#{field}"), text)
            .await
            .expect(field);
    }
    let button = "form[action$='/class/join'] button[type=submit]";
    student.follow(button).await.expect("the member's page");
    let text = student.text("main").await.expect("a text");
    assert!(text.contains("Monday"), "{text}");
}

/// Loads the page again until it has this.
async fn until_shown(student: &Window, address: &str, condition: &str) {
    let start = std::time::Instant::now();
    loop {
        student.visit(address).await.expect("the page");
        if student.run::<bool>(condition).await.expect("an answer") {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "never: {condition}");
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium, Firefox and unzip"]
async fn a_teacher_leads_three_students_through_a_lesson() {
    let data = tempfile::tempdir().expect("a folder");
    let desk_lab = teachers_machine(data.path()).await;
    let desk = desk_lab.running().desk.as_ref().expect("the desk is open");
    let chromium = browser(BrowserEngine::Chromium, desk.certificate.cert_pem()).await;
    // The lab's own pages have another certificate than the desk.
    let certificate = desk_lab.running().certificate.cert_pem();
    let of_students = browser(BrowserEngine::Chromium, certificate).await;
    let firefox = browser(BrowserEngine::Firefox, certificate).await;

    // The teacher makes a class.
    let teacher = TeacherWindow::open(&chromium, &desk_lab).await;
    teacher
        .window
        .fill_in("#name", "Monday")
        .await
        .expect("a field");
    teacher
        .window
        .follow("main button")
        .await
        .expect("the page for joining");
    let code = teacher.window.text(".join-code").await.expect("a code");
    let code = code.rsplit(' ').next().expect("a code").to_owned();
    let class = "/class/1";

    // alice joins with her own lab, two with benches.
    let own = bench();
    let link = format!("{}/{code}?pin={}", desk.class_address, desk.fingerprint);
    let own_lab = format!(
        "{}{}",
        lab().addresses.origin(Listener::Lab),
        own.name.prefix()
    );
    let alice = window(&chromium, &format!("{own_lab}/class")).await;
    join(&alice, &[("link", &link), ("name", "alice")]).await;
    let addresses = &desk_lab.running().addresses;
    let (mallory, mallorys) = with_a_bench(&of_students, &desk_lab).await;
    let (victor, victors) = with_a_bench(&firefox, &desk_lab).await;
    let class_page = |bench: &str| format!("{}{bench}/class", addresses.origin(Listener::Lab));
    let (of_mallory, of_victor) = (class_page(&mallorys), class_page(&victors));
    mallory.visit(&of_mallory).await.expect("the page");
    join(&mallory, &[("code", &code), ("name", "mallory")]).await;
    victor.visit(&of_victor).await.expect("the page");
    join(&victor, &[("code", &code), ("name", "victor")]).await;

    // A step turns green on the board, by itself.
    teacher.visit(class).await;
    let portal = lab().addresses.origin(Listener::PortalHttp);
    let sign_in = format!("{portal}{}/insecure/login", own.name.prefix());
    alice.visit(&sign_in).await.expect("the portal");
    let green = "[...document.querySelectorAll('.board tbody tr')].some((row) => \
                 row.innerText.startsWith('alice') && row.querySelector('td.solved'))";
    let start = std::time::Instant::now();
    // The board loads itself again when the first sheet is begun.
    while !teacher.window.run::<bool>(green).await.unwrap_or_default() {
        assert!(start.elapsed() < PATIENCE, "the step never turns green");
        tokio::time::sleep(POLL).await;
    }

    // A question is put to all, and its votes are shown.
    teacher.press(&format!("{class}/ask"), "ask").await;
    let asked = "document.querySelector('section.question input[name=option]') !== null";
    for (student, page) in [(&mallory, &of_mallory), (&victor, &of_victor)] {
        until_shown(student, page, asked).await;
        student
            .click("section.question input[name=option]")
            .await
            .expect("an option");
        student
            .follow("section.question button")
            .await
            .expect("the vote");
        let bars = "document.querySelector('section.question meter') === null";
        assert!(
            student.run::<bool>(bars).await.expect("an answer"),
            "nobody sees the votes yet"
        );
    }
    let page = teacher.client.get(&format!("{class}/ask")).await.body;
    assert!(page.contains("First vote: 2 votes"), "{page}");
    teacher.press(&format!("{class}/ask"), "show").await;
    let shown = "document.querySelector('section.question').innerText.includes('2 of 2')";
    until_shown(&victor, &of_victor, shown).await;

    // A bench is reset, and no other.
    let portal = addresses.origin(Listener::PortalHttp);
    for (student, bench) in [(&mallory, &mallorys), (&victor, &victors)] {
        let sign_in = format!("{portal}{bench}/insecure/login");
        student.visit(&sign_in).await.expect("the portal");
    }
    teacher.until_solved(class, "mallory", true).await;
    teacher.until_solved(class, "victor", true).await;
    let page = teacher.page_of(class, "mallory").await;
    teacher.press(&page, "reset").await;
    teacher.until_solved(class, "mallory", false).await;
    teacher.until_solved(class, "victor", true).await;

    // The marks are read back by a library, and every code in the archive is right.
    let marks = teacher
        .client
        .get(&format!("{class}/marks.csv?for=moodle"))
        .await
        .body;
    let mut marks = csv::Reader::from_reader(marks.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = marks.records().map(Result::unwrap).collect();
    let points = |name: &str| {
        let row = rows.iter().find(|row| &row[0] == name).expect("a row");
        row.iter()
            .skip(3)
            .filter_map(|cell| cell.parse::<u32>().ok())
            .sum::<u32>()
    };
    assert!(
        points("alice") > 0 && points("victor") > 0 && points("mallory") == 0,
        "{rows:?}"
    );
    teacher.visit(&format!("{class}/marks")).await;
    let fetched: String = teacher
        .window
        .run(
            "fetch(document.querySelector('a[href$=\"reports.zip\"]').href)
                .then((answer) => answer.arrayBuffer())
                .then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))))",
        )
        .await
        .expect("the archive");
    let archive = BASE64_STANDARD.decode(fetched).expect("base64");
    let folder = tempfile::tempdir().expect("a folder");
    unpack(&archive, folder.path());
    let reports = folder.path().join("class-1-reports");
    let (done, told) = verify(&reports, data.path());
    assert!(done && told.contains("Every code of"), "{told}");
    for (student, has_reports) in [("10001", true), ("10002", false), ("10003", true)] {
        let folder = reports.join(format!("student-{student}"));
        assert_eq!(folder.exists(), has_reports, "{student}: {told}");
    }

    // A student is deleted, and their lab says so.
    let page = teacher.page_of(class, "alice").await;
    teacher.press(&page, "delete").await;
    let dismissed = "document.querySelector('main').innerText.includes('no longer knows you')";
    until_shown(&alice, &format!("{own_lab}/class"), dismissed).await;
    assert!(
        !teacher
            .client
            .board(class)
            .await
            .to_string()
            .contains("alice")
    );
    for browser in [chromium, of_students, firefox] {
        browser.close().await.expect("it closes");
    }
}
