//! Every defence, seen from outside.
//!
//! A *demonstration* tries on one variant what a defence decides, and says which arm shows. It is run where
//! everything is weak, where everything is strong, and where this one defence differs from the
//! rest: so it shows that this switch decides, and no other. Demonstrations are in files by topic; the
//! list at the end of this file makes a test of each, and must name every defence.

mod cookie;
mod custom_only;
mod forgery;
mod headers;
mod identity;
mod ids;
mod lifetime;
mod more_moments;
mod signing_in;
mod token_keys;
mod tokens;

use session_lab::defences::policy::Name;

use crate::support::{Client, TestBench, bench};

/// Which arm of a defence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Weak,
    Strong,
}

impl Shows {
    /// Weak where `attack_works`, strong where it does not.
    fn of(attack_works: bool) -> Self {
        if attack_works {
            Self::Weak
        } else {
            Self::Strong
        }
    }

    /// Weak or strong by a status; any other status is neither.
    fn by_status(found: u16, weak: u16, strong: u16) -> Self {
        match found {
            _ if found == weak => Self::Weak,
            _ if found == strong => Self::Strong,
            _ => panic!("{found} is neither {weak} nor {strong}"),
        }
    }
}

/// A variant of one bench, as a demonstration visits it.
struct On<'b> {
    bench: &'b TestBench,
    variant: String,
}

impl On<'_> {
    /// Somebody with an empty jar, over TLS.
    fn visitor(&self) -> Client {
        self.bench.visitor(&self.variant)
    }

    /// Somebody who is signed in as the demo student.
    async fn student(&self) -> Client {
        self.signed_in("student123").await
    }

    async fn signed_in(&self, user: &str) -> Client {
        let mut visitor = self.visitor();
        visitor.sign_in_as(user).await;
        visitor
    }

    /// The name of a cookie of this variant that has no prefix.
    fn cookie_name(&self, what: &str) -> String {
        let variant: session_lab::defences::policy::Variant =
            self.variant.parse().expect("a variant");
        format!("{what}_{}_{}", variant.slot(), self.bench.name)
    }
}

async fn check(name: Name, demonstration: impl AsyncFn(On<'_>) -> Shows) {
    let bench = bench();
    let slug = name.slug();
    // Without `client-state` there is no cookie that the key could sign, and none is believed.
    let without = match name {
        Name::SigningKey => Shows::Strong,
        _ => Shows::Weak,
    };
    for (variant, expected) in [
        ("insecure".to_owned(), Shows::Weak),
        (format!("without-{slug}"), without),
        (format!("only-{slug}"), Shows::Strong),
        ("hardened".to_owned(), Shows::Strong),
    ] {
        let on = On {
            bench: &bench,
            variant: variant.clone(),
        };
        assert_eq!(demonstration(on).await, expected, "{slug} on {variant}");
    }
}

/// Makes a test of each demonstration, and the list of the defences that have one.
macro_rules! demonstrations {
    ($($defence:ident => $group:ident::$shown:ident),+ $(,)?) => {
        const DEMONSTRATED: &[Name] = &[$(Name::$defence),+];

        mod each {
            use super::*;
            $(#[tokio::test]
            async fn $shown() {
                check(Name::$defence, super::$group::$shown).await;
            })+
        }
    };
}

#[test]
fn every_defence_of_the_list_is_shown_from_outside() {
    assert_eq!(DEMONSTRATED, Name::ALL);
}

demonstrations! {
    IdSource => ids::the_next_id_can_be_counted_up,
    Adoption => ids::an_invented_id_becomes_a_session,
    Rotation => ids::a_planted_id_is_signed_in_with_its_victim,
    Carrier => ids::an_id_in_the_address_opens_a_session,
    DuplicateCookies => ids::of_two_session_cookies_the_first_counts,
    AtRest => ids::a_key_of_the_store_opens_a_session,
    HttpOnly => cookie::the_cookie_is_open_to_scripts,
    Secure => cookie::the_cookie_may_go_in_clear,
    SameSite => cookie::the_cookie_says_nothing_of_other_sites,
    HostPrefix => cookie::the_cookie_has_a_name_that_a_sibling_can_set,
    Persistence => cookie::the_cookie_outlives_the_browser,
    IdleTimeout => lifetime::a_session_that_lay_unused_is_still_open,
    AbsoluteTimeout => lifetime::a_session_that_is_kept_busy_lasts_for_ever,
    SignOut => lifetime::the_old_cookie_opens_the_session_after_the_sign_out,
    ClearSiteData => headers::the_browser_keeps_what_it_has_at_the_sign_out,
    NoStore => headers::the_dashboard_may_be_kept_by_a_cache,
    SessionsOnPasswordChange => lifetime::an_intruder_stays_after_a_password_change,
    CsrfToken => forgery::a_transfer_without_a_token_is_made,
    RequestOrigin => forgery::a_transfer_from_another_site_is_made,
    JsonOnly => forgery::a_text_body_is_read_as_json,
    Cors => headers::another_origin_may_read_the_api,
    SafeMethods => forgery::a_link_transfers_money,
    Output => headers::markup_in_a_notice_becomes_part_of_the_page,
    Csp => headers::any_script_in_the_page_may_run,
    Framing => headers::any_page_may_frame_the_portal,
    Referrer => headers::the_address_goes_to_every_site,
    Transport => headers::the_portal_answers_in_clear,
    Throttle => signing_in::the_sixth_guess_is_looked_at,
    LoginErrors => signing_in::a_failed_sign_in_says_whether_the_name_exists,
    PasswordStorage => signing_in::the_store_holds_the_password_itself,
    RoleSource => identity::a_role_in_a_cookie_is_believed,
    ClientState => identity::a_copied_state_cookie_makes_somebody_else,
    SigningKey => identity::a_state_cookie_can_be_forged_with_a_known_word,
    JwtSignature => token_keys::a_token_with_an_edited_payload_is_believed,
    JwtNone => token_keys::a_token_that_says_it_is_not_signed_is_believed,
    JwtAlgorithm => token_keys::the_text_of_the_public_key_signs_a_token,
    JwtKey => token_keys::a_word_gives_the_signature_of_a_token,
    JwtKeySource => token_keys::the_portal_fetches_the_key_set_that_a_token_points_to,
    JwtKid => token_keys::a_path_leads_to_an_empty_key,
    KeyRotation => token_keys::the_first_key_signs_for_ever,
    JwtExpiry => tokens::a_token_is_good_after_its_time,
    JwtNotBefore => tokens::a_token_is_good_before_its_time,
    JwtIssuer => tokens::a_token_of_the_partner_is_good,
    JwtAudience => tokens::a_token_for_another_service_is_good,
    JwtType => tokens::a_refresh_token_is_an_access_token,
    JwtCrit => tokens::an_unknown_condition_is_ignored,
    JwtTransport => tokens::a_token_is_taken_from_the_address,
    JwtRevocation => tokens::a_token_outlives_the_sign_out_and_the_password,
    RefreshRotation => tokens::a_refresh_token_can_be_used_twice,
    JwtClaims => tokens::a_token_tells_the_role_and_is_believed,
    TokenStorage => tokens::the_page_gets_the_refresh_token,
}
