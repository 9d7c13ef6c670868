//! The pictures of DevTools: every one is there, shown, of sensible size, and no older than its page.

use std::collections::{BTreeMap, BTreeSet};

use session_lab::worksheets::library::SheetLibrary;
use session_lab::worksheets::markdown::images;
use session_lab::worksheets::pictures;
use session_lab::worksheets::pictures::made_from;
use session_lab::worksheets::pictures::made_from::Hashes;
use session_lab::worksheets::pictures::{ALL, README, SCALE, Theme};
use session_lab::worksheets::sheet::SheetBlock;

use crate::cli::shell::Shell;
use crate::support::bench;

/// What makes them again.
const AGAIN: &str = "tests/run pictures";

/// All of them go into the binary.
const MOST_BYTES: usize = 4_000_000;

/// The files that the catalogue wants.
fn wanted() -> BTreeSet<String> {
    let both =
        |picture: &'static pictures::DevToolsPicture| Theme::ALL.map(|theme| picture.file(theme));
    ALL.iter().flat_map(both).collect()
}

/// The pictures of all sheets, as the sheets name them, each with its text.
fn shown() -> Vec<(String, String, String)> {
    let library = SheetLibrary::built_in();
    let mut shown = Vec::new();
    for sheet in library.sheets() {
        for part in &sheet.parts {
            if let SheetBlock::Text(text) = &part.what {
                let images = images(text).into_iter();
                shown.extend(images.map(|(address, alt)| (sheet.slug.clone(), address, alt)));
            }
        }
    }
    shown
}

#[test]
fn the_folder_holds_the_pictures_of_the_catalogue_and_no_others() {
    let mut wanted = wanted();
    wanted.insert(made_from::FILE.to_owned());
    let there: BTreeSet<String> = pictures::files().into_iter().collect();
    assert_eq!(there, wanted, "{AGAIN} makes them");
}

#[test]
fn every_picture_can_be_decoded_is_of_a_slides_size_and_differs_from_its_dark_one() {
    let mut all = 0;
    for picture in ALL {
        let of = |theme| pictures::file(&picture.file(theme)).expect("a file").data;
        let [light, dark] = Theme::ALL.map(of);
        assert_ne!(light, dark, "{}", picture.name);
        for png in [&light, &dark] {
            // Decodes every pixel, and checks all sums of the file.
            let fastest = oxipng::Options::from_preset(0);
            oxipng::optimize_from_memory(png, &fastest).expect(picture.name);
            assert_eq!(png[16..24], light[16..24], "{}: one size", picture.name);
            all += png.len();
        }
        let (width, height) = picture.size().expect("a size");
        assert!((800..=1280).contains(&width), "{}: {width}", picture.name);
        assert!((200..=800).contains(&height), "{}: {height}", picture.name);
        let pixels = u32::from_be_bytes(light[16..20].try_into().expect("four bytes"));
        assert_eq!(f64::from(pixels), f64::from(width) * SCALE);
    }
    assert!(all < MOST_BYTES, "{all} bytes: fewer or smaller pictures");
}

#[test]
fn no_picture_is_older_than_the_page_that_it_shows() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/pictures/made-from.json");
    let json = std::fs::read(file).expect("made-from.json");
    let made: BTreeMap<String, Hashes> = serde_json::from_slice(&json).expect("JSON");
    let names: BTreeSet<&str> = made.keys().map(String::as_str).collect();
    let all = || ALL.iter().chain([&README]);
    let catalogue: BTreeSet<&str> = all().map(|picture| picture.name).collect();
    assert_eq!(names, catalogue, "{AGAIN} makes them");
    for picture in all() {
        let (then, now) = (&made[picture.name], made_from::now(picture));
        let other = |file: &&String| then.get(*file) != now.get(*file);
        let changed: BTreeSet<&String> = then.keys().chain(now.keys()).filter(other).collect();
        let name = picture.name;
        assert!(
            changed.is_empty(),
            "{name} was made before these changed: {changed:?}; {AGAIN} makes it again"
        );
    }
}

#[test]
fn the_readme_shows_its_picture_light_and_dark_with_the_catalogues_text() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md");
    let [light, dark] = Theme::ALL.map(|theme| format!("docs/pictures/{}", README.file(theme)));
    let pictures = [&light, &dark].map(|file| {
        assert!(readme.contains(&format!("\"{file}\"")), "{file}");
        std::fs::read(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}; {AGAIN}"))
    });
    assert!(readme.contains(&format!("alt=\"{}\"", README.alt)));
    assert_eq!(pictures[0][16..24], pictures[1][16..24], "one size");
    assert_ne!(pictures[0], pictures[1]);
}

#[test]
fn sheets_show_every_picture_with_the_catalogues_text_and_no_other_picture() {
    let mut missing: BTreeSet<&str> = ALL.iter().map(|picture| picture.name).collect();
    for (sheet, address, alt) in shown() {
        let picture = pictures::named(&address).unwrap_or_else(|says| panic!("{sheet}: {says}"));
        assert_eq!(alt, picture.alt, "{sheet}: {address}");
        missing.remove(picture.name);
    }
    assert!(missing.is_empty(), "no sheet shows {missing:?}");
}

#[tokio::test]
async fn a_sheet_shows_the_picture_for_light_and_dark_and_on_paper_the_light_one() {
    let bench = bench();
    let mut student = bench.student();
    let page = student.get("/labs/02-cookie-attributes").await.body;
    let picture = pictures::find("cookies-hardened").expect("a picture");
    let (light, dark) = (picture.address(Theme::Light), picture.address(Theme::Dark));
    assert!(page.contains(&format!("srcset=\"{dark}\"")), "{page}");
    assert!(page.contains(&format!("<img src=\"{light}\" alt=\"{}\"", picture.alt)));
    let paper = student.get("/labs/02-cookie-attributes/print").await.body;
    assert!(paper.contains(&light) && !paper.contains(&dark));
    // The two files are there for both.
    for address in [light, dark] {
        let mut outside =
            crate::support::Client::new(session_lab::base::addresses::Listener::Lab, String::new());
        let answer = outside.get(&address).await;
        assert_eq!(answer.status, 200, "{address}");
        assert_eq!(answer.header("content-type"), Some("image/png"));
        assert!(answer.header("etag").is_some());
    }
}

#[tokio::test]
async fn the_page_of_pictures_leads_to_each_of_them_and_to_the_sheets() {
    let bench = bench();
    let mut student = bench.student();
    let prefix = bench.name.prefix();
    let page = student.get("/pictures").await;
    assert_eq!(page.status, 200);
    for picture in ALL {
        let own = format!("{prefix}/pictures/{}", picture.name);
        assert!(page.body.contains(&format!("href=\"{own}\"")), "{own}");
        for theme in Theme::ALL {
            let save = format!("href=\"{}\" download", picture.address(theme));
            assert!(page.body.contains(&save), "{save}");
        }
        let slide = student.get(&format!("/pictures/{}", picture.name)).await;
        assert_eq!(slide.status, 200, "{}", picture.name);
        assert!(slide.shown().contains(picture.title), "{}", picture.name);
        // Its place is there before the picture is.
        let (width, height) = picture.size().expect("a size");
        let place = format!("width=\"{width}\" height=\"{height}\"");
        assert!(slide.body.contains(&place), "{}: {place}", picture.name);
    }
    for (sheet, address, _) in shown() {
        let picture = pictures::named(&address).expect("a picture");
        let slide = student.get(&format!("/pictures/{}", picture.name)).await;
        let link = format!("href=\"{prefix}/labs/{sheet}\"");
        assert!(slide.body.contains(&link), "{}: {sheet}", picture.name);
    }
    let list = student.get("/labs").await.body;
    assert!(list.contains(&format!("href=\"{prefix}/pictures\"")));
}

#[tokio::test]
async fn an_unknown_picture_is_answered_with_the_list_of_all() {
    let mut student = bench().student();
    for name in ["nothing", "nothing-light.png", "made-from.json", "%3Cb%3E"] {
        let page = student.get(&format!("/pictures/{name}")).await;
        assert_eq!(page.status, 404, "{name}");
        assert!(
            page.body.contains("cookies-insecure"),
            "{name}: {}",
            page.body
        );
        assert!(!page.body.contains("<b>&lt;") && !page.body.contains("called <b>"));
    }
}

#[test]
fn a_printed_sheet_brings_its_pictures_along() {
    let shell = Shell::new();
    let printed = shell.run(&["labs", "print", "02"]).stdout;
    assert!(printed.contains("src=\"data:image/png;base64,"));
    assert!(
        !printed.contains("/pictures/"),
        "nothing is needed from a lab"
    );
}

#[test]
fn a_picture_from_elsewhere_is_refused_with_the_names_of_those_that_exist() {
    let shell = Shell::new();
    let front = "+++\ntitle = \"T\"\nminutes = 20\nlevel = \"core\"\noutcomes = [\"a\"]\n\
                 standards = []\ndefences = []\nattacks = []\nneeds = []\n+++\n";
    for (image, says) in [
        (
            "![x](https://elsewhere.test/x.png)",
            "is no picture of the lab",
        ),
        (
            "![x](../pictures/nothing-light.png)",
            "is no picture of the lab",
        ),
        (
            "a ![x](../pictures/cookies-insecure-light.png)",
            "a separate paragraph",
        ),
    ] {
        shell.write("own/01-mine.md", &format!("{front}\n{image}\n"));
        let listed = shell.run(&["labs", "--labs", "own"]);
        assert_eq!(listed.code, Some(1), "{listed:?}");
        assert!(
            listed.stderr.contains("01-mine.md:12: "),
            "{}",
            listed.stderr
        );
        assert!(listed.stderr.contains(says), "{}", listed.stderr);
        let names_them = listed
            .stderr
            .contains("../pictures/cookies-insecure-light.png");
        assert!(
            names_them || says.starts_with("a separate"),
            "{}",
            listed.stderr
        );
    }
}
