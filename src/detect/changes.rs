//! What the detections of changes have in common: who changed something, whether that account has
//! just come from a network that is new to it, and whether it ever did so before.

use super::accounts::{DAY_SECS, novelty, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Verdict};
use crate::base::{Arrange, Gather, Text, visible};
use crate::baseline::activity::{Changed, Changes, DayUse, Novelty};
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::{Change, What};
use std::collections::{BTreeMap, BTreeSet};

/// Earlier days with the same change that make it ordinary for an account.
const USUAL_DAYS: usize = 3;
/// Days that an account must have been known for before something is its first.
const KNOWN_DAYS: i64 = 14;

/// What is known around a change.
pub struct Around<'a> {
    /// The change.
    pub changed: &'a Changed,
    /// Whether the account has come from a network new to it, within the day before.
    pub is_new_network: bool,
    /// Whether it is the first of its kind by an account that is known for two weeks.
    pub is_first: bool,
    /// Whether the account did the same on three earlier days: it is its work, wherever it is.
    pub is_usual: bool,
    /// Whether the account is known for two weeks.
    pub is_known: bool,
    /// Changes of the kind by the account on the same day, and the most on an earlier day.
    pub in_day: (usize, usize),
}

/// How severe a change is, and why; none when it is ordinary.
pub type Graded = Option<(Severity, Text)>;

/// A change that is not ordinary.
struct Judged<'a> {
    changed: &'a Changed,
    severity: Severity,
    why: Text,
    /// Whether two signs meet that say nothing of one another: the network, and that the account
    /// never did so.
    is_double: bool,
}

/// What changes of one kind lead to: a finding for each account that made some that are not
/// ordinary.
pub fn conclude(
    card: &Card,
    kind: Change,
    context: &Conclusion<'_>,
    speaks_to: &[(Question, State)],
    grade: &dyn Fn(&Around<'_>) -> Graded,
) -> Verdict {
    let activities = &context.baseline.activities;
    if activities.changed == 0 {
        let reason = Text::fixed(
            "No record in these logs is a change of accounts, rights or rules.",
            "アカウント・権限・ルールの変更の記録がありません。",
        );
        return unevaluable(reason, &card.needs.words);
    }
    let mut all = activities.changes.sorted();
    all.retain(|(_, changes)| changes.change == kind);
    all.arrange_by(|a, b| a.1.name.cmp(&b.1.name));
    let findings = all.iter().filter_map(|(_, changes)| {
        let judged = changes.first.iter().filter_map(|changed| {
            let around = around(changes, changed, context);
            let is_double = around.is_new_network && around.is_first;
            grade(&around).map(|(severity, why)| Judged { changed, severity, why, is_double })
        });
        let judged: Vec<_> = judged.collect();
        (!judged.is_empty()).then(|| finding(card, changes, &judged, speaks_to))
    });
    Verdict { findings: findings.collect(), ..Verdict::default() }
}

/// What is known around a change.
pub fn around<'a>(changes: &Changes, changed: &'a Changed, context: &Conclusion<'_>) -> Around<'a> {
    let stats = context.baseline.activities.accounts.get(changes.account);
    let at = changed.mark.0;
    let is_new = |network, day| novelty(context, changes.account, network, day) == Novelty::New;
    let own = DayUse { day: changed.day, first: changed.mark };
    let arrived = stats.is_some_and(|stats| {
        stats.arrivals(at - DAY_SECS, at).any(|(network, day)| is_new(network, day))
    });
    let is_known = stats
        .and_then(|stats| stats.first())
        .is_some_and(|first| first <= at - KNOWN_DAYS * DAY_SECS);
    Around {
        changed,
        is_new_network: arrived || changed.network.is_some_and(|network| is_new(network, own)),
        is_known,
        is_first: is_known && changes.first.first() == Some(changed),
        is_usual: is_usual(changes, changed.day),
        in_day: in_day(changes, changed.day),
    }
}

/// Changes on a day, and the most on an earlier one.
fn in_day(changes: &Changes, day: i32) -> (usize, usize) {
    let mut days = BTreeMap::<i32, usize>::new();
    changes.first.iter().for_each(|changed| *days.entry(changed.day).or_default() += 1);
    let most = days.range(..day).map(|(_, count)| *count).max();
    (days.get(&day).copied().unwrap_or(0), most.unwrap_or(0))
}

/// Whether an account made the same kind of change on three days before one.
fn is_usual(changes: &Changes, day: i32) -> bool {
    let days: BTreeSet<_> = changes.first.iter().map(|changed| changed.day).gather();
    days.range(..day).count() >= USUAL_DAYS
}

/// The severity of a change that leaves a way back: high from a network new to the account, medium
/// where it is the first; none where it is the account's work.
pub fn way_back(around: &Around<'_>) -> Graded {
    match (around.is_new_network, around.is_first) {
        _ if around.is_usual => None,
        (true, _) => Some((Severity::High, NEW_NETWORK)),
        (false, true) => Some((Severity::Medium, FIRST)),
        (false, false) => None,
    }
}

fn finding(
    card: &Card,
    changes: &Changes,
    judged: &[Judged<'_>],
    speaks_to: &[(Question, State)],
) -> Finding {
    let severity = judged.iter().map(|one| one.severity).max().unwrap_or(card.severity);
    let marks: Vec<_> = judged.iter().map(|one| one.changed.mark).collect();
    let span = marks.first().zip(marks.last()).map(|(first, last)| (first.0, last.0));
    let (first, last) = span.map(stated).unwrap_or_default();
    let worst = judged.iter().find(|one| one.severity == severity);
    let why = worst.map(|one| one.why.clone()).unwrap_or_else(|| card.what.clone());
    let targets: BTreeSet<&str> = judged.iter().map(|one| &*one.changed.target).gather();
    let targets: Vec<_> =
        targets.iter().filter(|name| !name.is_empty()).take(5).map(|name| visible(name)).collect();
    let (count, name, targets) = (judged.len(), visible(&changes.name), targets.join(", "));
    let action = worst.map(|one| visible(&one.changed.action)).unwrap_or_default();
    let on =
        |text: &str| if targets.is_empty() { String::new() } else { format!("{text}{targets}") };
    Finding {
        severity,
        confidence: match severity {
            Severity::High | Severity::Critical => Confidence::Moderate,
            _ => Confidence::Low,
        },
        grade: Grade::E1,
        subject: Subject { kind: SubjectKind::Account, value: changes.name.to_string() },
        first,
        last,
        count: count as u64,
        reason: Text::new(
            format!("{} ({count}: {action}{})", why.en, on("; ")),
            format!("{}({count}件:{action}{})", why.ja, on("、")),
        ),
        scope: Scope {
            records: marks.iter().map(|mark| mark.1.key()).gather(),
            ..scope([], What::CHANGED)
        },
        places: marks.into_iter().map(place).collect(),
        speaks_to: speaks_to.iter().map(|said| stronger(*said, judged)).collect(),
        ..card.finding(Text::new(
            format!("{name}: {}", card.name.en),
            format!("{name}:{}", card.name.ja),
        ))
    }
}

/// A way back is likely where two signs meet.
fn stronger(said: (Question, State), judged: &[Judged<'_>]) -> (Question, State) {
    match said {
        (Question::Q7, _) if judged.iter().any(|one| one.is_double) => (said.0, State::Likely),
        said => said,
    }
}

/// Why a change from a network new to the account matters.
pub const NEW_NETWORK: Text = Text::fixed(
    "By an account that had signed in from a network new to it within the day before.",
    "直前1日以内に新しいネットワークからサインインしたアカウントによる変更です。",
);

/// Why the first change of its kind matters.
pub const FIRST: Text = Text::fixed(
    "The first by this account, which is known for two weeks or more.",
    "2週間以上の記録がある当該アカウントによる初めての変更です。",
);
