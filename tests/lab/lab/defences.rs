//! The defences' pages: each is complete, shows its own source, and leads to what it names.

use std::collections::BTreeSet;

use session_lab::attacks::ALL;
use session_lab::defences::policy::Name;

use crate::support::{Reply, bench};

/// A part of a page: from the element with this id to the end of that section or list item.
fn part<'p>(page: &'p str, id: &str) -> &'p str {
    let marked = format!(" id=\"{id}\"");
    let (_, rest) = page
        .split_once(&marked)
        .unwrap_or_else(|| panic!("no {id}"));
    let ends = ["</section>", "</div>\n", "</aside>"];
    let end = ends.iter().filter_map(|end| rest.find(end)).min();
    &rest[..end.expect("an end")]
}

/// What a reader sees of some HTML.
fn text(html: &str) -> String {
    let pieces = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
    let text = pieces.collect::<String>();
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text, |text, (entity, is)| text.replace(entity, is))
}

/// The addresses that some HTML leads to.
fn links(html: &str) -> impl Iterator<Item = &str> {
    let hrefs = html.split("href=\"").skip(1);
    hrefs.filter_map(|rest| rest.split('"').next())
}

/// The lines of source in some HTML, without their numbers.
fn source(html: &str) -> Vec<String> {
    let lines = html.split("<span class=\"src").skip(1);
    let line = |html: &str| {
        let (_, code) = html.split_once("</span>").expect("a number");
        let code = format!(">{}", code.trim_end_matches("</code></pre>\n"));
        text(&code).trim_end().to_owned()
    };
    lines.map(line).collect()
}

async fn page_of(name: Name) -> Reply {
    let path = format!("/defences/{}", name.slug());
    let reply = bench().student().get(&path).await;
    assert_eq!(reply.status, 200, "{path}");
    reply
}

#[tokio::test]
async fn every_defence_has_a_complete_page() {
    let list = bench().student().get("/defences").await;
    for name in Name::ALL {
        let (slug, lesson) = (name.slug(), name.lesson());
        let page = page_of(*name).await.body;
        let says = |id: &str, what: &str| {
            let found = text(part(&page, id));
            assert!(
                found.contains(what) && !what.is_empty(),
                "{slug}, {id}: {what}\n{found}"
            );
        };
        says("what", lesson.protects);
        says("limits", lesson.does_not_stop);
        assert!(!lesson.standards.is_empty(), "{slug}");
        lesson.standards.iter().for_each(|id| says("standards", id));
        let arms = name.arms();
        assert!(arms.len() > 1, "{slug}");
        for arm in &arms {
            says("arms", arm.slug);
            says("arms", arm.description);
        }
        let elsewhere = &lesson.elsewhere;
        for (framework, setting) in [
            ("Flask", elsewhere.flask),
            ("Express", elsewhere.express),
            ("Django", elsewhere.django),
            ("Spring", elsewhere.spring),
            ("Rocket", elsewhere.rocket),
        ] {
            says("elsewhere", framework);
            says("elsewhere", setting);
        }
        says("source", name.file());
        let shows = links(part(&page, "stops")).filter(|link| {
            ["/attack/", "/coverage?area="]
                .iter()
                .any(|path| link.contains(path))
        });
        assert!(shows.count() > 0, "{slug}: no attack and no demonstration");
        let listed = list.body.split(&format!("<li id=\"{slug}\">")).nth(1);
        let listed = listed.and_then(|rest| rest.split("</ul></li>").next());
        let listed = text(listed.unwrap_or_else(|| panic!("{slug} is not listed")));
        for what in [
            lesson.title,
            slug,
            arms[0].description,
            arms[arms.len() - 1].description,
        ] {
            assert!(listed.contains(what), "{slug}: {what}\n{listed}");
        }
        assert!(
            list.body.contains(&format!("/defences/{slug}\">")),
            "{slug}"
        );
    }
}

#[tokio::test]
async fn a_page_shows_the_file_line_by_line_and_lifts_both_arms_out() {
    for name in Name::ALL {
        let slug = name.slug();
        let page = page_of(*name).await.body;
        let whole = part(&page, "source");
        let file: Vec<&str> = name.source().lines().collect();
        assert_eq!(source(whole), file, "{slug}");
        for number in 1..=file.len() {
            assert!(
                whole.contains(&format!(" id=\"L{number}\">")),
                "{slug}: line {number}"
            );
        }
        let arms = part(&page, "arms");
        let lifted = source(arms).join("\n");
        assert!(
            name.source()
                .contains(lifted.lines().next().expect("a line")),
            "{slug}"
        );
        assert!(
            lifted.contains("fn ") && lifted.ends_with('}'),
            "{slug}: {lifted}"
        );
        for (mark, kind) in [("// WEAK:", "weak"), ("// STRONG:", "strong")] {
            let begins = format!("<span class=\"src {kind}\"");
            let marked: Vec<String> = arms
                .split(&begins)
                .skip(1)
                .map(|rest| {
                    source(&format!(
                        "{begins}{}",
                        rest.split("<span class=\"src").next().expect("a line")
                    ))
                    .concat()
                })
                .collect();
            assert!(
                marked.iter().any(|line| line.contains(mark)),
                "{slug}: {mark}"
            );
            let code = |line: &&String| !line.trim_start().starts_with("//");
            assert!(
                marked.iter().any(|line| code(&line)),
                "{slug}: no code on the {kind} arm"
            );
        }
        for link in links(arms) {
            let line = link.strip_prefix("#L").expect("a line of the file");
            assert!(
                (1..=file.len()).contains(&line.parse::<usize>().expect("a number")),
                "{slug}: {link}"
            );
        }
    }
}

#[tokio::test]
async fn the_links_to_try_a_defence_open_the_portal_with_it_and_without_it() {
    let bench = bench();
    for name in Name::ALL {
        let slug = name.slug();
        let page = bench.student().get(&format!("/defences/{slug}")).await.body;
        let offered: Vec<&str> = links(part(&page, "try")).collect();
        for variant in [format!("without-{slug}"), format!("only-{slug}")] {
            let mut visitor = bench.visitor(&variant);
            let address = format!("{}{}/{variant}/", visitor.origin(), bench.name.prefix());
            assert!(offered.contains(&&*address), "{offered:?}: {address}");
            assert_eq!(visitor.get("/").await.status, 200, "{variant}");
        }
    }
}

#[tokio::test]
async fn every_attack_row_and_sheet_that_a_page_names_is_there_and_no_attack_is_left_out() {
    let bench = bench();
    let base = bench.name.prefix();
    let mut named = BTreeSet::new();
    for name in Name::ALL {
        let page = bench
            .student()
            .get(&format!("/defences/{}", name.slug()))
            .await
            .body;
        let main = page.split_once("<main").expect("a page").1;
        let own = links(main).filter(|link| link.starts_with(&base));
        named.extend(own.map(|link| link[base.len()..].to_owned()));
    }
    for path in &named {
        let (path, mark) = path.split_once('#').unwrap_or((path, ""));
        let reply = bench.student().get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(
            mark.is_empty() || reply.body.contains(&format!(" id=\"{mark}\"")),
            "{path}#{mark}"
        );
    }
    for attack in ALL.iter().map(|attack| attack.card().name) {
        let begins = format!("/attack/{attack}?");
        assert!(
            named.iter().any(|path| path.starts_with(&begins)),
            "{attack}"
        );
    }
    assert!(named.iter().any(|path| path.starts_with("/labs/")));
}
