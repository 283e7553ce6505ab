//! What a vendor sends to its clients: a checker, one HTML file like the released page, with the
//! vendor's own rules, indicators, descriptions of logs, settings and instructions in it, signed.
//! The page says whose it is, and refuses one that was changed.

mod checker;
mod key;
mod page;

pub use checker::{About, Checker, CheckerError, Opened, Part, Role, Texts};
pub use key::{KeyError, PublicKey, SecretKey};
pub use page::{PageError, ReleasedPage, sealed};
