//! Regular expressions of rules: checked when a rule is compiled, built when one is first needed.
//!
//! Their matching is linear in the value; their size is bounded. Each has its witnesses, texts of
//! which one stands, in lower case, in the lower case of whatever it matches.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

/// Bytes of a compiled expression at most, by the estimate.
const COMPILED: usize = 4 << 20;
/// The estimate is right within this factor, by the tests below.
#[cfg(test)]
const SLACK: usize = 3;
/// What building may take: far more than the estimate can be wrong by, since an expression that
/// was taken must not fail when it is first used.
const BUILT: usize = 16 * COMPILED;
/// Bytes that an expression may take for what it remembers of values.
const REMEMBERED: usize = 4 << 20;
/// Bytes of an expression at most.
const WRITTEN: usize = 64 << 10;
/// Alternatives of a witness at most.
const WITNESSES: usize = 64;

/// A regular expression.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pattern {
    text: Box<str>,
    witnesses: Vec<Box<[u8]>>,
    /// What is asked of values of ASCII alone: it says the same of them, and is built in a fraction
    /// of the time.
    #[serde(skip)]
    of_ascii: OnceLock<Option<Regex>>,
    #[serde(skip)]
    built: OnceLock<Option<Regex>>,
}

impl Clone for Pattern {
    fn clone(&self) -> Self {
        let (text, witnesses) = (self.text.clone(), self.witnesses.clone());
        Self { text, witnesses, of_ascii: OnceLock::new(), built: OnceLock::new() }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Pattern {
    /// Checks an expression. The error says why it cannot be used.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > WRITTEN {
            return Err(format!("it has {} bytes", text.len()));
        }
        let mut parser = regex_syntax::ParserBuilder::new().utf8(false).nest_limit(64).build();
        let hir = parser.parse(text).map_err(|error| reason(&error))?;
        if size(&hir) > COMPILED {
            return Err("it is too large when compiled".to_owned());
        }
        Ok(Self {
            text: text.into(),
            witnesses: witnesses(&hir).unwrap_or_default(),
            of_ascii: OnceLock::new(),
            built: OnceLock::new(),
        })
    }

    /// The expression as written, with its flags.
    pub const fn text(&self) -> &str {
        &self.text
    }

    /// Texts of which one is in whatever it matches; empty where none is known.
    pub fn witnesses(&self) -> &[Box<[u8]>] {
        &self.witnesses
    }

    /// Whether it is found in a value.
    pub fn is_found(&self, value: &[u8]) -> bool {
        let (slot, has_unicode) = match value.is_ascii() {
            true => (&self.of_ascii, false),
            false => (&self.built, true),
        };
        let of_value = slot.get_or_init(|| build(&self.text, has_unicode).ok());
        // What names characters beyond ASCII cannot be built without them.
        let built = of_value
            .as_ref()
            .or_else(|| self.built.get_or_init(|| build(&self.text, true).ok()).as_ref());
        built.is_some_and(|regex| regex.is_match(value))
    }
}

fn build(text: &str, has_unicode: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .unicode(has_unicode)
        .size_limit(BUILT)
        .dfa_size_limit(REMEMBERED)
        .nest_limit(64)
        .build()
}

/// The last line of what the parser says, which holds the reason.
fn reason(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

/// An estimate of the compiled size, in bytes: building takes too long to be done for each rule
/// that is read, and most are never needed.
fn size(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 64,
        HirKind::Literal(literal) => literal.0.len() * 40,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() * 64,
        HirKind::Class(Class::Unicode(class)) => {
            // Wide ranges take several ways through the bytes of UTF-8.
            let is_wide = |range: &ClassUnicodeRange| {
                let (start, end) = (range.start(), range.end());
                start.len_utf8() != end.len_utf8() || u32::from(end) - u32::from(start) >= 0x800
            };
            let wide = if class.ranges().iter().any(is_wide) { 1000 } else { 0 };
            class.ranges().len() * 64 + wide
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min).max(1);
            let join = if repetition.max == Some(repetition.min) { 0 } else { 64 };
            size(&repetition.sub).saturating_add(join).saturating_mul(most as usize)
        }
        HirKind::Capture(capture) => size(&capture.sub).saturating_add(80),
        HirKind::Concat(parts) => parts.iter().map(size).fold(0, usize::saturating_add),
        HirKind::Alternation(parts) => {
            parts.iter().map(|part| size(part).saturating_add(40)).fold(0, usize::saturating_add)
        }
    }
}

/// Texts of which one is in whatever matches; none where no such texts are known.
fn witnesses(hir: &Hir) -> Option<Vec<Box<[u8]>>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => witness_of_run(std::slice::from_ref(hir)),
        HirKind::Capture(capture) => witnesses(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => witnesses(&repetition.sub),
        HirKind::Concat(parts) => {
            let inner = parts.iter().filter(|part| letters(part).is_none()).filter_map(witnesses);
            let run = witness_of_run(parts);
            inner.chain(run).max_by_key(|texts| worth(texts))
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(witnesses(part)?);
                if all.len() > WITNESSES {
                    return None;
                }
            }
            Some(all)
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// How rare one of the texts is in values: the length of the shortest.
fn worth(texts: &[Box<[u8]>]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = texts.iter().map(|text| text.len()).min();
    (shortest.unwrap_or(0), std::cmp::Reverse(texts.len()))
}

/// The longest text that parts standing side by side spell.
fn witness_of_run(parts: &[Hir]) -> Option<Vec<Box<[u8]>>> {
    let (mut best, mut run) = (Vec::new(), Vec::new());
    for part in parts {
        match letters(part) {
            Some(text) => run.extend_from_slice(&text),
            None => run.clear(),
        }
        if run.len() > best.len() {
            best.clone_from(&run);
        }
    }
    (!best.is_empty()).then(|| vec![best.into()])
}

/// The text that a part spells in lower case, whichever case it matches.
fn letters(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).ok()?;
            Some(super::test::lower(&literal.0).into_owned())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let first: String = chars.next()?.to_lowercase().collect();
            let is_one = chars.take(4).all(|c| c.to_lowercase().eq(first.chars()));
            let is_small = class.ranges().iter().all(|range| range.start() == range.end());
            (is_one && is_small && class.ranges().len() <= 4).then(|| first.into_bytes())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witnesses_of(text: &str) -> Vec<String> {
        let pattern = Pattern::new(text).unwrap();
        pattern.witnesses().iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    #[test]
    fn witnesses_are_the_longest_texts_that_must_be_there() {
        assert_eq!(witnesses_of(r"\\Temp\\.*\.EXE$"), [r"\temp\"]);
        assert_eq!(witnesses_of("(?i)invoke-(mimi|kiwi)+x"), ["invoke-"]);
        assert_eq!(witnesses_of("(?:abc|de)f"), ["abc", "de"]);
        assert_eq!(witnesses_of("[a-z]+|x"), [""; 0]);
        // The long s matches an s without regard to case, and has no lower case that is one.
        assert_eq!(witnesses_of("(?i)powershell"), ["power"]);
    }

    #[test]
    fn values_of_ascii_are_judged_as_all_others_are() {
        let texts =
            ["(?i)^k[^é]+$", r"\b\w{2}\s\D\b", r"\pL\d", "(?i)ss|é*x.", "[^a-z]é?", "(?s)a.b"];
        let values = ["KK a", "ab c", "a1", "xy", "ſs", "é", "a\nb", "", "K", "1a2"];
        for text in texts {
            let (pattern, plain) = (Pattern::new(text).unwrap(), build(text, true).unwrap());
            for value in values {
                let is_match = plain.is_match(value.as_bytes());
                assert_eq!(pattern.is_found(value.as_bytes()), is_match, "{text} {value}");
            }
        }
    }

    #[test]
    fn the_size_is_estimated_well_enough() {
        let parts = [
            r"\w",
            r"\W",
            r"\d",
            r"\D",
            r"\S",
            ".",
            "(?s).",
            "[^a]",
            "(?i)k",
            "(?i)ß",
            "a",
            "é",
            "a?",
            "(a|b)",
            "(?:ab|cd)*",
            "(?i)[a-z]",
            "(?:|a)",
            "[aé-ü]",
            r"(\w|\s)+",
            "(?-u:[ac])",
            r"[\u{1f000}-\u{1ffff}]",
            r"[\u{7ff}-\u{800}\u{ffff}-\u{10000}]",
            "(?i:straße|ks)",
        ];
        let estimated = |text: &str| {
            let parsed = regex_syntax::ParserBuilder::new().utf8(false).build().parse(text);
            size(&parsed.unwrap())
        };
        for part in parts {
            // Enough of them that nothing else has weight, few enough to be built quickly.
            let count = (COMPILED / 16) / estimated(part);
            let text = format!("(?:{part}){{{count}}}");
            let is_within = |bytes| RegexBuilder::new(&text).size_limit(bytes).build().is_ok();
            let size = estimated(&text);
            assert!(is_within(SLACK * size), "{part} takes more than estimated");
            assert!(!is_within(size / 8), "{part} takes less than estimated");
        }
    }

    #[test]
    fn what_would_grow_or_cannot_be_matched_is_refused() {
        for text in [r"(\w{900}){900}", "(?=a)b", r"(a)\1", "(", &"(".repeat(10_000)] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
        assert!(Pattern::new("(a+)+$").unwrap().is_found(b"aaaa"));
    }
}
