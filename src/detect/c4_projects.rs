//! C4: an account goes through projects that it never used.

use super::days::{self, AccountDay, OWN_DAYS, Told};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Gather, Text};
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::What;
use std::collections::BTreeSet;

/// The detection.
pub struct Projects;

impl Detector for Projects {
    type Partial = ();

    const CARD: Card = Card {
        id: "C4",
        name: Text::fixed("Spread over projects", "プロジェクト横断アクセス"),
        what: Text::fixed(
            "More than 5 projects in a day, more than twice as many as on any earlier day, and 3 or more of them never used before, by an account with 14 earlier days.",
            "14日以上の履歴があるアカウントが、1日に5を超え、かつ過去の最大の2倍を超えるプロジェクトを扱い、うち3以上が初めてのもの。",
        ),
        why: Text::fixed(
            "Its owner works on a few projects. Who took the account over looks at all of them.",
            "正規の利用者が扱うプロジェクトは限られますが、乗っ取った者はすべてを見て回ります。",
        ),
        innocent: Text::fixed("A project office, an auditor.", "PMO、監査担当者。"),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, project, action and client address, over two weeks or more.",
                "アカウント・プロジェクト・操作・接続元アドレスを記録した2週間以上の監査ログ。",
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
    let projects = day.acts.projects.count();
    let most = day.earlier().map(|acts| acts.projects.count()).max().unwrap_or(0);
    let least = u64::from(context.thresholds.projects);
    if day.earlier().count() < OWN_DAYS || projects <= least.max(most.saturating_mul(2)) {
        return None;
    }
    let known: BTreeSet<_> =
        day.earlier().flat_map(|acts| acts.projects.kept().iter().copied()).gather();
    let new = day.acts.projects.kept().iter().filter(|one| !known.contains(*one)).count();
    if new < context.thresholds.new_projects as usize {
        return None;
    }
    let name = day.name();
    let finding = day.finding(
        &Projects::CARD,
        Told {
            title: Text::new(
                format!("{name} went through {projects} projects in one day"),
                format!("{name} が1日に{projects}プロジェクトにアクセス"),
            ),
            reason: Text::new(
                format!("{projects} projects, at least {new} of them never used before; at most {most} on an earlier day."),
                format!("{projects}プロジェクト(うち{new}以上が初めて)。過去の1日の最大は{most}。"),
            ),
            severity: Severity::Medium,
            count: day.acts.records,
            span: day.acts.all,
            kinds: What::TAKEN | What::READ,
            named: &[],
            is_elsewhere: false,
            shown: day.acts.any.clone(),
            beyond: Vec::new(),
        },
    );
    let speaks_to = vec![
        (Question::Q1, State::Possible),
        (Question::Q4, State::Possible),
        (Question::Q6, State::Possible),
    ];
    Some(Finding { speaks_to, ..finding })
}
