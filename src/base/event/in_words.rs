//! Events and clients of the journal, in words for people.

use super::{Client, EndReason, Event, Request, What};

/// What kind of client a request seems to have come from.
pub const fn client(client: Client) -> &'static str {
    match client {
        Client::Browser => "browser",
        Client::Curl => "curl",
        Client::Lab => "the lab",
        Client::Other => "other",
    }
}

/// An event in a sentence.
pub fn event(event: &Event) -> String {
    let who = |user: &Option<String>| {
        user.clone()
            .unwrap_or_else(|| "an anonymous visitor".into())
    };
    match &event.what {
        What::SessionOpened {
            session,
            adopted: false,
        } => {
            format!("Anonymous session #{session} opened.")
        }
        What::SessionOpened {
            session,
            adopted: true,
        } => {
            format!("Anonymous session #{session} opened under an id that the client invented.")
        }
        What::SignedIn {
            user,
            session,
            before: Some(before),
        } if session == before => {
            format!("{user} signed in. Session #{session} kept its id.")
        }
        What::SignedIn {
            user,
            session,
            before: Some(before),
        } => {
            format!("{user} signed in. Session #{before} became #{session}.")
        }
        What::SignedIn {
            user,
            session,
            before: None,
        } => {
            format!("{user} signed in. Session #{session} opened.")
        }
        What::SignInFailed {
            throttled: true, ..
        } => "A sign-in was throttled.".into(),
        What::SignInFailed {
            user: Some(user), ..
        } => format!("A sign-in as {user} failed."),
        What::SignInFailed { user: None, .. } => "A sign-in as nobody we know failed.".into(),
        What::Rotated { user, from, to } => format!("Session #{from} of {user} became #{to}."),
        What::Ended {
            user,
            session,
            reason,
            record_removed,
        } => {
            let why = match reason {
                EndReason::SignOut => "signed out",
                EndReason::EndedByUser => "was ended from another session",
                EndReason::PasswordChange => "was ended by a password change",
                EndReason::IdleTimeout => "reached the idle limit",
                EndReason::AbsoluteTimeout => "reached the absolute limit",
                EndReason::Ceiling => "gave way to newer ones",
            };
            let record = if *record_removed {
                "record removed"
            } else {
                "record kept"
            };
            format!("Session #{session} of {} {why}: {record}.", who(user))
        }
        What::UnknownSession { session } => {
            format!("Somebody presented #{session}, which opens no session.")
        }
        What::Refused { defence, because } => format!("{defence} refused a request. {because}"),
        What::PasswordChanged { user } => format!("{user} chose a new password."),
        What::RoleChanged { user, role } => format!("{user} has the role {role} from now on."),
        What::Transferred {
            from,
            to,
            amount,
            method,
        } => {
            format!("{from} sent {amount} to {to} by {method}.")
        }
        What::TokenIssued {
            user,
            token,
            refreshed,
        } => {
            let by = if *refreshed {
                "a refresh token"
            } else {
                "a password"
            };
            format!("{user} got token #{token} for {by}.")
        }
        What::TokenRevoked {
            user,
            token,
            remembered,
        } => {
            let list = if *remembered {
                "it is on the denylist"
            } else {
                "the server remembers nothing of it"
            };
            format!("{user} signed token #{token} out: {list}.")
        }
        What::FamilyEnded { user } => {
            format!("A refresh token of {user} came a second time: its family has ended.")
        }
        What::KeySetFetched { keys } => {
            format!("A token sent the API to fetch keys: it got {keys}.")
        }
        What::NoticePosted { user } => format!("{user} posted a notice."),
        What::DocumentCookie {
            names,
            session_visible,
        } => {
            let seen = if names.is_empty() {
                "nothing".into()
            } else {
                names.join(", ")
            };
            let session = if *session_visible {
                "the session cookie is"
            } else {
                "no session cookie"
            };
            format!("A script saw in document.cookie: {seen} ({session} among them).")
        }
        What::ClockMoved { minutes } => format!("The clock stands {minutes} minutes ahead."),
        What::BenchReset => "The bench was reset.".into(),
        What::CustomChanged { strong } => {
            format!("The custom policy was changed. Strong defences: {strong}.")
        }
        What::Request(request) => answered(request),
        What::AttackRan { attack, succeeded } => {
            let how = if *succeeded {
                "succeeded"
            } else {
                "was stopped"
            };
            format!("The attack {attack} was tried and {how}.")
        }
        What::MixAttacked { strong, succeeded } => format!(
            "Every attack was tried against the custom policy with {strong} strong defences: \
             {succeeded} succeeded."
        ),
    }
}

fn answered(request: &Request) -> String {
    let Request {
        method,
        path,
        status,
        scheme,
        host,
        ..
    } = request;
    let session = match &request.session {
        Some(session) => format!(" with session #{session}"),
        None => String::new(),
    };
    let user = match &request.user {
        Some(user) => format!(" as {user}"),
        None => String::new(),
    };
    let token = match &request.algorithm {
        Some(algorithm) => format!(" with a token signed by {algorithm}"),
        None => String::new(),
    };
    let cafe = if request.cafe {
        " through the café"
    } else {
        ""
    };
    format!("{method} {path} over {scheme} at {host}{cafe}{session}{token}{user}: {status}.")
}
