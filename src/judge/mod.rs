//! Judgements on single values: whether a text holds an attack payload, what kind of resource a
//! path names, what kind of program a user agent is; and on what an event says that somebody did.
//!
//! A value is judged once and the judgement is remembered, so cost follows distinct values.

pub mod activity;
pub mod agent;
mod known;
pub mod payload;
pub mod resource;

pub use known::Harmless;

use crate::base::Seed;
use payload::Payloads;
use resource::{Resource, classify};
use serde::{Deserialize, Serialize};

/// What was judged of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Payloads in it.
    pub payloads: Payloads,
    /// What it names.
    pub resource: Resource,
    /// Whether the attack on a known flaw of a product may ask for it.
    pub is_watched: bool,
    /// Stands for the program that answers it, when the path goes on behind the program's name
    /// (`/index.php/news/1`); zero when it does not.
    pub program: u32,
}

/// Stands for the program in a path that goes on behind the program's name; zero when there is none.
pub fn program_of(seed: Seed, path: &[u8]) -> u32 {
    let mut end = 0;
    for segment in path.split_inclusive(|byte| *byte == b'/') {
        end += segment.len();
        // A program's name has an ending; most segments have none and cost nothing more.
        let name = segment.strip_suffix(b"/").filter(|name| name.contains(&b'.'));
        if end < path.len() && name.is_some_and(|name| classify(name).contains(Resource::DYNAMIC)) {
            // Zero stands for none.
            return (seed.of(&path[..end]) as u32).max(1);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn a_path_behind_a_program_belongs_to_the_program() {
        let program_of = |path: &[u8]| super::program_of(Seed(1), path);
        let one = program_of(b"/index.php/news/1");
        assert!(one != 0 && one == program_of(b"/index.php/..%2f..%2fetc/passwd"));
        assert_eq!(program_of(b"/index.php"), 0);
        assert_eq!(program_of(b"/p/12/docs/7"), 0);
    }
}
