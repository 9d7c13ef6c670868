//! Makes the pictures of DevTools that worksheets and slides show, and that of the README: `tests/run
//! pictures`.
//!
//! A separate lab, on the ports that students see. One browser visits it, a second one shows the real
//! DevTools of the first. `walks/` has one walk for each picture of the catalogue
//! (`src/worksheets/pictures/catalogue.rs`); `devtools.rs` finds its way in DevTools, `frame.rs` draws the mark and
//! takes the picture. Names after the command make these pictures only.

mod devtools;
mod frame;
mod scene;
mod walks;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use session_lab::app;
use session_lab::app::settings::Settings;
use session_lab::worksheets::pictures::made_from;
use session_lab::worksheets::pictures::made_from::Hashes;
use session_lab::worksheets::pictures::{ALL, DevToolsPicture, README, Theme};

use scene::Studio;

/// What can go wrong is told to a person, and nothing else is done about it.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How often a walk is tried: DevTools is slow on a busy computer.
const TRIES: usize = 3;

#[rocket::main]
async fn main() -> ExitCode {
    match make(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pictures: error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn make(names: Vec<String>) -> Result<()> {
    let wanted = wanted(&names)?;
    let lab = app::start(&Settings::throw_away().on_usual_ports()).await.map_err(|error| {
        format!(
            "{error}\npictures: hint: the pictures show the usual ports; stop the lab that has them"
        )
    })?;
    let studio = Studio::open(&lab).await?;
    let record = folder(&ALL[0]).join(made_from::FILE);
    let mut hashes: BTreeMap<String, Hashes> = match std::fs::read(&record) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(_) => BTreeMap::new(),
    };
    hashes.retain(|name, _| all().any(|picture| picture.name == name));
    for picture in wanted {
        let made_from = made_from::now(picture);
        let both = Theme::ALL.map(|theme| photograph(&studio, picture, theme));
        let both = futures::future::try_join_all(both).await?;
        for (theme, png) in Theme::ALL.into_iter().zip(both) {
            let file = picture.file(theme);
            println!("{file}: {} kB", png.len().div_ceil(1000));
            std::fs::write(folder(picture).join(file), png)?;
        }
        hashes.insert(picture.name.to_owned(), made_from);
        let json = serde_json::to_string_pretty(&hashes)?;
        std::fs::write(&record, json + "\n")?;
    }
    lab.stop();
    lab.ended().await?;
    Ok(())
}

/// Every picture: those of the sheets, and that of the README.
fn all() -> impl Iterator<Item = &'static DevToolsPicture> {
    ALL.iter().chain([&README])
}

/// The pictures of these names, or all.
fn wanted(names: &[String]) -> Result<Vec<&'static DevToolsPicture>> {
    if let Some(name) = names
        .iter()
        .find(|name| !all().any(|picture| picture.name == name.as_str()))
    {
        return Err(format!(
            "no picture is called {name}: see src/worksheets/pictures/catalogue.rs"
        )
        .into());
    }
    let is_wanted = |picture: &&DevToolsPicture| {
        names.is_empty() || names.iter().any(|name| name == picture.name)
    };
    Ok(all().filter(is_wanted).collect())
}

/// Where a picture is stored.
fn folder(picture: &DevToolsPicture) -> PathBuf {
    let folder = if picture.name == README.name {
        "docs/pictures"
    } else {
        "pictures"
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// One picture in one theme, as small as it gets without a pixel lost.
async fn photograph(studio: &Studio, picture: &DevToolsPicture, theme: Theme) -> Result<Vec<u8>> {
    let mut last = String::new();
    for _ in 0..TRIES {
        let scene = studio.scene(theme).await?;
        let taken = walks::walk(picture.name, &scene).await;
        scene.leave().await;
        match taken {
            Ok(png) => return Ok(oxipng::optimize_from_memory(&png, &smallest())?),
            Err(error) => last = error.to_string(),
        }
        eprintln!("pictures: {} ({}): {last}", picture.name, theme.word());
    }
    Err(format!("{} was not made: {last}", picture.name).into())
}

fn smallest() -> oxipng::Options {
    oxipng::Options {
        strip: oxipng::StripChunks::All,
        ..oxipng::Options::from_preset(4)
    }
}
