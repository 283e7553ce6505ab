//! Policies of a cloud that a record sets: whether they let in everybody, or another organisation.

use super::words::last;
use crate::event::{Event, Field};
use memchr::memmem;

/// Whether a record names everybody in a policy without a condition, or another account of the
/// cloud than the one that it happened in: in a policy, or as the owner of what it concerns.
pub(super) fn is_outside(event: &Event<'_>) -> bool {
    let own = event.fields.text(Field::OrganizationId);
    let (mut everybody, mut conditions) = (0, Vec::<(&[u8], usize)>::new());
    for pair in event.fields.pairs() {
        let Some(text) = pair.value.text() else { continue };
        let name = last(pair.key);
        if name.eq_ignore_ascii_case(b"Principal") || name.eq_ignore_ascii_case(b"AWS") {
            match text {
                b"*" => everybody += 1,
                text if is_foreign(account_of(text), own) => return true,
                _ => {}
            }
        } else if pair.key.starts_with(b"resources.") && name == b"accountId" {
            if is_foreign(Some(text), own) {
                return true;
            }
        } else if memmem::find(pair.key, b".Condition.").is_some() {
            // A statement has a condition once, however many values that has.
            match conditions.iter_mut().find(|(key, _)| *key == pair.key) {
                Some((_, count)) => *count += 1,
                None => conditions.push((pair.key, 1)),
            }
        } else if memmem::find(text, b"\"Principal\"").is_some() && is_outside_text(text, own) {
            return true;
        }
    }
    everybody > conditions.iter().map(|(_, count)| *count).max().unwrap_or(0)
}

/// The same of a policy that stands in the record as a text.
fn is_outside_text(policy: &[u8], own: Option<&[u8]>) -> bool {
    let text: Vec<u8> = policy.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let count = |part: &[u8]| memmem::find_iter(&text, part).count();
    let everybody =
        count(b"\"Principal\":\"*\"") + count(b"\"AWS\":\"*\"") + count(b"\"AWS\":[\"*\"");
    // A word that both sides know keeps nobody out.
    let conditions = count(b"\"Condition\":").saturating_sub(count(b"ExternalId\""));
    let mut named = memmem::find_iter(&text, b"arn:aws:iam::").map(|at| &text[at..]);
    everybody > conditions || named.any(|arn| is_foreign(account_of(arn), own))
}

/// The account in `arn:aws:iam::ACCOUNT:…`, or one that stands alone.
fn account_of(text: &[u8]) -> Option<&[u8]> {
    match text.starts_with(b"arn:") {
        true => text.split(|byte| *byte == b':').nth(4),
        false => Some(text),
    }
}

/// Whether an account is given and known to be another than one's own.
fn is_foreign(account: Option<&[u8]>, own: Option<&[u8]>) -> bool {
    let is_number = |text: &[u8]| text.len() == 12 && text.iter().all(u8::is_ascii_digit);
    account.filter(|text| is_number(text)).zip(own).is_some_and(|(other, own)| other != own)
}
