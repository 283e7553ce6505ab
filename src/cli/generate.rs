//! `generate`: writes a case to practise on into a folder.

use super::args::GenerateOptions;
use super::bundle::{text_of, wrong};
use super::{Failure, Status};
use crate::base::Wrong;
use crate::train::{Scenario, Wanted, generate as make};
use std::fs;
use std::io;
use std::path::Path;

pub(super) fn generate(options: &GenerateOptions) -> Result<Status, Failure> {
    let GenerateOptions { scenario, case, seed, days, users, out } = options;
    let wanted = match case {
        Some(case) => wanted(case)?,
        None => {
            let usual = Wanted::new(scenario.unwrap_or(Scenario::Quiet), *seed);
            Wanted { days: *days, users: *users, ..usual }
        }
    };
    wanted.check()?;
    // Nothing that is there is written over, and a case is never mixed with other files.
    let is_free = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        let what = "it is not an empty folder; name one that is empty or does not exist".to_owned();
        return Err(Failure::File { path: out.display().to_string(), what });
    }
    for file in make(&wanted)? {
        write(&out.join(&file.name), &file.bytes)?;
    }
    Ok(Status::NoEvidence)
}

/// A case by its name, or by a scenario file.
pub(super) fn wanted(case: &str) -> Result<Wanted, Failure> {
    let path = Path::new(case);
    case.parse().or_else(|why: Wrong| match path.is_file() {
        true => Wanted::read(&text_of(path)?).map_err(|error| wrong(path, &error)),
        false => Err(Failure::from(why)),
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| wrong(path, &error))
}
