//! Names of months and weekdays: English, French, German, Spanish, Italian and Portuguese.

use crate::base::time::month as english_month;

/// The month of a name, in any case, without the dot of an abbreviation.
#[inline]
pub(super) fn month(name: &[u8]) -> Option<i64> {
    if let Ok(three) = name.try_into()
        && let Some(month) = english_month(three)
    {
        return Some(month);
    }
    if !may_be_name(name) {
        return None;
    }
    let mut lower = [0; LONGEST];
    let name = lowered(name, &mut lower)?;
    let at = MONTHS.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
    MONTHS.get(at).map(|(_, month)| *month)
}

/// Whether it is the name of a weekday, in any case.
pub(super) fn is_weekday(name: &[u8]) -> bool {
    if matches!(name, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun") {
        return true;
    }
    // Months begin as some weekdays do; the French Tuesday is all of one.
    let is_month = || name.try_into().ok().and_then(english_month).is_some_and(|month| month != 3);
    if !may_be_name(name) || is_month() {
        return false;
    }
    let mut lower = [0; LONGEST];
    let name = lowered(name, &mut lower);
    name.is_some_and(|name| WEEKDAYS.binary_search_by(|known| known.as_bytes().cmp(name)).is_ok())
}

/// Whether a word begins with two letters as a month or a weekday does: most do not.
#[inline]
fn may_be_name(word: &[u8]) -> bool {
    let [first, second, ..] = word else { return false };
    let first = (first | 0x20).wrapping_sub(b'a');
    let seconds = SECONDS.get(usize::from(first)).copied().unwrap_or(0);
    seconds >> second_bit(*second) & 1 == 1
}

/// The bit of a second letter; all that is not ASCII shares one.
const fn second_bit(byte: u8) -> u32 {
    match byte | 0x20 {
        letter @ b'a'..=b'z' => (letter - b'a') as u32,
        _ => 26,
    }
}

/// By the first letter of names, the second ones, as bits.
const SECONDS: [u32; 26] = {
    let mut seconds = [0; 26];
    let mut at = 0;
    while at < MONTHS.len() + WEEKDAYS.len() {
        let name = match at < MONTHS.len() {
            true => MONTHS[at].0.as_bytes(),
            false => WEEKDAYS[at - MONTHS.len()].as_bytes(),
        };
        seconds[(name[0] - b'a') as usize] |= 1 << second_bit(name[1]);
        at += 1;
    }
    seconds
};

/// Bytes of the longest name.
const LONGEST: usize = 10;

/// A name in lower case; none when it is longer than any that is known.
fn lowered<'l>(name: &[u8], lower: &'l mut [u8; LONGEST]) -> Option<&'l [u8]> {
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(lower)
}

/// In the order of their bytes, each with the number of its month.
const MONTHS: [(&str, i64); 95] = [
    ("abr", 4),
    ("abril", 4),
    ("ago", 8),
    ("agosto", 8),
    ("aoû", 8),
    ("août", 8),
    ("apr", 4),
    ("april", 4),
    ("aprile", 4),
    ("aug", 8),
    ("august", 8),
    ("avr", 4),
    ("avril", 4),
    ("dec", 12),
    ("december", 12),
    ("dez", 12),
    ("dezember", 12),
    ("dic", 12),
    ("dicembre", 12),
    ("diciembre", 12),
    ("déc", 12),
    ("décembre", 12),
    ("ene", 1),
    ("enero", 1),
    ("feb", 2),
    ("febbraio", 2),
    ("febrero", 2),
    ("februar", 2),
    ("february", 2),
    ("fev", 2),
    ("fév", 2),
    ("févr", 2),
    ("février", 2),
    ("gen", 1),
    ("gennaio", 1),
    ("giu", 6),
    ("giugno", 6),
    ("jan", 1),
    ("januar", 1),
    ("january", 1),
    ("janv", 1),
    ("janvier", 1),
    ("juil", 7),
    ("juillet", 7),
    ("juin", 6),
    ("jul", 7),
    ("julho", 7),
    ("juli", 7),
    ("julio", 7),
    ("july", 7),
    ("jun", 6),
    ("june", 6),
    ("junho", 6),
    ("juni", 6),
    ("junio", 6),
    ("jän", 1),
    ("lug", 7),
    ("luglio", 7),
    ("mag", 5),
    ("maggio", 5),
    ("mai", 5),
    ("maio", 5),
    ("mar", 3),
    ("march", 3),
    ("mars", 3),
    ("marzo", 3),
    ("março", 3),
    ("may", 5),
    ("mayo", 5),
    ("mrz", 3),
    ("mär", 3),
    ("märz", 3),
    ("nov", 11),
    ("november", 11),
    ("novembre", 11),
    ("novembro", 11),
    ("noviembre", 11),
    ("oct", 10),
    ("october", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("okt", 10),
    ("oktober", 10),
    ("ott", 10),
    ("ottobre", 10),
    ("out", 10),
    ("outubro", 10),
    ("sep", 9),
    ("sept", 9),
    ("september", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("set", 9),
    ("setembro", 9),
    ("settembre", 9),
];

/// In the order of their bytes.
const WEEKDAYS: [&str; 50] = [
    "di",
    "dienstag",
    "dim",
    "do",
    "dom",
    "donnerstag",
    "fr",
    "freitag",
    "fri",
    "friday",
    "gio",
    "jeu",
    "jue",
    "lun",
    "mar",
    "mer",
    "mi",
    "mittwoch",
    "mié",
    "mo",
    "mon",
    "monday",
    "montag",
    "qua",
    "qui",
    "sa",
    "sab",
    "sam",
    "samstag",
    "sat",
    "saturday",
    "seg",
    "sex",
    "so",
    "sonntag",
    "sun",
    "sunday",
    "sáb",
    "ter",
    "thu",
    "thur",
    "thurs",
    "thursday",
    "tue",
    "tues",
    "tuesday",
    "ven",
    "vie",
    "wed",
    "wednesday",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_their_bytes_and_none_is_too_long() {
        assert!(MONTHS.is_sorted_by(|a, b| a.0 < b.0) && WEEKDAYS.is_sorted_by(|a, b| a < b));
        let names = MONTHS.iter().map(|(name, _)| name).chain(&WEEKDAYS);
        assert_eq!(names.map(|name| name.len()).max(), Some(LONGEST));
        assert_eq!((month("MÄRZ".as_bytes()), month(b"Mai")), (None, Some(5)));
    }
}
