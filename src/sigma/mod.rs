//! Sigma rules: compiled once, gated by log source, matched against events. After the Sigma
//! specification 2.1.
//!
//! Each part of a rule has its effect, or a [`Problem`] names it. Letters count the same in both
//! cases unless a rule says `cased`, by Unicode's mapping of single characters to lower case.
//! Work and memory are bounded, whatever the rules.

mod class;
mod compile;
mod condition;
pub mod correlate;
mod correlation;
mod explain;
mod expr;
mod finder;
mod found;
mod index;
#[cfg(test)]
mod laws;
mod matcher;
mod modifier;
mod number;
mod pattern;
mod placeholder;
mod problem;
mod program;
mod rule;
mod set;
mod source;
mod test;
#[cfg(test)]
mod tests;
mod verdict;
mod witness;
mod yaml;

pub use compile::{RuleFile, compile};
pub use correlation::{Alias, Bounds, Correlation, CorrelationKind, RuleCondition};
pub use explain::{Explained, ItemExplained, SearchExplained};
pub use found::{Found, Key, Rules};
pub use matcher::Matcher;
pub use number::Number;
pub use placeholder::Placeholders;
pub use problem::{Problem, ProblemKind, What};
pub use rule::{Level, LogSource, Rule, RuleIndex, RuleKind, Status, is_rule};
pub use set::{NotEvaluable, RuleSet, SeenSources};
pub use test::Order;
