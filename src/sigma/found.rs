//! What rules found: kept while scanning, bounded and without order, and concluded as findings.
//!
//! A match says that a record looks as the rule describes. It never confirms anything by itself:
//! which question it speaks to follows from the tactics that the rule names, how strongly from its
//! level, by the table in this file. A request that a web server refused is an attempt.

use super::correlate::{self, Correlation, Correlations, FieldOf, Kind, Match, Window};
use super::rule::{Level, Rule, RuleIndex, Status};
use super::set::{RuleSet, SeenSources};
use crate::base::limits::EVIDENCE;
use crate::base::{Fingerprint, Gather, Instant, Merge, Seed, Text, counted, rfc3339, visible};
use crate::event::{Event, Field};
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Place, Question, Scope, Severity, State, Subject,
    SubjectKind,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Accounts or addresses for each of which a rule makes a finding; of more, it makes one in all.
const ACTORS: usize = 16;

/// Tactics of ATT&CK with the questions that they speak to.
const TACTICS: &[(&str, &[Question])] = &[
    ("initial-access", &[Question::Q1, Question::Q3]),
    ("execution", &[Question::Q1]),
    ("persistence", &[Question::Q1, Question::Q7]),
    ("privilege-escalation", &[Question::Q1]),
    ("defense-evasion", &[Question::Q1]),
    ("defense-impairment", &[Question::Q1]),
    ("stealth", &[Question::Q1]),
    ("credential-access", &[Question::Q1]),
    ("discovery", &[Question::Q1]),
    ("lateral-movement", &[Question::Q1]),
    ("collection", &[Question::Q1, Question::Q4]),
    ("command-and-control", &[Question::Q1]),
    ("exfiltration", &[Question::Q1, Question::Q4]),
    ("impact", &[Question::Q1]),
];

/// Techniques of ATT&CK, with what they are part of, and the questions that they speak to beyond.
const TECHNIQUES: &[(&str, Question)] = &[
    // Credentials dumped, or found where they lay.
    ("t1003", Question::Q9),
    ("t1552", Question::Q9),
    ("t1555", Question::Q9),
    // Traces removed, logging switched off.
    ("t1070", Question::Q8),
    ("t1562.002", Question::Q8),
    ("t1562.008", Question::Q8),
    ("t1685.005", Question::Q8),
];

/// A set of rules, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The set.
    pub set: Arc<RuleSet>,
    correlations: Correlations,
    /// Rules that make findings.
    speaking: BTreeSet<RuleIndex>,
    /// Correlations that cannot be used.
    unusable: BTreeSet<RuleIndex>,
}

/// What findings rest on a record: those of a rule, in all, for an actor or for a group.
pub type Key = (RuleIndex, Option<Fingerprint>);

impl Rules {
    /// Makes a set ready. `speaks` says which of its rules may make findings.
    pub fn new(set: RuleSet, speaks: impl Fn(&Rule) -> bool) -> Self {
        let stated = set.correlations().iter();
        let ready: Vec<_> = stated.clone().filter_map(Correlation::of).collect();
        let (correlations, _) = Correlations::new(ready);
        let usable: BTreeSet<_> = correlations.all().iter().map(|known| known.rule).gather();
        let unusable =
            stated.map(|known| known.rule).filter(|rule| !usable.contains(rule)).collect();
        let rules = (0..).zip(set.rules());
        let speaking = rules.filter(|(_, rule)| rule.is_shown && speaks(rule));
        let speaking = speaking.map(|(index, _)| index).collect();
        Self { set: Arc::new(set), correlations, speaking, unusable }
    }

    /// Every key under which findings rest on an event that matched some rules.
    pub fn keys(
        &self,
        matched: &[RuleIndex],
        event: &Event<'_>,
        field: FieldOf<'_>,
        seed: Seed,
    ) -> Vec<Key> {
        let own = actor(event).map(|actor| key(actor, seed));
        let of = |rule: &RuleIndex| [Some((*rule, None)), own.map(|own| (*rule, Some(own)))];
        let mut keys: Vec<Key> = matched.iter().flat_map(of).flatten().collect();
        if matched.iter().any(|rule| self.correlations.want(*rule)) {
            let groups = self.correlations.groups(matched, field, seed);
            keys.extend(groups.into_iter().map(|(rule, group)| (rule, Some(group))));
        }
        keys
    }
}

impl Rules {
    /// The correlations.
    pub const fn correlations(&self) -> &Correlations {
        &self.correlations
    }
}

/// What some shards saw that rules matched.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    rules: BTreeMap<RuleIndex, OfRule>,
    notes: correlate::Notes,
    /// What events have shown of log sources and fields.
    pub seen: SeenSources,
    /// Requests to web servers that were compared with rules.
    pub requests: u64,
    /// Other records that were compared with rules.
    pub others: u64,
}

/// What a rule matched: in all, and by account or address, those with the smallest fingerprints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OfRule {
    all: Matches,
    actors: BTreeMap<Fingerprint, (Subject, Matches)>,
}

/// Records that a rule matched.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Matches {
    records: u64,
    /// Of these, requests that were not answered with an error, and what is no request.
    served: u64,
    span: Option<(Instant, Instant)>,
    places: BTreeSet<Place>,
}

impl Matches {
    fn add(&mut self, event: &Event<'_>) {
        let at = event.time.stamp().map(|stamp| stamp.at);
        let is_served = event.status().is_none_or(|status| status < 400);
        let place = (at, event.location);
        let is_early = self.places.last().is_none_or(|last| place < *last);
        let places = if is_early || self.places.len() < EVIDENCE { Some(place) } else { None };
        self.merge(Self {
            records: 1,
            served: u64::from(is_served),
            span: at.map(|at| (at, at)),
            places: places.into_iter().collect(),
        });
    }
}

impl Merge for Matches {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.served += other.served;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.places.extend(other.places);
        while self.places.len() > EVIDENCE {
            self.places.pop_last();
        }
    }
}

impl OfRule {
    /// Keeps one actor more than get a finding each: that one tells that there are too many.
    fn trim(&mut self) {
        while self.actors.len() > ACTORS + 1 {
            self.actors.pop_last();
        }
    }
}

impl Merge for OfRule {
    fn merge(&mut self, other: Self) {
        self.all.merge(other.all);
        for (key, (subject, matches)) in other.actors {
            self.actors.entry(key).or_insert((subject, Matches::default())).1.merge(matches);
        }
        self.trim();
    }
}

impl Merge for Found {
    fn merge(&mut self, other: Self) {
        for (rule, found) in other.rules {
            self.rules.entry(rule).or_default().merge(found);
        }
        self.notes.merge(other.notes);
        self.seen.merge(other.seen);
        self.requests += other.requests;
        self.others += other.others;
    }
}

/// Whose record it is: the account that it names, else the client's address.
fn actor<'e>(event: &Event<'e>) -> Option<(SubjectKind, &'e [u8])> {
    let account = event.fields.text(Field::UserName).map(|name| (SubjectKind::Account, name));
    let address = || Some((SubjectKind::Address, event.fields.text(Field::SourceAddress)?));
    account.or_else(address)
}

fn key((kind, name): (SubjectKind, &[u8]), seed: Seed) -> Fingerprint {
    seed.within(kind as Fingerprint, name)
}

impl Found {
    /// Notes what an event matched. `field` gives its fields by their names in Sigma.
    pub fn observe(
        &mut self,
        rules: &Rules,
        matched: &[RuleIndex],
        event: &Event<'_>,
        field: FieldOf<'_>,
        seed: Seed,
    ) {
        for rule in matched.iter().filter(|rule| rules.speaking.contains(rule)) {
            let of = self.rules.entry(*rule).or_default();
            of.all.add(event);
            let Some(actor) = actor(event) else { continue };
            let key = key(actor, seed);
            let is_kept = of.actors.len() <= ACTORS
                || of.actors.last_key_value().is_some_and(|(last, _)| key <= *last);
            if is_kept {
                let name = || String::from_utf8_lossy(actor.1).into_owned();
                let make = || (Subject { kind: actor.0, value: name() }, Matches::default());
                of.actors.entry(key).or_insert_with(make).1.add(event);
                of.trim();
            }
        }
        let correlations = &rules.correlations;
        if matched.iter().any(|rule| correlations.want(*rule)) {
            let place = (event.time.stamp().map(|stamp| stamp.at), event.location);
            self.notes.observe(correlations, matched, place, field, seed);
        }
    }

    /// The findings, and the bounds that were reached. `log_source` is what findings are about
    /// that name neither an account nor an address.
    pub fn conclude(&self, rules: &Rules, log_source: &str) -> (Vec<Finding>, Vec<Text>) {
        let mut findings = Vec::new();
        for (rule, found) in &self.rules {
            let Some(what) = rules.set.rule(*rule) else { continue };
            let named: u64 = found.actors.values().map(|(_, matches)| matches.records).sum();
            let is_by_actor = found.actors.len() <= ACTORS && named == found.all.records;
            if is_by_actor {
                let of = found.actors.iter();
                findings.extend(of.map(|(key, (subject, matches))| {
                    of_rule(*rule, what, Some(*key), subject.clone(), matches)
                }));
            } else {
                let value = log_source.to_owned();
                let subject = Subject { kind: SubjectKind::LogSource, value };
                findings.push(of_rule(*rule, what, None, subject, &found.all));
            }
        }
        let concluded = correlate::conclude(&rules.correlations, &self.notes);
        for found in &concluded.matches {
            let speaks = rules.speaking.contains(&found.rule);
            let Some(what) = rules.set.rule(found.rule).filter(|_| speaks) else { continue };
            let subject = subject(&rules.correlations, found, log_source);
            let windows = found.windows.iter();
            let asked = rules.correlations.of_rule(found.rule).map(asked);
            let asked = asked.unwrap_or_else(|| Text::fixed("", ""));
            let of = |window| of_window(what, found, window, subject.clone(), &asked);
            findings.extend(windows.map(of));
        }
        (findings, bounds(rules, &concluded))
    }
}

/// A finding with what the rule says of itself.
fn finding(index: RuleIndex, rule: &Rule, subject: Subject) -> Finding {
    let causes = rule.false_positives.join("; ");
    Finding {
        id: String::new(),
        detector: "sigma".to_owned(),
        category: None,
        rule: Some(rule.id.clone()),
        title: Text::new(rule.title.clone(), rule.title.clone()),
        severity: severity(rule.level),
        confidence: confidence(rule),
        grade: if rule.level >= Level::High { Grade::E3 } else { Grade::E4 },
        outcome: None,
        subject,
        accounts: Vec::new(),
        first: None,
        last: None,
        count: 0,
        attack: techniques(rule).map(|technique| technique.to_ascii_uppercase()).collect(),
        references: rule.references.clone(),
        reason: Text::fixed("", ""),
        innocent: if causes.is_empty() {
            Text::fixed(
                "The rule names none. What it describes can also be done in good faith.",
                "ルールに記載はありませんが、正当な操作でも一致することがあります。",
            )
        } else {
            Text::new(causes.clone(), causes)
        },
        evidence: Vec::new(),
        scope: Scope { rule: Some(index), ..Scope::default() },
        places: Vec::new(),
        speaks_to: speaks_to(rule),
    }
}

fn of_rule(
    index: RuleIndex,
    rule: &Rule,
    actor: Option<Fingerprint>,
    subject: Subject,
    matches: &Matches,
) -> Finding {
    let is_request = rule.source.category.as_deref() == Some("webserver");
    let is_refused = is_request && matches.served == 0;
    let (title, records) = (visible(&rule.title), matches.records);
    let whom = visible(&subject.value);
    let mut found = finding(index, rule, subject);
    found.title = Text::new(
        format!("{title}: {} of {whom}", counted(records, "record")),
        format!("{title}:{whom} の記録{records}件"),
    );
    found.reason = said(rule, is_request.then_some((matches.served, records)));
    found.first = matches.span.map(|span| rfc3339(span.0));
    found.last = matches.span.map(|span| rfc3339(span.1));
    found.count = records;
    found.scope.actor = actor;
    found.places = matches.places.iter().copied().gather();
    if is_request {
        found.outcome = Some(if is_refused { Outcome::Failed } else { Outcome::Unknown });
    }
    if is_refused {
        found.severity = found.severity.min(Severity::Info);
        found.speaks_to.clear();
    }
    found
}

/// Why a match is a finding.
fn said(rule: &Rule, requests: Option<(u64, u64)>) -> Text {
    let what = one_line(&rule.description);
    let level = rule.level.word();
    let (served_en, served_ja) = match requests {
        None => (String::new(), String::new()),
        Some((0, _)) => (
            " Every request was answered with an error: attempts without a sign of success."
                .to_owned(),
            "すべての要求にエラーが返されており、成功の兆候のない試行です。".to_owned(),
        ),
        Some((served, all)) => (
            format!(" {served} of {all} requests were not answered with an error."),
            format!("{all}件中{served}件の要求はエラー応答ではありません。"),
        ),
    };
    Text::new(
        format!(
            "These records look as the rule describes (level {level}): {what}{served_en} A rule says what a record looks like, not who meant what by it."
        ),
        format!(
            "ルール(レベル {level})の記述に一致する記録です:{what}{served_ja}ルールが示すのは記録の特徴であり、行為者や意図ではありません。"
        ),
    )
}

fn of_window(
    rule: &Rule,
    found: &Match,
    window: &Window,
    subject: Subject,
    asked: &Text,
) -> Finding {
    let names = found.names.iter().map(|name| visible(name));
    let names = names.collect::<Vec<_>>().join(", ");
    let (title, records) = (visible(&rule.title), window.records);
    let mut made = finding(found.rule, rule, subject);
    let of = if names.is_empty() { String::new() } else { format!(": {names}") };
    made.title = Text::new(format!("{title}{of}"), format!("{title}{of}"));
    let times = window.times as u64;
    let (times_en, times_ja) = if times > 1 {
        (
            format!(" It held at {times} separate times, which are told as one."),
            format!("{times}回の時間帯をまとめて示しています。"),
        )
    } else {
        (String::new(), String::new())
    };
    let own = said(rule, None);
    made.reason = Text::new(
        format!(
            "{} of the rules that it correlates. {}{times_en} {}",
            counted(records, "record"),
            asked.en,
            own.en
        ),
        format!("相関対象のルールに一致した記録{records}件。{}{times_ja}{}", asked.ja, own.ja),
    );
    made.first = Some(rfc3339(window.span.0));
    made.last = Some(rfc3339(window.span.1));
    made.count = records;
    made.scope.actor = Some(found.group);
    made.scope.span = Some(window.span);
    made.places = window.places.iter().map(|(at, location)| (Some(*at), *location)).collect();
    made
}

/// What a correlation asks for, as a sentence.
fn asked(correlation: &Correlation) -> Text {
    let values = correlation.of.first().map_or(&[][..], |of| of.value.as_slice());
    let values = values.iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ");
    let (what_en, what_ja) = match correlation.kind {
        Kind::EventCount => ("records".to_owned(), "記録数".to_owned()),
        Kind::ValueCount => {
            (format!("different values of {values}"), format!("{values} の異なる値の数"))
        }
        Kind::ValueSum => (format!("the sum of {values}"), format!("{values} の合計")),
        Kind::ValueAvg => (format!("the mean of {values}"), format!("{values} の平均")),
        Kind::ValuePercentile(50) => {
            (format!("the median of {values}"), format!("{values} の中央値"))
        }
        Kind::ValuePercentile(percent) => (
            format!("percentile {percent} of {values}"),
            format!("{values} の{percent}パーセンタイル"),
        ),
        Kind::Temporal => ("rules that match".to_owned(), "一致するルール数".to_owned()),
        Kind::TemporalOrdered => {
            ("rules that match in order".to_owned(), "順に一致するルール数".to_owned())
        }
    };
    let predicates = correlation.condition.predicates.iter();
    let predicates = predicates.map(|(order, than)| format!("{} {than}", order.sign()));
    let predicates = predicates.collect::<Vec<_>>().join(", ");
    let (en, ja) = duration(correlation.span_secs);
    if predicates.is_empty() {
        return Text::new(
            format!("It asks which of them match within {en}."),
            format!("条件は、{ja}以内にどのルールが一致するかです。"),
        );
    }
    Text::new(
        format!("It asks within {en}: {what_en} {predicates}."),
        format!("条件:{ja}以内に{what_ja} {predicates}。"),
    )
}

/// A time span in the largest unit that it is whole in.
fn duration(secs: i64) -> (String, String) {
    let units = [(86_400, "day", "日"), (3_600, "hour", "時間"), (60, "minute", "分")];
    let (unit, en, ja) =
        units.into_iter().find(|unit| secs % unit.0 == 0).unwrap_or((1, "second", "秒"));
    let count = u64::try_from(secs / unit).unwrap_or_default();
    (counted(count, en), format!("{count}{ja}"))
}

/// What a group is: an account or an address where the name of a field says so, else a log source.
fn subject(correlations: &Correlations, found: &Match, log_source: &str) -> Subject {
    let of = correlations.all().iter().find(|correlation| correlation.rule == found.rule);
    let fields = of.map_or(&[][..], |correlation| correlation.group_by.as_slice());
    let named = |kind: SubjectKind, is_so: &dyn Fn(&str) -> bool| {
        let at = fields.iter().position(|field| is_so(&field.to_ascii_lowercase()))?;
        Some(Subject { kind, value: found.names.get(at)?.to_string() })
    };
    let is_account = |field: &str| {
        !field.contains("agent") && (field.contains("user") || field.contains("account"))
    };
    let is_address = |field: &str| ["ip", "address"].iter().any(|end| field.ends_with(end));
    named(SubjectKind::Account, &is_account)
        .or_else(|| named(SubjectKind::Address, &is_address))
        .unwrap_or_else(|| Subject { kind: SubjectKind::LogSource, value: log_source.to_owned() })
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::Informational => Severity::Info,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    }
}

/// Whether its authors tried the rule on ordinary systems.
fn is_tried(rule: &Rule) -> bool {
    matches!(rule.status, Some(Status::Stable | Status::Test))
}

fn confidence(rule: &Rule) -> Confidence {
    if is_tried(rule) && rule.level >= Level::High { Confidence::Moderate } else { Confidence::Low }
}

/// The techniques that a rule names, `t1059.001`.
fn techniques(rule: &Rule) -> impl Iterator<Item = &str> {
    let tags = rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack."));
    tags.filter(|tag| {
        let digits = tag.strip_prefix(['t', 'T']).unwrap_or_default();
        digits.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The questions that a rule speaks to. Of a rule below high, nothing follows.
fn speaks_to(rule: &Rule) -> Vec<(Question, State)> {
    let state = match rule.level {
        Level::Critical if is_tried(rule) => State::Likely,
        Level::Critical | Level::High => State::Possible,
        Level::Medium | Level::Low | Level::Informational => return Vec::new(),
    };
    let tactics = rule.tags.iter().filter_map(|tag| tag.strip_prefix("attack."));
    let tactics: BTreeSet<String> = tactics.map(|tag| tag.replace('_', "-")).gather();
    let by_tactic = TACTICS.iter().filter(|(tactic, _)| tactics.contains(*tactic));
    let mut asked: BTreeSet<Question> = by_tactic.flat_map(|(_, asked)| *asked).copied().gather();
    let is_part = |technique: &str, of: &str| {
        let rest = technique.strip_prefix(of);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    for technique in techniques(rule) {
        let technique = technique.to_ascii_lowercase();
        let beyond = TECHNIQUES.iter().filter(|(of, _)| is_part(&technique, of));
        asked.extend(beyond.map(|(_, question)| *question));
    }
    if asked.is_empty() {
        asked.insert(Question::Q1);
    }
    asked.into_iter().map(|question| (question, state)).collect()
}

/// Text of a rule in one line.
fn one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.ends_with(['.', '。', '!', '?']) { text } else { text + "." }
}

fn bounds(rules: &Rules, concluded: &correlate::Concluded) -> Vec<Text> {
    let name = |rule: &RuleIndex| {
        rules.set.rule(*rule).map(|rule| visible(&rule.title)).unwrap_or_default()
    };
    let unusable = rules.unusable.iter().map(|rule| {
        let name = name(rule);
        Text::new(
            format!("The correlation «{name}» cannot be used: too many rest on it, or it asks for what a figure cannot be."),
            format!("相関ルール「{name}」は使用できません(参照が多すぎるか、条件の値が不正です)。"),
        )
    });
    let sampled = concluded.sampled.iter().map(|(rule, one_in)| {
        let name = name(rule);
        Text::new(
            format!("The correlation «{name}» looked at one in {one_in} of its groups: there were more than it can hold."),
            format!("相関ルール「{name}」は対象のグループを{one_in}件に1件だけ調べました(保持できる上限を超過)。"),
        )
    });
    let coarse = concluded.coarse.iter().map(|(rule, secs)| {
        let name = name(rule);
        Text::new(
            format!("The correlation «{name}» kept times of its busiest groups to within {secs} seconds: there were more matches than it can hold."),
            format!("相関ルール「{name}」は一致の多いグループの時刻を{secs}秒単位で保持しました(保持できる上限を超過)。"),
        )
    });
    let lost = concluded.lost.iter().map(|(rule, groups)| {
        let name = name(rule);
        Text::new(
            format!("The correlation «{name}» could not look at {}: too many different values.", counted(*groups, "group")),
            format!("相関ルール「{name}」は{groups}グループを調べられませんでした(異なる値が多すぎるため)。"),
        )
    });
    let timeless = (concluded.timeless > 0).then(|| {
        let records = concluded.timeless;
        Text::new(
            format!(
                "{} that correlations ask for state no time and could not be correlated.",
                counted(records, "record")
            ),
            format!("相関ルールの対象となる記録{records}件は時刻がなく、相関の対象外です。"),
        )
    });
    unusable.chain(sampled).chain(coarse).chain(lost).chain(timeless).collect()
}
