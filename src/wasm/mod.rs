//! What JavaScript sees: a thin shell that converts and calls `engine`. Nothing is decided here.
//!
//! Runs in a worker, where files can be read synchronously. Numbers that cross are below 2^53.

mod checker;
mod exercise;
mod explore;
mod file;
mod results;

use crate::base::{Arrange, Bilingual, Gather, Language, Location, Text};
use crate::detect::CARDS;
use crate::engine::{
    self, Concluded, Concluder, Digest, EncodedRules, Job, LoadedRules, Meant, Partial, Plan,
    Prepared, Row, RuleProblem, RuleTrial, Scanner, Settings, StreamId, Survey, Warm,
};
use crate::finding::{Finding, Place, Tactic};
use crate::format::Definition;
use crate::input::{ReadAt, read_full};
use crate::inspect::Inspector;
use crate::intel::{CARDS as SWEEPS, Cost, Kind, Lists, PrivateList, Refused, SALT_BYTES};
use crate::report::{self, Form, Judgement, Report};
use crate::shard::Cuts;
use crate::sigma::RuleKind;
use crate::train::{CaseFile, Wanted, generate_telling};
use file::PageFile;
use js_sys::{Function, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

type Result<T> = std::result::Result<T, Failure>;

/// What goes wrong, as an error of the page's language.
pub enum Failure {
    /// By what somebody gave: told in both languages, the Japanese one as the error's `ja`. Where it
    /// is in one place of that, what is wrong there is its `place`.
    Refused(Text, Option<Placed>),
    /// By the program or the browser.
    Broken(String),
}

/// A place in what somebody gave, and what is wrong there.
#[derive(Serialize)]
pub struct Placed {
    name: String,
    #[serde(flatten)]
    wrong: Text,
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Text { en, ja }, place) => {
                let error = js_sys::Error::new(&en);
                // A property of a new object is always taken.
                let set = |name: &str, value| js_sys::Reflect::set(&error, &name.into(), &value);
                let _ = set("ja", ja.as_ref().into());
                if let Some(place) = place.and_then(|place| to_js(&place).ok()) {
                    let _ = set("place", place);
                }
                error.into()
            }
            Failure::Broken(message) => js_sys::Error::new(&message).into(),
        }
    }
}

fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T> {
    serde_wasm_bindgen::from_value(value).map_err(failed)
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

fn refused(error: impl Bilingual) -> Failure {
    let place = error.placed().map(|(name, wrong)| Placed { name: name.to_owned(), wrong });
    Failure::Refused(error.told(), place)
}

fn settings(value: JsValue) -> Result<Settings> {
    if value.is_undefined() || value.is_null() {
        return Ok(Settings::default());
    }
    from_js(value)
}

/// Settings and passwords, and what they mean.
type Compiled = (Settings, Vec<String>, Rc<Meant>);

thread_local! {
    /// The settings as last meant: compiling all formats takes longer than a look at a file.
    static MEANT: RefCell<Option<Compiled>> = const { RefCell::new(None) };
}

fn meant(with: JsValue, passwords: &[String]) -> Result<Rc<Meant>> {
    let settings = settings(with)?;
    MEANT.with_borrow_mut(|last| {
        if let Some((of, tried, meant)) = last
            && *of == settings
            && *tried == *passwords
        {
            return Ok(Rc::clone(meant));
        }
        let meant = Rc::new(settings.meant(passwords).map_err(refused)?);
        *last = Some((settings, passwords.to_vec(), Rc::clone(&meant)));
        Ok(meant)
    })
}

fn seconds(millis: f64) -> i64 {
    (millis / 1000.0).floor() as i64
}

/// Looks into a file. `modified` is when it was changed last, in milliseconds since 1970.
#[wasm_bindgen]
pub fn survey(
    name: &str,
    size: f64,
    modified: Option<f64>,
    file: Blob,
    with: JsValue,
    passwords: Vec<String>,
) -> Result<JsValue> {
    let meant = meant(with, &passwords)?;
    let file = PageFile::new(file)?;
    to_js(&engine::survey(name, size as u64, modified.map(seconds), &file, &meant))
}

/// The first records of a stream, as the settings understand them. `ordinal` is the stream's place
/// among those of the file.
#[wasm_bindgen]
pub fn preview(
    name: &str,
    modified: Option<f64>,
    file: Blob,
    ordinal: u32,
    path_inside: Option<String>,
    with: JsValue,
    passwords: Vec<String>,
) -> Result<JsValue> {
    let stream = StreamId {
        source: name,
        size: file.size() as u64,
        modified: modified.map(seconds),
        ordinal,
        path_inside: path_inside.as_deref(),
    };
    let (file, settings) = (PageFile::new(file)?, settings(with)?);
    to_js(&engine::preview(&stream, &file, &settings, &passwords).map_err(refused)?)
}

/// Reads the text of a mapping file, and says whose it is. Fails with a message when it is none.
#[wasm_bindgen]
pub fn read_mapping(text: &str) -> Result<JsValue> {
    let definition = Definition::parse(text).map_err(refused)?;
    let settings = Settings { mappings: vec![text.to_owned()], ..Settings::default() };
    settings.meant(&[]).map_err(refused)?;
    to_js(&json!({"id": definition.id, "name": definition.name}))
}

/// Whether a file is a rule, or an archive of rules, told by what stands in it.
#[wasm_bindgen]
pub fn holds_rules(file: Blob) -> Result<bool> {
    let size = file.size() as u64;
    Ok(engine::holds_rules(size, &PageFile::new(file)?))
}

/// Rules, compiled.
#[wasm_bindgen]
pub struct CompiledRules(EncodedRules);

#[wasm_bindgen]
impl CompiledRules {
    /// Compiles rules. `names` and `files` stand one beside the other; an archive among them is
    /// looked into.
    #[wasm_bindgen(constructor)]
    pub fn new(with: JsValue, names: Vec<String>, files: Vec<Blob>) -> Result<Self> {
        let mut texts = Vec::new();
        for (name, blob) in names.iter().zip(files) {
            let size = blob.size() as u64;
            let file = PageFile::new(blob)?;
            match held(&file, size)? {
                Some(bytes) => texts.extend(engine::rule_files(name, bytes.len() as u64, &bytes)),
                None => texts.extend(engine::rule_files(name, size, &file)),
            }
        }
        EncodedRules::new(texts, &settings(with)?.rules.lists).map(Self).map_err(failed)
    }

    /// What their digest is of.
    pub fn digested(&self) -> Uint8Array {
        Uint8Array::from(self.0.set.as_slice())
    }

    /// Takes the digest that the browser computed; without one, it is computed here.
    pub fn digest_is(&mut self, sha256: Option<Vec<u8>>) {
        self.0.digest_is(sha256.as_deref());
    }

    /// How many there are, and what is wrong with those that cannot be used.
    pub fn about(&self) -> Result<JsValue> {
        about_rules(self.0.count, &self.0.sha256, &self.0.problems)
    }

    /// What `Scanner` and `Concluder` take.
    pub fn encode(&self) -> Result<Uint8Array> {
        Ok(Uint8Array::from(self.0.encode().map_err(failed)?.as_slice()))
    }
}

fn about_rules(count: usize, sha256: &str, problems: &[RuleProblem]) -> Result<JsValue> {
    to_js(&json!({"rules": count, "sha256": sha256, "problems": problems}))
}

/// The rules of `CompiledRules.encode`, as a JSON array.
#[wasm_bindgen]
pub fn list_rules(rules: &[u8]) -> Result<String> {
    let loaded = LoadedRules::decode(rules).map_err(failed)?;
    let listed = loaded.set.rules().iter().map(|rule| {
        json!({
            "id": rule.id,
            "title": rule.title,
            "level": rule.level.word(),
            "source": rule.source.name(),
            "tags": rule.tags,
            "is_correlation": rule.kind == RuleKind::Correlation,
        })
    });
    serde_json::to_string(&listed.collect::<Vec<_>>()).map_err(failed)
}

/// Files of rules up to this size are read whole: archives of many small files ask for them in
/// thousands of pieces.
const HELD_BYTES: u64 = 32 << 20;

/// All bytes of a file that is not large.
fn held(file: &PageFile, size: u64) -> Result<Option<Vec<u8>>> {
    if size > HELD_BYTES {
        return Ok(None);
    }
    let mut bytes = vec![0; size as usize];
    let count = read_full(file, 0, &mut bytes).map_err(failed)?;
    bytes.truncate(count);
    Ok(Some(bytes))
}

/// Orders what was surveyed and cuts it into jobs. `cut_bytes` and `cut_seed` are for tests.
#[wasm_bindgen]
pub fn plan(
    with: JsValue,
    passwords: Vec<String>,
    surveys: JsValue,
    cut_bytes: Option<f64>,
    cut_seed: Option<f64>,
) -> Result<JsValue> {
    let surveys: Vec<Survey> = from_js(surveys)?;
    let cuts = match cut_bytes {
        Some(mean) => Cuts::Drawn { mean: mean as u64, seed: cut_seed.unwrap_or(0.0) as u64 },
        None => Cuts::Usual,
    };
    to_js(&engine::plan(&settings(with)?, &passwords, surveys, cuts))
}

/// Fails with a message when a setting cannot be used.
#[wasm_bindgen]
pub fn check_settings(with: JsValue) -> Result<()> {
    settings(with)?.meant(&[]).map(drop).map_err(refused)
}

/// A plan, the lists of `IndicatorLists.encode` and the rules of `CompiledRules.encode`, made ready for a
/// check.
fn prepared(plan: JsValue, lists: Option<Vec<u8>>, rules: Option<&[u8]>) -> Result<Prepared> {
    let lists = lists.map_or_else(|| Ok(Lists::default()), |bytes| Lists::decode(&bytes));
    let lists = lists.map_err(failed)?;
    let prepared = Prepared::with_lists(from_js::<Plan>(plan)?, lists).map_err(failed)?;
    match rules {
        Some(rules) => Ok(prepared.with_rules(LoadedRules::decode(rules).map_err(failed)?)),
        None => Ok(prepared),
    }
}

/// Whether a file is surely a list of indicators and no log.
#[wasm_bindgen]
pub fn holds_list(file: Blob) -> Result<bool> {
    engine::holds_list(&PageFile::new(file)?).map_err(failed)
}

/// Lists of indicators, as they are read.
#[wasm_bindgen]
#[derive(Default)]
pub struct IndicatorLists(Lists);

#[wasm_bindgen]
impl IndicatorLists {
    /// No list yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a list and adds it.
    pub fn read(&mut self, name: &str, bytes: &[u8]) {
        engine::read_list(&mut self.0, name, bytes, &mut |_| ());
    }

    /// What the settings' `indicators` say of the lists: names, digests, counts.
    pub fn ids(&self) -> Result<JsValue> {
        to_js(&self.0.ids())
    }

    /// What is not swept, the first thousand of each list: where, why, and what to do.
    pub fn refused(&self) -> Result<JsValue> {
        let about = |(list, refused): (&str, &Refused)| {
            let Refused { line, text, why } = refused;
            json!({"list": list, "line": line, "text": text, "what": why.said(), "hint": why.todo()})
        };
        to_js(&self.0.refused().map(about).collect::<Vec<_>>())
    }

    /// The lists as one buffer, for the workers.
    pub fn encode(&self) -> Result<Uint8Array> {
        Ok(Uint8Array::from(self.0.encode().map_err(failed)?.as_slice()))
    }

    /// A private list of what the lists hold, but for ranges of addresses. `salt` is 16 random
    /// bytes; `progress` is told how many digests are done.
    pub fn private(&self, salt: &[u8], progress: &Function) -> Result<String> {
        let salt: [u8; SALT_BYTES] = salt.try_into().map_err(failed)?;
        let all = (0..self.0.len() as u32).filter_map(|id| self.0.value(id));
        let values = all.filter(|(kind, _, _)| *kind != Kind::Network);
        let values = values.map(|(kind, _, text)| (kind, text.to_owned())).collect();
        let mut tell = told(progress);
        let made = PrivateList::make(&values, salt, Cost::default(), &mut |done| {
            tell(done as u64);
            true
        });
        made.map(Option::unwrap_or_default).map_err(failed)
    }
}

fn job(prepared: &Prepared, id: u32) -> Result<Job> {
    prepared.plan.jobs.get(id as usize).copied().ok_or_else(|| failed("no such job"))
}

/// Tells JavaScript how far it is. A callback that throws is not listened to.
fn told(progress: &Function) -> impl FnMut(u64) {
    move |done| {
        let _ = progress.call1(&JsValue::NULL, &JsValue::from_f64(done as f64));
    }
}

/// Runs jobs and keeps what they saw.
#[wasm_bindgen(js_name = Scanner)]
pub struct PageScanner {
    prepared: Rc<Prepared>,
    kept: Partial,
    warm: Warm,
    /// The digest that takes what scans read.
    digest: Option<Digest>,
}

#[wasm_bindgen(js_class = Scanner)]
impl PageScanner {
    /// A scanner that has seen nothing. `lists` are the encoded lists that the plan names, `rules`
    /// those of `compile_rules`.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: JsValue, lists: Option<Vec<u8>>, rules: Option<Vec<u8>>) -> Result<Self> {
        Ok(Self {
            prepared: Rc::new(prepared(plan, lists, rules.as_deref())?),
            kept: Partial::default(),
            warm: Warm::default(),
            digest: None,
        })
    }

    /// Runs a scan on the file that it names, of which the bytes from `offset` on are read already.
    /// What it reads also goes into the digest of the job `digest_id`, when one is given.
    pub fn scan(
        &mut self,
        job_id: u32,
        digest_id: Option<u32>,
        file: Blob,
        offset: f64,
        bytes: Uint8Array,
        progress: &Function,
    ) -> Result<()> {
        let job = job(&self.prepared, job_id)?;
        let file = PageFile::with(file, offset as u64, bytes)?;
        let mut digest = digest_id.map(|id| self.take_digest(id)).transpose()?;
        let (kept, warm) = (std::mem::take(&mut self.kept), std::mem::take(&mut self.warm));
        let mut scanner = Scanner::resume(&self.prepared, kept, warm);
        let mut told = told(progress);
        match &mut digest {
            Some(digest) => scanner.scan_with_digest(&job, digest, &file, &mut told),
            None => scanner.run(&job, &file, &mut told),
        }
        (self.kept, self.warm) = scanner.pause();
        self.digest = digest;
        Ok(())
    }

    /// Takes a digest that the browser computed.
    pub fn digest_is(&mut self, job_id: u32, sha256: &[u8]) -> Result<()> {
        let job = job(&self.prepared, job_id)?;
        self.kept.digested(&job, sha256);
        Ok(())
    }

    /// Bytes that are in a digest.
    pub fn digested(&mut self, job_id: u32) -> Result<f64> {
        let digest = self.take_digest(job_id)?;
        Ok(self.digest.insert(digest).bytes() as f64)
    }

    /// Goes on with a digest up to `end`, or completes it. The bytes from `offset` on are read
    /// already. False when it is over.
    pub fn digest(
        &mut self,
        job_id: u32,
        end: f64,
        file: Blob,
        offset: f64,
        bytes: Uint8Array,
    ) -> Result<bool> {
        let file = PageFile::with(file, offset as u64, bytes)?;
        let mut digest = self.take_digest(job_id)?;
        let is_part = (end as u64) < digest.job().end;
        if is_part && digest.read_to(end as u64, &file, &mut |_| ()).is_ok() {
            self.digest = Some(digest);
            return Ok(true);
        }
        // A read that failed is tried again, and the failure reported.
        let (kept, warm) = (std::mem::take(&mut self.kept), std::mem::take(&mut self.warm));
        let mut scanner = Scanner::resume(&self.prepared, kept, warm);
        scanner.complete(digest, &file, &mut |_| ());
        (self.kept, self.warm) = scanner.pause();
        Ok(false)
    }

    /// The digest of a job, begun when it is not under way.
    fn take_digest(&mut self, id: u32) -> Result<Digest> {
        let job = job(&self.prepared, id)?;
        let known = self.digest.take().filter(|digest| digest.job() == &job);
        Ok(known.unwrap_or_else(|| Digest::new(job)))
    }

    /// What was seen so far, to conclude from it before all is read.
    pub fn peek(&self) -> Result<Uint8Array> {
        Ok(Uint8Array::from(self.kept.encode().map_err(failed)?.as_slice()))
    }

    /// Hands over what was seen, in pieces, and forgets it.
    pub fn take(&mut self) -> Result<Vec<Uint8Array>> {
        let pieces = std::mem::take(&mut self.kept).pieces();
        pieces
            .map(|piece| Ok(Uint8Array::from(piece.encode().map_err(failed)?.as_slice())))
            .collect()
    }
}

/// Merges what the workers saw, concludes, and opens counts afterwards.
#[wasm_bindgen(js_name = Concluder)]
pub struct PageConcluder {
    prepared: Rc<Prepared>,
    kept: Partial,
    /// Jobs that were not done.
    undone: BTreeSet<u32>,
    concluded: Option<Concluded<Rc<Prepared>>>,
    trial: Option<RuleTrial>,
}

#[wasm_bindgen(js_class = Concluder)]
impl PageConcluder {
    /// Nothing merged yet. `lists` are the encoded lists that the plan names, `rules` those of
    /// `CompiledRules.encode`.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: JsValue, lists: Option<Vec<u8>>, rules: Option<Vec<u8>>) -> Result<Self> {
        let prepared = Rc::new(prepared(plan, lists, rules.as_deref())?);
        let (kept, undone) = (Partial::default(), BTreeSet::new());
        Ok(Self { prepared, kept, undone, concluded: None, trial: None })
    }

    /// Takes in what the scanner of the same worker saw.
    pub fn take_from(&mut self, scanner: &mut PageScanner) {
        use crate::base::Merge;
        self.kept.merge(std::mem::take(&mut scanner.kept));
    }

    /// Takes in a piece of what another worker saw.
    pub fn add(&mut self, partial: &[u8]) -> Result<()> {
        use crate::base::Merge;
        self.kept.merge(Partial::decode(partial).map_err(failed)?);
        Ok(())
    }

    /// Notes a job that could not be done.
    pub fn lost(&mut self, job_id: u32, message: &str) -> Result<()> {
        let job = job(&self.prepared, job_id)?;
        self.kept.lost(&job, message);
        self.undone.insert(job_id);
        Ok(())
    }

    /// Notes jobs that were not begun, since the check was ended before.
    pub fn ended(&mut self, jobs: &[u32]) -> Result<()> {
        let all: Result<Vec<_>> = jobs.iter().map(|id| job(&self.prepared, *id)).collect();
        self.kept.ended(&all?);
        self.undone.extend(jobs);
        Ok(())
    }

    /// The plan of a second scan, when records are there more than once. `files` are in the order
    /// of the plan's sources.
    pub fn repeats(&mut self, files: Vec<Blob>) -> Result<JsValue> {
        let files = open_all(files)?;
        match engine::repeats(&self.prepared, &mut self.kept, &borrowed(&files)) {
            Some(plan) => to_js(&plan),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// Hands over what a second scan does not find out anew.
    pub fn rest(&mut self) -> Result<Uint8Array> {
        let rest = std::mem::take(&mut self.kept).rest();
        Ok(Uint8Array::from(rest.encode().map_err(failed)?.as_slice()))
    }

    /// Makes the report, as JSON. `files` are in the order of the plan's sources.
    pub fn conclude(&mut self, files: Vec<Blob>) -> Result<String> {
        let kept = std::mem::take(&mut self.kept);
        let mut concluder = Concluder::new(Rc::clone(&self.prepared));
        concluder.add(kept);
        let files = open_all(files)?;
        let concluded = concluder.conclude(&borrowed(&files));
        let json = serde_json::to_string(&concluded.report).map_err(failed)?;
        self.concluded = Some(concluded);
        Ok(json)
    }

    /// At most `limit` of the records that a finding rests on, as a JSON array of evidence.
    pub fn rows(
        &self,
        finding_id: &str,
        files: Vec<Blob>,
        limit: u32,
        progress: &Function,
    ) -> Result<String> {
        let concluded = self.concluded()?;
        let findings = &concluded.report.findings;
        let finding = findings.iter().find(|finding| finding.id == finding_id);
        let finding = finding.ok_or_else(|| failed("no such finding"))?;
        let files = open_all(files)?;
        let keep = |other: &Finding| other.id == finding_id;
        let places = self.places(&files, limit, progress, &mut |job, file, found, done| {
            let mut sink = |row: Row| found(row.place);
            engine::rows(concluded, job, file, &keep, &mut sink, done);
        });
        let shown = concluded.show(finding, &places, &borrowed(&files));
        serde_json::to_string(&shown).map_err(failed)
    }

    /// At most `limit` of the records that are counted for an affected party and an act, as a JSON
    /// array of evidence.
    pub fn party_rows(
        &self,
        party_id: &str,
        act: &str,
        files: Vec<Blob>,
        limit: u32,
        progress: &Function,
    ) -> Result<String> {
        let concluded = self.concluded()?;
        let party = concluded.report.affected.iter().find(|party| party.id == party_id);
        let party = party.ok_or_else(|| failed("no such party"))?;
        let act = engine::act_named(act).ok_or_else(|| failed("no such act"))?;
        let files = open_all(files)?;
        let places = self.places(&files, limit, progress, &mut |job, file, found, done| {
            engine::party_rows(concluded, job, file, (party, act), found, done);
        });
        let shown = concluded.show_plain(&places, &borrowed(&files));
        serde_json::to_string(&shown).map_err(failed)
    }

    /// Records of the logs that name one of some files, as a JSON array.
    pub fn taken(
        &self,
        names: Vec<String>,
        files: Vec<Blob>,
        progress: &Function,
    ) -> Result<String> {
        let names: BTreeSet<String> = names.into_iter().gather();
        let files = open_all(files)?;
        let mut found = Vec::new();
        let mut before = 0;
        let mut tell = told(progress);
        for job in self.done_jobs() {
            let Some(file) = files.get(job.source as usize) else { continue };
            let mut done = |done| tell(before + done);
            found.extend(engine::taken(&self.prepared, job, file, &names, &mut done));
            before += job.bytes;
        }
        found.arrange();
        serde_json::to_string(&found).map_err(failed)
    }

    /// Walks the jobs in the order of their streams until so many places are found.
    fn places(
        &self,
        files: &[PageFile],
        limit: u32,
        progress: &Function,
        read: &mut ReadPlaces<'_>,
    ) -> Vec<Place> {
        let mut jobs: Vec<_> = self.done_jobs().collect();
        jobs.arrange_by_key(|job| (job.stream, job.start));
        let limit = limit as usize;
        let mut places = Vec::new();
        let mut before = 0;
        let mut tell = told(progress);
        for job in jobs {
            let Some(file) = files.get(job.source as usize) else { continue };
            let mut found = |place| {
                places.push(place);
                places.len() < limit
            };
            read(job, file, &mut found, &mut |done| tell(before + done));
            if places.len() >= limit {
                break;
            }
            before += job.bytes;
        }
        places
    }

    /// The jobs that were done.
    fn done_jobs(&self) -> impl Iterator<Item = &Job> {
        self.prepared.plan.jobs.iter().filter(|job| !self.undone.contains(&job.id))
    }

    fn concluded(&self) -> Result<&Concluded<Rc<Prepared>>> {
        self.concluded.as_ref().ok_or_else(|| failed("no report yet"))
    }

    /// What a rule of the check says of a record, as a JSON array of what was tried. `files` are
    /// in the order of the plan's sources.
    pub fn explain(
        &self,
        rule_id: &str,
        stream: u32,
        offset: f64,
        files: Vec<Blob>,
    ) -> Result<String> {
        let place = (stream, offset as u64);
        let files = open_all(files)?;
        let mut trial = RuleTrial::of_record(&self.prepared, rule_id);
        for job in RuleTrial::jobs_of(&self.prepared, place.0, place.1) {
            let Some(file) = files.get(job.source as usize) else { continue };
            let is_it = |location: &Location| location.key() == place;
            trial.run(&self.prepared, job, file, &is_it, &mut |_| ());
        }
        let tried = self.concluded()?.tried(&trial, &borrowed(&files));
        serde_json::to_string(&tried).map_err(failed)
    }

    /// Readies a file of rules to be tried on what was checked, and says what is wrong with it.
    pub fn begin_trial(&mut self, text: &str) -> Result<JsValue> {
        let lists = &self.prepared.plan.settings.rules.lists;
        let loaded = LoadedRules::new(vec![(String::new(), text.as_bytes().to_vec())], lists);
        let LoadedRules { set, sha256, problems } = &loaded;
        let about = about_rules(set.rules().len(), sha256, problems)?;
        self.trial = Some(RuleTrial::new(&self.prepared, loaded));
        Ok(about)
    }

    /// Tries the rules on the records of a job. Jobs come in the order of their streams.
    pub fn try_job(&mut self, job_id: u32, file: Blob, progress: &Function) -> Result<()> {
        let job = job(&self.prepared, job_id)?;
        let file = PageFile::new(file)?;
        if let Some(trial) = &mut self.trial {
            trial.run(&self.prepared, &job, &file, &|_| true, &mut told(progress));
        }
        Ok(())
    }

    /// What trying them has shown so far, as a JSON array.
    pub fn tried(&self, files: Vec<Blob>) -> Result<String> {
        let files = open_all(files)?;
        let concluded = self.concluded()?;
        let tried = self.trial.as_ref().map(|trial| concluded.tried(trial, &borrowed(&files)));
        serde_json::to_string(&tried.unwrap_or_default()).map_err(failed)
    }
}

/// What stands in files that may have leaked, as JSON with the names that logs may know them by.
#[wasm_bindgen]
pub fn inspect(names: Vec<String>, files: Vec<Blob>, own_domains: Vec<String>) -> Result<String> {
    let mut inspector = Inspector::new(&own_domains, &[]);
    for (name, file) in names.iter().zip(files) {
        let size = file.size() as u64;
        inspector.file(name, size, &PageFile::new(file)?);
    }
    let names = inspector.names();
    let inspection = inspector.finish();
    serde_json::to_string(&json!({"inspection": inspection, "names": names})).map_err(failed)
}

/// Reads what a job covers and hands on the places that are looked for, while more are wanted.
type ReadPlaces<'r> =
    dyn FnMut(&Job, &PageFile, &mut dyn FnMut(Place) -> bool, &mut dyn FnMut(u64)) + 'r;

fn open_all(files: Vec<Blob>) -> Result<Vec<PageFile>> {
    files.into_iter().map(PageFile::new).collect()
}

fn borrowed(files: &[PageFile]) -> Vec<&dyn ReadAt> {
    files.iter().map(|file| file as &dyn ReadAt).collect()
}

/// The lines around a record, read again from its file.
#[wasm_bindgen]
pub fn context(
    plan: JsValue,
    stream: u32,
    file: Blob,
    offset: f64,
    length: u32,
    before: u32,
    after: u32,
) -> Result<JsValue> {
    let prepared = Prepared::new(from_js::<Plan>(plan)?).map_err(failed)?;
    let file = PageFile::new(file)?;
    let around = (before as usize, after as usize);
    let lines = engine::context(&prepared, stream, &file, (offset as u64, length), around);
    let lines = lines.map_err(|_| failed("the file has changed since it was checked"))?;
    to_js(&lines)
}

/// A report that was made, here or elsewhere: judged, and handed over in other forms.
#[wasm_bindgen(js_name = OpenReport)]
pub struct PageReport(Report);

#[wasm_bindgen(js_class = OpenReport)]
impl PageReport {
    /// Reads a report's JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<Self> {
        Ok(Self(serde_json::from_str(json).map_err(failed)?))
    }

    /// Takes judgements into account, in place of those that it has, and gives what of the report
    /// changes with them.
    pub fn judge(&mut self, judgements: JsValue) -> Result<JsValue> {
        self.0.judge(&from_js::<Vec<Judgement>>(judgements)?).map_err(failed)?;
        let Report { questions, secrets, judgements, judgements_set_aside, .. } = &self.0;
        to_js(&json!({
            "questions": questions,
            "secrets": secrets,
            "judgements": judgements,
            "judgements_set_aside": judgements_set_aside,
        }))
    }

    /// The report's JSON.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(failed)
    }

    /// Worksheets for reports to authorities. `known` is when it became known, or empty.
    pub fn worksheets(&self, language: &str, known: &str) -> Result<String> {
        let known = match known {
            "" => None,
            known => Some(known.parse::<report::Knowing>().map_err(refused)?),
        };
        Ok(report::worksheets(&self.0, language_of(language), known))
    }

    /// What has changed since an earlier report, as JSON.
    pub fn compare(&self, earlier: &str) -> Result<String> {
        serde_json::to_string(&self.changes(earlier)?).map_err(failed)
    }

    /// What has changed since an earlier report, as HTML.
    pub fn compare_as(&self, earlier: &str, language: &str) -> Result<String> {
        Ok(report::diff_html(&self.changes(earlier)?, language_of(language)))
    }

    fn changes(&self, earlier: &str) -> Result<report::Diff> {
        let earlier: Report = serde_json::from_str(earlier).map_err(failed)?;
        Ok(report::diff(&earlier, &self.0))
    }

    /// The report in a form, by its name on the command line.
    pub fn written(&self, form: &str, language: &str) -> Result<String> {
        let form = Form::named(form).ok_or_else(|| failed("no such form"))?;
        Ok(report::written(&self.0, form, language_of(language)))
    }
}

fn language_of(name: &str) -> Language {
    if name == "ja" { Language::Ja } else { Language::En }
}

/// What every detection is.
#[wasm_bindgen]
pub fn detections() -> Result<JsValue> {
    let cards: Vec<_> = CARDS
        .iter()
        .chain(SWEEPS)
        .map(|card| {
            json!({
                "id": card.id,
                "name": card.name,
                "what": card.what,
                "why": card.why,
                "innocent": card.innocent,
                "needs": card.needs.words,
                "attack": card.attack,
                "severity": card.severity,
            })
        })
        .collect();
    to_js(&cards)
}

/// The tactics of ATT&CK with their techniques, in the order of an intrusion.
#[wasm_bindgen]
pub fn tactics() -> Result<JsValue> {
    let all = Tactic::all().map(|(Tactic { id, name }, techniques)| {
        json!({"id": id, "name": name, "techniques": techniques})
    });
    to_js(&all.collect::<Vec<_>>())
}

/// The log formats that are read.
#[wasm_bindgen]
pub fn formats() -> Result<JsValue> {
    js_sys::JSON::parse(crate::format::CARDS).map_err(|_| failed("the list of formats is damaged"))
}

/// Makes the logs of a case to practise on by its name, `T1-7`: an array of names and bytes, without
/// the truth. `progress` is told how many thousandths of it are written.
#[wasm_bindgen]
pub fn generate(case: &str, progress: &Function) -> Result<js_sys::Array> {
    let wanted: Wanted = case.parse().map_err(refused)?;
    let mut tell = told(progress);
    let mut days = |day: u32, of: u32| tell(u64::from(day) * 1_000 / u64::from(of.max(1)));
    let files = generate_telling(&wanted, &mut days).map_err(refused)?;
    let file = |file: CaseFile| {
        let bytes = Uint8Array::from(file.bytes.as_slice());
        js_sys::Array::of2(&JsValue::from(file.name), &bytes)
    };
    Ok(files.into_iter().filter(|file| file.name != "truth.json").map(file).collect())
}

/// Version and build.
#[wasm_bindgen]
pub fn version() -> Result<JsValue> {
    to_js(&json!({"version": crate::VERSION, "build": crate::BUILD}))
}
