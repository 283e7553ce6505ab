//! What a check cost: bytes, records, and CPU and wall seconds per stage.

use super::Failure;
use crate::report::Report;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Instant;

/// The cost of each stage.
pub(super) struct Stats {
    stages: Map<String, Value>,
}

impl Stats {
    pub(super) fn new() -> Self {
        Self { stages: Map::new() }
    }

    /// Runs a stage and notes what it cost.
    pub(super) fn stage<T>(&mut self, name: &str, run: impl FnOnce() -> T) -> T {
        let (wall, cpu) = (Instant::now(), cpu_secs());
        let result = run();
        let cost = json!({
            "wall_secs": wall.elapsed().as_secs_f64(),
            "cpu_secs": cpu_secs().zip(cpu).map(|(after, before)| after - before),
        });
        self.stages.insert(name.to_owned(), cost);
        result
    }

    /// Writes them next to what was read.
    pub(super) fn write(&self, path: &Path, report: &Report) -> Result<(), Failure> {
        let bytes: u64 = report.sources.iter().map(|source| source.size).sum();
        let all = json!({
            "bytes": bytes,
            "records": report.coverage.records,
            "stages": self.stages,
        });
        Ok(std::fs::write(path, serde_json::to_vec_pretty(&all)?)?)
    }
}

/// CPU seconds of the threads of this process so far, where the system tells.
fn cpu_secs() -> Option<f64> {
    scheduled_secs().or_else(ticked_secs)
}

/// As the scheduler counts them, in nanoseconds. Threads that have ended are not among them.
fn scheduled_secs() -> Option<f64> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let nanoseconds = tasks.filter_map(|task| {
        let told = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        told.split_whitespace().next()?.parse::<u64>().ok()
    });
    let sum: u64 = nanoseconds.sum();
    (sum > 0).then_some(sum as f64 / 1e9)
}

/// User and system time of `/proc/self/stat`, in ticks of a hundredth of a second.
fn ticked_secs() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let behind_name = stat.rsplit_once(')')?.1;
    let mut fields = behind_name.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
