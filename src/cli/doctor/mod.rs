//! `session-lab doctor`: whether the lab can run on this computer, one line for each thing that it
//! depends on. It changes nothing, and each check has its time.
//!
//! One file for each thing; `finding` is a line. Next: `ports`.

mod browsers;
mod clock;
mod curl;
mod data_folder;
mod finding;
mod names;
mod open_files;
mod ports;
mod program;
mod proxy;
mod store;
mod worksheets;

use std::time::Duration;

use tokio::time::timeout;

use self::finding::{Finding, FindingMark};
use self::ports::RunningPorts;
use crate::app::settings::Settings;
use crate::app::settings::flags::ServeFlags;
use crate::base::encode;
use crate::base::print::{say, tell};
use crate::base::start_error::StartError;
use crate::browser::BrowserEngine;

/// How long one check may take, whatever it waits for: a disk, a resolver, another program.
const LIMIT: Duration = Duration::from_secs(15);

/// Prints a line for each check, as a lab with these flags would find things.
///
/// # Errors
/// The lab cannot run.
pub async fn run(flags: ServeFlags) -> Result<(), StartError> {
    let mut lines = Lines::default();
    let settings = blocking(move || Settings::load(flags)).await;
    let settings = match settings {
        Ok(Ok(settings)) => Some(settings),
        Ok(Err(error)) => {
            lines.say(Finding::bad("settings", error.message, error.hint))?;
            None
        }
        Err(NoAnswer) => {
            lines.say(late("settings", FindingMark::Bad))?;
            None
        }
    };
    if let Some(settings) = &settings {
        lines.say(Finding::good("settings", "can be used"))?;
        of_the_lab(&mut lines, settings).await?;
    }
    of_the_computer(&mut lines, settings).await?;
    lines.end()
}

/// What depends on the settings.
async fn of_the_lab(lines: &mut Lines, settings: &Settings) -> Result<(), StartError> {
    let running = RunningPorts::find(settings).await;
    lines.say_all(ports::look(settings, &running).await)?;
    lines.say_all(ports::look_at_ipv6(settings).await)?;
    let (own, a_lab_runs) = (settings.clone(), running.any());
    match blocking(move || data_folder::look(&own, a_lab_runs)).await {
        Ok(findings) => lines.say_all(findings)?,
        Err(NoAnswer) => lines.say(late("data folder", FindingMark::Bad))?,
    }
    let own = settings.clone();
    match blocking(move || worksheets::look(&own)).await {
        Ok(findings) => lines.say_all(findings)?,
        Err(NoAnswer) => lines.say(late("worksheets", FindingMark::Bad))?,
    }
    let asked = timeout(LIMIT, store::look(settings)).await;
    lines.say(asked.unwrap_or_else(|_| late("sessions", FindingMark::Bad)))
}

/// What does not.
async fn of_the_computer(lines: &mut Lines, settings: Option<Settings>) -> Result<(), StartError> {
    let reach = settings.as_ref().map(|settings| &settings.reach);
    lines.say_all(names::look(reach).await)?;
    // A value that is no text is one that the lab's commands cannot read either.
    lines.say(proxy::look(|name| std::env::var(name).ok()))?;
    let folder = settings.map(|settings| settings.data_dir);
    let clock = blocking(move || clock::look(folder.as_deref())).await;
    lines.say(clock.unwrap_or_else(|NoAnswer| late("clock", FindingMark::Careful)))?;
    lines.say(open_files::look())?;
    let curl = blocking(curl::look).await;
    lines.say(curl.unwrap_or_else(|NoAnswer| late("curl", FindingMark::Careful)))?;
    for engine in [BrowserEngine::Chromium, BrowserEngine::Firefox] {
        let found = blocking(move || browsers::look(engine)).await;
        lines.say(found.unwrap_or_else(|NoAnswer| late(engine.name(), FindingMark::Careful)))?;
    }
    Ok(())
}

/// Nothing came in time, or the check itself failed.
#[derive(Debug)]
struct NoAnswer;

/// Runs a check that may wait for the disk or for another program.
async fn blocking<T: Send + 'static>(
    check: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NoAnswer> {
    match timeout(LIMIT, tokio::task::spawn_blocking(check)).await {
        Ok(Ok(found)) => Ok(found),
        _ => Err(NoAnswer),
    }
}

fn late(topic: &str, mark: FindingMark) -> Finding {
    let found = format!("no answer within {} s", LIMIT.as_secs());
    let next = "look at this computer: is a disk or a network gone?";
    Finding::careful(topic, found, next).marked(mark)
}

/// The lines so far.
#[derive(Debug, Default)]
struct Lines {
    careful: usize,
    bad: usize,
}

impl Lines {
    fn say(&mut self, finding: Finding) -> Result<(), StartError> {
        match finding.mark {
            FindingMark::Good => {}
            FindingMark::Careful => self.careful += 1,
            FindingMark::Bad => self.bad += 1,
        }
        // A setting or a file may be part of it.
        tell(&format!("{}\n", encode::line(&finding.to_string())))
    }

    fn say_all(&mut self, findings: Vec<Finding>) -> Result<(), StartError> {
        findings
            .into_iter()
            .try_for_each(|finding| self.say(finding))
    }

    /// The last line.
    fn end(self) -> Result<(), StartError> {
        if self.bad > 0 {
            return Err(StartError::new(
                "the lab cannot run here as it is",
                "do what the lines say that begin with BAD, then run session-lab doctor again",
            ));
        }
        say(match self.careful {
            0 => "The lab can run here.\n",
            _ => "The lab can run here. What the lines say that begin with careful is up to you.\n",
        })
    }
}
