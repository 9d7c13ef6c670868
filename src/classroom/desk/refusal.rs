//! What a student's lab is told when the desk refuses: a reason, what happened, and what to do.

use super::error::DeskError;
use super::reported::ReportError;
use crate::classroom::protocol::{PROTOCOL, Refused, RefusedReason};

fn refused(reason: RefusedReason, says: impl Into<String>, next: &str) -> Refused {
    Refused {
        reason,
        says: says.into(),
        next: next.into(),
    }
}

/// No open class has this code.
pub fn no_such_class() -> Refused {
    let says = "No class that is open has this code.";
    let next =
        "Compare the code with the projector. If it is right, ask your teacher to open the class.";
    refused(RefusedReason::NoSuchClass, says, next)
}

/// Many codes or PINs were wrong, and this one also.
pub fn too_many_wrong() -> Refused {
    let says = "This code or PIN is wrong, as many others were in this minute.";
    let next = "Compare each letter with the projector and your slip, and try again in a minute.";
    refused(RefusedReason::TooManyWrong, says, next)
}

/// Somebody else has this name.
pub fn name_taken() -> Refused {
    let says = "Somebody has joined with this name from another computer.";
    let next = "On a second laptop use your own secret from the first. Otherwise ask your teacher.";
    refused(RefusedReason::NameTaken, says, next)
}

/// The PIN is not that of the name's slip.
pub fn wrong_pin() -> Refused {
    let says = "The PIN is not the one on the slip with this name.";
    let next = "Compare the PIN with your slip, or leave it empty and wait for your teacher.";
    refused(RefusedReason::NameTaken, says, next)
}

/// The name cannot be used.
pub fn bad_name(why: &str) -> Refused {
    let says = format!("This name cannot be used: {why}.");
    refused(RefusedReason::BadName, says, "Use another name.")
}

/// No member has this secret.
pub fn not_a_member() -> Refused {
    let says = "You are not a member of this class, or the class has ended.";
    let next = "Join again with the code on the projector.";
    refused(RefusedReason::NotAMember, says, next)
}

/// The teacher has not approved the name yet.
pub fn not_approved_yet() -> Refused {
    let says = "Your teacher has not approved your name yet.";
    let next = "Wait. Nothing is lost: send it again later.";
    refused(RefusedReason::Unavailable, says, next)
}

/// The class is full.
pub fn full() -> Refused {
    let says = "The class is full.";
    let next = "Ask your teacher to delete students who left.";
    refused(RefusedReason::Full, says, next)
}

/// The two programs speak different versions.
pub fn other_protocol(theirs: u64) -> Refused {
    let (says, next) = if theirs < u64::from(PROTOCOL) {
        (
            format!(
                "Your lab speaks version {theirs} of the protocol, and the desk version {PROTOCOL}."
            ),
            "Update Session Lab on your computer to the version that your teacher has.",
        )
    } else {
        (
            format!(
                "Your lab speaks version {theirs} of the protocol, and the desk only version {PROTOCOL}."
            ),
            "Ask your teacher to update Session Lab, or use the version that your teacher has.",
        )
    };
    refused(RefusedReason::OtherProtocol, says, next)
}

/// The body is not what it must be.
pub fn malformed(why: &str) -> Refused {
    let says = format!("The desk cannot read this request: {why}.");
    let next = "Send what src/classroom/protocol.rs describes.";
    refused(RefusedReason::Malformed, says, next)
}

/// A vote for a question that is over, or that never was.
pub fn no_such_question() -> Refused {
    let says = "This question is not put to the class at present.";
    refused(
        RefusedReason::Malformed,
        says,
        "Wait for the next question.",
    )
}

impl From<DeskError> for Refused {
    fn from(error: DeskError) -> Self {
        log::error!("the desk cannot store what a student's lab sent: {error}");
        let says = if error.is_full() {
            "The disk of the desk is full, so it cannot store anything new."
        } else {
            "The desk cannot store anything at present."
        };
        let next = "Nothing is lost: your lab sends it again. Tell your teacher if it lasts.";
        refused(RefusedReason::Unavailable, says, next)
    }
}

impl From<ReportError> for Refused {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Gap { stored, .. } => {
                let says = format!("{error}.");
                let next = format!("Send the items from {} on.", stored + 1);
                refused(RefusedReason::Gap, says, &next)
            }
            ReportError::TooManyLabs => {
                let says = "You have joined from eight computers.";
                let next = "Use one of them, or ask your teacher to let you begin again.";
                refused(RefusedReason::Full, says, next)
            }
            ReportError::Malformed(why) => malformed(&why),
        }
    }
}
