//! Events and clients of the journal, in words for people.

use super::{ClientKind, EndReason, Event, EventKind, NotedRequest};

/// What kind of client a request seems to have come from.
pub const fn client(client: ClientKind) -> &'static str {
    match client {
        ClientKind::Browser => "browser",
        ClientKind::Curl => "curl",
        ClientKind::PowerShell => "PowerShell",
        ClientKind::Lab => "the lab",
        ClientKind::Other => "other",
    }
}

/// What somebody must know who types the commands of a sheet into PowerShell.
pub const POWERSHELL_HINT: &str = "In Windows PowerShell 5.1 the word curl is another name for \
                                   Invoke-WebRequest. Type curl.exe, or use a shell with bash.";

/// An event in a sentence.
pub fn event(event: &Event) -> String {
    let who = |user: &Option<String>| {
        user.clone()
            .unwrap_or_else(|| "an anonymous visitor".into())
    };
    match &event.what {
        EventKind::SessionOpened {
            session,
            adopted: false,
        } => {
            format!("Anonymous session #{session} opened.")
        }
        EventKind::SessionOpened {
            session,
            adopted: true,
        } => {
            format!("Anonymous session #{session} opened under an id that the client invented.")
        }
        EventKind::SignedIn {
            user,
            session,
            before: Some(before),
        } if session == before => {
            format!("{user} signed in. Session #{session} kept its id.")
        }
        EventKind::SignedIn {
            user,
            session,
            before: Some(before),
        } => {
            format!("{user} signed in. Session #{before} became #{session}.")
        }
        EventKind::SignedIn {
            user,
            session,
            before: None,
        } => {
            format!("{user} signed in. Session #{session} opened.")
        }
        EventKind::SignInFailed {
            throttled: true, ..
        } => "A sign-in was throttled.".into(),
        EventKind::SignInFailed {
            user: Some(user), ..
        } => format!("A sign-in as {user} failed."),
        EventKind::SignInFailed { user: None, .. } => {
            "A sign-in under an unknown name failed.".into()
        }
        EventKind::Rotated { user, from, to } => format!("Session #{from} of {user} became #{to}."),
        EventKind::Ended {
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
                EndReason::FromTheFuture => "was dated in the future",
                EndReason::Ceiling => "gave way to newer ones",
            };
            let record = if *record_removed {
                "record removed"
            } else {
                "record kept"
            };
            format!("Session #{session} of {} {why}: {record}.", who(user))
        }
        EventKind::UnknownSession { session } => {
            format!("Somebody presented #{session}, which opens no session.")
        }
        EventKind::Refused { defence, because } => {
            format!("{defence} refused a request. {because}")
        }
        EventKind::PasswordChanged { user } => format!("{user} chose a new password."),
        EventKind::RoleChanged { user, role } => format!("{user} has the role {role} from now on."),
        EventKind::Transferred {
            from,
            to,
            amount,
            method,
        } => {
            format!("{from} sent {amount} to {to} by {method}.")
        }
        EventKind::TokenIssued {
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
        EventKind::TokenRevoked {
            user,
            token,
            remembered,
        } => {
            let list = if *remembered {
                "it is on the denylist"
            } else {
                "the server does not remember it"
            };
            format!("{user} signed token #{token} out: {list}.")
        }
        EventKind::FamilyEnded { user } => {
            format!("A refresh token of {user} was used a second time: its family has ended.")
        }
        EventKind::KeySetFetched { keys } => {
            format!("A token sent the API to fetch keys: it got {keys}.")
        }
        EventKind::NoticePosted { user } => format!("{user} posted a notice."),
        EventKind::DocumentCookie {
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
        EventKind::ClockMoved { minutes } => format!("The clock is {minutes} minutes ahead."),
        EventKind::BenchReset => "The bench was reset.".into(),
        EventKind::CustomChanged { strong } => {
            format!("The custom policy was changed. Strong defences: {strong}.")
        }
        EventKind::Request(request) => answered(request),
        EventKind::AttackRan { attack, succeeded } => {
            let how = if *succeeded {
                "succeeded"
            } else {
                "was stopped"
            };
            format!("The attack {attack} was tried and {how}.")
        }
        EventKind::MixAttacked { strong, succeeded } => format!(
            "Every attack was tried against the custom policy with {strong} strong defences: \
             {succeeded} succeeded."
        ),
    }
}

fn answered(request: &NotedRequest) -> String {
    let NotedRequest {
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
