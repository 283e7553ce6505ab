//! Sweeps for indicators of compromise: lists are read, their values made comparable, and records
//! searched for them.
//!
//! A list's values and a log's go through the same functions, and a hit is told by equal bytes,
//! never by a fingerprint alone. What of a list is not swept for is listed with line and reason.

mod cards;
mod conclude;
mod domain;
mod lists;
mod noise;
mod parts;
mod private;
mod read;
mod refusal;
mod sweep;
mod value;

pub use cards::CARDS;
pub use conclude::{Concluded, Trial, conclude, try_private};
pub use lists::{Given, INDICATORS, Id, ListId, Lists, Window};
pub use private::{Cost, PrivateList, SALT_BYTES};
pub use read::{is_list, read, read_networks};
pub use refusal::{Construct, Refused, Why};
pub use sweep::{Found, Hit, Hits, Known, Met, Sweeper, TRIED, Tally};
pub use value::{Kind, Value};
