//! The header of syslog messages: RFC 5424, RFC 3164, and what daemons write to files.

use super::draft::Draft;
use super::pattern::Times;
use crate::base::Time;
use crate::base::clock::{Form, read};
use crate::event::{Field, number};
use crate::text::{Pair, Value};
use memchr::memchr;

/// A syslog message with what its header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope<'a> {
    /// Whether the header is that of RFC 5424.
    pub is_5424: bool,
    /// When.
    pub time: Time,
    /// The machine.
    pub host: Option<&'a [u8]>,
    /// The program, without its number.
    pub program: Option<&'a [u8]>,
    /// The program's number.
    pub pid: Option<&'a [u8]>,
    /// The kind of message, in RFC 5424.
    pub kind: Option<&'a [u8]>,
    /// The structured data, in RFC 5424, brackets included.
    pub data: &'a [u8],
    /// The message.
    pub message: &'a [u8],
    /// How often it was said: `message repeated 7 times: [ … ]`.
    pub count: u32,
}

impl<'a> Envelope<'a> {
    /// Reads a line. None when it has no header.
    pub fn read(line: &'a [u8], times: &Times<'_>) -> Option<Self> {
        let (is_marked, rest) = without_priority(line);
        let rest = rest.trim_ascii_start();
        let versioned = rest.strip_prefix(b"1 ").filter(|_| is_marked);
        // Meraki writes the version and no time of RFC 5424: then the whole is the message.
        if let Some(envelope) = versioned.and_then(|rest| Self::read_5424(rest, times)) {
            return Some(envelope);
        }
        let times = if rest.len() == line.len() { times } else { &Times::new(times.clock()) };
        Self::read_3164(rest, is_marked, times)
    }

    fn read_5424(line: &'a [u8], times: &Times<'_>) -> Option<Self> {
        let (time, rest) = word(line)?;
        let (host, rest) = word(rest)?;
        let (program, rest) = word(rest)?;
        let (pid, rest) = word(rest)?;
        let (kind, rest) = word(rest)?;
        let (data, message) = structured_data(rest);
        let time = match time {
            b"-" => Time::Absent,
            text => read(text, &Form::Iso, times.clock())?,
        };
        let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
        let mut envelope = Self {
            is_5424: true,
            time,
            host: said(host),
            program: said(program),
            pid: said(pid),
            kind: said(kind),
            data,
            message,
            count: 1,
        };
        envelope.unfold();
        Some(envelope)
    }

    fn read_3164(line: &'a [u8], is_marked: bool, times: &Times<'_>) -> Option<Self> {
        let timed = header_time(line, times);
        let (time, rest) = match timed {
            Some((time, rest)) => (time, rest.strip_prefix(b" ")?.trim_ascii_start()),
            None if is_marked || line.starts_with(b"%") => (Time::Absent, line),
            None => return None,
        };
        let mut envelope = Self {
            is_5424: false,
            time,
            host: None,
            program: None,
            pid: None,
            kind: None,
            data: b"",
            message: rest,
            count: 1,
        };
        if timed.is_none() {
            envelope.take_tag(rest);
            return (is_marked || envelope.program.is_some()).then_some(envelope);
        }
        let (first, behind) = word(rest)?;
        // A header without a host begins with the tag.
        let is_tag = first.ends_with(b":") && !behind.is_empty();
        if is_tag && behind.starts_with(b"%") {
            envelope.host = first.strip_suffix(b":");
            envelope.message = behind;
            envelope.take_tag(behind);
        } else if is_tag || !is_host(first) {
            envelope.take_tag(rest);
        } else {
            envelope.host = Some(first);
            envelope.message = behind;
            envelope.take_tag(behind);
        }
        // Log services send objects behind time and host, without a tag.
        let is_object = envelope.host.is_some() && envelope.message.starts_with(b"{");
        let is_sure = is_marked || envelope.program.is_some() || is_object;
        is_sure.then(|| {
            envelope.unfold();
            envelope
        })
    }

    /// Takes the tag, `program[pid]: `, off the message.
    fn take_tag(&mut self, message: &'a [u8]) {
        let message = message.strip_prefix(b": ").unwrap_or(message);
        if message.starts_with(b"%") {
            return self.take_mnemonic(message);
        }
        let end = message.iter().position(|byte| matches!(byte, b':' | b'[' | b' ' | b'('));
        let Some(end) = end.filter(|end| (1..=64).contains(end)) else { return };
        let (tag, rest) = message.split_at(end);
        let (pid, rest) = match number_in(rest, b'[', b']') {
            Some((pid, rest)) => (Some(pid), rest),
            // `sshd(pam_unix)[19939]: `
            None => match inside(rest, b'(', b')').map(|(_, rest)| rest) {
                Some(rest) => match number_in(rest, b'[', b']') {
                    Some((pid, rest)) => (Some(pid), rest),
                    None => return,
                },
                None => (None, rest),
            },
        };
        let behind = match (rest.strip_prefix(b":"), pid) {
            (Some(behind), _) => behind,
            (None, Some(_)) => rest,
            (None, None) => return,
        };
        if !behind.is_empty() && !behind.starts_with(b" ") {
            return;
        }
        self.program = Some(tag);
        self.pid = pid;
        self.message = behind.strip_prefix(b" ").unwrap_or(behind).trim_ascii_start();
    }

    /// Takes the tag of Cisco, `%ASA-6-302013: `, off the message. It names the kind of message.
    fn take_mnemonic(&mut self, message: &'a [u8]) {
        let Some((word, rest)) = word(message) else { return };
        let tag = word.strip_suffix(b":").unwrap_or(word);
        let mut parts = tag.rsplitn(3, |byte| *byte == b'-');
        if let (Some(kind), Some([b'0'..=b'7']), Some(_)) =
            (parts.next(), parts.next(), parts.next())
        {
            self.program = Some(tag);
            self.kind = Some(kind);
            self.message = rest;
        }
    }

    /// Takes the message out of `message repeated 7 times: [ … ]`.
    fn unfold(&mut self) {
        let Some(rest) = self.message.strip_prefix(b"message repeated ") else { return };
        let Some((count, rest)) = word(rest) else { return };
        let folded = rest.strip_prefix(b"times: [").and_then(|rest| rest.strip_suffix(b"]"));
        if let (Some(count), Some(message)) = (number(count), folded) {
            self.count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
            self.message = message.trim_ascii();
        }
    }

    /// Sets what the header says and the message does not.
    pub fn fill(&self, draft: &mut Draft<'a>) {
        draft.count = self.count;
        if draft.time == Time::Absent {
            draft.time = self.time;
        }
        let fields = [
            (Field::HostName, self.host),
            (Field::ProcessName, self.program.filter(|program| !program.starts_with(b"%"))),
            (Field::ProcessId, self.pid),
            (Field::Code, self.kind),
            (Field::Message, Some(self.message)),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                draft.set(field, text);
            }
        }
        if !self.data.is_empty() {
            let key = &b"structured_data"[..];
            draft.add_pair(Pair { key, value: Value::Text(self.data) });
        }
    }
}

/// Takes `<34>` off a line.
fn without_priority(line: &[u8]) -> (bool, &[u8]) {
    match number_in(line, b'<', b'>') {
        Some((priority, rest)) if priority.len() <= 3 => (true, rest),
        _ => (false, line),
    }
}

/// The number between two signs at the start, and what lies behind.
fn number_in(text: &[u8], open: u8, close: u8) -> Option<(&[u8], &[u8])> {
    let (digits, rest) = inside(text, open, close)?;
    number(digits).map(|_| (digits, rest))
}

fn inside(text: &[u8], open: u8, close: u8) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_prefix(&[open])?;
    let end = memchr(close, &rest[..rest.len().min(64)])?;
    Some((&rest[..end], &rest[end + 1..]))
}

/// The time of a header and what lies behind. Only forms that daemons use: any other beginning is
/// some other log's.
fn header_time<'a>(line: &'a [u8], times: &Times<'_>) -> Option<(Time, &'a [u8])> {
    let from = usize::from(line.starts_with(b"*"));
    let form = match line.get(from)? {
        b'A'..=b'Z' | b'a'..=b'z' => Form::Syslog,
        b'0'..=b'9' => Form::Iso,
        _ => return None,
    };
    let (time, length) = times.read(line, from, &form)?;
    let rest = &line[from + length..];
    // Cisco writes a colon behind the time.
    Some((time, rest.strip_prefix(b":").filter(|rest| rest.starts_with(b" ")).unwrap_or(rest)))
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr(b' ', text).unwrap_or(text.len());
    (end > 0).then(|| (&text[..end], text.get(end + 1..).unwrap_or(b"").trim_ascii_start()))
}

fn said(text: &[u8]) -> Option<&[u8]> {
    (text != b"-").then_some(text)
}

/// A word that can be the name or the address of a machine: not a severity, as in application logs.
fn is_host(word: &[u8]) -> bool {
    const LEVELS: &[&[u8]] = &[
        b"TRACE",
        b"DEBUG",
        b"INFO",
        b"NOTICE",
        b"WARN",
        b"WARNING",
        b"ERROR",
        b"FATAL",
        b"CRITICAL",
    ];
    let is_plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    word.iter().all(is_plain) && !LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level))
}

/// The structured data at the start of a text, and the message behind it.
fn structured_data(text: &[u8]) -> (&[u8], &[u8]) {
    if let Some(rest) = text.strip_prefix(b"-") {
        return (b"", rest.trim_ascii_start());
    }
    let (mut quoted, mut escaped, mut end) = (false, false, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => {
                end = at + 1;
                if text.get(end) != Some(&b'[') {
                    break;
                }
            }
            _ if at == 0 && *byte != b'[' => break,
            _ => {}
        }
    }
    (&text[..end], text[end..].trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;

    fn read<'a>(line: &'a str) -> Option<Envelope<'a>> {
        let clock = Clock::default().with_reference(Some(1_630_000_000));
        Envelope::read(line.as_bytes(), &Times::new(&clock))
    }

    fn parts<'a>(line: &'a str) -> (&'a str, &'a str, &'a str, &'a str) {
        let envelope = read(line).unwrap();
        let text = |part: Option<&'a [u8]>| str::from_utf8(part.unwrap_or(b"-")).unwrap();
        (
            text(envelope.host),
            text(envelope.program),
            text(envelope.pid),
            text(Some(envelope.message)),
        )
    }

    #[test]
    fn headers_of_every_kind_are_read() {
        assert_eq!(
            parts("May  6 10:02:03 gate sshd[17]: hello there"),
            ("gate", "sshd", "17", "hello there")
        );
        assert_eq!(parts("<34>May  6 10:02:03 gate su: no"), ("gate", "su", "-", "no"));
        assert_eq!(
            parts("<34>1 2021-05-06T10:02:03Z gate app 17 ID7 [a b=\"]\"] hi"),
            ("gate", "app", "17", "hi")
        );
        assert_eq!(
            parts("2021-05-06T10:02:03+09:00 gate sshd[17]: hi"),
            ("gate", "sshd", "17", "hi")
        );
        assert_eq!(parts("<189>date=2021-05-06 x=1"), ("-", "-", "-", "date=2021-05-06 x=1"));
        assert_eq!(
            parts("May  6 10:02:03 gate sshd(pam_unix)[17]: x"),
            ("gate", "sshd", "17", "x")
        );
        assert!(read("2021-05-06 10:02:03 INFO nothing: of the kind").is_none());
        assert_eq!(parts("<134>1 1620262923.25 gate urls x").3, "1 1620262923.25 gate urls x");
        assert!(read("hello world").is_none());
        assert!(read("% hello world").is_none());
    }

    #[test]
    fn tags_of_cisco_name_the_kind_of_message() {
        for line in [
            "%ASA-6-302013: Built",
            "<166>May 06 2021 10:02:03: %ASA-6-302013: Built",
            "<166>May 06 2021 10:02:03 gate : %ASA-6-302013: Built",
            "May  6 10:02:03 gate %ASA-6-302013: Built",
            "May  6 10:02:03 gate: %ASA-6-302013: Built",
        ] {
            let envelope = read(line).unwrap();
            assert_eq!(envelope.program, Some(&b"%ASA-6-302013"[..]), "{line}");
            assert_eq!(envelope.kind, Some(&b"302013"[..]), "{line}");
            assert_eq!(envelope.message, b"Built", "{line}");
        }
    }

    #[test]
    fn repeated_messages_count_as_often_as_they_were_said() {
        let line = "May  6 10:02:03 gate sshd[17]: message repeated 7 times: [ Failed password ]";
        let envelope = read(line).unwrap();
        assert_eq!((envelope.count, envelope.message), (7, &b"Failed password"[..]));
    }
}
