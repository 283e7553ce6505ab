//! What 100 million events of a million addresses leave in memory. `tests/memory.rs` makes them while
//! they are read, scans them and measures; `SEKISHO_EVENTS` takes another number of events.

use anyhow::Result;
use serde_json::Value;

use super::{Benchmark, Options};
use crate::command::cargo;
use crate::repo::Repo;

pub const BENCHMARK: Benchmark = Benchmark {
    name: "memory",
    about: "what 100 million events of a million addresses leave in memory",
    run,
};

fn run(repo: &Repo, _: &Options) -> Result<Value> {
    let test =
        ["test", "--package", "sekisho", "--test", "memory", "--", "--ignored", "--nocapture"];
    cargo().args(test).inside(&repo.root).run()?;
    Ok(Value::Null)
}
