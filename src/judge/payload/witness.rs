//! Finds, for a pattern, texts that each of its matches must hold, so that most patterns need
//! not run. It may name too few, never one that a match can do without.
//!
//! It reads the part of the syntax that the tables use: literals, escapes, classes, groups
//! `(?:...)`, alternatives, repetitions and assertions.

use crate::base::Arrange;

/// Texts of which a match holds at least one.
pub(super) type AnyOf = Vec<Vec<u8>>;

/// A product of alternatives larger than this is not spelled out.
const MOST: usize = 12;

/// Up to two sets for `pattern`, the rarer first. A match holds a text of each.
pub(super) fn witnesses(pattern: &str) -> Vec<AnyOf> {
    let mut parser = Parser { bytes: pattern.as_bytes(), at: 0 };
    let mut sets = parser.alternatives().into_sets();
    sets.truncate(2);
    sets
}

/// What is known of a part of a pattern.
#[derive(Default)]
struct Part {
    /// All texts that it matches, where they are few.
    exact: Option<AnyOf>,
    /// Sets of which each match holds a member.
    sets: Vec<AnyOf>,
}

impl Part {
    fn exactly(texts: AnyOf) -> Self {
        Part { exact: Some(texts), sets: Vec::new() }
    }

    fn nothing() -> Self {
        Part::exactly(vec![Vec::new()])
    }

    fn into_sets(self) -> Vec<AnyOf> {
        let mut sets = self.sets;
        sets.extend(self.exact);
        sets.retain(|set| !set.is_empty() && set.iter().all(|text| !text.is_empty()));
        sets.arrange_by_key(|set| (std::cmp::Reverse(weight(set)), set.len()));
        sets
    }
}

/// How seldom a set is met in ordinary requests: by its most ordinary member.
fn weight(set: &AnyOf) -> usize {
    let rare = |byte: &u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b' ' | b'.' | b'-' | b'/' | b'=' | b'_' => 1,
        _ => 3,
    };
    set.iter().map(|text| text.iter().map(rare).sum()).min().unwrap_or(0)
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn alternatives(&mut self) -> Part {
        let mut parts = vec![self.sequence()];
        while self.peek() == Some(b'|') {
            self.at += 1;
            parts.push(self.sequence());
        }
        if parts.len() == 1 {
            return parts.pop().unwrap_or_default();
        }
        let all: Option<Vec<AnyOf>> = parts.iter().map(|part| part.exact.clone()).collect();
        let exact = all.map(|all| all.concat());
        if exact.is_some() {
            return Part { exact, sets: Vec::new() };
        }
        let ranked: Vec<Vec<AnyOf>> = parts.into_iter().map(Part::into_sets).collect();
        let least = ranked.iter().map(Vec::len).min().unwrap_or(0);
        let join = |rank: usize| ranked.iter().flat_map(|sets| sets[rank].clone()).collect();
        Part { exact: None, sets: (0..least.min(2)).map(join).collect() }
    }

    fn sequence(&mut self) -> Part {
        let mut sets = Vec::new();
        let mut run: AnyOf = vec![Vec::new()];
        let mut whole = true;
        while !matches!(self.peek(), None | Some(b'|' | b')')) {
            let atom = self.atom();
            let part = self.repeated(atom);
            match part.exact {
                // An optional text ends the run: its variants would only swell the sets.
                Some(texts) if texts.len() > 1 && texts.iter().any(Vec::is_empty) => {
                    whole = false;
                    sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
                }
                Some(texts) if may_join(&run, &texts) => run = product(&run, &texts),
                Some(texts) => {
                    whole = false;
                    sets.push(std::mem::replace(&mut run, texts));
                }
                None => {
                    whole = false;
                    sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
                    sets.extend(part.sets);
                }
            }
        }
        if whole {
            return Part::exactly(run);
        }
        sets.push(run);
        Part { exact: None, sets }
    }

    fn atom(&mut self) -> Part {
        match self.next() {
            Some(b'(') => {
                self.at += 2; // the tables have no groups but `(?:`
                let inner = self.alternatives();
                self.at += 1;
                inner
            }
            Some(b'[') => self.class(),
            Some(b'\\') => {
                self.escape().map_or_else(Part::default, |bytes| Part::exactly(vec![bytes]))
            }
            Some(b'.') => Part::default(),
            Some(b'^' | b'$') | None => Part::nothing(),
            Some(byte) => Part::exactly(vec![vec![byte]]),
        }
    }

    /// The text of an escape; none of a class like `\d`, empty of an assertion.
    fn escape(&mut self) -> Option<Vec<u8>> {
        match self.next()? {
            b'b' | b'B' => Some(Vec::new()),
            b'd' | b'D' | b'w' | b'W' | b's' | b'S' => None,
            b'n' => Some(vec![b'\n']),
            b'x' => {
                let digits = self.bytes.get(self.at..self.at + 2)?;
                self.at += 2;
                let text = std::str::from_utf8(digits).ok()?;
                Some(vec![u8::from_str_radix(text, 16).ok()?])
            }
            byte => Some(vec![byte]),
        }
    }

    fn class(&mut self) -> Part {
        let negated = self.peek() == Some(b'^');
        let mut members: Option<Vec<u8>> = Some(Vec::new());
        while let Some(byte) = self.next().filter(|&byte| byte != b']') {
            let low = if byte == b'\\' { self.escape() } else { Some(vec![byte]) };
            let range = self.peek() == Some(b'-') && self.bytes.get(self.at + 1) != Some(&b']');
            match (low.as_deref(), range) {
                (Some(&[low]), false) => {
                    if let Some(members) = &mut members {
                        members.push(low);
                    }
                }
                _ => members = None,
            }
        }
        match members.filter(|members| !negated && members.len() <= 8) {
            Some(members) => Part::exactly(members.into_iter().map(|byte| vec![byte]).collect()),
            None => Part::default(),
        }
    }

    /// `part` with the repetition that follows it.
    fn repeated(&mut self, part: Part) -> Part {
        let (least, most) = match self.peek() {
            Some(b'?') => (0, Some(1)),
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'{') => self.counts(),
            _ => return part,
        };
        self.at += 1;
        if self.peek() == Some(b'?') {
            self.at += 1; // lazy: the same texts
        }
        match (least, most, part.exact.clone()) {
            (0, Some(1), Some(mut texts)) => {
                texts.push(Vec::new());
                Part::exactly(texts)
            }
            (0, ..) => Part::default(),
            (1, Some(1), _) => part,
            (_, _, Some(texts)) if texts.len() == 1 => {
                Part { exact: None, sets: vec![vec![texts[0].repeat(least)]] }
            }
            _ => Part { exact: None, sets: part.into_sets() },
        }
    }

    /// Reads `{m}`, `{m,}` or `{m,n}` up to its last brace.
    fn counts(&mut self) -> (usize, Option<usize>) {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|&byte| byte == b'}').unwrap_or(rest.len());
        let text = std::str::from_utf8(&rest[1..end]).unwrap_or("0,");
        self.at += end;
        let (low, high) = text.split_once(',').unwrap_or((text, text));
        (low.parse().unwrap_or(0), high.parse().ok())
    }
}

/// Joining keeps the sets small, or does not make the larger of them any larger.
fn may_join(heads: &AnyOf, tails: &AnyOf) -> bool {
    heads.len() * tails.len() <= MOST || heads.len() == 1 || tails.len() == 1
}

fn product(heads: &AnyOf, tails: &AnyOf) -> AnyOf {
    let with = |head: &Vec<u8>| {
        let head = head.clone();
        tails.iter().map(move |tail| [head.as_slice(), tail].concat()).collect::<Vec<_>>()
    };
    heads.iter().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &[&[&str]]) {
        let found: Vec<Vec<String>> = witnesses(pattern)
            .iter()
            .map(|set| set.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect())
            .collect();
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn reads_the_syntax_of_the_tables() {
        check(r"union +select", &[&["select"], &["union"]]);
        check(r"\bor\b.*?[<>]", &[&["<", ">"], &["or"]]);
        check(r"(?:cat|ls) x", &[&["cat x", "ls x"]]);
        check(r"x?or=", &[&["or="]]);
        check(r"a*\d[^b]", &[]);
        check(r"(?:ab)*c{2,}d", &[&["cc"], &["d"]]);
        check(r"a|b*", &[]);
        check(r"(?:sleep\(\d|wait .for)x", &[&["sleep(", "wait "], &["x"]]);
        check(r"[\x22']\)*--", &[&["\"", "'"], &["--"]]);
    }
}
