//! From the pairs of a record to the fields of the event model.

use super::cases::{BITS, Cases, mark};
use super::condition::{Alternative, Answers, Condition, Holding};
use super::definition::{Definition, DefinitionError, OneOrMany, When};
use super::draft::Draft;
use super::gate::ones;
use super::given::{Given, Texts};
use super::grams::{GramId, Grams};
use super::keys::{Arrangement, Found, KeyId, Keys, Plan};
use super::spec::Spec;
use crate::base::clock::{Clock, Form, read};
use crate::base::{Fingerprint, Time, Wrong};
use crate::event::Field;
use crate::text::{Pair, Value};
use bumpalo::Bump;
use std::borrow::Cow;

/// The name of the time among the fields of a description.
const TIME: &str = "@timestamp";

/// What a description says of pairs, compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    keys: Keys,
    claims: Vec<Condition>,
    time: Vec<(Spec, Form)>,
    fields: Vec<(Field, Vec<Spec>)>,
    /// By key, what it may give.
    given_by: Vec<Vec<Place>>,
    /// For the time and each of the fields, which of its texts need no key.
    always: Vec<Texts>,
    /// Which of those have such texts, as bits.
    always_given: Vec<u64>,
    when: Vec<(Condition, Vec<(Field, Spec)>)>,
    /// Which of those may hold.
    cases: Cases,
    /// Whether times without a zone are in UTC by the format's own rules.
    is_utc: bool,
}

/// A text that may be given: of the time, which stands first, or of one of the fields behind it.
#[derive(Clone, Copy, Debug)]
struct Place {
    place: usize,
    text: usize,
}

impl Mapping {
    /// Compiles the mapping of a description.
    pub fn compile(definition: &Definition) -> Result<Self, DefinitionError> {
        let (always, always_given) = (vec![Texts::default()], vec![0]);
        let is_utc = utc(definition)?;
        let mut mapping = Self { is_utc, always, always_given, ..Self::default() };
        for (name, aliases) in &definition.alias {
            for alias in aliases.all() {
                mapping.keys.add_alias(alias, name);
            }
        }
        for claim in &definition.claims {
            let condition = Condition::compile(claim, &mut mapping.keys);
            mapping.claims.push(condition.map_err(|what| refuse(definition, "claims", what))?);
        }
        for (name, specs) in &definition.fields {
            let place = format!("fields.{name}");
            mapping.add_field(name, specs).map_err(|what| refuse(definition, &place, what))?;
        }
        for rule in &definition.when {
            let place = format!("when «{}»", rule.condition);
            mapping.add_when(rule).map_err(|what| refuse(definition, &place, what))?;
        }
        Condition::share(mapping.when.iter_mut().map(|(condition, _)| condition));
        Ok(mapping)
    }

    fn add_field(&mut self, name: &str, specs: &OneOrMany) -> Result<(), Wrong> {
        if name == TIME {
            for text in specs.all() {
                let (text, form) = split_form(text)?;
                let spec = Spec::compile(text, &mut self.keys)?;
                self.note(&spec, Place { place: 0, text: self.time.len() });
                self.time.push((spec, form));
            }
            return Ok(());
        }
        let field = field_named(name)?;
        let specs = specs.all().iter().map(|text| Spec::compile(text, &mut self.keys));
        let specs: Vec<_> = specs.collect::<Result<_, _>>()?;
        self.always.push(Texts::default());
        self.always_given.resize(self.always.len().div_ceil(BITS), 0);
        for (text, spec) in specs.iter().enumerate() {
            self.note(spec, Place { place: self.fields.len() + 1, text });
        }
        self.fields.push((field, specs));
        Ok(())
    }

    /// Notes which key gives a text.
    fn note(&mut self, spec: &Spec, given: Place) {
        if let Some(key) = spec.witness().map(usize::from) {
            self.given_by.resize_with(self.given_by.len().max(key + 1), Vec::new);
            self.given_by[key].push(given);
        } else if let Some(texts) = self.always.get_mut(given.place) {
            texts.add(given.text);
            mark(&mut self.always_given, given.place);
        }
    }

    /// The texts that a record with these names may have.
    fn given<'s>(&self, present: &[KeyId], arena: &'s Bump) -> Given<'s> {
        let texts = arena.alloc_slice_copy(&self.always);
        let some = arena.alloc_slice_copy(&self.always_given);
        let by_key = present.iter().map(|key| self.given_by.get(usize::from(*key)));
        for Place { place, text } in by_key.flatten().flatten() {
            if let Some(texts) = texts.get_mut(*place) {
                texts.add(*text);
                mark(some, *place);
            }
        }
        Given { texts, some }
    }

    fn add_when(&mut self, rule: &When) -> Result<(), Wrong> {
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
    pub fn arrange<'k>(&self, names: impl Iterator<Item = &'k [u8]>) -> Arrangement {
        self.keys.arrange(names, |present| self.given(present, &Bump::new()).keep())
    }

    /// The names asked for that pairs of these names give.
    pub fn plan<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> Plan {
        self.keys.plan(names)
    }

    /// What a record says of the names asked for, where those of its first pairs are planned.
    pub fn find_planned<'a, 'p>(
        &self,
        pairs: &[Pair<'a>],
        planned: impl IntoIterator<Item = &'p [KeyId]>,
        draft: &Draft<'a>,
    ) -> Found<'a, 'a> {
        self.keys.find_planned(pairs, planned, draft.arena)
    }

    /// What a record says of the names asked for.
    pub fn find<'a>(&self, pairs: &[Pair<'a>], draft: &Draft<'a>) -> Found<'a, 'a> {
        self.keys.find(pairs, draft.arena)
    }

    /// The name that an id stands for.
    pub fn name(&self, key: KeyId) -> &str {
        self.keys.name(key)
    }

    /// Whether the format says what its records must hold.
    pub const fn has_claims(&self) -> bool {
        !self.claims.is_empty()
    }

    /// Whether it says what stands in its records, not only under which names something does.
    pub fn claims_values(&self) -> bool {
        self.claims.iter().all(Condition::asks_for_value)
    }

    /// Whether a record is of the format.
    pub fn claims(&self, found: &Found<'_, '_>, held: Holding<'_>) -> bool {
        self.claims.iter().any(|claim| claim.holds(found, held))
    }

    /// Whether a record may be of the format, of which this is known that it says.
    pub fn may_claim<'v>(
        &self,
        held: Holding<'_>,
        says: impl Fn(KeyId) -> Option<Option<Value<'v>>>,
    ) -> bool {
        self.claims.iter().any(|claim| claim.may_hold(held, &says))
    }

    /// For each way in which a claim can hold, what must stand in the record: names only where they
    /// are written so, with what stands behind them.
    pub fn alternatives<'s>(&'s self, behind_names: Option<&[u8]>) -> Vec<Alternative<'s>> {
        let with = |(claim, names): (&'s Condition, Vec<&'s str>)| {
            let written =
                |behind: &[u8], name: &str| Cow::Owned([name.as_bytes(), behind].concat());
            let names = behind_names
                .iter()
                .flat_map(|behind| names.iter().map(|name| written(behind, name)));
            let names: Alternative<'s> = names.collect();
            let mut all = claim.alternatives();
            all.iter_mut().for_each(|one| one.extend_from_slice(&names));
            all
        };
        self.claims.iter().zip(self.needed_names()).flat_map(with).collect()
    }

    /// Bytes in a row of which one stands in each record that is claimed, where records give these
    /// names; none where that is not known.
    pub fn claimed(&self, gives: impl Fn(KeyId) -> bool) -> Option<Vec<GramId>> {
        let may_hold = |claim: &&Condition| claim.needed().all(&gives);
        let grams = self.claims.iter().filter(may_hold).map(|claim| Some(claim.grams()?.1));
        let grams = grams.collect::<Option<Vec<_>>>()?.concat();
        (!grams.is_empty()).then_some(grams)
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
        held: Holding<'_>,
        clock: &Clocks<'_>,
        draft: &mut Draft<'a>,
    ) {
        let given = found.given().unwrap_or_else(|| self.given(found.present(), draft.arena));
        let Some((time, fields)) = given.texts.split_first() else { return };
        self.read_time(found, *time, clock, draft);
        let places = ones(given.some).filter_map(|place| place.checked_sub(1));
        let given = places.filter_map(|at| self.fields.get(at).zip(fields.get(at)));
        for ((field, specs), texts) in given {
            let mut said = texts.places(specs.len()).filter_map(|at| specs.get(at));
            let _ = said.any(|spec| spec.set(*field, found, draft));
        }
        let mut answers = Answers::default();
        for place in self.cases.candidates(found, held, draft.arena) {
            let Some((condition, set)) = self.when.get(place) else { continue };
            if set.iter().any(|(field, _)| !draft.has(*field))
                && condition.holds_knowing(found, held, &mut answers)
            {
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

    fn read_time<'a>(
        &'a self,
        found: &Found<'a, '_>,
        texts: Texts,
        clocks: &Clocks<'_>,
        draft: &mut Draft<'a>,
    ) {
        if draft.time != Time::Absent {
            return;
        }
        let clock = if self.is_utc { clocks.utc } else { clocks.assumed };
        let mut times = texts.places(self.time.len()).filter_map(|at| {
            let (spec, form) = self.time.get(at)?;
            read(spec.text(found, draft.arena)?, form, clock)
        });
        if let Some(time) = times.next() {
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
        other => Err(refuse(definition, "zone", Wrong::expected(other, "UTC", "UTC"))),
    }
}

/// Cuts the form of a time off: what stands behind the last arrow, when that is a form.
fn split_form(text: &str) -> Result<(&str, Form), Wrong> {
    match text.rsplit_once(" -> ") {
        Some((before, name)) => match Form::parse(name.trim()) {
            Ok(form) => Ok((before, form)),
            Err(_) => Ok((text, Form::Auto)),
        },
        None => Ok((text, Form::Auto)),
    }
}

pub(super) fn field_named(name: &str) -> Result<Field, Wrong> {
    Field::named(name).ok_or_else(|| {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let names = names.join(", ");
        let ja = format!("{TIME}か、次のいずれか({names})");
        Wrong::expected(name, format_args!("{TIME} or one of {names}"), ja)
    })
}

/// A text that stands for itself, but for `{names}` in it.
pub(super) fn compile_constant(text: &str, keys: &mut Keys) -> Result<Spec, Wrong> {
    match text.contains('{') {
        true => Spec::compile(text, keys),
        false => Spec::compile(&format!("={text}"), keys),
    }
}

/// A description, refused for what is wrong at a place of it.
pub(super) fn refuse(definition: &Definition, place: &str, wrong: Wrong) -> DefinitionError {
    DefinitionError::Meaning { id: definition.id.clone(), place: place.to_owned(), wrong }
}
