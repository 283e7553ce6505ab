//! C3: somebody asks for one number after the other; some are refused, some are not.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::{KINDS, MINUTES, OWN_MINUTES};
use crate::base::{
    Arrange, Fingerprint, Gather, Location, Merge, Seed, SmallMap, Text, Weigh, Weighed, rfc3339,
    visible, within,
};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The detection.
pub struct Enumeration;

/// Minutes in which the numbers must lie.
const WINDOW: i64 = 10;
/// Different numbers within these.
const NUMBERS: usize = 30;
/// Percent of the steps from one number to the next that must be of 1 to 3.
const STEPS_PERCENT: usize = 70;
/// Answers that were refused, and as many that were not.
const MIXED: u64 = 10;
/// Numbers of a minute that are kept, the smallest.
const KEPT: usize = 64;
/// Digits of a number.
const DIGITS: std::ops::RangeInclusive<usize> = 1..=12;

/// Who asked for numbers at which kind of address.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Walks(Weighed<Walk, KINDS, MINUTES>);

/// What one account or address asked for at one kind of address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Walk {
    name: Box<str>,
    is_account: bool,
    minutes: SmallMap<Minute>,
}

/// One minute of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Minute {
    numbers: Vec<u64>,
    served: u64,
    refused: u64,
    /// The first record, and its second of the minute.
    first: Option<(u8, Location)>,
}

impl Detector for Enumeration {
    type Partial = Walks;

    const CARD: Card = Card {
        id: "C3",
        name: Text::fixed("Numbers asked for in a row", "番号の総当たり(列挙)"),
        what: Text::fixed(
            "30 or more different numbers asked for within 10 minutes at one kind of address (a path or query that differs in numbers only), 70 % of the steps between them being of 1 to 3, with 10 answers or more refused (401, 403, 404) and 10 documents or more handed out.",
            "番号だけが異なる同種のURLに対し、10分間に30以上の異なる番号が要求され、番号の間隔の70%が1~3で、10件以上が拒否(401・403・404)され、10件以上の文書が渡されたもの。",
        ),
        why: Text::fixed(
            "Whoever may read a document has its link. Who counts through the numbers looks for those that nobody protected, and got some.",
            "閲覧権限のある者は文書へのリンクをたどります。番号を順に試す行為は保護の漏れを探すもので、実際に一部が渡されています。",
        ),
        innocent: Text::fixed(
            "A program that synchronises or indexes, whose account lacks some rights.",
            "一部の権限を持たない同期・索引プログラム。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with client address or account, request line and status.",
                "クライアントのアドレスまたはアカウント、要求行、ステータスを含むアクセスログ。",
            ),
        },
        attack: &["T1213"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::DOWNLOAD.union(Marks::REFUSED);

    fn observe(&self, seen: &Seen<'_>, partial: &mut Walks) {
        let Some((key, number)) = walk_of(seen) else { return };
        let (_, name, is_account) = seen.actor();
        let make = || Walk {
            name: String::from_utf8_lossy(name).into(),
            is_account,
            minutes: SmallMap::default(),
        };
        partial.0.change(key, make, |walk| {
            let first = (seen.at.rem_euclid(60) as u8, seen.event.location);
            walk.minutes.change(seen.at.div_euclid(60), |minute| {
                minute.add(number);
                minute.first = minute.first.into_iter().chain([first]).min();
                match seen.status {
                    200..=299 => minute.served += 1,
                    _ => minute.refused += 1,
                }
            });
            walk.minutes.keep_last(OWN_MINUTES);
        });
    }

    fn conclude(&self, partial: Walks, _: &Conclusion<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut walks = partial.0.sorted();
        walks.arrange_by(|a, b| (&a.1.name, a.0).cmp(&(&b.1.name, b.0)));
        for (key, walk) in walks {
            let minutes = walk.minutes.all();
            verdict.findings.extend(windows(&minutes).map(|window| finding(key, walk, &window)));
        }
        verdict.bounds = super::bounds_of("C3", &partial.0);
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.marks.meet(Self::WANTS)
            && finding.scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at))
            && walk_of(seen).is_some_and(|(key, _)| finding.scope.actor == Some(key))
    }
}

/// The kind of address that somebody asks for, and the last number in it.
fn walk_of(seen: &Seen<'_>) -> Option<(Fingerprint, u64)> {
    if seen.marks.meet(Marks::REFUSED) && !matches!(seen.status, 401 | 403 | 404) {
        return None;
    }
    let query = seen.query.unwrap_or(b"");
    let number = last_number(query).or_else(|| last_number(seen.path_text))?;
    let mut kind = Vec::with_capacity(seen.path_text.len() + query.len() + 1);
    for byte in seen.path_text.iter().chain(b"?").chain(query) {
        match byte {
            b'0'..=b'9' if kind.last() == Some(&b'0') => {}
            b'0'..=b'9' => kind.push(b'0'),
            other => kind.push(*other),
        }
    }
    Some((Seed(seen.actor().0).of(&kind), number))
}

fn last_number(text: &[u8]) -> Option<u64> {
    let end = text.iter().rposition(u8::is_ascii_digit)? + 1;
    let start = text[..end].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    let digits = &text[start..end];
    let is_number = DIGITS.contains(&digits.len());
    is_number.then(|| digits.iter().fold(0, |all, digit| all * 10 + u64::from(digit - b'0')))
}

impl Minute {
    fn add(&mut self, number: u64) {
        if let Err(place) = self.numbers.binary_search(&number)
            && place < KEPT
        {
            self.numbers.insert(place, number);
            self.numbers.truncate(KEPT);
        }
    }
}

impl Merge for Minute {
    fn merge(&mut self, other: Self) {
        other.numbers.into_iter().for_each(|number| self.add(number));
        self.served += other.served;
        self.refused += other.refused;
        self.first = self.first.into_iter().chain(other.first).min();
    }
}

impl Merge for Walk {
    fn merge(&mut self, other: Self) {
        self.minutes.merge(other.minutes);
        self.minutes.keep_last(OWN_MINUTES);
    }
}

impl Weigh for Walk {
    fn weight(&self) -> usize {
        self.minutes.count()
    }
}

impl Merge for Walks {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

/// The times in which somebody went through numbers; those that overlap are one.
fn windows(minutes: &[(i64, Minute)]) -> impl Iterator<Item = Minutes<'_>> {
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for (start, _) in minutes {
        let window = Minutes::of(minutes, *start, start + WINDOW - 1);
        if !window.is_walk() {
            continue;
        }
        match spans.last_mut() {
            Some(last) if window.span.0 <= last.1 => last.1 = window.span.1,
            _ => spans.push(window.span),
        }
    }
    spans.into_iter().map(|(from, until)| Minutes::of(minutes, from, until))
}

/// Some minutes of a walk.
struct Minutes<'a> {
    span: (i64, i64),
    inside: &'a [(i64, Minute)],
}

impl<'a> Minutes<'a> {
    /// From the first to the last minute within two, both inclusive.
    fn of(minutes: &'a [(i64, Minute)], from: i64, until: i64) -> Self {
        let inside = within(minutes, from..=until);
        Self { span: (from, inside.last().map_or(from, |last| last.0)), inside }
    }

    fn count(&self, of: fn(&Minute) -> u64) -> u64 {
        self.inside.iter().map(|(_, minute)| of(minute)).sum()
    }

    fn numbers(&self) -> BTreeSet<u64> {
        self.inside.iter().flat_map(|(_, minute)| minute.numbers.iter().copied()).gather()
    }

    fn is_walk(&self) -> bool {
        let is_mixed = self.count(|minute| minute.served).min(self.count(|minute| minute.refused));
        if is_mixed < MIXED {
            return false;
        }
        let numbers: Vec<u64> = self.numbers().into_iter().collect();
        let short = numbers.windows(2).filter(|pair| pair[1] - pair[0] <= 3).count();
        numbers.len() >= NUMBERS && short * 100 >= (numbers.len() - 1) * STEPS_PERCENT
    }
}

fn finding(key: Fingerprint, walk: &Walk, window: &Minutes<'_>) -> Finding {
    let span = (window.span.0 * 60, window.span.1 * 60 + 59);
    let (served, refused) =
        (window.count(|minute| minute.served), window.count(|minute| minute.refused));
    let numbers = window.numbers();
    let (least, most) =
        (numbers.first().copied().unwrap_or(0), numbers.last().copied().unwrap_or(0));
    let kind = if walk.is_account { SubjectKind::Account } else { SubjectKind::Address };
    let name = visible(&walk.name);
    let places = window.inside.iter().filter_map(|(time, minute)| {
        minute.first.map(|(second, location)| (Some(time * 60 + i64::from(second)), location))
    });
    Finding {
        severity: Severity::High,
        confidence: Confidence::Moderate,
        grade: Grade::E1,
        subject: Subject { kind, value: walk.name.to_string() },
        first: Some(rfc3339(span.0)),
        last: Some(rfc3339(span.1)),
        count: served + refused,
        reason: Text::new(
            format!(
                "Numbers from {least} to {most}, mostly in steps of 1 to 3: {served} documents handed out, {refused} requests refused."
            ),
            format!(
                "番号{least}~{most}を、ほぼ1~3の間隔で要求。{served}件の文書が渡され、{refused}件が拒否されました。"
            ),
        ),
        scope: Scope { actor: Some(key), span: Some(span), ..Scope::default() },
        places: places.collect(),
        speaks_to: vec![
            (Question::Q1, State::Likely),
            (Question::Q3, State::CannotDetermine),
            (Question::Q4, State::Likely),
            (Question::Q6, State::Likely),
        ],
        ..Enumeration::CARD.finding(Text::new(
            format!("{name} asked for numbers in a row and got {served} documents"),
            format!("{name} が番号を順に要求し、{served}件の文書を取得"),
        ))
    }
}
