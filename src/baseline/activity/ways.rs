//! In which ways an account signs in, and with which programs it takes and reads documents.

use super::account::MarkFrom;
use super::{Mark, keep_earliest};
use crate::base::Merge;
use crate::baseline::day_of;
use crate::event::Field;
use crate::judge::activity::{Activity, Method, Network, What};
use crate::judge::agent::{Program, program};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days with a browser that are kept, the earliest.
const DAYS: usize = 16;
/// Records of one way or program that can be shown.
const FIRST: usize = 8;

/// Ways in which an account comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// Sign-ins by how they were made, where the records state it.
    pub methods: BTreeMap<Method, Used>,
    /// Documents taken and read with tools that run by themselves, by their places in the list.
    pub tools: BTreeMap<u8, Used>,
    /// Days on which it took or read documents with a browser, the earliest.
    pub browsed: Vec<i32>,
}

/// How often a way was used, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Records.
    pub records: u64,
    /// The first of them.
    pub first: Vec<MarkFrom>,
}

impl Ways {
    /// Notes what an account did.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark) {
        let from = (mark, activity.network);
        match activity.what {
            What::SignedIn => {
                if let Some(method) = activity.method() {
                    self.methods.entry(method).or_default().add(from);
                }
            }
            What::Act(_) => {
                let day = day_of(activity.at, activity.offset_secs);
                self.with(activity.event.fields.text(Field::UserAgent), from, day);
            }
            _ => {}
        }
    }

    /// Notes the program that a document was handed to.
    pub fn handed(&mut self, agent: Option<&[u8]>, network: Network, mark: Mark, day: i32) {
        self.with(agent, (mark, Some(network)), day);
    }

    fn with(&mut self, agent: Option<&[u8]>, from: MarkFrom, day: i32) {
        match agent.and_then(program) {
            Some(Program::Browser) => keep_earliest(&mut self.browsed, day, DAYS),
            Some(Program::Tool(tool)) => self.tools.entry(tool).or_default().add(from),
            None => {}
        }
    }
}

impl Used {
    fn add(&mut self, from: MarkFrom) {
        self.records += 1;
        keep_earliest(&mut self.first, from, FIRST);
    }
}

impl Merge for Used {
    fn merge(&mut self, other: Self) {
        self.records += other.records;
        other.first.into_iter().for_each(|from| keep_earliest(&mut self.first, from, FIRST));
    }
}

impl Merge for Ways {
    fn merge(&mut self, other: Self) {
        for (method, used) in other.methods {
            self.methods.entry(method).or_default().merge(used);
        }
        for (tool, used) in other.tools {
            self.tools.entry(tool).or_default().merge(used);
        }
        other.browsed.into_iter().for_each(|day| keep_earliest(&mut self.browsed, day, DAYS));
    }
}
