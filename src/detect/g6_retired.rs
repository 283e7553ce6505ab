//! G6: somebody reads in bulk what nobody works on any more.

use super::accounts::{DAY_SECS, new_networks, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{InProject, ProjectDay};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::What;
use std::collections::BTreeMap;

/// The detection.
pub struct Retired;

/// Records of a day that are a bulk read.
const BULK: u32 = 5;
/// Days within which others come back to a project that is taken up again.
const TAKEN_UP_DAYS: i32 = 14;

impl Detector for Retired {
    type Partial = ();

    const CARD: Card = Card {
        id: "G6",
        name: Text::fixed("Retired project touched", "終了プロジェクトへのアクセス"),
        what: Text::fixed(
            "5 records or more of documents in a day by one account in a project that is declared as retired, or that nobody had touched for 180 days though the logs show it in use before, and that no other account takes up within 14 days. High only from a network new to the account, or by a vendor's.",
            "終了と設定されたプロジェクト、またはログ上で利用があった後180日間誰も触れておらず、その後14日以内に他のアカウントも利用しないプロジェクトで、1アカウントが1日に5件以上の文書を閲覧・取得したもの。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。",
        ),
        why: Text::fixed(
            "What nobody works on nobody misses, and it is seldom deleted. Whoever reads it in bulk came for it.",
            "終了したプロジェクトの情報は削除されずに残りやすく、まとめて閲覧する者はそれを目的としています。",
        ),
        innocent: Text::fixed(
            "An audit, an archive job, a question about an old system.",
            "監査、アーカイブ作業、旧システムに関する照会。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action, Field::Project],
            words: Text::fixed(
                "The platform's audit log with account, project and action over half a year or more; or the retired projects in the settings.",
                "アカウント・プロジェクト・操作を記録した半年以上の監査ログ、または設定における終了プロジェクト。",
            ),
        },
        attack: &["T1213"],
        severity: Severity::Medium,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut by_project = BTreeMap::<&str, Vec<(Fingerprint, &InProject)>>::new();
        for (key, touched) in context.baseline.activities.projects.sorted() {
            by_project.entry(&touched.project).or_default().push((key, touched));
        }
        let limit = context.thresholds.retired_days;
        let idle_days = i32::try_from(limit).unwrap_or(i32::MAX);
        let mut findings = Vec::new();
        for (project, accounts) in &by_project {
            let is_declared = context.declared.is_retired(project);
            for (key, touched) in accounts {
                for touch in touched.days.iter().filter(|touch| touch.records >= BULK) {
                    let idle = idle(accounts, touch).filter(|idle| *idle >= idle_days);
                    let others = || taken_up(accounts, *key, touch);
                    let why = match (is_declared, idle) {
                        (true, _) => Why::Declared,
                        (false, Some(days)) if !others() => Why::Idle(days),
                        _ => continue,
                    };
                    findings.push(finding((*key, touched, touch), &why, context));
                }
            }
        }
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("G6", context.baseline.activities.projects.one_in());
        let is_short = !context.declared.has_retired() && days(&by_project) <= idle_days;
        let not_evaluable = is_short.then(|| {
            let reason = Text::new(
                format!("The logs cover fewer than {limit} days of projects, and no project is declared as retired."),
                format!("プロジェクトの記録が{limit}日に満たず、終了プロジェクトの設定もありません。"),
            );
            unevaluable(reason, &Self::CARD.needs.words)
        });
        let not_evaluable = not_evaluable.and_then(|verdict| verdict.not_evaluable);
        Verdict { findings, not_evaluable, bounds, ..Verdict::default() }
    }
}

/// Why a project is retired.
enum Why {
    Declared,
    Idle(i32),
}

/// Days from the first to the last that projects were touched on.
fn days(by_project: &BTreeMap<&str, Vec<(Fingerprint, &InProject)>>) -> i32 {
    let all = || by_project.values().flatten().flat_map(|(_, touched)| &touched.days);
    let ends = all().map(|touch| touch.day).min().zip(all().map(|touch| touch.day).max());
    ends.map_or(0, |(first, last)| last - first)
}

/// Days that nobody had touched the project before; none where it was not touched before, or where
/// that is not known any more.
fn idle(accounts: &[(Fingerprint, &InProject)], touch: &ProjectDay) -> Option<i32> {
    let is_known = accounts.iter().all(|(_, touched)| touched.knows(touch.day));
    let before = accounts.iter().flat_map(|(_, touched)| &touched.days);
    let last = before.map(|other| other.day).filter(|day| *day < touch.day).max()?;
    is_known.then_some(touch.day - last)
}

/// Whether others work on the project from then on.
fn taken_up(accounts: &[(Fingerprint, &InProject)], key: Fingerprint, touch: &ProjectDay) -> bool {
    let soon = touch.day..=touch.day + TAKEN_UP_DAYS;
    let others = accounts.iter().filter(|(other, _)| *other != key);
    let mut days = others.flat_map(|(_, touched)| &touched.days);
    days.any(|other| soon.contains(&other.day))
}

fn finding(
    (key, touched, touch): (Fingerprint, &InProject, &ProjectDay),
    why: &Why,
    context: &Conclusion<'_>,
) -> Finding {
    let activities = &context.baseline.activities;
    let account = activities.accounts.get(touched.account);
    let acts = account.and_then(|stats| stats.days.get(&touch.day));
    let new = acts.map(|acts| new_networks(context, touched.account, touch.day, acts));
    let is_new = new.is_some_and(|new| !new.is_empty());
    let is_graver = is_new || context.declared.is_vendor(&touched.name);
    let (name, project, records) =
        (visible(&touched.name), visible(&touched.project), touch.records);
    let (since_en, since_ja) = match why {
        Why::Declared => (
            "It is declared as retired.".to_owned(),
            "終了プロジェクトとして設定されています。".to_owned(),
        ),
        Why::Idle(days) => (
            format!("Nobody had touched it for {days} days, and nobody else did afterwards."),
            format!("直前の{days}日間は誰も触れておらず、その後も他の利用はありません。"),
        ),
    };
    let (new_en, new_ja) = match is_new {
        true => (
            " The account used a network new to it that day.",
            "この日、当該アカウントは新しいネットワークを使用しています。",
        ),
        false => ("", ""),
    };
    let last = touch.first.0.max(touch.last);
    let (first, last) = stated((touch.first.0, last.min(touch.first.0 + DAY_SECS)));
    Finding {
        severity: if is_graver { Severity::High } else { Severity::Medium },
        confidence: if is_graver { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: touched.name.to_string() },
        first,
        last,
        count: u64::from(records),
        reason: Text::new(
            format!("{records} records of documents of {project} in one day. {since_en}{new_en}"),
            format!("1日に {project} の文書の記録{records}件。{since_ja}{new_ja}"),
        ),
        scope: Scope { day: Some(touch.day), ..scope([key], What::TAKEN | What::READ) },
        places: vec![place(touch.first)],
        speaks_to: vec![
            (Question::Q1, State::Possible),
            (Question::Q4, State::Possible),
            (Question::Q6, State::Possible),
        ],
        ..Retired::CARD.finding(Text::new(
            format!("{name} read the retired project {project} in bulk"),
            format!("{name} が終了プロジェクト {project} をまとめて閲覧"),
        ))
    }
}
