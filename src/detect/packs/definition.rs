//! A pack as it is described, and whether a request is one that it describes.

use crate::base::Glob;
use crate::base::Text;
use crate::detect::Seen;
use crate::event::Field;
use crate::finding::{Question, Severity};
use crate::judge::payload::decoded;
use serde::Deserialize;
use std::cell::OnceCell;

/// What is known of one flaw.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its id, which is the name of its file: the category of its findings.
    pub id: String,
    /// The flaws, the one that opens the way first.
    pub cves: Vec<String>,
    /// The product.
    pub product: String,
    /// What an attacker does.
    pub what: Text,
    /// How success shows in the answers.
    pub success: Text,
    /// Why some answers tell nothing, where there are such.
    pub doubt: Option<Text>,
    /// What else causes such requests or answers.
    pub innocent: Text,
    /// What to do next.
    pub next: Text,
    /// Severity of a success.
    pub severity: Severity,
    /// ATT&CK techniques.
    pub attack: Vec<String>,
    /// Questions that a success speaks to, beside Q1 to Q3.
    #[serde(default)]
    pub speaks_to: Vec<Question>,
    /// Where this is described in public.
    pub references: Vec<String>,
    /// The requests of an attack.
    #[serde(rename = "request")]
    pub requests: Vec<Request>,
}

/// A request of an attack. All conditions that are stated must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Methods, one of which it has.
    #[serde(default)]
    method: Vec<String>,
    /// Patterns, one of which the whole path fits, as sent or decoded.
    #[serde(default)]
    path: Vec<Pattern>,
    /// Patterns, none of which the path fits.
    #[serde(default)]
    except: Vec<Pattern>,
    /// Patterns, all of which fit somewhere in the query, as sent or decoded.
    #[serde(default)]
    query: Vec<Inside>,
    /// Patterns, one of which fits somewhere in the referring address.
    #[serde(default)]
    referrer: Vec<Inside>,
    /// Patterns, one of which fits somewhere in the name of the host that was asked for.
    #[serde(default)]
    host: Vec<Inside>,
    /// Bytes of its answer at least: for requests that are ordinary otherwise.
    #[serde(default)]
    answer_bytes: u64,
    /// What the answers tell.
    #[serde(default)]
    pub answers: Answers,
    /// Only counts when the same client attacked at most so many seconds before.
    pub within_secs: Option<i64>,
    /// Requests that it is.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Requests that it is not, though they look alike.
    #[serde(default)]
    pub ordinary: Vec<String>,
}

/// What the answers to a request tell.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// Statuses that success has, whatever they mean elsewhere.
    pub succeeded: Vec<u16>,
    /// Statuses that success and failure have in common.
    pub doubtful: Vec<u16>,
    /// Statuses behind which what was planted hides from those who do not know its secret.
    pub masked: Vec<u16>,
    /// Bytes that the answer of a success has at least.
    pub least_bytes: u64,
}

impl Answers {
    /// Whether a status means something of its own.
    pub fn mean(&self, status: u16) -> bool {
        [&self.succeeded, &self.doubtful, &self.masked].iter().any(|of| of.contains(&status))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
struct Pattern(Glob);

#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
struct Inside(Glob);

impl From<String> for Pattern {
    fn from(pattern: String) -> Self {
        Self(Glob::whole(&pattern))
    }
}

impl From<String> for Inside {
    fn from(pattern: String) -> Self {
        Self(Glob::inside(&pattern))
    }
}

/// What a request is compared by, in lower case. What few conditions ask for is made when it is
/// first asked for.
pub(super) struct Parts<'s, 'e> {
    seen: &'s Seen<'e>,
    path: Sent,
    query: OnceCell<Sent>,
}

/// A text as sent and, where that is not the same, as it reads decoded.
pub(super) struct Sent {
    raw: Vec<u8>,
    decoded: Option<Vec<u8>>,
}

impl Sent {
    pub(super) fn new(text: &[u8], is_query: bool) -> Self {
        let raw = text.to_ascii_lowercase();
        let decoded = decoded(text, is_query).to_ascii_lowercase();
        Self { decoded: (decoded != raw).then_some(decoded), raw }
    }

    /// The text, and what it decodes to.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&*self.raw).chain(self.decoded.as_deref())
    }

    fn fits(&self, glob: &Glob) -> bool {
        glob.fits(&self.raw) || self.decoded.as_ref().is_some_and(|decoded| glob.fits(decoded))
    }
}

impl<'s, 'e> Parts<'s, 'e> {
    pub(super) fn of(seen: &'s Seen<'e>) -> Self {
        Self { seen, path: Sent::new(seen.path_text, false), query: OnceCell::new() }
    }

    pub(super) const fn path(&self) -> &Sent {
        &self.path
    }

    pub(super) fn query(&self) -> &Sent {
        self.query.get_or_init(|| Sent::new(self.seen.query.unwrap_or(b""), true))
    }

    fn text(&self, field: Field) -> &[u8] {
        self.seen.event.fields.text(field).unwrap_or(b"")
    }
}

impl Request {
    /// Whether a request is this one.
    pub(super) fn fits(&self, parts: &Parts<'_, '_>) -> bool {
        let method = parts.text(Field::Method);
        let is_method = |of: &String| method.eq_ignore_ascii_case(of.as_bytes());
        let any = |patterns: &[Inside], field| {
            let text = || parts.text(field).to_ascii_lowercase();
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.0.fits(&text()))
        };
        (self.method.is_empty() || self.method.iter().any(is_method))
            && self.fits_path(&parts.path)
            && self.query.iter().all(|pattern| parts.query().fits(&pattern.0))
            && any(&self.referrer, Field::Referrer)
            && any(&self.host, Field::Domain)
            && parts.seen.bytes.unwrap_or(0) >= self.answer_bytes
    }

    /// Whether it may be for this path.
    pub(super) fn fits_path(&self, path: &Sent) -> bool {
        (self.path.is_empty() || self.path.iter().any(|pattern| path.fits(&pattern.0)))
            && !self.except.iter().any(|pattern| path.fits(&pattern.0))
    }

    /// Whether it counts behind an attack only.
    pub fn is_follow_up(&self) -> bool {
        self.within_secs.is_some()
    }

    /// Whether its path says something, so that the query alone need not tell.
    pub(super) fn has_path(&self) -> bool {
        !self.path.is_empty()
    }

    /// Texts, one of which its path must hold.
    pub(super) fn paths_hold(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(|pattern| pattern.0.longest())
    }

    /// A text that its query must hold, where the query alone tells.
    pub(super) fn query_holds(&self) -> Option<&str> {
        let longest = self.query.iter().map(|pattern| pattern.0.longest());
        longest.max_by_key(|text| text.len()).filter(|_| !self.has_path())
    }
}

impl Pack {
    /// Reads a description; the error says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let pack: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        // A gate that lets everything through would slow every log down.
        let is_open = |request: &Request| {
            let by_path = request.paths_hold().all(|text| text.len() >= 2);
            let by_query = request.query_holds().is_some_and(|text| text.len() >= 2);
            if request.path.is_empty() { !by_query } else { !by_path }
        };
        match pack.requests.iter().position(is_open) {
            Some(at) => Err(format!("request {at} has neither a path nor a query to know it by")),
            None if pack.cves.is_empty() => Err("no CVE; expected one or more".to_owned()),
            None => Ok(pack),
        }
    }

    /// The flaw that opens the way.
    pub fn cve(&self) -> &str {
        self.cves.first().map_or("", String::as_str)
    }
}
