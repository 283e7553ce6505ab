//! What no list of examples can show: on random rules and events, the index says what the plain
//! meaning of each rule says. The seed is printed on failure and can be set with `SEKISHO_SEED`.

use super::explain::Plain;
use super::{LogSource, Matcher, Placeholders, RuleFile, RuleSet, compile};
use crate::base::{Location, Seed, Time};
use crate::event::{Event, Fields};
use crate::text::{Pair, Value};
use std::fmt::Write;
use std::sync::Arc;

/// Draws what rules and events are made of. (SplitMix64, the same everywhere.)
struct Random(u64);

const FIELDS: [&str; 4] = ["F", "G", "H", "EventID"];
const MODIFIERS: [&str; 22] = [
    "",
    "",
    "",
    "|contains",
    "|contains",
    "|startswith",
    "|endswith",
    "|contains|all",
    "|cased",
    "|contains|cased",
    "|endswith|cased",
    "|re",
    "|re|i",
    "|windash|contains",
    "|neq",
    "|gt",
    "|lte",
    "|exists",
    "|base64offset|contains",
    "|cidr",
    "|fieldref",
    "|fieldref|startswith",
];
/// Pieces that rules and events share, so that some of them meet.
const PIECES: [&str; 16] =
    ["a", "A", "ab", "B", "-x", " /x", "é", "É", "K", "\u{212a}", "1", "10", "\\", "*", "?", "YWI"];
const PATTERNS: [&str; 8] =
    ["a+b", "(ab|-x)", "^1[0-9]?$", "[aA]b?é", "k", "x{2,}|10", "(a|b)*", "\\\\[ab]"];

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn text(&mut self) -> String {
        (0..self.below(4)).map(|_| self.one_of(&PIECES)).collect()
    }

    /// A value that a rule may give with modifiers.
    fn value(&mut self, modifiers: &str) -> String {
        let text = match modifiers {
            "|re" | "|re|i" => self.one_of(&PATTERNS).to_owned(),
            "|gt" | "|lte" => return self.below(12).to_string(),
            "|exists" => return self.one_of(&["true", "false"]).to_owned(),
            "|cidr" => "192.0.2.0/25".to_owned(),
            "|fieldref" | "|fieldref|startswith" => self.one_of(&FIELDS).to_owned(),
            "|base64offset|contains" => "ab".to_owned(),
            "" => match self.below(6) {
                0 => return "null".to_owned(),
                1 => return self.one_of(&["1", "10", "true"]).to_owned(),
                _ => self.text(),
            },
            _ => self.text(),
        };
        format!("'{text}'")
    }

    fn item(&mut self, out: &mut String, indent: &str) {
        let modifiers = self.one_of(&MODIFIERS);
        // Of texts that must all be there, there are several.
        let count = if modifiers.contains("all") { 2 } else { 1 + self.below(3) };
        let values: Vec<_> = (0..count).map(|_| self.value(modifiers)).collect();
        let field = self.one_of(&FIELDS);
        let values = if modifiers == "|exists" {
            values[0].clone()
        } else {
            format!("[{}]", values.join(", "))
        };
        writeln!(out, "{indent}{field}{modifiers}: {values}").unwrap();
    }

    fn rule(&mut self, id: usize) -> String {
        let mut out = format!(
            "title: r{id}\nid: r{id:04}\nlogsource:\n  product: p{}\ndetection:\n",
            self.below(2)
        );
        for name in ["s1", "s2", "t"] {
            writeln!(out, "  {name}:").unwrap();
            match self.below(4) {
                0 => (0..1 + self.below(2)).for_each(|_| {
                    let text = self.text();
                    writeln!(out, "    - 'k{text}'").unwrap();
                }),
                1 => (0..2).for_each(|_| {
                    out.push_str("    -\n");
                    self.item(&mut out, "      ");
                }),
                _ => self.item(&mut out, "    "),
            }
        }
        let conditions = [
            "s1",
            "s1 and t",
            "s1 and not t",
            "1 of s*",
            "all of s* and not t",
            "not s1",
            "2 of them",
            "t or not (s1 and s2)",
            "not 1 of s*",
        ];
        writeln!(out, "  condition: {}", self.one_of(&conditions)).unwrap();
        out
    }

    fn pairs(&mut self) -> Vec<(&'static str, Option<String>)> {
        let count = self.below(6);
        let value = |random: &mut Self| match random.below(8) {
            0 => None,
            1 => Some("192.0.2.7".to_owned()),
            2 => Some(random.below(12).to_string()),
            3 => Some(format!("k{}", random.text())),
            _ => Some(random.text()),
        };
        (0..count).map(|_| (self.one_of(&FIELDS), value(self))).collect()
    }
}

fn seed() -> u64 {
    std::env::var("SEKISHO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_260_823)
}

fn rules(random: &mut Random, count: usize) -> RuleSet {
    let texts: Vec<_> = (0..count).map(|id| random.rule(id)).collect();
    let file = |text: &String| text.clone().into_bytes();
    let bytes: Vec<_> = texts.iter().map(file).collect();
    let files = bytes.iter().map(|text| RuleFile { name: "drawn".to_owned(), text });
    let (set, problems) = compile(&files.collect::<Vec<_>>(), &Placeholders::default());
    let errors = problems.iter().filter(|problem| problem.kind() == super::ProblemKind::Error);
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<&super::Problem>::new());
    assert_eq!(set.rules().len(), count);
    set
}

#[test]
fn the_index_says_what_rules_mean() {
    let seed = seed();
    let mut random = Random(seed);
    let set = rules(&mut random, 400);
    let mut matcher = Matcher::new(Arc::new(set.clone()), Seed(3));
    let mut hits = 0;
    for _ in 0..400 {
        let drawn = random.pairs();
        let pairs: Vec<_> = drawn
            .iter()
            .map(|(key, value)| Pair {
                key: key.as_bytes(),
                value: value.as_ref().map_or(Value::Null, |text| Value::Text(text.as_bytes())),
            })
            .collect();
        let mut fields = Fields::default();
        fields.set_pairs(&pairs);
        let location = Location { stream: 0, length: 0, offset: 0, line: 0, record: 0 };
        let event = Event { location, time: Time::Absent, count: 1, fields: &fields };
        let product = Some(format!("p{}", random.below(2)));
        let source = LogSource { product: product.clone(), ..LogSource::default() };
        let plain = Plain { rules: &set, event: &event, source: &source };
        let meant = (0..).zip(set.rules()).filter(|(at, rule)| {
            rule.source.product == product
                && set.program(*at).is_some_and(|program| program.holds(&plain))
        });
        let meant: Vec<_> = meant.map(|(at, _)| at).collect();
        assert_eq!(matcher.matches(&event, &source), meant, "{drawn:?}, SEKISHO_SEED={seed}");
        hits += meant.len();
    }
    assert!(hits > 4_000, "rules and events meet: {hits}");
}
