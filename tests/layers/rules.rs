//! The order of the modules, and what breaks it.

use std::collections::{BTreeMap, BTreeSet};

use syn::Item;

use super::imports::{Import, imports};

/// A file of `src`.
pub struct Source {
    /// Its path below `src`, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The modules that `lib.rs` declares, in its order.
pub fn order(sources: &[Source]) -> Result<Vec<String>, String> {
    let lib = sources.iter().find(|source| source.path == "lib.rs");
    let lib = lib.ok_or("there is no lib.rs")?;
    let file = syn::parse_file(&lib.text).map_err(|error| format!("lib.rs: {error}"))?;
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    Ok(modules.collect())
}

/// Every import that goes against the order, and every cycle, with the names of both ends.
pub fn violations(sources: &[Source]) -> Vec<String> {
    let order = match order(sources) {
        Ok(order) => order,
        Err(error) => return vec![error],
    };
    let place = |name: &str| order.iter().position(|known| known == name);
    let mut found = Vec::new();
    let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let Some(from) = top_module(&source.path) else {
            continue;
        };
        let Some(own) = place(from) else {
            found.push(format!("{}: lib.rs does not declare {from}", source.path));
            continue;
        };
        match imports(source, &order) {
            Err(error) => found.push(error),
            Ok(all) => {
                for Import { to, line, written } in all {
                    // Invariant: `imports` names modules of the order only.
                    if place(&to).expect("a module of the order") > own {
                        found.push(format!(
                            "{}:{line}: {from} imports {to} ({written}), which is below it in lib.rs",
                            source.path
                        ));
                    }
                    if to != from {
                        edges.entry(from).or_default().insert(to);
                    }
                }
            }
        }
    }
    found.extend(cycles(&edges));
    found
}

/// The top-level module of a file; none for the roots of the two crates.
fn top_module(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&name)).then_some(name)
}

/// One line for each group of modules that reach each other.
fn cycles(edges: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let reach = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(at) = next.pop() {
            for to in edges.get(at.as_str()).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> =
        edges.keys().map(|from| (*from, reach(from))).collect();
    let mut groups = BTreeSet::new();
    for (from, all) in &reached {
        let group: Vec<&str> = reached
            .iter()
            .filter(|(to, back)| all.contains(**to) && back.contains(*from))
            .map(|(to, _)| *to)
            .collect();
        if group.len() > 1 {
            groups.insert(group);
        }
    }
    let groups = groups.into_iter();
    groups
        .map(|group| format!("a cycle: {}", group.join(", ")))
        .collect()
}
