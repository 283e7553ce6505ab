//! Scan, merge, conclude: the only layer that sees all others.
//!
//! `survey` looks at each source's head; `plan` orders the sources and cuts them into jobs; a
//! `Scanner` runs jobs in any order and yields a `Partial`; a `Concluder` merges the partials and
//! makes the report. Where `repeats` finds that records are there more than once, it gives the plan
//! of a second scan, which leaves the repeated ones out. Page and command line differ only in who
//! calls these and on how many threads.

mod affected;
mod conclude;
mod coverage;
mod digest;
mod exhibit;
mod explore;
mod feed;
mod identities;
mod lists;
mod load;
mod overlap;
mod plan;
mod preview;
mod read;
mod repeats;
mod rows;
mod rules;
mod scan;
mod settings;
mod taken;
mod trial;
mod views;

pub use affected::{act_named, party_rows};
pub use conclude::{Concluded, Concluder};
pub use coverage::Ledger;
pub use digest::Digest;
pub use exhibit::{ContextLine, context};
pub use explore::{
    Answer, Columns, Copied, Crossing, Explorer, Facet, Loader, Matched, Met, ShownEvent, Who,
    load, seek,
};
pub use lists::{holds_list, read_list, read_networks};
pub use load::{
    EncodedRules, LoadedRules, RuleProblem, RuleText, holds_rules, is_rule_file, rule_files,
};
pub use plan::{
    Found, Job, JobKind, Plan, PlannedSource, Stream, StreamId, Survey, plan, survey, unreadable,
};
pub use preview::{Preview, PreviewRecord, preview};
pub use read::{Ledgers, Memory, Places, Prepared, Visitor, read_job};
pub use repeats::{Repeats, repeats};
pub use rows::{Row, rows};
pub use scan::{Partial, Scanner, Warm};
pub use settings::{Meant, RuleSettings, Settings, SettingsError};
pub use taken::taken;
pub use trial::{GroupTried, RecordTried, RuleTrial, RuleTried};
