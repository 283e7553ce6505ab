//! What a rule asks of an event: predicates on fields, joined by and, or and not.

use super::index::rarity;
use super::test::{Place, Test};
use crate::base::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::Xxh3Default;

/// Stands for a field that rules ask for.
pub(super) type FieldId = u16;
/// Stands for a predicate.
pub(super) type PredicateId = u32;

/// What is asked of one field: that one of its values passes one of the tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Predicate {
    /// The field; any value of the event where there is none.
    pub field: Option<FieldId>,
    /// The tests.
    pub tests: Vec<Test>,
}

impl Predicate {
    /// Equal ones have the same.
    fn hash(&self) -> u64 {
        let mut hasher = Xxh3Default::new();
        (self.field, &self.tests).hash(&mut hasher);
        hasher.finish()
    }
}

/// What a rule asks of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Expr {
    /// A predicate holds.
    Holds(PredicateId),
    /// The event has no such field, or leaves it empty of any value.
    Missing(FieldId),
    /// The event has such a field, be it null.
    Has(FieldId),
    /// Two fields say the same.
    Same {
        /// The field.
        field: FieldId,
        /// The field that it is compared with.
        other: FieldId,
        /// Where in the first the second must stand.
        place: Place,
        /// Whether letters count in their own case only.
        cased: bool,
    },
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// What an event says, as far as rules ask.
pub(super) trait Facts {
    /// Whether a predicate holds.
    fn holds(&self, predicate: PredicateId) -> bool;
    /// Whether a field is there, be it null.
    fn has(&self, field: FieldId) -> bool;
    /// Whether a field has a value.
    fn has_value(&self, field: FieldId) -> bool;
    /// Whether a value of one field has one of another at a place.
    fn same(&self, field: FieldId, other: FieldId, place: Place, cased: bool) -> bool;
}

impl Expr {
    /// Whether an event is of this kind.
    pub fn holds(&self, facts: &impl Facts) -> bool {
        match self {
            Self::Holds(predicate) => facts.holds(*predicate),
            Self::Missing(field) => !facts.has_value(*field),
            Self::Has(field) => facts.has(*field),
            Self::Same { field, other, place, cased } => facts.same(*field, *other, *place, *cased),
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
        }
    }

    /// All of several, without levels that say nothing.
    pub fn all(parts: Vec<Self>) -> Self {
        Self::joined(parts, Self::All, |part| match part {
            Self::All(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Any of several, without levels that say nothing.
    pub fn any(parts: Vec<Self>) -> Self {
        Self::joined(parts, Self::Any, |part| match part {
            Self::Any(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn joined(
        parts: Vec<Self>,
        join: fn(Vec<Self>) -> Self,
        inner: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match inner(part) {
                Ok(parts) => flat.extend(parts),
                Err(part) => flat.push(part),
            }
        }
        if flat.len() == 1
            && let Some(only) = flat.pop()
        {
            return only;
        }
        join(flat)
    }
}

/// Fields and predicates, each once.
#[derive(Debug, Default)]
pub(super) struct Interner {
    field_ids: BTreeMap<String, FieldId>,
    /// By the hash of what they ask; where others have the same, by the next free number.
    predicate_ids: Table<PredicateId>,
    pub fields: Vec<String>,
    pub predicates: Vec<Predicate>,
    /// By predicate, how rarely values pass it: as rarely as the most common of its tests.
    pub rarities: Vec<u32>,
}

impl Interner {
    /// The id of a field; none when there are too many.
    pub fn field(&mut self, name: &str) -> Option<FieldId> {
        if let Some(id) = self.field_ids.get(name) {
            return Some(*id);
        }
        let id = FieldId::try_from(self.fields.len()).ok()?;
        self.fields.push(name.to_owned());
        self.field_ids.insert(name.to_owned(), id);
        Some(id)
    }

    /// That one of the tests passes.
    pub fn predicate(&mut self, field: Option<FieldId>, tests: Vec<Test>) -> Expr {
        let predicate = Predicate { field, tests };
        let mut key = predicate.hash();
        while let Some(known) = self.predicate_ids.get(key) {
            if self.predicates[*known as usize] == predicate {
                return Expr::Holds(*known);
            }
            key = key.wrapping_add(1);
        }
        let id = self.predicates.len() as PredicateId;
        self.predicate_ids.entry(key, || id);
        let rarity = predicate.tests.iter().map(rarity).min().unwrap_or(0);
        self.rarities.push(u32::try_from(rarity).unwrap_or(u32::MAX));
        self.predicates.push(predicate);
        Expr::Holds(id)
    }
}
