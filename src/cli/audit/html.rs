//! The report as a page that needs nothing else: no script, no other file.

use std::fmt::Write as _;

use super::text::{RATE_LIMITED, WORDS, counts, layers};
use crate::attacks::audit::report::AuditReport;
use crate::base::encode;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
                     padding:0 1rem;color:#1c1c1c;background:#fff}article{border-left:.4rem solid \
                     #767676;padding:.1rem 1rem;margin:1rem 0}article.flaw{border-color:#b3261e}\
                     article.note{border-color:#8a5a00}article.holds{border-color:#1b6e3c}\
                     pre{overflow:auto;background:#f2f2f2;padding:.6rem}\
                     @media(prefers-color-scheme:dark){body{color:#eee;background:#181818}\
                     pre{background:#2a2a2a}}";

/// The report as HTML.
pub(super) fn report(report: &AuditReport) -> String {
    let title = format!("Audit of {}", escaped(&report.target));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n<p>Framework: {}</p>\n",
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
        for finding in report
            .findings
            .iter()
            .filter(|one| one.verdict.word() == word)
        {
            let _ = write!(
                page,
                "<article class=\"{}\">\n<h2>{}: {}</h2>\n<p>Expected: {}.</p>\n<p>Seen: {}</p>\n",
                word.replace(' ', "-"),
                word,
                escaped(finding.check),
                escaped(finding.title),
                escaped(&finding.says)
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
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// A text that an application may have written, for HTML and for XML.
pub(super) fn escaped(text: &str) -> String {
    encode::page(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
