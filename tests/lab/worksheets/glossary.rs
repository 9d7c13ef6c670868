//! The first use of a word of the lab's own in a sheet leads to its entry in the glossary.

use std::collections::BTreeSet;

use session_lab::worksheets::library::SheetLibrary;

use crate::support::bench;

/// The links to the glossary in a page, in order: the address, and the text that is linked.
fn links(page: &str) -> Vec<(String, String)> {
    let begin = "<a class=\"word\" href=\"";
    page.split(begin)
        .skip(1)
        .map(|link| {
            let (address, rest) = link.split_once("\">").expect("the end of an address");
            let (text, _) = rest.split_once("</a>").expect("the end of a link");
            (address.to_owned(), text.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn the_first_use_of_each_word_in_a_sheet_leads_to_its_entry() {
    let bench = bench();
    let mut student = bench.student();
    let glossary = student.get("/glossary").await;
    for sheet in SheetLibrary::built_in().sheets() {
        let slug = &sheet.slug;
        let page = student.get(&format!("/labs/{slug}")).await;
        assert_eq!(page.status, 200, "{slug}");
        let links = links(&page.body);
        assert!(links.len() >= 2, "{slug}: {links:?}");
        let mut seen = BTreeSet::new();
        for (address, text) in links {
            let (before, word) = address.split_once("/glossary#").expect(&address);
            assert!(before.starts_with("http://"), "{slug}: {address}");
            assert!(before.contains("/b/"), "on the bench: {slug}: {address}");
            assert!(seen.insert(word.to_owned()), "{slug}: {text} twice");
            let entry = format!("<dt id=\"{word}\">");
            assert!(glossary.body.contains(&entry), "{slug}: no entry {word}");
        }
        match sheet.number() {
            "01" => assert!(seen.contains("report"), "{seen:?}"),
            // A colleague's report.
            "15" => assert!(!seen.contains("report"), "{seen:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_sheet_on_paper_has_no_links_to_the_glossary() {
    let page = bench()
        .student()
        .get("/labs/03-stealing-a-cookie/print")
        .await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("loot"), "the word is there");
    assert_eq!(links(&page.body), []);
}
