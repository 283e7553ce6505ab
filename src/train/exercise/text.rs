//! An exercise for a terminal: questions, debrief, walk-through and class.

use super::class::percent;
use super::marks::{Mark, Verdict};
use super::{
    Answer, Asked, Class, Debrief, Exercise, HINT_COSTS, Key, Level, Sheet, Solved, items,
    questions,
};
use crate::base::{Arrange, Language, Text};
use std::fmt::Write;

/// Said of a result whose marks are not those of its answers.
pub(super) const CHANGED: Text = Text::fixed(
    "The file says other marks than its answers are worth.",
    "ファイルに記載された得点が、解答から計算した得点と異なります。",
);

/// What stands on top of everything of an exercise.
fn mark(out: &mut String, case: &str, language: Language) {
    let _ = writeln!(out, "{}\n", crate::report::training(case).in_language(language));
}

/// The questions of an exercise, which say nothing of what happened.
pub fn asked(case: &str, language: Language) -> String {
    let mut out = String::new();
    mark(&mut out, case, language);
    for (number, question) in questions().iter().enumerate() {
        let said = question.said.in_language(language);
        let _ = writeln!(out, "{}. {said} [{}]", number + 1, question.id.name());
        for choice in &question.choices {
            let _ = writeln!(out, "   {}: {}", choice.id, choice.said.in_language(language));
        }
        let _ = writeln!(out, "   none: {}", question.none.in_language(language));
        let _ = writeln!(out, "   cannot_determine: {}", CANNOT.in_language(language));
    }
    let draft = Text::fixed("Draft of a first report", "速報案");
    let _ = writeln!(out, "\n{}", draft.in_language(language));
    for item in items() {
        let hint = item.hint.map(|hint| format!(" ({})", hint.in_language(language)));
        let _ = writeln!(out, "   {}{}", item.said.in_language(language), hint.unwrap_or_default());
    }
    out
}

const CANNOT: Text =
    Text::fixed("It cannot be determined from these logs", "これらのログでは判定不能");

/// An answer in words.
fn said(asked: Asked, answer: &Answer, language: Language) -> String {
    match answer {
        Answer::CannotDetermine => CANNOT.in_language(language).to_owned(),
        Answer::None => {
            let question = questions().into_iter().find(|question| question.id == asked);
            question.map(|one| one.none.in_language(language).to_owned()).unwrap_or_default()
        }
        Answer::Choice(id) => {
            let choice = asked.choices().into_iter().find(|choice| choice.id == id);
            choice.map_or_else(|| id.clone(), |one| one.said.in_language(language).to_owned())
        }
        Answer::Names(names) => names.join(", "),
        Answer::Time(time) => time.clone(),
        Answer::Count(count) => count.to_string(),
    }
}

const fn ended(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Right => Text::fixed("right", "正解"),
        Verdict::Partly => Text::fixed("partly right", "一部正解"),
        Verdict::TooCautious => Text::fixed("could have been determined", "判定可能"),
        Verdict::Wrong => Text::fixed("wrong", "不正解"),
        Verdict::OverClaimed => Text::fixed("more than the logs say", "ログの根拠を超えた断定"),
        Verdict::Unanswered => Text::fixed("not answered", "未解答"),
    }
}

fn solved(out: &mut String, of: &Solved, language: Language) {
    let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
    let _ =
        writeln!(out, "   {}: {}", say("Answer", "正答"), said(of.question, &of.answer, language));
    for step in &of.exhibits {
        let place = match step.line {
            Some(line) => format!("{}:{line}", step.log),
            None => say("removed", "削除された記録"),
        };
        let _ = writeln!(out, "   {}  {}  {place}", step.time, step.what.in_language(language));
    }
    if !of.detections.is_empty() {
        let _ = writeln!(out, "   {}: {}", say("Detections", "検出項目"), of.detections.join(", "));
    }
}

fn happened(out: &mut String, key: &Key, language: Language) {
    let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
    let _ = writeln!(out, "\n{}", say("What happened (UTC)", "実際の経過(UTC)"));
    for step in &key.timeline {
        let decoy = if step.is_decoy { say(" (innocent)", "(無害)") } else { String::new() };
        let what = step.what.in_language(language);
        let place = step.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
        let (account, address) = (&step.account, &step.address);
        let _ = writeln!(
            out,
            "   {}  {what}{decoy}  {account}  {address}  {}:{place}",
            step.time, step.log
        );
    }
    for (title, list) in [
        (say("Innocent", "無害な事象"), &key.decoys),
        (say("Wrong with the logs", "ログの不備"), &key.defects),
    ] {
        if !list.is_empty() {
            let said: Vec<_> = list.iter().map(|text| text.in_language(language)).collect();
            let _ = writeln!(out, "{title}: {}", said.join("; "));
        }
    }
}

impl Exercise {
    /// The answers with the hints that lead to them, for an instructor.
    pub fn walk_through(&self, language: Language) -> String {
        let (key, mut out) = (self.key(), String::new());
        mark(&mut out, &key.training, language);
        for (number, of) in key.solved.iter().enumerate() {
            let _ = writeln!(out, "{}. {}", number + 1, of.question.said().in_language(language));
            solved(&mut out, of, language);
            for (level, cost) in
                [Level::Where, Level::Filter, Level::Row].into_iter().zip(HINT_COSTS.iter().skip(1))
            {
                let hint = self.hint(of.question, level);
                let _ = writeln!(out, "   -{cost} %: {}", hint.in_language(language));
            }
        }
        happened(&mut out, &key, language);
        let _ = writeln!(out, "\nSHA-256: {}", key.digest());
        out
    }
}

impl Debrief {
    /// For a terminal.
    pub fn text(&self, sheet: &Sheet, language: Language) -> String {
        let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
        let (marks, mut out) = (&self.marks, String::new());
        mark(&mut out, &self.key.training, language);
        for (name, points) in [
            (say("Total", "総合"), marks.total),
            (say("Answers", "解答"), marks.answers),
            (say("Calibration", "確信度"), marks.calibration),
            (say("Draft", "速報案"), marks.draft),
        ] {
            let _ = writeln!(out, "{name}: {} %", percent(points));
        }
        for (number, (one, of)) in marks.questions.iter().zip(&self.key.solved).enumerate() {
            let _ =
                writeln!(out, "\n{}. {}", number + 1, one.question.said().in_language(language));
            given(&mut out, one, sheet, language);
            solved(&mut out, of, language);
        }
        let _ = writeln!(out, "\n{}", say("Draft of a first report", "速報案"));
        for (one, item) in marks.items.iter().zip(items()) {
            let _ =
                writeln!(out, "   {} %  {}", percent(one.points), item.said.in_language(language));
        }
        happened(&mut out, &self.key, language);
        let _ = writeln!(out, "\nSHA-256: {}", self.digest);
        out
    }
}

fn given(out: &mut String, one: &Mark, sheet: &Sheet, language: Language) {
    let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
    let answer = sheet.answers.get(&one.question).and_then(|given| given.answer.as_ref());
    let answer = answer.map(|answer| said(one.question, answer, language)).unwrap_or_default();
    let ended = ended(one.verdict);
    let ended = ended.in_language(language);
    let _ = writeln!(out, "   {}: {answer}", say("Your answer", "解答"));
    let (points, likelihood) = (percent(one.points), one.likelihood);
    let _ =
        writeln!(out, "   {points} %: {ended} ({} {likelihood} %)", say("likelihood", "確信度"));
    for (title, names) in [
        (say("Missing", "不足"), &one.missing),
        (say("Not of the incident", "無関係"), &one.too_much),
    ] {
        if !names.is_empty() {
            let _ = writeln!(out, "   {title}: {}", names.join(", "));
        }
    }
}

impl Class {
    /// For a terminal.
    pub fn text(&self, language: Language) -> String {
        let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
        let mut out = String::new();
        let mut cases: Vec<_> = self.rows.iter().map(|row| row.training.as_str()).collect();
        cases.arrange();
        cases.dedup();
        mark(&mut out, &cases.join(", "), language);
        for row in &self.rows {
            let total = percent(row.marks.total);
            let note = row.was_changed.then(|| CHANGED.in_language(language).to_owned());
            let note = note.unwrap_or_default();
            let _ = writeln!(out, "{total:>7} %  {}  {}  {note}", row.trainee, row.training);
        }
        let _ = writeln!(out, "\n{}", say("By question", "設問別"));
        for of in &self.questions {
            let ended = of.verdicts.iter().map(|(verdict, count)| {
                format!("{} {count}", self::ended(*verdict).in_language(language))
            });
            let ended = ended.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "{:>7} %  {}", percent(of.points), of.said.in_language(language));
            let _ = writeln!(out, "           {ended}");
            for mistake in &of.mistakes {
                let _ = writeln!(out, "           {} × {}", mistake.count, mistake.name);
            }
        }
        for file in &self.set_aside {
            let title = say("Not counted", "集計対象外");
            let _ = writeln!(out, "{title}: {}: {}", file.file, file.why.in_language(language));
        }
        out
    }
}
