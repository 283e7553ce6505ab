//! The command line. Everything is in `sekisho::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sekisho::cli::main()
}
