//! The attacks: one file each, a program that tries one exploit by the front door and says whether
//! it succeeded, with its evidence.
//!
//! An attack declares what stops it as minimal sets of strong arms ([`Card::stopped_by`]), and never
//! what a variant does to it: [`matrix`] computes that and runs every cell to see whether it is
//! true. Read `fixation.rs` first. To add an attack, write its file, declare it, and add one
//! line to [`ALL`]; CONTRIBUTING.md goes through it step by step.

pub mod browser_actor;
pub mod costs;
pub mod http_actor;
pub mod matrix;
pub mod payloads;
pub mod places;
pub mod record;
pub mod scenario;
pub mod words;

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
mod spoils;
mod stolen_password_table;
mod stolen_store;
mod text_plain_json;
mod xss_rides_session;
mod xss_steals_cookie;

use async_trait::async_trait;

use crate::defences::policy::{Name, Policy};
use scenario::{Scenario, ScenarioError};

/// What decides an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The server alone: the lab's own client sends everything.
    Http,
    /// A browser's rule: it needs a real browser.
    Browser,
}

/// What is known of an attack before it runs.
#[derive(Debug)]
pub struct Card {
    /// Its name in addresses and on the command line.
    pub name: &'static str,
    /// The attack in a few words.
    pub title: &'static str,
    /// What decides it.
    pub engine: Engine,
    /// The victim's state before it.
    pub victim: &'static str,
    /// How the attacker plants or obtains what he needs.
    pub means: &'static str,
    /// What counts as success.
    pub evidence: &'static str,
    /// Minimal sets of strong arms; each set alone stops it.
    pub stopped_by: &'static [&'static [Name]],
    /// What stopped it, in a sentence.
    pub when_stopped: &'static str,
    /// The rows of the catalogue that it shows.
    pub shows: &'static [&'static str],
    /// The requirements it breaks.
    pub standards: &'static [&'static str],
}

impl Card {
    /// Whether the attack succeeds under a policy, by the rule: exactly when no set of arms that
    /// stops it is wholly strong.
    pub fn succeeds_under(&self, policy: &Policy) -> bool {
        !self
            .stopped_by
            .iter()
            .any(|set| set.iter().all(|name| policy.is_strong(*name)))
    }
}

/// How an attack ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The attacker has what he wanted; this is the evidence.
    Succeeded(String),
    /// He has not; this is what he got instead.
    Stopped(String),
}

impl Outcome {
    /// How an attack on the victim's credit ended.
    pub fn of_credit(before: u64, after: u64, when_stopped: &str) -> Self {
        if after < before {
            Outcome::Succeeded(format!(
                "The victim's credit fell from {before} to {after}."
            ))
        } else {
            Outcome::Stopped(when_stopped.to_owned())
        }
    }

    /// Whether the attacker has what he wanted.
    pub const fn succeeded(&self) -> bool {
        matches!(self, Outcome::Succeeded(_))
    }

    /// The evidence, or what came instead.
    pub fn message(&self) -> &str {
        match self {
            Outcome::Succeeded(text) | Outcome::Stopped(text) => text,
        }
    }
}

/// A program that tries one exploit.
///
/// It must come in by the front door only, must end by itself, and must send a header only where
/// its card says which browser or tool would send it.
#[async_trait]
pub trait Attack: Send + Sync {
    /// What is known before it runs.
    fn card(&self) -> &'static Card;

    /// Tries it on a fresh bench.
    ///
    /// # Errors
    /// The portal does not answer, or something that is no part of the attack went wrong.
    async fn run(&self, scenario: &Scenario) -> Result<Outcome, ScenarioError>;
}

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
