//! What to ask the vendor for: made from what could not be evaluated, from gaps, from files that
//! could not be read, and from what the logs leave open.

use super::model::{NotEvaluable, Report};
use super::questions::SIGMA;
use crate::base::{Text, grouped};
use crate::finding::State;
use std::collections::BTreeMap;

/// One thing to ask for.
pub struct Request {
    /// Which log.
    pub log: Text,
    /// Of which time.
    pub period: Text,
    /// With which fields, or in which form.
    pub fields: Text,
    /// Why.
    pub why: Text,
}

/// Log sources of gaps that are named.
const GAPS: usize = 20;
/// Files that are named.
const FILES: usize = 20;

/// All that is to be asked for, in the order of the letter.
pub fn requests(report: &Report) -> Vec<Request> {
    let mut all: Vec<Request> = report.coverage.gaps.iter().take(GAPS).map(of_gap).collect();
    all.extend(of_files(report));
    all.extend(of_needs(report));
    all.extend(longer(report));
    all.extend(zones(report));
    all
}

/// A time of the report as people write it.
fn plain(time: &str) -> String {
    format!("{} UTC", time.trim_end_matches('Z').replace('T', " "))
}

/// The period of the logs.
fn period(report: &Report) -> Text {
    match (&report.coverage.first, &report.coverage.last) {
        (Some(first), Some(last)) => {
            let both = format!("{} – {}", plain(first), plain(last));
            Text::new(both.clone(), both)
        }
        _ => Text::fixed("the whole period of the incident", "事案の全期間"),
    }
}

fn of_gap(gap: &crate::finding::Gap) -> Request {
    Request {
        log: Text::new(gap.log_source.clone(), gap.log_source.clone()),
        period: {
            let both = format!("{} – {}", plain(&gap.from), plain(&gap.until));
            Text::new(both.clone(), both)
        },
        fields: Text::fixed(
            "All records, as written by the server; if there are none, the reason (outage, maintenance, rotation, deletion).",
            "サーバーが出力したままの全記録。存在しない場合はその理由(停止、保守、ローテーション、削除など)。",
        ),
        why: Text::new(
            format!("No record where about {} were to be expected.", grouped(gap.expected)),
            format!("約{}件の記録が見込まれる期間に記録がないため。", grouped(gap.expected)),
        ),
    }
}

/// Files that could not be read or understood.
fn of_files(report: &Report) -> Vec<Request> {
    let broken = report.sources.iter().filter(|source| !source.problems.is_empty());
    let asked = broken.take(FILES).filter_map(|source| {
        let problem = source.problems.first()?;
        let spans = source.streams.iter().filter_map(|stream| stream.last.as_ref());
        let last = spans.max().map(|last| plain(last));
        let period = last.map_or_else(
            || Text::fixed("as in the file", "当該ファイルの全期間"),
            |last| Text::new(format!("from {last} on"), format!("{last} 以降")),
        );
        Some(Request {
            log: Text::new(source.name.clone(), source.name.clone()),
            period,
            fields: Text::fixed(
                "The file again, complete, as the server wrote it, with its SHA-256; or a description of its format.",
                "サーバーが出力したままの完全なファイルと、そのSHA-256。または形式の仕様。",
            ),
            why: problem.what.clone(),
        })
    });
    asked.collect()
}

/// What detections and rules miss, those that need the same together.
fn of_needs(report: &Report) -> Vec<Request> {
    let mut by_needs = BTreeMap::<&Text, Vec<&NotEvaluable>>::new();
    for lacking in report.not_evaluable.iter().filter(|lacking| lacking.id != SIGMA) {
        by_needs.entry(&lacking.needs).or_default().push(lacking);
    }
    let period = period(report);
    let asked = by_needs.into_iter().map(|(needs, lacking)| {
        let ids: Vec<_> = lacking.iter().map(|one| &*one.id).collect();
        let names = |of: fn(&Text) -> &str, with: &str| {
            lacking.iter().map(|one| of(&one.name)).collect::<Vec<_>>().join(with)
        };
        let reason = lacking.first().map(|one| one.reason.clone());
        let reason = reason.unwrap_or(Text::fixed("", ""));
        Request {
            log: needs.clone(),
            period: period.clone(),
            fields: FIELDS,
            why: Text::new(
                format!(
                    "Without it these cannot be examined: {} ({}). {}",
                    names(|name| &name.en, "; "),
                    ids.join(", "),
                    reason.en
                ),
                format!(
                    "次の事項を調査できないため:{}({})。{}",
                    names(|name| &name.ja, "、"),
                    ids.join("、"),
                    reason.ja
                ),
            ),
        }
    });
    asked.collect()
}

/// Fields that every log should have.
const FIELDS: Text = Text::fixed(
    "Time with zone, account, organisation, client address, session, client program, act, object (document, project), result, bytes.",
    "時刻(タイムゾーン付き)、アカウント、所属組織、接続元アドレス、セッションID、クライアントの種類、操作、対象(文書・プロジェクト)、結果、バイト数。",
);

/// Earlier logs, where what was found is there from the start; and later ones.
fn longer(report: &Report) -> Vec<Request> {
    let Some(first) = report.coverage.first.as_deref() else { return Vec::new() };
    let is_early = report.entities.iter().any(|entity| entity.at_log_start);
    let log = Text::fixed("The logs already given", "提供済みの各ログ");
    let mut all = vec![Request {
        log: log.clone(),
        period: Text::new(
            format!("before {}, for 90 days or as far back as they are kept", plain(first)),
            format!("{}より前の90日間、または保存されている最も古い時点まで", plain(first)),
        ),
        fields: FIELDS,
        why: if is_early {
            Text::fixed(
                "Signs are there within the first day of the logs: it may have begun earlier.",
                "ログの開始から1日以内に兆候があり、それ以前から始まっていた可能性があるため。",
            )
        } else {
            Text::fixed(
                "The use of valid passwords shows only against what is usual.",
                "正規のパスワードによる侵入は、通常時との比較によってのみ判定できるため。",
            )
        },
    }];
    if let Some(last) = report.coverage.last.as_deref() {
        all.push(Request {
            log,
            period: Text::new(
                format!("from {} up to the day of your reply", plain(last)),
                format!("{}から回答日まで", plain(last)),
            ),
            fields: FIELDS,
            why: Text::fixed(
                "To see whether it still goes on.",
                "現在も継続しているかを確認するため。",
            ),
        });
    }
    all
}

/// The zone of times that state none.
fn zones(report: &Report) -> Option<Request> {
    let unstated = |source: &&super::SourceReport| {
        source.streams.iter().any(|stream| {
            stream.records > stream.unparsed && !stream.zone.en.starts_with("Stated in every")
        })
    };
    let names: Vec<_> =
        report.sources.iter().filter(unstated).map(|source| source.name.clone()).collect();
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(FILES).cloned().collect::<Vec<_>>().join(", ");
    Some(Request {
        log: Text::new(shown.clone(), shown),
        period: period(report),
        fields: Text::fixed(
            "The zone of the times, whether the clock was synchronised (NTP), and by how much it was off.",
            "時刻のタイムゾーン、時刻同期(NTP)の有無、時刻のずれ。",
        ),
        why: Text::fixed(
            "The records do not all state the zone of their times.",
            "記録の時刻にタイムゾーンの記載がないものがあるため。",
        ),
    })
}

/// The questions that the logs leave open, for which is asked.
pub fn open_questions(report: &Report) -> Vec<&Text> {
    let is_open = |state| state == State::CannotDetermine;
    let open = report.questions.iter().filter(|answer| is_open(answer.state) && answer.id != "Q12");
    open.map(|answer| &answer.question).collect()
}
