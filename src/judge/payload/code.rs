//! Shell commands, program code, template expressions, lookups of Log4j, operators of document
//! databases and directories, forged headers, calls of web shells, on the text view.
//!
//! A command's name alone is a word (`cat`, `id`, `find`); a row asks for what joins it to
//! another command, for its path, or for arguments that only a shell understands.

use super::{Fields, Payloads, Row};

macro_rules! rows {
    ($($kind:ident $fields:ident $pattern:expr),* $(,)?) => {
        &[$(Row(Payloads::$kind, Fields::$fields, $pattern)),*]
    };
}

pub(super) const ROWS: &[Row] = rows![
    // A joiner, then a command that stands alone.
    COMMAND ADDRESSES r"(?:[;|`\n]|&&|\$\()[ '\x22+|;&]{0,4}(?:id|whoami|uname|ls|dir|pwd|ifconfig|ipconfig|netstat|env|printenv|hostname|systeminfo|tasklist|ps|w|ver|set|phpinfo\(\))[ '\x22]?(?:$|[;|&#`)\n]|--)",
    // A joiner, then a command with arguments.
    COMMAND ADDRESSES r"(?:[;|`\n]|&&?|\$\(|<\(|\|\|)[ '\x22+|;&$({]{0,5}(?:cat|type|head|tail|less|more|nl|tac|od|strings|rev|xxd) [ '\x22]{0,2}(?:[/.~%$<\\*]|[a-z]:[/\\]|\w+\.(?:ini|php|conf|txt|log)\b|&)",
    COMMAND ADDRESSES r"(?:[;|`\n]|&&?|\$\(|<\(|\|\|)[ '\x22+|;&$({]{0,5}(?:wget|curl|fetch|lwp-download|tftp|ftpget|ftp) [ '\x22]{0,2}(?:-|https?:|ftp:|\d+\.\d+|[\w.-]+[./:])",
    COMMAND ADDRESSES r"(?:[;|`\n]|&&?|\$\(|\|\|)[ '\x22+|;&$({]{0,5}(?:ping(?:\.exe)? (?:-|\w+\.|\d|localhost|/n)|sleep(?:\.exe)? ?\d+|timeout (?:/t )?\d+|nslookup[ (]|dig [\w.@+-]+\.|host [\w-]+\.[\w.]+|nc (?:-|\d)|ncat |netcat |telnet [\w.]+ |ssh [\w@.-]+@|bash (?:-|<|/)|sh -|/bin/|zsh -|ksh -|cmd(?:\.exe)? ?/[ck]|powershell|pwsh |python\d? -|perl -|ruby -|php -|node -e|lua -e|java -|gcc |busybox |chmod [+0-7augo]|chown |rm -|mv [/.]|cp [/.]|mkdir [/.]|touch [/.]|kill(?:all)? -?\d|echo [\x22'`$\w]+[ \x22']?(?:>|\||;|`|$|&|\))|printf ['\x22%]|expr \d|ls [-/.~]|dir [a-z]:|dir [/.\\]|dir$|find [/.]|grep -|awk ['\x22]|sed -|id;|uname -|ps -|ps aux|net (?:user|view|start|localgroup|use|share)|netstat -|ifconfig |ipconfig ?/|route (?:print|-n)|whoami|tasklist|systeminfo|wmic |reg (?:query|add)|set /a|certutil|bitsadmin|mshta |rundll32|regsvr32|crontab|useradd|adduser|passwd |su -|sudo |mail -|mysql -|export \w+=|eval [\x22'`$]|usr/bin/|/usr/|vol$|ver$|cd /\w*;|cd \.\.)",
    COMMAND ADDRESSES r"(?:^|[ '\x22;|&`(=:@,])/(?:usr/(?:local/)?)?s?bin/(?:sh|bash|dash|zsh|csh|ksh|tcsh|cat|ls|id|ping|echo|wget|curl|nc|netcat|perl|python\d?|php|ruby|uname|whoami|sleep|rm|chmod|ps|ifconfig|env|find|true|false|nslookup|telnet|mail|touch|kill|busybox|less|more|tail|head|grep|awk|sed|date|hostname|xterm|gcc|cc|sendmail)\b",
    COMMAND ADDRESSES r"^(?:/usr/bin/id|usr/bin/id|ping -[nci] ?\d+ [\w.]+|/?usr/bin/\w+)\W{0,2}$|/cgi-bin/.*/bin/(?:sh|bash|cat|id)\b",
    COMMAND ALL r"\bcmd\.exe\b.{0,3}[ ?+/]/?[ck]\b|\bcmd(?:\.exe)?[ +]/[ck][ +]|\bsystem32[/\\]cmd\.exe|%comspec%|\bpowershell(?:\.exe)? [-/](?:e|enc|nop|w|c|ex|version|noni|command)|/dev/(?:tcp|udp)/|[>&|] ?/dev/null\b|2>&1|\$\{?ifs\b|\bnc(?:at)? -[a-z]*e\b|\bbash -[ic]\b|\bsh -c\b|\brm -r?f|\|sh\b ?$|\| ?bash\b ?$|\bcurl (?:-\w+ )?(?:https?|ftp)://\S+ ?\||\bwget (?:-\w+ (?:\S+ )?)*(?:https?|ftp)://\S{4,}|\bchmod (?:\+x|0?777|[ugoa]+\+)",
    COMMAND ADDRESSES r"\$\((?:id|whoami|cat|ls|uname|nslookup|ping|curl|wget|sleep|echo|expr|printf|env|hostname|ifconfig|base64|dig)\b|`(?:id|whoami|cat|ls|uname|nslookup|ping|curl|wget|sleep|echo|true|false|hostname|ifconfig|env|pwd|ps|date)\b[^`\x1e]*(?:`|$)|\$\(\(\d+[+*]\d+\)\)",
    COMMAND ADDRESSES r"<!--\W{0,4}#(?:exec|include|echo|printenv|set|config|fsize|flastmod)\b",
    COMMAND ADDRESSES r"^\W{0,3}(?:id|whoami|uname)[|;]|^[a-z]{0,2}\)?[;|&]{1,2} ?(?:id|ls|dir|/bin/\w+)\b ?[^=\w]{0,3}$|\bthe ?`id`|^['\x22]{0,2};system\(",
    SHELLSHOCK ALL r"\( ?\) ?\{[^\x1e]*[;:}]",
    // PHP.
    CODE ALL r"<\?(?:php\b|=|[ \n]*(?:system|passthru|exec|eval|echo|phpinfo|print|die|include|require|@))",
    CODE ADDRESSES r"\b(?:phpinfo|passthru|shell_exec|proc_open|pcntl_exec|base64_decode|gzinflate|str_rot13|call_user_func(?:_array)?|create_function|file_(?:get|put)_contents|highlight_file|show_source|move_uploaded_file|fsockopen|ini_set|error_reporting|array_map|usort|preg_replace|assert|popen|fopen|fwrite|readfile|gethostbyname|getenv|chr\(\d+\)\.chr|md5\(\d) ?\(",
    CODE ADDRESSES r"\b(?:system|exec|eval|print|die|echo|include|require|include_once|require_once|var_dump|print_r|printf|sprintf)(?: ?\( ?| )(?:['\x22][^\x1e]*['\x22] ?\)|\$_(?:get|post|request|cookie|server)|(?:base64_\w+|md5|gzinflate|chr|phpinfo|file_get_contents|getenv) ?\(|\$\{|['\x22][a-z/]+ [^\x1e]+['\x22]\))",
    CODE ADDRESSES r"\$_(?:get|post|request|cookie|server|files|session|env) ?\[|\bglobals\[|\b_globals\b|\bmosconfig_absolute_path|\ballow_url_include|\bauto_prepend_file|\bdisable_functions ?=|\bsafe_mode ?=|-d[ +]{1,2}(?:allow_url|auto_prepend|safe_mode|open_basedir)|\bcgi\.force_redirect|\bsuhosin\.simulation",
    CODE ALL r"\b[oc]:\d{1,4}:\\?\x22[\w\\]{2,}\\?\x22:\d|^ro0ab|\bac ed 00 05\b|^aced0005|\b__viewstategenerator.{0,5}ysoserial|\bcommonscollections\d?\b",
    CODE PARAMETERS r"\binvokefunction|\bthink\\{1,2}(?:app|request|container|module|template)|\bs=\x1e/?index/\\|\bfilter\[\]=\x1e(?:system|exec|assert|phpinfo|passthru)",
    CODE PATH r"\bthink\\{1,2}app|/eval-stdin\.php|/vendor/phpunit/",
    // Java, Python, JavaScript, .NET.
    CODE ALL r"\bjava\.lang\.(?:runtime|processbuilder|system|class|string|thread|integer)|\bjavax\.(?:script|naming)|\bgetruntime|\bprocessbuilder|\bclass\.module\.classloader|\bclassloader\.(?:resources|url|parent)|\bclass\[['\x22]?classloader|\bscriptengine|\bjava\.(?:util\.scanner|io\.|net\.url)|\borg\.apache\.(?:commons|struts|catalina)|\bcom\.sun\.",
    CODE ALL r"\b__import__ ?\(|\bos\.(?:system|popen|environ|spawn\w*) ?[(\[]|\bsubprocess\.(?:popen|call|check_output|run)|\bimport (?:os|subprocess|socket|sys) ?[;,\n]|\b__builtins__|\bcompile\(['\x22]|\bexec\(compile|\bopen\(['\x22]/etc",
    CODE ALL r"\brequire ?\( ?['\x22](?:child_process|fs|os|http|net)['\x22]|\bprocess\.(?:env|mainmodule|binding)|\bchild_process|\bglobal\.process|\bconstructor\.constructor|\b__proto__|\bconstructor\[prototype\]|\bprototype\[|\[constructor\]\[|\bsystem\.(?:diagnostics|reflection|io)\.\w|\bresponse\.write ?\(|\bserver\.(?:createobject|execute|mappath) ?\(|\bwscript\.shell|\bres\.end\(require",
    CODE ADDRESSES r"\bprint(?: ?\( ?| )(?:\d{4,}[*+]\d{4,}|md5 ?\()|\b(?:response|response\.write|die|echo|var_dump) ?\(? ?md5\(|\{\$\{|\$\{@(?:print|system|phpinfo|eval|md5|die)|';(?:print|die|eval|system|exec|phpinfo)\b|\beval ?\( ?compile|\)\)\);\} ?//|\bhandler::|<cf(?:output|execute)|<%[=@! ]|\bset\|set&set",
    // Templates and expressions: arithmetic to see whether it is computed, or the way to a class.
    TEMPLATE ALL r"(?:\{\{|\$\{|#\{|@\{|\*\{|%\{|<%=|\{%|\{\$|\[\[|~\{|\{@|\{#)[ (\x22']{0,3}-?\d+[ '\x22]{0,2}[*+/x-][ '\x22]{0,2}\d+",
    TEMPLATE ALL r"(?:\{\{|\$\{|#\{|%\{|\{%|<%=|\{\$|\*\{|@\{)[^\x1e]*?(?:__\w+__|\.class\b|\bclass\.|getclass|forname|config\b|self\b[._]|request[.|\[]|application\.|\|attr|lipsum|cycler|joiner|url_for|get_flashed|system\(|exec\(|execute|popen|passthru|phpinfo|smarty\.|freemarker|range\.constructor|constructor|\bt ?\(|new java|java\.|@java|#\w+ ?=|#_|#context|#application|#session|#request|parameters|file\.|dir\.|io\.|`|_context|dump\(|settings\.|include|import|file_excerpt|env\.|registerundefinedfilter|getenv|\?new|debug\b|process\.|global|mixin|require|throw|print\(|sleep|this\.|handlers)",
    TEMPLATE ALL r"(?:#_memberaccess|\bmemberaccess\b|#context\[|\bxwork\.methodaccessor|\bdenymethodexecution|@ognl\.|\bognl\.ognlcontext|@java\.lang|%\{\(#|\(#\w+=|%\{#|\bopensymphony|\bredirectaction:\W|\b(?:redirect|action):[\$%]\{|\$\{\(#|#parameters\.|#attr\[|\bnew java\.lang|\bfreemarker\.template|\$velocity|#set ?\(\$|\$class\.inspect|#foreach ?\(|#evaluate|\bt\(java\.|#\w+\.getclass|\$\{[^}\x1e]*\.getclass)",
    // Log4j.
    JNDI ALL r"\$\{ ?[^}\x1e]*?j[^a-z\x1e]{0,12}(?:lower|upper|::|env|\W){0,3}[^a-z\x1e]{0,12}n[^a-z\x1e]*(?:lower|upper|\W){0,3}[^a-z\x1e]{0,12}d[^a-z\x1e]*(?:lower|upper|\W){0,3}[^a-z\x1e]{0,12}i[^a-z\x1e]*:",
    JNDI ALL r"\$\{[^\x1e]*?\$\{ ?(?:lower|upper|env|sys|date|::|:|main|ctx|java|base64|sd|k8s|docker|spring|bundle|map|event|log4j|web)[^}\x1e]*[:}]|\bjndi:(?:ldaps?|rmi|dns|iiop|corba|nds|nis|https?|\$)|\$\{(?:env|sys|java|lower|upper|hostname|ctx|base64|docker|k8s|bundle|main)(?::[^}\x1e]+)?\}[^\x1e]*(?:ldap|rmi|dns):",
    // Document databases and directories.
    NOSQL PARAMETERS r"\b(?:user|login|pass|pwd|token|mail|code|secret|auth|key|otp|pin)\w*\[\$(?:n?e|[gl]te?|n?in|regex|exists|where|or|and|not|type|options|nin)\]",
    NOSQL PARAMETERS r"\[\$(?:ne|gt|regex|exists|nin)\]=\x1e(?:|null|true|\.\*|\^.{0,6}|x|admin|invalid|foo|xyz)$|\[\$ne\]=\x1e(?:1|0|-1)$|\{ ?['\x22]?\$(?:ne|gt|gte|nin|exists|lt|regex) ?['\x22]?: ?(?:null|['\x22]{2}|['\x22]?-?[01]['\x22]?\}|true|\[|['\x22](?:\.\*|\^)|undefined)|\$where\b ?['\x22]?[\]: =]|\bmapreduce\b.*function|\bdb\.\w+\.(?:find|insert|drop|remove)\(|\bthis\.(?:password|passwd|username|user|pass)\b ?(?:\.match|[=!]=|\[)|['\x22] ?(?:\|\||&&) ?['\x22]?\d['\x22]? ?== ?['\x22]?\d|; ?return (?:true|\(?\d|this)|\bsleep\(\d+\) ?(?:\|\||;)|\btojsononeobj|['\x22]\}? ?, ?\$(?:or|where|and) ?:",
    LDAP PARAMETERS r"\*?\)\( ?(?:[|&!] ?\(?|[\w-]{2,} ?[~<>]?= ?[^)\x1e]*[)*]|[\w-]{2,}=\*)|^\*\)|\(\|\(\w+=|\)\(cn=|\(objectclass ?=|^\(&\(|\*\)\)+(?:%00|$)|\bcn=\*\)|^[|&]\(\w+=",
    // Forged headers.
    CRLF TARGET r"\n ?(?:set-cookie ?: ?\w|set-cookie2?:|location ?: ?(?:https?:|/|\w+\.)|content-(?:type ?: ?\w+/|length ?: ?\d|disposition ?:|security)|http/[12](?:\.\d)? \d{3}|x-[\w-]{2,} ?: ?\w|refresh ?: ?\d|transfer-encoding ?:|link ?: ?<|host ?: ?[\w-]+\.|bcc ?: ?\S+@|user-agent ?:|referer ?: ?http|access-control-|custom-?header|somecustominjectedheader)",
    CRLF TARGET r"\bsomecustominjectedheader|\n\n ?<(?:html|script|svg|body)|\xe5\x98\x8a\xe5\x98\x8d",
    // Web shells: the parameter that takes the command, with a command.
    WEBSHELL QUERY r"^(?:cmd|exec|command|execute|shell|c|e|x|run|system|ip|ping|code|pass|cmdl|0|1|fexec|do)=\x1e(?:whoami|id$|id[;| ]|uname(?: -a)?$|uname -|ipconfig|ifconfig|net (?:user|view|localgroup|start)|systeminfo|tasklist|netstat|cat (?:/|\.)|type [a-z]:|dir(?: [a-z]:|$)|ls (?:-|/)|pwd$|ps (?:aux|-)|wget (?:http|-)|curl (?:http|-)|nc -|bash -|sh -|/bin/|powershell|certutil|cmd(?:\.exe)? /c|echo \w|ping -|python -|perl -|rm -|cd /|chmod |uptime$|hostname$|ver$|phpinfo|system\(|eval\(|print\()",
    WEBSHELL QUERY r"^dwn=\x1e.*\x1efn=|^fn=\x1e.*\x1edwn=",
    WEBSHELL PATH r"/(?:c99|r57|b374k|wso\d?|c100|alfa(?:shell)?|indoxploit|webshell|mini-?shell|cmdasp|aspxspy|antsword|behinder|godzilla|weevely|china_?chopper|jspspy|phpspy|regeorg|tunnel\.nosocket|0byt3m1n1|symlink-?shell|priv8)[\w.-]{0,12}\.(?:php\d?|phtml|asp|aspx|ashx|jspx?|cfm)$|/(?:_?human2|spinstall\d?)\.aspx$|/(?:shell|cmd|backdoor|evil|hack)(?:er|ed)?\.(?:php\d?|asp|aspx|jspx?)$",
];
