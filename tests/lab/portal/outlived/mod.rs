//! A form that outlived its session leads on with what was typed (`led_on`), also by way of the sign-in
//! page (`sign_in_page`). A forged one never does, and a draft is shown to its writer only (`forged`).

mod forged;
mod led_on;
mod sign_in_page;

use crate::support::{Client, Reply, TestBench};

const EVERY_KIND: [&str; 6] = [
    "insecure",
    "hardened",
    "without-csrf-token",
    "without-request-origin",
    "only-csrf-token",
    "only-sign-out",
];

/// A browser says that it shows pages.
fn browser(bench: &TestBench, variant: &str) -> Client {
    let visitor = bench.visitor(variant);
    visitor.with_header("accept", "text/html,application/xhtml+xml")
}

/// What the portal's page put into its forms: the token and the session that they belong to.
fn hidden(page: &Reply) -> Vec<(String, String)> {
    let main = page.body.split("<main").nth(1).expect("a page");
    let form = main.split("<form").nth(1).expect("a form");
    let form = form.split("</form>").next().unwrap_or_default();
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let value = |input: &str, mark: &str| {
        let (_, rest) = input.split_once(mark)?;
        Some(rest.split('"').next()?.to_owned())
    };
    inputs
        .filter_map(|input| Some((value(input, "name=\"")?, value(input, "value=\"")?)))
        .collect()
}

/// Sends a form with the hidden fields of `page`.
async fn send(client: &mut Client, action: &str, typed: &[(&str, &str)], page: &Reply) -> Reply {
    let hidden = hidden(page);
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    fields.extend(
        typed
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    client.post_form(action, &fields).await
}

/// Where an answer leads, without bench and variant.
fn leads_to(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.body);
    let to = reply.header("location").expect("an address");
    let mut parts = to.splitn(5, '/');
    format!("/{}", parts.nth(4).expect("a page of the portal"))
}

async fn follow(client: &mut Client, reply: &Reply) -> Reply {
    let to = leads_to(reply);
    let page = client.get(&to).await;
    assert_eq!(page.status, 200, "{to}: {}", page.body);
    page
}

async fn sign_in_on(client: &mut Client, page: &Reply, user: &str, password: &str) -> Reply {
    let typed = [("username", user), ("password", password)];
    send(client, "/login", &typed, page).await
}

/// A browser that is signed in, with a page of the portal open.
async fn signed_in_on(bench: &TestBench, variant: &str, page: &str) -> (Client, Reply) {
    let mut student = browser(bench, variant);
    student.sign_in().await;
    let open = student.get(page).await;
    (student, open)
}

async fn sign_in_again(client: &mut Client, page: &Reply) -> Reply {
    sign_in_on(client, page, "student123", "password123").await
}

/// How the form shows again what [`send_notice`] sent.
const NOTICE_AGAIN: &str = "my umbrella</textarea>";

async fn send_notice(client: &mut Client, open: &Reply) -> Reply {
    send(client, "/board", &[("text", "my umbrella")], open).await
}

/// Gives the session a new id, so that the forms of its open pages have an old token.
async fn change_password(client: &mut Client) {
    let change = [("current", "password123"), ("new", "a-new-password")];
    assert_eq!(client.submit("/password", &change).await.status, 200);
}

fn assert_shows(page: &Reply, text: &str) {
    assert!(page.body.contains(text), "{text}: {}", page.body);
}
