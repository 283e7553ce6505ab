//! The report as it is handed over: the shape of `check --format json`.
//!
//! Field order is the order in the JSON. Numbers are integers below 2^53 and texts carry both
//! languages, so that serialising the same report natively, in WASM or in JavaScript gives the
//! same bytes.

use super::judge::Judgement;
use super::parties::Affected;
use super::secrets::Secret;
use crate::base::Text;
use crate::finding::{Finding, Gap, Severity, State, Subject, Tactic};
use serde::{Deserialize, Serialize};

/// Everything that one check concluded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// What made this report.
    pub tool: Tool,
    /// The settings in force, defaults included.
    pub settings: serde_json::Value,
    /// What was given, in the order of their names.
    pub sources: Vec<SourceReport>,
    /// The answers, Q1 to Q12.
    pub questions: Vec<Answer>,
    /// Findings that belong together, most severe first.
    pub incidents: Vec<Incident>,
    /// What was concluded, most severe first.
    pub findings: Vec<Finding>,
    /// Addresses and accounts that findings name.
    pub entities: Vec<Entity>,
    /// Whose data the accounts of findings reached, by kind and name.
    #[serde(default)]
    pub affected: Vec<Affected>,
    /// What is to be changed, by kind and name.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// Activity over time, at most 400 buckets of equal width without the empty ones.
    pub timeline: Timeline,
    /// What the logs cover and what they do not.
    pub coverage: Coverage,
    /// Detections and rules that these logs cannot answer; rules that miss the same, together.
    pub not_evaluable: Vec<NotEvaluable>,
    /// Runs of bytes that no reader understood, in order of stream and place.
    pub unparsed: Vec<Unparsed>,
    /// Parts of the indicator lists that are not swept for: the first thousand of each list.
    /// `settings.indicators` counts all.
    pub not_swept: Vec<NotSwept>,
    /// What a person made of findings, in their order. The answers take it into account.
    #[serde(default)]
    pub judgements: Vec<Judgement>,
    /// Judgements of findings that are not in this report any more.
    #[serde(default)]
    pub judgements_set_aside: Vec<Judgement>,
    /// How personal data were reduced, where they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced: Option<Text>,
}

/// What made a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// Always `sekisho`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Digest of the program's source tree, the same for page and command line.
    pub build: String,
    /// The rule packs in force.
    pub rule_packs: Vec<RulePack>,
    /// Ids of the detections that were asked, sweeps for indicators included.
    #[serde(default)]
    pub detections: Vec<String>,
}

/// A set of rules or detections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RulePack {
    /// Its name.
    pub name: String,
    /// How many rules or detections it holds.
    pub rules: u32,
    /// SHA-256 of its canonical form, in hex.
    pub sha256: String,
}

/// One file as given, and what was found inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceReport {
    /// Name, with the folders inside what was given.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hex of the bytes as given; none where they could not all be read.
    pub sha256: Option<String>,
    /// What went wrong with it, if anything did.
    pub problems: Vec<Problem>,
    /// What it holds after unpacking.
    pub streams: Vec<StreamReport>,
}

/// Something that kept a file from being checked in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// Short fixed name, `truncated`.
    pub kind: String,
    /// Path inside the file, when only a part of it is concerned.
    pub path_inside: Option<String>,
    /// Byte in the file as given, where known.
    pub offset: Option<u64>,
    /// What was expected and what was found.
    pub what: Text,
    /// What to do about it.
    pub todo: Text,
}

/// A log as read: a file, or one member of an archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StreamReport {
    /// Unique in the report; evidence names it.
    pub id: u32,
    /// Path inside the archive, for members.
    pub path_inside: Option<String>,
    /// `plain`, or how it is packed, outermost first: `gzip+tar`.
    pub container: String,
    /// Id of the format, as `sekisho formats` lists it; none where no reader knew it.
    pub format: Option<String>,
    /// Why this format was chosen.
    pub why: Text,
    /// Encoding in which text was read.
    pub encoding: String,
    /// What the times say of their zone.
    pub zone: Text,
    /// Records with a time that states no zone.
    #[serde(default)]
    pub unzoned: u64,
    /// Unpacked bytes; of what could not be unpacked, the packed ones.
    pub size: u64,
    /// Lines, blank ones included.
    pub lines: u64,
    /// Records, understood or not, without repeated ones.
    pub records: u64,
    /// Records that were not understood.
    pub unparsed: u64,
    /// Records that repeat others, and are counted there only.
    pub repeated: u64,
    /// Which streams hold those others.
    pub repeats: Vec<Repetition>,
    /// Unpacked bytes by what became of them; they add up to `size`.
    pub bytes: ByteLedger,
    /// Earliest time, UTC.
    pub first: Option<String>,
    /// Latest time, UTC.
    pub last: Option<String>,
}

/// How much of a log is in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Repetition {
    /// Id of the stream whose records are repeated: another one, or the same.
    pub of: u32,
    /// Records.
    pub records: u64,
}

/// What became of the bytes. Line ends count with their line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ByteLedger {
    /// In records that were understood.
    pub parsed: u64,
    /// In blank lines and comments.
    pub blank: u64,
    /// In records that were not understood: listed under `unparsed`.
    pub unparsed: u64,
    /// In records that repeat others.
    pub repeated: u64,
    /// Never read: listed under the source's `problems`.
    pub unread: u64,
}

/// The answer to one of the questions Q1 to Q12.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// `Q1` to `Q12`.
    pub id: String,
    /// The question.
    pub question: Text,
    /// How it ends.
    pub state: State,
    /// The answer in one sentence.
    pub summary: Text,
    /// What carries the answer.
    pub because: Vec<Text>,
    /// What would change it.
    pub would_change: Vec<Text>,
    /// Ids of the findings that it rests on.
    pub findings: Vec<String>,
}

/// Findings about the same account or network within a day of one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// Unique in the report, `incident-1`.
    pub id: String,
    /// Whom it concerns and what was done, by tactics in order of time.
    pub title: Text,
    /// The worst of its findings; one step more where independent groups meet.
    pub severity: Severity,
    /// First record, UTC.
    pub first: String,
    /// Last record, UTC.
    pub last: String,
    /// Why its findings belong together, and why it is rated so.
    pub reason: Text,
    /// Accounts, in small letters, and networks that two findings or more have in common.
    pub joined_by: Vec<Subject>,
    /// Groups of detections with a finding of medium or more: the letters of their ids.
    pub groups: Vec<String>,
    /// Its findings in order of time.
    pub story: Vec<Step>,
}

/// A finding in the story of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// Its first record, UTC.
    pub at: String,
    /// The finding's id.
    pub finding: String,
    /// What it is for, by the tactics of ATT&CK.
    pub tactic: Option<Tactic>,
}

/// An address or account that findings name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entity {
    /// Who or what.
    #[serde(flatten)]
    pub subject: Subject,
    /// First record of it in all logs, UTC.
    pub first: Option<String>,
    /// Last record, UTC.
    pub last: Option<String>,
    /// True when the first record lies within the first day of the logs: it may have begun earlier.
    pub at_log_start: bool,
    /// Records in all logs.
    pub records: u64,
    /// Bytes sent to it, as logged.
    pub bytes_out: u64,
    /// Worst severity of its findings.
    pub severity: Severity,
    /// Ids of its findings.
    pub findings: Vec<String>,
}

/// Activity over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timeline {
    /// Width of a bucket, seconds.
    pub bucket_secs: u64,
    /// The buckets that hold records, in order.
    pub buckets: Vec<Bucket>,
}

/// What happened within one bucket of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bucket {
    /// Its start, UTC.
    pub from: String,
    /// Records.
    pub records: u64,
    /// Of these, answered with an error (status 400 and above).
    pub errors: u64,
}

/// What the logs cover.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// Earliest time in any stream, UTC.
    pub first: Option<String>,
    /// Latest time in any stream, UTC.
    pub last: Option<String>,
    /// Records in all streams, each once.
    pub records: u64,
    /// Records that repeat these, and are not counted again.
    pub repeated: u64,
    /// Of these, not understood.
    pub unparsed: u64,
    /// Of those understood, records of log sources that no detection judges yet, such as sign-ins:
    /// they count for the period and its gaps only.
    pub unjudged: u64,
    /// Of those understood, records that no detection judges and that were compared with rules for
    /// their log source. They are not among `unjudged`.
    pub judged_by_rules: u64,
    /// Records left out by `--since` and `--until`.
    pub outside_period: u64,
    /// Bytes of all streams by what became of them.
    pub bytes: ByteLedger,
    /// Records per log source and day.
    pub calendar: Vec<CalendarDay>,
    /// Periods in which records are missing.
    pub gaps: Vec<Gap>,
    /// Limits that were reached, and what was therefore not looked at.
    pub bounds: Vec<Text>,
}

/// One day of one log source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CalendarDay {
    /// The log source: the file name without the marks of rotation.
    pub log_source: String,
    /// The day in UTC, `2021-05-06`.
    pub day: String,
    /// Records by hour of the day, 24 numbers.
    pub hours: Vec<u64>,
}

/// A detection that these logs cannot answer, or rules that miss the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotEvaluable {
    /// Id of the detection; `sigma` for rules.
    pub id: String,
    /// Its name; how many rules of which log source.
    pub name: Text,
    /// Why not.
    pub reason: Text,
    /// What would make it evaluable.
    pub needs: Text,
    /// Of rules that miss the same, their ids.
    pub rules: Vec<String>,
}

/// A part of an indicator list that is not swept for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotSwept {
    /// The list.
    pub list: String,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is written there, at most 120 bytes of it.
    pub text: String,
    /// Why not.
    pub reason: Text,
    /// What to do about it.
    pub todo: Text,
}

/// A run of adjacent bytes that no reader understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unparsed {
    /// Id of the stream.
    pub stream: u32,
    /// First line, from 1.
    pub line: u64,
    /// Lines in the run.
    pub lines: u64,
    /// First byte in the unpacked stream.
    pub offset: u64,
    /// Bytes, line ends included.
    pub length: u64,
    /// Short fixed name of the reason, `no_match`.
    pub kind: String,
    /// The reason.
    pub reason: Text,
    /// The first 200 bytes as text.
    pub sample: Option<String>,
}
