//! What JavaScript sees of exploring: columns of jobs, made in any worker and joined in one, and what
//! is asked of them. Answers are JSON.

use super::file::PageFile;
use super::{Result, failed, from_js, job, language_of, told};
use crate::engine::{self, Columns, Explorer, Met, Plan, Prepared, Who};
use crate::query::{Name, QueryError};
use js_sys::{Function, Uint8Array};
use serde::Serialize;
use serde_json::json;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// The events of a check.
#[wasm_bindgen(js_name = Explorer)]
pub struct PageExplorer {
    prepared: Prepared,
    explorer: Explorer,
}

#[wasm_bindgen(js_class = Explorer)]
impl PageExplorer {
    /// Nothing is read yet.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: JsValue) -> Result<Self> {
        let prepared = Prepared::new(from_js::<Plan>(plan)?).map_err(failed)?;
        let explorer = Explorer::new(&prepared);
        Ok(Self { prepared, explorer })
    }

    /// Reads the events of a job. The bytes from `offset` on are read already.
    pub fn load(
        &self,
        job_id: u32,
        file: Blob,
        offset: f64,
        bytes: Uint8Array,
        progress: &Function,
    ) -> Result<Uint8Array> {
        let job = job(&self.prepared, job_id)?;
        let file = PageFile::with(file, offset as u64, bytes)?;
        let columns = engine::load(&self.prepared, &job, &file, &mut told(progress));
        Ok(Uint8Array::from(columns.encode().map_err(failed)?.as_slice()))
    }

    /// Finds the records of a job that hold words. The bytes from `offset` on are read already.
    pub fn seek(
        &self,
        job_id: u32,
        words: Vec<String>,
        file: Blob,
        offset: f64,
        bytes: Uint8Array,
        progress: &Function,
    ) -> Result<Uint8Array> {
        let job = job(&self.prepared, job_id)?;
        let file = PageFile::with(file, offset as u64, bytes)?;
        let met = engine::seek(&self.prepared, &job, &file, &words, &mut told(progress));
        Ok(Uint8Array::from(met.encode().map_err(failed)?.as_slice()))
    }

    /// Takes in what `load` made of a job. Jobs come in the order of their streams.
    pub fn add(&mut self, columns: &[u8]) -> Result<()> {
        self.explorer.add(&Columns::decode(columns).map_err(failed)?);
        Ok(())
    }

    /// Takes in what `seek` made of all jobs.
    pub fn add_words(&mut self, words: Vec<String>, met: Vec<Uint8Array>) -> Result<()> {
        let met = met.iter().map(|met| Met::decode(&met.to_vec()).map_err(failed));
        self.explorer.add_words(&words, &met.collect::<Result<Vec<_>>>()?);
        Ok(())
    }

    /// All names that a query may use: in full, short, and whether some event has a value of it.
    pub fn names(&self) -> Result<String> {
        let has = self.explorer.names();
        let names = Name::all().map(|(name, short)| {
            json!({"name": name.name(), "short": short, "is_present": has.contains(&name)})
        });
        serde_json::to_string(&names.collect::<Vec<_>>()).map_err(failed)
    }

    /// The words of a query that are to be sought first, or what is wrong with it.
    pub fn unsought(&self, asked: &str) -> Result<String> {
        answered(self.explorer.unsought(asked).map(|words| json!({ "words": words })))
    }

    /// What a query finds, or what is wrong with it.
    pub fn ask(&mut self, asked: &str, facets: Vec<String>) -> Result<String> {
        let answer = self.explorer.ask(asked, &names(&facets));
        answered(answer.map(|answer| json!({ "answer": answer })))
    }

    /// Puts what was found into another order: that of the times where no name is given.
    pub fn sort(&mut self, name: Option<String>, is_descending: bool) {
        self.explorer.sort(name.as_deref().and_then(Name::named), is_descending);
    }

    /// Some of the rows found.
    pub fn rows(&self, from: u32, count: u32, values: Vec<String>) -> Result<String> {
        let rows = self.explorer.rows(from as usize, count as usize, &names(&values));
        serde_json::to_string(&rows).map_err(failed)
    }

    /// All values of one of the rows found.
    pub fn values(&self, at: u32) -> Result<String> {
        serde_json::to_string(&self.explorer.values(at as usize)).map_err(failed)
    }

    /// What was found as a text: `csv`, or JSON lines.
    pub fn copied(&self, form: &str, values: Vec<String>, language: &str) -> Result<String> {
        let names = names(&values);
        let copied = match form {
            "csv" => self.explorer.as_csv(&names, language_of(language)),
            _ => self.explorer.as_json(&names),
        };
        serde_json::to_string(&copied).map_err(failed)
    }

    /// Which `accounts` or `organisations` came from which network.
    pub fn cross(&self, who: &str) -> Result<String> {
        let who = if who == "organisations" { Who::Organisations } else { Who::Accounts };
        serde_json::to_string(&self.explorer.cross(who)).map_err(failed)
    }
}

/// The names that are known among some.
fn names(all: &[String]) -> Vec<Name> {
    all.iter().filter_map(|name| Name::named(name)).collect()
}

/// An answer, or what is wrong with the query.
fn answered(answer: std::result::Result<impl Serialize, QueryError>) -> Result<String> {
    match answer {
        Ok(answer) => serde_json::to_string(&answer),
        Err(QueryError { at, what }) => {
            serde_json::to_string(&json!({"wrong": {"at": at, "what": what}}))
        }
    }
    .map_err(failed)
}
