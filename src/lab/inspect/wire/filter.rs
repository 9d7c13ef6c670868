//! Which exchanges the wire shows: those of one variant, of one kind of client, or all.

use std::collections::BTreeSet;

use rocket::http::Status;
use serde::Serialize;

use super::row;
use crate::base::event::ClientKind;
use crate::defences::policy::Variant;
use crate::session::bench::wire::Exchange;
use crate::web::problem::Problem;

/// The clients by their names in addresses.
const CLIENTS: [(&str, ClientKind); 5] = [
    ("browser", ClientKind::Browser),
    ("curl", ClientKind::Curl),
    ("powershell", ClientKind::PowerShell),
    ("lab", ClientKind::Lab),
    ("other", ClientKind::Other),
];

/// What to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    variant: Option<Variant>,
    client: Option<(&'static str, ClientKind)>,
}

/// A link that changes the filter.
#[derive(Debug, Serialize)]
pub struct FilterOption {
    label: String,
    /// The query of the address, with its question mark.
    query: String,
    here: bool,
}

impl Filter {
    /// The filter of an address; what is empty filters nothing.
    ///
    /// # Errors
    /// 404 with the variants there are, 422 with the clients there are.
    pub fn parse(variant: Option<&str>, client: Option<&str>) -> Result<Self, Problem> {
        let given = |text: &&str| !text.is_empty();
        let variant = variant.filter(given);
        let variant = variant
            .map(|name| name.parse().map_err(|_| Problem::unknown_variant(name)))
            .transpose()?;
        let client = client.filter(given);
        let client = client
            .map(|name| {
                let known = CLIENTS.into_iter().find(|(slug, _)| *slug == name);
                known.ok_or_else(unknown_client)
            })
            .transpose()?;
        Ok(Self { variant, client })
    }

    /// Whether an exchange is shown.
    pub fn fits(&self, one: &Exchange) -> bool {
        let variant = self
            .variant
            .is_none_or(|variant| one.variant == Some(variant));
        let client = self.client.is_none_or(|(_, client)| one.client == client);
        variant && client
    }

    /// Whether everything is shown.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The filter as the query of an address, with its question mark.
    pub fn query(&self) -> String {
        let variant = self.variant.map(|variant| format!("variant={variant}"));
        let client = self.client.map(|(slug, _)| format!("client={slug}"));
        let pairs: Vec<String> = variant.into_iter().chain(client).collect();
        format!("?{}", pairs.join("&"))
    }

    fn choice(self, label: impl Into<String>, to: Self) -> FilterOption {
        FilterOption {
            label: label.into(),
            query: to.query(),
            here: self == to,
        }
    }

    /// The variants to choose from: the three plain ones, and those that were asked.
    pub fn variants<'e>(self, kept: impl Iterator<Item = &'e Exchange>) -> Vec<FilterOption> {
        let plain = [Variant::Insecure, Variant::Hardened, Variant::Custom];
        let mut all: BTreeSet<Variant> = kept.filter_map(|one| one.variant).collect();
        all.extend(plain.into_iter().chain(self.variant));
        let to = |variant| Self { variant, ..self };
        let each = all
            .into_iter()
            .map(|variant| self.choice(variant.to_string(), to(Some(variant))));
        [self.choice("all", to(None))]
            .into_iter()
            .chain(each)
            .collect()
    }

    /// The clients to choose from.
    pub fn clients(self) -> Vec<FilterOption> {
        let to = |client| Self { client, ..self };
        let each = CLIENTS
            .into_iter()
            .map(|(slug, client)| self.choice(row::client(client), to(Some((slug, client)))));
        [self.choice("all", to(None))]
            .into_iter()
            .chain(each)
            .collect()
    }
}

fn unknown_client() -> Problem {
    let names = CLIENTS.map(|(slug, _)| slug).join(", ");
    Problem::new(
        Status::UnprocessableEntity,
        "Unknown client",
        "No kind of client has that name.",
        format!("Use one of: {names}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_found_again_in_its_own_address() {
        let found = Filter::parse(Some("only-csp"), Some("curl"));
        let found = found.expect("a filter");
        assert_eq!(found.query(), "?variant=only-csp&client=curl");
        assert!(!found.is_open());
        let open = Filter::parse(Some(""), None).expect("a filter");
        assert!(open.is_open());
        assert_eq!(open.query(), "?");
    }

    #[test]
    fn what_was_asked_can_be_chosen_and_one_choice_is_here() {
        let found = Filter::parse(Some("only-csp"), None).expect("one");
        let choices = found.variants(std::iter::empty());
        let labels: Vec<_> = choices.iter().map(|one| one.label.as_str()).collect();
        assert_eq!(
            labels,
            ["all", "insecure", "hardened", "custom", "only-csp"]
        );
        let here: Vec<_> = choices.iter().filter(|one| one.here).collect();
        assert!(here.len() == 1 && here[0].label == "only-csp");
    }
}
