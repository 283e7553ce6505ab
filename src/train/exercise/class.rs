//! A class: what all of its results say together, and where it went wrong. Every sheet is marked
//! anew, so a result that was changed by hand counts as what its answers are worth.

use super::marks::{Marks, Verdict};
use super::questions::Asked;
use super::{Made, Read};
use crate::base::{Arrange, Language, Text, Wrong};
use crate::report::row;
use serde::Serialize;
use std::collections::BTreeMap;

/// Names that as many said, at least, are shown as common mistakes.
const COMMON: u64 = 2;

/// A file as it was handed in.
#[derive(Clone, Copy, Debug)]
pub struct Handed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// One who answered.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What the trainee is called; the file where nothing is said.
    pub trainee: String,
    /// The file.
    pub file: String,
    /// The case.
    pub training: String,
    /// The marks.
    pub marks: Marks,
    /// Whether the file says other marks than its answers are worth.
    pub was_changed: bool,
}

/// How a class answered a question.
#[derive(Clone, Debug, Serialize)]
pub struct Asking {
    /// The question.
    pub question: Asked,
    /// In words.
    pub said: Text,
    /// Points on average.
    pub points: i64,
    /// How many answers ended how.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// How many took a hint.
    pub hinted: u64,
    /// Names that several said in one case and that are not of the incident.
    pub mistakes: Vec<Mistake>,
}

/// A mistake that several made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The case.
    pub training: String,
    /// The name.
    pub name: String,
    /// How many.
    pub count: u64,
}

/// A file that is not counted.
#[derive(Clone, Debug, Serialize)]
pub struct SetAside {
    /// The file.
    pub file: String,
    /// Why.
    pub why: Text,
}

/// All results together.
#[derive(Clone, Debug, Serialize)]
pub struct Class {
    /// The version of its form.
    pub sekisho_class: u32,
    /// Who answered, the best first.
    pub rows: Vec<Row>,
    /// By question.
    pub questions: Vec<Asking>,
    /// Files that are not counted.
    pub set_aside: Vec<SetAside>,
}

/// Puts results together. The same files give the same, in any order.
pub fn class(handed: &[Handed<'_>]) -> Class {
    let mut handed = handed.to_vec();
    handed.arrange_by_key(|file| (file.name, file.text));
    let (mut made, mut rows, mut set_aside) = (Made::default(), Vec::new(), Vec::new());
    for file in handed {
        match read(file, &mut made) {
            Ok(row) => rows.push(row),
            Err(Wrong(why)) => set_aside.push(SetAside { file: file.name.to_owned(), why }),
        }
    }
    rows.arrange_by_key(|row| (-row.marks.total, row.trainee.clone(), row.file.clone()));
    let questions = Asked::ALL.map(|asked| asking(asked, &rows)).into();
    Class { sekisho_class: 1, rows, questions, set_aside }
}

fn read(file: Handed<'_>, made: &mut Made) -> Result<Row, Wrong> {
    let handed = Read::of(file.text)?;
    let sheet = &handed.sheet;
    let marks = made.of(sheet.wanted()?)?.marks(sheet);
    let name = sheet.trainee.trim();
    Ok(Row {
        trainee: if name.is_empty() { file.name } else { name }.to_owned(),
        file: file.name.to_owned(),
        training: sheet.training.clone(),
        was_changed: !handed.states(&marks),
        marks,
    })
}

fn asking(question: Asked, rows: &[Row]) -> Asking {
    let marks = rows.iter().flat_map(|row| {
        let of = row.marks.questions.iter().filter(|mark| mark.question == question);
        of.map(|mark| (row.training.clone(), mark))
    });
    let marks: Vec<_> = marks.collect();
    let (mut verdicts, mut named) = (BTreeMap::new(), BTreeMap::<_, u64>::new());
    for (training, mark) in &marks {
        *verdicts.entry(mark.verdict).or_default() += 1;
        for name in &mark.too_much {
            *named.entry((training.clone(), name.clone())).or_default() += 1;
        }
    }
    let common = named.into_iter().filter(|(_, count)| *count >= COMMON);
    let mistake = |((training, name), count)| Mistake { training, name, count };
    let points: i64 = marks.iter().map(|(_, mark)| mark.points).sum();
    Asking {
        question,
        said: question.said(),
        points: points / (marks.len().max(1) as i64),
        verdicts,
        hinted: marks.iter().filter(|(_, mark)| mark.hints > 0).count() as u64,
        mistakes: common.map(mistake).collect(),
    }
}

impl Class {
    /// Adds files that could not be opened.
    pub fn not_read(&mut self, files: impl Iterator<Item = (String, Text)>) {
        self.set_aside.extend(files.map(|(file, why)| SetAside { file, why }));
    }

    /// As JSON, with a line end.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// As CSV (RFC 4180, UTF-8 with mark), one row for each who answered. No cell is a formula.
    pub fn csv(&self, language: Language) -> String {
        let say = |en, ja| Text::fixed(en, ja).in_language(language).to_owned();
        let mut out = String::from("\u{feff}");
        let head = [
            say("Trainee", "受講者"),
            say("Training case", "訓練用ケース"),
            say("Total (%)", "総合(%)"),
            say("Answers (%)", "解答(%)"),
            say("Calibration (%)", "確信度(%)"),
            say("Draft (%)", "速報案(%)"),
            say("Hints", "ヒント"),
        ];
        let asked = Asked::ALL.map(|asked| asked.name().to_owned());
        let behind = [say("File", "ファイル"), say("Notes", "備考")];
        row(&mut out, head.into_iter().chain(asked).chain(behind));
        for of in &self.rows {
            let Marks { total, answers, calibration, draft, questions, .. } = &of.marks;
            let hints = questions.iter().filter(|mark| mark.hints > 0).count();
            let note =
                of.was_changed.then(|| super::text::CHANGED.in_language(language).to_owned());
            let figures = [*total, *answers, *calibration, *draft].map(percent);
            let first = [of.trainee.clone(), of.training.clone()].into_iter().chain(figures);
            let points = questions.iter().map(|mark| percent(mark.points));
            let last = [of.file.clone(), note.unwrap_or_default()];
            row(&mut out, first.chain([hints.to_string()]).chain(points).chain(last));
        }
        for file in &self.set_aside {
            let mut cells = vec![String::new(); 9 + Asked::ALL.len()];
            if let Some([name, why]) = cells.last_chunk_mut() {
                (*name, *why) = (file.file.clone(), file.why.in_language(language).to_owned());
            }
            row(&mut out, cells.into_iter());
        }
        out
    }
}

/// Points as percent with two decimals.
pub(super) fn percent(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", points.abs() / 100, points.abs() % 100)
}
