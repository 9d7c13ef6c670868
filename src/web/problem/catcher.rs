//! Answers where no handler does.

use rocket::http::Status;
use rocket::request::Request;
use rocket::{Catcher, catch, catchers};

use super::{Problem, ProblemDetail};
use crate::web::context::RequestContext;
use crate::web::methods;

/// The catcher of every site. The portal has its own, which also finds out who is signed in.
#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    answer_of(status, request)
}

/// The problem that a guard left, or one that fits the status.
pub fn answer_of(status: Status, request: &Request<'_>) -> Problem {
    if let Some(left) = RequestContext::of(request).and_then(RequestContext::take_problem) {
        return left;
    }
    match status.code {
        404 => match methods::other_methods(request) {
            Some(allowed) => {
                let because = format!("This address takes {allowed} only.");
                let next = "Send the request with one of these methods.";
                let mut problem =
                    Problem::new(Status::MethodNotAllowed, "Wrong method", because, next);
                problem.detail = Box::new(ProblemDetail::Allow(allowed));
                problem
            }
            None => Problem::not_found(),
        },
        400 => Problem::bad_request(
            "The method, the address or a header is malformed.",
            "Check the request line and the headers.",
        ),
        413 => Problem::too_large(),
        500.. => {
            let because = "The lab made a mistake. It is in the log.";
            let next = "Go back and try something else. Nothing you stored is lost.";
            Problem::new(status, "Something is broken here", because, next)
        }
        _ => {
            let because = status.reason().unwrap_or("The request cannot be answered.");
            Problem::new(
                status,
                "The request cannot be answered",
                because,
                "Check the request.",
            )
        }
    }
}

/// The catchers of every site.
pub fn all_catchers() -> Vec<Catcher> {
    catchers![any]
}

#[cfg(test)]
mod tests {
    use rocket::local::asynchronous::Client;
    use rocket::{get, routes};

    use super::*;

    #[get("/panics")]
    fn panics() {
        panic!("a defect of the lab, with hunter2 in its text");
    }

    #[catch(default)]
    fn told(status: Status, request: &Request<'_>) -> (Status, String) {
        let problem = answer_of(status, request);
        let text = format!("{} {} {}", problem.heading, problem.because, problem.next);
        (problem.status, text)
    }

    /// A handler that panics ends its own request only, and its text goes to the log only.
    #[tokio::test]
    async fn a_handler_that_panics_is_500_and_says_nothing_of_its_cause() {
        let rocket = rocket::custom(rocket::Config {
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::default()
        });
        let rocket = rocket.mount("/", routes![panics]);
        let rocket = rocket.register("/", catchers![told]);
        let client = Client::untracked(rocket).await.expect("a site");
        for _ in 0..2 {
            let reply = client.get("/panics").dispatch().await;
            assert_eq!(reply.status(), Status::InternalServerError);
            let text = reply.into_string().await.expect("a text");
            assert!(text.starts_with("Something is broken here"), "{text}");
            assert!(text.contains("It is in the log."), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
        let reply = client.get("/nothing").dispatch().await;
        assert_eq!(reply.status(), Status::NotFound, "the site goes on");
    }
}
