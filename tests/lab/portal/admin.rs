//! What only administrators may do.

use serde_json::json;

use crate::support::bench;

const BOTH: [&str; 2] = ["insecure", "hardened"];

#[tokio::test]
async fn only_an_administrator_lists_the_sessions() {
    for variant in BOTH {
        let bench = bench();
        let mut visitor = bench.visitor(variant);
        assert_eq!(
            visitor.get("/admin/sessions").await.status,
            401,
            "{variant}"
        );
        visitor.get("/login").await;
        let mut student = bench.visitor(variant);
        student.sign_in().await;
        assert_eq!(
            student.get("/admin/sessions").await.status,
            403,
            "{variant}"
        );

        let mut admin = bench.visitor(variant);
        admin.sign_in_as("admin").await;
        let listed = admin.get("/admin/sessions").await;
        assert_eq!(listed.status, 200);
        let listed = listed.json();
        assert_eq!(listed["active_sessions"], 2, "anonymous ones do not count");
        assert_eq!(listed["keys"].as_array().map(Vec::len), Some(2));
    }
}

#[tokio::test]
async fn ten_keys_are_listed_at_most() {
    let bench = bench();
    for _ in 0..11 {
        bench.visitor("insecure").sign_in().await;
    }
    let mut admin = bench.visitor("insecure");
    admin.sign_in_as("admin").await;
    let listed = admin.get("/admin/sessions").await.json();
    assert_eq!(listed["active_sessions"], 12);
    assert_eq!(listed["keys"].as_array().map(Vec::len), Some(10));
}

#[tokio::test]
async fn a_role_is_given_and_taken_by_an_administrator_only() {
    for variant in BOTH {
        let bench = bench();
        let path = "/admin/users/student123/role";
        let (up, down) = (json!({"role": "admin"}), json!({"role": "student"}));
        let mut student = bench.visitor(variant);
        assert_eq!(
            student.submit_json(path, &up).await.status,
            401,
            "{variant}"
        );
        student.sign_in().await;
        assert_eq!(
            student.submit_json(path, &up).await.status,
            403,
            "{variant}"
        );

        let mut admin = bench.visitor(variant);
        admin.sign_in_as("admin").await;
        let given = admin.submit_json(path, &up).await;
        assert_eq!(given.status, 200, "{}", given.body);
        assert_eq!(
            given.json(),
            json!({"username": "student123", "role": "admin"})
        );
        let mut promoted = bench.visitor(variant);
        promoted.sign_in().await;
        assert_eq!(
            promoted.get("/admin/sessions").await.status,
            200,
            "{variant}"
        );
        assert_eq!(admin.submit_json(path, &down).await.status, 200);
        let mut demoted = bench.visitor(variant);
        demoted.sign_in().await;
        assert_eq!(
            demoted.get("/admin/sessions").await.status,
            403,
            "{variant}"
        );
    }
}

#[tokio::test]
async fn unknown_users_and_roles_are_told_apart() {
    for variant in BOTH {
        let mut admin = bench().visitor(variant);
        admin.sign_in_as("admin").await;
        let nobody = admin
            .submit_json("/admin/users/nobody/role", &json!({"role": "admin"}))
            .await;
        assert_eq!(nobody.status, 404);
        assert_eq!(nobody.json()["title"], "Unknown account");
        for wrong in [
            json!({"role": "root"}),
            json!({}),
            json!([1]),
            json!({"role": 1}),
        ] {
            let reply = admin.submit_json("/admin/users/alice/role", &wrong).await;
            assert_eq!(reply.status, 422, "{wrong}");
        }
    }
}
