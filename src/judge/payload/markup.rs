//! Script and active markup (XSS), and entities of XML, on the text view.
//!
//! Plain markup (`<b>`, `<a href="/page">`, `<br/>`) is what editors send; a row asks for an
//! element that loads or runs something, an event handler, or a script's own calls.

use super::{Fields, Payloads, Row};

macro_rules! rows {
    ($($kind:ident $fields:ident $pattern:expr),* $(,)?) => {
        &[$(Row(Payloads::$kind, Fields::$fields, $pattern)),*]
    };
}

pub(super) const ROWS: &[Row] = rows![
    XSS ALL r"<[ /\x22'\\<>!%]{0,6}s ?c ?r ?[\\0]{0,4}i ?p ?t[^a-z]",
    XSS ALL r"<[ /<]{0,3}script$",
    XSS ALL r"<[ /]{0,2}(?:iframe|frame|frameset|object|embed|applet|svg|math|meta|base|isindex|layer|ilayer|bgsound|xss|xml|xmp|plaintext|noscript|portal|vmlframe|event-source|animate|animation|animatetransform|animatemotion|set|foreignobject|handler|listener|keygen|marquee|comment|basefont|noembed|template|style|link|listing|image|title|textarea|htc|import|import|\?import|\?xml-stylesheet|(?:xhtml|xht|svg|html|vml|ev|xbl|rdf|ie|[a-z]):\w+)(?:[ />\n\x22'=;<]|$)",
    // Event handlers, inside an element or after a quote that leaves an attribute.
    XSS ALL r"<[a-z!/?][^>\x1e]*?[ \n/\x22'`;,\x80-\xff\\]on[a-z]{3,}[^a-z0-9=>\x1e]{0,3}=",
    XSS ALL r"[\x22'`>] ?/?(?:\w+=[^\x1e]*[ /\x22'])?on(?:error|load|click|focus|blur|mouse\w{2,6}|key\w{2,5}|submit|change|input|toggle|begin|start|resize|scroll|unload|pointer\w{2,8}|animation\w{3,9}|transition\w{3,9}|drag\w{0,5}|drop|copy|cut|paste|select|hashchange|popstate|message|wheel|beforeunload|page\w{4}|readystatechange|dblclick|contextmenu|activate|finish|bounce|abort|invalid|search|show|touch\w{3,6}|zoom|propertychange|filterchange|forminput|formchange)\W{0,3}=",
    XSS ALL r"\bonerror ?= ?\W{0,3}(?:alert|confirm|prompt|eval|javascript|document|window|location)",
    // Scripts in addresses, with blanks inside the word as old browsers allowed.
    XSS ALL r"\b(?:j ?a ?v ?a|v ?b|live|java\\0|mocha|jscript\.)[ \n]?s ?c ?(?:\\0)?r ?i ?p ?(?:\\0)?t[ \n\x01-\x1d]{0,3}:(?:[^ v\x1e]|v[^o\x1e]|[ \n](?:\w+[.(=\[]|[^\w \x1e]))",
    XSS ALL r"\b(?:j[ \n]{0,2}a[ \n]{0,2}v[ \n]{0,2}a[ \n]{0,2}s[ \n]{0,2}c[ \n]{0,2}r[ \n]{0,2}i[ \n]{0,2}p[ \n]{0,2}t|mocha|livescript) ?:(?:[^ v\x1e]|v[^o\x1e]|[ \n](?:\w+[.(=\[]|[^\w \x1e]))",
    XSS ALL r"\bdata:[^,\x1e]*(?:text/html|text/javascript|application/x-javascript|text/plain,? ?alert)|\bdata:,(?:\W{0,10})alert|\bsrc ?= ?['\x22]?data:(?:,|text/|application/)",
    XSS ALL r"\b(?:alert|confirm|prompt)[ /*]{0,6}(?:\(|`|&#)[ \n]?(?:[)`/\x22'<&\\]|\d+ ?\)|document|window|location|string\.|xss|top|self|this|x\)|origin|1)",
    XSS ALL r"\b(?:document|window|self|top|parent|this)(?:\.|\[) ?['\x22]?(?:cookie|domain|write|writeln|location|createelement|documentelement|body|execscript|onload|innerhtml|eval|alert|open|__parent__|name)\b ?['\x22]?[^\w .:?\x1e-]",
    XSS ALL r"\bstring ?(?:\.|\[ ?['\x22])fromcharcode|\b(?:set(?:timeout|interval|immediate)|eval|function|execscript|msgbox|unescape|fetch|atob) ?\( ?(?:['\x22`/(]|string\.|atob|unescape|name|location|document|alert|window|src|alt|this|x\b)",
    XSS ALL r"\b(?:innerhtml|outerhtml|insertadjacenthtml)\b ?=",
    XSS ALL r"\bxss ?: ?\w*expr|\bstyle[ \n]?=[^>\x1e]*?(?:expression ?\(|behaviou?r ?:|binding ?:|javascript ?:|-o-link|@import|xss ?:|font-family[^>]*\\|\\[0-9a-f]{2}|url\()|\bexpr(?:/\*.*\*/)?ession ?\(|[:/*'](?:/\*.*\*/)?e(?:/\*.*\*/)?xpression ?\(|-moz-binding ?: ?url ?\(|\bbehaviou?r ?: ?url ?\(|@im\\?port\b ?['\x22u]|\blist-style-image ?: ?url ?\(['\x22 ]*(?:j|d|vb)",
    XSS ALL r"<[a-z][^>\x1e]*?(?:formaction|srcdoc|dynsrc|lowsrc|xlink:href|datasrc|dataformatas|datafld|autofocus|background ?= ?['\x22]?\w+:|http-equiv|scriptlet|fscommand|seeksegmenttime|style ?= ?['\x22]?[^'\x22>]*(?:\\|/\*))",
    XSS ALL r"<(?:a|area|img|input|button|form|video|audio|source|body|table|td|div|image|link|isindex|x)\b[^>\x1e]*?(?:href|src|action|background|code|data|poster|location|folder|value|from|to|by) ?= ?['\x22`]?[ \n\x01-\x1d]{0,4}(?:j\w{0,3}[ \n]?\w{0,6}script|vbs|data:text|data:image/svg|data:,|\\u|&#|//|jar:|mhtml:|view-source|about:|feed:|livescript|mocha)",
    XSS ALL r"<!--\[if|<!--[^>\x1e]*(?:<|--!>)|--!?><|<!\[cdata\[|\]\]>|<x ?\w* ?[^>]*style|<style|<!doctype html|<%[^>\x1e]*(?:alert|script)",
    XSS ALL r"\+adw-|\+ad4-|&\{[^\x1e]*\}|<!entity ?% |[\x22'];? ?(?:alert|confirm|prompt|eval)\b|\bgeturl ?\(|<\?xml-styl|;!--\x22<xss|\\u00[0-9a-f]{2}\\u00",
    XSS ALL r"<(?:img|image|input|video|audio|body|table|td|a|div|p|br|form|button|select|b|i|x|q|h1)\b[ /\x22'][^>\x1e]*?(?:src|href|style)? ?= ?['\x22`]?(?:x|a|1|xx?:x|#|javascript)?['\x22`]? [^>\x1e]*on[a-z]{4,}",
    XSS ALL r"\x22 ?/?>.{0,12}<(?:script|svg|iframe|body|h1|marquee|plaintext|xss|style)\b",
    XSS ALL r"<img ?\x22{2,}|<img[^>\x1e]*src ?= ?['\x22`]?(?:https?:)?//[^ >]+['\x22]?(?: ?/?>|$)|<(?:img|input|a|b|x|td|table|body|br|div|form)[/+\\]{1,3}(?:on[a-z]+|src|style) ?=",
    // Entities that read files or other hosts; a document type alone is not enough.
    XML ALL r"<!entity\b[^>\x1e]*?(?:system|public|%|['\x22])",
    XML ALL r"<!doctype [^>\x1e]*?(?:\[|system ?['\x22])",
    XML ALL r"<(?:xi:include|\w*:?include)\b[^>\x1e]*(?:href|xinclude|parse)|<xsl:(?:value-of|include|import|copy-of|variable|stylesheet)\b|\bxmlns:xi=",
    XML ALL r"<\?xml [^\x1e]*(?:<!entity|<!doctype|system ?['\x22])",
];
