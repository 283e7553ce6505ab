//! Climbing out of folders, files of the operating system, stream wrappers that read files, and
//! addresses that a server should not fetch, on the text view.
//!
//! One `../` is a relative address; a row asks for two, for one beside a file worth stealing, or
//! for dots that were encoded in a path. Addresses of loopback are left alone where programs on
//! the user's own machine receive a login (`redirect_uri=http://localhost:...`).

use super::{Fields, Payloads, Row};

macro_rules! rows {
    ($($kind:ident $fields:ident $pattern:expr),* $(,)?) => {
        &[$(Row(Payloads::$kind, Fields::$fields, $pattern)),*]
    };
}

pub(super) const ROWS: &[Row] = rows![
    TRAVERSAL ALL r"(?:\.\.[/\\]{1,3}(?:\./)?){2}",
    TRAVERSAL ALL r"(?:\.{2,4}[/\\]{1,3}(?:\.[/\\]{1,3}){0,3}){3}|(?:[/\\]\.{1,2}[/\\]\.{1,2}[/\\]{1,2}){2}|(?:\.[/\\]{2,3}){3}",
    TRAVERSAL ALL r"(?:\.{1,2}(?:0x2f|0x5c|%2f|%5c|%c0%af|%c1%9c)){2}|\b(?:0x2e){2}(?:/|\\|0x)|\.\.(?:%[0-9a-f]{2}){1,4}\.\.",
    TRAVERSAL ALL r"\.{6,}[/\\]?(?:\{file|[a-z\\]+\.?[a-z]+$|/)|^/?\.{8,}",
    // Back to the root of the site, or Tomcat's path parameter between the dots.
    TRAVERSAL PATH r"^/\.\.[/\\]|/\.\.;|\.\.\\|/\.%|/\.\.$",
    // Seen in the path as it was sent.
    TRAVERSAL PATH r"%(?:25){0,2}2e%(?:25){0,2}2e|\.%(?:25){0,2}2e|%(?:25){0,2}2e\.|\.\.%(?:25){0,2}(?:2f|5c)|%c0%(?:ae|af|2e|2f|5c)|%c1%(?:9c|pc|1c)|%(?:e0%80|f0%80%80)%(?:ae|af)|%u(?:002e|2215|2216|ff0e)|%%32|^/%(?:25)?2f(?:etc|proc|windows)",
    TRAVERSAL ALL r"\.\.[/\\][^\x1e]*?(?:etc/|passwd|shadow|\.ini\b|\.htpasswd|\.env\b|web\.config|web-inf|config\.php|\.ssh|\.git/|proc/|windows|system32|id_rsa|\{file)",
    // Files of the operating system and of servers.
    TRAVERSAL PARAMETERS r"(?:^|[^ /\\]|^[/\\]+)[/\\]*(?:^|[/\\=:'\x22(,>.])etc[/\\.]{1,6}(?:passwd|shadow|group|hosts|issue|motd|fstab|crontab|sudoers|ssh[/\\]|httpd|apache2?|nginx|mysql|php|my\.cnf|resolv\.conf|hostname|os-release|security|mtab|profile|redhat-release|version|environment)(?:$|[^\w -])",
    TRAVERSAL PATH r"^[/\\]{1,4}etc[/\\]{1,4}(?:passwd|shadow|group|hosts|issue|sudoers|crontab|my\.cnf)|[/\\]etc[/\\](?:passwd|shadow|sudoers|groups?)(?:$|[^\w-])",
    TRAVERSAL ADDRESSES r"[/\\]proc[/\\](?:self|version|cpuinfo|\d+|cmdline|net|mounts|sched_debug)|[/\\]var[/\\](?:log|mail|run/secrets|lib/mysql)[/\\]|[/\\]root[/\\]\.|[/\\]home[/\\]\w+[/\\]\.ssh|\.bash_history|\.ssh[/\\](?:id_|auth)",
    TRAVERSAL ADDRESSES r"\b(?:boot|win|system)\.ini\b|\bweb-?inf[/\\]?\w*[/\\]?(?:web|[\w-]+)\.(?:xml|properties|class|yml)|\b[a-z]:[/\\]{1,4}(?:windows|winnt|boot\.ini|inetpub|users[/\\]|program files|xampp|wamp|apache|mysql|php|wwwroot|documents and)|\bwindows[/\\]{1,3}(?:win\.ini|system32|repair|system\.ini|panther)|\bglobal\.asa|^/?etc/?passwd$",
    TRAVERSAL PARAMETERS r"\betcpasswd|\bweb-infweb\.xml|/\{file\}|\{file\}$|(?:^|=)(?:file|netdoc|jar):/{0,3}(?:[a-z]:|/|etc|\.\.)|\bfile:///",
    TRAVERSAL PATH r"/@fs/|/static/\.\./|/public/plugins/[\w-]+/\.\./|/cgi-bin/\.",
    // Wrappers that read or run.
    CODE ALL r"\b(?:php|expect|phar|zip|zlib|glob|ogg|rar|ssh2|compress\.(?:zlib|bzip2))://(?:filter|input|stdin|memory|fd|temp|output|[\w./*-])",
    CODE PARAMETERS r"^data:(?:text/plain|text/x-php|application/x-httpd-php|application/x-php|;base64|,|//text/plain)[^\x1e]*(?:base64|<\?|php)",
    // Remote files and inner addresses.
    INCLUDE QUERY r"^(?:https?://|ftps?://|//|\\\\\\\\|smb://)[^\x1e ]{3,}(?:\.(?:txt|gif|jpe?g|png|php|dat|inc|bak|log)\?{1,3}$|\?\?+$|/(?:r57|c99|c100|cmd|shell|evil|rfi\w*|webshell|backdoor|b374k|wso)[\w.-]*\.(?:txt|php|jpg|gif|png))",
    INCLUDE QUERY r"^(?:[\w\[\].-]*(?:file|page|include|inc|path|template|tmpl|tpl|doc|root|dir|folder|pg|lang|module|mod|layout|theme|skin|load|read|conf|config|absolute_path|basepath|document|class|format|view|body|main|content|show|pagina|option|controller|require|component|style|section|cmd|exec|action|type|print|task)[\w\[\].-]*)=\x1e(?:https?|ftps?)://[^\x1e ]{3,}?(?:\.(?:txt|dat|inc|log|cgi|sh|pl|phps?)(?:\?|$)|\?$|\.(?:jpe?g|gif|png)\?)",
    INCLUDE QUERY r"\b169\.254\.169\.254|\b169\.254\.170\.2\b|\bmetadata\.google\.internal|\b100\.100\.100\.200/latest|\[fd00:ec2::254|\[::ffff:a9fe|/latest/meta-data|/computemetadata/v1|\bmetadata\.azure|\b0xa9fea9fe|\b2852039166",
    INCLUDE QUERY r"^(?:gopher|dict|tftp|netdoc|jar|smb|rmi)://?[^\x1e ]",
    INCLUDE QUERY r"^(?:url|uri|u|src|source|dest|host|domain|site|server|target|proxy|img|image|image_?url|feed|rss|fetch|load|file|path|page|link|href|document|view|template|include|content|data|endpoint|webhook|remote|backend|api|address|addr|ip|preview|import|download|q|query|text|open|port|to|from|ref|r|xml|wsdl|resource)(?:_?ur[li])?=\x1e(?:https?|ftp)://(?:[^\x1e/@ ]*@)?(?:localhost|127\.\d|127\.1\b|0\.0\.0\.0|0[:/]|0x7f|0177\.|2130706433|\[::1?\]|\[0:|\[::ffff|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+)",
    INCLUDE PATH r"^/?(?:proxy|fetch|get)?/?https?:/{1,2}(?:127\.|localhost|169\.254|\[::)",
    SCANNER TARGET r"\btestasp\.vulnweb\.com|\bsome-inexistent-website\.acu|\br87\.(?:me|com)\b|\bcirt\.net/rfi|\bbxss\.me|\boast(?:ify)?\.(?:pro|live|fun|me|site|online|com)\b|\binteract\.sh\b|\bburpcollaborator\.net|\bcanarytokens?\.com/|\bdnslog\.cn|\bceye\.io\b|\bvulnerability-lab\.com",
];
