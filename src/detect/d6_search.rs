//! D6: searches for what leads further, and then downloads.

use super::days::{self, AccountDay, Told};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::baseline::activity::Takes;
use crate::event::Field;
use crate::finding::{Finding, Severity};

/// The detection.
pub struct Search;

/// Seconds from the search to the downloads.
const SOON_SECS: i64 = 1_800;

impl Detector for Search {
    type Partial = ();

    const CARD: Card = Card {
        id: "D6",
        name: Text::fixed("Search, then download", "検索後のダウンロード"),
        what: Text::fixed(
            "3 searches or more for passwords, network plans, lists of people and the like in a day, and then 5 documents or more taken within 30 minutes.",
            "1日に3回以上のパスワード・構成図・名簿などの検索があり、その後30分以内に5件以上の文書を取得したもの。",
        ),
        why: Text::fixed(
            "Who does not know the place searches; what is searched for tells what comes next.",
            "内部に不案内な者は検索を使い、検索語は次の狙いを示します。",
        ),
        innocent: Text::fixed(
            "Legal, audit and security departments at work.",
            "法務・監査・セキュリティ部門の業務。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with searches, their words, and downloads.",
                "検索(検索語を含む)とダウンロードを記録した監査ログ。",
            ),
        },
        attack: &["T1213"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        match days::all(context, &Self::CARD) {
            Err(verdict) => *verdict,
            Ok(days) => {
                let findings = days.iter().filter_map(|day| judged(day, context));
                Verdict { findings: findings.collect(), ..Verdict::default() }
            }
        }
    }
}

fn judged(day: &AccountDay<'_>, context: &Conclusion<'_>) -> Option<Finding> {
    let limits = context.thresholds;
    let searches = &day.acts.searches;
    let last = searches.get((limits.sensitive_searches as usize).checked_sub(1)?)?;
    let span = Takes::whole((last.0, last.0 + SOON_SECS));
    let taken = day.acts.takes.within(span);
    if taken < u64::from(limits.search_downloads) {
        return None;
    }
    let (name, count) = (day.name(), searches.len());
    let is_then = |mark: &&crate::baseline::activity::Mark| (span.0..=span.1).contains(&mark.0);
    let shown = day.acts.first.iter().filter(is_then);
    let mut finding = day.finding(
        &Search::CARD,
        Told {
            title: Text::new(
                format!("{name} searched for what leads further and took {taken} documents"),
                format!("{name} が機微な語を検索し、{taken}件の文書を取得"),
            ),
            reason: Text::new(
                format!("{count} searches, then {taken} documents within 30 minutes."),
                format!("{count}回の検索の後、30分以内に{taken}件の文書を取得。"),
            ),
            severity: Severity::Medium,
            count: taken + count as u64,
            span: Some((searches.first()?.0, span.1)),
            kinds: crate::judge::activity::What::TAKEN,
            named: searches,
            is_elsewhere: false,
            shown: searches.iter().chain(shown).copied().collect(),
            beyond: Vec::new(),
        },
    );
    finding.scope.span = Some(span);
    Some(finding)
}
