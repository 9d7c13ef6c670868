//! Which connections are kept, and which bench sees them.

use super::*;

fn from(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 2], port))
}

fn ids(captures: &Captures, bench: &BenchName) -> Vec<u64> {
    captures.of(bench).iter().map(|one| one.id).collect()
}

fn ask(captures: &Captures, port: u16, target: &str) -> u64 {
    let id = captures.begin(Scheme::Http, from(port));
    let line = format!("GET {target} HTTP/1.1\r\n");
    captures.record(id, Direction::Up, line.as_bytes());
    id
}

#[test]
fn the_last_forty_connections_are_kept_and_eight_kilobytes_each_way() {
    let captures = Captures::new(false);
    for port in 0..=40 {
        let id = captures.begin(Scheme::Https, from(port));
        captures.record(id, Direction::Up, &[b'x'; LARGEST - 1]);
        captures.record(id, Direction::Up, b"yyy");
        captures.record(id, Direction::Down, &[b'z'; LARGEST + 1]);
    }
    let kept = captures.of(&BenchName::local());
    assert_eq!((kept.len(), kept[0].id), (KEPT, KEPT as u64 + 1));
    assert_eq!(kept[KEPT - 1].id, 2, "the oldest is gone");
    for one in kept {
        assert_eq!((one.up.kept.len(), one.down.kept.len()), (LARGEST, LARGEST));
        assert_eq!(one.up.kept.last(), Some(&b'y'));
        assert_eq!(
            (one.up.total, one.down.total),
            (LARGEST as u64 + 2, LARGEST as u64 + 1)
        );
    }
    captures.record(1, Direction::Up, b"of a connection that is forgotten");
}

#[test]
fn an_unencrypted_connection_belongs_to_the_bench_in_its_first_line() {
    let team: BenchName = "team-7".parse().unwrap();
    let captures = Captures::new(false);
    for (port, target) in ["/insecure/", "/b/team-7/insecure/?x", "*"]
        .iter()
        .enumerate()
    {
        ask(&captures, u16::try_from(port).unwrap(), target);
    }
    assert_eq!(ids(&captures, &BenchName::local()), [3, 1]);
    assert_eq!(ids(&captures, &team), [2]);
    captures.forget(&team);
    assert_eq!(ids(&captures, &team), [0; 0]);
    assert_eq!(ids(&captures, &BenchName::local()), [3, 1]);
}

#[test]
fn in_a_class_a_bench_sees_its_own_and_counts_the_others() {
    let [one, two]: [BenchName; 2] = ["one", "two"].map(|name| name.parse().unwrap());
    let captures = Captures::new(true);
    let open = ask(&captures, 1, "/b/one/insecure/");
    let sealed = captures.begin(Scheme::Https, from(2));
    captures.record(sealed, Direction::Up, b"\x16\x03\x01");
    let both = OthersHeard {
        unencrypted: 1,
        tls: 1,
    };
    assert_eq!(
        (ids(&captures, &one), captures.others(&two)),
        (vec![open], both)
    );
    assert_eq!(
        ids(&captures, &two),
        [0; 0],
        "nobody is shown what nobody asked for"
    );
    captures.asked_for(from(2), &two);
    captures.asked_for(from(2), &one);
    captures.asked_for(from(3), &one);
    assert_eq!(ids(&captures, &two), [sealed], "the first bench counts");
    assert_eq!(captures.others(&two).tls, 0);
    assert_eq!(captures.others(&one).tls, 1);
    captures.forget(&two);
    assert_eq!(
        (ids(&captures, &one), ids(&captures, &two)),
        (vec![open], vec![])
    );
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    let [one, two]: [BenchName; 2] = ["one", "two"].map(|name| name.parse().unwrap());
    let captures = Captures::new(true);
    let first = captures.begin(Scheme::Https, from(1));
    captures.end(first);
    captures.asked_for(from(1), &one);
    let second = captures.begin(Scheme::Https, from(1));
    captures.asked_for(from(1), &two);
    assert_eq!(ids(&captures, &one), [0; 0]);
    assert_eq!(ids(&captures, &two), [second]);
}

#[test]
fn a_busy_bench_pushes_no_other_out_and_its_version_moves_nobody_else() {
    let [one, two]: [BenchName; 2] = ["one", "two"].map(|name| name.parse().unwrap());
    let captures = Captures::new(true);
    let mine = ask(&captures, 1, "/b/one/insecure/");
    let version = captures.version(&one);
    for port in 2..=202 {
        ask(&captures, port, "/b/two/insecure/");
    }
    assert_eq!(ids(&captures, &one), [mine]);
    assert_eq!(captures.version(&one), version);
    assert_eq!(ids(&captures, &two).len(), KEPT);
    assert_eq!(captures.others(&one).unencrypted, KEPT);
}

#[test]
fn what_is_kept_in_all_has_a_bound() {
    let captures = Captures::new(true);
    for bench in 0..=KEPT_IN_ALL {
        ask(&captures, 1, &format!("/b/bench-{bench}/insecure/"));
    }
    assert_eq!(captures.list().connections.len(), KEPT_IN_ALL);
    for _ in 0..=KEPT_OF_NOBODY {
        captures.begin(Scheme::Https, from(1));
    }
    let list = captures.list();
    let nobodys = list.connections.iter().filter(|one| one.bench.is_none());
    assert_eq!(nobodys.count(), KEPT_OF_NOBODY);
    assert_eq!(list.connections.len(), KEPT_IN_ALL);
}
