//! The published JSON Schema describes the report: it is the one that the Rust types give, and a
//! real report fits it, with no key that it does not name.
//!
//! To refresh it: `cargo run --features schema -- schema > www/report.schema.json`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Options, START, check, line, log};
use serde_json::Value;
use std::path::Path;

fn published() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/report.schema.json");
    std::fs::read_to_string(path).unwrap()
}

#[cfg(feature = "schema")]
#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = schemars::schema_for!(sekisho::report::Report);
    let current = serde_json::to_value(&schema).unwrap();
    let published: Value = serde_json::from_str(&published()).unwrap();
    let hint = "run: cargo run --features schema -- schema > www/report.schema.json";
    assert!(published == current, "www/report.schema.json is not current; {hint}");
}

/// What is wrong with a value, place by place.
struct Misfits<'s> {
    schema: &'s Value,
    found: Vec<String>,
}

impl Misfits<'_> {
    fn check(&mut self, place: &str, rule: &Value, value: &Value) {
        if let Some(name) = rule["$ref"].as_str() {
            let target = self.schema.pointer(name.trim_start_matches('#')).unwrap().clone();
            self.check(place, &target, value);
        }
        for choices in ["anyOf", "oneOf"] {
            if let Some(choices) = rule[choices].as_array() {
                let fits = choices.iter().any(|choice| self.fits(choice, value));
                self.note(fits, place, "fits none of the choices", value);
            }
        }
        if !rule["const"].is_null() {
            self.note(rule["const"] == *value, place, "is not the constant", value);
        }
        if let Some(allowed) = rule["enum"].as_array() {
            self.note(allowed.contains(value), place, "is none of the values", value);
        }
        if !rule["type"].is_null() {
            self.note(is_of_type(&rule["type"], value), place, "is of another type", value);
        }
        self.inside(place, rule, value);
    }

    fn inside(&mut self, place: &str, rule: &Value, value: &Value) {
        if let (Value::Array(items), false) = (value, rule["items"].is_null()) {
            for (at, item) in items.iter().enumerate() {
                self.check(&format!("{place}[{at}]"), &rule["items"], item);
            }
        }
        let (Value::Object(object), false) = (value, rule["properties"].is_null()) else { return };
        for name in rule["required"].as_array().into_iter().flatten() {
            let is_there = object.contains_key(name.as_str().unwrap());
            self.note(is_there, place, &format!("lacks {name}"), &Value::Null);
        }
        for (name, value) in object {
            match rule["properties"].get(name) {
                Some(rule) => self.check(&format!("{place}.{name}"), rule, value),
                None => self.note(false, place, &format!("has {name}, which is not named"), value),
            }
        }
    }

    fn fits(&self, rule: &Value, value: &Value) -> bool {
        let mut inner = Misfits { schema: self.schema, found: Vec::new() };
        inner.check("", rule, value);
        inner.found.is_empty()
    }

    fn note(&mut self, fits: bool, place: &str, what: &str, value: &Value) {
        if !fits {
            self.found.push(format!("{place} {what}: {value}"));
        }
    }
}

fn is_of_type(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("the test does not know the type {other}"),
    };
    types.as_array().map_or_else(|| is(types), |types| types.iter().any(is))
}

#[test]
fn a_report_with_something_of_everything_fits_the_published_schema() {
    let mut lines = Vec::new();
    for n in 0..40 {
        lines.push(line("198.51.100.7", START + n * 60, "/news").user("sato").bytes(6_000 + n));
        lines.push(line("203.0.113.6", START + n, &format!("/p/files/{n}.pdf")));
    }
    lines.push(line("203.0.113.6", START + 60, "/a?id=1'%20union%20select%201,2,3--%20-"));
    lines.push(line("203.0.113.6", START + 61, "/.env").bytes("-"));
    lines.push(line("203.0.113.6", START + 62, "/.git/config").bytes(812));
    let text = [log(&lines), b"noise\n\0\0".to_vec()].concat();
    let report = check(&[("a.log", &text), ("b.zip", b"PK\x03\x04")], &Options::default());
    let report = serde_json::to_value(report).unwrap();
    for part in ["findings", "entities", "not_evaluable", "unparsed"] {
        assert!(!report[part].as_array().unwrap().is_empty(), "nothing is shown of {part}");
    }
    let schema: Value = serde_json::from_str(&published()).unwrap();
    let mut misfits = Misfits { schema: &schema, found: Vec::new() };
    misfits.check("report", &schema, &report);
    assert!(misfits.found.is_empty(), "{:#?}", misfits.found);
}

/// Keys that scripts rely on (interfaces.md): the schema may grow, and may not lose one.
#[test]
fn the_schema_names_what_is_promised() {
    let schema: Value = serde_json::from_str(&published()).unwrap();
    let promised: &[(&str, &str)] = &[
        (
            "",
            "tool settings sources questions findings entities timeline coverage not_evaluable unparsed",
        ),
        ("/$defs/Tool", "version build rule_packs"),
        ("/$defs/SourceReport", "name size sha256 streams"),
        ("/$defs/StreamReport", "path_inside format encoding zone records unparsed first last"),
        ("/$defs/Answer", "id state summary because findings"),
        (
            "/$defs/Finding",
            "id detector rule title severity confidence grade subject first last count attack reason innocent evidence",
        ),
        ("/$defs/Evidence", "stream line record offset length text"),
        ("/$defs/Coverage", "calendar gaps bounds"),
        ("/$defs/NotEvaluable", "id reason needs"),
    ];
    for (place, names) in promised {
        let properties = schema.pointer(&format!("{place}/properties")).unwrap();
        for name in names.split(' ') {
            assert!(properties.get(name).is_some(), "{place} has no {name}");
        }
    }
}
