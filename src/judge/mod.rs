//! Judgements on single values: whether a text holds an attack payload, what kind of resource a
//! path names, what kind of program a user agent is.
//!
//! A value is judged once and the judgement is remembered, so cost follows distinct values.

pub mod agent;
pub mod payload;
pub mod resource;

use payload::Payloads;
use resource::Resource;
use serde::{Deserialize, Serialize};

/// What was judged of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Payloads in it.
    pub payloads: Payloads,
    /// What it names.
    pub resource: Resource,
}
