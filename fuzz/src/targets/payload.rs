//! What requests ask for: decoded and judged. The gate before the patterns may say yes in vain, and
//! never no.

use super::{choice, one_of};
use sekisho::base::Seed;
use sekisho::judge::payload::{Judge, Where, suspicious};
use sekisho::judge::resource::{classify, download_query};
use sekisho::judge::{agent, program_of};

thread_local!(static JUDGE: Judge = Judge::new());

pub fn read(input: &[u8]) -> usize {
    let (which, text) = choice(input);
    let field = *one_of(&[Where::Path, Where::Query, Where::Referer, Where::UserAgent], which);
    JUDGE.with(|judge| {
        let payloads = judge.judge(field, text);
        assert!(
            payloads.is_empty() || suspicious(field, text),
            "{payloads:?} behind a closed gate"
        );
        let explained = judge.explain(field, text);
        assert!(payloads.is_empty() || explained.is_some(), "{payloads:?} without a reason");
    });
    classify(text);
    download_query(text);
    program_of(Seed(1), text);
    agent::fetches_in_bulk(text);
    text.len()
}
