//! An exercise on a case: what is asked, hints, marks, and afterwards what happened.
//!
//! The truth follows from the case's name and is made when it is asked for. Nothing but [`Exercise`]
//! has it, and of it only hints, and a debrief for a sheet that is handed in, come out.

mod class;
mod draft;
mod hints;
mod marks;
mod questions;
mod sheet;
mod text;

pub use class::{Class, Handed, Row, class};
pub use draft::{Asking, Item, ItemMark, Stance, Written, items};
pub use hints::Level;
pub use marks::{FULL, HINT_COSTS, HONEST, Mark, Marks, OVER_CLAIMED, Verdict};
pub use questions::{Asked, Choice, Kind, Question, questions};
pub use sheet::{Answer, Given, Sheet};
pub use text::asked;

use super::{Progress, Step, Truth, Wanted, truth_of};
use crate::base::{Gather, Text, Wrong};
use marks::Right;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The version of the form of what is handed in, and of a key.
const VERSION: u32 = 1;
/// Users times days of an exercise at most: four times the usual size. Sheets of strangers name
/// cases, and each is made to mark them.
const MOST_USER_DAYS: u64 = 120_000;
/// Different cases that the results of a class may be of.
const MOST_CASES: usize = 20;
/// Records shown for a question.
const MOST_EXHIBITS: usize = 3;

/// An exercise. It knows the truth.
pub struct Exercise {
    wanted: Wanted,
    truth: Truth,
}

/// The answer to a question, and what shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Solved {
    /// The question.
    pub question: Asked,
    /// Its answer.
    pub answer: Answer,
    /// Records that show it.
    pub exhibits: Vec<Step>,
    /// Detections that show it.
    pub detections: &'static [&'static str],
}

/// What an instructor has: the answers, and what happened.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// The version of its form.
    pub sekisho_key_of_exercise: u32,
    /// The case.
    pub training: String,
    /// The answers.
    pub solved: Vec<Solved>,
    /// What happened, and what only looks like it, in order of time.
    pub timeline: Vec<Step>,
    /// What only looks like an attack.
    pub decoys: Vec<Text>,
    /// What is wrong with the logs.
    pub defects: Vec<Text>,
}

/// What is said of a sheet that was handed in: its marks, and what happened.
#[derive(Clone, Debug, Serialize)]
pub struct Debrief {
    /// The marks.
    pub marks: Marks,
    /// The SHA-256 of the key, which a class may have been shown in advance.
    pub digest: String,
    /// The answers, and what happened.
    pub key: Key,
}

/// What is handed in: a sheet with its marks.
#[derive(Clone, Debug, Serialize)]
pub struct ExerciseResult {
    /// The version of its form.
    pub sekisho_exercise: u32,
    /// The version of the program.
    pub version: String,
    /// The SHA-256 of the key.
    pub digest: String,
    /// What was answered.
    pub sheet: Sheet,
    /// How it was marked.
    pub marks: Marks,
}

/// What was handed in, as it is read. Its marks are made anew by whoever reads it; those that it
/// states are only compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    sekisho_exercise: u32,
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "digest")]
    _digest: String,
    sheet: Sheet,
    marks: Value,
}

impl Exercise {
    /// The exercise on a case.
    pub fn of(wanted: Wanted, told: Progress<'_>) -> Result<Self, Wrong> {
        let user_days = u64::from(wanted.users) * u64::from(wanted.days);
        if user_days > MOST_USER_DAYS {
            return Err(Wrong::new(
                format!("{user_days} users times days: an exercise has at most {MOST_USER_DAYS}"),
                format!("利用者数×日数が{user_days}です。演習では{MOST_USER_DAYS}までです。"),
            ));
        }
        let truth = truth_of(&wanted, told)?;
        Ok(Self { wanted, truth })
    }

    /// The case.
    pub const fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// A hint to a question.
    pub fn hint(&self, asked: Asked, level: Level) -> Text {
        hints::hint(asked, level, &self.wanted, &self.truth)
    }

    /// Marks a sheet.
    pub fn marks(&self, sheet: &Sheet) -> Marks {
        marks::marks(sheet, &self.wanted, &self.truth)
    }

    /// The answers.
    pub fn key(&self) -> Key {
        let Truth { timeline, decoys, defects, .. } = self.truth.clone();
        let scenario = self.wanted.scenario;
        let solved = Asked::ALL.map(|question| Solved {
            question,
            answer: Right::of(question, &self.wanted, &self.truth).answer(),
            exhibits: hints::exhibits(question, &self.truth).take(MOST_EXHIBITS).cloned().collect(),
            detections: hints::detections(question, scenario),
        });
        Key {
            sekisho_key_of_exercise: VERSION,
            training: self.wanted.to_string(),
            solved: solved.into(),
            timeline,
            decoys,
            defects,
        }
    }

    /// The sheet that gets full marks.
    pub fn perfect(&self) -> Sheet {
        let mut sheet = Sheet::of(&self.wanted);
        let given =
            |solved: Solved| Given { answer: Some(solved.answer), likelihood: Some(100), hints: 0 };
        sheet.answers =
            self.key().solved.into_iter().map(|one| (one.question, given(one))).gather();
        sheet.draft = draft::perfect(&self.truth);
        sheet
    }

    /// What is said of a sheet.
    pub fn debrief(&self, sheet: &Sheet) -> Debrief {
        let key = self.key();
        Debrief { marks: self.marks(sheet), digest: key.digest(), key }
    }

    /// What is handed in for a sheet.
    pub fn result(&self, sheet: &Sheet) -> ExerciseResult {
        ExerciseResult {
            sekisho_exercise: VERSION,
            version: crate::VERSION.to_owned(),
            digest: self.key().digest(),
            sheet: sheet.clone(),
            marks: self.marks(sheet),
        }
    }
}

impl Key {
    /// The key as a file.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// The SHA-256 of that file.
    pub fn digest(&self) -> String {
        Sha256::digest(self.write()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl ExerciseResult {
    /// The result as a file.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

impl Read {
    fn of(text: &str) -> Result<Self, Wrong> {
        let mut read: Self =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
                sheet::no_file(("no result of an exercise", "演習の結果ではありません"), &error)
            })?;
        if read.sekisho_exercise != VERSION {
            return Err(sheet::other_version(read.sekisho_exercise));
        }
        read.sheet = read.sheet.checked()?;
        Ok(read)
    }

    /// Whether it states these marks.
    fn states(&self, marks: &Marks) -> bool {
        let own = serde_json::to_string(marks).ok();
        own.and_then(|own| serde_json::from_str::<Value>(&own).ok())
            .is_some_and(|own| own == self.marks)
    }
}

/// Exercises, each made once.
#[derive(Default)]
struct Made(BTreeMap<String, Exercise>);

impl Made {
    fn of(&mut self, wanted: Wanted) -> Result<&Exercise, Wrong> {
        let name = wanted.to_string();
        if self.0.len() >= MOST_CASES && !self.0.contains_key(&name) {
            return Err(Wrong::new(
                format!("{name}: a class has at most {MOST_CASES} different cases"),
                format!("{name}:1クラスで扱える事例は{MOST_CASES}種類までです。"),
            ));
        }
        match self.0.entry(name) {
            std::collections::btree_map::Entry::Occupied(made) => Ok(made.into_mut()),
            std::collections::btree_map::Entry::Vacant(free) => {
                Ok(free.insert(Exercise::of(wanted, &mut |_, _| ())?))
            }
        }
    }
}
