//! What the answers tell the browser, and what is in the page.

use session_lab::base::addresses::Listener;

use super::{On, Shows};
use crate::support::{Client, Reply, lab};

/// Defence `clear-site-data`.
pub async fn the_browser_keeps_what_it_has_at_the_sign_out(on: On<'_>) -> Shows {
    let header = |reply: Reply| reply.header("clear-site-data").map(str::to_owned);
    let mut student = on.student().await;
    let sent = header(student.submit("/logout", &[]).await);
    let strong = sent.is_some();
    assert!(
        !strong || sent.as_deref() == Some("\"cache\", \"storage\""),
        "{sent:?}"
    );

    let mut there = on.visitor().at_host("portal.localhost");
    there.sign_in().await;
    let sent = header(there.submit("/logout", &[]).await);
    let all = strong.then_some("\"cache\", \"cookies\", \"storage\"");
    assert_eq!(
        sent.as_deref(),
        all,
        "cookies are cleared on portal.localhost only"
    );
    Shows::of(!strong)
}

/// Defence `no-store`.
pub async fn the_dashboard_may_be_kept_by_a_cache(on: On<'_>) -> Shows {
    let page = on.student().await.get("/dashboard").await;
    assert_eq!(page.status, 200);
    Shows::of(page.header("cache-control") != Some("no-store"))
}

/// Defence `output`.
pub async fn markup_in_a_notice_becomes_part_of_the_page(on: On<'_>) -> Shows {
    let notice = "<script>alert('hi')</script>";
    let mut student = on.student().await;
    assert_eq!(
        student.submit("/board", &[("text", notice)]).await.status,
        303
    );
    let page = on.signed_in("alice").await.get("/board").await.body;
    let raw = page.contains(notice);
    let escaped = "&lt;script&gt;alert(&#39;hi&#39;)&lt;/script&gt;";
    assert_eq!(page.contains(escaped), !raw, "{page}");
    Shows::of(raw)
}

/// Defence `csp`.
pub async fn any_script_in_the_page_may_run(on: On<'_>) -> Shows {
    let mut student = on.student().await;
    let (one, two) = (
        student.get("/dashboard").await,
        student.get("/dashboard").await,
    );
    let nonce = |page: &Reply| {
        let policies = page.headers("content-security-policy");
        let policy = policies
            .iter()
            .find(|policy| policy.contains("script-src"))?;
        assert!(policy.contains("object-src 'none'"), "{policy}");
        assert!(
            policy.contains("base-uri 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let nonce = policy
            .split("script-src 'nonce-")
            .nth(1)?
            .split('\'')
            .next()?;
        let script = format!("<script src=\"/static/js/countdown.js\" defer nonce=\"{nonce}\">");
        assert!(
            page.body.contains(&script),
            "the page's own script carries the nonce"
        );
        Some(nonce.to_owned())
    };
    match (nonce(&one), nonce(&two)) {
        (None, None) => Shows::Weak,
        (Some(one), Some(two)) => {
            assert!(
                one.len() >= 22 && one != two,
                "a new nonce for every answer"
            );
            Shows::Strong
        }
        other => panic!("{other:?}"),
    }
}

/// Defence `framing`.
pub async fn any_page_may_frame_the_portal(on: On<'_>) -> Shows {
    let page = on.student().await.get("/dashboard").await;
    let policies = page.headers("content-security-policy");
    Shows::of(
        !policies.contains(&"frame-ancestors 'none'") && page.header("x-frame-options").is_none(),
    )
}

/// Defence `cors`.
pub async fn another_origin_may_read_the_api(on: On<'_>) -> Shows {
    let sibling = "https://notes.portal.localhost:7667";
    let mut student = on.student().await.with_header("origin", sibling);
    let answer = student.get("/api/check_session").await;
    assert_eq!(answer.status, 200, "the request itself is answered");
    let named = answer.header("access-control-allow-origin");
    let with_cookie = answer.header("access-control-allow-credentials");
    match (named, with_cookie, answer.header("vary")) {
        (Some(origin), Some("true"), Some("Origin")) if origin == sibling => Shows::Weak,
        (None, None, None) => Shows::Strong,
        other => panic!("{other:?}"),
    }
}

/// Defence `referrer`.
pub async fn the_address_goes_to_every_site(on: On<'_>) -> Shows {
    match on
        .student()
        .await
        .get("/dashboard")
        .await
        .header("referrer-policy")
    {
        Some("unsafe-url") => Shows::Weak,
        Some("same-origin") => Shows::Strong,
        other => panic!("{other:?}"),
    }
}

/// Defence `transport`.
pub async fn the_portal_answers_in_clear(on: On<'_>) -> Shows {
    let mut visitor = on.bench.visitor_in_clear(&on.variant);
    let page = visitor.get("/login?expired=1").await;
    let shows = Shows::by_status(page.status, 200, 303);
    let api = visitor.get("/api/check_session").await;
    let hsts = |mut client: Client| async move {
        let page = client.get("/login").await;
        page.header("strict-transport-security").map(str::to_owned)
    };
    assert_eq!(hsts(on.visitor()).await, None, "never on localhost");
    let on_lab_test = hsts(on.visitor().at_host("lab.test")).await;
    match shows {
        Shows::Weak => {
            assert_eq!(api.status, 401);
            assert_eq!(on_lab_test, None);
        }
        Shows::Strong => {
            let https = lab().addresses.origin(Listener::PortalHttps);
            let path = format!("/b/{}/{}/login?expired=1", on.bench.name, on.variant);
            assert_eq!(
                page.header("location"),
                Some(format!("{https}{path}").as_str())
            );
            assert!(
                page.set_cookies().is_empty(),
                "no cookie is sent unencrypted"
            );
            assert_eq!(api.status, 403);
            assert_eq!(api.json()["defence"], "transport");
            let year = "max-age=31536000; includeSubDomains";
            assert_eq!(on_lab_test.as_deref(), Some(year));
        }
    }
    shows
}
