//! A pack as it is described, and whether a request is one that it describes.

use super::glob::Glob;
use crate::base::Text;
use crate::detect::Seen;
use crate::event::Field;
use crate::finding::{Question, Severity};
use crate::judge::payload::decoded;
use serde::Deserialize;

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

/// What a request is compared by, in lower case.
pub(super) struct Parts {
    method: Vec<u8>,
    path: Sent,
    query: Sent,
    referrer: Vec<u8>,
    host: Vec<u8>,
    answer_bytes: u64,
}

/// A text as sent and as it reads decoded.
struct Sent {
    raw: Vec<u8>,
    decoded: Vec<u8>,
}

impl Sent {
    fn new(text: &[u8], is_query: bool) -> Self {
        let decoded = decoded(text, is_query).to_ascii_lowercase();
        Self { raw: text.to_ascii_lowercase(), decoded }
    }

    fn fits(&self, glob: &Glob) -> bool {
        glob.fits(&self.raw) || glob.fits(&self.decoded)
    }
}

impl Parts {
    pub(super) fn of(seen: &Seen<'_>) -> Self {
        let text = |field| seen.event.fields.text(field).unwrap_or(b"").to_ascii_lowercase();
        Self {
            method: text(Field::Method),
            path: Sent::new(seen.path_text, false),
            query: Sent::new(seen.query.unwrap_or(b""), true),
            referrer: text(Field::Referrer),
            host: text(Field::Domain),
            answer_bytes: seen.bytes.unwrap_or(0),
        }
    }
}

impl Request {
    /// Whether a request is this one.
    pub(super) fn fits(&self, parts: &Parts) -> bool {
        let any = |patterns: &[Inside], text: &[u8]| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.0.fits(text))
        };
        let is_method = |method: &String| parts.method.eq_ignore_ascii_case(method.as_bytes());
        (self.method.is_empty() || self.method.iter().any(is_method))
            && (self.path.is_empty() || self.path.iter().any(|p| parts.path.fits(&p.0)))
            && !self.except.iter().any(|pattern| parts.path.fits(&pattern.0))
            && self.query.iter().all(|pattern| parts.query.fits(&pattern.0))
            && any(&self.referrer, &parts.referrer)
            && any(&self.host, &parts.host)
            && parts.answer_bytes >= self.answer_bytes
    }

    /// Whether it counts behind an attack only.
    pub fn is_follow_up(&self) -> bool {
        self.within_secs.is_some()
    }

    /// Texts, one of which its path must hold.
    pub(super) fn paths_hold(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(|pattern| pattern.0.longest())
    }

    /// A text that its query must hold, where the query alone tells.
    pub(super) fn query_holds(&self) -> Option<&str> {
        let longest = self.query.iter().map(|pattern| pattern.0.longest());
        longest.max_by_key(|text| text.len()).filter(|_| self.path.is_empty())
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
