//! Compiles `LogFormat` and `log_format` lines, as people paste them from a configuration.

use super::{Field, Form, Layout, LayoutError, Step, Take};

/// A piece of a log format.
enum Piece {
    Literal(Vec<u8>),
    /// What to take, and how the format names it.
    Take(Take, String),
}

impl Layout {
    /// Compiles a line that a user pasted: the whole directive, or the format alone.
    pub fn from_user(line: &str) -> Result<Self, LayoutError> {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("log_format") {
            return Self::from_nginx(&joined_strings(rest));
        }
        if let Some(rest) = line.strip_prefix("LogFormat") {
            return Self::from_apache(&joined_strings(rest), false);
        }
        let is_nginx = line.contains('$') && !line.contains('%');
        if is_nginx { Self::from_nginx(line) } else { Self::from_apache(line, false) }
    }

    /// Compiles the notation of Apache's `LogFormat`.
    pub fn from_apache(format: &str, more_may_follow: bool) -> Result<Self, LayoutError> {
        let mut pieces = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            push_literal(&mut pieces, &rest[..at]);
            rest = push_directive(&mut pieces, &rest[at..])?;
        }
        push_literal(&mut pieces, rest);
        build(format, pieces, more_may_follow)
    }

    /// Compiles the notation of nginx's `log_format`.
    pub fn from_nginx(format: &str) -> Result<Self, LayoutError> {
        let mut pieces = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find('$') {
            push_literal(&mut pieces, &rest[..at]);
            let name: String = rest[at + 1..]
                .trim_start_matches('{')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let braces = if rest[at + 1..].starts_with('{') { 2 } else { 0 };
            rest = rest.get(at + 1 + name.len() + braces..).unwrap_or("");
            pieces.push(Piece::Take(nginx_variable(&name), format!("${name}")));
        }
        push_literal(&mut pieces, rest);
        build(format, pieces, false)
    }
}

/// The quoted strings of a directive, joined; the whole text when there is none.
fn joined_strings(text: &str) -> String {
    let mut joined = String::new();
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, _) => {}
            (Some(q), c) if c == q => quote = None,
            (Some(_), '\\') => joined.push(chars.next().unwrap_or('\\')),
            (Some(_), c) => joined.push(c),
        }
    }
    if joined.is_empty() { text.trim().to_owned() } else { joined }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Literal(literal)) => literal.extend_from_slice(text.as_bytes()),
        _ => pieces.push(Piece::Literal(text.as_bytes().to_vec())),
    }
}

/// Pushes the directive at the start of `text` and returns what lies behind it.
fn push_directive<'a>(pieces: &mut Vec<Piece>, text: &'a str) -> Result<&'a str, LayoutError> {
    let unfinished = || LayoutError::Unfinished(text.to_owned());
    let mut rest = text[1..].trim_start_matches(|c: char| "<>!,".contains(c) || c.is_ascii_digit());
    let mut argument = "";
    if let Some(inside) = rest.strip_prefix('{') {
        let (name, behind) = inside.split_once('}').ok_or_else(unfinished)?;
        (argument, rest) = (name, behind);
    }
    let letter = rest.chars().next().ok_or_else(unfinished)?;
    let behind = &rest[letter.len_utf8()..];
    let name = &text[..text.len() - behind.len()];
    match (letter, argument) {
        ('%', _) => push_literal(pieces, "%"),
        ('t', "") => {
            push_literal(pieces, "[");
            pieces.push(Piece::Take(Take::Time(Form::Clf), name.to_owned()));
            push_literal(pieces, "]");
        }
        // Path and query stand next to one another and together are the target.
        ('q', _) if matches!(pieces.last(), Some(Piece::Take(Take::Field(Field::Target), _))) => {}
        _ => pieces.push(Piece::Take(apache_directive(letter, argument), name.to_owned())),
    }
    Ok(behind)
}

fn apache_directive(letter: char, argument: &str) -> Take {
    match (letter, argument.to_ascii_lowercase().as_str()) {
        ('h' | 'a', "") => Take::Field(Field::SourceAddress),
        ('u', _) => Take::Field(Field::UserName),
        ('t', _) => Take::Time(apache_time(argument)),
        ('r', _) => Take::Request,
        ('m', _) => Take::Field(Field::Method),
        ('U', _) => Take::Field(Field::Target),
        ('H', _) => Take::Field(Field::HttpVersion),
        ('s', _) => Take::Field(Field::Status),
        ('b' | 'B' | 'O', _) => Take::Field(Field::BytesOut),
        ('I', _) => Take::Field(Field::BytesIn),
        ('v' | 'V', _) | ('i', "host") => Take::Field(Field::Domain),
        ('p', _) => Take::Field(Field::Port),
        ('D' | 'T', _) => Take::Field(Field::Duration),
        ('i', "referer") => Take::Field(Field::Referrer),
        ('i', "user-agent") => Take::Field(Field::UserAgent),
        ('i', "x-forwarded-for") => Take::Field(Field::ForwardedFor),
        _ => Take::Skip,
    }
}

fn apache_time(argument: &str) -> Form {
    let argument = argument.trim_start_matches("begin:").trim_start_matches("end:");
    match argument {
        "sec" => Form::EpochSecs,
        "msec" => Form::EpochMillis,
        "usec" => Form::EpochMicros,
        pattern => Form::Pattern(pattern.to_owned()),
    }
}

fn nginx_variable(name: &str) -> Take {
    match name {
        "remote_addr" => Take::Field(Field::SourceAddress),
        "remote_user" => Take::Field(Field::UserName),
        "time_local" => Take::Time(Form::Clf),
        "time_iso8601" => Take::Time(Form::Iso),
        "msec" => Take::Time(Form::EpochSecs),
        "request" => Take::Request,
        "request_method" => Take::Field(Field::Method),
        "request_uri" | "uri" => Take::Field(Field::Target),
        "server_protocol" => Take::Field(Field::HttpVersion),
        "status" => Take::Field(Field::Status),
        "body_bytes_sent" | "bytes_sent" => Take::Field(Field::BytesOut),
        "request_length" => Take::Field(Field::BytesIn),
        "host" | "http_host" | "server_name" => Take::Field(Field::Domain),
        "server_port" => Take::Field(Field::Port),
        "request_time" => Take::Field(Field::Duration),
        "http_referer" => Take::Field(Field::Referrer),
        "http_user_agent" => Take::Field(Field::UserAgent),
        "http_x_forwarded_for" => Take::Field(Field::ForwardedFor),
        _ => Take::Skip,
    }
}

fn build(format: &str, pieces: Vec<Piece>, more_may_follow: bool) -> Result<Layout, LayoutError> {
    let mut layout = Layout { prefix: Vec::new(), steps: Vec::new(), more_may_follow };
    let mut before = String::new();
    let mut last_literal = Vec::new();
    let mut open: Option<(Take, String, bool)> = None;
    for piece in pieces {
        match (piece, open.take()) {
            (Piece::Literal(literal), Some((take, _, quoted))) => {
                layout.steps.push(Step::new(take, &literal, quoted));
                last_literal = literal;
            }
            (Piece::Literal(literal), None) => {
                layout.prefix.clone_from(&literal);
                last_literal = literal;
            }
            (Piece::Take(_, name), Some(_)) => return Err(LayoutError::Adjacent(before, name)),
            (Piece::Take(take, name), None) => {
                open = Some((take, name.clone(), last_literal.ends_with(b"\"")));
                before = name;
            }
        }
    }
    if let Some((take, _, quoted)) = open {
        layout.steps.push(Step::new(take, b"", quoted));
    }
    checked(format, layout)
}

fn checked(format: &str, layout: Layout) -> Result<Layout, LayoutError> {
    if layout.steps.is_empty() {
        return Err(LayoutError::NoField(format.to_owned()));
    }
    if !layout.steps.iter().any(|step| matches!(step.take, Take::Time(_))) {
        return Err(LayoutError::NoTime(format.to_owned()));
    }
    Ok(layout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Time;
    use crate::base::clock::{Clock, DateOrder};
    use crate::event::Fields;
    use jiff::tz::TimeZone;

    fn read<'a>(layout: &Layout, line: &'a [u8], zone: &TimeZone) -> (Time, Fields<'a>) {
        let clock = Clock::new(zone.clone(), None, DateOrder::MonthFirst);
        let mut fields = Fields::default();
        let time = layout.read_into(line, &clock, &mut fields).unwrap();
        (time, fields)
    }

    #[test]
    fn whole_directives_are_understood_as_pasted() {
        let apache = r#"LogFormat "%h %l %u %t \"%r\" %>s %b %D" timed"#;
        let layout = Layout::from_user(apache).unwrap();
        let line = br#"203.0.113.7 - - [06/May/2021:10:02:03 +0900] "GET / HTTP/1.1" 200 5 1234"#;
        let (_, fields) = read(&layout, line, &TimeZone::UTC);
        assert_eq!(fields.text(Field::Duration), Some(&b"1234"[..]));

        let nginx =
            "log_format main escape=json '$remote_addr $msec '\n    '\"$request\" $status';";
        let layout = Layout::from_user(nginx).unwrap();
        let line = br#"203.0.113.7 1620262923.250 "GET /x HTTP/1.1" 200"#;
        let (time, _) = read(&layout, line, &TimeZone::UTC);
        assert_eq!(time.stamp().map(|s| (s.at, s.nanos)), Some((1_620_262_923, 250_000_000)));
    }

    #[test]
    fn a_time_without_zone_is_taken_in_the_zone_of_the_settings_and_says_so() {
        let layout = Layout::from_user(r#"%h [%{%Y-%m-%d %H:%M:%S}t] "%r" %>s %b"#).unwrap();
        let line = br#"203.0.113.7 [2021-05-06 10:02:03] "GET / HTTP/1.1" 200 5"#;
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let (time, _) = read(&layout, line, &tokyo);
        assert!(matches!(time, crate::base::Time::Assumed(s) if s.at == 1_620_262_923));
    }

    #[test]
    fn what_cannot_be_read_back_is_refused_with_the_reason() {
        let refused = |line: &str| Layout::from_user(line).unwrap_err();
        assert!(matches!(refused("nothing here"), LayoutError::NoField(_)));
        assert!(matches!(refused("%h%u %t"), LayoutError::Adjacent(..)));
        assert!(matches!(refused("%h %u \"%r\""), LayoutError::NoTime(_)));
        assert!(matches!(refused("%h %{Referer"), LayoutError::Unfinished(_)));
    }

    #[test]
    fn path_and_query_side_by_side_are_the_target() {
        let layout = Layout::from_user("%h %t %m %U%q %>s %b").unwrap();
        let line = b"203.0.113.7 [06/May/2021:10:02:03 +0900] GET /a?b=c 200 5";
        let (_, fields) = read(&layout, line, &TimeZone::UTC);
        assert_eq!(fields.text(Field::Target), Some(&b"/a?b=c"[..]));
    }
}
