//! Names of months and weekdays: English, French, German, Spanish, Italian and Portuguese.

/// The month of a name, in any case, without the dot of an abbreviation.
#[inline]
pub(super) fn month(name: &[u8]) -> Option<i64> {
    if let Ok(three) = name.try_into()
        && let Some(month) = crate::base::time::month(three)
    {
        return Some(month);
    }
    let found = MONTHS.iter().position(|names| names.iter().any(|known| same(known, name)))?;
    i64::try_from(found + 1).ok()
}

/// Whether it is the name of a weekday, in any case.
pub(super) fn is_weekday(name: &[u8]) -> bool {
    if matches!(name, b"Mon" | b"Tue" | b"Wed" | b"Thu" | b"Fri" | b"Sat" | b"Sun") {
        return true;
    }
    WEEKDAYS.iter().any(|known| same(known, name))
}

fn same(known: &str, name: &[u8]) -> bool {
    known.as_bytes().eq_ignore_ascii_case(name)
}

const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "janv", "janvier", "januar", "jän", "ene", "enero", "gen", "gennaio"],
    &["feb", "february", "févr", "fév", "février", "februar", "fev", "febrero", "febbraio"],
    &["mar", "march", "mars", "mär", "märz", "mrz", "marzo", "março"],
    &["apr", "april", "avr", "avril", "abr", "abril", "aprile"],
    &["may", "mai", "mayo", "mag", "maggio", "maio"],
    &["jun", "june", "juin", "juni", "junio", "giu", "giugno", "junho"],
    &["jul", "july", "juil", "juillet", "juli", "julio", "lug", "luglio", "julho"],
    &["aug", "august", "août", "aoû", "ago", "agosto"],
    &["sep", "sept", "september", "septembre", "septiembre", "set", "settembre", "setembro"],
    &["oct", "october", "octobre", "okt", "oktober", "octubre", "ott", "ottobre", "out", "outubro"],
    &["nov", "november", "novembre", "noviembre", "novembro"],
    &["dec", "december", "déc", "décembre", "dez", "dezember", "dic", "diciembre", "dicembre"],
];

const WEEKDAYS: [&str; 50] = [
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "mié",
    "jue",
    "vie",
    "sáb",
    "dom",
    "gio",
    "sab",
    "seg",
    "ter",
    "qua",
    "qui",
    "sex",
    "tues",
    "thur",
    "thurs",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
];
