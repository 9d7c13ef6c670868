//! How a mistake is mended for which the lab has no switch. Those of the defences are on their own pages.

use super::framework::Framework;
use crate::defences::Elsewhere;

/// One mend, in general and in each framework.
#[derive(Debug)]
pub struct CheckMend {
    /// Where no framework was recognised.
    pub general: &'static str,
    /// In each framework.
    pub elsewhere: Elsewhere,
}

impl CheckMend {
    /// The mend in a framework.
    pub const fn of(&self, framework: Framework) -> &'static str {
        match framework {
            Framework::Flask => self.elsewhere.flask,
            Framework::Express => self.elsewhere.express,
            Framework::Django => self.elsewhere.django,
            Framework::Spring => self.elsewhere.spring,
            Framework::Rocket => self.elsewhere.rocket,
            Framework::Unknown => self.general,
        }
    }
}
