//! A vendor's checkers, as JavaScript makes and opens them. Random bytes are the browser's.

use super::{Result, failed, from_js, refused, to_js};
use crate::base::Wrong;
use crate::report::questions;
use crate::share::{
    About, Checker, CheckerError, Opened, Part, ReleasedPage, Role, SecretKey, edition, sealed,
    settings_text,
};
use js_sys::{Array, Uint8Array};
use serde_json::json;
use wasm_bindgen::prelude::*;

/// Opens the checker that stands in a page with a digest: what it says, its settings, and its
/// files. Fails with a message when it is not what was signed for that page.
#[wasm_bindgen]
pub fn open_checker(block: &str, page: &str) -> Result<JsValue> {
    let sealed = sealed(block).ok_or(CheckerError::Form).map_err(refused)?;
    let opened = Checker::open(&sealed, page).map_err(refused)?;
    let recipient = opened.recipient().write();
    let Opened { checker, by, edition } = opened;
    let settings: serde_json::Value = serde_json::from_str(&checker.settings).map_err(failed)?;
    let told = to_js(&json!({
        "about": checker.about,
        "settings": settings,
        "fingerprint": by.fingerprint(),
        "edition": edition,
        "recipient": recipient,
    }))?;
    let parts = checker.parts.iter().map(|Part { role, name, bytes }| {
        let part = [to_js(role)?, name.into(), Uint8Array::from(bytes.as_slice()).into()];
        Ok(Array::from_iter(part))
    });
    let parts = parts.collect::<Result<Array>>()?;
    Ok(Array::of2(&told, &parts).into())
}

/// The questions that a report answers.
#[wasm_bindgen]
pub fn questions() -> Result<JsValue> {
    to_js(&questions::ALL.map(|id| json!({"id": id, "words": questions::words(id)})))
}

/// The text of the key file that follows from 32 random bytes.
#[wasm_bindgen]
pub fn make_key(random: &[u8]) -> Result<String> {
    Ok(SecretKey::from_seed(random.try_into().map_err(failed)?).write())
}

/// The fingerprint of the key in a file. Fails with a message where there is none.
#[wasm_bindgen]
pub fn fingerprint_of(key: &str) -> Result<String> {
    Ok(SecretKey::read(key).map_err(refused)?.public().fingerprint())
}

/// What of a checker's words a client could not use: fields, each with what is expected there.
#[wasm_bindgen]
pub fn wrong_about(about: JsValue, logo: Option<Vec<u8>>) -> Result<JsValue> {
    let mut wrong = from_js::<About>(about)?.wrong();
    wrong.extend(logo.and_then(|bytes| Part::logo(String::new(), bytes).err()));
    to_js(&wrong)
}

/// What a checker is made of. Files stand one beside the other: what each is for, names, bytes.
#[wasm_bindgen]
pub struct CheckerMaker {
    key: SecretKey,
    parts: Vec<Part>,
}

#[wasm_bindgen]
impl CheckerMaker {
    /// Nothing in it yet. `key` is the text of the vendor's key file.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &str) -> Result<Self> {
        Ok(Self { key: SecretKey::read(key).map_err(refused)?, parts: Vec::new() })
    }

    /// Puts a file in.
    pub fn add(&mut self, role: JsValue, name: String, bytes: Vec<u8>) -> Result<()> {
        let role: Role = from_js(role)?;
        self.parts.push(match role {
            Role::Logo => Part::logo(name, bytes).map_err(|wrong| refused(Wrong(wrong.what)))?,
            _ => Part { role, name, bytes },
        });
        Ok(())
    }

    /// The page with all that in it, and the edition. `html` is the page as released.
    pub fn make(self, html: &str, about: JsValue, settings: JsValue) -> Result<Array> {
        let page = ReleasedPage::new(html).map_err(failed)?;
        let about: About = from_js(about)?;
        if let Some(wrong) = about.wrong().first() {
            return Err(refused(Wrong(wrong.what.clone())));
        }
        let checker = Checker {
            about,
            settings: settings_text(from_js(settings)?),
            page: page.digest().to_owned(),
            pseudonyms: self.key.pseudonyms(),
            parts: self.parts,
        };
        let sealed = checker.seal(&self.key).map_err(refused)?;
        Ok(Array::of2(&page.with(&sealed).into(), &edition(&sealed).into()))
    }
}
