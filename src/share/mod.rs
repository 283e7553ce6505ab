//! What goes between a vendor and its clients.
//!
//! To them: a checker, one HTML file like the released page, with the vendor's own rules,
//! indicators, descriptions of logs, settings and instructions in it, signed. The page says whose it
//! is, and refuses one that was changed.
//!
//! Back: results, which tell of a report as much as the client chooses, and may be sealed to the
//! vendor's key. All results together make a roll-up.

mod checker;
mod day;
mod key;
mod page;
mod pseudonym;
mod recipient;
mod reduced;
mod result;
mod rollup;
mod seal;

pub use checker::{
    About, Checker, CheckerError, Field, Opened, Part, Role, Texts, Wrong, settings_text,
};
pub use day::{Day, NoDay};
pub use key::{KeyError, PublicKey, SecretKey, edition};
pub use page::{PageError, ReleasedPage, block, sealed};
pub use pseudonym::{NameKind, Pseudonym, PseudonymKey};
pub use recipient::Recipient;
pub use reduced::reduced;
pub use result::{
    Answer, Giving, Lack, Level, Naming, ResultError, Sufficiency, Verdict, is_result, unsealed,
};
pub use rollup::{Client, Expected, Given, RollUp, SetAside, Shared, Shown, rollup};
pub use seal::{SealError, is_sealed, seal, unseal};
