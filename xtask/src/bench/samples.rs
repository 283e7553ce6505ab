//! The logs that `bench formats` reads: the examples of each format's description, again and again,
//! with other seconds, addresses and long numbers each time, so that nothing is met twice. Beside
//! them streams of many formats, and of lines that no format fits. Or, made alike, logs that were
//! found somewhere. The same descriptions and logs always give the same bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::repo::{Repo, files_in, folders_in, read, read_bytes, write};

const MEBIBYTES: usize = 12;

/// A log that was made.
pub struct Sample {
    /// The format's id, or what the stream is of; of one that was found, its folder and name.
    pub name: String,
    pub path: PathBuf,
}

/// What logs are made of.
#[derive(Clone, Copy)]
pub enum Source<'s> {
    /// The examples of descriptions.
    Examples,
    /// The files in the folders of this one, which are named after formats.
    Found(&'s Path),
}

/// What counts here of a description.
#[derive(Deserialize)]
struct Description {
    id: String,
    #[serde(default)]
    header: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    text: String,
}

/// Makes the logs whose names hold `only`.
pub fn make(repo: &Repo, source: Source<'_>, only: &str) -> Result<Vec<Sample>> {
    let descriptions = descriptions(&repo.root.join("src/format/defs"))?;
    let (folder, mut all) = match source {
        Source::Examples => {
            let own = descriptions.iter().filter_map(Material::of);
            ("bench/formats", own.chain(mixed(&descriptions)).collect())
        }
        Source::Found(logs) => ("bench/found", found(&descriptions, logs)?),
    };
    all.retain(|(name, _)| name.contains(only));
    let folder = repo.target.join(folder);
    let sample = |(name, material): (String, Material)| {
        let path = folder.join(format!("{}.log", name.replace('/', "-")));
        write(&path, material.repeated(MEBIBYTES << 20))?;
        Ok(Sample { name, path })
    };
    all.into_iter().map(sample).collect()
}

/// Those of `logs/<format>/*` that are texts.
fn found(descriptions: &[Description], logs: &Path) -> Result<Vec<(String, Material)>> {
    let mut all = Vec::new();
    for folder in folders_in(logs)? {
        let format = folder.file_name().context("a folder has no name")?.to_string_lossy();
        let description = descriptions.iter().find(|description| description.id == *format);
        let header = description.map_or("", |description| &description.header);
        for file in files_in(&folder)? {
            let name = file.file_name().context("a file has no name")?.to_string_lossy();
            let name = format!("{format}/{name}");
            match String::from_utf8(read_bytes(&file)?) {
                Ok(text) if !text.contains('\0') => {
                    all.push((name, Material::headed(header, text.trim_end())));
                }
                _ => println!("{name} is no text in UTF-8 and is left out"),
            }
        }
    }
    Ok(all)
}

fn descriptions(folder: &Path) -> Result<Vec<Description>> {
    let mut all = Vec::new();
    for category in folders_in(folder)? {
        for path in files_in(&category)? {
            let parsed = toml::from_str(&read(&path)?);
            all.push(parsed.with_context(|| format!("cannot read {}", path.display()))?);
        }
    }
    all.sort_by(|a: &Description, b| a.id.cmp(&b.id));
    Ok(all)
}

/// Lines that no format fits.
const STRANGE: [&str; 4] = [
    "the worker has finished its task 18230017 and goes to sleep for a while",
    "pause of the collector took 12 ms, heap 812 of 2048 MB, generation 3",
    "retry 4 of 9 for the peer at 198.51.100.23, it did not answer so far",
    "--- end of the nightly batch, 4711 rows were written and 12 were left out ---",
];

/// Streams of several formats: their names, and what they are made of.
fn mixed(all: &[Description]) -> impl Iterator<Item = (String, Material)> {
    let of = |id: &str| {
        let found = all.iter().filter(|description| description.id == id);
        found.flat_map(Description::records).next().unwrap_or_default()
    };
    let with_strange = |id: &str, strange: usize, of_so_many: usize| {
        let known = std::iter::repeat_n(of(id), of_so_many - strange);
        let strange = STRANGE.iter().cycle().take(strange).map(|line| (*line).to_owned());
        Material::new("", known.chain(strange))
    };
    let lines = |kinds: &[&str], begins: fn(&str) -> bool| {
        let of_kind = all.iter().filter(|description| kinds.contains(&description.kind.as_str()));
        let records = of_kind.flat_map(Description::records);
        Material::new("", records.filter(|record| !record.contains('\n') && begins(record)))
    };
    let is_syslog =
        |line: &str| ["May ", "<1", "<3"].iter().any(|beginning| line.starts_with(beginning));
    [
        ("mixed_access_10_strange".to_owned(), with_strange("apache_combined", 4, 40)),
        ("mixed_sshd_50_strange".to_owned(), with_strange("sshd", 4, 8)),
        ("mixed_json_50_strange".to_owned(), with_strange("cloudtrail", 4, 8)),
        ("mixed_strange".to_owned(), Material::new("", STRANGE.map(str::to_owned).into_iter())),
        ("mixed_syslog".to_owned(), lines(&["text", "syslog", "pairs"], is_syslog)),
        ("mixed_json".to_owned(), lines(&["json"], |line| line.starts_with('{'))),
    ]
    .into_iter()
}

impl Description {
    /// The records of its examples: those of one line where there are any, for they can be told
    /// apart whatever stands around them.
    fn records(&self) -> Vec<String> {
        let all = self.example.iter().map(|example| example.text.trim_end());
        let (single, several): (Vec<_>, Vec<_>) = all.partition(|text| !text.contains('\n'));
        let chosen = if single.is_empty() { several } else { single };
        chosen.into_iter().map(str::to_owned).collect()
    }
}

/// A line to begin with, and records that are repeated.
struct Material {
    head: String,
    records: Vec<Template>,
}

impl Material {
    fn new(head: &str, records: impl Iterator<Item = String>) -> Material {
        Material { head: head.to_owned(), records: records.map(Template::new).collect() }
    }

    /// With the format's id. None for binary formats, which have no examples.
    fn of(description: &Description) -> Option<(String, Material)> {
        let records = description.records();
        let first = records.first()?;
        let material = match description.header.as_str() {
            "" => Material::new("", records.into_iter()),
            // Others may name other columns.
            header => Material::headed(header, first),
        };
        Some((description.id.clone(), material))
    }

    /// Records behind the lines that say how they are read.
    fn headed(header: &str, text: &str) -> Material {
        let is_head = |at: usize, line: &str| match header {
            "first" => at == 0,
            _ => line.starts_with('#'),
        };
        let (head, rest): (Vec<_>, Vec<_>) =
            text.split_inclusive('\n').enumerate().partition(|(at, line)| is_head(*at, line));
        let joined = |lines: Vec<(usize, &str)>| lines.into_iter().map(|(_, line)| line).collect();
        let (head, rest): (String, String) = (joined(head), joined(rest));
        Material::new(&head, std::iter::once(rest))
    }

    fn repeated(&self, length: usize) -> Vec<u8> {
        let mut text = self.head.clone().into_bytes();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        while text.len() < length && !self.records.is_empty() {
            for record in &self.records {
                record.write(&mut random, &mut text);
                text.push(b'\n');
            }
        }
        text
    }
}

/// A record, and which of its digits differ from copy to copy.
struct Template {
    text: Vec<u8>,
    slots: Vec<Slot>,
}

struct Slot {
    at: usize,
    length: usize,
    /// What stands there is below this.
    below: u64,
    is_padded: bool,
}

impl Template {
    fn new(text: String) -> Template {
        let text = text.into_bytes();
        let mut slots = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let length = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            slots.extend(slot(&text, at, length));
            at += length.max(1);
        }
        Template { text, slots }
    }

    fn write(&self, random: &mut Random, out: &mut Vec<u8>) {
        let mut from = 0;
        for slot in &self.slots {
            out.extend_from_slice(&self.text[from..slot.at]);
            let number = random.below(slot.below);
            let width = if slot.is_padded { slot.length } else { 1 };
            out.extend_from_slice(format!("{number:0width$}").as_bytes());
            from = slot.at + slot.length;
        }
        out.extend_from_slice(&self.text[from..]);
    }
}

/// How the digits here may differ: seconds, the last part of an address, the end of a long number
/// that is no date. All else may be what the format is told by.
fn slot(text: &[u8], at: usize, length: usize) -> Option<Slot> {
    let before = &text[..at];
    let ends_in = |shape: &[u8]| {
        let fits = |(byte, sign): (&u8, &u8)| match sign {
            b'0' => byte.is_ascii_digit(),
            sign => byte == sign,
        };
        before.len() >= shape.len()
            && before[before.len() - shape.len()..].iter().zip(shape).all(fits)
    };
    if length == 2 && ends_in(b"00:00:") {
        return Some(Slot { at, length, below: 60, is_padded: true });
    }
    let points = before.rsplit(|byte| !matches!(byte, b'0'..=b'9' | b'.')).next()?;
    let points = points.iter().filter(|byte| **byte == b'.').count();
    if (1..=3).contains(&length)
        && ends_in(b"0.")
        && points == 3
        && text.get(at + length) != Some(&b'.')
    {
        return Some(Slot { at, length, below: 255, is_padded: false });
    }
    let is_date = matches!(length, 8 | 14) && matches!(&text[at..at + 2], b"19" | b"20");
    // Seconds since 1970: records of a log are not hours apart.
    let is_epoch = length == 10 && matches!(text[at..at + 2], [b'1', b'4'..=b'9']);
    let end = if is_epoch { 2 } else { 4 };
    (length >= 7 && !is_date).then(|| Slot {
        at: at + length - end,
        length: end,
        below: if is_epoch { 60 } else { 10_000 },
        is_padded: true,
    })
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, Template};

    #[test]
    fn only_what_tells_nothing_differs() {
        let text =
            "20210506 10:02:03 1620262923 %X-6-302013: from 192.0.2.7:4711 in 1.2.3 id 16202629";
        let (mut out, mut random) = (Vec::new(), Random(1));
        Template::new(text.to_owned()).write(&mut random, &mut out);
        let varied = String::from_utf8(out).unwrap();
        assert_ne!(varied, text);
        assert!(varied.starts_with("20210506 10:02:") && varied.contains(" id 1620"), "{varied}");
        assert!(varied.contains(" 16202629") && !varied.contains(" 1620262923 "), "{varied}");
        assert!(
            varied.contains(" %X-6-302013: from 192.0.2.") && varied.contains(":4711 in 1.2.3 ")
        );
    }
}
