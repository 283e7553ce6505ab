//! An event as detections see it: with what was judged of its values once, so that no detection
//! parses or judges again.

use crate::base::{Fingerprint, Instant, Seed};
use crate::event::{Event, Field};
use crate::judge::Judged;
use crate::judge::activity::{Network, account_key};
use crate::judge::payload::Payloads;

/// An event with what was judged of it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// The seed of the check's fingerprints.
    pub seed: Seed,
    /// When it was.
    pub at: Instant,
    /// Seconds east of UTC in which it was written.
    pub offset_secs: i32,
    /// Fingerprint of the client's address.
    pub client: Fingerprint,
    /// Fingerprint of the path on its host, without the query.
    pub path: Fingerprint,
    /// The path.
    pub path_text: &'a [u8],
    /// The query behind the question mark, where there is one.
    pub query: Option<&'a [u8]>,
    /// Status of the answer; 0 when there is none.
    pub status: u16,
    /// Bytes of the answer.
    pub bytes: Option<u64>,
    /// What was judged of the path.
    pub judged: Judged,
    /// Payloads anywhere in the record.
    pub payloads: Payloads,
    /// What kind of event it is.
    pub marks: Marks,
}

impl<'a> Seen<'a> {
    /// Whose act it is: the account where one is logged, else the client's address.
    pub fn actor(&self) -> (Fingerprint, &'a [u8], bool) {
        let fields = &self.event.fields;
        match fields.text(Field::UserName) {
            Some(user) => (self.seed.within(ACCOUNTS, user), user, true),
            None => (self.client, fields.text(Field::SourceAddress).unwrap_or(b"-"), false),
        }
    }
}

impl Seen<'_> {
    /// Stands for the account that was handed a document by a web server, where one is logged, and
    /// the network that it was in. A record that says itself what the account did is of another log.
    #[inline]
    pub fn handed_to(&self) -> Option<(Fingerprint, Network)> {
        let fields = &self.event.fields;
        if !self.marks.meet(Marks::DOWNLOAD) || fields.has(Field::Action) {
            return None;
        }
        let account = account_key(self.seed, fields.text(Field::UserName)?);
        Some((account, Network::of(fields.text(Field::SourceAddress)?)?))
    }
}

/// Keeps accounts apart from addresses that are written the same.
const ACCOUNTS: u64 = 0x61_63_63_6f_75_6e_74_73;

/// What kind of event it is, for those detections that look at few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u16);

impl Marks {
    /// No kind: a detection that wants nothing concludes from the baseline alone.
    pub const EMPTY: Self = Self(0);
    /// A request with an attack payload.
    pub const PAYLOAD: Self = Self(1);
    /// A path that names a configuration, a backup or a repository.
    pub const SENSITIVE: Self = Self(2);
    /// A document handed out.
    pub const DOWNLOAD: Self = Self(4);
    /// An answer with a status of 400 to 499.
    pub const REFUSED: Self = Self(8);
    /// A request that may be one of an attack on a known flaw of a product.
    pub const WATCHED: Self = Self(16);
    /// A name and a password sent to a web server, in a log that does not say itself what came of it.
    pub const SIGN_IN: Self = Self(32);
    /// A program in a folder for files, served.
    pub const MISPLACED: Self = Self(64);
    /// A page for those who run the application, served to a named account.
    pub const ADMIN: Self = Self(128);
    /// A page that sets an application up, answered.
    pub const INSTALLER: Self = Self(256);
    /// A file sent to a web server, taken.
    pub const UPLOAD: Self = Self(512);
    /// XML or a serialised object sent to a web server.
    pub const STRUCTURED: Self = Self(1_024);

    /// Both kinds.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether they have a kind in common.
    #[inline]
    pub const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no kind.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds a kind when it is true.
    #[inline]
    pub const fn with(self, kind: Self, is_true: bool) -> Self {
        if is_true { self.union(kind) } else { self }
    }
}
