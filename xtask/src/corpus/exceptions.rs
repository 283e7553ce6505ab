//! The samples that are not understood as the format that their folder is named after, and why.

/// A sample that comes out otherwise, and how.
pub struct Exception {
    /// Folder and file.
    pub sample: &'static str,
    /// For each stream the format, the records understood and all records.
    pub told: &'static str,
    /// Why that is right, or as good as it gets.
    pub reason: &'static str,
}

const fn but(sample: &'static str, told: &'static str, reason: &'static str) -> Exception {
    Exception { sample, told, reason }
}

pub const EXCEPTIONS: &[Exception] = &[
    but(
        "apache_error/modsecurity.log",
        "modsec_error 10/10",
        "what ModSecurity writes into the error log is told apart",
    ),
    but(
        "apache_vhost/sekoia-Apache__apache.log",
        "apache_error 12/15",
        "holds lines of several of Apache's logs, two of them cut or written by hand",
    ),
    but("auditd/selinux.log", "auditd 7/11", "four lines are wrong on purpose"),
    but(
        "clock_forms/logfile_invalid_tz.0",
        "none 0/2",
        "the zone does not exist, and a time that is half understood is none",
    ),
    but("clock_forms/logfile_syslog_fr.0", "sshd_3164 1/1", "is syslog"),
    but("clock_forms/logfile_yday.0", "multiline 2/2", "states a level too"),
    but("containers/access_log.gz", "apache_combined 2492/2492", "an access log, for its packing"),
    but(
        "containers/auditrecords.7z",
        "m365_ual_csv 5376/5376",
        "an audit log, for its packing; 4,235 more records are repeated and counted once",
    ),
    but("containers/sherlock.Z", "no log", "the packing of compress is not read, and said so"),
    but("containers/sherlock.br", "none 0/2", "Brotli has no mark by which it could be told"),
    but("containers/sherlock.lz4", "none 0/6", "prose, for its packing"),
    but("containers/sherlock.lzma", "none 0/6", "prose, for its packing"),
    but("containers/sherlock.zst", "none 0/6", "prose, for its packing"),
    but(
        "containers/syslog",
        "sshd_3164 16/18",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.bz2",
        "sshd_3164 12/15",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.gz",
        "sshd_3164 12/15",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.tar",
        "sshd_3164 12/15",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.tgz",
        "sshd_3164 12/15",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.xz",
        "sshd_3164 12/15",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but(
        "containers/syslog.zip",
        "sshd_3164 12/15, utmp 4/5",
        "syslog, for its packing; a line has no month, and one is prose",
    ),
    but("docker_json/cri-logs.log", "nginx_access 3/3", "the log inside the envelope is named"),
    but("docker_json/docker-logs.log", "nginx_access 3/3", "the log inside the envelope is named"),
    but("enc_bad/logfile_ansi.0", "clock_forms 1/1", "a log of another kind, for its bytes"),
    but("enc_bad/logfile_crlf.0", "multiline 2/2", "a log of another kind, for its bytes"),
    but("enc_bad/logfile_invalid_utf8.0", "multiline 1/1", "a log of another kind, for its bytes"),
    but("enc_eucjp/_ude_1.txt", "none 0/25", "prose or a table that is no log, for its encoding"),
    but(
        "enc_eucjp/aivy.co.jp.xml",
        "none 0/160",
        "prose or a table that is no log, for its encoding",
    ),
    but(
        "enc_iso2022jp/_ude_1.txt",
        "none 0/25",
        "prose or a table that is no log, for its encoding",
    ),
    but("enc_sjis/_ude_1.txt", "none 0/1", "prose or a table that is no log, for its encoding"),
    but("enc_sjis/_ude_2.txt", "none 0/25", "prose or a table that is no log, for its encoding"),
    but(
        "enc_sjis/www2.chuo-u.ac.jp-suishin.xml",
        "none 0/115",
        "prose or a table that is no log, for its encoding",
    ),
    but(
        "enc_utf16/bom-utf-16-be.srt",
        "none 0/28",
        "prose or a table that is no log, for its encoding",
    ),
    but(
        "enc_utf16/bom-utf-16-le.srt",
        "none 0/28",
        "prose or a table that is no log, for its encoding",
    ),
    but(
        "enc_utf16/nobom-utf16le.txt",
        "csv 19/19",
        "prose or a table that is no log, for its encoding",
    ),
    but(
        "evtx_xml/sekoia-Log-Insight-Windows__log-insight-windows.log",
        "none 0/6",
        "the rendered message alone, without the event's XML",
    ),
    but("jsonl/logfile_mixed_json2.json", "jsonl 14/18", "a panic is printed among the records"),
    but(
        "multiline/logfile_bad_access_log.0",
        "apache_combined 2/3",
        "an access log with one line cut at its start",
    ),
    but("multiline/logfile_dst.0", "sshd_3164 10/10", "is syslog"),
    but("multiline/logfile_syslog_with_mixed_times.0", "sshd_3164 13/13", "is syslog"),
    but(
        "nginx_access/nginx_http-logs.log",
        "apache_combined 9/9",
        "nginx combined is the same as Apache's",
    ),
    but(
        "pulse_ivanti/log.access.vc0",
        "no log",
        "a binary file of the appliance, which is documented nowhere; told by its head, and said so",
    ),
    but(
        "syslog_5424/pfsense-rfc5424-filterlog.log",
        "pfsense 4/4",
        "the log inside the envelope is named",
    ),
    but(
        "syslog_5424/pfsense-rfc5424-nginx.log",
        "nginx_access 1/1",
        "the log inside the envelope is named",
    ),
    but("syslog_5424/syslog-logs.log", "sshd_3164 3/3", "has the header of RFC 3164"),
    but("traefik/traefik_json.log", "traefik 6/7", "a plugin prints among the records"),
    but("utmp/wtmp.1", "utmp 4/5", "one record is zeroed"),
];
