//! The diagram of a request's way: which arms it lights, and where it says that it was refused.

use super::{exchange, rows};
use crate::support::bench;

/// The class of a defence's box on the diagram, and its second line.
fn on_diagram(page: &str, defence: &str) -> Option<(String, String)> {
    let wide = page.split("<svg class=\"flow wide\"").nth(1)?;
    let wide = wide.split("<svg class=\"flow narrow\"").next()?;
    let link = wide.split("<a class=\"").skip(1).find(|link| {
        let href = link.split("href=\"").nth(1).unwrap_or_default();
        href.split('"')
            .next()
            .unwrap_or_default()
            .ends_with(&format!("/defences/{defence}"))
    })?;
    let class = link.split('"').next()?;
    let arm = link.split("<text class=\"arm\"").nth(1)?;
    let arm = arm.split('>').nth(1)?.split('<').next()?;
    Some((class.to_owned(), arm.to_owned()))
}

#[tokio::test]
async fn the_diagram_lights_the_arm_that_the_variant_took() {
    for (variant, rotation, http_only) in [
        ("insecure", "weak: never", "weak: absent"),
        ("hardened", "strong: on-privilege-change", "strong: present"),
        (
            "only-rotation",
            "strong: on-privilege-change",
            "weak: absent",
        ),
        ("without-rotation", "weak: never", "strong: present"),
    ] {
        let bench = bench();
        bench.visitor(variant).sign_in().await;
        let page = exchange(&bench, "POST").await.body;
        for (defence, line) in [("rotation", rotation), ("http-only", http_only)] {
            let (class, arm) = on_diagram(&page, defence).expect(defence);
            assert_eq!(arm, line, "{variant}: {defence}");
            assert_eq!(class, line.split(':').next().unwrap_or_default());
        }
        assert_eq!(
            on_diagram(&page, "cors"),
            None,
            "{variant}: it was not asked"
        );
        assert_eq!(on_diagram(&page, "jwt-none"), None, "{variant}");
        assert!(page.contains("<summary>The same in words</summary>"));
        assert!(page.contains("Not asked: "), "{page}");
    }
}

#[tokio::test]
async fn a_refused_request_marks_the_defence_that_refused_it() {
    let bench = bench();
    let mut student = bench.visitor("hardened");
    student.sign_in().await;
    let form = [("to", "mallory".to_owned()), ("amount", "1".into())];
    for (origin, defence) in [
        (student.origin(), "csrf-token"),
        ("http://127.0.0.1:7666".into(), "request-origin"),
    ] {
        let reply = student.post_form_from(&origin, "/transfer", &form).await;
        assert_eq!(reply.status, 403);
        let newest = rows(&bench, "").await.remove(0);
        assert!(
            newest.contains(&format!("refused by {defence}<")),
            "{newest}"
        );
        let page = exchange(&bench, "/transfer").await.body;
        let lit = on_diagram(&page, defence).expect(defence);
        assert_eq!(
            lit,
            ("strong refused".into(), "strong, refused here".into())
        );
        assert!(page.contains("It refused the request here."), "{page}");
        assert!(
            page.contains("The request did not reach this stage."),
            "{page}"
        );
        let other = if defence == "csrf-token" {
            "request-origin"
        } else {
            "csrf-token"
        };
        let other = on_diagram(&page, other).map(|(class, _)| class);
        assert!(
            other.is_none_or(|class| class == "strong"),
            "one alone refused"
        );
    }
    // The token's checks refuse, too, and the door of the TLS side sends away.
    let bearer = [("authorization", "Bearer a.b.c")];
    student
        .send("GET", "/jwt/profile", &bearer, String::new())
        .await;
    bench.visitor_in_clear("hardened").get("/login").await;
    let rows = rows(&bench, "").await;
    assert!(rows[0].contains("refused by transport<"), "{}", rows[0]);
    // The same request is let through where the defence is weak.
    let mut weak = bench.visitor("insecure");
    weak.sign_in().await;
    weak.post_form_from("http://127.0.0.1:7666", "/transfer", &form)
        .await;
    let page = exchange(&bench, "/insecure/transfer").await.body;
    let (class, arm) = on_diagram(&page, "request-origin").expect("asked");
    assert_eq!((class.as_str(), arm.as_str()), ("weak", "weak: unchecked"));
}

#[tokio::test]
async fn too_many_sign_ins_are_marked_as_refused_by_the_throttle() {
    let bench = bench();
    let mut guesser = bench.visitor("hardened");
    let mut last = 0;
    for _ in 0..20 {
        last = guesser.try_to_sign_in("student123", "wrong").await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    let page = exchange(&bench, "POST").await.body;
    let (class, _) = on_diagram(&page, "throttle").expect("asked");
    assert_eq!(class, "strong refused");
}

#[tokio::test]
async fn the_arms_stay_as_they_were_when_the_own_mix_changes() {
    let bench = bench();
    bench
        .choose("insecure", &[("rotation", "on-privilege-change")])
        .await;
    bench.visitor("custom").sign_in().await;
    bench.choose("insecure", &[]).await;
    let page = exchange(&bench, "POST").await.body;
    let (_, arm) = on_diagram(&page, "rotation").expect("asked");
    assert_eq!(arm, "strong: on-privilege-change");
}
