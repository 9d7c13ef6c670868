//! Drafts: what was typed into a form of the portal that outlived its session, until its writer is
//! signed in again.
//!
//! A draft is in memory only, for an hour, and a bench keeps [`KEPT`] of them: the oldest makes
//! room. It never holds a password or a token: the portal lists the fields that it keeps, form by
//! form. What makes a draft, and who is shown it, is `src/portal/outlived.rs`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::BenchKeys;
use crate::base::clock::BenchTime;
use crate::base::event::Fingerprint;
use crate::defences::policy::Variant;

/// How many drafts a bench keeps. Each is smaller than the largest body that the portal reads.
pub const KEPT: usize = 20;

/// For how long a draft is kept, on the bench's clock.
pub const KEPT_FOR: Duration = Duration::from_secs(3600);

/// What was typed into a form that outlived its session.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The path that the form was sent to, without bench and variant.
    pub action: &'static str,
    /// What was typed, field by field.
    pub fields: Vec<(&'static str, String)>,
    /// The variant whose form it was.
    pub variant: Variant,
    /// The session that may see it, as that session is or was before its id was renewed.
    pub holder: Fingerprint,
    /// Whose session the form belonged to, if that is known. Nobody else is shown it.
    pub user: Option<String>,
    /// When the form was sent.
    pub at: BenchTime,
    /// The draft that waits for this one, where this one is of the sign-in form.
    pub behind: Option<Box<Draft>>,
}

/// The drafts of a bench, the oldest first, each with the random id by which its page asks for it.
#[derive(Debug, Default)]
pub struct Drafts(Mutex<VecDeque<(String, Arc<Draft>)>>);

impl Drafts {
    /// Keeps a draft, and gives its id: 128 random bits, so that nobody else's page can name it.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn keep(&self, draft: Draft) -> Result<String, getrandom::Error> {
        let id = BenchKeys::nonce()?;
        let mut drafts = self.lock();
        if drafts.len() == KEPT {
            drafts.pop_front();
        }
        drafts.push_back((id.clone(), Arc::new(draft)));
        Ok(id)
    }

    /// The draft with this id, if it is of this variant and still kept.
    pub fn find(&self, id: &str, variant: Variant, now: BenchTime) -> Option<Arc<Draft>> {
        let mut drafts = self.lock();
        drafts.retain(|(_, draft)| now.since(draft.at) < KEPT_FOR);
        let found = drafts.iter().find(|(kept, _)| kept == id);
        found
            .map(|(_, draft)| draft.clone())
            .filter(|draft| draft.variant == variant)
    }

    /// Forgets a draft that is done with.
    pub fn forget(&self, id: &str) {
        self.lock().retain(|(kept, _)| kept != id);
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    // A list is valid at every step, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Arc<Draft>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str, at: BenchTime) -> Draft {
        Draft {
            action: "/board",
            fields: vec![("text", text.to_owned())],
            variant: Variant::Hardened,
            holder: Fingerprint("0123abcd".into()),
            user: None,
            at,
            behind: None,
        }
    }

    #[test]
    fn only_the_newest_drafts_are_kept_and_each_for_an_hour() {
        let drafts = Drafts::default();
        let start = BenchTime::from_millis(1_000);
        let ids: Vec<String> = (0..=KEPT)
            .map(|n| drafts.keep(draft(&n.to_string(), start)).unwrap())
            .collect();
        let text = |id: &str, now| {
            let found = drafts.find(id, Variant::Hardened, now)?;
            Some(found.fields[0].1.clone())
        };
        assert_eq!(text(&ids[0], start), None);
        assert_eq!(text(&ids[1], start).as_deref(), Some("1"));
        assert_eq!(text(&ids[KEPT], start), Some(KEPT.to_string()));
        assert!(drafts.find(&ids[1], Variant::Insecure, start).is_none());

        drafts.forget(&ids[1]);
        assert_eq!(text(&ids[1], start), None);
        let just_before = start.after(KEPT_FOR - Duration::from_millis(1));
        assert_eq!(text(&ids[2], just_before).as_deref(), Some("2"));
        assert_eq!(text(&ids[2], start.after(KEPT_FOR)), None);
    }
}
