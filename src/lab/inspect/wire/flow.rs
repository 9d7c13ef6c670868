//! The way of one request through the defences: which were asked on which stage, the arm that each
//! took, and where the request was refused. [`crate::lab::diagrams::request_flow`] gives it a shape, and the page lists the
//! same in words.

use serde::Serialize;

use crate::defences::policy::Name;
use crate::defences::{ArmsTaken, RequestStage};

/// A defence that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProbedDefence {
    /// Its name in addresses.
    pub slug: &'static str,
    /// `weak`, `strong`, or `mixed` for an arm between them.
    pub kind: &'static str,
    /// The arm's name.
    pub arm: &'static str,
    /// What the portal does on this arm.
    pub description: &'static str,
    /// Whether it refused the request.
    pub refused: bool,
}

/// A stage, and what was asked there.
#[derive(Clone, Debug, Serialize)]
pub struct StagePassed {
    /// The stage's name.
    pub title: &'static str,
    /// What happens there.
    pub description: &'static str,
    /// The defences asked, in the order of the course.
    pub lit: Vec<ProbedDefence>,
    /// How many belong to the stage and were not asked.
    pub dark: usize,
    /// Whether the request was refused before it came here.
    pub not_reached: bool,
}

/// The way of a request that took these arms, and that this defence refused.
pub fn passed(taken: &ArmsTaken, refused_by: Option<Name>) -> Vec<StagePassed> {
    let refused_at = refused_by.map(|name| name.lesson().stage);
    let stage = |stage: RequestStage| {
        let here = Name::ALL.iter().filter(|name| name.lesson().stage == stage);
        let lit: Vec<ProbedDefence> = here
            .clone()
            .filter_map(|name| lit(taken, *name, refused_by))
            .collect();
        StagePassed {
            title: stage.title(),
            description: stage.description(),
            dark: here.count() - lit.len(),
            // A refusal also has a page, and every answer has headers.
            not_reached: refused_at.is_some_and(|at| stage > at && stage < RequestStage::Page),
            lit,
        }
    };
    RequestStage::ALL.into_iter().map(stage).collect()
}

fn lit(taken: &ArmsTaken, name: Name, refused_by: Option<Name>) -> Option<ProbedDefence> {
    let arm = taken.arm(name)?;
    let arms = name.arms();
    let kind = if arms.first() == Some(&arm) {
        "weak"
    } else if arms.last() == Some(&arm) {
        "strong"
    } else {
        "mixed"
    };
    let slug = name.slug();
    Some(ProbedDefence {
        slug,
        kind,
        arm: arm.slug,
        description: arm.description,
        refused: refused_by == Some(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defences::PolicyProbe;
    use crate::defences::policy::Policy;

    fn at(stages: &[StagePassed], stage: RequestStage) -> &StagePassed {
        let mut all = stages.iter().filter(|passed| passed.title == stage.title());
        all.next().expect("every stage is there")
    }

    #[test]
    fn what_was_asked_is_lit_with_the_arm_of_the_policy_and_the_rest_is_counted() {
        for (policy, kind, arm) in [
            (Policy::INSECURE, "weak", "never"),
            (Policy::HARDENED, "strong", "on-privilege-change"),
        ] {
            let probe = PolicyProbe::new(policy);
            probe.rotation();
            let stages = passed(&probe.taken(), None);
            let action = at(&stages, RequestStage::Action);
            let [lit] = &action.lit[..] else {
                panic!("{action:?}");
            };
            assert_eq!((lit.slug, lit.kind, lit.arm), ("rotation", kind, arm));
            let dark: usize = stages.iter().map(|stage| stage.dark).sum();
            assert_eq!(dark, Name::ALL.len() - 1);
        }
    }

    #[test]
    fn an_arm_between_weak_and_strong_is_mixed() {
        let policy = Policy::HARDENED.choose(Name::SameSite, "strict");
        let probe = PolicyProbe::new(policy.expect("an arm"));
        probe.same_site();
        let stages = passed(&probe.taken(), None);
        assert_eq!(at(&stages, RequestStage::Cookies).lit[0].kind, "mixed");
    }

    #[test]
    fn behind_a_refusal_only_the_answer_is_made() {
        let probe = PolicyProbe::new(Policy::HARDENED);
        probe.csrf_token();
        probe.csp();
        let stages = passed(&probe.taken(), Some(Name::CsrfToken));
        assert!(at(&stages, RequestStage::Checks).lit[0].refused);
        let not_reached = stages.iter().filter(|stage| stage.not_reached);
        let not_reached: Vec<_> = not_reached.map(|stage| stage.title).collect();
        assert_eq!(not_reached, ["Whose token?", "The action"]);
        assert!(!at(&stages, RequestStage::Headers).lit[0].refused);
    }
}
