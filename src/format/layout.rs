//! Layouts of access logs: Apache's `LogFormat` and nginx's `log_format`, compiled into steps.
//!
//! A line fits a layout only when every literal stands where it should, the time is a time, the
//! status a status and the size a size. The fields borrow from the line as stored; escapes are
//! left as they are.

mod compile;

use crate::base::clock::{Clock, Form, read};
use crate::base::{Bilingual, Short, Text, Time, find_near};
use crate::event::{Field, Fields, number};

/// A layout that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// No directive was found.
    #[error(
        "no field in the log format «{0}»: expected Apache directives such as %h %t \"%r\", or \
         nginx variables such as $remote_addr [$time_local]"
    )]
    NoField(String),
    /// Two fields follow one another with nothing between them.
    #[error(
        "{1} follows {0} in the log format with nothing between them, so they cannot be told apart"
    )]
    Adjacent(String, String),
    /// A directive that is not closed.
    #[error("the log format ends inside a directive: «{0}»")]
    Unfinished(String),
    /// There is no time.
    #[error("the log format «{0}» has no time (%t, $time_local, $time_iso8601 or $msec)")]
    NoTime(String),
}

impl Bilingual for LayoutError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::NoField(text) => format!(
                "「{text}」に項目がありません。Apacheの指定(%h %t \"%r\"など)、またはnginxの変数($remote_addr [$time_local]など)で指定してください。"
            ),
            Self::Adjacent(first, second) => {
                format!("{first}の直後に{second}が続き、間に区切りがないため区別できません。")
            }
            Self::Unfinished(text) => format!("指定の途中で終わっています:「{text}」"),
            Self::NoTime(text) => format!(
                "「{text}」に時刻(%t、$time_local、$time_iso8601、$msecのいずれか)がありません。"
            ),
        };
        Text::new(self.to_string(), ja)
    }
}

/// What a part of a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Take {
    Field(Field),
    Time(Form),
    /// Method, target and version in one.
    Request,
    Skip,
}

/// One part of a line, and what ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    take: Take,
    /// The literal behind it; empty for the end of the line.
    until: Short,
    /// Whether it stands in quotes, inside which a backslash escapes.
    quoted: bool,
}

impl Step {
    fn new(take: Take, until: &[u8], quoted: bool) -> Self {
        Self { take, until: Short::new(until), quoted }
    }
}

/// A compiled layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    prefix: Vec<u8>,
    steps: Vec<Step>,
    more_may_follow: bool,
}

impl Layout {
    /// The texts that stand in every line that fits.
    pub(super) fn literals(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&*self.prefix).chain(self.steps.iter().map(|step| &*step.until))
    }

    /// Reads a line into fields that are empty. When it does not fit they may hold anything.
    #[inline]
    pub fn read_into<'a>(
        &self,
        line: &'a [u8],
        clock: &Clock,
        fields: &mut Fields<'a>,
    ) -> Option<Time> {
        let mut rest = line.strip_prefix(self.prefix.as_slice())?;
        let mut time = Time::Absent;
        for step in &self.steps {
            let (text, behind) = step.split(rest)?;
            match &step.take {
                Take::Field(field) => set_field(fields, *field, text)?,
                Take::Time(form) => time = read(text, form, clock)?,
                Take::Request => set_request(fields, text),
                Take::Skip => {}
            }
            rest = behind;
        }
        let fits = rest.is_empty() || (self.more_may_follow && rest.first() == Some(&b' '));
        fits.then_some(time)
    }
}

impl Step {
    /// The part's text and what lies behind the literal that ends it.
    #[inline]
    fn split<'a>(&self, rest: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let Some(&first) = self.until.first() else {
            return Some((rest, &[]));
        };
        let mut from = 0;
        loop {
            let at = from + find_near(first, rest.get(from..)?)?;
            let escaped = self.quoted && is_escaped(rest, at);
            if !escaped && let Some(behind) = self.ends_at(rest, at) {
                return Some((&rest[..at], behind));
            }
            if !self.quoted && !self.may_hold_spaces() {
                return None;
            }
            from = at + 1;
        }
    }

    /// What lies behind the literal, when it stands at `at`.
    #[inline]
    fn ends_at<'a>(&self, rest: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let behind = rest.get(at..)?;
        self.until.begins(behind).then(|| &behind[self.until.len()..])
    }

    /// Apache writes account names unquoted even if they hold spaces.
    fn may_hold_spaces(&self) -> bool {
        matches!(self.take, Take::Field(Field::UserName))
    }
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Sets a field; none when its text is not of the field's kind.
#[inline]
fn set_field<'a>(fields: &mut Fields<'a>, field: Field, text: &'a [u8]) -> Option<()> {
    let of_its_kind = match field {
        Field::Status => text == b"-" || (text.len() == 3 && number(text).is_some()),
        Field::BytesOut | Field::BytesIn | Field::Port => text == b"-" || number(text).is_some(),
        Field::SourceAddress => is_host(text),
        Field::UserName => !text.starts_with(b"- "),
        Field::Domain => !text.is_empty() && !text.contains(&b' '),
        _ => true,
    };
    of_its_kind.then(|| fields.set(field, text))
}

/// An address or a host name: it has a dot or a colon, or is a word with a letter in it.
fn is_host(text: &[u8]) -> bool {
    // Nearly every address begins with a digit or a letter.
    let has_word = text.first().is_some_and(u8::is_ascii_alphanumeric)
        || text.iter().any(u8::is_ascii_alphanumeric);
    has_word && text.iter().all(u8::is_ascii_graphic)
}

/// Splits `GET /path HTTP/1.1`. A request that is not HTTP is all target.
#[inline]
pub(super) fn set_request<'a>(fields: &mut Fields<'a>, request: &'a [u8]) {
    let Some((method, rest)) = split_method(request) else {
        return fields.set(Field::Target, request);
    };
    fields.set(Field::Method, method);
    // Targets can hold spaces that the client did not encode; the version is behind the last one.
    let version_at = rest.len().checked_sub(9).filter(|at| rest[*at..].starts_with(b" HTTP/"));
    let version_at = version_at.or_else(|| find_version(rest));
    match version_at {
        Some(at) => {
            fields.set(Field::Target, &rest[..at]);
            fields.set(Field::HttpVersion, &rest[at + 6..]);
        }
        None => fields.set(Field::Target, rest),
    }
}

fn find_version(rest: &[u8]) -> Option<usize> {
    memchr::memrchr(b' ', rest).filter(|at| rest[*at..].starts_with(b" HTTP/"))
}

#[inline]
fn split_method(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = request.iter().take(32).position(|byte| *byte == b' ')?;
    let method = &request[..space];
    let is_method =
        space > 0 && method.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'));
    is_method.then(|| (method, &request[space + 1..]))
}
