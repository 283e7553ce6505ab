//! C2: an account tries addresses of many kinds, and is served some that nobody else was.

use super::b8_scanner_hit::{FIND_SECS, SCAN_SECS, served_to_one};
use super::burst::{Actor, Bursts, Window};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::ACTORS;
use crate::base::{Fingerprint, Instant, Merge, Sampled, Seed, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Place, Question, Scope, Severity, State, Subject,
    SubjectKind,
};
use serde::{Deserialize, Serialize};

/// The detection.
pub struct ForcedBrowsing;

/// Pages served from which on it found something.
const FOUND: usize = 3;

/// Refusals by account and client, each with the client.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Refused {
    bursts: Bursts,
    clients: Sampled<Client, ACTORS>,
}

/// The client of an account at an address.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Client(Fingerprint);

impl Merge for Client {
    fn merge(&mut self, other: Self) {
        self.0 = self.0.min(other.0);
    }
}

impl Detector for ForcedBrowsing {
    type Partial = Refused;

    const CARD: Card = Card {
        id: "C2",
        name: Text::fixed("Forced browsing by an account", "アカウントによる強制ブラウジング"),
        what: Text::fixed(
            "30 refusals or more (403, 404) within 10 minutes to one account at one address, at different kinds of addresses (numbers count as alike: those in a row are C3's), and within an hour of the first three pages or more served that no other client was served.",
            "1アカウント・1アドレスに対し、10分間に30以上の異なる種類のURL(番号のみの違いは同種とみなし、連番はC3が対象)で拒否(403・404)があり、開始から1時間以内に、他のクライアントには応答のない3以上のページが応答されたもの。",
        ),
        why: Text::fixed(
            "Who works follows links. Who guesses addresses looks for what was forgotten, and was served some.",
            "業務ではリンクをたどります。URLを推測して試す行為は保護の漏れを探すもので、実際に応答を得ています。",
        ),
        innocent: Text::fixed(
            "Old bookmarks behind a move, a program that checks links with an account, an authorised test.",
            "サイト移転後の古いブックマーク、アカウントを用いるリンクチェッカー、許可された診断。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, with client address, request line and status.",
                "アカウント・クライアントのアドレス・要求行・ステータスを含むアクセスログ。",
            ),
        },
        attack: &["T1083"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::REFUSED;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Refused) {
        let Some(key) = key_of(seen) else { return };
        let user = seen.event.fields.text(Field::UserName).unwrap_or(b"-");
        let (at, location) = (seen.at, seen.event.location);
        partial.bursts.note((key, user, true), kind_of(seen), at, location);
        partial.clients.entry(key, || Client(seen.client));
    }

    fn conclude(&self, partial: Refused, context: &Conclusion<'_>) -> Verdict {
        let least = context.thresholds.scan_refused as usize;
        let mut verdict = Verdict::default();
        let mut served = None;
        for (key, actor) in partial.bursts.actors() {
            let windows = actor.windows(SCAN_SECS, least);
            let Some(Client(client)) = partial.clients.get(key).filter(|_| !windows.is_empty())
            else {
                continue;
            };
            let served = served.get_or_insert_with(|| served_to_one(context));
            let finds = served.get(client).map_or(&[][..], |finds| finds);
            let found = windows.iter().filter_map(|window| found(key, actor, window, finds));
            verdict.findings.extend(found);
        }
        verdict.bounds = partial.bursts.bounds("C2");
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        let Scope { actor, span, records, .. } = &finding.scope;
        let is_then = span.is_some_and(|(from, until)| (from..=until).contains(&seen.at));
        let is_refusal = seen.marks.meet(Self::WANTS) && is_then && key_of(seen) == *actor;
        (is_refusal && actor.is_some()) || records.contains(&seen.event.location.key())
    }
}

/// An account at an address that was refused something.
fn key_of(seen: &Seen<'_>) -> Option<Fingerprint> {
    seen.event.fields.text(Field::UserName)?;
    matches!(seen.status, 403 | 404).then(|| Seed(seen.actor().0).of(&seen.client.to_le_bytes()))
}

/// The kind of address: its path with numbers alike.
fn kind_of(seen: &Seen<'_>) -> Fingerprint {
    let mut kind = Vec::with_capacity(seen.path_text.len());
    for byte in seen.path_text {
        match byte {
            b'0'..=b'9' if kind.last() == Some(&b'0') => {}
            b'0'..=b'9' => kind.push(b'0'),
            other => kind.push(*other),
        }
    }
    seen.seed.of(&kind)
}

fn found(key: Fingerprint, actor: &Actor, window: &Window, finds: &[Place]) -> Option<Finding> {
    let until = window.span.1 + FIND_SECS;
    let is_near = |at: Option<Instant>| at.is_some_and(|at| (window.span.0..=until).contains(&at));
    let finds: Vec<_> = finds.iter().filter(|place| is_near(place.0)).copied().collect();
    if finds.len() < FOUND {
        return None;
    }
    let (refused, distinct, found) = (window.records, window.distinct, finds.len());
    let last = finds.iter().filter_map(|place| place.0).max().unwrap_or(window.span.1);
    let places: Vec<_> = finds.iter().chain(&window.places).copied().collect();
    let (name, pages) = (crate::base::visible(&actor.name), counted(found, "page"));
    Some(Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        outcome: Some(Outcome::Unknown),
        subject: Subject { kind: SubjectKind::Account, value: actor.name.to_string() },
        first: Some(rfc3339(window.span.0)),
        last: Some(rfc3339(last.max(window.span.1))),
        count: refused + found as u64,
        reason: Text::new(
            format!(
                "{refused} refusals at {distinct} or more different kinds of addresses within 10 minutes, and {pages} served that no other client was served. The first records below are of these."
            ),
            format!(
                "10分間に{distinct}以上の異なる種類のURLで{refused}件の拒否があり、他のクライアントには応答のない{found}件のページで応答を得ました。下の最初の記録がそのページです。"
            ),
        ),
        scope: Scope {
            actor: Some(key),
            span: Some(window.span),
            records: finds.iter().map(|place| place.1.key()).collect(),
            ..Scope::default()
        },
        places,
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q4, State::Possible)],
        ..ForcedBrowsing::CARD.finding(Text::new(
            format!("{name} tried addresses and was served {pages} that nobody else got"),
            format!("{name} がURLを試し、他の誰にも応答のない{found}件のページで応答を得ました"),
        ))
    })
}

impl Merge for Refused {
    fn merge(&mut self, other: Self) {
        self.bursts.merge(other.bursts);
        self.clients.merge(other.clients);
    }
}
