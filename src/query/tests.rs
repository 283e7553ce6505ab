//! What queries ask for, and what is said of wrong ones.

use super::*;

/// A record in a test: names with values, a time, and its text.
struct Line(&'static [(&'static str, &'static str)], Option<Instant>, &'static str);

struct Asked<'l>(&'l Line, &'l Query);

impl Record for Asked<'_> {
    fn value(&self, name: Name) -> Option<&[u8]> {
        let found = self.0.0.iter().find(|(known, _)| *known == name.name());
        found.map(|(_, value)| value.as_bytes())
    }

    fn at(&self) -> Option<Instant> {
        self.0.1
    }

    fn holds(&self, word: usize) -> bool {
        self.0.2.to_ascii_lowercase().contains(&self.1.words[word])
    }
}

/// 2021-05-06T01:02:03Z.
const AT: Instant = 1_620_262_923;

const LINE: Line = Line(
    &[
        ("source.address", "203.0.113.77"),
        ("http.response.status_code", "503"),
        ("user.name", "Sato"),
        ("url.original", "/files/plan 1.pdf?id=(7)"),
        ("log", "web/access.log"),
        ("format", "apache_combined"),
    ],
    Some(AT),
    "203.0.113.77 Sato GET \"plan 1.pdf\"",
);

#[track_caller]
fn asks(text: &str) -> bool {
    let query = Query::parse(text).unwrap();
    query.asks_for(&Asked(&LINE, &query))
}

#[test]
fn conditions_hold_or_do_not() {
    for (holds, fails) in [
        ("", "not (sato or 1)"),
        ("user:sato", "user:sat"),
        ("user:s*o", "user!=sato"),
        ("user~AT", "user!~at"),
        ("status>=503 status<504", "status>503"),
        ("ip:203.0.113.0/24", "ip:203.0.112.0/24"),
        ("source.address=203.0.113.77", "ip:203.0.113.7"),
        ("ip:0.0.0.0/0", "ip:::/0"),
        ("url~\"plan 1\"", "url~\"plan  1\""),
        ("url~\"(7)\"", "url:*.pdf"),
        ("url:*plan*", "url:\"*plan*\""),
        ("user:\"SATO\"", "user~\"s*o\""),
        ("ip:203.0.113.77", "ip:\"203.0.113.0/24\""),
        ("log:web/* format~combined", "log:access.log"),
        ("agent!=curl", "agent:*"),
        ("\"plan 1\" get", "post"),
        ("-post", "-get"),
        ("not post and sato", "not (sato)"),
        ("post or (sato and status:503)", "post or sato status:200"),
    ] {
        assert!(asks(holds), "{holds}");
        assert!(!asks(fails), "{fails}");
    }
}

#[test]
fn a_time_is_as_long_as_it_is_exact() {
    for (holds, fails) in [
        ("time:2021-05-06", "time:2021-05-07"),
        ("time:2021-05-06T01", "time:2021-05-06T02"),
        ("time:2021-05-06T01:02", "time:\"2021-05-06 01:03\""),
        ("time:2021-05-06T10:02:03+09:00", "time:2021-05-06T01:02:04Z"),
        ("time>=2021-05-06 time<2021-05-07", "time>2021-05-06"),
        ("time<=2021-05-06", "time<2021-05-06"),
        ("time!=2021-05-05", "time!=2021-05-06"),
        ("time:*", "-time:*"),
    ] {
        assert!(asks(holds), "{holds}");
        assert!(!asks(fails), "{fails}");
    }
}

#[test]
fn a_word_counts_once() {
    let query = Query::parse("Plan or (plan -\"GET x\")").unwrap();
    assert_eq!(query.words, ["plan", "get x"]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, at, what) in [
        ("a (b", 2, "not closed"),
        ("a \"b", 2, "not closed"),
        ("a) b", 1, "no parenthesis"),
        ("日本 nosuch:1", 3, "no field «nosuch»"),
        ("status>abc", 0, "whole number"),
        ("user:", 0, "value is missing"),
        ("time:yesterday", 0, "a time is expected"),
        ("a or", 4, "condition is missing"),
        ("or a", 0, "condition is missing"),
        ("a and", 5, "condition is missing"),
        ("not", 3, "condition is missing"),
        ("\"\"", 0, "nothing to look for"),
        ("1 2 3 4 5 6 7 8 9", 16, "eight words"),
    ] {
        let error = Query::parse(text).unwrap_err();
        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.what.en.contains(what), "{text}: {error}");
        assert!(!error.what.ja.is_empty());
    }
    let deep = "(".repeat(10_000);
    assert!(Query::parse(&deep).is_err());
    assert!(Query::parse(&"not ".repeat(10_000)).is_err());
}
