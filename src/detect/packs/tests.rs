//! Every pack: that it compiles, says all that it must, and tells its examples from what is
//! ordinary; and that the gate in front lets all of them through.

use super::*;
use crate::base::{Location, Seed, Time};
use crate::detect::{Marks, Seen};
use crate::event::{Event, Field, Fields};
use crate::judge::Judged;
use crate::judge::payload::{Judge, Payloads, Where, suspicious};
use std::collections::BTreeSet;

/// Asks something of a request written as `METHOD target [referrer]`.
fn with_request<T>(line: &str, ask: impl FnOnce(&Seen<'_>) -> T) -> T {
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut fields = Fields::default();
    fields.set(Field::Method, method.as_bytes());
    fields.set(Field::Target, target.as_bytes());
    fields.set(Field::Referrer, words.next().unwrap_or("-").as_bytes());
    let location = Location { stream: 0, length: 1, offset: 0, line: 0, record: 0 };
    let event = Event { location, time: Time::Absent, count: 1, fields: &fields };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.as_bytes())),
        None => (target, None),
    };
    ask(&Seen {
        event: &event,
        seed: Seed(1),
        at: 0,
        offset_secs: 0,
        client: 1,
        path: 1,
        path_text: path.as_bytes(),
        query,
        status: 200,
        bytes: None,
        judged: Judged::default(),
        payloads: Payloads::default(),
        marks: Marks::EMPTY,
    })
}

fn matches(pack: &Pack, request: &Request, line: &str) -> bool {
    let is_one = |kind: &RequestKind| {
        let (_, of, what) = packs().request(*kind).unwrap();
        of.id == pack.id && std::ptr::eq(what, request)
    };
    with_request(line, |seen| packs().matching(seen).iter().any(is_one))
}

fn every_request() -> impl Iterator<Item = (&'static Pack, &'static Request)> {
    packs().iter().flat_map(|pack| pack.requests.iter().map(move |request| (pack, request)))
}

#[test]
fn every_description_compiles_and_is_named_as_its_file() {
    for (description, (name, _)) in definitions().zip(DEFINITIONS) {
        let pack = description.unwrap();
        assert!(name.ends_with(&format!("/{}.toml", pack.id)), "{name}: id {}", pack.id);
        assert!(pack.cves.iter().all(|cve| cve.starts_with("CVE-")), "{name}");
        assert!(!pack.attack.is_empty() && !pack.product.is_empty(), "{name}");
        assert!(pack.references.iter().all(|link| link.starts_with("https://")), "{name}");
        assert!(pack.references.len() >= 2, "{name}: two references or more");
        for text in [&pack.what, &pack.success, &pack.innocent, &pack.next] {
            assert!(!text.en.is_empty() && !text.ja.is_empty(), "{name}");
        }
        let is_doubtful = pack.requests.iter().any(|r| !r.answers.doubtful.is_empty());
        assert!(!is_doubtful || pack.doubt.is_some(), "{name}: no word about its doubtful answers");
        assert!(pack.requests.iter().any(|request| !request.is_follow_up()), "{name}");
    }
    let ids: BTreeSet<_> = packs().iter().map(|pack| &pack.id).collect();
    assert_eq!(ids.len(), DEFINITIONS.len());
}

#[test]
fn what_is_built_in_differs_in_its_examples_alone() {
    for ((name, text), (_, bare)) in DEFINITIONS.iter().zip(BARE) {
        let mut described = Pack::read(text).unwrap();
        for request in &mut described.requests {
            request.examples.clear();
            request.ordinary.clear();
        }
        let bare = Pack::read(bare).unwrap();
        assert_eq!(format!("{bare:?}"), format!("{described:?}"), "{name}");
    }
    assert_eq!(DEFINITIONS.len(), BARE.len());
}

#[test]
fn every_example_is_matched_and_nothing_ordinary() {
    for (pack, request) in every_request() {
        for line in &request.examples {
            assert!(matches(pack, request, line), "{}: {line}", pack.id);
        }
        for line in &request.ordinary {
            assert!(!matches(pack, request, line), "{}: {line}", pack.id);
        }
    }
}

#[test]
fn the_gate_lets_every_example_through() {
    let judge = Judge::new();
    for (pack, request) in every_request() {
        for line in &request.examples {
            with_request(line, |seen| {
                let by_query = || {
                    let query = seen.query.unwrap_or(b"");
                    packs().watch_query(query)
                        && suspicious(Where::Query, query)
                        && !judge.judge(Where::Query, query).is_empty()
                };
                let is_seen = packs().watch_path(seen.path_text) || by_query();
                assert!(is_seen, "{}: {line}", pack.id);
            });
        }
    }
}

#[test]
fn the_gate_stops_ordinary_paths() {
    let ordinary =
        ["/", "/index.html", "/p/12/docs/7", "/assets/app.91ab03.js", "/search", "/login"];
    for path in ordinary {
        assert!(!packs().watch_path(path.as_bytes()), "{path}");
    }
}

#[test]
fn descriptions_that_would_slow_every_log_down_are_refused() {
    let head = DEFINITIONS[0].1.split("[[request]]").next().unwrap();
    let with = |request: &str| Pack::read(&format!("{head}[[request]]\n{request}"));
    assert!(with("path = [\"*/a.jsp\"]").is_ok());
    for open in
        ["method = [\"POST\"]", "path = [\"*\"]", "path = [\"*/x\", \"*a*\"]", "query = [\"=\"]"]
    {
        assert!(with(open).is_err(), "{open}");
    }
    assert!(with("path = [\"*/a.jsp\"]\ncolour = 1").unwrap_err().contains("colour"));
}

#[test]
fn the_table_of_the_documentation_is_that_of_the_packs() {
    let row = |pack: &Pack| {
        let of_attacks = pack.requests.iter().filter(|request| !request.is_follow_up());
        let statuses: BTreeSet<u16> =
            of_attacks.flat_map(|request| request.answers.succeeded.iter().copied()).collect();
        let mut signs: Vec<String> = statuses.iter().map(u16::to_string).collect();
        if pack.requests.iter().any(Request::is_follow_up) {
            signs.push("what follows".to_owned());
        }
        let signs = if signs.is_empty() { "none tells".to_owned() } else { signs.join(", ") };
        format!("| {} | {} | {} | {signs} |\n", pack.id, pack.product, pack.cves.join(", "))
    };
    let table: String = packs().iter().map(row).collect();
    assert!(include_str!("../../../docs/packs.md").contains(&table), "should be:\n{table}");
}

#[test]
fn the_index_names_every_request_that_fits() {
    let mut fitting = 0;
    for line in
        every_request().flat_map(|(_, request)| request.examples.iter().chain(&request.ordinary))
    {
        with_request(line, |seen| {
            let parts = Parts::of(seen);
            let fits = |kind: &RequestKind| packs().request(*kind).unwrap().2.fits(&parts);
            let all: Vec<_> = (0..packs().requests.len() as RequestKind).filter(fits).collect();
            fitting += all.len();
            assert_eq!(packs().matching(seen), all, "{line}");
        });
    }
    assert!(fitting > packs().requests.len());
}
