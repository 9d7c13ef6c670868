//! The session engine where requests meet: its verbs driven directly, on every storage.
//!
//! `desk` is the harness: a world, and a scheduler that takes a seed and lets several requests go
//! on by turns, so that each failure can be had again. `races` are sessions, `crowds` many requests
//! on one record, `ceilings` what is counted, `taken_numbers` ids that are numbers, `future` a clock
//! that was ahead, `failing` a store that stops answering, `unwritable` the same through HTTP.

mod ceilings;
mod crowds;
mod desk;
mod failing;
mod future;
mod password;
mod races;
mod taken_numbers;
mod turns;
mod unwritable;

/// Makes a test of each function, once a storage.
macro_rules! on_every_storage {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::session::desk::Bed::memory()).await;
            })+
        }
        mod file {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::session::desk::Bed::file()).await;
            })+
        }
        mod redis {
            $(#[tokio::test]
            #[ignore = "needs Redis"]
            async fn $test() {
                super::$test(crate::session::desk::Bed::redis().await).await;
            })+
        }
    };
}
use on_every_storage;
