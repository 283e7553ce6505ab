//! The browsers that the tests and benchmarks drive: found, or installed where that is possible.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    pub const ALL: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

    pub fn name(self) -> &'static str {
        match self {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox",
        }
    }

    /// The variable that names the program, for the scripts too.
    pub fn variable(self) -> &'static str {
        match self {
            Browser::Chromium => "SEKISHO_CHROMIUM",
            Browser::Firefox => "SEKISHO_FIREFOX",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox-esr",
        }
    }

    /// The program, installed with apt-get where it is missing and that is allowed.
    pub fn find(self) -> Result<PathBuf> {
        if let Some(found) = self.found() {
            return Ok(found);
        }
        apt::install(&[self.package()], "testing the page in a browser").with_context(|| {
            format!("no {} here, and {} names none", self.name(), self.variable())
        })?;
        self.found().with_context(|| format!("{} brought no browser", self.package()))
    }

    fn found(self) -> Option<PathBuf> {
        let named = std::env::var_os(self.variable()).map(PathBuf::from);
        let usual = match self {
            Browser::Chromium => {
                ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"]
            }
            Browser::Firefox => {
                ["/usr/bin/firefox-esr", "/usr/bin/firefox", "/usr/lib/firefox-esr/firefox-esr"]
            }
        };
        let usual = usual.iter().map(PathBuf::from);
        named.into_iter().chain(usual).find(|path| path.exists())
    }
}

/// Screenshots of the Japanese page need a font that has the characters. Nothing that must hold
/// depends on it.
pub fn install_fonts() {
    if Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists() {
        return;
    }
    if let Err(error) = apt::install(&["fonts-noto-cjk"], "Japanese text on screenshots") {
        eprintln!("Screenshots may lack Japanese characters: {error:#}");
    }
}
