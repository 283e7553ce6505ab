//! The cutter of JSON: against streams whose records are known, and on what is no JSON.

use super::*;
use crate::shard::records::tests::{Seen, cuts, texts};
use crate::train::Random;

const KEYS: &[&str] = &["Records", "value", "hits.hits"];

fn seen(text: &[u8], seed: u64) -> Vec<Seen> {
    cuts(text, seed, || JsonCutter::new(KEYS, &["actor"]), JsonCutter::push, JsonCutter::finish)
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(texts(&seen(text.as_bytes(), 1)), expected, "{text}");
}

#[test]
fn values_one_after_another_are_records() {
    check("{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", &["{\"a\":1}", "{\"a\":2}", "{\"a\":3}"]);
    check("\u{feff}{}{\"b\":\"}\\\"{\"}[1]", &["{}", "{\"b\":\"}\\\"{\"}", "[1]"]);
    check("{\n  \"a\": [\n    {\n}\n  ]\n}\n{\n}\n", &["{\n  \"a\": [\n    {\n}\n  ]\n}", "{\n}"]);
    assert_eq!(
        seen(b" {}\n\n{\"a\":\n", 1),
        [
            Seen::Filler(1, 0),
            Seen::Record(1, Some("{}".to_owned()), 2, 0, true),
            Seen::Filler(2, 2),
            Seen::Record(5, Some("{\"a\":".to_owned()), 6, 1, false),
        ]
    );
}

#[test]
fn wrappers_give_their_elements() {
    check(
        r#"[{"a":1}, {"b":[{"c":2}]}, null, "x,]" ,7]"#,
        &[r#"{"a":1}"#, r#"{"b":[{"c":2}]}"#, "null", r#""x,]""#, "7"],
    );
    check(
        r#"{"Records":[{"a":1},{"a":{}}]}{"Records":[{"a":3}]}"#,
        &[r#"{"a":1}"#, r#"{"a":{}}"#, r#"{"a":3}"#],
    );
    check(
        r#"{"@odata.context":"x","count":{"value":[{"no":1}]},"value":[{"a":1}],"next":["value",{"b":2}],"Records":[{"c":3}]} {"d":4}"#,
        &[r#"{"a":1}"#, r#"{"c":3}"#, r#"{"d":4}"#],
    );
    check(
        r#"{"took":1,"hits":{"total":9,"hits":[{"a":1},{"a":2}],"x":1}}"#,
        &[r#"{"a":1}"#, r#"{"a":2}"#],
    );
    check(
        r#"{"actor":"x","value":[{"a":1}]}{"actor":{"b":2},"value":[{"a":3}]}{"value":[{"a":4}]}"#,
        &[r#"{"a":1}"#, r#"{"actor":{"b":2},"value":[{"a":3}]}"#, r#"{"a":4}"#],
    );
    assert_eq!(
        seen(b"{\"value\": [\n{}\n]}\n", 1),
        [
            Seen::Filler(12, 1),
            Seen::Record(12, Some("{}".to_owned()), 2, 0, true),
            Seen::Filler(4, 2)
        ]
    );
}

#[test]
fn what_only_looks_like_a_wrapper_is_a_record() {
    for text in [
        r#"{"Records":[]}"#,
        r#"{"Records":["x",{"a":1}]}"#,
        r#"{"Recordings":[{"a":1}]}"#,
        r#"{"x":{"Records":[{"a":1}]}}"#,
        r#"{"x":["Records",[{"a":1}]]}"#,
        r#"[["Records",[{"a":1}]]]"#,
        r#"[1,{"a":1}]"#,
    ] {
        check(text, &[text]);
    }
    // Records inside records stay whole.
    check(r#"[{"Records":[{"a":1}]}]"#, &[r#"{"Records":[{"a":1}]}"#]);
}

#[test]
fn damage_costs_its_record_and_no_more() {
    check(
        "{\"a\":\"cut\n{\"a\":2}\nNov 24 kernel: {x}\n{\"a\":3}\n",
        &["{\"a\":\"cut", "{\"a\":2}", "Nov 24 kernel: {x}", "{\"a\":3}"],
    );
    check("{\"a\":{\"b\":1}\n{\"a\":2}\n", &["{\"a\":{\"b\":1}", "{\"a\":2}"]);
    check("{\"a\":1,\n{\"a\":2}\n", &["{\"a\":1,", "{\"a\":2}"]);
    check("}]\n{\"a\":1}}}\n{\"a\":2}", &["{\"a\":1}", "{\"a\":2}"]);
    check(
        "[\n  {\"a\":\"x\n\"},\n  {\"a\":2}\n]\n{\"b\":1}",
        &["{\"a\":\"x", "\"},", "{\"a\":2}", "{\"b\":1}"],
    );
    check("{\"Records\":[{\"a\":1}],\"x\":\"\n{\"a\":2}\n", &["{\"a\":1}", "{\"a\":2}"]);
    let deep = format!("{}\n{{\"a\":1}}\n", "{\"a\":".repeat(5_000));
    assert_eq!(texts(&seen(deep.as_bytes(), 1))[1], "{\"a\":1}");
}

#[test]
fn a_record_too_long_is_a_place_without_text() {
    let long = "x".repeat(2 << 20);
    let text = format!(
        "{{\"a\":\"{long}\"}}\n{long}\n{{\"a\":[\n1,\n\"{long}\",\n{{\"b\":1}}\n{{\"c\":1}}"
    );
    let cuts = seen(text.as_bytes(), 1);
    assert_eq!(texts(&cuts), ["(too long)", "(too long)", "(too long)", "{\"b\":1}", "{\"c\":1}"]);
    assert_eq!(cuts[0], Seen::Record(0, None, (2 << 20) + 8, 0, true));
    // What stands before a wrapper's array may be long.
    check(&format!("{{\"x\":\"{long}\",\"value\":[{{}}]}}"), &["{}"]);
}

/// A stream with the records that are in it.
fn draw(random: &mut Random) -> (String, Vec<String>) {
    let (mut text, mut records) = (String::new(), Vec::new());
    for _ in 0..random.below(8) {
        let (before, between, behind) = *random
            .pick(&[
                ("", "\n", "\n"),
                ("[", ",\n  ", "]"),
                ("{\"n\":[1],\n \"Records\" : [ ", " , ", "], \"x\":{\"y\":[{}]}}"),
                ("{\"hits\":{\"hits\":[\n", "\n,", "]}}"),
                ("no json \"\n", "\r\n", "\n"),
            ])
            .unwrap();
        text.push_str(before);
        if before.starts_with('n') {
            records.push("no json \"".to_owned());
        }
        for at in 0..=random.below(4) {
            let inside = *random
                .pick(&["1", "\"a\\\\\"", "[{\"Records\":[{}]}, {}]", "{\n}", "\"]}\\\"\""])
                .unwrap();
            let record = format!("{{\"k\":{inside},\n\"l\": null}}");
            text.push_str(if at > 0 { between } else { "" });
            text.push_str(&record);
            records.push(record);
        }
        text.push_str(behind);
    }
    (text, records)
}

#[test]
fn the_records_of_a_known_stream_are_found() {
    for seed in 0..400 {
        let (text, records) = draw(&mut Random::new(seed));
        assert_eq!(texts(&seen(text.as_bytes(), seed)), records, "seed {seed}");
    }
}

#[test]
fn any_bytes_are_accounted_for() {
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let parts: &[&[u8]] = &[
            b"{",
            b"}",
            b"[",
            b"]",
            b"\"",
            b"\\",
            b"\n",
            b",",
            b":",
            b" ",
            b"\0",
            b"x",
            b"\xff",
            b"{\"value\":[{",
            b"\n{",
            b"\n[",
            b"\"Records\":[",
            b"\xef\xbb\xbf",
        ];
        let length = random.below(60);
        let text: Vec<u8> =
            (0..length).flat_map(|_| *random.pick(parts).unwrap()).copied().collect();
        seen(&text, seed);
    }
}
