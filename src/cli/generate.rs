//! `generate`: writes a case to practise on into a folder.

use super::args::GenerateOptions;
use super::{Failure, Status};
use crate::train::{Wanted, generate as make};
use std::fs;
use std::io;
use std::path::Path;

pub(super) fn generate(options: &GenerateOptions) -> Result<Status, Failure> {
    let GenerateOptions { scenario, seed, days, users, out } = options;
    let wanted = Wanted { scenario: *scenario, seed: *seed, days: *days, users: *users };
    wanted.check().map_err(Failure::Usage)?;
    // Nothing that is there is written over, and a case is never mixed with other files.
    let is_free = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        let what = "it is not an empty folder; name one that is empty or does not exist".to_owned();
        return Err(Failure::File { path: out.display().to_string(), what });
    }
    for file in make(&wanted).map_err(Failure::Usage)? {
        write(&out.join(&file.name), &file.bytes)?;
    }
    Ok(Status::NoEvidence)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    let failed = |error: io::Error| Failure::File {
        path: path.display().to_string(),
        what: error.to_string(),
    };
    fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).map_err(failed)
}
