//! What became of requests with payloads, on sites that are made here: with pages for what does not
//! exist that say so, that say it with status 200, that repeat the address; applications of one
//! page; filters; products whose attacks succeed with 400, 401, 403, 404, 405 and 500. The truth
//! about each request is known, and what the findings say of it is compared.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(clippy::print_stdout, reason = "the table is what is asked for")]

mod common;

use common::{Options, check_with_rows, clf};
use sekisho::finding::Outcome;
use sekisho::train::Random;
use std::collections::BTreeMap;

/// Sites of each kind.
const SITES: u64 = 20;
/// Percent of the requests of which the right thing must be said.
const RIGHT_PERCENT: usize = 95;
const START: i64 = 1_620_262_800;
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64)";

/// How a site answers what does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Site {
    Plain,
    /// Status 200 and always the same page.
    Soft,
    /// Status 200 and a page that repeats the address.
    Echo,
    /// Status 200 and the application.
    OnePage,
    /// 403 to whatever looks like an attack.
    Filter,
    /// A product that attacks on a known flaw reach.
    Product,
}

const KINDS: [Site; 6] =
    [Site::Plain, Site::Soft, Site::Echo, Site::OnePage, Site::Filter, Site::Product];

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    Succeeded,
    /// Refused, or answered as what does not exist.
    Failed,
    /// Answered as always: nothing shows that it worked, and nothing that it did not.
    Silent,
}

impl Truth {
    const fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Silent => "silent",
        }
    }

    /// Whether the right thing was said. Of an answer as always, both are right that claim no
    /// success.
    fn is(self, said: &str) -> bool {
        match self {
            Self::Silent => matches!(said, "open" | "failed"),
            other => said == other.word(),
        }
    }
}

struct Log {
    random: Random,
    site: Site,
    lines: Vec<(i64, String, Option<Truth>)>,
}

impl Log {
    fn new(site: Site, seed: u64) -> Self {
        Self { random: Random::new(seed), site, lines: Vec::new() }
    }

    fn add(
        &mut self,
        at: i64,
        from: &str,
        line: &str,
        (status, bytes): (u16, u64),
        truth: Option<Truth>,
    ) {
        let time = clf(START + at, 0);
        let line =
            format!("{from} - - [{time}] \"{line} HTTP/1.1\" {status} {bytes} \"-\" \"{AGENT}\"");
        self.lines.push((at, line, truth));
    }

    /// The answer to what does not exist.
    fn absent(&self, line: &str) -> (u16, u64) {
        match self.site {
            Site::Plain | Site::Product => (404, 1_245),
            Site::Filter => (404, 512),
            Site::Soft => (200, 3_317),
            Site::Echo => (200, 2_900 + line.len() as u64),
            Site::OnePage => (200, 1_873),
        }
    }

    /// Visitors over some days.
    fn visitors(&mut self) {
        for nth in 0..900 {
            let at = nth * 300 + self.random.below(200) as i64;
            let from = format!("198.51.100.{}", 1 + self.random.below(120));
            let draw = self.random.below(1_000);
            let varied = self.random.below(1_900);
            let (line, answer) = match nth % 6 {
                0 => (format!("GET /p/{}", draw % 30), (200, 5_000 + draw % 30 * 211)),
                1 => (format!("GET /search?q=word{draw}"), (200, 4_000 + varied)),
                2 => (format!("GET /item?id={draw}"), (200, 3_000 + varied / 8)),
                3 => (format!("GET /download?file=doc{draw}.pdf"), (200, 20_000 + draw * 880)),
                4 => (format!("GET /tools/ping?host=h{draw}.example.jp"), (200, 700 + varied / 20)),
                _ => {
                    let folders = "archive/".repeat(draw as usize % 4);
                    let line = format!("GET /old/{folders}page{draw}.html");
                    let answer = self.absent(&line);
                    (line, answer)
                }
            };
            self.add(at, &from, &line, answer, None);
        }
    }

    /// Attempts, of which one of each kind succeeds where `works`.
    fn attacks(&mut self, works: bool) {
        let (from, mut at) = (format!("203.0.113.{}", 2 + self.random.below(200)), 200_000);
        for nth in 0..24_u64 {
            at += 3 + self.random.below(20) as i64;
            let (line, usual) = match nth % 6 {
                0 => (format!("GET /item?id={nth}%27%20OR%201=1--%20-"), Some((200, 3_100 + nth))),
                1 => (
                    format!("GET /search?q=%3Cscript%3Ealert({nth})%3C/script%3E"),
                    Some((200, 4_400 + nth)),
                ),
                2 => (format!("GET /cgi-bin/t{nth}.cgi?a=;cat%20/etc/passwd"), None),
                3 => (format!("GET /index{nth}.php?page=../../../../etc/passwd"), None),
                4 => (
                    format!("GET /tools/ping?host=;cat%20/etc/shadow%20{nth}"),
                    Some((200, 720 + nth)),
                ),
                _ => (
                    format!("GET /x{nth}/?a=1%20UNION%20SELECT%20user,password%20FROM%20users"),
                    None,
                ),
            };
            let (answer, truth) = match (self.site, usual) {
                (Site::Filter, _) => ((403, 199), Truth::Failed),
                (_, Some(usual)) => (usual, Truth::Silent),
                (_, None) => (self.absent(&line), Truth::Failed),
            };
            self.add(at, &from, &line, answer, Some(truth));
        }
        if !works {
            return;
        }
        for nth in 0..6_u64 {
            at += 3 + self.random.below(20) as i64;
            let grown = self.random.below(40_000);
            let (line, answer) = match nth % 3 {
                0 => (
                    format!(
                        "GET /item?id=-{nth}%20UNION%20SELECT%20name,password%20FROM%20users--%20-"
                    ),
                    (200, 60_000 + grown),
                ),
                1 => (
                    format!("GET /download?file=..%2f..%2f..%2f..%2f..%2fetc%2fpasswd&n={nth}"),
                    (200, 1_600 + nth),
                ),
                _ => (
                    format!("GET /tools/ping?host=;cat%20/etc/passwd;%20{nth}"),
                    (200, 4_600 + grown / 9),
                ),
            };
            self.add(at, &from, &line, answer, Some(Truth::Succeeded));
        }
    }

    /// Attacks on products, in whose answers success shows by a status that is a refusal elsewhere.
    fn products(&mut self) {
        let scanner = format!("192.0.2.{}", 2 + self.random.below(200));
        let intruder = format!("203.0.113.{}", 2 + self.random.below(200));
        let bitbucket = "/rest/api/latest/projects/P/repos/r/archive?filename=a&at=a&path=a&prefix=ax%00--exec=%60id%60%00--remote=origin";
        let each: [(&str, u16, u16); 5] = [
            ("POST /goanywhere/lic/accept", 500, 400),
            ("POST /json/setup-restore.action?synchronous=true", 405, 403),
            (&format!("GET {bitbucket}"), 500, 400),
            ("GET /mifs/rs/api/v2/featureusage?format=%24%7B7*7%7D", 400, 401),
            ("GET /global-protect/portal/images/x1.txt", 403, 404),
        ];
        let mut at = 210_000;
        let is_open = self.random.below(5) as usize;
        for (nth, (line, succeeds, fails)) in each.into_iter().enumerate() {
            at += 30 + self.random.below(50) as i64;
            let (status, truth) = match nth == is_open {
                true => (succeeds, Truth::Succeeded),
                false => (fails, Truth::Failed),
            };
            self.add(at, &intruder, line, (status, 310), Some(truth));
        }
        let at = 230_000 + self.random.below(900) as i64;
        let chain = [
            ("POST /moveitisapi/moveitisapi.dll?action=m2", (200, 0)),
            ("POST /api/v1/token", (200, 1_180)),
            ("POST /api/v1/folders/963611079/files?uploadType=resumable", (200, 310)),
            ("GET /human2.aspx", (404, 1_245)),
        ];
        for (nth, (line, answer)) in chain.into_iter().enumerate() {
            self.add(at + 9 * nth as i64, &intruder, line, answer, Some(Truth::Succeeded));
        }
        self.add(at + 90, &scanner, "GET /human2.aspx", (404, 1_245), Some(Truth::Failed));
        let zimbra = "POST /service/extension/backup/mboximport?account-name=admin&ow=2&no-switch=1&append=1";
        self.add(at + 400, &intruder, zimbra, (401, 340), Some(Truth::Succeeded));
        let planted = "GET /zimbraAdmin/0MVzAe6pgwe5go1D.jsp";
        self.add(at + 420, &intruder, planted, (200, 640), Some(Truth::Succeeded));
    }

    fn made(site: Site, seed: u64) -> Self {
        let mut log = Self::new(site, seed);
        log.visitors();
        log.attacks(seed.is_multiple_of(2) && site != Site::Filter);
        if site == Site::Product {
            log.products();
        }
        log.lines.sort_by_key(|(at, _, _)| *at);
        log
    }
}

/// What was said of a request, the weightiest.
fn said(all: &[Option<Outcome>]) -> &'static str {
    let has = |outcome| all.contains(&Some(outcome));
    match () {
        () if has(Outcome::LikelySucceeded) => "succeeded",
        () if has(Outcome::Blocked) || has(Outcome::Failed) => "failed",
        () if has(Outcome::Unknown) => "open",
        () => "nothing",
    }
}

#[test]
#[ignore = "takes half a minute: cargo xtask corpus outcomes"]
fn what_became_of_payload_requests_is_said_rightly() {
    let mut table = BTreeMap::<(Site, &str, &str), usize>::new();
    let (mut right, mut open, mut all) = (0, 0, 0);
    for site in KINDS {
        for seed in 1..=SITES {
            let log = Log::made(site, seed);
            let text: String = log.lines.iter().map(|(_, line, _)| format!("{line}\n")).collect();
            let (report, rows) =
                check_with_rows(&[("access.log", text.as_bytes())], &Options::default());
            let outcomes: BTreeMap<_, _> =
                report.findings.iter().map(|found| (found.id.as_str(), found.outcome)).collect();
            let mut by_line = BTreeMap::<u64, Vec<Option<Outcome>>>::new();
            for row in &rows {
                by_line.entry(row.line).or_default().push(outcomes[row.finding.as_str()]);
            }
            for (at, (_, line, truth)) in log.lines.iter().enumerate() {
                let Some(truth) = truth else { continue };
                let said = by_line.get(&(at as u64 + 1)).map_or("nothing", |all| said(all));
                all += 1;
                right += usize::from(truth.is(said));
                open += usize::from(said == "open");
                if !truth.is(said) && std::env::var_os("SEKISHO_SHOW").is_some() {
                    println!("{site:?}-{seed}: {truth:?}, said: {said}: {line}");
                }
                *table.entry((site, truth.word(), said)).or_default() += 1;
            }
        }
    }
    println!("site, truth, said, requests");
    for ((site, truth, said), count) in &table {
        println!("{site:?}, {truth}, {said}, {count}");
    }
    println!("{right} of {all} right, {open} left open");
    assert!(right * 100 >= all * RIGHT_PERCENT, "{right} of {all} are right, {open} left open");
}
