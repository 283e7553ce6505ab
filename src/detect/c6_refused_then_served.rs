//! C6: what was refused to an account is handed to it later, and nobody granted it.

use super::accounts::{DAY_SECS, Named};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::ACTORS;
use crate::base::{Arrange, Fingerprint, Merge, Sampled, Seed, Text, visible};
use crate::baseline::activity::{Mark, keep_earliest};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::{Change, account_key};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The detection.
pub struct RefusedThenServed;

/// Refusals that are kept, the earliest.
const KEPT: usize = 8;
/// Documents from which on it is no single grant.
const DOCUMENTS: usize = 3;

/// Documents of accounts that were refused or handed out: at most 131,072 of them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Documents(Sampled<Document, ACTORS>);

/// One document and one account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Document {
    /// Stands for the account.
    account: Fingerprint,
    /// The account and the path; empty where nothing was refused.
    names: (Box<str>, Box<str>),
    /// The first refusals.
    refused: Vec<Mark>,
    /// When it was handed out first.
    served: Option<Mark>,
}

impl Detector for RefusedThenServed {
    type Partial = Documents;

    const CARD: Card = Card {
        id: "C6",
        name: Text::fixed("Refused, then handed out", "拒否後に応答された文書"),
        what: Text::fixed(
            "A document that was refused (403) to a named account three times or more and handed to it for the first time within 24 hours of the third, where no record in these logs grants the account a right in between. High with three such documents or more, medium with fewer; where these logs hold no grants of rights at all, one step lower.",
            "アカウントに3回以上拒否(403)された文書が、3回目から24時間以内に初めて渡され、その間に当該アカウントへの権限付与の記録がないもの。該当する文書が3件以上なら重大、それ未満は中とし、権限付与の記録自体がないログではそれぞれ1段階下げます。",
        ),
        why: Text::fixed(
            "A right does not come by itself. Who gets what was refused a moment ago found a way around the check.",
            "権限は自然には付きません。直前まで拒否されていたものを得た者は、検査を回避した可能性があります。",
        ),
        innocent: Text::fixed(
            "A right that was asked for and granted where these logs do not show it.",
            "依頼に基づく権限付与(ログに現れないもの)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, with request line and status; the audit log of the same period with grants of rights.",
                "アカウント・要求行・ステータスを含むアクセスログと、権限付与を含む同期間の監査ログ。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::DOWNLOAD.union(Marks::REFUSED);
    const NEEDS_ALL: bool = true;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Documents) {
        let is_refused = seen.status == 403;
        let is_served = seen.marks.meet(Marks::DOWNLOAD);
        let Some(user) = seen.event.fields.text(Field::UserName) else { return };
        if !is_refused && !is_served {
            return;
        }
        let mark = (seen.at, seen.event.location);
        let account = account_key(seen.seed, user);
        let document = Seed(seen.path).of(seen.query.unwrap_or(b""));
        let key = Seed(account).of(&document.to_le_bytes());
        let mut new = Document { account, ..Document::default() };
        if is_refused {
            let path = super::answers::shown_path(seen.path_text);
            new.names = (String::from_utf8_lossy(user).into(), path.into());
            new.refused.push(mark);
        } else {
            new.served = Some(mark);
        }
        if let Some(known) = partial.0.entry(key, Document::default) {
            known.merge(new);
        }
    }

    fn conclude(&self, partial: Documents, context: &Conclusion<'_>) -> Verdict {
        let grants = Grants::of(context);
        let mut by_account = BTreeMap::<Fingerprint, Vec<(&Document, Vec<Mark>)>>::new();
        for (_, document) in partial.0.sorted() {
            let marks = document.turned(context.thresholds.refusals as usize);
            let marks = marks.filter(|marks| !grants.is_granted(&document.names.0, marks));
            if let Some(marks) = marks {
                by_account.entry(document.account).or_default().push((document, marks));
            }
        }
        let found = by_account.into_iter();
        let mut findings: Vec<_> =
            found.map(|(key, all)| finding(key, &all, grants.are_known())).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, bounds: super::bounds("C6", partial.0.one_in()), ..Verdict::default() }
    }
}

impl Document {
    /// The refusals and the answer behind them, where that came soon, and no answer before.
    fn turned(&self, least: usize) -> Option<Vec<Mark>> {
        let served = self.served?;
        let before: Vec<_> =
            self.refused.iter().copied().filter(|mark| mark.0 < served.0).collect();
        let third = before.get(least.checked_sub(1)?)?;
        (served.0 - third.0 <= DAY_SECS).then(|| [before, vec![served]].concat())
    }
}

/// Rights that were granted: to whom and when.
struct Grants(Vec<(String, i64)>);

impl Grants {
    fn of(context: &Conclusion<'_>) -> Self {
        let all = context.baseline.activities.changes.sorted().into_iter();
        let granted = all.filter(|(_, changes)| changes.change == Change::RoleGranted);
        let each = granted.flat_map(|(_, changes)| &changes.first);
        Self(each.map(|changed| (changed.target.to_lowercase(), changed.mark.0)).collect())
    }

    const fn are_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the account was granted something from the first refusal on.
    fn is_granted(&self, account: &str, marks: &[Mark]) -> bool {
        let (Some(from), Some(until)) = (marks.first(), marks.last()) else { return false };
        let account = account.to_lowercase();
        self.0.iter().any(|(to, at)| *to == account && (from.0..=until.0).contains(at))
    }
}

fn finding(key: Fingerprint, all: &[(&Document, Vec<Mark>)], has_grants: bool) -> Finding {
    let severity = match (all.len() >= DOCUMENTS, has_grants) {
        (true, true) => Severity::High,
        (true, false) | (false, true) => Severity::Medium,
        (false, false) => Severity::Low,
    };
    let account = all.iter().map(|(document, _)| &*document.names.0).min().unwrap_or_default();
    let path = all.iter().map(|(document, _)| &*document.names.1).min().unwrap_or_default();
    let (name, path, count) = (visible(account), visible(path), all.len());
    let note = if has_grants { NOT_GRANTED } else { NO_GRANTS };
    let state = [(Question::Q1, State::Possible), (Question::Q4, State::Possible)];
    let named = Named {
        key,
        account,
        marks: all.iter().flat_map(|(_, marks)| marks.iter().copied()).collect(),
        severity,
        title: Text::new(
            format!("{name} was handed {count} documents that had been refused"),
            format!("{name} に、拒否されていた文書{count}件が渡されました"),
        ),
        reason: Text::new(
            format!(
                "{count} documents, such as {path}, were refused three times or more and then handed out. {}",
                note.en
            ),
            format!("{path} など{count}件の文書が3回以上拒否された後に渡されました。{}", note.ja),
        ),
        speaks_to: if severity > Severity::Low { &state } else { &[] },
    };
    named.finding(&RefusedThenServed::CARD)
}

const NOT_GRANTED: Text = Text::fixed(
    "These logs hold grants of rights, and none to this account in between.",
    "ログには権限付与の記録がありますが、この間に当該アカウントへの付与はありません。",
);
const NO_GRANTS: Text = Text::fixed(
    "Whether a right was granted in between cannot be told: these logs hold no grants.",
    "権限付与の記録がないログのため、その間に付与があったかは判定できません。",
);

impl Merge for Document {
    fn merge(&mut self, other: Self) {
        self.account = self.account.max(other.account);
        if self.names.0.is_empty() || (!other.names.0.is_empty() && other.names < self.names) {
            self.names = other.names;
        }
        other.refused.into_iter().for_each(|mark| keep_earliest(&mut self.refused, mark, KEPT));
        self.served = match (self.served, other.served) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

impl Merge for Documents {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
