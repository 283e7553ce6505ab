//! Exercises, as JavaScript asks for them. The truth stays in the module: hints come out one by one,
//! and the rest once a sheet is handed in.

use super::{Result, failed, language_of, refused, told};
use crate::train::exercise::{
    Asked, Exercise, ExerciseResult, Handed, Level, Sheet, class, items, questions,
};
use crate::train::{Wanted, truth_of};
use js_sys::Function;
use serde_json::json;
use wasm_bindgen::prelude::*;

/// Tells days as thousandths of a case.
fn days(progress: &Function) -> impl FnMut(u32, u32) + '_ {
    let mut tell = told(progress);
    move |day, of| tell(u64::from(day) * 1_000 / u64::from(of.max(1)))
}

/// What happened in a case, as JSON.
#[wasm_bindgen]
pub fn truth(case: &str, progress: &Function) -> Result<String> {
    let wanted: Wanted = case.parse().map_err(refused)?;
    let truth = truth_of(&wanted, &mut days(progress)).map_err(refused)?;
    serde_json::to_string_pretty(&truth).map_err(failed)
}

/// What is asked of a case, by its name or its scenario file, as JSON. Nothing of it follows from
/// what happened.
#[wasm_bindgen]
pub fn exercise_asked(case: &str) -> Result<String> {
    let named = case.trim().parse::<Wanted>();
    let is_file = case.contains('=') && case.contains('\n');
    let wanted = if is_file { Wanted::read(case) } else { named }.map_err(refused)?;
    let sheet = Sheet::of(&wanted);
    let asked = json!({
        "training": wanted.to_string(),
        "questions": questions(),
        "items": items(),
        "sheet": sheet,
    });
    Ok(asked.to_string())
}

/// A sheet that was saved, or that was handed in, as JSON; refused where it is none.
#[wasm_bindgen]
pub fn read_sheet(text: &str) -> Result<String> {
    let sheet = Sheet::read(text).map_err(refused)?;
    serde_json::to_string(&sheet).map_err(failed)
}

/// An exercise that goes on.
#[wasm_bindgen]
pub struct Practice(Exercise);

#[wasm_bindgen]
impl Practice {
    /// Makes the exercise on a case.
    #[wasm_bindgen(constructor)]
    pub fn new(case: &str, progress: &Function) -> Result<Practice> {
        let wanted: Wanted = case.parse().map_err(refused)?;
        Exercise::of(wanted, &mut days(progress)).map(Self).map_err(refused)
    }

    /// A hint in both languages, as JSON.
    pub fn hint(&self, question: &str, level: u8) -> Result<String> {
        let asked = Asked::named(question).ok_or_else(|| failed("no such question"))?;
        let level = Level::numbered(level).ok_or_else(|| failed("no such level"))?;
        serde_json::to_string(&self.0.hint(asked, level)).map_err(failed)
    }

    /// Ends it: what is said of a sheet, and what is handed in, both as JSON.
    pub fn finish(&self, sheet: &str) -> Result<Vec<String>> {
        let sheet = Sheet::read(sheet).map_err(refused)?;
        let debrief = serde_json::to_string(&self.0.debrief(&sheet)).map_err(failed)?;
        let result: ExerciseResult = self.0.result(&sheet);
        Ok(vec![debrief, result.write()])
    }
}

/// The results of a class together, as `json` or `csv`.
#[wasm_bindgen]
pub fn class_of(
    names: Vec<String>,
    texts: Vec<String>,
    form: &str,
    language: &str,
) -> Result<String> {
    let handed: Vec<_> =
        names.iter().zip(&texts).map(|(name, text)| Handed { name, text }).collect();
    let class = class(&handed);
    Ok(match form {
        "csv" => class.csv(language_of(language)),
        _ => class.json(),
    })
}
