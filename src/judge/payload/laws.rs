//! Laws that no list of examples can show: the fast ways agree with the slow ones, on random
//! matches of every pattern and on mutations of the examples. The seed is printed on failure and
//! can be set with `SEKISHO_SEED`.

use super::cases::{FIRING, INNOCENT};
use super::{Group, Judge, Payloads, Row, Where, compile, suspicious, views};

/// A small generator of pseudo-random numbers (SplitMix64), the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn seed() -> u64 {
    std::env::var("SEKISHO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_211_209)
}

/// Writes a text that `pattern` matches, for the part of the syntax that the tables use.
struct Writer<'a> {
    pattern: &'a [u8],
    at: usize,
    random: &'a mut Random,
}

impl Writer<'_> {
    fn alternatives(&mut self) -> Vec<u8> {
        let mut all = vec![self.sequence()];
        while self.pattern.get(self.at) == Some(&b'|') {
            self.at += 1;
            all.push(self.sequence());
        }
        let chosen = self.random.below(all.len());
        all.swap_remove(chosen)
    }

    fn sequence(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while !matches!(self.pattern.get(self.at), None | Some(b'|' | b')')) {
            let start = self.at;
            let one = self.atom();
            let end = self.at;
            let times = self.times();
            let after = self.at;
            if times > 0 {
                out.extend(one);
            }
            for _ in 1..times {
                self.at = start;
                out.extend(self.atom());
                debug_assert_eq!(self.at, end);
            }
            self.at = after;
        }
        out
    }

    fn atom(&mut self) -> Vec<u8> {
        let byte = self.pattern[self.at];
        self.at += 1;
        match byte {
            b'(' => {
                self.at += 2;
                let inner = self.alternatives();
                self.at += 1;
                inner
            }
            b'[' => self.class(),
            b'\\' => {
                let choices = self.escape();
                self.pick(&choices).into_iter().collect()
            }
            b'.' => vec![b"ab 1.-"[self.random.below(6)]],
            b'^' | b'$' => Vec::new(),
            byte => vec![byte],
        }
    }

    fn pick(&mut self, choices: &[u8]) -> Option<u8> {
        (!choices.is_empty()).then(|| choices[self.random.below(choices.len())])
    }

    fn escape(&mut self) -> Vec<u8> {
        let byte = self.pattern[self.at];
        self.at += 1;
        match byte {
            b'b' | b'B' => Vec::new(),
            b'd' => b"0123456789".to_vec(),
            b'w' => b"abcxyz019_".to_vec(),
            b'W' => b" .,-'(".to_vec(),
            b's' => b" ".to_vec(),
            b'S' => b"abc1-.".to_vec(),
            b'n' => vec![b'\n'],
            b'x' => {
                let text = std::str::from_utf8(&self.pattern[self.at..self.at + 2]).unwrap();
                self.at += 2;
                vec![u8::from_str_radix(text, 16).unwrap()]
            }
            byte => vec![byte],
        }
    }

    fn class(&mut self) -> Vec<u8> {
        let negated = self.pattern[self.at] == b'^';
        self.at += usize::from(negated);
        let mut members = Vec::new();
        while self.pattern[self.at] != b']' {
            let mut low = vec![self.pattern[self.at]];
            self.at += 1;
            if low[0] == b'\\' {
                low = self.escape();
            }
            let range = self.pattern[self.at] == b'-' && self.pattern[self.at + 1] != b']';
            if range {
                self.at += 1;
                let mut high = vec![self.pattern[self.at]];
                self.at += 1;
                if high[0] == b'\\' {
                    high = self.escape();
                }
                low = (low[0]..=high[0]).collect();
            }
            members.extend(low);
        }
        self.at += 1;
        if negated {
            let free = b"abcdefgxyz0123456789 .,-_'=".to_vec();
            members = free.into_iter().filter(|byte| !members.contains(byte)).collect();
        }
        self.pick(&members).into_iter().collect()
    }

    fn times(&mut self) -> usize {
        let (low, high) = match self.pattern.get(self.at) {
            Some(b'?') => (0, 1),
            Some(b'*') => (0, 3),
            Some(b'+') => (1, 3),
            Some(b'{') => {
                let rest = &self.pattern[self.at + 1..];
                let end = rest.iter().position(|&byte| byte == b'}').unwrap();
                let text = std::str::from_utf8(&rest[..end]).unwrap();
                self.at += end + 1;
                let (low, high) = text.split_once(',').unwrap_or((text, text));
                let low: usize = low.parse().unwrap();
                (low, high.parse().unwrap_or(low + 2).min(low + 4))
            }
            _ => return 1,
        };
        self.at += 1;
        self.at += usize::from(self.pattern.get(self.at) == Some(&b'?'));
        low + self.random.below(high - low + 1)
    }
}

fn matching(row: &Row, random: &mut Random) -> Vec<u8> {
    Writer { pattern: row.2.as_bytes(), at: 0, random }.alternatives()
}

/// `text` as a client might send it: as it is, or with what must be encoded encoded.
fn sent(text: &[u8], field: Where, style: usize) -> Vec<u8> {
    let mut out = Vec::new();
    if field == Where::Query && !text.contains(&super::END) {
        out.extend(b"q=");
    }
    for &byte in text {
        match byte {
            super::END => {}
            b' ' if style == 1 => out.push(b'+'),
            b' ' if style == 2 => out.extend(b"%20"),
            b'=' | b'&' | b'#' | b'%' | b'+' | b'"' | b'\'' | b'<' | b'>' | b'/' | b':' | b'('
                if style == 2 =>
            {
                out.extend(format!("%{byte:02x}").bytes());
            }
            _ => out.push(byte),
        }
    }
    out
}

fn groups(judge: &Judge) -> [(&Group, &'static str); 2] {
    [(&judge.text, "text"), (&judge.sql, "sql")]
}

/// All kinds of `raw`, every pattern tried, without a gate.
fn slow(judge: &Judge, field: Where, raw: &[u8]) -> Payloads {
    let views = views::<false>(field, raw);
    let mut kinds = Payloads::default();
    for (group, view) in [(&judge.text, &views.text), (&judge.sql, &views.sql)] {
        for (row, _) in group.rows.iter().filter(|(row, _)| row.1.has(field)) {
            if compile(row.2).is_some_and(|regex| regex.is_match(&view.bytes)) {
                kinds = kinds.union(row.0);
            }
        }
    }
    kinds
}

const FIELDS: [Where; 4] = [Where::Path, Where::Query, Where::Referer, Where::UserAgent];

#[test]
fn every_pattern_compiles_and_has_a_place_in_the_gate() {
    for (group, name) in groups(&Judge::new()) {
        assert!(group.rows.len() <= 128, "{name} has more rows than a set of rows holds");
        for (row, _) in &group.rows {
            assert!(compile(row.2).is_some(), "{}", row.2);
        }
        assert_eq!(group.gate.candidates(b""), 0, "{name}: some rows always run");
    }
}

#[test]
fn random_matches_pass_the_gate_and_are_suspicious() {
    let judge = Judge::new();
    let mut random = Random(seed());
    let mut found = 0;
    for (group, name) in groups(&judge) {
        for (index, (row, _)) in group.rows.iter().enumerate() {
            let regex = compile(row.2).unwrap();
            for _ in 0..150 {
                let mut text = matching(row, &mut random);
                if random.below(3) == 0 {
                    text.splice(0..0, *b"zq"); // within a longer word
                }
                if regex.is_match(&text) {
                    let through = group.gate.candidates(&text) >> index & 1 == 1;
                    let shown = String::from_utf8_lossy(&text);
                    assert!(through, "{name} seed {} gate stops {shown:?}: {}", seed(), row.2);
                }
                for field in FIELDS.into_iter().filter(|field| row.1.has(*field)) {
                    let raw = sent(&text, field, random.below(3));
                    found += usize::from(!judge.judge(field, &raw).is_empty());
                    agrees(&judge, field, &raw);
                }
            }
        }
    }
    assert!(found > 10_000, "only {found} of the random matches were payloads");
}

fn agrees(judge: &Judge, field: Where, raw: &[u8]) {
    let kinds = judge.judge(field, raw);
    let shown = String::from_utf8_lossy(raw);
    let explained = judge.explain(field, raw);
    assert_eq!(explained.as_ref().map(|found| found.kinds).unwrap_or_default(), kinds, "{shown}");
    if let Some(found) = explained {
        assert!(found.raw.start < found.raw.end && found.raw.end <= raw.len(), "{found:?} {shown}");
        let names: Vec<_> = kinds.names().collect();
        assert!(suspicious(field, raw), "seed {} {field:?} {names:?} {shown:?}", seed());
    }
}

#[test]
fn mutated_examples_are_judged_alike_by_all_ways() {
    let judge = Judge::new();
    let mut random = Random(seed());
    let pieces: [&[u8]; 12] =
        [b"%27", b"%2527", b"&", b"=", b"+", b"\\x", b"%", b"&#", b"<", b"..", b"\x00", b"%83\\"];
    let examples: Vec<_> = FIRING
        .iter()
        .map(|case| (case.1, case.2))
        .chain(INNOCENT.iter().map(|case| (case.1, case.2)))
        .collect();
    for round in 0..6000 {
        let (field, raw) = examples[random.below(examples.len())];
        let mut raw = raw.as_bytes().to_vec();
        for _ in 0..1 + random.below(4) {
            let at = random.below(raw.len());
            match random.below(4) {
                0 => drop(raw.drain(at..(at + random.below(4)).min(raw.len()))),
                1 => drop(raw.splice(at..at, pieces[random.below(12)].iter().copied())),
                2 if !raw.is_empty() => raw[at] = random.below(256) as u8,
                _ => raw.truncate(raw.len() - random.below(3).min(raw.len())),
            }
        }
        agrees(&judge, field, &raw);
        if round % 40 == 0 {
            assert_eq!(judge.judge(field, &raw), slow(&judge, field, &raw), "{raw:?}");
        }
    }
}

#[test]
fn sets_of_kinds_keep_order_and_bits() {
    let all = Payloads::from_bits(u16::MAX);
    assert_eq!(all.iter().count(), 15);
    assert_eq!(all.names().next(), Some("sqli"));
    assert_eq!(all.names().last(), Some("webshell"));
    let two = Payloads::JNDI.union(Payloads::XSS);
    assert_eq!(two.names().collect::<Vec<_>>(), ["xss", "jndi"]);
    assert_eq!(Payloads::from_bits(two.bits()), two);
    assert!(two.contains(Payloads::XSS) && !two.contains(Payloads::SQLI) && !two.is_empty());
}
