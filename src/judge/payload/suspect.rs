//! The cheap question before judging: could there be anything? One pass, no allocation.
//!
//! It says yes where there is punctuation of code, an encoding that no browser makes, or a word
//! that attacks are made of. It says yes often in vain, and never no where the judge finds a
//! payload: `laws` tries it with random matches of every pattern.

use super::Where;
use super::decode::encoded_head;

/// [`super::Judge::judge`] could find something in `raw`.
pub fn suspicious(field: Where, raw: &[u8]) -> bool {
    match field {
        Where::Path => scan(raw, &PATH),
        Where::Query => encoded_head(raw) || scan(raw, &QUERY),
        Where::Referer => {
            let raw = after_scheme(raw);
            let (path, query) = raw.split_at(memchr::memchr(b'?', raw).unwrap_or(raw.len()));
            scan(path, &PATH) || scan(query, &QUERY)
        }
        Where::UserAgent => scan(raw, &AGENT),
    }
}

/// The scheme that every referring address begins with says nothing.
fn after_scheme(raw: &[u8]) -> &[u8] {
    let short = raw.strip_prefix(b"https://").or_else(|| raw.strip_prefix(b"http://"));
    short.unwrap_or(raw)
}

/// What a byte means for the question.
const PLAIN: u8 = 0;
/// Ends the question with yes.
const STRONG: u8 = 1;
/// Part of a word.
const WORD: u8 = 2;
/// Needs a look at what follows.
const LOOK: u8 = 3;

static PATH: [u8; 256] = table(b"'\"<>();|`{}$\\^*!#,[&", true);
static QUERY: [u8; 256] = table(b"'\"<>();|`{}$\\^*!#[", true);
/// Brackets, semicolons and commas are the ordinary prose of user agents.
static AGENT: [u8; 256] = table(b"'\"<>|`{}$\\^*!#[%=&~", false);

const fn table(strong: &[u8], percent: bool) -> [u8; 256] {
    let mut table = [PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() || letter == b'_' {
            table[byte] = WORD;
        } else if letter < b' ' || letter == 0x7F {
            table[byte] = STRONG;
        } else if matches!(
            letter,
            0xE5 | b'.' | b':' | b'-' | b'@' | b'=' | b'/' | b'+' | b'&' | b'?' | b'('
        ) || (letter == b'%' && percent)
        {
            table[byte] = LOOK;
        }
        byte += 1;
    }
    let mut i = 0;
    while i < strong.len() {
        table[strong[i] as usize] = STRONG;
        i += 1;
    }
    table
}

fn scan(raw: &[u8], table: &[u8; 256]) -> bool {
    let mut inside = false; // a word
    let mut i = 0;
    while let Some(&byte) = raw.get(i) {
        let class = table[usize::from(byte)];
        if class == WORD {
            if !inside && is_seed(&raw[i..]) {
                return true;
            }
            inside = true;
            i += 1;
            continue;
        }
        inside = false;
        if class == STRONG {
            return true;
        }
        if class == LOOK {
            if byte == b'%' {
                if strange(&raw[i..], table) {
                    return true;
                }
                i += 2; // to the second digit, which is no word
            } else if look(&raw[i..], i.checked_sub(1).map(|before| raw[before])) {
                return true;
            }
        }
        i += 1;
    }
    false
}

/// Whether punctuation that `rest` begins with, after the byte `before`, is that of a payload.
fn look(rest: &[u8], before: Option<u8>) -> bool {
    let next = rest.get(1).copied().unwrap_or(b' ');
    match rest[0] {
        b'.' => {
            matches!(next, b'.' | b'/' | b'\\' | b'%') || rest.get(1..4) == Some(b"ini".as_slice())
        }
        b':' => matches!(next, b'/' | b'\\' | b'%'),
        b'/' => matches!(next, b'/' | b'.') || starts(rest, b"/%2f"),
        b'?' => next == b'/',
        b'-' => next == b'-',
        b'@' => next == b'@' || rest.starts_with(b"@fs/"),
        0xE5 => rest.starts_with(b"\xE5\x98\x8A"),
        b'&' => matches!(next, b'&' | b'+' | b' ') || encoded_head(&rest[1..]),
        b'=' => encoded_head(&rest[1..]) || is_command(&rest[1..]),
        // A call in a user agent: `sleep(5)`, not `(compatible; ...)`.
        b'(' => before.is_none_or(|byte| byte != b' ' && byte != b';') || next == b'(',
        _ => false,
    }
}

/// Whether the `%` that `rest` begins with encodes what a browser has no reason to encode, or
/// punctuation of code.
fn strange(rest: &[u8], table: &[u8; 256]) -> bool {
    let Some(&[high, low]) = rest.get(1..3) else { return true };
    let (Some(high), Some(low)) = (digit(high), digit(low)) else { return true };
    let byte = high * 16 + low;
    match byte {
        b' ' | b',' | b'=' | b'?' | b'@' | b']' | b'~' => false,
        b'+' | b'/' => {
            matches!(rest.get(3), Some(b'/' | b'.' | b'@')) || starts(&rest[3..], b"%2f")
        }
        b':' => matches!(rest.get(3), Some(b'/' | b'\\' | b'%')),
        b'[' => !matches!(rest.get(3), Some(b'%' | b'0'..=b'9')) || starts(&rest[3..], b"%5b"),
        0xC0 | 0xC1 => true,
        0xE0 | 0xF0 => starts(&rest[3..], b"%8"),
        // Characters whose low bytes some servers took for line ends.
        0xE5 => starts(&rest[3..], b"%98%8"),
        0x80.. => false,
        _ => table[usize::from(byte)] != PLAIN,
    }
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).map(|digit| digit as u8)
}

fn starts(rest: &[u8], word: &[u8]) -> bool {
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Words that attacks are made of, by their first letter, as the beginning of a word.
fn is_seed(rest: &[u8]) -> bool {
    let next = |at: usize| rest.get(at).copied().unwrap_or(b' ');
    let head = head(rest[0], next(1), next(2));
    if HEADS[head / 64] >> (head % 64) & 1 == 0 {
        return false;
    }
    let words: &[&[u8]] = match rest[0] | 0x20 {
        letter @ b'a'..=b'z' => SEEDS[usize::from(letter - b'a')],
        _ => OTHER,
    };
    words.iter().any(|word| match word {
        [word @ .., b' '] => starts(rest, word) && ends(rest.get(word.len())),
        _ => starts(rest, word),
    })
}

/// Three bytes folded to five bits each: letters keep apart, whatever their case.
const fn head(one: u8, two: u8, three: u8) -> usize {
    ((one as usize & 31) << 10) | ((two as usize & 31) << 5) | (three as usize & 31)
}

/// The heads that a seed begins with: most words end the question here.
static HEADS: [u64; 512] = {
    let mut table = [0; 512];
    let mut letter = 0;
    while letter <= 26 {
        let words = if letter < 26 { SEEDS[letter] } else { OTHER };
        let mut i = 0;
        while i < words.len() {
            mark(&mut table, words[i]);
            i += 1;
        }
        letter += 1;
    }
    table
};

/// Marks the heads of `word`. Its blank, and what follows it, may be any byte.
const fn mark(table: &mut [u64; 512], word: &[u8]) {
    let any = if word[1] == b' ' {
        32 * 32
    } else if word.len() < 3 || word[2] == b' ' {
        32
    } else {
        1
    };
    let mut third = 0;
    if word.len() > 2 {
        third = word[2];
    }
    let mut at = head(word[0], word[1], third) / any * any;
    let end = at + any;
    while at < end {
        table[at / 64] |= 1 << (at % 64);
        at += 1;
    }
}

/// Whether a whole word ends before `next`. A parameter's name (`order=`) is none.
fn ends(next: Option<&u8>) -> bool {
    next.is_none_or(|&byte| !byte.is_ascii_alphanumeric() && byte != b'_' && byte != b'=')
}

/// Commands that a web shell is called with, as the beginning of a value.
fn is_command(value: &[u8]) -> bool {
    COMMANDS.iter().any(|word| starts(value, word))
}

type Words = &'static [&'static [u8]];

const COMMANDS: Words = &[
    b"id",
    b"whoami",
    b"uname",
    b"ipconfig",
    b"ifconfig",
    b"net",
    b"systeminfo",
    b"tasklist",
    b"cat",
    b"type",
    b"dir",
    b"ls",
    b"pwd",
    b"ps",
    b"wget",
    b"curl",
    b"nc",
    b"bash",
    b"sh",
    b"/bin/",
    b"powershell",
    b"certutil",
    b"cmd",
    b"echo",
    b"ping",
    b"python",
    b"perl",
    b"rm",
    b"cd",
    b"chmod",
    b"uptime",
    b"hostname",
    b"ver",
    b"phpinfo",
];

/// Beginnings of words; one that ends in a blank is a whole word.
const SEEDS: [Words; 26] = [
    &[
        b"ac ",
        b"aced0005",
        b"action:",
        b"acu",
        b"ad4-",
        b"adw-",
        b"afrog",
        b"alert ",
        b"alfa",
        b"allow_url",
        b"alter ",
        b"and ",
        b"antsword",
        b"appscan",
        b"arachni",
        b"asa",
        b"aspxspy",
        b"atob",
        b"auto_prepend",
    ],
    &[
        b"b374k",
        b"backdoor",
        b"bash ",
        b"bash_",
        b"behav",
        b"behind",
        b"benchmark ",
        b"bin%2f",
        b"bin/",
        b"binary ",
        b"blackwidow",
        b"boot.ini",
        b"brutus",
        b"bsqlbf",
        b"burp",
        b"bxss",
    ],
    &[
        b"c100",
        b"c99",
        b"canary",
        b"case ",
        b"cast ",
        b"cat ",
        b"censysinspect",
        b"ceye",
        b"cgi.",
        b"cgichk",
        b"char ",
        b"child_process",
        b"china_chopper",
        b"chinachopper",
        b"chmod ",
        b"cirt",
        b"class.",
        b"classloader",
        b"cmd",
        b"cmsmap",
        b"com.sun",
        b"commix",
        b"commonscoll",
        b"computemetadata",
        b"concat",
        b"confirm ",
        b"constructor",
        b"core-project",
        b"create ",
        b"ctxsys",
        b"curl ",
    ],
    &[
        b"dalfox",
        b"data%3a",
        b"data:",
        b"dbms_",
        b"declare ",
        b"delete ",
        b"denymethod",
        b"detectify",
        b"dev%2f",
        b"dev/",
        b"dirb",
        b"dirmap",
        b"dirsearch",
        b"disable_func",
        b"dnslog",
        b"document.",
        b"droopescan",
        b"drop ",
        b"dwn",
    ],
    &[
        b"elt ",
        b"etc ",
        b"etcpasswd",
        b"eval ",
        b"eval-",
        b"evil",
        b"exec ",
        b"execscript",
        b"execute ",
        b"expanse",
        b"expression",
        b"extractvalue",
    ],
    &[
        b"feroxbuster",
        b"fetch ",
        b"ffuf",
        b"file%3a",
        b"file:",
        b"filter%5b",
        b"fimap",
        b"fn=",
        b"fofa",
        b"freemarker",
        b"from ",
        b"function ",
    ],
    &[
        b"getclass",
        b"getruntime",
        b"geturl",
        b"gh0st",
        b"global.",
        b"globals",
        b"gobuster",
        b"goby",
        b"godzilla",
        b"golismero",
        b"gospider",
        b"grendel-scan",
        b"group ",
        b"gvm",
    ],
    &[
        b"hack",
        b"hakrawler",
        b"handler::",
        b"havij",
        b"having ",
        b"heavy_query",
        b"hello",
        b"httpx",
        b"human2",
        b"hydra",
    ],
    &[
        b"if ",
        b"import ",
        b"indoxploit",
        b"inetpub",
        b"information_schema",
        b"injected_by",
        b"innerhtml",
        b"insert ",
        b"insertadj",
        b"insightappsec",
        b"interact.sh",
        b"internet-m",
        b"internetm",
        b"into ",
        b"invicti",
        b"invokefunction",
    ],
    &[
        b"j ",
        b"ja ",
        b"jaeles",
        b"jar%3a",
        b"jar:",
        b"jav ",
        b"java ",
        b"java%",
        b"java.",
        b"javas ",
        b"javasc ",
        b"javascr ",
        b"javascri ",
        b"javascrip ",
        b"javascript%",
        b"javascript+",
        b"javascript:",
        b"javax.",
        b"jndi",
        b"joomscan",
        b"jorgee",
        b"jscript",
        b"jspspy",
    ],
    &[b"katana"],
    &[
        b"l9explore",
        b"l9tcpid",
        b"latest%2f",
        b"latest/",
        b"leakix",
        b"libredtail",
        b"limit ",
        b"live ",
        b"lives",
        b"load_file",
        b"lock ",
    ],
    &[
        b"mapreduce",
        b"masscan",
        b"master.",
        b"memberaccess",
        b"metadata.",
        b"metasploit",
        b"mini-shell",
        b"minishell",
        b"mocha",
        b"morfeus",
        b"mosconfig",
        b"moz-binding",
        b"mozlila",
        b"msfconsole",
        b"msgbox",
        b"muieblackcat",
    ],
    &[
        b"n-stealth",
        b"nc ",
        b"ncat ",
        b"nessus",
        b"netdoc",
        b"netsparker",
        b"nice%20ports",
        b"nikto",
        b"nimbostratus",
        b"nmap",
        b"not ",
        b"nuclei",
    ],
    &[
        b"oast",
        b"ognl",
        b"onerror",
        b"open_basedir",
        b"opensymphony",
        b"openvas",
        b"or ",
        b"order ",
        b"org.apache",
        b"os.environ",
        b"os.popen",
        b"os.spawn",
        b"os.system",
        b"outerhtml",
        b"owasp",
    ],
    &[
        b"pangolin",
        b"parent.",
        b"paros/",
        b"patator",
        b"pentest",
        b"pg_",
        b"phar",
        b"phpinfo",
        b"phpspy",
        b"ping ",
        b"pocsuite",
        b"powershell",
        b"print ",
        b"priv8",
        b"probely",
        b"proc%2f",
        b"proc/",
        b"process.",
        b"processbuilder",
        b"project25499",
        b"prompt ",
    ],
    &[b"qualys"],
    &[
        b"r57",
        b"r87",
        b"randomblob",
        b"rapid7",
        b"redirectaction",
        b"regeorg",
        b"regexp ",
        b"response.write",
        b"rfi",
        b"rlike ",
        b"rm ",
        b"ro0ab",
    ],
    &[
        b"safe_mode",
        b"sbin%2f",
        b"sbin/",
        b"scriptengine",
        b"select ",
        b"self.",
        b"server.",
        b"set ",
        b"setimmediate",
        b"setinterval",
        b"settimeout",
        b"sh ",
        b"shell",
        b"shutdown",
        b"sitelockspider",
        b"skipfish",
        b"sleep",
        b"some-inex",
        b"somecustom",
        b"spinstall",
        b"sqlmap",
        b"sqlninja",
        b"src ",
        b"src%3d",
        b"src=",
        b"ssh",
        b"string ",
        b"string.",
        b"style ",
        b"style%3d",
        b"style=",
        b"subfinder",
        b"subprocess.",
        b"suhosin",
        b"symlink",
        b"sys.",
        b"sysscan",
        b"system.",
        b"system32",
    ],
    &[b"tenable", b"testasp", b"this.", b"tojson", b"top.", b"truncate ", b"tunnel"],
    &[b"unescape ", b"union ", b"uniscan", b"update ", b"usr%2f", b"usr/", b"utl_"],
    &[
        b"v ",
        b"v3n0m",
        b"var%2f",
        b"var/",
        b"vb ",
        b"vbs ",
        b"vbsc ",
        b"vbscr ",
        b"vbscri ",
        b"vbscrip ",
        b"vbscript",
        b"vega/",
        b"vendor%2fphpunit",
        b"vendor/phpunit",
        b"vulnerability-lab",
        b"vulnerability_",
        b"vulscan",
    ],
    &[
        b"w00t",
        b"w3af",
        b"waitfor ",
        b"wapiti",
        b"web-inf",
        b"webcruiser",
        b"webinf",
        b"webinspect",
        b"webshag",
        b"webshell",
        b"websploit",
        b"webvulnscan",
        b"weevely",
        b"wfuzz",
        b"wget ",
        b"whatweb",
        b"where ",
        b"win.ini",
        b"window.",
        b"windows%2f",
        b"windows/",
        b"wpscan",
        b"wscript.",
        b"wso",
        b"wvs",
    ],
    &[b"xmlns", b"xor ", b"xp_", b"xray", b"xss", b"xwork"],
    &[b"yakit", b"ysoserial"],
    &[b"zaproxy", b"zgrab", b"zmap", b"zmeu", b"zoomeye"],
];

/// Those that begin with a digit or an underscore.
const OTHER: Words =
    &[b"0byt3", b"0x", b"100.100", b"169.254", b"2852039166", b"__", b"_globals", b"_human2"];
