//! D13: most of a project's documents taken by one account, little by little.

use super::accounts::{novelty, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{Distinct, InProject, Mark, Novelty};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::{Act, What};
use std::collections::BTreeMap;

/// The detection.
pub struct LowAndSlow;

/// Percent of the project's documents that the account takes.
const MOST: u64 = 60;
/// Percent of them that anybody else takes.
const OTHERS: u64 = 30;
/// Others who take some.
const PEERS: usize = 2;
/// Days on which it does so.
const DAYS: usize = 5;
/// Days from the first to the last of these.
const WITHIN: i32 = 30;

/// Accounts with what they took from projects by each network, by account and project.
type Ways = BTreeMap<(Fingerprint, String), (u64, u64)>;

impl Detector for LowAndSlow {
    type Partial = ();

    const CARD: Card = Card {
        id: "D13",
        name: Text::fixed("Project taken little by little", "プロジェクト文書の少量ずつの取得"),
        what: Text::fixed(
            "One account takes 30 different documents or more of a project and at least 60 % of those that anybody takes, on five days or more within 30 and on none as many as D1 asks for, while two others or more take some and none of them more than 30 %; and at least four in five of these records are from networks new to the account, or the account is a vendor's.",
            "1アカウントが1プロジェクトの30以上の異なる文書(全員が取得した文書の60%以上)を、30日以内の5日以上に分けて、いずれの日もD1の件数に達しない範囲で取得し、他に取得した2以上のアカウントはいずれも30%以下であるもの。かつ、記録の8割以上が当該アカウントにとって新しいネットワークからの場合、または委託先アカウントの場合に限ります。",
        ),
        why: Text::fixed(
            "Who knows that large days are noticed takes a little every day.",
            "1日の大量取得が検知されることを知る者は、毎日少しずつ持ち出します。",
        ),
        innocent: Text::fixed(
            "Somebody who joined the project from elsewhere, an archivist, a hand-over.",
            "別拠点からのプロジェクト参加、文書管理の担当、引き継ぎ。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document, project and client address, over two weeks or more.",
                "アカウント・操作・文書・プロジェクト・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1213"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let activities = &context.baseline.activities;
        let all = activities.projects.sorted();
        if all.iter().all(|(_, of)| of.taken.count() == 0) {
            let reason = Text::fixed(
                "No record in these logs says that an account took documents of a project.",
                "プロジェクトの文書の取得の記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut by_project = BTreeMap::<&str, Vec<(Fingerprint, &InProject)>>::new();
        for (key, of) in all {
            by_project.entry(&of.project).or_default().push((key, of));
        }
        let ways = ways(context);
        let mut findings: Vec<_> =
            by_project.values().filter_map(|accounts| judged(context, accounts, &ways)).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("D13", activities.projects.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }
}

/// What each account took from each project from networks new to it, and in all.
fn ways(context: &Conclusion<'_>) -> Ways {
    let activities = &context.baseline.activities;
    let mut ways = Ways::new();
    for (key, touched) in activities.touched.sorted() {
        let pair = activities.pairs.get(key);
        let entry = pair.and_then(|pair| Some((pair, pair.signed_in()?)));
        let is_new = entry.is_some_and(|(pair, day)| {
            novelty(context, touched.account, pair.network, day) == Novelty::New
        });
        for (party, acts) in touched.days.values().flat_map(|day| &day.parties) {
            let owner = activities.owners.get(*party);
            let Some(project) = owner.and_then(|owner| owner.project.as_deref()) else { continue };
            let taken =
                acts.records[Act::Downloaded as usize] + acts.records[Act::Exported as usize];
            let sum = ways.entry((touched.account, project.to_lowercase())).or_default();
            *sum = (sum.0 + if is_new { taken } else { 0 }, sum.1 + taken);
        }
    }
    ways
}

/// The account that takes most of a project, where it is conspicuous.
fn judged(
    context: &Conclusion<'_>,
    accounts: &[(Fingerprint, &InProject)],
    ways: &Ways,
) -> Option<Finding> {
    let mut whole = Distinct::default();
    accounts.iter().for_each(|(_, of)| whole.merge(&of.taken));
    let whole = whole.count();
    let (key, most) = accounts.iter().max_by_key(|(_, of)| of.taken.count())?;
    let others: Vec<u64> = accounts
        .iter()
        .filter(|(other, _)| other != key)
        .map(|(_, of)| of.taken.count())
        .filter(|count| *count > 0)
        .collect();
    let own = most.taken.count();
    let is_most = own >= u64::from(context.thresholds.slow_documents)
        && own * 100 >= whole * MOST
        && others.len() >= PEERS
        && others.iter().all(|count| count * 100 <= whole * OTHERS);
    if !is_most || !is_slow(context, most) {
        return None;
    }
    let (new, all) = ways.get(&(most.account, most.project.to_lowercase())).copied()?;
    let is_new = new > 0 && new * 5 >= all * 4;
    (is_new || context.declared.is_vendor(&most.name))
        .then(|| finding(*key, most, (own, whole), is_new))
}

/// Whether it goes on for days, none of which is large by itself.
fn is_slow(context: &Conclusion<'_>, of: &InProject) -> bool {
    let large = context.thresholds.mass_documents;
    let ends = of.days.first().zip(of.days.last());
    of.days.len() >= DAYS
        && of.knows(i32::MIN)
        && ends.is_some_and(|(first, last)| last.day - first.day < WITHIN)
        && of.days.iter().all(|day| day.records < large)
}

fn finding(key: Fingerprint, of: &InProject, (own, whole): (u64, u64), is_new: bool) -> Finding {
    let span = of.days.first().zip(of.days.last()).map(|(first, last)| (first.first.0, last.last));
    let (first, last) = span.map(stated).unwrap_or_default();
    let (name, project, days) = (visible(&of.name), visible(&of.project), of.days.len());
    let marks: Vec<Mark> = of.days.iter().map(|day| day.first).collect();
    let why = if is_new {
        Text::fixed(
            "Most of it from networks new to the account.",
            "大半が当該アカウントにとって新しいネットワークからです。",
        )
    } else {
        Text::fixed("The account is a vendor's.", "委託先のアカウントです。")
    };
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Account, value: of.name.to_string() },
        first,
        last,
        count: of.days.iter().map(|day| u64::from(day.records)).sum(),
        reason: Text::new(
            format!(
                "{own} of the {whole} different documents of {project} that anybody took, on {days} days. {}",
                why.en
            ),
            format!(
                "{project} で取得された異なる文書{whole}件のうち{own}件を、{days}日に分けて取得。{}",
                why.ja
            ),
        ),
        scope: scope([key], What::TAKEN | What::READ),
        places: marks.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q4, State::Possible)],
        ..LowAndSlow::CARD.finding(Text::new(
            format!("{name} took most of {project} little by little"),
            format!("{name} が {project} の文書の大半を少しずつ取得"),
        ))
    }
}
