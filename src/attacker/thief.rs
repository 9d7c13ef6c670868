//! What the thief does with a stolen secret: opens the dashboard with it, from another computer than
//! the victim's. The lab sends the request; nothing of the victim's browser is in it.

use crate::base::addresses::Listener;
use crate::client::caller::{Call, Caller, Portal};
use crate::client::{ClientError, HttpExchange, LabClient};
use crate::defences::facts::Scheme;
use crate::defences::policy::{PolicyProbe, Variant};
use crate::web::context::RequestContext;

use super::stolen::{Carrier, StolenSecret};

/// How the portal answered the thief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ThiefsAnswer {
    /// Whether they are taken for the victim.
    pub is_in: bool,
    /// What they see, in a few words.
    pub says: String,
    /// What was sent and received, heads only.
    pub sent: String,
    pub received: String,
}

/// How a variant is reached: unencrypted where it answers so.
fn scheme(context: &RequestContext, variant: Variant) -> Scheme {
    let probe = PolicyProbe::new(context.bench.resolve(variant).policy);
    match probe.transport().answers(Scheme::Http) {
        true => Scheme::Http,
        false => Scheme::Https,
    }
}

fn path(secret: &StolenSecret) -> String {
    match &secret.carrier {
        Carrier::Cookie(_) => "/dashboard".to_owned(),
        Carrier::Address => format!("/dashboard?sid={}", secret.value),
        Carrier::Bearer => "/jwt/profile".to_owned(),
    }
}

/// Sends the request.
///
/// # Errors
/// The portal does not answer.
pub(super) async fn open(
    context: &RequestContext,
    client: &LabClient,
    secret: &StolenSecret,
    variant: Variant,
) -> Result<ThiefsAnswer, ClientError> {
    let portal = Portal::of(&context.addresses);
    let scheme = scheme(context, variant);
    let bench = context.bench.name();
    let mut thief = Caller::new(client.clone(), portal, scheme, bench, variant);
    let call = Call::get(path(secret));
    let call = match &secret.carrier {
        Carrier::Cookie(name) => call.with_cookie(Some(format!("{name}={}", secret.value))),
        Carrier::Address => call,
        Carrier::Bearer => call.with("authorization", format!("Bearer {}", secret.value)),
    };
    Ok(answer(&thief.call(call).await?))
}

/// What an answer means for the thief.
fn answer(exchange: &HttpExchange) -> ThiefsAnswer {
    let between = |start: &str, end: &str| {
        let (_, rest) = exchange.body.split_once(start)?;
        Some(rest.split_once(end)?.0.to_owned())
    };
    let json = serde_json::from_str::<serde_json::Value>(&exchange.body).unwrap_or_default();
    let greeted = between("Welcome to the Dashboard, ", "!</h1>")
        .map(|user| format!("The thief is in: Welcome, {user}"));
    let logged_in = json["logged_in_as"].as_str();
    let logged_in = logged_in.map(|user| format!("The thief is in: logged in as {user}"));
    let opened = greeted.or(logged_in).filter(|_| exchange.status == 200);
    let sent_to_sign_in = exchange.header("location").next().is_some_and(|to| {
        to.split('?')
            .next()
            .is_some_and(|to| to.ends_with("/login"))
    });
    let says = match &opened {
        Some(says) => says.clone(),
        None if sent_to_sign_in => "Sent to the sign-in page".to_owned(),
        None => format!("Not let in: the portal answers {}", exchange.status),
    };
    ThiefsAnswer {
        is_in: opened.is_some(),
        says,
        sent: exchange.sent.clone(),
        received: exchange.head.clone(),
    }
}

/// The same as a command for a terminal with curl. Everything in it is made of letters that no shell
/// obeys: see [`super::stolen`].
pub(super) fn as_curl(context: &RequestContext, secret: &StolenSecret, variant: Variant) -> String {
    let scheme = scheme(context, variant);
    let (listener, insecure) = match scheme {
        Scheme::Http => (Listener::PortalHttp, ""),
        // A thief does not ask whose certificate it is.
        Scheme::Https => (Listener::PortalHttps, "k"),
    };
    let origin = context.addresses.origin(listener);
    let base = format!("{}/{variant}", context.bench.name().prefix());
    let with = match &secret.carrier {
        Carrier::Cookie(name) => format!("-b '{name}={}' ", secret.value),
        Carrier::Address => String::new(),
        Carrier::Bearer => format!("-H 'Authorization: Bearer {}' ", secret.value),
    };
    let url = format!("{origin}{base}{}", path(secret));
    format!("curl -si{insecure} {with}'{url}' | grep -iE '^HTTP|^location|<h1|logged_in'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(status: u16, location: Option<&str>, body: &str) -> HttpExchange {
        let location = location.map(|to| ("location".to_owned(), to.to_owned()));
        HttpExchange {
            scheme: Scheme::Http,
            sent: String::new(),
            head: String::new(),
            status,
            headers: location.into_iter().collect(),
            body: body.into(),
        }
    }

    #[test]
    fn only_a_name_on_the_page_means_that_the_thief_is_in() {
        let page = "<h1>Welcome to the Dashboard, student123!</h1>";
        let cases = [
            (
                exchange(200, None, page),
                true,
                "The thief is in: Welcome, student123",
            ),
            (
                exchange(500, None, page),
                false,
                "Not let in: the portal answers 500",
            ),
            (
                exchange(303, Some("/b/x/insecure/login?expired=1"), ""),
                false,
                "Sent to the sign-in page",
            ),
            (
                exchange(200, None, "<h1>Hello</h1>"),
                false,
                "Not let in: the portal answers 200",
            ),
            (
                exchange(200, None, "{\"logged_in_as\":\"apiuser\"}"),
                true,
                "The thief is in: logged in as apiuser",
            ),
        ];
        for (exchange, is_in, says) in cases {
            let answer = answer(&exchange);
            assert_eq!((answer.is_in, &*answer.says), (is_in, says));
        }
    }
}
