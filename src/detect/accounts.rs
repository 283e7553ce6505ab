//! What the detections of sign-ins and of what accounts did have in common.

use super::{Card, Conclusion, Verdict};
use crate::base::{Arrange, Fingerprint, Gather, Instant, Seed, Text, rfc3339, visible};
use crate::baseline::activity::{
    AccountStats, DayOfActs, DayUse, Mark, MarkFrom, Novelty, Pair, TRY_SECS, Tries,
};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{
    Acted, Confidence, Finding, Grade, Place, Question, Scope, Severity, State, Subject,
    SubjectKind,
};
use crate::judge::activity::{Activity, Network, What};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds of a day.
pub const DAY_SECS: i64 = 86_400;

/// Whether a record of what an account did is one that a finding rests on.
pub fn acted(activity: &Activity<'_>, seed: Seed, scope: &Scope) -> bool {
    let Some(asked) = &scope.acted else { return false };
    let is_told = asked.by_request || activity.event.fields.has(Field::Action);
    let is_kind = is_told && activity.what.bits() & asked.kinds != 0;
    let is_then = scope.span.is_none_or(|(from, until)| (from..=until).contains(&activity.at))
        && scope.day.is_none_or(|day| day == day_of(activity.at, activity.offset_secs));
    let of = |key: Option<Fingerprint>| key.is_some_and(|key| asked.groups.contains(&key));
    is_kind
        && is_then
        && (of(Some(activity.account_key))
            || of(activity.pair_key())
            || of(activity.session_key(seed))
            || of(activity.project_key(seed)))
}

/// Records of some kinds by some accounts, pairs or sessions.
pub fn scope(groups: impl IntoIterator<Item = Fingerprint>, kinds: u32) -> Scope {
    let groups = groups.into_iter().collect();
    Scope { acted: Some(Acted { groups, kinds, by_request: false }), ..Scope::default() }
}

/// Whether a network is new to an account; declared ones never are.
pub fn novelty(
    context: &Conclusion<'_>,
    account: Fingerprint,
    network: Network,
    use_: DayUse,
) -> Novelty {
    if context.declared.owns(network) {
        return Novelty::Known;
    }
    context.baseline.activities.novelty(account, network, use_.first.0, use_.day)
}

/// The networks of a day of acts that are new to the account.
pub fn new_networks(
    context: &Conclusion<'_>,
    account: Fingerprint,
    day: i32,
    acts: &DayOfActs,
) -> Vec<Network> {
    let Some(first) = acts.any.first() else { return Vec::new() };
    let is_new = |network: &&Network| {
        novelty(context, account, **network, DayUse { day, first: *first }) == Novelty::New
    };
    acts.networks.iter().map(|(network, _)| network).filter(is_new).copied().collect()
}

/// Networks in words.
pub fn named(networks: &[Network]) -> String {
    networks.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The names of accounts in words: the first few, and how many more.
pub fn accounts<'a>(pairs: impl Iterator<Item = &'a Pair>) -> String {
    let names: BTreeSet<&str> = pairs.map(|pair| &*pair.name).gather();
    let shown: Vec<_> = names.iter().take(5).map(|name| visible(name)).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// A place with its time.
pub const fn place(mark: (Instant, crate::base::Location)) -> Place {
    (Some(mark.0), mark.1)
}

/// A span as a finding states it.
pub fn stated(span: (Instant, Instant)) -> (Option<String>, Option<String>) {
    (Some(rfc3339(span.0)), Some(rfc3339(span.1)))
}

/// What a detection of sign-ins misses.
pub fn missing_sign_ins(context: &Conclusion<'_>, words: &Text) -> Option<Verdict> {
    let activities = &context.baseline.activities;
    let reason = match activities.sign_ins {
        (0, 0) if activities.timeless_sign_ins > 0 => timeless(),
        (0, 0) => Text::fixed(
            "No record in these logs is a sign-in of an account.",
            "提供されたログにアカウントのサインインの記録がありません。",
        ),
        (_, 0) => Text::fixed(
            "No failed sign-in is recorded: these logs may not record any.",
            "失敗したサインインの記録がなく、失敗を記録しないログの可能性があります。",
        ),
        _ => return None,
    };
    Some(unevaluable(reason, words))
}

/// What a detection of successful sign-ins misses.
pub fn missing_successes(context: &Conclusion<'_>, words: &Text) -> Option<Verdict> {
    let activities = &context.baseline.activities;
    let reason = match activities.sign_ins {
        (0, 0) if activities.timeless_sign_ins > 0 => timeless(),
        (0, _) => Text::fixed(
            "No record in these logs is a successful sign-in of an account.",
            "提供されたログにアカウントのサインイン成功の記録がありません。",
        ),
        _ => return None,
    };
    Some(unevaluable(reason, words))
}

/// That there are sign-ins, of which nothing can be told.
const fn timeless() -> Text {
    Text::fixed(
        "The records of sign-ins in these logs do not say when they were.",
        "提供されたログのサインインの記録には時刻がありません。",
    )
}

/// A verdict that says why there is none.
pub fn unevaluable(reason: Text, words: &Text) -> Verdict {
    Verdict { not_evaluable: Some((reason, words.clone())), ..Verdict::default() }
}

/// What to say of whether networks are new.
pub fn novelty_words(is_new: bool) -> Text {
    if is_new {
        Text::fixed(
            "The network is new to the account.",
            "このネットワークは当該アカウントにとって新しいものです。",
        )
    } else {
        Text::fixed(
            "Whether the network is new to the account cannot be told: that takes ten earlier sign-ins over seven days.",
            "このネットワークが当該アカウントにとって新しいかは判定できません(7日以上・10回以上の過去のサインインが必要)。",
        )
    }
}

/// What a finding about an account tells that rests on records one by one.
pub struct Named<'a> {
    /// Stands for the account.
    pub key: Fingerprint,
    /// The account as logged.
    pub account: &'a str,
    /// The records.
    pub marks: Vec<Mark>,
    /// How severe it is.
    pub severity: Severity,
    /// One line.
    pub title: Text,
    /// The figures.
    pub reason: Text,
    /// The questions that it speaks to.
    pub speaks_to: &'a [(Question, State)],
}

impl Named<'_> {
    /// The finding. What is not high may have any of the innocent causes.
    pub fn finding(mut self, card: &Card) -> Finding {
        self.marks.arrange();
        self.marks.dedup();
        let ends = self.marks.first().zip(self.marks.last());
        let (first, last) = ends.map(|(a, b)| stated((a.0, b.0))).unwrap_or_default();
        let is_grave = self.severity >= Severity::High;
        Finding {
            severity: self.severity,
            confidence: if is_grave { Confidence::Moderate } else { Confidence::Low },
            grade: Grade::E3,
            subject: Subject { kind: SubjectKind::Account, value: self.account.to_owned() },
            first,
            last,
            count: self.marks.len() as u64,
            reason: self.reason,
            scope: Scope {
                records: self.marks.iter().map(|mark| mark.1.key()).gather(),
                ..scope([self.key], 0)
            },
            places: self.marks.into_iter().map(place).collect(),
            speaks_to: self.speaks_to.to_vec(),
            ..card.finding(self.title)
        }
    }
}

/// A sign-in behind tries that failed, from a network that is not known to the account.
pub struct BehindTries<'a> {
    /// Stands for the account in its network.
    pub key: Fingerprint,
    /// The account in its network.
    pub pair: &'a Pair,
    /// The sign-in.
    pub day: DayUse,
    /// The times of the tries, from one to another, both inclusive.
    pub times: (i32, i32),
    /// Whether the network is new to the account, or only may be.
    pub is_new: bool,
}

impl BehindTries<'_> {
    /// The tries.
    pub fn tries(&self) -> Tries {
        self.pair.tries(self.times.0, self.times.1)
    }

    /// The finding.
    pub fn finding(&self, card: &Card, grade: Grade, title: Text, reason: Text) -> Finding {
        let (from, to) = self.times;
        let span = (i64::from(from) * TRY_SECS, i64::from(to) * TRY_SECS + TRY_SECS - 1);
        let entry = self.day.first;
        let (first, last) = stated((span.0, span.1.max(entry.0)));
        let state = if self.is_new { State::Likely } else { State::Possible };
        let new = novelty_words(self.is_new);
        let places = std::iter::once(entry).chain(self.pair.first_refused(span));
        Finding {
            severity: if self.is_new { Severity::High } else { Severity::Medium },
            confidence: if self.is_new { Confidence::High } else { Confidence::Moderate },
            grade,
            subject: Subject { kind: SubjectKind::Account, value: self.pair.name.to_string() },
            first,
            last,
            count: u64::from(self.tries().records) + 1,
            reason: Text::new(
                format!("{} {}", reason.en, new.en),
                format!("{}{}", reason.ja, new.ja),
            ),
            scope: Scope {
                span: Some(span),
                records: [entry.1.key()].into(),
                ..scope([self.key], What::REFUSED)
            },
            places: places.map(place).collect(),
            speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
            ..card.finding(title)
        }
    }
}

/// The network of a record, where it is new to the account then.
pub fn new_network(
    context: &Conclusion<'_>,
    account: Fingerprint,
    (mark, network): MarkFrom,
    day: i32,
) -> Option<Network> {
    let network = network?;
    let is_new = novelty(context, account, network, DayUse { day, first: mark }) == Novelty::New;
    is_new.then_some(network)
}

/// The accounts by their names in small letters.
pub type ByName<'a> = BTreeMap<String, (Fingerprint, &'a AccountStats)>;

/// The accounts by their names in small letters.
pub fn by_lower_name<'a>(context: &Conclusion<'a>) -> ByName<'a> {
    let all = context.baseline.activities.by_name().into_iter();
    all.map(|(key, stats)| (stats.name.to_lowercase(), (key, stats))).gather()
}
