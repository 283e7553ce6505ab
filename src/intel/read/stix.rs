//! STIX 2 bundles, and what TAXII servers hand out: the objects of type `indicator`. An observable
//! by itself is told as such; other objects say nothing that could be swept for.

use super::{Broken, Lines, Out, Says, broken, pattern, window};
use crate::intel::refusal::Why;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Object {
    r#type: String,
    #[serde(default)]
    id: String,
    name: Option<String>,
    pattern: Option<String>,
    pattern_type: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    #[serde(default)]
    revoked: bool,
    value: Option<String>,
}

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    let objects = match text.trim_start().starts_with('[') {
        true => serde_json::from_str::<Vec<&RawValue>>(text),
        false => serde_json::from_str::<Bundle<'_>>(text).map(|bundle| bundle.objects),
    };
    let lines = Lines::new(text);
    for raw in objects.map_err(|error| broken(&error))? {
        let line = lines.of_raw(raw);
        match serde_json::from_str::<Object>(raw.get()) {
            Ok(object) => take(&object, line, out),
            Err(error) => out.refuse(line, raw.get(), Why::Damaged(error.to_string())),
        }
    }
    Ok(())
}

fn take(object: &Object, line: u32, out: &mut Out<'_>) {
    let shown = object.value.as_deref().unwrap_or(&object.id);
    match object.r#type.as_str() {
        "indicator" => {}
        "ipv4-addr" | "ipv6-addr" | "domain-name" | "url" | "email-addr" | "file"
        | "user-account" | "observed-data" | "network-traffic" | "email-message" | "artifact" => {
            return out.refuse(line, shown, Why::Observed);
        }
        _ => return,
    }
    let pattern = object.pattern.as_deref().unwrap_or_default();
    let note = object.name.as_deref().unwrap_or(&object.id);
    let language = object.pattern_type.as_deref().unwrap_or("stix");
    let read = if object.revoked {
        Err(Why::Withdrawn)
    } else if language == "stix" {
        pattern::read(pattern, line)
    } else {
        Err(Why::Kind(language.to_owned()))
    };
    let window = window(object.valid_from.as_deref(), object.valid_until.as_deref());
    match (read, window) {
        (Ok(condition), Ok(window)) => condition.sweep(out, Says { line, note, window }),
        (Err(why), _) | (_, Err(why)) => out.refuse(line, pattern, why),
    }
}
