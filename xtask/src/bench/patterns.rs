//! The 300 patterns that ripgrep searches: what attacks on web applications contain.

use std::path::PathBuf;

use anyhow::Result;

use crate::repo::{Repo, write};

/// Every combination of these is a pattern.
const GROUPS: [(&[&str], &[&str]); 5] = [
    (
        &[
            "union ",
            "union%20",
            "union+",
            "union/**/",
            "and ",
            "and%20",
            "or ",
            "or%20",
            "having%20",
            "order%20by%20",
        ],
        &["select", "all%20select", "1=1", "sleep(", "benchmark(", "1--", "concat(", "char("],
    ),
    (
        &["<", "%3c", "%253c", "&lt;", "\\x3c"],
        &[
            "script",
            "img%20src",
            "svg/onload",
            "iframe",
            "body%20onload",
            "object",
            "embed",
            "meta%20http",
            "style",
            "input%20onfocus",
        ],
    ),
    (
        &["../", "..%2f", "..%5c", "%2e%2e/", "%252e%252e%252f", "....//"],
        &[
            "etc/passwd",
            "etc/shadow",
            "proc/self/environ",
            "windows/win.ini",
            "boot.ini",
            "web.config",
            ".env",
            "wp-config.php",
            "id_rsa",
            "var/log/",
        ],
    ),
    (
        &[";", "%3b", "|", "%7c", "`", "$("],
        &[
            "wget%20",
            "curl%20",
            "cat%20/",
            "nc%20-e",
            "bash%20-i",
            "python%20-c",
            "chmod%20",
            "id%0a",
            "whoami",
            "powershell",
        ],
    ),
    (
        &["/", "agent: ", "%2f", "x-", "\"", ".", "_"],
        &["nikto", "sqlmap", "acunetix", "nessus", "w3af"],
    ),
];

/// What stands alone.
const OTHERS: [&str; 15] = [
    "${jndi:ldap",
    "${jndi:rmi",
    "${jndi:dns",
    "php://input",
    "php://filter",
    "data://text",
    "expect://",
    "file:///",
    "gopher://",
    "dict://",
    "allow_url_include",
    "auto_prepend_file",
    "xp_cmdshell",
    "information_schema",
    "load_file(",
];

pub fn file(repo: &Repo) -> Result<PathBuf> {
    let path = repo.target.join("bench/patterns.txt");
    write(&path, all().join("\n") + "\n")?;
    Ok(path)
}

fn all() -> Vec<String> {
    let combined = GROUPS.iter().flat_map(|(heads, tails)| {
        heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}")))
    });
    combined.chain(OTHERS.iter().map(|&other| other.to_owned())).take(COUNT).collect()
}

const COUNT: usize = 300;

#[cfg(test)]
mod tests {
    use super::{COUNT, all};

    #[test]
    fn there_are_300_and_none_twice() {
        let mut patterns = all();
        patterns.sort();
        patterns.dedup();
        assert_eq!(patterns.len(), COUNT);
    }
}
