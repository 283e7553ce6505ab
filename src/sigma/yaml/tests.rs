//! Readings of small texts, and of what is no YAML that is read.

use super::*;
use serde_json::{Value, json};

fn as_json(node: &Node<'_>) -> Value {
    match &node.kind {
        Kind::Mapping(members) => {
            let member = |(key, value): &(Node<'_>, Node<'_>)| {
                (key.text().unwrap_or_default().to_owned(), as_json(value))
            };
            members.iter().map(member).collect::<serde_json::Map<_, _>>().into()
        }
        Kind::Sequence(items) => items.iter().map(as_json).collect(),
        Kind::Plain(_) | Kind::Quoted(_) => match node.scalar() {
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Number(text)) => serde_json::from_str(text).unwrap(),
            Some(Scalar::Text(text)) => text.into(),
            Some(Scalar::Null) | None => Value::Null,
        },
    }
}

fn read(text: &str) -> Value {
    let documents = documents(text);
    assert_eq!(documents.len(), 1, "{text}");
    as_json(&documents[0].read().unwrap_or_else(|error| panic!("{error} in\n{text}")))
}

#[test]
fn blocks_nest_by_indentation() {
    let text =
        "a: 1\nb:\n  c: x\n  d:\n  - 1\n  - e: 2\n    f: [3, '4']\n  -   - 5\n      - 6\ng:\n- h\n";
    let expected =
        json!({"a": 1, "b": {"c": "x", "d": [1, {"e": 2, "f": [3, "4"]}, [5, 6]]}, "g": ["h"]});
    assert_eq!(read(text), expected);
    assert_eq!(read(&text.replace('\n', "\r\n")), expected);
}

#[test]
fn scalars_are_what_they_say() {
    let text = r#"
plain: C:\Windows\cmd.exe /c "x" # a comment
colon: a:b
number: -1.5
padded: 0815
truth: true
nothing:
tilde: ~
quoted: '1'
single: 'it''s \n'
double: "tab\t\x41\u00e9\"\\"
url: http://example.jp/#x
"quoted key": 1
Field|contains|all: v
"#;
    let expected = json!({
        "plain": r#"C:\Windows\cmd.exe /c "x""#, "colon": "a:b", "number": -1.5, "padded": "0815",
        "truth": true, "nothing": null, "tilde": null, "quoted": "1", "single": r"it's \n",
        "double": "tab\tAé\"\\", "url": "http://example.jp/#x", "quoted key": 1,
        "Field|contains|all": "v",
    });
    assert_eq!(read(text), expected);
}

#[test]
fn texts_over_several_lines_are_joined() {
    let text = "a: one\n  two\n\n  three\nb: 'one\n\n  two'\nc: \"one \\\n  two\"\nd: |\n  x\n    y\n\n  z\n\ne: >-\n  x\n  y\n\n  z\n    w\nf: |+\n  x\n\ng: |2\n    x\nh: 1\n";
    let expected = json!({
        "a": "one two\nthree", "b": "one\ntwo", "c": "one two", "d": "x\n  y\n\nz\n",
        "e": "x y\nz\n  w", "f": "x\n\n", "g": "  x\n", "h": 1,
    });
    assert_eq!(read(text), expected);
}

#[test]
fn flow_collections_span_lines() {
    let text = "a: [x, 'y', {b: 1, c: },\n  z z ]\nd: {}\ne: [\n]\n";
    assert_eq!(read(text), json!({"a": ["x", "y", {"b": 1, "c": null}, "z z"], "d": {}, "e": []}));
}

#[test]
fn anchors_stand_for_their_values() {
    let text = "a: &x\n  - 1\n  - 2\nb: *x\nc: [*x, &y z, *y]\n";
    // Anchors inside flow collections are texts.
    assert!(documents(text)[0].read().is_err());
    assert_eq!(read("a: &x\n  - 1\nb: *x\nc: [*x]\n"), json!({"a": [1], "b": [1], "c": [[1]]}));
}

#[test]
fn documents_and_lines_are_told() {
    let text = "---\n# only a comment\n---\na: 1\n---\n\nb:\n  c: 1\n...\n";
    let documents = documents(text);
    let lines: Vec<_> = documents.iter().map(|document| document.line).collect();
    assert_eq!(lines, [3, 5]);
    let node = documents[1].read().unwrap();
    assert_eq!(node.get("b").and_then(|b| b.get("c")).map(|c| c.line), Some(8));
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_line() {
    let cases = [
        ("a: 1\n b: 2\n", 2),
        ("a:\n  b: 1\n c: 2\n", 3),
        ("a: 'x\nb: 1\n", 3),
        ("a: [1, 2\nb: 1\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\na: 2\n", 2),
        ("a: *x\n", 1),
        ("a: !!str 1\n", 1),
        ("a: x: y\n", 1),
        ("a: \"\\q\"\n", 1),
        ("a: 'x' y\n", 1),
        ("a: @x\n", 1),
    ];
    for (text, line) in cases {
        let error = documents(text)[0].read().err();
        assert_eq!(error.map(|error| error.line), Some(line), "{text} {error:?}");
    }
}

#[test]
fn bombs_and_depths_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let part = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![part; 9].join(", "));
    }
    assert_eq!(documents(&bomb)[0].read().unwrap_err().what, "too many values in one document");
    for deep in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)] {
        assert!(documents(&format!("a: {deep}"))[0].read().is_err());
    }
}

#[test]
fn a_long_text_takes_linear_time() {
    let text = format!("a: x\n{}b: 1\n", "  y\n".repeat(200_000));
    assert!(documents(&text)[0].read().is_ok());
}
