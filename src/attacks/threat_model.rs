//! Threat models: what a portal is for, who attacks it, who does not, and which attacks follow from
//! that. Worksheet 14.
//!
//! A budget limits the defences ([`crate::defences::price`]). It is wide enough for several mixes that
//! stop every attack of a model, and far too small for all defences. So a mix has to be chosen and
//! defended. The tests `attacks::threat_models` count the mixes.

/// What a student has for the defences of one portal, in coins.
pub const BUDGET: u32 = 28;

/// Who attacks a portal, and how.
#[derive(Debug)]
pub struct ThreatModel {
    /// Its name in forms and in the journal.
    pub name: &'static str,
    /// A title for people.
    pub title: &'static str,
    /// What the portal is for, in a sentence or two.
    pub portal: &'static str,
    /// Who attacks, and what each of them can do.
    pub attackers: &'static [&'static str],
    /// Whom the model leaves out, with the reason.
    pub excluded: &'static [&'static str],
    /// The attacks that follow from this, by their names.
    pub attacks: &'static [&'static str],
}

/// Every model.
pub const MODELS: &[ThreatModel] = &[
    ThreatModel {
        name: "ward",
        title: "A hospital ward",
        portal: "Nurses use it on shared computers of the ward. The hospital's network is also \
                 open to guests.",
        attackers: &[
            "Somebody at a shared computer, before and after a nurse.",
            "A guest who listens on the network.",
            "A patient with an account, who may post on the board and edits their own cookies.",
            "A site on the internet that a nurse opens beside the portal.",
        ],
        excluded: &[
            "Guessing from outside: the portal is reached from the hospital only.",
            "A copy of the server's disk: it is encrypted and in a locked room.",
            "Tokens: the API is switched off.",
        ],
        attacks: &[
            "replay-after-idle-limit",
            "replay-after-sign-out",
            "back-button",
            "draft-after-sign-out",
            "long-lived-cookie",
            "fixation",
            "secure-cookie-over-http",
            "xss-steals-cookie",
            "xss-rides-session",
            "role-cookie-tampering",
            "forged-signed-cookie",
            "csrf-form",
            "csrf-link",
        ],
    },
    ThreatModel {
        name: "course",
        title: "A course at a school",
        portal: "Students use it at home, each on their own device, from everywhere on the internet.",
        attackers: &[
            "Strangers who try names and passwords at the sign-in form.",
            "Another student, who has an account and may post on the board.",
            "Other sites, and a forgotten subdomain of the school.",
            "A thief who has an old backup of the server.",
        ],
        excluded: &[
            "Somebody at the student's own device.",
            "A listener: the school's proxy speaks TLS for the portal.",
            "Tokens: the API is switched off.",
        ],
        attacks: &[
            "password-guessing",
            "login-enumeration",
            "stolen-password-table",
            "stolen-store",
            "old-session-after-password-change",
            "id-prediction",
            "id-in-referer",
            "xss-steals-cookie",
            "xss-rides-session",
            "csrf-form",
            "csrf-from-sibling",
            "login-csrf",
            "text-plain-json",
            "clickjacking",
            "cookie-tossing",
        ],
    },
];

/// The model of that name.
pub fn find(name: &str) -> Option<&'static ThreatModel> {
    MODELS.iter().find(|model| model.name == name)
}
