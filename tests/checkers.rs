//! A vendor's checker, as the command line makes it: what goes in, what is refused, and that the
//! same content and key give the same bytes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use sekisho::share::{Checker, ReleasedPage, Role, SecretKey, sealed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DEFINITION: &str = r#"
logo = "logo.png"
rules = ["rules"]
indicators = ["bad.txt"]
mappings = ["own.toml"]

[about]
title = "Sign-ins of May"
vendor = "例示クラウド株式会社"
contact = "csirt@example.com"
expires = "2027-03-31"
questions = ["Q1", "Q5"]
instructions.en = "1. Export the **sign-in log**."
instructions.ja = "1. **サインインログ**を出力してください。"

[settings]
zone = "Asia/Tokyo"
"#;

const RULE: &str = "title: Export\nid: 6f3c0c1e-7f0a-4f7e-9f55-0d6c0b1f2a3d\nlogsource:\n  \
    category: webserver\ndetection:\n  export:\n    cs-uri-stem|contains: /export\n  condition: \
    export\nlevel: medium\n";

const MAPPING: &str = "id = \"own_app\"\nname = \"Own application\"\nwhat = { en = \"own\", ja = \"own\" }\nkind = \"text\"\n\n\
    [[pattern]]\nmatch = \"own <@timestamp> <user.name:word> <event.action:word>\"\n";

/// A folder with all that a checker is made of.
struct Vendor(PathBuf);

struct Ran {
    status: Option<i32>,
    err: String,
}

impl Vendor {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checkers").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("rules")).unwrap();
        let vendor = Self(folder);
        vendor.write("checker.toml", DEFINITION);
        vendor.write("logo.png", b"\x89PNG\r\n\x1a\nrest");
        vendor.write("rules/export.yml", RULE);
        vendor.write("rules/notes.txt", "not a rule");
        vendor.write("bad.txt", "203.0.113.9\n");
        vendor.write("own.toml", MAPPING);
        vendor.write("sekisho.html", page());
        vendor.write("vendor.key", SecretKey::from_seed([9; 32]).write());
        vendor
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        let output = command.args(arguments).current_dir(&self.0).output().unwrap();
        Ran { status: output.status.code(), err: String::from_utf8(output.stderr).unwrap() }
    }

    fn bundle(&self) -> Ran {
        self.run(&[
            "bundle",
            "checker.toml",
            "--key",
            "vendor.key",
            "--page",
            "sekisho.html",
            "--out",
            "checker.html",
        ])
    }

    /// Bundles a definition that must be refused, and gives the reason.
    fn refused(&self, definition: &str) -> String {
        self.write("checker.toml", definition);
        let ran = self.bundle();
        assert_eq!(ran.status, Some(2), "{}", ran.err);
        assert!(!self.0.join("checker.html").exists());
        ran.err
    }

    fn made(&self) -> String {
        fs::read_to_string(self.0.join("checker.html")).unwrap()
    }
}

fn digest() -> String {
    "5e".repeat(32)
}

/// What of the page a checker is made by.
fn page() -> String {
    format!("<body>{{&quot;digest&quot;:&quot;{}&quot;}}</body></html>\n", digest())
}

fn block(html: &str) -> &str {
    let (_, rest) = html.split_once("id=\"checker\">").unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn a_checker_holds_what_its_definition_names() {
    let vendor = Vendor::new("whole");
    let ran = vendor.bundle();
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let key = SecretKey::from_seed([9; 32]).public();
    assert!(ran.err.contains(&key.fingerprint()), "{}", ran.err);
    let opened = Checker::open(&sealed(block(&vendor.made())).unwrap(), &digest()).unwrap();
    assert_eq!(opened.by, key);
    let parts: Vec<_> =
        opened.checker.parts.iter().map(|part| (part.role, part.name.as_str())).collect();
    let expected = [
        (Role::Logo, "logo.png"),
        (Role::Rules, "export.yml"),
        (Role::Indicators, "bad.txt"),
        (Role::Mapping, "own.toml"),
    ];
    assert_eq!(parts, expected);
    assert_eq!(opened.checker.about.vendor, "例示クラウド株式会社");
    assert_eq!(opened.checker.settings, r#"{"zone":"Asia/Tokyo"}"#);
    let first = vendor.made();
    assert_eq!(vendor.bundle().status, Some(0));
    assert_eq!(vendor.made(), first, "the same content and key give the same bytes");
    ReleasedPage::new(&first).unwrap_err();
}

#[test]
fn what_a_client_could_not_use_is_refused() {
    let vendor = Vendor::new("refused");
    let changed = |from: &str, to: &str| {
        assert!(DEFINITION.contains(from), "{from}");
        vendor.refused(&DEFINITION.replace(from, to))
    };
    for (from, to, expected) in [
        ("vendor = \"例示クラウド株式会社\"", "", "vendor"),
        ("2027-03-31", "next spring", "2027-03-31"),
        ("\"Q5\"", "\"Q13\"", "Q13"),
        ("Asia/Tokyo", "Asia/Tokio", "Asia/Tokyo"),
        ("zone =", "zoen =", "zoen"),
        ("\"own.toml\"", "\"bad.txt\"", "mapping"),
        ("\"rules\"", "\"bad.txt\"", "rules"),
        ("[\"bad.txt\"]", "[\"none.txt\"]", "none.txt"),
        ("\"logo.png\"", "\"bad.txt\"", "PNG"),
        ("logo =", "lgoo =", "lgoo"),
    ] {
        let said = changed(from, to);
        assert!(said.contains(expected), "{to}: {said}");
    }
}

#[test]
fn a_key_is_made_once_and_is_for_its_owner_alone() {
    let vendor = Vendor::new("key");
    let made = vendor.run(&["key", "--out", "own.key"]);
    assert_eq!(made.status, Some(0), "{}", made.err);
    let text = fs::read_to_string(vendor.0.join("own.key")).unwrap();
    let key = SecretKey::read(&text).unwrap();
    assert!(made.err.contains(&key.public().fingerprint()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(vendor.0.join("own.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o77, 0);
    }
    let again = vendor.run(&["key", "--out", "own.key"]);
    assert_eq!(again.status, Some(2));
    assert_eq!(fs::read_to_string(vendor.0.join("own.key")).unwrap(), text);
}

#[test]
fn another_file_than_the_released_page_is_refused() {
    let vendor = Vendor::new("page");
    for (html, expected) in [
        ("<html></html>".to_owned(), "sekisho.html as released"),
        (ReleasedPage::new(&page()).unwrap().with(b"x"), "a checker already"),
    ] {
        vendor.write("sekisho.html", html);
        let ran = vendor.bundle();
        assert_eq!(ran.status, Some(2));
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}
