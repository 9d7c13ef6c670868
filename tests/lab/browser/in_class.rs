//! What only a browser decides, by the names of a class: the SameSite table, a cookie planted by the
//! sibling, `Secure`, and HSTS. None of these names is a loopback name to a browser.

use std::sync::OnceLock;

use session_lab::app::settings::{Reach, Settings};
use session_lab::app::{self, Running};
use session_lab::base::addresses::Listener::{self, Attacker, PortalHttp, PortalHttps};
use session_lab::base::bench_name::BenchName;
use session_lab::browser::{Browser, BrowserEngine, BrowserSettings, Window};
use session_lab::same_site::recorded::{
    CHROMIUM_BLOCKED, FIREFOX, RecordedTable, ThirdPartyCookies,
};

use super::same_site::records::{differing_in, start_with};
use crate::app::class_lab::{ATTACKER, JoinedInProcess, PUBLIC};

/// A lab for a class that all tests of this file share.
fn class_lab() -> &'static Running {
    static LAB: OnceLock<Running> = OnceLock::new();
    LAB.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        // A separate runtime: those of the tests end with each test.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let reach = Reach::Class {
                    bind: std::net::Ipv4Addr::LOCALHOST.into(),
                    public_name: PUBLIC.into(),
                    attacker_name: Some(ATTACKER.into()),
                };
                let settings = Settings {
                    reach,
                    ..Settings::throw_away()
                };
                tell.send(app::start(&settings).await)
                    .expect("somebody waits");
                std::future::pending::<()>().await;
            });
        });
        told.recv().expect("an answer").expect("the lab starts")
    })
}

/// A browser of a student: the DNS of the class knows every name.
async fn browser(engine: BrowserEngine, choice: ThirdPartyCookies) -> Browser {
    let lab = class_lab();
    let below = format!("*.{PUBLIC}");
    let all = lab.addresses.site_names().of_class();
    let names: Vec<&str> = match engine {
        // Firefox knows no patterns.
        BrowserEngine::Firefox => all.into_iter().chain([ATTACKER]).collect(),
        BrowserEngine::Chromium => vec![PUBLIC, &below, ATTACKER],
    };
    let settings = BrowserSettings::trusting(engine, lab.certificate.cert_pem());
    let settings = settings.expect("the browser is installed");
    start_with(settings.with_names(&names), choice).await
}

/// A student's window, and their bench.
struct StudentWindow {
    window: Window,
    bench: BenchName,
}

impl StudentWindow {
    async fn of(browser: &Browser) -> Self {
        Self {
            window: browser.private_window().await.expect("a window"),
            bench: JoinedInProcess::join(class_lab()).await.name,
        }
    }

    fn page(&self, origin: &str, path: &str) -> String {
        format!("{origin}{}{path}", self.bench.prefix())
    }

    fn portal(&self, listener: Listener, path: &str) -> String {
        self.page(&class_lab().addresses.origin(listener), path)
    }

    async fn visit(&self, address: &str) {
        self.window.visit(address).await.expect(address);
    }

    async fn sign_in(&self, portal: &str) {
        self.visit(&format!("{portal}/login")).await;
        let window = &self.window;
        window.fill_in("#username", "student123").await.unwrap();
        window.fill_in("#password", "password123").await.unwrap();
        window.follow("main form button").await.unwrap();
        let greeting = window.text("h1").await.unwrap();
        assert_eq!(greeting, "Welcome to the Dashboard, student123!");
    }
}

async fn the_table_is_as_recorded(engine: BrowserEngine, record: &RecordedTable) {
    let browser = browser(engine, record.third_party_cookies).await;
    println!("measured {}, recorded {}", browser.version(), record.with);
    let window = browser.window().await.expect("a window");
    let bench = JoinedInProcess::join(class_lab()).await.name;
    let differing = differing_in(class_lab(), &bench, &window, record).await;
    assert_eq!(differing, [""; 0], "{}", record.setting());
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_same_site_table_of_chromium_is_as_on_loopback_names() {
    the_table_is_as_recorded(BrowserEngine::Chromium, &CHROMIUM_BLOCKED).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn the_same_site_table_of_firefox_is_as_on_loopback_names() {
    the_table_is_as_recorded(BrowserEngine::Firefox, &FIREFOX).await;
}

/// The sibling plants an id, the victim signs in, the attacker tries the id.
async fn the_sibling_fixes_a_session(engine: BrowserEngine) {
    let browser = browser(engine, ThirdPartyCookies::AsInstalled).await;
    for (variant, listener, end) in [
        ("insecure", PortalHttp, "The attacker is in, as student123."),
        ("hardened", PortalHttps, "The portal does not accept the id"),
    ] {
        let student = StudentWindow::of(&browser).await;
        let sibling = class_lab().addresses.sibling(Attacker);
        assert!(sibling.starts_with(&format!("http://notes.{PUBLIC}:")));
        let trick = student.page(&sibling, &format!("/fixation?variant={variant}"));
        student.visit(&trick).await;
        let plant = format!("form[action$='/fixation?variant={variant}'] button");
        student.window.follow(&plant).await.unwrap();
        student
            .sign_in(&student.portal(listener, &format!("/{variant}")))
            .await;
        student.visit(&trick).await;
        let use_it = "form[action*='/fixation/use'] button";
        student.window.follow(use_it).await.unwrap();
        let says = student.window.text(".bait + [role=status]").await.unwrap();
        assert!(says.contains(end), "{variant}: {says}");
        browser.forget(&student.window).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_sibling_fixes_a_session_in_chromium_on_the_weak_side_only() {
    the_sibling_fixes_a_session(BrowserEngine::Chromium).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn the_sibling_fixes_a_session_in_firefox_on_the_weak_side_only() {
    the_sibling_fixes_a_session(BrowserEngine::Firefox).await;
}

/// After one visit over TLS the browser uses no http with the café's name any more. Every other name is
/// free: the insecure side is reached by it.
async fn hsts_holds_for_the_cafe_alone(engine: BrowserEngine) {
    let browser = browser(engine, ThirdPartyCookies::AsInstalled).await;
    let student = StudentWindow::of(&browser).await;
    let addresses = &class_lab().addresses;
    let cafe = addresses.cafe_as(&addresses.site_names().cafe);
    let [http, https] = ["http", "https"].map(|scheme| format!("{scheme}://{cafe}"));
    let at = async |address: &str| {
        student.visit(address).await;
        student.window.location().await.expect("an address")
    };
    let weak = student.page(&http, "/insecure/");
    assert!(at(&weak).await.starts_with(&http), "before");
    let strong = student.page(&https, "/hardened/login");
    assert!(at(&strong).await.starts_with(&https));
    assert!(at(&weak).await.starts_with(&https), "after");
    student
        .visit(&student.portal(PortalHttps, "/hardened/login"))
        .await;
    let portal = student.portal(PortalHttp, "/insecure/");
    assert_eq!(at(&portal).await, portal);
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn hsts_in_chromium_holds_for_the_cafe_s_name_alone() {
    hsts_holds_for_the_cafe_alone(BrowserEngine::Chromium).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn hsts_in_firefox_holds_for_the_cafe_s_name_alone() {
    hsts_holds_for_the_cafe_alone(BrowserEngine::Firefox).await;
}

/// No exception for localhost holds here, so sheet 02 needs no second name.
async fn secure_is_enforced(engine: BrowserEngine) {
    let browser = browser(engine, ThirdPartyCookies::AsInstalled).await;
    let student = StudentWindow::of(&browser).await;
    student
        .sign_in(&student.portal(PortalHttps, "/without-transport"))
        .await;
    student
        .sign_in(&student.portal(PortalHttps, "/insecure"))
        .await;
    let headers = student.portal(PortalHttp, "/inspect_headers");
    student.visit(&headers).await;
    let shown = student.window.text("main").await.unwrap();
    let names = ["session_lab", "session_insecure"].map(|name| shown.contains(name));
    assert_eq!(names, [false, true], "{shown}");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn chromium_sends_no_secure_cookie_unencrypted_to_the_name_of_a_class() {
    secure_is_enforced(BrowserEngine::Chromium).await;
}

#[tokio::test]
#[ignore = "needs Firefox"]
async fn firefox_sends_no_secure_cookie_unencrypted_to_the_name_of_a_class() {
    secure_is_enforced(BrowserEngine::Firefox).await;
}
