//! MISP events as JSON: the attributes of events and of their objects, in whichever wrapping MISP
//! hands them out. When an attribute was seen first and last is no validity, and is not taken for
//! one.

use super::{Broken, Lines, Out, Says, broken, types};
use crate::intel::refusal::Why;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A container of attributes: a file, an answer, an event or an object.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Holder<'a> {
    #[serde(borrow, rename = "Event")]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow, rename = "Attribute")]
    attributes: Vec<&'a RawValue>,
    #[serde(borrow, rename = "Object")]
    objects: Vec<&'a RawValue>,
    info: Option<String>,
    deleted: bool,
}

#[derive(Deserialize)]
struct Attribute {
    r#type: String,
    value: String,
    to_ids: Option<bool>,
    comment: Option<String>,
    #[serde(default)]
    deleted: bool,
}

/// Wrappings inside one another: file, answer, event, object.
const DEPTH: usize = 6;

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    serde_json::from_str::<&RawValue>(text).map_err(|error| broken(&error))?;
    let lines = Lines::new(text);
    holders(text, "", 0, &lines, out).map_err(|(part, error)| {
        let line = lines.of(part).saturating_add(error.line() as u32).saturating_sub(1);
        (line.max(1), error.to_string())
    })
}

/// Takes what one holder, or a list of them, holds.
fn holders<'t>(
    text: &'t str,
    info: &str,
    depth: usize,
    lines: &Lines<'_>,
    out: &mut Out<'_>,
) -> Result<(), (&'t str, serde_json::Error)> {
    if depth == DEPTH {
        out.refuse(lines.of(text), text, Why::Damaged("events inside one another".to_owned()));
        return Ok(());
    }
    if text.trim_start().starts_with('[') {
        let all: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| (text, error))?;
        return all.into_iter().try_for_each(|one| holders(one.get(), info, depth + 1, lines, out));
    }
    let holder: Holder<'t> = serde_json::from_str(text).map_err(|error| (text, error))?;
    if holder.deleted {
        out.refuse(lines.of(text), text, Why::Withdrawn);
        return Ok(());
    }
    let info = holder.info.as_deref().unwrap_or(info);
    for raw in &holder.attributes {
        attribute(raw, info, lines, out);
    }
    let inner = holder.response.into_iter().chain(holder.event).chain(holder.objects);
    inner.into_iter().try_for_each(|one| holders(one.get(), info, depth + 1, lines, out))
}

fn attribute(raw: &RawValue, info: &str, lines: &Lines<'_>, out: &mut Out<'_>) {
    let line = lines.of_raw(raw);
    let attribute: Attribute = match serde_json::from_str(raw.get()) {
        Ok(attribute) => attribute,
        Err(error) => return out.refuse(line, raw.get(), Why::Damaged(error.to_string())),
    };
    let Attribute { r#type, value, to_ids, comment, deleted } = attribute;
    let note = comment.as_deref().filter(|comment| !comment.trim().is_empty()).unwrap_or(info);
    let read = match (deleted, to_ids) {
        (true, _) => Err(Why::Withdrawn),
        (_, Some(false)) => Err(Why::Context),
        _ => types::read_all(&r#type, &value),
    };
    match read {
        Ok(values) => {
            let says = Says { line, note, window: None };
            values.into_iter().for_each(|one| out.take(&value, Ok(one), says));
        }
        Err(why) => out.refuse(line, &value, why),
    }
}
