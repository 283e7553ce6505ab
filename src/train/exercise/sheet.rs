//! An answer sheet: what a trainee says, how likely each of it is, and which hints were taken. A
//! file that can be put aside and taken up again.

use super::draft::{Item, Written};
use super::questions::{Asked, Kind};
use crate::base::clock::{self, Clock, DateOrder, Form};
use crate::base::{Instant, Wrong};
use crate::train::Wanted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the form of a sheet.
const VERSION: u32 = 1;
/// Names in one answer: more than a case has of anything.
const MOST_NAMES: usize = 5_000;
/// Characters of a trainee's name that are kept.
const MOST_NAME: usize = 200;
/// Seconds by which the platform's people are east of UTC: times without a zone are theirs.
const TOKYO: i8 = 9;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The logs cannot tell.
    CannotDetermine,
    /// There is nothing of this kind in the logs given.
    None,
    /// One of the claims.
    Choice(String),
    /// Names.
    Names(Vec<String>),
    /// A time; without a zone, of Japan.
    Time(String),
    /// How many records.
    Count(u64),
}

/// What is said to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The answer; none so far.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// How likely it is right, in percent.
    #[serde(default)]
    pub likelihood: Option<u8>,
    /// The highest level of the hints that were taken.
    #[serde(default)]
    pub hints: u8,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    sekisho_sheet: u32,
    /// The case, by its name.
    pub training: String,
    /// Who answers.
    #[serde(default)]
    pub trainee: String,
    /// The answers.
    #[serde(default)]
    pub answers: BTreeMap<Asked, Given>,
    /// The draft of a first report.
    #[serde(default)]
    pub draft: BTreeMap<Item, Written>,
}

impl Sheet {
    /// An empty one, with a place for every answer.
    pub fn of(wanted: &Wanted) -> Self {
        Self {
            sekisho_sheet: VERSION,
            training: wanted.to_string(),
            trainee: String::new(),
            answers: Asked::ALL.map(|asked| (asked, Given::default())).into(),
            draft: Item::ALL.map(|item| (item, Written::default())).into(),
        }
    }

    /// Reads a sheet.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        let sheet: Self = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| no_file(("no answer sheet", "解答用紙ではありません"), &error))?;
        sheet.checked()
    }

    /// The sheet, if every answer fits its question. What says nothing is no answer.
    pub(super) fn checked(mut self) -> Result<Self, Wrong> {
        if self.sekisho_sheet != VERSION {
            return Err(other_version(self.sekisho_sheet));
        }
        self.wanted()?;
        self.trainee = self.trainee.chars().take(MOST_NAME).collect();
        for (asked, given) in &mut self.answers {
            let wrong = |en: &str, ja: &str| {
                let name = asked.name();
                Wrong::new(format!("{name}: {en}"), format!("{name}:{ja}"))
            };
            if given.likelihood.is_some_and(|percent| percent > 100) {
                return Err(wrong(
                    "a likelihood is 0 to 100 percent",
                    "確からしさは0~100パーセントです。",
                ));
            }
            if given.hints > 3 {
                return Err(wrong("there are three levels of hints", "ヒントは3段階です。"));
            }
            given.answer = given.answer.take().and_then(said);
            let fits = given.answer.as_ref().is_none_or(|answer| fits(*asked, answer));
            if matches!(&given.answer, Some(Answer::Names(names)) if names.len() > MOST_NAMES) {
                return Err(wrong(
                    "an answer has at most 5000 names",
                    "回答できる名称は5000件までです。",
                ));
            }
            if !fits {
                let (en, ja) = expected(asked.kind());
                return Err(wrong(en, ja));
            }
        }
        Ok(self)
    }

    /// The case.
    pub fn wanted(&self) -> Result<Wanted, Wrong> {
        self.training.parse()
    }

    /// The sheet as a file.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// An answer that says something. A count of nothing says that there is none.
fn said(answer: Answer) -> Option<Answer> {
    match answer {
        Answer::Names(names) => {
            let names = names.iter().map(|name| name.trim().to_owned());
            let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
            (!names.is_empty()).then_some(Answer::Names(names))
        }
        Answer::Time(text) if text.trim().is_empty() => None,
        Answer::Count(0) => Some(Answer::None),
        other => Some(other),
    }
}

fn fits(asked: Asked, answer: &Answer) -> bool {
    match answer {
        Answer::CannotDetermine | Answer::None => true,
        Answer::Choice(id) => asked.choices().iter().any(|choice| choice.id == id),
        Answer::Names(_) => asked.kind() == Kind::Names,
        Answer::Time(text) => asked.kind() == Kind::Time && instant(text).is_some(),
        Answer::Count(_) => asked.kind() == Kind::Count,
    }
}

const fn expected(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Choice => ("expected one of its choices", "選択肢から選んでください。"),
        Kind::Names => ("expected names", "名称で答えてください。"),
        Kind::Time => (
            "expected a time, such as 2021-05-06 02:03 or 2021-05-05T17:03:00Z",
            "時刻(2021-05-06 02:03、2021-05-05T17:03:00Zなど)で答えてください。",
        ),
        Kind::Count => ("expected a whole number", "整数で答えてください。"),
    }
}

/// A file that is none of an exercise.
pub(super) fn no_file((en, ja): (&str, &str), error: &serde_json::Error) -> Wrong {
    Wrong::new(format!("{en}: {error}"), format!("{ja}。詳細(英語):{error}"))
}

/// A file of an exercise that another version wrote.
pub(super) fn other_version(found: u32) -> Wrong {
    Wrong::new(
        format!("a file of version {found}; this program reads version {VERSION}"),
        format!("版{found}のファイルです。このプログラムが読み取れるのは版{VERSION}です。"),
    )
}

/// The instant that a text states. Without a zone it is of Japan, as in the logs.
pub fn instant(text: &str) -> Option<Instant> {
    let mut text = text.trim().replace('T', " ");
    // To the minute is exact enough for a person.
    if text.len() == 16 {
        text.push_str(":00");
    }
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(TOKYO));
    let clock = Clock::new(zone, None, DateOrder::MonthFirst);
    Some(clock::read(text.as_bytes(), &Form::Iso, &clock)?.stamp()?.at)
}
