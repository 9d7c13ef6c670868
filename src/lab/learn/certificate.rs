//! The certificate, explained, and offered for download. The key never leaves its file.

use std::sync::Arc;

use rocket::http::ContentType;
use rocket::{Route, State, get, routes};
use rocket_dyn_templates::Template;
use serde::Serialize;
use time::OffsetDateTime;

use crate::base::clock::BenchTime;
use crate::base::tls::Certificate;
use crate::lab::attachment::Attachment;
use crate::web::context::RequestContext;
use crate::web::page::Frame;
use crate::web::visible_time::date_and_time;

#[derive(Serialize)]
struct CertificateView<'p> {
    fingerprint: &'p str,
    names: &'p [String],
    not_before: String,
    not_after: String,
    days_left: i64,
}

#[derive(Serialize)]
struct CertificatePage<'p> {
    frame: Frame,
    cert: CertificateView<'p>,
    file: &'static str,
}

fn shown(moment: OffsetDateTime) -> String {
    let millis = moment
        .unix_timestamp()
        .max(0)
        .unsigned_abs()
        .saturating_mul(1000);
    date_and_time(BenchTime::from_millis(millis))
}

#[get("/certificate")]
fn certificate(context: &RequestContext, certificate: &State<Arc<Certificate>>) -> Template {
    let cert = CertificateView {
        fingerprint: certificate.fingerprint(),
        names: certificate.names(),
        not_before: shown(certificate.not_before()),
        not_after: shown(certificate.not_after()),
        days_left: (certificate.not_after() - OffsetDateTime::now_utc()).whole_days(),
    };
    let frame = Frame::at(context, "Certificate");
    Template::render(
        "pages/certificate.html",
        CertificatePage {
            frame,
            cert,
            file: "/certificate.pem",
        },
    )
}

#[get("/certificate.pem")]
fn download(certificate: &State<Arc<Certificate>>) -> Attachment {
    Attachment::new(
        "session-lab.pem",
        ContentType::new("application", "x-pem-file"),
        certificate.cert_pem().to_owned(),
    )
}

pub(in crate::lab) fn routes() -> Vec<Route> {
    routes![certificate, download]
}
