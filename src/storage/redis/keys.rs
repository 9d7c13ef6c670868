//! What things are called in Redis. `redis-cli --scan --pattern 'lab:{local}:*'` lists them.
//!
//! ```text
//! lab:{<bench>}:<kind>:<variant>:<name>       one record, a hash; `bench` for what all share
//! lab:{<bench>}:list:<kind>:<variant>         its names in the order of their first put
//! lab:{<bench>}:of:<kind>:<variant>:<owner>   those of one owner
//! lab:{<bench>}:deadlines                     all records by the end of their time
//! lab:{<bench>}:journal                       the newest events, as JSON
//! lab:{<bench>}:counts                        the last place in the lists, and the last event
//! ```
//!
//! The braces keep all keys of a bench on one node of a cluster. Next: `scripts`, which write them.

use crate::bench::BenchName;
use crate::policy::Variant;
use crate::storage::{Index, Key, Kind};

/// What every key of a bench begins with.
pub fn of_bench(bench: &BenchName) -> String {
    format!("lab:{{{bench}}}:")
}

/// A record's key without that beginning.
pub fn path(key: &Key) -> String {
    format!("{}{}", records(key.world(), key.kind()), key.name())
}

/// What the paths of all records of one kind in one world begin with.
pub fn records(world: Option<Variant>, kind: Kind) -> String {
    format!("{}:{}:", kind.folder(), world_name(world))
}

/// A list without that beginning, and the world and kind of its records.
pub fn list(index: &Index) -> (String, Option<Variant>, Kind) {
    match index {
        Index::Kind(world, kind) => {
            let name = format!("list:{}:{}", kind.folder(), world_name(*world));
            (name, *world, *kind)
        }
        Index::Owner(world, kind, owner) => {
            let name = format!("of:{}:{}:{owner}", kind.folder(), world_name(*world));
            (name, *world, *kind)
        }
    }
}

/// No variant is called so.
fn world_name(world: Option<Variant>) -> String {
    world.map_or_else(|| "bench".into(), |variant| variant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_worksheet_shows_them() {
        let bench = BenchName::local();
        let key = Key::new(Some(Variant::Hardened), Kind::Session, "a_b-c").unwrap();
        assert_eq!(
            format!("{}{}", of_bench(&bench), path(&key)),
            "lab:{local}:sessions:hardened:a_b-c"
        );
        let shared = Key::new(None, Kind::Setting, "clock").unwrap();
        assert_eq!(path(&shared), "settings:bench:clock");
        let (name, ..) = list(&Index::Owner(
            Some(Variant::Insecure),
            Kind::Session,
            "alice".into(),
        ));
        assert_eq!(name, "of:sessions:insecure:alice");
    }

    #[test]
    fn no_kind_is_called_like_a_list_and_no_variant_like_what_is_shared() {
        for kind in Kind::ALL {
            let taken = ["list", "of", "deadlines", "journal", "counts"];
            assert!(!taken.contains(&kind.folder()));
            assert!(!kind.folder().contains(':'));
        }
        for variant in Variant::all() {
            let name = variant.to_string();
            assert!(name != "bench" && !name.contains(':'), "{name}");
        }
    }
}
