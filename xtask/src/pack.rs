//! Packs the page into one file. The outer page is a thin shell; the application lives in a
//! sandboxed frame, under a policy of hashes that lets nothing out. Application, worker and module
//! are inert blocks, packed. The policy names the application's hash, so that it runs or nothing
//! does. It does not cover what is no script in the page, so the application pins the digests of
//! the other two. The module stands behind all else, for the page can be used before a browser has
//! read it.

use anyhow::{Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use miniz_oxide::deflate::{CompressionLevel, compress_to_vec_zlib};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::septets;
use crate::wasm::Module;

/// What `www/build.mjs` makes.
pub struct Bundles {
    pub outer: String,
    /// What unpacks the application.
    pub frame: String,
    pub app: String,
    pub worker: String,
    pub style: String,
    pub outer_style: String,
}

/// The page, and what is said about it.
pub struct Page {
    pub html: String,
    pub policy: String,
    /// SHA-256 over module, worker, scripts and styles; the page shows it.
    pub digest: String,
    /// Length of the module as it stands in the page.
    pub module_length: usize,
}

/// The same input gives the same bytes.
pub fn pack(bundles: &Bundles, module: &Module, version: &str) -> Result<Page> {
    let engine = septets::text(&module.packed);
    let unpacker = BASE64_STANDARD.encode(&module.unpacker);
    let worker = format!("const UNPACKER=\"{unpacker}\";\n{}\n{}", module.glue, bundles.worker);
    let app = pin(&bundles.app, &module.packed, &worker)?;
    let opening = script(&format!("{LOCK_FRAME}\n{}", bundles.frame))?;
    let outer = script(&format!("{}\n{LOCK_SHELL}", bundles.outer))?;
    for style in [&bundles.style, &bundles.outer_style] {
        ensure!(!style.to_ascii_lowercase().contains("</style"), "a style would end its element");
    }
    let policy = policy(&[&outer, &opening, &app], &[&bundles.outer_style, &bundles.style]);
    let parts: [&str; 7] =
        [&engine, &worker, &app, &opening, &outer, &bundles.style, &bundles.outer_style];
    let digest = digest(&parts);
    let build = json!({ "version": version, "digest": digest }).to_string();
    let frame = frame(&Frame {
        style: &bundles.style,
        blocks: [
            packed("application", &app),
            packed("worker", &worker),
            packed("outline", &outline()),
            plain("policy", &policy),
            plain("build", &build),
        ],
        opening: &opening,
    });
    let html = shell(&Shell {
        policy: &policy,
        style: &bundles.outer_style,
        frame: &attribute(&frame),
        outer: &outer,
        engine_bytes: &module.packed.len().to_string(),
        engine: &engine,
    });
    Ok(Page { html, policy, digest, module_length: engine.len() })
}

/// What the static host sends with the page; the policy says the same as the page's own, and
/// that nobody may put the page into a frame, which only a header can say.
pub fn headers(policy: &str) -> String {
    let lines = [
        format!("Content-Security-Policy: {policy}; frame-ancestors 'none'"),
        "Connection-Allowlist: ()".to_owned(),
        "X-Content-Type-Options: nosniff".to_owned(),
        "Referrer-Policy: no-referrer".to_owned(),
        "Cross-Origin-Opener-Policy: same-origin".to_owned(),
        "Cross-Origin-Resource-Policy: same-origin".to_owned(),
        format!("Permissions-Policy: {PERMISSIONS}"),
    ];
    let body: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("/*\n{body}")
}

const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), display-capture=(), \
    usb=(), serial=(), bluetooth=(), hid=(), midi=(), payment=()";

/// The policy of the page. Frames may show blobs because Firefox takes a download within a frame
/// for one; a blob's document would be under this policy and in the sandbox too.
fn policy(scripts: &[&str], styles: &[&str]) -> String {
    let hashes = |texts: &[&str]| -> String {
        texts
            .iter()
            .map(|text| format!("'sha256-{}' ", BASE64_STANDARD.encode(sha256(text))))
            .collect()
    };
    format!(
        "default-src 'none'; script-src {}'wasm-unsafe-eval'; style-src {}; img-src data:; \
         worker-src blob:; connect-src 'none'; frame-src blob:; form-action 'none'; base-uri 'none'",
        hashes(scripts),
        hashes(styles).trim_end()
    )
}

/// Puts the digests of the inert blocks into the application, which checks them before use.
fn pin(app: &str, engine: &[u8], worker: &str) -> Result<String> {
    let mut pinned = app.to_owned();
    for (mark, block) in [("__ENGINE_SHA256__", engine), ("__WORKER_SHA256__", worker.as_bytes())] {
        if !pinned.contains(mark) {
            bail!("the application does not check its blocks: {mark} is not in app.js");
        }
        pinned = pinned.replace(mark, &sha256_hex(block));
    }
    Ok(pinned)
}

/// Makes a script fit to stand in its element: what would end the element, or start a comment in
/// it, is written in another way that means the same within strings and patterns.
fn script(source: &str) -> Result<String> {
    ensure!(!source.contains(['\r', '\0']), "a parser would change the carriage returns or NULs");
    let escaped = escape_ignoring_case(source, "</script", "<\\/script").replace("<!--", "<\\!--");
    Ok(escape_ignoring_case(&escaped, "<script", "\\x3cscript"))
}

fn escape_ignoring_case(text: &str, mark: &str, escape: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut escaped = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(mark) {
        escaped.push_str(&text[done..at]);
        escaped.push_str(escape);
        done = at + mark.len();
    }
    escaped.push_str(&text[done..]);
    escaped
}

/// An inert block.
fn plain(id: &str, text: &str) -> String {
    format!("<script type=\"text/plain\" id=\"{id}\">{text}</script>")
}

/// An inert block that holds a text deflated; `www/src/lib/packed.ts` reads it.
fn packed(id: &str, text: &str) -> String {
    let deflated = compress_to_vec_zlib(text.as_bytes(), CompressionLevel::UberCompression as u8);
    let (bytes, text) = (deflated.len(), septets::text(&deflated));
    format!("<script type=\"text/plain\" id=\"{id}\" data-bytes=\"{bytes}\">{text}</script>")
}

struct Frame<'a> {
    style: &'a str,
    blocks: [String; 5],
    /// The script that unpacks the application.
    opening: &'a str,
}

fn frame(frame: &Frame<'_>) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{VIEWPORT}{REFERRER}\
         <title>Sekisho</title><style>{}</style></head><body><div id=\"root\"></div>{}\
         <script>{}</script></body></html>",
        frame.style,
        frame.blocks.concat(),
        frame.opening
    )
}

/// Of the outer page: what stands in it.
struct Shell<'a> {
    policy: &'a str,
    style: &'a str,
    /// As an attribute.
    frame: &'a str,
    outer: &'a str,
    /// How many bytes the engine's text stands for.
    engine_bytes: &'a str,
    engine: &'a str,
}

/// Stands for each part of the outer page in its outline, and in no markup.
const HOLE: &str = "\n";

/// The outer page without its parts, of which the application makes it again; as
/// `www/src/lib/served.ts` reads it.
fn outline() -> String {
    let [policy, style, frame, outer, engine_bytes, engine] = [HOLE; 6];
    shell(&Shell { policy, style, frame, outer, engine_bytes, engine })
}

fn shell(shell: &Shell<'_>) -> String {
    let Shell { policy, style, frame, outer, engine_bytes, engine } = shell;
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">{VIEWPORT}{REFERRER}\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>Sekisho 関所</title>{ICON}<style>{style}</style></head><body>\
         <noscript>{NO_SCRIPT}</noscript>\
         <input type=\"file\" id=\"files\" multiple tabindex=\"-1\" aria-label=\"Log files\">\
         <iframe id=\"app\" title=\"Sekisho\" \
         sandbox=\"allow-scripts allow-downloads allow-modals\" srcdoc=\"{frame}\"></iframe>\
         <script>{outer}</script>\
         <script type=\"text/plain\" id=\"engine\" data-bytes=\"{engine_bytes}\">{engine}</script>\
         </body></html>\n"
    )
}

/// Ends the outer page's script, whatever that does.
const LOCK_SHELL: &str = include_str!("../page/lock-shell.js");
/// Begins the frame's script.
const LOCK_FRAME: &str = include_str!("../page/lock-frame.js");
const VIEWPORT: &str = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
const REFERRER: &str = "<meta name=\"referrer\" content=\"no-referrer\">";
/// Without this a browser asks the host for /favicon.ico. It is why the policy allows images in
/// `data:` addresses, which lead nowhere.
const ICON: &str = "<link rel=\"icon\" href=\"data:,\">";
const NO_SCRIPT: &str = "<p lang=\"en\">Sekisho reads log files in this page, with JavaScript and \
    WebAssembly; nothing is sent anywhere. Allow JavaScript for this page to use it.</p>\
    <p lang=\"ja\">関所は、このページの中で JavaScript と WebAssembly を使ってログを読みます。\
    どこにも送信しません。使うには、このページの JavaScript を有効にしてください。</p>";

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of the parts' digests, one on a line.
fn digest(parts: &[&str]) -> String {
    let lines: String = parts.iter().map(|part| sha256_hex(part.as_bytes()) + "\n").collect();
    sha256_hex(lines.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{
        Bundles, HOLE, Page, Shell, attribute, headers, outline, pack, pin, script, sha256_hex,
        shell,
    };
    use crate::wasm::Module;

    fn page(app: &str) -> anyhow::Result<Page> {
        let bundles = Bundles {
            outer: "let outer=1".to_owned(),
            frame: "let frame=1".to_owned(),
            app: app.to_owned(),
            worker: "onmessage=()=>{}".to_owned(),
            style: "body{margin:0}".to_owned(),
            outer_style: "iframe{border:0}".to_owned(),
        };
        let module = Module {
            wasm: b"\0asm\x01\0\0\0".to_vec(),
            packed: vec![0x5d, 0],
            unpacker: b"\0asm".to_vec(),
            glue: "let wasm_bindgen".to_owned(),
        };
        pack(&bundles, &module, "1.2.3")
    }

    const APP: &str = "check(\"__ENGINE_SHA256__\",\"__WORKER_SHA256__\")";

    #[test]
    fn the_same_parts_give_the_same_page() {
        let (first, second) = (page(APP).unwrap(), page(APP).unwrap());
        assert_eq!(first.html, second.html);
        assert_eq!(first.digest, second.digest);
    }

    #[test]
    fn an_application_that_does_not_check_is_refused() {
        let error = page("run()").err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("__ENGINE_SHA256__")));
    }

    #[test]
    fn pins_are_filled_in() {
        let pinned = pin(APP, b"engine", "worker").unwrap();
        let digests = [sha256_hex(b"engine"), sha256_hex(b"worker")];
        assert_eq!(pinned, format!("check(\"{}\",\"{}\")", digests[0], digests[1]));
    }

    #[test]
    fn the_policy_lets_nothing_out() {
        let policy = page(APP).unwrap().policy;
        for part in [
            "default-src 'none'",
            "connect-src 'none'",
            "frame-src blob:",
            "form-action 'none'",
            "base-uri 'none'",
            "worker-src blob:",
        ] {
            assert!(policy.split("; ").any(|directive| directive == part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline"));
        assert!(headers(&policy).contains("\n  Connection-Allowlist: ()\n"));
    }

    #[test]
    fn the_outline_with_the_parts_is_the_page() {
        let outline = outline();
        let pieces: Vec<_> = outline.strip_suffix('\n').unwrap().split(HOLE).collect();
        let [policy, style, frame, outer, engine_bytes, engine] = ["p", "s", "f", "o", "1", "e"];
        let parts = [policy, style, frame, outer, engine_bytes, engine, "\n"];
        let filled: String =
            pieces.iter().zip(parts).map(|(piece, part)| format!("{piece}{part}")).collect();
        assert_eq!(pieces.len(), parts.len());
        assert_eq!(filled, shell(&Shell { policy, style, frame, outer, engine_bytes, engine }));
    }

    #[test]
    fn a_script_cannot_end_its_element() {
        let text = script("a='</SCRIPT><!--<script>'").unwrap();
        assert_eq!(text, "a='<\\/script><\\!--\\x3cscript>'");
        assert!(script("a\r\nb").is_err());
    }

    #[test]
    fn a_frame_cannot_end_its_attribute() {
        assert_eq!(attribute("a=\"&amp;\""), "a=&quot;&amp;amp;&quot;");
    }
}
