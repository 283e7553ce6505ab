//! Running other programs. A failure names the whole command line, so that it can be tried by
//! hand, and says what to install when the program is not there.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

/// A program with its arguments, about to be run.
pub struct Program {
    command: Command,
    shown: String,
}

impl Program {
    pub fn new(name: impl AsRef<OsStr>) -> Program {
        let shown = name.as_ref().to_string_lossy().into_owned();
        let mut command = Command::new(name);
        // `cargo run` points this at its own compiler's libraries.
        command.env_remove("LD_LIBRARY_PATH");
        Program { command, shown }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Program {
        let arg = arg.as_ref();
        self.shown.push(' ');
        self.shown.push_str(&arg.to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Program {
        args.into_iter().fold(self, Program::arg)
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        self.command.env(name, value);
        self
    }

    pub fn without_env(mut self, name: &str) -> Program {
        self.command.env_remove(name);
        self
    }

    pub fn inside(mut self, folder: &Path) -> Program {
        self.command.current_dir(folder);
        self
    }

    /// Runs to the end with this terminal's output; anything but success is an error.
    pub fn run(mut self) -> Result<()> {
        let status = self.command.status().with_context(|| missing(&self.shown))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs to the end and gives what was printed beside how it ended.
    pub fn told(mut self) -> (String, Result<()>) {
        let output = match self.command.output().with_context(|| missing(&self.shown)) {
            Ok(output) => output,
            Err(error) => return (String::new(), Err(error)),
        };
        let texts = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let ended = match output.status.success() {
            true => Ok(()),
            false => Err(anyhow!("`{}` failed ({})", self.shown, output.status)),
        };
        (texts.concat(), ended)
    }

    /// Runs to the end with this terminal's output and gives the exit status.
    pub fn status(mut self) -> Result<i32> {
        let status = self.command.status().with_context(|| missing(&self.shown))?;
        status.code().with_context(|| format!("`{}` was ended ({status})", self.shown))
    }

    /// Runs to the end and gives what was printed to standard output.
    pub fn read(self) -> Result<String> {
        self.read_if(|code| code == 0)
    }

    /// Like [`Program::read`]; `fine` says which exit codes are a success.
    pub fn read_if(mut self, fine: impl Fn(i32) -> bool) -> Result<String> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().with_context(|| missing(&self.shown))?;
        if !output.status.code().is_some_and(fine) {
            bail!("`{}` failed ({})", self.shown, output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` did not print UTF-8", self.shown))
    }

    /// Runs to the end, handing on each line of standard error as it comes.
    pub fn watch_errors(mut self, mut take: impl FnMut(&str)) -> Result<ExitStatus> {
        self.command.stderr(Stdio::piped());
        let mut child = self.command.spawn().with_context(|| missing(&self.shown))?;
        if let Some(errors) = child.stderr.take() {
            for line in BufReader::new(errors).split(b'\n') {
                take(&String::from_utf8_lossy(&line?));
            }
        }
        Ok(child.wait()?)
    }

    /// Runs without output for at most `limit`, and tells whether it succeeded.
    pub fn succeeds_within(mut self, limit: Duration) -> bool {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.command.spawn().is_ok_and(|child| ends_well(child, limit))
    }
}

fn ends_well(mut child: Child, limit: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(100)),
            Err(_) => return false,
        }
    }
    // It is being given up; whether it could still be ended changes nothing.
    let _ = child.kill();
    let _ = child.wait();
    false
}

fn missing(shown: &str) -> String {
    let name = shown.split(' ').next().unwrap_or(shown);
    let hint = match name {
        "node" | "npm" => ": install Node.js 20 or later",
        "cargo" | "rustc" | "rustup" => ": install rustup",
        "git" => ": install git",
        _ => "",
    };
    format!("cannot run `{shown}`{hint}")
}

/// The cargo that runs this xtask.
pub fn cargo() -> Program {
    Program::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        // Set by `cargo run` for xtask's own package; build scripts of others must not see it.
        .without_env("CARGO_MANIFEST_DIR")
        .without_env("CARGO_MANIFEST_PATH")
}

pub fn node() -> Program {
    Program::new("node")
}

/// Whether the tests run unattended, where everything must be able to run.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false")
}
