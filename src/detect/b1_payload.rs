//! B1: requests that carry an attack payload, and what became of them.
//!
//! An access log holds attempts by the thousand; what matters is whether one worked. Attempts
//! without a sign of success are summed up for each client; answers that differ from what their
//! path usually gives are findings of their own.

use super::answers::{AnswerKey, Answers, Compared, Group, Tally, key_of, log_sources};
use super::outcome::{Size, about};
use super::packs::packs;
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Arrange, Fingerprint, Gather, Instant, Location, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::payload::Payloads;
use crate::judge::resource::Resource;
use std::collections::BTreeMap;

/// The detection.
pub struct Payload;

/// Clients with this many attempts get a finding of their own; the others share one.
const OWN_FINDING: u64 = 10;
/// Clients that get a finding of their own at most.
const OWN_FINDINGS: usize = 50;

impl Detector for Payload {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B1",
        name: Text::fixed("Attack payload with outcome", "攻撃ペイロードとその結果"),
        what: Text::fixed(
            "Requests whose path, query, referrer or user agent holds an attack payload (SQL, scripts, commands, templates, JNDI and others, decoded up to three times). The answer is compared with the usual answers of the same path (at least 20 without payload): status, and size by a robust z of 6 on a logarithmic scale; pages for what does not exist are recognised by their size. A program that only the attacker was served, during the attack or within ten minutes behind it, counts too.",
            "パス、クエリ、リファラー、ユーザーエージェントに攻撃ペイロード(SQL、スクリプト、コマンド、テンプレート、JNDIなど。最大3回デコード)を含む要求。応答を、同じパスの通常の応答(ペイロードなしで20件以上)とステータスおよびサイズ(対数尺度の頑健なz値6)で比較します。「存在しない」ページはサイズで見分けます。攻撃中または10分以内に攻撃者だけが応答を得たプログラムも対象とします。",
        ),
        why: Text::fixed(
            "Almost every site is probed every day. What matters is the one request that was answered differently.",
            "ほとんどのサイトは毎日探られています。重要なのは、応答が異なった1件の要求です。",
        ),
        innocent: Text::fixed(
            "Authorised scans, search boxes and wiki pages in which people write about code. A payload in a request body does not show in an access log at all.",
            "許可された診断、検索窓、コードについて書かれたWikiページなど。要求本文中のペイロードはアクセスログには現れません。",
        ),
        needs: Needs {
            fields: &[Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with request line and status; sizes to assess the outcome.",
                "要求行とステータスを含むアクセスログ(結果の評価にはサイズも必要)。",
            ),
        },
        attack: &["T1190", "T1595.002"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::PAYLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        if let Some(kind) = kind_of(seen) {
            partial.note(seen, kind.bits());
        }
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let mut sorted = Sorted::default();
        for (key, group) in partial.groups() {
            sorted.add(key, group, context);
        }
        let mut findings = sorted.outstanding();
        findings.extend(follow_ups(&partial, context));
        findings.extend(sorted.attempts(context));
        Verdict { findings, bounds: super::bounds("B1", partial.one_in()), ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
            || kind_of(seen)
                .is_some_and(|kind| finding.scope.answers.contains(&key_of(seen, kind.bits())))
    }
}

/// The kind under which a record counts. None where a pack knows what the answer means: then B2
/// tells, and the same record must not be said to have failed here.
fn kind_of(seen: &Seen<'_>) -> Option<Payloads> {
    let is_told = || seen.marks.meet(Marks::WATCHED) && packs().know_answer(seen);
    main_kind(seen.payloads).filter(|_| !is_told())
}

/// The most telling kind that a record holds.
fn main_kind(payloads: Payloads) -> Option<Payloads> {
    payloads.iter().next()
}

/// Kinds that give a hold on the server when they work, and whose success shows in the answer.
const INTRUSIVE: &[Payloads] = &[
    Payloads::SQLI,
    Payloads::COMMAND,
    Payloads::CODE,
    Payloads::TEMPLATE,
    Payloads::INCLUDE,
    Payloads::XML,
    Payloads::NOSQL,
    Payloads::WEBSHELL,
];

fn is_intrusive(kind: u16) -> bool {
    INTRUSIVE.iter().any(|payload| payload.bits() == kind)
}

/// What one answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// Far larger than the path's usual answers.
    Larger,
    /// An error of the server that the path does not usually give.
    ServerError,
    /// Another size than usual.
    Odd,
    /// Served, and there is no norm to compare with.
    NothingToCompare,
}

/// Path, kind of payload and sign.
type Signed = (Box<str>, u16, Sign);

/// Answers by what they show.
#[derive(Default)]
struct Sorted {
    /// With a sign, by path, kind and sign.
    signs: BTreeMap<Signed, (Tally, Option<Size>)>,
    /// Without one, by client and outcome.
    attempts: BTreeMap<Box<str>, BTreeMap<Outcome, Tally>>,
}

impl Sorted {
    fn add(&mut self, key: u64, group: &Group, context: &Conclusion<'_>) {
        for ((status, size), answer) in &group.answers() {
            let key: AnswerKey = (key, *status, *size);
            let compared = group.compare(*status, *size, context);
            match sign(group, *status, compared, context) {
                Ok((sign, size)) => {
                    let of = (group.path_name.clone(), group.kind, sign);
                    let (tally, known) = self.signs.entry(of).or_default();
                    tally.add(key, group, answer);
                    *known = known.or(size);
                }
                Err(outcome) => {
                    let client = self.attempts.entry(group.client_name.clone()).or_default();
                    client.entry(outcome).or_default().add(key, group, answer);
                }
            }
        }
    }

    fn outstanding(&self) -> Vec<Finding> {
        self.signs
            .iter()
            .map(|((path, kind, sign), (tally, size))| {
                outstanding(path, *kind, *sign, tally, *size)
            })
            .collect()
    }

    /// One finding for each busy client, one for all others together.
    fn attempts(&self, context: &Conclusion<'_>) -> Vec<Finding> {
        let total = |tallies: &BTreeMap<Outcome, Tally>| -> u64 {
            tallies.values().map(|tally| tally.count).sum()
        };
        let mut busy: Vec<_> =
            self.attempts.iter().filter(|(_, tallies)| total(tallies) >= OWN_FINDING).collect();
        busy.arrange_by_key(|(name, tallies)| (std::cmp::Reverse(total(tallies)), (*name).clone()));
        busy.truncate(OWN_FINDINGS);
        let mut findings = Vec::new();
        let mut others = BTreeMap::<Outcome, Tally>::new();
        for (name, tallies) in &self.attempts {
            let is_busy = busy.iter().any(|(busy, _)| *busy == name);
            if is_busy {
                let subject = Subject { kind: SubjectKind::Address, value: name.to_string() };
                findings
                    .extend(tallies.iter().map(|(o, tally)| attempt(*o, tally, subject.clone())));
            } else {
                tallies.iter().for_each(|(o, tally)| others.entry(*o).or_default().join(tally));
            }
        }
        let value = log_sources(context.streams);
        let all = Subject { kind: SubjectKind::LogSource, value };
        findings.extend(others.iter().map(|(o, tally)| attempt(*o, tally, all.clone())));
        findings
    }
}

/// The sign that an answer shows, or the outcome of an attempt without one.
fn sign(
    group: &Group,
    status: u16,
    compared: Compared,
    context: &Conclusion<'_>,
) -> Result<(Sign, Option<Size>), Outcome> {
    let size = match compared {
        Compared::Status(outcome) => return Err(outcome),
        Compared::ErrorPage => return Err(Outcome::Failed),
        Compared::Size(size) => size,
    };
    if !is_intrusive(group.kind) {
        return Err(if status >= 500 { Outcome::Failed } else { Outcome::Unknown });
    }
    if status >= 500 {
        return match rarely_fails(group, context) {
            true => Ok((Sign::ServerError, None)),
            false => Err(Outcome::Failed),
        };
    }
    match size {
        Size::FarLarger { .. } => Ok((Sign::Larger, Some(size))),
        Size::FarSmaller { .. } | Size::Odd { .. } => Ok((Sign::Odd, Some(size))),
        Size::NoNorm if is_telling(group, context) => Ok((Sign::NothingToCompare, None)),
        Size::NoNorm | Size::Usual => Err(Outcome::Unknown),
    }
}

/// Whether the path hardly ever fails without a payload.
fn rarely_fails(group: &Group, context: &Conclusion<'_>) -> bool {
    context.baseline.paths.get(group.path).is_some_and(|stats| {
        let failures = u64::from(stats.by_class[4]);
        stats.answers() >= u64::from(context.thresholds.norm_answers)
            && failures * 20 < stats.answers()
    })
}

/// Without a norm an answer says something only if a program may have given it.
fn is_telling(group: &Group, context: &Conclusion<'_>) -> bool {
    let stats = context.baseline.paths.get(group.path);
    stats.is_none_or(|stats| !stats.judged.resource.contains(Resource::STATIC))
}

/// Seconds after an attack in which what its client does next counts.
const FOLLOW_SECS: i64 = 600;
/// Clients that must be known before "nobody else" says anything.
const FOLLOW_CLIENTS: usize = 20;
/// A client served more programs of its own than this is browsing, not following up.
const FOLLOW_MOST: usize = 3;

/// Programs that an attacker, and nobody else, was served during its attack or within ten minutes
/// behind it: what was planted is called from where it was planted.
fn follow_ups(partial: &Answers, context: &Conclusion<'_>) -> Vec<Finding> {
    let mut attackers = BTreeMap::<Fingerprint, (Box<str>, (Instant, Instant))>::new();
    for (_, group) in partial.groups().into_iter().filter(|(_, group)| is_intrusive(group.kind)) {
        for (_, answer) in &group.answers() {
            let make = || (group.client_name.clone(), answer.span);
            let (_, span) = attackers.entry(group.client).or_insert_with(make);
            *span = (span.0.min(answer.span.0), span.1.max(answer.span.1));
        }
    }
    if attackers.is_empty() || context.baseline.clients.sorted().len() < FOLLOW_CLIENTS {
        return Vec::new();
    }
    let mut served = BTreeMap::<Box<str>, Vec<(Instant, Location)>>::new();
    for (_, path) in context.baseline.paths.sorted() {
        let (Some([client]), Some(first)) = (path.few_clients(), path.served()) else {
            continue;
        };
        let Some((name, span)) = attackers.get(client) else { continue };
        let is_program = path.judged.resource.contains(Resource::DYNAMIC)
            && path.judged.payloads.is_empty()
            && path.answers() > 0;
        let is_after = (span.0..=span.1 + FOLLOW_SECS).contains(&first.0);
        let is_error = path.only_size().is_some_and(|bytes| context.site.is_error_page(bytes));
        if is_program && is_after && !is_error {
            served.entry(name.clone()).or_default().push(first);
        }
    }
    served.retain(|_, places| places.len() <= FOLLOW_MOST);
    served.into_iter().map(|(client, places)| follow_up(&client, places)).collect()
}

fn follow_up(client: &str, mut places: Vec<(Instant, Location)>) -> Finding {
    places.sort_unstable();
    let count = places.len();
    let title = Text::new(
        format!(
            "After its attack {client} was served {} that nobody else was",
            counted(count, "program")
        ),
        format!("攻撃の後、{client} だけが{count}件のプログラムの応答を得ました"),
    );
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        outcome: Some(Outcome::Unknown),
        subject: Subject { kind: SubjectKind::Address, value: client.to_owned() },
        first: places.first().map(|place| rfc3339(place.0)),
        last: places.last().map(|place| rfc3339(place.0)),
        count: count as u64,
        reason: Text::fixed(
            "The client sent attack payloads; during them or within ten minutes it was first served a program that no other client of these logs was ever served.",
            "このクライアントは攻撃ペイロードを送信し、その最中または10分以内に、他のどのクライアントにも応答されていないプログラムから応答を得ました。",
        ),
        scope: Scope {
            records: places.iter().map(|place| place.1.key()).gather(),
            ..Scope::default()
        },
        places: places.into_iter().map(|(at, location)| (Some(at), location)).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..Payload::CARD.finding(title)
    }
}

fn kind_name(kind: u16) -> &'static str {
    Payloads::from_bits(kind).names().next().unwrap_or("payload")
}

fn outstanding(path: &str, kind: u16, sign: Sign, tally: &Tally, size: Option<Size>) -> Finding {
    let name = kind_name(kind);
    let clients = tally.clients.len();
    let (severity, confidence, state) = match sign {
        Sign::Larger => (Severity::High, Confidence::Moderate, State::Likely),
        Sign::ServerError => (Severity::Medium, Confidence::Low, State::Possible),
        Sign::Odd | Sign::NothingToCompare => (Severity::Low, Confidence::Low, State::Possible),
    };
    let outcome = match sign {
        Sign::Larger => Outcome::LikelySucceeded,
        _ => Outcome::Unknown,
    };
    let title = match sign {
        Sign::Larger => Text::new(
            format!("{name} payloads at {path} were answered far larger than usual"),
            format!("{path} への{name}ペイロードに通常よりはるかに大きい応答"),
        ),
        Sign::ServerError => Text::new(
            format!("{name} payloads at {path} made the server fail"),
            format!("{path} への{name}ペイロードでサーバーエラーが発生"),
        ),
        Sign::Odd => Text::new(
            format!("{name} payloads at {path} were answered differently than usual"),
            format!("{path} への{name}ペイロードに通常と異なる応答"),
        ),
        Sign::NothingToCompare => Text::new(
            format!("{name} payloads at {path} were answered, with nothing to compare"),
            format!("{path} への{name}ペイロードに応答あり(比較対象なし)"),
        ),
    };
    let mut finding = Finding {
        outcome: Some(outcome),
        category: Some(name.to_owned()),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, State::Possible)],
        ..base_finding(tally, title, severity, confidence)
    };
    finding.subject = Subject { kind: SubjectKind::Address, value: tally.main_client() };
    finding.reason = reason(sign, tally, size, clients);
    finding
}

fn reason(sign: Sign, tally: &Tally, size: Option<Size>, clients: usize) -> Text {
    let (count, statuses) = (tally.count, tally.statuses());
    let bytes = tally.extent.map_or_else(
        || "-".to_owned(),
        |(least, most)| match least == most {
            true => least.to_string(),
            false => format!("{least}–{most}"),
        },
    );
    let (en, ja) = match (sign, size) {
        (_, Some(Size::FarLarger { norm } | Size::FarSmaller { norm } | Size::Odd { norm })) => (
            format!("Without payload, {} answers of this path have about {} bytes.", norm.0, about(norm.1)),
            format!("ペイロードのない応答{}件の中央値は約{}バイトです。", norm.0, about(norm.1)),
        ),
        (Sign::ServerError, _) => (
            "Without payload, under 5 % of this path's answers are server errors: the payload reached code that failed on it.".to_owned(),
            "ペイロードがなければサーバーエラーは5%未満です。ペイロードが処理に到達して失敗した可能性があります。".to_owned(),
        ),
        _ => (
            "There are too few requests without payload to know what this path usually answers.".to_owned(),
            "ペイロードのない要求が少なく、通常の応答が分かりません。".to_owned(),
        ),
    };
    Text::new(
        format!(
            "{} by {}, status {statuses}, {bytes} bytes. {en}",
            counted(count, "request"),
            counted(clients, "address")
        ),
        format!(
            "{clients}個のアドレスから{count}件の要求、ステータス{statuses}、{bytes}バイト。{ja}"
        ),
    )
}

fn attempt(outcome: Outcome, tally: &Tally, subject: Subject) -> Finding {
    let kinds: Vec<_> = tally.kinds.keys().map(|kind| kind_name(*kind)).collect();
    let (kinds, count, paths, clients) =
        (kinds.join(", "), tally.count, tally.paths.len(), tally.clients.len());
    let (en, ja) = match outcome {
        Outcome::Blocked => ("refused", "拒否"),
        Outcome::Failed => ("failed", "失敗"),
        _ => ("no sign of success", "成功の兆候なし"),
    };
    let title =
        Text::new(format!("Attack attempts ({kinds}): {en}"), format!("攻撃の試み({kinds}):{ja}"));
    let mut finding = base_finding(tally, title, Severity::Info, Confidence::Moderate);
    finding.outcome = Some(outcome);
    finding.category = (tally.kinds.len() == 1).then(|| kinds.clone());
    finding.reason = Text::new(
        format!(
            "{} for {} by {}, status {}. {}",
            counted(count, "request"),
            counted(paths, "path"),
            counted(clients, "address"),
            tally.statuses(),
            match outcome {
                Outcome::Unknown =>
                    "The answers do not differ from what these paths usually give, so nothing shows success; a blind attack that changes no answer would not show here either.",
                _ => "Every answer is a refusal, an error, or the page for what does not exist.",
            }
        ),
        format!(
            "{clients}個のアドレスから{paths}個のパスへ{count}件の要求、ステータス{}。{}",
            tally.statuses(),
            match outcome {
                Outcome::Unknown =>
                    "応答は通常と変わらず成功の兆候はありません。ただし応答を変えないブラインド攻撃はここには現れません。",
                _ => "応答はすべて拒否、エラー、または「存在しない」ページです。",
            }
        ),
    );
    finding.subject = subject;
    finding
}

fn base_finding(tally: &Tally, title: Text, severity: Severity, confidence: Confidence) -> Finding {
    Finding {
        severity,
        confidence,
        grade: Grade::E3,
        first: tally.span.map(|span| rfc3339(span.0)),
        last: tally.span.map(|span| rfc3339(span.1)),
        count: tally.count,
        scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
        places: tally.evidence(),
        ..Payload::CARD.finding(title)
    }
}
