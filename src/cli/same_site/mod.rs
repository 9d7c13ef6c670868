//! `session-lab same-site`: measures the SameSite table in an installed browser, without a person,
//! and compares it with the record. `walk` is what the browser does.

mod table;
pub mod walk;

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use time::OffsetDateTime;

use self::walk::TableWalk;
use super::running_lab::how_to_install;
use crate::app;
use crate::app::settings::Settings;
use crate::base::bench_name::BenchName;
use crate::base::print::tell;
use crate::base::start_error::StartError;
use crate::browser::{Browser, BrowserEngine, BrowserError, BrowserOption, BrowserSettings};
use crate::same_site::recorded::{RecordedTable, ThirdPartyCookies, all};

/// The flags of `same-site`.
#[derive(Args, Clone, Debug)]
pub struct SameSiteFlags {
    /// The browser that is measured
    #[arg(long, value_name = "BROWSER", default_value = "chromium")]
    pub browser: BrowserEngine,
    /// What its settings say about third-party cookies
    #[arg(long, value_name = "CHOICE", default_value = "as-installed")]
    pub third_party_cookies: ThirdPartyCookies,
    /// Write the table to a file in this folder, as in chromium-allowed.json
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub record: Option<PathBuf>,
}

/// Measures the table and prints it. It takes a little more than two minutes, because one row waits.
///
/// # Errors
/// No such browser is installed, it cannot be driven, or the record cannot be written.
pub async fn run(flags: SameSiteFlags) -> Result<(), StartError> {
    let lab = app::start(&Settings::throw_away()).await?;
    let measured = measure(&lab, &flags).await;
    lab.stop();
    lab.ended().await?;
    let measured = measured.map_err(|error| {
        let hint = format!("{}, then run it again", how_to_install(flags.browser));
        StartError::new(error.to_string(), hint)
    })?;
    if let Some(folder) = &flags.record {
        write(folder, &measured)?;
    }
    tell(&table::of(&measured, &all()))
}

async fn measure(lab: &app::Running, flags: &SameSiteFlags) -> Result<RecordedTable, BrowserError> {
    let mut settings = BrowserSettings::trusting(flags.browser, lab.certificate.cert_pem())?;
    if let Some(option) = option(flags.third_party_cookies) {
        settings = settings.with_option(option);
    }
    let browser = Browser::start(settings).await?;
    // An ordinary window: in a private one other defaults apply.
    let window = browser.window().await?;
    let bench = BenchName::local();
    let walk = TableWalk {
        window: &window,
        addresses: &lab.addresses,
        bench: &bench,
    };
    let measured = lab.same_site.of(&bench);
    walk.all().await?;
    walk.late(&measured).await?;
    Ok(RecordedTable::new(
        OffsetDateTime::now_utc().date().to_string(),
        browser.version().to_owned(),
        flags.third_party_cookies,
        walk::seen(&measured),
    ))
}

/// What is chosen in the browser's settings.
pub fn option(choice: ThirdPartyCookies) -> Option<BrowserOption> {
    match choice {
        ThirdPartyCookies::AsInstalled => None,
        ThirdPartyCookies::Allowed => Some(BrowserOption::AllowThirdPartyCookies),
        ThirdPartyCookies::Blocked => Some(BrowserOption::BlockThirdPartyCookies),
    }
}

fn write(folder: &Path, measured: &RecordedTable) -> Result<(), StartError> {
    let file = folder.join(measured.file_name());
    std::fs::write(&file, measured.to_json()).map_err(|error| {
        let message = format!("cannot write the record {}: {error}", file.display());
        StartError::new(message, "name a folder that is there: --record .")
    })
}
