//! What the browser really sent and received, as its network layer reports it: with the cookies that
//! it added by itself.

use std::collections::HashMap;

use url::Url;

/// How many requests are kept.
const MAX_REQUESTS: usize = 400;

/// How many heads are kept whose request is not announced yet.
const MAX_EARLY: usize = 100;

/// The headers of a request or an answer, in order. Several lines of one name may be one value with
/// line feeds.
pub type HeaderList = Vec<(String, String)>;

/// One request that the browser made, and the head of its answer.
#[derive(Clone, Debug, Default)]
pub struct ObservedRequest {
    pub method: String,
    /// The address.
    pub url: String,
    /// The body of a form, where there was one.
    pub body: String,
    /// The request's headers as they went out.
    pub sent: HeaderList,
    /// The answer's status; 0 while there is none.
    pub status: u16,
    /// The answer's headers.
    pub received: HeaderList,
}

impl ObservedRequest {
    /// The request's head as text, in the form of HTTP/1.1.
    pub fn request_text(&self) -> String {
        let target = match Url::parse(&self.url) {
            Ok(url) => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            Err(_) => self.url.clone(),
        };
        let mut text = format!("{} {target} HTTP/1.1", self.method);
        push_lines(&mut text, &self.sent);
        if !self.body.is_empty() {
            text.push_str("\n\n");
            text.push_str(&self.body);
        }
        text
    }

    /// The answer's head as text; empty while there is none.
    pub fn answer_text(&self) -> String {
        if self.status == 0 {
            return String::new();
        }
        let mut text = format!("HTTP/1.1 {}", self.status);
        push_lines(&mut text, &self.received);
        text
    }
}

fn push_lines(text: &mut String, headers: &HeaderList) {
    for (name, value) in headers {
        for value in value.lines() {
            text.push('\n');
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
        }
    }
}

/// The requests of one window, in the order in which they were made. A redirect is a further request
/// of the same id.
#[derive(Debug, Default)]
pub struct RequestLog {
    requests: Vec<(String, ObservedRequest)>,
    /// The headers of a request can be reported before the request itself.
    early: HashMap<String, HeaderList>,
    /// The requests whose body is not known yet.
    without_body: Vec<String>,
}

impl RequestLog {
    /// A request is made.
    pub fn announce(&mut self, id: &str, mut request: ObservedRequest) {
        // The content of a `data:` address, and `about:blank`, is never requested from anybody.
        let is_sent = request.url.starts_with("http");
        if !is_sent || self.requests.len() >= MAX_REQUESTS {
            return;
        }
        if let Some(sent) = self.early.remove(id) {
            request.sent = sent;
        }
        self.requests.push((id.to_owned(), request));
    }

    /// The last request of this id was not sent after all: the browser chose another address by
    /// itself, as HSTS makes it. Headers that came already belong to the next one.
    pub fn withdraw(&mut self, id: &str) {
        let unanswered =
            |(known, request): &(String, ObservedRequest)| known == id && request.status == 0;
        if let Some(at) = self.requests.iter().rposition(unanswered) {
            let (id, request) = self.requests.remove(at);
            if !request.sent.is_empty() {
                self.early.insert(id, request.sent);
            }
        }
    }

    /// A request has a body, which comes later.
    pub fn expect_body(&mut self, id: &str) {
        if self.without_body.len() < MAX_EARLY {
            self.without_body.push(id.to_owned());
        }
    }

    /// Takes out the ids of the requests whose body is to be asked for.
    pub fn take_expected_bodies(&mut self) -> Vec<String> {
        std::mem::take(&mut self.without_body)
    }

    /// The body of a request.
    pub fn add_body(&mut self, id: &str, body: String) {
        let mut same = self.requests.iter_mut();
        if let Some((_, request)) = same.find(|(known, _)| known == id) {
            request.body = body;
        }
    }

    /// The headers of a request, as they went out.
    pub fn send(&mut self, id: &str, headers: HeaderList) {
        // Of the requests of this id, the last one without headers is meant.
        let mut same = self.requests.iter_mut().rev();
        match same.find(|(known, request)| known == id && request.sent.is_empty()) {
            Some((_, request)) => request.sent = headers,
            None if self.early.len() < MAX_EARLY => {
                self.early.insert(id.to_owned(), headers);
            }
            None => {}
        }
    }

    /// A request is answered.
    pub fn answer(&mut self, id: &str, status: u16, headers: HeaderList) {
        let mut same = self.requests.iter_mut();
        if let Some((_, request)) = same.find(|(known, request)| known == id && request.status == 0)
        {
            (request.status, request.received) = (status, headers);
        }
    }

    /// Takes the requests out that were announced so far.
    pub fn take(&mut self) -> Vec<ObservedRequest> {
        self.early.clear();
        self.without_body.clear();
        let requests = std::mem::take(&mut self.requests).into_iter();
        requests.map(|(_, request)| request).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &str) -> HeaderList {
        vec![(name.to_owned(), "1\n2".to_owned())]
    }

    #[test]
    fn a_request_that_the_browser_never_sent_leaves_its_headers_to_the_next() {
        let mut log = RequestLog::default();
        let request = |url: &str| ObservedRequest {
            url: url.into(),
            ..ObservedRequest::default()
        };
        log.withdraw("1");
        log.announce("1", request("http://lab.test/"));
        log.send("1", headers("host"));
        log.withdraw("1");
        log.announce("1", request("https://lab.test/"));
        log.answer("1", 200, HeaderList::new());
        let taken = log.take();
        assert_eq!(taken.len(), 1);
        assert_eq!(
            (&*taken[0].url, taken[0].status),
            ("https://lab.test/", 200)
        );
        assert_eq!(taken[0].sent, headers("host"));
    }

    #[test]
    fn headers_that_come_before_their_request_belong_to_it_and_redirects_keep_their_order() {
        let mut log = RequestLog::default();
        let request = |url: &str| ObservedRequest {
            method: "GET".into(),
            url: url.into(),
            ..ObservedRequest::default()
        };
        log.send("1", headers("first"));
        log.announce("1", request("http://localhost/a?b#c"));
        log.answer("1", 303, headers("set-cookie"));
        log.announce("1", request("http://localhost/d"));
        log.send("1", headers("second"));
        log.answer("1", 200, HeaderList::new());
        let taken = log.take();
        assert_eq!(
            taken[0].request_text(),
            "GET /a?b HTTP/1.1\nfirst: 1\nfirst: 2"
        );
        assert_eq!(
            taken[0].answer_text(),
            "HTTP/1.1 303\nset-cookie: 1\nset-cookie: 2"
        );
        assert_eq!(taken[1].sent, headers("second"));
        assert_eq!(taken[1].status, 200);
        assert!(log.take().is_empty());
    }
}
