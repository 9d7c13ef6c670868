//! The defences: one file each, with the weak arm and the strong arm side by side in one `match`.
//!
//! This folder is the lesson. A defence is an enum of arms, a [`Lesson`] for its page, and one or
//! two methods that decide something from plain [`facts`]. Read [`rotation`] first, then
//! [`csrf_token`]. The policy decides which arm applies to a request: [`crate::defences::policy`].
//!
//! Each deciding method is one `match`. The comments in it have fixed beginnings, so that they can
//! be searched for, and the defence's page colours the arms by them:
//!
//! - `// WEAK:` what an attacker gains from this line;
//! - `// STRONG:` why this line stops the attacker;
//! - `// Custom:` an arm between them, which a student can choose in their own mix;
//! - `// Refused alternative:` what looks as good as the strong arm, and why it is not;
//! - `// Not stopped:` the attack that succeeds although the strong arm works.
//!
//! To add a defence, write its file and add one line to the list at the end of this one. The
//! compiler then asks for its arms and its lesson, and the tests ask for the code that uses it:
//! CONTRIBUTING.md lists the steps.

#![warn(missing_docs)]

pub mod facts;
pub mod hash_memory;
pub mod policy;
pub mod price;
mod stage;

use std::sync::atomic::{AtomicU64, Ordering};

pub use stage::RequestStage;

/// A switch with a weak and a strong arm.
///
/// An implementation must list its arms from the weakest to the strongest: the two constants at the
/// end are derived from that order, and so are the policies `insecure` and `hardened`. An arm must
/// be a plain value. It decides from its arguments alone, so that the same question always has the
/// same answer.
pub trait Defence: Copy + Eq + Send + Sync + 'static {
    /// Every arm: the weakest first, the one of the hardened portal last. An arm between them is
    /// used only where a student chooses it for the variant `custom`.
    const ARMS: &'static [Arm<Self>];
    /// What the defence's page says. It is a constant of the same file, so the explanation and the
    /// code that it explains change together.
    const LESSON: Lesson;
    /// The arm of the insecure portal.
    const WEAK: Self = Self::ARMS[0].value;
    /// The arm of the hardened portal.
    const STRONG: Self = Self::ARMS[Self::ARMS.len() - 1].value;

    /// Whether this arm stops what the strong one stops. An arm that only `custom` offers does, unless
    /// its defence says otherwise.
    fn is_strong(self) -> bool {
        self != Self::WEAK
    }
}

/// One position of a switch.
#[derive(Clone, Copy, Debug)]
pub struct Arm<T: 'static> {
    /// Its name in forms and addresses. It is stored with a bench's own mix, so it must not change.
    pub slug: &'static str,
    /// One sentence: what the portal does on this arm.
    pub description: &'static str,
    /// The value that the code matches on.
    pub value: T,
}

/// What a defence's page explains. Every field is required: a lesson with a gap does not compile.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// The defence in a few words, as a heading.
    pub title: &'static str,
    /// What it does and why that stops an attacker, in two to four sentences.
    pub protects: &'static str,
    /// What it does not stop, in one to three sentences.
    pub does_not_stop: &'static str,
    /// The stage of a request at which the portal asks for the arm.
    pub stage: RequestStage,
    /// Defences that must be strong for this one to work. [`policy::resolve`] follows this list.
    pub needs: &'static [Name],
    /// The requirements it answers, as in `ASVS 7.2.4` and `CWE-384`.
    pub standards: &'static [&'static str],
    /// The same setting in five frameworks.
    pub elsewhere: Elsewhere,
}

/// How the strong arm is switched on in other frameworks: a line of code or a short sentence.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    /// Flask (Python).
    pub flask: &'static str,
    /// Express (JavaScript).
    pub express: &'static str,
    /// Django (Python).
    pub django: &'static str,
    /// Spring (Java).
    pub spring: &'static str,
    /// Rocket (Rust).
    pub rocket: &'static str,
}

/// An arm as a form shows it, without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ArmText {
    /// Its name in forms and addresses.
    pub slug: &'static str,
    /// One sentence: what the portal does on this arm.
    pub description: &'static str,
}

// Writes everything that has one entry for each defence, from the list at the end of this file. A
// macro, because the list decides names of modules, types, fields and methods, and a forgotten
// place must not compile. For the line `"rotation" => rotation::Rotation` it writes:
//
// - `pub mod rotation;` and `pub use rotation::Rotation;`
// - the field `rotation: Rotation` of `Policy`
// - the variant `Name::Rotation`, with the slug "rotation"
// - the method `PolicyProbe::rotation()`, the only one that reads that field
//
// Refused alternative: a map from names to arms. It would find a missing or misspelled entry only
// while it runs, and every arm would have the same type.
macro_rules! defences {
    ($($slug:literal => $module:ident::$Type:ident),+ $(,)?) => {
        $(pub mod $module; pub use $module::$Type;)+

        /// An arm for every defence. The fields are private: the portal reads a policy through a
        /// [`PolicyProbe`], which notes every defence that is asked.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct Policy { $($module: $Type),+ }

        /// The name of a defence.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "each name is documented in the file it names")]
        pub enum Name { $($Type),+ }

        impl Name {
            /// Every defence, in the order of the course.
            pub const ALL: &'static [Name] = &[$(Name::$Type),+];

            /// The name in addresses: `rotation`, `http-only`, …
            pub const fn slug(self) -> &'static str {
                match self { $(Name::$Type => $slug),+ }
            }

            /// What the defence's page says.
            pub const fn lesson(self) -> &'static Lesson {
                match self { $(Name::$Type => const { &$Type::LESSON }),+ }
            }

            /// The defence's own file, as it was compiled.
            pub const fn source(self) -> &'static str {
                match self {
                    $(Name::$Type => include_str!(concat!(stringify!($module), ".rs"))),+
                }
            }

            /// The path of that file in the source tree.
            pub const fn file(self) -> &'static str {
                match self {
                    $(Name::$Type => concat!("src/defences/", stringify!($module), ".rs")),+
                }
            }

            /// Every arm, weakest first.
            pub fn arms(self) -> Vec<ArmText> {
                match self {
                    $(Name::$Type => $Type::ARMS.iter()
                        .map(|arm| ArmText { slug: arm.slug, description: arm.description })
                        .collect()),+
                }
            }
        }

        impl Policy {
            /// Every weak arm.
            pub const INSECURE: Policy = Policy { $($module: $Type::WEAK),+ };
            /// Every strong arm.
            pub const HARDENED: Policy = Policy { $($module: $Type::STRONG),+ };

            /// This policy, but with the arm that `other` has for `name`.
            #[must_use]
            pub const fn with(mut self, name: Name, other: &Policy) -> Policy {
                match name { $(Name::$Type => self.$module = other.$module),+ }
                self
            }

            /// Whether the arm of `name` stops what the strong arm stops.
            pub fn is_strong(&self, name: Name) -> bool {
                match name { $(Name::$Type => Defence::is_strong(self.$module)),+ }
            }

            /// The slug and the description of the arm chosen for `name`.
            pub fn arm(&self, name: Name) -> ArmText {
                match name {
                    $(Name::$Type => $Type::ARMS.iter()
                        .find(|arm| arm.value == self.$module)
                        .map_or(ArmText { slug: "", description: "" }, |arm| {
                            ArmText { slug: arm.slug, description: arm.description }
                        })),+
                }
            }

            /// Chooses an arm by its slug; `None` when the defence has no such arm.
            #[must_use]
            pub fn choose(mut self, name: Name, arm: &str) -> Option<Policy> {
                match name {
                    $(Name::$Type => {
                        self.$module = $Type::ARMS.iter().find(|a| a.slug == arm)?.value;
                    }),+
                }
                Some(self)
            }
        }

        impl PolicyProbe {
            $(
                #[doc = concat!("The arm chosen for `", $slug, "`; notes that it was asked.")]
                pub fn $module(&self) -> $Type {
                    self.note(Name::$Type);
                    self.policy.$module
                }
            )+
        }
    };
}

/// A policy as a request reads it: it remembers which defences were asked.
///
/// The set has three uses. It marks the arms taken on the diagram of a request. It finds switches
/// that nothing asks: such a switch would change nothing, and its page would teach something false.
/// And it lets the matrix skip a cell whose switch was never asked, because the result cannot
/// differ.
#[derive(Debug)]
pub struct PolicyProbe {
    policy: Policy,
    // One bit a defence. Atomic, because what belongs to a request is shared between threads. The
    // bits are independent of each other, so the weakest ordering is enough.
    probed: AtomicU64,
}

impl PolicyProbe {
    /// A policy of which nothing has been asked yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            probed: AtomicU64::new(0),
        }
    }

    /// The same policy with an empty set, for code that shows a policy and decides nothing by
    /// it. What it asks does not count as asked by the request.
    #[must_use]
    pub fn untracked(&self) -> Self {
        Self::new(self.policy)
    }

    /// The set of defences asked so far.
    pub fn probed(&self) -> ProbedSet {
        ProbedSet(self.probed.load(Ordering::Relaxed))
    }

    /// The arms taken so far.
    pub fn taken(&self) -> ArmsTaken {
        ArmsTaken {
            policy: self.policy,
            probed: self.probed(),
        }
    }

    fn note(&self, name: Name) {
        self.probed
            .fetch_or(ProbedSet::bit(name), Ordering::Relaxed);
    }
}

/// The arms that a request took. It is a copy, so a later change of the policy does not alter it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArmsTaken {
    policy: Policy,
    probed: ProbedSet,
}

impl ArmsTaken {
    /// The arm of a defence, if it was asked.
    pub fn arm(&self, name: Name) -> Option<ArmText> {
        let asked = self.probed.contains(name);
        asked.then(|| self.policy.arm(name))
    }
}

/// A set of defences, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProbedSet(u64);

// The set needs a wider number from the 65th defence on.
const _: () = assert!(Name::ALL.len() <= 64);

impl ProbedSet {
    const fn bit(name: Name) -> u64 {
        1 << (name as u8)
    }

    /// The set with these bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits of the set.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether `name` was asked.
    pub const fn contains(self, name: Name) -> bool {
        self.0 & Self::bit(name) != 0
    }
}

// The list, in the order of the course. A new defence is one new line.
defences! {
    "id-source" => id_source::IdSource,
    "adoption" => adoption::Adoption,
    "rotation" => rotation::Rotation,
    "carrier" => carrier::Carrier,
    "duplicate-cookies" => duplicate_cookies::DuplicateCookies,
    "at-rest" => at_rest::AtRest,
    "http-only" => http_only::HttpOnly,
    "secure" => secure::Secure,
    "same-site" => same_site::SameSite,
    "host-prefix" => host_prefix::HostPrefix,
    "persistence" => persistence::Persistence,
    "idle-timeout" => idle_timeout::IdleTimeout,
    "absolute-timeout" => absolute_timeout::AbsoluteTimeout,
    "sign-out" => sign_out::SignOut,
    "clear-site-data" => clear_site_data::ClearSiteData,
    "no-store" => no_store::NoStore,
    "sessions-on-password-change" => sessions_on_password_change::SessionsOnPasswordChange,
    "csrf-token" => csrf_token::CsrfToken,
    "request-origin" => request_origin::RequestOrigin,
    "json-only" => json_only::JsonOnly,
    "cors" => cors::Cors,
    "safe-methods" => safe_methods::SafeMethods,
    "output" => output::Output,
    "csp" => csp::Csp,
    "framing" => framing::Framing,
    "referrer" => referrer::Referrer,
    "transport" => transport::Transport,
    "throttle" => throttle::Throttle,
    "login-errors" => login_errors::LoginErrors,
    "password-storage" => password_storage::PasswordStorage,
    "role-source" => role_source::RoleSource,
    "client-state" => client_state::ClientState,
    "signing-key" => signing_key::SigningKey,
    "jwt-signature" => jwt_signature::JwtSignature,
    "jwt-none" => jwt_none::JwtNone,
    "jwt-algorithm" => jwt_algorithm::JwtAlgorithm,
    "jwt-key" => jwt_key::JwtKey,
    "jwt-key-source" => jwt_key_source::JwtKeySource,
    "jwt-kid" => jwt_kid::JwtKid,
    "key-rotation" => key_rotation::KeyRotation,
    "jwt-expiry" => jwt_expiry::JwtExpiry,
    "jwt-not-before" => jwt_not_before::JwtNotBefore,
    "jwt-issuer" => jwt_issuer::JwtIssuer,
    "jwt-audience" => jwt_audience::JwtAudience,
    "jwt-type" => jwt_type::JwtType,
    "jwt-crit" => jwt_crit::JwtCrit,
    "jwt-transport" => jwt_transport::JwtTransport,
    "jwt-revocation" => jwt_revocation::JwtRevocation,
    "refresh-rotation" => refresh_rotation::RefreshRotation,
    "jwt-claims" => jwt_claims::JwtClaims,
    "token-storage" => token_storage::TokenStorage,
}
