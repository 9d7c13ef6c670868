//! What one demonstration of a defence cannot show: the other moments and requests that a defence decides on.

use serde_json::json;

use crate::support::bench;

#[tokio::test]
async fn a_new_password_gives_the_session_a_new_id_where_ids_rotate() {
    let bench = bench();
    for (variant, rotates) in [("only-rotation", true), ("without-rotation", false)] {
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let mut thief = student.clone();
        let change = [("current", "password123"), ("new", "a-new-password")];
        assert_eq!(student.submit("/password", &change).await.status, 200);
        assert!(student.whoami().await.is_some());
        assert_eq!(student.id() != thief.id(), rotates, "{variant}");
        assert_eq!(thief.whoami().await.is_none(), rotates, "{variant}");
    }
}

#[tokio::test]
async fn a_new_role_gives_every_session_of_the_user_a_new_id_at_its_next_request() {
    let bench = bench();
    for (variant, rotates) in [("only-rotation", true), ("without-rotation", false)] {
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let mut thief = student.clone();
        let mut admin = bench.visitor(variant);
        admin.sign_in_as("admin").await;
        let path = "/admin/users/student123/role";
        let reply = admin.submit_json(path, &json!({"role": "admin"})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);

        assert_eq!(student.whoami().await.as_deref(), Some("student123"));
        assert_eq!(student.id() != thief.id(), rotates, "{variant}");
        assert_eq!(thief.whoami().await.is_none(), rotates, "{variant}");
        assert_eq!(
            student.whoami().await.as_deref(),
            Some("student123"),
            "once is enough"
        );
    }
}

#[tokio::test]
async fn a_request_of_another_site_is_refused_by_either_header() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    let own = student.origin();
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "none", 403),
        ("origin", "null", 403),
        ("origin", "https://localhost.evil.example", 403),
        ("origin", "https://localhost", 403),
        ("sec-fetch-site", "same-origin", 204),
        ("origin", own.as_str(), 204),
    ] {
        let token = student.token().await.pop().expect("a token").1;
        let body = json!({"cookie": ""}).to_string();
        let headers = [
            ("content-type", "application/json"),
            ("x-csrftoken", token.as_str()),
            (name, value),
        ];
        let reply = student.send("POST", "/cookies", &headers, body).await;
        assert_eq!(reply.status, status, "{name}: {value}");
    }
}

/// Issue 17.17: the portal's own form on a page with `Referrer-Policy: no-referrer`. A page cannot
/// forge `Sec-Fetch-Site`, so `null` passes beside `same-origin`, and never alone.
#[tokio::test]
async fn origin_null_passes_only_where_sec_fetch_site_says_same_origin() {
    for variant in ["hardened", "only-request-origin"] {
        let bench = bench();
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        for (site, status) in [
            (Some("same-origin"), 303),
            (Some("same-site"), 403),
            (Some("cross-site"), 403),
            (Some("none"), 403),
            (None, 403),
        ] {
            let mut form = student.token().await;
            form.extend([("to", "alice".to_owned()), ("amount", "1".to_owned())]);
            let fields = form.iter().map(|(name, value)| (*name, value.as_str()));
            let body: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
            let mut headers = vec![
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", "null"),
            ];
            headers.extend(site.map(|site| ("sec-fetch-site", site)));
            let reply = student.send("POST", "/transfer", &headers, body).await;
            assert_eq!(reply.status, status, "{variant} {site:?}: {}", reply.body);
            if site.is_none() {
                assert!(reply.body.contains("Origin is null"), "{}", reply.body);
            }
        }
    }
}

#[tokio::test]
async fn a_method_field_replaces_the_method_only_where_methods_bend() {
    let bench = bench();
    for (variant, made) in [
        ("insecure", false),
        ("only-safe-methods", true),
        ("hardened", true),
    ] {
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let mut form = vec![("_method", "PUT".to_owned())];
        form.extend(student.token().await);
        form.extend([("to", "alice".to_owned()), ("amount", "10".to_owned())]);
        let reply = student.post_form("/transfer", &form).await;
        // Where it is obeyed the request is a PUT, and there is no such route.
        assert_eq!(reply.status, if made { 303 } else { 405 }, "{variant}");
        assert_eq!(
            student.balance().await,
            if made { 990 } else { 1_000 },
            "{variant}"
        );
    }
}

#[tokio::test]
async fn a_link_signs_out_only_where_a_get_may_change_something() {
    let bench = bench();
    for (variant, signs_out) in [("without-safe-methods", true), ("hardened", false)] {
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        let reply = student.get("/logout").await;
        assert_eq!(reply.status, if signs_out { 200 } else { 405 }, "{variant}");
        assert_eq!(student.whoami().await.is_none(), signs_out, "{variant}");
    }
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_once_unless_a_cookie_says_it() {
    let bench = bench();
    for (variant, still_admin) in [("insecure", true), ("hardened", false)] {
        let mut first = bench.visitor(variant);
        let mut second = bench.visitor(variant);
        first.sign_in_as("admin").await;
        second.sign_in_as("admin").await;
        let path = "/admin/users/admin/role";
        let reply = second.submit_json(path, &json!({"role": "student"})).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let status = first.get("/admin/sessions").await.status;
        assert_eq!(status, if still_admin { 200 } else { 403 }, "{variant}");
    }
}
