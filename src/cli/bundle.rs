//! `key` and `bundle`: a vendor's key, and the checker that the vendor sends to its clients.

use super::args::{BundleOptions, KeyOptions};
use super::{Failure, Status, say};
use crate::engine::{LoadedRules, Settings, is_rule_file, read_list, rule_files};
use crate::input::native::{Given, gather};
use crate::intel::Lists;
use crate::share::{
    About, Checker, Part, PseudonymKey, Recipient, ReleasedPage, Role, SecretKey, edition,
    settings_text,
};
use serde::Deserialize;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What goes into a checker, as its file is written. Paths are relative to the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Definition {
    about: About,
    logo: Option<PathBuf>,
    rules: Vec<PathBuf>,
    indicators: Vec<PathBuf>,
    mappings: Vec<PathBuf>,
    settings: toml::Table,
}

/// Makes a key, or takes one, and writes what clients need of it. A file that is there is never
/// written over.
pub(super) fn key(options: &KeyOptions) -> Result<Status, Failure> {
    let key = match (&options.out, &options.from) {
        (Some(out), _) => made(out)?,
        (None, Some(from)) => secret(from)?,
        (None, None) => return Err(Failure::Usage("give --out or --from".to_owned())),
    };
    say(&format!("fingerprint: {}", key.public().fingerprint()));
    if let Some(public) = &options.public {
        write_new(public, Recipient::of(&key).write().as_bytes())?;
        say(&format!("{}: for your clients, and nobody else", public.display()));
    }
    say("tell clients the fingerprint by another way than the checker, such as the telephone");
    Ok(Status::NoEvidence)
}

fn made(out: &Path) -> Result<SecretKey, Failure> {
    let key = SecretKey::from_seed(random()?);
    write_new(out, key.write().as_bytes())?;
    say(
        "whoever has the file can sign as you and open what clients seal to you: keep it where only \
         you can read it",
    );
    Ok(key)
}

/// Bytes that nobody can guess.
pub(super) fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(bytes)
}

/// The vendor's key in a file.
pub(super) fn secret(path: &Path) -> Result<SecretKey, Failure> {
    SecretKey::read(&text_of(path)?).map_err(|error| wrong(path, &error))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| of_file(path, &error))?;
    file.write_all(bytes).map_err(|error| of_file(path, &error))
}

/// Makes a checker of a definition.
pub(super) fn bundle(options: &BundleOptions) -> Result<Status, Failure> {
    let html = text_of(&options.page)?;
    let page = ReleasedPage::new(&html).map_err(|error| wrong(&options.page, &error))?;
    let key = secret(&options.key)?;
    let checker = checker(&options.definition, page.digest(), key.pseudonyms())?;
    let sealed = checker.seal(&key).map_err(|error| wrong(&options.definition, &error))?;
    let made = page.with(&sealed);
    fs::write(&options.out, &made).map_err(|error| of_file(&options.out, &error))?;
    say(&format!("{}: {} bytes", options.out.display(), made.len()));
    say(&format!("fingerprint: {}", key.public().fingerprint()));
    say(&format!("edition: {}", edition(&sealed)));
    Ok(Status::NoEvidence)
}

/// Reads what a definition names, and makes sure that a client can use it.
fn checker(path: &Path, page: &str, pseudonyms: PseudonymKey) -> Result<Checker, Failure> {
    let definition: Definition =
        toml::from_str(&text_of(path)?).map_err(|error| wrong(path, &error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    check_about(&definition.about).map_err(|what| wrong(path, &what))?;
    let mut parts = Vec::new();
    if let Some(logo) = &definition.logo {
        parts.push(read_logo(&folder.join(logo))?);
    }
    let within = |paths: &[PathBuf]| paths.iter().map(|path| folder.join(path)).collect::<Vec<_>>();
    parts.extend(files(&within(&definition.rules), Role::Rules)?);
    parts.extend(files(&within(&definition.indicators), Role::Indicators)?);
    parts.extend(files(&within(&definition.mappings), Role::Mapping)?);
    let settings = settings(&definition.settings, &parts).map_err(|what| wrong(path, &what))?;
    check_rules(&parts, &settings)?;
    check_indicators(&parts)?;
    let settings = settings_text(serde_json::to_value(&definition.settings)?);
    let page = page.to_owned();
    Ok(Checker { about: definition.about, settings, page, pseudonyms, parts })
}

fn check_about(about: &About) -> Result<(), String> {
    about.wrong().first().map_or(Ok(()), |wrong| Err(wrong.what.en.to_string()))
}

fn read_logo(path: &Path) -> Result<Part, Failure> {
    let bytes = fs::read(path).map_err(|error| of_file(path, &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Part::logo(name, bytes).map_err(|why| wrong(path, &why.what.en))
}

/// The files in some paths; of folders with rules, those that are rules.
fn files(paths: &[PathBuf], role: Role) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    for path in paths {
        let is_folder = path.is_dir();
        for given in gather(std::slice::from_ref(path)) {
            let (name, bytes) = match given {
                Given::Bytes { name, bytes } => (name, bytes),
                Given::File { name, .. }
                    if is_folder && role == Role::Rules && !is_rule_file(&name) =>
                {
                    continue;
                }
                Given::File { name, path, .. } => {
                    let bytes = fs::read(&path).map_err(|error| of_file(&path, &error))?;
                    (name, bytes)
                }
                Given::Unreadable { name, what } => {
                    return Err(Failure::File { path: name, what });
                }
            };
            // Where the vendor keeps it is nobody's business.
            let name = name.rsplit(['/', '\\']).next().unwrap_or(&name).to_owned();
            parts.push(Part { role, name, bytes });
        }
    }
    Ok(parts)
}

/// The settings of the check, with the mappings among the files, if they can be used.
fn settings(table: &toml::Table, parts: &[Part]) -> Result<Settings, String> {
    let mut settings: Settings =
        table.clone().try_into().map_err(|error: toml::de::Error| error.to_string())?;
    for part in parts.iter().filter(|part| part.role == Role::Mapping) {
        let text = String::from_utf8(part.bytes.clone());
        settings.mappings.push(text.map_err(|_| format!("{} is not in UTF-8", part.name))?);
    }
    settings.meant(&[]).map_err(|error| error.to_string())?;
    Ok(settings)
}

/// Says how many rules cannot be used; a checker without one that can, where there are some, is
/// refused.
fn check_rules(parts: &[Part], settings: &Settings) -> Result<(), Failure> {
    let rules = || parts.iter().filter(|part| part.role == Role::Rules);
    let texts =
        rules().flat_map(|part| rule_files(&part.name, part.bytes.len() as u64, &part.bytes));
    let loaded = LoadedRules::new(texts.collect(), &settings.rules.lists);
    let errors = loaded.problems.iter().filter(|problem| problem.is_error).count();
    if errors > 0 {
        say(&format!("{errors} problems with rules; `sekisho rules --lint` says which"));
    }
    if rules().next().is_some() && loaded.set.rules().is_empty() {
        return Err(Failure::Usage("the files of rules hold none that can be used".to_owned()));
    }
    Ok(())
}

/// The same of indicator lists.
fn check_indicators(parts: &[Part]) -> Result<(), Failure> {
    let mut lists = Lists::default();
    for part in parts.iter().filter(|part| part.role == Role::Indicators) {
        let mut refused = 0;
        read_list(&mut lists, &part.name, &part.bytes, &mut |_| refused += 1);
        if refused > 0 {
            let name = &part.name;
            say(&format!(
                "{name}: {refused} parts are not swept for; `sekisho iocs --lint` says which"
            ));
        }
    }
    if parts.iter().any(|part| part.role == Role::Indicators) && lists.is_empty() {
        return Err(Failure::Usage(
            "the indicator lists hold nothing that is swept for".to_owned(),
        ));
    }
    Ok(())
}

pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| of_file(path, &error))
}

pub(super) fn of_file(path: &Path, error: &io::Error) -> Failure {
    wrong(path, error)
}

pub(super) fn wrong(path: &Path, what: &dyn ToString) -> Failure {
    Failure::File { path: path.display().to_string(), what: what.to_string() }
}
