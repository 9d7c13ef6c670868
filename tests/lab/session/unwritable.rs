//! A data folder that cannot be written, as a browser and curl meet it: 503, and nobody is let in.
//!
//! Root writes to any folder, so a file is where a folder must be.

use std::fs;
use std::path::PathBuf;

use session_lab::app::settings::{SessionStore, Settings};
use session_lab::app::{self, Running};
use session_lab::base::addresses::{Listener, Site};
use session_lab::client::{HttpExchange, Outgoing};
use tempfile::TempDir;

use crate::support::PATIENCE;

/// A separate lab, with a data folder.
pub struct OwnLab {
    folder: TempDir,
    pub running: Running,
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");
const RIGHT: &str = r#"{"username":"student123","password":"password123"}"#;

impl OwnLab {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data_dir: folder.path().to_owned(),
            sessions: SessionStore::File,
            ..Settings::throw_away()
        };
        let running = app::start(&settings).await.expect("the lab starts");
        Self { folder, running }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Nothing can be written below this folder any more.
    fn break_folder(&self, name: &str) {
        if self.path(name).exists() {
            fs::rename(self.path(name), self.path("away")).unwrap();
        }
        fs::write(self.path(name), "in the way").unwrap();
    }

    fn mend_folder(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
        if self.path("away").exists() {
            fs::rename(self.path("away"), self.path(name)).unwrap();
        }
    }

    async fn send(
        &self,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> HttpExchange {
        let site = Listener::PortalHttps;
        self.send_to(site, method, target, headers, body).await
    }

    pub async fn send_to(
        &self,
        listener: Listener,
        method: &'static str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> HttpExchange {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let outgoing = Outgoing {
            scheme: listener.scheme(),
            host_name: match listener.site() {
                Site::Attacker => "127.0.0.1".into(),
                Site::Lab | Site::Portal => "localhost".into(),
            },
            port: self.running.addresses.port(listener).unwrap(),
            method,
            target: target.into(),
            headers: headers.iter().map(own).collect(),
            body: body.into(),
        };
        let client = self.running.lab_client.clone().with_patience(PATIENCE);
        client.send(outgoing).await.unwrap()
    }

    async fn get(&self, target: &str, cookie: &str) -> HttpExchange {
        self.send("GET", target, &[("cookie", cookie)], "").await
    }

    /// A token for the session of this cookie, as a form's field.
    async fn token(&self, variant: &str, cookie: &str) -> String {
        let reply = self.get(&format!("/{variant}/csrf-token"), cookie).await;
        let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        // The insecure side has none.
        format!(
            "csrf_token={}",
            json["csrf_token"].as_str().unwrap_or_default()
        )
    }

    pub async fn stop(self) {
        self.running.stop();
        self.running.ended().await.expect("it stops");
    }
}

/// Name and value of the session cookie that an answer sets.
fn session_cookie(reply: &HttpExchange) -> Option<String> {
    let line = reply
        .header("set-cookie")
        .find(|l| l.contains("session_"))?;
    Some(line.split(';').next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_write_is_503_and_signs_nobody_in() {
    let lab = OwnLab::start().await;
    for variant in ["insecure", "hardened"] {
        let target = |path: &str| format!("/{variant}{path}");
        let page = lab.get(&target("/login"), "").await;
        assert_eq!(page.status, 200);
        let cookie = session_cookie(&page).expect("an anonymous session");
        let token = lab.token(variant, &cookie).await;
        lab.break_folder("sessions");

        let page = lab.get(&target("/login"), "").await;
        let kind = page.header("content-type").next();
        assert_eq!((page.status, kind), (503, Some("text/html; charset=utf-8")));
        assert!(page.body.contains("store"), "{}", page.body);
        assert_eq!(page.header("set-cookie").count(), 0, "{variant}");

        let form = format!("{token}&username=student123&password=password123");
        let headers = [FORM, ("cookie", cookie.as_str())];
        let reply = lab.send("POST", &target("/login"), &headers, &form).await;
        assert_eq!(reply.status, 503, "{variant}: {}", reply.body);
        assert_eq!(reply.header("set-cookie").count(), 0, "{variant}");

        let reply = lab
            .send("POST", &target("/api/login"), &[JSON], RIGHT)
            .await;
        let kind = reply.header("content-type").next();
        assert_eq!(
            (reply.status, kind),
            (503, Some("application/problem+json"))
        );
        let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(json["status"], 503);
        let path = lab.folder.path().to_string_lossy().into_owned();
        assert!(
            !reply.body.contains(&path),
            "the cause goes to the log only"
        );
        assert_eq!(reply.header("set-cookie").count(), 0, "{variant}");

        lab.mend_folder("sessions");
        let check = lab.get(&target("/api/check_session"), &cookie).await;
        assert_eq!(check.status, 401, "{variant}: {}", check.body);
        let reply = lab
            .send("POST", &target("/api/login"), &[JSON], RIGHT)
            .await;
        assert_eq!(reply.status, 200, "{variant}: it works again");
    }
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_cannot_be_remembered_signs_nobody_in() {
    let lab = OwnLab::start().await;
    let cookie = session_cookie(&lab.get("/hardened/login", "").await).unwrap();
    let token = lab.token("hardened", &cookie).await;
    lab.break_folder("browsers");
    let form = format!("{token}&username=student123&password=password123&remember=true");
    let headers = [FORM, ("cookie", cookie.as_str())];
    let reply = lab.send("POST", "/hardened/login", &headers, &form).await;
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert_eq!(reply.header("set-cookie").count(), 0);

    lab.mend_folder("browsers");
    let reply = lab.send("POST", "/hardened/login", &headers, &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.header("set-cookie").count(), 2);
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_that_cannot_be_stored_says_so_and_keeps_the_cookie() {
    let lab = OwnLab::start().await;
    let reply = lab
        .send("POST", "/hardened/api/login", &[JSON], RIGHT)
        .await;
    let cookie = session_cookie(&reply).unwrap();
    let token = lab.token("hardened", &cookie).await;
    lab.break_folder("journal");
    let headers = [FORM, ("cookie", cookie.as_str())];
    let reply = lab.send("POST", "/hardened/logout", &headers, &token).await;
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert_eq!(reply.header("set-cookie").count(), 0);

    lab.mend_folder("journal");
    let reply = lab.send("POST", "/hardened/logout", &headers, &token).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let check = lab.get("/hardened/api/check_session", &cookie).await;
    assert_eq!(check.status, 401);
    lab.stop().await;
}
