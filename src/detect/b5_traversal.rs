//! B5: path traversal that was answered with something.

use super::answers::{Answers, Compared, Group, Tally, key_of};
use super::outcome::{Size, about};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Text, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::payload::Payloads;
use crate::judge::resource::Resource;
use std::collections::BTreeMap;

/// The detection.
pub struct Traversal;

/// The request names a file that attackers ask for.
const KNOWN_FILE: u16 = 1;
/// The traversal stands in the path, not in the query.
const IN_PATH: u16 = 2;

/// Files that exist on nearly every server of a kind: what traversal is tried with.
const KNOWN_FILES: &[&[u8]] = &[
    b"passwd",
    b"shadow",
    b"win.ini",
    b"boot.ini",
    b"hosts",
    b"web.xml",
    b"web.config",
    b"id_rsa",
    b".env",
    b"environ",
    b"cmdline",
    b"sam",
    b"my.cnf",
    b"config.php",
    b".htpasswd",
];

impl Detector for Traversal {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B5",
        name: Text::fixed("Path traversal that worked", "成功したパストラバーサル"),
        what: Text::fixed(
            "Requests that climb out of their folder (../ in any encoding) and were answered with 200 or 206 and a body whose size is neither that of the site's error pages nor that of ordinary pages nor usual for the path.",
            "フォルダーの外へ出る要求(../、各種エンコードを含む)のうち、200または206で応答され、本文のサイズがエラーページ・通常ページ・そのパスの通常値のいずれとも異なるもの。",
        ),
        why: Text::fixed(
            "The server may have handed out files that nobody was meant to read, credentials among them.",
            "本来読めないファイル(認証情報を含む)をサーバーが渡した可能性があります。",
        ),
        innocent: Text::fixed(
            "Relative addresses of badly built pages; a parameter that the page ignores; a front page that is served for every address.",
            "作りの悪いページの相対URL、無視されるパラメーター、どのURLにも同じトップページを返すサイト。",
        ),
        needs: Needs {
            fields: &[Field::Target, Field::Status, Field::BytesOut],
            words: Text::fixed(
                "Access logs with request line, status and size.",
                "要求行、ステータス、サイズを含むアクセスログ。",
            ),
        },
        attack: &["T1190", "T1083"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::PAYLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        if let Some(kind) = kind(seen) {
            partial.note(seen, kind);
        }
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let mut tallies = BTreeMap::<(Box<str>, Strength), (Tally, Option<Size>)>::new();
        for (key, group) in partial.groups() {
            for ((status, size), answer) in &group.answers() {
                if let Some((strength, size_seen)) = strength(group, *status, *size, context) {
                    let of = (group.path_name.clone(), strength);
                    let (tally, norm) = tallies.entry(of).or_default();
                    tally.add((key, *status, *size), group, answer);
                    *norm = norm.or(size_seen);
                }
            }
        }
        let findings = tallies
            .iter()
            .map(|((path, strength), (tally, norm))| finding(path, *strength, tally, *norm));
        let mut verdict = Verdict { findings: findings.collect(), ..Verdict::default() };
        verdict.bounds = super::bounds("B5", partial.one_in());
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        kind(seen).is_some_and(|kind| finding.scope.answers.contains(&key_of(seen, kind)))
    }
}

/// The kind of traversal; none when it is none, or cannot have been answered with a file.
fn kind(seen: &Seen<'_>) -> Option<u16> {
    let is_answered = matches!(seen.status, 200 | 206) && seen.bytes.is_some_and(|bytes| bytes > 0);
    let is_traversal = seen.payloads.contains(Payloads::TRAVERSAL);
    if !is_answered || !is_traversal || seen.judged.resource.contains(Resource::STATIC) {
        return None;
    }
    let is_in_path = seen.judged.payloads.contains(Payloads::TRAVERSAL);
    let text = if is_in_path { seen.path_text } else { seen.query.unwrap_or(b"") };
    let text = text.to_ascii_lowercase();
    let names_known_file =
        KNOWN_FILES.iter().any(|name| memchr::memmem::find(&text, name).is_some());
    Some(u16::from(names_known_file) * KNOWN_FILE + u16::from(is_in_path) * IN_PATH)
}

/// How strongly an answer speaks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Likely,
    Possible,
}

fn strength(
    group: &Group,
    status: u16,
    size: crate::base::LogSize,
    context: &Conclusion<'_>,
) -> Option<(Strength, Option<Size>)> {
    let Compared::Size(compared) = group.compare(status, size, context) else {
        return None;
    };
    let extent = group.extent(status, size);
    let is_ordinary = extent.is_some_and(|(least, most)| {
        context.site.is_ordinary(least) && context.site.is_ordinary(most)
    });
    if is_ordinary {
        return None;
    }
    match compared {
        Size::Usual => None,
        Size::Odd { .. } => Some((Strength::Possible, Some(compared))),
        Size::FarLarger { .. } | Size::FarSmaller { .. } => {
            Some((Strength::Likely, Some(compared)))
        }
        Size::NoNorm if group.kind & KNOWN_FILE != 0 && group.kind & IN_PATH != 0 => {
            Some((Strength::Likely, None))
        }
        Size::NoNorm => Some((Strength::Possible, None)),
    }
}

fn finding(path: &str, strength: Strength, tally: &Tally, norm: Option<Size>) -> Finding {
    let is_likely = strength == Strength::Likely;
    let (bytes, count) = (tally.extent.map_or(0, |extent| extent.1), tally.count);
    let (en, ja) = match norm {
        Some(Size::FarLarger { norm } | Size::FarSmaller { norm } | Size::Odd { norm }) => (
            format!(
                "The path usually answers with about {} bytes ({} answers).",
                about(norm.1),
                norm.0
            ),
            format!("このパスの通常の応答は約{}バイトです({}件)。", about(norm.1), norm.0),
        ),
        _ => (
            "The size is neither that of an error page nor of an ordinary page of this site."
                .to_owned(),
            "サイズはこのサイトのエラーページとも通常のページとも異なります。".to_owned(),
        ),
    };
    Finding {
        category: Some("traversal".to_owned()),
        severity: if is_likely { Severity::High } else { Severity::Medium },
        confidence: if is_likely { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        outcome: Some(if is_likely { Outcome::LikelySucceeded } else { Outcome::Unknown }),
        subject: Subject { kind: SubjectKind::Address, value: tally.main_client() },
        first: tally.span.map(|span| rfc3339(span.0)),
        last: tally.span.map(|span| rfc3339(span.1)),
        count,
        reason: Text::new(
            format!(
                "{count} such requests were answered with {}, up to {bytes} bytes. {en}",
                tally.statuses()
            ),
            format!(
                "該当する要求{count}件に{}、最大{bytes}バイトの応答がありました。{ja}",
                tally.statuses()
            ),
        ),
        scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
        places: tally.evidence(),
        speaks_to: speaks_to(if is_likely { State::Likely } else { State::Possible }),
        ..Traversal::CARD.finding(Text::new(
            format!("Path traversal at {path} was answered with a file"),
            format!("{path} へのパストラバーサルにファイルの応答"),
        ))
    }
}

fn speaks_to(state: State) -> Vec<(Question, State)> {
    vec![
        (Question::Q1, state),
        (Question::Q3, State::Possible),
        (Question::Q4, state),
        (Question::Q9, State::Possible),
    ]
}
