//! What a client gives back: a file that it sees before it saves it. Four levels, each a type of its
//! own that is made of the parts that it may tell, so that none holds by accident what a lower one
//! leaves out. The same report, choice and keys give the same bytes.

mod told;

pub use told::{
    Counts, Ended, FindingCount, Involved, Lack, Moment, Names, Party, Sufficiency, Telling,
    Verdict, name_kind, rank, set_of,
};

use super::day::Day;
use super::key::SecretKey;
use super::pseudonym::{Pseudonym, PseudonymKey};
use super::seal::{SealError, is_sealed, sealed_to, unseal};
use crate::base::{Bilingual, Text};
use crate::finding::Question;
use crate::report::Report;
use serde::{Deserialize, Serialize};

/// The version of the form of a result.
pub const VERSION: u32 = 1;
/// Characters of the client's name that are kept.
const MOST_NAME: usize = 200;

/// How much a result tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// How the questions end, and whether the logs can tell.
    Verdict,
    /// Also what was found, in numbers.
    Counts,
    /// Also who was involved, under pseudonyms.
    Pseudonyms,
    /// The whole report.
    Full,
}

impl Level {
    /// All of them, from the least on.
    pub const ALL: [Self; 4] = [Self::Verdict, Self::Counts, Self::Pseudonyms, Self::Full];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Counts => "counts",
            Self::Pseudonyms => "pseudonyms",
            Self::Full => "full",
        }
    }

    /// The level of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// In words.
    pub const fn said(self) -> Text {
        match self {
            Self::Verdict => Text::fixed("verdict", "判定のみ"),
            Self::Counts => Text::fixed("counts", "件数まで"),
            Self::Pseudonyms => Text::fixed("pseudonyms", "仮名まで"),
            Self::Full => Text::fixed("full", "レポート全体"),
        }
    }
}

/// The vendor's checker that a report was made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// What is looked for.
    pub title: String,
    /// Who asks.
    pub vendor: String,
    /// Of the key that signed it.
    pub fingerprint: String,
    /// By which its content is known from that of the vendor's other checkers.
    #[serde(default)]
    pub edition: String,
}

/// Whose result it is, and what made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What the client calls itself. Empty where it says nothing.
    pub client: String,
    /// Version of the program that made the report.
    pub version: String,
    /// Digest of its sources.
    pub build: String,
    /// The day on which the result was made, in UTC, by the clock of the client.
    pub made_on: Option<Day>,
    /// The checker, where it was one.
    pub checker: Option<Origin>,
    /// The case to practise on, where the logs are one.
    pub training: Option<String>,
}

/// The lowest level.
#[derive(Serialize)]
struct VerdictFile {
    sekisho_result: u32,
    level: Level,
    about: About,
    verdict: Verdict,
}

/// The second one.
#[derive(Serialize)]
struct CountsFile {
    sekisho_result: u32,
    level: Level,
    about: About,
    verdict: Verdict,
    counts: Counts,
}

/// The third one.
#[derive(Serialize)]
struct PseudonymsFile {
    sekisho_result: u32,
    level: Level,
    about: About,
    verdict: Verdict,
    counts: Counts,
    /// Which key made the pseudonyms.
    key: String,
    names: Names<Pseudonym>,
}

/// The highest one.
#[derive(Serialize)]
struct FullFile<'r> {
    sekisho_result: u32,
    level: Level,
    about: About,
    asked: Vec<Question>,
    report: &'r Report,
}

/// What any level may have, as it is read: what a level must have is asked for afterwards.
#[derive(Deserialize)]
struct AnyFile {
    sekisho_result: u32,
    level: Level,
    about: About,
    verdict: Option<Verdict>,
    counts: Option<Counts>,
    key: Option<String>,
    names: Option<Names<Pseudonym>>,
    asked: Option<Vec<Question>>,
    report: Option<Report>,
}

/// What a result is made of.
#[derive(Clone, Copy, Debug)]
pub struct Giving<'a> {
    /// The report.
    pub report: &'a Report,
    /// How much of it is told.
    pub level: Level,
    /// What the client calls itself.
    pub client: &'a str,
    /// The questions that matter; those that usually do where there are none.
    pub asked: &'a [Question],
    /// By which names become pseudonyms.
    pub pseudonyms: &'a PseudonymKey,
    /// Today, in UTC.
    pub made_on: Day,
}

impl Giving<'_> {
    /// The file's text: what the client sees is what it gives.
    pub fn text(&self) -> String {
        let telling = Telling::new(self.report, self.asked);
        let (sekisho_result, level, about) = (VERSION, self.level, self.about());
        let verdict = telling.verdict();
        match level {
            Level::Verdict => written(&VerdictFile { sekisho_result, level, about, verdict }),
            Level::Counts => {
                let counts = telling.counts();
                written(&CountsFile { sekisho_result, level, about, verdict, counts })
            }
            Level::Pseudonyms => written(&PseudonymsFile {
                sekisho_result,
                level,
                about,
                verdict,
                counts: telling.counts(),
                key: self.pseudonyms.id(),
                names: telling.names().pseudonymised(self.pseudonyms),
            }),
            Level::Full => written(&FullFile {
                sekisho_result,
                level,
                about,
                asked: verdict.asked,
                report: self.report,
            }),
        }
    }

    fn about(&self) -> About {
        About {
            client: self.client.trim().chars().take(MOST_NAME).collect(),
            version: self.report.tool.version.clone(),
            build: self.report.tool.build.clone(),
            made_on: Some(self.made_on),
            checker: origin(self.report),
            training: self.report.training().map(str::to_owned),
        }
    }
}

fn origin(report: &Report) -> Option<Origin> {
    Origin::deserialize(report.settings.get("checker")?).ok()
}

/// One document with a line end, laid out for people.
fn written(file: &impl Serialize) -> String {
    indented(&serde_json::to_string(file).unwrap_or_default())
}

/// JSON with each of its parts on a line of its own.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(2 * json.len());
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    for c in json.chars() {
        if is_text {
            out.push(c);
            is_text = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        match c {
            '{' | '[' => {
                depth += 1;
                out.push(c);
                begin_line(&mut out, depth);
            }
            '}' | ']' => {
                depth -= 1;
                // Spaces outside of texts are only those of the layout.
                out.truncate(out.trim_end().len());
                if !out.ends_with(['{', '[']) {
                    begin_line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                begin_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => {
                is_text = c == '"';
                out.push(c);
            }
        }
    }
    out.push('\n');
    out
}

fn begin_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Who a result names, as its level allows.
#[derive(Clone, Debug, PartialEq)]
pub enum Naming {
    /// Nobody.
    None,
    /// Under pseudonyms of a key, which is known by its id.
    Pseudonyms {
        /// The key's id.
        key: String,
        /// Who.
        names: Names<Pseudonym>,
    },
    /// As the logs name them.
    Plain(Names<String>),
}

/// A result as it is read: all levels in one form.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// How much it tells.
    pub level: Level,
    /// Whether it came sealed.
    pub is_sealed: bool,
    /// Whose it is.
    pub about: About,
    /// How the questions end.
    pub verdict: Verdict,
    /// What was found, from the second level on.
    pub counts: Option<Counts>,
    /// Who is named.
    pub naming: Naming,
}

/// Why a file cannot be taken for a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// It is another kind of file.
    #[error("this is no result file of sekisho")]
    Other,
    /// It is a report, which is not what a client gives.
    #[error("this is a report, and no result file made of one")]
    Report,
    /// It is of a version to come.
    #[error("a result of version {0}; this program reads version {VERSION}")]
    Newer(u32),
    /// It is cut off or was changed.
    #[error("a result file that is damaged: {0}")]
    Damaged(String),
    /// It is sealed, and no key is given.
    #[error("it is sealed to the key {0}, and no key is given")]
    NoKey(String),
    /// It is sealed and cannot be opened.
    #[error("{0}")]
    Sealed(#[from] SealError),
}

impl Bilingual for ResultError {
    fn told(&self) -> Text {
        let en = self.to_string();
        let ja = match self {
            Self::Other => "結果ファイルではありません".to_owned(),
            Self::Report => "レポートであり、結果ファイルではありません".to_owned(),
            Self::Newer(version) => {
                format!("版{version}の結果ファイルです(このプログラムが読めるのは版{VERSION}です)")
            }
            Self::Damaged(what) => format!("結果ファイルが破損しています:{what}"),
            Self::NoKey(key) => format!("鍵{key}宛てに暗号化されていますが、鍵がありません"),
            Self::Sealed(SealError::OtherKey(key)) => {
                format!("別の鍵({key})宛てに暗号化されています")
            }
            Self::Sealed(SealError::Changed) => "暗号化された後に変更されています".to_owned(),
            Self::Sealed(SealError::Form) => "途中で切れているか、鍵が正しくありません".to_owned(),
        };
        Text::new(en, ja)
    }
}

impl ResultError {
    /// What to do about it.
    pub const fn todo(&self) -> Text {
        match self {
            Self::Other => Text::fixed(
                "Give only the files that clients saved as results.",
                "取引先が保存した結果ファイルだけを指定してください。",
            ),
            Self::Report => Text::fixed(
                "Make a result of it with `sekisho result`, or ask the client for one.",
                "`sekisho result`で結果ファイルを作成するか、取引先に結果ファイルを依頼してください。",
            ),
            Self::Newer(_) => Text::fixed(
                "Use the version that made it, or a later one.",
                "作成した版、またはそれ以降の版で読み込んでください。",
            ),
            Self::Damaged(_) | Self::Sealed(SealError::Changed | SealError::Form) => Text::fixed(
                "Ask the client to send it once more, as a file and not as text.",
                "テキストではなくファイルとして再送するよう、取引先に依頼してください。",
            ),
            Self::NoKey(_) => {
                Text::fixed("Give the vendor's key file.", "事業者の鍵ファイルを指定してください。")
            }
            Self::Sealed(SealError::OtherKey(_)) => Text::fixed(
                "Give the key file with this fingerprint, or ask which checker the client used.",
                "このフィンガープリントの鍵ファイルを指定するか、使用したチェッカーを取引先に確認してください。",
            ),
        }
    }
}

/// The text of a result, opened where it is sealed.
pub fn unsealed(bytes: &[u8], key: Option<&SecretKey>) -> Result<String, ResultError> {
    let text = match key {
        _ if !is_sealed(bytes) => bytes.to_vec(),
        Some(key) => unseal(bytes, key)?,
        None => return Err(sealed_to(bytes).map_or(SealError::Form.into(), ResultError::NoKey)),
    };
    let is_result = is_result(&text);
    let text = String::from_utf8(text).map_err(|error| match is_result {
        true => ResultError::Damaged(error.to_string()),
        false => ResultError::Other,
    })?;
    // Mail programs and editors put a mark in front.
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

impl Answer {
    /// Reads the text of a result.
    pub fn read(text: &str, is_sealed: bool) -> Result<Self, ResultError> {
        let file: AnyFile = serde_json::from_str(text).map_err(|error| why_not(text, &error))?;
        if file.sekisho_result != VERSION {
            return Err(ResultError::Newer(file.sekisho_result));
        }
        let AnyFile { level, about, verdict, counts, key, names, asked, report, .. } = file;
        let missing = |part: &str| ResultError::Damaged(format!("it has no `{part}`"));
        if level == Level::Full {
            let report = report.ok_or_else(|| missing("report"))?;
            let telling = Telling::new(&report, &asked.unwrap_or_default());
            let naming = Naming::Plain(telling.names());
            let (verdict, counts) = (telling.verdict(), Some(telling.counts()));
            return Ok(Self { level, is_sealed, about, verdict, counts, naming });
        }
        let verdict = verdict.ok_or_else(|| missing("verdict"))?;
        let counts = counts.filter(|_| level >= Level::Counts);
        if level >= Level::Counts && counts.is_none() {
            return Err(missing("counts"));
        }
        let naming = match (level, key, names) {
            (Level::Pseudonyms, Some(key), Some(names)) => Naming::Pseudonyms { key, names },
            (Level::Pseudonyms, ..) => return Err(missing("names")),
            _ => Naming::None,
        };
        Ok(Self { level, is_sealed, about, verdict, counts, naming })
    }
}

/// Whether a file looks like a result by how it begins: sealed, or with the version of one.
pub fn is_result(head: &[u8]) -> bool {
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    let name = b"\"sekisho_result\"";
    is_sealed(head)
        || text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(name))
}

/// Why a text is no result of this version.
fn why_not(text: &str, error: &serde_json::Error) -> ResultError {
    match version_of(text).filter(|version| *version != VERSION) {
        Some(version) => ResultError::Newer(version),
        None if is_result(text.as_bytes()) => ResultError::Damaged(error.to_string()),
        None if is_report(text) => ResultError::Report,
        None => ResultError::Other,
    }
}

/// The version of a text that is JSON. A version to come may have levels that this one does not
/// know.
fn version_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Version {
        sekisho_result: u32,
    }
    serde_json::from_str::<Version>(text).ok().map(|version| version.sekisho_result)
}

fn is_report(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Made {
        tool: Name,
    }
    #[derive(Deserialize)]
    struct Name {
        name: String,
    }
    serde_json::from_str::<Made>(text).is_ok_and(|made| made.tool.name == "sekisho")
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn json_is_laid_out_and_stays_the_same() {
        let json = r#"{"a":[],"b":{"c":[1,{"d":"{[,:\\\" \\"}]},"e":{},"f":"x  "}"#;
        let out = indented(json);
        let expected = "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1,\n      {\n        \"d\": \"{[,:\\\\\\\" \\\\\"\n      }\n    ]\n  },\n  \"e\": {},\n  \"f\": \"x  \"\n}\n";
        assert_eq!(out, expected);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&out), value(json));
    }
}
