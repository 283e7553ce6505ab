//! What a result tells of a report, part by part. Each part is an allowlist: it is made of states,
//! counts, times and names of detections, which cannot hold anything that a log names, and only
//! `Involved` and `Party` hold names, of the type that their level allows.

use crate::base::{Arrange, Text};
use crate::finding::{Finding, Question, Severity, State, SubjectKind};
use crate::report::{Affected, PartyKind, Report, SecretKind};
use crate::share::pseudonym::{NameKind, Pseudonym, PseudonymKey, canonical};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The questions that matter where a checker names none: was there access, what was taken.
const USUAL: [Question; 2] = [Question::Q1, Question::Q4];

/// A detection by its id, `B1`; `sigma` for rules. Holds nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DetectionId(String);

impl DetectionId {
    fn new(text: &str) -> Option<Self> {
        let is_number = |rest: &str| {
            matches!(rest.len(), 1 | 2) && rest.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_own = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.get(1..).is_some_and(is_number);
        (is_own || text == "sigma").then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A rule by its id, which is a UUID. Holds nothing else: an id that somebody made up is left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleId(String);

impl RuleId {
    fn new(text: &str) -> Option<Self> {
        let is_right = |(at, byte): (usize, u8)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        (text.len() == 36 && text.bytes().enumerate().all(is_right)).then(|| Self(text.to_owned()))
    }
}

/// A time in UTC, `2021-05-06T01:02:03Z`. Holds nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment(String);

impl Moment {
    fn new(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok()?;
        text.ends_with('Z').then(|| Self(text.to_owned()))
    }

    fn of(text: Option<&String>) -> Option<Self> {
        text.and_then(|text| Self::new(text))
    }

    /// The time.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Its day, `2021-05-06`.
    pub fn day(&self) -> &str {
        self.0.split('T').next().unwrap_or_default()
    }
}

/// How a question ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The question.
    pub question: Question,
    /// How it ends.
    pub state: State,
}

/// Whether the logs can tell what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sufficiency {
    /// A question that matters cannot be answered from them.
    CannotTell,
    /// They answer, and something is missing from them.
    InPart,
    /// They answer, and nothing is known to be missing.
    Answer,
}

/// Something that is missing from the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// No record was understood.
    NothingRead,
    /// No detection judges what was read.
    NothingJudged,
    /// A question that matters ends in *cannot be determined*.
    Undetermined,
    /// A file could not be read in full.
    FilesNotRead,
    /// Records were not understood.
    NotUnderstood,
    /// There are periods in which records are missing.
    RecordsMissing,
    /// A limit was reached, so that not everything was looked at.
    BoundsReached,
}

impl Lack {
    /// In words.
    pub const fn said(self) -> Text {
        match self {
            Self::NothingRead => {
                Text::fixed("No record was understood.", "解釈できた記録がありません。")
            }
            Self::NothingJudged => Text::fixed(
                "The records are of no kind that tells of access.",
                "アクセスを判定できる種類の記録がありません。",
            ),
            Self::Undetermined => Text::fixed(
                "A question that matters cannot be answered from these logs.",
                "求められた質問のうち、これらのログでは判定できないものがあります。",
            ),
            Self::FilesNotRead => Text::fixed(
                "Some files could not be read in full.",
                "最後まで読めなかったファイルがあります。",
            ),
            Self::NotUnderstood => {
                Text::fixed("Some records were not understood.", "解釈できなかった記録があります。")
            }
            Self::RecordsMissing => Text::fixed(
                "In some periods records are missing.",
                "記録が欠落している期間があります。",
            ),
            Self::BoundsReached => Text::fixed(
                "A limit was reached: not everything was looked at.",
                "上限に達したため、確認していない部分があります。",
            ),
        }
    }
}

/// What the logs cover, and whether they can tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logs {
    /// Whether they can tell what was asked.
    pub sufficiency: Sufficiency,
    /// What is missing from them.
    pub lacks: Vec<Lack>,
    /// First record.
    pub first: Option<Moment>,
    /// Last record.
    pub last: Option<Moment>,
    /// All of it in words.
    pub in_words: Text,
}

/// The least that a result tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The questions that matter.
    pub asked: Vec<Question>,
    /// How each question ends.
    pub questions: Vec<Ended>,
    /// Whether a person judged findings, which the answers take into account.
    pub is_judged: bool,
    /// What the logs cover.
    pub logs: Logs,
    /// Detections that these logs cannot answer.
    pub not_evaluable: BTreeSet<DetectionId>,
}

impl Verdict {
    /// How the questions that matter end together: the strongest that was found; else, where one of
    /// them cannot be answered, that. Missing records (Q8) are no evidence of access.
    pub fn state(&self) -> State {
        let matters =
            |ended: &&Ended| self.asked.contains(&ended.question) && ended.question != Question::Q8;
        let states = self.questions.iter().filter(matters).map(|ended| ended.state);
        states.min_by_key(|state| rank(*state)).unwrap_or(State::CannotDetermine)
    }
}

/// The order of states by how much is to be done about them.
pub const fn rank(state: State) -> u8 {
    match state {
        State::Confirmed => 0,
        State::Likely => 1,
        State::Possible => 2,
        State::CannotDetermine => 3,
        State::NoEvidence => 4,
    }
}

/// Findings of one detection or rule with one severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCount {
    /// The detection.
    pub detection: DetectionId,
    /// The rule, for rules.
    pub rule: Option<RuleId>,
    /// How bad it would be.
    pub severity: Severity,
    /// Findings, without those that a person judged benign.
    pub findings: u64,
    /// Findings that a person judged benign.
    pub benign: u64,
    /// Records that the first rest on.
    pub records: u64,
    /// First of these.
    pub first: Option<Moment>,
    /// Last of these.
    pub last: Option<Moment>,
}

/// Parties of one kind whose data was reached, and records of what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyCount {
    /// What they are.
    pub kind: PartyKind,
    /// Whether they are declared as the client's own.
    pub is_own: bool,
    /// How many.
    pub parties: u64,
    /// Records of documents viewed, searches, lists, downloads, exports.
    pub acts: [u64; 5],
    /// First of these records.
    pub first: Option<Moment>,
    /// Last of them.
    pub last: Option<Moment>,
}

/// Things of one kind that are to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretCount {
    /// What they are.
    pub kind: SecretKind,
    /// How many.
    pub count: u64,
}

/// A period in which records are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Last record before.
    pub from: Moment,
    /// First record after.
    pub until: Moment,
}

/// What was found, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// First record of what carries the answers to the questions that matter.
    pub since: Option<Moment>,
    /// Last record of it.
    pub until: Option<Moment>,
    /// Findings by detection and severity.
    pub findings: Vec<FindingCount>,
    /// Incidents by severity.
    pub incidents: BTreeMap<Severity, u64>,
    /// Accounts, addresses and networks that carry the answers.
    pub accounts: u64,
    /// Addresses of them.
    pub addresses: u64,
    /// Networks of them.
    pub networks: u64,
    /// Whose data was reached, by kind.
    pub parties: Vec<PartyCount>,
    /// What is to be changed, by kind.
    pub to_change: Vec<SecretCount>,
    /// Files that were given.
    pub files: u64,
    /// Files that could not be read in full.
    pub files_not_read: u64,
    /// Records.
    pub records: u64,
    /// Records that were not understood.
    pub not_understood: u64,
    /// Periods in which records are missing.
    pub missing: Vec<Missing>,
}

/// An account, address or network that carries an answer. `N` is its name or its pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involved<N> {
    /// What it is.
    pub kind: NameKind,
    /// What it is called.
    pub name: N,
    /// Of an address, its network.
    pub network: Option<N>,
    /// Whether the name means somebody else at another client: an address of an inner network.
    pub is_private: bool,
    /// Whether an account has no domain: it may be somebody else's at another client.
    pub is_bare: bool,
    /// Worst severity of what carries it.
    pub severity: Severity,
    /// First record of what carries it.
    pub first: Option<Moment>,
    /// Last record of it.
    pub last: Option<Moment>,
    /// The detections that name it.
    pub detections: BTreeSet<DetectionId>,
}

/// Somebody whose data was reached. `N` is the name or the pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party<N> {
    /// What it is.
    pub kind: PartyKind,
    /// What it is called.
    pub name: N,
    /// Of a project, whose it is.
    pub within: Option<N>,
    /// Whether it is declared as the client's own.
    pub is_own: bool,
    /// Records of documents viewed, searches, lists, downloads, exports.
    pub acts: [u64; 5],
    /// First of these records.
    pub first: Option<Moment>,
    /// Last of them.
    pub last: Option<Moment>,
}

/// Who is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names<N> {
    /// Accounts, addresses and networks.
    pub involved: Vec<Involved<N>>,
    /// Whose data was reached.
    pub parties: Vec<Party<N>>,
}

impl<N> Names<N> {
    /// The same under other names.
    pub fn named<M>(&self, called: impl Fn(NameKind, &N) -> M) -> Names<M> {
        let involved = self.involved.iter().map(|of| Involved {
            kind: of.kind,
            name: called(of.kind, &of.name),
            network: of.network.as_ref().map(|network| called(NameKind::Network, network)),
            is_private: of.is_private,
            is_bare: of.is_bare,
            severity: of.severity,
            first: of.first.clone(),
            last: of.last.clone(),
            detections: of.detections.clone(),
        });
        let parties = self.parties.iter().map(|of| Party {
            kind: of.kind,
            name: called(name_kind(of.kind), &of.name),
            within: of.within.as_ref().map(|within| called(NameKind::Tenant, within)),
            is_own: of.is_own,
            acts: of.acts,
            first: of.first.clone(),
            last: of.last.clone(),
        });
        Names { involved: involved.collect(), parties: parties.collect() }
    }

    /// Those of a kind; networks also by their addresses.
    pub fn of(&self, kind: NameKind) -> impl Iterator<Item = &N> {
        let own = self.involved.iter().filter(move |of| of.kind == kind).map(|of| &of.name);
        let networks = self.involved.iter().filter_map(|of| of.network.as_ref());
        own.chain(networks.filter(move |_| kind == NameKind::Network))
    }
}

impl Names<String> {
    /// The same with pseudonyms, in their order, which says nothing of the names.
    pub fn pseudonymised(&self, key: &PseudonymKey) -> Names<Pseudonym> {
        let mut names = self.named(|kind, name| key.of(kind, name));
        names.involved.arrange_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        let of = |party: &Party<Pseudonym>| (party.kind, party.name.clone(), party.within.clone());
        names.parties.arrange_by_key(of);
        names
    }
}

/// What kind of name a party has.
pub const fn name_kind(kind: PartyKind) -> NameKind {
    match kind {
        PartyKind::Domain => NameKind::Domain,
        PartyKind::Tenant => NameKind::Tenant,
        PartyKind::Project => NameKind::Project,
    }
}

/// A report, and which questions matter.
#[derive(Clone, Debug)]
pub struct Telling<'r> {
    report: &'r Report,
    asked: Vec<Question>,
    /// Ids of the findings that carry an answer to a question that matters.
    carrying: BTreeSet<&'r str>,
}

impl<'r> Telling<'r> {
    /// Where no question is named, those matter that usually do.
    pub fn new(report: &'r Report, asked: &[Question]) -> Self {
        let asked = if asked.is_empty() { USUAL.to_vec() } else { asked.to_vec() };
        let is_found = |state| matches!(state, State::Confirmed | State::Likely | State::Possible);
        let answers = report.questions.iter().filter(|answer| {
            let question = question(&answer.id);
            question.is_some_and(|q| q != Question::Q8 && asked.contains(&q))
                && is_found(answer.state)
        });
        let ids = answers.flat_map(|answer| &answer.findings);
        let standing = ids.filter(|id| report.stands(std::slice::from_ref(*id)));
        let carrying = set_of(standing.map(String::as_str));
        Self { report, asked, carrying }
    }

    /// The least that a result tells.
    pub fn verdict(&self) -> Verdict {
        let questions = self.report.questions.iter();
        let ended =
            questions.filter_map(|of| Some(Ended { question: question(&of.id)?, state: of.state }));
        let questions: Vec<_> = ended.collect();
        let not_evaluable = self.report.not_evaluable.iter();
        Verdict {
            asked: self.asked.clone(),
            is_judged: !self.report.judgements.is_empty(),
            logs: self.logs(&questions),
            not_evaluable: set_of(not_evaluable.filter_map(|of| DetectionId::new(&of.id))),
            questions,
        }
    }

    fn logs(&self, ended: &[Ended]) -> Logs {
        let Report { coverage, .. } = self.report;
        let is_open = |ended: &Ended| {
            ended.state == State::CannotDetermine && self.asked.contains(&ended.question)
        };
        let lacks: Vec<_> = [
            (Lack::NothingRead, self.report.is_empty()),
            (Lack::NothingJudged, self.report.is_unjudged()),
            (Lack::Undetermined, ended.iter().any(is_open)),
            (Lack::FilesNotRead, self.report.is_partial()),
            (Lack::NotUnderstood, coverage.unparsed > 0),
            (Lack::RecordsMissing, !coverage.gaps.is_empty()),
            (Lack::BoundsReached, !coverage.bounds.is_empty()),
        ]
        .into_iter()
        .filter_map(|(lack, is)| is.then_some(lack))
        .collect();
        let sufficiency = match lacks.first() {
            Some(Lack::NothingRead | Lack::NothingJudged | Lack::Undetermined) => {
                Sufficiency::CannotTell
            }
            Some(_) => Sufficiency::InPart,
            None => Sufficiency::Answer,
        };
        let (first, last) =
            (Moment::of(coverage.first.as_ref()), Moment::of(coverage.last.as_ref()));
        let in_words = in_words(first.as_ref().zip(last.as_ref()), &lacks);
        Logs { sufficiency, lacks, first, last, in_words }
    }

    /// What was found, in numbers.
    pub fn counts(&self) -> Counts {
        let Report { coverage, .. } = self.report;
        let names = self.names();
        let of = |kind| set_of(names.of(kind)).len() as u64;
        let carrying = || self.carrying_findings();
        let mut incidents = BTreeMap::new();
        for incident in &self.report.incidents {
            if self.stands(incident.story.iter().map(|step| &step.finding)) {
                *incidents.entry(incident.severity).or_default() += 1;
            }
        }
        let missing = coverage.gaps.iter().filter_map(|gap| {
            Some(Missing { from: Moment::new(&gap.from)?, until: Moment::new(&gap.until)? })
        });
        let is_cut = |source: &&crate::report::SourceReport| !source.problems.is_empty();
        Counts {
            since: carrying().filter_map(|of| Moment::of(of.first.as_ref())).min(),
            until: carrying().filter_map(|of| Moment::of(of.last.as_ref())).max(),
            findings: self.finding_counts(),
            incidents,
            accounts: of(NameKind::Account),
            addresses: of(NameKind::Address),
            networks: of(NameKind::Network),
            parties: party_counts(&names.parties),
            to_change: self.secret_counts(),
            files: self.report.sources.len() as u64,
            files_not_read: self.report.sources.iter().filter(is_cut).count() as u64,
            records: coverage.records,
            not_understood: coverage.unparsed,
            missing: missing.collect(),
        }
    }

    /// Who is named, by their names.
    pub fn names(&self) -> Names<String> {
        let mut involved = BTreeMap::new();
        for finding in self.carrying_findings() {
            for (kind, name) in named_by(finding) {
                add(&mut involved, kind, name, finding);
            }
        }
        let standing = |party: &&Affected| self.report.stands(&party.findings);
        let parties = self.report.affected.iter().filter(standing).map(|party| Party {
            kind: party.kind,
            name: party.name.clone(),
            within: party.within.clone(),
            is_own: party.is_own,
            acts: party.counts(),
            first: Moment::of(party.first.as_ref()),
            last: Moment::of(party.last.as_ref()),
        });
        Names { involved: involved.into_values().collect(), parties: parties.collect() }
    }

    fn carrying_findings(&self) -> impl Iterator<Item = &'r Finding> {
        self.report.findings.iter().filter(|finding| self.carrying.contains(finding.id.as_str()))
    }

    /// Whether one of some findings is not judged benign.
    fn stands<'f>(&self, mut ids: impl Iterator<Item = &'f String>) -> bool {
        ids.any(|id| self.report.stands(std::slice::from_ref(id)))
    }

    fn finding_counts(&self) -> Vec<FindingCount> {
        let mut counts = BTreeMap::new();
        for finding in &self.report.findings {
            let Some(detection) = DetectionId::new(&finding.detector) else { continue };
            let rule = finding.rule.as_deref().and_then(RuleId::new);
            let severity = finding.severity;
            let key = (std::cmp::Reverse(severity), detection.clone(), rule.clone());
            let count = counts.entry(key).or_insert_with(|| FindingCount {
                detection,
                rule,
                severity,
                findings: 0,
                benign: 0,
                records: 0,
                first: None,
                last: None,
            });
            if !self.report.stands(std::slice::from_ref(&finding.id)) {
                count.benign += 1;
                continue;
            }
            count.findings += 1;
            count.records += finding.count;
            widen(&mut count.first, &mut count.last, finding.first.as_ref(), finding.last.as_ref());
        }
        counts.into_values().collect()
    }

    fn secret_counts(&self) -> Vec<SecretCount> {
        let mut counts = BTreeMap::<SecretKind, u64>::new();
        for secret in &self.report.secrets {
            *counts.entry(secret.kind).or_default() += 1;
        }
        counts.into_iter().map(|(kind, count)| SecretCount { kind, count }).collect()
    }
}

/// A question by its id.
fn question(id: &str) -> Option<Question> {
    use Question::{Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9, Q10, Q11, Q12};
    let number: usize = id.strip_prefix('Q')?.parse().ok()?;
    [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9, Q10, Q11, Q12].get(number.checked_sub(1)?).copied()
}

/// Things in order, each once. The library's own way sorts first, which is compiled anew for each
/// kind of thing.
pub fn set_of<T: Ord>(things: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(things);
    set
}

/// The logs in words: the period, and what is missing.
fn in_words(period: Option<(&Moment, &Moment)>, lacks: &[Lack]) -> Text {
    let covers = match period {
        Some((first, last)) => Text::new(
            format!("Records from {} to {} (UTC).", first.day(), last.day()),
            format!("{}から{}まで(UTC)の記録です。", first.day(), last.day()),
        ),
        None => Text::fixed("No record has a time.", "時刻のある記録がありません。"),
    };
    let lacks: Vec<Text> = lacks.iter().map(|lack| lack.said()).collect();
    let en: Vec<&str> = lacks.iter().map(|text| &*text.en).collect();
    let ja: String = lacks.iter().map(|text| &*text.ja).collect();
    let en = [&[&*covers.en], en.as_slice()].concat().join(" ");
    Text::new(en, format!("{}{ja}", covers.ja))
}

/// Makes a period wide enough for another one.
fn widen(
    first: &mut Option<Moment>,
    last: &mut Option<Moment>,
    from: Option<&String>,
    until: Option<&String>,
) {
    *first = [first.take(), Moment::of(from)].into_iter().flatten().min();
    *last = [last.take(), Moment::of(until)].into_iter().flatten().max();
}

/// Accounts and addresses that a finding names.
fn named_by(finding: &Finding) -> BTreeSet<(NameKind, &str)> {
    let accounts = finding.accounts.iter().map(|account| (NameKind::Account, account.as_str()));
    let value = finding.subject.value.as_str();
    let subject = match finding.subject.kind {
        SubjectKind::Address if value.contains('/') => Some((NameKind::Network, value)),
        SubjectKind::Address => Some((NameKind::Address, value)),
        SubjectKind::Account => Some((NameKind::Account, value)),
        SubjectKind::LogSource | SubjectKind::Indicator => None,
    };
    set_of(accounts.chain(subject))
}

fn add(
    all: &mut BTreeMap<(NameKind, String), Involved<String>>,
    kind: NameKind,
    name: &str,
    finding: &Finding,
) {
    let name = canonical(kind, name);
    let of = all.entry((kind, name.clone())).or_insert_with(|| Involved {
        kind,
        network: Some(&name).filter(|_| kind == NameKind::Address).and_then(|name| network(name)),
        is_private: kind != NameKind::Account && is_private(&name),
        is_bare: kind == NameKind::Account && !name.contains(['@', '\\']),
        name,
        severity: finding.severity,
        first: None,
        last: None,
        detections: BTreeSet::new(),
    });
    of.severity = of.severity.max(finding.severity);
    of.detections.extend(DetectionId::new(&finding.detector));
    widen(&mut of.first, &mut of.last, finding.first.as_ref(), finding.last.as_ref());
}

/// The network of an address: IPv4 /24, IPv6 /48.
fn network(address: &str) -> Option<String> {
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", core::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    })
}

/// Whether an address or network is one of those that every organisation may use inside.
fn is_private(name: &str) -> bool {
    let address = name.split('/').next().unwrap_or_default();
    match address.parse() {
        Ok(IpAddr::V4(v4)) => {
            let is_shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || is_shared
        }
        Ok(IpAddr::V6(v6)) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
        // A host's name: the same one may stand for another machine elsewhere.
        Err(_) => true,
    }
}

fn party_counts(parties: &[Party<String>]) -> Vec<PartyCount> {
    let mut counts = BTreeMap::new();
    for party in parties {
        let Party { kind, is_own, .. } = *party;
        let count = counts.entry((kind, is_own)).or_insert_with(|| PartyCount {
            kind,
            is_own,
            parties: 0,
            acts: [0; 5],
            first: None,
            last: None,
        });
        count.parties += 1;
        for (sum, act) in count.acts.iter_mut().zip(party.acts) {
            *sum += act;
        }
        count.first = [count.first.take(), party.first.clone()].into_iter().flatten().min();
        count.last = [count.last.take(), party.last.clone()].into_iter().flatten().max();
    }
    counts.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_hold_nothing_else_holds_nothing_else() {
        for id in ["B1", "A13", "sigma"] {
            assert!(DetectionId::new(id).is_some(), "{id}");
        }
        for id in ["", "B", "B123", "b1", "Sato", "B1 ", "203.0.113.7", "sato@example.jp"] {
            assert!(DetectionId::new(id).is_none(), "{id}");
        }
        assert!(RuleId::new("6f3c0c1e-7f0a-4f7e-9f55-0d6c0b1f2a3d").is_some());
        assert!(RuleId::new("6f3c0c1e-7f0a-4f7e-9f55-sato0b1f2a3d").is_none());
        assert!(Moment::new("2021-05-06T01:02:03Z").is_some());
        for no in ["203.0.113.7", "2021-05-06", "2021-05-06T01:02:03Z sato", ""] {
            assert!(Moment::new(no).is_none(), "{no}");
        }
    }

    #[test]
    fn networks_and_what_is_inside() {
        assert_eq!(network("203.0.113.7").unwrap(), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2::3").unwrap(), "2001:db8:1::/48");
        assert_eq!(network("gate"), None);
        for inner in ["10.0.0.1", "192.168.1.0/24", "100.64.0.1", "fd00::1", "gate", "127.0.0.1"] {
            assert!(is_private(inner), "{inner}");
        }
        for outer in ["203.0.113.7", "100.128.0.1", "2001:db8::/48"] {
            assert!(!is_private(outer), "{outer}");
        }
    }
}
