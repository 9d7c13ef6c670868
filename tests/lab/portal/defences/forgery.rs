//! Requests that the user did not mean to send.

use super::{On, Shows};

const TRANSFER: [(&str, &str); 2] = [("to", "mallory"), ("amount", "100")];

fn shows(balance: u64) -> Shows {
    match balance {
        900 => Shows::Weak,
        1_000 => Shows::Strong,
        other => panic!("a balance of {other}"),
    }
}

/// Defence `csrf-token`.
pub async fn a_transfer_without_a_token_is_made(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let form = TRANSFER.map(|(name, value)| (name, value.to_owned()));
    let reply = student.post_form("/transfer", &form).await;
    assert!([303, 403].contains(&reply.status), "{}", reply.body);
    shows(student.balance().await)
}

/// Defence `request-origin`.
pub async fn a_transfer_from_another_site_is_made(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let mut form = student.token().await;
    form.extend(TRANSFER.map(|(name, value)| (name, value.to_owned())));
    let evil = "https://evil.localhost:7667";
    let reply = student.post_form_from(evil, "/transfer", &form).await;
    assert!([303, 403].contains(&reply.status), "{}", reply.body);
    shows(student.balance().await)
}

/// Defence `json-only`.
pub async fn a_text_body_is_read_as_json(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let token = student.token().await.pop().map(|(_, token)| token);
    let mut headers = vec![("content-type", "text/plain; application/json")];
    headers.extend(token.as_deref().map(|token| ("x-csrftoken", token)));
    let body = r#"{"about_me":"pwned"}"#.to_owned();
    let reply = student.send("POST", "/api/profile", &headers, body).await;
    let shows = Shows::by_status(reply.status, 200, 415);
    let about = student.get("/api/profile").await.json()["about_me"].clone();
    assert_eq!(about == "pwned", shows == Shows::Weak);
    shows
}

/// Defence `safe-methods`.
pub async fn a_link_transfers_money(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let reply = student.get("/transfer?to=mallory&amount=100").await;
    assert!([303, 405].contains(&reply.status), "{}", reply.body);
    shows(student.balance().await)
}
