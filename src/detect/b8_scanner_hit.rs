//! B8: a scanner that found something: many refusals, then an address served that nobody else got.

use super::burst::{Actor, Bursts, Window};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Arrange, Fingerprint, Gather, Instant, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Place, Question, Scope, Severity, State, Subject,
    SubjectKind,
};
use crate::judge::resource::Resource;
use std::collections::BTreeMap;

/// The detection.
pub struct ScannerHit;

/// Seconds in which the refusals must lie.
pub(super) const SCAN_SECS: i64 = 600;
/// Seconds after them in which the find counts.
pub(super) const FIND_SECS: i64 = 3_600;
/// Other clients that must be known before "nobody else" says anything.
const OTHERS: usize = 3;

impl Detector for ScannerHit {
    type Partial = Bursts;

    const CARD: Card = Card {
        id: "B8",
        name: Text::fixed("Scanner that found something", "何かを見つけたスキャナー"),
        what: Text::fixed(
            "A client that names no account, refused (status 400 to 499) at 30 or more different addresses within 10 minutes that within 60 minutes was served an address which no other client of these logs was ever served.",
            "アカウントの記録がない要求で、10分間に30以上の異なるURLで拒否(400番台)されたクライアントが、60分以内に、ログ中の他のどのクライアントにも応答されていないURLで応答を得たもの。",
        ),
        why: Text::fixed(
            "Scans are daily noise. The address that answered is what the scan was for.",
            "スキャンは日常的な雑音ですが、応答したURLこそがその目的です。",
        ),
        innocent: Text::fixed(
            "An authorised scan or health check; a crawler after a move of the site; a page that only this client uses.",
            "許可された診断や死活監視、サイト移転後のクローラー、そのクライアントだけが使うページ。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with client address, request line and status, with at least 3 other clients.",
                "クライアントのアドレス、要求行、ステータスを含み、他に3以上のクライアントがあるアクセスログ。",
            ),
        },
        attack: &["T1595.003"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::REFUSED;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Bursts) {
        if !is_strangers(seen) {
            return;
        }
        let name = seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-");
        partial.note((seen.client, name, false), seen.path, seen.at, seen.event.location);
    }

    fn conclude(&self, partial: Bursts, context: &Conclusion<'_>) -> Verdict {
        let scanners: Vec<_> = partial
            .actors()
            .into_iter()
            .filter_map(|(client, actor)| {
                let least = context.thresholds.scan_refused as usize;
                let windows = actor.windows(SCAN_SECS, least);
                (!windows.is_empty()).then_some((client, actor, windows))
            })
            .collect();
        if scanners.is_empty() {
            return Verdict::default();
        }
        if context.baseline.clients.sorted().len() <= OTHERS {
            return Verdict { not_evaluable: Some(too_few_clients()), ..Verdict::default() };
        }
        let mut served = served_to_one(context);
        let mut verdict = Verdict::default();
        for (client, actor, windows) in scanners {
            let finds = served.remove(&client).unwrap_or_default();
            verdict.findings.extend(windows.iter().filter_map(|w| found(client, actor, w, &finds)));
        }
        verdict.bounds = partial.bounds("B8");
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        let location = seen.event.location;
        let is_refusal = is_strangers(seen)
            && seen.marks.meet(Marks::REFUSED)
            && finding.scope.actor == Some(seen.client)
            && finding.scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at));
        is_refusal || finding.scope.records.contains(&location.key())
    }
}

/// Whether a request names no account. Who is signed in asks as somebody: that is C3's.
fn is_strangers(seen: &Seen<'_>) -> bool {
    seen.event.fields.text(Field::UserName).is_none()
}

fn too_few_clients() -> (Text, Text) {
    (
        Text::fixed(
            "A scan was seen, but these logs hold too few other clients to tell which addresses only the scanner was served.",
            "スキャンは見られましたが、他のクライアントが少なすぎて、スキャナーだけが応答を得たURLを判別できません。",
        ),
        ScannerHit::CARD.needs.words,
    )
}

/// Addresses that were served to one client only, by that client, in order of time.
pub(super) fn served_to_one(context: &Conclusion<'_>) -> BTreeMap<Fingerprint, Vec<Place>> {
    let mut served = BTreeMap::<Fingerprint, Vec<Place>>::new();
    for (_, stats) in context.baseline.paths.sorted() {
        // A path that was only ever asked for with a payload has no usual answer to tell by.
        if stats.answers() == 0 {
            continue;
        }
        let is_page = !stats.judged.resource.contains(Resource::STATIC);
        let is_error = stats.only_size().is_some_and(|bytes| context.site.is_error_page(bytes));
        if let (Some([client]), Some((at, location)), true, false) =
            (stats.few_clients(), stats.served(), is_page, is_error)
        {
            served.entry(*client).or_default().push((Some(at), location));
        }
    }
    served.values_mut().for_each(|places| places.arrange());
    served
}

fn found(client: Fingerprint, actor: &Actor, window: &Window, finds: &[Place]) -> Option<Finding> {
    let until = window.span.1 + FIND_SECS;
    let is_after = |at: Option<Instant>| at.is_some_and(|at| (window.span.0..=until).contains(&at));
    let finds: Vec<_> = finds.iter().filter(|place| is_after(place.0)).copied().collect();
    let (first, last) = (finds.first()?, finds.last()?);
    let (refused, distinct, found) = (window.records, window.distinct, finds.len());
    let last = last.0.unwrap_or(window.span.1).max(window.span.1);
    let first = first.0.unwrap_or(window.span.0).min(window.span.0);
    let places: Vec<_> = finds.iter().chain(&window.places).copied().collect();
    Some(Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        outcome: Some(Outcome::Unknown),
        subject: Subject { kind: SubjectKind::Address, value: actor.name.to_string() },
        first: Some(rfc3339(first)),
        last: Some(rfc3339(last)),
        count: refused + found as u64,
        reason: Text::new(
            format!(
                "{refused} refusals at {distinct} or more different addresses within 10 minutes, then {} served that no other client was served within 60 minutes. The first records below are of these.",
                counted(found, "page")
            ),
            format!(
                "10分間に{distinct}以上の異なるURLで{refused}件の拒否の後、60分以内に他のクライアントには応答のない{found}件のURLで応答を得ました。下の最初の記録がそのURLです。"
            ),
        ),
        scope: Scope {
            actor: Some(client),
            span: Some(window.span),
            records: finds.iter().map(|place| place.1.key()).gather(),
            ..Scope::default()
        },
        places,
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..ScannerHit::CARD.finding(Text::new(
            format!(
                "Scanner {} was served {} that nobody else got",
                actor.name,
                counted(found, "page")
            ),
            format!(
                "スキャナー {} が他の誰にも応答のない{found}件のURLで応答を得ました",
                actor.name
            ),
        ))
    })
}
