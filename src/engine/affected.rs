//! Opens the counts of affected parties: finds the records again of what was done to their data.

use super::conclude::{Concluded, is_of};
use super::plan::{Job, JobKind};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use crate::base::{Fingerprint, Stamp};
use crate::baseline::activity::{Whose, touch_day, touch_key};
use crate::detect::Seen;
use crate::event::{Event, Field};
use crate::finding::Place;
use crate::input::ReadAt;
use crate::judge::activity::{Act, Activity, What};
use crate::report::Affected;
use std::ops::Deref;

/// The acts that are counted apart, by the names that reports have for them.
const ACTS: [(&str, Act); 5] = [
    ("viewed", Act::Viewed),
    ("searched", Act::Searched),
    ("listed", Act::Listed),
    ("downloaded", Act::Downloaded),
    ("exported", Act::Exported),
];

/// The act of a name, `downloaded`.
pub fn act_named(name: &str) -> Option<Act> {
    ACTS.into_iter().find(|(known, _)| *known == name).map(|(_, act)| act)
}

/// Reads what a job covers again and hands on the records that are counted for a party and an act,
/// in the order of the stream. `sink` returns whether more are wanted.
pub fn party_rows<P: Deref<Target = Prepared>>(
    concluded: &Concluded<P>,
    job: &Job,
    source: &dyn ReadAt,
    (party, act): (&Affected, Act),
    sink: &mut dyn FnMut(Place) -> bool,
    progress: &mut dyn FnMut(u64),
) {
    if job.kind != JobKind::Scan {
        return;
    }
    let mut finder = Finder { concluded, party, act, sink, is_full: false };
    read_job(&concluded.prepared, job, source, &mut Memory::default(), &mut finder, progress);
}

struct Finder<'f, P> {
    concluded: &'f Concluded<P>,
    party: &'f Affected,
    act: Act,
    sink: &'f mut dyn FnMut(Place) -> bool,
    is_full: bool,
}

impl<P: Deref<Target = Prepared>> Visitor for Finder<'_, P> {
    fn seen(&mut self, seen: &Seen<'_>, _: Places) {
        self.look(seen.event);
    }

    fn other<'e>(&mut self, event: &'e Event<'e>, _: Stamp, _: Option<Fingerprint>) {
        self.look(event);
    }
}

impl<P: Deref<Target = Prepared>> Finder<'_, P> {
    fn look<'e>(&mut self, event: &'e Event<'e>) {
        if self.is_full || !event.fields.has(Field::Action) {
            return;
        }
        let seed = self.concluded.prepared.plan.seed();
        let Some(activity) = Activity::of(event, seed) else { return };
        let Some(whose) = Whose::of(&activity) else { return };
        let of = (touch_key(&activity), touch_day(&activity));
        let counted = self.concluded.counted.get(&of);
        let is_counted = activity.what == What::Act(self.act)
            && counted.is_some_and(|parties| parties.contains(&whose.key(seed)))
            && is_of(&whose.owner(), self.party);
        if is_counted {
            self.is_full = !(self.sink)((Some(activity.at), activity.location));
        }
    }
}
