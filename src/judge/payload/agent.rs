//! Attack tools that name themselves in the user agent or leave their mark in the request,
//! on the text view. Search engines, monitors and ordinary HTTP libraries are not here.

use super::{Fields, Payloads, Row};

pub(super) const ROWS: &[Row] = &[
    Row(
        Payloads::SCANNER,
        Fields::AGENT,
        r"\b(?:sqlmap|nikto|nmap|masscan|zgrab|zmap|acunetix|w3af|nessus|openvas|gvm|nuclei|dirbuster|gobuster|feroxbuster|ffuf|wfuzz|dirsearch|dirb|wpscan|joomscan|droopescan|cmsmap|whatweb|arachni|skipfish|wapiti|netsparker|invicti|appscan|webinspect|burp ?suite|burpcollaborator|zaproxy|owasp ?zap|havij|pangolin|sqlninja|bsqlbf|commix|fimap|xsser|xsstrike|dalfox|hydra|brutus|patator|metasploit|msfconsole|jorgee|zmeu|morfeus|muieblackcat|w00tw00t|blackwidow|webshag|vega/|paros/|n-stealth|cgichk|grendel-scan|qualysguard|qualys was|detectify|tenable|rapid7|insightappsec|probely|jaeles|httpx - open-source|katana|gospider|hakrawler|subfinder|l9explore|l9tcpid|leakix|zoomeye|fofa|censysinspect|expanse|internet-?measurement|project25499|gh0st|mozlila|nimbostratus|core-project|libredtail|hello,? ?world|sysscan|sitelockspider|webvulnscan|webcruiser|golismero|uniscan|vulscan|pocsuite|xray|goby|afrog|yakit|dirmap|websploit|v3n0m|pentest)\b",
    ),
    Row(
        Payloads::SCANNER,
        Fields::TARGET,
        r"\bacunetix|\bwvs(?:test|_|-test)|\bw00tw00t|\bnmaplowercheck|\bnmapuppercheck|/nice%20ports|\bnessus(?:\b|_)|\bnetsparker|\bappscan_fingerprint|\bw3af\b|\bsqlmap(?:\b|\d)|\bnikto|\bqualys|\bopenvas|\bvulnerability_scan|\binjected_by_wvs|\bacu\d{3,5}\b|\bacux\d|^/?jaeles|^/?nuclei\b|\bowasp_?zap",
    ),
];
