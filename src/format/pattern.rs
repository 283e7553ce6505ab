//! Patterns of texts: `Failed password for <user.name> from <source.address:ip> port <_:int>`.
//!
//! A part in `<>` takes what stands there and names it; `<_>` takes and forgets it. Behind a colon
//! stands what it may be: `word` (no white space), `int`, `ip`, `host`, `quoted` (up to a quote
//! that no backslash escapes), `rest`, or words to choose from, `Accepted|Failed`. `<@timestamp>`
//! is a time, in any form or in that behind the colon. What stands in `{?` and `}` may be missing.
//! `<<` is the sign itself, and `<}>` a brace inside of those. A pattern fits a text as a whole.
//!
//! Matching tries the shortest fit first and gives up after a fixed number of steps, so that no
//! text can make it slow.

use super::gate::{Bytes, Gate};
use super::grams::{Grams, Signs};
use super::heads::{Head, HeadId, Heads, Step};
use crate::base::clock::{Clock, Form, begins_with_weekday, read_prefix};
use crate::base::{Short, Time, Wrong, address, find_near, rarest};
use crate::text::{Pair, Pairs, Value};
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Steps after which a text is taken not to fit.
const FUEL: u32 = 4_000;

/// Ways in which the texts of a pattern begin that are told apart: what may be missing doubles
/// them.
const WAYS: usize = 2;

/// A pattern, compiled.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    program: Vec<Part>,
    names: Vec<Box<str>>,
    /// For each part how many bytes it and those behind it fit at most; none where that is not
    /// bounded.
    most: Vec<Option<usize>>,
    /// For each part where what it takes ends.
    ends: Vec<End>,
    /// For each part the number of the first name that it or one behind it gives.
    names_from: Vec<usize>,
    /// How many parts before its end may be anything: where there are none, it is soon told whether
    /// it fits.
    open: usize,
}

/// Where what a part takes ends.
#[derive(Clone, Debug)]
enum End {
    /// Where its class ends, and nowhere else.
    Class,
    /// Before one of these bytes.
    Before(Box<Bytes>),
    /// Where the parts behind it fit.
    Anywhere,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Literal),
    /// Takes what is of a class, under the name of this number; none forgets it.
    Take(Option<usize>, Class),
    Time(Form),
    /// The parts up to this one may be missing.
    Optional(usize),
}

/// A text, ready to be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    text: Short,
    /// Where the byte of it stands that texts have least often.
    rare: usize,
}

impl Literal {
    pub fn new(text: &[u8]) -> Self {
        let text = Short::new(text);
        let rare = rarest(&text);
        Self { text, rare }
    }

    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// How long it is, where a text begins with it.
    #[inline]
    pub fn begins(&self, text: &[u8]) -> Option<usize> {
        self.text.begins(text).then_some(self.text.len())
    }

    /// Where it stands first. It is short, and mostly it stands where its rare byte does.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        let byte = *self.text.get(self.rare)?;
        let mut from = self.rare;
        loop {
            let at = from + find_near(byte, text.get(from..)?)?;
            let start = at - self.rare;
            if self.text.begins(&text[start..]) {
                return Some(start);
            }
            from = at + 1;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Any,
    Word,
    Int,
    Ip,
    Host,
    Quoted,
    Space,
    OneOf(Box<Words>),
}

/// Words to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    words: Vec<Short>,
    /// What they begin with.
    begin: Bytes,
    /// By what they begin with, their places, the longest first.
    by_first: Vec<(u8, Vec<usize>)>,
}

impl Words {
    fn of(text: &str) -> Self {
        let words: Vec<_> = text.split('|').map(|word| Short::new(word.as_bytes())).collect();
        let begins = |byte| words.iter().any(|word| word.first() == Some(&byte));
        let begin = Bytes::that(begins);
        let mut by_first = BTreeMap::<u8, Vec<usize>>::new();
        for (place, word) in words.iter().enumerate() {
            let places = word.first().map(|first| by_first.entry(*first).or_default());
            places.into_iter().for_each(|places| places.push(place));
        }
        for places in by_first.values_mut() {
            places.sort_by_key(|place| (Reverse(words[*place].len()), *place));
        }
        Self { begin, by_first: by_first.into_iter().collect(), words }
    }

    /// How long the longest is that a text begins with.
    fn longest(&self, text: &[u8]) -> usize {
        let Some(first) = text.first().filter(|byte| self.begin.has(**byte)) else { return 0 };
        let places = self.by_first.iter().find(|(byte, _)| byte == first);
        let mut words = places.into_iter().flat_map(|(_, places)| places);
        let word = words.find_map(|place| self.words.get(*place).filter(|word| word.begins(text)));
        word.map_or(0, |word| word.len())
    }
}

/// The times that a text begins with, each read once however many patterns ask for it.
#[derive(Debug)]
pub(super) struct Times<'c> {
    clock: &'c Clock,
    /// Those that were read last, of some forms and places each.
    last: [Cell<Option<(Asked, Found)>>; 8],
}

/// A form as a number, and a place in a text.
type Asked = (u8, usize);

/// A time that stands at a place, and its length.
type Found = Option<(Time, usize)>;

impl<'c> Times<'c> {
    /// Those of a text, completed from the clock.
    pub const fn new(clock: &'c Clock) -> Self {
        Self { clock, last: [const { Cell::new(None) }; 8] }
    }

    /// What they are completed from.
    pub const fn clock(&self) -> &'c Clock {
        self.clock
    }

    /// The time of a form that the text has at a place, and its length.
    pub fn read(&self, text: &[u8], at: usize, form: &Form) -> Found {
        let read = || {
            let rest = text.get(at..)?;
            match shown(form, rest) {
                Some(other) => self.read(text, at, other),
                None => read_prefix(rest, form, self.clock),
            }
        };
        let asked = match form {
            Form::Auto => (0, at),
            Form::Iso => (1, at),
            Form::Syslog => (2, at),
            Form::Clf => (3, at),
            Form::Numeric => (4, at),
            Form::Ctime => (5, at),
            Form::EpochSecs => (6, at),
            Form::EpochMillis => (7, at),
            _ => return read(),
        };
        let last = &self.last[(usize::from(asked.0) * 2 + at) % self.last.len()];
        match last.get() {
            Some((known, found)) if known == asked => found,
            _ => {
                let found = read();
                last.set(Some((asked, found)));
                found
            }
        }
    }
}

/// The one of all forms that a text of any form can have, so that it is read once for both.
fn shown(form: &Form, text: &[u8]) -> Option<&'static Form> {
    match (form, text) {
        (Form::Auto, [b'A'..=b'Z' | b'a'..=b'z', ..]) => {
            (!begins_with_weekday(text)).then_some(&Form::Syslog)
        }
        (Form::Auto, [a, b, c, d, behind, ..]) => {
            let is_year = [a, b, c, d].into_iter().all(u8::is_ascii_digit);
            let ends = behind.is_ascii() && !behind.is_ascii_digit();
            (is_year && ends).then_some(&Form::Iso)
        }
        _ => None,
    }
}

/// Where a match stands.
struct Match<'t, 'c> {
    pattern: &'c Pattern,
    text: &'t [u8],
    times: &'c Times<'c>,
    taken: &'c mut [Option<(usize, usize)>],
    time: Option<Time>,
    fuel: u32,
}

/// A sign opens what no other closes.
pub(super) fn unclosed(opens: &str, closes: &str) -> Wrong {
    Wrong::new(
        format!("a {opens} without {closes}"),
        format!("「{opens}」に対応する「{closes}」がありません。"),
    )
}

impl Pattern {
    /// Compiles a pattern; the error says what was expected.
    pub fn compile(text: &str) -> Result<Self, Wrong> {
        let mut pattern = Self {
            program: Vec::new(),
            names: Vec::new(),
            most: Vec::new(),
            ends: Vec::new(),
            names_from: Vec::new(),
            open: 0,
        };
        let mut open = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = next_sign(rest, !open.is_empty());
            pattern.add_literal(&rest[..at]);
            rest = &rest[at..];
            if let Some(behind) = rest.strip_prefix("<<") {
                pattern.add_literal("<");
                rest = behind;
            } else if let Some(inside) = rest.strip_prefix('<') {
                let (take, behind) = inside.split_once('>').ok_or_else(|| unclosed("<", ">"))?;
                pattern.add_take(take)?;
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("{?") {
                open.push(pattern.program.len());
                pattern.program.push(Part::Optional(0));
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix('}') {
                let end = pattern.program.len();
                if let Some(part) = open.pop().and_then(|at| pattern.program.get_mut(at)) {
                    *part = Part::Optional(end);
                }
                rest = behind;
            }
        }
        if !open.is_empty() {
            return Err(unclosed("{?", "}"));
        }
        if !pattern.program.iter().any(|part| matches!(part, Part::Literal(_) | Part::Time(_))) {
            return Err(Wrong::new(
                "nothing but parts that fit anything",
                "何にでも当てはまる部分しかありません。固定の文字列か時刻を含めてください。",
            ));
        }
        pattern.most = most_bytes(&pattern.program);
        pattern.ends = (0..pattern.program.len()).map(|part| pattern.end(part)).collect();
        pattern.names_from = pattern.names_from();
        let is_any = |part: &Part| matches!(part, Part::Take(_, Class::Any | Class::Quoted));
        let before_end = pattern.program.split_last().map_or(&[][..], |(_, before)| before);
        pattern.open = before_end.iter().filter(|part| is_any(part)).count();
        Ok(pattern)
    }

    fn add_literal(&mut self, text: &str) {
        if !text.is_empty() {
            self.program.push(Part::Literal(Literal::new(text.as_bytes())));
        }
    }

    fn add_take(&mut self, text: &str) -> Result<(), Wrong> {
        if text == "}" {
            self.add_literal(text);
            return Ok(());
        }
        let (name, class) = text.split_once(':').unwrap_or((text, ""));
        if name.contains([' ', '<', '"']) {
            return Err(Wrong::expected(
                name,
                "a name without spaces, such as <user.name>",
                "空白のない名前(<user.name>など)",
            ));
        }
        if name == "@timestamp" {
            let form = if class.is_empty() { Ok(Form::Auto) } else { Form::parse(class) };
            let form = form.map_err(|error| {
                Wrong::new(
                    format!("«{class}»: {error}"),
                    format!("「{class}」は時刻の形として使えません。"),
                )
            })?;
            self.program.push(Part::Time(form));
            return Ok(());
        }
        let class = match class {
            "" | "rest" => Class::Any,
            "word" => Class::Word,
            "int" => Class::Int,
            "ip" => Class::Ip,
            "host" => Class::Host,
            "quoted" => Class::Quoted,
            "space" => Class::Space,
            words if words.contains('|') => Class::OneOf(Box::new(Words::of(words))),
            other => {
                let classes = "word, int, ip, host, quoted, space, rest";
                return Err(Wrong::expected(
                    other,
                    format_args!("{classes}, or words to choose from, a|b"),
                    format_args!("{classes}、または選択肢(a|b)のいずれか"),
                ));
            }
        };
        let slot = (!matches!(name, "_" | "*")).then(|| {
            self.names.push(name.into());
            self.names.len() - 1
        });
        self.program.push(Part::Take(slot, class));
        Ok(())
    }

    /// The names that it gives.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }

    /// What every text begins with that it fits; none where that is not one literal.
    pub fn beginning(&self) -> Option<&[u8]> {
        match self.program.first() {
            Some(Part::Literal(literal)) => Some(&literal.text),
            _ => None,
        }
    }

    /// What every text that it fits begins with and holds.
    pub fn gate(&self, grams: &mut Grams, heads: &mut Heads) -> Gate {
        let gate = Gate { begins: self.first_bytes(0), heads: self.heads(heads), ..Gate::open() };
        let gate = gate.quoted(self.literals()).needing(grams, self.literals());
        let gate = gate.signed(self.signs());
        self.choices().iter().fold(gate, |gate, texts| gate.needing_one_of(grams, texts))
    }

    /// The parts that no text that it fits lacks.
    fn needed(&self) -> impl Iterator<Item = &Part> {
        self.needed_places().filter_map(|at| self.program.get(at))
    }

    /// Their places.
    fn needed_places(&self) -> impl Iterator<Item = usize> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(Part::Optional(end)) = self.program.get(at) {
                at = *end;
            }
            at += 1;
            (at <= self.program.len()).then(|| at - 1)
        })
    }

    /// The texts that stand in each text that it fits.
    pub fn literals(&self) -> impl Iterator<Item = &[u8]> {
        self.needed().filter_map(|part| match part {
            Part::Literal(literal) => Some(&*literal.text),
            _ => None,
        })
    }

    /// Whether what stands in each text that it fits stands in this one, one behind the other.
    fn has_literals(&self, text: &[u8]) -> bool {
        let mut rest = text;
        self.needed().all(|part| match part {
            Part::Literal(literal) => match literal.find(rest) {
                Some(at) => {
                    rest = &rest[at + literal.text.len()..];
                    true
                }
                None => false,
            },
            _ => true,
        })
    }

    /// Texts of which one stands in each text that it fits: words, each with what stands behind.
    pub fn choices(&self) -> Vec<Vec<Box<[u8]>>> {
        let with = |word: &[u8], part: &Part| -> Box<[u8]> {
            let behind = match part {
                Part::Literal(literal) => &*literal.text,
                _ => &[],
            };
            [word, behind].concat().into()
        };
        let end = Part::Optional(0);
        let parts = self.needed_places().filter_map(|at| {
            let behind = self.program.get(at + 1).unwrap_or(&end);
            match self.program.get(at)? {
                Part::Take(_, Class::OneOf(words)) => {
                    Some(words.words.iter().map(|word| with(word, behind)).collect())
                }
                _ => None,
            }
        });
        parts.collect()
    }

    /// The signs of each text that it fits.
    fn signs(&self) -> Signs {
        let signs = self.needed().map(|part| match part {
            Part::Literal(literal) => Signs::of(&literal.text),
            Part::Take(_, Class::Int) => Signs::of(b"0"),
            Part::Take(_, Class::OneOf(words)) => {
                let signs = words.words.iter().map(|word| Signs::of(word));
                signs.reduce(Signs::and).unwrap_or(Signs::NONE)
            }
            Part::Take(..) | Part::Time(_) | Part::Optional(_) => Signs::NONE,
        });
        signs.fold(Signs::NONE, Signs::or)
    }

    /// How texts begin that it fits; none where that may be in any way.
    fn heads(&self, heads: &mut Heads) -> Vec<Head> {
        let mut all = Vec::new();
        self.add_heads((0, None), WAYS, heads, &mut all);
        if all.iter().any(Head::is_any) { Vec::new() } else { all }
    }

    /// Adds how texts go on, as the parts from one on do, where a head ends: in so many ways at
    /// most.
    fn add_heads(
        &self,
        (part, head): (usize, Option<HeadId>),
        ways: usize,
        heads: &mut Heads,
        all: &mut Vec<Head>,
    ) {
        let step = match self.program.get(part) {
            Some(Part::Optional(end)) if ways > 1 => {
                self.add_heads((part + 1, head), ways / 2, heads, all);
                return self.add_heads((*end, head), ways - ways / 2, heads, all);
            }
            Some(Part::Literal(literal)) => Some(Step::Literal(literal.clone())),
            Some(Part::Time(form)) => Some(Step::Time(form.clone())),
            Some(Part::Take(_, class)) => {
                let is_whole = class.ends_before(&self.first_bytes(part + 1));
                is_whole.then(|| Step::Take(class.clone()))
            }
            Some(Part::Optional(_)) | None => None,
        };
        match step.and_then(|step| heads.behind(head, step)) {
            Some(longer) => self.add_heads((part + 1, Some(longer)), ways, heads, all),
            None => all.push(self.last_head(part, head, heads)),
        }
    }

    /// How texts go on behind a head, as far as the parts from one on tell.
    fn last_head(&self, part: usize, head: Option<HeadId>, heads: &mut Heads) -> Head {
        if let [Part::Take(_, class), Part::Literal(literal), ..] =
            self.program.get(part..).unwrap_or_default()
            && !matches!(class, Class::Any | Class::Quoted)
        {
            let step = Step::Before(class.clone(), literal.clone());
            if let Some(longer) = heads.behind(head, step) {
                return heads.with(Some(longer), Bytes::ALL);
            }
        }
        heads.with(head, self.first_bytes(part))
    }

    /// Where what a part takes ends.
    fn end(&self, part: usize) -> End {
        let Some(Part::Take(_, class)) = self.program.get(part) else { return End::Anywhere };
        let next = self.program.get(part + 1);
        let bytes = self.first_bytes(part + 1);
        match next {
            None => End::Class,
            _ if class.ends_before(&bytes) => End::Class,
            Some(Part::Literal(_)) => End::Anywhere,
            Some(_) if bytes == Bytes::ALL => End::Anywhere,
            Some(_) => End::Before(Box::new(bytes)),
        }
    }

    /// For each part, and for the end, how many names the parts before it give.
    fn names_from(&self) -> Vec<usize> {
        let gives = |part: &Part| usize::from(matches!(part, Part::Take(Some(_), _)));
        let counts = self.program.iter().scan(0, |before, part| {
            *before += gives(part);
            Some(*before)
        });
        std::iter::once(0).chain(counts).collect()
    }

    /// What a text can begin with that the parts from one on fit.
    fn first_bytes(&self, part: usize) -> Bytes {
        match self.program.get(part) {
            Some(Part::Literal(literal)) => Bytes::that(|byte| literal.text.first() == Some(&byte)),
            Some(Part::Time(form)) => Bytes::that(|byte| may_begin_time(form, byte)),
            Some(Part::Optional(end)) => self.first_bytes(part + 1).or(self.first_bytes(*end)),
            Some(Part::Take(_, class)) => {
                let own = Bytes::that(|byte| class.may_begin(byte));
                if class.may_be_empty() { own.or(self.first_bytes(part + 1)) } else { own }
            }
            None => Bytes::NONE,
        }
    }

    /// Whether a text can begin as the pattern does.
    pub fn may_begin(&self, text: &[u8], times: &Times<'_>) -> bool {
        self.may_begin_at(0, text, 0, times)
            && !text.first().is_some_and(|byte| byte.is_ascii_whitespace())
    }

    /// Whether a text can go on at a place as the parts from one on do, up to a time or to what may
    /// be anything.
    fn may_begin_at(&self, part: usize, text: &[u8], at: usize, times: &Times<'_>) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        match self.program.get(part) {
            Some(Part::Literal(literal)) => {
                let behind = at + literal.text.len();
                literal.text.begins(rest)
                    && (behind == text.len() || self.may_begin_at(part + 1, text, behind, times))
            }
            Some(Part::Time(form)) => {
                rest.first().is_some_and(|byte| may_begin_time(form, *byte))
                    && times.read(text, at, form).is_some()
            }
            Some(Part::Optional(end)) => {
                self.may_begin_at(part + 1, text, at, times)
                    || self.may_begin_at(*end, text, at, times)
            }
            Some(Part::Take(_, class @ (Class::Int | Class::Space | Class::OneOf(_)))) => {
                match class.longest(rest) {
                    0 => false,
                    length => self.may_begin_at(part + 1, text, at + length, times),
                }
            }
            Some(Part::Take(..)) | None => true,
        }
    }

    /// Whether it is told at once whether it fits a text.
    pub const fn is_told_at_once(&self) -> bool {
        self.open == 0
    }

    /// Adds what it takes from a text to the pairs. None when it does not fit. At its gate it may
    /// have been asked already what the text holds.
    pub fn read<'a>(
        &'a self,
        text: &'a [u8],
        times: &Times<'_>,
        is_gated: bool,
        pairs: &mut Pairs<'a>,
    ) -> Option<Taken<'a>> {
        if let Some(Part::Literal(literal)) = self.program.first()
            && !literal.text.begins(text)
        {
            return None;
        }
        let is_soon_told = self.is_told_at_once() || (is_gated && self.open == 1);
        if !is_soon_told && !self.has_literals(text) {
            return None;
        }
        let taken = pairs.bump().alloc_slice_fill_copy(self.names.len(), None);
        let mut at =
            Match { pattern: self, text, times, taken: &mut *taken, time: None, fuel: FUEL };
        if !at.fits(0, 0) {
            return None;
        }
        let (time, places) = (at.time, &*taken);
        pairs.reserve(self.names.len());
        for (name, range) in self.names.iter().zip(places) {
            if let Some((from, to)) = range {
                pairs.push(Pair { key: name.as_bytes(), value: Value::Text(&text[*from..*to]) });
            }
        }
        Some(Taken { time, places })
    }
}

/// What a pattern took from a text.
pub(super) struct Taken<'a> {
    /// The time.
    pub time: Option<Time>,
    /// From where to where what each name stands for, where it is there.
    places: &'a [Option<(usize, usize)>],
}

impl Taken<'_> {
    /// Whether all names are there.
    pub fn has_all(&self) -> bool {
        self.places.iter().all(Option::is_some)
    }

    /// The names that are there, counted from 0.
    pub fn names(&self) -> impl Iterator<Item = usize> {
        (0..).zip(self.places).filter_map(|(name, place)| place.map(|_| name))
    }
}

/// For each part of a program, and for its end, how many bytes the parts from there on can fit at
/// most.
fn most_bytes(program: &[Part]) -> Vec<Option<usize>> {
    let mut most = vec![Some(0); program.len() + 1];
    for (at, part) in program.iter().enumerate().rev() {
        let own = match part {
            Part::Literal(literal) => Some(literal.text.len()),
            Part::Take(_, Class::OneOf(words)) => words.words.iter().map(|word| word.len()).max(),
            Part::Take(..) | Part::Time(_) => None,
            Part::Optional(_) => Some(0),
        };
        let with = own.zip(most[at + 1]).map(|(own, behind)| own + behind);
        most[at] = match part {
            Part::Optional(end) => with.zip(most[*end]).map(|(with, without)| with.max(without)),
            _ => with,
        };
    }
    most
}

/// Whether a time of a form can begin with a byte. Digits and blanks of full width, and names of
/// months in other languages, begin with bytes that are not ASCII.
fn may_begin_time(form: &Form, byte: u8) -> bool {
    let is_letter = byte.is_ascii_alphabetic() || byte >= 0x80;
    match form {
        Form::Pattern(pattern) => match pattern.as_bytes() {
            // A number, a sign and blanks before it at most.
            [b'%', b'Y' | b'y' | b'm' | b'd' | b'e' | b'H' | b'M' | b'S' | b's', ..] => {
                byte.is_ascii_digit() || byte.is_ascii_whitespace() || matches!(byte, b'+' | b'-')
            }
            _ => true,
        },
        Form::Syslog | Form::Ctime => is_letter || matches!(byte, b'*' | b'.'),
        Form::Iso
        | Form::Clf
        | Form::Numeric
        | Form::Epoch
        | Form::EpochSecs
        | Form::EpochMillis
        | Form::EpochMicros
        | Form::EpochNanos
        | Form::Filetime
        | Form::Ticks
        | Form::Webkit => byte.is_ascii_digit() || byte >= 0x80 || matches!(byte, b'.' | b'-'),
        Form::Auto | Form::Japanese | Form::JsonDate | Form::Tai64n => {
            is_letter || byte.is_ascii_digit() || b"*.@/\\-".contains(&byte)
        }
    }
}

/// Where the next sign stands that means something.
fn next_sign(text: &str, inside: bool) -> usize {
    let found = text.char_indices().find(|(at, sign)| match sign {
        '<' => true,
        '{' => text[*at..].starts_with("{?"),
        '}' => inside,
        _ => false,
    });
    found.map_or(text.len(), |(at, _)| at)
}

impl Match<'_, '_> {
    /// Whether the parts from one on fit the text from a place on.
    fn fits(&mut self, mut part: usize, mut at: usize) -> bool {
        let pattern = self.pattern;
        loop {
            if self.fuel == 0 {
                return false;
            }
            self.fuel -= 1;
            let Some(rest) = self.text.get(at..) else { return false };
            at += match pattern.program.get(part) {
                None => return rest.is_empty(),
                Some(Part::Literal(literal)) => match literal.begins(rest) {
                    Some(length) => length,
                    None => return false,
                },
                Some(Part::Time(form)) => {
                    let Some((time, length)) = self.times.read(self.text, at, form) else {
                        return false;
                    };
                    self.time = Some(time);
                    length
                }
                Some(Part::Optional(end)) => {
                    if self.fits_so(part + 1, at) {
                        return true;
                    }
                    part = *end;
                    continue;
                }
                Some(Part::Take(slot, class)) => match pattern.ends.get(part) {
                    Some(End::Class) => {
                        let length = class.longest(rest);
                        if !class.admits(&rest[..length], true) {
                            return false;
                        }
                        self.take(*slot, (at, at + length));
                        length
                    }
                    _ => return self.takes(part, at, *slot, class),
                },
            };
            part += 1;
        }
    }

    /// The same for one way of several: nothing is left of it where it does not fit.
    fn fits_so(&mut self, part: usize, at: usize) -> bool {
        let time = self.time;
        let fits = self.fits(part, at);
        if !fits {
            self.time = time;
            let from = self.pattern.names_from.get(part).copied().unwrap_or_default();
            self.taken.iter_mut().skip(from).for_each(|place| *place = None);
        }
        fits
    }

    #[inline]
    fn take(&mut self, slot: Option<usize>, place: (usize, usize)) {
        if let Some(taken) = slot.and_then(|slot| self.taken.get_mut(slot)) {
            *taken = Some(place);
        }
    }

    fn takes(&mut self, part: usize, at: usize, slot: Option<usize>, class: &Class) -> bool {
        let most = class.longest(&self.text[at..]);
        let next = self.pattern.program.get(part + 1);
        // What is left over for the parts behind must not be more than they can take.
        let behind = self.pattern.most.get(part + 1).copied().flatten();
        let least = behind.map_or(at, |most| self.text.len().saturating_sub(most).max(at));
        if least > at + most {
            return false;
        }
        let mut end = match class {
            Class::Int | Class::Ip | Class::Space | Class::OneOf(_) => at + most,
            // Of two parts in a row the first takes all that it can.
            Class::Word | Class::Host if matches!(next, Some(Part::Take(..))) => at + most,
            _ => least,
        };
        let is_longest_first = end == at + most && most > 0;
        loop {
            let candidate = match next {
                // The next literal tells where to look; nothing before it can fit.
                Some(Part::Literal(literal)) if !is_longest_first => {
                    let behind = (at + most + literal.text.len()).min(self.text.len());
                    let within = self.text.get(end..behind).unwrap_or_default();
                    let Some(found) = literal.find(within) else { return false };
                    end + found
                }
                _ => end,
            };
            if candidate > at + most {
                return false;
            }
            let follows = match (next, self.pattern.ends.get(part)) {
                (Some(Part::Literal(literal)), _) => {
                    !is_longest_first || literal.text.begins(&self.text[candidate..])
                }
                (_, Some(End::Before(bytes))) => {
                    self.text.get(candidate).is_none_or(|byte| bytes.has(*byte))
                }
                _ => true,
            };
            if follows
                && class.admits(&self.text[at..candidate], candidate == at + most)
                && self.fits_so(part + 1, candidate)
            {
                self.take(slot, (at, candidate));
                return true;
            }
            // What takes anything behind the literal takes what lies before the next such one too.
            let is_last = *class == Class::Any
                && matches!(next, Some(Part::Literal(_)))
                && matches!(self.pattern.program.get(part + 2), Some(Part::Take(_, Class::Any)));
            let is_shortest = is_longest_first && candidate == least;
            if is_last || is_shortest || self.fuel == 0 {
                return false;
            }
            end = if is_longest_first { candidate - 1 } else { candidate + 1 };
            if end > self.text.len() {
                return false;
            }
        }
    }
}

impl Class {
    /// Bytes at the start of a text that can be of the class.
    fn longest(&self, text: &[u8]) -> usize {
        let while_of = |class: u8, text: &[u8]| {
            let ends = |byte: &u8| CLASSES[usize::from(*byte)] & class == 0;
            text.iter().position(ends).unwrap_or(text.len())
        };
        match self {
            Self::Any => text.len(),
            Self::Word => {
                let mut from = 0;
                while let Some(word) = text.get(from..).and_then(<[u8]>::first_chunk) {
                    let at = first_control(*word);
                    from += at;
                    // Other controls stand in words.
                    if at < word.len() {
                        break;
                    }
                }
                from + while_of(WORD, &text[from..])
            }
            Self::Int => while_of(INT, text),
            Self::Ip => while_of(IP, text),
            Self::Host => while_of(HOST, text),
            Self::Space => while_of(SPACE, text),
            Self::Quoted => {
                let mut escaped = false;
                let end = text.iter().position(|byte| {
                    let ends = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    ends
                });
                end.unwrap_or(text.len())
            }
            Self::OneOf(words) => words.longest(text),
        }
    }

    /// How many bytes a text takes that begins with what is of the class; none where it does not.
    pub fn whole(&self, text: &[u8]) -> Option<usize> {
        let length = self.longest(text);
        (length > 0 || self.may_be_empty()).then_some(length)
    }

    /// Whether all that is of the class is taken where one of these bytes follows, or the end.
    fn ends_before(&self, next: &Bytes) -> bool {
        match self {
            Self::Any | Self::Quoted => false,
            // A word that begins another is all of it unless that one goes on as what follows does.
            Self::OneOf(words) => {
                let behind = |short: &[u8], long: &[u8]| long.strip_prefix(short)?.first().copied();
                let goes_on = |short: &[u8]| {
                    let mut behind = words.words.iter().filter_map(|long| behind(short, long));
                    behind.any(|byte| next.has(byte))
                };
                !words.words.iter().any(|short| goes_on(short))
            }
            Self::Word | Self::Int | Self::Ip | Self::Host | Self::Space => {
                !(0..=u8::MAX).any(|byte| next.has(byte) && self.may_begin(byte))
            }
        }
    }

    /// Whether a text of the class can begin with a byte.
    fn may_begin(&self, byte: u8) -> bool {
        match self {
            Self::Any | Self::Quoted => true,
            Self::OneOf(words) => words.begin.has(byte),
            Self::Word | Self::Int | Self::Ip | Self::Host | Self::Space => {
                self.longest(&[byte]) > 0
            }
        }
    }

    /// Whether a text of the class can be empty.
    fn may_be_empty(&self) -> bool {
        match self {
            Self::Any | Self::Quoted | Self::Space => true,
            Self::OneOf(words) => words.words.iter().any(|word| word.is_empty()),
            Self::Word | Self::Int | Self::Ip | Self::Host => false,
        }
    }

    /// Whether a text within the longest one, or that itself, is of the class.
    fn admits(&self, text: &[u8], is_longest: bool) -> bool {
        match self {
            Self::Any | Self::Quoted | Self::Space => true,
            Self::Word | Self::Int | Self::Host => !text.is_empty(),
            Self::Ip => address(text).is_some(),
            Self::OneOf(words) => {
                let is_one = || words.words.iter().any(|word| **word == *text);
                (is_longest && !text.is_empty()) || is_one()
            }
        }
    }
}

/// Where the first space or control stands among eight bytes, of which each may end a word; behind
/// them where there is none.
const fn first_control(bytes: [u8; 8]) -> usize {
    const LOW: u64 = u64::MAX / 0xff;
    let word = u64::from_le_bytes(bytes);
    // A byte below what is taken off borrows from its highest bit.
    let below = word.wrapping_sub(LOW * (b' ' + 1) as u64) & !word & (LOW << 7);
    (below.trailing_zeros() / u8::BITS) as usize
}

/// Classes of bytes, as bits.
const WORD: u8 = 1;
const INT: u8 = 2;
const IP: u8 = 4;
const HOST: u8 = 8;
const SPACE: u8 = 16;

/// The classes of each byte.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let is_space = byte.is_ascii_whitespace();
        let is_ip = byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
        let is_host =
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_' | b'%');
        classes[at] = (if is_space { SPACE } else { WORD })
            | (if byte.is_ascii_digit() { INT } else { 0 })
            | (if is_ip { IP } else { 0 })
            | (if is_host { HOST } else { 0 });
        at += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::*;
    use bumpalo::Bump;

    fn read(pattern: &str, text: &str) -> Option<Vec<(String, String)>> {
        let (pattern, arena) = (Pattern::compile(pattern).unwrap(), Bump::new());
        let mut pairs = Pairs::new_in(&arena);
        pattern.read(text.as_bytes(), &Times::new(&Clock::default()), false, &mut pairs)?;
        let shown = |pair: &Pair<'_>| {
            let Value::Text(value) = pair.value else { unreachable!() };
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            (text(pair.key), text(value))
        };
        Some(pairs.iter().map(shown).collect())
    }

    fn texts(pattern: &str, text: &str) -> Vec<String> {
        read(pattern, text).unwrap().into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn parts_take_what_stands_between_literals() {
        let pattern =
            "Failed password for {?invalid user }<user> from <ip:ip> port <port:int>{? ssh2}";
        assert_eq!(
            texts(pattern, "Failed password for root from 192.0.2.7 port 4711 ssh2"),
            ["root", "192.0.2.7", "4711"]
        );
        assert_eq!(
            texts(pattern, "Failed password for invalid user a from b from 2001:db8::7 port 1"),
            ["a from b", "2001:db8::7", "1"]
        );
        assert_eq!(read(pattern, "Failed password for root from nowhere port 1"), None);
        assert_eq!(read(pattern, "Failed password for root from 192.0.2.7 port 1 or so"), None);
    }

    #[test]
    fn classes_limit_what_is_taken() {
        assert_eq!(texts("<a:ip>:<p:int> x", "2001:db8::7:443 x"), ["2001:db8::7", "443"]);
        assert_eq!(texts(r#""<r:quoted>" <s:int>"#, r#""a \" b" 200"#), [r#"a \" b"#, "200"]);
        assert_eq!(
            texts("<what:Accepted|Failed> for <u:word>", "Accepted for x"),
            ["Accepted", "x"]
        );
        assert_eq!(texts("in <u:word><_>", "in two, words"), ["two,"]);
        assert_eq!(read("<u:word> in", "two words in"), None);
        assert_eq!(texts("a<<b <x>", "a<b c d"), ["c d"]);
        assert_eq!(texts("a {?{<_><}> }<x:word>", "a {b} c"), ["c"]);
        assert_eq!(texts("a {?{<_><}> }<x:word>", "a c"), ["c"]);
    }

    #[test]
    fn words_end_at_the_first_space() {
        let mut random = crate::train::Random::new(9);
        for _ in 0..2_000 {
            let mut text = vec![b'x'; random.below(40) as usize];
            for _ in 0..random.below(3).min(text.len() as u64) {
                let at = random.below(text.len() as u64) as usize;
                text[at] = *random.pick(b" \t\0!\x7f\x80\xff\n").unwrap();
            }
            let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
            assert_eq!(Class::Word.longest(&text), end, "{text:?}");
        }
    }

    #[test]
    fn the_lines_that_can_begin_a_record_are_told_by_their_first_parts() {
        let pattern = Pattern::compile("{?[}<@timestamp>{?]} <level:INFO|WARN>: <text>").unwrap();
        let begins =
            |line: &str| pattern.may_begin(line.as_bytes(), &Times::new(&Clock::default()));
        assert!(begins("[2021-05-06 10:02:03] INFO: x") && begins("2021-05-06 10:02:03 x"));
        assert!(
            !begins("[main] x")
                && !begins("jp.example.Share: x")
                && !begins("  at x")
                && !begins("")
        );
        let pattern = Pattern::compile("<hour:int>:<minute:int> <text>").unwrap();
        let begins =
            |line: &str| pattern.may_begin(line.as_bytes(), &Times::new(&Clock::default()));
        assert!(begins("10:02 x") && !begins("10 files"));
    }

    #[test]
    fn times_are_those_that_the_clock_reads() {
        let clock = Clock::default().with_reference(Some(1_640_000_000));
        let texts = [
            "May  6 10:02:03 gate x",
            "Mar  6 10:02:03 2021 x",
            "mar 6 mai 2021 10:02:03",
            "Thu May  6 10:02:03 2021",
            "Thu, 06 May 2021 10:02:03 +0900",
            "2021-05-06T10:02:03Z x",
            "2021/05/06 10:02 x",
            "2021年5月6日 10時02分03秒",
            "20210506 10:02:03",
            "06/May/2021:10:02:03 +0900",
            "1620262923250 x",
        ];
        let mut random = crate::train::Random::new(3);
        for _ in 0..20_000 {
            let mut text = random.pick(&texts).unwrap().as_bytes().to_vec();
            for _ in 0..random.below(3) {
                let at = random.below(text.len() as u64) as usize;
                text[at] = *random.pick(b"0 9-/:mMaTr.").unwrap();
            }
            let times = Times::new(&clock);
            for form in [Form::Syslog, Form::Auto, Form::Iso, Form::Clf, Form::Numeric, Form::Auto]
            {
                for at in [0, 1] {
                    let own = read_prefix(&text[at..], &form, &clock);
                    let shown = String::from_utf8_lossy(&text);
                    assert_eq!(times.read(&text, at, &form), own, "{form:?} at {at}: {shown}");
                }
            }
        }
    }

    #[test]
    fn hostile_texts_end_soon() {
        let pattern = Pattern::compile("<a> <b> <c> <d> <e> <f> end").unwrap();
        let (arena, text) = (Bump::new(), "x ".repeat(50_000));
        let mut pairs = Pairs::new_in(&arena);
        let clock = Clock::default();
        let times = Times::new(&clock);
        for is_gated in [false, true] {
            assert!(pattern.read(text.as_bytes(), &times, is_gated, &mut pairs).is_none());
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for pattern in ["<a", "<@timestamp door <device:word> x", "<a:wrod> x", "{?a", "<a>"] {
            assert!(Pattern::compile(pattern).is_err(), "{pattern}");
        }
    }
}
