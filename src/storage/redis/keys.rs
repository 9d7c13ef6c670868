//! What things are called in Redis. `redis-cli --scan --pattern 'lab:{local}:*'` lists them.
//!
//! ```text
//! lab:{<bench>}:<kind>:<variant>:<name>       one record, a hash; `bench` for what all share
//! lab:{<bench>}:list:<kind>:<variant>         its names in the order of their first put
//! lab:{<bench>}:of:<kind>:<variant>:<owner>   those of one owner
//! lab:{<bench>}:deadlines                     all records by the end of their time
//! lab:{<bench>}:journal                       the newest events, as JSON
//! lab:{<bench>}:counts                        the last position in the lists, and the last event
//! ```
//!
//! The braces keep all keys of a bench on one node of a cluster. Next: `scripts`, which write them.

use crate::base::bench_name::BenchName;
use crate::defences::policy::Variant;
use crate::storage::{RecordIndex, RecordKey, RecordKind};

/// What every key of a bench begins with.
pub fn of_bench(bench: &BenchName) -> String {
    format!("lab:{{{bench}}}:")
}

/// The bench whose key this is, and the key without that beginning.
pub fn bench_of(key: &str) -> Option<(BenchName, &str)> {
    let (bench, path) = key.strip_prefix("lab:{")?.split_once("}:")?;
    Some((bench.parse().ok()?, path))
}

/// The record at a path; nothing for a list or anything else.
pub fn record_at(path: &str) -> Option<RecordKey> {
    let mut parts = path.split(':');
    let (kind, world, name) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = RecordKind::ALL
        .into_iter()
        .find(|each| each.folder() == kind)?;
    let world = match world {
        SHARED => None,
        variant => Some(variant.parse().ok()?),
    };
    RecordKey::new(world, kind, name).filter(|_| parts.next().is_none())
}

/// A record's key without that beginning.
pub fn path(key: &RecordKey) -> String {
    format!("{}{}", records(key.world(), key.kind()), key.name())
}

/// What the paths of all records of one kind in one world begin with.
pub fn records(world: Option<Variant>, kind: RecordKind) -> String {
    format!("{}:{}:", kind.folder(), world_name(world))
}

/// A list without that beginning, and the world and kind of its records.
pub fn list(index: &RecordIndex) -> (String, Option<Variant>, RecordKind) {
    match index {
        RecordIndex::Kind(world, kind) => {
            let name = format!("list:{}:{}", kind.folder(), world_name(*world));
            (name, *world, *kind)
        }
        RecordIndex::Owner(world, kind, owner) => {
            let name = format!("of:{}:{}:{owner}", kind.folder(), world_name(*world));
            (name, *world, *kind)
        }
    }
}

/// No variant is called so.
const SHARED: &str = "bench";

fn world_name(world: Option<Variant>) -> String {
    world.map_or_else(|| SHARED.into(), |variant| variant.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_worksheet_shows_them() {
        let bench = BenchName::local();
        let key = RecordKey::new(Some(Variant::Hardened), RecordKind::Session, "a_b-c").unwrap();
        assert_eq!(
            format!("{}{}", of_bench(&bench), path(&key)),
            "lab:{local}:sessions:hardened:a_b-c"
        );
        let shared = RecordKey::new(None, RecordKind::Setting, "clock").unwrap();
        assert_eq!(path(&shared), "settings:bench:clock");
        let (name, ..) = list(&RecordIndex::Owner(
            Some(Variant::Insecure),
            RecordKind::Session,
            "alice".into(),
        ));
        assert_eq!(name, "of:sessions:insecure:alice");
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        for world in Variant::all().map(Some).chain([None]) {
            for kind in RecordKind::ALL {
                let key = RecordKey::new(world, kind, "a_b-c").unwrap();
                let text = format!("{}{}", of_bench(&BenchName::local()), path(&key));
                let (bench, path) = bench_of(&text).unwrap();
                assert_eq!((bench, record_at(path)), (BenchName::local(), Some(key)));
                let (list, ..) = list(&RecordIndex::Kind(world, kind));
                assert_eq!(record_at(&list), None);
            }
        }
        for other in ["lab:{A}:counts", "lab:local:counts", "other", "lab:{local}"] {
            assert_eq!(bench_of(other), None, "{other}");
        }
        for other in [
            "journal",
            "sessions:hardened",
            "sessions:x:y",
            "sessions:hardened:a:b",
        ] {
            assert_eq!(record_at(other), None, "{other}");
        }
    }

    #[test]
    fn no_kind_is_called_like_a_list_and_no_variant_like_what_is_shared() {
        for kind in RecordKind::ALL {
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
