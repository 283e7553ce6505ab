//! Reads again, within the limits, every input that was kept: seeds, inputs that reached code which
//! no other reached, and those that once broke a target.

use sekisho_fuzz::{TARGETS, Target};
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|_| panic!("no {}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The inputs that break a target, with what they break.
fn broken(target: &Target) -> Vec<String> {
    target.prepare();
    let folder = corpus().join(target.name);
    let mut broken = Vec::new();
    for name in names(&folder) {
        let input = fs::read(folder.join(&name)).unwrap();
        let what = match catch_unwind(AssertUnwindSafe(|| target.run(&input))) {
            Ok(Ok(())) => continue,
            Ok(Err(exceeded)) => exceeded.to_string(),
            Err(_) => "a panic".to_owned(),
        };
        broken.push(format!("fuzz/corpus/{}/{name}: {what}", target.name));
    }
    broken
}

#[test]
fn every_kept_input_is_read() {
    let broken = thread::scope(|scope| {
        let threads: Vec<_> = TARGETS.iter().map(|target| scope.spawn(|| broken(target))).collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.flatten().collect::<Vec<_>>()
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len());
    assert_eq!(names(&corpus()), targets);
    for target in TARGETS {
        assert!(names(&corpus().join(target.name)).len() > 1, "{} has no seeds", target.name);
    }
}
