//! Files on disk and standard input. The only part of `input` that touches the file system.

use super::{ReadAt, ReadError};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A file on disk. Opened anew by every job, so that jobs can read side by side.
#[derive(Debug)]
pub struct NativeFile {
    file: Mutex<File>,
}

impl NativeFile {
    /// Opens a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: Mutex::new(File::open(path)?) })
    }
}

impl ReadAt for NativeFile {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        read_file_at(&file, offset, into).map_err(|e| ReadError { offset, what: e.to_string() })
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

#[cfg(windows)]
fn read_file_at(file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, offset)
}

/// A source found on the command line.
#[derive(Clone, Debug)]
pub enum Given {
    /// A file, with the name that reports use.
    File {
        /// Its name in reports, `/` between folders.
        name: String,
        /// Where it lies.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// When it was changed last, seconds since 1970.
        modified: Option<i64>,
    },
    /// Standard input, read to its end.
    Bytes {
        /// Its name in reports.
        name: String,
        /// What was read.
        bytes: Vec<u8>,
    },
    /// Something that cannot be read.
    Unreadable {
        /// Its name in reports.
        name: String,
        /// What the system said.
        what: String,
    },
}

/// Every file below the given paths, in order of their names; `-` is standard input. Each path
/// gives one thing at least: a folder without a file below it is something that cannot be read.
pub fn gather(paths: &[PathBuf]) -> Vec<Given> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(standard_input());
            continue;
        }
        let (name, before) = (shown(path), found.len());
        gather_one(path, &name, &mut Vec::new(), &mut found);
        if found.len() == before {
            let what = "there is no file in this folder".to_owned();
            found.push(Given::Unreadable { name, what });
        }
    }
    found
}

fn standard_input() -> Given {
    let mut bytes = Vec::new();
    let name = "-".to_owned();
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Given::Bytes { name, bytes },
        Err(error) => Given::Unreadable { name, what: error.to_string() },
    }
}

/// When a file was changed last, where the system says.
fn modified(meta: &std::fs::Metadata) -> Option<i64> {
    let since = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// `above` are the folders on the way here. A link back to one of them is not followed: what is
/// below it is being gathered.
fn gather_one(path: &Path, name: &str, above: &mut Vec<PathBuf>, found: &mut Vec<Given>) {
    let unreadable =
        |error: io::Error| Given::Unreadable { name: name.to_owned(), what: error.to_string() };
    match path.metadata() {
        Err(error) => found.push(unreadable(error)),
        Ok(meta) if meta.is_dir() => {
            if let Err(error) = gather_folder(path, name, above, found) {
                found.push(unreadable(error));
            }
        }
        Ok(meta) if meta.is_file() => found.push(Given::File {
            name: name.to_owned(),
            path: path.to_owned(),
            size: meta.len(),
            modified: modified(&meta),
        }),
        Ok(_) => found.push(Given::Unreadable {
            name: name.to_owned(),
            what: "it is neither a file nor a folder".to_owned(),
        }),
    }
}

fn gather_folder(
    path: &Path,
    name: &str,
    above: &mut Vec<PathBuf>,
    found: &mut Vec<Given>,
) -> io::Result<()> {
    let real = path.canonicalize()?;
    if above.contains(&real) {
        return Ok(());
    }
    let entries = sorted_entries(path)?;
    above.push(real);
    for entry in entries {
        let inside = entry.file_name().unwrap_or_default().to_string_lossy();
        gather_one(&entry, &format!("{name}/{inside}"), above, found);
    }
    above.pop();
    Ok(())
}

fn sorted_entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in path.read_dir()? {
        entries.push(entry?.path());
    }
    entries.sort();
    Ok(entries)
}

/// A path as reports name it: `/` between its parts, nothing at its end.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let trimmed = text.trim_start_matches("./").trim_end_matches('/');
    if trimmed.is_empty() { text } else { trimmed.to_owned() }
}
