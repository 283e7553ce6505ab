//! What happened, and what a report should say of it.

use super::logs::{Actor, Kind, stated};
use super::world::{Document, owner};
use super::{Extra, Scenario, Wanted};
use crate::base::{Gather, Text};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// How the intruder came in, as far as the logs can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vector {
    /// Nobody came in.
    None,
    /// With valid credentials; where these came from the logs do not tell.
    Undetermined,
    /// Through a flaw of the application.
    Exploit,
    /// By way of a vendor.
    SupplyChain,
    /// An own account was used beyond its rights.
    Insider,
}

/// What the incident is about, by the names that the logs use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Entities {
    /// Accounts that were used.
    pub accounts: BTreeSet<String>,
    /// Addresses from which.
    pub addresses: BTreeSet<String>,
    /// Organisations whose documents were read or taken.
    pub organisations: BTreeSet<String>,
    /// Their projects.
    pub projects: BTreeSet<String>,
    /// Documents read or taken.
    pub documents: BTreeSet<String>,
}

/// Something that stands in a log and is of the incident, or only looks like it.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// When, UTC.
    pub time: String,
    /// What it is.
    pub what: Text,
    /// Whose account; `-` where there is none.
    pub account: String,
    /// From where.
    pub address: String,
    /// Whether it only looks like an attack.
    pub is_decoy: bool,
    /// The log.
    pub log: &'static str,
    /// Its line there, from 1; none where the record was removed.
    pub line: Option<u64>,
    /// The record.
    pub text: String,
    /// What it shows.
    #[serde(skip)]
    pub shows: Shows,
}

/// What a step shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// How somebody came in.
    Entry,
    /// A document that was viewed.
    Viewed,
    /// A document that was taken away.
    Downloaded,
    /// Something by which one can come back.
    WayBack,
    /// Something else.
    Other,
}

/// The truth about a case.
#[derive(Clone, Debug, Serialize)]
pub struct Truth {
    /// Always true.
    pub synthetic: bool,
    /// The scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Days of logs.
    pub days: u32,
    /// People.
    pub users: u32,
    /// First and last second of the logs, UTC.
    pub period: (String, String),
    /// What it is about; all empty where nothing happened.
    pub entities: Entities,
    /// The state that each question should end in: `Q1` to `Q12`.
    pub questions: BTreeMap<&'static str, &'static str>,
    /// The first record of the incident; none where the logs begin after it did.
    pub first: Option<String>,
    /// The last one.
    pub last: Option<String>,
    /// Whether it had begun before the logs do.
    pub began_before: bool,
    /// How the intruder came in.
    pub vector: Vector,
    /// Documents viewed and documents taken away, as records.
    pub viewed: u64,
    /// See `viewed`.
    pub downloaded: u64,
    /// What looks like an attack and is none.
    #[serde(serialize_with = "english")]
    pub decoys: Vec<Text>,
    /// What is wrong with the logs.
    #[serde(serialize_with = "english")]
    pub defects: Vec<Text>,
    /// The records that tell of it, in order of time.
    pub timeline: Vec<Step>,
    /// What was reached, and is named by a number alone, or in records that were removed.
    #[serde(skip)]
    pub reached: Entities,
}

fn english<S: Serializer>(texts: &[Text], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(texts.iter().map(|text| &text.en))
}

/// States of the questions where nothing happened.
const NOTHING: [(&str, &str); 12] = [
    ("Q1", "no_evidence"),
    ("Q2", "no_evidence"),
    ("Q3", "cannot_determine"),
    ("Q4", "no_evidence"),
    ("Q5", "cannot_determine"),
    ("Q6", "no_evidence"),
    ("Q7", "no_evidence"),
    ("Q8", "no_evidence"),
    ("Q9", "cannot_determine"),
    ("Q10", "cannot_determine"),
    ("Q11", "no_evidence"),
    ("Q12", "cannot_determine"),
];

impl Truth {
    pub(super) fn new(wanted: &Wanted, (start, end): (i64, i64)) -> Self {
        Self {
            synthetic: true,
            scenario: wanted.scenario.to_string(),
            seed: wanted.seed,
            days: wanted.days,
            users: wanted.users,
            period: (stated(start), stated(end - 1)),
            entities: Entities::default(),
            questions: questions(wanted),
            first: None,
            last: None,
            began_before: wanted.scenario == Scenario::T1,
            vector: vector(wanted.scenario),
            viewed: 0,
            downloaded: 0,
            decoys: Vec::new(),
            defects: Vec::new(),
            timeline: Vec::new(),
            reached: Entities::default(),
        }
    }

    /// Notes who acted from where, and when first.
    pub(super) fn acted(&mut self, at: i64, actor: &Actor<'_>) {
        if actor.account != "-" {
            self.entities.accounts.insert(actor.account.to_owned());
        }
        self.entities.addresses.insert(actor.from.to_owned());
        let time = stated(at);
        if !self.began_before && self.first.as_ref().is_none_or(|first| time < *first) {
            self.first = Some(time.clone());
        }
        if self.last.as_ref().is_none_or(|last| time > *last) {
            self.last = Some(time);
        }
    }

    /// Notes the record that was written last, which tells of it.
    pub(super) fn step(&mut self, noted: Noted<'_>) {
        let Noted { at, what, actor, kind, text, shows, is_decoy } = noted;
        let (account, address) = (actor.account.to_owned(), actor.from.to_owned());
        let (time, log) = (stated(at), kind.name());
        self.timeline.push(Step {
            time,
            what,
            account,
            address,
            is_decoy,
            log,
            line: None,
            text,
            shows,
        });
    }

    /// Notes a document that was read or taken.
    pub(super) fn got(&mut self, of: Document) {
        self.entities.organisations.insert(owner(of.project).to_owned());
        self.entities.projects.insert(format!("P{:04}", of.project));
        self.entities.documents.insert(of.path());
    }
}

/// A record to be noted as a step.
pub(super) struct Noted<'a> {
    pub(super) at: i64,
    pub(super) what: Text,
    pub(super) actor: &'a Actor<'a>,
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) shows: Shows,
    pub(super) is_decoy: bool,
}

const fn vector(scenario: Scenario) -> Vector {
    match scenario {
        Scenario::Quiet | Scenario::T5 => Vector::None,
        Scenario::T1 => Vector::Undetermined,
        Scenario::T2 | Scenario::T6 => Vector::Exploit,
        Scenario::T3 => Vector::SupplyChain,
        Scenario::T4 => Vector::Insider,
    }
}

fn questions(wanted: &Wanted) -> BTreeMap<&'static str, &'static str> {
    let scenario = wanted.scenario;
    const LIKELY: &str = "likely";
    let others: &[(&str, &str)] = match scenario {
        Scenario::Quiet => &[],
        Scenario::T1 => &[("Q6", LIKELY), ("Q9", "possible")],
        // A page that gives commands is a way back.
        Scenario::T2 => &[("Q3", LIKELY), ("Q6", LIKELY), ("Q7", LIKELY), ("Q9", LIKELY)],
        Scenario::T3 => &[("Q3", LIKELY), ("Q6", LIKELY), ("Q7", LIKELY), ("Q9", "possible")],
        Scenario::T4 => &[("Q6", LIKELY)],
        Scenario::T5 => &[("Q8", "possible")],
        Scenario::T6 => &[("Q3", LIKELY), ("Q7", LIKELY), ("Q8", LIKELY)],
    };
    let happened = [("Q1", LIKELY), ("Q2", LIKELY), ("Q4", LIKELY)];
    let happened = happened.iter().filter(|_| vector(scenario) != Vector::None);
    let has_hole = [Extra::Gap, Extra::Rotated].iter().any(|extra| wanted.with.has(*extra));
    let hole = has_hole.then_some(&("Q8", "possible"));
    NOTHING.iter().chain(hole).chain(happened).chain(others).copied().gather()
}
