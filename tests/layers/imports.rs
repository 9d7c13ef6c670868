//! What a file imports from the crate it belongs to: by `use`, by a path in the code, in the tokens
//! of a macro, or in the text of an attribute. Tests are left out.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, Path, UseTree};

use super::rules::Source;

/// One mention of a top-level module.
pub struct Import {
    /// The module.
    pub to: String,
    /// The line.
    pub line: usize,
    /// The path as it is written.
    pub written: String,
}

/// Every mention of a top-level module, the file's own included.
///
/// # Errors
/// The file does not parse, or a path leads somewhere that cannot be followed.
pub fn imports(source: &Source, order: &[String]) -> Result<Vec<Import>, String> {
    if is_test(&source.path) {
        return Ok(Vec::new());
    }
    let file =
        syn::parse_file(&source.text).map_err(|error| format!("{}: {error}", source.path))?;
    let mut finder = Finder {
        module: module_of(&source.path),
        order,
        aliases: HashMap::new(),
        found: Vec::new(),
        errors: Vec::new(),
    };
    finder.learn_aliases(&file.items);
    finder.visit_file(&file);
    match finder.errors.first() {
        None => Ok(finder.found),
        Some(error) => Err(format!("{}: {error}", source.path)),
    }
}

fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

struct Finder<'o> {
    /// The path of the module that is read.
    module: Vec<String>,
    order: &'o [String],
    /// Names that this module gives to paths of the crate, as in `use crate as root`.
    aliases: HashMap<String, Vec<String>>,
    found: Vec<Import>,
    errors: Vec<String>,
}

impl Finder<'_> {
    fn learn_aliases(&mut self, items: &[Item]) {
        for item in items {
            let Item::Use(item) = item else { continue };
            let mut leaves = Vec::new();
            leaves_of(&item.tree, &mut Vec::new(), &mut leaves);
            for (path, name) in leaves {
                if let Some((path, name)) = self.resolve(&path).zip(name) {
                    self.aliases.insert(name, path);
                }
            }
        }
    }

    /// The path from the root of the crate; `None` where it leads out of the crate.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" | "session_lab" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            name => {
                base.clone_from(self.aliases.get(name)?);
                rest = &rest[1..];
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn mention(&mut self, path: &[String], line: usize) {
        let Some(full) = self.resolve(path) else {
            return;
        };
        let written = path.join("::");
        match full.first() {
            Some(to) if self.order.contains(to) => self.found.push(Import {
                to: to.clone(),
                line,
                written,
            }),
            // `use crate as root` names no module yet; its uses are followed by the alias.
            None => {}
            Some(_) => self.errors.push(format!(
                "{line}: {written} is no module of lib.rs: name the module where it is defined"
            )),
        }
    }

    /// Paths in tokens that syn does not take apart.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 2;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 || path.is_empty() {
                        self.mention_if_crate(&path, line);
                        path.clear();
                        line = ident.span().start().line;
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {
                    colons += 1;
                }
                other => {
                    self.mention_if_crate(&path, line);
                    path.clear();
                    colons = 2;
                    if let TokenTree::Group(group) = other {
                        self.scan(group.stream());
                    }
                }
            }
        }
        self.mention_if_crate(&path, line);
    }

    fn mention_if_crate(&mut self, path: &[String], line: usize) {
        let starts = |first: &String| ["crate", "super", "session_lab"].contains(&first.as_str());
        if path.len() > 1 && path.first().is_some_and(starts) {
            self.mention(path, line);
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_cfg_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.attrs.iter().any(|one| one.path().is_ident("path")) {
            let line = module.span().start().line;
            let error = format!("{line}: a module with #[path] is not followed");
            self.errors.push(error);
        }
        let Some((_, items)) = &module.content else {
            return;
        };
        let outside = self.aliases.clone();
        self.module.push(module.ident.to_string());
        self.learn_aliases(items);
        visit::visit_item_mod(self, module);
        self.module.pop();
        self.aliases = outside;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut leaves = Vec::new();
        leaves_of(&item.tree, &mut Vec::new(), &mut leaves);
        let line = item.span().start().line;
        for (path, _) in leaves {
            if self.resolve(&path).is_some_and(|full| full == ["*"]) {
                self.errors
                    .push(format!("{line}: use crate::* names no module"));
            } else {
                self.mention(&path, line);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let parts: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if parts.len() > 1 {
            self.mention(&parts, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, of: &'ast Macro) {
        self.scan(of.tokens.clone());
        if of.path.is_ident("include") {
            let line = of.span().start().line;
            self.errors
                .push(format!("{line}: include! is not followed"));
        }
        visit::visit_macro(self, of);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            for token in list.tokens.clone() {
                // As in #[serde(with = "crate::module")].
                let TokenTree::Literal(text) = token else {
                    continue;
                };
                let text = text.to_string();
                if let Ok(path) = syn::parse_str::<Path>(text.trim_matches('"')) {
                    self.visit_path(&path);
                }
            }
            self.scan(list.tokens.clone());
        }
    }
}

/// The leaves of a use tree, each with the name that it has from then on.
fn leaves_of(
    tree: &UseTree,
    before: &mut Vec<String>,
    leaves: &mut Vec<(Vec<String>, Option<String>)>,
) {
    let with = |before: &Vec<String>, name: String| -> Vec<String> {
        before
            .iter()
            .cloned()
            .chain((name != "self").then_some(name))
            .collect()
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            leaves_of(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) => {
            let path = with(before, name.ident.to_string());
            let last = path.last().cloned();
            leaves.push((path, last));
        }
        UseTree::Rename(name) => {
            let path = with(before, name.ident.to_string());
            leaves.push((path, Some(name.rename.to_string())));
        }
        UseTree::Glob(_) => leaves.push((with(before, "*".to_owned()), None)),
        UseTree::Group(group) => {
            for one in &group.items {
                leaves_of(one, before, leaves);
            }
        }
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<Path>()
            .is_ok_and(|path| path.is_ident("test"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
