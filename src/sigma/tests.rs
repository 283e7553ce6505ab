//! Rules of few lines beside events of few fields. Each event is asked twice, by the index and by
//! the plain meaning, which must agree.

use super::explain::Plain;
use super::*;
use crate::base::{Location, Seed, Time};
use crate::event::{Event, Field, Fields};
use crate::text::{self, Pair, Value};
use bumpalo::Bump;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A rule with a detection, for events of product `test`.
fn rule(detection: &str) -> String {
    format!("title: t\nlogsource:\n  product: test\ndetection:\n{detection}")
}

fn compiled(text: &str, lists: &[(&str, &[&str])]) -> (RuleSet, Vec<Problem>) {
    let own = |text: &&str| (*text).to_owned();
    let list =
        |(name, entries): &(&str, &[&str])| ((*name).to_owned(), entries.iter().map(own).collect());
    let lists = Placeholders(lists.iter().map(list).collect::<BTreeMap<_, _>>());
    compile(&[RuleFile { name: "test.yml".to_owned(), text: text.as_bytes() }], &lists)
}

fn of_product(product: &str) -> LogSource {
    LogSource { product: Some(product.to_owned()), ..LogSource::default() }
}

type Pairs<'p> = [(&'p str, Option<&'p str>)];

fn with_event<T>(
    pairs: &Pairs<'_>,
    others: &[(Field, &[u8])],
    then: impl FnOnce(&Event<'_>) -> T,
) -> T {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| Pair {
            key: key.as_bytes(),
            value: value.map_or(Value::Null, |text| Value::Text(text.as_bytes())),
        })
        .collect();
    let mut fields = Fields::default();
    let others: Vec<_> = others.iter().map(|(field, text)| (*field, Value::Text(text))).collect();
    fields.set_others(&others);
    fields.set_pairs(&pairs);
    let location = Location { stream: 0, length: 0, offset: 0, line: 0, record: 0 };
    then(&Event { location, time: Time::Absent, count: 1, fields: &fields })
}

/// The rules that an event matches, by the index and by the plain meaning.
fn matched(set: &RuleSet, event: &Event<'_>, source: &LogSource) -> Vec<RuleIndex> {
    let mut matcher = Matcher::new(Arc::new(set.clone()), Seed(7));
    let first = matcher.matches(event, source).to_vec();
    let again = matcher.matches(event, source).to_vec();
    assert_eq!(first, again, "a value that was judged before is judged alike");
    let plain = Plain { rules: set, event, source };
    for (at, _) in (0..).zip(set.rules()) {
        let is_asked = set.program(at).is_some_and(|program| program.holds(&plain));
        if first.contains(&at) {
            assert!(is_asked, "matched by the index alone");
        }
        let is_of = set.rules()[at as usize].source.product == source.product;
        assert!(!(is_asked && is_of) || first.contains(&at), "missed by the index");
    }
    first
}

/// Whether a detection fits an event.
fn fits(detection: &str, pairs: &Pairs<'_>) -> bool {
    let (set, problems) = compiled(&rule(detection), &[]);
    assert_eq!(problems, [], "{detection}");
    with_event(pairs, &[], |event| !matched(&set, event, &of_product("test")).is_empty())
}

/// Whether `key: value` fits an event with the field `F`.
fn item(key: &str, value: &str, of_event: &str) -> bool {
    let detection = format!("  s:\n    {key}: {value}\n  condition: s\n");
    fits(&detection, &[("F", Some(of_event)), ("G", Some("Other"))])
}

fn problem_of(text: &str) -> What {
    let (_, problems) = compiled(text, &[]);
    let mut whats: Vec<_> = problems.into_iter().map(|problem| problem.what).collect();
    assert_eq!(whats.len(), 1, "{text}: {whats:?}");
    whats.remove(0)
}

#[test]
fn texts_stand_where_modifiers_say() {
    assert!(item("F", "'Ab'", "aB") && !item("F", "'Ab'", "aBc"));
    assert!(item("F|contains", "'b'", "aBc") && item("F|startswith", "'A'", "abc"));
    assert!(item("F|endswith", "'C'", "abc") && !item("F|endswith", "'b'", "abc"));
    assert!(item("F|cased", "'Ab'", "Ab") && !item("F|cased", "'Ab'", "ab"));
    assert!(item("F|contains|cased", "'B'", "aBc") && !item("F|contains|cased", "'B'", "abc"));
    assert!(item("F", "'É*'", "éa") && item("F|contains", "'ü'", "GRÜN"));
    assert!(item("F", "''", "") && !item("F", "''", "x") && item("F|contains", "''", "x"));
    assert!(item("F", "[x, 'y']", "Y") && !item("F", "[x, y]", "z"));
    assert!(item("F|contains|all", "[a, b]", "xbxa") && !item("F|contains|all", "[a, b]", "xb"));
}

#[test]
fn values_written_with_escapes_count_as_what_they_stand_for() {
    let detection = "  s:\n    F|endswith: '\\b\"c'\n  k: [xyz]\n  condition: s or k\n";
    let (set, problems) = compiled(&rule(detection), &[]);
    assert_eq!(problems, []);
    let fits = |record: &[u8]| {
        let arena = Bump::new();
        let mut pairs = text::Pairs::new_in(&arena);
        text::json::read(record, &arena, &mut pairs).unwrap();
        let mut fields = Fields::default();
        fields.set_pairs(pairs.into_bump_slice());
        let location = Location { stream: 0, length: 0, offset: 0, line: 0, record: 0 };
        let event = Event { location, time: Time::Absent, count: 1, fields: &fields };
        !matched(&set, &event, &of_product("test")).is_empty()
    };
    assert!(fits(br#"{"F":"a\\b\"c"}"#) && fits(br#"{"F":"\u005cB\u0022C"}"#));
    assert!(!fits(br#"{"F":"a\\\\b\\c"}"#) && !fits(br#"{"G":"a\\b\"c"}"#));
    assert!(fits(br#"{"G":"\t\u0058Yz"}"#) && !fits(br#"{"G":"x\nyz"}"#));
}

#[test]
fn wildcards_and_escapes() {
    assert!(item("F", r"'a*c?e'", "aXXcde") && !item("F", r"'a*c?e'", "aXXce"));
    assert!(item("F", r"'a\*c'", "a*c") && !item("F", r"'a\*c'", "abc"));
    assert!(item("F", r"'C:\\*\x.exe'", r"C:\Users\x.exe") && item("F", r"'\\\\srv'", r"\\srv"));
    assert!(
        item("F|contains", r"'a?c'", "xxabcxx")
            && item("F", "'*'", "")
            && item("F", "'a*'", "a\nb")
    );
}

#[test]
fn numbers_truth_values_and_nothing() {
    assert!(item("F", "10", "10") && item("F", "10", "010") && !item("F", "10", "100"));
    assert!(item("F|gt", "9", "10") && !item("F|gt", "10", "10") && item("F|gte", "10", "10.0"));
    assert!(item("F|lt", "1.5", "1.25") && item("F|lte", "-1", "-2") && !item("F|lt", "3", "x"));
    assert!(item("F", "true", "True") && item("F", "false", "0") && !item("F", "true", "false"));
    assert!(item("H", "null", "x") && !item("F", "null", "x"));
    assert!(fits("  s:\n    F: null\n  condition: s\n", &[("F", None)]));
    assert!(item("F|neq", "a", "b") && !item("F|neq", "a", "A") && !item("H|neq", "a", "b"));
    assert!(
        item("F|exists", "true", "")
            && !item("H|exists", "true", "")
            && item("H|exists", "false", "")
    );
}

#[test]
fn regular_expressions_networks_times_and_references() {
    assert!(item("F|re", "'^a.*Z$'", "abZ") && !item("F|re", "'^a.*Z$'", "abz"));
    assert!(item("F|re|i", "'^a.*Z$'", "ABz") && item("F|re|m|s", "'^b.c$'", "a\nb\nc"));
    assert!(item("F|re", "'[a-c]{3}'", "xxabcxx") && !item("F|re", "'(foo|bar)x'", "foobar"));
    assert!(item("F|cidr", "192.0.2.0/24", "192.0.2.7") && !item("F|cidr", "192.0.2.0/24", "x"));
    assert!(
        item("F|hour", "14", "2021-05-06T14:02:03Z")
            && !item("F|minute", "3", "2021-05-06T14:02:03Z")
    );
    assert!(item("F|fieldref", "G", "other") && !item("F|fieldref", "G", "others"));
    assert!(item("F|fieldref|endswith", "G", "another") && !item("F|fieldref", "H", "x"));
    assert!(!item("F|fieldref|cased", "G", "other"));
}

#[test]
fn encodings() {
    assert!(item("F|base64offset|contains", "'secret'", "eHhzZWNyZXR5"));
    assert!(item("F|base64|contains", "foobar", "xxZm9vYmFyxx"));
    assert!(item("F|wide|base64offset|contains", "'a-b'", "YQAtAGIA"));
    assert!(
        item("F|utf16be|base64|contains", "'a'", "AGE=")
            && item("F|utf16|base64", "'a'", "//5hAA==")
    );
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
        assert!(item("F|contains|windash", "' -enc'", &format!("x {dash}ENC")), "{dash}");
    }
    assert!(!item("F|contains|windash", "' -enc'", "x +enc") && !item("F|windash", "'a-b'", "a/b"));
}

#[test]
fn keywords_stand_anywhere() {
    let detection = "  k:\n    - 'needle'\n    - 'x?z'\n  condition: k\n";
    assert!(
        fits(detection, &[("A", Some("a NEEDLE here"))]) && fits(detection, &[("B", Some("xyz"))])
    );
    assert!(!fits(detection, &[("A", Some("hay")), ("needle", Some("x"))]));
    let all = "  k:\n    '|all':\n      - one\n      - two\n  condition: k\n";
    assert!(
        fits(all, &[("A", Some("one")), ("B", Some("two"))]) && !fits(all, &[("A", Some("one"))])
    );
}

#[test]
fn conditions_join_searches() {
    let of = |condition: &str, text: &str| {
        let searches = "  sel_a:\n    F|contains: a\n  sel_b:\n    - F|contains: b\n    - F: c\n  _c:\n    F|contains: d\n";
        let (set, problems) =
            compiled(&rule(&format!("{searches}  condition: {condition}\n")), &[]);
        assert!(
            problems.iter().all(|problem| problem.kind() == ProblemKind::Warning),
            "{problems:?}"
        );
        with_event(&[("F", Some(text))], &[], |event| {
            !matched(&set, event, &of_product("test")).is_empty()
        })
    };
    assert!(of("1 of sel_*", "xb") && !of("all of sel_*", "xb") && of("all of sel_*", "ab"));
    assert!(of("all of them", "ab") && of("2 of them", "ab") && !of("2 of them", "a"));
    assert!(of("sel_a and not sel_b", "a") && !of("sel_a and not sel_b", "ab"));
    assert!(of("not sel_a", "c") && of("[sel_a, _c]", "d") && of("not (sel_a or sel_b)", "x"));
}

#[test]
fn a_field_with_several_values_passes_with_one() {
    let pairs = [("F", Some("a")), ("F", Some("b")), ("F", None)];
    assert!(fits("  s:\n    F: b\n  condition: s\n", &pairs));
    assert!(fits("  s:\n    F|all:\n      - a\n      - b\n  condition: s\n", &pairs));
    assert!(!fits("  s:\n    F: b\n  t:\n    F: a\n  condition: s and not t\n", &pairs));
}

#[test]
fn placeholders_are_filled_from_lists() {
    let text = rule("  s:\n    F|expand: '%users%'\n  condition: s\n");
    let (set, problems) = compiled(&text, &[("users", &["sato", "su*"])]);
    assert_eq!(problems, []);
    for (name, expected) in [("Sato", true), ("suzuki", true), ("ito", false)] {
        let is_matched = with_event(&[("F", Some(name))], &[], |event| {
            !matched(&set, event, &of_product("test")).is_empty()
        });
        assert_eq!(is_matched, expected, "{name}");
    }
    assert_eq!(problem_of(&text), What::Lists(vec!["users".to_owned()]));
}

#[test]
fn a_rule_without_its_list_does_not_run_even_where_the_list_only_leaves_out() {
    let filter =
        "  s:\n    F: a\n  filter:\n    G|expand: 'x%users%'\n  condition: s and not filter\n";
    let (set, problems) = compiled(&rule(filter), &[]);
    assert_eq!((set.rules().len(), problems.len()), (0, 1));
    let (set, problems) = compiled(&rule(filter), &[("users", &["1", "2"])]);
    assert_eq!(problems, []);
    for (value, expected) in [("x2", vec![]), ("x3", vec![0]), ("x%users%", vec![0])] {
        with_event(&[("F", Some("a")), ("G", Some(value))], &[], |event| {
            assert_eq!(matched(&set, event, &of_product("test")), expected, "{value}");
        });
    }
}

#[test]
fn a_field_of_the_event_model_is_asked_for_by_its_name() {
    let (set, problems) = compiled(&rule("  s:\n    destination.port: 80\n  condition: s\n"), &[]);
    assert_eq!(problems, []);
    let pairs = [("DestinationPort", Some("80"))];
    for (port, expected) in [(b"80".as_slice(), vec![0]), (b"81", vec![])] {
        with_event(&pairs, &[(Field::DestinationPort, port)], |event| {
            assert_eq!(matched(&set, event, &of_product("test")), expected);
        });
    }
}

#[test]
fn every_part_has_an_effect_or_a_problem() {
    let modifier = |key: &str| problem_of(&rule(&format!("  s:\n    {key}: a\n  condition: s\n")));
    assert_eq!(modifier("F|container"), What::Modifier("container".to_owned()));
    for key in [
        "F|contains|endswith",
        "F|i",
        "F|re|contains",
        "F|base64|base64offset",
        "F|cidr|windash",
        "F|gt|lt",
    ] {
        assert!(matches!(modifier(key), What::Modifiers(_)), "{key}");
    }
    for key in ["F|cidr", "F|gt", "F|hour", "F|exists"] {
        assert!(matches!(modifier(key), What::Value(_)), "{key}");
    }
    assert!(matches!(modifier("F|re|i: '(?=a)'\n    G"), What::Regex(..)));
    let more =
        |line: &str| problem_of(&(line.to_owned() + &rule("  s:\n    F: a\n  condition: s\n")));
    assert_eq!(more("lvl: high\n"), What::Unknown("lvl".to_owned()));
    assert!(matches!(more("level: hgh\n"), What::Form(..)));
    assert!(matches!(more("status: hgh\n"), What::Form(..)));
    let condition =
        |text: &str| problem_of(&rule(&format!("  s:\n    F: a\n  condition: {text}\n")));
    assert_eq!(condition("t"), What::NoSearch("t".to_owned()));
    assert_eq!(condition("1 of t*"), What::NoSearch("t*".to_owned()));
    assert_eq!(condition("s and"), What::Condition("the end of the condition".to_owned()));
    assert_eq!(
        problem_of(&rule("  s:\n    F: a\n  t:\n    F: b\n  condition: s\n")),
        What::Unused("t".to_owned())
    );
    assert_eq!(problem_of("title: x\nlogsource:\n  product: y\n"), What::Missing("detection"));
    assert_eq!(problem_of("- a\n"), What::NoMapping);
    assert!(matches!(problem_of("title: [\n"), What::Yaml(_)));
    assert!(matches!(problem_of(&rule("  s:\n    F: {a: b}\n  condition: s\n")), What::Form(..)));
}

#[test]
fn problems_say_where_they_are() {
    let text = format!(
        "{}---\n{}",
        rule("  s:\n    F: a\n  condition: s\n"),
        rule("  s:\n    F|x: a\n  condition: s\n")
    );
    let (set, problems) = compiled(&text, &[]);
    assert_eq!(set.rules().len(), 1);
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.line, problem.rule.as_deref()), (Some(14), Some("t")));
    assert!(problem.what().en.contains("«x»") && !problem.hint().ja.is_empty());
}

#[test]
fn actions_join_documents() {
    let text = "action: global\ntitle: t\nlogsource:\n  product: test\ndetection:\n  condition: s\n---\nid: a\ndetection:\n  s:\n    F: a\n---\nid: b\naction: repeat\ndetection:\n  s:\n    F: b\n";
    let (set, problems) = compiled(text, &[]);
    assert_eq!(problems, []);
    let ids: Vec<_> = set.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    let hit =
        with_event(&[("F", Some("b"))], &[], |event| matched(&set, event, &of_product("test")));
    assert_eq!(hit, [1]);
}

#[test]
fn filters_leave_out_matches() {
    let base = rule("  s:\n    F: a\n  condition: s\n").replace("title: t", "title: t\nid: base");
    let filter = "title: f\nlogsource:\n  product: test\nfilter:\n  rules: [base]\n  sel:\n    G: ok\n  condition: not sel\n";
    let (set, problems) = compiled(&format!("{base}---\n{filter}"), &[]);
    assert_eq!(problems, []);
    let is_hit = |pairs: &Pairs<'_>| {
        with_event(pairs, &[], |event| !matched(&set, event, &of_product("test")).is_empty())
    };
    assert!(is_hit(&[("F", Some("a"))]) && !is_hit(&[("F", Some("a")), ("G", Some("ok"))]));
    let (_, problems) = compiled(filter, &[]);
    assert_eq!(problems[0].what, What::NoRule("base".to_owned()));
}

#[test]
fn correlations_hide_what_they_are_made_of_unless_they_say_so() {
    let base = rule("  s:\n    F: a\n  condition: s\n").replace("title: t", "title: t\nname: base");
    let of = |more: &str| {
        let text = format!(
            "{base}---\ntitle: c\ncorrelation:\n  type: event_count\n  rules: base\n  group-by: [G]\n  timespan: 5m\n  condition:\n    gte: 3\n{more}"
        );
        compiled(&text, &[])
    };
    let (set, problems) = of("");
    assert_eq!(problems, []);
    let [correlation] = set.correlations() else { panic!() };
    assert_eq!((correlation.of.as_slice(), correlation.timespan_secs), ([1].as_slice(), 300));
    assert!(!set.rules()[1].is_shown && set.rules()[0].is_shown);
    assert!(of("  generate: true\n").0.rules()[1].is_shown);
    let (set, problems) =
        compiled("title: c\ncorrelation:\n  type: temporal\n  rules: [x]\n  timespan: 1h\n", &[]);
    assert_eq!((set.rules().len(), &problems[0].what), (0, &What::NoRule("x".to_owned())));
    let circle =
        "title: c\nname: c\ncorrelation:\n  type: temporal\n  rules: [c]\n  timespan: 1h\n";
    assert_eq!(problem_of(circle), What::Circle);
}

#[test]
fn rules_run_on_their_log_source_alone() {
    let rule = |source: &str, id: &str| {
        format!(
            "title: {id}\nlogsource: {{{source}}}\ndetection:\n  s:\n    EventID: 1\n    Image|endswith: x.exe\n  condition: s\n---\n"
        )
    };
    let text = rule("product: windows, category: process_creation", "a")
        + &rule("product: windows, service: security", "b")
        + &rule("product: linux", "c");
    let (set, problems) = compiled(&text, &[]);
    assert_eq!(problems, []);
    let pairs = [("Event.EventData.Image", Some("C:\\x.exe"))];
    let sysmon: [(Field, &[u8]); 2] =
        [(Field::Provider, b"Microsoft-Windows-Sysmon"), (Field::Code, b"1")];
    let other: [(Field, &[u8]); 2] = [(Field::Provider, b"Other"), (Field::Code, b"1")];
    let windows = of_product("windows");
    let mut matcher = Matcher::new(Arc::new(set.clone()), Seed(1));
    with_event(&pairs, &sysmon, |event| assert_eq!(matcher.matches(event, &windows), [0]));
    with_event(&pairs, &other, |event| assert_eq!(matcher.matches(event, &windows), [0; 0]));
    let reasons = set.not_evaluable(matcher.seen());
    let reasons: Vec<_> = reasons
        .into_iter()
        .map(|(rule, why)| (rule, matches!(why, NotEvaluable::Source(_))))
        .collect();
    assert_eq!(reasons, [(1, true), (2, true)]);
}

#[test]
fn a_rule_is_not_evaluable_without_the_fields_it_needs() {
    let (set, _) = compiled(&rule("  s:\n    F: a\n    G: b\n  condition: s\n"), &[]);
    let mut matcher = Matcher::new(Arc::new(set.clone()), Seed(1));
    with_event(&[("F", Some("a"))], &[], |event| {
        matcher.matches(event, &of_product("test"));
    });
    let reasons = set.not_evaluable(matcher.seen());
    assert_eq!(reasons, [(0, NotEvaluable::Fields(vec!["G".to_owned()]))]);
}

#[test]
fn explanations_show_what_matched_and_what_did_not() {
    let detection =
        "  s:\n    F|contains: [a, q]\n    G: b\n  f:\n    F: x\n  condition: s and not f\n";
    let (set, _) = compiled(&rule(detection), &[]);
    let explain = |pairs: &Pairs<'_>| {
        with_event(pairs, &[], |event| set.explain(0, event, &of_product("test")).unwrap())
    };
    let near = explain(&[("F", Some("xa")), ("G", Some("c"))]);
    assert!(!near.matches && !near.searches[0].holds);
    let items: Vec<_> =
        near.searches[0].items.iter().map(|item| (item.field.as_deref(), item.holds)).collect();
    assert_eq!(items, [(Some("F"), true), (Some("G"), false)]);
    assert_eq!(near.searches[0].items[0].asked, ["*a*"]);
    assert_eq!(near.searches[0].items[1].values, ["c"]);
    let negated: Vec<_> = near.searches.iter().map(|search| search.is_negated).collect();
    assert_eq!(negated, [false, true]);
    let whole = explain(&[("F", Some("xa")), ("G", Some("b"))]);
    assert!(whole.matches && whole.parts_off == 1);
    let off = |f: &str, g: &str| explain(&[("F", Some(f)), ("G", Some(g))]).parts_off;
    assert_eq!([off("xa", "c"), off("b", "c"), off("x", "c")], [1, 2, 3]);
}

#[test]
fn so_many_of_several_searches_are_counted_as_near_as_the_best_of_them() {
    let detection = "  a:\n    F: 1\n  b:\n    G: 1\n    H: 1\n  c:\n    I: 1\n    \
        J: 1\n    K: 1\n  condition: 2 of *\n";
    let (set, _) = compiled(&rule(detection), &[]);
    let off = |pairs: &Pairs<'_>| {
        let source = of_product("test");
        with_event(pairs, &[], |event| set.explain(0, event, &source).unwrap().parts_off)
    };
    assert_eq!(off(&[]), 3, "the first two");
    assert_eq!(off(&[("I", Some("1")), ("J", Some("1"))]), 2, "the first and the last");
    assert_eq!(off(&[("F", Some("1")), ("G", Some("1")), ("H", Some("1"))]), 1, "any of them");
}

#[test]
fn a_set_survives_being_posted() {
    let (set, _) = compiled(&rule("  s:\n    F|re: 'a+'\n  condition: s\n"), &[]);
    let again: RuleSet = postcard::from_bytes(&postcard::to_allocvec(&set).unwrap()).unwrap();
    assert_eq!(again.rules(), set.rules());
    with_event(&[("F", Some("xa"))], &[], |event| {
        assert_eq!(matched(&again, event, &of_product("test")), [0]);
    });
}

#[test]
fn hostile_rules_stop_nobody_else() {
    let good = rule("  s:\n    F: a\n  condition: s\n");
    let long = rule(&format!("  s:\n    F: '{}'\n  condition: s\n", "x".repeat(10 << 20)));
    let deep = rule(&format!(
        "  s:\n    F: a\n  condition: {}s{}\n",
        "(".repeat(5_000),
        ")".repeat(5_000)
    ));
    let regex = rule("  s:\n    F|re: '((a{1000}){1000}){10}'\n  condition: s\n");
    let wide = format!("  s:\n    F: a\n  condition: {}\n", vec!["1 of *"; 6_000].join(" or "));
    let lists = rule("  s:\n    F|expand: '%a%%a%%a%'\n  condition: s\n");
    let text = [long, deep, regex, lists, good].join("---\n");
    let entries = vec!["x"; 1_000];
    let (set, problems) = compiled(&text, &[("a", &entries)]);
    assert_eq!((set.rules().len(), problems.len()), (1, 4), "{problems:?}");
    assert!(problems.iter().any(|problem| matches!(problem.what, What::TooLarge(_))));
    let (set, problems) = compiled(&rule(&wide), &[]);
    assert_eq!((set.rules().len(), problems.len()), (1, 0));
}

#[test]
fn hostile_yaml_stops_nobody_else() {
    let good = rule("  s:\n    F: a\n  condition: s\n");
    let mut bomb = "title: bomb\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let of = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{of}]\n");
    }
    let bomb = bomb + "detection:\n  s: *a11\n  condition: s\n";
    let flow = rule(&format!("  s: {}a{}\n  condition: s\n", "[".repeat(9_000), "]".repeat(9_000)));
    let levels = (0..2_000).map(|level| format!("{}k:\n", " ".repeat(level + 2)));
    let block = rule(&levels.collect::<String>());
    for hostile in [bomb, flow, block] {
        let (set, problems) = compiled(&[hostile, good.clone()].join("---\n"), &[]);
        let errors = problems.iter().filter(|problem| problem.kind() == ProblemKind::Error);
        assert_eq!((set.rules().len(), errors.count()), (1, 1), "{problems:?}");
    }
}

#[test]
fn catastrophic_patterns_take_linear_time() {
    let text = "a".repeat(1 << 16) + "b";
    let patterns = ["'^(a+)+$'", "'^(a|aa)*$'", "'(a*)*c'", "'(.*a){20}c'"];
    let each = patterns.map(|pattern| format!("  - F|re: {pattern}\n")).concat();
    let (set, problems) =
        compiled(&rule(&format!("  s:\n{each}  condition: s\n").replace("  - F", "    - F")), &[]);
    assert_eq!(problems, []);
    with_event(&[("F", Some(&text))], &[], |event| {
        assert_eq!(matched(&set, event, &of_product("test")), [0; 0]);
    });
}

#[test]
fn a_hundred_thousand_rules_are_read_and_more_are_counted() {
    let one = |n: u32| {
        format!(
            "title: r{n}\nlogsource: {{product: test}}\ndetection:\n  s: {{F: v{n}}}\n  condition: s\n"
        )
    };
    let text = (0..100_007).map(one).collect::<Vec<_>>().join("---\n");
    let (set, problems) = compiled(&text, &[]);
    assert_eq!(set.rules().len(), 100_000);
    let [problem] = problems.as_slice() else { panic!("{}", problems.len()) };
    assert_eq!(problem.what, What::TooMany(7));
    with_event(&[("F", Some("v99999"))], &[], |event| {
        assert_eq!(matched(&set, event, &of_product("test")).len(), 1);
    });
}
