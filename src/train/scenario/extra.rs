//! What is added to a scenario: decoys and defects of the logs.

use crate::base::Wrong;
use std::fmt;
use std::str::FromStr;

/// Something that is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// Scanners that find nothing.
    Scanners,
    /// A day on which passwords expired.
    Passwords,
    /// A job that takes all of some projects.
    Migration,
    /// Somebody on a journey.
    Journey,
    /// No records for six hours.
    Gap,
    /// A rotated file of the web log is missing.
    Rotated,
}

impl Extra {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Scanners, "scanners"),
        (Self::Passwords, "passwords"),
        (Self::Migration, "migration"),
        (Self::Journey, "journey"),
        (Self::Gap, "gap"),
        (Self::Rotated, "rotated"),
    ];
    /// Those of them that are defects of the logs.
    pub const DEFECTS: [Self; 2] = [Self::Gap, Self::Rotated];

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == name).map(|(extra, _)| *extra)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of them. As text, their names with dots between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extras(u8);

impl Extras {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// What makes a case hard: all decoys, and a hole in the logs.
    pub const HARD: Self = Self(
        Extra::Scanners.bit()
            | Extra::Passwords.bit()
            | Extra::Migration.bit()
            | Extra::Journey.bit()
            | Extra::Gap.bit(),
    );

    /// Whether one is in it.
    pub const fn has(self, extra: Extra) -> bool {
        self.0 & extra.bit() != 0
    }

    /// The set with another.
    pub const fn and(self, extra: Extra) -> Self {
        Self(self.0 | extra.bit())
    }
}

impl FromStr for Extras {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        text.split('.').try_fold(Self::NONE, |set, name| {
            let known = Extra::ALL.map(|(_, name)| name).join(", ");
            let extra = Extra::named(name).ok_or_else(|| {
                let ja = format!("次のいずれか({known})");
                Wrong::expected(name, format!("one of {known}"), ja)
            });
            Ok(set.and(extra?))
        })
    }
}

impl fmt::Display for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: Vec<_> = Extra::ALL
            .iter()
            .filter(|(extra, _)| self.has(*extra))
            .map(|(_, name)| *name)
            .collect();
        f.write_str(&named.join("."))
    }
}
