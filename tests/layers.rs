//! The folders of `src` are layers, and what ARCHITECTURE.md says is absent is absent: read from
//! the source text, so that it holds for every target and feature.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The layers, each with those that it may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("text", &["base"]),
    ("event", &["base", "text"]),
    ("judge", &["base", "event"]),
    ("input", &["base"]),
    ("inspect", &["base", "input"]),
    ("shard", &["base", "text", "input"]),
    ("format", &["base", "text", "event", "shard"]),
    ("finding", &["base", "event"]),
    ("intel", &["base", "text", "event", "finding"]),
    ("baseline", &["base", "event", "judge"]),
    ("detect", &["base", "event", "finding", "judge", "baseline"]),
    ("sigma", &["base", "text", "event", "finding"]),
    ("query", &["base", "event"]),
    ("report", &["base", "finding"]),
    (
        "engine",
        &[
            "base", "text", "event", "judge", "input", "inspect", "shard", "format", "finding",
            "intel", "baseline", "detect", "sigma", "query", "report",
        ],
    ),
    ("train", &["base", "report"]),
    ("share", &["base", "finding", "report"]),
    ("wasm", ALL),
    ("cli", ALL),
];

const ALL: &[&str] = &[
    "base", "text", "event", "judge", "input", "inspect", "shard", "format", "finding", "intel",
    "baseline", "detect", "sigma", "query", "report", "engine", "train", "share",
];

/// Lines of a function at most: a screen.
const SCREEN: usize = 60;

/// A source file.
struct Source {
    /// Path from the repository, `/` between folders.
    path: String,
    text: String,
    /// The text with comments, strings and characters blanked out, and without test modules.
    code: String,
}

impl Source {
    fn layer(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split_once('/').map(|(layer, _)| layer)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder whose name ends so.
fn below(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let files = below("src", ".rs");
    let tests: BTreeSet<String> =
        files.iter().flat_map(|(path, text)| modules(path, text, |attribute| attribute)).collect();
    files
        .into_iter()
        .map(|(path, text)| {
            let is_test = tests.contains(path.trim_end_matches(".rs"));
            let code = if is_test { String::new() } else { without_tests(&masked(&text)) };
            Source { path, text, code }
        })
        .collect()
}

/// The files that `mod name;` of a file names, without their ending. `wanted` is told whether the
/// module is for tests only.
fn modules(path: &str, text: &str, wanted: impl Fn(bool) -> bool) -> Vec<String> {
    let folder = match path.strip_suffix(".rs").unwrap() {
        "src/lib" | "src/main" => "src",
        file => file.strip_suffix("/mod").unwrap_or(file),
    };
    let mut named = Vec::new();
    let mut before = "";
    for line in text.lines().map(str::trim) {
        let module = line.strip_suffix(';').and_then(|line| line.split_once("mod "));
        if let Some((visibility, name)) = module
            && (visibility.is_empty() || visibility.starts_with("pub"))
            && wanted(before == "#[cfg(test)]")
        {
            named.push(format!("{folder}/{name}"));
        }
        before = line;
    }
    named
}

/// The text with the insides of comments, strings and characters blanked out. As long as before.
fn masked(text: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = literal(rest, out.last().copied()).unwrap_or(0);
        if length > 0 {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = &rest[length..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.into_iter().collect()
}

/// Bytes of the comment, string or character literal at the start of `text`.
fn literal(text: &str, before: Option<char>) -> Option<usize> {
    let is_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if let Some(inside) = text.strip_prefix("/*") {
        return Some(inside.find("*/").map_or(text.len(), |end| end + 4));
    }
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r')).filter(|_| !is_word);
    if let Some(behind) = raw {
        let hashes = behind.len() - behind.trim_start_matches('#').len();
        if behind[hashes..].starts_with('"') {
            let start = text.len() - behind.len() + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            return Some(
                text[start..].find(&close).map_or(text.len(), |end| start + end + close.len()),
            );
        }
    }
    match text.chars().next()? {
        '"' => Some(closed(text, '"')),
        // `'a` is a lifetime, `'a'` and `'\n'` are characters.
        '\'' if text[1..].starts_with('\\') => Some(closed(text, '\'')),
        '\'' => {
            let inside = text[1..].chars().next()?;
            text[1 + inside.len_utf8()..].starts_with('\'').then_some(2 + inside.len_utf8())
        }
        _ => None,
    }
}

/// Bytes up to the unescaped closing quote, quotes included.
fn closed(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Masked code without its `#[cfg(test)]` items.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        rest = behind_item(&rest[at..]);
    }
    out + rest
}

/// What follows the item at the start of masked code.
fn behind_item(code: &str) -> &str {
    let open = code.find('{').unwrap_or(code.len());
    match code.find(';') {
        Some(end) if end < open => &code[end + 1..],
        _ => &code[open + block(&code[open..])..],
    }
}

/// Bytes of the block at the start of masked code.
fn block(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The layers that code names with `crate::`.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let behind = &code[at + 7..];
        if behind.starts_with('{') {
            used.extend(first_names(&behind[1..block(behind) - 1]));
        } else {
            used.insert(word(behind));
        }
    }
    used
}

/// The word at the start of a text.
fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The words that begin the parts of a list, not those of lists inside it.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut is_first) = (0, true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => is_first = true,
            c if is_first && !c.is_whitespace() => {
                names.push(word(&list[at..]));
                is_first = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn layers_use_only_those_below_them() {
    let layers: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(layer) = source.layer() else { continue };
        let may = layers.get(layer).unwrap_or_else(|| panic!("src/{layer} is no layer"));
        for name in used(&source.code) {
            let is_layer = layers.contains_key(name.as_str());
            if is_layer && name != layer && !may.contains(&name.as_str()) {
                wrong.push(format!("{}: uses {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A file that no `mod` names is compiled by nobody.
#[test]
fn every_file_is_part_of_the_program() {
    let sources = sources();
    let declared: BTreeSet<String> =
        sources.iter().flat_map(|source| modules(&source.path, &source.text, |_| true)).collect();
    let orphans: Vec<_> = sources
        .iter()
        .map(|source| &source.path)
        .filter(|path| !["src/lib.rs", "src/main.rs"].contains(&path.as_str()))
        .filter(|path| {
            let name = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap();
            !declared.contains(name)
        })
        .collect();
    assert!(orphans.is_empty(), "{orphans:#?}");
}

#[test]
fn every_file_says_what_it_holds() {
    let rust =
        ["src", "tests", "fuzz", "xtask/src"].into_iter().flat_map(|folder| below(folder, ".rs"));
    let silent: Vec<_> =
        rust.filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Files whose code holds one of some names, though it may not.
fn naming(names: &[&str], may: impl Fn(&str) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !may(&source.path)) {
        for name in names.iter().filter(|name| source.code.contains(*name)) {
            wrong.push(format!("{}: {name}", source.path));
        }
    }
    wrong
}

#[test]
fn only_wasm_knows_of_javascript() {
    let names = ["wasm_bindgen", "js_sys", "web_sys"];
    assert_eq!(naming(&names, |path| path.starts_with("src/wasm/")), Vec::<String>::new());
}

#[test]
fn only_the_command_line_touches_files_environment_threads_and_clocks() {
    let names = ["std::fs", "std::env", "std::thread", "std::time", "std::net", "std::process"];
    let may = |path: &str| {
        path.starts_with("src/cli/") || path == "src/input/native.rs" || path == "src/main.rs"
    };
    assert_eq!(naming(&names, may), Vec::<String>::new());
}

#[test]
fn nothing_opens_a_connection() {
    assert_eq!(naming(&["std::net", "TcpStream", "UdpSocket"], |_| false), Vec::<String>::new());
}

#[test]
fn nothing_gives_up_on_input() {
    let names = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    assert_eq!(naming(&names, |_| false), Vec::<String>::new());
}

/// Functions of masked code with the lines from their `fn` to their closing brace.
fn functions(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let is_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let name: String =
            code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let open = code[at..].find('{').unwrap_or(0);
        let end = code[at..].find(';').unwrap_or(usize::MAX);
        // A signature without a body ends in a semicolon; one inside brackets is an array's length.
        let has_body = open > 0 && (open < end || code[at + end..].starts_with("; "));
        if !is_word && !name.is_empty() && has_body {
            let body = open + block(&code[at + open..]);
            found.push((name, code[at..at + body].lines().count()));
        }
    }
    found
}

#[test]
fn functions_fit_a_screen() {
    let mut long = Vec::new();
    let rust =
        ["src", "tests", "fuzz", "xtask/src"].into_iter().flat_map(|folder| below(folder, ".rs"));
    for (path, text) in rust {
        for (name, lines) in functions(&masked(&text)) {
            if lines > SCREEN {
                long.push(format!("{path}: {name} has {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_page_makes_no_markup_of_text() {
    let names = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"];
    let mut wrong = Vec::new();
    for (path, text) in below("www/src", "") {
        for name in names.iter().filter(|name| text.contains(*name)) {
            wrong.push(format!("{path}: {name}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Words that say more than logs can, as verdicts.
const BANNED: &[&str] = &[
    "safe",
    "clean",
    "harmless",
    "no problem",
    "安全",
    "問題なし",
    "問題ありません",
    "\u{2713}",
    "\u{2714}",
    "\u{2705}",
];

/// Whether a text holds a word by itself, not as part of another one.
fn says(text: &str, word: &str) -> bool {
    let lower = text.to_lowercase();
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    lower.match_indices(word).any(|(at, _)| {
        !is_letter(lower[..at].chars().next_back())
            && !is_letter(lower[at + word.len()..].chars().next())
    })
}

/// The strings of a source: what `masked` blanks out, without comments.
fn strings(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut at, mut before) = (0, None);
    while let Some(c) = text[at..].chars().next() {
        let length = literal(&text[at..], before).unwrap_or(0);
        if length > 0 && !text[at..].starts_with('/') {
            found.push(&text[at..at + length]);
        }
        at += length.max(c.len_utf8());
        before = if length > 0 { None } else { Some(c) };
    }
    found
}

#[test]
fn no_text_for_people_says_more_than_logs_can() {
    let rust = ["src/report", "src/detect", "src/intel", "src/inspect", "src/share"]
        .into_iter()
        .flat_map(|folder| below(folder, ".rs"));
    let mut wrong = Vec::new();
    for (path, text) in rust.chain(below("www/src/i18n", ".ts")) {
        let shown = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for string in strings(shown) {
            for word in BANNED.iter().filter(|word| says(string, word)) {
                wrong.push(format!("{path}: «{word}» in {string}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The reading of source text is itself held to what it promises.
#[test]
fn source_text_is_read_as_it_is_meant() {
    let text =
        "fn a() { let s = \"{ // }\"; } // fn b() {\nfn c<'a>(x: &'a str) { x == '{'; r#\"}\"#; }";
    let code = masked(text);
    assert_eq!(code.len(), text.len());
    assert_eq!(functions(&code), [("a".to_owned(), 1), ("c".to_owned(), 1)]);
    assert_eq!(strings(text), ["\"{ // }\"", "'{'", "r#\"}\"#"]);
    assert_eq!(without_tests("a;#[cfg(test)]\nmod t { fn x() {} }\nb;"), "a;\nb;");
    let used = used("use crate::{base::{a, input}, event::Field}; crate::judge::agent");
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["base", "event", "judge"]);
    let modules =
        modules("src/a.rs", "mod b;\n#[cfg(test)]\nmod c;\npub mod d {", |is_test| is_test);
    assert_eq!(modules, ["src/a/c"]);
}
