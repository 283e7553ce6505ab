//! SQL injection, on the SQL view: comments and blanks beside punctuation are gone, so that
//! `' Or/**/1 = 1` reads `'or 1=1`.
//!
//! A word of SQL alone shows nothing: titles and searches hold `select`, `union` and `drop
//! table`. A row asks for what prose does not write: an opened quote, a comparison of literals,
//! a call with the arguments of an attack, a statement after a semicolon.

use super::{Fields, Payloads, Row};

macro_rules! rows {
    ($($pattern:expr),* $(,)?) => {
        &[$(Row(Payloads::SQLI, Fields::ALL, $pattern)),*]
    };
}

pub(super) const ROWS: &[Row] = rows![
    // UNION SELECT with a list that is no English.
    r"\bunion(?:[ (]+(?:all|distinct|distinctrow))?[ (]+select(?:[^\w ]|\b ?(?:\d|null\b|n?char\(|0x|top \d|[\w.]+\(|@|all\b|distinct\b|case\b|[\w.]+,|\$))",
    r"\bunion (?:all|distinct)[ (]+select\b",
    r"(?:^|[\d'\x22)}*;-]|\b(?:null|true|from \w+|update|mode)) ?union[( ]+(?:all[( ]+)?select\b",
    // A value followed by a parenthesised select, or a select with union's columns cut off.
    r"\bunion\W*\((?:select|\d)",
    r"\d\W+union$|\bunion(?:--|#|/\*)",
    // Sub-selects after an operator or a word of SQL.
    r"(?:[-=<>,|(*/~!^'\x22]|\b(?:and|or|xor|in|exists|not|any|all|like|union|when|then|if|by|rlike|binary|some|from))\(+select\b",
    r"[(=,]select(?:[(@'\x22*]| (?:\d|@|0x|null\b|[\w.]+\())",
    // A whole statement as the value.
    r"^\W*select\b[ (]*(?:\*|count\(|group_concat\(|concat|top \d|null\b|-?\d+\b|[\w.]+\(|@|'|\x22|[\w.]+,).*?\bfrom\b[ (]*[\w.\[{]",
    r"^\W*select (?:(?:current_)?user|version|database|char|n?chr|ascii|sleep|load_file|substr(?:ing)?|extract\w*|cast|convert|hex|pi)\(",
    r"^\W*select(?:@@?\w|['\x22]*\([('\x22]*(?:\w|@)[^ ]*['\x22)]|[ -]-?\d+(?:[,;]|$|--|#))",
    r"['\x22\d);]\W*select\b[ (]*(?:\*|count\(|[\w.]+\(|@|[\w.]+,|\d).*?\bfrom\b",
    r"\bselect [\w.*,()@]+ from [\w.]+(?: where [\w.()]+(?:=|<|>|like)|--|#|/\*|;| limit \d|into )",
    r"\bselect\b.+\bfrom[ (]*(?:information_schema|mysql\.|pg_|sys|all_|user_|dual\b|v\$|dba_|master)",
    // Literals compared after a connective.
    r"(?:\b(?:x?or|and|having|where|rlike|not|when|if|like)\b|\|\||&&)[(!~ @-]*(?:not )?[(!~-]*(?:0x[0-9a-f]+|\d+(?:\.\d+)?|'[^'\x1e]*'|\x22[^\x22\x1e]*\x22|null|true|false)\)*(?:[=<>!]{1,3}|\b ?(?:not )?(?:like|rlike|regexp|div|mod|sounds like)\b)[(!~ +-]*(?:not )?(?:\d|['\x22]|null\b|true\b|false\b|@|0x|\w+\(|\(*select|binary)",
    r"(?:\b(?:x?or|and)\b|\|\||&&)[(!~ -]*(?:not )?\d+\)*(?:in|between|is)\b[( ]*(?:not )?(?:\(*select|null\b|\d+ and \d)",
    r"\d\)* (?:or|and) \d+=",
    r"\b(?:or|and|where|having) ?\([ (]*-?\d+\)+(?:[=<>]+|--|#|;)",
    // A quote closed early, then a connective and a literal, a call or a column.
    r"['\x22][)%]*(?:x?or|and|\|\||&&|div|mod|r?like|regexp|having|where|between|sounds like)\b?[(!~ -]*(?:not )?[(!~-]*(?:'[^'\x1e]*'|\x22[^\x22\x1e]*\x22|\d+|[\w.]+)\)*(?:[=<>!]{1,3}| ?\b(?:like|rlike|regexp|in\(|between \d))[(!~ +-]*(?:['\x22\d(@]|null\b|true\b|[\w.]+\()",
    r"['\x22]\)*(?:x?or|and|\|\||&&)[(!~ -]*(?:not )?[(!~-]*(?:\d+|true|false|null|'[^'\x1e]*'|\w+\([^)\x1e]*\))\)*(?:--|#|;|/\*)",
    r"\w'\)*(?:or|and) (?:is null|not null|exists|true|false|not \d|null is|\d+=)",
    r"['\x22][)%]*(?:or|and)[ (]*(?:not )?(?:[\w.]+\((?:\d|select|['\x22]|\))|exists\(|@@|case when|\w+ is (?:not )?null|(?:like|rlike|in)\()",
    r"['%]\)+(?:or|and)\b",
    r"^-?\d+(?:['\x22)]+| )(?:and|or|having|where|rlike)[ (]+(?:exists|not exists|if|ascii|ord|substr(?:ing)?|mid|length|char|user|version|database|len|isnull|ifnull|bit_count|lower|upper|unicode|cos|sin|pi|ln|abs|conv|is_srvrolemember|(?:current|system|session)_user|cast|extract\w+)(?:\(|=)",
    r"^-?\d+\)* (?:and|or) [a-z_.]{3,}(?:=|<|>| like|\(select| is (?:not )?null)",
    r"['%]\)*[=<>!]+[(!~ -]*(?:'(?:\w|$)|\d+(?:--|#|$|=)|null\b)",
    r"^[\w%]*'[)%]*(?:=|<>|!=|\^|\||&|-|\*|/|<|>)+[(!~@-]*[\d'(!]+.*(?:=|'\w{0,8}$|--|#)",
    r"^[\w ]*'[)]*(?:is|or|and|xor|like|rlike|regexp|div|mod|between|not|having|in|in boolean mode)[('\x22~!@+-]*(?:\d[\d.]*|null|true|false|column|[\w.]+\(.*\))[)]*(?:$|'|=|--|#|\|\||&&|<|>|!| (?:or|and|is|not|like|xor|div|mod)\b)",
    // The rest of the statement cut off.
    r"\w'\)*(?:--[ -]*|/\*|;--.{0,10}|#)$|'\)+(?:--|#|/\*|;)|^'\)*(?:--|/\*|;--)",
    r"^\w*\x22\)*(?:--|/\*|#)[ -]*$|^-?\d+\)+(?:--|#|/\*)",
    r"['\x22]?\)*\b(?:order|group) by[ (]*\d+\)*(?:--|#|/\*|,\d)|['\x22)]\)*(?:order|group) by[ (]*(?:\d|['\x22]|\w+\(|\w+(?:--|#|/\*))|^-?\d+(?:\)+| )(?:order|group) by \d+(?:,\d+)*$|\bprocedure analyse\(",
    r"\bhaving(?:'|[ (]+(?:\d+[=<>]+\d|'|\d+(?:--|#|;|$| limit)))|['\x22]\)*having\b|\bgroup by .+\bhaving\b[ (]*(?:\d|min\(|count\()",
    r"\d\)*(?:--|#) ?\n|\b(?:limit \d+(?:,\d+)?|null)\)*(?:--|#|/\*)",
    // Delays.
    r"\bsleep\((?:\d[\d.]*\)|\w+\))|\bpg_sleep\(|\bbenchmark\([\d.(]|\bwaitfor (?:delay|time)\b ?\W*\d|\bdbms_(?:pipe|lock)\.\w|\brandomblob\(|\bgenerate_series\(|\bregexp_substring\(|\bcrypt_key\(|\bheavy_query",
    // Calls that only injections make in a parameter.
    r"\b(?:extractvalue|updatexml|load_file|make_set|gtid_subset|json_keys|name_const|unhex\(hex|hex\(cast|ord\(mid|bin\(ord|floor\(rand)\([(\w'\x22~,)@]|\bexp\(~|\brow\(\d+,\d+\)[=<>]|\b(?:polygon|multipoint|linestring|geometrycollection)\(\(*select",
    r"\b(?:concat|concat_ws|group_concat|aes_decrypt|aes_encrypt|ifnull|isnull|convert|coalesce|cast|unhex|hex|lower|ascii|ord|n?char|substr|substring|mid|left|right|length|len|bit_length|char_length|conv|count|min|max|if|iif|nullif)\(+(?:0x[0-9a-f]{2}|n?char\(|version\(|(?:system_|session_|current_)?user\(?[,)]|database\(|@@|select\b|cast\(|table_name|column_name|schema_name|passw|concat|group_concat|ascii\(|substr|hex\(|ifnull\()",
    r"\bgroup_concat\(|\bconcat(?:_ws)?\([^)\x1e]*(?:0x[0-9a-f]{2}|@@|version\(|database\()",
    r"\bn?char\(\d+\)(?:\|\||\+|,|n?char\()|\bchr\(\d+\)(?:\|\||chr)|\bn?char\(\d{1,3}(?:,\d{1,3}){2,}|\bchar\(0x",
    r"\b(?:elt|iif|if|ascii|decode|case)\((?:-?\d+=-?\d+|.+[=<>].+,(?:sleep|benchmark)\()",
    r"\bcase when[ (]*[\w(].+?\bthen\b|^\W*case [\w(].*\bwhen\b.+\bthen\b.+\bend\b",
    r"[=<>(,|] ?(?:ascii|ord|substr|substring|mid|length)\(\(*(?:select|user|version|database|substr|mid|lower|passw|\w+,\d+,\d)",
    r"\b(?:ascii|ord|unicode|lower|upper)\(\(*(?:substr|substring|mid)\(",
    // System tables, procedures and variables, where they are used and not only named.
    r"\bfrom[ (]+(?:information_schema\b|mysql\.(?:user|db)|pg_(?:catalog|user|shadow|database|class)|sys(?:objects|columns|databases|users|tables|ibm\.|master)|sys\.\w|master\.\.|msysaccessobjects|all_(?:tables|users|tab)|user_tables|sqlite_master|v\$\w|rdb\$\w|domain\.(?:domains|tables|columns)|dba_users)",
    r"(?:[,(=;'|]|\b(?:select|exec|execute|declare|and|or)\b) ?@@(?:version|hostname|datadir|basedir|servername|global\.|global|language|spid|microsoftversion|tmpdir|new)\b",
    r"\b(?:utl_(?:inaddr|http|file)\.|ctxsys\.|dbms_\w{3,}\.\w|sys\.xmltype|master(?:\.dbo)?\.\.?xp_|(?:exec|execute)(?: master\.|\(@|\((?:n?char|n?varchar)\(| (?:xp_|sp_)\w+ ?['@(])|xp_cmdshell ?['(])",
    r"\bdeclare @\w+(?: as)? ?(?:n?varchar|n?char|int|cursor|varbinary|sysname|table)\b|\bset @\w+=(?:cast|0x|n?char|')|\bexec\(@\w|\bcast\(0x[0-9a-f]{6,}",
    r"\binto (?:out|dump)file ?(?:['\x22(/\\@]|0x|substring|char)",
    r"\binsert into [\w.\[\]]+.*?\b(?:values ?\(|select\b)|\bupdate [\w.\[\]]+ set [\w.\[\]]+=(?:['\x22\d@]|[\w.]+\(|null|\w+$)|^\W*delete from [\w.]+(?: where|;|--)|^\W*(?:\d+\W+)?drop (?:table|database) [\w.]+(?:;|--)",
    r"\d\)* (?:drop|update|insert|delete|alter|exec|create) (?:table|database|into|from|\w+ set) ?\w|\d;\W*(?:drop|update|insert|delete|alter|exec|select|shutdown|declare|create)\b.*(?:--|;|\bfrom\b|\bset\b|\btable\b|\bwhere\b|'|@)",
    // Concatenation out of a string.
    r"'\|\|(?:'|\(|\w+\(|\w+$|\w+(?:\|\||'))|'\(select\b|\|\|(?:utl_|\(select|chr\(|dbms_|char\()",
    r"^'?\w{0,12}'(?:\|\||\+|-)*\(\w*'?\w*'?\)(?:\|\||-)*'",
    // Number, operator and a function of a column, as blind probes ask.
    r"^[\w']{0,12}[ (]*[-+*/(\d ]*(?:ascii|substring|substr|length)\(.+\)[-+*/\d )]*(?:--|$|\))",
    r"\brlike[( ]+(?:select|sleep|\(|case)|\brlike ?\(\d|\b(?:not )?regexp ?'\^|\bregexp binary\b",
    r"-?\d\W*\blimit \d+(?:,\d+)?(?: (?:into|union|procedure|offset)|--|#|;)|\bfor update\b.{0,10}\bunion\b|\block in share mode\b",
    r"\bwhere \(*\d+=\d+|\bas [a-z]{4} where\b",
    r"^[({]+ ?(?:select|binary|cos|case)\b ?[('@\w]|^\(+(?:\d+|'[^'\x1e]*'|@\w+)\)*(?:in\(|or|and|like|\*|is)\W*['(\d].*--|\bbinary binary\b|\bbinary\(",
];

/// A second statement. Not in user agents, whose comments are lists with semicolons.
pub(super) const STATEMENTS: &[Row] = &[
    Row(
        Payloads::SQLI,
        Fields::ADDRESSES,
        r"[;'\x22)]\W*(?:insert into ?\w|update \w[\w.]* ?set\b|delete from \w|drop (?:table|database|function|user|view|procedure|index)\b|create (?:table|user|database|function|login|procedure)\b|alter (?:table|database|user|login)\b|truncate table|exec(?:ute)? ?(?:master|xp_|sp_|[@(']|immediate)|declare\b.*@?\w|shutdown\b|waitfor|begin (?:declare|goto|try|dbms)|if ?\(.+(?:=|\bselect\b)|call \w+\(|copy \w+|merge into|grant \w+|backup \w+|load data|rename table|handler \w+ open|(?:select|values)[( ]*(?:\d|\*|count|@@|\w+\())",
    ),
    Row(Payloads::SQLI, Fields::ADDRESSES, r"^-?\d+\)+;|\d;\)*(?:--|#|/\*)"),
    Row(Payloads::SQLI, Fields::ADDRESSES, r"^['\x22]?-\(+(?:binary\b|select\b|cos\(|\d|\\n|@|')"),
];
