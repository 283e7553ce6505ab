//! What is known of flaws in products that attackers use: one description for each, in `defs`.
//! `docs/packs.md` describes their language.
//!
//! Everything is compiled once. An index of the texts that the paths of attack requests must hold
//! stands in front; it is asked once for every path that differs, and says yes in vain but never no
//! where a description fits.

mod definition;

pub use definition::{Pack, Request};

use crate::judge::payload::decoded;
use aho_corasick::{AhoCorasick, Match};
use definition::{Parts, Sent};
use memchr::memchr3;
use std::sync::OnceLock;

/// The descriptions, with the paths of their files.
#[cfg(not(test))]
const DEFINITIONS: &[(&str, &str)] = BARE;
/// The same as written, with the examples that the tests read.
#[cfg(test)]
const DEFINITIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs_as_written.rs"));
/// Without examples and comments.
const BARE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// All packs, ready to be asked.
pub struct Packs {
    packs: Vec<Pack>,
    /// Every request of every pack: the pack, and which of its requests.
    requests: Vec<(usize, usize)>,
    paths: Index,
    queries: Index,
}

/// Requests by the texts that what is sent must hold, whatever their case.
struct Index {
    finder: Option<AhoCorasick>,
    /// By the number of the text.
    kinds: Vec<RequestKind>,
}

/// Stands for a request of a pack: its place among all.
pub type RequestKind = u16;

/// The packs of this build.
pub fn packs() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| Packs::new(definitions().filter_map(Result::ok).collect()))
}

/// The packs as described. A test holds that there is no error among them.
fn definitions() -> impl Iterator<Item = Result<Pack, String>> {
    DEFINITIONS
        .iter()
        .map(|(name, text)| Pack::read(text).map_err(|what| format!("{name}: {what}")))
}

impl Packs {
    fn new(packs: Vec<Pack>) -> Self {
        let each = |(at, pack): (usize, &Pack)| (0..pack.requests.len()).map(move |of| (at, of));
        let requests = packs.iter().enumerate().flat_map(each).collect();
        let all = || (0..).zip(packs.iter().flat_map(|pack| &pack.requests));
        let by_path = all().flat_map(|(kind, request): (RequestKind, &Request)| {
            request.paths_hold().map(move |text| (text, kind))
        });
        let by_query = all().filter_map(|(kind, request): (RequestKind, &Request)| {
            request.query_holds().map(|text| (text, kind))
        });
        let (paths, queries) = (Index::new(by_path), Index::new(by_query));
        Self { packs, requests, paths, queries }
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    /// Whether a request for this path may be one that a pack describes.
    pub fn watch_path(&self, path: &[u8]) -> bool {
        if !self.paths.may_be(path, false) {
            return false;
        }
        let path = Sent::new(path, false);
        let mut requests =
            self.paths.kinds(&path).into_iter().filter_map(|kind| self.request(kind));
        requests.any(|(.., request)| request.fits_path(&path))
    }

    /// Whether a request with this query may be one that a pack describes by its query alone.
    pub fn watch_query(&self, query: &[u8]) -> bool {
        self.queries.may_be(query, true)
    }

    /// The requests that this one is.
    pub fn matching(&self, seen: &super::Seen<'_>) -> Vec<RequestKind> {
        let parts = Parts::of(seen);
        let mut kinds = self.paths.kinds(parts.path());
        if self.queries.may_be(seen.query.unwrap_or_default(), true) {
            kinds.extend(self.queries.kinds(parts.query()));
        }
        kinds.sort_unstable();
        kinds.dedup();
        let fits = |kind: &RequestKind| {
            self.request(*kind).is_some_and(|(.., request)| request.fits(&parts))
        };
        kinds.retain(fits);
        kinds
    }

    /// Whether this is a request of an attack whose answer means something of its own.
    pub fn know_answer(&self, seen: &super::Seen<'_>) -> bool {
        let has_meaning = |kind| {
            self.request(kind).is_some_and(|(.., request)| {
                !request.is_follow_up() && request.answers.mean(seen.status)
            })
        };
        self.matching(seen).into_iter().any(has_meaning)
    }

    /// The place of a request's pack among all, the pack, and the request.
    pub fn request(&self, kind: RequestKind) -> Option<(usize, &Pack, &Request)> {
        let (at, of) = *self.requests.get(usize::from(kind))?;
        let pack = self.packs.get(at)?;
        Some((at, pack, pack.requests.get(of)?))
    }
}

impl Index {
    fn new<'t>(texts: impl Iterator<Item = (&'t str, RequestKind)>) -> Self {
        let (texts, kinds): (Vec<_>, Vec<_>) = texts.unzip();
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok();
        Self { finder, kinds }
    }

    /// Whether a text, or what it decodes to, holds one of the texts.
    fn may_be(&self, text: &[u8], is_query: bool) -> bool {
        let Some(finder) = &self.finder else { return false };
        let is_encoded = || is_query || memchr3(b'%', b'\\', b'&', text).is_some();
        finder.is_match(text) || (is_encoded() && finder.is_match(&decoded(text, is_query)))
    }

    /// The requests whose texts stand in what was sent.
    fn kinds(&self, sent: &Sent) -> Vec<RequestKind> {
        let found = |text| {
            let finder = self.finder.iter();
            finder.flat_map(move |finder| finder.find_overlapping_iter(text))
        };
        let kind = |found: Match| self.kinds.get(found.pattern().as_usize()).copied();
        sent.texts().flat_map(found).filter_map(kind).collect()
    }
}

#[cfg(test)]
mod tests;
