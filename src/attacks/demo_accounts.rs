//! The two demo accounts that attacks are about, and the passwords that the portal's own sign-in
//! page shows to everyone.

use crate::defences::password_storage::DEMO_PASSWORDS;

/// The account that attacks are after.
pub const VICTIM: &str = "student123";

/// The attacker's own account. It is an ordinary student's.
pub const ATTACKER: &str = "mallory";

/// The password of a demo account, or nothing where there is no such account.
///
/// A victim types their own password, and an attacker types mallory's. No attack takes the victim's
/// password from here: those that need it guess it or steal it, and then it is part of the attack.
pub fn demo_password(user: &str) -> &'static str {
    let account = DEMO_PASSWORDS.iter().find(|(name, _)| *name == user);
    account.map(|(_, password)| *password).unwrap_or_default()
}
