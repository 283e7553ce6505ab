//! From the pairs of a record to the fields of the event model.

use super::cases::Cases;
use super::condition::{Alternative, Condition};
use super::definition::{Definition, DefinitionError, OneOrMany, When};
use super::draft::Draft;
use super::grams::{Grams, Held};
use super::keys::{Arrangement, Found, KeyId, Keys, Plan};
use super::spec::Spec;
use crate::base::clock::{Clock, Form, read};
use crate::base::{Fingerprint, Time};
use crate::event::Field;
use crate::text::Pair;

/// The name of the time among the fields of a description.
const TIME: &str = "@timestamp";

/// What a description says of pairs, compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    keys: Keys,
    claims: Vec<Condition>,
    time: Vec<(Spec, Form)>,
    fields: Vec<(Field, Vec<Spec>)>,
    /// Which of the fields a key may give, as bits, by key.
    given_by: Vec<u64>,
    /// Those that need no key.
    always: u64,
    when: Vec<(Condition, Vec<(Field, Spec)>)>,
    /// Which of those may hold.
    cases: Cases,
    /// Whether times without a zone are in UTC by the format's own rules.
    is_utc: bool,
}

impl Mapping {
    /// Compiles the mapping of a description.
    pub fn compile(definition: &Definition) -> Result<Self, DefinitionError> {
        let mut mapping = Self { is_utc: utc(definition)?, ..Self::default() };
        for (name, aliases) in &definition.alias {
            for alias in aliases.all() {
                mapping.keys.add_alias(alias, name);
            }
        }
        for claim in &definition.claims {
            let condition = Condition::compile(claim, &mut mapping.keys);
            mapping.claims.push(condition.map_err(|what| wrong(definition, "claims", what))?);
        }
        for (name, specs) in &definition.fields {
            let place = format!("fields.{name}");
            mapping.add_field(name, specs).map_err(|what| wrong(definition, &place, what))?;
        }
        for rule in &definition.when {
            let place = format!("when «{}»", rule.condition);
            mapping.add_when(rule).map_err(|what| wrong(definition, &place, what))?;
        }
        Ok(mapping)
    }

    fn add_field(&mut self, name: &str, specs: &OneOrMany) -> Result<(), String> {
        if name == TIME {
            for text in specs.all() {
                let (text, form) = split_form(text)?;
                self.time.push((Spec::compile(text, &mut self.keys)?, form));
            }
            return Ok(());
        }
        let field = field_named(name)?;
        let specs = specs.all().iter().map(|text| Spec::compile(text, &mut self.keys));
        let specs: Vec<_> = specs.collect::<Result<_, _>>()?;
        // There are fewer fields than bits: an event holds which it has in one word.
        let bit = 1 << self.fields.len();
        for spec in &specs {
            match spec.witness().map(usize::from) {
                Some(key) => {
                    self.given_by.resize(self.given_by.len().max(key + 1), 0);
                    self.given_by[key] |= bit;
                }
                None => self.always |= bit,
            }
        }
        self.fields.push((field, specs));
        Ok(())
    }

    /// The places of the fields of which a record may say something, as bits.
    fn given(&self, found: &Found<'_, '_>) -> u64 {
        let by_key = found.present().iter().map(|key| self.given_by.get(usize::from(*key)));
        by_key.flatten().fold(self.always, |all, given| all | given)
    }

    fn add_when(&mut self, rule: &When) -> Result<(), String> {
        let condition = Condition::compile(&rule.condition, &mut self.keys)?;
        let mut set = Vec::new();
        for (name, text) in &rule.set {
            set.push((field_named(name)?, compile_constant(text, &mut self.keys)?));
        }
        self.cases.add(&condition);
        self.when.push((condition, set));
        Ok(())
    }

    /// The id of a name, asked for or not.
    pub fn key(&mut self, name: &str) -> KeyId {
        self.keys.add(name)
    }

    /// The names asked for, to ask for more.
    pub const fn keys(&mut self) -> &mut Keys {
        &mut self.keys
    }

    /// What a record says of the names asked for, whose names are hashed already.
    pub fn find_named<'a>(
        &self,
        pairs: &[Pair<'a>],
        names: &[Fingerprint],
        draft: &Draft<'a>,
    ) -> Found<'a, 'a> {
        self.keys.find_named(pairs, names.iter().copied(), draft.arena)
    }

    /// Where names asked for stand among these.
    pub fn arrange(&self, pairs: &[Pair<'_>]) -> Arrangement {
        self.keys.arrange(pairs.iter().map(|pair| pair.key))
    }

    /// The names asked for that columns of these names give.
    pub fn plan(&self, names: &[Box<[u8]>]) -> Plan {
        self.keys.plan(names)
    }

    /// What a record says of the names asked for, where those of its first pairs are planned.
    pub fn find_planned<'a>(
        &self,
        pairs: &[Pair<'a>],
        planned: &[Box<[KeyId]>],
        draft: &Draft<'a>,
    ) -> Found<'a, 'a> {
        self.keys.find_planned(pairs, planned, draft.arena)
    }

    /// What a record says of the names asked for.
    pub fn find<'a>(&self, pairs: &[Pair<'a>], draft: &Draft<'a>) -> Found<'a, 'a> {
        self.keys.find(pairs, draft.arena)
    }

    /// Whether the format says what its records must hold.
    pub const fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }

    /// Whether a record is of the format.
    pub fn claims(&self, found: &Found<'_, '_>, held: &Held) -> bool {
        self.claims.iter().any(|claim| claim.holds(found, held))
    }

    /// For each way in which a claim can hold, what must stand in the record. Names only where the
    /// notation leaves them as they are written.
    pub fn alternatives<'s>(&'s self, with_names: bool) -> Vec<Alternative<'s>> {
        let with = |(claim, names): (&'s Condition, Vec<&'s str>)| {
            let names = names.into_iter().filter(|_| with_names).map(str::as_bytes);
            let names: Vec<_> = names.collect();
            let mut all = claim.alternatives();
            all.iter_mut().for_each(|one| one.extend_from_slice(&names));
            all
        };
        self.claims.iter().zip(self.needed_names()).flat_map(with).collect()
    }

    /// For each claim, the names without which it does not hold: those that records write in one
    /// way.
    pub fn needed_names(&self) -> impl Iterator<Item = Vec<&str>> {
        let plain = |key: &KeyId| self.keys.is_plain(*key);
        self.claims
            .iter()
            .map(move |claim| claim.needed().filter(plain).map(|key| self.keys.name(key)).collect())
    }

    /// Counts the literals that its conditions ask for.
    pub fn count(&self, grams: &mut Grams) {
        self.claims.iter().for_each(|claim| claim.count(grams));
        self.when.iter().for_each(|(condition, _)| condition.count(grams));
    }

    /// Asks for the literals of its conditions.
    pub fn ask(&mut self, grams: &mut Grams) {
        self.claims.iter_mut().for_each(|claim| claim.ask(grams));
        self.when.iter_mut().for_each(|(condition, _)| condition.ask(grams));
        self.cases.ask(self.when.iter().map(|(condition, _)| condition));
    }

    /// The slow twin: conditions are judged whatever records hold.
    #[cfg(test)]
    pub fn open(&mut self) {
        let conditions = self.claims.iter_mut().chain(self.when.iter_mut().map(|when| &mut when.0));
        conditions.for_each(Condition::open);
        self.cases = Cases::default();
        self.when.iter().for_each(|(condition, _)| self.cases.add(condition));
    }

    /// Sets the fields that a record says and that are not set yet. The record holds this.
    pub fn apply<'a>(
        &'a self,
        found: &Found<'a, '_>,
        held: &Held,
        clock: &Clocks<'_>,
        draft: &mut Draft<'a>,
    ) {
        self.read_time(found, clock, draft);
        let mut given = self.given(found);
        while let Some((field, specs)) = self.fields.get(given.trailing_zeros() as usize) {
            let _ = specs.iter().any(|spec| spec.set(*field, found, draft));
            given &= given - 1;
        }
        for place in self.cases.candidates(found, held, draft.arena) {
            let Some((condition, set)) = self.when.get(place) else { continue };
            if condition.holds(found, held) && set.iter().any(|(field, _)| !draft.has(*field)) {
                for (field, spec) in set {
                    spec.set(*field, found, draft);
                }
            }
        }
    }

    /// A time of a record, which states its zone where the format's own rules do.
    pub fn of_zone(&self, time: Time) -> Time {
        if self.is_utc { time.stated() } else { time }
    }

    fn read_time<'a>(&'a self, found: &Found<'a, '_>, clocks: &Clocks<'_>, draft: &mut Draft<'a>) {
        if draft.time != Time::Absent {
            return;
        }
        let clock = if self.is_utc { clocks.utc } else { clocks.assumed };
        let times = self.time.iter().filter_map(|(spec, form)| {
            let text = spec.text(found, draft.arena)?;
            read(text, form, clock)
        });
        if let Some(time) = times.into_iter().next() {
            draft.time = self.of_zone(time);
        }
    }
}

/// What times are completed with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks<'c> {
    /// In the zone of the settings.
    pub assumed: &'c Clock,
    /// In UTC.
    pub utc: &'c Clock,
}

fn utc(definition: &Definition) -> Result<bool, DefinitionError> {
    match definition.zone.as_str() {
        "" => Ok(false),
        "UTC" => Ok(true),
        other => Err(wrong(definition, "zone", format!("«{other}»; expected UTC"))),
    }
}

/// Cuts the form of a time off: what stands behind the last arrow, when that is a form.
fn split_form(text: &str) -> Result<(&str, Form), String> {
    match text.rsplit_once(" -> ") {
        Some((before, name)) => match Form::parse(name.trim()) {
            Ok(form) => Ok((before, form)),
            Err(_) => Ok((text, Form::Auto)),
        },
        None => Ok((text, Form::Auto)),
    }
}

pub(super) fn field_named(name: &str) -> Result<Field, String> {
    Field::named(name).ok_or_else(|| {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        format!("«{name}»; expected {TIME} or one of {}", names.join(", "))
    })
}

/// A text that stands for itself, but for `{names}` in it.
pub(super) fn compile_constant(text: &str, keys: &mut Keys) -> Result<Spec, String> {
    match text.contains('{') {
        true => Spec::compile(text, keys),
        false => Spec::compile(&format!("={text}"), keys),
    }
}

pub(super) fn wrong(definition: &Definition, place: &str, what: String) -> DefinitionError {
    DefinitionError::Meaning { id: definition.id.clone(), place: place.to_owned(), what }
}
