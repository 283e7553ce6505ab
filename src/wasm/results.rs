//! Results and roll-ups, as JavaScript asks for them. Random bytes are the browser's.

use super::{PageReport, Result, failed, from_js, language_of, refused};
use crate::finding::Question;
use crate::share::{
    self, Expected, Given, Giving, Level, PseudonymKey, Recipient, SecretKey, rollup, seal,
};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(js_class = OpenReport)]
impl PageReport {
    /// The report with less personal data. Names become pseudonyms by `random`, 32 bytes.
    pub fn reduced(&self, random: &[u8]) -> Result<Self> {
        let key = PseudonymKey::new(random.try_into().map_err(failed)?);
        let reduced = share::reduced(&self.0, &key);
        Ok(Self(reduced.ok_or_else(|| failed("the report cannot be reduced"))?))
    }

    /// The text of a result. `to` is the recipient, as `open_checker` tells it; without one, names
    /// become pseudonyms by `random`, 32 bytes. `day` is today, in UTC.
    pub fn result(
        &self,
        level: &str,
        client: &str,
        asked: JsValue,
        to: Option<String>,
        random: &[u8],
        day: &str,
    ) -> Result<String> {
        let level = Level::named(level).ok_or_else(|| failed("no such level"))?;
        let asked: Vec<Question> = from_js(asked)?;
        let pseudonyms = match to {
            Some(to) => Recipient::read(&to).map_err(failed)?.pseudonyms,
            None => PseudonymKey::new(random.try_into().map_err(failed)?),
        };
        let made_on = day.parse().map_err(failed)?;
        let (report, asked, pseudonyms) = (&self.0, &asked, &pseudonyms);
        Ok(Giving { report, level, client, asked, pseudonyms, made_on }.text())
    }
}

/// Seals the text of a result to a recipient. `random` are 32 bytes that serve nothing else.
#[wasm_bindgen]
pub fn seal_result(text: &str, to: &str, random: &[u8]) -> Result<Uint8Array> {
    let to = Recipient::read(to).map_err(failed)?;
    let once = random.try_into().map_err(failed)?;
    let sealed = seal(text.as_bytes(), &to.key, once).map_err(failed)?;
    Ok(Uint8Array::from(sealed.as_slice()))
}

/// Results put together, in a form: `json`, `csv` or `parties`. `names` and `files` stand
/// one beside the other; `key` is the text of the vendor's key file.
#[wasm_bindgen]
pub fn roll_up(
    names: Vec<String>,
    files: Vec<Uint8Array>,
    key: Option<String>,
    expected: &str,
    form: &str,
    language: &str,
) -> Result<String> {
    let key = key.map(|text| SecretKey::read(&text)).transpose().map_err(refused)?;
    let held: Vec<Vec<u8>> = files.iter().map(Uint8Array::to_vec).collect();
    let given: Vec<_> =
        names.iter().zip(&held).map(|(name, bytes)| Given { name, bytes }).collect();
    let all = rollup(&given, key.as_ref(), &Expected::read(expected));
    Ok(match form {
        "csv" => all.csv(language_of(language)),
        "parties" => all.parties(language_of(language)),
        _ => all.json(),
    })
}
