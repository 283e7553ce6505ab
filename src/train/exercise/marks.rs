//! How answers are marked, in basis points: whole numbers, so that every machine comes to the same.
//!
//! A right answer is 10,000. Names are marked by recall and precision together (F1), less the share
//! that is wrong; times and counts by how near they are. What claims more than the logs say is worth
//! less than nothing, so that it always stands below an honest "cannot be determined", which has a
//! fifth where the logs could tell.

use super::draft::{self, ItemMark};
use super::questions::Asked;
use super::sheet::{Answer, Given, Sheet, instant};
use crate::base::{Gather, Instant};
use crate::train::{Extra, Scenario, Truth, Vector, Wanted};
use core::net::IpAddr;
use serde::Serialize;
use std::collections::BTreeSet;

/// Full marks.
pub const FULL: i64 = 10_000;
/// Of "cannot be determined", where it could be.
pub const HONEST: i64 = 2_000;
/// Of what claims more than the logs say.
pub const OVER_CLAIMED: i64 = -5_000;
/// Percent that each level of hints costs.
pub const HINT_COSTS: [i64; 4] = [0, 10, 25, 50];
/// Brier score of saying 50 %.
const NO_OPINION: i64 = 2_500;
/// Percent of the whole that the answers, the likelihoods and the draft make.
const SHARES: [i64; 3] = [75, 10, 15];

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All of it.
    Right,
    /// Some of it.
    Partly,
    /// It could have been determined.
    TooCautious,
    /// None of it, or less than there is.
    Wrong,
    /// More than the logs say.
    OverClaimed,
    /// Nothing was said.
    Unanswered,
}

/// How an answer is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The question.
    pub question: Asked,
    /// What became of it.
    pub verdict: Verdict,
    /// Of 10,000, the hints taken off.
    pub points: i64,
    /// The same before that.
    pub before_hints: i64,
    /// The highest level of hints that was taken.
    pub hints: u8,
    /// How likely it was said to be, in percent; 50 where nothing was said.
    pub likelihood: u8,
    /// Brier score of that: 0 is best, 10,000 worst.
    pub brier: i64,
    /// Names that are of the incident and were not said.
    pub missing: Vec<String>,
    /// Names that were said and are not of it.
    pub too_much: Vec<String>,
}

/// How a sheet is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// Of 10,000, all together.
    pub total: i64,
    /// The answers.
    pub answers: i64,
    /// How well the likelihoods fit: 10,000 where each was certain and right, 0 where they are no
    /// better than saying 50 % of all.
    pub calibration: i64,
    /// The draft.
    pub draft: i64,
    /// By question.
    pub questions: Vec<Mark>,
    /// By item of the draft.
    pub items: Vec<ItemMark>,
}

/// What an answer should be.
pub(super) enum Right<'t> {
    CannotDetermine,
    None,
    Choice(&'static str),
    /// Names, and those that may be said as well.
    Names(&'t BTreeSet<String>, &'t BTreeSet<String>),
    Time(Instant),
    Count(u64),
}

impl<'t> Right<'t> {
    /// What the answer to a question should be.
    pub(super) fn of(asked: Asked, wanted: &Wanted, truth: &'t Truth) -> Self {
        let (names, reached) = (&truth.entities, &truth.reached);
        let time = |text: &Option<String>| match text.as_deref().and_then(instant) {
            Some(at) => Self::Time(at),
            None => Self::None,
        };
        match asked {
            Asked::Happened if truth.vector == Vector::None => Self::None,
            Asked::Happened => Self::Choice("evidence"),
            Asked::Accounts => Self::names(&names.accounts, &reached.accounts),
            Asked::Addresses => Self::names(&names.addresses, &reached.addresses),
            Asked::Projects => Self::names(&names.projects, &reached.projects),
            Asked::Documents => Self::names(&names.documents, &reached.documents),
            Asked::First if truth.began_before => Self::CannotDetermine,
            Asked::First => time(&truth.first),
            Asked::Last => time(&truth.last),
            Asked::Entry => match truth.vector {
                Vector::None => Self::None,
                Vector::Undetermined => Self::CannotDetermine,
                Vector::Exploit => Self::Choice("exploit"),
                Vector::SupplyChain => Self::Choice("supply_chain"),
                Vector::Insider => Self::Choice("insider"),
            },
            Asked::Viewed => Self::count(truth.viewed),
            Asked::Downloaded => Self::count(truth.downloaded),
            Asked::WayBack if truth.questions.get("Q7") == Some(&"no_evidence") => Self::None,
            Asked::WayBack => Self::Choice("left"),
            Asked::Logs if wanted.scenario == Scenario::T6 => Self::Choice("changed"),
            Asked::Logs => {
                let has_hole = Extra::DEFECTS.iter().any(|extra| wanted.with.has(*extra));
                let is_hollow = has_hole || wanted.scenario == Scenario::T5;
                if is_hollow { Self::Choice("missing") } else { Self::None }
            }
        }
    }

    fn names(wanted: &'t BTreeSet<String>, allowed: &'t BTreeSet<String>) -> Self {
        if wanted.is_empty() { Self::None } else { Self::Names(wanted, allowed) }
    }

    const fn count(count: u64) -> Self {
        if count == 0 { Self::None } else { Self::Count(count) }
    }

    /// The answer in the form of a sheet.
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::CannotDetermine => Answer::CannotDetermine,
            Self::None => Answer::None,
            Self::Choice(id) => Answer::Choice((*id).to_owned()),
            Self::Names(names, _) => Answer::Names(names.iter().cloned().collect()),
            Self::Time(at) => Answer::Time(crate::base::rfc3339(*at)),
            Self::Count(count) => Answer::Count(*count),
        }
    }

    /// What an answer is worth, hints left aside.
    fn points(&self, answer: &Answer) -> i64 {
        match (self, answer) {
            (Self::CannotDetermine, Answer::CannotDetermine) | (Self::None, Answer::None) => FULL,
            (_, Answer::CannotDetermine) => HONEST,
            // Saying that there is nothing hides what there is; it does not invent.
            (_, Answer::None) => 0,
            (Self::Choice(right), Answer::Choice(said)) if right == said => FULL,
            (Self::Names(wanted, allowed), Answer::Names(said)) => {
                Named::compare(wanted, allowed, said).points()
            }
            (Self::Time(right), Answer::Time(said)) => {
                instant(said).map_or(0, |said| near_in_time(*right, said))
            }
            (Self::Count(right), Answer::Count(said)) => near_in_count(*right, *said),
            _ => OVER_CLAIMED,
        }
    }
}

fn near_in_time(right: Instant, said: Instant) -> i64 {
    match right.abs_diff(said) {
        0..=60 => FULL,
        61..=3_600 => 7_000,
        3_601..=86_400 => 3_000,
        86_401..=604_800 => 0,
        // It says that something was there when nothing was.
        _ => OVER_CLAIMED,
    }
}

/// Within 2, 10 and 25 percent. Twice as much as there is claims more than the logs say.
fn near_in_count(right: u64, said: u64) -> i64 {
    let off = right.abs_diff(said).saturating_mul(100) / right.max(1);
    match off {
        0..=2 => FULL,
        3..=10 => 7_000,
        11..=25 => 3_000,
        _ if said >= right.saturating_mul(2) => OVER_CLAIMED,
        _ => 0,
    }
}

/// Names that were said beside those of the incident.
struct Named {
    found: i64,
    wanted: i64,
    fitting: i64,
    missing: Vec<String>,
    too_much: Vec<String>,
}

impl Named {
    fn compare(wanted: &BTreeSet<String>, allowed: &BTreeSet<String>, said: &[String]) -> Self {
        let said: BTreeSet<String> = said.iter().map(|name| canonical(name)).gather();
        let is_said = |name: &String| said.iter().any(|said| means(said, name));
        let (found, missing): (Vec<_>, Vec<_>) = wanted.iter().partition(|name| is_said(name));
        let is_wrong = |said: &&String| !wanted.iter().chain(allowed).any(|name| means(said, name));
        let too_much: Vec<_> = said.iter().filter(is_wrong).cloned().collect();
        Self {
            found: found.len() as i64,
            wanted: wanted.len() as i64,
            fitting: (said.len() - too_much.len()) as i64,
            missing: missing.into_iter().cloned().collect(),
            too_much,
        }
    }

    /// F1 of recall and precision, less the share of what was said that is wrong.
    fn points(&self) -> i64 {
        let said = self.fitting + self.too_much.len() as i64;
        let recall = self.found * FULL / self.wanted.max(1);
        let precision = self.fitting * FULL / said.max(1);
        let together = 2 * recall * precision / (recall + precision).max(1);
        (together - (FULL - precision)).max(OVER_CLAIMED)
    }
}

/// A name in the form in which names are compared.
fn canonical(name: &str) -> String {
    let name = name.trim().to_lowercase();
    // A project by its number alone.
    match name.parse::<u32>() {
        Ok(number) => format!("p{number:04}"),
        Err(_) => name,
    }
}

/// Whether what was said, in that form, means a name: an address may be said by its network.
fn means(said: &str, name: &str) -> bool {
    said == name.to_lowercase() || said.split_once('/').is_some_and(|(network, bits)| {
        let parsed = (network.parse(), bits.parse(), name.parse());
        matches!(parsed, (Ok(network), Ok(bits), Ok(address)) if is_within(network, bits, address))
    })
}

/// Whether an address is of a network that is no wider than what one line of people shares.
fn is_within(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) if (24..=32).contains(&bits) => {
            let shift = 32 - bits;
            u64::from(network.to_bits()) >> shift == u64::from(address.to_bits()) >> shift
        }
        (IpAddr::V6(network), IpAddr::V6(address)) if (48..=128).contains(&bits) => {
            let shift = 128 - bits;
            network.to_bits() >> shift == address.to_bits() >> shift
        }
        _ => false,
    }
}

fn mark(asked: Asked, given: &Given, right: &Right<'_>) -> Mark {
    let before_hints = given.answer.as_ref().map_or(0, |answer| right.points(answer));
    let cost = HINT_COSTS.get(usize::from(given.hints)).copied().unwrap_or(50);
    let points = if before_hints > 0 { before_hints * (100 - cost) / 100 } else { before_hints };
    let likelihood = given.answer.as_ref().and(given.likelihood).unwrap_or(50);
    let off = i64::from(likelihood) * 100 - before_hints.max(0);
    let brier = off * off / FULL;
    // What claims nothing is no worse than saying 50 %.
    let is_claim = !matches!(given.answer, Some(Answer::CannotDetermine));
    let brier = if is_claim { brier } else { brier.min(NO_OPINION) };
    let named = match (right, &given.answer) {
        (Right::Names(wanted, allowed), Some(Answer::Names(said))) => {
            Some(Named::compare(wanted, allowed, said))
        }
        _ => None,
    };
    let (missing, too_much) =
        named.map(|named| (named.missing, named.too_much)).unwrap_or_default();
    Mark {
        question: asked,
        verdict: verdict(given, before_hints, right),
        points,
        before_hints,
        hints: given.hints,
        likelihood,
        brier,
        missing,
        too_much,
    }
}

fn verdict(given: &Given, points: i64, right: &Right<'_>) -> Verdict {
    match (&given.answer, points) {
        (None, _) => Verdict::Unanswered,
        (_, FULL) => Verdict::Right,
        (Some(Answer::CannotDetermine), _) if !matches!(right, Right::CannotDetermine) => {
            Verdict::TooCautious
        }
        (_, ..=-1) => Verdict::OverClaimed,
        (_, 0) => Verdict::Wrong,
        _ => Verdict::Partly,
    }
}

fn mean(points: impl ExactSizeIterator<Item = i64>) -> i64 {
    let count = points.len().max(1) as i64;
    (points.sum::<i64>() / count).max(0)
}

/// Marks a sheet.
pub(super) fn marks(sheet: &Sheet, wanted: &Wanted, truth: &Truth) -> Marks {
    let nothing = Given::default();
    let questions = Asked::ALL.map(|asked| {
        let given = sheet.answers.get(&asked).unwrap_or(&nothing);
        mark(asked, given, &Right::of(asked, wanted, truth))
    });
    let items = draft::marks(&sheet.draft, truth);
    let answers = mean(questions.iter().map(|mark| mark.points));
    let brier = mean(questions.iter().map(|mark| mark.brier));
    let calibration = (FULL - FULL / NO_OPINION * brier).max(0);
    let draft = mean(items.iter().map(|mark| mark.points));
    let [of_answers, of_calibration, of_draft] = SHARES;
    Marks {
        total: (answers * of_answers + calibration * of_calibration + draft * of_draft) / 100,
        answers,
        calibration,
        draft,
        questions: questions.into(),
        items,
    }
}
