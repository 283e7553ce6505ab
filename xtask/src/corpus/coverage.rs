//! Tests of other programs' detections, and logs of attacks that were carried out on purpose: where
//! `coverage.tsv` says that a detection or a public Sigma rule covers one, it must fire on it, and
//! on no test of the same name that expects nothing. `docs/coverage.md` is made of the table.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::ask;
use crate::repo::{Repo, read, write};

const TABLE: &str = include_str!("coverage.tsv");

/// A set of tests: its name here, and what it is.
const SETS: [(&str, &str); 4] = [
    (
        "panther",
        "tests of panther-analysis' detections. Asked are those about access or leakage: rated \
        above Info, with one of these words in their id: SUBJECTS. Each record of a test stands \
        behind sixteen days on which the account that it names signed in from elsewhere, and a \
        sign-in from the record's own network, an hour before: as if an intruder did it",
    ),
    ("panther, besides", "the same tests: detections about something else that are covered too"),
    ("crowdsec", "tests of the scenarios of CrowdSec's hub"),
    (
        "aws-stratus",
        "CloudTrail logs of attacks by Stratus Red Team, each behind sixteen days on which its \
        accounts signed in",
    ),
];

/// Words in the id of a detection by which it is about access or leakage: sign-ins, sessions,
/// second factors, credentials, rights, accounts, what is open to others, what is taken, mail that
/// is sent on, recording that stops, and access itself.
const SUBJECTS: [&str; 11] = [
    "login logins logon signin sign auth authentication sso saml scim oauth impersonation \
    assumed assumption brute spraying stuffing anonymous",
    "session sessions",
    "mfa 2fa factor bypass",
    "credential credentials password passwords key keys token tokens secret secrets jwt",
    "privilege privileged privileges role roles admin administrator root permission \
    permissions permissive grant granted owner ownership principal iam escalation backdoor",
    "account accounts user users guest invite invitation",
    "share shared shares sharing public publicly external anyone anywhere visibility",
    "export exported download downloaded downloads copy copied snapshot exfiltration extraction",
    "forwarder forwarding",
    "log logs logging selectors diagnostic",
    "access unauthorized vendor",
];

/// Words in the id of a detection by which it is about access that is taken away, one of each row:
/// what defenders and users do, and no access nor leakage.
const TAKEN_AWAY: [&str; 2] = [
    "deleted removed revoke revoked suspension locked",
    "access account key role session sessions user",
];

/// Why nothing that fires is named: the word of the table, what it says, and whether what would
/// have to be seen is in the log all the same.
const REASONS: [(&str, &str, bool); 10] = [
    (
        "taken",
        "access is taken away, told by one of these words in the id, TAKEN; and one of these, \
        FROM: what defenders and users do, and no access nor leakage",
        false,
    ),
    ("time", "a record that should be found states no time", false),
    ("account", "a record that should be found names no account", false),
    ("query", "the test is a row of a query's result, no record of a log", false),
    ("many", "it fires from so many records on, and the test has one", false),
    (
        "state",
        "what it compares with is not in the record: the test makes up a cache, a table or a list",
        false,
    ),
    ("refused", "the service refused every call of the attack: nothing was reached", false),
    (
        "part",
        "some of the tests that expect it are of the contrary act (made private, demanded, \
        removed), and on these nothing fires",
        true,
    ),
    ("policy", "it is a rule of somebody's own, which no record shows to be broken", true),
    ("missed", "nothing here looks for it", true),
];

/// In what a test that expects nothing and on which it fires all the same differs from those that
/// expect it.
const DIFFERENCES: [(&str, &str); 3] = [
    ("list", "in whom or what their settings exempt"),
    ("detail", "in a detail that does not make it an everyday act"),
    ("other", "it is another act, which is a sign here too"),
];

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    set: &'static str,
    theirs: &'static str,
    /// Id of a detection or of a Sigma rule; none where nothing fires.
    ours: Option<&'static str>,
    /// Its name, or where nothing fires why that is so, as far as it is known.
    name: &'static str,
    /// Where it fires on a test that expects nothing too: in what that differs.
    but: Option<&'static str>,
}

impl Row {
    /// Why nothing fires, and whether it could.
    fn reason(&self) -> Option<(&'static str, bool)> {
        let of = REASONS.iter().find(|(word, ..)| self.ours.is_none() && *word == self.name);
        of.map(|(_, says, could)| (*says, *could))
    }

    /// Whether it fires on what expects it, and on nothing else.
    fn is_strict(&self) -> bool {
        self.ours.is_some() && self.but.is_none()
    }

    /// In what the tests differ on which it fires though they expect nothing.
    fn difference(&self) -> Option<&'static str> {
        DIFFERENCES.iter().find(|(word, _)| self.but == Some(*word)).map(|(_, says)| *says)
    }
}

/// Whether a detection of panther's is about access or leakage, by the words of its id.
fn is_about_access(id: &str) -> bool {
    let subjects: BTreeSet<_> = SUBJECTS.iter().flat_map(|words| words.split(' ')).collect();
    words_of(id).iter().any(|word| subjects.contains(word.as_str()))
}

/// Whether a detection of panther's is about access that is taken away, by the words of its id.
fn is_about_taking(id: &str) -> bool {
    let words = words_of(id);
    let has = |of: &str| of.split(' ').any(|word| words.iter().any(|own| own == word));
    TAKEN_AWAY.iter().all(|of| has(of))
}

/// The words of an id such as `AWS.IAMUser.LoginWithoutMFA`, in small letters.
fn words_of(id: &str) -> Vec<String> {
    let letters: Vec<char> = id.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let is_next_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || (before.is_uppercase() && is_next_small)
            });
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

fn rows() -> Result<Vec<Row>> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('\t').collect();
        let (row, but) = cells.split_at_checked(4).context("four cells or five")?;
        let [set, theirs, ours, name] = row[..] else { bail!("four cells in «{line}»") };
        let is_taken = set == "panther" && is_about_taking(theirs);
        ensure!(is_taken == (name == "taken"), "{theirs}: of access taken away or not");
        let ours = (ours != "-").then_some(ours);
        Ok(Row { set, theirs, ours, name, but: but.first().copied() })
    };
    TABLE.lines().skip(1).map(row).collect()
}

/// Writes `docs/coverage.md` anew.
pub fn document(repo: &Repo) -> Result<()> {
    write(&repo.root.join("docs/coverage.md"), text(&rows()?))
}

/// The document.
fn text(rows: &[Row]) -> String {
    let mut text = String::from(
        "# What others' tests find\n\n\
        Detections of other programs whose tests give the expected result here: the detection or \
        public Sigma rule named beside them fires on each test that expects it, and, where \
        nothing else is said, on none that expects nothing. `cargo xtask corpus FOLDER --only coverage` runs them and writes this \
        table; the folder is described in CONTRIBUTING.md.\n",
    );
    for (set, what) in SETS {
        let of: Vec<_> = rows.iter().filter(|row| row.set == set).collect();
        let what = what.replace("SUBJECTS", &SUBJECTS.join(" ").replace(' ', ", "));
        text += &format!("\n## {set}\n\nFrom {what}. {}\n", covered(&of));
        text += "\n| theirs | here | id |\n|---|---|---|\n";
        for row in of.iter().filter(|row| row.is_strict()) {
            text += &format!("| {} | {} | {} |\n", row.theirs, row.name, row.ours.unwrap_or("-"));
        }
        text += &exempt(&of);
        let others = of.iter().filter(|row| row.ours.is_none() && row.reason().is_none());
        let others: Vec<_> = others.map(|row| row.theirs).collect();
        if !others.is_empty() {
            text += &format!("\nNothing fires on: {}.\n", others.join(", "));
        }
        for (word, says, _) in REASONS {
            let of = of.iter().filter(|row| row.ours.is_none() && row.name == word);
            let of: Vec<_> = of.map(|row| row.theirs).collect();
            let [taken, from] = TAKEN_AWAY.map(|words| words.replace(' ', ", "));
            let says = says.replace("TAKEN", &taken).replace("FROM", &from);
            if !of.is_empty() {
                text += &format!("\n{} where {says}: {}.\n", of.len(), of.join(", "));
            }
        }
    }
    text
}

/// What fires on each test that expects it, and on one that does not.
fn exempt(of: &[&Row]) -> String {
    let rows = of.iter().filter_map(|row| {
        let (ours, difference) = (row.ours?, row.difference()?);
        Some(format!("| {} | {} | {ours} | {difference} |\n", row.theirs, row.name))
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "\nThese fire on each test that expects it, and on one or more that expect nothing:\n\n\
        | theirs | here | id | that test differs |\n|---|---|---|---|\n{rows}"
    )
}

/// How many of the detections of a set are covered, of those that could be.
fn covered(of: &[&Row]) -> String {
    let names = |is_wanted: &dyn Fn(&Row) -> bool| -> BTreeSet<&str> {
        of.iter().filter(|row| is_wanted(row)).map(|row| row.theirs).collect()
    };
    let strict = names(&|row| row.is_strict());
    let covered = names(&|row| row.ours.is_some());
    let could = names(&|row| row.ours.is_none() && row.reason().is_none_or(|(_, could)| could));
    let all = names(&|_| true).len();
    let possible = covered.len() + could.len();
    let percent = |of: usize| format!("{}.{} %", of * 100 / possible, of * 1000 / possible % 10);
    let (strict, covered) = (strict.len(), covered.len());
    match (possible == covered, all == possible, strict == covered) {
        (true, true, true) => format!("Covered: {covered}."),
        (false, true, true) => format!("Covered: {covered} of {all}."),
        _ => format!(
            "Of the {possible} whose fields are in the log, {covered} fire on each test that \
            expects it ({}); of these, {strict} on none that expects nothing ({}). {} more are \
            not counted, for the reasons below.",
            percent(covered),
            percent(strict),
            all - possible
        ),
    }
}

/// Runs what the table says of the sets that are there.
pub fn run(repo: &Repo, binary: &Path, dir: &Path, work: &Path) -> Result<()> {
    let rows = rows()?;
    let (mut right, mut wrong, mut more) = (0, Vec::new(), Vec::new());
    for (set, _) in SETS.iter().filter(|(set, _)| dir.join(folder_of(set)).exists()) {
        let tests = tests(set, binary, dir, work)?;
        for row in rows.iter().filter(|row| row.set == *set) {
            let of: Vec<_> = tests.iter().filter(|test| test.name == row.theirs).collect();
            ensure!(!of.is_empty(), "{set} has no {}", row.theirs);
            let mut is_beyond = false;
            for test in of {
                let fired = fired(binary, test, row.ours, dir)?;
                match row.ours {
                    Some(ours) if fired.contains(ours) == test.is_expected => right += 1,
                    Some(_) if row.but.is_some() && !test.is_expected => is_beyond = true,
                    Some(ours) => wrong.push(format!("{set}: {}: {ours}", row.theirs)),
                    None if fired.is_empty() || row.reason().is_some() => {}
                    None => more.push(format!("{set}: {}: {fired:?}", row.theirs)),
                }
            }
            if row.but.is_some() && !is_beyond {
                wrong.push(format!("{set}: {}: fires on none beyond those", row.theirs));
            }
        }
    }
    println!("{right} tests give the result that the table of coverage expects.");
    if !more.is_empty() {
        println!("Not in the table, but fires:\n  {}", more.join("\n  "));
    }
    ensure!(wrong.is_empty(), "other than the table of coverage says:\n  {}", wrong.join("\n  "));
    document(repo)
}

/// A log with what it is a test of, and whether that is to be found.
struct Test {
    name: String,
    /// A file, or a folder with one and what lies before it.
    log: PathBuf,
    is_expected: bool,
}

/// The folder that the tests of a set are in.
fn folder_of(set: &str) -> &str {
    set.split(',').next().unwrap_or(set)
}

fn tests(set: &str, binary: &Path, dir: &Path, work: &Path) -> Result<Vec<Test>> {
    match set {
        "panther" | "panther, besides" => of_panther(set, binary, &dir.join("panther"), work),
        "crowdsec" => of_crowdsec(&dir.join(set)),
        _ => of_stratus(&dir.join(set), work),
    }
}

/// One record each: a line of a file, written to a folder of its own when it is in the table,
/// behind sign-ins of the account that it names. The table must name each detection that is about
/// access or leakage.
fn of_panther(set: &str, binary: &Path, dir: &Path, work: &Path) -> Result<Vec<Test>> {
    let known: BTreeSet<_> =
        rows()?.into_iter().filter(|row| row.set == set).map(|row| row.theirs).collect();
    let manifest = read(&dir.join("manifest.tsv"))?;
    let mut tests = Vec::new();
    for (at, row) in manifest.lines().enumerate().skip(1) {
        let cells: Vec<_> = row.split('\t').collect();
        let [name, _, file, line, expected, severity, ..] = cells[..] else {
            bail!("cells of {row}")
        };
        let is_asked = is_about_access(name) && severity != "Info";
        ensure!(set != "panther" || is_asked == known.contains(name), "{name}: to be asked or not");
        if !known.contains(name) {
            continue;
        }
        let events = read(&dir.join("events").join(file))?;
        let line: usize = line.parse().with_context(|| format!("a number in {row}"))?;
        let record = events.split('\n').nth(line - 1).context("no such line")?;
        let log = work.join(format!("panther-{at}"));
        write(&log.join(RECORD), format!("{record}\n"))?;
        let events = ask(binary, &["events"], &log.join(RECORD))?;
        if let Some(before) = events.lines().next().and_then(sign_ins) {
            write(&log.join("sign-ins.jsonl"), before)?;
        }
        tests.push(Test { name: name.to_owned(), log, is_expected: expected == "True" });
    }
    Ok(tests)
}

/// The file of a test's record in its folder.
const RECORD: &str = "record.jsonl";

/// Sign-ins of the account that an event names: each day from elsewhere, and an hour before from
/// where the event is.
fn sign_ins(event: &str) -> Option<String> {
    let event: Value = serde_json::from_str(event).ok()?;
    let at: jiff::Timestamp = event["time"].as_str()?.parse().ok()?;
    let fields = &event["fields"];
    let account = fields["user.name"].as_str().or_else(|| fields["user.email"].as_str())?;
    let address = fields["source.address"].as_str();
    let address = address.filter(|text| text.parse::<core::net::IpAddr>().is_ok());
    let one = |hours: i64, address: &str| {
        let at = at - jiff::SignedDuration::from_hours(hours);
        serde_json::json!({
            "@timestamp": at.to_string(),
            "ecs": { "version": "8.0.0" },
            "event": { "action": "login", "outcome": "success" },
            "user": { "name": account },
            "source": { "ip": address },
        })
    };
    let days = (1..=HISTORY_DAYS).rev().map(|day| one(24 * day, "198.18.77.10"));
    let all = days.chain([one(1, address.unwrap_or("198.51.100.20"))]);
    Some(all.map(|record| format!("{record}\n")).collect())
}

fn of_crowdsec(dir: &Path) -> Result<Vec<Test>> {
    let manifest = read(&dir.join("manifest.tsv"))?;
    let rows = manifest.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    let scenarios = rows.filter(|cells| cells.get(1) == Some(&"scenario"));
    let test = |cells: Vec<&str>| {
        let (name, log) = (cells.first()?, cells.get(2)?);
        Some(Test { name: (*name).to_owned(), log: dir.join(log), is_expected: true })
    };
    Ok(scenarios.filter_map(test).collect())
}

fn of_stratus(dir: &Path, work: &Path) -> Result<Vec<Test>> {
    let logs = crate::repo::files_in(&dir.join("stratus-detonation-logs"))?;
    let test = |log: PathBuf| {
        let name = log.file_stem().context("a log has no name")?.to_string_lossy().into_owned();
        let records: Vec<Value> = serde_json::from_str(&read(&log)?).context("no records")?;
        let log = work.join(format!("{name}.json"));
        write(&log, serde_json::to_string(&with_history(records)?)?)?;
        Ok(Test { name, log, is_expected: true })
    };
    logs.into_iter().map(test).collect()
}

/// Days on which accounts sign in before something is done with them: what is unusual can only be
/// told from what is usual.
const HISTORY_DAYS: i64 = 16;

/// Records of CloudTrail behind sign-ins of the accounts that they name.
fn with_history(records: Vec<Value>) -> Result<Vec<Value>> {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for record in &records {
        if !known.insert(record["userIdentity"].to_string()) {
            continue;
        }
        let at: jiff::Timestamp = record["eventTime"].as_str().context("no time")?.parse()?;
        for day in 1..=HISTORY_DAYS {
            let at = at - jiff::SignedDuration::from_hours(24 * day);
            let id = format!("{:08x}-{:04x}-4000-8000-000000000000", all.len(), day);
            let mut record = record.clone();
            let fields = record.as_object_mut().context("a record is no object")?;
            fields.remove("errorCode");
            fields.remove("errorMessage");
            fields.extend([
                ("eventName".to_owned(), "ConsoleLogin".into()),
                ("eventSource".to_owned(), "signin.amazonaws.com".into()),
                ("eventTime".to_owned(), at.to_string().into()),
                ("eventID".to_owned(), id.into()),
                ("requestParameters".to_owned(), Value::Null),
                ("responseElements".to_owned(), serde_json::json!({"ConsoleLogin": "Success"})),
                ("additionalEventData".to_owned(), serde_json::json!({"MFAUsed": "Yes"})),
            ]);
            all.push(record);
        }
    }
    all.extend(records);
    Ok(all)
}

/// The detections, or for a Sigma rule the rules, that fire on a log.
fn fired(binary: &Path, test: &Test, ours: Option<&str>, dir: &Path) -> Result<BTreeSet<String>> {
    let log = &test.log;
    let rules = dir.join("sigma/sigma-rules.zip");
    let rules = rules.to_string_lossy();
    let is_rule = ours.is_some_and(|ours| ours.contains('-'));
    let printed = match is_rule {
        true => ask(binary, &["hits", "--no-builtin", "--rules", &rules], log)?,
        false => ask(binary, &["hits"], log)?,
    };
    let mut fired = BTreeSet::new();
    for line in printed.lines() {
        let hit: Value = serde_json::from_str(line).context("a hit cannot be read")?;
        // What lies before a record is no part of its test.
        let source = hit["source"].as_str().unwrap_or_default();
        if log.join(RECORD).exists() && !source.ends_with(RECORD) {
            continue;
        }
        let by = hit[if is_rule { "rule" } else { "detector" }].as_str().unwrap_or_default();
        // Gaps and steps of time say nothing of what a test is about.
        if !matches!(by, "F2" | "F4" | "F5") {
            fired.insert(by.to_owned());
        }
    }
    Ok(fired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_the_document_is_made_of_it() {
        let rows = rows().unwrap();
        assert!(rows.is_sorted() && rows.iter().all(|row| SETS.iter().any(|set| set.0 == row.set)));
        let known = |but: &str| DIFFERENCES.iter().any(|(word, _)| *word == but);
        for row in &rows {
            assert!(row.but.is_none_or(|but| row.ours.is_some() && known(but)), "{}", row.theirs);
        }
        let kept = include_str!("../../../docs/coverage.md");
        assert_eq!(text(&rows), kept, "`cargo xtask corpus FOLDER --only coverage` writes it anew");
    }
}
