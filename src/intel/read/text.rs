//! Plain text: a value on each line, with a comment behind `#`. What has no shape of its own, and
//! what would be taken for something else, has the name of its kind and a colon before it:
//! `account: sato`, `user-agent: evil/1.0`.

use super::types::{self, Type};
use super::{Broken, Out, Says};
use crate::intel::refusal::Why;
use crate::intel::value::{self, Kind};

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    for (line, written) in (1..).zip(text.lines()) {
        let written = written.trim();
        if written.is_empty() || written.starts_with(['#', ';']) || written.starts_with("//") {
            continue;
        }
        let named = written.split_once(':');
        let named = named.and_then(|(name, text)| Some((types::named(name)?, text)));
        match named {
            // A user agent may hold any sign.
            Some((of @ Type::Of(Kind::UserAgent), text)) => {
                out.take(text, types::read(of, text), Says { line, ..Says::default() });
            }
            Some((of, rest)) => {
                let (text, note) = commented(rest);
                out.take(text, types::read(of, text), Says { line, note, window: None });
            }
            None => {
                let (text, note) = commented(written);
                let read = value::guess(text).ok_or(Why::Shape);
                out.take(text, read, Says { line, note, window: None });
            }
        }
    }
    Ok(())
}

/// A value and the comment behind it.
fn commented(text: &str) -> (&str, &str) {
    let mark = text.find(" #").or_else(|| text.find("\t#"));
    match mark {
        Some(at) => (&text[..at], text[at + 2..].trim()),
        None => (text, ""),
    }
}
