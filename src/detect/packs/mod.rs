//! What is known of flaws in products that attackers use: one description for each, in `defs`.
//! `docs/packs.md` describes their language.
//!
//! Everything is compiled once. One gate over the texts that the paths of attack requests must
//! hold stands in front; it is asked once for every path that differs, and says yes in vain but
//! never no where a description fits.

mod definition;

pub use definition::{Pack, Request};

use crate::judge::payload::decoded;
use definition::{Parts, Sent};
use memchr::memchr3;
use regex::bytes::{Regex, RegexBuilder};
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
    paths: Option<Regex>,
    queries: Option<Regex>,
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
        let all = || packs.iter().flat_map(|pack| &pack.requests);
        let paths = any_of(all().flat_map(Request::paths_hold));
        let queries = any_of(all().filter_map(Request::query_holds));
        Self { packs, requests, paths, queries }
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    /// Whether a request for this path may be one that a pack describes.
    pub fn watch_path(&self, path: &[u8]) -> bool {
        if !may_match(self.paths.as_ref(), path, false) {
            return false;
        }
        let path = Sent::new(path, false);
        let mut all = self.packs.iter().flat_map(|pack| &pack.requests);
        all.any(|request| request.has_path() && request.fits_path(&path))
    }

    /// Whether a request with this query may be one that a pack describes by its query alone.
    pub fn watch_query(&self, query: &[u8]) -> bool {
        may_match(self.queries.as_ref(), query, true)
    }

    /// The requests that this one is.
    pub fn matching(&self, seen: &super::Seen<'_>) -> Vec<RequestKind> {
        let parts = Parts::of(seen);
        let fits = |(_, (pack, of)): &(RequestKind, &(usize, usize))| {
            self.packs[*pack].requests[*of].fits(&parts)
        };
        (0..).zip(&self.requests).filter(fits).map(|(kind, _)| kind).collect()
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

/// One expression for many texts, whatever their case.
fn any_of<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Regex> {
    let texts: Vec<_> = texts.map(regex::escape).collect();
    RegexBuilder::new(&texts.join("|")).unicode(false).case_insensitive(true).build().ok()
}

fn may_match(texts: Option<&Regex>, text: &[u8], is_query: bool) -> bool {
    let Some(texts) = texts else { return false };
    let is_encoded = || is_query || memchr3(b'%', b'\\', b'&', text).is_some();
    texts.is_match(text) || (is_encoded() && texts.is_match(&decoded(text, is_query)))
}

#[cfg(test)]
mod tests;
