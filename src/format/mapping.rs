//! From the pairs of a record to the fields of the event model.

use super::condition::Condition;
use super::definition::{Definition, DefinitionError, Kind, OneOrMany, When};
use super::draft::Draft;
use super::keys::{Found, KeyId, Keys};
use super::spec::Spec;
use crate::base::Time;
use crate::base::clock::{Clock, Form, read};
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
    when: Vec<(Condition, Vec<(Field, Spec)>)>,
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
        mapping.check_claims(definition).map_err(|what| wrong(definition, "claims", what))?;
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

    /// JSON records are matched with claims by the names of their pairs, as they are written.
    fn check_claims(&self, definition: &Definition) -> Result<(), String> {
        if definition.kind != Kind::Json {
            return Ok(());
        }
        let is_other = |name: &&str| name.starts_with('*') || definition.alias.contains_key(*name);
        match self.witnesses().flatten().find(is_other) {
            Some(name) => Err(format!(
                "«{name}», which stands for other names; expected a name as the records write it"
            )),
            None => Ok(()),
        }
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
        self.fields.push((field, specs.collect::<Result<_, _>>()?));
        Ok(())
    }

    fn add_when(&mut self, rule: &When) -> Result<(), String> {
        let condition = Condition::compile(&rule.condition, &mut self.keys)?;
        let mut set = Vec::new();
        for (name, text) in &rule.set {
            set.push((field_named(name)?, compile_constant(text, &mut self.keys)?));
        }
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

    /// What a record says of the names asked for.
    pub fn find<'a>(&self, pairs: &[Pair<'a>], draft: &Draft<'a>) -> Found<'a, 'a> {
        self.keys.find(pairs, draft.arena)
    }

    /// Whether the format says what its records must hold.
    pub const fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }

    /// Whether a record is of the format.
    pub fn claims(&self, found: &Found<'_, '_>) -> bool {
        self.claims.iter().any(|claim| claim.holds(found))
    }

    /// For each claim, the name without which it does not hold, where there is one.
    pub fn witnesses(&self) -> impl Iterator<Item = Option<&str>> {
        self.claims.iter().map(|claim| claim.witness().map(|key| self.keys.name(key)))
    }

    /// Sets the fields that a record says and that are not set yet.
    pub fn apply<'a>(&'a self, found: &Found<'a, '_>, clock: &Clocks<'_>, draft: &mut Draft<'a>) {
        self.read_time(found, clock, draft);
        for (field, specs) in &self.fields {
            let _ = specs.iter().any(|spec| spec.set(*field, found, draft));
        }
        for (condition, set) in &self.when {
            if set.iter().any(|(field, _)| !draft.has(*field)) && condition.holds(found) {
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
