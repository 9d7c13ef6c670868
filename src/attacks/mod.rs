//! The attacks: one file each. Each is a program that tries one exploit and says whether it
//! succeeded, with its evidence.
//!
//! An attack declares what stops it as minimal sets of strong arms ([`Card::stopped_by`]). It never
//! declares what a variant does to it: [`matrix`] computes that and runs every cell to see whether
//! it is true.
//!
//! # How to read an attack
//!
//! Each file begins with the same words, so that attacks can be compared:
//!
//! - *Start*: what the attacker has before the first request. The less it is, the worse the attack.
//! - *Why it works*: which belief of the server or the browser is wrong.
//! - *Proof*: what the program must see before it says "succeeded". Mostly it is a name or an
//!   amount that only the portal can have written.
//! - *Stopped by*, and *not stopped by*: the defences that help, and those that look as if they
//!   did. In practice the second list saves more time.
//! - *Refused for this program*: another way to attack that would have been possible, and why it
//!   would show less or would show something else.
//! - *Source*: the standard or the weakness by its id.
//!
//! Inside, the story is in the order of time. A comment above a request says what the attacker
//! gains by it and why the server allows it.
//!
//! # Attacks act through addresses only
//!
//! Every request goes over a socket: by [`crate::client`], as from curl, or by [`crate::browser`].
//! No attack holds a bench, a store or one of the portal's keys, so what it can do, anyone can do.
//! What this folder does import from `session` and `jwt` cannot act on the portal:
//!
//! - `forged_signed_cookie.rs`, `jwt/forge.rs` and the tests of `forged_key_sets.rs` import the
//!   *formats* of cookies and tokens, as flask-unsign and jwt_tool have them built in. The keys are
//!   the attacker's own.
//! - `matrix.rs` imports the prefix in the name of a bench that is thrown away after the attack.
//!
//! The test `attacks::imports` holds this folder to that list.
//!
//! # Other applications
//!
//! [`audit`] asks of an application that somebody built themselves what the attacks know. It has their
//! payloads and forged tokens, and the matrix decides what its answers mean.
//!
//! # Where to start reading
//!
//! `fixation.rs` has no helper and shows the shape of all: a card, then a story of a few requests.
//! `scenario.rs` is what the story is told with. To add an attack, write its file, declare it, and
//! add one line to [`ALL`]; CONTRIBUTING.md has the steps.

#![warn(missing_docs)]

pub mod attack;
pub mod audit;
pub mod beats;
pub mod browser_actor;
pub mod cell;
pub mod costs;
pub mod demo_accounts;
pub mod hands_on;
pub mod http_actor;
pub mod loot;
pub mod matrix;
pub mod payloads;
pub mod record;
pub mod scenario;
pub mod transcript;
pub mod waiting;
pub mod word_list;

mod back_button;
mod clickjacking;
mod cookie_overflow;
mod cookie_tossing;
mod cors_read;
mod csrf_form;
mod csrf_from_sibling;
mod csrf_link;
mod draft_after_sign_out;
mod fixation;
pub mod forged_key_sets;
mod forged_request;
mod forged_signed_cookie;
mod id_in_referer;
mod id_prediction;
mod jwt;
mod login_csrf;
mod login_enumeration;
mod long_lived_cookie;
mod method_override;
mod old_session_after_password_change;
mod password_guessing;
mod plain_http_downgrade;
mod planted_id;
mod replay_after_absolute_limit;
mod replay_after_idle_limit;
mod replay_after_sign_out;
mod role_cookie_tampering;
mod secure_cookie_over_http;
mod stolen_password_table;
mod stolen_store;
mod text_plain_json;
mod xss_rides_session;
mod xss_steals_cookie;

pub use attack::{Attack, Card, Engine, Outcome};

/// Every attack, in the order of the course.
pub const ALL: &[&dyn Attack] = &[
    &stolen_store::StolenStore,
    &stolen_password_table::StolenPasswordTable,
    &plain_http_downgrade::PlainHttpDowngrade,
    &secure_cookie_over_http::SecureCookieOverHttp,
    &long_lived_cookie::LongLivedCookie,
    &xss_steals_cookie::XssStealsCookie,
    &xss_rides_session::XssRidesSession,
    &cookie_overflow::CookieOverflow,
    &csrf_form::CsrfForm,
    &csrf_link::CsrfLink,
    &login_csrf::LoginCsrf,
    &csrf_from_sibling::CsrfFromSibling,
    &cors_read::CorsRead,
    &method_override::MethodOverride,
    &text_plain_json::TextPlainJson,
    &clickjacking::Clickjacking,
    &fixation::Fixation,
    &planted_id::PlantedId,
    &cookie_tossing::CookieTossing,
    &id_in_referer::IdInReferer,
    &id_prediction::IdPrediction,
    &replay_after_idle_limit::ReplayAfterIdleLimit,
    &replay_after_absolute_limit::ReplayAfterAbsoluteLimit,
    &replay_after_sign_out::ReplayAfterSignOut,
    &back_button::BackButton,
    &draft_after_sign_out::DraftAfterSignOut,
    &old_session_after_password_change::OldSessionAfterPasswordChange,
    &role_cookie_tampering::RoleCookieTampering,
    &forged_signed_cookie::ForgedSignedCookie,
    &password_guessing::PasswordGuessing,
    &login_enumeration::LoginEnumeration,
    &jwt::edited_payload::EditedPayload,
    &jwt::none_algorithm::NoneAlgorithm,
    &jwt::empty_signature::EmptySignature,
    &jwt::key_confusion::KeyConfusion,
    &jwt::dictionary_key::DictionaryKey,
    &jwt::blank_key::BlankKey,
    &jwt::kid_to_empty_file::KidToEmptyFile,
    &jwt::inline_jwk::InlineJwk,
    &jwt::spoofed_jku::SpoofedJku,
    &jwt::retired_key::RetiredKey,
    &jwt::expired_token::ExpiredToken,
    &jwt::not_yet_valid::NotYetValid,
    &jwt::other_issuer::OtherIssuer,
    &jwt::other_audience::OtherAudience,
    &jwt::refresh_as_access::RefreshAsAccess,
    &jwt::unknown_crit::UnknownCrit,
    &jwt::token_in_referer::TokenInReferer,
    &jwt::xss_reads_local_storage::XssReadsLocalStorage,
    &jwt::replay_after_logout::ReplayAfterLogout,
    &jwt::replay_after_new_password::ReplayAfterNewPassword,
    &jwt::refresh_replay::RefreshReplay,
    &jwt::stale_role::StaleRole,
];

/// The attack of that name.
pub fn find(name: &str) -> Option<&'static dyn Attack> {
    ALL.iter()
        .copied()
        .find(|attack| attack.card().name == name)
}
