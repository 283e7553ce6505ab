//! B7: a database is asked bit by bit, and the answers tell yes from no.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::{MINUTES, OWN_MINUTES, PAYLOAD_GROUPS};
use crate::base::{
    Arrange, Fingerprint, Instant, Merge, Seed, SmallMap, Text, Weigh, Weighed, visible, within,
};
use crate::baseline::activity::{Mark, keep_earliest};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::payload::Payloads;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The detection.
pub struct Extraction;

/// Minutes in which requests are counted together.
const WIDTH: i64 = 10;
/// Sizes of one minute that are told apart, the smallest.
const SIZES: usize = 16;
/// Records of a minute that can be shown.
const SHOWN: usize = 4;
/// Requests within the window from which on the outcome is hardly chance.
const MANY: u64 = 100;
/// Percent of the requests that have one of the two sizes.
const BOTH: u64 = 80;
/// Percent that each of the two has at least.
const EACH: u64 = 10;

/// Requests with SQL by client and page: at most 65,536 of these.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Probes(Weighed<Probe, PAYLOAD_GROUPS, MINUTES>);

/// Requests of one client to one page.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Probe {
    address: Box<str>,
    path: Box<str>,
    minutes: SmallMap<Minute>,
}

/// Those of one minute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Minute {
    records: u64,
    sizes: BTreeMap<u64, u64>,
    first: Vec<Mark>,
}

impl Detector for Extraction {
    type Partial = Probes;

    const CARD: Card = Card {
        id: "B7",
        name: Text::fixed("Database read bit by bit", "SQLインジェクションによる抽出"),
        what: Text::fixed(
            "30 requests with SQL or more of one client to one page within 10 minutes, served (2xx), of which 80 % have one of two sizes and each size 10 % or more. High from 100 requests on. The time that answers take is not judged: logs state it in different units.",
            "1クライアントから同一ページへの、SQLを含む要求が10分間に30件以上成功(2xx)し、応答の80%以上が2種類のサイズで、各サイズが10%以上のもの。100件以上は重大とします。応答時間は単位がログにより異なるため評価しません。",
        ),
        why: Text::fixed(
            "Two sizes are yes and no. Who asks often enough reads the whole database through them.",
            "2種類のサイズは真偽に対応します。これを繰り返せばデータベース全体を読み出せます。",
        ),
        innocent: Text::fixed(
            "An authorised test; a search page that answers some words with results and others without.",
            "許可された診断、語により結果の有無が分かれる検索ページ。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status, Field::BytesOut],
            words: Text::fixed(
                "Access logs with client address, request line, status and bytes.",
                "クライアントのアドレス・要求行・ステータス・バイト数を含むアクセスログ。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::PAYLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Probes) {
        let Some((key, bytes)) = probe_of(seen) else { return };
        let make = || Probe {
            address: visible(&String::from_utf8_lossy(
                seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-"),
            ))
            .into(),
            path: super::answers::shown_path(seen.path_text).into(),
            minutes: SmallMap::default(),
        };
        partial.0.change(key, make, |probe| {
            let mark = (seen.at, seen.event.location);
            probe.minutes.change(seen.at.div_euclid(60), |minute| {
                minute.records += 1;
                minute.add(bytes, 1);
                keep_earliest(&mut minute.first, mark, SHOWN);
            });
            probe.minutes.keep_last(OWN_MINUTES);
        });
    }

    fn conclude(&self, partial: Probes, context: &Conclusion<'_>) -> Verdict {
        let least = u64::from(context.thresholds.extraction_requests);
        let probes = partial.0.sorted();
        let found = probes.iter().filter_map(|(key, probe)| {
            let window = probe.window(least)?;
            Some(finding(*key, probe, &window))
        });
        let mut findings: Vec<_> = found.collect();
        findings.arrange_by(|a, b| (&a.first, &a.title.en).cmp(&(&b.first, &b.title.en)));
        Verdict { findings, bounds: super::bounds_of("B7", &partial.0), ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.marks.meet(Self::WANTS)
            && finding.scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at))
            && probe_of(seen).is_some_and(|(key, _)| finding.scope.actor == Some(key))
    }
}

/// The client and page of a served request with SQL, and the size of its answer.
fn probe_of(seen: &Seen<'_>) -> Option<(Fingerprint, u64)> {
    let is_sql = seen.payloads.contains(Payloads::SQLI) && (200..300).contains(&seen.status);
    is_sql.then(|| Some((Seed(seen.path).of(&seen.client.to_le_bytes()), seen.bytes?))).flatten()
}

/// Some minutes of requests with answers of two sizes.
struct Window {
    span: (Instant, Instant),
    records: u64,
    sizes: ((u64, u64), (u64, u64)),
    places: Vec<Mark>,
}

impl Probe {
    /// The fullest ten minutes with answers of two sizes.
    fn window(&self, least: u64) -> Option<Window> {
        let minutes = self.minutes.all();
        let windows = minutes.iter().filter_map(|(start, _)| starting(*start, &minutes, least));
        windows.reduce(|best, one| if one.records > best.records { one } else { best })
    }
}

fn starting(start: i64, minutes: &[(i64, Minute)], least: u64) -> Option<Window> {
    let mut all = Minute::default();
    for (_, minute) in within(minutes, start..=start + WIDTH - 1) {
        all.records += minute.records;
        for (size, count) in &minute.sizes {
            *all.sizes.entry(*size).or_default() += count;
        }
        all.first.extend(&minute.first);
    }
    let sizes = two_sizes(&all)?;
    let span = (start * 60, (start + WIDTH) * 60 - 1);
    let Minute { records, first: places, .. } = all;
    (records >= least).then_some(Window { span, records, sizes, places })
}

/// The two sizes that nearly all answers have, where there are two, each with its answers.
fn two_sizes(all: &Minute) -> Option<((u64, u64), (u64, u64))> {
    let mut sizes: Vec<_> = all.sizes.iter().map(|(size, count)| (*count, *size)).collect();
    sizes.sort_unstable();
    let ((often, a), (seldom, b)) = (sizes.pop()?, sizes.pop()?);
    let is_each = seldom * 100 >= all.records * EACH;
    let is_both = (often + seldom) * 100 >= all.records * BOTH;
    (is_each && is_both).then_some(((a, often), (b, seldom)))
}

fn finding(key: Fingerprint, probe: &Probe, window: &Window) -> Finding {
    let Probe { address, path, .. } = probe;
    let (count, ((a, often), (b, seldom))) = (window.records, window.sizes);
    let is_many = count >= MANY;
    let state = if is_many { State::Likely } else { State::Possible };
    let ends = window.places.first().zip(window.places.last());
    let span = ends.map_or(window.span, |(first, last)| (first.0, last.0));
    let (first, last) = super::accounts::stated(span);
    Finding {
        severity: if is_many { Severity::High } else { Severity::Medium },
        confidence: if is_many { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        outcome: Some(if is_many { Outcome::LikelySucceeded } else { Outcome::Unknown }),
        subject: Subject { kind: SubjectKind::Address, value: address.to_string() },
        first,
        last,
        count,
        reason: Text::new(
            format!(
                "{count} requests with SQL to {path} within ten minutes: {often} answers of {a} bytes and {seldom} of {b}."
            ),
            format!(
                "{path} へのSQLを含む要求が10分間に{count}件。{a}バイトの応答が{often}件、{b}バイトの応答が{seldom}件です。"
            ),
        ),
        scope: Scope { actor: Some(key), span: Some(window.span), ..Scope::default() },
        places: window.places.iter().copied().map(super::accounts::place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state), (Question::Q4, state)],
        ..Extraction::CARD.finding(Text::new(
            format!("{address} asked the database behind {path} bit by bit"),
            format!("{address} が {path} からデータベースを1ビットずつ抽出した可能性"),
        ))
    }
}

impl Minute {
    fn add(&mut self, size: u64, count: u64) {
        *self.sizes.entry(size).or_default() += count;
        if self.sizes.len() > SIZES {
            self.sizes.pop_last();
        }
    }
}

impl Merge for Minute {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        other.sizes.into_iter().for_each(|(size, count)| self.add(size, count));
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, SHOWN));
    }
}

impl Merge for Probe {
    fn merge(&mut self, other: Self) {
        self.minutes.merge(other.minutes);
        self.minutes.keep_last(OWN_MINUTES);
    }
}

impl Weigh for Probe {
    fn weight(&self) -> usize {
        self.minutes.count()
    }
}

impl Merge for Probes {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
