//! The variants there are, as pages list them.

use serde::Serialize;

use crate::defences::policy::Variant;

/// The names of all variants, by kind.
#[derive(Serialize, Default)]
pub struct VariantList {
    plain: Vec<String>,
    without: Vec<String>,
    only: Vec<String>,
}

impl VariantList {
    /// Every variant there is.
    pub fn all() -> Self {
        let mut all = Self::default();
        for variant in Variant::all() {
            let list = match variant {
                Variant::Without(_) => &mut all.without,
                Variant::Only(_) => &mut all.only,
                Variant::Insecure | Variant::Hardened | Variant::Custom => &mut all.plain,
            };
            list.push(variant.to_string());
        }
        all
    }
}
