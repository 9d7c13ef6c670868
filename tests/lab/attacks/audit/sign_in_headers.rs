//! Sign-ins that need a header: those of a browser are sent by themselves, others are in the recipe.

use session_lab::attacks::audit::Audit;
use session_lab::attacks::audit::recipe::Recipe;
use session_lab::attacks::audit::target::AllowedTarget;
use session_lab::attacks::audit::wire::{AuditError, AuditWire};

use super::applications::{accounts, audited, verdict};
use super::plain_app::PlainApp;
use super::small_app::{Asked, SmallApp, page};

/// An application whose sign-in refuses a POST without this line in its head.
fn wants(line: impl Fn(&Asked) -> String + Send + 'static) -> SmallApp {
    let first = move |asked: &Asked, _: u64| {
        let wanted = line(asked).to_ascii_lowercase();
        let has = asked
            .head
            .lines()
            .any(|line| line.to_ascii_lowercase() == wanted);
        let refuses = asked.method == "POST" && !has;
        refuses.then(|| page("403 Forbidden", "", "A header is missing."))
    };
    let app = PlainApp {
        first: Box::new(first),
        ..PlainApp::default()
    };
    app.start()
}

/// The origin of the application that was asked.
fn own_origin(asked: &Asked) -> String {
    let mut lines = asked.head.lines().map(str::to_ascii_lowercase);
    let host = lines.find_map(|line| line.strip_prefix("host: ").map(str::to_owned));
    format!("http://{}", host.unwrap_or_default())
}

#[tokio::test]
async fn a_sign_in_that_wants_its_own_origin_gets_it_and_refuses_a_foreign_form() {
    let app = wants(|asked| format!("origin: {}", own_origin(asked)));
    let report = audited(&app).await;
    assert_eq!(verdict(&report, "login-csrf"), "holds", "{report:#?}");
    assert_eq!(verdict(&report, "sign-out"), "holds", "{report:#?}");
}

#[tokio::test]
async fn a_sign_in_that_wants_the_page_it_came_from_gets_it() {
    let app = wants(|asked| format!("referer: {}/login", own_origin(asked)));
    let report = audited(&app).await;
    assert_eq!(verdict(&report, "login-csrf"), "holds", "{report:#?}");
}

async fn begin(app: &SmallApp, headers: &str) -> Result<Audit, AuditError> {
    let url = app.url();
    let recipe = format!(
        "base = \"{url}\"\nmine = true\n[sign-in]\npage = \"/login\"\npath = \"/login\"\n\
         form = {{ user = \"{{user}}\", secret = \"{{password}}\" }}\n{headers}"
    );
    let target = AllowedTarget::resolve(&url).await.expect("this computer");
    let wire = AuditWire::new(target, None)?.without_pause();
    Audit::begin(wire, Recipe::read(&recipe).expect("a recipe"), accounts()).await
}

#[tokio::test]
async fn a_header_of_the_applications_own_is_in_the_recipe() {
    let app = wants(|_| "x-requested-with: XMLHttpRequest".into());
    let error = begin(&app, "").await.expect_err("the header is missing");
    assert!(error.to_string().contains("403"), "{error}");
    let headers = "headers = { X-Requested-With = \"XMLHttpRequest\" }\n";
    begin(&app, headers).await.expect("an audit");
}
