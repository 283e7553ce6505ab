//! D5: far more bytes to one client in a day than it and the site usually see.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Thresholds, Verdict};
use crate::base::{Fingerprint, Text, rfc3339};
use crate::baseline::{ClientStats, Day, day_of};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::Network;

/// The detection.
pub struct Egress;

/// Other days of a client that make a history.
const OWN_DAYS: usize = 7;
/// Days of other clients that make a norm of the site.
const SITE_DAYS: usize = 20;

impl Detector for Egress {
    type Partial = ();

    const CARD: Card = Card {
        id: "D5",
        name: Text::fixed("Large egress", "大量の送信"),
        what: Text::fixed(
            "More than 200 MB sent to one client in a day, which is also more than five times the 95th percentile of its own other days (where it has seven) and more than the 99.5th percentile of the other clients' days (where there are twenty). Low for one large file, without a norm, and to a network that three or more accounts use on most of their days.",
            "1日に1クライアントへ200 MBを超える送信があり、かつ本人の他の日(7日以上ある場合)の95パーセンタイルの5倍、および他クライアントの日(20日以上ある場合)の99.5パーセンタイルを超えるもの。1つの大きなファイルの場合、比較対象がない場合、3以上のアカウントが主に使うネットワーク(職場)への送信は軽微とします。",
        ),
        why: Text::fixed(
            "Information that leaves leaves as bytes. The amount bounds what can have been taken.",
            "持ち出された情報は必ず送信量として現れます。量は被害の上限を示します。",
        ),
        innocent: Text::fixed(
            "A video, a disk image, a backup, or an address behind which many people work.",
            "動画、ディスクイメージ、バックアップ、多人数が共有するアドレス。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::BytesOut],
            words: Text::fixed(
                "Logs with client address and bytes sent.",
                "クライアントのアドレスと送信バイト数を含むログ。",
            ),
        },
        attack: &["T1041", "T1048"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::EMPTY;

    fn observe(&self, _: &Seen<'_>, (): &mut ()) {}

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let clients = context.baseline.clients.sorted();
        let mut all: Vec<(u64, Fingerprint)> = clients
            .iter()
            .flat_map(|(key, client)| client.days().into_iter().map(|day| (day.bytes, *key)))
            .collect();
        all.sort_unstable();
        let limits = context.thresholds;
        let offices = context.baseline.activities.offices();
        let mut verdict = Verdict::default();
        for (key, client) in clients {
            let days = client.days();
            let large = days.iter().enumerate().filter(|(_, day)| day.bytes > limits.egress_bytes);
            for (index, day) in large {
                let measure = Measure::of(&days, index, &all, key);
                if measure.is_large(day, limits) {
                    let network = Network::of(client.name.as_bytes());
                    let is_office = network.is_some_and(|network| offices.contains(&network));
                    verdict.findings.push(finding(key, client, day, &measure, is_office));
                }
            }
        }
        verdict.bounds = super::bounds("D5", context.baseline.clients.one_in_with_days());
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.bytes.is_some()
            && finding.scope.actor == Some(seen.client)
            && finding.scope.day == Some(day_of(seen.at, seen.offset_secs))
    }
}

/// What a day is measured against. A client's own days do not count towards the site's norm for it.
struct Measure {
    own: Option<u64>,
    site: Option<u64>,
}

impl Measure {
    fn of(days: &[Day], index: usize, all: &[(u64, Fingerprint)], key: Fingerprint) -> Self {
        let mut own: Vec<u64> = days
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != index)
            .map(|(_, day)| day.bytes)
            .collect();
        own.sort_unstable();
        let others = all.len() - days.len();
        Self {
            own: (own.len() >= OWN_DAYS).then(|| own[rank(own.len(), 950)]),
            site: (others >= SITE_DAYS).then(|| nth_other(all, key, rank(others, 995))),
        }
    }

    fn is_large(&self, day: &Day, limits: &Thresholds) -> bool {
        let times = u64::from(limits.egress_own_times);
        self.own.is_none_or(|own| day.bytes > own.saturating_mul(times))
            && self.site.is_none_or(|site| day.bytes > site)
    }
}

/// Index of a quantile in thousandths, by the nearest rank.
const fn rank(count: usize, thousandths: usize) -> usize {
    (count * thousandths).div_ceil(1_000).saturating_sub(1)
}

/// The n-th smallest day among those of other clients. Walks down from the largest: the rank is
/// near the top.
fn nth_other(sorted: &[(u64, Fingerprint)], key: Fingerprint, n: usize) -> u64 {
    let others = sorted.iter().filter(|(_, client)| *client != key).count();
    let from_top = others.saturating_sub(n + 1);
    let mut rest = sorted.iter().rev().filter(|(_, client)| *client != key);
    rest.nth(from_top).map_or(0, |(bytes, _)| *bytes)
}

fn finding(
    key: Fingerprint,
    client: &ClientStats,
    day: &Day,
    measure: &Measure,
    is_office: bool,
) -> Finding {
    let megabytes = day.bytes / 1_000_000;
    let is_one_file = day.largest.0 > day.bytes / 10 * 8;
    let has_norm = measure.own.is_some() || measure.site.is_some();
    let is_weak = is_one_file || !has_norm || is_office;
    let mb = |bytes: Option<u64>| {
        bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000))
    };
    let (own, site, largest) = (mb(measure.own), mb(measure.site), mb(Some(day.largest.0)));
    Finding {
        severity: if is_weak { Severity::Low } else { Severity::Medium },
        confidence: if is_weak { Confidence::Low } else { Confidence::Moderate },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: client.name.to_string() },
        first: Some(rfc3339(day.span.0)),
        last: Some(rfc3339(day.span.1)),
        count: u64::from(day.records),
        reason: Text::new(
            format!(
                "{megabytes} MB in {} answers. 95th percentile of its own other days: {own}; 99.5th percentile of the other clients' days: {site}. Largest single answer: {largest}.",
                day.records
            ),
            format!(
                "{}件の応答で{megabytes} MB。本人の他の日の95パーセンタイル:{own}、他クライアントの日の99.5パーセンタイル:{site}、最大の応答:{largest}。",
                day.records
            ),
        ),
        scope: Scope { actor: Some(key), day: Some(day.day), ..Scope::default() },
        places: vec![(None, day.largest.1)],
        // Who takes much to the desk works with it: the accounts' days say more.
        speaks_to: if is_office { Vec::new() } else { vec![(Question::Q4, State::Possible)] },
        ..Egress::CARD.finding(Text::new(
            format!("{megabytes} MB were sent to {} in one day", client.name),
            format!("1日に {} へ{megabytes} MBが送信されました", client.name),
        ))
    }
}
