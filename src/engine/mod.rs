//! Scan, merge, conclude: the only layer that sees all others.
//!
//! `survey` looks at each source's head; `plan` orders the sources and cuts them into jobs; a
//! `Scanner` runs jobs in any order and yields a `Partial`; a `Concluder` merges the partials and
//! makes the report. Page and command line differ only in who calls these and on how many threads.

mod conclude;
mod coverage;
mod exhibit;
mod plan;
mod read;
mod rows;
mod scan;
mod settings;
mod views;

pub use conclude::{Concluded, Concluder};
pub use exhibit::{ContextLine, context};
pub use plan::{Job, JobKind, Plan, PlannedSource, Stream, Survey, plan, survey, unreadable};
pub use read::{Memory, Prepared, Visitor, read_stream};
pub use rows::{Row, rows};
pub use scan::{Partial, Scanner};
pub use settings::{Meant, Settings, SettingsError};
