//! The reader of JSON against `serde_json`, and on what is no JSON.

use super::*;
use crate::base::Seed;
use crate::text::{JOINED, PAIRS, PATH_BYTES};
use crate::train::Random;

/// `key=value` of each pair, in order; `null` as `key!`.
fn flat(text: &[u8]) -> (Result<usize, Error>, Vec<String>) {
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    let read = read(text, &arena, &mut pairs);
    (read, shown(&pairs))
}

/// The same with names that are kept.
fn flat_known(text: &[u8], names: &Names) -> (Result<usize, Error>, Vec<String>) {
    let arena = Bump::new();
    let (mut pairs, mut ids) = (Pairs::new_in(&arena), Ids::new_in(&arena));
    let read = read_known(text, &arena, &mut pairs, (names, &mut ids));
    assert_eq!(pairs.len(), ids.len());
    for (pair, id) in pairs.iter().zip(&ids) {
        assert_eq!(names.print(*id).is_none(), *id == UNKNOWN || *id == OUTERMOST);
        assert!(names.print(*id).is_none_or(|print| print == Seed(0).of(pair.key)));
    }
    (read, shown(&pairs))
}

fn shown(pairs: &Pairs<'_>) -> Vec<String> {
    let shown = pairs.iter().map(|pair| {
        let key = String::from_utf8_lossy(pair.key);
        pair.value.text().map_or_else(
            || format!("{key}!"),
            |text| format!("{key}={}", String::from_utf8_lossy(text)),
        )
    });
    shown.collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(
        flat(text.as_bytes()),
        (Ok(text.len()), expected.iter().map(|s| (*s).to_owned()).collect())
    );
}

/// The slow twin: through a tree.
fn naive(value: &serde_json::Value, path: &str, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Null => out.push(format!("{path}!")),
        serde_json::Value::String(text) => out.push(format!("{path}={text}")),
        serde_json::Value::Array(items) => items.iter().for_each(|item| naive(item, path, out)),
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let inside = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                naive(member, &inside, out);
            }
        }
        plain => out.push(format!("{path}={plain}")),
    }
}

/// A document; member names differ within an object, as the twin would drop repeated ones.
fn draw(random: &mut Random, depth: u64, out: &mut String) {
    let space = ["", "", " ", "\n  ", "\t\r\n"];
    let gap = |out: &mut String, random: &mut Random| out.push_str(random.pick(&space).unwrap());
    gap(out, random);
    match random.below(if depth > 6 { 6 } else { 9 }) {
        0 => out.push_str(random.pick(&["null", "true", "false"]).unwrap()),
        1 | 2 => out.push_str(random.pick(&["0", "-1", "12345678901", "0.5", "443"]).unwrap()),
        3..=5 => draw_string(random, out),
        6 | 7 => {
            out.push('{');
            for at in 0..random.below(5) {
                out.push_str(if at > 0 { "," } else { "" });
                gap(out, random);
                out.push_str(&format!("\"m{at}\""));
                gap(out, random);
                out.push(':');
                draw(random, depth + 1, out);
            }
            gap(out, random);
            out.push('}');
        }
        _ => {
            out.push('[');
            for at in 0..random.below(4) {
                out.push_str(if at > 0 { "," } else { "" });
                draw(random, depth + 1, out);
            }
            gap(out, random);
            out.push(']');
        }
    }
}

fn draw_string(random: &mut Random, out: &mut String) {
    let parts = [
        "a",
        "検査",
        " ",
        "\\\"",
        "\\\\",
        "\\n",
        "\\/",
        "\\u0041",
        "\\ud83d\\ude00",
        "{",
        "]",
        ",",
        ":",
        "a longer piece of plain text",
        "0123456789abcde",
    ];
    out.push('"');
    for _ in 0..random.below(6) {
        out.push_str(random.pick(&parts).unwrap());
    }
    out.push('"');
}

#[test]
fn paths_join_names_and_arrays_add_nothing() {
    check(
        r#"{"eventName":"ConsoleLogin","userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"n":-1.5e3,"ok":true,"none":null,"empty":{},"no":[],"target":[{"alternateId":"a"},{"alternateId":"b"}],"tags":["x",["y"]]}"#,
        &[
            "eventName=ConsoleLogin",
            "userIdentity.sessionContext.attributes.mfaAuthenticated=false",
            "n=-1.5e3",
            "ok=true",
            "none!",
            "target.alternateId=a",
            "target.alternateId=b",
            "tags=x",
            "tags=y",
        ],
    );
    check(r#" "alone""#, &["=alone"]);
}

#[test]
fn a_named_value_in_an_array_can_be_asked_for_by_its_name() {
    check(
        r#"{"Parameters":[{"Name":"Identity","Value":"a@example.jp"},{"Name":"Deliver","Value":"True"}]}"#,
        &[
            "Parameters.Name=Identity",
            "Parameters.Value=a@example.jp",
            "Parameters.Identity=a@example.jp",
            "Parameters.Name=Deliver",
            "Parameters.Value=True",
            "Parameters.Deliver=True",
        ],
    );
    check(
        r#"{"events":[{"name":"view","parameters":[{"name":"doc_title","value":"Plan"},{"name":"shared","boolValue":true},{"multiValue":["a","b"],"name":"who"}]}]}"#,
        &[
            "events.name=view",
            "events.parameters.name=doc_title",
            "events.parameters.value=Plan",
            "events.parameters.doc_title=Plan",
            "events.parameters.name=shared",
            "events.parameters.boolValue=true",
            "events.parameters.shared=true",
            "events.parameters.multiValue=a",
            "events.parameters.multiValue=b",
            "events.parameters.name=who",
            "events.parameters.who=a",
            "events.parameters.who=b",
        ],
    );
    check(
        r#"{"p":[{"key":"x","value":{"id":1,"tag":{"a":2}}},{"name":{"no":1},"value":3}]}"#,
        &[
            "p.key=x",
            "p.value.id=1",
            "p.value.tag.a=2",
            "p.x.id=1",
            "p.x.tag.a=2",
            "p.name.no=1",
            "p.value=3",
        ],
    );
}

#[test]
fn windows_events_keep_their_attributes_as_part_of_the_path() {
    check(
        r##"{"Event":{"System":{"EventID":4625,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-01T00:00:00Z"}}},"EventData":{"TargetUserName":"admin"}}}"##,
        &[
            "Event.System.EventID=4625",
            "Event.System.TimeCreated.#attributes.SystemTime=2026-03-01T00:00:00Z",
            "Event.EventData.TargetUserName=admin",
        ],
    );
}

#[test]
fn escapes_are_undone_and_what_means_nothing_stays() {
    check(
        r#"["a\"\\\/\b\f\n\r\t\u0041\u00e9\u691c\ud83d\ude00"]"#,
        &["=a\"\\/\u{8}\u{c}\n\r\tAé検😀"],
    );
    check(
        r#"["\ud800","\ude00x","\ud800\u0041","\q","\u12"]"#,
        &["=\\ud800", "=\\ude00x", "=\\ud800A", "=\\q", "=\\u12"],
    );
    check(r#"{"a\u0062":{"c\"":1}}"#, &["ab.c\"=1"]);
}

#[test]
fn it_reads_what_the_slow_twin_reads() {
    let seed = 20_260_301;
    let mut random = Random::new(seed);
    for _ in 0..3_000 {
        let mut text = String::new();
        draw(&mut random, 0, &mut text);
        let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut expected = Vec::new();
        naive(&tree, "", &mut expected);
        assert_eq!(
            flat(text.as_bytes()),
            (Ok(text.trim_end().len()), expected),
            "seed {seed}: {text}"
        );
    }
}

#[test]
fn names_that_are_kept_change_nothing() {
    let mut random = Random::new(11);
    let few = Names::default();
    let fixed = [
        r#"{"a\"":{"b":1},"a":{"b":1}}"#,
        r#"{"a":1,"b":2} "#,
        r#"{"a":{"b":2},"a":{"b":3}}"#,
        r#"{"a":[{"b":1},[{"b":2}]]}"#,
        r#"{"a":[{"b":{"b":1}}],"":{"":1}}"#,
        r#"{"p":[{"name":"x","value":{"y":1}}]}"#,
    ];
    for round in 0..4_000 {
        let mut text = String::new();
        match random.below(3) {
            0 => text.push_str(random.pick(&fixed).unwrap()),
            1 => draw(&mut random, 0, &mut text),
            // More names than can be kept.
            _ => text = format!("{{\"n{round}\":{{\"m\":{round}}}}}"),
        }
        let cut = random.below(text.len() as u64 * 2) as usize;
        let text = text.as_bytes().get(..cut).unwrap_or(text.as_bytes());
        assert_eq!(flat_known(text, &few), flat(text), "{}", String::from_utf8_lossy(text));
    }
    assert!((0..UNKNOWN).filter(|id| few.print(*id).is_some()).count() > 400);
}

#[test]
fn cut_and_damaged_text_gives_what_stands_before_it() {
    let whole = r#"{"a":"x\ny","b":[1,{"name":"k","value":"v"}],"c":{"d":null}}"#;
    let (_, all) = flat(whole.as_bytes());
    for length in 0..whole.len() {
        let (read, pairs) = flat(&whole.as_bytes()[..length]);
        assert!(read.is_err() && all.starts_with(&pairs), "{length}");
    }
    let seed = 7;
    let mut random = Random::new(seed);
    for _ in 0..20_000 {
        let mut text = whole.as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            let at = random.below(text.len() as u64) as usize;
            text[at] = *random.pick(b"{}[]\",:\\ \n\0u8\xff").unwrap();
        }
        let read = flat(&text).0;
        if serde_json::from_slice::<serde_json::Value>(&text).is_ok() {
            assert_eq!(read, Ok(text.trim_ascii_end().len()), "{}", String::from_utf8_lossy(&text));
        }
    }
    let (read, pairs) = flat(br#"{"a":1,"b" 2}"#);
    assert_eq!(read, Err(Error { offset: 11, expected: "':'" }));
    assert_eq!(pairs, ["a=1"]);
}

#[test]
fn depth_pairs_and_paths_are_bounded() {
    let deep = |levels: usize| [vec![b'['; levels], b"1".to_vec(), vec![b']'; levels]].concat();
    assert_eq!(flat(&deep(DEPTH)), (Ok(2 * DEPTH + 1), vec!["=1".to_owned()]));
    assert!(flat(&deep(DEPTH + 1)).0.is_err());
    assert!(flat(&vec![b'['; 1 << 20]).0.is_err());

    let many = format!("[{}1]", "1,".repeat(PAIRS + 5));
    let (read, pairs) = flat(many.as_bytes());
    assert_eq!((read, pairs.len()), (Ok(many.len()), PAIRS));

    // Objects without members give no pairs, but do not let paths grow without end.
    let hollow = format!("{{\"k\":{{{}\"z\":1}}}}", "\"a\":{},".repeat(JOINED));
    assert_eq!(flat(hollow.as_bytes()), (Ok(hollow.len()), vec![]));

    let name = "n".repeat(2 << 20);
    let long = format!("{{\"{name}\":{{\"a\":{{\"b\":\"{name}\"}}}}}}");
    let (read, pairs) = flat(long.as_bytes());
    assert_eq!((read, pairs.len()), (Ok(long.len()), 1));
    assert_eq!(pairs[0].find('='), Some(PATH_BYTES));
}
