//! Access logs of Apache and nginx. Both servers write the same combined format.
//!
//! Source: Apache HTTP Server 2.4, mod_log_config; nginx, ngx_http_log_module.

use super::Format;
use crate::base::Text;

/// The formats, the most particular first.
pub const FORMATS: &[Format] = &[
    Format {
        id: "apache_vhost",
        name: "Apache combined with virtual host",
        what: Text::fixed(
            "Access log of an Apache server with several sites (vhost_combined)",
            "複数サイトを持つApacheのアクセスログ(vhost_combined)",
        ),
        log_format: r#"%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#,
        more_may_follow: true,
        examples: &[
            r#"share.example.jp:443 203.0.113.7 - sato [06/May/2021:10:02:03 +0900] "GET /p/12/list HTTP/1.1" 200 4821 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)""#,
        ],
    },
    Format {
        id: "apache_vhost_plain",
        name: "Apache combined with virtual host, no port",
        what: Text::fixed(
            "Access log that begins with the site's name",
            "サイト名で始まるアクセスログ",
        ),
        log_format: r#"%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#,
        more_may_follow: true,
        examples: &[
            r#"share.example.jp 2001:db8::7 - - [06/May/2021:10:02:03 +0900] "GET / HTTP/2.0" 304 - "-" "-""#,
        ],
    },
    Format {
        id: "apache_vhost_common",
        name: "Apache common with virtual host",
        what: Text::fixed(
            "Access log that begins with the site's name and has no user agent (vhost_common)",
            "サイト名で始まり、ユーザーエージェントのないアクセスログ(vhost_common)",
        ),
        log_format: r#"%v %h %l %u %t "%r" %>s %b"#,
        more_may_follow: false,
        examples: &[
            r#"share.example.jp 203.0.113.7 - - [06/May/2021:10:02:03 +0900] "GET / HTTP/1.0" 200 12"#,
        ],
    },
    Format {
        id: "apache_combined",
        name: "Apache or nginx combined",
        what: Text::fixed(
            "Access log of Apache or nginx with referrer and user agent (combined)",
            "リファラーとユーザーエージェントを含むApache・nginxのアクセスログ(combined)",
        ),
        log_format: r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#,
        more_may_follow: true,
        examples: &[
            r#"203.0.113.7 - tanaka [06/May/2021:10:02:03 +0900] "GET /p/12/list?page=2 HTTP/1.1" 200 4821 "https://share.example.jp/p/12" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)""#,
            r#"2001:db8::1 - - [06/May/2021:10:02:03 +0900] "\x16\x03\x01" 400 226 "-" "-""#,
            r#"203.0.113.7 - - [06/May/2021:10:02:03 +0900] "GET /?q=\"a\" HTTP/1.1" 200 - "-" "say \"hi\"" 0.004"#,
            r#"203.0.113.7 - yamada taro [06/May/2021:10:02:03 +0900] "-" 408 - "-" "-""#,
        ],
    },
    Format {
        id: "apache_common",
        name: "Apache common",
        what: Text::fixed(
            "Access log of Apache without referrer and user agent (common)",
            "リファラーとユーザーエージェントのないApacheのアクセスログ(common)",
        ),
        log_format: r#"%h %l %u %t "%r" %>s %b"#,
        more_may_follow: false,
        examples: &[
            r#"203.0.113.7 - - [06/May/2021:10:02:03 +0900] "HEAD /index.html HTTP/1.0" 200 -"#,
        ],
    },
];
