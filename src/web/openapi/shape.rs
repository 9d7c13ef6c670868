//! What a JSON body holds, as a schema of OpenAPI 3.1, which is JSON Schema 2020-12.
//!
//! An object has no members but those that its shape names, so that a test fails where a body and
//! its description differ.

use std::collections::BTreeMap;

use serde::Serialize;

/// A schema.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    named: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    one_of: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Box<Shape>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'static str, Shape>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_properties: Option<bool>,
}

impl Shape {
    /// The shape of that name among the description's components.
    pub fn named(name: &str) -> Self {
        Self {
            named: Some(format!("#/components/schemas/{name}")),
            ..Self::default()
        }
    }

    fn of_kind(kind: &'static str, description: &'static str) -> Self {
        Self {
            kinds: vec![kind],
            description: Some(description),
            ..Self::default()
        }
    }

    /// A text.
    pub fn text(description: &'static str) -> Self {
        Self::of_kind("string", description)
    }

    /// One of these texts.
    pub fn one_of(texts: &[&'static str], description: &'static str) -> Self {
        Self {
            one_of: texts.to_vec(),
            ..Self::text(description)
        }
    }

    /// A whole number that is not negative.
    pub fn number(description: &'static str) -> Self {
        Self {
            minimum: Some(0),
            ..Self::of_kind("integer", description)
        }
    }

    /// `true` or `false`.
    pub fn truth(description: &'static str) -> Self {
        Self::of_kind("boolean", description)
    }

    /// A list.
    pub fn list(description: &'static str, items: Shape) -> Self {
        Self {
            items: Some(Box::new(items)),
            ..Self::of_kind("array", description)
        }
    }

    /// An object with these members, of which none may be missing, and with no others.
    pub fn object<const N: usize>(members: [(&'static str, Shape); N]) -> Self {
        Self {
            kinds: vec!["object"],
            required: members.iter().map(|(name, _)| *name).collect(),
            properties: BTreeMap::from(members),
            additional_properties: Some(false),
            ..Self::default()
        }
    }

    /// An object with any members.
    pub fn any_object(description: &'static str) -> Self {
        Self::of_kind("object", description)
    }

    /// An object that may also have these members.
    #[must_use]
    pub fn and_perhaps<const N: usize>(mut self, members: [(&'static str, Shape); N]) -> Self {
        self.properties.extend(members);
        self
    }

    /// The same, or `null`.
    #[must_use]
    pub fn or_null(mut self) -> Self {
        self.kinds.push("null");
        self
    }
}
