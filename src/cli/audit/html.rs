//! The report as a page that needs nothing else: no script, no other file.

use std::fmt::Write as _;

use super::text::{RATE_LIMITED, WORDS, counts, layers, not_seen, verdict};
use crate::attacks::audit::report::{AuditFinding, AuditReport};
use crate::base::encode;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
                     padding:0 1rem;color:#1c1c1c;background:#fff;overflow-wrap:anywhere}h1{font-size:1.4rem}\
                     h2{font-size:1.1rem}.verdict{font-size:1.15rem;padding:.6rem 1rem;\
                     border:.15rem solid #1b6e3c}.verdict.flaw{border-color:#b3261e}\
                     .verdict.note{border-color:#8a5a00}article{border-left:.4rem solid \
                     #767676;padding:.1rem 1rem;margin:1rem 0}article.flaw{border-color:#b3261e}\
                     article.note{border-color:#8a5a00}article.holds{border-color:#1b6e3c}\
                     pre{overflow:auto;overflow-wrap:normal;background:#f2f2f2;padding:.6rem}\
                     @media(prefers-color-scheme:dark){body{color:#eee;background:#181818}a{color:#8ab4f8}\
                     .verdict{border-color:#5cb87a}.verdict.flaw,article.flaw{border-color:#f2857b}\
                     .verdict.note,article.note{border-color:#e0b04c}article.holds{border-color:#5cb87a}\
                     pre{background:#2a2a2a}}";

/// The report as HTML: the verdict first, then what is bad, then the rest.
pub(super) fn report(report: &AuditReport) -> String {
    let title = format!("Audit of {}", escaped(&report.target));
    let worst = match (report.count("flaw"), report.count("note")) {
        (0, 0) => "holds",
        (0, _) => "note",
        _ => "flaw",
    };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <p class=\"verdict {worst}\"><b>{}</b></p>\n",
        verdict(report),
    );
    let bad = report
        .findings
        .iter()
        .filter(|one| one.is_flaw() || one.is_note());
    let bad: Vec<&AuditFinding> = bad.collect();
    for word in ["flaw", "note"] {
        let links = bad.iter().filter(|one| one.verdict.word() == word);
        let links: Vec<String> = links
            .map(|one| format!("<a href=\"#{0}\">{0}</a>", escaped(one.check)))
            .collect();
        if !links.is_empty() {
            let _ = writeln!(page, "<p>{word}: {}</p>", links.join(", "));
        }
    }
    let _ = writeln!(
        page,
        "<p>{}</p>\n<p>Framework: {}</p>",
        counts(report),
        report.framework.name()
    );
    if report.certificate_unchecked {
        page.push_str("<p>Its certificate was not checked.</p>\n");
    }
    if report.turned_away {
        let _ = writeln!(page, "<p>{RATE_LIMITED}</p>");
    }
    for word in WORDS {
        let findings = report.findings.iter();
        for finding in findings.filter(|one| one.verdict.word() == word) {
            article(&mut page, finding);
        }
    }
    list(&mut page, "What the audit found by itself", &report.found);
    list(&mut page, "Not seen from outside", &not_seen());
    list(&mut page, "What the audit left behind", &report.changed);
    page.push_str("</body>\n</html>\n");
    page
}

/// One finding in full.
fn article(page: &mut String, finding: &AuditFinding) {
    let word = finding.verdict.word();
    let _ = write!(
        page,
        "<article class=\"{}\" id=\"{check}\">\n<h2>{word}: {check}</h2>\n<p>Expected: {}.</p>\n<p>Seen: {}</p>\n",
        word.replace(' ', "-"),
        escaped(finding.title),
        escaped(&finding.says),
        check = escaped(finding.check),
    );
    let layers = layers(&finding.verdict);
    for text in layers.as_deref().into_iter().chain(finding.gains) {
        let _ = writeln!(page, "<p>{}</p>", escaped(text));
    }
    if let Some(exchange) = &finding.exchange {
        let (curl, answer) = (escaped(&exchange.curl), escaped(&exchange.answer));
        let _ = writeln!(page, "<pre tabindex=\"0\">$ {curl}\n{answer}</pre>");
    }
    if let Some(mend) = &finding.mend {
        let _ = writeln!(page, "<p><b>Mend</b>: {}</p>", escaped(mend));
    }
    let keys = finding.keys.iter().chain(finding.standards).copied();
    let keys: Vec<&str> = keys.collect();
    let _ = writeln!(
        page,
        "<p>{} in the lab. {}</p>\n</article>",
        finding.page,
        escaped(&keys.join(", "))
    );
}

/// A list under a heading, where there is something to list.
fn list(page: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{heading}</h2>\n<ul>");
    for line in lines {
        let _ = writeln!(page, "<li>{}</li>", escaped(line));
    }
    page.push_str("</ul>\n");
}

/// A text that an application may have written, for HTML and for XML.
pub(super) fn escaped(text: &str) -> String {
    encode::page(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
