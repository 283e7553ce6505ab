//! Concludes what was met: a finding for each indicator, hits outside its validity apart; and tries
//! values against private lists.

use super::cards::{self, CARDS, OUTWARD, words};
use super::lists::{Given, Id, Lists};
use super::parts::{Kinds, WAYS};
use super::sweep::{Hit, Hits, Met, TRIED, Tally};
use super::value::Kind;
use crate::base::{Arrange, Fingerprint, Instant, Text, rfc3339};
use crate::event::Field;
use crate::finding::{
    Card, Confidence, Finding, Grade, Indicated, Question, Scope, Severity, State, Subject,
    SubjectKind,
};
use std::collections::BTreeMap;

/// What a sweep concluded.
#[derive(Debug)]
pub struct Concluded {
    /// The sweep.
    pub card: &'static Card,
    /// What it found.
    pub findings: Vec<Finding>,
    /// Why it could not be evaluated, and what would change that.
    pub not_evaluable: Option<(Text, Text)>,
    /// Limits that were reached.
    pub bounds: Vec<Text>,
}

/// What trying values against private lists showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The values that a list holds, by key, with the lists' names.
    held: BTreeMap<Fingerprint, Vec<String>>,
    /// Digests that were computed, and that there were to compute.
    pub done: (u64, u64),
}

/// Lists that are named in a finding.
const NAMED: usize = 3;

/// Tries what was met against the private lists. `progress` is told how many digests are done and
/// how many there are, and says whether to go on.
pub fn try_private(
    lists: &Lists,
    hits: &Hits,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Trial {
    let met = in_order(hits);
    let of = |list: &super::PrivateList| met.iter().filter(|(_, met)| list.has(met.kind)).count();
    let all: usize = lists.private().iter().map(of).sum();
    let mut trial = Trial { done: (0, all as u64), ..Trial::default() };
    for list in lists.private() {
        let Ok(mut hasher) = list.hasher() else { continue };
        for (key, met) in met.iter().filter(|(_, met)| list.has(met.kind)) {
            if !progress(trial.done.0, trial.done.1) {
                return trial;
            }
            trial.done.0 += 1;
            if list.holds(&mut hasher, met.kind, &met.text) == Ok(true) {
                trial.held.entry(*key).or_default().push(list.name.clone());
            }
        }
    }
    trial
}

/// The values met, in the order of kind and text.
fn in_order(hits: &Hits) -> Vec<(Fingerprint, &Met)> {
    let mut met = hits.met.sorted();
    met.arrange_by(|a, b| (a.1.kind, &a.1.text).cmp(&(b.1.kind, &b.1.text)));
    met
}

/// Concludes for every sweep that the lists ask for. `has` says whether any record has a field.
pub fn conclude(
    lists: &Lists,
    hits: &Hits,
    trial: &Trial,
    has: &dyn Fn(Field) -> bool,
) -> Vec<Concluded> {
    let mut all: Vec<Concluded> = CARDS
        .iter()
        .filter(|card| is_asked(card, lists))
        .map(|card| Concluded {
            card,
            findings: Vec::new(),
            not_evaluable: missing(card, lists, hits, has),
            bounds: Vec::new(),
        })
        .collect();
    let mut add = |card: &Card, finding: Finding| {
        if let Some(of) = all.iter_mut().find(|concluded| concluded.card.id == card.id) {
            of.findings.push(finding);
        }
    };
    for (_, hit) in hits.hits.sorted() {
        for finding in findings(lists, hit) {
            let card = lists.value(hit.id).map_or(cards::of_private(), |value| cards::of(value.0));
            add(card, finding);
        }
    }
    for (key, met) in in_order(hits) {
        if let Some(names) = trial.held.get(&key) {
            add(cards::of_private(), private(key, met, names));
        }
    }
    bound(&mut all, hits, trial);
    all
}

/// Whether the lists hold anything that a sweep looks for.
fn is_asked(card: &Card, lists: &Lists) -> bool {
    match card.id == cards::of_private().id {
        true => !lists.private().is_empty(),
        false => Kind::ALL.into_iter().any(|kind| lists.has(kind) && cards::of(kind).id == card.id),
    }
}

/// Why a sweep cannot be evaluated: none of the fields that it looks at is in any record.
fn missing(
    card: &Card,
    lists: &Lists,
    hits: &Hits,
    has: &dyn Fn(Field) -> bool,
) -> Option<(Text, Text)> {
    let is_private = card.id == cards::of_private().id;
    let is_of = |kind: Kind| match is_private {
        true => lists.private().iter().any(|list| list.has(kind)),
        false => lists.has(kind) && cards::of(kind).id == card.id,
    };
    let kinds = Kinds::of(is_of);
    let fields = WAYS.iter().filter(|(_, way)| way.gives(kinds)).map(|(field, _)| *field);
    let is_met = fields.into_iter().any(has) || (kinds.has(Kind::Hash) && hits.has_hashes);
    (!is_met).then(|| {
        let reason = Text::fixed(
            "No record in these logs has a field that could hold one of the indicators.",
            "指標の値を持ち得る項目が、提供されたログのどの記録にもありません。",
        );
        (reason, card.needs.words.clone())
    })
}

fn bound(all: &mut [Concluded], hits: &Hits, trial: &Trial) {
    let one_in = hits.hits.one_in();
    if let Some(first) = all.first_mut().filter(|_| one_in > 1) {
        first.bounds.push(Text::new(
            format!("Of the indicators that were met, one in {one_in} is listed: there are more than can be held."),
            format!("一致した指標のうち{one_in}件に1件だけを示します(保持できる上限を超過)。"),
        ));
    }
    let private = all.iter_mut().find(|concluded| concluded.card.id == cards::of_private().id);
    let Some(private) = private else { return };
    let ((done, of), one_in) = (trial.done, hits.met.one_in());
    if done < of {
        private.bounds.push(Text::new(
            format!("I5 was stopped after {done} of {of} digests."),
            format!("I5は{of}個のダイジェストのうち{done}個で停止されました。"),
        ));
    }
    if one_in > 1 {
        private.bounds.push(Text::new(
            format!("I5 tried one in {one_in} of the distinct values: there are more than {TRIED}, and each costs time."),
            format!("I5は異なる値を{one_in}件に1件だけ試しました({TRIED}件を超え、1件ごとに時間を要するため)。"),
        ));
    }
    let tried = Text::new(
        format!("I5 computed {done} digests of values in these logs."),
        format!("I5はログ中の値について{done}個のダイジェストを計算しました。"),
    );
    private.bounds.push(tried);
}

/// The findings of an indicator: while it was valid, and at other times.
fn findings(lists: &Lists, hit: &Hit) -> impl Iterator<Item = Finding> {
    let tallies = [(&hit.valid, true), (&hit.outside, false)];
    let met = tallies.into_iter().filter(|(tally, _)| tally.count > 0);
    met.filter_map(move |(tally, is_valid)| finding(lists, hit.id, tally, is_valid))
}

fn finding(lists: &Lists, id: Id, tally: &Tally, is_valid: bool) -> Option<Finding> {
    let (kind, with_subdomains, value) = lists.value(id)?;
    let card = cards::of(kind);
    let (en, ja) = words(kind);
    let shown = if with_subdomains { format!("*.{value}") } else { value.to_owned() };
    let lists_en = said(lists, id, "always", "from", "until");
    let lists_ja = said(lists, id, "期間の定めなし", "開始", "終了");
    let is_outward = tally.fields & OUTWARD != 0;
    let severity = match is_valid {
        true if is_outward => Severity::High,
        true => card.severity,
        false => Severity::Low,
    };
    let title = match is_valid {
        true => Text::new(
            format!("The {en} {shown} is on an indicator list"),
            format!("{ja} {shown} は指標リストに載っています"),
        ),
        false => Text::new(
            format!("The {en} {shown} is on an indicator list, but was met outside its validity"),
            format!("{ja} {shown} は指標リストに載っていますが、有効期間外の一致です"),
        ),
    };
    let fields = fields(tally.fields);
    Some(Finding {
        severity,
        confidence: if is_valid { Confidence::Moderate } else { Confidence::Low },
        grade: if is_valid { Grade::E3 } else { Grade::E4 },
        subject: subject(kind, &shown),
        reason: Text::new(
            format!("Found in {fields}. What the lists say: {lists_en}."),
            format!("検出項目:{fields}。リストの記述:{lists_ja}。"),
        ),
        scope: Scope { indicator: Some(Indicated::Listed { id, is_valid }), ..Scope::default() },
        speaks_to: if is_valid { vec![(Question::Q1, State::Possible)] } else { Vec::new() },
        ..counted(card, title, kind, tally)
    })
}

fn private(key: Fingerprint, met: &Met, names: &[String]) -> Finding {
    let (en, ja) = words(met.kind);
    let (value, fields, names) = (&met.text, fields(met.tally.fields), names.join(", "));
    let title = Text::new(
        format!("The {en} {value} is on a private list"),
        format!("{ja} {value} は非公開リストに載っています"),
    );
    Finding {
        subject: subject(met.kind, value),
        reason: Text::new(
            format!("Found in {fields}. Its digest is in {names}."),
            format!("検出項目:{fields}。ダイジェストが {names} に含まれています。"),
        ),
        scope: Scope { indicator: Some(Indicated::Private(key)), ..Scope::default() },
        speaks_to: vec![(Question::Q1, State::Possible)],
        ..counted(cards::of_private(), title, met.kind, &met.tally)
    }
}

/// What every finding says of its records.
fn counted(card: &Card, title: Text, kind: Kind, tally: &Tally) -> Finding {
    let time = |at: Instant| rfc3339(at);
    Finding {
        category: Some(kind.name().to_owned()),
        first: tally.span.map(|span| time(span.0)),
        last: tally.span.map(|span| time(span.1)),
        count: tally.count,
        places: tally.places.clone(),
        ..card.finding(title)
    }
}

fn subject(kind: Kind, value: &str) -> Subject {
    let kind = match kind {
        Kind::Address => SubjectKind::Address,
        Kind::Account | Kind::Email => SubjectKind::Account,
        _ => SubjectKind::Indicator,
    };
    Subject { kind, value: value.to_owned() }
}

/// The names of fields, from their bits. Hashes stand in whichever field of the record's own.
fn fields(bits: u64) -> String {
    let held = Field::ALL.into_iter().filter(|field| bits & 1 << *field as u64 != 0);
    let names: Vec<_> = held.map(Field::name).collect();
    if names.is_empty() { "file.hash".to_owned() } else { names.join(", ") }
}

/// What the lists say of an indicator.
fn said(lists: &Lists, id: Id, always: &str, from: &str, until: &str) -> String {
    let given: Vec<Given<'_>> = lists.given(id).collect();
    let one = |given: &Given<'_>| {
        let note =
            if given.note.is_empty() { String::new() } else { format!(" «{}»", given.note) };
        let window = match given.window {
            None => always.to_owned(),
            Some((first, end)) => {
                let first = (first > Instant::MIN).then(|| format!("{from} {}", rfc3339(first)));
                let end = (end < Instant::MAX).then(|| format!("{until} {}", rfc3339(end)));
                first.into_iter().chain(end).collect::<Vec<_>>().join(" ")
            }
        };
        format!("{}:{}{note} ({window})", given.list, given.line)
    };
    let more = given.len().saturating_sub(NAMED);
    let mut all: Vec<String> = given.iter().take(NAMED).map(one).collect();
    all.extend((more > 0).then(|| format!("+{more}")));
    all.join("; ")
}
