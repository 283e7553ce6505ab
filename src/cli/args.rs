//! Options as typed.

use crate::engine::RuleSettings;
use crate::report::Form;
use crate::share::Level;
use crate::sigma::Level as RuleLevel;
use crate::train::Scenario;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Checks logs for unauthorised access and leakage. The files never leave the machine.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, about, long_about = None)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Report on files, folders, or - for standard input
    ///
    /// Exit status: 0 no evidence in the logs given; 1 evidence found; 2 nothing could be checked,
    /// or wrong use; 3 checked in part.
    Check(CheckOptions),
    /// NDJSON, one line per record and detection that it matched
    Hits(CheckOptions),
    /// NDJSON, the records as understood
    Events(EventsOptions),
    /// Indicator lists: what of them is not swept for, or a private list made of them
    Iocs(IocsOptions),
    /// The log formats that are read
    Formats,
    /// Sigma rules: what is in files, folders and archives, and what is wrong with it
    ///
    /// Exit status: 0 all can be used; 2 there is none that can; 3 some cannot be used.
    Rules(RulesOptions),
    /// Why a rule matches records, and which part of it failed where it nearly does
    ///
    /// Exit status: 0 it matches nothing in the logs given; 1 it matches; 2 there is no such rule.
    Explain(ExplainOptions),
    /// The detections, or one of them in full
    Detections {
        /// Id of a detection, such as B1
        id: Option<String>,
        /// Write all of them as a page in Markdown
        #[arg(long, conflicts_with = "id")]
        page: bool,
    },
    /// A vendor's key, with which checkers are signed
    Key(KeyOptions),
    /// A checker for a vendor's clients: one HTML file with rules, indicators, descriptions of logs,
    /// settings and instructions in it, signed
    Bundle(BundleOptions),
    /// What a client gives back to a vendor: of a report, as much as the client chooses
    Result(ResultOptions),
    /// The results of all clients together: who was affected, who shares what, whose logs cannot tell
    ///
    /// Exit status: 0 no answer says that there is evidence; 1 one does; 2 no result could be read;
    /// 3 some could not be.
    Rollup(RollUpOptions),
    /// What stands in files that may have leaked: addresses, numbers, secrets, settings, markings
    ///
    /// Exit status: 0 nothing of these kinds was found; 1 something was; 3 a part was not inspected.
    Inspect(InspectOptions),
    /// What has changed between an earlier and a later report on the same incident, and why
    Diff(DiffOptions),
    /// Synthetic logs to practise on: a platform over months, with an intruder or none, and the truth
    Generate(GenerateOptions),
    /// An exercise on such a case: its questions, an answer sheet, hints, marks, the sealed key, a class
    Exercise {
        #[command(subcommand)]
        step: ExerciseStep,
    },
    /// An access log of ordinary synthetic traffic, for tests and benchmarks
    #[command(hide = true)]
    Traffic(TrafficOptions),
    /// The JSON Schema of the report
    #[command(hide = true)]
    Schema,
}

#[derive(Debug, clap::Args)]
pub(super) struct InputOptions {
    /// Files and folders; - is standard input
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Zone of times that state none, such as Asia/Tokyo
    #[arg(long)]
    pub(super) zone: Option<String>,
    /// An access log's LogFormat (Apache) or log_format (nginx) line; repeatable
    #[arg(long = "log-format")]
    pub(super) log_formats: Vec<String>,
    /// A file that describes the format of a log; repeatable
    #[arg(long = "mapping")]
    pub(super) mappings: Vec<PathBuf>,
    /// A password to try on encrypted archives; repeatable
    #[arg(long = "password")]
    pub(super) passwords: Vec<String>,
    /// Read 05/06/2021 as the fifth of June
    #[arg(long)]
    pub(super) day_first: bool,
    /// The latest time that records without a year can have; the file's own when not given
    #[arg(long)]
    pub(super) latest: Option<String>,
    /// Leave out records before this: 2021-05-06, or RFC 3339
    #[arg(long)]
    pub(super) since: Option<String>,
    /// Leave out records from this on
    #[arg(long)]
    pub(super) until: Option<String>,
    /// Settings as a JSON file; options on the command line win
    #[arg(long)]
    pub(super) settings: Option<PathBuf>,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct EventsOptions {
    #[command(flatten)]
    pub(super) input: InputOptions,
    /// Only the records that a query asks for, such as 'status>=500 ip:203.0.113.0/24 -agent~bot'
    #[arg(long = "where", value_name = "QUERY")]
    pub(super) asked: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckOptions {
    #[command(flatten)]
    pub(super) input: InputOptions,
    /// A list of indicators to sweep for, or a folder of them; repeatable
    #[arg(long = "iocs")]
    pub(super) iocs: Vec<PathBuf>,
    /// A table that says where networks are: CSV with ranges, countries or coordinates, owners; repeatable
    #[arg(long = "networks")]
    pub(super) networks: Vec<PathBuf>,
    /// Sigma rules: a file, a folder, or an archive; repeatable
    #[arg(long = "rules")]
    pub(super) rules: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) which: RuleFilter,
    /// Leave the program's own detections out
    #[arg(long)]
    pub(super) no_builtin: bool,
    /// What a person made of findings, as JSON: judged again with this, the report says so
    #[arg(long, value_name = "FILE")]
    pub(super) judgements: Option<PathBuf>,
    /// When the incident became known, for the deadlines of the worksheets: 2021-05-06, or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub(super) known_at: Option<String>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Hand over less personal data: pseudonyms for names, networks for addresses, no records
    #[arg(long)]
    pub(super) reduced: bool,
    /// Language of the report
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    /// Threads; as many as there are processors when not given
    #[arg(long)]
    pub(super) jobs: Option<usize>,
    /// Write bytes, records, and CPU and wall seconds per stage here, as JSON
    #[arg(long)]
    pub(super) stats: Option<PathBuf>,
    /// Cut shards at places drawn from this seed, to test that cuts do not matter
    #[arg(long, hide = true)]
    pub(super) cut_seed: Option<u64>,
    /// Usual distance between two drawn cuts, bytes
    #[arg(long, hide = true, default_value_t = 10_000)]
    pub(super) cut_bytes: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct InspectOptions {
    /// Files and folders: text, CSV, mail, office documents, and archives of them
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Logs that may name the files: who took or read them; repeatable
    #[arg(long = "logs", value_name = "PATH")]
    pub(super) logs: Vec<PathBuf>,
    /// A mail domain of the own organisation; repeatable
    #[arg(long = "own-domain", value_name = "DOMAIN")]
    pub(super) own_domains: Vec<String>,
    /// A password to try on encrypted archives; repeatable
    #[arg(long = "password")]
    pub(super) passwords: Vec<String>,
    /// Zone of times of logs that state none, such as Asia/Tokyo
    #[arg(long)]
    pub(super) zone: Option<String>,
    /// Form of what is said
    #[arg(long, value_enum, default_value_t = InspectFormat::Text)]
    pub(super) format: InspectFormat,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InspectFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
    /// One row per domain with addresses in the files
    Csv,
}

#[derive(Debug, clap::Args)]
pub(super) struct DiffOptions {
    /// The earlier report, as JSON
    pub(super) earlier: PathBuf,
    /// The later report, as JSON
    pub(super) later: PathBuf,
    /// Form of what is said
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(super) format: DiffFormat,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
    /// One file for a browser
    Html,
}

#[derive(Debug, clap::Args)]
pub(super) struct IocsOptions {
    /// Files and folders: STIX 2, MISP, OpenIOC, CSV or plain text
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// List every part that is not swept for, with file, line, reason and what to do
    #[arg(long, required_unless_present = "private")]
    pub(super) lint: bool,
    /// Make one private list, of salted digests, of all that the lists hold
    #[arg(long, conflicts_with = "lint")]
    pub(super) private: bool,
    /// Language of the reasons
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

/// Which rules make findings, beside what the settings say.
#[derive(Debug, clap::Args)]
pub(super) struct RuleFilter {
    /// Only rules of this level or a higher one: low, medium, high or critical
    #[arg(long = "rule-level", value_name = "LEVEL", value_parser = level)]
    pub(super) level: Option<RuleLevel>,
    /// Only rules with this tag, such as attack.t1059, or one within it; repeatable
    #[arg(long = "rule-tag", value_name = "TAG")]
    pub(super) tags: Vec<String>,
    /// Only rules of this log source: windows/process_creation/-, or one of its parts; repeatable
    #[arg(long = "rule-source", value_name = "SOURCE")]
    pub(super) sources: Vec<String>,
}

impl RuleFilter {
    /// Adds what was typed to the settings.
    pub(super) fn apply(&self, settings: &mut RuleSettings) {
        settings.least_level = self.level.unwrap_or(settings.least_level);
        settings.tags.extend(self.tags.iter().cloned());
        settings.sources.extend(self.sources.iter().cloned());
    }
}

fn level(text: &str) -> Result<RuleLevel, String> {
    RuleLevel::named(text)
        .ok_or_else(|| "expected informational, low, medium, high or critical".to_owned())
}

#[derive(Debug, clap::Args)]
pub(super) struct RulesOptions {
    /// Files, folders and archives with Sigma rules
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Say what is wrong, with the line and what to do, instead of listing the rules
    #[arg(long)]
    pub(super) lint: bool,
    #[command(flatten)]
    pub(super) which: RuleFilter,
    /// Settings as a JSON file, with the lists that rules ask for
    #[arg(long)]
    pub(super) settings: Option<PathBuf>,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
}

#[derive(Debug, clap::Args)]
pub(super) struct KeyOptions {
    /// Write the key here; a file that is there is not written over
    #[arg(long, required_unless_present = "from")]
    pub(super) out: Option<PathBuf>,
    /// Make no key, but take this one
    #[arg(long, conflicts_with = "out", requires = "public")]
    pub(super) from: Option<PathBuf>,
    /// Write here what clients without a checker need to give results: for them and nobody else
    #[arg(long)]
    pub(super) public: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ResultOptions {
    /// The report, as JSON
    pub(super) report: PathBuf,
    /// How much of it is told
    #[arg(long, value_enum, default_value_t = ResultLevel::Verdict)]
    pub(super) level: ResultLevel,
    /// What the client calls itself
    #[arg(long, default_value = "")]
    pub(super) name: String,
    /// The vendor's checker, or the file that `key --public` writes: pseudonyms are then the same at
    /// all clients of the vendor, and the result is sealed so that only the vendor reads it
    #[arg(long, value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
    /// Do not seal it
    #[arg(long, requires = "to")]
    pub(super) unsealed: bool,
    /// The day that the result says it was made on, 2027-03-31; today in UTC, if not given
    #[arg(long)]
    pub(super) day: Option<crate::share::Day>,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ResultLevel {
    /// How each question ends, and whether the logs can tell
    Verdict,
    /// Also findings, periods and parties in numbers
    Counts,
    /// Also who was involved, under pseudonyms
    Pseudonyms,
    /// The whole report
    Full,
}

impl From<ResultLevel> for Level {
    fn from(level: ResultLevel) -> Self {
        match level {
            ResultLevel::Verdict => Self::Verdict,
            ResultLevel::Counts => Self::Counts,
            ResultLevel::Pseudonyms => Self::Pseudonyms,
            ResultLevel::Full => Self::Full,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct RollUpOptions {
    /// Results: files, or folders of them
    #[arg(required = true)]
    pub(super) results: Vec<PathBuf>,
    /// The vendor's key, which opens those that are sealed
    #[arg(long)]
    pub(super) key: Option<PathBuf>,
    /// The clients of whom an answer is expected: a text with a name on each line
    #[arg(long, value_name = "FILE")]
    pub(super) expected: Option<PathBuf>,
    /// Form of what is said
    #[arg(long, value_enum, default_value_t = RollUpFormat::Text)]
    pub(super) format: RollUpFormat,
    /// Language of what is said
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(super) lang: Lang,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RollUpFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
    /// One row per answer
    Csv,
    /// Whose data was reached: one row per party
    Parties,
}

#[derive(Debug, clap::Args)]
pub(super) struct BundleOptions {
    /// What goes into the checker, as a TOML file: docs/checkers.md
    pub(super) definition: PathBuf,
    /// The vendor's key
    #[arg(long)]
    pub(super) key: PathBuf,
    /// The page as released, sekisho.html
    #[arg(long)]
    pub(super) page: PathBuf,
    /// Write the checker here
    #[arg(long)]
    pub(super) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainOptions {
    /// Id of the rule
    #[arg(long)]
    pub(super) rule: String,
    /// Only the record in this line of each log
    #[arg(long)]
    pub(super) line: Option<u64>,
    #[command(flatten)]
    pub(super) check: CheckOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a terminal
    Text,
    /// The whole report
    Json,
    /// One file for a browser
    Html,
    /// One row per record shown
    Csv,
    /// Whose data was reached: one row per domain, organisation and project
    Parties,
    /// A letter to the vendor that asks for the missing logs
    Letter,
    /// Worksheets for reports to authorities, as one file for a browser; no legal advice
    Worksheets,
    /// JSON lines for Timesketch
    Timesketch,
    /// A layer for the ATT&CK Navigator
    Navigator,
    /// A bundle of STIX 2.1
    Stix,
    /// An event for MISP
    Misp,
    /// Events of OCSF 1.3, as JSON lines
    Ocsf,
}

impl Format {
    /// The form that the report writes itself in; JSON is the report as it is.
    pub(super) const fn form(self) -> Option<Form> {
        Some(match self {
            Self::Json => return None,
            Self::Text => Form::Text,
            Self::Html => Form::Html,
            Self::Csv => Form::Csv,
            Self::Parties => Form::Parties,
            Self::Letter => Form::Letter,
            Self::Worksheets => Form::Worksheets,
            Self::Timesketch => Form::Timesketch,
            Self::Navigator => Form::Navigator,
            Self::Stix => Form::Stix,
            Self::Misp => Form::Misp,
            Self::Ocsf => Form::Ocsf,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// English
    En,
    /// Japanese
    Ja,
}

impl From<Lang> for crate::base::Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::En,
            Lang::Ja => Self::Ja,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct GenerateOptions {
    /// What happens: quiet, or one of T1 to T6
    #[arg(long, required_unless_present = "case")]
    pub(super) scenario: Option<Scenario>,
    /// A case by its name, such as T1-7 or T1-7,days=60,hard, or a scenario file: docs/training.md
    #[arg(long, conflicts_with_all = ["scenario", "seed", "days", "users"])]
    pub(super) case: Option<String>,
    /// What the case follows from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Days of logs, 30 to 366
    #[arg(long, default_value_t = 90)]
    pub(super) days: u32,
    /// People, 80 to 5000
    #[arg(long, default_value_t = 320)]
    pub(super) users: u32,
    /// A folder to write to; it may be there only if it is empty
    #[arg(long)]
    pub(super) out: PathBuf,
}

/// A step of an exercise. A case is named, as T1-7, or is a scenario file.
#[derive(Debug, Subcommand)]
pub(super) enum ExerciseStep {
    /// What is asked: the same of every case
    Questions {
        /// The case
        case: String,
        #[command(flatten)]
        written: ExerciseWritten,
    },
    /// An empty answer sheet
    Sheet {
        /// The case
        case: String,
        /// Write here instead of to standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// A hint: where to look (costs 10 % of the question), by which filter (25 %), a record (50 %)
    Hint {
        /// The answer sheet, in which the hint is noted
        sheet: PathBuf,
        /// The question, such as accounts
        question: String,
        /// 1, 2 or 3
        level: u8,
        /// Language
        #[arg(long, value_enum, default_value = "en")]
        lang: Lang,
    },
    /// Marks an answer sheet and says what happened
    Score {
        /// The answer sheet
        sheet: PathBuf,
        /// Also write the result here, for the instructor
        #[arg(long)]
        result: Option<PathBuf>,
        #[command(flatten)]
        written: ExerciseWritten,
    },
    /// The answers, for the instructor; their SHA-256 can be shown to the class in advance
    Key {
        /// The case
        case: String,
        /// Seal it to a key of `sekisho key`: the vendor's own key file, or its public part
        #[arg(long)]
        to: Option<PathBuf>,
        #[command(flatten)]
        written: ExerciseWritten,
    },
    /// Opens a sealed key
    Open {
        /// The sealed key
        sealed: PathBuf,
        /// The key file that opens it
        #[arg(long)]
        key: PathBuf,
        /// Write here instead of to standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// All results of a class together
    ///
    /// Exit status: 0 all are counted; 2 none could be read; 3 some could not be.
    Class {
        /// Results, and folders of them
        #[arg(required = true)]
        results: Vec<PathBuf>,
        /// Form
        #[arg(long, value_enum, default_value = "text")]
        format: ClassFormat,
        /// Language
        #[arg(long, value_enum, default_value = "en")]
        lang: Lang,
        /// Write here instead of to standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// How a part of an exercise is written.
#[derive(Debug, clap::Args)]
pub(super) struct ExerciseWritten {
    /// Form
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ExerciseFormat,
    /// Language of the text
    #[arg(long, value_enum, default_value = "en")]
    pub(super) lang: Lang,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExerciseFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ClassFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
    /// One row per trainee
    Csv,
}

#[derive(Debug, clap::Args)]
pub(super) struct TrafficOptions {
    /// Size of the log
    #[arg(long, default_value_t = 1)]
    pub(super) mib: u64,
    /// Client addresses
    #[arg(long, default_value_t = 5_000)]
    pub(super) clients: u64,
    /// Documents, each with two addresses
    #[arg(long, default_value_t = 40_000)]
    pub(super) documents: u64,
    /// What the log follows from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Write here instead of to standard output
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
}
