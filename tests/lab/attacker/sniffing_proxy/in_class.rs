//! The café of a class: who is shown what, and what the others are told.

use std::net::{IpAddr, Ipv4Addr};

use session_lab::app::settings::Reach;

use super::*;
use crate::app::class_lab::{ATTACKER, JoinedInProcess, PUBLIC};

impl Cafe {
    /// A café that listens for a class, at an address of this computer that only it listens on.
    async fn open_for_class() -> Self {
        let settings = Settings {
            reach: Reach::Class {
                bind: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
                public_name: PUBLIC.into(),
                attacker_name: Some(ATTACKER.into()),
            },
            ..Settings::throw_away()
        };
        let lab = app::start(&settings).await.expect("the lab starts");
        let port = lab.addresses.cafe_port().expect("the café is open");
        Self { lab, port }
    }

    /// The sign-in of a student of this bench, through the café.
    async fn sign_in_as(&self, bench: &JoinedInProcess, scheme: Scheme) -> HttpExchange {
        let target = format!("{}/insecure/login", bench.name.prefix());
        let request = Request {
            host: PUBLIC,
            method: "POST",
            target: &target,
            headers: &[FORM],
            body: CREDENTIALS,
        };
        self.guest(scheme, request).await
    }

    /// What the café's page of a bench polls, as its owner asks for it.
    async fn shown_to(&self, bench: &JoinedInProcess) -> serde_json::Value {
        let answer = bench.get(&self.lab, "/cafe/live").await;
        serde_json::from_str(&answer.body).expect("JSON")
    }
}

#[tokio::test]
async fn a_bench_is_shown_its_own_conversations_and_told_how_many_others_there_are() {
    let cafe = Cafe::open_for_class().await;
    let [first, second, third] = [
        JoinedInProcess::join(&cafe.lab).await,
        JoinedInProcess::join(&cafe.lab).await,
        JoinedInProcess::join(&cafe.lab).await,
    ];
    let open = cafe.sign_in_as(&first, Scheme::Http).await;
    let sealed = cafe.sign_in_as(&second, Scheme::Https).await;
    assert_eq!((open.status, sealed.status), (303, 303));
    let [one, two, three] = [
        cafe.shown_to(&first).await,
        cafe.shown_to(&second).await,
        cafe.shown_to(&third).await,
    ];
    let schemes = |shown: &serde_json::Value| -> Vec<String> {
        let all = shown["connections"].as_array().expect("a list");
        all.iter()
            .map(|one| one["scheme"].as_str().expect("text").to_owned())
            .collect()
    };
    assert_eq!(schemes(&one), ["http"], "{one}");
    assert!(one.to_string().contains("password123"), "{one}");
    assert_eq!(schemes(&two), ["https"], "{two}");
    for neighbour in [&two, &three] {
        assert!(
            !neighbour.to_string().contains("password123"),
            "{neighbour}"
        );
        assert!(
            !neighbour.to_string().contains(first.name.as_str()),
            "{neighbour}"
        );
    }
    assert_eq!(schemes(&three), [""; 0], "{three}");
    let others = |shown: &serde_json::Value| {
        let count = |kind: &str| shown["others"][kind].as_u64().expect("a number");
        (count("unencrypted"), count("tls"))
    };
    assert_eq!((others(&one), others(&two)), ((0, 1), (1, 0)));
    assert_eq!(others(&three), (1, 1));
}

#[tokio::test]
async fn one_bench_forgets_nothing_of_another() {
    let cafe = Cafe::open_for_class().await;
    let first = JoinedInProcess::join(&cafe.lab).await;
    let second = JoinedInProcess::join(&cafe.lab).await;
    cafe.sign_in_as(&first, Scheme::Http).await;
    for (bench, kept) in [(&second, 1), (&first, 0)] {
        let answer = bench.post(&cafe.lab, "/cafe/forget", "").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let one = cafe.shown_to(&first).await;
        let shown = one["connections"].as_array().expect("a list").len();
        assert_eq!(shown, kept, "after {}", bench.name);
    }
}

#[tokio::test]
async fn on_the_cafes_own_name_browsers_are_told_to_use_tls_and_on_the_portals_not() {
    let cafe = Cafe::open_for_class().await;
    let bench = JoinedInProcess::join(&cafe.lab).await;
    let target = format!("{}/hardened/login", bench.name.prefix());
    let own_name = format!("cafe.{PUBLIC}");
    for (host, is_told) in [(own_name.as_str(), true), (PUBLIC, false)] {
        let request = Request {
            host,
            ..Request::get(&target)
        };
        let answer = cafe.guest(Scheme::Https, request).await;
        assert_eq!(answer.status, 200, "{host}: {}", answer.body);
        let told = answer.header("strict-transport-security").next().is_some();
        assert_eq!(told, is_told, "{host}");
    }
}
