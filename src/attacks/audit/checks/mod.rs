//! The checks, one file each, in the order in which they run: what reads first, what guesses last.

mod absolute_timeout;
mod adoption;
mod back_after_sign_out;
mod carrier;
mod client_state;
mod cookie_token;
mod cors;
mod csp;
mod csrf_token;
mod domain_scope;
mod duplicate_cookies;
mod foreign_form;
mod framing;
mod host_prefix;
mod hsts;
mod http_only;
mod id_source;
mod idle_timeout;
mod json_only;
mod jwt_algorithm;
mod jwt_audience;
mod jwt_claims;
mod jwt_crit;
mod jwt_issuer;
mod jwt_key;
mod jwt_key_source;
mod jwt_kid;
mod jwt_lifetime;
mod jwt_none;
mod jwt_not_before;
mod jwt_revocation;
mod jwt_signature;
mod jwt_transport;
mod jwt_type;
mod left_in_browser;
mod login_csrf;
mod login_errors;
mod no_store;
mod old_sessions;
mod open_redirect;
mod output;
mod persistence;
mod referrer;
mod refresh_rotation;
mod request_origin;
mod role_change;
mod role_source;
mod rotation;
mod safe_methods;
mod same_site;
mod secure;
mod sign_out;
mod sign_out_by_link;
mod sign_out_others;
mod signing_key;
mod taken_role;
mod throttle;
mod token_storage;
mod transport;

use super::check::Check;

/// Every check.
pub const ALL: &[&dyn Check] = &[
    &http_only::HttpOnlyCheck,
    &secure::SecureCheck,
    &same_site::SameSiteCheck,
    &host_prefix::HostPrefixCheck,
    &domain_scope::DomainScopeCheck,
    &persistence::PersistenceCheck,
    &id_source::IdSourceCheck,
    &adoption::AdoptionCheck,
    &rotation::RotationCheck,
    &role_change::RoleChangeCheck,
    &taken_role::TakenRoleCheck,
    &carrier::CarrierCheck,
    &duplicate_cookies::DuplicateCookiesCheck,
    &sign_out::SignOutCheck,
    &sign_out_others::SignOutOthersCheck,
    &old_sessions::OldSessionsCheck,
    &idle_timeout::IdleTimeoutCheck,
    &absolute_timeout::AbsoluteTimeoutCheck,
    &no_store::NoStoreCheck,
    &back_after_sign_out::BackAfterSignOutCheck,
    &left_in_browser::LeftInBrowserCheck,
    &csp::CspCheck,
    &framing::FramingCheck,
    &referrer::ReferrerCheck,
    &transport::TransportCheck,
    &hsts::HstsCheck,
    &csrf_token::CsrfTokenCheck,
    &request_origin::RequestOriginCheck,
    &foreign_form::ForeignFormCheck,
    &safe_methods::SafeMethodsCheck,
    &sign_out_by_link::SignOutByLinkCheck,
    &json_only::JsonOnlyCheck,
    &cors::CorsCheck,
    &login_csrf::LoginCsrfCheck,
    &open_redirect::OpenRedirectCheck,
    &output::OutputCheck,
    &role_source::RoleSourceCheck,
    &client_state::ClientStateCheck,
    &signing_key::SigningKeyCheck,
    &cookie_token::CookieTokenCheck,
    &jwt_signature::JwtSignatureCheck,
    &jwt_none::JwtNoneCheck,
    &jwt_algorithm::JwtAlgorithmCheck,
    &jwt_key::JwtKeyCheck,
    &jwt_key_source::JwtKeySourceCheck,
    &jwt_kid::JwtKidCheck,
    &jwt_not_before::JwtNotBeforeCheck,
    &jwt_issuer::JwtIssuerCheck,
    &jwt_audience::JwtAudienceCheck,
    &jwt_type::JwtTypeCheck,
    &jwt_crit::JwtCritCheck,
    &jwt_transport::JwtTransportCheck,
    &jwt_claims::JwtClaimsCheck,
    &jwt_lifetime::JwtLifetimeCheck,
    &jwt_revocation::JwtRevocationCheck,
    &refresh_rotation::RefreshRotationCheck,
    &token_storage::TokenStorageCheck,
    &login_errors::LoginErrorsCheck,
    &throttle::ThrottleCheck,
];
