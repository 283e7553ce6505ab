//! What was concluded: findings with their evidence, and the scales they are graded on.
//!
//! A finding never exists before every shard was seen: only `conclude` makes one.

mod card;
mod tactic;

pub use card::{Card, Needs};
pub use tactic::Tactic;

use crate::base::{Fingerprint, Instant, Location, LogSize, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How bad it would be if it is what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing, nothing to act on: an attempt that failed.
    Info,
    /// To be looked at when time allows.
    Low,
    /// To be looked at today.
    Medium,
    /// To be acted on today.
    High,
    /// To be acted on now.
    Critical,
}

/// How sure the finding is, apart from how likely the act was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One indirect sign, or little to compare it with.
    Low,
    /// Direct signs with a known innocent explanation left.
    Moderate,
    /// Direct signs that no common innocent cause explains.
    High,
}

/// What kind of evidence a finding rests on, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Grade {
    /// A direct record of the act.
    E1,
    /// Two independent sources agree.
    E2,
    /// Inferred from one source.
    E3,
    /// Context that only strengthens other evidence.
    E4,
}

/// What became of an attempt, as far as the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Refused by access control or a filter (401, 403, 406, 429 and the like).
    Blocked,
    /// Answered with an error, or like a page that does not exist.
    Failed,
    /// The answer does not tell.
    Unknown,
    /// The answer differs from what this address normally gives, in the way that success would.
    LikelySucceeded,
}

/// Who or what a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A client's network address, as logged.
    Address,
    /// An account name, as logged.
    Account,
    /// A log source: one file, or a series of rotated files.
    LogSource,
    /// An indicator that is neither an address nor an account, as its list gives it.
    Indicator,
}

/// Who or what a finding is about, as the log names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// What kind of thing it is.
    pub kind: SubjectKind,
    /// Its name in the log.
    pub value: String,
}

/// Records that one finding rests on, as a question that can be asked of any record again.
/// This is how a count opens into all of its rows without keeping them in memory.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scope {
    /// Fingerprint of the client or account.
    pub actor: Option<Fingerprint>,
    /// First and last second, both inclusive.
    pub span: Option<(Instant, Instant)>,
    /// The day, in the zone of each record: days since 1970-01-01. Where clocks are in different
    /// zones, the span of one day holds records of another.
    pub day: Option<i32>,
    /// Groups of answers, as the detection forms them: group, status, size.
    pub answers: BTreeSet<(Fingerprint, u16, LogSize)>,
    /// Single records: stream and offset.
    pub records: BTreeSet<(u32, u64)>,
    /// An indicator that the records hold.
    pub indicator: Option<Indicated>,
    /// The rule that the records match, by its place in the set.
    pub rule: Option<u32>,
    /// What accounts did, within the span and on the day, where these are given.
    pub acted: Option<Acted>,
}

/// Records of what accounts did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Acted {
    /// Fingerprints of accounts, of accounts in networks, or of sessions.
    pub groups: BTreeSet<Fingerprint>,
    /// Kinds of activity, as the bits by which they are judged. None where the finding rests on
    /// other records, and these acts are only put in doubt by it.
    pub kinds: u32,
    /// Whether requests to the pages of web servers that take passwords are sign-ins.
    pub by_request: bool,
}

/// What records hold that a finding about an indicator rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indicated {
    /// An indicator by its place among all, while it is valid or at other times.
    Listed {
        /// Its place.
        id: u32,
        /// Whether the records are of times at which it is valid.
        is_valid: bool,
    },
    /// A value that a private list holds, by its fingerprint.
    Private(Fingerprint),
}

/// A question that every report answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "report::questions holds the questions in words")]
pub enum Question {
    Q1,
    Q2,
    Q3,
    Q4,
    Q5,
    Q6,
    Q7,
    Q8,
    Q9,
    Q10,
    Q11,
    Q12,
}

/// How a question ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The logs record it directly.
    Confirmed,
    /// No common innocent cause explains what the logs show.
    Likely,
    /// The logs show signs that have innocent causes too.
    Possible,
    /// Nothing was found in the logs given.
    NoEvidence,
    /// These logs cannot tell.
    CannotDetermine,
}

/// A record with its time, where it has one.
pub type Place = (Option<Instant>, Location);

/// One record that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Id of the stream, as in `sources[].streams[].id`.
    pub stream: u32,
    /// Line in the unpacked stream, from 1; 0 where what stands before it was not read.
    pub line: u64,
    /// Record in the stream, from 1 (blank lines are no records); 0 likewise.
    pub record: u64,
    /// First byte in the unpacked stream.
    pub offset: u64,
    /// Bytes, without the line end.
    pub length: u32,
    /// When, in UTC (RFC 3339), where the record says so.
    pub time: Option<String>,
    /// The record as stored, at most 2,048 bytes of it; bytes that are no UTF-8 become U+FFFD.
    /// None when it could not be read again.
    pub text: Option<String>,
    /// What matched: first character and the one behind the last, counted in characters of `text`.
    pub mark: Option<[u32; 2]>,
    /// The matched part after decoding, where that differs from the record.
    pub decoded: Option<String>,
}

/// Something that a detection concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Unique in the report: the detection's id and a number, `B1-3`.
    pub id: String,
    /// Id of the detection, `B1`; `sigma` for rules.
    pub detector: String,
    /// A finer name for what matched, `sqli`.
    pub category: Option<String>,
    /// The rule's id, for rules.
    pub rule: Option<String>,
    /// One line that says what happened.
    pub title: Text,
    /// How bad it would be.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What kind of evidence it rests on.
    pub grade: Grade,
    /// What became of it, where the detection assesses that.
    pub outcome: Option<Outcome>,
    /// Who or what it is about.
    pub subject: Subject,
    /// Accounts that it rests on, as logged, at most 200 of them in order of their names; none
    /// where it is not about what accounts did.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// First record, UTC.
    pub first: Option<String>,
    /// Last record, UTC.
    pub last: Option<String>,
    /// Records that it rests on.
    pub count: u64,
    /// ATT&CK techniques.
    pub attack: Vec<String>,
    /// Where to read on: addresses that the rule names.
    pub references: Vec<String>,
    /// Why it was concluded: the figures and what they were compared with.
    pub reason: Text,
    /// What else could explain it.
    pub innocent: Text,
    /// Up to 20 of the records; `count` says how many there are.
    pub evidence: Vec<Evidence>,
    /// How to find every record again. Not part of the report's JSON.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub scope: Scope,
    /// Where the evidence lies; `evidence` is filled from it. Not part of the report's JSON.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub places: Vec<Place>,
    /// The questions that it speaks to, and how it answers each.
    #[serde(default)]
    pub speaks_to: Vec<(Question, State)>,
}

impl Finding {
    /// The order in a report: what matters most first, then what came first.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let key = |f: &Self| {
            (
                std::cmp::Reverse(f.severity),
                std::cmp::Reverse(f.confidence),
                f.first.clone(),
                f.detector.clone(),
                f.category.clone(),
                f.subject.clone(),
                f.title.clone(),
                f.places.first().map(|place| place.1.key()),
            )
        };
        key(self).cmp(&key(other))
    }
}

/// A period without records where records were to be expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The log source.
    pub log_source: String,
    /// Last record before, UTC.
    pub from: String,
    /// First record after, UTC.
    pub until: String,
    /// Records that such a period normally holds.
    pub expected: u64,
}
