//! The attacks on the API for tokens, one file each. What actors do with tokens is in `bearer.rs`,
//! what a forger writes is in `forge.rs`. Read `edited_payload.rs` first: every forgery begins like
//! it.
//!
//! A token has three parts: a header, which says how it is signed; a payload, which says who its
//! user is; and a signature. The sender controls all three. The course takes the attacks in the
//! order of the questions that a verifier must ask: is the token signed at all, with which
//! algorithm, with whose key, what for, and is it still valid? `src/jwt/verify.rs` asks them.
//!
//! A forgery declares `jwt-signature` beside its own defence where a verifier that checks no
//! signature would accept the token anyway. The tests run it once more with the signature check on
//! and only its own defence weak, and show that the same token with another signature is refused.
//! Otherwise a verifier that checks nothing would seem to have every flaw at once.
//!
//! The forgeries share one way of proof: the profile answers "logged in as", with the name of a
//! user whose password the attacker does not know.

mod bearer;
pub(super) mod forge;

pub(super) mod blank_key;
pub(super) mod dictionary_key;
pub(super) mod edited_payload;
pub(super) mod empty_signature;
pub(super) mod expired_token;
pub(super) mod inline_jwk;
pub(super) mod key_confusion;
pub(super) mod kid_to_empty_file;
pub(super) mod none_algorithm;
pub(super) mod not_yet_valid;
pub(super) mod other_audience;
pub(super) mod other_issuer;
pub(super) mod refresh_as_access;
pub(super) mod refresh_replay;
pub(super) mod replay_after_logout;
pub(super) mod replay_after_new_password;
pub(super) mod retired_key;
pub(super) mod spoofed_jku;
pub(super) mod stale_role;
pub(super) mod token_in_referer;
pub(super) mod unknown_crit;
pub(super) mod xss_reads_local_storage;
