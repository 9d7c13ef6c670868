//! What a session costs: the verbs of the engine on memory and on files.
//!
//! The policy is hardened but for `password-storage`, because Argon2id is slow on purpose and would
//! hide everything else.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use session_lab::defences::hash_memory::HashMemory;
use session_lab::defences::policy::{Name, Variant};
use session_lab::session::world::World;
use session_lab::session::{Presented, Session, SessionSource};

use crate::stand::{Stand, timed};

const VARIANT: Variant = Variant::Without(Name::PasswordStorage);

/// Checks the password and signs in, as the portal does.
async fn sign_in(world: &World<'_>) -> Session {
    let account = world.account("student123").await.expect("an answer");
    let account = account.expect("a demo account");
    assert!(
        account
            .record
            .password
            .matches("password123", &mut HashMemory::default())
    );
    let source = SessionSource {
        client: "a benchmark",
        route: "POST /login",
        permanent: false,
    };
    let signed_in = world.sign_in(None, None, &account, source).await;
    signed_in.expect("a session")
}

pub fn verbs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    for stand in Stand::both() {
        let asked = stand.policy(VARIANT);
        let world = &stand.world(VARIANT, &asked);

        stand.measure(&mut group, "recognise", async |count| {
            let session = sign_in(world).await;
            let presented = &Presented {
                cookies: vec![session.id.expose()],
                url: None,
            };
            let work = async {
                for _ in 0..count {
                    black_box(world.recognise(presented).await.expect("an answer"));
                }
            };
            timed(work).await.0
        });

        stand.measure(&mut group, "sign in", async |count| {
            let mut spent = Duration::ZERO;
            for _ in 0..count {
                let (took, session) = timed(sign_in(world)).await;
                spent += took;
                world.sign_out(&session).await.expect("an answer");
            }
            spent
        });

        stand.measure(&mut group, "rotate", async |count| {
            let mut session = sign_in(world).await;
            let work = async {
                for _ in 0..count {
                    let rotated = world.rotate(&session, |_| {}).await.expect("an answer");
                    session = rotated.expect("nobody else rotates it");
                }
            };
            let spent = timed(work).await.0;
            world.sign_out(&session).await.expect("an answer");
            spent
        });

        stand.measure(&mut group, "sign out", async |count| {
            let mut spent = Duration::ZERO;
            for _ in 0..count {
                let session = sign_in(world).await;
                let (took, gone) = timed(world.sign_out(&session)).await;
                assert!(gone.expect("an answer"));
                spent += took;
            }
            spent
        });
    }
    group.finish();
}
