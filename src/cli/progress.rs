//! Progress on a terminal: bytes, rate and time left. Nothing where standard error is no terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// The progress of a check.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Nothing done of so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        let form = "{wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// More bytes are done.
    pub(super) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Takes the bar off the screen.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
