//! Records of `utmp`, `wtmp` and `btmp`, as Linux writes them on every architecture with 32-bit
//! times: 384 bytes each. Source: utmp(5).

use super::draft::Draft;
use crate::base::{Instant, Stamp, Time};
use crate::event::Field;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of a record.
pub(crate) const RECORD: usize = 384;

/// What a record is of, by its type.
const ACTIONS: [&str; 10] = [
    "empty",
    "runlevel",
    "boot",
    "clock_new",
    "clock_old",
    "init",
    "login_prompt",
    "login",
    "logout",
    "accounting",
];

/// Whether a head can be that of such a file.
pub(super) fn is_utmp(head: &[u8]) -> bool {
    let mut records = head.chunks_exact(RECORD).take(8).peekable();
    records.peek().is_some() && records.all(could_be_record)
}

fn could_be_record(record: &[u8]) -> bool {
    let kind = u16::from_le_bytes([record[0], record[1]]);
    let is_text = |range: std::ops::Range<usize>| {
        let text = &record[range];
        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
        text[..end].iter().all(|byte| (0x20..0x7f).contains(byte))
    };
    let at = seconds(record);
    usize::from(kind) < ACTIONS.len()
        && record[2] == 0
        && record[3] == 0
        && is_text(8..40)
        && is_text(44..76)
        && is_text(76..332)
        && (at == 0 || (600_000_000..4_102_444_800).contains(&at))
        && record[364..].iter().all(|byte| *byte == 0)
}

fn seconds(record: &[u8]) -> Instant {
    i64::from(word(record, 340))
}

fn word(record: &[u8], at: usize) -> u32 {
    record
        .get(at..at + 4)
        .map_or(0, |bytes| bytes.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// Reads a record. False when it is none.
pub(super) fn read<'a>(record: &'a [u8], draft: &mut Draft<'a>) -> bool {
    if record.len() != RECORD || !could_be_record(record) {
        return false;
    }
    let text = |range: std::ops::Range<usize>| {
        let text = &record[range];
        &text[..text.iter().position(|byte| *byte == 0).unwrap_or(text.len())]
    };
    let at = seconds(record);
    if at != 0 {
        let nanos = word(record, 344).min(999_999) * 1_000;
        draft.time = Time::Zoned(Stamp { at, nanos, offset_secs: 0 });
    }
    let kind = usize::from(u16::from_le_bytes([record[0], record[1]]));
    let (user, far_end) = (text(44..76), address(&record[348..364]));
    let is_remote = far_end.is_some() || !text(76..332).is_empty();
    let (action, outcome) = match ACTIONS.get(kind).copied().unwrap_or("unknown") {
        // At a console, old programs write a refused sign-in in the same way.
        "login" if is_remote => ("login", "success"),
        // Not a prompt that waits: who was refused, in `btmp`.
        "login_prompt" if !user.is_empty() && user != b"LOGIN" => ("login", "failure"),
        action => (action, ""),
    };
    let fields = [
        (Field::Action, action.as_bytes()),
        (Field::Outcome, outcome.as_bytes()),
        (Field::UserName, user),
        (Field::Service, text(8..40)),
        (Field::ProcessId, draft.arena.alloc_str(&word(record, 4).to_string()).as_bytes()),
    ];
    for (field, value) in fields {
        if !value.is_empty() {
            draft.set(field, value);
        }
    }
    match far_end {
        Some(address) => {
            draft.set(Field::SourceAddress, draft.arena.alloc_str(&address.to_string()).as_bytes());
        }
        None if !text(76..332).is_empty() => draft.set(Field::SourceAddress, text(76..332)),
        None => {}
    }
    true
}

/// The address of the far end: IPv4 in the first word, or IPv6 in all four.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let all: [u8; 16] = bytes.try_into().ok()?;
    let [a, b, c, d, rest @ ..] = all;
    match (all == [0; 16], rest == [0; 12]) {
        (true, _) => None,
        (false, true) => Some(Ipv4Addr::new(a, b, c, d).into()),
        (false, false) => Some(Ipv6Addr::from(all).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpalo::Bump;

    fn record(kind: u8, user: &str, host: &str, at: u32) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        record[0] = kind;
        record[4..8].copy_from_slice(&4_711u32.to_le_bytes());
        record[8..13].copy_from_slice(b"pts/0");
        record[44..44 + user.len()].copy_from_slice(user.as_bytes());
        record[76..76 + host.len()].copy_from_slice(host.as_bytes());
        record[340..344].copy_from_slice(&at.to_le_bytes());
        record[348..352].copy_from_slice(&[203, 0, 113, 7]);
        record
    }

    #[test]
    fn a_login_says_who_from_where_and_when() {
        let (record, arena) = (record(7, "sato", "gate.example.jp", 1_620_262_923), Bump::new());
        assert!(is_utmp(&record));
        let mut draft = Draft::new(&arena);
        assert!(read(&record, &mut draft));
        assert_eq!(draft.time.stamp().map(|stamp| stamp.at), Some(1_620_262_923));
        let fields = draft.finish();
        assert_eq!(fields.text(Field::UserName), Some(&b"sato"[..]));
        assert_eq!(fields.text(Field::SourceAddress), Some(&b"203.0.113.7"[..]));
        assert_eq!(fields.text(Field::Action), Some(&b"login"[..]));
        assert_eq!(fields.text(Field::Outcome), Some(&b"success"[..]));
    }

    #[test]
    fn who_was_refused_is_told_from_a_prompt_that_waits() {
        let arena = Bump::new();
        let said = |user| {
            let record = record(6, user, "", 1_620_262_923);
            let mut draft = Draft::new(&arena);
            assert!(read(&record, &mut draft));
            let fields = draft.finish();
            (fields.text(Field::Action).map(<[u8]>::to_vec), fields.text(Field::Outcome).is_some())
        };
        assert_eq!(said("sato"), (Some(b"login".to_vec()), true));
        assert_eq!(said("LOGIN"), (Some(b"login_prompt".to_vec()), false));
        assert_eq!(said(""), (Some(b"login_prompt".to_vec()), false));
    }

    #[test]
    fn a_login_at_a_console_does_not_say_that_it_succeeded() {
        let outcome = |host, address: [u8; 4]| {
            let mut record = record(7, "sato", host, 1_620_262_923);
            record[348..352].copy_from_slice(&address);
            let arena = Bump::new();
            let mut draft = Draft::new(&arena);
            assert!(read(&record, &mut draft));
            let fields = draft.finish();
            assert_eq!(fields.text(Field::Action), Some(&b"login"[..]));
            fields.text(Field::Outcome).map(<[u8]>::to_vec)
        };
        assert_eq!(outcome("", [0; 4]), None);
        assert_eq!(outcome("gate.example.jp", [0; 4]), Some(b"success".to_vec()));
        assert_eq!(outcome("", [203, 0, 113, 7]), Some(b"success".to_vec()));
    }

    #[test]
    fn texts_are_no_records() {
        assert!(!is_utmp(&b"May  6 10:02:03 gate sshd[17]: hello\n".repeat(40)));
        assert!(!is_utmp(&[0xff; RECORD]) && !is_utmp(b""));
    }
}
